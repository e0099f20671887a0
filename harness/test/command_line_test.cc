// The command line as a user meets it: exit codes by class, messages with places, reports on request.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/checkers/judges.h"
#include "harness/test/support/command_bench.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kScenario = R"(title: A push appears
accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network: aws-2026
images:
  app: {layers: [1MiB], content: sizes-only}
timeline:
  - PutReplicationConfiguration: {"replicationConfiguration": {"rules": [{"destinations": [{"region": "eu-west-1", "registryId": "111122223333"}]}]}}
    in: us-west-2
  - CreateRepository: {repositoryName: app}
    in: us-west-2
  - push: app:1
    to: us-west-2
  - expect: {image: app:1, in: eu-west-1, same_digest_as: us-west-2}
    within: 30m
)";

class CommandLineTest : public testing::Test {
 protected:
  static std::string Replaced(std::string_view from, std::string_view to) {
    std::string text(kScenario);
    const auto place = text.find(from);
    EXPECT_NE(place, std::string::npos) << from;
    return text.substr(0, place) + std::string(to) + text.substr(place + from.size());
  }

  ScratchFolder folder_;
};

TEST_F(CommandLineTest, APassingScenarioEndsWithZeroAndAPassLine) {
  const auto outcome = InvokeCommand({"run", folder_.Write("s.yaml", kScenario)});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("PASS  1/1 expectations  seed 1  digest "));
}

TEST_F(CommandLineTest, APassOfNothingClaimedSaysSo) {
  const auto text =
      Replaced("  - expect: {image: app:1, in: eu-west-1, same_digest_as: us-west-2}\n    within: 30m\n", "");
  const auto path = folder_.Write("s/claimless.yaml", text);
  const auto outcome = InvokeCommand({"run", path});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr(fmt::format("PASS  nothing claimed; only the {} invariants judged  seed 1",
                                                 InvariantTable().size())));
  folder_.Write("s/claims.yaml", kScenario);
  EXPECT_THAT(InvokeCommand({"run", folder_.PathOf("s")}).out,
              HasSubstr("  1 scenario claims nothing; only the invariants were judged there"));
}

TEST_F(CommandLineTest, MuchContentIsHintedAtBeforeItIsMade) {
  const auto scenario = [&](std::string_view images) {
    return folder_.Write("s.yaml", Replaced("  app: {layers: [1MiB], content: sizes-only}", images));
  };
  constexpr std::string_view kHint = "GiB of layers are generated and hashed";
  // Explained at a label that is not there, so that nothing is generated in the test.
  const auto explained = [&](std::string_view images) {
    return InvokeCommand({"explain", scenario(images), "app:1", "--from", "shop/us-west-2", "--at", "nowhere"}).err;
  };
  EXPECT_THAT(explained("  app: {layers: [3GiB, 2GiB]}"),
              HasSubstr(folder_.PathOf("s.yaml") + ":6:3: hint: 5.0 GiB of layers are generated and hashed"));
  EXPECT_THAT(explained("  app: {layers: [3GiB]}\n  more: {layers: [2GiB]}"),
              HasSubstr("such as 'app' its sizes alone"));
  EXPECT_THAT(explained("  app: {layers: [4GiB]}"), Not(HasSubstr(kHint)));
  EXPECT_THAT(explained("  app: {layers: [5GiB], content: sizes-only}"), Not(HasSubstr(kHint)));
}

TEST_F(CommandLineTest, AWrongExpectationEndsWithOneAndTheCommandThatRepeatsIt) {
  const auto path = folder_.Write("s.yaml", Replaced("same_digest_as: us-west-2", "tags: [other]"));
  const auto outcome = InvokeCommand({"run", "--seed", "9", path});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("FAILED"));
  EXPECT_THAT(outcome.out, HasSubstr("reproduce: ./crrsim run --seed 9 -v " + path));
}

