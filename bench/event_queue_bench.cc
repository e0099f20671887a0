// The event queue against a bare 4-ary heap, in the hold model: n events are pending, and each step takes the earliest
// and schedules another one after it.
//
// The reference has what any queue needs and nothing else: keys of 16 bytes, each with a payload as large as that of
// the queue, kept beside the heap and read when its key comes to the top. No ties, no cancelling, no channels, no
// checks. Compare EventQueue/n with BareHeap/n; the ratio is the price of the contract.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "sim/event_queue.h"

namespace crrsim {
namespace {

struct Payload {
  std::array<std::uint64_t, 4> words{};
};
static_assert(sizeof(Payload) == 32);

class BareHeap {
 public:
  struct Key {
    std::int64_t when;
    std::uint64_t order;  // sequence number above the number of the payload's place
  };

  void Push(std::int64_t when, const Payload& payload) {
    std::uint64_t place = payloads_.size();
    if (free_.empty()) {
      payloads_.push_back(payload);
    } else {
      place = free_.back();
      free_.pop_back();
      payloads_[place] = payload;
    }
    const Key key{when, sequence_++ << 24 | place};
    std::size_t hole = keys_.size();
    keys_.push_back(key);
    while (hole > 0 && Before(key, keys_[(hole - 1) / 4])) {
      keys_[hole] = keys_[(hole - 1) / 4];
      hole = (hole - 1) / 4;
    }
    keys_[hole] = key;
  }

  std::pair<std::int64_t, Payload> Pop() {
    const auto top = keys_.front();
    const auto last = keys_.back();
    keys_.pop_back();
    std::size_t hole = 0;
    const auto size = keys_.size();
    for (;;) {
      const auto first = 4 * hole + 1;
      if (first >= size) break;
      auto least = first;
      const auto end = first + 4 < size ? first + 4 : size;
      for (auto child = first + 1; child < end; ++child) {
        if (Before(keys_[child], keys_[least])) least = child;
      }
      if (!Before(keys_[least], last)) break;
      keys_[hole] = keys_[least];
      hole = least;
    }
    if (size > 0) keys_[hole] = last;
    const auto place = top.order & 0xffffff;
    free_.push_back(static_cast<std::uint32_t>(place));
    return {top.when, payloads_[place]};
  }

 private:
  static bool Before(const Key& a, const Key& b) {
    // As one number of 128 bits, so that the processor has no branch to mispredict.
    return Number(a) < Number(b);
  }
  static Int128 Number(const Key& key) {
    return static_cast<Int128>((static_cast<UInt128>(static_cast<std::uint64_t>(key.when)) << 64) | key.order);
  }

  std::vector<Key> keys_;
  std::vector<Payload> payloads_;
  std::vector<std::uint32_t> free_;
  std::uint64_t sequence_ = 1;
};

/// The queue with the reference's two calls, so that one loop drives both.
class Queue {
 public:
  void Push(std::int64_t when, const Payload& payload) { queue_.Schedule(Instant::FromUnixNanoseconds(when), payload); }
  std::pair<std::int64_t, Payload> Pop() {
    const auto entry = queue_.Pop();
    return {entry.when.unix_nanoseconds(), entry.payload};
  }

 private:
  EventQueue<Payload> queue_;
};

/// xorshift64: cheap beside a push and a pop, and the same for both.
class Steps {
 public:
  /// Uniform over about one second, in nanoseconds.
  std::int64_t Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<std::int64_t>(state_ >> 34);
  }

 private:
  std::uint64_t state_ = 88'172'645'463'325'252u;
};

template <class Heap>
struct HoldModel {
  explicit HoldModel(std::int64_t pending) {
    for (std::int64_t i = 0; i < pending; ++i) heap.Push(steps.Next(), {{static_cast<std::uint64_t>(i)}});
    for (std::int64_t i = 0; i < 2 * pending; ++i) Step();
  }
  void Step() {
    auto [when, payload] = heap.Pop();
    checksum = checksum * 31 + payload.words[0];
    ++payload.words[3];
    heap.Push(when + steps.Next(), payload);
  }

  Steps steps;
  Heap heap;
  std::uint64_t checksum = 0;
};

template <class Heap>
void Hold(benchmark::State& state) {
  HoldModel<Heap> model(state.range(0));
  const HoldModel<Queue> queue(std::min<std::int64_t>(state.range(0), 1000));
  const HoldModel<BareHeap> reference(std::min<std::int64_t>(state.range(0), 1000));
  if (queue.checksum != reference.checksum) state.SkipWithError("the queue and the reference pop different events");
  for (auto _ : state) model.Step();
  benchmark::DoNotOptimize(model.checksum);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_TEMPLATE(Hold, BareHeap)->Name("BareHeap")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(Hold, Queue)->Name("EventQueue")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace crrsim
