#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "harness/test/support/tidy/tidy.h"

namespace crrsim::tidy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> Texts(const Findings& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    texts.push_back(finding.text());
  }
  return texts;
}

std::vector<std::string> Layers(const std::string& path, const std::string& text) {
  return Texts(CheckLayers(SourceText(path, text)));
}
std::vector<std::string> Bans(const std::string& path, const std::string& text) {
  return Texts(CheckBans(SourceText(path, text)));
}
std::vector<std::string> Habits(const std::string& path, const std::string& text) {
  return Texts(CheckHabits(SourceText(path, text)));
}

/// A tree of files that lives as long as a test.
class FakeTree {
 public:
  FakeTree() : root_(std::filesystem::path(testing::TempDir()) / fmt::format("crrsim_tidy_{}_{}", getpid(), Name())) {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  FakeTree(const FakeTree&) = delete;
  FakeTree& operator=(const FakeTree&) = delete;
  ~FakeTree() { std::filesystem::remove_all(root_); }

  FakeTree& With(const std::string& path, const std::string& text) {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text;
    return *this;
  }
  [[nodiscard]] std::vector<std::string> Check() const { return Texts(CheckTree(root_)); }

 private:
  static std::string Name() { return testing::UnitTest::GetInstance()->current_test_info()->name(); }

  std::filesystem::path root_;
};

TEST(TidyTest, ThisTreeKeepsItsHabits) {
  Findings findings = CheckTree(CRRSIM_SOURCE_DIR);
  std::string all;
  for (const Finding& finding : findings) {
    all += finding.text() + "\n";
  }
  EXPECT_TRUE(findings.empty()) << findings.size() << " findings:\n" << all;
}

TEST(TidySourceTest, CommentsAndLiteralsAreNoCode) {
  SourceText source("a.cc",
                    "int a = 1'000;  // rand()\n"
                    "auto b = \"rand() \\\" // no comment\"; char c = '\"'; /* double\n"
                    "double */ int d;\n"
                    "auto e = R\"x(rand() )\" \n"
                    "// rand)x\"; int f;");
  ASSERT_EQ(source.lines().size(), 5U);
  EXPECT_EQ(source.lines()[0].code, "int a = 1'000;           ");
  EXPECT_EQ(source.lines()[0].comment, " rand()");
  EXPECT_EQ(source.lines()[1].code, "auto b = \"                       \"; char c = ' ';          ");
  EXPECT_EQ(source.lines()[1].comment, " double");
  EXPECT_EQ(source.lines()[2].code, "          int d;");
  EXPECT_EQ(source.lines()[3].comment, "");
  EXPECT_EQ(source.lines()[4].code, "         \"; int f;");
  EXPECT_EQ(source.lines()[4].raw, "// rand)x\"; int f;");
}

TEST(TidySourceTest, WordsKnowWhatTheyAreQualifiedWith) {
  std::vector<Word> words = WordsOf("Instant time() { return std::ranges::sort(a->b.c, ::d, 1e9); }");
  std::vector<std::string> seen;
  for (const Word& word : words) {
    seen.push_back(fmt::format("{}{}{}", word.qualifier, word.text, word.after_name ? " after a name" : ""));
  }
  EXPECT_THAT(seen, ElementsAre("Instant", "time after a name", "return", "std", "std::ranges", "std::ranges::sort",
                                "a", "->b", ".c", "::d"));
}

TEST(TidyLayersTest, NoFolderLooksUpwards) {
  EXPECT_THAT(Layers("sim/a.h", "\n#include \"registry_model/names.h\"\n"),
              ElementsAre("sim/a.h:2: sim may not use registry_model"));
  EXPECT_THAT(Layers("registry_model/a.cc", "#include \"harness/run/runner.h\"\n"),
              ElementsAre("registry_model/a.cc:1: registry_model may not use harness"));
  EXPECT_THAT(Layers("harness/a.cc", "#include \"bench/a.h\"\n#include \"python/a.h\"\n"),
              ElementsAre("harness/a.cc:1: harness may not use bench", "harness/a.cc:2: harness may not use python"));
  EXPECT_THAT(Layers("bench/a.cc", "#include \"harness/a.h\"\n#include \"sim/a.h\"\n"), IsEmpty());
}

TEST(TidyLayersTest, EachLibraryStaysInItsLayer) {
  EXPECT_THAT(Layers("sim/a.cc", "#include <vector>\n#include <fmt/format.h>\n#include <xxhash.h>\n"), IsEmpty());
  EXPECT_THAT(Layers("sim/a.cc", "#include <nlohmann/json.hpp>\n"),
              ElementsAre("sim/a.cc:1: sim may not use <nlohmann/json.hpp>"));
  EXPECT_THAT(Layers("registry_model/a.cc", "#include <simdjson.h>\n#include <CLI/CLI.hpp>\n"),
              ElementsAre("registry_model/a.cc:2: registry_model may not use <CLI/CLI.hpp>"));
  EXPECT_THAT(Layers("harness/a.cc", "#include <libfyaml.h>\n#include <gtest/gtest.h>\n"),
              ElementsAre("harness/a.cc:2: harness may not use <gtest/gtest.h>"));
  EXPECT_THAT(Layers("sim/test/a_test.cc", "#include <gtest/gtest.h>\n#include <rapidcheck.h>\n"), IsEmpty());
}

TEST(TidyLayersTest, IncludesArePathsFromTheRoot) {
  std::string advice = "by its path from the root of the tree";
  EXPECT_THAT(Layers("sim/a.cc", "#include \"a.h\"\n"), ElementsAre("sim/a.cc:1: include \"a.h\" " + advice));
  EXPECT_THAT(Layers("sim/a.cc", "#include \"sim/../b.h\"\n"),
              ElementsAre("sim/a.cc:1: include \"sim/../b.h\" " + advice));
}

TEST(TidyLayersTest, HelpersOfTestsAreForTests) {
  std::string text = "#include \"sim/test/support/brute_force.h\"\n";
  EXPECT_THAT(
      Layers("sim/a.cc", text),
      ElementsAre("sim/a.cc:1: \"sim/test/support/brute_force.h\" belongs to the tests, only tests may use it"));
  EXPECT_THAT(Layers("sim/test/a_test.cc", text), IsEmpty());
}

TEST(TidyLayersTest, CheckersSeeNoEngine) {
  std::string text = "#include \"registry_model/replication/engine.h\"\n#include \"registry_model/events.h\"\n";
  EXPECT_THAT(Layers("harness/checkers/order.cc", text),
              ElementsAre("harness/checkers/order.cc:1: a checker may not use "
                          "\"registry_model/replication/engine.h\", use the event stream and the final state"));
  EXPECT_THAT(Layers("harness/checkers/order.cc", "#include \"registry_model/world/world.h\"\n"), testing::SizeIs(1));
  EXPECT_THAT(Layers("harness/checkers/order.cc", "#include \"registry_model/api/context.h\"\n"), testing::SizeIs(1));
  EXPECT_THAT(Layers("harness/checkers/order.cc", "#include \"harness/run/runner.h\"\n"), testing::SizeIs(1));
  EXPECT_THAT(Layers("harness/checkers/order.cc", "#include \"harness/checkers/checker.h\"\n"), IsEmpty());
  EXPECT_THAT(Layers("harness/run/runner.cc", text), IsEmpty());
}

TEST(TidyBansTest, AMessageNamesPlaceAndRemedy) {
  EXPECT_THAT(Bans("sim/a.cc", "\nauto now = std::chrono::steady_clock::now();\n"),
              ElementsAre("sim/a.cc:2: std::chrono::steady_clock is banned here, use Instant, the virtual time"));
}

TEST(TidyBansTest, EachBannedConstructIsFound) {
  const std::vector<std::string> banned = {
      "std::chrono::system_clock::now();",
      "time(nullptr);",
      "return std::time(nullptr);",
      "::time(&t);",
      "x = rand() % 6;",
      "std::random_device device;",
      "std::mt19937_64 engine;",
      "std::uniform_int_distribution<int> die(1, 6);",
      "std::shuffle(a.begin(), a.end(), engine);",
      "std::thread worker;",
      "std::mutex m;",
      "std::atomic<int> n;",
      "thread_local int n;",
      "std::unordered_map<int, int> m;",
      "std::set<Job*> jobs;",
      "std::map<const Job*, int> jobs;",
      "std::sort(a.begin(), a.end());",
      "std::ranges::sort(a);",
      "double x = 0;",
      "float x = 0;",
      "auto y = std::log(2);",
      "auto y = pow(2, 3);",
      "std::hash<int> h;",
      "const char* home = getenv(name);",
      "#include <thread>",
      "#include <mutex>",
      "#include <random>",
      "#include <unordered_set>",
      "#include <fstream>",
  };
  for (const std::string& line : banned) {
    EXPECT_THAT(Bans("sim/a.cc", line + "\n"), testing::SizeIs(1)) << line;
    EXPECT_THAT(Bans("registry_model/policy/a.h", line + "\n"), testing::SizeIs(1)) << line;
  }
}

TEST(TidyBansTest, WhatOnlyLooksBannedIsNot) {
  const std::vector<std::string> fine = {
      "// std::thread and rand() in a comment",
      "auto text = \"std::thread rand() double\";",
      "Instant time() const;",
      "auto t = event.time();",
      "auto t = world->clock();",
      "Log log(sink);",
      "std::map<std::string, const Job*> jobs;",
      "std::set<std::pair<int, Name>> names;",
      "std::vector<Job*> jobs;",
      "std::stable_sort(a.begin(), a.end());",
      "// By name; names are unique, so this is a total order.\nstd::sort(a.begin(), a.end());",
      "order.sort(a);",
      "auto double_quoted = 1;",
      "std::optional<Duration> timeout;",
      "#include <algorithm>",
  };
  for (const std::string& line : fine) {
    EXPECT_THAT(Bans("sim/a.cc", line + "\n"), IsEmpty()) << line;
  }
}

TEST(TidyBansTest, TheSolverAloneMayUseFloatingPoint) {
  EXPECT_THAT(Bans("sim/max_min.cc", "double share = 0;\n"), IsEmpty());
  EXPECT_THAT(Bans("sim/queue.cc", "double share = 0;\n"), testing::SizeIs(1));
  EXPECT_THAT(Bans("sim/max_min.cc", "auto x = std::exp(share);\n"), testing::SizeIs(1));
}

TEST(TidyBansTest, TheManifestParserAloneMayKeepMemoryPerThread) {
  EXPECT_THAT(Bans("registry_model/oci/manifest.cc", "thread_local int n;\n"), IsEmpty());
  EXPECT_THAT(Bans("registry_model/oci/digest.cc", "thread_local int n;\n"), testing::SizeIs(1));
  EXPECT_THAT(Bans("registry_model/oci/manifest.cc", "std::mutex n;\n"), testing::SizeIs(1));
}

TEST(TidyBansTest, TestsAndTheHarnessAreFree) {
  EXPECT_THAT(Bans("sim/test/a_test.cc", "std::unordered_map<int, double> m;\n"), IsEmpty());
  EXPECT_THAT(Bans("harness/search/sweep.cc", "std::thread worker;\n"), IsEmpty());
}

TEST(TidyHabitsTest, AHeaderSaysWhatItIsAndIsReadOnce) {
  EXPECT_THAT(Habits("sim/a.h", "// What it is.\n#pragma once\nint x;\n"), IsEmpty());
  EXPECT_THAT(Habits("sim/a.h", "#pragma once\nint x;\n"),
              ElementsAre("sim/a.h:1: a header opens with a comment that says what it is"));
  EXPECT_THAT(Habits("sim/a.h", "// What it is.\nint x;\n#pragma once\n"),
              ElementsAre("sim/a.h:2: a header's first line of code is #pragma once"));
  EXPECT_THAT(Habits("sim/a.h", ""), testing::SizeIs(2));
}

TEST(TidyHabitsTest, AFileHasAReadableLength) {
  std::string lines;
  for (int i = 0; i < 600; ++i) {
    lines += "int x;\n";
  }
  EXPECT_THAT(Habits("sim/a.cc", lines), IsEmpty());
  EXPECT_THAT(Habits("sim/a.cc", lines + "int y;\n"), ElementsAre("sim/a.cc:601: 601 lines, more than 600: split it"));
}

TEST(TidyHabitsTest, NothingIsLeftUnfinished) {
  EXPECT_THAT(Habits("sim/a.cc", "int x;  // TODO: y\n"), ElementsAre("sim/a.cc:1: TODO: finish it, or file an issue"));
  EXPECT_THAT(Habits("sim/a.cc", "\n#if 0\n#endif\n"),
              ElementsAre("sim/a.cc:2: #if 0: delete dead code, git remembers it"));
}

TEST(TidyHabitsTest, NoTestIsDisabledAsleepOrEmpty) {
  std::string path = "sim/test/a_test.cc";
  EXPECT_THAT(Habits(path, "TEST(A, DISABLED_B) { EXPECT_EQ(1, 1); }\n"),
              ElementsAre(path + ":1: a disabled test tests nothing: repair it or delete it"));
  EXPECT_THAT(Habits(path, "TEST(A, B) {\n  GTEST_SKIP();\n  EXPECT_EQ(1, 1);\n}\n"),
              ElementsAre(path + ":2: a disabled test tests nothing: repair it or delete it"));
  EXPECT_THAT(Habits(path, "TEST(A, B) {\n  std::this_thread::sleep_for(x);\n  EXPECT_EQ(1, 1);\n}\n"),
              ElementsAre(path + ":2: a test may not sleep (sleep_for): use virtual time"));
  EXPECT_THAT(Habits(path, "TEST(A, ChecksNothing) {\n  Run();\n}\nTEST(A, C) { EXPECT_EQ(1, 1); }\n"),
              ElementsAre(path + ":1: a test that asserts nothing cannot fail"));
  EXPECT_THAT(Habits(path, "TEST(A, B) { Run(); }\n"),
              ElementsAre(path + ":1: a test that asserts nothing cannot fail"));
  EXPECT_THAT(Habits(path, "int x;\n"), ElementsAre(path + ":1: a file named *_test holds tests"));
  EXPECT_THAT(Habits(path, "TEST(A, B) {\n  CheckAgainstBruteForce();\n}\n"), IsEmpty());
  EXPECT_THAT(Habits(path, "RC_GTEST_PROP(A, B, (int x)) {\n  RC_ASSERT(x == x);\n}\n"), IsEmpty());
}

TEST(TidyHabitsTest, OneJsonValueInBracesIsReadInTwoWays) {
  const std::string path = "sim/test/support/a.cc";
  const auto advice =
      path +
      ":1: one JSON value in braces is an array to gcc and that value to clang: say json::array({...}), or leave the "
      "braces out";
  for (const auto* line : {"const json x = {y};", "nlohmann::json x{y.at(0)};", "Json x = { Text(y) };",
                           "return nlohmann::ordered_json{y};", "Send(PlainJson{\"a\"});"}) {
    EXPECT_THAT(Habits(path, std::string(line) + "\n"), ElementsAre(advice)) << line;
    EXPECT_THAT(Habits("sim/a.cc", std::string(line) + "\n"), IsEmpty()) << line;
  }
  for (const auto* line : {"const json x = json::array({y});", "json x = {y, z};", "json x = {{\"a\", 1}};",
                           "json x{};", "auto x = json::parse(R\"({y})\");",
                           "const auto f = [](const json& x) { return x; };", "json F() { return y; }"}) {
    EXPECT_THAT(Habits(path, std::string(line) + "\n"), IsEmpty()) << line;
  }
}

TEST(TidyTreeTest, AWholeTreeIsReadAndFindingsAreSorted) {
  FakeTree tree;
  tree.With("README.md", "")
      .With("sim/README.md", "")
      .With("sim/z.h", "// Z.\n#pragma once\n#include \"harness/x.h\"\ndouble x;\n")
      .With("sim/deep/er/a.cc", "int x = rand();\n")
      .With("sim/test/b_test.cc", "TEST(A, B) { usleep(1); }\n")
      .With("build/ignored.cc", "int x = rand();\n");
  EXPECT_THAT(tree.Check(), ElementsAre("sim/deep/er/a.cc:1: rand is banned here, use RandomStream (sim/random.h)",
                                        "sim/test/b_test.cc:1: a test may not sleep (usleep): use virtual time",
                                        "sim/test/b_test.cc:1: a test that asserts nothing cannot fail",
                                        "sim/z.h:3: sim may not use harness",
                                        "sim/z.h:4: double is banned here, use integers (sim/units.h, sim/int128.h)"));
}

TEST(TidyTreeTest, TheTopLevelIsFixedAndItsFoldersExplainThemselves) {
  FakeTree tree;
  tree.With("sim/a.cc", "int x;\n").With("tools/a.cc", "int x;\n").With(".ci/run", "").With("check", "");
  EXPECT_THAT(tree.Check(),
              ElementsAre("sim/README.md:1: each folder says what it is, what it may use and where to begin",
                          "tools:1: the top level is fixed: move it into one of its folders"));
}

}  // namespace
}  // namespace crrsim::tidy
