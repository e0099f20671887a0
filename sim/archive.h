// Canonical bytes of values: what a world saves, what the run digest and the state hash are computed over.
//
// The encoding is fixed: integers and enums as 8 bytes little-endian (bytes and bools as one), text as an 8-byte length
// and the bytes, optional as a presence byte, sequences and maps as a count and their elements in order, a variant as
// its index and value, a described struct (sim/fields.h) as its fields in order without their names. It does not depend
// on compiler, build type or machine. A class with an invariant of its own gives `void Encode(Writer&) const` and
// `static T Decode(Reader&)`.
//
// Errors: writing cannot fail. Reading bytes that no Writer made throws ArchiveError; whoever loads from outside
// (World::Load) catches it and returns a value.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "sim/fields.h"
#include "sim/int128.h"
#include "sim/units.h"

namespace crrsim {

static_assert(std::endian::native == std::endian::little, "canonical bytes are written little-endian by memcpy");

class ArchiveError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Writer;
class Reader;

template <class T>
concept SelfEncoding = requires(const T& value, Writer& writer, Reader& reader) {
  value.Encode(writer);
  { T::Decode(reader) } -> std::same_as<T>;
};

namespace internal {
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsMap : std::false_type {};
template <class K, class V>
struct IsMap<std::map<K, V>> : std::true_type {};
/// std::set, and other sets that go through their elements in order.
template <class T>
concept IsSet = requires { typename T::key_compare; } && std::same_as<typename T::key_type, typename T::value_type>;
template <class T>
struct IsArray : std::false_type {};
template <class T, std::size_t n>
struct IsArray<std::array<T, n>> : std::true_type {};
template <class T>
struct IsPair : std::false_type {};
template <class A, class B>
struct IsPair<std::pair<A, B>> : std::true_type {};
template <class T>
struct IsVariant : std::false_type {};
template <class... T>
struct IsVariant<std::variant<T...>> : std::true_type {};
template <class T>
struct IsSharedContent : std::false_type {};
template <class T>
struct IsSharedContent<std::shared_ptr<const T>> : std::true_type {};
template <class>
inline constexpr bool kNoEncoding = false;
}  // namespace internal

/// Whether instants are written. A state hash leaves them out: two states that differ only in when they came about are
/// one.
enum class InstantMode : std::uint8_t { kWritten, kLeftOut };

/// Appends canonical bytes to a buffer of its own.
class Writer {
 public:
  explicit Writer(InstantMode instants = InstantMode::kWritten) : instants_(instants) {}

  template <class T>
  void Put(const T& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::uint8_t> || std::is_same_v<T, char>) {
      *Extend(1) = static_cast<char>(value);
    } else if constexpr (std::is_integral_v<T>) {
      PutRaw(static_cast<std::uint64_t>(static_cast<std::int64_t>(value)));
    } else if constexpr (std::is_same_v<T, Int128> || std::is_same_v<T, UInt128>) {
      PutRaw(static_cast<UInt128>(value));
    } else if constexpr (std::is_same_v<T, double>) {
      PutRaw(std::bit_cast<std::uint64_t>(value));
    } else if constexpr (std::is_enum_v<T>) {
      PutRaw(static_cast<std::uint64_t>(value));
    } else if constexpr (std::is_same_v<T, Duration>) {
      PutRaw(static_cast<std::uint64_t>(value.nanoseconds()));
    } else if constexpr (std::is_same_v<T, Instant>) {
      if (instants_ == InstantMode::kWritten) PutRaw(static_cast<std::uint64_t>(value.unix_nanoseconds()));
    } else if constexpr (std::is_same_v<T, ByteCount>) {
      PutRaw(static_cast<std::uint64_t>(value.bytes()));
    } else if constexpr (std::is_same_v<T, BytesPerSecond>) {
      PutRaw(static_cast<std::uint64_t>(value.count()));
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      PutText(value);
    } else if constexpr (internal::IsOptional<T>::value) {
      Put(value.has_value());
      if (value) Put(*value);
    } else if constexpr (internal::IsVector<T>::value || internal::IsSet<T> || internal::IsMap<T>::value) {
      Put(static_cast<std::uint64_t>(value.size()));
      for (const auto& element : value) Put(element);
    } else if constexpr (internal::IsArray<T>::value) {
      for (const auto& element : value) Put(element);
    } else if constexpr (internal::IsPair<T>::value) {
      Put(value.first);
      Put(value.second);
    } else if constexpr (internal::IsVariant<T>::value) {
      Put(static_cast<std::uint64_t>(value.index()));
      std::visit([this](const auto& alternative) { this->Put(alternative); }, value);
    } else if constexpr (std::is_same_v<T, std::monostate>) {
    } else if constexpr (internal::IsSharedContent<T>::value) {
      PutShared(value);
    } else if constexpr (SelfEncoding<T>) {
      value.Encode(*this);
    } else if constexpr (Described<T>) {
      T::Fields(value, [this](std::string_view, const auto& field) { this->Put(field); });
    } else {
      static_assert(internal::kNoEncoding<T>, "give the type Fields, or Encode and Decode");
    }
  }

