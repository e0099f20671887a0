// WHICH DESTINATIONS AN IMAGE GOES TO is decided here, by a pure function of the source registry's configuration and
// the repository.
//
// A rule without filters takes every repository; a filter is a plain character prefix of the name (no implied '/');
// several filters are alternatives; several rules give the union of their destinations, each destination once.
//
// Where deletions go to is decided here too: to destinations of the same rules, of those that replicate deletions.
//
// Source  ecr-replication.md 1.4 (5 to 8), 1.6 (1), 2.1; assumptions `same_destination_by_two_rules`,
// `delete_overlapping_rules`.
#pragma once

#include <vector>

#include "registry_model/assumptions.h"
#include "registry_model/names.h"
#include "registry_model/replication/configuration.h"

namespace crrsim {

/// Whether a rule takes the repository.
bool Matches(const ReplicationRule& rule, const RepositoryName& repository);

/// Returns  the destinations of all rules that take the repository.
/// Order    rules in the configuration's order, destinations in their rule's order; a repeated destination at its first
/// place.
std::vector<RegistryKey> DestinationsOf(const ReplicationConfiguration& configuration, const RepositoryName& repository,
                                        Assumptions& assumptions);

/// Returns  the destinations where what is deleted in the repository is deleted too, each once. Where several rules
/// that take the repository name a destination, assumption `delete_overlapping_rules` says how many must replicate
/// deletions. Order    as DestinationsOf.
std::vector<RegistryKey> DeletionDestinationsOf(const ReplicationConfiguration& configuration,
                                                const RepositoryName& repository, Assumptions& assumptions);

}  // namespace crrsim
