// A value that copies share until one of them writes.
//
// A World holds its repositories by Cow, so that copying a world of a million images takes microseconds and a copy pays
// only for what it changes.
//
// Invariant: there is always a value; a Cow that was moved from still has it.
// Threads: different Cows may share a value and live in different threads, as long as each Cow itself is used by one
// thread at a time. Mutable() may see a count that is too high (another thread is just letting go) and clone in vain,
// but never one that is too low: only a Cow that shares the value can add to the count, and a count of one means that
// no other does.
//
//   Cow<Repository> repository = world.repository;  // shared
//   repository.Mutable().images.push_back(row);     // cloned here, once
#pragma once

#include <atomic>
#include <memory>
#include <utility>

#include "sim/archive.h"

namespace crrsim {

template <class T>
class Cow {
 public:
  Cow() : content_(std::make_shared<T>()) {}
  explicit Cow(T value) : content_(std::make_shared<T>(std::move(value))) {}
  // No moves of its own: moving copies the pointer, so that nothing is ever empty.
  Cow(const Cow&) = default;
  Cow& operator=(const Cow&) = default;
  ~Cow() = default;

  const T& operator*() const { return *content_; }
  const T* operator->() const { return content_.get(); }

  /// The value to write to, cloned first if anyone shares it. The reference is good until this Cow is copied: a write
  /// through it after that would show in the copy.
  T& Mutable() {
    if (content_.use_count() != 1) {
      content_ = std::make_shared<T>(std::as_const(*content_));
    } else {
      // The count is read relaxed; the fence makes what the last sharer did before it let go happen before our writes.
      std::atomic_thread_fence(std::memory_order_acquire);
    }
    return *content_;
  }

  /// Whether both hold the very same value in memory, so that comparing them can be skipped.
  [[nodiscard]] bool SharesWith(const Cow& other) const { return content_ == other.content_; }

  friend bool operator==(const Cow& a, const Cow& b) { return a.SharesWith(b) || *a == *b; }

  void Encode(Writer& writer) const { writer.Put(*content_); }
  static Cow Decode(Reader& reader) { return Cow(reader.Get<T>()); }

 private:
  std::shared_ptr<T> content_;
};

}  // namespace crrsim
