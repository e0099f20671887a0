#include "sim/units_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "sim/int128.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

/// A unit and how many grains (nanoseconds, bytes, bytes per second) it has.
struct UnitOfText {
  std::string_view name;
  std::int64_t grains = 0;
};

/// What people write for a unit that has another name here.
struct OtherSpelling {
  std::string_view spelling;
  std::string_view unit;
};

/// The language of one quantity, and how its errors speak of it.
struct Quantity {
  std::string_view name;
  std::string_view grains;
  std::string_view examples;
  std::string_view largest;
  std::span<const UnitOfText> units;  // from small to large
  std::span<const OtherSpelling> other_spellings;
  std::span<const std::string_view> units_for_bare_numbers;
};

constexpr std::int64_t kSecond = 1'000'000'000;

constexpr std::array kDurationUnits = std::to_array<UnitOfText>({{"ns", 1},
                                                                 {"us", 1'000},
                                                                 {"ms", 1'000'000},
                                                                 {"s", kSecond},
                                                                 {"m", 60 * kSecond},
                                                                 {"h", 3'600 * kSecond},
                                                                 {"d", 86'400 * kSecond}});
constexpr std::array kDurationSpellings = std::to_array<OtherSpelling>({{"µs", "us"},
                                                                        {"μs", "us"},
                                                                        {"msec", "ms"},
                                                                        {"msecs", "ms"},
                                                                        {"sec", "s"},
                                                                        {"secs", "s"},
                                                                        {"second", "s"},
                                                                        {"seconds", "s"},
                                                                        {"min", "m"},
                                                                        {"mins", "m"},
                                                                        {"minute", "m"},
                                                                        {"minutes", "m"},
                                                                        {"hr", "h"},
                                                                        {"hrs", "h"},
                                                                        {"hour", "h"},
                                                                        {"hours", "h"},
                                                                        {"day", "d"},
                                                                        {"days", "d"}});
constexpr std::array<std::string_view, 4> kDurationExamples = {"ms", "s", "m", "h"};
constexpr Quantity kDuration = {"a duration",   "nanoseconds",      "40ms, 1.5s or 1h30m", "106751d23h47m16.854775807s",
                                kDurationUnits, kDurationSpellings, kDurationExamples};

constexpr std::int64_t kKibi = 1024;
constexpr std::int64_t kKilo = 1000;

constexpr std::array kByteUnits = std::to_array<UnitOfText>({{"B", 1},
                                                             {"kB", kKilo},
                                                             {"KiB", kKibi},
                                                             {"MB", kKilo* kKilo},
                                                             {"MiB", kKibi* kKibi},
                                                             {"GB", kKilo* kKilo* kKilo},
                                                             {"GiB", kKibi* kKibi* kKibi},
                                                             {"TB", kKilo* kKilo* kKilo* kKilo},
                                                             {"TiB", kKibi* kKibi* kKibi* kKibi}});
constexpr std::array kByteSpellings = std::to_array<OtherSpelling>({{"byte", "B"},
                                                                    {"bytes", "B"},
                                                                    {"k", "KiB"},
                                                                    {"K", "KiB"},
                                                                    {"M", "MiB"},
                                                                    {"G", "GiB"},
                                                                    {"T", "TiB"},
                                                                    {"Ki", "KiB"},
                                                                    {"Mi", "MiB"},
                                                                    {"Gi", "GiB"},
                                                                    {"Ti", "TiB"}});
constexpr std::array<std::string_view, 4> kByteExamples = {"MiB", "GiB", "MB", "B"};
constexpr Quantity kByteCount = {"an amount of bytes",   "bytes",    "48MiB, 1.5GiB or 300kB",
                                 "9223372036854775807B", kByteUnits, kByteSpellings,
                                 kByteExamples};

constexpr std::array kRateUnits = std::to_array<UnitOfText>({{"B/s", 1},
                                                             {"kbit/s", kKilo / 8},
                                                             {"kB/s", kKilo},
                                                             {"KiB/s", kKibi},
                                                             {"Mbit/s", kKilo* kKilo / 8},
                                                             {"MB/s", kKilo* kKilo},
                                                             {"MiB/s", kKibi* kKibi},
                                                             {"Gbit/s", kKilo* kKilo* kKilo / 8},
                                                             {"GB/s", kKilo* kKilo* kKilo},
                                                             {"GiB/s", kKibi* kKibi* kKibi},
                                                             {"TB/s", kKilo* kKilo* kKilo* kKilo},
                                                             {"TiB/s", kKibi* kKibi* kKibi* kKibi}});
constexpr std::array kRateSpellings = std::to_array<OtherSpelling>(
    {{"kbps", "kbit/s"}, {"Kbps", "kbit/s"}, {"kb/s", "kbit/s"}, {"Kbit/s", "kbit/s"}, {"mbps", "Mbit/s"},
     {"Mbps", "Mbit/s"}, {"Mb/s", "Mbit/s"}, {"gbps", "Gbit/s"}, {"Gbps", "Gbit/s"},   {"Gb/s", "Gbit/s"},
     {"kBps", "kB/s"},   {"KBps", "kB/s"},   {"MBps", "MB/s"},   {"GBps", "GB/s"},     {"B", "B/s"},
     {"kB", "kB/s"},     {"KiB", "KiB/s"},   {"MB", "MB/s"},     {"MiB", "MiB/s"},     {"GB", "GB/s"},
     {"GiB", "GiB/s"},   {"TB", "TB/s"},     {"TiB", "TiB/s"},   {"kbit", "kbit/s"},   {"Mbit", "Mbit/s"},
     {"Gbit", "Gbit/s"}});
constexpr std::array<std::string_view, 3> kRateExamples = {"MB/s", "MiB/s", "Mbit/s"};
constexpr Quantity kRate = {
    "a rate",       "bytes per second", "250MB/s, 2.5Gbit/s or unlimited", "9223372036854775806B/s", kRateUnits,
    kRateSpellings, kRateExamples};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/// Letters and the bytes of other scripts, so that `µs` is taken as one unknown unit.
bool StartsUnit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

/// Takes what satisfies `wanted` from the front of `rest`.
template <class Wanted>
std::string_view TakeWhile(std::string_view& rest, Wanted wanted) {
  const auto end = std::find_if_not(rest.begin(), rest.end(), wanted);
  const auto taken = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  rest.remove_prefix(taken.size());
  return taken;
}

/// One number and the unit behind it, as they stand in the text.
struct Term {
  std::string_view whole;
  std::string_view fraction;
  std::string_view unit;
  std::string_view text;
};

ParseError NotA(const Quantity& quantity, std::string_view text) {
  return {fmt::format("'{}' is not {}; write it like {}", text, quantity.name, quantity.examples)};
}

ParseError TooLarge(const Quantity& quantity, std::string_view text) {
  return {fmt::format("'{}' is too large; the largest is {}", text, quantity.largest)};
}

ParseError NoUnit(const Quantity& quantity, std::string_view number, std::string_view text) {
  std::vector<std::string> ways;
  for (const auto unit : quantity.units_for_bare_numbers) ways.push_back(fmt::format("{}{}", number, unit));
  const auto last = ways.back();
  ways.pop_back();
  return {fmt::format("'{}'{} has no unit; write {} or {}", number,
                      number == text ? std::string() : fmt::format(" in '{}'", text), fmt::join(ways, ", "), last)};
}

ParseError UnknownUnit(const Quantity& quantity, std::string_view unit, std::string_view text) {
  const auto start = fmt::format("unknown unit '{}' in '{}'", unit, text);
  for (const auto& [spelling, meant] : quantity.other_spellings) {
    if (spelling == unit) return {fmt::format("{}; did you mean '{}'?", start, meant)};
  }
  std::vector<std::string_view> names;
  for (const auto& known : quantity.units) names.push_back(known.name);
  const auto suggestion = DidYouMean(unit, std::span<const std::string_view>(names));
  if (!suggestion.empty()) return {start + suggestion};
  return {fmt::format("{}; the units are {}", start, fmt::join(names, ", "))};
}

/// Takes one number with its unit from the front of `rest`, which is the end of `text`.
Result<Term, ParseError> TakeTerm(const Quantity& quantity, std::string_view& rest, std::string_view text) {
  Term term;
  term.text = rest;
  term.whole = TakeWhile(rest, IsDigit);
  if (term.whole.empty()) return NotA(quantity, text);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    term.fraction = TakeWhile(rest, IsDigit);
    if (term.fraction.empty()) return NotA(quantity, text);
  }
  const auto number = term.text.substr(0, term.text.size() - rest.size());
  if (rest.empty()) return NoUnit(quantity, number, text);
  if (!StartsUnit(rest.front())) return NotA(quantity, text);
  term.unit = TakeWhile(rest, [](char c) { return !IsDigit(c); });
  term.text = term.text.substr(0, term.text.size() - rest.size());
  return term;
}

/// Decimals beyond this many are refused, so that the exact arithmetic below stays within 128 bits.
constexpr std::size_t kDecimalsMax = 18;

/// Digits to a number, or nothing if it does not fit 64 bits.
std::optional<std::uint64_t> ReadDigits(std::string_view digits) {
  std::uint64_t number = 0;
  for (const auto digit : digits) {
    if (__builtin_mul_overflow(number, std::uint64_t{10}, &number)) return std::nullopt;
    if (__builtin_add_overflow(number, static_cast<std::uint64_t>(digit - '0'), &number)) return std::nullopt;
  }
  return number;
}

/// The exact number of grains of one term.
Result<UInt128, ParseError> CountGrains(const Quantity& quantity, const Term& term, const UnitOfText& unit) {
  const auto grains = static_cast<UInt128>(unit.grains);
  const auto whole = ReadDigits(term.whole);
  if (!whole) return TooLarge(quantity, term.text);
  auto fraction = term.fraction;
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  if (fraction.size() > kDecimalsMax) {
    return ParseError{fmt::format("'{}' has more than {} decimals", term.text, kDecimalsMax)};
  }
  UInt128 power_of_ten = 1;
  for (std::size_t i = 0; i < fraction.size(); ++i) power_of_ten *= 10;
  const auto parts = static_cast<UInt128>(*ReadDigits(fraction)) * grains;
  if (parts % power_of_ten != 0) {
    return ParseError{fmt::format("'{}' is not a whole number of {}", term.text, quantity.grains)};
  }
  return static_cast<UInt128>(*whole) * grains + parts / power_of_ten;
}

enum class Terms { kOne, kSum };

/// Reads a whole text to its number of grains.
Result<std::int64_t, ParseError> ParseGrains(const Quantity& quantity, std::string_view text, Terms terms) {
  if (std::any_of(text.begin(), text.end(), IsSpace)) {
    std::string tight(text);
    std::erase_if(tight, IsSpace);
    return ParseError{fmt::format("'{}' has a space in it; write {}", text, tight.empty() ? quantity.examples : tight)};
  }
  if (text.starts_with('-') || text.starts_with('+')) {
    return ParseError{fmt::format("'{}' has a sign, which {} does not take; write it like {}", text, quantity.name,
                                  quantity.examples)};
  }
  UInt128 sum = 0;
  std::int64_t unit_before = 0;
  auto rest = text;
  do {
    const auto term = TakeTerm(quantity, rest, text);
    if (!term) return term.error();
    const auto* unit = std::find_if(quantity.units.data(), quantity.units.data() + quantity.units.size(),
                                    [&](const UnitOfText& known) { return known.name == term->unit; });
    if (unit == quantity.units.data() + quantity.units.size()) return UnknownUnit(quantity, term->unit, text);
    if (!rest.empty() && terms == Terms::kOne) return NotA(quantity, text);
    if (!rest.empty() && !term->fraction.empty()) {
      return ParseError{fmt::format("'{}' has decimals before its last unit; only the last may have them", text)};
    }
    if (unit_before != 0 && unit->grains >= unit_before) {
      return ParseError{fmt::format("'{}' does not go from large units to small ones, each once", text)};
    }
    unit_before = unit->grains;
    const auto grains = CountGrains(quantity, *term, *unit);
    if (!grains) return grains.error();
    sum += *grains;
    if (sum > static_cast<UInt128>(std::numeric_limits<std::int64_t>::max())) return TooLarge(quantity, text);
  } while (!rest.empty());
  return static_cast<std::int64_t>(sum);
}

/// The largest of `units` that gives `value` with at most two decimals and at least one whole, else the first of them.
std::string InLargestUnit(std::int64_t value, std::span<const UnitOfText> units) {
  const auto* unit = &units.front();
  for (const auto& larger : units) {
    const auto fits = static_cast<UInt128>(value) * 100 % static_cast<UInt128>(larger.grains) == 0;
    if (value >= larger.grains && fits) unit = &larger;
  }
  return ToExactDecimal(static_cast<std::uint64_t>(value), static_cast<std::uint64_t>(unit->grains)) +
         std::string(unit->name);
}

constexpr std::array kBinaryUnits = std::to_array<UnitOfText>({{"B", 1},
                                                               {"KiB", kKibi},
                                                               {"MiB", kKibi* kKibi},
                                                               {"GiB", kKibi* kKibi* kKibi},
                                                               {"TiB", kKibi* kKibi* kKibi* kKibi}});
constexpr std::array kDecimalRateUnits = std::to_array<UnitOfText>({{"B/s", 1},
                                                                    {"kB/s", kKilo},
                                                                    {"MB/s", kKilo* kKilo},
                                                                    {"GB/s", kKilo* kKilo* kKilo},
                                                                    {"TB/s", kKilo* kKilo* kKilo* kKilo}});

/// Three significant digits, or all before the point where they are more, in the largest unit that leaves a whole one,
/// rounded half up. The smallest unit, the first, has no decimals.
std::string InThreeDigits(std::uint64_t value, std::span<const UnitOfText> units, std::string_view between) {
  std::size_t at = 0;
  while (at + 1 < units.size() && value >= static_cast<std::uint64_t>(units[at + 1].grains)) ++at;
  const auto unit = static_cast<UInt128>(units[at].grains);
  const auto round = [&](UInt128 scale) { return (value * scale * 2 + unit) / (unit * 2); };
  int decimals = at == 0 ? 0 : 2;
  UInt128 scale = at == 0 ? 1 : 100;
  for (; decimals > 0 && round(scale) >= 1000; --decimals) scale /= 10;
  const auto rounded = static_cast<std::uint64_t>(round(scale));
  const auto parts_a_unit = static_cast<std::uint64_t>(scale);
  // What rounds to a whole larger unit is said in that: 59.96s is 1.00m.
  if (at + 1 < units.size() && rounded * unit >= static_cast<UInt128>(units[at + 1].grains) * scale) {
    return InThreeDigits(static_cast<std::uint64_t>(units[at + 1].grains), units, between);
  }
  const auto whole = rounded / parts_a_unit;
  if (decimals == 0) return fmt::format("{}{}{}", whole, between, units[at].name);
  return fmt::format("{}.{:0{}}{}{}", whole, rounded % parts_a_unit, decimals, between, units[at].name);
}

std::uint64_t Magnitude(Duration value) {
  const auto count = static_cast<std::uint64_t>(value.nanoseconds());
  return value < Duration() ? 0 - count : count;
}

}  // namespace

Result<Duration, ParseError> ParseDuration(std::string_view text) {
  const auto grains = ParseGrains(kDuration, text, Terms::kSum);
  if (!grains) return grains.error();
  return Duration::FromNanoseconds(*grains);
}

Result<ByteCount, ParseError> ParseByteCount(std::string_view text) {
  const auto grains = ParseGrains(kByteCount, text, Terms::kOne);
  if (!grains) return grains.error();
  return ByteCount::FromBytes(*grains);
}

Result<BytesPerSecond, ParseError> ParseBytesPerSecond(std::string_view text) {
  constexpr std::array<std::string_view, 1> kWord = {"unlimited"};
  if (text == kWord.front()) return BytesPerSecond::Unlimited();
  if (const auto suggestion = DidYouMean(text, std::span(kWord)); !suggestion.empty()) {
    return ParseError{fmt::format("'{}' is not a rate{}", text, suggestion)};
  }
  const auto grains = ParseGrains(kRate, text, Terms::kOne);
  if (!grains) return grains.error();
  const auto rate = BytesPerSecond::FromCount(*grains);
  if (rate.unlimited()) return TooLarge(kRate, text);
  return rate;
}

std::string ToText(Duration value) {
  if (value < Duration()) {
    const auto magnitude = Magnitude(value);
    // The one magnitude that no Duration has: one more than the largest.
    if (magnitude > static_cast<std::uint64_t>(Duration::Max().nanoseconds())) return "-106751d23h47m16.854775808s";
    return "-" + ToText(Duration::FromNanoseconds(static_cast<std::int64_t>(magnitude)));
  }
  if (value == Duration()) return "0s";
  auto rest = value.nanoseconds();
  std::string text;
  for (auto unit = kDurationUnits.rbegin(); unit->grains > kSecond; ++unit) {
    if (rest >= unit->grains) text += fmt::format("{}{}", rest / unit->grains, unit->name);
    rest %= unit->grains;
  }
  if (rest == 0) return text;
  const auto* unit = &kDurationUnits.front();
  for (const auto& larger : kDurationUnits) {
    if (rest >= larger.grains) unit = &larger;
  }
  return text + ToExactDecimal(static_cast<std::uint64_t>(rest), static_cast<std::uint64_t>(unit->grains)) +
         std::string(unit->name);
}

std::string ToShortText(Duration value) {
  if (value == Duration()) return "0s";
  return (value < Duration() ? "-" : "") + InThreeDigits(Magnitude(value), kDurationUnits, "");
}

std::string ToText(ByteCount value) { return InLargestUnit(value.bytes(), kBinaryUnits); }

std::string ToShortText(ByteCount value) {
  return InThreeDigits(static_cast<std::uint64_t>(value.bytes()), kBinaryUnits, " ");
}

std::string ToText(BytesPerSecond value) {
  return value.unlimited() ? "unlimited" : InLargestUnit(value.count(), kDecimalRateUnits);
}

}  // namespace crrsim
