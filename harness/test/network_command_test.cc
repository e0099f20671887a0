// `crrsim network solve` as a user meets it, and the samples beside the tests.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/test/support/command_bench.h"

namespace crrsim {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

const std::string kSolvable =
    R"({"uplink":[1000],"downlink":[1000],"latency":[[0.5]],"flows":[{"start":0,"src":0,"dst":0,"bytes":250}]})";

class NetworkCommandTest : public testing::Test {
 protected:
  static CommandOutcome Invoke(std::vector<std::string> words, const std::string& in = "") {
    words.insert(words.begin(), {"network", "solve"});
    return InvokeCommand(std::move(words), in);
  }

  ScratchFolder folder_;
};

TEST_F(NetworkCommandTest, TheDocumentIsWrittenWithItsCompletions) {
  const auto outcome = Invoke({folder_.Write("in.json", kSolvable), folder_.PathOf("out.json")});
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(BytesOfFile(folder_.PathOf("out.json")), HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, DashesAreStandardInputAndOutput) {
  const auto outcome = Invoke({"-", "-"}, kSolvable);
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, TheAnswerMayReplaceTheQuestion) {
  const auto path = folder_.Write("both.json", kSolvable);
  EXPECT_EQ(Invoke({path, path}).code, 0);
  EXPECT_THAT(BytesOfFile(path), HasSubstr("\"completion\": [0.75]"));
}

TEST_F(NetworkCommandTest, AWrongDocumentIsNamedWithItsPlaceAndNothingIsWritten) {
  const auto in = folder_.Write("in.json", "{\n  \"uplink\": [-1]\n}");
  const auto outcome = Invoke({in, folder_.PathOf("out.json")});
  EXPECT_EQ(outcome.code, 3);
  EXPECT_THAT(outcome.err, HasSubstr(in + ":1:1: the document: found no downlink"));
  EXPECT_FALSE(std::filesystem::exists(folder_.PathOf("out.json")));
  EXPECT_THAT(Invoke({"-", "-"}, "{").err, HasSubstr("standard input:1:"));
  EXPECT_THAT(Invoke({"-", "-"}, "{").out, IsEmpty());
}

TEST_F(NetworkCommandTest, AnAnswerOfBeforeStaysWhereTheNextQuestionIsWrong) {
  const auto out = folder_.Write("out.json", "before");
  EXPECT_EQ(Invoke({folder_.Write("in.json", "7"), out}).code, 3);
  EXPECT_EQ(BytesOfFile(out), "before");
}

TEST_F(NetworkCommandTest, FilesThatCannotBeReadOrWrittenAndMissingArgumentsAreUsageErrors) {
  const auto missing = Invoke({folder_.PathOf("missing.json"), "-"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_THAT(missing.err, HasSubstr("missing.json: the file cannot be read"));
  EXPECT_EQ(Invoke({folder_.path(), "-"}).code, 2);
  EXPECT_EQ(Invoke({folder_.Write("in.json", kSolvable), folder_.PathOf("no/folder/out.json")}).code, 2);
  EXPECT_EQ(Invoke({folder_.PathOf("in.json")}).code, 2);
  EXPECT_EQ(Invoke({}).code, 2);
}

TEST_F(NetworkCommandTest, EachSampleIsItsOwnAnswer) {
  int samples = 0;
  for (const auto& entry : std::filesystem::directory_iterator(CRRSIM_SOURCE_DIR "/harness/test/data/network")) {
    SCOPED_TRACE(entry.path());
    const auto outcome = Invoke({entry.path().string(), "-"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out, BytesOfFile(entry.path()));
    ++samples;
  }
  EXPECT_GE(samples, 6);
}

}  // namespace
}  // namespace crrsim
