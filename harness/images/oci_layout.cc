#include "harness/images/oci_layout.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "harness/images/json_text.h"

namespace crrsim {

namespace {

std::string PathOf(const Digest& digest) {
  return fmt::format("blobs/{}/{}", digest.algorithm() == DigestAlgorithm::kSha256 ? "sha256" : "sha512", digest.hex());
}

/// Reads a manifest or index with all that it refers to.
class TreeLoader {
 public:
  explicit TreeLoader(ContentSource& source) : source_(source) {}

  Result<ImageContent, ImageError> Load(const Descriptor& root, const std::string& origin) {
    if (auto error = Visit(root, 0)) return *std::move(error);
    if (!missing_.empty()) return MissingError(root);
    return assembler_.Finish(origin, LayerContent::kBytes);
  }

  /// The descriptor of a manifest with this digest, somewhere below the given ones. Indexes that are not there are
  /// passed over.
  std::optional<Descriptor> Find(const std::vector<Descriptor>& among, const Digest& digest, int depth = 0) {
    for (const auto& descriptor : among) {
      if (descriptor.digest == digest) return descriptor;
    }
    for (const auto& descriptor : among) {
      const bool is_index =
          descriptor.media_type == media_type::kOciIndex || descriptor.media_type == media_type::kDockerList;
      if (!is_index || depth == kDepthMax || !source_.Contains(PathOf(descriptor.digest))) continue;
      const auto index = ReadManifest(descriptor);
      if (!index) continue;
      if (auto found = Find((*index)->children, digest, depth + 1)) return found;
    }
    return std::nullopt;
  }

 private:
  /// Indexes in indexes are rare, and three deep nobody has seen.
  static constexpr int kDepthMax = 8;

  ImageError Error(const Digest& digest, std::string_view problem) const {
    return {fmt::format("{}: {} {}", source_.name(), PathOf(digest), problem)};
  }

  /// Reads a blob and holds it against its descriptor.
  Result<FileFacts, ImageError> ReadVerified(const SizedDigest& content) {
    auto facts = source_.Read(PathOf(content.digest), content.digest.algorithm());
    if (!facts) return facts;
    if (facts->size != content.size) return WrongSize(content, facts->size);
    if (facts->digest != content.digest) {
      return Error(content.digest, fmt::format("is damaged: its bytes have the digest {}", facts->digest.text()));
    }
    return facts;
  }

  Result<ManifestPtr, ImageError> ReadManifest(const Descriptor& descriptor) {
    const auto facts = ReadVerified(descriptor.sized());
    if (!facts) return facts.error();
    if (facts->document == nullptr) return Error(descriptor.digest, "is no manifest: not JSON, or over 4 MiB");
    auto manifest = ParseManifest(*facts->document, descriptor.media_type, descriptor.digest.algorithm());
    if (!manifest) return Error(descriptor.digest, "is no manifest: " + manifest.error().message);
    return *std::move(manifest);
  }

  std::optional<ImageError> Visit(const Descriptor& descriptor, int depth) {
    if (sizes_.contains(descriptor.digest)) return CheckSize(descriptor.sized());
    if (depth > kDepthMax) return Error(descriptor.digest, "is nested too deeply in indexes");
    if (!source_.Contains(PathOf(descriptor.digest))) {
      NoteMissing(descriptor.digest);
      return std::nullopt;
    }
    auto manifest = ReadManifest(descriptor);
    if (!manifest) return std::move(manifest).error();
    sizes_.emplace(descriptor.digest, descriptor.size);
    const auto mentions_before = missing_mentions_;
    for (const auto& child : (*manifest)->children) {
      if (auto error = Visit(child, depth + 1)) return error;
    }
    for (const auto& blob : (*manifest)->blobs) {
      if (auto error = AddBlob(blob, **manifest)) return error;
    }
    if (missing_mentions_ == mentions_before && (*manifest)->kind == ManifestKind::kImage) {
      complete_.push_back(descriptor.digest);
    }
    // Once something is missing nothing is put together any more, but the walk goes on to make the message complete.
    if (missing_.empty()) assembler_.AddManifest(*manifest);
    return std::nullopt;
  }

  std::optional<ImageError> AddBlob(const SizedDigest& content, const Manifest& manifest) {
    if (assembler_.HasBlob(content.digest)) return CheckSize(content);
    if (!source_.Contains(PathOf(content.digest))) {
      NoteMissing(content.digest);
      return std::nullopt;
    }
    auto facts = ReadVerified(content);
    if (!facts) return std::move(facts).error();
    sizes_.emplace(content.digest, content.size);
    const bool is_config = content.digest == manifest.config->digest;
    assembler_.AddBlob(Blob{facts->digest, facts->size, is_config ? std::move(facts->document) : nullptr});
    return std::nullopt;
  }

  /// For content that was read before: every descriptor of it has to state its size.
  std::optional<ImageError> CheckSize(const SizedDigest& content) const {
    const auto size = sizes_.at(content.digest);
    if (content.size == size) return std::nullopt;
    return WrongSize(content, size);
  }

  ImageError WrongSize(const SizedDigest& content, ByteCount size) const {
    return Error(content.digest,
                 fmt::format("has {} bytes; its descriptor says {}", size.bytes(), content.size.bytes()));
  }

  void NoteMissing(const Digest& digest) {
    ++missing_mentions_;
    if (std::find(missing_.begin(), missing_.end(), digest) == missing_.end()) missing_.push_back(digest);
  }

