#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/images/layer_memo.h"
#include "harness/test/support/images/files.h"
#include "sim/digest.h"

namespace crrsim {
namespace {

constexpr auto kSha256 = DigestAlgorithm::kSha256;
const LayerKey kLayer{"mservice", 0, Kibibytes(300)};

/// Sets an environment variable for the length of a test.
class Environment {
 public:
  Environment(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    Set(value);
  }
  ~Environment() { Set(before_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  void Set(const std::optional<std::string>& value) {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> before_;
};

TEST(LayerMemoTest, WhatIsRememberedIsWhatWasComputed) {
  const ScratchFolder folder;
  const auto path = folder.PathOf("deep/down/memo");
  const auto digest = DigestOfLayer(kLayer, kSha256);
  EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest);
  const auto written = BytesOfFile(path);
  EXPECT_NE(written.find(digest.text()), std::string::npos);
  EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest);
  EXPECT_EQ(BytesOfFile(path), written) << "a record that is there is not written again";
}

/// A record whose check value fits is believed: this is how the tests see that the memo was asked at all.
std::string ForgedRecord(const std::string& path, const LayerKey& key, const Digest& digest) {
  LayerMemo::At(path).DigestOf(key, kSha256);
  auto line = BytesOfFile(path);
  line = line.substr(33 + 71);  // after the check value and the digest
  const auto rest = digest.text() + line.substr(0, line.size() - 1);
  return ToText(HashBytes(rest)) + " " + rest + "\n";
}

TEST(LayerMemoTest, TheFileIsAskedFirst) {
  const ScratchFolder folder;
  const auto other = Digest::Of("other");
  folder.Write("memo", ForgedRecord(folder.PathOf("scratch"), kLayer, other));
  EXPECT_EQ(LayerMemo::At(folder.PathOf("memo")).DigestOf(kLayer, kSha256), other);
}

TEST(LayerMemoTest, EveryPartOfTheKeyCounts) {
  const ScratchFolder folder;
  const auto path = folder.Write("memo", ForgedRecord(folder.PathOf("scratch"), kLayer, Digest::Of("other")));
  for (const LayerKey& key : {LayerKey{"mservice", 1, kLayer.size}, LayerKey{"mservice2", 0, kLayer.size},
                              LayerKey{"mservice", 0, Kibibytes(301)}, LayerKey{"mservice ", 0, kLayer.size}}) {
    EXPECT_EQ(LayerMemo::At(path).DigestOf(key, kSha256), DigestOfLayer(key, kSha256)) << key.name;
  }
  EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, DigestAlgorithm::kSha512),
            DigestOfLayer(kLayer, DigestAlgorithm::kSha512));
}

TEST(LayerMemoTest, DamageAnywhereInARecordIsPassedOver) {
  const ScratchFolder folder;
  const auto other = Digest::Of("other");
  const auto forged = ForgedRecord(folder.PathOf("scratch"), kLayer, other);
  const auto digest = DigestOfLayer(kLayer, kSha256);
  for (std::size_t i = 0; i < forged.size(); i += 7) {
    auto damaged = forged;
    damaged[i] = damaged[i] == 'x' ? 'y' : 'x';
    const auto path = folder.Write("memo", damaged);
    EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest) << "byte " << i;
    EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest) << "and it healed";
  }
}

TEST(LayerMemoTest, RecordThatIsCutOffIsPassedOver) {
  const ScratchFolder folder;
  const auto forged = ForgedRecord(folder.PathOf("scratch"), kLayer, Digest::Of("other"));
  const auto digest = DigestOfLayer(kLayer, kSha256);
  for (std::size_t length = 0; length + 1 < forged.size(); length += 9) {
    const auto path = folder.Write("memo", forged.substr(0, length));
    EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest) << length;
  }
}

TEST(LayerMemoTest, RubbishInTheFileDoesNoHarm) {
  const ScratchFolder folder;
  const auto digest = DigestOfLayer(kLayer, kSha256);
  for (const auto& rubbish : {std::string("\n\n\n"), std::string(100'000, 'x'), std::string(5'000, '\0'),
                              std::string(40, 'a') + " b\n", std::string(3 << 20, '\n')}) {
    const auto path = folder.Write("memo", rubbish);
    EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest);
  }
}

TEST(LayerMemoTest, NamesThatAreNoWordsAreKeptApart) {
  const ScratchFolder folder;
  const auto path = folder.PathOf("memo");
  const std::vector<std::string> names = {"a b", "a%20b", "a\nb", "\u00e9", "", "%"};
  for (const auto& name : names) LayerMemo::At(path).DigestOf({name, 0, kLayer.size}, kSha256);
  const auto written = BytesOfFile(path);
  for (const auto& name : names) {
    EXPECT_EQ(LayerMemo::At(path).DigestOf({name, 0, kLayer.size}, kSha256),
              DigestOfLayer({name, 0, kLayer.size}, kSha256));
  }
  EXPECT_EQ(BytesOfFile(path), written) << "each was found again";
}

