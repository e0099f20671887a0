// An optional value that lies apart, for what few rows of a large table have: an empty one takes a pointer. Copies have
// values of their own.
//
//   Boxed<ImageScan> scan;          // none
//   scan = ImageScan{...};
//   if (scan) Show(scan->findings);
#pragma once

#include <memory>
#include <utility>

#include "sim/archive.h"

namespace crrsim {

template <class T>
class Boxed {
 public:
  Boxed() = default;
  Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}  // NOLINT(google-explicit-constructor): as optional
  Boxed(const Boxed& other) : value_(other ? std::make_unique<T>(*other) : nullptr) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) { return *this = Boxed(other); }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  void reset() { value_.reset(); }
  explicit operator bool() const { return value_ != nullptr; }
  /// Require a value.
  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }
  const T* operator->() const { return value_.get(); }
  T* operator->() { return value_.get(); }

  /// As an optional is.
  void Encode(Writer& writer) const {
    writer.Put(value_ != nullptr);
    if (value_ != nullptr) writer.Put(*value_);
  }
  static Boxed Decode(Reader& reader) {
    auto value = reader.Get<std::optional<T>>();
    return value ? Boxed(*std::move(value)) : Boxed();
  }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace crrsim
