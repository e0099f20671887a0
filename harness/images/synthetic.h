// Images made up from a list of layer sizes: real manifests and configs over generated layers.
//
// The digests hang on the specification alone, not on a run's seed, so they are the same in every run. Layers are of
// the uncompressed media type, so that the config's diff_ids, which name uncompressed layers, are the layers' digests;
// layer bytes are noise (layer_bytes.h). With kSizesOnly layers have stand-in digests and the origin line says so; an
// image over one that has sizes only has sizes only itself.
//
//   auto memo = LayerMemo::OfUser();
//   auto image = MakeSyntheticImage({.name = "mservice", .layers = {Mebibytes(48), Mebibytes(3)}}, memo);
//
// A multi-arch image is an index over images of one platform each:
//
//   auto amd64 = MakeSyntheticImage({.name = "api-amd64", .layers = {Mebibytes(3)}}, memo);
//   auto arm64 = MakeSyntheticImage({.name = "api-arm64", .layers = {Mebibytes(3)},
//                                    .platform = {.architecture = "arm64"}}, memo);
//   auto index = MakeSyntheticIndex({.images = {&*amd64, &*arm64}});
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/images/image_content.h"
#include "harness/images/layer_memo.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

enum class MediaFamily : std::uint8_t { kOci, kDocker };

struct Platform {
  std::string os = "linux";
  std::string architecture = "amd64";
  std::string variant = {};  // `v7`; empty when there is none
  friend bool operator==(const Platform&, const Platform&) = default;
};

struct SyntheticImageSpec {
  /// Layers of another name have other bytes; the name is also the image's title label.
  std::string name = {};
  std::vector<ByteCount> layers = {};
  LayerContent content = LayerContent::kBytes;
  /// Its layers come first, as with FROM in a Dockerfile. An image, not an index. (The `urls` of foreign layers are not
  /// carried over: nothing here follows them.)
  const ImageContent* based_on = nullptr;
  /// By default that of `based_on`, else OCI.
  std::optional<MediaFamily> media_family = {};
  Platform platform = {};
  /// Makes an artifact: an empty config, and layers of no particular type. OCI alone.
  std::string artifact_type = {};
  /// Makes a referrer of this image. OCI alone.
  const ImageContent* subject = nullptr;
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
};

/// On error  the name or the artifact type is empty text or no UTF-8, the base is an index or of another family, Docker
///           types with a subject or artifact type, or a manifest beyond what ParseManifest takes.
Result<ImageContent, ImageError> MakeSyntheticImage(const SyntheticImageSpec& spec, LayerMemo& memo);

struct SyntheticIndexSpec {
  /// The children, in order; indexes may be among them. Platforms are read from their configs.
  std::vector<const ImageContent*> images = {};
  /// Makes the index an artifact. OCI alone.
  std::string artifact_type = {};
  /// Makes the index a referrer. OCI alone.
  const ImageContent* subject = nullptr;
  DigestAlgorithm algorithm = DigestAlgorithm::kSha256;
};

/// A Docker manifest list where every child is of a Docker type and nothing needs OCI, else an OCI index.
/// On error  no images, or a manifest beyond what ParseManifest takes.
Result<ImageContent, ImageError> MakeSyntheticIndex(const SyntheticIndexSpec& spec);

}  // namespace crrsim
