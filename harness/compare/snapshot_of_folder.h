// A registry as the aws cli printed it: a folder of JSON files, searched to any depth.
//
//   aws ecr describe-repositories                          > DIR/repositories.json
//   aws ecr describe-images --repository-name team/api     > DIR/team-api.json
//   aws ecr describe-registry                              > DIR/registry.json      (source, optional: for the reasons)
//
// What a document is shows from its members (`repositories`, `imageDetails`, `replicationConfiguration`), so names are
// free; a file may hold several documents one behind the other, as pages appended to it. Other members are passed over.
#pragma once

#include <string>

#include "harness/compare/snapshot.h"
#include "harness/scenario/place.h"
#include "sim/result.h"

namespace crrsim {

struct FolderSnapshot {
  RegistrySnapshot registry;
  ReplicationSnapshot replication;
};

/// On error  no folder; by place: a file that is no JSON or repeats a key, a member that is missing or no name of its
///           kind (repository, digest, tag, account, region), one image described in two ways, one tag on two images,
///           repositories of two registries; of the folder: a repository of which the last page is not there, nothing
///           known in it.
Result<FolderSnapshot, Diagnostics> ReadFolderSnapshot(const std::string& folder);

}  // namespace crrsim
