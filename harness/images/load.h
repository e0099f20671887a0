// Loads an image from wherever it lies: an OCI layout folder, an archive of one, or a docker archive.
#pragma once

#include <string>

#include "harness/images/image_content.h"
#include "sim/result.h"

namespace crrsim {

/// `path` may end in `:NAME` to choose one of several images, and may begin with `oci:`, `oci-archive:` or
/// `docker-archive:` as skopeo writes it. On error  nothing there, or nothing that is an image, with what was found
/// instead.
Result<ImageContent, ImageError> LoadImage(const std::string& path);

}  // namespace crrsim
