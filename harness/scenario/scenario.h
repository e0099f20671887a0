// A scenario as plain data: what a file says, every value parsed to a strong type, each statement with its place in the
// file.
//
// The loader (load.h) makes it, the runner (harness/run/) executes it, nothing else needs the YAML. Names of images,
// regions, accounts and labels have been checked against their definitions; registries are resolved.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "harness/scenario/place.h"
#include "registry_model/events.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/job.h"
#include "registry_model/world/config.h"
#include "registry_model/world/faults.h"
#include "sim/units.h"
#include "sim/units_text.h"

namespace crrsim {

// ---- What there is --------------------------------------------------------------------------------------------------

struct Account {
  std::string nickname;
  AccountId id;
};

/// Where the content of an image comes from. Exactly one of `layers` (synthetic, perhaps on top of `based_on`), `path`
/// or `index_of` is given; `--image NAME=PATH` replaces it by a path.
struct ImageSpec {
  enum class Content : std::uint8_t { kBytes, kSizesOnly };

  std::string name;
  Place place;
  std::vector<ByteCount> layers;
  std::string based_on;               // an image defined before
  std::vector<std::string> index_of;  // images defined before: this one is an index over them
  std::string subject;                // an image defined before: this one is a referrer of it
  std::string artifact_type;
  Content content = Content::kBytes;
  enum class PathFrom : std::uint8_t { kScenario, kCommandLine };

  std::string path;                          // an OCI layout folder or an archive, relative to the scenario file ...
  PathFrom path_from = PathFrom::kScenario;  // ... or, from `--image`, to the working folder
  FindingCounts findings;                    // what a scan of it finds
  bool distinct_per_push = false;            // `push: … times: n` gives each push content of its own
};

/// `repository:tag` or `repository@digest`.
struct ImageReference {
  RepositoryName repository;
  std::optional<Tag> tag;
  std::optional<Digest> digest;  // exactly one of the two
};
std::string ToText(const ImageReference& reference);

// ---- What is claimed ------------------------------------------------------------------------------------------------

/// Bounds on a quantity; all that are given must hold.
template <class Quantity>
struct Bounds {
  std::optional<Quantity> at_least;
  std::optional<Quantity> at_most;
  std::optional<Quantity> exactly;
  [[nodiscard]] bool empty() const { return !at_least && !at_most && !exactly; }
};

/// `image: mservice:42, in: eu-west-1, ...`
struct ImageClaim {
  enum class Is : std::uint8_t { kPresent, kAbsent, kUntagged };

