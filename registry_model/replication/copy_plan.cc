#include "registry_model/replication/copy_plan.h"

#include <numeric>

#include "sim/check.h"
#include "sim/index.h"

namespace crrsim {

void CopyPlan::LayOut(const ManifestList& manifests) {
  CRRSIM_CHECK(!manifests.empty(), "an image without a manifest");
  Clear();
  NumberParts(manifests);
  LinkManifests(manifests);
  TurnNeedsRound();
}

void CopyPlan::Clear() {
  content_.clear();
  blob_sizes_.clear();
  links_.clear();
}

void CopyPlan::NumberParts(const ManifestList& manifests) {
  std::size_t mentions = 0;
  for (const auto& manifest : manifests) mentions += manifest->blobs.size();
  content_.reserve(mentions + manifests.size());
  blob_sizes_.reserve(mentions);
  // A manifest names each of its blobs once, so one alone needs no looking up.
  const bool is_single = manifests.size() == 1;
  Index<Digest, PartNumber> known;
  for (const auto& manifest : manifests) {
    for (const auto& blob : manifest->blobs) {
      if (!is_single && !known.Insert(blob.digest, part_count())) continue;
      content_.push_back({ContentKind::kBlob, blob.digest});
      blob_sizes_.push_back(blob.size);
    }
  }
  for (const auto& manifest : manifests) content_.push_back({ContentKind::kManifest, manifest->digest});
}

void CopyPlan::LinkManifests(const ManifestList& manifests) {
  const auto blobs = blob_count();
  links_.resize(manifests.size() + 1 + part_count() + 1);
  links_[0] = static_cast<std::uint32_t>(links_.size());
  if (manifests.size() == 1) {
    links_.resize(links_.size() + blobs);
    std::iota(links_.end() - blobs, links_.end(), PartNumber{0});
    links_[1] = static_cast<std::uint32_t>(links_.size());
    return;
  }
  Index<Digest, PartNumber> blob_numbers;
  for (PartNumber blob = 0; blob < blobs; ++blob) blob_numbers.Insert(content_[blob].digest, blob);
  Index<Digest, PartNumber> manifest_numbers;
  for (auto part = blobs; part < part_count(); ++part) {
    CRRSIM_CHECK(manifest_numbers.Insert(content_[part].digest, part), "{} is listed twice",
                 content_[part].digest.text());
  }
  for (std::size_t place = 0; place < manifests.size(); ++place) {
    for (const auto& blob : manifests[place]->blobs) links_.push_back(*blob_numbers.Find(blob.digest));
    for (const auto& child : manifests[place]->children) {
      const auto* number = manifest_numbers.Find(child.digest);
      if (number == nullptr) continue;
      CRRSIM_CHECK(*number < blobs + place, "{} comes after an index that lists it", child.digest.text());
      links_.push_back(*number);
    }
    links_[place + 1] = static_cast<std::uint32_t>(links_.size());
  }
}

void CopyPlan::TurnNeedsRound() {
  // Counting sort: how many need each part, where its list ends, then filled from the back, which leaves the
  // beginnings.
  const auto begins = manifest_count() + 1;
  const auto needs_begin = links_.front();
  const auto needs_end = links_[manifest_count()];
  for (auto link = needs_begin; link < needs_end; ++link) ++links_[begins + links_[link]];
  auto end = needs_end;
  for (PartNumber part = 0; part <= part_count(); ++part) {
    end += links_[begins + part];
    links_[begins + part] = end;
  }
  links_.resize(end);
  for (auto part = part_count(); part-- > blob_count();) {
    const auto needs = NeedsOf(part);
    for (auto need = needs.rbegin(); need != needs.rend(); ++need) links_[--links_[begins + *need]] = part;
  }
}

std::span<const PartNumber> CopyPlan::List(std::size_t begins, std::size_t place) const {
  const auto begin = links_[begins + place];
  return std::span(links_).subspan(begin, links_[begins + place + 1] - begin);
}

std::span<const PartNumber> CopyPlan::NeedsOf(PartNumber part) const {
  CRRSIM_CHECK(part >= blob_count() && part < part_count(), "part {} is no manifest", part);
  return List(0, part - blob_count());
}

std::span<const PartNumber> CopyPlan::NeededBy(PartNumber part) const {
  CRRSIM_CHECK(part < part_count(), "there is no part {}", part);
  return List(manifest_count() + 1, part);
}

}  // namespace crrsim
