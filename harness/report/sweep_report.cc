#include "harness/report/sweep_report.h"

#include <fmt/color.h>
#include <fmt/format.h>

#include <algorithm>

#include "harness/json.h"
#include "harness/report/names.h"
#include "harness/report/parts.h"
#include "harness/run/claim_text.h"
#include "harness/run/recording.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

constexpr std::size_t kFailingShownMax = 50;

SweptLag LagOf(std::string name, std::vector<Duration> lags) {
  std::sort(lags.begin(), lags.end());
  return {std::move(name),      static_cast<std::int64_t>(lags.size()),
          QuantileOf(lags, 50), QuantileOf(lags, 90),
          QuantileOf(lags, 99), lags.back()};
}

template <class Key, class Name>
std::vector<SweptLag> Grouped(const SweepResult& result, Key key_of, Name name_of) {
  std::map<decltype(key_of(Way())), std::vector<Duration>> groups;
  for (const auto& [way, lags] : result.lags) {
    auto& group = groups[key_of(way)];
    group.insert(group.end(), lags.begin(), lags.end());
  }
  std::vector<SweptLag> rows;
  for (auto& [key, lags] : groups) rows.push_back(LagOf(name_of(key), std::move(lags)));
  return rows;
}

std::string_view NameOf(SweepEnd end) {
  switch (end) {
    case SweepEnd::kComplete:
      return "complete";
    case SweepEnd::kFirstFailure:
      return "first-failure";
    case SweepEnd::kInterrupted:
      return "interrupted";
  }
  CRRSIM_CHECK(false);
}

std::string SeedsText(const SweepResult& result) {
  auto text = fmt::format("seeds {}..{}: {} passed, {} failed, {}", result.seeds.first, result.seeds.last,
                          result.passed, result.failed, Counted(result.errors, "error"));
  if (result.end == SweepEnd::kFirstFailure && result.ran < result.seeds.size()) {
    text += "; stopped at the first failure (--keep-going runs them all)";
  }
  if (result.end == SweepEnd::kInterrupted) {
    text += fmt::format("; interrupted, {} of {} are known", result.ran, result.seeds.size());
  }
  return text;
}

std::string LagTable(std::string_view title, const std::vector<SweptLag>& rows) {
  if (rows.empty()) return {};
  std::size_t width = 0;
  for (const auto& row : rows) width = std::max(width, row.name.size());
  auto text = fmt::format("{}\n", title);
  for (const auto& row : rows) {
    text +=
        fmt::format("  {:<{}}  {:>8} images  p50 {:>7}  p90 {:>7}  p99 {:>7}  max {:>7}\n", row.name, width, row.images,
                    ToShortText(row.p50), ToShortText(row.p90), ToShortText(row.p99), ToShortText(row.max));
  }
  return text;
}

Json ToJson(const std::vector<SweptLag>& rows, std::string_view key) {
  auto json = Json::array();
  for (const auto& row : rows) {
    json.push_back({{key, row.name},
                    {"images", row.images},
                    {"p50_seconds", row.p50.seconds()},
                    {"p90_seconds", row.p90.seconds()},
                    {"p99_seconds", row.p99.seconds()},
                    {"max_seconds", row.max.seconds()}});
  }
  return json;
}

std::string Joined(const std::vector<std::string>& lines) { return fmt::format("{}", fmt::join(lines, "\n")); }

}  // namespace

std::vector<SweptLag> LagsByDestination(const SweepResult& result) {
  return Grouped(
      result, [](const Way& way) { return way.second; },
      [&](const RegistryKey& registry) { return NameOf(result.accounts, registry); });
}

std::vector<SweptLag> LagsByRegionPair(const SweepResult& result) {
  return Grouped(
      result, [](const Way& way) { return std::pair(way.first.region, way.second.region); },
      [](const auto& pair) { return fmt::format("{} to {}", pair.first.text(), pair.second.text()); });
}

std::string ToTerminal(const SweepResult& result, const TerminalOptions& options) {
  const auto styled = [&](const fmt::text_style& style, const std::string& text) {
    return options.colour == Colour::kOn ? fmt::format(style, "{}", text) : text;
  };
  const auto red = fg(fmt::terminal_color::red) | fmt::emphasis::bold;
  std::string text;
  if (options.detail != Detail::kQuiet) {
    text += styled(fmt::emphasis::bold, result.title.empty() ? result.scenario : result.title) + "\n";
    text += LagTable("Lag by destination, of all images of all seeds", LagsByDestination(result));
    text += LagTable("Lag by pair of regions", LagsByRegionPair(result));
    if (!result.faults.empty()) text += "Faults\n";
    for (const auto& [name, fault] : result.faults) {
      text += fmt::format("  {}: fired {}, {} of these hit something, {} in all\n", name,
                          Counted(static_cast<std::size_t>(fault.fired), "time"), fault.fired_and_hit,
                          Counted(static_cast<std::size_t>(fault.hits), "hit"));
    }
  }
  for (const auto& warning : result.warnings) text += styled(red, "warning") + "  " + warning + "\n";
  if (!result.failing.empty()) text += "Seeds that did not pass\n";
  for (std::size_t i = 0; i < std::min(result.failing.size(), kFailingShownMax); ++i) {
    const auto& one = result.failing[i];
    text += fmt::format("  {}  {}\n", styled(red, std::string(NameOf(one.verdict))), one.reproduce);
    for (const auto& problem : one.problems) text += fmt::format("        {}\n", problem);
  }
  if (result.failing.size() > kFailingShownMax) {
    text += fmt::format("  ... and {} more; --json has all\n", result.failing.size() - kFailingShownMax);
  }
  const auto verdict = result.verdict();
  const auto word = verdict == Verdict::kPass ? styled(fg(fmt::terminal_color::green) | fmt::emphasis::bold, "PASS ")
                                              : styled(red, verdict == Verdict::kFail ? "FAIL " : "ERROR");
  return text + fmt::format("{} {}  {}  digest {}  {:.3f} s, {:.1f} seeds/s\n", word, SeedsText(result),
                            Counted(result.events, "event"), ToText(result.digest), result.wall_seconds,
                            static_cast<double>(result.ran) / std::max(result.wall_seconds, 1e-9));
}

