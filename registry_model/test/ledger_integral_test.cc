// The ledger against a reading of the same events that knows no trick: it remembers every blob, and adds up what is
// there in each nanosecond, or, over years, between each two things that happen (an event or the end of a month).
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "registry_model/test/support/ledger_events.h"

namespace crrsim {
namespace {

using namespace ledger_test;  // NOLINT(google-build-using-namespace)

/// Midnights at which months begin, from January 2027 to January 2029, by a table of its own.
std::vector<std::pair<Instant, CalendarMonth>> MonthStarts() {
  constexpr std::array kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  constexpr std::array kLeapDays = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  std::vector<std::pair<Instant, CalendarMonth>> starts;
  auto start = Instant::FromUnixNanoseconds(1'798'761'600'000'000'000);  // 2027-01-01T00:00:00Z
  for (const auto& [year, days] : {std::pair(2027, kDays), std::pair(2028, kLeapDays)}) {
    for (int month = 1; month <= 12; ++month) {
      starts.emplace_back(start, CalendarMonth{year, month});
      start += Days(days[static_cast<std::size_t>(month - 1)]);
    }
  }
  starts.emplace_back(start, CalendarMonth{2029, 1});
  return starts;
}

class PlainReading {
 public:
  void OnEvent(const Event& event) {
    AddUpTo(event.when);
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) {
      stored_[{{blob->registry, blob->repository}, blob->blob}] = blob->stored;
    } else if (const auto* gone = std::get_if<BlobRemoved>(&event.body)) {
      stored_.erase({{gone->registry, gone->repository}, gone->blob});
      replicated_.erase({{gone->registry, gone->repository}, gone->blob});
    } else if (const auto* transfer = std::get_if<TransferEnded>(&event.body)) {
      if (transfer->useful == ByteCount()) return;
      const RepositoryKey source{transfer->source, transfer->repository};
      volumes_[{source, MonthAt(event.when)}] += transfer->useful.bytes();
      replicated_.try_emplace({{transfer->destination, transfer->repository}, transfer->blob}, source,
                              transfer->useful);
    }
  }

  void AddUpTo(Instant until) {
    while (now_ < until) {
      auto next = until;
      for (const auto& [start, month] : starts_) {
        if (start > now_) next = std::min(next, start);
      }
      if (every_nanosecond_) next = now_ + Nanoseconds(1);
      const Int128 length = (next - now_).nanoseconds();
      const auto month = MonthAt(now_);
      for (const auto& [key, size] : stored_) storage_[{key.first, month}] += length * size.bytes();
      for (const auto& [key, from] : replicated_) integrals_[{from.first, month}] += length * from.second.bytes();
      now_ = next;
    }
  }

  [[nodiscard]] std::vector<StorageRow> Storage() const {
    std::vector<StorageRow> rows;
    for (const auto& [key, sum] : storage_) rows.push_back({key.first, key.second, sum});
    return rows;
  }
  [[nodiscard]] std::vector<ReplicatedRow> Replicated() const {
    std::map<std::pair<RepositoryKey, CalendarMonth>, ReplicatedRow> rows;
    for (const auto& [key, volume] : volumes_) rows[key].volume = Bytes(volume);
    for (const auto& [key, sum] : integrals_) rows[key].byte_nanoseconds = sum;
    std::vector<ReplicatedRow> sorted;
    for (auto& [key, row] : rows) sorted.push_back({key.first, key.second, row.volume, row.byte_nanoseconds});
    return sorted;
  }

  explicit PlainReading(Instant start, bool every_nanosecond) : now_(start), every_nanosecond_(every_nanosecond) {}

 private:
  using Blob = std::pair<RepositoryKey, Digest>;

  [[nodiscard]] CalendarMonth MonthAt(Instant instant) const {
    auto month = starts_.front().second;
    for (const auto& [start, candidate] : starts_) {
      if (start <= instant) month = candidate;
    }
    return month;
  }

