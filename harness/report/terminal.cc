#include "harness/report/terminal.h"

#include <fmt/color.h>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "harness/report/names.h"
#include "harness/report/printable.h"
#include "harness/report/queue_depth.h"
#include "harness/report/throughput.h"
#include "harness/run/claim_text.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

/// More lines than this are for -v.
constexpr std::size_t kTimelineLinesMax = 60;
constexpr std::size_t kTableRowsMax = 24;

class Page {
 public:
  Page(const RunResult& result, const TerminalOptions& options) : result_(result), options_(options) {}

  std::string Whole() {
    if (options_.detail != Detail::kQuiet) {
      Heading();
      Timeline();
      Images();
      Replication();
      Bill();
      Faults();
      Assumptions();
    }
    Expectations();
    Invariants();
    Waiting();
    LastLine();
    return std::move(text_);
  }

 private:
  void Line(const std::string& line) { text_ += line + "\n"; }
  [[nodiscard]] std::string Styled(const fmt::text_style& style, const std::string& text) const {
    return options_.colour == Colour::kOn ? fmt::format(style, "{}", text) : text;
  }
  [[nodiscard]] std::string Bold(const std::string& text) const { return Styled(fmt::emphasis::bold, text); }
  [[nodiscard]] std::string Faint(const std::string& text) const { return Styled(fmt::emphasis::faint, text); }
  [[nodiscard]] std::string Green(const std::string& text) const {
    return Styled(fg(fmt::terminal_color::green), text);
  }
  [[nodiscard]] std::string Red(const std::string& text) const {
    return Styled(fg(fmt::terminal_color::red) | fmt::emphasis::bold, text);
  }
  void Section(const std::string& title) { Line("\n" + Bold(title)); }
  /// What a scenario or a document holds must not steer the terminal.
  static std::string Safe(std::string_view text) { return Printable(text); }
  /// Of a registry or an account.
  template <class Named>
  [[nodiscard]] std::string Name(const Named& named) const {
    return Safe(NameOf(result_, named));
  }
  /// How many rows of so many are shown.
  [[nodiscard]] std::size_t ShownOf(std::size_t rows) const {
    return options_.detail == Detail::kVerbose ? rows : std::min(rows, kTableRowsMax);
  }
  void More(std::size_t hidden, std::string_view noun) {
    if (hidden == 0) return;
    Line(Faint(fmt::format("  ... and {} more {}{}; -v shows all", hidden, noun, hidden == 1 ? "" : "s")));
  }

  void Heading() {
    Line(Bold(Safe(result_.title.empty() ? result_.scenario : result_.title)));
    Line(Faint(fmt::format("{}, seed {}, starts {}", Safe(result_.scenario), result_.seed, ToText(result_.start))));
    for (const auto& note : result_.notes) Line(Faint(Safe(note)));
  }

  void Timeline() {
    Section("What happened");
    std::size_t shown = 0;
    std::size_t hidden = 0;
    for (const auto& entry : result_.timeline) {
      if (entry.kind == TimelineEntry::Kind::kExpectation) continue;
      if (entry.detail && options_.detail != Detail::kVerbose) continue;
      if (shown == kTimelineLinesMax && options_.detail != Detail::kVerbose) {
        ++hidden;
        continue;
      }
      ++shown;
      const bool step = entry.kind == TimelineEntry::Kind::kStep;
      const auto when = fmt::format("{:>9}", "+" + ToShortText(entry.when - result_.start));
      Line(fmt::format("{}  {}", Faint(when), step ? Bold("> " + Safe(entry.text)) : "    " + Safe(entry.text)));
    }
    More(hidden, "line");
  }

  void Images() {
    if (result_.images.empty()) return;
    Section("Images at the end");
    std::size_t region_width = 0;
    std::size_t name_width = 0;
    const auto rows = ShownOf(result_.images.size());
    for (std::size_t i = 0; i < rows; ++i) {
      region_width = std::max(region_width, Name(result_.images[i].registry).size());
      name_width = std::max(name_width, NameOfImage(result_.images[i]).size());
    }
    for (std::size_t i = 0; i < rows; ++i) {
      const auto& image = result_.images[i];
      Line(fmt::format("  {:<{}}  {:<{}}  {}  {}", Name(image.registry), region_width, NameOfImage(image), name_width,
                       image.digest.text(), ToShortText(image.size)));
    }
    More(result_.images.size() - rows, "image");
  }

  void Replication() {
    if (result_.replications.empty()) return;
    Section("Replication");
    for (const auto& way : LagFiguresOf(result_)) {
      Line(fmt::format("  {} to {}: {}, lag p50 {}, p90 {}, p99 {}, max {}", Name(way.source), Name(way.destination),
                       Counted(static_cast<std::size_t>(way.images), "image"), ToShortText(way.p50),
                       ToShortText(way.p90), ToShortText(way.p99), ToShortText(way.max)));
    }
    FailedCopies();
    for (const auto& depth : QueueDepthsOf(result_.replications)) {
      if (depth.max == 0) continue;
      Line(fmt::format("  {}: at most {} queued or running, first at +{}", Name(depth.destination),
                       Counted(static_cast<std::size_t>(depth.max), "replication"),
                       ToShortText(depth.max_at - result_.start)));
    }
  }

