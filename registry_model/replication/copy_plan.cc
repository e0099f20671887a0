#include "registry_model/replication/copy_plan.h"

#include "sim/check.h"
#include "sim/index.h"

namespace crrsim {

CopyPlan::CopyPlan(std::vector<ManifestPtr> manifests) : manifests_(std::move(manifests)) {
  CRRSIM_CHECK(!manifests_.empty(), "an image without a manifest");
  NumberBlobs();
  NumberManifests();
  TurnNeedsRound();
}

void CopyPlan::NumberBlobs() {
  std::size_t mentions = 0;
  std::size_t links = 0;
  for (const auto& manifest : manifests_) {
    mentions += manifest->blobs.size();
    links += manifest->blobs.size() + manifest->children.size();
  }
  content_.reserve(mentions + manifests_.size());
  blob_sizes_.reserve(mentions);
  needs_.reserve(links);
  if (manifests_.size() == 1) {
    // A manifest names each of its blobs once, so there is nothing to look up.
    for (const auto& blob : manifests_.front()->blobs) {
      needs_.push_back(part_count());
      content_.push_back({ContentKind::kBlob, blob.digest});
      blob_sizes_.push_back(blob.size);
    }
    return;
  }
  Index<Digest, PartNumber> known;
  for (const auto& manifest : manifests_) {
    for (const auto& blob : manifest->blobs) {
      if (known.Find(blob.digest) != nullptr) continue;
      known.Insert(blob.digest, part_count());
      content_.push_back({ContentKind::kBlob, blob.digest});
      blob_sizes_.push_back(blob.size);
    }
  }
}

void CopyPlan::NumberManifests() {
  const auto blobs = blob_count();
  needs_begin_.reserve(manifests_.size() + 1);
  needs_begin_.push_back(0);
  if (manifests_.size() == 1) {
    content_.push_back({ContentKind::kManifest, root()->digest});
    needs_begin_.push_back(blobs);
    return;
  }
  Index<Digest, PartNumber> blob_numbers;
  for (PartNumber blob = 0; blob < blobs; ++blob) blob_numbers.Insert(content_[blob].digest, blob);
  Index<Digest, PartNumber> manifest_numbers;
  Index<Digest, PartNumber> named_as_child;
  for (const auto& manifest : manifests_) {
    CRRSIM_CHECK(named_as_child.Find(manifest->digest) == nullptr, "{} comes after an index that lists it",
                 manifest->digest.text());
    CRRSIM_CHECK(manifest_numbers.Find(manifest->digest) == nullptr, "{} is listed twice", manifest->digest.text());
    for (const auto& blob : manifest->blobs) needs_.push_back(*blob_numbers.Find(blob.digest));
    for (const auto& child : manifest->children) {
      if (const auto* number = manifest_numbers.Find(child.digest)) {
        needs_.push_back(*number);
      } else if (named_as_child.Find(child.digest) == nullptr) {
        named_as_child.Insert(child.digest, part_count());
      }
    }
    manifest_numbers.Insert(manifest->digest, part_count());
    content_.push_back({ContentKind::kManifest, manifest->digest});
    needs_begin_.push_back(static_cast<std::uint32_t>(needs_.size()));
  }
}

void CopyPlan::TurnNeedsRound() {
  needed_by_begin_.assign(part_count() + 1, 0);
  for (const auto part : needs_) ++needed_by_begin_[part + 1];
  for (PartNumber part = 0; part < part_count(); ++part) needed_by_begin_[part + 1] += needed_by_begin_[part];
  needed_by_.resize(needs_.size());
  auto next = needed_by_begin_;
  for (PartNumber part = blob_count(); part < part_count(); ++part) {
    for (const auto need : NeedsOf(part)) {
      CRRSIM_CHECK(need < part, "part {} needs part {}, which comes later", part, need);
      needed_by_[next[need]++] = part;
    }
  }
}

std::span<const PartNumber> CopyPlan::NeedsOf(PartNumber part) const {
  CRRSIM_CHECK(part >= blob_count() && part < part_count(), "part {} is no manifest", part);
  const auto place = part - blob_count();
  return std::span(needs_).subspan(needs_begin_[place], needs_begin_[place + 1] - needs_begin_[place]);
}

std::span<const PartNumber> CopyPlan::NeededBy(PartNumber part) const {
  CRRSIM_CHECK(part < part_count(), "there is no part {}", part);
  return std::span(needed_by_).subspan(needed_by_begin_[part], needed_by_begin_[part + 1] - needed_by_begin_[part]);
}

}  // namespace crrsim
