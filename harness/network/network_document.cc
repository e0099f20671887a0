#include "harness/network/network_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "registry_model/policy/text.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

using policy::JsonTree;
using policy::PolicyError;
using Id = JsonTree::Id;
using Kind = JsonTree::Kind;
using Part = JsonTree::Part;

constexpr std::string_view kCompletion = "completion";
constexpr std::array<std::string_view, 6> kKeys = {"uplink", "downlink", "latency", "flows", "links", kCompletion};
constexpr std::size_t kRequiredKeys = 4;
constexpr std::array<std::string_view, 6> kFlowKeys = {"start", "src", "dst", "bytes", "cap", "cancel_at"};
constexpr std::size_t kRequiredFlowKeys = 4;

constexpr double kMost = 1e30;
constexpr double kLeastRate = 1e-30;

/// What a number may be, in words for the message that it is not.
enum class Range : std::uint8_t { kRate, kTime, kWait, kBytes };

std::string_view TextOf(Range range) {
  switch (range) {
    case Range::kRate:
      return "a rate in bytes/s: 0, or from 1e-30 to 1e30";
    case Range::kTime:
      return "a time in seconds, from -1e30 to 1e30";
    case Range::kWait:
      return "a time in seconds, from 0 to 1e30";
    case Range::kBytes:
      return "a number of bytes, from 0 to 1e30";
  }
  return {};
}

bool IsWithin(Range range, double value) {
  if (!(std::abs(value) <= kMost)) return false;
  if (range == Range::kTime) return true;
  return value >= 0 && (range != Range::kRate || value == 0 || value >= kLeastRate);
}

/// Reads one document. Each step returns false once an error is set, and then nothing else is read.
class NetworkReader {
 public:
  explicit NetworkReader(const JsonTree& tree) : tree_(tree) {}

  Result<NetworkProblem, PolicyError> Read() {
    const bool sound =
        ReadObject(tree_.root(), "an object with uplink, downlink, latency and flows", kKeys, kRequiredKeys) &&
        ReadRegions() && ReadPairs("latency", Range::kWait, problem_.latency) &&
        (Member("links") == JsonTree::kNone || ReadPairs("links", Range::kRate, problem_.links)) && ReadFlows();
    if (!sound) return *std::move(error_);
    return std::move(problem_);
  }

 private:
  [[nodiscard]] Id Member(std::string_view key) const { return tree_.Member(tree_.root(), key); }
  bool Fail(Id at, std::string expected) {
    error_ = tree_.ErrorAt(at, Part::kValue, tree_.Describe(at), std::move(expected));
    return false;
  }

  /// Knows all keys of an object and has all that it must.
  bool ReadObject(Id object, std::string expected, std::span<const std::string_view> keys, std::size_t required) {
    if (tree_.kind(object) != Kind::kObject) return Fail(object, std::move(expected));
    for (Id child = tree_.first_child(object); child != JsonTree::kNone; child = tree_.next(child)) {
      const auto key = tree_.key(child);
      if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
      error_ = tree_.ErrorAt(child, Part::kKey, fmt::format("the key {}", policy::Quote(key)),
                             fmt::format("one of {}", fmt::join(keys, ", ")), NearestName(key, keys).value_or(""));
      return false;
    }
    for (const auto key : keys.first(required)) {
      if (tree_.Member(object, key) != JsonTree::kNone) continue;
      error_ = tree_.ErrorAt(object, Part::kValue, fmt::format("no {}", key), std::move(expected));
      return false;
    }
    return true;
  }

  bool ReadList(Id list, std::string expected) {
    return tree_.kind(list) == Kind::kArray || Fail(list, std::move(expected));
  }
  bool ReadCount(Id list, std::size_t count, std::string_view of_what) {
    if (tree_.child_count(list) == count) return true;
    error_ = tree_.ErrorAt(list, Part::kValue, fmt::format("a list of {}", tree_.child_count(list)),
                           fmt::format("{}, one for each of the {} regions that uplink lists", of_what, count));
    return false;
  }

  bool ReadNumber(Id id, Range range, double& into) {
    if (tree_.kind(id) != Kind::kNumber) return Fail(id, std::string(TextOf(range)));
    const auto digits = tree_.text(id);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
    if (error != std::errc() || !IsWithin(range, into)) return Fail(id, std::string(TextOf(range)));
    into += 0.0;  // which makes 0 of -0
    return true;
  }
  /// Where `null` says that there is no limit.
  bool ReadLimit(Id id, Range range, double& into) {
    if (tree_.kind(id) != Kind::kNull) return ReadNumber(id, range, into);
    into = NetworkProblem::kInfinite;
    return true;
  }
  bool ReadValue(Id id, Range range, double& into) {
    return range == Range::kRate ? ReadLimit(id, range, into) : ReadNumber(id, range, into);
  }
  bool ReadNumbers(Id list, Range range, std::vector<double>& into) {
    for (Id child = tree_.first_child(list); child != JsonTree::kNone; child = tree_.next(child)) {
      if (!ReadValue(child, range, into.emplace_back())) return false;
    }
    return true;
  }

  bool ReadRegions() {
    const Id uplink = Member("uplink");
    const Id downlink = Member("downlink");
    if (!ReadList(uplink, "a list of rates in bytes/s, one a region") ||
        !ReadNumbers(uplink, Range::kRate, problem_.uplink)) {
      return false;
    }
    return ReadList(downlink, "a list of rates in bytes/s, one a region") &&
           ReadCount(downlink, problem_.uplink.size(), "rates in bytes/s") &&
           ReadNumbers(downlink, Range::kRate, problem_.downlink);
  }

