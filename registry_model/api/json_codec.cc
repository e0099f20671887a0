#include "registry_model/api/json_codec.h"

#include "registry_model/mutants.h"

#include <algorithm>
#include <limits>

namespace crrsim {

namespace internal {

namespace {

constexpr std::int64_t kNanosecondsPerMillisecond = 1'000'000;

std::string_view Describe(const nlohmann::json& json) {
  switch (json.type()) {
    case nlohmann::json::value_t::null:
      return "null";
    case nlohmann::json::value_t::object:
      return "an object";
    case nlohmann::json::value_t::array:
      return "a list";
    case nlohmann::json::value_t::string:
      return "text";
    case nlohmann::json::value_t::boolean:
      return "true or false";
    default:
      return "a number";
  }
}

}  // namespace

std::string JsonDecoder::Step(std::string_view member) {
  std::string step = "/";
  for (const char c : member) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

bool JsonDecoder::Fail(const std::string& pointer, std::string_view problem) {
  problem_ = fmt::format("{} {}", pointer.empty() ? "the request" : pointer, problem);
  return false;
}

bool JsonDecoder::WrongType(const nlohmann::json& json, const std::string& pointer, std::string_view expected) {
  return Fail(pointer, fmt::format("is {}; expected {}", Describe(json), expected));
}

bool JsonDecoder::ReadNumber(const nlohmann::json& json, const std::string& pointer, std::int64_t& into) {
  if (!json.is_number_integer()) {
    if (json.is_number()) return Fail(pointer, "has decimals; expected a whole number");
    return WrongType(json, pointer, "a whole number");
  }
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > kMax) return Fail(pointer, "is 2^63 or more");
  into = json.get<std::int64_t>();
  return true;
}

bool JsonDecoder::ReadInstant(const nlohmann::json& json, const std::string& pointer, Instant& into) {
  if (!json.is_number()) return WrongType(json, pointer, "seconds since 1970");
  constexpr double kMillisecondsMax = 9e15;
  const auto milliseconds = json.get<double>() * 1e3;
  constexpr auto kLastMillisecond = std::numeric_limits<std::int64_t>::max() / kNanosecondsPerMillisecond;
  constexpr auto kMax = static_cast<double>(kLastMillisecond);
  if (!(std::abs(milliseconds) <= std::min(kMillisecondsMax, kMax))) return Fail(pointer, "is no time of this world");
  into = Instant::FromUnixNanoseconds(std::llround(milliseconds) * kNanosecondsPerMillisecond);
  return true;
}

bool JsonDecoder::ReadText(const std::string& text, const std::string&, std::string& into) {
  into = text;
  return true;
}

bool JsonDecoder::ReadText(const std::string& text, const std::string&, SharedText& into) {
  into.text = std::make_shared<const std::string>(text);
  return true;
}

bool JsonDecoder::ReadText(const std::string& text, const std::string& pointer, BinaryText& into) {
  auto bytes = policy::DecodeBase64(text);
  if (!bytes) return Fail(pointer, "is not base64");
  into.bytes = *std::move(bytes);
  return true;
}

bool JsonDecoder::RefuseUnknown(const nlohmann::json& json, const std::string& pointer,
                                const std::vector<std::string_view>& members) {
  for (const auto& [key, value] : json.items()) {
    if (std::find(members.begin(), members.end(), key) == members.end()) {
      return Fail(pointer + Step(key), fmt::format("is not a member{}", DidYouMean(key, members)));
    }
  }
  return true;
}

double SecondsOf(Instant instant) {
  const auto milliseconds = instant.unix_nanoseconds() / kNanosecondsPerMillisecond;
  if (Mutated(Mutant::kWholeSeconds)) return static_cast<double>(milliseconds - milliseconds % 1'000) / 1e3;
  return static_cast<double>(milliseconds) / 1e3;
}

}  // namespace internal

std::string ToJsonText(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace crrsim
