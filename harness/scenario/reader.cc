#include "harness/scenario/reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "sim/nearest_name.h"

namespace crrsim {

namespace {

/// An instant of the calendar up to kInstantEnd, kTimeNamedMax and a margin for what happens after the last step are
/// within what an Instant holds (up to the year 2262).
const Duration kTimeNamedMax = Days(36'525);
const Instant kInstantEnd = *ParseInstant("2150-01-01T00:00:00Z");

}  // namespace

bool LoadContext::TakeTime(Duration span, std::int64_t times) {
  if (times > 0 && span > (kTimeNamedMax - time_named) / times) return false;
  time_named += span * times;
  return true;
}

// ---- Values ---------------------------------------------------------------------------------------------------------

template <class T, class Parse>
std::optional<T> ValueReader::Parsed(const Node& node, std::string_view expected, Parse parse) {
  if (!node.IsScalar()) {
    context_.Refuse(node.place, fmt::format("found {}, expected {}", DescriptionOf(node), expected));
    return std::nullopt;
  }
  auto value = parse(node.text);
  if (value) return std::move(*value);
  context_.Refuse(node.place, std::move(value).error().message);
  return std::nullopt;
}

std::optional<std::string> ValueReader::Text(const Node& node) {
  if (node.IsScalar()) return node.text;
  context_.Refuse(node.place, fmt::format("found {}, expected text", DescriptionOf(node)));
  return std::nullopt;
}

std::optional<bool> ValueReader::YesNo(const Node& node) {
  if (node.IsScalar() && !node.quoted && (node.text == "true" || node.text == "false")) return node.text == "true";
  context_.Refuse(node.place, fmt::format("found {}, expected true or false", DescriptionOf(node)));
  return std::nullopt;
}

std::optional<std::int64_t> ValueReader::Integer(const Node& node) {
  return Parsed<std::int64_t>(node, "a whole number", [](const std::string& text) -> Result<std::int64_t, ParseError> {
    std::int64_t value = 0;
    const auto* last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, value);
    if (error == std::errc() && end == last && value >= 0) return value;
    if (error == std::errc::result_out_of_range && end == last && text.front() != '-')
      return ParseError{fmt::format("'{}' is too large", text)};
    return ParseError{fmt::format("found '{}', expected a whole number that is not negative", text)};
  });
}

std::optional<std::int64_t> ValueReader::Percent(const Node& node) {
  return Parsed<std::int64_t>(
      node, "a percentage such as 50%", [](const std::string& text) -> Result<std::int64_t, ParseError> {
        std::int64_t value = 0;
        const auto* last = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), last, value);
        if (error == std::errc() && end + 1 == last && *end == '%' && value >= 0 && value <= 100) return value;
        return ParseError{fmt::format("found '{}', expected a whole percentage from 0% to 100%", text)};
      });
}

std::optional<LossRate> ValueReader::Fraction(const Node& node) {
  return Parsed<LossRate>(
      node, "a percentage such as 0.1%", [](const std::string& text) -> Result<LossRate, ParseError> {
        const ParseError error{
            fmt::format("found '{}', expected a percentage from 0% to 100%, of seven decimals at most", text)};
        const auto point = std::min(text.find('.'), text.size() - 1);
        if (text.back() != '%' || point == 0) return error;
        auto digits = text.substr(0, text.size() - 1);
        const auto decimals = point < digits.size() ? digits.size() - point - 1 : 0;
        if (point < digits.size()) digits.erase(point, 1);
        if (point > 3 || decimals > 7 || (text[point] == '.' && decimals == 0)) return error;
        digits.append(7 - decimals, '0');
        LossRate rate;
        const auto* last = digits.data() + digits.size();
        const auto [end, problem] = std::from_chars(digits.data(), last, rate.parts);
        if (problem != std::errc() || end != last || rate.parts < 0 || rate.parts > LossRate::kOne) return error;
        return rate;
      });
}

