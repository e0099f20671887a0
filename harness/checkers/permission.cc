// Nothing enters a registry by replication without its policy's leave.
//
// A job across accounts has leave from the instant at which the destination decided (PermissionDecided) and this
// checker, evaluating the policy of that instant itself, comes to "allowed"; a later change lets the copy finish. A job
// that the destination was never asked about has leave only as long as the policy would give it. Within an account
// there is leave unless the policy denies it.
#include <fmt/format.h>

#include <algorithm>

#include "harness/checkers/all_checkers.h"
#include "harness/checkers/image_key.h"
#include "harness/checkers/index_families.h"
#include "harness/checkers/policy_history.h"

namespace crrsim {

namespace {

constexpr std::string_view kReplicate = "ecr:ReplicateImage";
constexpr std::string_view kCreate = "ecr:CreateRepository";

class PermissionChecker final : public CheckerOf<PermissionChecker> {
 public:
  explicit PermissionChecker(const Assumptions& assumptions) : policies_(assumptions) {}

  void OnEvent(const Event& event) override {
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) {
      if (blob->origin == Origin::kReplication) EnterBlob(*blob, event.when);
    } else if (const auto* manifest = std::get_if<ManifestStored>(&event.body)) {
      families_.OnEvent(*manifest);
      if (manifest->origin == Origin::kReplication) EnterManifest(*manifest, event.when);
    } else if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
      if (moved->origin == Origin::kReplication && moved->to) EnterTag(*moved, event.when);
    } else if (const auto* created = std::get_if<RepositoryCreated>(&event.body)) {
      if (created->created_by == Origin::kReplication) EnterRepository(*created, event.when);
    } else if (const auto* queued = std::get_if<JobQueued>(&event.body)) {
      Open(*queued);
    } else if (const auto* ended = std::get_if<JobEnded>(&event.body)) {
      Close(*ended);
    } else if (const auto* decided = std::get_if<PermissionDecided>(&event.body)) {
      Decide(*decided, event.when);
    } else if (std::holds_alternative<RegistryPolicyChanged>(event.body)) {
      policies_.OnEvent(event);
    }
  }

 private:
  struct Copy {
    RegistryKey source;
    std::uint32_t open = 0;  // jobs
    bool has_leave = false;  // kept when the jobs are over: their last requests may still arrive
  };
  /// What replication wants in one repository of a destination.
  struct Wanted {
    std::vector<Copy> sources;                        // one a source registry
    Index<Digest, std::vector<Copy>> images;          // by root digest, one a source
    Index<TaggedImageKey, std::vector<Copy>> tagged;  // the same by tag
  };

  Wanted& Of(const RegistryKey& registry, const RepositoryName& repository) {
    const auto number = numbers_.NumberOf(registry, repository);
    if (number == wanted_.size()) wanted_.emplace_back();
    return wanted_[number];
  }
  static Copy& CopyFrom(std::vector<Copy>& copies, const RegistryKey& source) {
    for (auto& copy : copies) {
      if (copy.source == source) return copy;
    }
    copies.push_back({source, 0, false});
    return copies.back();
  }
  template <class Change>
  void ForEachCopyOf(const Replication& replication, Change change) {
    auto& wanted = Of(replication.destination, replication.repository);
    change(CopyFrom(wanted.sources, replication.source));
    change(CopyFrom(wanted.images.Emplace(replication.digest).first, replication.source));
    if (replication.tag) {
      change(CopyFrom(wanted.tagged.Emplace({{0, replication.digest}, *replication.tag}).first, replication.source));
    }
  }
  [[nodiscard]] bool Lets(std::string_view action, const RegistryKey& source, const RegistryKey& destination,
                          const RepositoryName& repository) const {
    return policies_.Lets(action, source, destination, repository);
  }

