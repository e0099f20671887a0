#include "harness/scenario/event_values.h"

#include <algorithm>
#include <array>
#include <type_traits>

#include "registry_model/api/wire.h"
#include "registry_model/api_error.h"
#include "registry_model/events.h"

namespace crrsim {

namespace {

/// Every name of an enumeration, for misspelt ones.
template <class Enum, std::size_t count>
std::vector<std::string_view> NamesOf() {
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back(NameOf(static_cast<Enum>(i)));
  return names;
}

/// Reads a value as the field's type and writes it as reports do.
class FieldReader {
 public:
  FieldReader(LoadContext& context, std::string_view field, const Node& value)
      : values_(context), field_(field), value_(value) {}

  std::optional<std::string> Read(const bool&) { return OneOf(std::array<std::string_view, 2>{"true", "false"}); }
  std::optional<std::string> Read(const std::uint64_t&) {
    const auto number = values_.Integer(value_);
    return number ? std::optional(fmt::format("{}", *number)) : std::nullopt;
  }
  std::optional<std::string> Read(const std::string&) {
    if (field_ == "exception") return OneOf(KnownExceptions());
    if (field_ == "operation") return OneOf(KnownOperations());
    if (field_ == "fault") return OneOf(SectionOf("claim fault").Find("fault")->values);
    return values_.Text(value_);
  }
  std::optional<std::string> Read(const AccountId&) {
    const auto account = values_.Account(value_);
    return account ? std::optional(account->text()) : std::nullopt;
  }
  std::optional<std::string> Read(const RegionName&) {
    const auto region = values_.Region(value_);
    return region ? std::optional(std::string(region->text())) : std::nullopt;
  }
  std::optional<std::string> Read(const RegistryKey&) {
    const auto registry = values_.Registry(value_);
    return registry ? std::optional(ToText(*registry)) : std::nullopt;
  }
  std::optional<std::string> Read(const RepositoryName&) {
    const auto name = values_.Repository(value_);
    return name ? std::optional(name->text()) : std::nullopt;
  }
  std::optional<std::string> Read(const Digest&) {
    const auto digest = values_.ContentDigest(value_);
    return digest ? std::optional(digest->text()) : std::nullopt;
  }
  std::optional<std::string> Read(const ByteCount&) {
    // Plain bytes too, since that is what a timeline shows.
    const bool plain =
        value_.IsScalar() && !value_.text.empty() && value_.text.find_first_not_of("0123456789") == std::string::npos;
    if (plain) return value_.text;
    const auto size = values_.Size(value_);
    return size ? std::optional(fmt::format("{}", size->bytes())) : std::nullopt;
  }
  std::optional<std::string> Read(const Instant&) {
    const auto instant = values_.MomentOrOffset(value_);
    return instant ? std::optional(ToText(*instant)) : std::nullopt;
  }
  std::optional<std::string> Read(const Origin&) {
    return OneOf(std::array{NameOf(Origin::kClient), NameOf(Origin::kReplication), NameOf(Origin::kPullThroughCache)});
  }
  std::optional<std::string> Read(const JobStep&) { return OneOf(NamesOf<JobStep, kJobStepCount>()); }
  std::optional<std::string> Read(const ReplicationStatus&) {
    return OneOf(std::array{NameOf(ReplicationStatus::kInProgress), NameOf(ReplicationStatus::kComplete),
                            NameOf(ReplicationStatus::kFailed)});
  }
  std::optional<std::string> Read(const BackfillStatus&) {
    return OneOf(NamesOf<BackfillStatus, kBackfillStatusCount>());
  }
  std::optional<std::string> Read(const DeletionCause&) {
    return OneOf(std::array{NameOf(DeletionCause::kClient), NameOf(DeletionCause::kLifecycle),
                            NameOf(DeletionCause::kRepository)});
  }
  std::optional<std::string> Read(const FailureCode&) {
    auto names = NamesOf<FailureCode, kFailureCodeCount>();
    names.front() = "none";
    return OneOf(names);
  }
  /// Tags, and whatever has no form of its own.
  template <class T>
  std::optional<std::string> Read(const T&) {
    return values_.Text(value_);
  }
  template <class T>
  std::optional<std::string> Read(const std::optional<T>&) {
    if (value_.IsScalar() && value_.text == "none") return "none";
    return Read(T());
  }

 private:
  std::optional<std::string> OneOf(std::span<const std::string_view> names) {
    return values_.OneOf(value_, fmt::format("a value of '{}'", field_), names);
  }

  ValueReader values_;
  std::string_view field_;
  const Node& value_;
};

/// Finds the field and reads the value as its type.
struct Finder {
  std::string_view field;
  FieldReader& reader;
  bool& found;
  std::optional<std::string>& text;

  template <class T>
  void operator()(std::string_view name, const T& value) const {
    if constexpr (std::is_same_v<T, Replication>) {
      T::Fields(value, *this);
    } else if (name == field) {
      found = true;
      text = reader.Read(value);
    }
  }
};

template <std::size_t index = 0>
void FindIn(std::string_view event, const Finder& finder) {
  if constexpr (index < std::variant_size_v<EventBody>) {
    using Body = std::variant_alternative_t<index, EventBody>;
    if (Body::kName != event) return FindIn<index + 1>(event, finder);
    const Body body;
    Body::Fields(body, finder);
  }
}

}  // namespace

std::optional<std::string> EventValue(LoadContext& context, std::string_view event, std::string_view field,
                                      const Node& value) {
  FieldReader reader(context, field, value);
  bool found = false;
  std::optional<std::string> text;
  FindIn(event, Finder{field, reader, found, text});
  CRRSIM_CHECK(found, "{} has no field {}", event, field);
  return text;
}

}  // namespace crrsim
