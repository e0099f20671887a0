// The bill, summed and integrated a second time from the events.
//
// Moved bytes: each transfer that began ends once, with all of its bytes or with those that were wasted; what
// replication stores came with a transfer that was metered; sums by route are those of the bill. Stored bytes: every
// change of every repository is kept and integrated at the end, month by month, in the simplest way there is.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

#include "harness/checkers/all_checkers.h"
#include "registry_model/repository_numbers.h"
#include "sim/index.h"
#include "sim/int128.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

class LedgerChecker final : public CheckerOf<LedgerChecker> {
 public:
  void OnEvent(const Event& event) override {
    if (const auto* blob = std::get_if<BlobStored>(&event.body)) {
      auto& there = Of(blob->registry, blob->repository);
      Change(there, StorageClass::kStandard, event.when, blob->stored.bytes());
      if (blob->origin == Origin::kReplication) there.unmetered += blob->stored.bytes();
    } else if (const auto* manifest = std::get_if<ManifestStored>(&event.body)) {
      Change(Of(manifest->registry, manifest->repository), StorageClass::kStandard, event.when,
             manifest->stored.bytes());
    } else if (const auto* charged = std::get_if<BlobCharged>(&event.body)) {
      Change(Of(charged->registry, charged->repository), StorageClass::kStandard, event.when, charged->stored.bytes());
    } else if (const auto* blob_class = std::get_if<BlobClassChanged>(&event.body)) {
      Shift(Of(blob_class->registry, blob_class->repository), blob_class->to, event.when, blob_class->moved.bytes());
    } else if (const auto* image_class = std::get_if<StorageClassChanged>(&event.body)) {
      Shift(Of(image_class->registry, image_class->repository), image_class->target, event.when,
            image_class->moved.bytes());
    } else if (const auto* lost_blob = std::get_if<BlobRemoved>(&event.body)) {
      Change(Of(lost_blob->registry, lost_blob->repository), lost_blob->storage_class, event.when,
             -lost_blob->freed.bytes());
    } else if (const auto* lost_image = std::get_if<ManifestRemoved>(&event.body)) {
      Change(Of(lost_image->registry, lost_image->repository), lost_image->storage_class, event.when,
             -lost_image->freed.bytes());
    } else if (const auto* started = std::get_if<TransferStarted>(&event.body)) {
      if (!transfers_.Insert(started->transfer, {event.when, started->size})) {
        Report({fmt::format("transfer {} began", started->transfer), event.when},
               {"each begins once", transfers_.Find(started->transfer)->since});
      }
    } else if (const auto* ended = std::get_if<TransferEnded>(&event.body)) {
      End(*ended, event.when);
    }
  }

  void AtEnd(const FinalState& state) override {
    CompareStored(state);
    CompareStorage(state);
    CompareTransfers(state);
    CompareVolumes(state);
    if (state.rest == RunRest::kAtRest && !transfers_.empty()) {
      transfers_.ForEachSorted([&](TransferId id, const Moving& moving) {
        Report({fmt::format("transfer {} never ended, and nothing is under way any more", id), state.now},
               {"each transfer that began ends", moving.since});
      });
    }
  }

 private:
  struct Step {
    Instant when;
    std::int64_t bytes = 0;  // stored from then on
  };
  struct Stored {
    std::array<std::vector<Step>, 2> steps;  // by storage class
    std::int64_t unmetered = 0;              // stored by replication, and not yet met by a transfer's end
  };
  struct Moving {
    Instant since;
    ByteCount size;
  };
  struct RouteKey {
    RepositoryNumber source = 0;
    RepositoryNumber destination = 0;
    AccountId payer;
    friend auto operator<=>(const RouteKey&, const RouteKey&) = default;
  };
  struct Route {
    std::int64_t useful = 0;
    std::int64_t wasted = 0;
  };
  /// A route by its names, as the bill sorts its rows.
  using RouteName = std::tuple<RegistryKey, RegistryKey, AccountId, RepositoryName>;

  RepositoryNumber NumberOf(const RegistryKey& registry, const RepositoryName& repository) {
    const auto number = numbers_.NumberOf(registry, repository);
    if (number == stored_.size()) stored_.emplace_back();
    return number;
  }
  Stored& Of(const RegistryKey& registry, const RepositoryName& repository) {
    return stored_[NumberOf(registry, repository)];
  }