  void Open(const JobQueued& queued) {
    const auto& copy = queued.replication;
    const bool own = copy.source.account == copy.destination.account;
    const bool leave = own && Lets(kReplicate, copy.source, copy.destination, copy.repository);
    ForEachCopyOf(copy, [&](Copy& one) {
      if (one.open++ == 0) one.has_leave = false;
      one.has_leave = one.has_leave || leave;
    });
  }
  void Close(const JobEnded& ended) {
    ForEachCopyOf(ended.replication, [](Copy& one) {
      if (one.open > 0) --one.open;
    });
  }
  void Decide(const PermissionDecided& decided, Instant when) {
    if (!decided.allowed) return;
    const auto& copy = decided.replication;
    if (Lets(kReplicate, copy.source, copy.destination, copy.repository)) {
      return ForEachCopyOf(copy, [](Copy& one) { one.has_leave = true; });
    }
    Report({fmt::format("{} let job {} from {} enter", PlaceText(copy.destination, copy.repository), decided.job,
                        ToText(copy.source)),
            when},
           Denied(copy.source, copy.destination, kReplicate));
  }

  [[nodiscard]] ViolationSide Denied(const RegistryKey& source, const RegistryKey& destination,
                                     std::string_view action) const {
    const auto since = policies_.ChangedAt(destination);
    return {fmt::format("the policy of {} lets account {} do {}; {}", ToText(destination), source.account.text(),
                        action, since ? "as it was put last, it does not" : "it has none"),
            since};
  }

  /// Whether one of the copies has leave, or would have if it asked now.
  bool AnyHasLeave(const std::vector<Copy>* copies, const RegistryKey& registry, const RepositoryName& repository) {
    return copies != nullptr && std::any_of(copies->begin(), copies->end(), [&](const Copy& copy) {
             return copy.has_leave || Lets(kReplicate, copy.source, registry, repository);
           });
  }
  void Enter(const std::string& what, const Wanted& wanted, const RegistryKey& registry,
             const RepositoryName& repository, Instant when) {
    // What no job wants at all is a claim of `expected_images`.
    if (wanted.sources.empty()) return;
    Report({fmt::format("replication stored {} in {}", what, PlaceText(registry, repository)), when},
           Denied(wanted.sources.front().source, registry, kReplicate));
  }

  void EnterBlob(const BlobStored& blob, Instant when) {
    const auto& wanted = Of(blob.registry, blob.repository);
    if (AnyHasLeave(&wanted.sources, blob.registry, blob.repository)) return;
    Enter("blob " + blob.blob.short_text(), wanted, blob.registry, blob.repository, when);
  }
  void EnterManifest(const ManifestStored& manifest, Instant when) {
    const auto& wanted = Of(manifest.registry, manifest.repository);
    bool known = false;
    const bool leave = families_.AnyOfFamily(manifest.digest, [&](const Digest& root) {
      const auto* copies = wanted.images.Find(root);
      known = known || copies != nullptr;
      return AnyHasLeave(copies, manifest.registry, manifest.repository);
    });
    if (known && !leave) {
      Enter("manifest " + manifest.digest.short_text(), wanted, manifest.registry, manifest.repository, when);
    }
  }
  void EnterTag(const TagMoved& moved, Instant when) {
    const auto& wanted = Of(moved.registry, moved.repository);
    const auto* copies = wanted.tagged.Find(TaggedImageKey{{0, *moved.to}, moved.tag});
    if (copies == nullptr || AnyHasLeave(copies, moved.registry, moved.repository)) return;
    Enter(fmt::format("tag '{}'", moved.tag.text()), wanted, moved.registry, moved.repository, when);
  }
  void EnterRepository(const RepositoryCreated& created, Instant when) {
    const auto& wanted = Of(created.registry, created.repository);
    const bool leave = std::any_of(wanted.sources.begin(), wanted.sources.end(), [&](const Copy& copy) {
      return Lets(kCreate, copy.source, created.registry, created.repository);
    });
    if (leave || wanted.sources.empty()) return;
    Report({fmt::format("replication created {}", PlaceText(created.registry, created.repository)), when},
           Denied(wanted.sources.front().source, created.registry, kCreate));
  }

  PolicyHistory policies_;
  IndexFamilies families_;
  RepositoryNumbers numbers_;
  std::vector<Wanted> wanted_;
};

}  // namespace

std::unique_ptr<Checker> MakePermissionChecker(const Assumptions& assumptions) {
  return std::make_unique<PermissionChecker>(assumptions);
}

}  // namespace crrsim
