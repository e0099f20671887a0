// Deliberate mistakes of the model, for the test that no scenario passes whatever the model does.
//
// Each mutant breaks one behaviour where it is decided:
//
//   if (rule.filters.empty()) return !Mutated(Mutant::kNoFilterTakesNothing);
//
// In a build without tests `Mutated` is a constant, so nothing of this is left there: not in what users get, nor in
// what benchmarks measure. A build with tests asks a function, which says no (mutants.cc) in every program but one:
// crrsim_rule_mutants_tests has its own and switches mutants on. scenarios/semantics/mutants.txt names for every rule
// the mutants that its scenarios have to notice.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace crrsim {

enum class Mutant : std::uint8_t {
  kNone,
  // Configuration.
  kPutIsMerged,             // a put adds its rules to those that are there
  kPutAnswersNothing,       // a put answers with no rules
  kFiltersNotDescribed,     // DescribeRegistry leaves the filters out
  kDeleteFlagNotDescribed,  // DescribeRegistry leaves deleteReplication out
  kUnconfiguredIsAnError,   // describing what was never configured is refused
  kOneRuleOnly,             // more than one rule is refused, as the service did in its first months
  kOwnRegistryIsDropped,    // the own registry as destination is left out instead of refused
  kSameRegionIsRefused,     // another account in the same region is refused
  kOtherAccountIsRefused,   // another account is refused
  kPartitionsAreCrossed,    // a destination of another partition is taken
  kPatternsAreNotChecked,   // names that break their pattern are left out instead of refused
  kAnyEnumValue,            // any word is taken where one of a list is expected
  kLimitsOneHigher,         // every limit of a length or count lets one more in at either end
  kLimitsOneLower,          // every limit of a length or count lets one less in at either end
  kWholeSeconds,            // times on the wire have no fractions

  // Which images go where.
  kPushesAreIgnored,           // nothing is replicated
  kExistingImagesAreSent,      // a put of a configuration sends what is there already
  kReplicatedIsSentOn,         // what arrived by replication is replicated on
  kOneTagADigest,              // a further tag on an image that is there is not replicated
  kRepeatedPushIsSent,         // a push that is refused as repeated is replicated
  kDeletedCopiesAreSentAgain,  // an image that is deleted at a destination is sent there again
  kCachedImagesStay,           // what the pull-through cache brings is not replicated
  kDeletionsAreCopied,         // whatever is deleted at a source is deleted at its destinations
  kRemovalTakesCopies,         // a configuration without rules takes the copies away
  kConfigurationOfTheAccount,  // a registry without rules uses those of another region of its account
  kFilterNeedsASegment,        // a filter matches whole segments of the name alone
  kFilterMatchesAnywhere,      // a filter matches anywhere in the name
  kNoFilterTakesNothing,       // a rule without filters matches nothing
  kAllFiltersMustMatch,        // a rule takes what all of its filters match
  kFirstRuleOnly,              // only the first rule that matches counts
  kChildrenAreLeftBehind,      // the children of an index are not sent along
  kRenamedAtDestination,       // the copy goes to a repository of another name

  // Permissions.
  kNoPolicyLetsIn,           // without a registry policy anyone may replicate in
  kOwnAccountNeedsAGrant,    // replication within an account needs a registry policy
  kReplicateMayCreate,       // ReplicateImage lets repositories be created, too
  kTaggingNeedsNoGrant,      // a template's tags need no permission of their own
  kPermissionIsReadAgain,    // the destination's policy is asked again at every step
  kAnyPrincipal,             // a statement applies whoever asks
  kAnyAction,                // a statement applies whatever is asked for
  kAnyResource,              // a statement applies to every resource
  kOwnAccountIsNeverDenied,  // a policy cannot deny anything to its own account
  kPolicyOutlivesDeletion,   // a deleted policy stays
  kBadPolicyIsTaken,         // a policy text that is none is taken without a word
  kMissingPolicyIsEmpty,     // where there is no policy an empty one is answered
  kOptOutIsIgnored,          // a region that an account is not opted in to takes part all the same

  // Creation.
  kSourceSettingsAreCarried,  // a repository that replication makes has the settings of its source
  kSourceTemplatesApply,      // the templates of the source decide
  kShortestTemplateWins,      // the shortest prefix wins
  kTemplateNeedsNoSlash,      // a template's prefix is a plain prefix
  kTemplateForEverything,     // appliedFor is not looked at
  kTemplateChangesExisting,   // a new template changes the repositories that it covers
  kTemplateTurnsScanningOn,   // a template turns scanning on
  kTemplateIsReplaced,        // creating a template that exists replaces it
  kPushMakesRepositories,     // a push makes the repository that it lacks
  kNoCreationOnPush,          // no template makes the repository that a push lacks