std::optional<Duration> ValueReader::Span(const Node& node) {
  const auto span = Parsed<Duration>(node, "a duration such as 30m", ParseDuration);
  if (!span || context_.TakeTime(*span, 1)) return span;
  context_.Refuse(node.place, fmt::format("'{}': the durations of a scenario may add up to 100 years", node.text));
  return std::nullopt;
}
std::optional<ByteCount> ValueReader::Size(const Node& node) {
  return Parsed<ByteCount>(node, "a size such as 48MiB", ParseByteCount);
}
std::optional<BytesPerSecond> ValueReader::Rate(const Node& node) {
  return Parsed<BytesPerSecond>(node, "a rate such as 250MB/s", ParseBytesPerSecond);
}
std::optional<Instant> ValueReader::Moment(const Node& node) {
  const auto moment = Parsed<Instant>(node, "an instant such as 2026-11-01T00:00:00Z", ParseInstant);
  if (!moment || (*moment >= Instant() && *moment < kInstantEnd)) return moment;
  context_.Refuse(node.place, fmt::format("'{}' is not within the years 1970 to 2149", node.text));
  return std::nullopt;
}
std::optional<CalendarMonth> ValueReader::Month(const Node& node) {
  return Parsed<CalendarMonth>(node, "a month such as 2026-11", ParseMonth);
}
std::optional<RepositoryName> ValueReader::Repository(const Node& node) {
  return Parsed<RepositoryName>(node, "a repository name", RepositoryName::Parse);
}
std::optional<Digest> ValueReader::ContentDigest(const Node& node) {
  return Parsed<Digest>(node, "a digest", Digest::Parse);
}

std::optional<Instant> ValueReader::MomentOrOffset(const Node& node) {
  if (node.IsScalar() && node.text.find_first_of("T-") == std::string::npos) {
    const auto offset = Span(node);
    if (!offset) return std::nullopt;
    return context_.start + *offset;
  }
  return Moment(node);
}

std::optional<RegionName> ValueReader::Region(const Node& node) {
  std::vector<std::string_view> names;
  for (const auto& region : context_.regions) names.push_back(region.text());
  if (names.empty()) return std::nullopt;  // complained of already
  const auto name = OneOf(node, "a region of this scenario", names);
  if (!name) return std::nullopt;
  return *RegionName::Parse(*name);
}

std::optional<AccountId> ValueReader::AccountNamed(const Node& node, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& account : context_.accounts) {
    if (account.nickname == name || account.id.text() == name) return account.id;
    names.push_back(account.nickname);
  }
  context_.Refuse(node.place, fmt::format("'{}' is not an account of this scenario{}", name, DidYouMean(name, names)));
  return std::nullopt;
}

std::optional<AccountId> ValueReader::Account(const Node& node) {
  const auto text = Text(node);
  if (!text || context_.accounts.empty()) return std::nullopt;  // no accounts: complained of already
  return AccountNamed(node, *text);
}

std::optional<RegistryKey> ValueReader::Registry(const Node& node) {
  const auto text = Text(node);
  if (!text || context_.accounts.empty()) return std::nullopt;  // no accounts: complained of already
  Node region = node;
  std::optional<AccountId> account;
  if (const auto slash = text->find('/'); slash != std::string::npos) {
    account = AccountNamed(node, std::string_view(*text).substr(0, slash));
    if (!account) return std::nullopt;
    region.text = text->substr(slash + 1);
  } else if (context_.accounts.size() == 1) {
    account = context_.accounts.front().id;
  } else {
    context_.Refuse(node.place,
                    fmt::format("'{}' names no account; with several accounts write account/region", *text));
    return std::nullopt;
  }
  const auto name = Region(region);
  if (!name) return std::nullopt;
  return RegistryKey{*account, *name};
}

std::optional<ImageReference> ValueReader::Reference(const Node& node) {
  const auto text = Text(node);
  if (!text) return std::nullopt;
  const auto at = text->find('@');
  const auto colon = text->rfind(':');
  const auto end = at != std::string::npos ? at : colon;
  if (end == std::string::npos) {
    context_.Refuse(node.place,
                    fmt::format("'{}' names no tag; expected repository:tag or repository@sha256:...", *text));
    return std::nullopt;
  }
  const auto repository = RepositoryName::Parse(text->substr(0, end));
  if (!repository) {
    context_.Refuse(node.place, repository.error().message);
    return std::nullopt;
  }
  ImageReference reference{*repository, std::nullopt, std::nullopt};
  if (at != std::string::npos) {
    const auto digest = Digest::Parse(text->substr(at + 1));
    if (!digest) {
      context_.Refuse(node.place, digest.error().message);
      return std::nullopt;
    }
    reference.digest = *digest;
    return reference;
  }
  const auto tag = Tag::Parse(text->substr(colon + 1));
  if (!tag) {
    context_.Refuse(node.place, tag.error().message);
    return std::nullopt;
  }
  reference.tag = *tag;
  return reference;
}

