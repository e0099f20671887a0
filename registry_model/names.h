// The names of the registry world: accounts, regions, registries, repositories, tags.
//
// Each is parsed once at the edge and valid ever after. Accounts and regions are small plain values, repository names
// and tags share their text among copies: every event carries them, and none allocates for them. They compare and hash
// by their text, so nothing depends on an interned number or on who shares with whom.
//
// Source  ecr-replication.md 1.3 (account, region), 8 (repository name, tag).
#pragma once

#include <boost/container/flat_set.hpp>
#include <boost/container/small_vector.hpp>

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "sim/archive.h"
#include "sim/digest.h"
#include "sim/result.h"

namespace crrsim {

/// A 12-digit AWS account id. Leading zeros count: it is a name, not a number.
class AccountId {
 public:
  /// The account of twelve zeros, which no scenario can name; a default for containers only.
  constexpr AccountId() = default;
  static Result<AccountId, ParseError> Parse(std::string_view text);
  /// Requires number < 10^12.
  static AccountId FromNumber(std::uint64_t number);

  /// Twelve digits.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] std::uint64_t number() const { return number_; }

  friend auto operator<=>(AccountId, AccountId) = default;
  [[nodiscard]] std::uint64_t LookupHash() const { return number_; }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("number", self.number_);
  }

 private:
  std::uint64_t number_ = 0;
};

/// A region such as `us-west-2`: 2 to 25 characters of `[0-9a-z-]`.
class RegionName {
 public:
  constexpr RegionName() = default;
  static Result<RegionName, ParseError> Parse(std::string_view text);

  [[nodiscard]] std::string_view text() const { return {characters_.data(), length_}; }

  friend bool operator==(const RegionName& a, const RegionName& b) {
    const auto differ = [&](std::size_t i) { return a.Word(i) ^ b.Word(i); };
    return (differ(0) | differ(1) | differ(2) | differ(3)) == 0;
  }
  /// The order of the texts.
  friend std::strong_ordering operator<=>(const RegionName& a, const RegionName& b) {
    // Big-endian words compare as their bytes do. Behind a text are zeros, so a prefix comes first, as it should.
    for (std::size_t i = 0; i < 4; ++i) {
      if (a.Word(i) != b.Word(i)) return __builtin_bswap64(a.Word(i)) <=> __builtin_bswap64(b.Word(i));
    }
    return std::strong_ordering::equal;
  }
  [[nodiscard]] std::uint64_t LookupHash() const {
    // Products that do not wait for each other: each step of each copy finds a registry or two.
    return (Word(0) * 0x9E3779B97F4A7C15U) ^ (Word(1) * 0xC2B2AE3D27D4EB4FU) ^
           ((Word(2) ^ std::rotl(Word(3), 32)) * 0x165667B19E3779F9U);
  }
  void Encode(Writer& writer) const { writer.PutText(characters_, length_); }
  static RegionName Decode(Reader& reader);

 private:
  /// A quarter of the whole value as a number, since nearly every event has regions compared and hashed.
  [[nodiscard]] std::uint64_t Word(std::size_t place) const {
    std::uint64_t word = 0;
    std::memcpy(&word, reinterpret_cast<const char*>(this) + place * sizeof word, sizeof word);
    return word;
  }

  static constexpr std::size_t kLengthMax = 25;
  std::array<char, 31> characters_{};  // zero behind the text
  std::uint8_t length_ = 0;
};
static_assert(sizeof(RegionName) == 32);

/// One private registry: an account in a region. AWS's `registryId` is the account alone.
struct RegistryKey {
  AccountId account;
  RegionName region;

  friend auto operator<=>(const RegistryKey&, const RegistryKey&) = default;
  friend bool operator==(const RegistryKey&, const RegistryKey&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const {
    // An odd factor spreads the digits of accounts, which are often neighbours.
    return region.LookupHash() ^ account.LookupHash() * 0x9E3779B97F4A7C15U;
  }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("account", self.account);
    visit("region", self.region);
  }
};

/// `111122223333/us-west-2`.
std::string ToText(const RegistryKey& registry);

namespace internal {

/// A text that was checked once. `Kind` supplies the check, so the types do not mix. It never changes, so copies share
/// it: the events that name a repository allocate nothing for it, and its hash is computed once.
template <class Kind>
class CheckedName {
 public:
  CheckedName() = default;
  static Result<CheckedName, ParseError> Parse(std::string_view text) {
    if (auto problem = Kind::Problem(text); !problem.empty()) return ParseError{std::move(problem)};
    return CheckedName(text);
  }

  [[nodiscard]] const std::string& text() const { return content_ == nullptr ? kNoText : content_->text; }

  friend std::strong_ordering operator<=>(const CheckedName& a, const CheckedName& b) { return a.text() <=> b.text(); }
  friend bool operator==(const CheckedName& a, const CheckedName& b) {
    return a.content_ == b.content_ || a.text() == b.text();
  }
  /// An Index keyed by names can be asked with text that was not checked.
  friend bool operator==(const CheckedName& name, std::string_view text) { return name.text() == text; }
  [[nodiscard]] std::uint64_t LookupHash() const { return content_ == nullptr ? HashForLookup({}) : content_->hash; }
  void Encode(Writer& writer) const { writer.PutText(text()); }
  static CheckedName Decode(Reader& reader) {
    const auto text = reader.GetText();
    return text.empty() ? CheckedName() : CheckedName(text);
  }

 private:
  struct Content {
    explicit Content(std::string_view checked) : text(checked), hash(HashForLookup(checked)) {}
    const std::string text;
    const std::uint64_t hash;
  };
  static inline const std::string kNoText;

  explicit CheckedName(std::string_view text) : content_(std::make_shared<const Content>(text)) {}
  std::shared_ptr<const Content> content_;  // null for the name without text, a default for containers only
};

struct RepositoryNameKind {
  static std::string Problem(std::string_view text);
};
struct TagKind {
  static std::string Problem(std::string_view text);
};

}  // namespace internal

/// 2 to 256 characters, `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/...)*`.
using RepositoryName = internal::CheckedName<internal::RepositoryNameKind>;
/// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (the OCI grammar; narrower than the 300 characters of the API's shape).
using Tag = internal::CheckedName<internal::TagKind>;
/// The tags of an image, in their order. One, as most images have, takes no memory of its own.
using TagSet = boost::container::flat_set<Tag, std::less<Tag>, boost::container::small_vector<Tag, 1>>;

/// A repository in its registry.
struct RepositoryKey {
  RegistryKey registry;
  RepositoryName repository;

  friend auto operator<=>(const RepositoryKey&, const RepositoryKey&) = default;
  friend bool operator==(const RepositoryKey&, const RepositoryKey&) = default;
  [[nodiscard]] std::uint64_t LookupHash() const { return LookupHashOf(registry, repository); }
  static std::uint64_t LookupHashOf(const RegistryKey& registry, const RepositoryName& repository) {
    return std::rotl(registry.LookupHash(), 1) ^ repository.LookupHash();
  }
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registry", self.registry);
    visit("repository", self.repository);
  }
};

/// `arn:aws:ecr:<region>:<account>:repository/<name>`; the partition follows from the region.
std::string RepositoryArn(const RegistryKey& registry, const RepositoryName& repository);
/// `aws`, `aws-cn` or `aws-us-gov`.
std::string_view PartitionOf(const RegionName& region);
/// `amazonaws.com`, or `amazonaws.com.cn` in China.
std::string_view DomainOf(const RegionName& region);

}  // namespace crrsim