  // Content at the destination.
  kTagsAreRenamed,            // the copy is tagged `copy`
  kMovedTagStays,             // a tag that names an image at the destination stays there
  kSourceTimesAreKept,        // a copy has the push time of its source
  kManifestsAreRewritten,     // a copy's manifest has other bytes
  kLayersAreShared,           // a layer of another repository at the destination is not sent again
  kFindingsFollow,            // the findings of a scan appear at the copies
  kRepositorySettingsFollow,  // a setting that changes at the source changes at the destinations
  kRegistrySettingsFollow,    // the registry's own settings appear at the destinations
  kImmutabilityIsIgnored,     // every tag may move
  kSourceMutabilityDecides,   // the mutability of the source's repository decides at the destination
  kExclusionsAreIgnored,      // exclusion filters exclude nothing
  kSameDigestConflicts,       // an immutable tag is in the way of its own image

  // Status.
  kOneStatusForAll,          // the destination that is done first decides the status of all
  kFailureCodeForAll,        // every status has a failure code
  kStatusOfAnyRegistry,      // a registry answers with the status of the same image elsewhere
  kUnknownImageHasNoStatus,  // an image that is not there has an empty status

  // The api.
  kMissingNameIsAnother,      // a name that is not found stands for the first that is there
  kRepositoryIsCreatedTwice,  // creating a repository that exists succeeds
  kFullRepositoryIsDeleted,   // a repository is deleted with its images
  kAnyFilters,                // exclusion filters go with every mutability
  kRepeatedPushSucceeds,      // a repeated PutImage succeeds
  kDigestIsNotChecked,        // the digest that a client expects is not compared
  kMissingContentIsTaken,     // an image without its layers or children is answered like one that has them
  kMediaTypeIsGuessed,        // a manifest without a media type is taken for an OCI image
  kUntaggingDeletes,          // removing one of several tags deletes the image
  kReferencedIsDeleted,       // deleting the child of an index is answered as done
  kFailuresAreLeftOut,        // failures of a batch are not told
  kUntaggedIsNotListed,       // images without a tag are not listed
  kOneEntryAnImage,           // ListImages has one entry an image
  kPullsAreNotRecorded,       // a pull leaves no time
  kPartsInAnyOrder,           // a part of an upload may come from anywhere
  kShortPartsAreTaken,        // parts before the last may be of any size
  kEmptyUploadsAreTaken,      // an upload without parts completes
  kLayerIsNotChecked,         // the digest of a layer is not compared
  kLayerIsStoredTwice,        // a layer that is there is taken again
  kEveryLayerIsThere,         // every layer is said to be available
  kUnlistedLayerIsServed,     // a layer without an image can be downloaded
  kScansWithoutQuota,         // an image can be scanned again at once
  kNoScanOnPush,              // scanOnPush does nothing
  kEverythingIsScanned,       // artifacts and indexes are scanned like images
  kUnscannedHasNoFindings,    // an image that was never scanned has an empty result
  kFindingsAreSummarised,     // DescribeImages carries a summary of findings

  // Backfills and events.
  kRoleIsNeverMade,          // a configuration makes no service-linked role
  kBackfillTakesEverything,  // a backfill copies repositories that no rule sends there
  kOneUnitAnImage,           // a backfill copies one tag of an image alone
  kBackfillNeverFails,       // a backfill is COMPLETE however many copies failed
  kBackfillsWithoutLimit,    // any number of backfills may run, to one region too
  kStopForgetsCopies,        // a stopped backfill ends at once, without the copies under way
  kLateProgress,             // a backfill has no progress before its end
  kBackfillsTakeADay,        // a backfill lists its images for a day
  kGoneCountsAsCopied,       // an image that has gone meanwhile counts as complete
  kEventsAtTheSource,        // the event of a replication goes to its source
  kPushesWithoutTag,         // the event of a push leaves the tag out
  kScansAreNotTold,          // a scan gives no event
  kReferrersAreImages,       // the events of referrers are those of images
  kPullsAreTold,             // a pull gives an event

