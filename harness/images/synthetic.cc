#include "harness/images/synthetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/images/json_text.h"

namespace crrsim {

namespace {

/// A fixed instant: a config's digest must not hang on when it was made.
constexpr std::string_view kCreated = "2026-01-01T00:00:00Z";

/// The text with quotes, as JSON writes it.
Result<std::string, ImageError> Quoted(const std::string& text, std::string_view what) {
  if (text.empty()) return ImageError{fmt::format("{} is empty", what)};
  try {
    return nlohmann::json(text).dump();
  } catch (const nlohmann::json::type_error&) {
    return ImageError{fmt::format("{} is not UTF-8", what)};
  }
}

std::string DescriptorText(std::string_view type, const Digest& digest, ByteCount size) {
  // The type may come from a file (a base's layer), and a file may say anything.
  const bool plain = type.find_first_of("\"\\") == std::string_view::npos &&
                     std::all_of(type.begin(), type.end(), [](char c) { return c >= ' '; });
  return fmt::format(R"({{"mediaType":{},"digest":"{}","size":{}}})",
                     plain ? fmt::format("\"{}\"", type) : nlohmann::json(type).dump(), digest.text(), size.bytes());
}

std::string DescriptorText(const Descriptor& descriptor) {
  return DescriptorText(descriptor.media_type, descriptor.digest, descriptor.size);
}

bool IsDocker(const Manifest& manifest) {
  return manifest.media_type == media_type::kDockerManifest || manifest.media_type == media_type::kDockerList;
}

/// The config of an image, where its bytes are kept and are JSON.
std::optional<nlohmann::json> ConfigOf(const ImageContent& image) {
  const auto& config = image.root->config;
  if (!config) return std::nullopt;
  const auto blob = std::find_if(image.blobs.begin(), image.blobs.end(),
                                 [&config](const Blob& candidate) { return candidate.digest == config->digest; });
  if (blob == image.blobs.end() || blob->bytes == nullptr) return std::nullopt;
  auto json = ReadJson(*blob->bytes);
  if (!json || !json->is_object()) return std::nullopt;
  return *std::move(json);
}

/// The diff_ids of an image's layers. Where its config is no image config, the layers' own digests stand in.
std::vector<std::string> DiffIdsOf(const ImageContent& image) {
  std::vector<std::string> ids;
  if (const auto config = ConfigOf(image); config && config->contains("rootfs")) {
    const auto& rootfs = config->at("rootfs");
    if (rootfs.is_object() && rootfs.contains("diff_ids") && rootfs["diff_ids"].is_array()) {
      for (const auto& id : rootfs["diff_ids"]) ids.push_back(id.is_string() ? id.get<std::string>() : "");
    }
  }
  const auto& layers = image.root->layers;
  const bool fits = ids.size() == layers.size() &&
                    std::all_of(ids.begin(), ids.end(), [](const std::string& id) { return Digest::Parse(id).ok(); });
  if (fits) return ids;
  ids.clear();
  for (const auto& layer : layers) ids.push_back(layer.digest.text());
  return ids;
}

/// What is known of the image once its specification was found sound.
struct Draft {
  const SyntheticImageSpec& spec;
  LayerContent content = LayerContent::kBytes;
  bool docker = false;
  std::string quoted_name = {};
  std::string quoted_artifact_type = {};  // empty: no artifact
  std::string platform = {};              // the members of the config, with quotes
  std::vector<Descriptor> layers = {};
  std::vector<std::string> diff_ids = {};
  std::vector<Blob> blobs = {};  // of the layers
};

Result<std::string, ImageError> PlatformMembers(const Platform& platform) {
  const auto architecture = Quoted(platform.architecture, "the architecture of a platform");
  if (!architecture) return architecture.error();
  const auto os = Quoted(platform.os, "the os of a platform");
  if (!os) return os.error();
  auto members = fmt::format(R"("architecture":{},"os":{})", *architecture, *os);
  if (platform.variant.empty()) return members;
  const auto variant = Quoted(platform.variant, "the variant of a platform");
  if (!variant) return variant.error();
  return members + fmt::format(R"(,"variant":{})", *variant);
}

Result<Draft, ImageError> Check(const SyntheticImageSpec& spec) {
  Draft draft{.spec = spec, .content = spec.content};
  auto name = Quoted(spec.name, "the name of an image");
  if (!name) return std::move(name).error();
  draft.quoted_name = *std::move(name);
  if (!spec.artifact_type.empty()) {
    auto type = Quoted(spec.artifact_type, "an artifact type");
    if (!type) return std::move(type).error();
    draft.quoted_artifact_type = *std::move(type);
  }
  auto platform = PlatformMembers(spec.platform);
  if (!platform) return std::move(platform).error();
  draft.platform = *std::move(platform);
  if (spec.based_on != nullptr && spec.based_on->root->kind == ManifestKind::kIndex) {
    return ImageError{fmt::format("'{}' is based on an index; name one of its images", spec.name)};
  }
  const bool base_is_docker = spec.based_on != nullptr && IsDocker(*spec.based_on->root);
  draft.docker =
      spec.media_family.value_or(base_is_docker ? MediaFamily::kDocker : MediaFamily::kOci) == MediaFamily::kDocker;
  if (spec.based_on != nullptr && draft.docker != base_is_docker) {
    return ImageError{
        fmt::format("'{}' has other media types (OCI or Docker) than the image that it is based on", spec.name)};
  }
  if (draft.docker && (!spec.artifact_type.empty() || spec.subject != nullptr)) {
    return ImageError{
        fmt::format("'{}' has Docker media types, which know no artifact type and no subject", spec.name)};
  }
  return draft;
}

void AddBaseLayers(Draft& draft) {
  const auto& base = *draft.spec.based_on;
  if (base.content == LayerContent::kSizesOnly) draft.content = LayerContent::kSizesOnly;
  draft.layers = base.root->layers;
  draft.diff_ids = DiffIdsOf(base);
  for (const auto& blob : base.blobs) {
    const bool is_layer = std::any_of(draft.layers.begin(), draft.layers.end(),
                                      [&blob](const Descriptor& layer) { return layer.digest == blob.digest; });
    if (is_layer) draft.blobs.push_back(blob);
  }
}

void AddOwnLayers(Draft& draft, LayerMemo& memo) {
  const auto& spec = draft.spec;
  const auto type = !spec.artifact_type.empty() ? std::string_view("application/octet-stream")
                    : draft.docker              ? media_type::kDockerLayer
                                                : media_type::kOciLayer;
  for (std::size_t i = 0; i < spec.layers.size(); ++i) {
    const LayerKey key{spec.name, static_cast<std::int64_t>(i), spec.layers[i]};
    const auto digest = draft.content == LayerContent::kSizesOnly ? StandInDigest(key, spec.algorithm)
                                                                  : memo.DigestOf(key, spec.algorithm);
    draft.layers.push_back(Descriptor{std::string(type), digest, key.size, {}});
    draft.diff_ids.push_back(digest.text());
    draft.blobs.push_back(Blob{digest, key.size, nullptr});
  }
}

std::string ConfigText(const Draft& draft) {
  std::string ids;
  for (const auto& id : draft.diff_ids) ids += fmt::format(R"({}"{}")", ids.empty() ? "" : ",", id);
  return fmt::format(R"({{"created":"{}",{},"config":{{"Labels":{{"org.opencontainers.image.title":{}}}}},)"
                     R"("rootfs":{{"type":"layers","diff_ids":[{}]}}}})",
                     kCreated, draft.platform, draft.quoted_name, ids);
}

std::string SubjectMember(const ImageContent* subject) {
  if (subject == nullptr) return {};
  const auto& root = *subject->root;
  return fmt::format(R"(,"subject":{})", DescriptorText(root.media_type, root.digest, root.size()));
}

std::string ManifestText(const Draft& draft, const Blob& config) {
  const bool artifact = !draft.quoted_artifact_type.empty();
  const auto config_type = artifact       ? media_type::kOciEmpty
                           : draft.docker ? media_type::kDockerConfig
                                          : media_type::kOciConfig;
  std::string layers;
  for (const auto& layer : draft.layers) layers += (layers.empty() ? "" : ",") + DescriptorText(layer);
  auto text = fmt::format(R"({{"schemaVersion":2,"mediaType":"{}",)",
                          draft.docker ? media_type::kDockerManifest : media_type::kOciManifest);
  if (artifact) text += fmt::format(R"("artifactType":{},)", draft.quoted_artifact_type);
  text += fmt::format(R"("config":{},"layers":[{}])", DescriptorText(config_type, config.digest, config.size), layers);
  text += SubjectMember(draft.spec.subject);
  if (artifact) text += fmt::format(R"(,"annotations":{{"org.opencontainers.image.title":{}}})", draft.quoted_name);
  return text + "}";
}

std::string OriginOf(const Draft& draft) {
  const auto count = draft.layers.size();
  auto origin = fmt::format("synthetic, {} layer{}", count, count == 1 ? "" : "s");
  return origin + (draft.content == LayerContent::kSizesOnly
                       ? ", sizes only: layer digests are stand-ins that no bytes have"
                       : " of generated bytes");
}

/// `{"architecture":…}` as an index says it, or nothing where the config does not say.
std::string PlatformText(const ImageContent& image) {
  const auto config = ConfigOf(image);
  if (!config) return {};
  nlohmann::ordered_json platform;
  for (const char* key : {"architecture", "os", "variant"}) {
    if (auto text = TextMember(*config, key); !text.empty()) platform[key] = std::move(text);
  }
  return platform.contains("architecture") && platform.contains("os") ? platform.dump() : std::string();
}

ImageError FromManifest(std::string_view what, const ManifestError& error) {
  return {fmt::format("{}: {}", what, error.message)};
}

}  // namespace

Result<ImageContent, ImageError> MakeSyntheticImage(const SyntheticImageSpec& spec, LayerMemo& memo) {
  auto draft = Check(spec);
  if (!draft) return std::move(draft).error();
  if (spec.based_on != nullptr) AddBaseLayers(*draft);
  AddOwnLayers(*draft, memo);

  const bool artifact = !spec.artifact_type.empty();
  const auto config = BlobOf(artifact ? "{}" : ConfigText(*draft), spec.algorithm);
  if (artifact && draft->layers.empty()) {
    // The image specification asks for at least one layer, and has the empty descriptor for those who have none.
    draft->layers.push_back(Descriptor{std::string(media_type::kOciEmpty), config.digest, config.size, {}});
  }
  auto manifest = ParseManifest(ManifestText(*draft, config), "", spec.algorithm);
  if (!manifest) return FromManifest(spec.name, manifest.error());

  ImageAssembler assembler;
  assembler.AddBlob(config);
  for (auto& blob : draft->blobs) assembler.AddBlob(std::move(blob));
  assembler.AddManifest(*std::move(manifest));
  return assembler.Finish(OriginOf(*draft), draft->content);
}

Result<ImageContent, ImageError> MakeSyntheticIndex(const SyntheticIndexSpec& spec) {
  if (spec.images.empty()) return ImageError{"an index without images"};
  bool docker = spec.artifact_type.empty() && spec.subject == nullptr;
  auto content = LayerContent::kBytes;
  std::string children;
  ImageAssembler assembler;
  for (const auto* image : spec.images) {
    const auto& root = *image->root;
    docker = docker && IsDocker(root);
    if (image->content == LayerContent::kSizesOnly) content = LayerContent::kSizesOnly;
    auto descriptor = DescriptorText(root.media_type, root.digest, root.size());
    if (const auto platform = PlatformText(*image); !platform.empty()) {
      descriptor.insert(descriptor.size() - 1, fmt::format(R"(,"platform":{})", platform));
    }
    children += (children.empty() ? "" : ",") + descriptor;
    assembler.AddImage(*image);
  }
  auto text =
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}",)", docker ? media_type::kDockerList : media_type::kOciIndex);
  if (!spec.artifact_type.empty()) {
    const auto type = Quoted(spec.artifact_type, "an artifact type");
    if (!type) return type.error();
    text += fmt::format(R"("artifactType":{},)", *type);
  }
  text += fmt::format(R"("manifests":[{}]{}}})", children, SubjectMember(spec.subject));
  auto manifest = ParseManifest(text, "", spec.algorithm);
  if (!manifest) return FromManifest("an index", manifest.error());
  assembler.AddManifest(*std::move(manifest));
  return assembler.Finish(fmt::format("synthetic, an index over {} images", spec.images.size()), content);
}

}  // namespace crrsim
