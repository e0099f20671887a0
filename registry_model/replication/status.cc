#include "registry_model/replication/status.h"

#include "registry_model/mutants.h"

#include <algorithm>

namespace crrsim {

namespace {

DestinationStatus* FindEntry(std::vector<DestinationStatus>& entries, const RegistryKey& destination) {
  const auto entry = std::find_if(entries.begin(), entries.end(),
                                  [&](const DestinationStatus& one) { return one.destination == destination; });
  return entry == entries.end() ? nullptr : &*entry;
}

}  // namespace

void StatusBoard::On(Instant, const JobQueued& event) {
  const auto& [source, destination, repository, digest, tag] = event.replication;
  auto& entries = images_.Emplace({sources_.NumberOf(source, repository), digest}).first;
  const DestinationStatus in_progress{destination, ReplicationStatus::kInProgress, FailureCode::kNone, event.job};
  if (auto* entry = FindEntry(entries, destination)) {
    *entry = in_progress;
  } else {
    entries.push_back(in_progress);
  }
}

void StatusBoard::On(Instant, const JobEnded& event) {
  const auto& replication = event.replication;
  const auto source = sources_.Find(replication.source, replication.repository);
  if (!source) return;
  auto* entries = images_.Find(ImageKey{*source, replication.digest});
  if (entries == nullptr) return;
  auto* entry = FindEntry(*entries, replication.destination);
  if (entry == nullptr || entry->job != event.job) return;
  entry->status = event.status;
  entry->failure = event.failure;
  if (Mutated(Mutant::kOneStatusForAll)) {
    for (auto& other : *entries) {
      other.status = entry->status;
      other.failure = entry->failure;
    }
  }
}

std::vector<DestinationStatus> StatusBoard::StatusOf(const SourceImage& image) const {
  const auto source = sources_.Find(image.registry, image.repository);
  if (Mutated(Mutant::kStatusOfAnyRegistry)) {
    std::vector<DestinationStatus> all;
    images_.ForEachSorted([&](const ImageKey& key, const std::vector<DestinationStatus>& entries) {
      if (key.digest == image.digest) all.insert(all.end(), entries.begin(), entries.end());
    });
    return all;
  }
  if (!source) return {};
  const auto* entries = images_.Find(ImageKey{*source, image.digest});
  return entries == nullptr ? std::vector<DestinationStatus>() : *entries;
}

}  // namespace crrsim
