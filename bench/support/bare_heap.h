// The reference of several benchmarks: a bare 4-ary heap of 16-byte keys, each with a payload that is kept beside the
// heap and read when its key comes to the top. It has what any event queue needs and nothing else: no ties, no
// cancelling, no channels, no checks.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "sim/int128.h"

namespace crrsim::bench {

template <class Payload>
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

}  // namespace crrsim::bench
