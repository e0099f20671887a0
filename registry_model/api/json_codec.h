// Between described structs (sim/fields.h) and JSON, driven by their Fields alone.
//
// A member that is not std::optional is required; an optional one may be absent or null. A member that the struct does
// not have is an error that names the nearest that it has: AWS's service would ignore it, but its clients refuse it,
// and a typo must not pass silently. Empty optionals are left out when writing. Instants are seconds since 1970 with
// milliseconds, as in AWS's JSON protocol; BinaryText is base64.
//
//   auto request = DecodeJson<PutImageRequest>(json);
//   request.error().message  // "/imageTg is not a member; did you mean 'imageTag'?"
//
// Errors: the first one in the order of the struct's members, unknown members first, as a sentence that begins with the
// JSON pointer. Requires JSON that was parsed with a limit on its depth, if it comes from outside.
// Source  ecr-replication.md 1.1 (timestamps).
#pragma once

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/base64.h"
#include "registry_model/api/wire_types.h"
#include "registry_model/policy/base64.h"
#include "sim/fields.h"
#include "sim/nearest_name.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

namespace internal {

class JsonDecoder {
 public:
  [[nodiscard]] const std::string& problem() const { return problem_; }

  /// Returns false after the first problem.
  template <class T>
  bool Read(const nlohmann::json& json, const std::string& pointer, T& into) {
    if constexpr (IsOptional<T>::value) {
      if (json.is_null()) return true;
      return Read(json, pointer, into.emplace());
    } else if constexpr (std::is_same_v<T, bool>) {
      if (!json.is_boolean()) return WrongType(json, pointer, "true or false");
      into = json.get<bool>();
      return true;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
      return ReadNumber(json, pointer, into);
    } else if constexpr (std::is_same_v<T, Instant>) {
      return ReadInstant(json, pointer, into);
    } else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, SharedText> ||
                         std::is_same_v<T, BinaryText>) {
      if (!json.is_string()) return WrongType(json, pointer, "text");
      return ReadText(json.get_ref<const std::string&>(), pointer, into);
    } else if constexpr (IsVector<T>::value) {
      if (!json.is_array()) return WrongType(json, pointer, "a list");
      for (std::size_t i = 0; i < json.size(); ++i) {
        if (!Read(json[i], fmt::format("{}/{}", pointer, i), into.emplace_back())) return false;
      }
      return true;
    } else if constexpr (IsMap<T>::value) {
      if (!json.is_object()) return WrongType(json, pointer, "an object");
      for (const auto& [key, value] : json.items()) {
        if (!Read(value, pointer + Step(key), into[key])) return false;
      }
      return true;
    } else {
      static_assert(Described<T>, "give the type Fields");
      return ReadStruct(json, pointer, into);
    }
  }

 private:
  /// One step of a JSON pointer (RFC 6901).
  static std::string Step(std::string_view member);
  bool Fail(const std::string& pointer, std::string_view problem);
  bool WrongType(const nlohmann::json& json, const std::string& pointer, std::string_view expected);
  bool ReadNumber(const nlohmann::json& json, const std::string& pointer, std::int64_t& into);
  bool ReadInstant(const nlohmann::json& json, const std::string& pointer, Instant& into);
  bool ReadText(const std::string& text, const std::string& pointer, std::string& into);
  bool ReadText(const std::string& text, const std::string& pointer, SharedText& into);
  bool ReadText(const std::string& text, const std::string& pointer, BinaryText& into);
  bool RefuseUnknown(const nlohmann::json& json, const std::string& pointer,
                     const std::vector<std::string_view>& members);

  template <class T>
  bool ReadStruct(const nlohmann::json& json, const std::string& pointer, T& into) {
    if (!json.is_object()) return WrongType(json, pointer, "an object");
    std::vector<std::string_view> members;
    T::Fields(into, [&](std::string_view name, auto&) { members.push_back(name); });
    if (!RefuseUnknown(json, pointer, members)) return false;
    bool sound = true;
    T::Fields(into, [&](std::string_view name, auto& field) {
      if (!sound) return;
      const auto member = json.find(name);
      if (member != json.end()) {
        sound = Read(*member, pointer + Step(name), field);
      } else if constexpr (!IsOptional<std::remove_cvref_t<decltype(field)>>::value) {
        sound = Fail(pointer + Step(name), "is missing");
      }
    });
    return sound;
  }

  std::string problem_;
};

double SecondsOf(Instant instant);

}  // namespace internal

template <class T>
Result<T, ParseError> DecodeJson(const nlohmann::json& json) {
  T value{};
  internal::JsonDecoder decoder;
  if (!decoder.Read(json, "", value)) return ParseError{decoder.problem()};
  return value;
}

template <class T>
nlohmann::json EncodeJson(const T& value) {
  if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::string>) {
    return value;
  } else if constexpr (std::is_same_v<T, Instant>) {
    return internal::SecondsOf(value);
  } else if constexpr (std::is_same_v<T, SharedText>) {
    return value.view();
  } else if constexpr (std::is_same_v<T, BinaryText>) {
    return EncodeBase64(value.bytes);
  } else if constexpr (internal::IsVector<T>::value) {
    auto list = nlohmann::json::array();
    for (const auto& element : value) list.push_back(EncodeJson(element));
    return list;
  } else if constexpr (internal::IsMap<T>::value) {
    auto object = nlohmann::json::object();
    for (const auto& [key, element] : value) object[key] = EncodeJson(element);
    return object;
  } else {
    static_assert(Described<T>, "give the type Fields");
    auto object = nlohmann::json::object();
    T::Fields(value, [&object](std::string_view name, const auto& field) {
      if constexpr (internal::IsOptional<std::remove_cvref_t<decltype(field)>>::value) {
        if (field) object[std::string(name)] = EncodeJson(*field);
      } else {
        object[std::string(name)] = EncodeJson(field);
      }
    });
    return object;
  }
}

/// Compact, with bytes that are no UTF-8 replaced.
std::string ToJsonText(const nlohmann::json& json);

}  // namespace crrsim
