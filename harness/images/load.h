// Images from whatever a path leads to: an OCI layout folder, or an archive (docker_archive.h).
//
//   auto image = LoadImage("build/api.tar", std::nullopt);
//   auto other = LoadImage("layouts/shop:v2", std::nullopt);  // the image v2 of the layout layouts/shop
#pragma once

#include <optional>
#include <string>

#include "harness/images/image_content.h"
#include "sim/result.h"

namespace crrsim {

/// `path` may end in `:REFERENCE`, as skopeo writes it; a file or folder of the whole name goes first. A `reference`
/// that is given counts instead, and `path` is then taken as it stands. On error  says what was found there and what
/// was expected.
Result<ImageContent, ImageError> LoadImage(const std::string& path, const std::optional<std::string>& reference);

}  // namespace crrsim
