// Images as `docker save` and `skopeo copy docker-archive:` write them: a tar with `manifest.json`, configs and layers.
//
// Such an archive holds no registry manifest, so there is no digest that a registry would give it. New docker versions
// put an OCI `index.json` beside; where it is there it is used. Otherwise a Docker schema 2 manifest is made over the
// config and the layers as they are stored (uncompressed or gzip), and the report says so.
#pragma once

#include <optional>
#include <string>

#include "harness/images/file_table.h"

namespace crrsim {

/// `reference` chooses among several images by a tag of their `RepoTags`.
/// On error  no docker archive, several images and no reference (the message lists them), content that is absent.
Result<ImageContent, ImageError> ReadDockerArchive(FileTable& files, const std::optional<std::string>& reference);

}  // namespace crrsim
