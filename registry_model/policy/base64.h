// Base64 as BinaryEquals reads it: the standard alphabet, padded to a multiple of four characters.
//
// Source  RFC 4648 4; IAM user guide, reference_policies_elements_condition_operators ("Binary condition operators").
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace crrsim::policy {

/// The bytes, or nothing for text that is not base64. Unused bits of the last character are ignored.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace crrsim::policy
