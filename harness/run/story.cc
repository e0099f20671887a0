#include "harness/run/story.h"

#include <fmt/format.h>

#include "harness/run/claim_text.h"
#include "registry_model/event_bus/envelope.h"
#include "sim/overloaded.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

std::string NameOf(const RepositoryName& repository, const std::optional<Tag>& tag, const Digest& digest) {
  return tag ? fmt::format("{}:{}", repository.text(), tag->text())
             : fmt::format("{}@{}", repository.text(), digest.short_text());
}
std::string NameOf(const Replication& copy) { return NameOf(copy.repository, copy.tag, copy.digest); }

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table, an entry after another
void Story::OnEvent(const Event& event) {
  const auto when = event.when;
  std::visit(
      Overloaded{
          [&](const RepositoryCreated& e) {
            const auto* by = e.created_by == Origin::kReplication        ? "by replication"
                             : e.created_by == Origin::kPullThroughCache ? "by the pull-through cache"
                                                                         : "by a client";
            const auto with = e.template_prefix.empty() ? "" : fmt::format(", template {}", e.template_prefix);
            Note(when, fmt::format("{}: repository {} created {}{}", Name(e.registry), e.repository.text(), by, with));
          },
          [&](const RepositoryDeleted& e) {
            Note(when, fmt::format("{}: repository {} deleted", Name(e.registry), e.repository.text()));
          },
          [&](const RepositorySettingChanged& e) {
            Detail(when, fmt::format("{}: {} of repository {} {}", Name(e.registry), e.setting, e.repository.text(),
                                     e.value.empty() ? "deleted" : "replaced"));
          },
          [&](const ImagePushed& e) {
            Note(when, fmt::format("{}: push of {} accepted, {}", Name(e.registry),
                                   NameOf(e.repository, e.tag, e.digest), e.digest.short_text()));
          },
          [&](const ImagePulled& e) {
            Note(when, fmt::format("{}: pull of {}, {}", Name(e.registry), NameOf(e.repository, e.tag, e.digest),
                                   e.digest.short_text()));
          },
          [&](const TagMoved& e) {
            if (e.origin != Origin::kReplication || !e.to) {
              return Detail(when, fmt::format("{}: tag {}:{} {}", Name(e.registry), e.repository.text(), e.tag.text(),
                                              e.to ? "names " + e.to->short_text() : std::string("removed")));
            }
            Note(when, fmt::format("{}: {}:{} is there, {}", Name(e.registry), e.repository.text(), e.tag.text(),
                                   e.to->short_text()));
          },
          [&](const TagDropped& e) {
            Note(when, fmt::format("{}: {} arrived without tag {}, which is immutable there", Name(e.registry),
                                   e.digest.short_text(), e.tag.text()));
          },
          [&](const ManifestStored& e) {
            Detail(when, fmt::format("{}: manifest {} visible in {}", Name(e.registry), e.digest.short_text(),
                                     e.repository.text()));
          },
          [&](const ManifestRemoved& e) {
            Note(when, fmt::format("{}: image {} deleted from {}", Name(e.registry), e.digest.short_text(),
                                   e.repository.text()));
          },
          [&](const BlobStored& e) {
            Detail(when, fmt::format("{}: blob {} stored in {}, {} more bytes", Name(e.registry), e.blob.short_text(),
                                     e.repository.text(), e.stored.bytes()));
          },
          [&](const BlobRemoved& e) {
            Detail(when, fmt::format("{}: blob {} removed from {}, {} bytes freed", Name(e.registry),
                                     e.blob.short_text(), e.repository.text(), e.freed.bytes()));
          },
          [&](const CallRefused& e) {
            Note(when, fmt::format("{}: {} refused: {}: {}", Name(e.registry), e.operation, e.exception, e.message));
          },
          [&](const ReplicationConfigured& e) {
            Detail(when, fmt::format("{}: replication has {}", Name(e.registry),
                                     Counted(e.configuration.rules.size(), "rule")));
          },
          [&](const RegistryPolicyChanged& e) {
            Detail(when,
                   fmt::format("{}: registry policy {}", Name(e.registry), e.policy_text.empty() ? "deleted" : "put"));
          },
          [&](const TemplateChanged& e) {
            Detail(when, fmt::format("{}: creation template {} {}", Name(e.registry), e.prefix,
                                     e.settings.empty() ? "deleted" : "put"));
          },
          [&](const JobQueued& e) {
            Note(when, fmt::format("{}: copy of {} to {} queued", Name(e.replication.source), NameOf(e.replication),
                                   Name(e.replication.destination)));
          },
          [&](const JobStarted& e) {
            Detail(when, fmt::format("job {}: copy of {} to {} starts", e.job, NameOf(e.replication),
                                     Name(e.replication.destination)));
          },
          [&](const JobRequeued& e) {
            Note(when, fmt::format("{}: copy of {} to {} is queued again: the workers have crashed",
                                   Name(e.replication.source), NameOf(e.replication), Name(e.replication.destination)));
          },
          [&](const PermissionDecided& e) {
            if (e.allowed) {
              return Detail(when, fmt::format("{}: copy of {} from {} allowed", Name(e.replication.destination),
                                              NameOf(e.replication), Name(e.replication.source)));
            }
            Note(when, fmt::format("{}: copy of {} from {} denied: {} is not allowed", Name(e.replication.destination),
                                   NameOf(e.replication), Name(e.replication.source), e.action));
          },
          [&](const StepFailed& e) {
            const auto next = e.retry_at ? "tried again at " + ToText(*e.retry_at) : std::string("not tried again");
            Note(when, fmt::format("job {}: {} failed at attempt {} ({}), {}", e.job, crrsim::NameOf(e.step), e.attempt,
                                   crrsim::NameOf(e.failure), next));
          },
          [&](const TransferStarted& e) {
            Detail(when, fmt::format("transfer {}: {} of {} from {} to {}", e.transfer, ToShortText(e.size),
                                     e.repository.text(), Name(e.source), Name(e.destination)));
          },
          [&](const TransferEnded& e) {
            Detail(when, fmt::format("transfer {}: ended, {} bytes useful, {} wasted", e.transfer, e.useful.bytes(),
                                     e.wasted.bytes()));
          },
          [&](const JobEnded& e) {
            const auto lag = ToShortText(when - e.queued_at);
            const auto why = e.failure == FailureCode::kNone ? "" : fmt::format(" ({})", crrsim::NameOf(e.failure));
            Note(when,
                 fmt::format("{}: copy of {} to {} is {}{} after {}", Name(e.replication.source), NameOf(e.replication),
                             Name(e.replication.destination), crrsim::NameOf(e.status), why, lag));
          },
          [&](const ImageDeleted& e) {
            const auto by = e.cause == DeletionCause::kClient      ? "by a client"
                            : e.cause == DeletionCause::kLifecycle ? "by its lifecycle policy"
                                                                   : "with its repository";
            Note(when, fmt::format("{}: {} deleted {}{}", Name(e.registry), NameOf(e.repository, e.tag, e.digest), by,
                                   e.tag ? ", the tag alone" : ""));
          },
          [&](const DeletionQueued& e) {
            Note(when, fmt::format("{}: deletion of {} at {} queued", Name(e.replication.source), NameOf(e.replication),
                                   Name(e.replication.destination)));
          },
          [&](const DeletionStarted& e) {
            Detail(when, fmt::format("job {}: deletion of {} at {} starts", e.job, NameOf(e.replication),
                                     Name(e.replication.destination)));
          },
          [&](const DeletionDecided& e) {
            if (e.allowed) {
              return Detail(when, fmt::format("{}: deletion of {} from {} allowed", Name(e.replication.destination),
                                              NameOf(e.replication), Name(e.replication.source)));
            }
            Note(when,
                 fmt::format("{}: deletion of {} from {} denied: {} is not allowed", Name(e.replication.destination),
                             NameOf(e.replication), Name(e.replication.source), e.action));
          },
          [&](const DeletionEnded& e) {
            const auto why = e.failure == FailureCode::kNone ? "" : fmt::format(" ({})", crrsim::NameOf(e.failure));
            Note(when, fmt::format("{}: deletion of {} at {} is {}{} after {}", Name(e.replication.source),
                                   NameOf(e.replication), Name(e.replication.destination), crrsim::NameOf(e.status),
                                   why, ToShortText(when - e.queued_at)));
          },
          [&](const LifecycleEvaluated& e) {
            const auto text = fmt::format("{}: lifecycle policy of {} evaluated, {} to expire", Name(e.registry),
                                          e.repository.text(), Counted(static_cast<std::size_t>(e.expiring), "image"));
            if (e.expiring == 0 && e.transitioning == 0) return Detail(when, text);
            Note(when, text);
          },
          [&](const ScanStarted& e) {
            Note(when, fmt::format("{}: scan of {} in {} starts", Name(e.registry), e.digest.short_text(),
                                   e.repository.text()));
          },
          [&](const ScanCompleted& e) {
            Note(when, fmt::format("{}: scan of {} in {} found {}", Name(e.registry), e.digest.short_text(),
                                   e.repository.text(), TextOf(e.findings)));
          },
          [&](const StorageClassChanged& e) {
            const auto* what = e.status == ImageStatus::kArchived     ? "archived"
                               : e.status == ImageStatus::kActivating ? "begins to be restored"
                                                                      : "restored";
            Note(when, fmt::format("{}: image {} in {} {}", Name(e.registry), e.digest.short_text(),
                                   e.repository.text(), what));
          },
          [&](const BlobClassChanged& e) {
            Detail(when, fmt::format("{}: blob {} of {}, {} bytes, is now in class {}", Name(e.registry),
                                     e.blob.short_text(), e.repository.text(), e.moved.bytes(), crrsim::NameOf(e.to)));
          },
          [&](const BlobMounted& e) {
            Note(when, fmt::format("{}: blob {} mounted from {} into {}", Name(e.registry), e.blob.short_text(),
                                   e.from.text(), e.repository.text()));
          },
          [&](const BlobCharged& e) {
            Detail(when, fmt::format("{}: blob {} counts to {} now, {} bytes", Name(e.registry), e.blob.short_text(),
                                     e.repository.text(), e.stored.bytes()));
          },
          [&](const AccountSettingChanged& e) {
            Detail(when, fmt::format("{}: account setting {} is {}", Name(e.registry), e.setting, e.value));
          },
          [&](const ScanningConfigured& e) {
            Detail(when, fmt::format("{}: scanning configuration replaced", Name(e.registry)));
          },
          [&](const LinkCut& e) {
            Note(when, fmt::format("nothing passes from {} to {}", e.from.text(), e.to.text()));
          },
          [&](const LinkHealed& e) {
            Note(when, fmt::format("traffic passes from {} to {} again", e.from.text(), e.to.text()));
          },
          [&](const ReplicationRoleCreated& e) {
            Detail(when, fmt::format("{}: role AWSServiceRoleForECRReplication created", e.account.text()));
          },
          [&](const ReplicationRoleDeleted& e) {
            Note(when, fmt::format("{}: role AWSServiceRoleForECRReplication deleted", e.account.text()));
          },
          [&](const BackfillChanged& e) {
            Note(when, fmt::format("{}: backfill of {} is {}, {} of {} copies complete, {} failed", Name(e.registry),
                                   Name(e.destination), crrsim::NameOf(e.status), e.completed, e.total, e.failed));
          },
          [&](const BackfillCopySkipped& e) {
            const auto why = e.failure == FailureCode::kNone
                                 ? std::string("is there already")
                                 : fmt::format("cannot be copied ({})", crrsim::NameOf(e.failure));
            Detail(when, fmt::format("{}: backfill of {}: {} {}", Name(e.registry), Name(e.destination),
                                     NameOf(e.repository, e.tag, e.digest), why));
          },
          [&](const EventDelivered& e) {
            Detail(when, fmt::format("{}: {} delivered{}", Name(e.event.registry), DetailTypeOf(e.event.detail),
                                     e.copy > 1 ? " once more" : ""));
          },
          [&](const EventLost& e) {
            Note(when, fmt::format("{}: {} lost", Name(e.event.registry), DetailTypeOf(e.event.detail)));
          },
          [&](const FaultBegan& e) { Note(when, fmt::format("fault {} begins: {}", e.fault, e.target)); },
          [&](const FaultHit& e) { Detail(when, fmt::format("fault {} hits", e.fault)); },
          [&](const FaultEnded& e) { Note(when, fmt::format("fault {} ends", e.fault)); },
      },
      event.body);
}

}  // namespace crrsim
