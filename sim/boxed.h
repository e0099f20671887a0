// An optional value that lies apart, for what few rows of a large table have: an empty one takes a pointer. Copies have
// values of their own; one that was moved from is empty. Asking an empty one for its value is a Defect.
//
//   Boxed<ImageScan> scan;          // none
//   scan = ImageScan{...};
//   if (scan) Show(scan->findings);
#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "sim/archive.h"
#include "sim/check.h"

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
  [[nodiscard]] bool has_value() const { return value_ != nullptr; }
  explicit operator bool() const { return has_value(); }
  const T& operator*() const { return Value(); }
  T& operator*() { return Value(); }
  const T* operator->() const { return &Value(); }
  T* operator->() { return &Value(); }

  /// As an optional is.
  void Encode(Writer& writer) const {
    writer.Put(has_value());
    if (has_value()) writer.Put(*value_);
  }
  static Boxed Decode(Reader& reader) {
    auto value = reader.Get<std::optional<T>>();
    return value ? Boxed(*std::move(value)) : Boxed();
  }

 private:
  [[nodiscard]] T& Value() const {
    CRRSIM_CHECK(has_value(), "nothing in the box");
    return *value_;
  }

  std::unique_ptr<T> value_;
};

}  // namespace crrsim
