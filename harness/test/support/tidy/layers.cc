#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "harness/test/support/tidy/tidy.h"

namespace crrsim::tidy {

namespace {

/// What a folder may include besides the C++ standard library: folders of this tree, and headers of libraries, by
/// the beginning of their names.
struct Layer {
  std::string_view folder;
  std::vector<std::string_view> folders;
  std::vector<std::string_view> libraries;
};

const std::array kLayers = {
    Layer{"sim", {"sim"}, {"fmt/", "xxhash.h", "tl/expected.hpp"}},
    Layer{"registry_model",
          {"sim", "registry_model"},
          {"fmt/", "xxhash.h", "tl/expected.hpp", "nlohmann/", "simdjson.h", "openssl/", "boost/container/"}},
    Layer{"harness",
          {"sim", "registry_model", "harness"},
          {"fmt/", "tl/expected.hpp", "nlohmann/", "openssl/", "libfyaml.h", "CLI/", "boost/", "archive.h",
           "archive_entry.h", "sqlite3.h", "unistd.h", "fcntl.h", "signal.h", "sys/"}},
    Layer{"bench",
          {"sim", "registry_model", "harness", "bench"},
          {"fmt/", "tl/expected.hpp", "nlohmann/", "openssl/", "benchmark/"}},
    Layer{"python",
          {"sim", "registry_model", "harness", "python"},
          {"fmt/", "tl/expected.hpp", "nlohmann/", "pybind11/"}},
};
constexpr std::array<std::string_view, 4> kTestLibraries = {"gtest/", "gmock/", "rapidcheck.h", "rapidcheck/"};

/// Checkers judge from outside: they read events and final states, never the engine's own words.
constexpr std::string_view kCheckers = "harness/checkers/";
constexpr std::array<std::string_view, 3> kHiddenFromCheckers = {"registry_model/replication/", "registry_model/world/",
                                                                 "registry_model/api/"};
/// Nor does a checker get them through a header of the harness.
constexpr std::string_view kHarness = "harness/";

struct Include {
  std::string_view name;
  bool quoted = false;
};

std::optional<Include> IncludeIn(const Line& line) {
  std::string_view raw = line.raw;
  if (!line.code.starts_with("#include")) {
    return std::nullopt;
  }
  std::size_t open = raw.find_first_of("\"<");
  if (open == std::string_view::npos) {
    return std::nullopt;
  }
  bool quoted = raw[open] == '"';
  std::size_t close = raw.find(quoted ? '"' : '>', open + 1);
  if (close == std::string_view::npos) {
    return std::nullopt;
  }
  return Include{.name = raw.substr(open + 1, close - open - 1), .quoted = quoted};
}

template <class Names>
bool BeginsWithAny(std::string_view text, const Names& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(), [&](auto start) { return text.starts_with(start); });
}

/// What is wrong with a quoted include; empty where nothing is.
std::string JudgeOwn(const SourceText& source, const Layer& layer, std::string_view name) {
  std::string_view target = TopFolder(name);
  bool known = std::any_of(kLayers.begin(), kLayers.end(), [&](const Layer& other) { return other.folder == target; });
  if (name.find("..") != std::string_view::npos || !known) {
    return fmt::format("include \"{}\" by its path from the root of the tree", name);
  }
  if (!IsOneOf(target, layer.folders)) {
    return fmt::format("{} may not use {}", layer.folder, target);
  }
  if (IsTest(name) && !IsTest(source.path())) {
    return fmt::format("\"{}\" belongs to the tests, only tests may use it", name);
  }
  if (source.path().starts_with(kCheckers) &&
      (BeginsWithAny(name, kHiddenFromCheckers) || (name.starts_with(kHarness) && !name.starts_with(kCheckers)))) {
    return fmt::format("a checker may not use \"{}\", use the event stream and the final state", name);
  }
  return "";
}

std::string JudgeLibrary(const SourceText& source, const Layer& layer, std::string_view name) {
  bool standard = name.find_first_of("./") == std::string_view::npos;
  if (standard || BeginsWithAny(name, layer.libraries) ||
      (IsTest(source.path()) && BeginsWithAny(name, kTestLibraries))) {
    return "";
  }
  return fmt::format("{} may not use <{}>", layer.folder, name);
}

}  // namespace

Findings CheckLayers(const SourceText& source) {
  Findings findings;
  const auto* layer = std::find_if(kLayers.begin(), kLayers.end(),
                                   [&](const Layer& each) { return each.folder == TopFolder(source.path()); });
  if (layer == kLayers.end()) {
    return findings;
  }
  for (std::size_t i = 0; i < source.lines().size(); ++i) {
    std::optional<Include> include = IncludeIn(source.lines()[i]);
    if (!include) {
      continue;
    }
    std::string message = include->quoted ? JudgeOwn(source, *layer, include->name)  //
                                          : JudgeLibrary(source, *layer, include->name);
    if (!message.empty()) {
      findings.push_back({source.path(), i + 1, message});
    }
  }
  return findings;
}

}  // namespace crrsim::tidy
