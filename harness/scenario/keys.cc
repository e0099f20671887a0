#include "harness/scenario/keys.h"

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

namespace {

using K = ValueKind;
constexpr auto kRequired = Need::kRequired;
constexpr auto kOptional = Need::kOptional;

/// Source  ecr-replication.md 9.
const std::vector<std::string_view> kSeverities = {"INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL", "UNDEFINED"};

std::vector<Section> FileSections() {
  return {
      {"scenario",
       "A scenario: a world, what is done in it, and what must come of it.",
       {{"title", K::kText, kOptional, "One line that says what is shown."},
        {"why", K::kText, kOptional, "What a reader should learn from it."},
        {"cites", K::kTextList, kOptional, "The rules of the specification that it shows."},
        {"seed", K::kSeed, kOptional, "The seed of every random draw; 1 without it. `--seed` replaces it."},
        {"start", K::kInstant, kOptional, "The first instant; 2026-01-01T00:00:00Z without it."},
        {"until", K::kInstant, kOptional,
         "Ends the run and the bill; without it, the last instant at which something happened."},
        {"accounts", K::kTextMap, kRequired, "Nicknames of accounts, each a quoted id of 12 digits."},
        {"regions", K::kRegionList, kRequired, "The regions of this world; every account has a registry in each."},
        {"network", K::kPresetOrObject, kRequired, "A preset's name, or links and capacities.", {}, "network"},
        {"assumptions", K::kTextMap, kOptional, "What ECR does not document: names and values."},
        {"options", K::kObject, kOptional, "Figures of the model that are not the network's.", {}, "options"},
        {"images", K::kObjectMap, kRequired, "Image content by name.", {}, "image"},
        {"timeline", K::kObjectList, kRequired, "What is done, in order.", {}, "step"},
        {"expect", K::kObjectList, kOptional, "What must hold at the end.", {}, "expectation"}}},
      {"network",
       "Links and capacities; what is not given comes from the preset.",
       {{"preset", K::kText, kOptional, "The preset that fills in the rest."},
        {"links", K::kObjectList, kOptional, "Links between regions.", {}, "link"},
        {"regions", K::kObjectMap, kOptional, "Capacities of regions.", {}, "capacity"}}},
      {"link",
       "A link: both directions (`between`), or one (`from`, `to`).",
       {{"between", K::kRegionList, kOptional, "Two regions; both directions are alike."},
        {"from", K::kRegion, kOptional, "The region where this direction begins."},
        {"to", K::kRegion, kOptional, "The region where it ends."},
        {"latency", K::kDuration, kRequired, "One way."},
        {"jitter", K::kDuration, kOptional, "Each message takes up to this much longer."},
        {"bandwidth", K::kRate, kOptional, "Shared by all copies on the link; unlimited without it."}}},
      {"capacity",
       "What a region can send and take.",
       {{"egress", K::kRate, kOptional, "Shared by all copies that leave the region."},
        {"ingress", K::kRate, kOptional, "Shared by all copies that enter it."}}},
      {"options",
       "Figures of the model; each has a default.",
       {{"transfers_per_job", K::kInteger, kOptional, "Parallel transfers of one copy; 4."},
        {"jobs_in_flight", K::kInteger, kOptional, "Copies under way from one registry to another; 256."},
        {"request_timeout", K::kDuration, kOptional, "How long a request to a destination may take; 10s."},
        {"stall_timeout", K::kDuration, kOptional, "How long a transfer may make no progress; 1h."},
        {"retry", K::kObject, kOptional, "Backoff of failed steps.", {}, "retry"},
        {"call_latency", K::kDuration, kOptional, "What each API call of a client takes; 20ms."},
        {"scan_duration", K::kDuration, kOptional, "What an image scan takes; 30s."},
        {"same_instant", K::kEnum, kOptional, "Who goes first of things due at one instant.", {"in-order", "seeded"}},
        {"replication_rules", K::kInteger, kOptional, "Most rules of a replication configuration; 25."},
        {"replication_destinations", K::kInteger, kOptional, "Most unique destinations of all its rules; 25."},
        {"within_region", K::kObject, kOptional, "Copies between accounts of one region.", {}, "within-region"}}},
      {"within-region",
       "The way between two accounts' registries of one region.",
       {{"latency", K::kDuration, kOptional, "One way; 1ms."},
        {"bandwidth", K::kRate, kOptional, "Shared by all such copies of the region; unlimited."}}},
      {"retry",
       "Exponential backoff.",
       {{"first", K::kDuration, kOptional, "Before the second attempt; 1s."},
        {"cap", K::kDuration, kOptional, "The longest wait; 5m."},
        {"give_up", K::kDuration, kOptional, "After this long a copy fails for good; 24h."},
        {"jitter", K::kPercent, kOptional, "How much of each wait is drawn at random; 50%."}}},
      {"image",
       "The content of an image: synthetic layers, or a path.",
       {{"layers", K::kBytesList, kOptional, "Sizes of its layers, as stored."},
        {"based_on", K::kText, kOptional, "An image defined above, whose layers come first."},
        {"index_of", K::kTextList, kOptional, "Images defined above: this is a multi-platform index over them."},
        {"subject", K::kText, kOptional, "An image defined above that this one refers to."},
        {"artifact_type", K::kText, kOptional, "What this artifact is."},
        {"content", K::kEnum, kOptional, "Real generated bytes, or sizes alone.", {"bytes", "sizes-only"}},
        {"distinct_per_push", K::kYesNo, kOptional, "Each push of `times` gets content of its own."},
        {"path", K::kText, kOptional, "An OCI layout folder or an archive, relative to this file."},
        {"findings", K::kCountMap, kOptional, "What a scan of it finds: severities and numbers.", kSeverities}}},
      {"progress",
       "Waits until a copy has come so far.",
       {{"copy", K::kReference, kRequired, "The image that is copied."},
        {"from", K::kRegistry, kOptional, "Its source; the registry it was pushed to last."},
        {"to", K::kRegistry, kRequired, "Its destination."},
        {"reaches", K::kPercent, kRequired, "Of the bytes of config and layers."}}},
      {"anchored",
       "When a claim at the end must have come true.",
       {{"within", K::kDuration, kOptional, "Within this long ..."},
        {"after", K::kText, kOptional, "... after a label, `start`, or `heal` (the end of the last fault)."}}},
      {"pattern",
       "Picks events.",
       {{"event", K::kText, kRequired, "The event's name."},
        {"in", K::kRegistry, kOptional, "The registry where it happens."},
        {"where", K::kTextMap, kOptional, "Further fields and their values."}}},
  };
}

std::vector<Section> StepSections() {
  return {
      {"step call",
       "An operation of ECR's API (`CreateRepository`) and its exact request, or file://... as in the aws cli.",
       {{"in", K::kRegistry, kRequired, "The registry that answers."},
        {"as", K::kText, kOptional, "The caller's ARN; without it the root of the registry's account."},
        {"fails_with", K::kText, kOptional, "The exception that must come."},
        {"answers", K::kJson, kOptional, "What the response must contain."}}},
      {"step push",
       "A client pushes an image.",
       {{"push", K::kText, kRequired,
         "repository:tag, or a repository alone for an untagged push; `{n}` in the tag counts."},
        {"to", K::kRegistry, kRequired, "The registry."},
        {"image", K::kText, kOptional, "The content; the image named like the repository."},
        {"as", K::kText, kOptional, "The caller's ARN."},
        {"fails_with", K::kText, kOptional, "The exception that must come."},
        {"times", K::kInteger, kOptional, "How often."},
        {"every", K::kDuration, kOptional, "Between the starts of repeated pushes."}}},
      {"step pull",
       "A client pulls an image.",
       {{"pull", K::kReference, kRequired, "repository:tag or repository@digest."},
        {"from", K::kRegistry, kRequired, "The registry."},
        {"as", K::kText, kOptional, "The caller's ARN."},
        {"fails_with", K::kText, kOptional, "The exception that must come."}}},
      {"step expect",
       "Something must hold here, or within a time.",
       {{"expect", K::kClaim, kRequired, "What must hold."},
        {"within", K::kDuration, kOptional, "Waits for it, at most this long."}}},
      {"step never",
       "Something must never hold from here on.",
       {{"never", K::kClaim, kRequired, "What must not hold."}}},
      {"step always", "Something must hold from here on.", {{"always", K::kClaim, kRequired, "What must hold."}}},
      {"step advance", "Lets time pass.", {{"advance", K::kDuration, kRequired, "How long."}}},
      {"step advance_to", "Lets time pass.", {{"advance_to", K::kInstant, kRequired, "Until when."}}},
      {"step settle",
       "Lets time pass until nothing is under way.",
       {{"settle", K::kDuration, kRequired, "How long that may take."}}},
      {"step partition",
       "Nothing passes between two regions.",
       {{"partition", K::kObject, kRequired, "Which way is cut.", {}, "cut"},
        {"for", K::kDuration, kOptional, "How long; to the end without it."}}},
      {"cut",
       "One direction (`from`, `to`), or both (`between`).",
       {{"from", K::kRegion, kOptional, "Where nothing leaves."},
        {"to", K::kRegion, kOptional, "Where nothing arrives."},
        {"between", K::kRegionList, kOptional, "Two regions."}}},
      {"step fail",
       "Makes a step of copies fail.",
       {{"fail", K::kObject, kRequired, "Which step, of which copies, how often.", {}, "failure"},
        {"for", K::kDuration, kOptional, "How long; to the end without it."}}},
      {"failure",
       "A step of a copy fails at its destination.",
       {{"step", K::kEnum, kRequired, "Which.", {"admit", "check-content", "put-manifest", "bind-tag"}},
        {"in", K::kRegistry, kOptional, "At this destination only."},
        {"repository", K::kRepository, kOptional, "Of this repository only."},
        {"skip", K::kInteger, kOptional, "Lets this many pass first."},
        {"times", K::kInteger, kOptional, "Then fails this many; all without it."}}},
      {"step corrupt",
       "Delivers wrong bytes.",
       {{"corrupt", K::kObject, kRequired, "Of which copies, how often.", {}, "corruption"},
        {"for", K::kDuration, kOptional, "How long; to the end without it."}}},
      {"corruption",
       "A blob arrives with other bytes than were sent.",
       {{"in", K::kRegistry, kOptional, "At this destination only."},
        {"repository", K::kRepository, kOptional, "Of this repository only."},
        {"skip", K::kInteger, kOptional, "Lets this many pass first."},
        {"times", K::kInteger, kOptional, "Then damages this many; all without it."}}},
  };
}

std::vector<Section> ClaimSections() {
  return {
      {"claim image",
       "About an image in a registry.",
       {{"image", K::kReference, kRequired, "repository:tag or repository@digest."},
        {"in", K::kRegistry, kRequired, "The registry."},
        {"is", K::kEnum, kOptional, "Present without it.", {"present", "absent", "untagged"}},
        {"same_digest_as", K::kRegistry, kOptional, "A registry where it has the same digest."},
        {"digest", K::kDigest, kOptional, "Its digest."},
        {"media_type", K::kText, kOptional, "Of its manifest."},
        {"tags", K::kTextList, kOptional, "Exactly these."},
        {"findings", K::kFindings, kOptional, "Exactly these, or none.", kSeverities}}},
      {"claim repository",
       "About a repository in a registry.",
       {{"repository", K::kRepository, kRequired, "Its name."},
        {"in", K::kRegistry, kRequired, "The registry."},
        {"is", K::kEnum, kOptional, "Present without it.", {"present", "absent"}},
        {"created_by", K::kEnum, kOptional, "Who made it.", {"client", "replication"}},
        {"template", K::kText, kOptional, "The prefix of the creation template that applied, or none."},
        {"imageTagMutability",
         K::kEnum,
         kOptional,
         "Its setting.",
         {"MUTABLE", "IMMUTABLE", "MUTABLE_WITH_EXCLUSION", "IMMUTABLE_WITH_EXCLUSION"}},
        {"encryptionType", K::kEnum, kOptional, "Its setting.", {"AES256", "KMS", "KMS_DSSE"}},
        {"scanOnPush", K::kYesNo, kOptional, "Its setting."},
        {"repositoryPolicy", K::kEnum, kOptional, "It has none.", {"none"}},
        {"lifecyclePolicy", K::kEnum, kOptional, "It has none.", {"none"}},
        {"images", K::kInteger, kOptional, "Exactly this many."},
        {"images_at_least", K::kInteger, kOptional, "At least this many."},
        {"images_at_most", K::kInteger, kOptional, "At most this many."}}},
      {"claim replication",
       "About what DescribeImageReplicationStatus says.",
       {{"replication", K::kReference, kRequired, "The image."},
        {"from", K::kRegistry, kRequired, "Its source."},
        {"to", K::kRegistry, kOptional, "The destination; not needed for `status: none`."},
        {"status", K::kEnum, kRequired, "The status, or none.", {"IN_PROGRESS", "COMPLETE", "FAILED", "none"}},
        {"failure", K::kText, kOptional, "The failure code (ours)."}}},
      {"claim transferred",
       "About bytes that replication moved for a repository.",
       {{"transferred", K::kRepository, kRequired, "The source repository."},
        {"from", K::kRegistry, kRequired, "Its registry."},
        {"to", K::kRegistry, kRequired, "The destination."},
        {"times", K::kInteger, kOptional, "This many times config and distinct layers of all its images."},
        {"exactly", K::kBytes, kOptional, "Useful bytes."},
        {"at_least", K::kBytes, kOptional, "Useful bytes."},
        {"at_most", K::kBytes, kOptional, "Useful bytes."},
        {"wasted_exactly", K::kBytes, kOptional, "Bytes that crossed for nothing."},
        {"wasted_at_least", K::kBytes, kOptional, "Bytes that crossed for nothing."},
        {"wasted_at_most", K::kBytes, kOptional, "Bytes that crossed for nothing."}}},
      {"claim stored",
       "About bytes kept in a repository: now, or over a month.",
       {{"stored", K::kRepository, kRequired, "The repository."},
        {"in", K::kRegistry, kRequired, "Its registry."},
        {"month", K::kMonth, kOptional, "The calendar month."},
        {"for_at_least", K::kDuration, kOptional, "How long the bytes kept at the end were stored in the month."},
        {"for_at_most", K::kDuration, kOptional, "How long the bytes kept at the end were stored in the month."},
        {"exactly", K::kBytes, kOptional, "Bytes stored now."},
        {"at_least", K::kBytes, kOptional, "Bytes stored now."},
        {"at_most", K::kBytes, kOptional, "Bytes stored now."}}},
      {"claim lag",
       "About the time from a push to the tag at the destination.",
       {{"lag", K::kEnum, kRequired, "Which quantile.", {"p50", "p90", "p99", "max"}},
        {"from", K::kRegistry, kRequired, "The source."},
        {"to", K::kRegistry, kRequired, "The destination."},
        {"at_least", K::kDuration, kOptional, "No shorter."},
        {"at_most", K::kDuration, kOptional, "No longer."}}},
      {"claim fault",
       "About how often a fault hit something.",
       {{"fault", K::kEnum, kRequired, "The verb of the fault.", {"partition", "fail", "corrupt"}},
        {"hits", K::kInteger, kOptional, "Exactly."},
        {"hits_at_least", K::kInteger, kOptional, "No less."},
        {"hits_at_most", K::kInteger, kOptional, "No more."}}},
      {"claim event",
       "About how often something happened; at least once without a number.",
       {{"event", K::kText, kRequired, "The event's name."},
        {"in", K::kRegistry, kOptional, "The registry where it happens."},
        {"where", K::kTextMap, kOptional, "Further fields and their values."},
        {"times", K::kInteger, kOptional, "Exactly."},
        {"times_at_least", K::kInteger, kOptional, "No less."},
        {"times_at_most", K::kInteger, kOptional, "No more."}}},
      {"claim in_order",
       "About the order of events: all of one kind before all of the next.",
       {{"in_order", K::kObjectList, kRequired, "The kinds.", {}, "pattern"}}},
  };
}

std::vector<Section> Together() {
  auto all = FileSections();
  for (auto part : {StepSections(), ClaimSections()}) {
    for (auto& section : part) all.push_back(std::move(section));
  }
  return all;
}

}  // namespace

const KeySpec* Section::Find(std::string_view key) const {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const KeySpec& spec) { return spec.name == key; });
  return found == keys.end() ? nullptr : &*found;
}

std::span<const Section> AllSections() {
  static const auto kSections = Together();
  return kSections;
}

const Section& SectionOf(std::string_view name) {
  for (const auto& section : AllSections()) {
    if (section.name == name) return section;
  }
  CRRSIM_CHECK(false, "no section is called {}", name);
}

const Section& CommonStepKeys() {
  static const Section kKeys = {
      "step",
      "When a step starts.",
      {{"at", ValueKind::kInstantOrOffset, Need::kOptional, "At this instant, or this long after the start."},
       {"after", ValueKind::kDuration, Need::kOptional, "This long after the step before returned."},
       {"when", ValueKind::kObject, Need::kOptional, "When a copy has come so far.", {}, "progress"},
       {"label", ValueKind::kText, Need::kOptional, "A name for the instant at which the step returns."}}};
  return kKeys;
}

}  // namespace crrsim
