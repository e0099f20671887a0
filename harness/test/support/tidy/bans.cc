#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/test/support/tidy/tidy.h"

namespace crrsim::tidy {

namespace {

constexpr std::string_view kClock = "Instant, the virtual time";
constexpr std::string_view kRandom = "RandomStream (sim/random.h)";
constexpr std::string_view kThread = "one thread; harness/ runs many worlds side by side";
constexpr std::string_view kUnordered = "a lookup-only Index, or std::map";
constexpr std::string_view kFloat = "integers (sim/units.h, sim/int128.h)";
constexpr std::string_view kMath = "integers: C libraries differ in its last digit";
constexpr std::string_view kInput = "a value that harness/ passes in";

/// How a word has to stand to be the banned one.
enum class Form {
  kAnywhere,  ///< However it stands.
  kStandard,  ///< Qualified with std::.
  kFreeCall,  ///< Called, and neither a member nor a declaration: `time(`, `std::time(`, `::time(`.
  kEnding,    ///< Any word of namespace std with this ending.
};

struct Ban {
  std::string_view word;
  Form form;
  std::string_view instead;
};

constexpr std::array kBans = {
    Ban{"system_clock", Form::kAnywhere, kClock},
    Ban{"steady_clock", Form::kAnywhere, kClock},
    Ban{"high_resolution_clock", Form::kAnywhere, kClock},
    Ban{"utc_clock", Form::kAnywhere, kClock},
    Ban{"file_clock", Form::kAnywhere, kClock},
    Ban{"clock_gettime", Form::kAnywhere, kClock},
    Ban{"gettimeofday", Form::kAnywhere, kClock},
    Ban{"time", Form::kFreeCall, kClock},
    Ban{"clock", Form::kFreeCall, kClock},
    Ban{"localtime", Form::kFreeCall, kClock},
    Ban{"gmtime", Form::kFreeCall, kClock},
    Ban{"rand", Form::kFreeCall, kRandom},
    Ban{"srand", Form::kFreeCall, kRandom},
    Ban{"random", Form::kFreeCall, kRandom},
    Ban{"random_device", Form::kAnywhere, kRandom},
    Ban{"mt19937", Form::kAnywhere, kRandom},
    Ban{"mt19937_64", Form::kAnywhere, kRandom},
    Ban{"minstd_rand", Form::kAnywhere, kRandom},
    Ban{"default_random_engine", Form::kAnywhere, kRandom},
    Ban{"shuffle", Form::kStandard, kRandom},
    Ban{"sample", Form::kStandard, kRandom},
    Ban{"_distribution", Form::kEnding, kRandom},
    Ban{"thread", Form::kStandard, kThread},
    Ban{"jthread", Form::kStandard, kThread},
    Ban{"async", Form::kStandard, kThread},
    Ban{"future", Form::kStandard, kThread},
    Ban{"promise", Form::kStandard, kThread},
    Ban{"mutex", Form::kStandard, kThread},
    Ban{"shared_mutex", Form::kStandard, kThread},
    Ban{"condition_variable", Form::kStandard, kThread},
    Ban{"atomic", Form::kStandard, kThread},
    Ban{"thread_local", Form::kAnywhere, kThread},
    Ban{"unordered_map", Form::kAnywhere, kUnordered},
    Ban{"unordered_set", Form::kAnywhere, kUnordered},
    Ban{"unordered_multimap", Form::kAnywhere, kUnordered},
    Ban{"unordered_multiset", Form::kAnywhere, kUnordered},
    Ban{"hash", Form::kStandard, "HashForLookup (sim/digest.h)"},
    Ban{"log", Form::kFreeCall, kMath},
    Ban{"log2", Form::kFreeCall, kMath},
    Ban{"log10", Form::kFreeCall, kMath},
    Ban{"log1p", Form::kFreeCall, kMath},
    Ban{"exp", Form::kFreeCall, kMath},
    Ban{"exp2", Form::kFreeCall, kMath},
    Ban{"expm1", Form::kFreeCall, kMath},
    Ban{"pow", Form::kFreeCall, kMath},
    Ban{"getenv", Form::kFreeCall, kInput},
};

constexpr std::array<std::string_view, 2> kFloatWords = {"double", "float"};

/// Where floating point is allowed, and why.
struct FloatFile {
  std::string_view beginning;
  std::string_view why;
};
constexpr std::array kFloatFiles = {
    FloatFile{"sim/network", "the bandwidth solver, whose rates are quantised before they become state"},
    FloatFile{"sim/max_min", "the bandwidth solver"},
    FloatFile{"sim/archive.h", "canonical bytes of a double, for reports"},
    FloatFile{"sim/units.h", "seconds(), for reports"},
    FloatFile{"registry_model/api/json_codec.", "timestamps are seconds with a fraction in the API's JSON"},
    FloatFile{"registry_model/metering/ledger.", "GB-months, computed from exact integers for reports"},
};

/// A banned word that one file may use, and why.
struct Exemption {
  std::string_view word;
  std::string_view path;
  std::string_view why;
};
constexpr std::array kExemptions = {
    Exemption{"thread_local", "registry_model/oci/manifest.cc", "a parser's memory, which no result depends on"},
    Exemption{"<atomic>", "sim/cow.h", "worlds in several threads share what neither has changed"},
    Exemption{"<mutex>", "registry_model/oci/digest.cc", "bytes of a sha512, which never change, are kept once"},
    Exemption{"mutex", "registry_model/oci/digest.cc", "bytes of a sha512, which never change, are kept once"},
};

struct HeaderBan {
  std::string_view header;
  std::string_view instead;
};
constexpr std::array kHeaderBans = {
    HeaderBan{"<ctime>", kClock},
    HeaderBan{"<random>", kRandom},
    HeaderBan{"<thread>", kThread},
    HeaderBan{"<mutex>", kThread},
    HeaderBan{"<shared_mutex>", kThread},
    HeaderBan{"<atomic>", kThread},
    HeaderBan{"<future>", kThread},
    HeaderBan{"<condition_variable>", kThread},
    HeaderBan{"<unordered_map>", kUnordered},
    HeaderBan{"<unordered_set>", kUnordered},
    HeaderBan{"<filesystem>", kInput},
    HeaderBan{"<fstream>", kInput},
    HeaderBan{"<iostream>", kInput},
};

/// Sorts whose result for equal elements is the library's choice.
constexpr std::array<std::string_view, 4> kUnstableSorts = {"sort", "partial_sort", "nth_element", "sort_heap"};
constexpr std::string_view kTotalOrder = "total order";
constexpr std::size_t kLinesOfReason = 3;

bool Matches(const Ban& ban, const Word& word) {
  bool standard = word.qualifier.starts_with("std::") || word.qualifier.starts_with("::std::");
  switch (ban.form) {
    case Form::kAnywhere:
      return word.text == ban.word;
    case Form::kStandard:
      return word.text == ban.word && standard;
    case Form::kFreeCall:
      return word.text == ban.word && word.rest.starts_with("(") &&
             (standard || word.qualifier == "::" || (word.qualifier.empty() && !word.after_name));
    case Form::kEnding:
      return word.text.ends_with(ban.word) && standard;
  }
  return false;
}

/// Whether the container's first argument, on the same line, is a pointer: `set<Job*>`, `map<const Job*, int>`.
bool OrdersPointers(const Word& word) {
  bool ordered = word.text == "set" || word.text == "map" || word.text == "multiset" || word.text == "multimap";
  if (!ordered || !word.qualifier.starts_with("std::") || !word.rest.starts_with("<")) {
    return false;
  }
  std::size_t depth = 0;
  for (std::size_t i = 1; i < word.rest.size(); ++i) {
    char c = word.rest[i];
    if (depth == 0 && (c == ',' || c == '>')) {
      return word.rest[i - 1] == '*';
    }
    depth += c == '<' ? 1 : 0;
    depth -= c == '>' ? 1 : 0;
  }
  return false;
}

bool SaysTotalOrder(const SourceText& source, std::size_t index) {
  std::size_t first = index < kLinesOfReason ? 0 : index - kLinesOfReason;
  for (std::size_t i = first; i <= index; ++i) {
    std::string comment = source.lines()[i].comment;
    std::transform(comment.begin(), comment.end(), comment.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (comment.find(kTotalOrder) != std::string::npos) {
      return true;
    }
  }
  return false;
}

bool IsExempt(std::string_view path, std::string_view word) {
  return std::any_of(kExemptions.begin(), kExemptions.end(),
                     [&](const Exemption& exemption) { return exemption.word == word && exemption.path == path; });
}

bool MayUseFloat(std::string_view path) {
  return std::any_of(kFloatFiles.begin(), kFloatFiles.end(),
                     [&](const FloatFile& file) { return path.starts_with(file.beginning); });
}

std::string Banned(std::string_view what, std::string_view instead) {
  return fmt::format("{} is banned here, use {}", what, instead);
}

std::string JudgeWord(const SourceText& source, std::size_t index, const Word& word) {
  for (const Ban& ban : kBans) {
    if (Matches(ban, word) && !IsExempt(source.path(), ban.word)) {
      return Banned(fmt::format("{}{}", word.qualifier, word.text), ban.instead);
    }
  }
  bool floating = std::find(kFloatWords.begin(), kFloatWords.end(), word.text) != kFloatWords.end();
  if (floating && !MayUseFloat(source.path())) {
    return Banned(word.text, kFloat);
  }
  if (OrdersPointers(word)) {
    return Banned(fmt::format("a std::{} ordered by pointers", word.text), "what the pointers name");
  }
  bool sorts = std::find(kUnstableSorts.begin(), kUnstableSorts.end(), word.text) != kUnstableSorts.end();
  if (sorts && word.qualifier.starts_with("std::") && !SaysTotalOrder(source, index)) {
    return Banned(fmt::format("{}{}", word.qualifier, word.text),
                  "std::stable_sort, or say in a comment beside it why the order is a total order");
  }
  return "";
}

}  // namespace

Findings CheckBans(const SourceText& source) {
  Findings findings;
  std::string_view folder = TopFolder(source.path());
  if ((folder != "sim" && folder != "registry_model") || IsTest(source.path())) {
    return findings;
  }
  for (std::size_t i = 0; i < source.lines().size(); ++i) {
    const std::string& code = source.lines()[i].code;
    if (code.starts_with("#include")) {
      for (const HeaderBan& ban : kHeaderBans) {
        if (code.find(ban.header) != std::string::npos && !IsExempt(source.path(), ban.header)) {
          findings.push_back({source.path(), i + 1, Banned(ban.header, ban.instead)});
        }
      }
      continue;
    }
    for (const Word& word : WordsOf(code)) {
      std::string message = JudgeWord(source, i, word);
      if (!message.empty()) {
        findings.push_back({source.path(), i + 1, message});
      }
    }
  }
  return findings;
}

}  // namespace crrsim::tidy
