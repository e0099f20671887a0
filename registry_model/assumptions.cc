#include "registry_model/assumptions.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/nearest_name.h"

namespace crrsim {

namespace {

using Id = Assumption;

// Values are only those that the model really switches between; an entry with one value says what is assumed where no
// alternative exists yet.
// NOLINTNEXTLINE(readability-function-size): a table, an entry after another
const std::array<AssumptionInfo, kAssumptionCount>& Table() {
  static const std::array<AssumptionInfo, kAssumptionCount> kTable = {{
      {Id::kVisibility,
       "visibility",
       {"manifest-last"},
       "At a destination a manifest becomes visible after all that it references, and the tag last.",
       "PutImage refuses an index without its children and an image without its layers; no order is documented.",
       "4"},
      {Id::kJobOrder,
       "job_order",
       {"per-tag", "concurrent", "per-destination"},
       "Jobs for one destination, repository and tag run one after the other in the order of their pushes and all "
       "others at the same time; or all at the same time; or one after the other for each destination.",
       "No ordering promise between images, tags or destinations is documented; per tag, the last push wins at the "
       "destination too.",
       "2.2"},
      {Id::kSameDestinationByTwoRules,
       "same_destination_by_two_rules",
       {"one-job", "one-per-rule"},
       "A destination that two matching rules name is replicated to once; or once for each rule.",
       "Rules are described as additive, and the quota counts unique destinations over all rules.",
       "1.4 (8)"},
      {Id::kImmutableConflict,
       "immutable_conflict",
       {"drop-tag", "fail"},
       "An image whose tag is immutable at the destination and names another image there arrives without the tag, with "
       "status COMPLETE; or the job ends with status FAILED.",
       "That the image is replicated without the tag is documented; the status is not.",
       "4.1"},
      {Id::kUntaggedPush,
       "untagged_push",
       {"replicated", "not-replicated"},
       "A push without a tag (by digest, referrers included) is replicated as an image; or it is not.",
       "Pushes by digest are content pushes; neither inclusion nor exclusion is documented.",
       "4"},
      {Id::kRepushSameTagAndDigest,
       "repush_same_tag_and_digest",
       {"no-job", "job"},
       "A client that pushes the same manifest under the same tag again starts no replication; or a job that finds "
       "nothing to move.",
       "The API refuses it with ImageAlreadyExistsException; the registry's HTTP interface lets the client succeed, "
       "and whether that replicates is not documented.",
       "2.1"},
      {Id::kDenial,
       "denial",
       {"fail", "retry"},
       "A job that the destination's policy refuses fails at once; or it is tried again like after other failures.",
       "A refused replication ends FAILED; no retry policy is documented.",
       "3 (6), 2.2"},
      {Id::kCutCopy,
       "cut_copy",
       {"resume", "restart"},
       "A transfer over a cut link waits and goes on where it stood, until an attempt made no progress for its stall "
       "timeout, and one that a crash cut off goes on where it stood; or both are lost, and begin again from nothing.",
       "Nothing is documented.",
       "2.2"},
      {Id::kPermissionRead,
       "permission_read",
       {"at-start", "each-step"},
       "The destination's policy is read once, when a job starts, and a later change lets the copy finish; or it is "
       "asked again at each step.",
       "Replications in progress may complete after the permission was taken away.",
       "3 (14), 2.2"},
      {Id::kReplicationPrincipal,
       "replication_principal",
       {"role", "root", "service"},
       "The destination's policy is asked about the source account's replication role, which a grant to the account "
       "covers; or about the account's root user; or about the service replication.ecr.amazonaws.com with "
       "aws:SourceAccount.",
       "Granting the source account's root suffices; which principal is evaluated is not documented.",
       "3 (7, 9)"},
      {Id::kConfigurationErrors,
       "configuration_errors",
       {"split", "invalid-parameter", "validation"},
       "A replication configuration that breaks a length, pattern, enumeration or count is refused with "
       "InvalidParameterException and any other with ValidationException; or all with one of the two.",
       "Both exceptions are modelled; only the refusal of the own registry as destination is attested.",
       "1.4 (14)"},
      {Id::kTemplateChoice,
       "template_choice",
       {"longest-applied", "longest-then-applied"},
       "The creation template with the longest prefix among those applied for replication is used; or the one with the "
       "longest prefix of all, and none if it is not applied for replication.",
       "The longest prefix wins; how that meets appliedFor is not documented.",
       "2.6 (4)"},
      {Id::kTemplateWithoutRole,
       "template_without_role",
       {"fail", "defaults"},
       "A template with resource tags or a KMS key and without a custom role makes the creation fail; or the "
       "repository "
       "gets the defaults.",
       "The guide says that creation fails; that the replication fails with it is inferred.",
       "2.6 (6)"},
      {Id::kManifestBytes,
       "manifest_bytes",
       {"not-counted", "counted"},
       "The bytes of manifests count neither as stored nor as transferred; or they count as both.",
       "The stored size is described as the compressed layer bytes.",
       "7 (7)"},
      {Id::kGigabyte,
       "gigabyte",
       {"2^30", "10^9"},
       "A gigabyte of a GB-month is 2^30 bytes; or 10^9.",
       "Nothing is documented for ECR; 2^30 is the usual convention of AWS's bills.",
       "7 (10)"},
      {Id::kMonth,
       "month",
       {"real", "730h"},
       "A month of a GB-month has the hours of its calendar month; or 730 hours.",
       "Nothing is documented for ECR.",
       "7 (10)"},
      {Id::kFailedAttempts,
       "failed_attempts",
       {"wasted"},
       "Bytes of transfers that failed are shown as wasted and are not billed.",
       "Nothing is documented.",
       "7 (4)"},
      {Id::kUnreferencedLayers,
       "unreferenced_layers",
       {"removed-at-once", "kept"},
       "A layer leaves the repository with the last image that lists it; or it stays until the repository goes.",
       "Layers without an image cannot be downloaded and may be cleaned up at any time.",
       "10.2"},
      {Id::kOptedOutRegion,
       "opted_out_region",
       {"copies-fail"},
       "A configuration may name a region that one of the two accounts has not opted in to; each copy to it ends "
       "FAILED.",
       "Nothing replicates in or to such a region; how the refusal shows is not documented.",
       "1.4 (13)"},
      {Id::kPolicyScopeV1,
       "policy_scope_v1",
       {"refused", "accepted"},
       "PutAccountSetting refuses V1 as the registry policy scope; or accepts it, and then a registry's policy may "
       "hold "
       "the three replication and pull-through cache actions only and decides those only.",
       "The guide describes V1 and advises against it; the newest model documents V2 alone, and a changelog says that "
       "support of V1 was removed.",
       "3 (11)"},
      {Id::kArchivedIndex,
       "archived_index",
       {"children-along", "index-alone"},
       "An index takes its untagged children into the archive with it, those apart that another index needs; or goes "
       "there alone. Either way a child stays active while an index that is not archived lists it, and archived "
       "children are restored with their index.",
       "ImageStorageClassUpdateNotSupportedException exists; when it comes, and what becomes of children, is not "
       "documented.",
       "10.3"},
      {Id::kDeletePermission,
       "delete_permission",
       {"replicate-image", "batch-delete-image"},
       "A deletion may enter another account's registry where ecr:ReplicateImage is allowed; or where "
       "ecr:BatchDeleteImage is.",
       "Which action the destination's policy has to allow is not documented.",
       "1.6 (6)"},
      {Id::kDeleteOverlappingRules,
       "delete_overlapping_rules",
       {"any-rule", "all-rules"},
       "Deletions go to a destination if any of the matching rules that name it replicates deletions; or only if all "
       "of them do.",
       "The flag belongs to a rule; what holds where rules overlap is not documented.",
       "1.6 (1)"},
      {Id::kDeleteRepository,
       "delete_repository",
       {"not-replicated", "replicated"},
       "Images that go with their repository stay at the destinations; or they are deleted there one by one, while the "
       "repository stays.",
       "Image deletions and tag removals are documented, deleting a repository is not.",
       "1.6 (6)"},
      {Id::kDeleteDestinationTags,
       "delete_destination_tags",
       {"deleted", "kept"},
       "An image deleted at the source goes at the destination with all tags that it has there; or it stays there "
       "under "
       "tags that it did not have at the source.",
       "All tags that point at the digest are deleted; whether this means a destination's own tags is not documented.",
       "1.6 (3, 6)"},
      {Id::kDeleteMovedTag,
       "delete_moved_tag",
       {"replicated-images", "same-image", "any-image"},
       "A tag deleted at the source that names another image at the destination is deleted there if that image arrived "
       "by replication; or never; or always.",
       "The same tag is removed; what happens where it names another image is not documented.",
       "1.6 (2, 6)"},
      {Id::kDeleteChained,
       "delete_chained",
       {"not-chained"},
       "A deletion that arrived by replication is not replicated on by the destination's own rules.",
       "Images are not replicated on; of deletions nothing is documented.",
       "13 (3)"},
      {Id::kBackfillPresent,
       "backfill_present",
       {"complete", "job"},
       "An image that is at the destination already, under the same tag, counts as complete in a backfill and nothing "
       "is asked of the destination; or it gets a job that finds nothing to move.",
       "What a backfill does with an already-complete destination is not documented.",
       "1.7, 13 (4)"},
      {Id::kBackfillArchived,
       "backfill_archived",
       {"left-out", "included"},
       "A backfill leaves out images that are in the archive, or on their way from it; or copies them like others.",
       "Whether archived images are included is not documented.",
       "1.7, 13 (4)"},
      {Id::kBackfillEvent,
       "backfill_event",
       {"sent", "off"},
       "The end of a backfill is said on the source's event bus as ECR Replication Backfill, a name of ours; or "
       "nothing "
       "is said.",
       "An event is documented, its detail-type and members are not.",
       "1.7 (9), 6.3"},
      {Id::kDestinationPushEvent,
       "destination_push_event",
       {"off", "on"},
       "A replicated image gives no ECR Image Action PUSH at its destination; or it gives one beside the ECR "
       "Replication Action.",
       "Only the ECR Replication Action is documented for a replicated image.",
       "6.2"},
      {Id::kCreateOnPush,
       "create_on_push",
       {"first-upload"},
       "A push makes the repository that a template for CREATE_ON_PUSH covers with its first layer upload, if the "
       "caller may do ecr:CreateRepository; PutImage makes none.",
       "That a template for CREATE_ON_PUSH makes one is documented; neither the call nor the permission is.",
       "2.5"},
      {Id::kUpstreamImages,
       "upstream_images",
       {"fetched-once"},
       "A tag that the pull-through cache has is not looked for upstream again, and bytes from upstream take no time.",
       "The pull-through cache is modelled only as a way for images to arrive.",
       "2.1 (14)"},
      {Id::kCallRates,
       "call_rates",
       {"a-second-at-once"},
       "Where rates of calls are enforced, the calls of one second may come at once; then each has to wait for its "
       "part "
       "of a second.",
       "The rates are published, how they are measured is not.",
       "8 (15)"},
      {Id::kScanQuota,
       "scan_quota",
       {"not-scanned"},
       "What arrives when a registry has used up its basic scans of 24 hours is not scanned.",
       "The quota is published, what becomes of images beyond it is not.",
       "8 (13)"},
  }};
  return kTable;
}

std::vector<std::string_view> AllNames() {
  std::vector<std::string_view> names;
  for (const auto& info : Table()) names.push_back(info.name);
  return names;
}

}  // namespace

std::span<const AssumptionInfo> AssumptionTable() { return Table(); }

const AssumptionInfo& InfoOf(Assumption assumption) {
  const auto& info = Table().at(static_cast<std::size_t>(assumption));
  CRRSIM_CHECK(info.id == assumption, "the table is out of order at '{}'", info.name);
  return info;
}

Result<const AssumptionInfo*, ParseError> FindAssumption(std::string_view name) {
  for (const auto& info : Table()) {
    if (info.name == name) return &info;
  }
  return ParseError{fmt::format("'{}' is not an assumption{}", name, DidYouMean(name, AllNames()))};
}

Result<Unit, ParseError> Assumptions::Set(std::string_view name, std::string_view value) {
  const auto found = FindAssumption(name);
  if (!found) return found.error();
  const auto* info = *found;
  const auto choice = std::find(info->values.begin(), info->values.end(), value);
  if (choice == info->values.end()) {
    return ParseError{fmt::format("'{}' is not a value of the assumption '{}'; expected {}{}", value, name,
                                  fmt::join(info->values, " or "), DidYouMean(value, info->values))};
  }
  choices_[Place(info->id)] = static_cast<std::uint8_t>(choice - info->values.begin());
  return Unit{};
}

std::string_view Assumptions::value(Assumption assumption) const {
  const auto& values = InfoOf(assumption).values;
  const auto choice = choices_[Place(assumption)];
  CRRSIM_CHECK(choice < values.size(), "'{}' has no value {}", InfoOf(assumption).name, choice);
  return values[choice];
}

std::string_view Assumptions::Use(Assumption assumption) {
  consulted_[Place(assumption)] = 1;
  return value(assumption);
}

}  // namespace crrsim
