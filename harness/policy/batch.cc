#include "harness/policy/batch.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "registry_model/policy/batch_case.h"

namespace crrsim {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kBufferMax = std::size_t{1} << 16;

/// The text as JSON; bytes that are no UTF-8 are replaced.
std::string JsonQuoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool IsBlank(std::string_view line) { return line.find_first_not_of(" \t\r") == std::string_view::npos; }

/// Gathers answers and writes them in large pieces.
class AnswerWriter {
 public:
  explicit AnswerWriter(std::ostream& out) : out_(out) {}
  ~AnswerWriter() { Flush(); }
  AnswerWriter(const AnswerWriter&) = delete;
  AnswerWriter& operator=(const AnswerWriter&) = delete;

  void Put(std::string_view line) {
    buffer_ += line;
    buffer_ += '\n';
    if (buffer_.size() >= kBufferMax) Flush();
  }
  void Flush() {
    out_ << buffer_ << std::flush;
    buffer_.clear();
  }

 private:
  std::ostream& out_;
  std::string buffer_;
};

}  // namespace

std::string AnswerLine(const policy::Document& document, const policy::Decision& decision) {
  const auto outcome = ToText(decision.outcome);
  if (!decision.statement) return fmt::format(R"({{"decision": "{}", "statement": null}})", outcome);
  const auto& sid = document.statements()[*decision.statement].sid;
  if (sid.empty()) return fmt::format(R"({{"decision": "{}", "statement": {}}})", outcome, *decision.statement);
  return fmt::format(R"({{"decision": "{}", "statement": {}}})", outcome, JsonQuoted(sid));
}

BatchSummary AnswerBatch(std::istream& in, const std::string& name, std::ostream& out, std::ostream& err) {
  AnswerWriter answers(out);
  BatchSummary summary;
  std::string line;
  for (int number = 1;; ++number) {
    if (in.rdbuf()->in_avail() <= 0) answers.Flush();
    if (!std::getline(in, line)) break;
    std::string_view text = line;
    if (number == 1 && text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    if (IsBlank(text)) continue;
    if (const auto parsed = policy::ParseBatchCase(text)) {
      answers.Put(AnswerLine(parsed->document, Evaluate(parsed->document, parsed->request)));
      ++summary.answered;
    } else {
      auto error = parsed.error();
      error.line = number;
      const auto message = ToText(error);
      answers.Put(fmt::format(R"({{"decision": null, "statement": null, "error": {}}})", JsonQuoted(message)));
      err << fmt::format("{}:{}\n", name, message);
      ++summary.malformed;
    }
  }
  return summary;
}

}  // namespace crrsim
