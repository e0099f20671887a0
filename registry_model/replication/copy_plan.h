// What has to be at a destination before an image is there: its parts, and which of them need which.
//
// Parts are numbered: first all distinct blobs in the order in which the manifests name them, then the manifests,
// children before their index, the image itself last. A manifest needs its blobs and its children; it is put when they
// are there. A plan is immutable and shared by the jobs of one push.
//
//   CopyPlan plan({child, index});
//   for (PartNumber blob = 0; blob < plan.blob_count(); ++blob) ... plan.blob_size(blob) ...
//
// Source  ecr-replication.md 4 (children of a list), 10.2 PutImage (children must be there first).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "registry_model/oci/manifest.h"
#include "registry_model/replication/engine.h"

namespace crrsim {

using PartNumber = std::uint32_t;

class CopyPlan {
 public:
  /// Requires at least one manifest, each once, children before their index; a Defect otherwise. A child that is not
  /// among them is not waited for.
  explicit CopyPlan(std::vector<ManifestPtr> manifests);

  /// Of blobs and manifests together.
  [[nodiscard]] PartNumber part_count() const { return static_cast<PartNumber>(content_.size()); }
  [[nodiscard]] PartNumber blob_count() const { return static_cast<PartNumber>(blob_sizes_.size()); }
  /// Kind and digest, by part.
  [[nodiscard]] const std::vector<Content>& content() const { return content_; }
  /// Requires a blob's number.
  [[nodiscard]] ByteCount blob_size(PartNumber part) const { return blob_sizes_.at(part); }
  /// Requires a manifest's number.
  [[nodiscard]] const ManifestPtr& manifest(PartNumber part) const { return manifests_.at(part - blob_count()); }
  [[nodiscard]] const std::vector<ManifestPtr>& manifests() const { return manifests_; }
  [[nodiscard]] const ManifestPtr& root() const { return manifests_.back(); }

  /// The parts that a manifest needs, in its own order. Requires a manifest's number.
  [[nodiscard]] std::span<const PartNumber> NeedsOf(PartNumber part) const;
  /// The manifests that need a part, in their order; twice where one names it twice.
  [[nodiscard]] std::span<const PartNumber> NeededBy(PartNumber part) const;

 private:
  void NumberBlobs();
  void NumberManifests();
  void TurnNeedsRound();

  std::vector<ManifestPtr> manifests_;
  std::vector<Content> content_;
  std::vector<ByteCount> blob_sizes_;
  // Two lists of lists, each flat: those of manifest m are [begin[m], begin[m + 1]), those of part p likewise.
  std::vector<PartNumber> needs_;
  std::vector<std::uint32_t> needs_begin_;
  std::vector<PartNumber> needed_by_;
  std::vector<std::uint32_t> needed_by_begin_;
};

}  // namespace crrsim
