// HOW MANY BYTES ARE BILLED is decided here: a projection of BlobStored, BlobRemoved, ManifestStored, ManifestRemoved
// and TransferEnded, and of nothing else.
//
// All figures are exact integers: stored bytes are integrated over virtual time in byte-nanoseconds (128 bits), split
// at the calendar months of UTC; moved bytes are counted per (source registry, destination registry, payer,
// repository), useful and wasted apart.
//
// Source  ecr-replication.md 7 (3: each copy is stored in its own registry; 4: the source pays the transfer; 7:
// compressed layer bytes, once a repository); announcement: each source repository shows the data replicated from it,
// in GB-months.
#pragma once

#include <map>
#include <vector>

#include "registry_model/events.h"
#include "sim/int128.h"
#include "sim/units_text.h"

namespace crrsim {

/// A repository in its registry.
struct RepositoryKey {
  RegistryKey registry;
  RepositoryName repository;
  friend auto operator<=>(const RepositoryKey&, const RepositoryKey&) = default;
  friend bool operator==(const RepositoryKey&, const RepositoryKey&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
  }
};

struct StorageRow {
  RepositoryKey where;
  CalendarMonth month;
  Int128 byte_nanoseconds = 0;
  friend bool operator==(const StorageRow&, const StorageRow&) = default;
};

struct TransferRow {
  RegistryKey source;
  RegistryKey destination;
  AccountId payer;
  RepositoryName repository;
  ByteCount useful;
  ByteCount wasted;
  std::int64_t transfers = 0;  // that ended usefully
  friend bool operator==(const TransferRow&, const TransferRow&) = default;
};

/// What a source repository's replication amounts to, read both ways (ecr-replication.md 7 (10)): the volume moved in
/// the month, and the time integral of the bytes that replication stored at its destinations.
struct ReplicatedRow {
  RepositoryKey source;
  CalendarMonth month;
  ByteCount volume;
  Int128 byte_nanoseconds = 0;
  friend bool operator==(const ReplicatedRow&, const ReplicatedRow&) = default;
};

struct Bill {
  std::vector<StorageRow> storage;        // by repository, then month
  std::vector<TransferRow> transfers;     // by source, destination, payer, repository
  std::vector<ReplicatedRow> replicated;  // by source repository, then month
  friend bool operator==(const Bill&, const Bill&) = default;
};

/// GB-months of an integral within one month. Requires byte_nanoseconds >= 0. For reports only.
/// `gigabyte` is 2^30 or 10^9 (assumption `gigabyte`); a month has its real hours, or 730 (assumption `month`).
double GigabyteMonths(Int128 byte_nanoseconds, CalendarMonth month, std::int64_t gigabyte, Duration month_length);
Duration LengthOf(CalendarMonth month);

class Ledger {
 public:
  void OnEvent(const Event& event);

  /// All figures up to `until`. Requires that `until` is not before the last event.
  [[nodiscard]] Bill BillUntil(Instant until) const;
  /// Bytes stored now in one repository; zero when nothing ever was.
  [[nodiscard]] ByteCount StoredNow(const RepositoryKey& where) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("meters", self.meters_);
    visit("transfers", self.transfers_);
    visit("moved", self.moved_);
    visit("replicatedBlobs", self.replicated_blobs_);
    visit("replicatedMeters", self.replicated_meters_);
  }

 private:
  /// Bytes over time: what is stored now, since when, and the integral per month so far.
  struct Meter {
    ByteCount bytes;
    Instant since;
    std::map<std::int64_t, Int128> months;  // year * 12 + month - 1
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("bytes", self.bytes);
      visit("since", self.since);
      visit("months", self.months);
    }
  };
  struct TransferKey {
    RegistryKey source;
    RegistryKey destination;
    AccountId payer;
    RepositoryName repository;
    friend auto operator<=>(const TransferKey&, const TransferKey&) = default;
    friend bool operator==(const TransferKey&, const TransferKey&) = default;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("source", self.source);
      visit("destination", self.destination);
      visit("payer", self.payer);
      visit("repository", self.repository);
    }
  };
  struct TransferSum {
    ByteCount useful;
    ByteCount wasted;
    std::int64_t transfers = 0;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("useful", self.useful);
      visit("wasted", self.wasted);
      visit("transfers", self.transfers);
    }
  };

  std::map<RepositoryKey, Meter> meters_;
  std::map<TransferKey, TransferSum> transfers_;
  std::map<RepositoryKey, std::map<std::int64_t, ByteCount>> moved_;            // per source repository and month
  std::map<std::pair<RepositoryKey, Digest>, RepositoryKey> replicated_blobs_;  // (destination, blob) -> source
  std::map<RepositoryKey, Meter> replicated_meters_;
};

}  // namespace crrsim
