// What replication stores is, digest by digest, what a client pushed.
#include <fmt/format.h>

#include "harness/checkers/all_checkers.h"
#include "sim/index.h"

namespace crrsim {

namespace {

class DigestEqualityChecker final : public CheckerOf<DigestEqualityChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) {
      if (blob->origin != Origin::kReplication) {
        blobs_.Insert(blob->blob, {event.when, blob->stored});
      } else {
        CheckBlob(*blob, event.when);
      }
    } else if (const auto* manifest = std::get_if<ManifestStored>(&event.body)) {
      if (manifest->origin == Origin::kReplication) {
        CheckManifest(*manifest, event.when);
      } else if (manifests_.Find(manifest->digest) == nullptr) {
        manifests_.Insert(manifest->digest, {event.when, manifest->media_type, manifest->references});
      }
    }
  }

  void AtEnd(const FinalState& state) override {
    Index<Digest, bool> seen;
    for (const auto& [key, registry] : state.registries) {
      registry.repositories.ForEachSorted(
          [&, &where = key](const RepositoryName& name, const Cow<Repository>& repository) {
            repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
              if (!seen.Insert(digest, true)) return;
              const auto actual = Digest::Of(image.manifest->bytes, digest.algorithm());
              if (actual == digest) return;
              Report({fmt::format("the manifest kept as {} in {} hashes to {}", digest.short_text(),
                                  PlaceText(where, name), actual.short_text()),
                      state.now},
                     {"a manifest is kept under the digest of its bytes", image.pushed_at});
            });
          });
    }
  }

 private:
  struct PushedBlob {
    Instant when;
    ByteCount stored;
  };
  struct PushedManifest {
    Instant when;
    std::string_view media_type;
    std::vector<Digest> references;
  };

  // Every copied blob and manifest passes here, so what was found is put into words only for a violation.

  void CheckBlob(const BlobStored& blob, Instant when) {
    const auto* pushed = blobs_.Find(blob.blob);
    if (pushed != nullptr && pushed->stored == blob.stored) return;
    const ViolationSide found{fmt::format("replication stored a blob {} of {} bytes in {}", blob.blob.short_text(),
                                          blob.stored.bytes(), PlaceText(blob.registry, blob.repository)),
                              when};
    if (pushed == nullptr) return Report(found, {"a client pushed a blob of that digest; none did", std::nullopt});
    Report(found, {fmt::format("it has the {} bytes that a client pushed", pushed->stored.bytes()), pushed->when});
  }

  void CheckManifest(const ManifestStored& manifest, Instant when) {
    const auto* pushed = manifests_.Find(manifest.digest);
    const bool same_type = pushed != nullptr && pushed->media_type == manifest.media_type;
    if (same_type && pushed->references == manifest.references) return;
    const ViolationSide found{fmt::format("replication stored the manifest {} in {}", manifest.digest.short_text(),
                                          PlaceText(manifest.registry, manifest.repository)),
                              when};
    if (pushed == nullptr) return Report(found, {"a client pushed a manifest of that digest; none did", std::nullopt});
    if (!same_type) {
      return Report(found, {fmt::format("it is of the media type that a client pushed, {}, not {}", pushed->media_type,
                                        manifest.media_type),
                            pushed->when});
    }
    Report(found, {fmt::format("it has the {} references that a client pushed, not {} others",
                               pushed->references.size(), manifest.references.size()),
                   pushed->when});
  }

  Index<Digest, PushedBlob> blobs_;
  Index<Digest, PushedManifest> manifests_;
};

}  // namespace

std::unique_ptr<Checker> MakeDigestEqualityChecker(const Assumptions&) {
  return std::make_unique<DigestEqualityChecker>();
}

}  // namespace crrsim