std::optional<std::string> ValueReader::OneOf(const Node& node, std::string_view what,
                                              std::span<const std::string_view> names) {
  const auto text = Text(node);
  if (!text || std::find(names.begin(), names.end(), *text) != names.end()) return text;
  std::string all;
  for (const auto name : names) all += fmt::format("{}{}", all.empty() ? "" : ", ", name);
  auto hint = DidYouMean(*text, names);
  if (hint.empty()) hint = fmt::format("; expected one of: {}", all);
  context_.Refuse(node.place, fmt::format("'{}' is not {}{}", *text, what, hint));
  return std::nullopt;
}

void ValueReader::MemberName(const Member& member, const KeySpec& spec) {
  Node name;
  name.kind = Node::Kind::kScalar;
  name.text = member.key;
  name.place = member.key_place;
  OneOf(name, fmt::format("a name of '{}'", spec.name), spec.values);
}

std::vector<const Node*> ValueReader::List(const Node& node) {
  std::vector<const Node*> items;
  if (!node.IsList()) {
    context_.Refuse(node.place, fmt::format("found {}, expected a list", DescriptionOf(node)));
    return items;
  }
  for (const auto& item : node.items) items.push_back(&item);
  return items;
}

// ---- Objects --------------------------------------------------------------------------------------------------------

ObjectReader::ObjectReader(LoadContext& context, const Node& node, const Section& section, const Section* extra)
    : context_(context), values_(context), node_(node), section_(section), extra_(extra) {
  if (!node.IsMap()) {
    context.Refuse(node.place, fmt::format("found {}, expected a map: {}", DescriptionOf(node), section.help));
    return;
  }
  std::vector<std::string_view> names;
  for (const auto& spec : section.keys) names.push_back(spec.name);
  if (extra != nullptr) {
    for (const auto& spec : extra->keys) names.push_back(spec.name);
  }
  for (const auto& member : node.members) {
    if (FindSpec(member.key) != nullptr) continue;
    auto hint = DidYouMean(member.key, names);
    if (hint.empty()) {
      for (const auto name : names) hint += fmt::format("{}{}", hint.empty() ? "; expected one of: " : ", ", name);
    }
    context.Refuse(member.key_place, fmt::format("unknown key '{}'{}", member.key, hint));
  }
  for (const auto& spec : section.keys) {
    if (spec.need == Need::kRequired && node.Find(spec.name) == nullptr) {
      context.Refuse(node.place, fmt::format("'{}' is missing: {}", spec.name, spec.help));
    }
  }
}

const KeySpec* ObjectReader::FindSpec(std::string_view key) const {
  const auto* spec = section_.Find(key);
  return spec == nullptr && extra_ != nullptr ? extra_->Find(key) : spec;
}

const KeySpec& ObjectReader::SpecOf(std::string_view key, ValueKind kind) const {
  const auto* spec = FindSpec(key);
  CRRSIM_CHECK(spec != nullptr, "section {} has no key {}", section_.name, key);
  CRRSIM_CHECK(spec->kind == kind, "{}.{} is of another kind", section_.name, key);
  return *spec;
}

const Node* ObjectReader::Get(std::string_view key) {
  CRRSIM_CHECK(FindSpec(key) != nullptr, "section {} has no key {}", section_.name, key);
  const auto* value = node_.IsMap() ? node_.Find(key) : nullptr;
  const auto& owner = section_.Find(key) != nullptr ? section_ : *extra_;
  if (value != nullptr) context_.used_keys.insert(fmt::format("{}.{}", owner.name, key));
  return value;
}

const Node* ObjectReader::GetOf(std::string_view key, ValueKind kind) {
  SpecOf(key, kind);
  return Get(key);
}

