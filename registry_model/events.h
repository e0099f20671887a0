// Everything that can happen in a world, as one typed stream.
//
// `Emit` of the world is the only place through which these pass. Events carry names, never interned numbers, so that
// their canonical bytes, which the run digest chains, mean the same in every run. Observers see them in the order in
// which they happened.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/replication/configuration.h"
#include "registry_model/replication/job.h"
#include "sim/units.h"

namespace crrsim {

/// What brought a repository or an image into a registry.
enum class Origin : std::uint8_t { kClient, kReplication };
/// `client`, `replication`.
std::string_view NameOf(Origin origin);

/// Severity (`HIGH`, ...) to the number of findings.
using FindingCounts = std::map<std::string, std::int64_t>;

// Each event: kName is its published name; Fields lists what the digest covers and JSON shows.

/// A repository came into being. `template_prefix` is empty when no creation template applied.
struct RepositoryCreated {
  static constexpr std::string_view kName = "RepositoryCreated";
  RegistryKey registry;
  RepositoryName repository;
  Origin created_by = Origin::kClient;
  std::string template_prefix;

  friend bool operator==(const RepositoryCreated&, const RepositoryCreated&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("created_by", self.created_by);
    visit("template_prefix", self.template_prefix);
  }
};

/// A repository and all that was in it is gone; each image and blob was said to go before.
struct RepositoryDeleted {
  static constexpr std::string_view kName = "RepositoryDeleted";
  RegistryKey registry;
  RepositoryName repository;

  friend bool operator==(const RepositoryDeleted&, const RepositoryDeleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
  }
};

/// A setting of a repository was replaced. `setting` is `imageTagMutability` or `repositoryPolicy`; `value` is its
/// new value, a policy's text or a mutability with its exclusion filters, or empty when it was deleted.
struct RepositorySettingChanged {
  static constexpr std::string_view kName = "RepositorySettingChanged";
  RegistryKey registry;
  RepositoryName repository;
  std::string setting;
  std::string value;

  friend bool operator==(const RepositorySettingChanged&, const RepositorySettingChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("setting", self.setting);
    visit("value", self.value);
  }
};

/// A layer or config is now in a repository. `stored` is what this adds to the bytes kept there.
struct BlobStored {
  static constexpr std::string_view kName = "BlobStored";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount stored;
  Origin origin = Origin::kClient;

  friend bool operator==(const BlobStored&, const BlobStored&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("stored", self.stored);
    visit("origin", self.origin);
  }
};

/// A layer or config left a repository. `freed` is what this takes off the bytes kept there.
struct BlobRemoved {
  static constexpr std::string_view kName = "BlobRemoved";
  RegistryKey registry;
  RepositoryName repository;
  Digest blob;
  ByteCount freed;

  friend bool operator==(const BlobRemoved&, const BlobRemoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("freed", self.freed);
  }
};

/// A manifest is visible in a repository. `stored` is what it adds to the bytes kept there (zero unless manifests
/// count: assumption `manifest_bytes`).
struct ManifestStored {
  static constexpr std::string_view kName = "ManifestStored";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::string media_type;
  std::vector<Digest> references;
  ByteCount stored;
  Origin origin = Origin::kClient;

  friend bool operator==(const ManifestStored&, const ManifestStored&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("media_type", self.media_type);
    visit("references", self.references);
    visit("stored", self.stored);
    visit("origin", self.origin);
  }
};

/// An image was deleted.
struct ManifestRemoved {
  static constexpr std::string_view kName = "ManifestRemoved";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  ByteCount freed;

  friend bool operator==(const ManifestRemoved&, const ManifestRemoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("freed", self.freed);
  }
};

/// A tag was bound (`from` empty), moved, or removed (`to` empty).
struct TagMoved {
  static constexpr std::string_view kName = "TagMoved";
  RegistryKey registry;
  RepositoryName repository;
  Tag tag;
  std::optional<Digest> from;
  std::optional<Digest> to;
  Origin origin = Origin::kClient;

  friend bool operator==(const TagMoved&, const TagMoved&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("tag", self.tag);
    visit("from", self.from);
    visit("to", self.to);
    visit("origin", self.origin);
  }
};

/// A replicated image arrived without its tag, which is immutable and names another image. Source
/// ecr-replication.md 4.1.
struct TagDropped {
  static constexpr std::string_view kName = "TagDropped";
  RegistryKey registry;
  RepositoryName repository;
  Tag tag;
  Digest digest;

