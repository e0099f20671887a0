#include "harness/report/junit.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/names.h"
#include "harness/report/parts.h"
#include "harness/run/claim_text.h"

namespace crrsim {

namespace {

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
};

Counts CountsOf(const RunResult& result) {
  const auto failed = std::count_if(result.expectations.begin(), result.expectations.end(),
                                    [](const ExpectationResult& one) { return !one.held; }) +
                      std::count_if(result.invariants.begin(), result.invariants.end(),
                                    [](const InvariantVerdict& one) { return !one.held(); });
  return {result.expectations.size() + result.invariants.size() + 1, static_cast<std::size_t>(failed),
          result.verdict == Verdict::kError ? 1U : 0U};
}

std::string CaseOf(const RunResult& result, const InvariantVerdict& verdict) {
  auto xml = fmt::format("    <testcase classname=\"{}\" name=\"invariant {}\" time=\"0\"",
                         EscapedForXml(result.scenario), verdict.invariant->name);
  if (verdict.held()) return xml + "/>\n";
  std::string all;
  for (const auto& violation : verdict.violations) all += TextOf(violation, result.start) + "\n";
  const auto message =
      fmt::format("{} of: {}", Counted(verdict.violations.size(), "violation"), verdict.invariant->claim);
  return xml + fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", EscapedForXml(message),
                           EscapedForXml(all + "reproduce: " + result.reproduce));
}

std::string SuiteOf(const RunResult& result) {
  const auto counts = CountsOf(result);
  auto xml = fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"0\" time=\"{:.6f}\">\n",
      EscapedForXml(result.scenario), counts.tests, counts.failures, counts.errors, result.wall_seconds);
  xml += fmt::format(
      "    <properties>\n      <property name=\"seed\" value=\"{}\"/>\n      <property name=\"run_digest\" "
      "value=\"{}\"/>\n    </properties>\n",
      result.seed, ToText(result.run_digest));
  xml += fmt::format("    <testcase classname=\"{}\" name=\"run\" time=\"{:.6f}\"", EscapedForXml(result.scenario),
                     result.wall_seconds);
  if (counts.errors == 0) {
    xml += "/>\n";
  } else {
    xml += fmt::format(">\n      <error message=\"{}\">{}</error>\n    </testcase>\n", EscapedForXml(result.error),
                       EscapedForXml(result.reproduce));
  }
  for (const auto& one : result.expectations) {
    xml += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\" time=\"0\"", EscapedForXml(result.scenario),
                       one.place.line, EscapedForXml(one.claim));
    if (one.held) {
      xml += "/>\n";
    } else {
      xml +=
          fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", EscapedForXml(one.observed),
                      EscapedForXml(fmt::format("{}: {}\nobserved: {}\nreproduce: {}", ToText(one.place), one.claim,
                                                one.observed, result.reproduce)));
    }
  }
  for (const auto& one : result.invariants) xml += CaseOf(result, one);
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
