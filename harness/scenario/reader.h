// Reads values of a scenario file, each to its strong type, and collects every mistake with its place.
//
// A reader returns an empty optional after a mistake; the mistake is in `diagnostics`, and loading goes on to find
// more.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/keys.h"
#include "harness/scenario/scenario.h"
#include "harness/scenario/yaml.h"

namespace crrsim {

/// What is known of the file so far, for all who read parts of it.
struct LoadContext {
  std::string path;
  std::string text;
  std::vector<Diagnostic> diagnostics;
  std::set<std::string> used_keys;          // `section.key`
  std::map<std::string, Digest> documents;  // that were read, as the scenario names them
  std::vector<Account> accounts;
  std::vector<RegionName> regions;
  std::vector<LinkConfig> links;  // none where the network could not be read
  std::vector<std::string> image_names;
  std::vector<std::string> labels;
  std::map<std::string, std::string> answered_operations;  // by the label of the call that succeeds
  Instant start;
  Duration time_named;  // all durations of the file together

  /// Counts a duration that the scenario names `times` times. Returns false when all together are more than a run's
  /// clock could be trusted to hold.
  bool TakeTime(Duration span, std::int64_t times);
  void Refuse(const Place& place, std::string message) { diagnostics.push_back({place, std::move(message)}); }
};

class ValueReader {
 public:
  explicit ValueReader(LoadContext& context) : context_(context) {}

  std::optional<std::string> Text(const Node& node);
  std::optional<bool> YesNo(const Node& node);
  std::optional<std::int64_t> Integer(const Node& node);
  std::optional<std::int64_t> Percent(const Node& node);
  std::optional<LossRate> Fraction(const Node& node);
  std::optional<Duration> Span(const Node& node);
  std::optional<ByteCount> Size(const Node& node);
  std::optional<BytesPerSecond> Rate(const Node& node);
  std::optional<Instant> Moment(const Node& node);
  std::optional<Instant> MomentOrOffset(const Node& node);
  std::optional<CalendarMonth> Month(const Node& node);
  std::optional<AccountId> Account(const Node& node);
  std::optional<RegionName> Region(const Node& node);
  std::optional<RegistryKey> Registry(const Node& node);
  std::optional<RepositoryName> Repository(const Node& node);
  std::optional<ImageReference> Reference(const Node& node);
  std::optional<Digest> ContentDigest(const Node& node);
  /// One of the names; `what` is what they are, as in "a region".
  std::optional<std::string> OneOf(const Node& node, std::string_view what, std::span<const std::string_view> names);
  /// Refuses a member whose name is none of the spec's values.
  void MemberName(const Member& member, const KeySpec& spec);
  std::vector<const Node*> List(const Node& node);

 private:
  template <class T, class Parse>
  std::optional<T> Parsed(const Node& node, std::string_view expected, Parse parse);
  std::optional<AccountId> AccountNamed(const Node& node, std::string_view name);

  LoadContext& context_;
};

/// A map read through a section of the key table: unknown and missing keys are refused at construction.
class ObjectReader {
 public:
  /// `extra` is a second section whose keys are taken too, or null.
  ObjectReader(LoadContext& context, const Node& node, const Section& section, const Section* extra = nullptr);

  [[nodiscard]] const Place& place() const { return node_.place; }
  /// Null when the key is not there. Requires a key of the section.
  const Node* Get(std::string_view key);

  // Each empty when the key is not there or its value is refused. Requires a key of the section, of that kind.
  std::optional<std::string> Text(std::string_view key);
  std::optional<bool> YesNo(std::string_view key);
  std::optional<std::int64_t> Integer(std::string_view key);
  std::optional<std::int64_t> Percent(std::string_view key);
  std::optional<LossRate> Fraction(std::string_view key);
  std::optional<Duration> Span(std::string_view key);
  std::optional<ByteCount> Size(std::string_view key);
  std::optional<BytesPerSecond> Rate(std::string_view key);
  std::optional<Instant> Moment(std::string_view key);
  std::optional<Instant> MomentOrOffset(std::string_view key);
  std::optional<CalendarMonth> Month(std::string_view key);
  std::optional<RegionName> Region(std::string_view key);
  std::optional<RegistryKey> Registry(std::string_view key);
  std::optional<RepositoryName> Repository(std::string_view key);
  std::optional<ImageReference> Reference(std::string_view key);
  std::optional<Digest> ContentDigest(std::string_view key);
  std::optional<std::string> OneOf(std::string_view key);  // of the spec's values
  std::vector<std::string> TextList(std::string_view key);
  std::vector<RegionName> RegionList(std::string_view key);
  std::vector<RegistryKey> RegistryList(std::string_view key);
  std::map<std::string, std::string> TextMap(std::string_view key);
  std::map<std::string, std::int64_t> CountMap(std::string_view key);

 private:
  const KeySpec& SpecOf(std::string_view key, ValueKind kind) const;
  const KeySpec* FindSpec(std::string_view key) const;
  const Node* GetOf(std::string_view key, ValueKind kind);

  LoadContext& context_;
  ValueReader values_;
  const Node& node_;
  const Section& section_;
  const Section* extra_;
};

}  // namespace crrsim
