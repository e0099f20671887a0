#include "harness/test/support/inline_scenario.h"

#include <gtest/gtest.h>

#include <regex>

namespace crrsim {

const std::string kSmallScenario = R"(title: A small world
accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network: aws-2026
images:
  app: {layers: [1KiB]}
timeline:
  - CreateRepository: {repositoryName: app}
    in: us-west-2
  - push: app:1
    to: us-west-2
expect:
  - {image: app:1, in: us-west-2}
)";

const std::string kWorld = R"(accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network:
  links: [{between: [us-west-2, eu-west-1], latency: 50ms}]
options: {call_latency: 0s}
images:
  app: {layers: [1KiB], findings: {HIGH: 2}}
  other: {layers: [2KiB]}
  big: {layers: [1MiB], content: sizes-only}
timeline:
  - PutReplicationConfiguration:
      {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]}
    in: us-west-2
  - CreateRepository: {repositoryName: app}
    in: us-west-2
)";

const std::string kPush = "  - push: app:1\n    to: us-west-2\n";

std::string Replaced(const std::string& text, std::string_view from, std::string_view to) {
  const auto place = text.find(from);
  const bool once = place != std::string::npos && text.find(from, place + 1) == std::string::npos;
  EXPECT_TRUE(once) << "'" << from << "' does not stand in the text exactly once";
  return once ? text.substr(0, place) + std::string(to) + text.substr(place + from.size()) : text;
}

std::vector<std::string> ProblemsOf(const std::string& text) {
  const std::string file = "small.yaml";
  std::vector<std::string> problems;
  const auto scenario = LoadScenarioText(text, file);
  if (scenario) return problems;
  for (const auto& diagnostic : scenario.error().all) {
    const auto line = ToText(diagnostic);
    problems.push_back(diagnostic.place.file == file ? line.substr(file.size() + 1) : line);
  }
  return problems;
}

Scenario Loaded(const std::string& text) {
  auto scenario = LoadScenarioText(text, "small.yaml");
  if (scenario) return *std::move(scenario);
  for (const auto& diagnostic : scenario.error().all) ADD_FAILURE() << ToText(diagnostic);
  return {};
}

const std::string kPushOther = "  - push: app:2\n    image: other\n    to: us-west-2\n";
const std::string kSettle = "  - settle: 1h\n";

RegistryKey ShopIn(std::string_view region) { return {*AccountId::Parse("111122223333"), *RegionName::Parse(region)}; }

RunResult Played(const std::string& more) {
  const auto scenario = Loaded(kWorld + more);
  return scenario.timeline.empty() ? RunResult() : RunScenario(scenario, {});
}

std::vector<std::string> VerdictsOf(const RunResult& run) {
  EXPECT_EQ(run.error, "");
  static const std::regex kDigest("sha256:[0-9a-f]{64}");
  static const std::regex kShort("sha256:[0-9a-f]{12}");
  std::vector<std::string> verdicts;
  for (const auto& expectation : run.expectations) {
    auto observed = std::regex_replace(expectation.observed, kDigest, "DIGEST");
    observed = std::regex_replace(observed, kShort, "SHORT");
    verdicts.push_back((expectation.held ? "holds: " : "broken: ") + observed);
  }
  return verdicts;
}

ExpectationResult TheOne(const RunResult& run, std::string_view claim) {
  EXPECT_EQ(run.error, "");
  const ExpectationResult* found = nullptr;
  for (const auto& expectation : run.expectations) {
    if (expectation.claim.find(claim) == std::string::npos) continue;
    EXPECT_EQ(found, nullptr) << "'" << claim << "' is judged twice";
    found = &expectation;
  }
  EXPECT_NE(found, nullptr) << "'" << claim << "' was not judged";
  return found == nullptr ? ExpectationResult() : *found;
}

}  // namespace crrsim
