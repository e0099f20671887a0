// How far a copy is, for steps that wait for "half of it".
#include <algorithm>
#include <set>

#include "registry_model/world/world.h"

namespace crrsim {

namespace {

/// The instant at which flows with a total rate will have moved `remaining` bytes, rounded up to the clock.
std::optional<Instant> After(Instant now, ByteCount remaining, std::int64_t rate) {
  if (rate <= 0) return std::nullopt;
  const auto nanoseconds = (static_cast<Int128>(remaining.bytes()) * 1'000'000'000 + rate - 1) / rate;
  if (nanoseconds > (Instant::Max() - now).nanoseconds()) return std::nullopt;
  return now + Duration::FromNanoseconds(static_cast<std::int64_t>(nanoseconds));
}

}  // namespace

std::optional<CopyProgress> World::ProgressOf(const Replication& copy, ByteCount wanted) const {
  const auto* source = FindRegistry(copy.source);
  const auto* destination = FindRegistry(copy.destination);
  if (source == nullptr || destination == nullptr) return std::nullopt;
  const auto* repository = source->Find(copy.repository);
  const auto* image = repository == nullptr ? nullptr : repository->FindImage(copy.digest);
  if (image == nullptr) return std::nullopt;

  CopyProgress progress;
  const auto* there = destination->Find(copy.repository);
  std::set<Digest> moving;
  for (const auto& manifest : ClosureOf(*repository, image->manifest)) {
    for (const auto& blob : manifest->blobs) {
      if (!moving.insert(blob.digest).second) continue;
      progress.total += blob.size;
      if (there != nullptr && there->blobs.Find(blob.digest) != nullptr) {
        progress.delivered += blob.size;
        moving.erase(blob.digest);
      }
    }
  }
  std::int64_t rate = 0;
  transfers_.ForEachSorted([&](TransferId, const ActiveTransfer& transfer) {
    const auto& other = *transfer.start.replication;
    if (other.destination != copy.destination || other.repository != copy.repository ||
        !moving.contains(transfer.start.blob)) {
      return;
    }
    progress.delivered += transfer.kept;
    if (!transfer.flow) return;
    progress.delivered += network_.Delivered(now_, *transfer.flow);
    rate += network_.Rate(*transfer.flow).count();
  });
  if (progress.delivered >= wanted) {
    progress.reaches = now_;
  } else {
    progress.reaches = After(now_, wanted - progress.delivered, rate);
  }
  return progress;
}

}  // namespace crrsim