  ImageError MissingError(const Descriptor& root) const {
    const auto shown = [](const std::vector<Digest>& digests) {
      constexpr std::size_t kShownMax = 4;
      std::vector<std::string> texts;
      for (std::size_t i = 0; i < std::min(digests.size(), kShownMax); ++i) texts.push_back(digests[i].text());
      if (digests.size() > kShownMax) texts.push_back(fmt::format("{} more", digests.size() - kShownMax));
      return fmt::format("{}", fmt::join(texts, ", "));
    };
    auto message = missing_ == std::vector<Digest>{root.digest}
                       ? fmt::format("{}: the index names {}, which is not there", source_.name(), root.digest.text())
                       : fmt::format("{}: {} refers to what is not there: {}", source_.name(), root.digest.text(),
                                     shown(missing_));
    if (!complete_.empty()) {
      message += fmt::format("; complete, and to be chosen as {}:DIGEST: {}", source_.name(), shown(complete_));
    }
    return {message};
  }

  ContentSource& source_;
  ImageAssembler assembler_;
  std::map<Digest, ByteCount> sizes_;  // of all that was read and found sound
  std::vector<Digest> missing_;        // each once
  std::size_t missing_mentions_ = 0;
  std::vector<Digest> complete_;  // image manifests with all of their blobs
};

/// An entry of index.json.
struct Entry {
  Descriptor descriptor;
  std::vector<std::string> names;  // the first is the one to show; may be empty
};

struct LayoutIndex {
  std::vector<Descriptor> descriptors;
  std::vector<Entry> entries;
};

std::optional<ImageError> CheckLayoutFile(ContentSource& source) {
  const auto text = ReadDocument(source, "oci-layout");
  if (!text) return text.error();
  const auto json = ReadJson(*text);
  if (!json) return ImageError{fmt::format("{}: oci-layout: {}", source.name(), json.error().message)};
  const auto version = TextMember(*json, "imageLayoutVersion");
  if (version.starts_with("1.")) return std::nullopt;
  return ImageError{fmt::format("{}: oci-layout has imageLayoutVersion '{}'; expected 1.0.0", source.name(), version)};
}

Result<LayoutIndex, ImageError> ReadIndex(ContentSource& source) {
  const auto text = ReadDocument(source, "index.json");
  if (!text) return text.error();
  const auto index = ParseManifest(*text, media_type::kOciIndex);
  if (!index) return ImageError{fmt::format("{}: index.json: {}", source.name(), index.error().message)};
  const auto json = ReadJson(*text);
  CRRSIM_CHECK(json.ok());
  LayoutIndex layout{(*index)->children, {}};
  for (std::size_t i = 0; i < layout.descriptors.size(); ++i) {
    Entry entry{layout.descriptors[i], {}};
    const auto& described = json->at("manifests").at(i);
    if (described.contains("annotations")) {
      const auto& annotations = described["annotations"];
      const auto containerd = TextMember(annotations, "io.containerd.image.name");
      const auto reference = TextMember(annotations, "org.opencontainers.image.ref.name");
      for (const std::string_view prefix : {"", "docker.io/", "docker.io/library/"}) {
        if (!containerd.empty() && containerd.starts_with(prefix)) {
          entry.names.push_back(containerd.substr(prefix.size()));
        }
      }
      if (!reference.empty()) entry.names.push_back(reference);
    }
    layout.entries.push_back(std::move(entry));
  }
  return layout;
}

std::string NamesOf(const std::vector<Entry>& entries) {
  std::vector<std::string> names;
  for (const auto& entry : entries) {
    names.push_back(entry.names.empty() ? entry.descriptor.digest.text() : fmt::format("'{}'", entry.names.front()));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

Result<Descriptor, ImageError> Choose(ContentSource& source, const std::optional<std::string>& reference) {
  const auto layout = ReadIndex(source);
  if (!layout) return layout.error();
  const auto& entries = layout->entries;
  if (entries.empty()) return ImageError{fmt::format("{}: index.json lists no image", source.name())};
  if (reference) {
    if (const auto digest = Digest::Parse(*reference)) {
      if (auto found = TreeLoader(source).Find(layout->descriptors, *digest)) return *std::move(found);
    }
  }
  std::vector<Entry> chosen;
  for (const auto& entry : entries) {
    const bool named = !reference || std::find(entry.names.begin(), entry.names.end(), *reference) != entry.names.end();
    if (named) chosen.push_back(entry);
  }
  if (chosen.empty()) {
    return ImageError{fmt::format("{} holds no image '{}'; it holds {}", source.name(), *reference, NamesOf(entries))};
  }
  // One image under several names is no choice to make.
  const auto& first = chosen.front().descriptor;
  const bool same = std::all_of(chosen.begin(), chosen.end(),
                                [&first](const Entry& entry) { return entry.descriptor.digest == first.digest; });
  if (same) return first;
  return ImageError{reference ? fmt::format("{} holds {} images named '{}'; choose one by its digest", source.name(),
                                            chosen.size(), *reference)
                              : fmt::format("{} holds {} images: {}; choose one as {}:NAME", source.name(),
                                            entries.size(), NamesOf(entries), source.name())};
}

}  // namespace

Result<ImageContent, ImageError> LoadOciLayoutFrom(ContentSource& source, const std::optional<std::string>& reference,
                                                   const std::string& what) {
  if (auto error = CheckLayoutFile(source)) return *std::move(error);
  const auto root = Choose(source, reference);
  if (!root) return root.error();
  return TreeLoader(source).Load(
      *root, fmt::format("{} {}{}", what, source.name(), reference ? fmt::format(", '{}'", *reference) : ""));
}

Result<ImageContent, ImageError> LoadOciLayout(const std::string& path, const std::optional<std::string>& reference) {
  FolderSource source(path);
  return LoadOciLayoutFrom(source, reference, "OCI layout");
}

}  // namespace crrsim