  static std::vector<Step>& StepsOf(Stored& stored, StorageClass storage_class) {
    return stored.steps.at(static_cast<std::size_t>(storage_class));
  }
  static void Shift(Stored& stored, StorageClass to, Instant when, std::int64_t bytes) {
    const auto from = to == StorageClass::kStandard ? StorageClass::kArchive : StorageClass::kStandard;
    Change(stored, from, when, -bytes);
    Change(stored, to, when, bytes);
  }

  static void Change(Stored& stored, StorageClass storage_class, Instant when, std::int64_t bytes) {
    if (bytes == 0) return;
    auto& steps = StepsOf(stored, storage_class);
    const auto before = steps.empty() ? 0 : steps.back().bytes;
    if (!steps.empty() && steps.back().when == when) {
      steps.back().bytes += bytes;
    } else {
      steps.push_back({when, before + bytes});
    }
  }

  void End(const TransferEnded& ended, Instant when) {
    const auto found = [&] {
      return ViolationSide{fmt::format("transfer {} ended with {} bytes useful and {} wasted", ended.transfer,
                                       ended.useful.bytes(), ended.wasted.bytes()),
                           when};
    };
    if (ended.payer != ended.source.account) {
      Report(found(),
             {fmt::format("its source's account {} pays, not {}", ended.source.account.text(), ended.payer.text()),
              std::nullopt});
    }
    const auto destination = NumberOf(ended.destination, ended.repository);
    const auto source = NumberOf(ended.source, ended.repository);
    auto& route = routes_[{source, destination, ended.payer}];
    route.useful += ended.useful.bytes();
    route.wasted += ended.wasted.bytes();
    if (ended.useful > ByteCount()) volumes_[{source, MonthOf(when)}] += ended.useful.bytes();
    // What travels within a request, as manifests do where they count, is a transfer without a number.
    if (ended.transfer == 0) return;

    auto& unmetered = stored_[destination].unmetered;
    if (unmetered >= ended.useful.bytes()) unmetered -= ended.useful.bytes();
    const auto* moving = transfers_.Find(ended.transfer);
    if (moving == nullptr) return Report(found(), {"it is one that began and has not ended", std::nullopt});
    const bool whole = ended.useful == moving->size && ended.wasted == ByteCount();
    const bool waste = ended.useful == ByteCount() && ended.wasted <= moving->size;
    if (!whole && !waste) {
      Report(found(),
             {fmt::format("all of its {} bytes are useful, or at most so many are wasted", moving->size.bytes()),
              moving->since});
    }
    transfers_.Erase(ended.transfer);
  }

  void CompareStored(const FinalState& state) {
    for (RepositoryNumber number = 0; number < stored_.size(); ++number) {
      const auto& [steps, unmetered] = stored_[number];
      std::int64_t said = 0;
      std::optional<Instant> last;
      for (const auto& of_class : steps) {
        if (of_class.empty()) continue;
        said += of_class.back().bytes;
        last = last ? std::max(*last, of_class.back().when) : of_class.back().when;
      }
      const auto& where = numbers_.KeyOf(number);
      const auto place = PlaceText(where.registry, where.repository);
      if (unmetered > 0) {
        Report({fmt::format("replication stored {} bytes in {} that no transfer brought", unmetered, place), last},
               {"bytes that are delivered are metered", std::nullopt});
      }
      const auto* registry = state.registries.Find(where.registry);
      const auto* repository = registry == nullptr ? nullptr : registry->Find(where.repository);
      const auto kept = repository == nullptr ? 0 : repository->stored_bytes.bytes();
      if (kept == said) continue;
      Report({fmt::format("{} holds {} bytes at the end", place, kept), state.now},
             {fmt::format("it holds the {} bytes that the events tell of", said), last});
    }
  }

  /// Calls `add(month, byte-nanoseconds)` for each stretch of equal bytes, split where months begin.
  template <class Add>
  static void Integrate(const std::vector<Step>& steps, Instant until, Add add) {
    for (std::size_t i = 0; i < steps.size(); ++i) {
      auto from = steps[i].when;
      const auto to = i + 1 < steps.size() ? steps[i + 1].when : until;
      while (from < to) {
        const auto month = MonthOf(from);
        const auto end = std::min(to, StartOf(Next(month)));
        add(month, Int128{steps[i].bytes} * (end - from).nanoseconds());
        from = end;
      }
    }
  }

