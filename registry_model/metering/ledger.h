// HOW MANY BYTES ARE BILLED is decided here: a projection of BlobStored, BlobRemoved, BlobCharged, BlobClassChanged,
// ManifestStored, ManifestRemoved, StorageClassChanged and TransferEnded, and of nothing else.
//
// All figures are exact integers: stored bytes are integrated over virtual time in byte-nanoseconds (128 bits), split
// at the calendar months of UTC; moved bytes are counted per (source registry, destination registry, payer,
// repository), useful and wasted apart. What counts is said by the events: a layer that two images of one repository
// share is stored by one event, in two repositories by two; a manifest's event carries its bytes only where assumption
// `manifest_bytes` counts them. The two storage classes are integrated apart; an image that is being restored is in the
// archive class until it is active.
//
//   Ledger ledger;
//   ledger.OnEvent({november_1st, BlobStored{registry, repository, layer, Gibibytes(1)}});
//   const auto bill = ledger.BillUntil(december_1st);
//   GigabyteMonths(bill.storage.front().byte_nanoseconds, Gibibytes(1), LengthOf({2026, 11}));  // 1.0
//
// Errors  events that cannot follow each other (more freed than stored, time running back) are a Defect.
// Determinism  equal events in equal order give equal ledgers, byte for byte; a copy, and what was saved and loaded,
// goes on equally. Rows are numbered in the order in which repositories are first mentioned, so two ledgers that heard
// the events of one instant in different orders can differ in their bytes, though never in their bills.
// Source  ecr-replication.md 7 (3: each copy is stored in its own registry; 4: the source pays the transfer; 7:
// compressed layer bytes, once a repository); announcement: each source repository shows the data replicated from it,
// in GB-months.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "registry_model/events.h"
#include "registry_model/metering/byte_meter.h"
#include "registry_model/repository_numbers.h"
#include "sim/digest.h"
#include "sim/index.h"
#include "sim/int128.h"
#include "sim/units_text.h"

namespace crrsim {

struct StorageRow {
  RepositoryKey where;
  CalendarMonth month;
  Int128 byte_nanoseconds = 0;           // of the standard class
  Int128 archived_byte_nanoseconds = 0;  // of the archive class
  friend bool operator==(const StorageRow&, const StorageRow&) = default;
};

struct TransferRow {
  RegistryKey source;
  RegistryKey destination;
  AccountId payer;
  RepositoryName repository;
  ByteCount useful;
  ByteCount wasted;
  std::int64_t transfers = 0;  // that ended usefully; manifests too, where they count
  friend bool operator==(const TransferRow&, const TransferRow&) = default;
};

/// What a source repository's replication amounts to, read both ways (ecr-replication.md 7 (10)): the volume that
/// arrived usefully in the month, and the time integral of the replicated bytes that are still at their destinations.
///
/// A blob counts in the integral from the end of the transfer that brought it until it is removed there. It stays
/// attributed to the first source repository that brought it: neither a client's push of the same blob at the
/// destination nor a second transfer changes that, nor does the deletion of the source.
struct ReplicatedRow {
  RepositoryKey source;
  CalendarMonth month;
  ByteCount volume;
  Int128 byte_nanoseconds = 0;
  friend bool operator==(const ReplicatedRow&, const ReplicatedRow&) = default;
};

/// Months with nothing in them have no row.
struct Bill {
  std::vector<StorageRow> storage;        // by repository, then month
  std::vector<TransferRow> transfers;     // by source, destination, payer, repository
  std::vector<ReplicatedRow> replicated;  // by source repository, then month
  friend bool operator==(const Bill&, const Bill&) = default;
};

/// The month's real length.
Duration LengthOf(CalendarMonth month);
/// How many times `gigabyte` over `month_length` go into the integral. For reports only; whole multiples are exact.
/// Which gigabyte and which month are the assumptions `gigabyte` and `month`.
/// Requires byte_nanoseconds >= 0, and a gigabyte and a month longer than nothing.
double GigabyteMonths(Int128 byte_nanoseconds, ByteCount gigabyte, Duration month_length);

class Ledger {
 public:
  /// Requires that no event is earlier than the one before it.
  void OnEvent(const Event& event) { Tell(*this, event); }
  void On(Instant when, const BlobStored& event);
  void On(Instant when, const BlobCharged& event);
  void On(Instant when, const BlobRemoved& event);
  void On(Instant when, const BlobClassChanged& event);
  void On(Instant when, const ManifestStored& event);
  void On(Instant when, const ManifestRemoved& event);
  void On(Instant when, const StorageClassChanged& event);
  void On(Instant when, const TransferEnded& event);

  /// Begins to fetch what the end of a useful transfer of this blob will look for, so that it need not wait for memory.
  void Prefetch(const RegistryKey& destination, const RepositoryName& repository, const Digest& blob) const;

