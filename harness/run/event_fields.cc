#include "harness/run/event_fields.h"

#include <fmt/format.h>

#include "harness/run/claim_text.h"
#include "registry_model/event_bus/envelope.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

using crrsim::TextOf;  // of findings

std::string TextOf(bool value) { return value ? "true" : "false"; }
std::string TextOf(std::uint64_t value) { return fmt::format("{}", value); }
std::string TextOf(std::string_view value) { return std::string(value); }
std::string TextOf(const AccountId& value) { return value.text(); }
std::string TextOf(const RegionName& value) { return std::string(value.text()); }
std::string TextOf(const RegistryKey& value) { return ToText(value); }
std::string TextOf(const RepositoryName& value) { return value.text(); }
std::string TextOf(const Tag& value) { return value.text(); }
std::string TextOf(const Digest& value) { return value.text(); }
std::string TextOf(ByteCount value) { return fmt::format("{}", value.bytes()); }
std::string TextOf(Instant value) { return ToText(value); }
std::string TextOf(Origin value) { return std::string(NameOf(value)); }
std::string TextOf(StorageClass value) { return std::string(NameOf(value)); }
std::string TextOf(ImageStatus value) { return std::string(NameOf(value)); }
std::string TextOf(JobStep value) { return std::string(NameOf(value)); }
std::string TextOf(ReplicationStatus value) { return std::string(NameOf(value)); }
std::string TextOf(FailureCode value) { return value == FailureCode::kNone ? "none" : std::string(NameOf(value)); }
std::string TextOf(DeletionCause value) { return std::string(NameOf(value)); }
std::string TextOf(const std::vector<Tag>& value) {
  std::string text;
  for (const auto& tag : value) text += (text.empty() ? "" : " ") + tag.text();
  return text;
}
std::string TextOf(const std::vector<ScanFrequencyChange>& value) {
  std::string text;
  for (const auto& [repository, from, to] : value) {
    text += fmt::format("{}{} {} to {}", text.empty() ? "" : ", ", repository.text(), from, to);
  }
  return text;
}
std::string TextOf(const std::vector<Digest>& value) {
  std::string text;
  for (const auto& digest : value) text += (text.empty() ? "" : " ") + digest.text();
  return text;
}
std::string TextOf(const Uuid& value) { return value.text(); }
std::string TextOf(BackfillStatus value) { return std::string(NameOf(value)); }
std::string TextOf(const BusDetail& value) { return fmt::format("{} {}", DetailTypeOf(value), JsonOf(value).dump()); }
std::string TextOf(const ReplicationConfiguration& value) { return fmt::format("{} rules", value.rules.size()); }
template <class T>
std::string TextOf(const std::optional<T>& value) {
  return value ? TextOf(*value) : "none";
}

/// Structs whose own fields stand in for them.
template <class T>
inline constexpr bool kFlattened = std::is_same_v<T, Replication>;

struct Collector {
  std::vector<std::pair<std::string_view, std::string>>& fields;

  template <class T>
  void operator()(std::string_view name, const T& value) const {
    if constexpr (kFlattened<T>) {
      T::Fields(value, *this);
    } else {
      fields.emplace_back(name, TextOf(value));
    }
  }
};

template <std::size_t... index>
std::vector<std::string_view> NamesOf(std::index_sequence<index...>) {
  return {std::variant_alternative_t<index, EventBody>::kName...};
}

template <std::size_t index = 0>
EventBody DefaultOf(std::string_view name) {
  if constexpr (index < std::variant_size_v<EventBody>) {
    using Body = std::variant_alternative_t<index, EventBody>;
    if (Body::kName == name) return Body{};
    return DefaultOf<index + 1>(name);
  } else {
    CRRSIM_CHECK(false, "no event is called {}", name);
  }
}

}  // namespace

std::vector<std::pair<std::string_view, std::string>> FieldTexts(const Event& event) {
  std::vector<std::pair<std::string_view, std::string>> fields;
  std::visit([&](const auto& body) { std::decay_t<decltype(body)>::Fields(body, Collector{fields}); }, event.body);
  return fields;
}

std::vector<std::string_view> EventNames() {
  return NamesOf(std::make_index_sequence<std::variant_size_v<EventBody>>());
}

std::vector<std::string_view> EventFieldNames(std::string_view event) {
  std::vector<std::string_view> names;
  for (const auto& [name, text] : FieldTexts({Instant(), DefaultOf(event)})) names.push_back(name);
  return names;
}

}  // namespace crrsim
