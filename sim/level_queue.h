// A set of numbers that gives back the one with about the lowest level.
//
// Levels within one thirty-second of a power of two count as equal, and of equal ones the last put in comes first. So
// each operation is a few instructions without a comparison, which is what makes it worth having beside a heap; what is
// computed in this order must not depend on it.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

namespace crrsim {

class LevelQueue {
 public:
  LevelQueue() { heads_.fill(kEnd); }

  [[nodiscard]] bool empty() const { return groups_ == 0; }
  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] bool contains(std::uint32_t id) const { return id < next_.size() && next_[id] != kOut; }

  /// Does nothing to a number that is in, whatever its level then was.
  void Put(std::uint32_t id, std::uint64_t level) {
    if (id >= next_.size()) next_.resize(id + 1, kOut);
    if (next_[id] != kOut) return;
    const std::uint32_t bucket = BucketOf(level);
    next_[id] = heads_[bucket];
    heads_[bucket] = id;
    words_[bucket / 64] |= std::uint64_t{1} << (bucket % 64);
    groups_ |= std::uint64_t{1} << (bucket / 64);
    ++size_;
  }

  /// Requires !empty().
  std::uint32_t Take() {
    const auto word = static_cast<std::uint32_t>(std::countr_zero(groups_));
    const std::uint32_t bucket = word * 64 + static_cast<std::uint32_t>(std::countr_zero(words_[word]));
    const std::uint32_t id = heads_[bucket];
    heads_[bucket] = next_[id];
    next_[id] = kOut;
    --size_;
    if (heads_[bucket] == kEnd) {
      words_[word] &= words_[word] - 1;
      if (words_[word] == 0) groups_ &= groups_ - 1;
    }
    return id;
  }

 private:
  static constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kOut = kEnd - 1;
  static constexpr std::uint32_t kStepBits = 5;  ///< 2^5 buckets for each power of two
  static constexpr std::uint32_t kBuckets = 64 << kStepBits;

  static std::uint32_t BucketOf(std::uint64_t level) {
    const auto zeros = static_cast<std::uint32_t>(std::countl_zero(level | 1));
    const auto step = static_cast<std::uint32_t>((level << zeros << 1) >> (64 - kStepBits));
    return ((63 - zeros) << kStepBits) | step;
  }

  std::array<std::uint32_t, kBuckets> heads_;
  std::array<std::uint64_t, kBuckets / 64> words_{};  ///< which buckets are not empty
  std::uint64_t groups_ = 0;                          ///< which words are not 0
  std::vector<std::uint32_t> next_;                   ///< by number: the next in its bucket, or kOut
  std::uint32_t size_ = 0;
};

}  // namespace crrsim
