#include "harness/images/synthetic.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace crrsim {

namespace {

using Json = nlohmann::ordered_json;

// Images are made up at no particular time; a fixed one keeps their digests.
constexpr std::string_view kCreated = "2026-01-01T00:00:00Z";

struct FamilyTypes {
  std::string_view manifest;
  std::string_view config;
  std::string_view layer;
};
FamilyTypes TypesOf(MediaFamily family) {
  if (family == MediaFamily::kDocker)
    return {media_type::kDockerManifest, media_type::kDockerConfig, media_type::kDockerLayer};
  return {media_type::kOciManifest, media_type::kOciConfig, media_type::kOciLayer};
}
MediaFamily FamilyOf(const ImageContent& image) {
  const auto& type = image.root->media_type;
  return type == media_type::kDockerManifest || type == media_type::kDockerList ? MediaFamily::kDocker
                                                                                : MediaFamily::kOci;
}

Json DescriptorJson(std::string_view type, const Digest& digest, ByteCount size) {
  return {{"mediaType", type}, {"digest", digest.text()}, {"size", size.bytes()}};
}
Json DescriptorOf(const Manifest& manifest) {
  return DescriptorJson(manifest.media_type, manifest.digest, manifest.size());
}

bool IsText(const std::string& text) {
  // dump() refuses what is no UTF-8.
  try {
    return !Json(text).dump().empty();
  } catch (const Json::exception&) {
    return false;
  }
}

std::optional<ImageError> ProblemOf(const SyntheticImageSpec& spec, MediaFamily family) {
  if (spec.name.empty() || !IsText(spec.name)) return ImageError{"an image needs a name in UTF-8"};
  if (!IsText(spec.artifact_type)) return ImageError{"the artifact type is no UTF-8"};
  if (spec.based_on != nullptr && spec.based_on->root->kind == ManifestKind::kIndex) {
    return ImageError{"an image is based on an image, not on an index"};
  }
  if (spec.based_on != nullptr && FamilyOf(*spec.based_on) != family) {
    return ImageError{"an image and its base are both of OCI types or both of Docker types"};
  }
  if (family == MediaFamily::kDocker && (spec.subject != nullptr || !spec.artifact_type.empty())) {
    return ImageError{"Docker types know no subject and no artifact type"};
  }
  return std::nullopt;
}

/// The layers: those of the base first, then the image's own.
struct Layers {
  std::vector<Blob> blobs;
  Json descriptors = Json::array();
  Json diff_ids = Json::array();
};

Layers LayersOf(const SyntheticImageSpec& spec, std::string_view type, LayerContent content, LayerMemo& memo) {
  Layers layers;
  const auto add = [&](const Digest& digest, ByteCount size, std::string_view media_type) {
    layers.blobs.push_back({digest, size, nullptr});
    layers.descriptors.push_back(DescriptorJson(media_type, digest, size));
    layers.diff_ids.push_back(digest.text());
  };
  if (spec.based_on != nullptr) {
    for (const auto& layer : spec.based_on->root->layers) add(layer.digest, layer.size, layer.media_type);
  }
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const LayerKey key{spec.name, static_cast<std::int64_t>(i), spec.layers[i]};
    const auto digest =
        content == LayerContent::kBytes ? memo.DigestOf(key, spec.algorithm) : StandInDigest(key, spec.algorithm);
    add(digest, key.size, type);
  }
  return layers;
}

std::string ConfigText(const SyntheticImageSpec& spec, const Layers& layers) {
  if (!spec.artifact_type.empty()) return "{}";
  Json config = {{"created", kCreated}, {"architecture", spec.platform.architecture}, {"os", spec.platform.os}};
  if (!spec.platform.variant.empty()) config["variant"] = spec.platform.variant;
  config["config"] = {{"Labels", {{"org.opencontainers.image.title", spec.name}}}};
  config["rootfs"] = {{"type", "layers"}, {"diff_ids", layers.diff_ids}};
  return config.dump();
}