  friend bool operator==(const TagDropped&, const TagDropped&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("tag", self.tag);
    visit("digest", self.digest);
  }
};

/// A client's PutImage was accepted; this is what replication hears.
struct ImagePushed {
  static constexpr std::string_view kName = "ImagePushed";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;

  friend bool operator==(const ImagePushed&, const ImagePushed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
  }
};

/// A client fetched a manifest.
struct ImagePulled {
  static constexpr std::string_view kName = "ImagePulled";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  std::optional<Tag> tag;

  friend bool operator==(const ImagePulled&, const ImagePulled&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("tag", self.tag);
  }
};

/// An API call ended in an error and changed nothing.
struct CallRefused {
  static constexpr std::string_view kName = "CallRefused";
  RegistryKey registry;
  std::string operation;
  std::string exception;
  std::string message;

  friend bool operator==(const CallRefused&, const CallRefused&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("operation", self.operation);
    visit("exception", self.exception);
    visit("message", self.message);
  }
};

/// A registry's replication configuration was replaced.
struct ReplicationConfigured {
  static constexpr std::string_view kName = "ReplicationConfigured";
  RegistryKey registry;
  ReplicationConfiguration configuration;

  friend bool operator==(const ReplicationConfigured&, const ReplicationConfigured&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("configuration", self.configuration);
  }
};

/// A registry's policy was put, or deleted (`policy_text` empty).
struct RegistryPolicyChanged {
  static constexpr std::string_view kName = "RegistryPolicyChanged";
  RegistryKey registry;
  std::string policy_text;

  friend bool operator==(const RegistryPolicyChanged&, const RegistryPolicyChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("policy_text", self.policy_text);
  }
};

/// A repository creation template was put, or deleted (`settings` empty). `settings` is its JSON.
struct TemplateChanged {
  static constexpr std::string_view kName = "TemplateChanged";
  RegistryKey registry;
  std::string prefix;
  std::string settings;

  friend bool operator==(const TemplateChanged&, const TemplateChanged&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("prefix", self.prefix);
    visit("settings", self.settings);
  }
};

/// A replication job waits at its source.
struct JobQueued {
  static constexpr std::string_view kName = "JobQueued";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const JobQueued&, const JobQueued&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// A job left its queue.
struct JobStarted {
  static constexpr std::string_view kName = "JobStarted";
  JobId job = 0;
  Replication replication;

  friend bool operator==(const JobStarted&, const JobStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
  }
};

/// The destination answered whether the copy may enter. `action` is the deciding action when refused.
struct PermissionDecided {
  static constexpr std::string_view kName = "PermissionDecided";
  JobId job = 0;
  Replication replication;
  bool allowed = false;
  std::string action;

  friend bool operator==(const PermissionDecided&, const PermissionDecided&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
    visit("allowed", self.allowed);
    visit("action", self.action);
  }
};

/// A step of a job failed. `retry_at` is empty when it is not tried again; `attempt` counts from 1.
struct StepFailed {
  static constexpr std::string_view kName = "StepFailed";
  JobId job = 0;
  JobStep step = JobStep::kAdmit;
  std::uint64_t attempt = 0;
  FailureCode failure = FailureCode::kNone;
  std::optional<Instant> retry_at;

  friend bool operator==(const StepFailed&, const StepFailed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("step", self.step);
    visit("attempt", self.attempt);
    visit("failure", self.failure);
    visit("retry_at", self.retry_at);
  }
};

/// Bytes of one blob begin to flow towards a destination repository.
struct TransferStarted {
  static constexpr std::string_view kName = "TransferStarted";
  TransferId transfer = 0;
  JobId job = 0;
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest blob;
  ByteCount size;

  friend bool operator==(const TransferStarted&, const TransferStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("size", self.size);
  }
};

/// A transfer is over: `useful` bytes were accepted at the destination, `wasted` bytes crossed for nothing. One of them
/// is zero. `payer` is the account that the traffic is charged to. Source  ecr-replication.md 7 (4).
struct TransferEnded {
  static constexpr std::string_view kName = "TransferEnded";
  TransferId transfer = 0;
  JobId job = 0;
  RegistryKey source;
  RegistryKey destination;
  RepositoryName repository;
  Digest blob;
  AccountId payer;
  ByteCount useful;
  ByteCount wasted;
  FailureCode failure = FailureCode::kNone;