  void PutText(std::string_view text) {
    const std::uint64_t size = text.size();
    auto* out = Extend(sizeof(size) + text.size());
    std::memcpy(out, &size, sizeof(size));
    if (size != 0) std::memcpy(out + sizeof(size), text.data(), text.size());
  }
  /// The same for the text in the first `size` characters of a field: a copy of known length is a few instructions.
  template <std::size_t length>
  void PutText(const std::array<char, length>& field, std::uint64_t size) {
    auto* out = Extend(sizeof(size) + length);
    std::memcpy(out, &size, sizeof(size));
    std::memcpy(out + sizeof(size), field.data(), length);
    size_ -= length - size;
  }
  void PutBytes(const void* data, std::size_t size) {
    if (size != 0) std::memcpy(Extend(size), data, size);
  }

  /// Immutable content that many rows share is written once; later mentions are its number.
  /// Requires `content->ShareKey()`: text that differs for different content of this type. Null is allowed.
  template <class T>
  void PutShared(const std::shared_ptr<const T>& content) {
    if (content == nullptr) return Put(std::uint64_t{0});
    auto [entry, is_new] = shared_.try_emplace(content->ShareKey(), shared_.size() + 1);
    Put(static_cast<std::uint64_t>(entry->second));
    if (is_new) Put(*content);
  }

  [[nodiscard]] std::string_view bytes() const { return {buffer_.data(), size_}; }
  std::string TakeBytes() {
    buffer_.resize(std::exchange(size_, 0));
    return std::exchange(buffer_, {});
  }
  /// Keeps the memory.
  void Clear() {
    size_ = 0;
    if (!shared_.empty()) shared_.clear();
  }

 private:
  template <class Number>
  void PutRaw(Number value) {
    std::memcpy(Extend(sizeof(Number)), &value, sizeof(Number));
  }

  /// Room for `count` more bytes, which the caller fills. Every event of a run passes here some forty times, so the
  /// common case is a comparison and an addition.
  [[gnu::always_inline]] char* Extend(std::size_t count) {
    if (count > buffer_.size() - size_) [[unlikely]]
      Grow(count);
    return buffer_.data() + std::exchange(size_, size_ + count);
  }
  [[gnu::noinline, gnu::cold]] void Grow(std::size_t count) {
    buffer_.resize(std::max(2 * buffer_.size(), size_ + count + 64));
  }

  InstantMode instants_;
  std::string buffer_;  // what is written, then room
  std::size_t size_ = 0;
  std::map<std::string, std::size_t> shared_;
};

