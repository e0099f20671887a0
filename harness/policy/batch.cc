#include "harness/policy/batch.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <nlohmann/json.hpp>
#include <string_view>
#include <thread>
#include <vector>

#include "registry_model/policy/batch_case.h"

namespace crrsim {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// The text as JSON; bytes that are no UTF-8 are replaced.
std::string JsonQuoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

/// Lines of the input that are answered together.
struct Block {
  std::vector<std::string> lines;
  std::size_t bytes = 0;
  int first_number = 1;
};

/// Answers and complaints of some of its lines, in their order.
struct Slice {
  std::string answers;
  std::string complaints;
  BatchSummary summary;
};

constexpr std::size_t kBlockBytesMax = std::size_t{4} << 20;
/// Fewer lines are not worth a thread.
constexpr std::size_t kLinesPerThreadMin = 64;
constexpr std::size_t kThreadsMax = 8;

/// Reads what is there, a block at most; waits only for the first line.
bool ReadBlock(std::istream& in, Block& block) {
  block.first_number += static_cast<int>(block.lines.size());
  block.lines.clear();
  block.bytes = 0;
  std::string line;
  while (std::getline(in, line)) {
    block.bytes += line.size();
    block.lines.push_back(std::move(line));
    if (block.bytes >= kBlockBytesMax || in.rdbuf()->in_avail() <= 0) break;
  }
  return !block.lines.empty();
}

void AnswerLineOf(std::string_view text, int number, const std::string& name, Slice& slice) {
  if (number == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (IsBlank(text)) return;
  if (const auto parsed = policy::ParseBatchCase(text)) {
    slice.answers += AnswerLine(parsed->document, Evaluate(parsed->document, parsed->request));
    ++slice.summary.answered;
  } else {
    auto error = parsed.error();
    error.line = number;
    const auto message = ToText(error);
    slice.answers += fmt::format(R"({{"decision": null, "statement": null, "error": {}}})", JsonQuoted(message));
    slice.complaints += fmt::format("{}:{}\n", name, message);
    ++slice.summary.malformed;
  }
  slice.answers += '\n';
}

Slice AnswerSlice(const Block& block, std::size_t begin, std::size_t end, const std::string& name) {
  Slice slice;
  for (auto i = begin; i < end; ++i) {
    AnswerLineOf(block.lines[i], block.first_number + static_cast<int>(i), name, slice);
  }
  return slice;
}

/// The block in slices, one a thread. The slices' order is the lines', so threads do not show in the answers.
std::vector<Slice> AnswerBlock(const Block& block, const std::string& name) {
  const auto cores = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
  const auto count = std::clamp<std::size_t>(block.lines.size() / kLinesPerThreadMin, 1, cores);
  const auto begin_of = [&](std::size_t slice) { return block.lines.size() * slice / count; };
  std::vector<std::future<Slice>> others;
  for (std::size_t i = 1; i < count; ++i) {
    others.push_back(std::async(std::launch::async, [&block, &name, begin = begin_of(i), end = begin_of(i + 1)] {
      return AnswerSlice(block, begin, end, name);
    }));
  }
  std::vector<Slice> slices;
  slices.push_back(AnswerSlice(block, 0, begin_of(1), name));
  for (auto& other : others) slices.push_back(other.get());
  return slices;
}

}  // namespace

std::string AnswerLine(const policy::Document& document, const policy::Decision& decision) {
  const auto outcome = ToText(decision.outcome);
  if (!decision.statement) return fmt::format(R"({{"decision": "{}", "statement": null}})", outcome);
  const auto& sid = document.statements()[*decision.statement].sid;
  if (sid.empty()) return fmt::format(R"({{"decision": "{}", "statement": {}}})", outcome, *decision.statement);
  return fmt::format(R"({{"decision": "{}", "statement": {}}})", outcome, JsonQuoted(sid));
}

BatchSummary AnswerBatch(std::istream& in, const std::string& name, std::ostream& out, std::ostream& err) {
  BatchSummary summary;
  Block block;
  while (ReadBlock(in, block)) {
    for (const auto& slice : AnswerBlock(block, name)) {
      out << slice.answers;
      err << slice.complaints;
      summary.answered += slice.summary.answered;
      summary.malformed += slice.summary.malformed;
    }
    out << std::flush;
  }
  return summary;
}

}  // namespace crrsim