  std::vector<std::pair<Instant, CalendarMonth>> starts_ = MonthStarts();
  Instant now_;
  bool every_nanosecond_;
  std::map<Blob, ByteCount> stored_;
  std::map<Blob, std::pair<RepositoryKey, ByteCount>> replicated_;
  std::map<std::pair<RepositoryKey, CalendarMonth>, Int128> storage_;
  std::map<std::pair<RepositoryKey, CalendarMonth>, Int128> integrals_;
  std::map<std::pair<RepositoryKey, CalendarMonth>, std::int64_t> volumes_;
};

const std::vector<RegistryKey> kRegistries = {kWest, kIreland, kPartnerInIreland};
const std::vector<RepositoryName> kRepositories = {kApi, kWeb};

/// A random list of events that can follow each other: blobs come to where they are not and go from where they are.
/// Steps of time are drawn by `step`.
std::vector<Event> SomeEvents(Instant start, const rc::Gen<Duration>& step) {
  std::vector<Event> events;
  std::map<std::pair<RepositoryKey, int>, ByteCount> there;
  auto now = start;
  const auto count = *rc::gen::inRange(0, 40);
  for (int i = 0; i < count; ++i) {
    now += *step;
    const auto registry = *rc::gen::elementOf(kRegistries);
    const auto repository = *rc::gen::elementOf(kRepositories);
    const auto blob = *rc::gen::inRange(0, 3);
    const auto size = Bytes(1 + blob * 1'000'003);
    const auto name = std::to_string(blob);
    const auto place = there.find({{registry, repository}, blob});
    const auto source = *rc::gen::elementOf(kRegistries);
    if (place == there.end()) {
      there[{{registry, repository}, blob}] = size;
      events.push_back(Stored(now, registry, repository, name, size));
      if (source != registry) events.push_back(Arrived(now, {source, registry, repository}, name, size));
    } else if (*rc::gen::arbitrary<bool>()) {
      there.erase(place);
      events.push_back(Removed(now, registry, repository, name, size));
    } else if (source != registry) {
      // It arrived although it was there: its volume counts, and nothing more unless nobody had brought it yet.
      events.push_back(Arrived(now, {source, registry, repository}, name, size));
    }
  }
  return events;
}

void ExpectEqualReadings(const std::vector<Event>& events, Instant until, PlainReading reading) {
  Ledger ledger;
  for (const auto& event : events) {
    ledger.OnEvent(event);
    reading.OnEvent(event);
  }
  reading.AddUpTo(until);
  const auto bill = ledger.BillUntil(until);
  RC_ASSERT(bill.storage == reading.Storage());
  RC_ASSERT(bill.replicated == reading.Replicated());
}

RC_GTEST_PROP(LedgerIntegralTest, EqualsTheSumOverEveryNanosecondAroundAMonthEnd, ()) {
  const auto starts = MonthStarts();
  const auto edge = starts.at(*rc::gen::inRange<std::size_t>(1, starts.size())).first;
  const auto start = edge - Nanoseconds(*rc::gen::inRange(0, 60));
  const auto events = SomeEvents(start, rc::gen::map(rc::gen::inRange(0, 6), [](int n) { return Nanoseconds(n); }));
  const auto until = (events.empty() ? start : events.back().when) + Nanoseconds(*rc::gen::inRange(0, 60));
  ExpectEqualReadings(events, until, PlainReading(start, true));
}

RC_GTEST_PROP(LedgerIntegralTest, EqualsTheSumOverEveryStretchOfTwoYears, ()) {
  const auto start = MonthStarts().front().first + Nanoseconds(*rc::gen::inRange<std::int64_t>(0, 1LL << 50));
  const auto step = rc::gen::map(rc::gen::inRange<std::int64_t>(0, 1'500'000'000'000'000),
                                 [](std::int64_t n) { return Nanoseconds(n); });
  const auto events = SomeEvents(start, step);
  const auto until = events.empty() ? start : events.back().when + *step;
  RC_PRE(until < MonthStarts().back().first);
  ExpectEqualReadings(events, until, PlainReading(start, false));
}

RC_GTEST_PROP(LedgerIntegralTest, SavedAndLoadedOrCopiedAnywhereItGoesOnByteForByte, ()) {
  const auto start = MonthStarts().front().first;
  const auto step = rc::gen::map(rc::gen::inRange<std::int64_t>(0, 3'000'000'000'000'000),
                                 [](std::int64_t n) { return Nanoseconds(n); });
  const auto events = SomeEvents(start, step);
  const auto cut = *rc::gen::inRange<std::size_t>(0, events.size() + 1);
  Ledger whole;
  for (std::size_t i = 0; i < cut; ++i) whole.OnEvent(events[i]);

  Writer saved;
  saved.Put(whole);
  Reader reader(saved.bytes());
  auto loaded = reader.Get<Ledger>();
  RC_ASSERT(reader.at_end());
  auto copy = whole;
  for (std::size_t i = cut; i < events.size(); ++i) {
    for (auto* ledger : {&whole, &loaded, &copy}) ledger->OnEvent(events[i]);
  }
  RC_ASSERT(HashOf(loaded) == HashOf(whole));
  RC_ASSERT(HashOf(copy) == HashOf(whole));
  const auto until = events.empty() ? start : events.back().when + Days(40);
  RC_ASSERT(loaded.BillUntil(until) == whole.BillUntil(until));
}

}  // namespace
}  // namespace crrsim