  /// What never arrived has no lag; without a line of its own it would be missed.
  void FailedCopies() {
    std::map<std::tuple<RegistryKey, RegistryKey, FailureCode>, std::size_t> failed;
    std::map<std::pair<RegistryKey, RegistryKey>, std::size_t> under_way;
    for (const auto& row : result_.replications) {
      const auto& copy = row.replication;
      if (row.status == ReplicationStatus::kFailed) ++failed[{copy.source, copy.destination, row.failure}];
      if (row.status == ReplicationStatus::kInProgress) ++under_way[{copy.source, copy.destination}];
    }
    const auto line = [&](const RegistryKey& source, const RegistryKey& destination, const std::string& what) {
      Line(fmt::format("  {} to {}: {}", Name(source), Name(destination), what));
    };
    for (const auto& [way, count] : failed) {
      const auto& [source, destination, failure] = way;
      line(source, destination, fmt::format("{} FAILED with {}", Counted(count, "replication"), NameOf(failure)));
    }
    for (const auto& [way, count] : under_way) {
      line(way.first, way.second, Counted(count, "replication") + " not ended");
    }
  }

  static std::string NameOfImage(const ImageRow& image) {
    return image.tag ? fmt::format("{}:{}", image.repository.text(), image.tag->text())
                     : fmt::format("{} (no tag)", image.repository.text());
  }

  /// Six decimals, and as many more as it takes to show that it is not zero.
  [[nodiscard]] std::string GigabyteMonths(Int128 byte_nanoseconds, CalendarMonth month) const {
    const auto value = result_.units.GigabyteMonthsOf(byte_nanoseconds, month);
    int decimals = 6;
    for (auto scaled = value * 1e6; scaled > 0 && scaled < 10 && decimals < 30; scaled *= 10) ++decimals;
    return fmt::format("{:.{}f}", value, decimals);
  }

  void Bill() {
    const auto& bill = result_.bill;
    if (bill.storage.empty() && bill.transfers.empty()) return;
    Section("The bill");
    std::vector<std::string> lines;
    const auto row = [&](const std::string& text) { lines.push_back("  " + text); };
    for (const auto& one : bill.transfers) {
      row(fmt::format("moved       {} to {}, {}: {} bytes, {} wasted; {} pays", Name(one.source), Name(one.destination),
                      one.repository.text(), one.useful.bytes(), one.wasted.bytes(), Name(one.payer)));
    }
    for (const auto& one : bill.storage) {
      row(fmt::format("stored      {}, {}, {}: {} GB-months", Name(one.where.registry), one.where.repository.text(),
                      ToText(one.month), GigabyteMonths(one.byte_nanoseconds, one.month)));
      if (one.archived_byte_nanoseconds == 0) continue;
      row(fmt::format("archived    {}, {}, {}: {} GB-months", Name(one.where.registry), one.where.repository.text(),
                      ToText(one.month), GigabyteMonths(one.archived_byte_nanoseconds, one.month)));
    }
    for (const auto& one : bill.replicated) {
      row(fmt::format("replicated  from {}, {}, {}: {} bytes, {} GB-months at its destinations",
                      Name(one.source.registry), one.source.repository.text(), ToText(one.month), one.volume.bytes(),
                      GigabyteMonths(one.byte_nanoseconds, one.month)));
    }
    const auto rows = ShownOf(lines.size());
    for (std::size_t i = 0; i < rows; ++i) Line(lines[i]);
    More(lines.size() - rows, "row");
  }

  void Faults() {
    if (result_.faults.empty()) return;
    Section("Faults");
    const auto rows = ShownOf(result_.faults.size());
    for (std::size_t i = 0; i < rows; ++i) {
      const auto& one = result_.faults[i];
      const auto outcome = one.fired == 0  ? std::string("did not begin")
                           : one.hits == 0 ? std::string("hit nothing")
                                           : "hit " + Counted(static_cast<std::size_t>(one.hits), "time");
      Line(fmt::format("  {}, {}: {}", Safe(one.name), Safe(one.target), outcome));
    }
    More(result_.faults.size() - rows, "fault");
  }

  void Assumptions() {
    if (result_.assumptions.empty()) return;
    Section("Assumptions that this rests on");
    std::string names;
    for (const auto& one : result_.assumptions)
      names += fmt::format("{}{} = {}", names.empty() ? "" : ", ", one.name, one.value);
    Line(Faint("  " + names));
  }