  /// All figures up to `until`; the ledger goes on as if nobody had asked.
  /// Requires that `until` is not before the last event that concerned it.
  [[nodiscard]] Bill BillUntil(Instant until) const;
  /// Bytes stored now in one repository, in both classes; zero when nothing ever was.
  [[nodiscard]] ByteCount StoredNow(const RepositoryKey& where) const;
  /// Those of them that are in the archive class.
  [[nodiscard]] ByteCount ArchivedNow(const RepositoryKey& where) const;

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("heardUntil", self.heard_until_);
    visit("month", self.month_);
    visit("numbers", self.numbers_);
    visit("repositories", self.repositories_);
    visit("routes", self.routes_);
    visit("replicatedContent", self.replicated_content_);
  }

 private:
  struct MonthVolume {
    MonthNumber month = 0;
    ByteCount volume;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("month", self.month);
      visit("volume", self.volume);
    }
  };
  /// What is known of a repository, by its number.
  struct RepositoryRow {
    ByteMeter stored;                  // in the standard class
    ByteMeter archived;                // in the archive class
    ByteMeter replicated;              // from here, and still at the destinations
    std::vector<MonthVolume> volumes;  // from here, by month
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("stored", self.stored);
      visit("archived", self.archived);
      visit("replicated", self.replicated);
      visit("volumes", self.volumes);
    }
  };
  /// A way that bytes took, and who pays for it.
  struct RouteKey {
    RegistryKey source;
    RegistryKey destination;
    AccountId payer;
    RepositoryName repository;
    friend auto operator<=>(const RouteKey&, const RouteKey&) = default;
    friend bool operator==(const RouteKey&, const RouteKey&) = default;
    [[nodiscard]] std::uint64_t LookupHash() const;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("source", self.source);
      visit("destination", self.destination);
      visit("payer", self.payer);
      visit("repository", self.repository);
    }
  };
  struct RouteInPlace;
  struct Route {
    RepositoryNumber source = 0;
    RepositoryNumber destination = 0;
    ByteCount useful;
    ByteCount wasted;
    std::int64_t transfers = 0;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("source", self.source);
      visit("destination", self.destination);
      visit("useful", self.useful);
      visit("wasted", self.wasted);
      visit("transfers", self.transfers);
    }
  };
  enum class ContentKind : std::uint8_t { kBlob, kManifest };
  /// Content in a destination repository. There are as many of these as there are replicated blobs, so it holds 128
  /// bits of hash in place of the digest, as much as tells two runs apart.
  struct ContentKey {
    Hash128 content;
    RepositoryNumber repository = 0;
    ContentKind kind = ContentKind::kBlob;  // a layer may have the bytes, and so the digest, of a manifest
    static ContentKey Of(const Digest& digest, RepositoryNumber repository, ContentKind kind) {
      return {HashBytes(digest.raw()), repository, kind};
    }
    friend auto operator<=>(const ContentKey&, const ContentKey&) = default;
    friend bool operator==(const ContentKey&, const ContentKey&) = default;
    /// With the repository: thousands of them may hold one layer.
    [[nodiscard]] std::uint64_t LookupHash() const { return content.low ^ repository; }
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("content", self.content);
      visit("repository", self.repository);
      visit("kind", self.kind);
    }
  };
  struct Attribution {
    RepositoryNumber source = 0;
    ByteCount bytes;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("source", self.source);
      visit("bytes", self.bytes);
    }
  };

  void Store(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount stored);
  void Remove(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount freed,
              const Digest& digest, ContentKind kind, StorageClass storage_class);
  void ChangeClass(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount moved,
                   StorageClass to);
  /// Time goes on to `now`.
  void Advance(Instant now);
  void CountVolume(Instant now, RepositoryRow& source, ByteCount volume);
  RepositoryNumber NumberOf(const RegistryKey& registry, const RepositoryName& repository);
  Route& RouteOf(const TransferEnded& event);
  /// One row for each month in which something was stored in either class. Order  by month.
  void AppendStorage(RepositoryNumber number, Instant until, std::vector<StorageRow>& rows) const;
  /// One row for each month that either figure knows. Order  by month.
  void AppendReplicated(RepositoryNumber number, Instant until, std::vector<ReplicatedRow>& rows) const;

  Instant heard_until_ = Instant::FromUnixNanoseconds(std::numeric_limits<std::int64_t>::min());
  MonthSpan month_;  // around the last useful transfer
  RepositoryNumbers numbers_;
  std::vector<RepositoryRow> repositories_;  // by number
  Index<RouteKey, Route> routes_;
  Index<ContentKey, Attribution> replicated_content_;
};

}  // namespace crrsim
