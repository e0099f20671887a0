// Images from a tar archive: docker save (old and new), skopeo's docker-archive: and oci-archive:, buildah and podman.
//
// An archive that carries an OCI layout (oci-layout and index.json: docker since 25, oci-archive:) is read as one, and
// has the manifest of its own. One that has manifest.json alone says nothing of a manifest or its digest; a Docker
// schema 2 manifest is then made over config and layers as they are stored: uncompressed layers as `rootfs.diff.tar`,
// gzip as `rootfs.diff.tar.gzip`, other compressions are refused since Docker's types have none. The origin line says
// which of the two it was. Stored uncompressed layers must have the digests that the config's diff_ids state.
//
// Source  issue decision: a docker archive has no manifest digest of its own; Docker image spec v1.2 (manifest.json).
#pragma once

#include <optional>
#include <string>

#include "harness/images/image_content.h"
#include "sim/result.h"

namespace crrsim {

/// `reference` is one of RepoTags (`repository:tag`), or what LoadOciLayout takes; needed where several images are
/// there. On error  names the archive and the member at fault; several images and no reference: names them.
Result<ImageContent, ImageError> LoadDockerArchive(const std::string& path,
                                                   const std::optional<std::string>& reference);

}  // namespace crrsim
