// Images from an OCI image layout: a folder (or an archive) with oci-layout, index.json and blobs/.
//
// Everything that the chosen image refers to must be there, with the stated size and digest; foreign layers, which
// nobody stores, are left out. Which image, where the layout holds several, says a reference: the name that the entry
// of index.json has (`org.opencontainers.image.ref.name`, or containerd's `io.containerd.image.name` with or without
// `docker.io/`), or the digest of any manifest in it, children of indexes included.
//
// An index of which a child is missing is an error, although tools write that (docker save with containerd's store puts
// the whole index beside the content of one platform): no registry takes such an index. The message names what is
// missing and the images that are complete, which can be chosen by digest.
//
// Source  OCI image-spec, image-layout.md; ecr-replication.md 10.2 (PutImage: children before their index).
#pragma once

#include <optional>
#include <string>

#include "harness/images/content_source.h"
#include "harness/images/image_content.h"
#include "sim/result.h"

namespace crrsim {

/// On error  names the file or the digest at fault; several images and no reference: names them.
Result<ImageContent, ImageError> LoadOciLayout(const std::string& path, const std::optional<std::string>& reference);

/// The same over any source. `what` begins the origin line, as in `OCI layout`.
Result<ImageContent, ImageError> LoadOciLayoutFrom(ContentSource& source, const std::optional<std::string>& reference,
                                                   const std::string& what);

}  // namespace crrsim