nlohmann::ordered_json ToJson(const SweepResult& result) {
  Json report = {{"verdict", NameOf(result.verdict())},
                 {"scenario", result.scenario},
                 {"title", result.title},
                 {"first_seed", result.seeds.first},
                 {"last_seed", result.seeds.last},
                 {"end", NameOf(result.end)},
                 {"ran", result.ran},
                 {"passed", result.passed},
                 {"failed", result.failed},
                 {"errors", result.errors},
                 {"events", result.events},
                 {"digest", ToText(result.digest)},
                 {"wall_seconds", result.wall_seconds}};
  report["lags_by_destination"] = ToJson(LagsByDestination(result), "destination");
  report["lags_by_region_pair"] = ToJson(LagsByRegionPair(result), "regions");
  report["faults"] = Json::array();
  for (const auto& [name, fault] : result.faults) {
    report["faults"].push_back(
        {{"fault", name}, {"fired", fault.fired}, {"fired_and_hit", fault.fired_and_hit}, {"hits", fault.hits}});
  }
  report["failing"] = Json::array();
  for (const auto& one : result.failing) {
    report["failing"].push_back({{"seed", one.seed},
                                 {"verdict", NameOf(one.verdict)},
                                 {"problems", one.problems},
                                 {"reproduce", one.reproduce}});
  }
  report["warnings"] = result.warnings;
  return report;
}

nlohmann::ordered_json SweepSchema() {
  using schema::kCount;
  using schema::kHash;
  using schema::kNumber;
  using schema::kSeed;
  using schema::kText;
  using schema::Object;
  using schema::Rows;
  const auto lags = [](std::string_view key, const std::string& description) {
    Json members = {{key, kText}, {"images", kCount}};
    for (const auto* quantile : {"p50_seconds", "p90_seconds", "p99_seconds", "max_seconds"})
      members[quantile] = kNumber;
    return Rows(description, members);
  };
  Json members = {{"verdict", {{"enum", {"pass", "fail", "error"}}}},
                  {"scenario", kText},
                  {"title", kText},
                  {"first_seed", kSeed},
                  {"last_seed", kSeed},
                  {"end", {{"enum", {"complete", "first-failure", "interrupted"}}}},
                  {"ran", kCount},
                  {"passed", kCount},
                  {"failed", kCount},
                  {"errors", kCount},
                  {"events", kCount},
                  {"digest", kHash},
                  {"wall_seconds", kNumber}};
  members["lags_by_destination"] = lags("destination", "by destination registry, over all images of all seeds");
  members["lags_by_region_pair"] = lags("regions", "by pair of regions, over all images of all seeds");
  members["faults"] = Rows("by kind: how many began, how many of these hit something, and the hits of all",
                           {{"fault", kText}, {"fired", kCount}, {"fired_and_hit", kCount}, {"hits", kCount}});
  members["failing"] =
      Rows("seeds that did not pass, in ascending order", {{"seed", kSeed},
                                                           {"verdict", {{"enum", {"fail", "error"}}}},
                                                           {"problems", {{"type", "array"}, {"items", kText}}},
                                                           {"reproduce", kText}});
  members["warnings"] = {{"type", "array"}, {"items", kText}};
  return schema::OneOrSeveral("crrsim report of sweeps over seeds", "sweep", Object(members));
}

std::string ToJUnit(const std::vector<SweepResult>& results) {
  std::string suites;
  std::size_t tests = 0;
  std::uint64_t failures = 0;
  std::uint64_t errors = 0;
  for (const auto& result : results) {
    const auto cases = result.failing.size() + 1;
    suites += fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.6f}\">\n",
        EscapedForXml(result.scenario), cases, result.failed, result.errors, result.wall_seconds);
    suites += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"/>\n",
                          EscapedForXml(result.scenario), EscapedForXml(SeedsText(result)), result.wall_seconds);
    for (const auto& one : result.failing) {
      const auto* kind = one.verdict == Verdict::kFail ? "failure" : "error";
      suites += fmt::format(
          "    <testcase classname=\"{}\" name=\"seed {}\" time=\"0\">\n      <{} message=\"{}\">{}</{}>\n    "
          "</testcase>\n",
          EscapedForXml(result.scenario), one.seed, kind, EscapedForXml(Joined(one.problems)),
          EscapedForXml("reproduce: " + one.reproduce), kind);
    }
    suites += "  </testsuite>\n";
    tests += cases;
    failures += result.failed;
    errors += result.errors;
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"crrsim\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\">\n{}</testsuites>\n",
      tests, failures, errors, suites);
}

}  // namespace crrsim
