// `crrsim network solve` as a user meets it, and the samples beside the tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/cli/commands.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSolvable =
    R"({"uplink":[1000],"downlink":[1000],"latency":[[0.5]],"flows":[{"start":0,"src":0,"dst":0,"bytes":250}]})";

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class NetworkCommandTest : public testing::Test {
 protected:
  struct Outcome {
    int code;
    std::string out;
    std::string err;
  };
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              ("crrsim_network_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) { return (folder_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return Path(name);
  }
  static Outcome Invoke(std::vector<std::string> words, const std::string& in = "") {
    words.insert(words.begin(), {"crrsim", "network", "solve"});
    std::vector<const char*> argv;
    for (const auto& word : words) argv.push_back(word.c_str());
    std::ostringstream out;
    std::ostringstream err;
    std::istringstream input(in);
    const int code = Main(static_cast<int>(argv.size()), argv.data(), {out, err, Colour::kOff, input});
    return {code, out.str(), err.str()};
  }

  std::filesystem::path folder_;
};

TEST_F(NetworkCommandTest, TheDocumentIsWrittenWithItsCompletions) {
  const auto outcome = Invoke({Write("in.json", kSolvable), Path("out.json")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(TextOf(Path("out.json")), HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, DashesAreStandardInputAndOutput) {
  const auto outcome = Invoke({"-", "-"}, kSolvable);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, TheAnswerMayReplaceTheQuestion) {
  const auto path = Write("both.json", kSolvable);
  EXPECT_EQ(Invoke({path, path}).code, 0);
  EXPECT_THAT(TextOf(path), HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, AWrongDocumentIsNamedWithItsPlaceAndNothingIsWritten) {
  const auto in = Write("in.json", "{\n  \"uplink\": [-1]\n}");
  const auto outcome = Invoke({in, Path("out.json")});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr(in + ":1:1: the document: found no downlink"));
  EXPECT_FALSE(std::filesystem::exists(Path("out.json")));
  EXPECT_THAT(Invoke({"-", "-"}, "{").err, HasSubstr("standard input:1:"));
  EXPECT_THAT(Invoke({"-", "-"}, "{").out, IsEmpty());
}

TEST_F(NetworkCommandTest, AnAnswerOfBeforeStaysWhereTheNextQuestionIsWrong) {
  const auto out = Write("out.json", "before");
  EXPECT_EQ(Invoke({Write("in.json", "7"), out}).code, 3);
  EXPECT_EQ(TextOf(out), "before");
}

TEST_F(NetworkCommandTest, FilesThatCannotBeReadOrWrittenAndMissingArgumentsAreUsageErrors) {
  const auto missing = Invoke({Path("missing.json"), "-"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("missing.json: the file cannot be read"));
  EXPECT_EQ(Invoke({folder_.string(), "-"}).code, 2);
  EXPECT_EQ(Invoke({Write("in.json", kSolvable), Path("no/folder/out.json")}).code, 2);
  EXPECT_EQ(Invoke({Path("in.json")}).code, 2);
  EXPECT_EQ(Invoke({}).code, 2);
}

TEST_F(NetworkCommandTest, EachSampleIsItsOwnAnswer) {
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CRRSIM_SOURCE_DIR "/harness/test/data/network")) {
    SCOPED_TRACE(entry.path());
    const auto outcome = Invoke({entry.path().string(), "-"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, TextOf(entry.path()));
    ++samples;
  }
  EXPECT_GE(samples, 6);
}

}  // namespace
}  // namespace crrsim
