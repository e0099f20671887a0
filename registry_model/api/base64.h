// Bytes as text in JSON: base64 with the standard alphabet and padding (RFC 4648 4), as AWS's blobs travel.
// policy/base64.h reads it back.
#pragma once

#include <string>
#include <string_view>

namespace crrsim {

std::string EncodeBase64(std::string_view bytes);

}  // namespace crrsim
