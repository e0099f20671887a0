#include "registry_model/policy/decimal.h"

#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

/// The exponent behind `e`, or nothing if it is not one.
std::optional<std::int64_t> ParseExponent(std::string_view text) {
  constexpr std::size_t kDigitsMax = 9;
  bool negative = false;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  std::int64_t exponent = 0;
  for (const char c : text) {
    if (!IsDigit(c)) return std::nullopt;
    exponent = exponent * 10 + (c - '0');
  }
  return negative ? -exponent : exponent;
}

}  // namespace

std::optional<Decimal> Decimal::Parse(std::string_view text) {
  Decimal number;
  number.sign_ = 1;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    if (text.front() == '-') number.sign_ = -1;
    text.remove_prefix(1);
  }
  std::int64_t exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    const auto parsed = ParseExponent(text.substr(e + 1));
    if (!parsed) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }

  bool any_digit = false;
  bool behind_point = false;
  for (const char c : text) {
    if (c == '.' && !behind_point) {
      behind_point = true;
      continue;
    }
    if (!IsDigit(c)) return std::nullopt;
    any_digit = true;
    const bool leading_zero = c == '0' && number.digits_.empty();
    if (!leading_zero) number.digits_ += c;
    if (behind_point ? leading_zero : !leading_zero) number.point_ += behind_point ? -1 : 1;
  }
  if (!any_digit) return std::nullopt;
  while (!number.digits_.empty() && number.digits_.back() == '0') number.digits_.pop_back();
  if (number.digits_.empty()) return Decimal();
  number.point_ += exponent;
  return number;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (a.sign_ != b.sign_) return a.sign_ <=> b.sign_;
  // Digits begin with one that counts, so the point decides first; as fractions they compare like words.
  auto magnitude = a.point_ <=> b.point_;
  if (magnitude == std::strong_ordering::equal) magnitude = a.digits_ <=> b.digits_;
  return a.sign_ < 0 ? 0 <=> magnitude : magnitude;
}

}  // namespace crrsim::policy
