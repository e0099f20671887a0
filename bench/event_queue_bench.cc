// The event queue against a bare 4-ary heap, in the hold model: n events are pending, and each step takes the earliest
// and schedules another one after it.
//
// The reference (support/bare_heap.h) has keys of 16 bytes, each with a payload as large as that of the queue, read
// when its key comes to the top. Compare EventQueue/n with BareHeap/n; the ratio is the price of the contract.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "bench/support/bare_heap.h"
#include "sim/event_queue.h"

namespace crrsim {
namespace {

struct Payload {
  std::array<std::uint64_t, 4> words{};
};
static_assert(sizeof(Payload) == 32);

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
  const HoldModel<bench::BareHeap<Payload>> reference(std::min<std::int64_t>(state.range(0), 1000));
  if (queue.checksum != reference.checksum) state.SkipWithError("the queue and the reference pop different events");
  for (auto _ : state) model.Step();
  benchmark::DoNotOptimize(model.checksum);
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_TEMPLATE(Hold, bench::BareHeap<Payload>)->Name("BareHeap")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);
BENCHMARK_TEMPLATE(Hold, Queue)->Name("EventQueue")->Arg(1'000)->Arg(100'000)->Arg(1'000'000);

}  // namespace
}  // namespace crrsim
