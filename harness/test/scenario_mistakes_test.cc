// Every mistake of a scenario file says where it is, what was found, and what would be right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;

/// A change of the small scenario, and the one diagnostic that it brings.
struct Mistake {
  std::string name;
  std::string from;
  std::string to;
  std::string problem;
};

class ScenarioMistakesTest : public testing::TestWithParam<Mistake> {};

TEST_P(ScenarioMistakesTest, IsNamedWithItsPlaceAndWhatWouldBeRight) {
  const auto& mistake = GetParam();
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, mistake.from, mistake.to)), ElementsAre(mistake.problem));
}

TEST(ScenarioAccountsTest, AnIdHasOneNickname) {
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "\"111122223333\"", "\"111122223333\", also: \"111122223333\"")),
              testing::Contains("2:40: account 111122223333 is already called shop"));
}

std::string NameOf(const testing::TestParamInfo<Mistake>& info) { return info.param.name; }

const std::string kClaim = "{image: app:1, in: us-west-2}";
const std::string kPushLine = "  - push: app:1\n";

INSTANTIATE_TEST_SUITE_P(
    Names, ScenarioMistakesTest,
    testing::Values(
        Mistake{"MisspeltKey", "title:", "titel:", "1:1: unknown key 'titel'; did you mean 'title'?"},
        Mistake{"UnknownKey", "title:", "colour:",
                "1:1: unknown key 'colour'; expected one of: title, why, cites, seed, start, until, converges_within, "
                "accounts, regions, opted_out, network, assumptions, options, images, faults, timeline, expect"},
        Mistake{"MissingKey", "network: aws-2026\n", "",
                "1:1: 'network' is missing: A preset's name, or links and capacities."},
        Mistake{"DuplicateKey", "network: aws-2026\n", "network: aws-2026\nnetwork: aws-2026\n",
                "5:1: 'network' stands here twice, first in line 4"},
        Mistake{"UnknownRegion", "    to: us-west-2", "    to: us-west-1",
                "11:9: 'us-west-1' is not a region of this scenario; did you mean 'us-west-2'?"},
        Mistake{"RegionFarFromAll", "    to: us-west-2", "    to: mars",
                "11:9: 'mars' is not a region of this scenario; expected one of: us-west-2, eu-west-1"},
        Mistake{"RegionTwice", "[us-west-2, eu-west-1]", "[us-west-2, eu-west-1, us-west-2]",
                "3:33: region us-west-2 is named twice"},
        Mistake{"NoRegions", "[us-west-2, eu-west-1]", "[]", "3:10: a world needs at least one region"},
        Mistake{"RegionsAsText", "[us-west-2, eu-west-1]", "us-west-2", "3:10: found 'us-west-2', expected a list"},
        Mistake{"RegionWithCapitals", "[us-west-2, eu-west-1]", "[us-west-2, EU-West-1]",
                "3:22: 'EU-West-1' is not a region name; expected 2 to 25 characters of [0-9a-z-]"},
        Mistake{"UnquotedAccount", "\"111122223333\"", "011122223333",
                "2:18: an account id has to be quoted (\"011122223333\"): without quotes it is a number to YAML, and a "
                "leading zero is lost"},
        Mistake{"ShortAccount", "\"111122223333\"", "\"11112222333\"",
                "2:18: '11112222333' is not an account id; expected 12 digits"},
        Mistake{"AccountsAsList", "{shop: \"111122223333\"}", "[shop]",
                "2:11: found a list, expected nicknames and quoted account ids"},
        Mistake{"NoAccounts", "{shop: \"111122223333\"}", "{}",
                "2:11: found a map, expected nicknames and quoted account ids"},
        Mistake{"AccountAsMap", "\"111122223333\"", "{id: \"111122223333\"}", "2:18: found a map, expected text"},
        Mistake{"NicknameWithSlash", "shop:", "a/b:", "2:12: a nickname holds no '/'"},
        Mistake{"UnknownAccount", "    to: us-west-2", "    to: shp/us-west-2",
                "11:9: 'shp' is not an account of this scenario; did you mean 'shop'?"},
        Mistake{"UnknownPreset", "aws-2026", "aws-2025",
                "4:10: there is no network preset 'aws-2025'; did you mean 'aws-2026'?"},
        Mistake{"PresetFarFromAll", "aws-2026", "fast",
                "4:10: there is no network preset 'fast'; the presets are: aws-2026, aws-2017, ibm-2024"},
        Mistake{"LifecyclePeriodOfNothing", "title: A small world", "options: {lifecycle_period: 1ns}",
                "1:29: policies are evaluated at most once a second; expected 1s or more"},
        Mistake{"FaultsWithoutEnd", "title: A small world", "faults: {each_at_most: 10001}",
                "1:24: 10001 faults of one kind; expected at most 10000"},
        Mistake{"UnknownAssumption", "title: A small world", "assumptions: {manifest_byte: counted}",
                "1:15: 'manifest_byte' is not an assumption; did you mean 'manifest_bytes'?"},
        Mistake{"UnknownAssumptionValue", "title: A small world", "assumptions: {manifest_bytes: count}",
                "1:31: 'count' is not a value of the assumption 'manifest_bytes'; expected not-counted or counted; did "
                "you mean 'counted'?"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Values, ScenarioMistakesTest,
    testing::Values(
        Mistake{"MissingUnit", "1KiB", "5", "6:18: '5' has no unit; write 5MiB, 5GiB, 5MB or 5B"},
        Mistake{"UnitInWrongCase", "1KiB", "5mib", "6:18: unknown unit 'mib' in '5mib'; did you mean 'MiB'?"},
        Mistake{"RateAsSize", "1KiB", "5MB/s",
                "6:18: unknown unit 'MB/s' in '5MB/s'; the units are B, kB, KiB, MB, MiB, GB, GiB, TB, TiB"},
        Mistake{"NegativeSize", "1KiB", "-5MiB",
                "6:18: '-5MiB' has a sign, which an amount of bytes does not take; write it like 48MiB, 1.5GiB or "
                "300kB"},
        Mistake{"SizeBeyondAll", "1KiB", "99999999999999999999TiB",
                "6:18: '99999999999999999999TiB' is too large; the largest is 9223372036854775807B"},
        Mistake{"HalfAByte", "1KiB", "1.5B", "6:18: '1.5B' is not a whole number of bytes"},
        Mistake{"MissingUnitOfTime", kPushLine, "  - push: app:1\n    after: 5\n",
                "11:12: '5' has no unit; write 5ms, 5s, 5m or 5h"},
        Mistake{"Centuries", kPushLine, "  - push: app:1\n    at: 100000d\n",
                "11:9: '100000d': the durations of a scenario may add up to 100 years"},
        Mistake{"CenturiesOfPushes", kPushLine, "  - push: app:1\n    times: 1000000\n    every: 1d\n",
                "10:5: the durations of a scenario may add up to 100 years; this repeats for longer"},
        Mistake{"NoInstant", "title: A small world", "start: yesterday",
                "1:8: 'yesterday' is not an instant; write it like 2026-11-01T00:00:00Z, 2026-11-01T08:30:00.250Z or "
                "2026-11-01"},
        Mistake{"DayThatIsNot", "title: A small world", "start: 2026-02-29",
                "1:8: '2026-02-29' names a day that the calendar does not have: 2026-02-29"},
        Mistake{"InstantOfAnotherAge", "title: A small world", "start: 2262-01-01",
                "1:8: '2262-01-01' is not within the years 1970 to 2149"},
        Mistake{"StepBeforeStart", kPushLine, "  - push: app:1\n    at: 2025-12-31T00:00:00Z\n",
                "11:9: 2025-12-31T00:00:00Z is in the past: expected 2026-01-01T00:00:00.020Z or later, as the "
                "steps before take until then at least"},
        Mistake{"AdvanceBeforeStart", "timeline:\n", "timeline:\n  - advance_to: 2025-12-31T00:00:00Z\n",
                "8:17: 2025-12-31T00:00:00Z is in the past: expected 2026-01-01T00:00:00Z or later, as the scenario "
                "starts then"},
        Mistake{"StepsGoBack", kPushLine,
                "  - push: app:0\n    image: app\n    to: us-west-2\n    at: 1h\n    times: 3\n    every: 10m\n"
                "  - push: app:1\n    after: 5m\n    at: 80m\n",
                "18:9: 2026-01-01T01:20:00Z is in the past: expected 2026-01-01T01:25:00.020Z or later, as the "
                "steps before take until then at least"},
        Mistake{"UntilBeforeTheTimelineEnds", "title: A small world", "until: 2026-01-01T00:00:00.03Z",
                "1:8: 'until' is 2026-01-01T00:00:00.030Z, but the timeline ends at "
                "2026-01-01T00:00:00.040Z at the earliest; expected that or later"},
        Mistake{"UntilBeforeStart", "title: A small world", "until: 2025-01-01", "1:8: 'until' is before the start"},
        Mistake{"SeedBeyondJson", "title: A small world", "seed: 9007199254740992",
                "1:7: seed 9007199254740992 is beyond 2^53 - 1"},
        Mistake{"NegativeSeed", "title: A small world", "seed: -1",
                "1:7: found '-1', expected a whole number that is not negative"},
        Mistake{"NumberBeyondAll", kPushLine, "  - push: app:1\n    times: 99999999999999999999\n",
                "11:12: '99999999999999999999' is too large"},
        Mistake{"HalfATime", kPushLine, "  - push: app:1\n    times: 1.5\n",
                "11:12: found '1.5', expected a whole number that is not negative"},
        Mistake{"NoTimes", kPushLine, "  - push: app:1\n    times: 0\n", "11:12: 'times' has to be at least 1"},
        Mistake{"TitleAsList", "title: A small world", "title: [x]", "1:8: found a list, expected text"},
        Mistake{"TitleWithoutText", "title: A small world", "title:", "1:1: found nothing, expected text"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Images, ScenarioMistakesTest,
    testing::Values(
        Mistake{"UnknownImage", "push: app:1", "push: ap:1",
                "10:11: there is no image 'ap' under images (add it, or name another with image:); did you mean "
                "'app'?"},
        Mistake{"UnknownContent", kPushLine, "  - push: app:1\n    image: web\n",
                "11:12: there is no image 'web' under images"},
        Mistake{"MisspeltImageKey", "layers:", "layer:", "6:9: unknown key 'layer'; did you mean 'layers'?"},
        Mistake{"NoSource", "{layers: [1KiB]}", "{findings: {HIGH: 1}}",
                "6:8: image 'app' needs one of layers, index_of and path, found none"},
        Mistake{"TwoSources", "{layers: [1KiB]}", "{layers: [1KiB], path: x}",
                "6:8: image 'app' needs one of layers, index_of and path, found several"},
        Mistake{"BaseOfAPath", "{layers: [1KiB]}", "{path: x, based_on: base}", "6:28: there is no image 'base' above"},
        Mistake{"BaseBelow", "{layers: [1KiB]}", "{layers: [1KiB], based_on: web}\n  web: {layers: [1KiB]}",
                "6:35: there is no image 'web' above"},
        Mistake{"ItsOwnSubject", "{layers: [1KiB]}", "{layers: [1KiB], subject: app}",
                "6:34: there is no image 'app' above"},
        Mistake{"DistinctWithoutLayers", "{layers: [1KiB]}", "{path: x, distinct_per_push: true}",
                "6:3: 'distinct_per_push' goes with layers"},
        Mistake{"YesAsText", "{layers: [1KiB]}", "{layers: [1KiB], distinct_per_push: \"true\"}",
                "6:44: found 'true', expected true or false"},
        Mistake{"UnknownContentKind", "{layers: [1KiB]}", "{layers: [1KiB], content: size-only}",
                "6:34: 'size-only' is not a value of 'content'; did you mean 'sizes-only'?"},
        Mistake{"UnknownSeverity", "{layers: [1KiB]}", "{layers: [1KiB], findings: {HIHG: 1}}",
                "6:36: 'HIHG' is not a name of 'findings'; did you mean 'HIGH'?"},
        Mistake{"LayersAsText", "[1KiB]", "1KiB", "6:17: found '1KiB', expected a list"},
        Mistake{"ImageAsList", "{layers: [1KiB]}", "[1KiB]",
                "6:8: found a list, expected a map: The content of an image: synthetic layers, or a path."},
        Mistake{"NoContentAtAll", "{layers: [1KiB]}", "",
                "6:3: found nothing, expected a map: The content of an image: synthetic layers, or a path."}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Steps, ScenarioMistakesTest,
    testing::Values(
        Mistake{"UnknownOperation", "CreateRepository:", "CreateRepositry:",
                "8:5: 'CreateRepositry' is not an operation of this API; did you mean 'CreateRepository'?"},
        Mistake{"OperationInSmallLetters", "CreateRepository:", "createRepository:",
                "8:5: this step does nothing that is known; expected one of push, pull, expect, never, always, "
                "advance, advance_to, settle, partition, fail, corrupt, delete_service_linked_role, outage, degrade, "
                "delay, lose, "
                "duplicate, stall, throttle, error, crash, damage, quota, skew, disturb, or an operation such as "
                "CreateRepository; did "
                "you mean 'CreateRepository'?"},
        Mistake{"VerbWithACapital",
                "push:", "Push:", "10:5: 'Push' is not an operation of this API; did you mean 'push'?"},
        Mistake{"MisspeltVerb", "push:", "psh:",
                "10:5: this step does nothing that is known; expected one of push, pull, expect, never, always, "
                "advance, advance_to, settle, partition, fail, corrupt, delete_service_linked_role, outage, degrade, "
                "delay, lose, "
                "duplicate, stall, throttle, error, crash, damage, quota, skew, disturb, or an operation such as "
                "CreateRepository; did "
                "you mean 'push'?"},
        Mistake{"TwoVerbs", kPushLine, "  - push: app:1\n    pull: app:1\n",
                "11:5: unknown key 'pull'; expected one of: push, to, image, mount_from, as, fails_with, times, every, "
                "at, after, "
                "when, label"},
        Mistake{"NoRegistry", "    in: us-west-2\n", "", "8:5: 'in' is missing: The registry that answers."},
        Mistake{"UnknownMember", "{repositoryName: app}", "{repositoryname: app}",
                "8:23: /repositoryname is not a member; did you mean 'repositoryName'?"},
        Mistake{"MissingMember", "{repositoryName: app}", "{}", "8:23: /repositoryName is missing"},
        Mistake{"MissingRequest", "{repositoryName: app}", "", "8:5: /repositoryName is missing"},
        Mistake{"MemberOfWrongKind", "{repositoryName: app}", "{repositoryName: 5}",
                "8:23: /repositoryName is a number; expected text"},
        Mistake{"RequestAsText", "{repositoryName: app}", "app",
                "8:23: found 'app', expected a request as a map, or file://PATH"},
        Mistake{"RequestAsList", "{repositoryName: app}", "[app]",
                "8:23: found a list, expected a request as a map, or file://PATH"},
        Mistake{"UnknownException", "    in: us-west-2\n",
                "    in: us-west-2\n    fails_with: RepositoryAlreadyExists\n",
                "10:17: 'RepositoryAlreadyExists' is not an exception of this API; did you mean "
                "'RepositoryAlreadyExistsException'?"},
        Mistake{"CallerWithoutAccount", kPushLine, "  - push: app:1\n    as: me\n",
                "11:9: 'me' names no principal; expected an ARN such as arn:aws:iam::111122223333:role/push"},
        Mistake{"PushWithBadTag", "push: app:1", "push: \"app:{m}\"",
                "10:11: '{m}' is not a tag; expected 1 to 128 characters of [a-zA-Z0-9._-], not starting with '.' or "
                "'-'"},
        Mistake{"EveryWithoutTimes", kPushLine, "  - push: app:1\n    every: 5s\n", "10:5: 'every' goes with 'times'"},
        Mistake{"ReservedLabel", kPushLine, "  - push: app:1\n    label: heal\n",
                "11:12: 'heal' has a meaning of its own"},
        Mistake{"LabelTwice", kPushLine, "  - settle: 1h\n    label: a\n  - push: app:1\n    label: a\n",
                "13:12: another step is labelled 'a' already"},
        Mistake{"CutOffFromItself", kPushLine, "  - partition: {from: us-west-2, to: us-west-2}\n  - push: app:1\n",
                "10:16: a region cannot be cut off from itself"},
        Mistake{"CutWithOneEnd", kPushLine, "  - partition: {from: us-west-2}\n  - push: app:1\n",
                "10:16: expected from and to, or between: [region, region]"},
        Mistake{"CutBetweenThree", kPushLine,
                "  - partition: {between: [us-west-2, eu-west-1, us-west-2]}\n  - push: app:1\n",
                "10:16: 'between' takes two regions"},
        Mistake{"CutBothWaysTwice", kPushLine,
                "  - partition: {between: [us-west-2, eu-west-1], to: us-west-2}\n  - push: app:1\n",
                "10:16: 'between' cuts both ways; leave out from and to"},
        Mistake{"UnknownJobStep", kPushLine, "  - fail: {step: bindtag}\n  - push: app:1\n",
                "10:18: 'bindtag' is not a value of 'step'; did you mean 'bind-tag'?"},
        Mistake{"FaultThatNeverComes", kPushLine, "  - corrupt: {times: 0}\n  - push: app:1\n",
                "10:22: 'times' has to be at least 1"},
        Mistake{"PercentBeyondAll", kPushLine,
                "  - push: app:1\n    when: {copy: app:1, to: eu-west-1, reaches: 101%}\n",
                "11:49: found '101%', expected a whole percentage from 0% to 100%"},
        Mistake{"StepAsText", "push: app:1\n    to: us-west-2", "hello",
                "10:5: this step does nothing that is known; expected one of push, pull, expect, never, always, "
                "advance, advance_to, settle, partition, fail, corrupt, delete_service_linked_role, outage, degrade, "
                "delay, lose, "
                "duplicate, stall, throttle, error, crash, damage, quota, skew, disturb, or an operation such as "
                "CreateRepository"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Claims, ScenarioMistakesTest,
    testing::Values(
        Mistake{"MisspeltClaim", kClaim, "{imag: app:1, in: us-west-2}",
                "13:5: this claims nothing that is known; expected one of the keys image, repository, replication, "
                "transferred, stored, lag, fault, event, delivered, replication_role, in_order; did you mean 'image'?"},
        Mistake{"ClaimAsText", kClaim, "hello",
                "13:5: this claims nothing that is known; expected one of the keys image, repository, replication, "
                "transferred, stored, lag, fault, event, delivered, replication_role, in_order"},
        Mistake{"MisspeltDetail", kClaim, "{image: app:1, in: us-west-2, same_digest: eu-west-1}",
                "13:35: unknown key 'same_digest'; did you mean 'same_digest_as'?"},
        Mistake{"ReferenceWithoutTag", kClaim, "{image: app, in: us-west-2}",
                "13:13: 'app' names no tag; expected repository:tag or repository@sha256:..."},
        Mistake{"AbsentWithDetails", kClaim, "{image: app:1, in: us-west-2, is: absent, tags: []}",
                "13:5: an image that is absent has no digest, tags or findings"},
        Mistake{"UntaggedByTag", kClaim, "{image: app:1, in: us-west-2, is: untagged}",
                "13:5: an image named by a tag is not untagged; name it repository@sha256:..."},
        Mistake{"FindingsAsText", kClaim, "{image: app:1, in: us-west-2, findings: some}",
                "13:45: found 'some', expected none or a map such as {HIGH: 2}"},
        Mistake{"MisspeltSeverity", kClaim, "{image: app:1, in: us-west-2, findings: {High: 2}}",
                "13:46: 'High' is not a name of 'findings'; did you mean 'HIGH'?"},
        Mistake{"AbsentRepositoryWithImages", kClaim, "{repository: app, in: us-west-2, is: absent, images: 0}",
                "13:5: a repository that is absent has no settings and no images"},
        Mistake{"StatusWithoutDestination", kClaim, "{replication: app:1, from: us-west-2, status: FAILED}",
                "13:5: 'to' is missing: the destination whose status is meant"},
        Mistake{"FailureOfSuccess", kClaim,
                "{replication: app:1, from: us-west-2, to: eu-west-1, status: COMPLETE, failure: TimedOut}",
                "13:5: 'failure' goes with status: FAILED"},
        Mistake{"UnknownFailure", kClaim,
                "{replication: app:1, from: us-west-2, to: eu-west-1, status: FAILED, failure: Timeout}",
                "13:83: 'Timeout' is not a failure code; did you mean 'TimedOut'?"},
        Mistake{"NothingTransferred", kClaim, "{transferred: app, from: us-west-2, to: eu-west-1}",
                "13:5: nothing is claimed; add times, exactly, at_least, at_most, or wasted_..."},
        Mistake{"MonthWithBytes", kClaim, "{stored: app, in: us-west-2, month: 2026-11, at_least: 1B}",
                "13:5: with 'month' goes for_at_least or for_at_most; bytes are those stored now"},
        Mistake{"DurationWithoutMonth", kClaim, "{stored: app, in: us-west-2, for_at_least: 1h}",
                "13:5: without 'month' goes exactly, at_least or at_most: bytes stored now"},
        Mistake{"NoSuchMonth", kClaim, "{stored: app, in: us-west-2, month: 2026-13, for_at_least: 1h}",
                "13:41: '2026-13' is not a month; write it like 2026-11"},
        Mistake{"NoLag", kClaim, "{lag: p99, from: us-west-2, to: eu-west-1}",
                "13:5: nothing is claimed; add at_least or at_most"},
        Mistake{"UnknownQuantile", kClaim, "{lag: p95, from: us-west-2, to: eu-west-1, at_most: 1m}",
                "13:11: 'p95' is not a value of 'lag'; did you mean 'p90'?"},
        Mistake{"NoHits", kClaim, "{fault: fail}", "13:5: nothing is claimed; add hits, hits_at_least or hits_at_most"},
        Mistake{"OneEventInOrder", kClaim, "{in_order: [{event: JobEnded}]}",
                "13:16: an order needs at least two kinds of events"},
        Mistake{"WithinWithoutAnchor", kClaim, "{image: app:1, in: us-west-2, within: 5m}",
                "13:5: at the end, 'within' and 'after' go together: within a duration after a label, start or heal"},
        Mistake{"UnknownAnchor", kClaim, "{image: app:1, in: us-west-2, within: 5m, after: strt}",
                "13:54: 'strt' is not a label of this timeline; did you mean 'start'?"},
        Mistake{"NeverWithin", kClaim, "{never: {image: app:1, in: us-west-2}, within: 5m}",
                "13:44: unknown key 'within'; expected one of: never"}),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Events, ScenarioMistakesTest,
    testing::Values(
        Mistake{"UnknownEvent", kClaim, "{event: JobEnd}", "13:13: 'JobEnd' is not an event; did you mean 'JobEnded'?"},
        Mistake{"UnknownField", kClaim, "{event: JobEnded, where: {stat: COMPLETE}}",
                "13:31: JobEnded has no field 'stat'; did you mean 'status'?"},
        Mistake{"UnknownStatus", kClaim, "{event: JobEnded, where: {status: COMPLETED}}",
                "13:39: 'COMPLETED' is not a value of 'status'; did you mean 'COMPLETE'?"},
        Mistake{"UnknownFailureOfEvent", kClaim, "{event: JobEnded, where: {failure: None}}",
                "13:40: 'None' is not a value of 'failure'; did you mean 'none'?"},
        Mistake{"UnknownTruth", kClaim, "{event: PermissionDecided, where: {allowed: no}}",
                "13:49: 'no' is not a value of 'allowed'; expected one of: true, false"},
        Mistake{"UnknownExceptionOfEvent", kClaim, "{event: CallRefused, where: {exception: ImageNotFoundExeption}}",
                "13:45: 'ImageNotFoundExeption' is not a value of 'exception'; did you mean 'ImageNotFoundException'?"},
        Mistake{"RegistryThatIsNot", kClaim, "{event: JobEnded, where: {source: us-west-1}}",
                "13:39: 'us-west-1' is not a region of this scenario; did you mean 'us-west-2'?"},
        Mistake{"EventOfNoRegistry", kClaim, "{event: FaultHit, in: us-west-2}",
                "13:27: FaultHit happens in no registry; leave out 'in'"},
        Mistake{"FieldsAsText", kClaim, "{event: JobEnded, where: failed}",
                "13:30: found 'failed', expected a map of fields to values"}),
    NameOf);

TEST(ScenarioMistakesInOneGoTest, AllAreToldInTheOrderOfTheFile) {
  auto text = Replaced(kSmallScenario, "title:", "titel:");
  text = Replaced(text, "1KiB", "5");
  text = Replaced(text, "push: app:1", "push: ap:1");
  text = Replaced(text, "{image: app:1, in: us-west-2}", "{image: app:1, in: us-west-3}");
  EXPECT_THAT(ProblemsOf(text),
              ElementsAre("1:1: unknown key 'titel'; did you mean 'title'?",
                          "6:18: '5' has no unit; write 5MiB, 5GiB, 5MB or 5B",
                          "10:11: there is no image 'ap' under images (add it, or name another with image:); did you "
                          "mean 'app'?",
                          "13:24: 'us-west-3' is not a region of this scenario; did you mean 'us-west-2'?"));
}

TEST(ScenarioMistakesInOneGoTest, SeveralInOneStepAreToldApart) {
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "  - push: app:1\n", "  - push: ap:1\n    after: 3\n    tims: 2\n")),
              ElementsAre("10:11: there is no image 'ap' under images (add it, or name another with image:); did you "
                          "mean 'app'?",
                          "11:12: '3' has no unit; write 3ms, 3s, 3m or 3h",
                          "12:5: unknown key 'tims'; did you mean 'times'?"));
}

TEST(ScenarioMistakesInOneGoTest, WithSeveralAccountsARegistryNamesOne) {
  const auto text =
      Replaced(kSmallScenario, "{shop: \"111122223333\"}", "{shop: \"111122223333\", other: \"444455556666\"}");
  EXPECT_THAT(ProblemsOf(text),
              ElementsAre("9:9: 'us-west-2' names no account; with several accounts write account/region",
                          "11:9: 'us-west-2' names no account; with several accounts write account/region",
                          "13:24: 'us-west-2' names no account; with several accounts write account/region"));
}

TEST(ScenarioMistakesInOneGoTest, ACallThatIsToFailMayBeMalformed) {
  const auto text = Replaced(kSmallScenario, "{repositoryName: app}\n    in: us-west-2\n",
                             "{repositoryNames: 5}\n    in: us-west-2\n    fails_with: InvalidParameterException\n");
  EXPECT_THAT(ProblemsOf(text), ElementsAre());
}

TEST(ScenarioMistakesInOneGoTest, AnImageOfTheCommandLineHasToBeDefined) {
  const auto scenario = LoadScenarioText(kSmallScenario, "small.yaml", {.images = {{"ap", "here"}}});
  ASSERT_FALSE(scenario.ok());
  EXPECT_THAT(scenario.error().all,
              ElementsAre(Diagnostic{{"small.yaml", 1, 1},
                                     "--image ap=here: the scenario defines no image 'ap'; did you mean 'app'?"}));
}

}  // namespace
}  // namespace crrsim