std::optional<std::string> ObjectReader::Text(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kText);
  return node == nullptr ? std::nullopt : values_.Text(*node);
}
std::optional<bool> ObjectReader::YesNo(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kYesNo);
  return node == nullptr ? std::nullopt : values_.YesNo(*node);
}
std::optional<std::int64_t> ObjectReader::Integer(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kInteger);
  return node == nullptr ? std::nullopt : values_.Integer(*node);
}
std::optional<std::int64_t> ObjectReader::Percent(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kPercent);
  return node == nullptr ? std::nullopt : values_.Percent(*node);
}
std::optional<Duration> ObjectReader::Span(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kDuration);
  return node == nullptr ? std::nullopt : values_.Span(*node);
}
std::optional<ByteCount> ObjectReader::Size(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kBytes);
  return node == nullptr ? std::nullopt : values_.Size(*node);
}
std::optional<LossRate> ObjectReader::Fraction(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kFraction);
  return node == nullptr ? std::nullopt : values_.Fraction(*node);
}
std::optional<BytesPerSecond> ObjectReader::Rate(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kRate);
  return node == nullptr ? std::nullopt : values_.Rate(*node);
}
std::optional<Instant> ObjectReader::Moment(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kInstant);
  return node == nullptr ? std::nullopt : values_.Moment(*node);
}
std::optional<Instant> ObjectReader::MomentOrOffset(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kInstantOrOffset);
  return node == nullptr ? std::nullopt : values_.MomentOrOffset(*node);
}
std::optional<CalendarMonth> ObjectReader::Month(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kMonth);
  return node == nullptr ? std::nullopt : values_.Month(*node);
}
std::optional<RegionName> ObjectReader::Region(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kRegion);
  return node == nullptr ? std::nullopt : values_.Region(*node);
}
std::optional<RegistryKey> ObjectReader::Registry(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kRegistry);
  return node == nullptr ? std::nullopt : values_.Registry(*node);
}
std::optional<RepositoryName> ObjectReader::Repository(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kRepository);
  return node == nullptr ? std::nullopt : values_.Repository(*node);
}
std::optional<ImageReference> ObjectReader::Reference(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kReference);
  return node == nullptr ? std::nullopt : values_.Reference(*node);
}
std::optional<Digest> ObjectReader::ContentDigest(std::string_view key) {
  const auto* node = GetOf(key, ValueKind::kDigest);
  return node == nullptr ? std::nullopt : values_.ContentDigest(*node);
}

std::optional<std::string> ObjectReader::OneOf(std::string_view key) {
  const auto& spec = SpecOf(key, ValueKind::kEnum);
  const auto* node = Get(key);
  return node == nullptr ? std::nullopt : values_.OneOf(*node, fmt::format("a value of '{}'", key), spec.values);
}

std::vector<std::string> ObjectReader::TextList(std::string_view key) {
  std::vector<std::string> texts;
  const auto* node = GetOf(key, ValueKind::kTextList);
  if (node == nullptr) return texts;
  for (const auto* item : values_.List(*node)) {
    if (auto text = values_.Text(*item)) texts.push_back(std::move(*text));
  }
  return texts;
}

std::vector<RegionName> ObjectReader::RegionList(std::string_view key) {
  std::vector<RegionName> regions;
  const auto* node = GetOf(key, ValueKind::kRegionList);
  if (node == nullptr) return regions;
  for (const auto* item : values_.List(*node)) {
    if (const auto region = values_.Region(*item)) regions.push_back(*region);
  }
  return regions;
}

std::vector<RegistryKey> ObjectReader::RegistryList(std::string_view key) {
  std::vector<RegistryKey> registries;
  const auto* node = GetOf(key, ValueKind::kRegistryList);
  if (node == nullptr) return registries;
  for (const auto* item : values_.List(*node)) {
    if (const auto registry = values_.Registry(*item)) registries.push_back(*registry);
  }
  return registries;
}

std::map<std::string, std::string> ObjectReader::TextMap(std::string_view key) {
  std::map<std::string, std::string> texts;
  const auto* node = GetOf(key, ValueKind::kTextMap);
  if (node == nullptr) return texts;
  if (!node->IsMap())
    context_.Refuse(node->place, fmt::format("found {}, expected a map of names to text", DescriptionOf(*node)));
  for (const auto& member : node->members) {
    if (auto text = values_.Text(member.value)) texts.emplace(member.key, std::move(*text));
  }
  return texts;
}

std::map<std::string, std::int64_t> ObjectReader::CountMap(std::string_view key) {
  std::map<std::string, std::int64_t> counts;
  const auto* node = GetOf(key, ValueKind::kCountMap);
  if (node == nullptr) return counts;
  if (!node->IsMap())
    context_.Refuse(node->place, fmt::format("found {}, expected a map of names to numbers", DescriptionOf(*node)));
  for (const auto& member : node->members) {
    values_.MemberName(member, SpecOf(key, ValueKind::kCountMap));
    if (const auto count = values_.Integer(member.value)) counts.emplace(member.key, *count);
  }
  return counts;
}

}  // namespace crrsim
