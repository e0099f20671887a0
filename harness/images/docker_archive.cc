#include "harness/images/docker_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/images/oci_layout.h"

namespace crrsim {

namespace {

using Json = nlohmann::ordered_json;

ImageError Problem(const FileTable& files, const std::string& what) {
  return {fmt::format("{}: {}", files.where(), what)};
}

Result<Json, ImageError> ChooseImage(const FileTable& files, const Json& list,
                                     const std::optional<std::string>& reference) {
  std::vector<Json> chosen;
  std::string names;
  for (const auto& image : list) {
    if (!image.is_object()) continue;
    const auto tags = image.contains("RepoTags") && image["RepoTags"].is_array() ? image["RepoTags"] : Json::array();
    for (const auto& tag : tags)
      names += fmt::format("{}{}", names.empty() ? "" : ", ", tag.is_string() ? tag.get<std::string>() : "?");
    if (!reference || std::find(tags.begin(), tags.end(), Json(*reference)) != tags.end()) chosen.push_back(image);
  }
  if (chosen.size() == 1) return chosen.front();
  if (chosen.empty())
    return Problem(files, reference ? fmt::format("the archive has no image '{}'; it has: {}", *reference, names)
                                    : "manifest.json lists no image");
  return Problem(files, fmt::format("the archive has several images; name one as PATH:NAME of: {}", names));
}

Json DescriptorOf(std::string_view type, const StoredFile& file) {
  return {{"mediaType", type}, {"size", file.size.bytes()}, {"digest", file.digest.text()}};
}

}  // namespace

Result<ImageContent, ImageError> ReadDockerArchive(FileTable& files, const std::optional<std::string>& reference) {
  if (files.Find("index.json") != nullptr) return ReadOciLayout(files, reference);
  const auto* list_file = files.Find("manifest.json");
  if (list_file == nullptr || !list_file->bytes)
    return Problem(files, "neither index.json nor manifest.json is there; expected what docker save or skopeo writes");
  const auto list = Json::parse(*list_file->bytes, nullptr, false);
  if (!list.is_array()) return Problem(files, "manifest.json is not a list of images");
  const auto image = ChooseImage(files, list, reference);
  if (!image) return image.error();
  if (!image->contains("Config") || !(*image)["Config"].is_string() || !image->contains("Layers") ||
      !(*image)["Layers"].is_array()) {
    return Problem(files, "manifest.json names no Config or no Layers");
  }
  const auto config_name = (*image)["Config"].get<std::string>();
  const auto* config = files.Find(config_name);
  if (config == nullptr || !config->bytes) return Problem(files, fmt::format("the config {} is absent", config_name));

  ImageAssembler assembler;
  assembler.AddBlob({config->digest, config->size, std::make_shared<const std::string>(*config->bytes)});
  Json manifest = {{"schemaVersion", 2},
                   {"mediaType", media_type::kDockerManifest},
                   {"config", DescriptorOf(media_type::kDockerConfig, *config)},
                   {"layers", Json::array()}};
  for (const auto& name : (*image)["Layers"]) {
    const auto* layer = name.is_string() ? files.Find(name.get<std::string>()) : nullptr;
    if (layer == nullptr) return Problem(files, fmt::format("layer {} is absent", name.dump()));
    manifest["layers"].push_back(
        DescriptorOf(layer->gzip ? media_type::kDockerLayerGzip : media_type::kDockerLayer, *layer));
    assembler.AddBlob({layer->digest, layer->size, nullptr});
  }
  auto parsed = ParseManifest(manifest.dump(), "");
  if (!parsed) return Problem(files, parsed.error().message);
  assembler.AddManifest(*parsed);
  return assembler.Finish(
      fmt::format(
          "docker archive {}; it holds no manifest, so a schema 2 manifest was made over its {} layers as stored",
          files.where(), manifest["layers"].size()),
      LayerContent::kBytes);
}

}  // namespace crrsim