  /// A square of numbers, by source and destination.
  bool ReadPairs(std::string_view key, Range range, std::vector<double>& into) {
    const Id rows = Member(key);
    const auto regions = problem_.uplink.size();
    if (!ReadList(rows, "a list of lists, a row for each source")) return false;
    if (!ReadCount(rows, regions, "rows")) return false;
    for (Id row = tree_.first_child(rows); row != JsonTree::kNone; row = tree_.next(row)) {
      if (!ReadList(row, "a list with a number for each destination")) return false;
      if (!ReadCount(row, regions, "numbers") || !ReadNumbers(row, range, into)) return false;
    }
    return true;
  }

  bool ReadRegion(Id id, std::uint32_t& into) {
    const auto regions = problem_.uplink.size();
    double value = -1;
    if (tree_.kind(id) == Kind::kNumber) {
      const auto digits = tree_.text(id);
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
    }
    if (!(value >= 0 && value < static_cast<double>(regions)) || value != std::floor(value)) {
      return Fail(id, regions == 0 ? "a region, but uplink lists none"
                                   : fmt::format("a region: a whole number from 0 to {}", regions - 1));
    }
    into = static_cast<std::uint32_t>(value);
    return true;
  }

  bool ReadFlows() {
    const Id flows = Member("flows");
    if (!ReadList(flows, "a list of flows")) return false;
    for (Id child = tree_.first_child(flows); child != JsonTree::kNone; child = tree_.next(child)) {
      if (!ReadFlow(child, problem_.flows.emplace_back())) return false;
    }
    return true;
  }
  bool ReadFlow(Id object, NetworkProblem::Flow& flow) {
    if (!ReadObject(object, "an object with start, src, dst and bytes", kFlowKeys, kRequiredFlowKeys)) return false;
    if (!ReadNumber(tree_.Member(object, "start"), Range::kTime, flow.start)) return false;
    if (!ReadRegion(tree_.Member(object, "src"), flow.src) || !ReadRegion(tree_.Member(object, "dst"), flow.dst)) {
      return false;
    }
    if (!ReadNumber(tree_.Member(object, "bytes"), Range::kBytes, flow.bytes)) return false;
    const Id cap = tree_.Member(object, "cap");
    const Id cancel_at = tree_.Member(object, "cancel_at");
    return (cap == JsonTree::kNone || ReadLimit(cap, Range::kRate, flow.cap)) &&
           (cancel_at == JsonTree::kNone || ReadLimit(cancel_at, Range::kTime, flow.cancel_at));
  }

  const JsonTree& tree_;
  NetworkProblem problem_;
  std::optional<PolicyError> error_;
};

/// Appends a value as one line. It holds no text but keys, and those are known ones; so there is nothing to escape.
void AppendValue(const JsonTree& tree, Id id, std::string& out) {
  const auto kind = tree.kind(id);
  if (kind != Kind::kArray && kind != Kind::kObject) {
    out += kind == Kind::kNull ? "null" : tree.text(id);
    return;
  }
  out += kind == Kind::kArray ? '[' : '{';
  for (Id child = tree.first_child(id); child != JsonTree::kNone; child = tree.next(child)) {
    if (child != tree.first_child(id)) out += ", ";
    if (kind == Kind::kObject) fmt::format_to(std::back_inserter(out), "\"{}\": ", tree.key(child));
    AppendValue(tree, child, out);
  }
  out += kind == Kind::kArray ? ']' : '}';
}

/// Appends a list whose elements are lists or objects, each on a line of its own.
void AppendRows(const JsonTree& tree, Id list, std::string& out) {
  out += "[";
  for (Id child = tree.first_child(list); child != JsonTree::kNone; child = tree.next(child)) {
    out += child == tree.first_child(list) ? "\n    " : ",\n    ";
    AppendValue(tree, child, out);
  }
  out += "\n  ]";
}

}  // namespace

NetworkDocument::NetworkDocument(std::shared_ptr<const std::string> text, JsonTree tree, NetworkProblem problem)
    : text_(std::move(text)), tree_(std::move(tree)), problem_(std::move(problem)) {}

Result<NetworkDocument, PolicyError> NetworkDocument::Parse(std::string text) {
  auto kept = std::make_shared<const std::string>(std::move(text));
  auto tree = JsonTree::Parse(*kept);
  if (!tree) return std::move(tree).error();
  auto problem = NetworkReader(*tree).Read();
  if (!problem) return std::move(problem).error();
  return NetworkDocument(std::move(kept), *std::move(tree), *std::move(problem));
}

std::string NetworkDocument::WithCompletions(const std::vector<std::optional<double>>& completions) const {
  std::string out = "{\n";
  for (Id child = tree_.first_child(tree_.root()); child != JsonTree::kNone; child = tree_.next(child)) {
    if (tree_.key(child) == kCompletion) continue;
    fmt::format_to(std::back_inserter(out), "  \"{}\": ", tree_.key(child));
    const Id first = tree_.first_child(child);
    const bool has_rows =
        first != JsonTree::kNone && tree_.kind(first) != Kind::kNumber && tree_.kind(first) != Kind::kNull;
    has_rows ? AppendRows(tree_, child, out) : AppendValue(tree_, child, out);
    out += ",\n";
  }
  fmt::format_to(std::back_inserter(out), "  \"{}\": [", kCompletion);
  for (std::size_t i = 0; i < completions.size(); ++i) {
    if (i > 0) out += ", ";
    if (completions[i]) {
      fmt::format_to(std::back_inserter(out), "{:.17g}", *completions[i]);
    } else {
      out += "null";
    }
  }
  return out + "]\n}\n";
}

}  // namespace crrsim
