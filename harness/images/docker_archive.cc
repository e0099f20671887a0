#include "harness/images/docker_archive.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "harness/images/archive_source.h"
#include "harness/images/json_text.h"
#include "harness/images/oci_layout.h"
#include "registry_model/oci/strict_json.h"

namespace crrsim {

namespace {

/// One image of manifest.json.
struct SavedImage {
  std::string config;  // paths in the archive
  std::vector<std::string> layers;
  std::vector<std::string> tags;
};

/// The texts of a list; nothing when it is no list of texts. Null is an empty list: Go writes it so.
std::optional<std::vector<std::string>> TextList(const nlohmann::json& object, const char* key) {
  std::vector<std::string> texts;
  const auto member = object.find(key);
  if (member == object.end() || member->is_null()) return texts;
  if (!member->is_array()) return std::nullopt;
  for (const auto& item : *member) {
    if (!item.is_string()) return std::nullopt;
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

Result<std::vector<SavedImage>, ImageError> ReadSavedImages(ArchiveSource& source) {
  const auto text = ReadDocument(source, "manifest.json");
  if (!text) return text.error();
  const auto wrong = [&source](std::string_view problem) {
    return ImageError{fmt::format("{}: manifest.json: {}", source.name(), problem)};
  };
  const auto json = ReadJson(*text);
  if (!json) return wrong(json.error().message);
  if (!json->is_array() || json->empty()) return wrong("expected a list of images");
  std::vector<SavedImage> images;
  for (const auto& item : *json) {
    if (!item.is_object()) return wrong("expected objects with Config, RepoTags and Layers");
    auto layers = TextList(item, "Layers");
    auto tags = TextList(item, "RepoTags");
    SavedImage image{TextMember(item, "Config"), {}, {}};
    if (image.config.empty()) return wrong("Config is missing");
    if (!layers) return wrong("Layers is no list of paths");
    if (!tags) return wrong("RepoTags is no list of names");
    image.layers = *std::move(layers);
    image.tags = *std::move(tags);
    images.push_back(std::move(image));
  }
  return images;
}

std::string NameOf(const SavedImage& image) {
  return image.tags.empty() ? fmt::format("{} (without a tag)", Shown(image.config))
                            : fmt::format("'{}'", fmt::join(image.tags, "', '"));
}

Result<SavedImage, ImageError> Choose(ArchiveSource& source, const std::optional<std::string>& reference) {
  const auto images = ReadSavedImages(source);
  if (!images) return images.error();
  if (!reference && images->size() == 1) return images->front();
  std::vector<std::string> names;
  for (const auto& image : *images) {
    if (reference && std::find(image.tags.begin(), image.tags.end(), *reference) != image.tags.end()) return image;
    names.push_back(NameOf(image));
  }
  const auto all = fmt::format("{}", fmt::join(names, ", "));
  return ImageError{reference ? fmt::format("{} holds no image '{}'; it holds {}", source.name(), *reference, all)
                              : fmt::format("{} holds {} images: {}; choose one as {}:REPOSITORY:TAG", source.name(),
                                            images->size(), all, source.name())};
}

/// The diff_ids of an image config.
/// On error  the config is no such thing, or names another number of layers.
Result<std::vector<Digest>, ImageError> DiffIdsOf(const ArchiveSource& source, const SavedImage& image,
                                                  const FileFacts& config) {
  const auto wrong = [&source, &image](std::string_view problem) {
    return ImageError{fmt::format("{}: {}: {}", source.name(), Shown(image.config), problem)};
  };
  if (config.document == nullptr) return wrong("is no image config: not JSON, or over 4 MiB");
  const auto json = ReadJson(*config.document);
  if (!json) return wrong("is no image config: " + json.error().message);
  if (!json->is_object() || !json->contains("rootfs") || !(*json)["rootfs"].is_object()) {
    return wrong("is no image config: rootfs is missing");
  }
  const auto texts = TextList((*json)["rootfs"], "diff_ids");
  if (!texts) return wrong("rootfs.diff_ids is no list of digests");
  if (texts->size() != image.layers.size()) {
    return wrong(fmt::format("names {} layers, but manifest.json {}", texts->size(), image.layers.size()));
  }
  std::vector<Digest> ids;
  for (const auto& text : *texts) {
    const auto id = Digest::Parse(text);
    if (!id) return wrong("rootfs.diff_ids: " + id.error().message);
    ids.push_back(*id);
  }
  return ids;
}

Result<FileFacts, ImageError> ReadLayer(ArchiveSource& source, const std::string& path, const Digest& diff_id) {
  // Archives without an index name their layers as they like, but never below blobs/sha512.
  auto facts = source.Read(path, DigestAlgorithm::kSha256);
  if (!facts) return facts;
  if (facts->compression == Compression::kZstd || facts->compression == Compression::kOther) {
    return ImageError{
        fmt::format("{}: layer {} has a compression for which Docker's media types have no name; "
                    "skopeo copy to oci: keeps it",
                    source.name(), Shown(path))};
  }
  const bool comparable = diff_id.algorithm() == DigestAlgorithm::kSha256;
  if (facts->compression == Compression::kNone && comparable && facts->digest != diff_id) {
    return ImageError{fmt::format("{}: layer {} is damaged: its bytes have the digest {}, the config says {}",
                                  source.name(), Shown(path), facts->digest.text(), diff_id.text())};
  }
  return facts;
}

Result<ImageContent, ImageError> MakeManifest(ArchiveSource& source, const SavedImage& image) {
  auto config = source.Read(image.config, DigestAlgorithm::kSha256);
  if (!config) return std::move(config).error();
  const auto diff_ids = DiffIdsOf(source, image, *config);
  if (!diff_ids) return diff_ids.error();

  const auto describe = [](std::string_view type, const FileFacts& facts) {
    return fmt::format(R"({{"mediaType":"{}","size":{},"digest":"{}"}})", type, facts.size.bytes(),
                       facts.digest.text());
  };
  ImageAssembler assembler;
  auto text = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[)", media_type::kDockerManifest,
                          describe(media_type::kDockerConfig, *config));
  assembler.AddBlob(Blob{config->digest, config->size, config->document});
  std::size_t compressed = 0;
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto layer = ReadLayer(source, image.layers[i], (*diff_ids)[i]);
    if (!layer) return layer.error();
    const bool gzip = layer->compression == Compression::kGzip;
    if (gzip) ++compressed;
    text += (i > 0 ? "," : "") + describe(gzip ? media_type::kDockerLayerGzip : media_type::kDockerLayer, *layer);
    assembler.AddBlob(Blob{layer->digest, layer->size, nullptr});
  }
  auto manifest = ParseManifest(text + "]}", "");
  if (!manifest) return ImageError{fmt::format("{}: {}", source.name(), manifest.error().message)};
  assembler.AddManifest(*std::move(manifest));
  const auto count = image.layers.size();
  return assembler.Finish(
      fmt::format("docker archive {}, {}: a schema 2 manifest made here over its {} layer{} as stored ({} gzip), since "
                  "the archive carries none",
                  source.name(), NameOf(image), count, count == 1 ? "" : "s", compressed),
      LayerContent::kBytes);
}

ImageError NothingKnown(const ArchiveSource& source) {
  constexpr std::size_t kShownMax = 3;
  auto names = source.Names();
  if (names.empty()) return {fmt::format("{} is an archive without files", source.name())};
  const auto count = names.size();
  if (count > kShownMax) names.resize(kShownMax);
  for (auto& name : names) name = Shown(name);
  return {fmt::format("{} is an archive with neither index.json nor manifest.json at its top; it holds {}{}",
                      source.name(), fmt::join(names, ", "),
                      count > kShownMax ? fmt::format(" and {} more files", count - kShownMax) : "")};
}

}  // namespace

Result<ImageContent, ImageError> LoadDockerArchive(const std::string& path,
                                                   const std::optional<std::string>& reference) {
  auto source = ArchiveSource::Open(path);
  if (!source) return std::move(source).error();
  const bool saved = source->Contains("manifest.json");
  if (source->Contains("index.json") && source->Contains("oci-layout")) {
    return LoadOciLayoutFrom(*source, reference,
                             saved ? "docker archive with an index.json of its own," : "OCI archive");
  }
  if (!saved) return NothingKnown(*source);
  const auto image = Choose(*source, reference);
  if (!image) return image.error();
  return MakeManifest(*source, *image);
}

}  // namespace crrsim
