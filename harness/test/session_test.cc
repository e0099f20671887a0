// A world driven from outside: what of it is not seen from Python, whose tests hold the rest (python/test/).
#include "harness/session/session.h"

#include <gtest/gtest.h>

#include "harness/checkers/judges.h"

namespace crrsim {
namespace {

const nlohmann::json kDefinition = {
    {"accounts", {{"shop", "111122223333"}}}, {"regions", {"us-west-2", "eu-west-1"}}, {"network", "aws-2026"}};

RegistryKey West() { return {*AccountId::Parse("111122223333"), *RegionName::Parse("us-west-2")}; }

Digest Content(std::string_view bytes) { return Digest::Of(bytes, DigestAlgorithm::kSha256); }

/// A manifest that becomes visible before its layer.
Event Early(Duration since, std::string_view name) {
  ManifestStored stored;
  stored.registry = West();
  stored.repository = *RepositoryName::Parse("api");
  stored.digest = Content(name);
  stored.references = {Content("a layer that is nowhere")};
  return {Instant() + since, stored};
}

std::size_t ViolationsOf(const Judges& judges) {
  std::size_t violations = 0;
  for (const auto& verdict : judges.Verdicts()) violations += verdict.violations.size();
  return violations;
}

TEST(JudgesTest, CopyGoesOnEquallyAndByItself) {
  Judges judges{Assumptions()};
  judges.OnEvent(Early(Seconds(1), "first"));
  EXPECT_EQ(ViolationsOf(judges), 1U);
  Judges copy(judges);
  copy.OnEvent(Early(Seconds(2), "second"));
  EXPECT_EQ(ViolationsOf(judges), 1U);
  EXPECT_EQ(ViolationsOf(copy), 2U);
  // What the original has heard is known to the copy: time runs back from 1 s, not from nothing.
  Judges late(judges);
  late.OnEvent(Early(Milliseconds(500), "third"));
  EXPECT_EQ(ViolationsOf(late), 3U) << "the manifest, and the time";
}

TEST(SessionTest, DefinitionHasNothingOfATimeline) {
  for (const auto* key : {"images", "timeline", "expect", "until", "converges_within"}) {
    auto definition = kDefinition;
    definition[key] = "1h";
    const auto session = Session::Open(definition);
    ASSERT_FALSE(session.ok()) << key;
    EXPECT_EQ(session.error().all.front().message,
              "'" + std::string(key) + "' belongs to a scenario; a world is driven by calls");
  }
}

TEST(SessionTest, FaultIsReadByItselfWithTheNamesOfTheWorld) {
  const auto session = Session::Open(kDefinition);
  ASSERT_TRUE(session.ok());
  const auto step = session->ReadFault({{"crash", "eu-west-1"}, {"for", "5m"}});
  ASSERT_TRUE(step.ok());
  EXPECT_TRUE(std::holds_alternative<FaultStep>(step->what));
  const auto wrong = session->ReadFault({{"crash", "eu-west-2"}, {"for", "5"}});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(wrong.error().all.size(), 2U) << "all mistakes in one go";
}

TEST(SessionTest, SeedDrawsItsFaults) {
  auto definition = kDefinition;
  definition["faults"] = {{"kinds", {{"outage", "100%"}}}, {"heal_by", "1h"}};
  auto session = Session::Open(definition);
  ASSERT_TRUE(session.ok());
  EXPECT_FALSE(session->world().faults().all().empty());
  EXPECT_EQ(session->RunUntilIdle(session->world().now() + Hours(2)), RunEnd::kIdle);
}

TEST(SessionTest, LoadedSessionIsNotJudged) {
  auto session = Session::Open(kDefinition);
  ASSERT_TRUE(session.ok());
  const auto copy = Session(*session);
  const auto loaded = Session::Load(session->Save());
  ASSERT_TRUE(loaded.ok());
  EXPECT_TRUE(session->is_judged());
  EXPECT_TRUE(copy.is_judged());
  EXPECT_FALSE(loaded->is_judged());
  EXPECT_EQ(copy.Report().invariants.size(), InvariantTable().size());
  EXPECT_TRUE(loaded->Report().invariants.empty());
}

}  // namespace
}  // namespace crrsim
