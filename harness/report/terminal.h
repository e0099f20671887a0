// The report of a run for people: what happened on a timeline, each expectation with its verdict, the images, the bill,
// and a last line that says it all. Colours on a terminal, plain text in a pipe; the words are the same.
#pragma once

#include <string>

#include "harness/run/run.h"

namespace crrsim {

enum class Colour : std::uint8_t { kOff, kOn };
enum class Detail : std::uint8_t {
  kQuiet,  // the last line alone, and what failed
  kNormal,
  kVerbose,  // every event
};

struct TerminalOptions {
  Colour colour = Colour::kOff;
  Detail detail = Detail::kNormal;
};

/// Ends with a newline.
std::string ToTerminal(const RunResult& result, const TerminalOptions& options);

/// `PASS  12 scenarios, 57 expectations` and so on, for several runs. Ends with a newline.
std::string SummaryOf(const std::vector<RunResult>& results, const TerminalOptions& options);

}  // namespace crrsim
