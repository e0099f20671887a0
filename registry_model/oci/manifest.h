// Manifests and indexes, parsed from their real bytes.
//
// Four media types are understood: OCI image manifest, OCI image index, Docker schema 2 manifest, Docker manifest list.
// The bytes are kept as they came and the digest is the hash of exactly them; nothing is ever re-serialised, converted
// or filled in. A parsed Manifest is immutable and shared by all registries and worlds that hold it.
//
// Foreign layers (Docker's `rootfs.foreign.*`, OCI's `layer.nondistributable.*`) stay in `layers` and are not among
// `blobs`: clients do not push them and registries do not ask for them, so a copy has nothing to move. The media type
// decides, as it does for docker and containerd; `urls` on an ordinary layer change nothing.
//
// Decided where the specifications are silent, so that nobody can read the same bytes in two ways: a member of the
// other kind (`manifests` beside `layers`) is refused, and so is one digest with two sizes. A member that is null
// counts as absent. All rules hold for the OCI and the Docker types alike, `subject` and `artifactType` included.
//
//   auto manifest = ParseManifest(bytes, "");
//   for (const Descriptor& layer : (*manifest)->layers) ...
//
// Source  oci-registry.md (Rules, content); ecr-replication.md 8 (4 MiB), 10.2 PutImage, 11 (bytes are never
// converted).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/oci/digest.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

/// The largest manifest that PutImage takes. Source  ecr-replication.md 8.
inline constexpr std::int64_t kManifestSizeMax = 4'194'304;

namespace media_type {
inline constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";
inline constexpr std::string_view kOciConfig = "application/vnd.oci.image.config.v1+json";
inline constexpr std::string_view kOciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr std::string_view kOciLayer = "application/vnd.oci.image.layer.v1.tar";
inline constexpr std::string_view kOciEmpty = "application/vnd.oci.empty.v1+json";
inline constexpr std::string_view kDockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr std::string_view kDockerList = "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr std::string_view kDockerConfig = "application/vnd.docker.container.image.v1+json";
inline constexpr std::string_view kDockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";
inline constexpr std::string_view kDockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
}  // namespace media_type

/// As much of a descriptor as concerns moving and storing what it names.
struct SizedDigest {
  Digest digest;
  ByteCount size;

  friend bool operator==(const SizedDigest&, const SizedDigest&) = default;
};

/// What one piece of content says of another.
struct Descriptor {
  std::string media_type;
  Digest digest;
  ByteCount size;
  std::string artifact_type;  // empty when absent

  [[nodiscard]] SizedDigest sized() const { return {digest, size}; }
  friend bool operator==(const Descriptor&, const Descriptor&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("mediaType", self.media_type);
    visit("digest", self.digest);
    visit("size", self.size);
    visit("artifactType", self.artifact_type);
  }
};

enum class ManifestKind : std::uint8_t {
  kImage,  // config and layers
  kIndex,  // children
};

struct Manifest {
  std::string bytes;
  Digest digest;  // of `bytes`
  /// One of the four in media_type, never another text; the declared one where the manifest has none itself.
  std::string_view media_type;
  ManifestKind kind = ManifestKind::kImage;
  /// Falls back to the config's media type for an image manifest; empty for an index without one.
  std::string artifact_type;
  std::optional<Descriptor> config;   // image manifests only
  std::vector<Descriptor> layers;     // in manifest order; may name one digest twice
  std::vector<Descriptor> children;   // indexes only, in order
  std::optional<Descriptor> subject;  // of a referrer
  std::map<std::string, std::string> annotations;
  /// Derived: config and layers without foreign ones, each digest once, config first, then layers in manifest order:
  /// what a copy has to move.
  std::vector<SizedDigest> blobs;
  /// Derived: the sum of the sizes of `blobs`, which is `imageSizeInBytes` of an image manifest.
  ByteCount blob_bytes;

  [[nodiscard]] ByteCount size() const { return ByteCount::FromBytes(static_cast<std::int64_t>(bytes.size())); }

  /// For shared storage in archives: the digest's text and the media type.
  [[nodiscard]] std::string ShareKey() const;
  /// Saves bytes, digest and media type; the rest is parsed again.
  void Encode(Writer& writer) const;
  static Manifest Decode(Reader& reader);
};

/// Whether the layer stays at the place that its `urls` name, and is never pushed or copied.
bool IsForeignLayer(const Descriptor& layer);

using ManifestPtr = std::shared_ptr<const Manifest>;

enum class ManifestErrorCode : std::uint8_t {
  kTooLarge,
  kNotJson,            // also: nested too deeply, duplicate keys, invalid UTF-8
  kWrongShape,         // a member is missing, has the wrong type or an invalid value
  kUnknownMediaType,   // no media type, or none of the four
  kMediaTypeMismatch,  // declared and embedded media type differ
};

struct ManifestError {
  ManifestErrorCode code = ManifestErrorCode::kNotJson;
  std::string message;  // one sentence with a JSON pointer where there is one
  friend bool operator==(const ManifestError&, const ManifestError&) = default;
};

/// Parses and validates a manifest or index of at most kManifestSizeMax bytes.
/// `declared_media_type` is what came beside the bytes (Content-Type, imageManifestMediaType), parameters allowed;
/// empty when nothing did. Order     the first error of: size, JSON, media type, schemaVersion, other kind's members,
/// artifactType, subject,
///           annotations, config, layers, sizes that disagree; or children.
/// On error  nothing is kept.
Result<ManifestPtr, ManifestError> ParseManifest(std::string_view bytes, std::string_view declared_media_type,
                                                 DigestAlgorithm algorithm = DigestAlgorithm::kSha256);

}  // namespace crrsim