Result<ManifestPtr, ImageError> Parsed(const Json& manifest, DigestAlgorithm algorithm) {
  auto parsed = ParseManifest(manifest.dump(), "", algorithm);
  if (!parsed) return ImageError{parsed.error().message};
  return *parsed;
}

std::string OriginOf(std::size_t layers, LayerContent content) {
  return fmt::format("synthetic, {} layer{}{}", layers, layers == 1 ? "" : "s",
                     content == LayerContent::kSizesOnly ? ", sizes only: the layers' digests are stand-ins" : "");
}

}  // namespace

Result<ImageContent, ImageError> MakeSyntheticImage(const SyntheticImageSpec& spec, LayerMemo& memo) {
  const auto family =
      spec.media_family.value_or(spec.based_on == nullptr ? MediaFamily::kOci : FamilyOf(*spec.based_on));
  if (auto problem = ProblemOf(spec, family)) return std::move(*problem);
  const bool on_sizes = spec.based_on != nullptr && spec.based_on->content == LayerContent::kSizesOnly;
  const auto content = on_sizes ? LayerContent::kSizesOnly : spec.content;
  const auto types = TypesOf(family);
  const bool artifact = !spec.artifact_type.empty();
  const auto layers = LayersOf(spec, artifact ? "application/octet-stream" : types.layer, content, memo);
  const auto config = BlobOf(ConfigText(spec, layers), spec.algorithm);

  Json manifest = {{"schemaVersion", 2}, {"mediaType", types.manifest}};
  if (artifact) manifest["artifactType"] = spec.artifact_type;
  manifest["config"] = DescriptorJson(artifact ? media_type::kOciEmpty : types.config, config.digest, config.size);
  manifest["layers"] = layers.descriptors;
  if (spec.subject != nullptr) manifest["subject"] = DescriptorOf(*spec.subject->root);
  auto parsed = Parsed(manifest, spec.algorithm);
  if (!parsed) return std::move(parsed).error();

  ImageAssembler assembler;
  assembler.AddBlob(config);
  for (const auto& layer : layers.blobs) assembler.AddBlob(layer);
  assembler.AddManifest(*parsed);
  return assembler.Finish(OriginOf(layers.blobs.size(), content), content);
}

Result<ImageContent, ImageError> MakeSyntheticIndex(const SyntheticIndexSpec& spec) {
  if (!IsText(spec.artifact_type)) return ImageError{"the artifact type is no UTF-8"};
  Json children = Json::array();
  ImageAssembler assembler;
  auto content = LayerContent::kBytes;
  for (const auto* image : spec.images) {
    auto child = DescriptorOf(*image->root);
    for (const auto& blob : image->blobs) {
      if (!image->root->config || blob.digest != image->root->config->digest || blob.bytes == nullptr) continue;
      const auto config = Json::parse(*blob.bytes, nullptr, false);
      if (config.is_object() && config.contains("architecture")) {
        child["platform"] = {{"architecture", config["architecture"]}, {"os", config["os"]}};
        if (config.contains("variant")) child["platform"]["variant"] = config["variant"];
      }
    }
    children.push_back(std::move(child));
    assembler.AddImage(*image);
    if (image->content == LayerContent::kSizesOnly) content = LayerContent::kSizesOnly;
  }
  Json index = {{"schemaVersion", 2}, {"mediaType", media_type::kOciIndex}};
  if (!spec.artifact_type.empty()) index["artifactType"] = spec.artifact_type;
  index["manifests"] = children;
  if (spec.subject != nullptr) index["subject"] = DescriptorOf(*spec.subject->root);
  auto parsed = Parsed(index, spec.algorithm);
  if (!parsed) return std::move(parsed).error();
  assembler.AddManifest(*parsed);
  return assembler.Finish(fmt::format("synthetic index over {} images", spec.images.size()), content);
}

}  // namespace crrsim
