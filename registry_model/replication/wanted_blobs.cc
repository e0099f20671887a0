#include "registry_model/replication/wanted_blobs.h"

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

Slot WantedBlobs::Join(const ReplicationPtr& copy, std::uint64_t target, const Digest& blob, Want want) {
  const auto hash = MixHash(target, blob.LookupHash());
  const auto row = by_blob_.FindOrInsert(
      hash,
      [&](Slot other) {
        const auto& known = rows_[other];
        return known.blob == blob && known.copy->destination == copy->destination &&
               known.copy->repository == copy->repository;
      },
      [&] {
        const auto fresh = rows_.Take();
        auto& wanted = rows_[fresh];
        CRRSIM_CHECK(wanted.wants.empty() && wanted.transfer == 0 && wanted.riders == 0, "row {} was not cleared",
                     fresh);
        wanted.blob = blob;
        wanted.copy = copy;
        wanted.hash = hash;
        return fresh;
      });
  rows_[row].wants.push_back(want);
  return row;
}

void WantedBlobs::Leave(Slot row, Want want) {
  auto& wanted = rows_[row];
  const auto place = std::find(wanted.wants.begin(), wanted.wants.end(), want);
  CRRSIM_CHECK(place != wanted.wants.end(), "nobody wanted {}", wanted.blob.text());
  wanted.wants.erase(place);
  CRRSIM_CHECK(wanted.riders <= wanted.wants.size(), "{} ride, {} want", wanted.riders, wanted.wants.size());
  if (wanted.wants.empty()) Forget(row);
}

void WantedBlobs::StartTransfer(Slot row, TransferId transfer, JobId started_by, const ReplicationPtr& copy) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.transfer == 0 && wanted.riders == 0, "transfer {} of {} is under way", wanted.transfer,
               wanted.blob.text());
  CRRSIM_CHECK(transfer != 0);
  wanted.transfer = transfer;
  wanted.started_by = started_by;
  wanted.copy = copy;
  wanted.riders = 1;
  CRRSIM_CHECK(by_transfer_.Insert(transfer, row), "transfer {} is under way already", transfer);
}

void WantedBlobs::Ride(Slot row) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.transfer != 0 && wanted.riders < wanted.wants.size(), "nothing to ride on");
  ++wanted.riders;
}

bool WantedBlobs::Alight(Slot row) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.transfer != 0 && wanted.riders > 0, "nobody rides");
  if (--wanted.riders > 0) return false;
  EndTransfer(row);
  return true;
}

void WantedBlobs::EndTransfer(Slot row) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.transfer != 0, "no transfer of {} is under way", wanted.blob.text());
  by_transfer_.Erase(wanted.transfer);
  wanted.transfer = 0;
  wanted.started_by = 0;
  wanted.riders = 0;
}

void WantedBlobs::TakeWants(Slot row, std::vector<Want>& wants) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.transfer == 0 && !wanted.wants.empty(), "the transfer of {} is not over", wanted.blob.text());
  wants.assign(wanted.wants.begin(), wanted.wants.end());
  wanted.wants.clear();
  Forget(row);
}

Slot WantedBlobs::RowOf(TransferId transfer) const {
  const auto* row = by_transfer_.Find(transfer);
  CRRSIM_CHECK(row != nullptr, "transfer {} is not under way", transfer);
  return *row;
}

void WantedBlobs::Forget(Slot row) {
  auto& wanted = rows_[row];
  CRRSIM_CHECK(wanted.wants.empty() && wanted.transfer == 0, "{} is still wanted", wanted.blob.text());
  by_blob_.Erase(wanted.hash, row);
  wanted.copy.reset();
  rows_.Give(row);
}

}  // namespace crrsim
