#include "registry_model/metering/ledger.h"

#include <bit>
#include <chrono>
#include <map>

namespace crrsim {

// ---- Units ----------------------------------------------------------------------------------------------------------

Duration LengthOf(CalendarMonth month) {
  const auto last_day =
      std::chrono::year(month.year) / std::chrono::month(static_cast<unsigned>(month.month)) / std::chrono::last;
  CRRSIM_CHECK(last_day.ok(), "{}-{} is not a month", month.year, month.month);
  return Days(static_cast<unsigned>(last_day.day()));
}

double GigabyteMonths(Int128 byte_nanoseconds, ByteCount gigabyte, Duration month_length) {
  CRRSIM_CHECK(byte_nanoseconds >= 0 && gigabyte > ByteCount() && month_length > Duration());
  const auto unit = static_cast<Int128>(gigabyte.bytes()) * month_length.nanoseconds();
  // The whole part apart: two roundings of large numbers would make 3 GB-months 2.9999999999999996.
  const auto whole = byte_nanoseconds / unit;
  return static_cast<double>(whole) + static_cast<double>(byte_nanoseconds % unit) / static_cast<double>(unit);
}

// ---- Routes ---------------------------------------------------------------------------------------------------------

namespace {

std::uint64_t HashOfRoute(const RegistryKey& source, const RegistryKey& destination, const AccountId& payer,
                          const RepositoryName& repository) {
  // Turned by different amounts, so that there and back do not meet.
  return std::rotl(source.LookupHash(), 1) ^ std::rotl(destination.LookupHash(), 2) ^ payer.LookupHash() ^
         repository.LookupHash();
}

}  // namespace

/// A route's names where they stand in an event, so that looking it up copies no text.
struct Ledger::RouteInPlace {
  const TransferEnded& event;
  [[nodiscard]] std::uint64_t LookupHash() const {
    return HashOfRoute(event.source, event.destination, event.payer, event.repository);
  }
  friend bool operator==(const RouteKey& key, const RouteInPlace& route) {
    return key.source == route.event.source && key.destination == route.event.destination &&
           key.payer == route.event.payer && key.repository == route.event.repository;
  }
};

std::uint64_t Ledger::RouteKey::LookupHash() const { return HashOfRoute(source, destination, payer, repository); }

// ---- Events ---------------------------------------------------------------------------------------------------------

void Ledger::On(Instant when, const BlobStored& event) { Store(when, event.registry, event.repository, event.stored); }

void Ledger::On(Instant when, const BlobCharged& event) { Store(when, event.registry, event.repository, event.stored); }

void Ledger::On(Instant when, const BlobRemoved& event) {
  const auto& [registry, repository, digest, freed, storage_class] = event;
  Remove(when, registry, repository, freed, digest, ContentKind::kBlob, storage_class);
}

void Ledger::On(Instant when, const BlobClassChanged& event) {
  ChangeClass(when, event.registry, event.repository, event.moved, event.to);
}

void Ledger::On(Instant when, const ManifestStored& event) {
  Store(when, event.registry, event.repository, event.stored);
}

void Ledger::On(Instant when, const ManifestRemoved& event) {
  const auto& [registry, repository, digest, freed, storage_class] = event;
  Remove(when, registry, repository, freed, digest, ContentKind::kManifest, storage_class);
}

void Ledger::On(Instant when, const StorageClassChanged& event) {
  ChangeClass(when, event.registry, event.repository, event.moved, event.target);
}

void Ledger::Advance(Instant now) {
  CRRSIM_CHECK(now >= heard_until_, "an event at {} comes after one at {}", now.unix_nanoseconds(),
               heard_until_.unix_nanoseconds());
  heard_until_ = now;
}

void Ledger::Store(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount stored) {
  Advance(now);
  if (stored == ByteCount()) return;
  repositories_[NumberOf(registry, repository)].stored.Add(stored, now);
}

void Ledger::Remove(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount freed,
                    const Digest& digest, ContentKind kind, StorageClass storage_class) {
  Advance(now);
  const auto number = NumberOf(registry, repository);
  auto& row = repositories_[number];
  (storage_class == StorageClass::kArchive ? row.archived : row.stored).Take(freed, now);
  const auto content = ContentKey::Of(digest, number, kind);
  if (const auto* attribution = replicated_content_.Find(content)) {
    repositories_.at(attribution->source).replicated.Take(attribution->bytes, now);
    replicated_content_.Erase(content);
  }
}

void Ledger::ChangeClass(Instant now, const RegistryKey& registry, const RepositoryName& repository, ByteCount moved,
                         StorageClass to) {
  Advance(now);
  if (moved == ByteCount()) return;
  auto& row = repositories_[NumberOf(registry, repository)];
  const bool archives = to == StorageClass::kArchive;
  (archives ? row.stored : row.archived).Take(moved, now);
  (archives ? row.archived : row.stored).Add(moved, now);
}

void Ledger::On(Instant when, const TransferEnded& event) {
  Advance(when);
  CRRSIM_CHECK(event.useful == ByteCount() || event.wasted == ByteCount(), "transfer {}: {} bytes useful, {} wasted",
               event.transfer, event.useful.bytes(), event.wasted.bytes());
  auto& route = RouteOf(event);
  route.useful += event.useful;
  route.wasted += event.wasted;
  if (event.useful == ByteCount()) {
    // Content without bytes arrives too; a copy that was cut before its first byte has a failure.
    if (event.wasted == ByteCount() && event.failure == FailureCode::kNone) ++route.transfers;
    return;
  }
  ++route.transfers;
  auto& source = repositories_.at(route.source);
  CountVolume(when, source, event.useful);

  // What travels within a request, as manifests do, is a transfer without a number.
  const auto kind = event.transfer == 0 ? ContentKind::kManifest : ContentKind::kBlob;
  const auto content = ContentKey::Of(event.blob, route.destination, kind);
  if (replicated_content_.Insert(content, {route.source, event.useful})) source.replicated.Add(event.useful, when);
}

void Ledger::Prefetch(const RegistryKey& destination, const RepositoryName& repository, const Digest& blob) const {
  const auto number = numbers_.Find(destination, repository);
  if (number) replicated_content_.Prefetch(ContentKey::Of(blob, *number, ContentKind::kBlob));
}

void Ledger::CountVolume(Instant now, RepositoryRow& source, ByteCount volume) {
  if (!month_.Contains(now)) month_ = MonthSpan::Around(now);
  if (source.volumes.empty() || source.volumes.back().month != month_.number) {
    source.volumes.push_back({month_.number, ByteCount()});
  }
  source.volumes.back().volume += volume;
}

RepositoryNumber Ledger::NumberOf(const RegistryKey& registry, const RepositoryName& repository) {
  const auto number = numbers_.NumberOf(registry, repository);
  if (number == repositories_.size()) repositories_.emplace_back();
  return number;
}

Ledger::Route& Ledger::RouteOf(const TransferEnded& event) {
  if (auto* route = routes_.Find(RouteInPlace{event})) return *route;
  Route route;
  route.source = NumberOf(event.source, event.repository);
  route.destination = NumberOf(event.destination, event.repository);
  return routes_.Emplace({event.source, event.destination, event.payer, event.repository}, route).first;
}

// ---- Bill -----------------------------------------------------------------------------------------------------------

Bill Ledger::BillUntil(Instant until) const {
  CRRSIM_CHECK(until >= heard_until_, "a bill until {} after an event at {}", until.unix_nanoseconds(),
               heard_until_.unix_nanoseconds());
  Bill bill;
  for (const auto number : numbers_.Sorted()) {
    AppendStorage(number, until, bill.storage);
    AppendReplicated(number, until, bill.replicated);
  }
  routes_.ForEachSorted([&](const RouteKey& key, const Route& route) {
    bill.transfers.push_back(
        {key.source, key.destination, key.payer, key.repository, route.useful, route.wasted, route.transfers});
  });
  return bill;
}

void Ledger::AppendStorage(RepositoryNumber number, Instant until, std::vector<StorageRow>& rows) const {
  const auto& row = repositories_.at(number);
  const auto standard = row.stored.SumsUntil(until);
  const auto archived = row.archived.SumsUntil(until);
  auto next = archived.begin();
  const auto append = [&](MonthNumber month, Int128 sum, Int128 archived_sum) {
    rows.push_back({numbers_.KeyOf(number), MonthOfNumber(month), sum, archived_sum});
  };
  for (const auto& [month, sum] : standard) {
    for (; next != archived.end() && next->month < month; ++next) append(next->month, 0, next->byte_nanoseconds);
    const bool both = next != archived.end() && next->month == month;
    append(month, sum, both ? next->byte_nanoseconds : 0);
    if (both) ++next;
  }
  for (; next != archived.end(); ++next) append(next->month, 0, next->byte_nanoseconds);
}

void Ledger::AppendReplicated(RepositoryNumber number, Instant until, std::vector<ReplicatedRow>& rows) const {
  const auto& row = repositories_.at(number);
  std::map<MonthNumber, ReplicatedRow> by_month;
  const auto of_month = [&](MonthNumber month) -> ReplicatedRow& {
    return by_month.try_emplace(month, ReplicatedRow{numbers_.KeyOf(number), MonthOfNumber(month), {}, 0})
        .first->second;
  };
  for (const auto& [month, volume] : row.volumes) of_month(month).volume = volume;
  for (const auto& [month, sum] : row.replicated.SumsUntil(until)) of_month(month).byte_nanoseconds = sum;
  for (auto& [month, both] : by_month) rows.push_back(std::move(both));
}

ByteCount Ledger::StoredNow(const RepositoryKey& where) const {
  const auto number = numbers_.Find(where.registry, where.repository);
  if (!number) return {};
  const auto& row = repositories_.at(*number);
  return row.stored.bytes() + row.archived.bytes();
}

ByteCount Ledger::ArchivedNow(const RepositoryKey& where) const {
  const auto number = numbers_.Find(where.registry, where.repository);
  return number ? repositories_.at(*number).archived.bytes() : ByteCount();
}

}  // namespace crrsim
