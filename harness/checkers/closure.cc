// No manifest is visible before all that it references, nor after a part of it is gone.
#include <fmt/format.h>

#include <algorithm>

#include "harness/checkers/all_checkers.h"
#include "registry_model/repository_numbers.h"
#include "sim/index.h"

namespace crrsim {

namespace {

class ClosureChecker final : public CheckerOf<ClosureChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) {
      Of(blob->registry, blob->repository).blobs.Insert(blob->blob, event.when);
    } else if (const auto* mounted = std::get_if<BlobMounted>(&event.body)) {
      Of(mounted->registry, mounted->repository).blobs.Insert(mounted->blob, event.when);
    } else if (const auto* manifest = std::get_if<ManifestStored>(&event.body)) {
      Appear(*manifest, event.when);
    } else if (const auto* moved = std::get_if<TagMoved>(&event.body)) {
      if (moved->to) Point(*moved, event.when);
    } else if (const auto* lost_blob = std::get_if<BlobRemoved>(&event.body)) {
      auto& there = Of(lost_blob->registry, lost_blob->repository);
      there.blobs.Erase(lost_blob->blob);
      Lose(there, lost_blob->registry, lost_blob->repository, lost_blob->blob, event.when);
    } else if (const auto* lost_image = std::get_if<ManifestRemoved>(&event.body)) {
      Vanish(*lost_image, event.when);
    }
  }

  void AtEnd(const FinalState& state) override {
    for (const auto& [key, registry] : state.registries) {
      registry.repositories.ForEachSorted(
          [&, &where = key](const RepositoryName& name, const Cow<Repository>& repository) {
            repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
              CheckFinal(where, name, *repository, digest, *image.manifest, state.now);
            });
          });
    }
  }

 private:
  struct Visible {
    Instant since;
    std::vector<Digest> references;
  };
  struct Contents {
    Index<Digest, Instant> blobs;
    Index<Digest, Visible> manifests;
    Index<Digest, std::uint32_t> mentions;  // how many visible manifests reference it
    Index<Digest, Instant> lost;            // when it last went
    [[nodiscard]] bool Has(const Digest& digest) const {
      return blobs.Find(digest) != nullptr || manifests.Find(digest) != nullptr;
    }
  };

  Contents& Of(const RegistryKey& registry, const RepositoryName& repository) {
    const auto number = numbers_.NumberOf(registry, repository);
    if (number == contents_.size()) contents_.emplace_back();
    return contents_[number];
  }

  static ViolationSide Absent(const Contents& there, const Digest& digest) {
    const auto* lost = there.lost.Find(digest);
    if (lost == nullptr) return {fmt::format("{} is there before; it never was", digest.short_text()), std::nullopt};
    return {fmt::format("{} is there; it was removed", digest.short_text()), *lost};
  }

  void Appear(const ManifestStored& stored, Instant when) {
    auto& there = Of(stored.registry, stored.repository);
    for (const auto& reference : stored.references) {
      ++there.mentions.Emplace(reference, 0U).first;
      if (there.Has(reference)) continue;
      Report({fmt::format("{} became visible in {}", stored.digest.short_text(),
                          PlaceText(stored.registry, stored.repository)),
              when},
             Absent(there, reference));
    }
    there.manifests.Insert(stored.digest, {when, stored.references});
  }

  void Point(const TagMoved& moved, Instant when) {
    const auto& there = Of(moved.registry, moved.repository);
    if (there.manifests.Find(*moved.to) != nullptr) return;
    Report({fmt::format("tag '{}' of {} names {}", moved.tag.text(), PlaceText(moved.registry, moved.repository),
                        moved.to->short_text()),
            when},
           Absent(there, *moved.to));
  }

  void Vanish(const ManifestRemoved& removed, Instant when) {
    auto& there = Of(removed.registry, removed.repository);
    if (const auto* visible = there.manifests.Find(removed.digest)) {
      for (const auto& reference : visible->references) {
        auto* mentions = there.mentions.Find(reference);
        if (mentions != nullptr && --*mentions == 0) there.mentions.Erase(reference);
      }
      there.manifests.Erase(removed.digest);
    }
    Lose(there, removed.registry, removed.repository, removed.digest, when);
  }

  /// Something was taken away: what is still visible must do without it.
  void Lose(Contents& there, const RegistryKey& registry, const RepositoryName& repository, const Digest& digest,
            Instant when) {
    there.lost.Emplace(digest).first = when;
    if (there.mentions.Find(digest) == nullptr || there.Has(digest)) return;
    there.manifests.ForEachSorted([&](const Digest& manifest, const Visible& visible) {
      if (std::find(visible.references.begin(), visible.references.end(), digest) == visible.references.end()) return;
      Report({fmt::format("{} left {}", digest.short_text(), PlaceText(registry, repository)), when},
             {fmt::format("it stays as long as {}, which references it, is visible", manifest.short_text()),
              visible.since});
    });
  }

  void CheckFinal(const RegistryKey& registry, const RepositoryName& name, const Repository& repository,
                  const Digest& digest, const Manifest& manifest, Instant now) {
    const auto lacks = [&](const Digest& part) {
      Report({fmt::format("{} is visible at the end in {}", digest.short_text(), PlaceText(registry, name)), now},
             {fmt::format("{} is there too; it is not", part.short_text()), now});
    };
    for (const auto& blob : manifest.blobs) {
      if (repository.blobs.Find(blob.digest) == nullptr) lacks(blob.digest);
    }
    for (const auto& child : manifest.children) {
      if (repository.images.Find(child.digest) == nullptr) lacks(child.digest);
    }
  }

  RepositoryNumbers numbers_;
  std::vector<Contents> contents_;
};

}  // namespace

std::unique_ptr<Checker> MakeClosureChecker(const Assumptions&) { return std::make_unique<ClosureChecker>(); }

}  // namespace crrsim