  ImageReference image;
  RegistryKey in;
  Is is = Is::kPresent;
  std::optional<RegistryKey> same_digest_as;
  std::optional<Digest> digest;
  std::optional<std::string> media_type;
  std::optional<std::vector<Tag>> tags;   // exactly these
  std::optional<std::string> status;      // ACTIVE, ARCHIVED, ACTIVATING
  std::optional<FindingCounts> findings;  // exactly these, by a finished scan in that registry
  bool no_findings = false;  // `findings: none`: no scan there holds any, although one at another registry does
};

/// `repository: mservice, in: eu-west-1, ...`; each member that is given must hold.
struct RepositoryClaim {
  RepositoryName repository;
  RegistryKey in;
  bool absent = false;  // `is: absent`
  std::optional<Origin> created_by;
  std::optional<std::string> template_prefix;  // `template:`; empty for `template: none`
  std::optional<std::string> mutability;       // `imageTagMutability:`
  std::optional<std::string> encryption_type;  // `encryptionType:`
  std::optional<bool> scan_on_push;            // `scanOnPush:`
  bool no_repository_policy = false;           // `repositoryPolicy: none`
  bool no_lifecycle_policy = false;            // `lifecyclePolicy: none`
  Bounds<std::int64_t> images;                 // `images:`, `images_at_least:`, `images_at_most:`
};

/// `replication: team/api:1, from: build/us-west-2, to: prod/eu-west-1, status: FAILED`
struct ReplicationClaim {
  ImageReference image;
  RegistryKey from;
  std::optional<RegistryKey> to;            // any destination when empty, only with `status: none`
  std::optional<ReplicationStatus> status;  // empty for `none`: DescribeImageReplicationStatus has no entry
  std::optional<std::string> failure;       // our code, e.g. AccessDenied
};

/// `transferred: mservice, times: 1, from: us-west-2, to: eu-west-1`
struct TransferClaim {
  RepositoryName repository;
  RegistryKey from;
  RegistryKey to;
  std::optional<std::int64_t>
      times;  // useful bytes = this many times config and distinct layers of all images of the repository at `from`
  Bounds<ByteCount> useful;  // `exactly`, `at_least`, `at_most`
  Bounds<ByteCount> wasted;  // `wasted_exactly`, `wasted_at_least`, `wasted_at_most`
};

/// `stored: mservice, in: eu-west-1, month: 2026-11, for_at_least: 29d`, or the bytes stored now
struct StorageClaim {
  RepositoryName repository;
  RegistryKey in;
  std::optional<StorageClass> storage_class;  // `class:`; of both together without it
  std::optional<CalendarMonth> month;
  Bounds<Duration>
      duration;  // `for_at_least`, `for_at_most`: integral of the month divided by the bytes stored at the end
  Bounds<ByteCount> bytes;  // without month: stored now
};

/// `lag: p99, from: us-west-2, to: eu-west-1, at_most: 5m`. Lag = from the source's acceptance of the manifest to the
/// instant when the tag (or, untagged, the manifest) is visible at the destination.
struct LagClaim {
  std::int64_t percent = 100;  // p50, p90, p99; max is 100
  RegistryKey from;
  RegistryKey to;
  Bounds<Duration> lag;
};

/// `fault: partition, hits_at_least: 1`
struct FaultClaim {
  std::string fault;
  Bounds<std::int64_t> hits;
};

/// A pattern over events: the published name and fields that must be equal (compared as the event's JSON).
struct EventPattern {
  Place place;
  std::string name;
  std::optional<RegistryKey> in;             // `registry` or `destination` of the event
  std::map<std::string, std::string> where;  // any further fields, as text
};
/// `event: JobEnded, where: {...}, times: 2`
struct EventClaim {
  EventPattern pattern;
  Bounds<std::int64_t> times;  // `times`, `times_at_least`, `times_at_most`; default: at least once
};
/// `in_order: [{event: BlobStored, ...}, {event: ManifestStored, ...}]`: each pattern matches at least once, and every
/// match of one comes before every match of the next.
struct OrderClaim {
  std::vector<EventPattern> patterns;
};

/// A pattern over what event buses handed to their subscribers. `where` is what the event's `detail` must contain,
/// `envelope` what the whole event must.
struct DeliveredPattern {
  std::string detail_type;  // `ECR Replication Action`
  RegistryKey in;           // whose bus
  nlohmann::json where;
  nlohmann::json envelope;
};
/// `delivered: ECR Replication Action, in: prod/eu-west-1, where: {result: SUCCESS}, times: 1`; duplicates count.
struct DeliveredClaim {
  DeliveredPattern pattern;
  Bounds<std::int64_t> times;  // default: at least once
};
/// `replication_role: shop, is: present`: whether the account has the role AWSServiceRoleForECRReplication.
struct RoleClaim {
  AccountId account;
  bool absent = false;
};

using Claim = std::variant<ImageClaim, RepositoryClaim, ReplicationClaim, TransferClaim, StorageClaim, LagClaim,
                           FaultClaim, EventClaim, OrderClaim, DeliveredClaim, RoleClaim>;

/// When a claim must hold.
enum class Mode : std::uint8_t {
  kNow,     // at its step, or at the end
  kWithin,  // at some instant within a duration of its step, or of its anchor
  kNever,   // at no instant from its step (or the start) to the end
  kAlways,  // at every instant from its step to the end
};

struct Expectation {
  Place place;
  std::string text;  // as the file has it, on one line
  Claim claim;
  Mode mode = Mode::kNow;
  Duration within;
  std::string anchor;  // of kWithin at the end: a label, `start`, or `heal`
};

// ---- What is done ---------------------------------------------------------------------------------------------------

/// An AWS operation with its exact request.
struct CallStep {
  std::string operation;
  nlohmann::json request;  // a text `{LABEL.MEMBER}` stands for that of the answer to the step of that label
  RegistryKey in;
  std::string as;                         // the caller's ARN; empty: the root of the registry's account
  std::string fails_with;                 // the exception that must come; empty: must succeed
  std::string message;                    // the exception's exact text; empty: any
  std::optional<nlohmann::json> answers;  // what the response must contain (objects: these members; the rest is free)
};
/// `{LABEL.MEMBER}` in a request, or `{LABEL.MEMBER.MEMBER}` deeper in the answer; an item of a list by its number.
struct AnswerMention {
  std::string label;
  std::vector<std::string> path;  // never empty
};
/// Empty for any other text.
std::optional<AnswerMention> ParseAnswerMention(const std::string& text);

struct PushStep {
  RepositoryName repository;
  std::string tag;      // may hold `{n}`; empty: pushed by digest alone
  std::string content;  // name of the image definition
  std::optional<RepositoryName> mount_from;
  RegistryKey to;
  std::string as;
  std::string fails_with;
  std::int64_t times = 1;  // `{n}` counts 1, 2, ...
  Duration every;          // between the starts of repeated pushes
};
/// The tag of the n-th push: `{n}` replaced by the number.
std::string NumberedTag(const std::string& tag, std::int64_t n);

struct PullStep {
  ImageReference image;
  std::string upstream;  // name of the image definition that the pull-through cache's upstream has; empty: no cache
  RegistryKey from;
  std::string as;
  std::string fails_with;
};
struct ExpectStep {
  Expectation expectation;
};
struct AdvanceStep {
  std::optional<Instant> to;
  Duration by;
};
/// Runs until nothing is under way, at most this long.
struct SettleStep {
  Duration within;
};
/// `delete_service_linked_role: {account: shop}`
struct DeleteRoleStep {
  AccountId account;
  std::string fails_with;
};
/// One fault: `crash: us-west-2`, `delay: {between: [us-west-2, eu-west-1], latency: 2s}`.
struct FaultStep {
  /// `damage: {image: app:1, in: us-west-2, layer: 1}`: which blob that is shows when the step is done.
  struct Damage {
    ImageReference image;
    RegistryKey in;
    std::optional<std::int64_t> layer;  // counted from 1; every blob of the image when empty
  };
  std::string name;             // the verb
  std::vector<FaultKind> what;  // both directions where it is `between`
  std::optional<Damage> damage;
  std::optional<Duration> duration;  // `for`; until the end without
};

/// `when: {copy: model:1, to: eu-west-1, reaches: 50%}`
struct ProgressCondition {
  ImageReference image;
  std::optional<RegistryKey> from;  // default: the registry to which the image was pushed last
  RegistryKey to;
  std::int64_t percent = 0;
};

struct Step {
  Place place;
  std::string text;  // as the file has it, on one line
  std::string label;
  std::optional<Duration> after;  // from the step before
  std::optional<Instant> at;      // an instant; `at: 5m` counts from the start
  std::optional<ProgressCondition> when;
  std::variant<CallStep, PushStep, PullStep, ExpectStep, AdvanceStep, SettleStep, FaultStep, DeleteRoleStep> what;
};

/// `faults: random`: what a seed may draw (harness/scenario/random_faults.h).
struct RandomFaults {
  std::map<std::string, std::int64_t> kinds;  // by verb: how likely it takes part in a run, in percent
  Instant from;
  Instant heal_by;
  Duration longest = Minutes(5);
  std::int64_t each_at_most = 3;  // faults of one kind
};

/// The paths of scenarios that came through no file.
inline constexpr std::string_view kFromStandardInput = "<stdin>";
inline constexpr std::string_view kFromPipe = "<pipe>";

struct Scenario {
  std::string path;
  std::string title;
  std::string why;
  std::vector<std::string> cites;
  std::vector<Account> accounts;
  /// Everything of a world: seed (file, default 1), start, regions, links, options, assumptions.
  WorldConfig world;
  std::string network_source;  // of the preset: where its figures come from; empty for links of the file's own
  Duration call_latency;       // a client waits this long for each API call
  Duration client_retry;       // ... and tries again for this long what was throttled or met a server error
  std::optional<RandomFaults> faults;
  std::vector<ImageSpec> images;
  std::vector<Step> timeline;
  std::vector<Expectation> expect;
  std::optional<Instant> until;
  Place until_place;
  std::optional<Duration> converges_within;  // of the last step, or the end of the last fault, whichever is later
  Place converges_place;
  /// The files that it names, but for those of images, as it names them, and what their bytes were.
  std::map<std::string, Digest> documents;
  std::set<std::string>
      used_keys;  // `section.key` of the key table, for the test that every key is used by some scenario

  [[nodiscard]] const ImageSpec* FindImage(const std::string& name) const;
  /// The nickname of an account, or its digits.
  [[nodiscard]] std::string NameOf(const AccountId& account) const;
  /// `shop/us-west-2`, or the region alone where there is one account.
  [[nodiscard]] std::string NameOf(const RegistryKey& registry) const;
};

}  // namespace crrsim