TEST_F(CommandLineTest, MistakesOfAFileEndWithThreeAndSayWhere) {
  struct Case {
    std::string_view from;
    std::string_view to;
    std::string message;
  };
  const std::vector<Case> cases = {
      {"timeline:", "timelin:", ":7:1: unknown key 'timelin'; did you mean 'timeline'?"},
      {"[1MiB]", "[1]", ":6:18: '1' has no unit"},
      {"in: eu-west-1, same", "in: eu-west-9, same",
       ":14:32: 'eu-west-9' is not a region of this scenario; did you mean 'eu-west-1'?"},
      {"push: app:1", "push: ap:1",
       ":12:11: there is no image 'ap' under images (add it, or name another with image:); did you mean 'app'?"},
      {"{repositoryName: app}", "file://absent.json", ":10:23: there is no document "},
      {"regions:", "accounts: {a: \"111122223333\"}\nregions:", ":3:1: 'accounts' stands here twice, first in line 2"},
      {"\"111122223333\"}\nregions", "111122223333}\nregions",
       ":2:18: an account id has to be quoted (\"111122223333\")"},
      {"CreateRepository", "CreateRepositry",
       ":10:5: 'CreateRepositry' is not an operation of this API; did you mean 'CreateRepository'?"},
  };
  for (const auto& one : cases) {
    const auto path = folder_.Write("s.yaml", Replaced(one.from, one.to));
    const auto outcome = InvokeCommand({"run", path});
    EXPECT_EQ(outcome.code, 3) << one.to << outcome.out;
    EXPECT_THAT(outcome.err, HasSubstr(path + one.message));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(CommandLineTest, WrongUseEndsWithTwo) {
  EXPECT_EQ(InvokeCommand({}).code, 2);
  EXPECT_EQ(InvokeCommand({"run"}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", folder_.PathOf("absent.yaml")}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--seed", "-1", folder_.Write("s.yaml", kScenario)}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--image", "app", folder_.Write("s.yaml", kScenario)}).code, 2);
  EXPECT_EQ(InvokeCommand({"--help"}).code, 0);
}

TEST_F(CommandLineTest, MisspeltCommandsAndOptionsAreAnsweredWithTheNearest) {
  EXPECT_THAT(InvokeCommand({"rnu", "x.yaml"}).err, HasSubstr("'rnu' is not a command; did you mean 'run'?"));
  EXPECT_THAT(InvokeCommand({"network", "slove"}).err, HasSubstr("'slove' is not a command; did you mean 'solve'?"));
  EXPECT_THAT(InvokeCommand({"run", "--sed=3", "x.yaml"}).err,
              HasSubstr("--sed is not an option of this command; did you mean '--seed'?"));
  EXPECT_EQ(InvokeCommand({"rnu", "x.yaml"}).code, 2);
}

TEST_F(CommandLineTest, SeedsAreWrittenInDecimalDigitsUpToTheLargest) {
  const auto path = folder_.Write("s.yaml", kScenario);
  for (const std::string seed : {"010", "0x10", "1e3", "-1", "+1", "", " 1", "9007199254740992", "99999999999999999"}) {
    const auto outcome = InvokeCommand({"run", "--seed", seed, path});
    EXPECT_EQ(outcome.code, 2) << seed;
    EXPECT_EQ(outcome.out, "") << seed;
  }
  for (const std::string seed : {"0", "10", "9007199254740991"}) {
    EXPECT_THAT(InvokeCommand({"run", "--seed", seed, path}).out, HasSubstr("seed " + seed + " ")) << seed;
  }
}

TEST_F(CommandLineTest, AnImageOfOneScenarioOfAFolderMayBeReplacedAndAMisspeltOneNowhere) {
  const std::string layout = CRRSIM_SOURCE_DIR "/scenarios/images/greeting";
  folder_.Write("all/a.yaml", kScenario);
  auto other = std::string(kScenario);
  for (auto at = other.find("app"); at != std::string::npos; at = other.find("app", at)) other.replace(at, 3, "web");
  folder_.Write("all/b.yaml", other);
  EXPECT_EQ(InvokeCommand({"run", "--image", "app=" + layout, folder_.PathOf("all")}).code, 0);
  const auto outcome = InvokeCommand({"run", "--image", "ap=" + layout, folder_.PathOf("all")});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("no scenario defines an image 'ap'; did you mean 'app'?"));
}

TEST_F(CommandLineTest, ValidationLooksAtTheImagesToo) {
  const auto path = folder_.Write("s.yaml", kScenario);
  EXPECT_EQ(InvokeCommand({"validate", path}).code, 0);
  const auto outcome = InvokeCommand({"validate", "--image", "app=" + folder_.PathOf("absent"), path});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr("absent is not there"));
}

TEST_F(CommandLineTest, AnImageThatIsNotThereEndsWithThree) {
  const auto outcome =
      InvokeCommand({"run", "--image", "app=" + folder_.PathOf("absent"), folder_.Write("s.yaml", kScenario)});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.out, HasSubstr("absent is not there; expected an OCI layout folder"));
}

