// Images in the OCI image layout: an `oci-layout` file, `index.json`, and `blobs/<algorithm>/<hex>`.
//
// Everything that is taken is checked: sizes and digests of all manifests, configs and layers, over their real bytes. A
// multi-platform index brings all of its children; one whose child is absent (a tool that copied a single platform) is
// refused by name.
#pragma once

#include <optional>
#include <string>

#include "harness/images/file_table.h"

namespace crrsim {

/// `reference` chooses among several images by their `org.opencontainers.image.ref.name`.
/// On error  no layout, several images and no reference (the message lists them), content that is absent or damaged.
Result<ImageContent, ImageError> ReadOciLayout(FileTable& files, const std::optional<std::string>& reference);

}  // namespace crrsim