TEST(LayerMemoTest, SmallLayersAreNotRecorded) {
  const ScratchFolder folder;
  const auto path = folder.PathOf("memo");
  const LayerKey small{"a", 0, Bytes(LayerMemo::kSizeMin - 1)};
  EXPECT_EQ(LayerMemo::At(path).DigestOf(small, kSha256), DigestOfLayer(small, kSha256));
  EXPECT_FALSE(std::filesystem::exists(path));
  LayerMemo::At(path).DigestOf({"a", 0, Bytes(LayerMemo::kSizeMin)}, kSha256);
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(LayerMemoTest, FileThatHasGrownTooLargeIsBegunAnew) {
  const ScratchFolder folder;
  const auto path = folder.Write("memo", std::string(LayerMemo::kFileSizeMax, '\n'));
  LayerMemo::At(path).DigestOf(kLayer, kSha256);
  EXPECT_LT(std::filesystem::file_size(path), 1'000U);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1) << "no rest of the exchange";
}

TEST(LayerMemoTest, PlacesWhereNothingCanBeWrittenAreNoError) {
  const ScratchFolder folder;
  const auto digest = DigestOfLayer(kLayer, kSha256);
  folder.Write("file", "x");
  ASSERT_EQ(mkfifo(folder.PathOf("pipe").c_str(), 0600), 0);
  for (const auto& path : {folder.path(), folder.PathOf("file/below"), folder.PathOf("pipe"), std::string("/proc/x/y"),
                           std::string("/dev/null"), std::string("/dev/full")}) {
    EXPECT_EQ(LayerMemo::At(path).DigestOf(kLayer, kSha256), digest) << path;
  }
}

TEST(LayerMemoTest, OffWritesNothing) {
  auto memo = LayerMemo::Off();
  EXPECT_EQ(memo.DigestOf(kLayer, kSha256), DigestOfLayer(kLayer, kSha256));
  EXPECT_FALSE(memo.file().has_value());
}

TEST(LayerMemoTest, ManyProcessesWriteOneFile) {
  const ScratchFolder folder;
  const auto path = folder.PathOf("memo");
  constexpr int kProcesses = 4;
  constexpr int kLayers = 6;
  std::vector<pid_t> children;
  for (int p = 0; p < kProcesses; ++p) {
    const auto child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto memo = LayerMemo::At(path);
      for (int i = 0; i < kLayers; ++i) memo.DigestOf({"p" + std::to_string(p), i, kLayer.size}, kSha256);
      _exit(0);
    }
    children.push_back(child);
  }
  for (const auto child : children) {
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
  }
  const auto written = BytesOfFile(path);
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), kProcesses * kLayers);
  auto memo = LayerMemo::At(path);
  for (int p = 0; p < kProcesses; ++p) {
    for (int i = 0; i < kLayers; ++i) memo.DigestOf({"p" + std::to_string(p), i, kLayer.size}, kSha256);
  }
  EXPECT_EQ(BytesOfFile(path), written) << "every record is whole";
}

TEST(LayerMemoPlaceTest, CacheFolderOfTheUser) {
  const Environment on("CRRSIM_NO_CACHE", std::nullopt);
  const Environment home("HOME", "/home/me");
  {
    const Environment xdg("XDG_CACHE_HOME", "/var/cache/me");
    EXPECT_EQ(LayerMemo::OfUser().file(), "/var/cache/me/crrsim/layer-digests");
  }
  {
    const Environment xdg("XDG_CACHE_HOME", std::nullopt);
    EXPECT_EQ(LayerMemo::OfUser().file(), "/home/me/.cache/crrsim/layer-digests");
  }
  const Environment xdg("XDG_CACHE_HOME", "not/absolute");
  EXPECT_EQ(LayerMemo::OfUser().file(), "/home/me/.cache/crrsim/layer-digests");
}

TEST(LayerMemoPlaceTest, OffByEnvironmentAndWithoutHome) {
  const Environment xdg("XDG_CACHE_HOME", std::nullopt);
  {
    const Environment home("HOME", "/home/me");
    const Environment off("CRRSIM_NO_CACHE", "1");
    EXPECT_EQ(LayerMemo::OfUser().file(), std::nullopt);
  }
  const Environment on("CRRSIM_NO_CACHE", std::nullopt);
  const Environment home("HOME", std::nullopt);
  EXPECT_EQ(LayerMemo::OfUser().file(), std::nullopt);
}

}  // namespace
}  // namespace crrsim