TEST_F(CommandLineTest, AReportReplacesNeitherItsScenarioNorALinkNorADevice) {
  const auto path = folder_.Write("s.yaml", kScenario);
  EXPECT_EQ(InvokeCommand({"run", "--json", path, path}).code, 2);
  EXPECT_EQ(InvokeCommand({"run", "--json", path + ".out", "--junit", path + ".out", path}).code, 2);
  std::filesystem::create_symlink(folder_.PathOf("real.json"), folder_.PathOf("link.json"));
  folder_.Write("real.json", "old");
  EXPECT_EQ(InvokeCommand({"run", "--json", folder_.PathOf("link.json"), path}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(folder_.PathOf("link.json")));
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(folder_.PathOf("real.json")))["verdict"], "pass");
  EXPECT_EQ(InvokeCommand({"run", "--json", "/dev/null", path}).code, 0);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(CommandLineTest, ReportsAreWritten) {
  const auto path = folder_.Write("s.yaml", kScenario);
  const auto json_path = folder_.PathOf("r.json");
  const auto junit_path = folder_.PathOf("r.xml");
  ASSERT_EQ(InvokeCommand({"run", "--json", json_path, "--junit", junit_path, path}).code, 0);
  std::ifstream json_file(json_path);
  const auto report = nlohmann::json::parse(json_file);
  for (const auto* key :
       {"verdict", "scenario", "seed", "run_digest", "simulated_seconds", "wall_seconds", "events", "expectations",
        "images", "replications", "transfers", "storage", "replicated", "assumptions"}) {
    EXPECT_TRUE(report.contains(key)) << key;
  }
  EXPECT_EQ(report["verdict"], "pass");
  EXPECT_EQ(report["images"].size(), 2U);
  EXPECT_EQ(report["images"][0]["digest"], report["images"][1]["digest"]);
  EXPECT_EQ(report["replications"][0]["status"], "COMPLETE");
  std::ostringstream junit;
  junit << std::ifstream(junit_path).rdbuf();
  EXPECT_THAT(junit.str(), HasSubstr("<testsuites name=\"crrsim\" tests=\"12\" failures=\"0\" errors=\"0\">"));
}

TEST_F(CommandLineTest, ABenchmarkThatFallsBehindItsBaselineEndsWithOneAndNamesTheFigure) {
  const auto path = folder_.Write("s.yaml", kScenario);
  const auto baseline = folder_.PathOf("b.json");
  ASSERT_EQ(InvokeCommand({"bench", "--repetitions", "2", "--json", baseline, path}).code, 0);
  std::ifstream file(baseline);
  auto figures = nlohmann::json::parse(file);
  figures["benchmarks"][0]["simulated/images_per_second"] =
      figures["benchmarks"][0]["simulated/images_per_second"].get<double>() * 2;
  std::ofstream(baseline) << figures;
  const auto outcome =
      InvokeCommand({"bench", "--repetitions", "2", "--baseline", baseline, "--tolerance", "99%", path});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("simulated/images_per_second"));
}

}  // namespace
}  // namespace crrsim
