#include "harness/images/oci_layout.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace crrsim {

namespace {

using Json = nlohmann::json;

constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr int kNestingMax = 16;

std::string BlobPath(const Digest& digest) {
  return fmt::format("blobs/{}/{}", digest.algorithm() == DigestAlgorithm::kSha256 ? "sha256" : "sha512", digest.hex());
}

class LayoutReader {
 public:
  explicit LayoutReader(FileTable& files) : files_(files) {}

  /// A manifest and all it refers to, children first.
  std::optional<ImageError> ReadManifest(const Digest& digest, const std::string& media_type, int nesting) {
    if (assembler_.HasManifest(digest)) return std::nullopt;
    if (nesting > kNestingMax) return Problem(fmt::format("indexes are nested more than {} deep", kNestingMax));
    const auto* file = files_.Find(BlobPath(digest));
    if (file == nullptr) return Problem(fmt::format("the layout lacks manifest {}", digest.text()));
    if (file->digest != digest) return Damaged(digest, *file);
    if (!file->bytes) return Problem(fmt::format("manifest {} is larger than 4 MiB", digest.text()));
    auto manifest = ParseManifest(*file->bytes, media_type, digest.algorithm());
    if (!manifest) return Problem(fmt::format("manifest {}: {}", digest.text(), manifest.error().message));
    for (const auto& child : (*manifest)->children) {
      if (auto problem = ReadManifest(child.digest, child.media_type, nesting + 1)) return problem;
    }
    for (const auto& blob : (*manifest)->blobs) {
      if (auto problem = ReadBlob(blob)) return problem;
    }
    assembler_.AddManifest(*manifest);
    return std::nullopt;
  }

  ImageContent Finish(std::string origin) { return assembler_.Finish(std::move(origin), LayerContent::kBytes); }
  [[nodiscard]] ImageError Problem(const std::string& what) const {
    return {fmt::format("{}: {}", files_.where(), what)};
  }

 private:
  std::optional<ImageError> ReadBlob(const Descriptor& blob) {
    if (assembler_.HasBlob(blob.digest)) return std::nullopt;
    const auto* file = files_.Find(BlobPath(blob.digest));
    if (file == nullptr) return Problem(fmt::format("the layout lacks blob {}", blob.digest.text()));
    if (file->digest != blob.digest) return Damaged(blob.digest, *file);
    if (file->size != blob.size) {
      return Problem(fmt::format("blob {} has {} bytes, its manifest says {}", blob.digest.text(), file->size.bytes(),
                                 blob.size.bytes()));
    }
    assembler_.AddBlob({blob.digest, blob.size, nullptr});
    return std::nullopt;
  }
  [[nodiscard]] ImageError Damaged(const Digest& digest, const StoredFile& file) const {
    return Problem(
        fmt::format("the file of {} is damaged: its bytes have digest {}", digest.text(), file.digest.text()));
  }

  FileTable& files_;
  ImageAssembler assembler_;
};

/// The one entry of index.json that is meant.
Result<Json, ImageError> ChooseEntry(const LayoutReader& reader, const Json& index,
                                     const std::optional<std::string>& reference) {
  std::vector<Json> chosen;
  std::string names;
  for (const auto& entry : index["manifests"]) {
    if (!entry.is_object()) continue;
    std::string name;
    if (const auto annotations = entry.find("annotations"); annotations != entry.end() && annotations->is_object()) {
      name = annotations->value(kRefName, "");
    }
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name.empty() ? "(no name)" : name);
    if (!reference || name == *reference) chosen.push_back(entry);
  }
  if (chosen.size() == 1) return chosen.front();
  if (chosen.empty()) {
    return reader.Problem(reference ? fmt::format("the layout has no image '{}'; it has: {}", *reference, names)
                                    : "index.json lists no image");
  }
  return reader.Problem(fmt::format("the layout has several images; name one as PATH:NAME of: {}", names));
}

}  // namespace

Result<ImageContent, ImageError> ReadOciLayout(FileTable& files, const std::optional<std::string>& reference) {
  LayoutReader reader(files);
  const auto* index_file = files.Find("index.json");
  if (index_file == nullptr || !index_file->bytes) return reader.Problem("there is no index.json");
  const auto index = Json::parse(*index_file->bytes, nullptr, false);
  if (!index.is_object() || !index.contains("manifests") || !index["manifests"].is_array()) {
    return reader.Problem("index.json is not an OCI image index");
  }
  const auto entry = ChooseEntry(reader, index, reference);
  if (!entry) return entry.error();
  if (!entry->contains("digest") || !(*entry)["digest"].is_string())
    return reader.Problem("an entry of index.json has no digest");
  const auto digest = Digest::Parse((*entry)["digest"].get<std::string>());
  if (!digest) return reader.Problem("index.json: " + digest.error().message);
  const auto type = entry->contains("mediaType") && (*entry)["mediaType"].is_string()
                        ? (*entry)["mediaType"].get<std::string>()
                        : std::string();
  if (auto problem = reader.ReadManifest(*digest, type, 0)) return std::move(*problem);
  return reader.Finish(fmt::format("OCI layout {}", files.where()));
}

}  // namespace crrsim