  void Expectations() {
    const bool quiet = options_.detail == Detail::kQuiet;
    if (!quiet && !result_.expectations.empty()) Section("Expectations");
    for (const auto& one : result_.expectations) {
      if (quiet && one.held) continue;
      Line(fmt::format("  {}  {}:{}  {}", one.held ? Green("ok    ") : Red("FAILED"), Safe(result_.scenario),
                       one.place.line, Safe(one.claim)));
      Line(Faint(fmt::format("          {}", Safe(one.observed))));
    }
    if (!result_.error.empty()) Line("\n" + Red("error") + "  " + Safe(result_.error));
  }

  void Invariants() {
    std::size_t held = 0;
    for (const auto& one : result_.invariants) {
      if (one.held()) {
        ++held;
        continue;
      }
      Line(fmt::format("  {}  {}  invariant {}: {}", Red("BROKEN"), Safe(result_.scenario), one.invariant->name,
                       one.invariant->claim));
      const auto rows = ShownOf(one.violations.size());
      for (std::size_t i = 0; i < rows; ++i) {
        Line(Faint(fmt::format("          {}", TextOf(one.violations[i], result_.start))));
      }
      More(one.violations.size() - rows, "violation");
    }
    if (options_.detail != Detail::kQuiet && held > 0 && held == result_.invariants.size()) {
      Line(fmt::format("  {}  {}", Green("ok    "), Faint(fmt::format("all {} invariants", held))));
    }
  }

  void Waiting() {
    if (!result_.waiting.empty() && result_.verdict != Verdict::kPass) {
      Section(fmt::format("What waited for what at {} (+{})", ToText(*result_.waiting_at),
                          ToShortText(*result_.waiting_at - result_.start)));
      for (const auto& line : result_.waiting) Line("  " + Safe(line));
    }
    for (const auto& line : result_.warnings) Line(Red("warning") + "  " + Safe(line));
  }

  void LastLine() {
    const auto held = std::count_if(result_.expectations.begin(), result_.expectations.end(),
                                    [](const ExpectationResult& one) { return one.held; });
    const auto simulated = ToShortText(result_.end - result_.start);
    const auto verdict =
        result_.verdict == Verdict::kPass ? Green("PASS ") : Red(result_.verdict == Verdict::kFail ? "FAIL " : "ERROR");
    if (options_.detail != Detail::kQuiet) text_ += "\n";
    // A pass of nothing would read as if something had been shown.
    const auto claims = !result_.expectations.empty()
                            ? fmt::format("{}/{} expectations", held, result_.expectations.size())
                        : result_.invariants.empty()
                            ? std::string("nothing claimed, nothing judged")
                            : fmt::format("nothing claimed; only the {} invariants judged", result_.invariants.size());
    Line(fmt::format("{} {}  seed {}  digest {}  {} simulated in {:.3f} s  {}", verdict, claims, result_.seed,
                     ToText(result_.run_digest), simulated, result_.wall_seconds, Counted(result_.events, "event")));
    if (result_.verdict != Verdict::kPass) Line(fmt::format("      reproduce: {}", Safe(result_.reproduce)));
  }

  const RunResult& result_;
  const TerminalOptions& options_;
  std::string text_;
};

}  // namespace

std::string ToTerminal(const RunResult& result, const TerminalOptions& options) {
  return Page(result, options).Whole();
}

std::string SummaryOf(const std::vector<RunResult>& results, const TerminalOptions& options) {
  std::size_t failed = 0;
  std::size_t errors = 0;
  std::size_t expectations = 0;
  std::size_t claimless = 0;
  std::uint64_t events = 0;
  double seconds = 0;
  std::string list;
  for (const auto& result : results) {
    failed += result.verdict == Verdict::kFail ? 1U : 0U;
    errors += result.verdict == Verdict::kError ? 1U : 0U;
    expectations += result.expectations.size();
    claimless += result.expectations.empty() && result.verdict == Verdict::kPass ? 1U : 0U;
    events += result.events;
    seconds += result.wall_seconds;
    if (result.verdict != Verdict::kPass)
      list += fmt::format("  {}  {}\n", NameOf(result.verdict), Printable(result.reproduce));
  }
  const bool pass = failed + errors == 0;
  const auto word = std::string(pass ? "PASS" : "FAIL");
  const auto style = fg(pass ? fmt::terminal_color::green : fmt::terminal_color::red) | fmt::emphasis::bold;
  if (claimless > 0) {
    list += fmt::format("  {} {} nothing; only the invariants were judged there\n", Counted(claimless, "scenario"),
                        claimless == 1 ? "claims" : "claim");
  }
  return fmt::format("{}  {} of {} passed, {}, {}, {:.3f} s\n{}",
                     options.colour == Colour::kOn ? fmt::format(style, "{}", word) : word,
                     results.size() - failed - errors, Counted(results.size(), "scenario"),
                     Counted(expectations, "expectation"), Counted(events, "event"), seconds, list);
}

}  // namespace crrsim
