// From a scenario's first sections to the world that they describe.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "harness/scenario/network_presets.h"
#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RegionName Region(std::string_view name) { return *RegionName::Parse(name); }

/// The small scenario with another network.
std::string WithNetwork(const std::string& network) {
  return Replaced(kSmallScenario, "network: aws-2026\n", "network: " + network + "\n");
}

TEST(ScenarioWorldTest, WhatIsLeftOutHasItsDefault) {
  const auto scenario = Loaded(Replaced(kSmallScenario, "title: A small world\n", ""));
  EXPECT_EQ(scenario.title, "");
  EXPECT_EQ(scenario.world.seed, 1U);
  EXPECT_EQ(ToText(scenario.world.start), "2026-01-01T00:00:00Z");
  EXPECT_FALSE(scenario.until.has_value());
  EXPECT_EQ(scenario.call_latency, Milliseconds(20));
  EXPECT_EQ(scenario.world.scan_duration, Seconds(30));
  EXPECT_EQ(scenario.world.restore_duration, Minutes(20));
  EXPECT_EQ(scenario.world.same_instant, SameInstant::kInOrder);
  EXPECT_EQ(scenario.world.assumptions, Assumptions());
  const EngineOptions defaults;
  EXPECT_EQ(scenario.world.engine.retry_first, defaults.retry_first);
  EXPECT_EQ(scenario.world.api.rules_max, 25);
}