  // Deletions.
  kDeletionsAreNotSent,  // deleteReplication does nothing
  kAbsentFlagDeletes,    // a rule without deleteReplication replicates deletions
  kTagTakesTheImage,     // a tag that is removed takes its image along at the destination
  kLastTagGoesAlone,     // the last tag of an image goes at the destination, and the image stays
  kDeletedImageStays,    // an image that is deleted at the source loses its tags alone
  kExpiryStaysAtHome,    // what a lifecycle policy expires is not deleted at the destinations

  // The archive.
  kArchivingIsMirrored,  // what is archived at a source is archived at its destinations
  kRestoresAreNotSent,   // a restored image is not replicated
  kArchivedCopiesStay,   // an archived copy stays archived when its image arrives again
  kPushesDoNotRestore,   // a push of an archived image leaves it archived
  kArchivedIsPulled,     // archived images can be pulled
  kArchivedIsListed,     // archived images are listed unless asked otherwise
  kNeededIsArchived,     // an image that an active index lists can be archived

  // Lifecycle policies.
  kLifecycleNeverRuns,   // no lifecycle policy is evaluated
  kLaterRulesTakeToo,    // what a rule keeps is not kept from the rules behind it
  kChildTakesItsIndex,   // what an index lists takes the index along when it expires
  kReferrersStay,        // the referrers of a deleted image stay
  kPreviewsRunTogether,  // a preview can start while another is in progress

  // Mounting.
  kNothingIsMounted,     // no layer is mounted
  kOneEndMounts,         // the destination's setting alone lets copies mount
  kCacheMounts,          // layers of the pull-through cache are mounted, too
  kAnyEncryptionMounts,  // layers are mounted between repositories of different encryption

  // Settings.
  kScanFilterIsTheName,   // a scanning filter is the name of one repository
  kScanRulesAreIgnored,   // the registry's scanning rules scan nothing
  kCallsHaveNoRates,      // calls are never throttled
  kReservedTagsAreTaken,  // keys of resource tags may begin with aws:
};