/// Reads what a Writer wrote, in the same order. The bytes must outlive it.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  template <class T>
  T Get() {
    if constexpr (std::is_same_v<T, bool>) {
      const auto raw = GetRaw<std::uint8_t>();
      if (raw > 1) throw ArchiveError("a truth value is neither 0 nor 1");
      return raw == 1;
    } else if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, char>) {
      return static_cast<T>(GetRaw<std::uint8_t>());
    } else if constexpr (std::is_integral_v<T>) {
      const auto raw = GetRaw<std::uint64_t>();
      const auto value = static_cast<T>(raw);
      if (static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) != raw)
        throw ArchiveError("a number is out of range");
      return value;
    } else if constexpr (std::is_same_v<T, Int128> || std::is_same_v<T, UInt128>) {
      return static_cast<T>(GetRaw<UInt128>());
    } else if constexpr (std::is_same_v<T, double>) {
      return std::bit_cast<double>(GetRaw<std::uint64_t>());
    } else if constexpr (std::is_enum_v<T>) {
      const auto raw = GetRaw<std::uint64_t>();
      const auto value = static_cast<T>(raw);
      if (static_cast<std::uint64_t>(value) != raw) throw ArchiveError("an enumerator is out of range");
      return value;
    } else if constexpr (std::is_same_v<T, Duration>) {
      return Duration::FromNanoseconds(Get<std::int64_t>());
    } else if constexpr (std::is_same_v<T, Instant>) {
      return Instant::FromUnixNanoseconds(Get<std::int64_t>());
    } else if constexpr (std::is_same_v<T, ByteCount>) {
      return ByteCount::FromBytes(GetCount());
    } else if constexpr (std::is_same_v<T, BytesPerSecond>) {
      return BytesPerSecond::FromCount(GetCount());
    } else if constexpr (std::is_same_v<T, std::string>) {
      return std::string(GetText());
    } else if constexpr (internal::IsOptional<T>::value) {
      if (!Get<bool>()) return std::nullopt;
      return T(Get<typename T::value_type>());
    } else if constexpr (internal::IsVector<T>::value || internal::IsSet<T> || internal::IsMap<T>::value ||
                         internal::IsArray<T>::value) {
      return GetElements<T>();
    } else if constexpr (internal::IsPair<T>::value) {
      auto first = Get<std::remove_const_t<typename T::first_type>>();
      return T(std::move(first), Get<typename T::second_type>());
    } else if constexpr (internal::IsVariant<T>::value) {
      return GetVariant<T>(Get<std::uint64_t>());
    } else if constexpr (std::is_same_v<T, std::monostate>) {
      return {};
    } else if constexpr (internal::IsSharedContent<T>::value) {
      return GetShared<typename T::element_type>();
    } else if constexpr (SelfEncoding<T>) {
      return T::Decode(*this);
    } else if constexpr (Described<T>) {
      T value{};
      T::Fields(value, [this](std::string_view, auto& field) {
        field = this->template Get<std::remove_cvref_t<decltype(field)>>();
      });
      return value;
    } else {
      static_assert(internal::kNoEncoding<T>, "give the type Fields, or Encode and Decode");
    }
  }

  std::string_view GetText() { return GetBytes(static_cast<std::size_t>(GetCount())); }
  std::string_view GetBytes(std::size_t size) {
    if (size > bytes_.size()) throw ArchiveError("the bytes end too early");
    const auto taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  template <class T>
  T GetElements() {
    if constexpr (internal::IsVector<T>::value) {
      T values;
      for (auto count = GetCount(); count > 0; --count) values.push_back(Get<typename T::value_type>());
      return values;
    } else if constexpr (internal::IsSet<T>) {
      T values;
      for (auto count = GetCount(); count > 0; --count) values.insert(values.end(), Get<typename T::value_type>());
      return values;
    } else if constexpr (internal::IsMap<T>::value) {
      T values;
      for (auto count = GetCount(); count > 0; --count) {
        auto key = Get<typename T::key_type>();
        values.emplace_hint(values.end(), std::move(key), Get<typename T::mapped_type>());
      }
      return values;
    } else {
      T values{};
      for (auto& value : values) value = Get<typename T::value_type>();
      return values;
    }
  }

  template <class Number>
  Number GetRaw() {
    Number value;
    std::memcpy(&value, GetBytes(sizeof(Number)).data(), sizeof(Number));
    return value;
  }
  /// A count that is not negative; elements take at least no byte, so it is not bounded here.
  std::int64_t GetCount() {
    const auto count = static_cast<std::int64_t>(GetRaw<std::uint64_t>());
    if (count < 0) throw ArchiveError("a count is negative");
    return count;
  }
  template <class Variant, std::size_t index = 0>
  Variant GetVariant(std::uint64_t wanted) {
    if constexpr (index < std::variant_size_v<Variant>) {
      if (wanted == index)
        return Variant(std::in_place_index<index>, Get<std::variant_alternative_t<index, Variant>>());
      return GetVariant<Variant, index + 1>(wanted);
    } else {
      throw ArchiveError("a variant has an unknown alternative");
    }
  }
  template <class T>
  std::shared_ptr<T> GetShared() {
    const auto number = Get<std::uint64_t>();
    if (number == 0) return nullptr;
    if (number <= shared_.size()) return std::static_pointer_cast<T>(shared_[number - 1]);
    if (number != shared_.size() + 1) throw ArchiveError("shared content is mentioned before it is written");
    shared_.push_back(nullptr);
    const auto content = std::make_shared<const std::remove_const_t<T>>(Get<std::remove_const_t<T>>());
    shared_[number - 1] = content;
    return content;
  }

  std::string_view bytes_;
  std::vector<std::shared_ptr<const void>> shared_;
};

}  // namespace crrsim