  void CompareStorage(const FinalState& state) {
    using Key = std::tuple<RepositoryKey, CalendarMonth, StorageClass>;
    std::map<Key, Int128> expected;
    for (RepositoryNumber number = 0; number < stored_.size(); ++number) {
      for (const auto storage_class : {StorageClass::kStandard, StorageClass::kArchive}) {
        Integrate(StepsOf(stored_[number], storage_class), state.now, [&](CalendarMonth month, Int128 integral) {
          if (integral != 0) expected[{numbers_.KeyOf(number), month, storage_class}] += integral;
        });
      }
    }
    std::map<Key, Int128> billed;
    for (const auto& row : state.bill.storage) {
      billed[{row.where, row.month, StorageClass::kStandard}] += row.byte_nanoseconds;
      billed[{row.where, row.month, StorageClass::kArchive}] += row.archived_byte_nanoseconds;
    }
    Compare(billed, expected, state.now, [](const Key& key) {
      const auto& [where, month, storage_class] = key;
      return fmt::format("byte-nanoseconds of {} in {}, {}", PlaceText(where.registry, where.repository), ToText(month),
                         NameOf(storage_class));
    });
  }

  void CompareTransfers(const FinalState& state) {
    std::map<RouteName, Int128> expected_useful;
    std::map<RouteName, Int128> expected_wasted;
    for (const auto& [key, route] : routes_) {
      const auto& source = numbers_.KeyOf(key.source);
      const RouteName name{source.registry, numbers_.KeyOf(key.destination).registry, key.payer, source.repository};
      expected_useful[name] += route.useful;
      expected_wasted[name] += route.wasted;
    }
    std::map<RouteName, Int128> useful;
    std::map<RouteName, Int128> wasted;
    for (const auto& row : state.bill.transfers) {
      const RouteName name{row.source, row.destination, row.payer, row.repository};
      useful[name] += row.useful.bytes();
      wasted[name] += row.wasted.bytes();
    }
    const auto text = [](std::string_view kind) {
      return [kind](const RouteName& name) {
        return fmt::format("{} bytes of {} moved to {}", kind, PlaceText(std::get<0>(name), std::get<3>(name)),
                           ToText(std::get<1>(name)));
      };
    };
    Compare(useful, expected_useful, state.now, text("useful"));
    Compare(wasted, expected_wasted, state.now, text("wasted"));
  }

  void CompareVolumes(const FinalState& state) {
    std::map<std::pair<RepositoryKey, CalendarMonth>, Int128> expected;
    for (const auto& [key, volume] : volumes_) expected[{numbers_.KeyOf(key.first), key.second}] += volume;
    std::map<std::pair<RepositoryKey, CalendarMonth>, Int128> billed;
    for (const auto& row : state.bill.replicated) billed[{row.source, row.month}] += row.volume.bytes();
    Compare(billed, expected, state.now, [](const auto& key) {
      return fmt::format("bytes replicated from {} in {}", PlaceText(key.first.registry, key.first.repository),
                         ToText(key.second));
    });
  }

  /// Every row that differs; a row that is not there counts as nothing.
  template <class Key, class Text>
  void Compare(const std::map<Key, Int128>& billed, const std::map<Key, Int128>& expected, Instant now, Text text) {
    const auto complain = [&](const Key& key, Int128 bill, Int128 events) {
      Report({fmt::format("the bill has {} {}", ToDecimal(bill), text(key)), now},
             {fmt::format("the events amount to {}", ToDecimal(events)), now});
    };
    for (const auto& [key, amount] : billed) {
      const auto found = expected.find(key);
      const auto events = found == expected.end() ? Int128{0} : found->second;
      if (amount != events) complain(key, amount, events);
    }
    for (const auto& [key, amount] : expected) {
      if (amount != 0 && !billed.contains(key)) complain(key, 0, amount);
    }
  }

  RepositoryNumbers numbers_;
  std::vector<Stored> stored_;  // by number
  Index<TransferId, Moving> transfers_;
  std::map<RouteKey, Route> routes_;
  std::map<std::pair<RepositoryNumber, CalendarMonth>, std::int64_t> volumes_;  // useful, by source
};

}  // namespace

std::unique_ptr<Checker> MakeLedgerChecker(const Assumptions&) { return std::make_unique<LedgerChecker>(); }

}  // namespace crrsim
