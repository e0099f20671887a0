// What a scenario file may be made of: text that people and editors produce, and a great deal that they do not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/scenario/yaml.h"
#include "harness/test/support/inline_scenario.h"

namespace crrsim {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

const std::string kNotAMap = "expected a map: A scenario: a world, what is done in it, and what must come of it.";

/// Text with every line's end replaced.
std::string WithLineEnds(const std::string& text, std::string_view end) {
  std::string changed;
  for (const char c : text) changed += c == '\n' ? std::string(end) : std::string(1, c);
  return changed;
}

TEST(ScenarioTextTest, SmallScenarioLoads) { EXPECT_THAT(ProblemsOf(kSmallScenario), IsEmpty()); }

TEST(ScenarioTextTest, NothingIsNoScenario) {
  for (const std::string text : {"", "\n\n", "# a comment alone\n", "---\n...\n", "null\n", "~\n"}) {
    EXPECT_THAT(ProblemsOf(text), ElementsAre("1:1: found nothing, " + kNotAMap)) << "'" << text << "'";
  }
}

TEST(ScenarioTextTest, AListOrAWordIsNoScenario) {
  EXPECT_THAT(ProblemsOf("- a\n- b\n"), ElementsAre("1:1: found a list, " + kNotAMap));
  EXPECT_THAT(ProblemsOf("scenario\n"), ElementsAre("1:1: found 'scenario', " + kNotAMap));
}

TEST(ScenarioTextTest, JsonIsTakenToo) {
  const auto yaml = ParseYaml(kSmallScenario, "small.yaml");
  ASSERT_TRUE(yaml.ok());
  const auto json = ToJson(*yaml);
  for (const auto& text : {json.dump(), json.dump(2)}) {
    const auto scenario = Loaded(text);
    EXPECT_EQ(scenario.title, "A small world");
    EXPECT_EQ(scenario.timeline.size(), 2U);
  }
}

TEST(ScenarioTextTest, LineEndsAndByteOrderMarksOfOtherSystemsAreTaken) {
  EXPECT_THAT(ProblemsOf(WithLineEnds(kSmallScenario, "\r\n")), IsEmpty());
  EXPECT_THAT(ProblemsOf("\xEF\xBB\xBF" + kSmallScenario), IsEmpty());
  EXPECT_THAT(ProblemsOf("%YAML 1.2\n---\n" + kSmallScenario + "...\n"), IsEmpty());
}

TEST(ScenarioTextTest, PlacesAreTheSameWithOtherLineEnds) {
  const auto broken = Replaced(kSmallScenario, "1KiB", "5");
  EXPECT_EQ(ProblemsOf(WithLineEnds(broken, "\r\n")), ProblemsOf(broken));
}

TEST(ScenarioTextTest, ColumnsCountCharactersNotBytes) {
  const auto text = Replaced(kSmallScenario, "{repositoryName: app}", "{repositoryName: \"über\", größe: 1}");
  EXPECT_THAT(ProblemsOf(text), ElementsAre("8:23: /größe is not a member"));
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "title: A", "\"tïtle\": A")),
              ElementsAre("1:1: unknown key 'tïtle'; did you mean 'title'?"));
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "[1KiB]", "[\"1KiB\" , \"ü\", 5]")).back(),
              StartsWith("6:32: '5' has no unit"));
}

TEST(ScenarioTextTest, BytesThatAreNoTextAreRefusedWhereTheyStand) {
  EXPECT_THAT(ProblemsOf("title: \xFF\n"), ElementsAre("1:8: the file is not UTF-8 from here on"));
  // Overlong, cut off, and a surrogate.
  EXPECT_THAT(ProblemsOf("a: b\nc: \xC0\x80"), ElementsAre("2:4: the file is not UTF-8 from here on"));
  EXPECT_THAT(ProblemsOf("a: \xE2\x82"), ElementsAre("1:4: the file is not UTF-8 from here on"));
  EXPECT_THAT(ProblemsOf("\xFF\xFEt\0i\0"), ElementsAre("1:1: the file is not UTF-8 from here on"));
}

TEST(ScenarioTextTest, AControlCharacterHidesNothing) {
  // To the parser a zero byte is the end; what stands behind it must not go unread.
  const auto zero = kSmallScenario + std::string(1, '\0') + "nonsense";
  EXPECT_THAT(ProblemsOf(zero), ElementsAre("14:1: a control character (0x00) stands here"));
  EXPECT_THAT(ProblemsOf("title: a\x1B[31m\n"), ElementsAre("1:9: a control character (0x1B) stands here"));
  EXPECT_THAT(ProblemsOf("title: a\x7F\n"), ElementsAre("1:9: a control character (0x7F) stands here"));
}

TEST(ScenarioTextTest, TabsDoNotIndent) {
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "    in: us-west-2\n", "\tin: us-west-2\n")),
              ElementsAre("9:1: not valid YAML: tab character may not be used as indentation"));
}

