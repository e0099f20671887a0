// What an API operation is given: who calls, which registry answers, and the parts of the world that it may read or
// change.
//
// A call goes to the endpoint of a region and names a registry by its account (`registryId`, by default the caller's
// own). Identity policies are not modelled: a caller of the registry's own account is allowed unless a resource policy
// denies; a caller of another account needs an Allow of the registry's or the repository's policy. Operations that
// cannot name a registry (DescribeRegistry, the registry policy, the templates) act on the caller's own.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "registry_model/api_error.h"
#include "registry_model/assumptions.h"
#include "registry_model/backfill/backfill.h"
#include "registry_model/registry/content.h"
#include "registry_model/registry/registry.h"
#include "registry_model/replication/status.h"
#include "sim/random.h"

namespace crrsim {

struct Caller {
  AccountId account;
  std::string arn;    // of an IAM principal of `account`
  RegionName region;  // whose endpoint is called

  /// The account's root user at a region's endpoint.
  static Caller RootOf(const RegistryKey& registry);
};

struct ApiOptions {
  std::int64_t rules_max = 25;         // ecr-replication.md 8; 10 is the classic value
  std::int64_t destinations_max = 25;  // unique over all rules
  std::int64_t filters_max = 100;      // of one rule
  std::int64_t images_max = 100'000;   // of one repository
  std::int64_t tags_max = 1'000;       // of one image
  std::int64_t repositories_max = 100'000;
  std::int64_t scans_max = 100'000;                   // basic ones of a registry in 24 hours
  Duration lifecycle_preview_duration = Seconds(10);  // from IN_PROGRESS to COMPLETE
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("rules_max", self.rules_max);
    visit("destinations_max", self.destinations_max);
    visit("filters_max", self.filters_max);
    visit("images_max", self.images_max);
    visit("tags_max", self.tags_max);
    visit("repositories_max", self.repositories_max);
    visit("scans_max", self.scans_max);
    visit("lifecycle_preview_duration", self.lifecycle_preview_duration);
  }
};

/// Begins scans: the image's `scan` is in progress, ScanStarted is said. They end by themselves later.
class ScanStarter {
 public:
  virtual ~ScanStarter() = default;
  /// Of an image that has just arrived, if the registry's settings and its quota of scans want it.
  virtual void ScanOnArrival(const RegistryKey& registry, const RepositoryName& repository,
                             const Manifest& manifest) = 0;
  virtual void StartScan(const RegistryKey& registry, const RepositoryName& repository, const Digest& digest) = 0;
};

/// Runs replication backfills; each call says in BackfillChanged what it did.
class BackfillRunner {
 public:
  virtual ~BackfillRunner() = default;
  [[nodiscard]] virtual const Backfills& backfills() const = 0;
  /// Requires that the limits of running backfills allow it.
  virtual const Backfill& StartBackfill(const RegistryKey& source, const RegistryKey& destination) = 0;
  /// Requires PREPARING or IN_PROGRESS.
  virtual void StopBackfill(BackfillNumber number) = 0;
};

/// Accounts that have the role AWSServiceRoleForECRReplication. Source  ecr-replication.md 1.4 (16).
using ReplicationRoles = std::set<AccountId>;

struct ApiContext {
  const Caller& caller;
  Registry& registry;  // the one that answers; in the caller's region
  Instant now;
  const ApiOptions& options;
  Assumptions& assumptions;
  const StatusBoard& statuses;
  RandomStream& ids;  // for upload ids
  EventSink& events;
  ScanStarter& scans;
  BackfillRunner& backfills;
  ReplicationRoles& replication_roles;

  /// The `registryId` of responses.
  [[nodiscard]] std::string registry_id() const { return registry.key.account.text(); }
  [[nodiscard]] ContentContext content() const { return {now, registry, Origin::kClient, assumptions, events}; }
};

// For the operations. Each returns AccessDeniedException unless the registry's policy and, where there is a repository,
// its policy let the caller do `action` (`ecr:PutImage`).

/// On the repository of that name, which need not be there.
ApiResult<Unit> AuthoriseOnRepository(const ApiContext& context, std::string_view action, const RepositoryName& name,
                                      const Repository* repository);
/// On `repository/*`.
ApiResult<Unit> AuthoriseOnAllRepositories(const ApiContext& context, std::string_view action);
/// On `*`, for what a caller can do to its own registry only. Requires that the caller's own registry answers.
ApiResult<Unit> AuthoriseOnOwnRegistry(const ApiContext& context, std::string_view action);

/// The repository that a request names, once the caller may do `action` with it.
/// On error  InvalidParameterException, AccessDeniedException or RepositoryNotFoundException, in this order.
ApiResult<const Repository*> OpenRepository(const ApiContext& context, std::string_view action,
                                            std::string_view repository_name);

/// The same repository of this registry, unshared, to be changed; what `repository` refers to may be gone after.
Repository& ForChange(ApiContext& context, const Repository& repository);

}  // namespace crrsim