/// Their names, as mutants.txt spells them.
inline constexpr auto kMutantNames = std::to_array<std::pair<Mutant, std::string_view>>({
    {Mutant::kPutIsMerged, "put-is-merged"},
    {Mutant::kPutAnswersNothing, "put-answers-nothing"},
    {Mutant::kFiltersNotDescribed, "filters-not-described"},
    {Mutant::kDeleteFlagNotDescribed, "delete-flag-not-described"},
    {Mutant::kUnconfiguredIsAnError, "unconfigured-is-an-error"},
    {Mutant::kOneRuleOnly, "one-rule-only"},
    {Mutant::kOwnRegistryIsDropped, "own-registry-is-dropped"},
    {Mutant::kSameRegionIsRefused, "same-region-is-refused"},
    {Mutant::kOtherAccountIsRefused, "other-account-is-refused"},
    {Mutant::kPartitionsAreCrossed, "partitions-are-crossed"},
    {Mutant::kPatternsAreNotChecked, "patterns-are-not-checked"},
    {Mutant::kAnyEnumValue, "any-enum-value"},
    {Mutant::kLimitsOneHigher, "limits-one-higher"},
    {Mutant::kLimitsOneLower, "limits-one-lower"},
    {Mutant::kWholeSeconds, "whole-seconds"},
    {Mutant::kPushesAreIgnored, "pushes-are-ignored"},
    {Mutant::kExistingImagesAreSent, "existing-images-are-sent"},
    {Mutant::kReplicatedIsSentOn, "replicated-is-sent-on"},
    {Mutant::kOneTagADigest, "one-tag-a-digest"},
    {Mutant::kRepeatedPushIsSent, "repeated-push-is-sent"},
    {Mutant::kDeletedCopiesAreSentAgain, "deleted-copies-are-sent-again"},
    {Mutant::kCachedImagesStay, "cached-images-stay"},
    {Mutant::kDeletionsAreCopied, "deletions-are-copied"},
    {Mutant::kRemovalTakesCopies, "removal-takes-copies"},
    {Mutant::kConfigurationOfTheAccount, "configuration-of-the-account"},
    {Mutant::kFilterNeedsASegment, "filter-needs-a-segment"},
    {Mutant::kFilterMatchesAnywhere, "filter-matches-anywhere"},
    {Mutant::kNoFilterTakesNothing, "no-filter-takes-nothing"},
    {Mutant::kAllFiltersMustMatch, "all-filters-must-match"},
    {Mutant::kFirstRuleOnly, "first-rule-only"},
    {Mutant::kChildrenAreLeftBehind, "children-are-left-behind"},
    {Mutant::kRenamedAtDestination, "renamed-at-destination"},
    {Mutant::kNoPolicyLetsIn, "no-policy-lets-in"},
    {Mutant::kOwnAccountNeedsAGrant, "own-account-needs-a-grant"},
    {Mutant::kReplicateMayCreate, "replicate-may-create"},
    {Mutant::kTaggingNeedsNoGrant, "tagging-needs-no-grant"},
    {Mutant::kPermissionIsReadAgain, "permission-is-read-again"},
    {Mutant::kAnyPrincipal, "any-principal"},
    {Mutant::kAnyAction, "any-action"},
    {Mutant::kAnyResource, "any-resource"},
    {Mutant::kOwnAccountIsNeverDenied, "own-account-is-never-denied"},
    {Mutant::kPolicyOutlivesDeletion, "policy-outlives-deletion"},
    {Mutant::kBadPolicyIsTaken, "bad-policy-is-taken"},
    {Mutant::kMissingPolicyIsEmpty, "missing-policy-is-empty"},
    {Mutant::kOptOutIsIgnored, "opt-out-is-ignored"},
    {Mutant::kSourceSettingsAreCarried, "source-settings-are-carried"},
    {Mutant::kSourceTemplatesApply, "source-templates-apply"},
    {Mutant::kShortestTemplateWins, "shortest-template-wins"},
    {Mutant::kTemplateNeedsNoSlash, "template-needs-no-slash"},
    {Mutant::kTemplateForEverything, "template-for-everything"},
    {Mutant::kTemplateChangesExisting, "template-changes-existing"},
    {Mutant::kTemplateTurnsScanningOn, "template-turns-scanning-on"},
    {Mutant::kTemplateIsReplaced, "template-is-replaced"},
    {Mutant::kPushMakesRepositories, "push-makes-repositories"},
    {Mutant::kNoCreationOnPush, "no-creation-on-push"},
    {Mutant::kTagsAreRenamed, "tags-are-renamed"},
    {Mutant::kMovedTagStays, "moved-tag-stays"},
    {Mutant::kSourceTimesAreKept, "source-times-are-kept"},
    {Mutant::kManifestsAreRewritten, "manifests-are-rewritten"},
    {Mutant::kLayersAreShared, "layers-are-shared"},
    {Mutant::kFindingsFollow, "findings-follow"},
    {Mutant::kRepositorySettingsFollow, "repository-settings-follow"},
    {Mutant::kRegistrySettingsFollow, "registry-settings-follow"},
    {Mutant::kImmutabilityIsIgnored, "immutability-is-ignored"},
    {Mutant::kSourceMutabilityDecides, "source-mutability-decides"},
    {Mutant::kExclusionsAreIgnored, "exclusions-are-ignored"},
    {Mutant::kSameDigestConflicts, "same-digest-conflicts"},
    {Mutant::kOneStatusForAll, "one-status-for-all"},
    {Mutant::kFailureCodeForAll, "failure-code-for-all"},
    {Mutant::kStatusOfAnyRegistry, "status-of-any-registry"},
    {Mutant::kUnknownImageHasNoStatus, "unknown-image-has-no-status"},
    {Mutant::kMissingNameIsAnother, "missing-name-is-another"},
    {Mutant::kRepositoryIsCreatedTwice, "repository-is-created-twice"},
    {Mutant::kFullRepositoryIsDeleted, "full-repository-is-deleted"},
    {Mutant::kAnyFilters, "any-filters"},
    {Mutant::kRepeatedPushSucceeds, "repeated-push-succeeds"},
    {Mutant::kDigestIsNotChecked, "digest-is-not-checked"},
    {Mutant::kMissingContentIsTaken, "missing-content-is-taken"},
    {Mutant::kMediaTypeIsGuessed, "media-type-is-guessed"},
    {Mutant::kUntaggingDeletes, "untagging-deletes"},
    {Mutant::kReferencedIsDeleted, "referenced-is-deleted"},
    {Mutant::kFailuresAreLeftOut, "failures-are-left-out"},
    {Mutant::kUntaggedIsNotListed, "untagged-is-not-listed"},
    {Mutant::kOneEntryAnImage, "one-entry-an-image"},
    {Mutant::kPullsAreNotRecorded, "pulls-are-not-recorded"},
    {Mutant::kPartsInAnyOrder, "parts-in-any-order"},
    {Mutant::kShortPartsAreTaken, "short-parts-are-taken"},
    {Mutant::kEmptyUploadsAreTaken, "empty-uploads-are-taken"},
    {Mutant::kLayerIsNotChecked, "layer-is-not-checked"},
    {Mutant::kLayerIsStoredTwice, "layer-is-stored-twice"},
    {Mutant::kEveryLayerIsThere, "every-layer-is-there"},
    {Mutant::kUnlistedLayerIsServed, "unlisted-layer-is-served"},
    {Mutant::kScansWithoutQuota, "scans-without-quota"},
    {Mutant::kNoScanOnPush, "no-scan-on-push"},
    {Mutant::kEverythingIsScanned, "everything-is-scanned"},
    {Mutant::kUnscannedHasNoFindings, "unscanned-has-no-findings"},
    {Mutant::kFindingsAreSummarised, "findings-are-summarised"},
    {Mutant::kRoleIsNeverMade, "role-is-never-made"},
    {Mutant::kBackfillTakesEverything, "backfill-takes-everything"},
    {Mutant::kOneUnitAnImage, "one-unit-an-image"},
    {Mutant::kBackfillNeverFails, "backfill-never-fails"},
    {Mutant::kBackfillsWithoutLimit, "backfills-without-limit"},
    {Mutant::kStopForgetsCopies, "stop-forgets-copies"},
    {Mutant::kLateProgress, "late-progress"},
    {Mutant::kBackfillsTakeADay, "backfills-take-a-day"},
    {Mutant::kGoneCountsAsCopied, "gone-counts-as-copied"},
    {Mutant::kEventsAtTheSource, "events-at-the-source"},
    {Mutant::kPushesWithoutTag, "pushes-without-tag"},
    {Mutant::kScansAreNotTold, "scans-are-not-told"},
    {Mutant::kReferrersAreImages, "referrers-are-images"},
    {Mutant::kPullsAreTold, "pulls-are-told"},
    {Mutant::kDeletionsAreNotSent, "deletions-are-not-sent"},
    {Mutant::kAbsentFlagDeletes, "absent-flag-deletes"},
    {Mutant::kTagTakesTheImage, "tag-takes-the-image"},
    {Mutant::kLastTagGoesAlone, "last-tag-goes-alone"},
    {Mutant::kDeletedImageStays, "deleted-image-stays"},
    {Mutant::kExpiryStaysAtHome, "expiry-stays-at-home"},
    {Mutant::kArchivingIsMirrored, "archiving-is-mirrored"},
    {Mutant::kRestoresAreNotSent, "restores-are-not-sent"},
    {Mutant::kArchivedCopiesStay, "archived-copies-stay"},
    {Mutant::kPushesDoNotRestore, "pushes-do-not-restore"},
    {Mutant::kArchivedIsPulled, "archived-is-pulled"},
    {Mutant::kArchivedIsListed, "archived-is-listed"},
    {Mutant::kNeededIsArchived, "needed-is-archived"},
    {Mutant::kLifecycleNeverRuns, "lifecycle-never-runs"},
    {Mutant::kLaterRulesTakeToo, "later-rules-take-too"},
    {Mutant::kChildTakesItsIndex, "child-takes-its-index"},
    {Mutant::kReferrersStay, "referrers-stay"},
    {Mutant::kPreviewsRunTogether, "previews-run-together"},
    {Mutant::kNothingIsMounted, "nothing-is-mounted"},
    {Mutant::kOneEndMounts, "one-end-mounts"},
    {Mutant::kCacheMounts, "cache-mounts"},
    {Mutant::kAnyEncryptionMounts, "any-encryption-mounts"},
    {Mutant::kScanFilterIsTheName, "scan-filter-is-the-name"},
    {Mutant::kScanRulesAreIgnored, "scan-rules-are-ignored"},
    {Mutant::kCallsHaveNoRates, "calls-have-no-rates"},
    {Mutant::kReservedTagsAreTaken, "reserved-tags-are-taken"},
});

#ifdef CRRSIM_MUTANTS
inline constexpr bool kHasMutants = true;
/// Whether this mutant is on.
bool Mutated(Mutant mutant);
#else
inline constexpr bool kHasMutants = false;
constexpr bool Mutated(Mutant) { return false; }
#endif

}  // namespace crrsim
