// The blobs that jobs want at their destinations, and the transfers that bring them.
//
// Jobs that want one blob in one destination repository share a row here, from the moment they ask what is missing
// until the blob is there or they end; so a blob that one of them moved is there for all, also for one that asked
// before and heard "missing" after. At most one transfer of a blob is under way. It belongs to all jobs that ride on
// it, and goes on when the job that started it ends, as long as another rides on it.
//
// Order     wants are kept in the order in which they came.
// Invariant a transfer is under way exactly when somebody rides on it.
#pragma once

#include <cstdint>
#include <vector>

#include "registry_model/replication/copy_plan.h"
#include "registry_model/replication/job_queue.h"
#include "registry_model/replication/slots.h"
#include "sim/index.h"

namespace crrsim {

/// A job, by its slot, that wants a blob, by its part number in the job's plan.
struct Want {
  Slot job = kNoSlot;
  PartNumber part = 0;
  friend bool operator==(const Want&, const Want&) = default;
};

struct WantedBlob {
  Digest blob;
  /// Of one of the jobs; destination and repository are the same for all. While a transfer is under way, of the one
  /// that started it: the bytes come from its source.
  ReplicationPtr copy;
  TransferId transfer = 0;  // 0: none
  JobId started_by = 0;
  std::uint32_t riders = 0;  // of the wants, how many wait for this transfer
  std::vector<Want> wants;
  std::uint64_t hash = 0;
};

class WantedBlobs {
 public:
  /// Notes that a job wants a blob. Returns the row that it shares. `target` is HashOfTarget(*copy).
  Slot Join(const ReplicationPtr& copy, std::uint64_t target, const Digest& blob, Want want);
  /// The want is over. Requires that it does not ride.
  void Leave(Slot row, Want want);

  /// Puts a transfer under way, with one rider. Requires that none is.
  void StartTransfer(Slot row, TransferId transfer, JobId started_by, const ReplicationPtr& copy);
  void Ride(Slot row);
  /// One rider less. Returns whether it was the last: then the transfer is no longer under way, to be cancelled.
  bool Alight(Slot row);
  /// The transfer is over; nobody rides any more.
  void EndTransfer(Slot row);
  /// The blob is there: hands out all wants and forgets the row.
  void TakeWants(Slot row, std::vector<Want>& wants);

  /// Requires a transfer that is under way; a Defect otherwise.
  [[nodiscard]] Slot RowOf(TransferId transfer) const;
  [[nodiscard]] const WantedBlob& operator[](Slot row) const { return rows_[row]; }
  [[nodiscard]] std::size_t size() const { return rows_.taken(); }
  /// Rows are below this; some may be free.
  [[nodiscard]] Slot places() const { return rows_.places(); }
  [[nodiscard]] bool holds(Slot row) const { return rows_.holds(row); }

 private:
  void Forget(Slot row);

  SlotPool<WantedBlob> rows_;
  SlotTable by_blob_;
  Index<TransferId, Slot> by_transfer_;
};

}  // namespace crrsim
