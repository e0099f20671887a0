#include "harness/report/junit.h"

#include <fmt/format.h>

#include <algorithm>

namespace crrsim {

namespace {

/// Escapes for attribute values and text; characters that XML 1.0 cannot hold are replaced.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
    }
  }
  return escaped;
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
};

Counts CountsOf(const RunResult& result) {
  const auto failed = std::count_if(result.expectations.begin(), result.expectations.end(),
                                    [](const ExpectationResult& one) { return !one.held; });
  return {result.expectations.size() + 1, static_cast<std::size_t>(failed),
          result.verdict == Verdict::kError ? 1U : 0U};
}

std::string SuiteOf(const RunResult& result) {
  const auto counts = CountsOf(result);
  auto xml = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.6f}\">\n",
      Escaped(result.scenario), counts.tests, counts.failures, counts.errors, result.wall_seconds);
  xml += fmt::format(
      "    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n      <property name=\"run_digest\" "
      "value=\"{}\"/>\n    </properties>\n",
      result.seed, ToText(result.run_digest));
  xml += fmt::format("    <testcase classname=\"{}\" name=\"run\" time=\"{:.6f}\"", Escaped(result.scenario),
                     result.wall_seconds);
  if (counts.errors == 0) {
    xml += "/>\n";
  } else {
    xml += fmt::format(">\n      <error message=\"{}\">{}</error>\n    </testcase>\n", Escaped(result.error),
                       Escaped(result.reproduce));
  }
  for (const auto& one : result.expectations) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\" time=\"0\"", Escaped(result.scenario),
                       one.place.line, Escaped(one.claim));
    if (one.held) {
      xml += "/>\n";
    } else {
      xml += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", Escaped(one.observed),
                         Escaped(fmt::format("{}: {}\nobserved: {}\nreproduce: {}", ToText(one.place), one.claim,
                                             one.observed, result.reproduce)));
    }
  }
  return xml + "  </testsuite>\n";
}

}  // namespace

std::string ToJUnit(const std::vector<RunResult>& results) {
  Counts total;
  std::string suites;
  for (const auto& result : results) {
    const auto counts = CountsOf(result);
    total.tests += counts.tests;
    total.failures += counts.failures;
    total.errors += counts.errors;
    suites += SuiteOf(result);
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"crrsim\" tests=\"{}\" failures=\"{}\" "
      "errors=\"{}\">\n{}</testsuites>\n",
      total.tests, total.failures, total.errors, suites);
}

}  // namespace crrsim