  friend bool operator==(const TransferEnded&, const TransferEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("transfer", self.transfer);
    visit("job", self.job);
    visit("source", self.source);
    visit("destination", self.destination);
    visit("repository", self.repository);
    visit("blob", self.blob);
    visit("payer", self.payer);
    visit("useful", self.useful);
    visit("wasted", self.wasted);
    visit("failure", self.failure);
  }
};

/// A job is over, for good.
struct JobEnded {
  static constexpr std::string_view kName = "JobEnded";
  JobId job = 0;
  Replication replication;
  ReplicationStatus status = ReplicationStatus::kInProgress;
  FailureCode failure = FailureCode::kNone;
  Instant queued_at;

  friend bool operator==(const JobEnded&, const JobEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("job", self.job);
    visit("replication", self.replication);
    visit("status", self.status);
    visit("failure", self.failure);
    visit("queued_at", self.queued_at);
  }
};

/// An image scan began.
struct ScanStarted {
  static constexpr std::string_view kName = "ScanStarted";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;

  friend bool operator==(const ScanStarted&, const ScanStarted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
  }
};

/// An image scan found what it found.
struct ScanCompleted {
  static constexpr std::string_view kName = "ScanCompleted";
  RegistryKey registry;
  RepositoryName repository;
  Digest digest;
  FindingCounts findings;

  friend bool operator==(const ScanCompleted&, const ScanCompleted&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
    visit("digest", self.digest);
    visit("findings", self.findings);
  }
};

/// Nothing passes from one region to another any more.
struct LinkCut {
  static constexpr std::string_view kName = "LinkCut";
  RegionName from;
  RegionName to;

  friend bool operator==(const LinkCut&, const LinkCut&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// Traffic passes again.
struct LinkHealed {
  static constexpr std::string_view kName = "LinkHealed";
  RegionName from;
  RegionName to;

  friend bool operator==(const LinkHealed&, const LinkHealed&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("from", self.from);
    visit("to", self.to);
  }
};

/// A fault of the scenario is in force. `fault` is its name there.
struct FaultBegan {
  static constexpr std::string_view kName = "FaultBegan";
  std::string fault;
  std::uint64_t number = 0;

  friend bool operator==(const FaultBegan&, const FaultBegan&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
  }
};

/// A fault changed what would have happened: a message lost, a flow stalled, a step failed.
struct FaultHit {
  static constexpr std::string_view kName = "FaultHit";
  std::string fault;
  std::uint64_t number = 0;

  friend bool operator==(const FaultHit&, const FaultHit&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
  }
};

/// A fault is over.
struct FaultEnded {
  static constexpr std::string_view kName = "FaultEnded";
  std::string fault;
  std::uint64_t number = 0;

  friend bool operator==(const FaultEnded&, const FaultEnded&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("fault", self.fault);
    visit("number", self.number);
  }
};

using EventBody = std::variant<RepositoryCreated, RepositoryDeleted, RepositorySettingChanged, BlobStored, BlobRemoved,
                               ManifestStored, ManifestRemoved, TagMoved, TagDropped, ImagePushed, ImagePulled,
                               CallRefused, ReplicationConfigured, RegistryPolicyChanged, TemplateChanged, JobQueued,
                               JobStarted, PermissionDecided, StepFailed, TransferStarted, TransferEnded, JobEnded,
                               ScanStarted, ScanCompleted, LinkCut, LinkHealed, FaultBegan, FaultHit, FaultEnded>;

struct Event {
  Instant when;
  EventBody body;

  friend bool operator==(const Event&, const Event&) = default;
  /// The published name of what happened.
  [[nodiscard]] std::string_view name() const;
};

/// Appends the event's canonical bytes: instant, published name, fields in order.
void AppendCanonical(const Event& event, Writer& writer);

/// Sees every event, in order, after the world's own projections did. Stands outside the world: it must not change it,
/// is neither copied nor saved with it, and has to outlive it or be removed.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnEvent(const Event& event) = 0;
};

}  // namespace crrsim
