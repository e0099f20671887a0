// The content of one image, ready to be pushed: its manifests in the order in which a registry takes them, and the
// blobs that they need.
//
// It comes from synthetic layers (synthetic.h), an OCI layout folder (oci_layout.h) or an archive of docker save,
// skopeo or buildah (docker_archive.h); load.h picks between the last two.
//
// Invariants: every child stands before its index; the root stands last; each digest is there once; `blobs` holds
// exactly what the manifests name as theirs (`Manifest::blobs`, so no foreign layers), in the order of first use. Every
// size and digest was computed from bytes, save the layers of kSizesOnly. A subject is not part of its referrer's
// content.
//
// Determinism: the same file or specification gives the same content; neither a run's seed nor the host has a part.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "registry_model/oci/blob.h"
#include "registry_model/oci/manifest.h"

namespace crrsim {

enum class LayerContent : std::uint8_t {
  kBytes,      // every digest is the hash of bytes that exist or can be made again
  kSizesOnly,  // layers have a size and a stand-in digest that no bytes have
};

struct ImageContent {
  ManifestPtr root;
  std::vector<ManifestPtr> manifests;
  /// Bytes are kept of small JSON documents (configs) alone.
  std::vector<Blob> blobs;
  /// One line for reports: where the content is from.
  std::string origin;
  LayerContent content = LayerContent::kBytes;
};

/// Why there is no content: one sentence without a full stop, which names the file where there is one.
struct ImageError {
  std::string message;
  friend bool operator==(const ImageError&, const ImageError&) = default;
};

/// Puts an ImageContent together in the order of its invariants.
class ImageAssembler {
 public:
  [[nodiscard]] bool HasBlob(const Digest& digest) const { return blobs_.contains(digest); }
  [[nodiscard]] bool HasManifest(const Digest& digest) const { return manifests_.contains(digest); }
  void AddBlob(Blob blob);
  /// Requires all that the manifest refers to was added before. The last one added is the root.
  void AddManifest(ManifestPtr manifest);
  /// All of another image, its root last.
  void AddImage(const ImageContent& image);
  /// Requires a manifest was added. Call once.
  ImageContent Finish(std::string origin, LayerContent content);

 private:
  ImageContent image_;
  // Two sets, since a layer may well hold the bytes of a manifest.
  std::set<Digest> blobs_;
  std::set<Digest> manifests_;
};

}  // namespace crrsim
