// What has to be at a destination before an image is there: its parts, and which of them need which.
//
// Parts are numbered: first all distinct blobs in the order in which the manifests name them, then the manifests,
// children before their index, the image itself last. A manifest needs its blobs and its children; it is put when they
// are there.
//
// A plan belongs to one running job and is laid out again for the next, so that its memory serves them all.
//
//   CopyPlan plan;
//   plan.LayOut({child, index});
//   for (PartNumber blob = 0; blob < plan.blob_count(); ++blob) ... plan.blob_size(blob) ...
//
// Source  ecr-replication.md 4 (children of a list), 10.2 PutImage (children must be there first).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "registry_model/oci/manifest.h"
#include "registry_model/replication/engine.h"
#include "registry_model/replication/job_queue.h"

namespace crrsim {

using PartNumber = std::uint32_t;

class CopyPlan {
 public:
  /// Requires at least one manifest, each once, children before their index; a Defect otherwise. A child that is not
  /// among them is not waited for.
  void LayOut(const ManifestList& manifests);
  void Clear();

  /// Of blobs and manifests together.
  [[nodiscard]] PartNumber part_count() const { return static_cast<PartNumber>(content_.size()); }
  [[nodiscard]] PartNumber blob_count() const { return static_cast<PartNumber>(blob_sizes_.size()); }
  /// Kind and digest, by part.
  [[nodiscard]] const std::vector<Content>& content() const { return content_; }
  /// Requires a blob's number.
  [[nodiscard]] ByteCount blob_size(PartNumber part) const { return blob_sizes_.at(part); }

  /// The parts that a manifest needs, in its own order. Requires a manifest's number.
  [[nodiscard]] std::span<const PartNumber> NeedsOf(PartNumber part) const;
  /// The manifests that need a part, in their order; twice where one names it twice.
  [[nodiscard]] std::span<const PartNumber> NeededBy(PartNumber part) const;

 private:
  void NumberParts(const ManifestList& manifests);
  void LinkManifests(const ManifestList& manifests);
  void TurnNeedsRound();
  [[nodiscard]] std::size_t manifest_count() const { return content_.size() - blob_sizes_.size(); }
  [[nodiscard]] std::span<const PartNumber> List(std::size_t begins, std::size_t place) const;

  std::vector<Content> content_;
  std::vector<ByteCount> blob_sizes_;
  // Four tables in one piece of memory: where the needs of each manifest begin, where the list of manifests that need
  // each part begins, and both sorts of list. A list ends where the next begins.
  std::vector<std::uint32_t> links_;
};

}  // namespace crrsim