TEST(ScenarioTextTest, BrokenYamlIsToldOnceWithItsPlace) {
  EXPECT_THAT(ProblemsOf("a: \"abc\n"), ElementsAre("1:5: not valid YAML: double-quoted scalar without closing quote"));
  EXPECT_THAT(ProblemsOf("a: [1, 2\n"), ElementsAre("2:1: not valid YAML: flow sequence without a closing bracket"));
  EXPECT_THAT(ProblemsOf("a: @x\n"), ElementsAre("1:4: not valid YAML: plain scalar cannot start with '@'"));
}

TEST(ScenarioTextTest, DepthIsLimitedBeforeTheStackIs) {
  const std::size_t levels = 10'000;
  EXPECT_THAT(ProblemsOf(std::string(levels, '[') + std::string(levels, ']')),
              ElementsAre("1:101: more than 100 levels"));
  std::string maps;
  for (std::size_t i = 0; i < levels; ++i) maps += "{a: ";
  EXPECT_THAT(ProblemsOf(maps), ElementsAre(StartsWith("1:")));
  std::string block;
  for (std::size_t i = 0; i < 1'000; ++i) block += std::string(i, ' ') + "a:\n";
  EXPECT_THAT(ProblemsOf(block), ElementsAre("100:100: more than 100 levels"));
}

TEST(ScenarioTextTest, ShorthandsThatHideMeaningAreRefused) {
  EXPECT_THAT(ProblemsOf("a: &x 1\nb: *x\n"),
              ElementsAre("1:7: anchors and aliases are not supported; write the value where it is needed"));
  EXPECT_THAT(ProblemsOf("a: !!str 1\n"), ElementsAre(testing::HasSubstr("tags (!name) are not supported")));
  EXPECT_THAT(ProblemsOf("<<: {a: 1}\n"),
              ElementsAre("1:1: merge keys are not supported; write the members where they are needed"));
  EXPECT_THAT(ProblemsOf("? [a]\n: b\n"), ElementsAre("1:3: a key has to be text, found a list"));
  EXPECT_THAT(ProblemsOf("a: 1\n---\nb: 2\n"), ElementsAre("2:1: a second document starts here; a file holds one"));
}

TEST(ScenarioTextTest, AKeyStandsOnceAtEveryDepth) {
  EXPECT_THAT(ProblemsOf(Replaced(kSmallScenario, "{layers: [1KiB]}", "{layers: [1KiB], layers: [2KiB]}")),
              ElementsAre("6:25: 'layers' stands here twice, first in line 6"));
  EXPECT_THAT(
      ProblemsOf(Replaced(kSmallScenario, "{repositoryName: app}", "{\"repositoryName\": app, repositoryName: b}")),
      ElementsAre("8:47: 'repositoryName' stands here twice, first in line 8"));
}

TEST(ScenarioTextTest, ManyKeysAreReadInLinearTime) {
  std::string text = "images:\n";
  for (int i = 0; i < 100'000; ++i) text += fmt::format("  image{}: {{layers: [1B]}}\n", i);
  const auto yaml = ParseYaml(text, "small.yaml");
  ASSERT_TRUE(yaml.ok());
  EXPECT_EQ(yaml->Find("images")->members.size(), 100'000U);
}

TEST(ScenarioTextTest, AFileThatCannotBeReadSaysSo) {
  for (const auto* path : {"/nowhere/small.yaml", "."}) {
    const auto scenario = LoadScenario(path);
    ASSERT_FALSE(scenario.ok());
    EXPECT_THAT(scenario.error().all, ElementsAre(Diagnostic{{path, 1, 1}, "the file cannot be read"}));
  }
}

TEST(ScenarioTextTest, PlainScalarsBecomeJsonAsYamlSays) {
  const auto yaml =
      ParseYaml(R"({a: 1, b: "1", c: true, d: "true", e: null, f: ~, g: 1.5, h: 1e3, i: 012, j: yes, k: -3,
    l: 2026-11, m: '', n: , o: 99999999999999999999, p: 0x1F, q: .5, r: "\ud83d\ude00"})",
                "small.yaml");
  ASSERT_TRUE(yaml.ok());
  EXPECT_EQ(ToJson(*yaml), nlohmann::json::parse(R"({"a": 1, "b": "1", "c": true, "d": "true", "e": null, "f": null,
    "g": 1.5, "h": 1000.0, "i": 12, "j": "yes", "k": -3, "l": "2026-11", "m": "", "n": null, "o": 1e20, "p": "0x1F",
    "q": 0.5, "r": "😀"})"));
}

TEST(ScenarioTextTest, AStatementReadsAsOneLine) {
  const std::string text = "- push: app:1   # why\n  to: us-west-2\n\n  as: 'a  b'\n- [1,\n  2]\n";
  const auto yaml = ParseYaml(text, "small.yaml");
  ASSERT_TRUE(yaml.ok());
  EXPECT_EQ(OneLine(text, yaml->items[0], 100), "push: app:1, to: us-west-2, as: 'a b'");
  EXPECT_EQ(OneLine(text, yaml->items[1], 100), "[1, 2]");
  EXPECT_EQ(OneLine(text, yaml->items[0], 11), "push: ap...");
}

}  // namespace
}  // namespace crrsim