TEST(ScenarioWorldTest, HeaderIsReadWhole) {
  const auto scenario = Loaded(Replaced(kSmallScenario, "title: A small world\n", R"yaml(title: Another
why: >-
  Because it
  is so.
cites: ["ecr-replication.md 1.4 (9)", 5]
seed: 9007199254740991
start: 2026-11-01T12:30:00.5Z
until: 2026-12-01
assumptions: {manifest_bytes: counted, gigabyte: 10^9}
)yaml"));
  EXPECT_EQ(scenario.title, "Another");
  EXPECT_EQ(scenario.why, "Because it is so.");
  EXPECT_THAT(scenario.cites, ElementsAre("ecr-replication.md 1.4 (9)", "5"));
  EXPECT_EQ(scenario.world.seed, 9007199254740991U);
  EXPECT_EQ(ToText(scenario.world.start), "2026-11-01T12:30:00.500Z");
  EXPECT_EQ(ToText(*scenario.until), "2026-12-01T00:00:00Z");
  EXPECT_EQ(scenario.world.assumptions.value(Assumption::kManifestBytes), "counted");
  EXPECT_EQ(scenario.world.assumptions.value(Assumption::kGigabyte), "10^9");
}

TEST(ScenarioWorldTest, AccountsKeepTheirLeadingZeros) {
  const auto scenario = Loaded(Replaced(kSmallScenario, "\"111122223333\"", "\"011122223333\""));
  ASSERT_EQ(scenario.accounts.size(), 1U);
  EXPECT_EQ(scenario.accounts.front().nickname, "shop");
  EXPECT_EQ(scenario.accounts.front().id.text(), "011122223333");
  EXPECT_EQ(scenario.NameOf(scenario.accounts.front().id), "shop");
}

TEST(ScenarioWorldTest, RegistriesAreNamedByNicknameDigitsOrRegionAlone) {
  for (const auto* name : {"us-west-2", "shop/us-west-2", "111122223333/us-west-2"}) {
    const auto scenario = Loaded(Replaced(kSmallScenario, "    to: us-west-2", fmt::format("    to: {}", name)));
    const auto& push = std::get<PushStep>(scenario.timeline.at(1).what);
    EXPECT_EQ(ToText(push.to), "111122223333/us-west-2");
    EXPECT_EQ(scenario.NameOf(push.to), "us-west-2");
  }
}

TEST(ScenarioWorldTest, PresetGivesHalfOfEachRoundTrip) {
  const auto scenario = Loaded(kSmallScenario);
  EXPECT_THAT(scenario.network_source, HasSubstr("aws-2026"));
  ASSERT_EQ(scenario.world.links.size(), 2U);
  for (const auto& link : scenario.world.links) {
    EXPECT_EQ(link.latency, Microseconds(59'112));
    EXPECT_EQ(link.jitter, Duration());
    EXPECT_EQ(ToText(link.bandwidth), "625MB/s");
  }
  for (const auto& region : scenario.world.regions) EXPECT_EQ(ToText(region.egress), "1.25GB/s");
}

TEST(ScenarioWorldTest, EveryPairOfAPresetHasOneLatencyForBothWays) {
  for (const auto& preset : NetworkPresets()) {
    EXPECT_THAT(preset.source, testing::MatchesRegex(".*20[12][0-9].*assumed.*")) << "a date, and what is assumed";
    for (const auto from : preset.regions) {
      EXPECT_FALSE(preset.LatencyOf(from, from).has_value());
      EXPECT_FALSE(preset.LatencyOf(from, "mars").has_value());
      for (const auto to : preset.regions) {
        if (from == to) continue;
        const auto latency = preset.LatencyOf(from, to);
        ASSERT_TRUE(latency.has_value()) << from << " to " << to;
        EXPECT_EQ(latency, preset.LatencyOf(to, from));
        EXPECT_GT(*latency, Milliseconds(4));
        EXPECT_LT(*latency, Milliseconds(200));
      }
    }
  }
}

TEST(ScenarioWorldTest, TheReadmeNamesThePresetsThatThereAre) {
  std::set<std::string> names;
  for (const auto& preset : NetworkPresets()) names.emplace(preset.name);
  std::set<std::string> named;
  for (const auto* file : {"/README.md", "/scenarios/README.md", "/harness/README.md"}) {
    std::ifstream readme(std::string(CRRSIM_SOURCE_DIR) + file);
    const std::string text{std::istreambuf_iterator<char>(readme), {}};
    ASSERT_NE(text, "") << file;
    // A preset is a vendor and a year; `network: NAME` is one whatever its name.
    const std::regex name(R"(`([a-z]+-20[0-9]{2})`|\bnetwork: ([a-z][a-z0-9-]*))");
    for (std::sregex_iterator found(text.begin(), text.end(), name), end; found != end; ++found) {
      named.insert((*found)[1].matched ? (*found)[1].str() : (*found)[2].str());
    }
  }
  EXPECT_EQ(named, names);
}

TEST(ScenarioWorldTest, LinksOfTheFileTakeThePlaceOfThePresets) {
  const auto scenario = Loaded(WithNetwork(R"(
  preset: aws-2026
  links: [{from: us-west-2, to: eu-west-1, latency: 1ms, jitter: 2ms, bandwidth: 8Mbit/s}]
  regions: {eu-west-1: {ingress: 3MB/s}, us-west-2: {egress: unlimited, ingress: 5B/s}})"));
  ASSERT_EQ(scenario.world.links.size(), 2U);
  const auto& there = scenario.world.links[0];
  EXPECT_EQ(there.from, Region("us-west-2"));
  EXPECT_EQ(there.latency, Milliseconds(1));
  EXPECT_EQ(there.jitter, Milliseconds(2));
  EXPECT_EQ(there.bandwidth, BytesPerSecond::FromCount(1'000'000));
  EXPECT_EQ(scenario.world.links[1].latency, Microseconds(59'112));
  EXPECT_EQ(ToText(scenario.world.regions[0].ingress), "5B/s");
  EXPECT_EQ(ToText(scenario.world.regions[1].ingress), "3MB/s");
  EXPECT_EQ(ToText(scenario.world.regions[1].egress), "1.25GB/s");
}

TEST(ScenarioWorldTest, WithoutAPresetWhatIsNotLimitedIsUnlimited) {
  const auto scenario = Loaded(WithNetwork("{links: [{between: [us-west-2, eu-west-1], latency: 1ms}]}"));
  EXPECT_EQ(scenario.network_source, "");
  ASSERT_EQ(scenario.world.links.size(), 2U);
  EXPECT_EQ(scenario.world.links[0].bandwidth, BytesPerSecond::Unlimited());
  EXPECT_EQ(scenario.world.regions[0].egress, BytesPerSecond::Unlimited());
}

TEST(ScenarioWorldTest, EveryPairNeedsALink) {
  EXPECT_THAT(ProblemsOf(WithNetwork("{links: []}")),
              ElementsAre("4:10: no link from eu-west-1 to us-west-2; add it under links, or name a preset",
                          "4:10: no link from us-west-2 to eu-west-1; add it under links, or name a preset"));
  EXPECT_THAT(ProblemsOf(WithNetwork("{links: [{from: us-west-2, to: eu-west-1, latency: 1ms}]}")),
              ElementsAre("4:10: no link from eu-west-1 to us-west-2; add it under links, or name a preset"));
}

TEST(ScenarioWorldTest, ARegionWithoutFiguresNeedsLinks) {
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "eu-west-1]", "af-south-1]")),
              ElementsAre("4:10: preset aws-2026 has no figures for af-south-1; give its links under network: {preset: "
                          "aws-2026, links: [...]}. It knows us-east-1, us-east-2, us-west-1, us-west-2, "
                          "ca-central-1, sa-east-1, eu-west-1, eu-west-2, eu-west-3, eu-central-1, eu-north-1, "
                          "ap-south-1, ap-northeast-1, ap-northeast-2, ap-northeast-3, ap-southeast-1, "
                          "ap-southeast-2"));
}

TEST(ScenarioWorldTest, WrongLinksAreRefused) {
  const auto problem = [](const std::string& link) {
    const auto problems = ProblemsOf(WithNetwork("{preset: aws-2026, links: [" + link + "]}"));
    return problems.size() == 1 ? problems.front() : fmt::format("{} problems", problems.size());
  };
  EXPECT_EQ(problem("{between: [us-west-2], latency: 1ms}"), "4:37: 'between' takes two regions");
  EXPECT_EQ(problem("{from: us-west-2, latency: 1ms}"), "4:37: expected between: [region, region], or from and to");
  EXPECT_EQ(problem("{from: us-west-2, to: us-west-2, latency: 1ms}"),
            "4:37: a link joins two different regions; within_region is an option");
  EXPECT_EQ(problem("{between: [us-west-2, eu-west-1], latency: 1ms}, {from: us-west-2, to: eu-west-1, latency: 1ms}"),
            "4:86: the link from us-west-2 to eu-west-1 is given twice");
  EXPECT_EQ(problem("{between: [us-west-2, eu-west-1], latency: 1ms, bandwidth: 0B/s}"),
            "4:96: a link without bandwidth carries nothing; cut it with a partition instead");
  EXPECT_EQ(problem("{between: [us-west-2, eu-west-1]}"), "4:37: 'latency' is missing: One way.");
}

TEST(ScenarioWorldTest, CapacitiesNameRegionsOfTheScenario) {
  EXPECT_THAT(ProblemsOf(WithNetwork("{preset: aws-2026, regions: {eu-west-2: {egress: 1B/s}}}")),
              ElementsAre("4:39: 'eu-west-2' is not a region of this scenario; did you mean 'eu-west-1'?"));
  EXPECT_THAT(ProblemsOf(WithNetwork("{preset: aws-2026, regions: [eu-west-1]}")),
              ElementsAre("4:38: found a list, expected a map of regions"));
}

TEST(ScenarioWorldTest, EveryOptionHasItsPlace) {
  const auto scenario = Loaded(Replaced(kSmallScenario, "images:\n", R"(options:
  transfers_per_job: 2
  jobs_in_flight: 3
  request_timeout: 4s
  stall_timeout: 5m
  retry: {first: 6s, cap: 7s, give_up: 8h, jitter: 9%}
  call_latency: 10ms
  scan_duration: 11s
  restore_duration: 12m
  same_instant: seeded
  replication_rules: 12
  replication_destinations: 13
  repositories: 16
  images_per_repository: 17
  within_region: {latency: 14ms, bandwidth: 15MB/s}
images:
)"));
  const auto& engine = scenario.world.engine;
  EXPECT_EQ(engine.transfers_per_job_max, 2);
  EXPECT_EQ(engine.jobs_in_flight_max, 3);
  EXPECT_EQ(engine.request_timeout, Seconds(4));
  EXPECT_EQ(engine.stall_timeout, Minutes(5));
  EXPECT_EQ(engine.retry_first, Seconds(6));
  EXPECT_EQ(engine.retry_cap, Seconds(7));
  EXPECT_EQ(engine.retry_give_up, Hours(8));
  EXPECT_EQ(engine.retry_jitter_percent, 9);
  EXPECT_EQ(scenario.call_latency, Milliseconds(10));
  EXPECT_EQ(scenario.world.scan_duration, Seconds(11));
  EXPECT_EQ(scenario.world.restore_duration, Minutes(12));
  EXPECT_EQ(scenario.world.same_instant, SameInstant::kSeeded);
  EXPECT_EQ(scenario.world.api.rules_max, 12);
  EXPECT_EQ(scenario.world.api.destinations_max, 13);
  EXPECT_EQ(scenario.world.api.repositories_max, 16);
  EXPECT_EQ(scenario.world.api.images_max, 17);
  EXPECT_EQ(scenario.world.within_region.latency, Milliseconds(14));
  EXPECT_EQ(ToText(scenario.world.within_region.bandwidth), "15MB/s");
}

TEST(ScenarioWorldTest, AccountsHaveOptedInUnlessTheyAreNamed) {
  const auto with = [](const std::string& list) {
    return Replaced(kSmallScenario, "images:\n", "opted_out: " + list + "\nimages:\n");
  };
  EXPECT_THAT(Loaded(std::string(kSmallScenario)).world.opted_out, IsEmpty());
  const auto scenario = Loaded(with("[eu-west-1]"));
  ASSERT_EQ(scenario.world.opted_out.size(), 1U);
  EXPECT_EQ(scenario.world.opted_out.front().region, Region("eu-west-1"));
  EXPECT_THAT(ProblemsOf(with("[eu-west-9]")), ElementsAre(HasSubstr("'eu-west-9'")));
}

TEST(ScenarioWorldTest, OptionsThatWouldStandStillAreRefused) {
  const auto problems = [](const std::string& options) {
    return ProblemsOf(Replaced(kSmallScenario, "images:\n", "options: " + options + "\nimages:\n"));
  };
  EXPECT_THAT(problems("{transfers_per_job: 0}"), ElementsAre("5:30: 'transfers_per_job' has to be at least 1"));
  EXPECT_THAT(problems("{jobs_in_flight: 0}"), ElementsAre("5:27: 'jobs_in_flight' has to be at least 1"));
  EXPECT_THAT(problems("{retry: {first: 0s}}"),
              ElementsAre("5:18: a wait of nothing would try again for ever at one instant"));
  EXPECT_THAT(problems("{transfer_per_job: 1}"),
              ElementsAre("5:11: unknown key 'transfer_per_job'; did you mean 'transfers_per_job'?"));
  EXPECT_THAT(problems("{call_latency: 0s, scan_duration: 0s}"), IsEmpty());
}

TEST(ScenarioWorldTest, ImagesAreReadInTheirOrder) {
  const auto scenario = Loaded(Replaced(kSmallScenario, "  app: {layers: [1KiB]}\n", R"(
  base: {layers: [1KiB, 2MiB]}
  app: {layers: [3GB], based_on: base, content: sizes-only, distinct_per_push: true, findings: {LOW: 1, HIGH: 0}}
  all: {index_of: [base, app], subject: base, artifact_type: a/b}
  real: {path: some/where}
)"));
  ASSERT_EQ(scenario.images.size(), 4U);
  const auto& base = scenario.images[0];
  EXPECT_EQ(base.name, "base");
  EXPECT_THAT(base.layers, ElementsAre(Kibibytes(1), Mebibytes(2)));
  EXPECT_EQ(base.content, ImageSpec::Content::kBytes);
  EXPECT_FALSE(base.distinct_per_push);
  const auto& app = scenario.images[1];
  EXPECT_EQ(app.based_on, "base");
  EXPECT_EQ(app.content, ImageSpec::Content::kSizesOnly);
  EXPECT_TRUE(app.distinct_per_push);
  EXPECT_EQ(app.findings, (FindingCounts{{"LOW", 1}, {"HIGH", 0}}));
  EXPECT_THAT(scenario.images[2].index_of, ElementsAre("base", "app"));
  EXPECT_EQ(scenario.images[2].subject, "base");
  EXPECT_EQ(scenario.images[2].artifact_type, "a/b");
  EXPECT_EQ(scenario.images[3].path, "some/where");
  EXPECT_EQ(scenario.images[3].path_from, ImageSpec::PathFrom::kScenario);
  EXPECT_EQ(scenario.FindImage("real"), &scenario.images[3]);
  EXPECT_EQ(scenario.FindImage("unreal"), nullptr);
}

TEST(ScenarioWorldTest, AnImageOfTheCommandLineTakesTheContentsPlaceAndKeepsTheFindings) {
  const auto text = Replaced(kSmallScenario, "{layers: [1KiB]}", "{layers: [1KiB], findings: {HIGH: 2}}");
  const auto scenario = LoadScenarioText(text, "small.yaml", {.images = {{"app", "/images/app"}}});
  ASSERT_TRUE(scenario.ok());
  const auto& app = scenario->images.at(0);
  EXPECT_EQ(app.path, "/images/app");
  EXPECT_EQ(app.path_from, ImageSpec::PathFrom::kCommandLine);
  EXPECT_THAT(app.layers, IsEmpty());
  EXPECT_EQ(app.findings, (FindingCounts{{"HIGH", 2}}));
}

}  // namespace
}  // namespace crrsim
