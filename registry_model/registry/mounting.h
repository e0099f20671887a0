// Blob mounting: a repository gets a layer that another repository of its registry holds, without bytes moving or being
// stored twice.
//
// Only within one registry, between repositories of equal encryption type and key. The bytes count to one of the
// repositories that share a layer; when that one loses it, to the next by name. What was mounted stays when the setting
// is turned off. A layer that is shared is in the standard class, whatever becomes of the images of one repository.
//
// Source  ecr-replication.md 4.2, 7 (7, 11).
#pragma once

#include "registry_model/registry/content.h"

namespace crrsim {

/// A repository from which `target` could mount the blob: the one to which it is charged, else the first by name that
/// has it outside of the archive. Null where there is none, where the setting is off, or where the blob is there
/// already.
const Repository* FindMountOrigin(const Registry& registry, const Repository& target, const Digest& blob);

/// Whether `target` can mount the blob from this very repository of its registry.
bool CanMountFrom(const Registry& registry, const Repository& target, const Repository& origin, const Digest& blob);

/// Requires CanMountFrom.
void MountBlob(const ContentContext& context, Repository& target, const RepositoryName& origin, const Digest& blob);

/// The repository, of which the blob was taken out, no longer shares it. Requires that it did.
void LeaveMountGroup(const ContentContext& context, const Repository& repository, const Digest& blob);

}  // namespace crrsim
