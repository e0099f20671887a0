// The digest of content: sha256 (what ECR computes) or sha512, over the exact bytes.
//
// A plain value without allocation. Text form `sha256:<64 lower-case hex>` or `sha512:<128 lower-case hex>`; upper-case
// hex is refused, as the OCI image specification does.
//
// Source  oci-registry.md, Rules (content).
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "sim/archive.h"
#include "sim/result.h"

namespace crrsim {

enum class DigestAlgorithm : std::uint8_t { kSha256, kSha512 };

class Digest {
 public:
  /// The zero digest, which no content has; a default for containers only.
  constexpr Digest() = default;
  static Result<Digest, ParseError> Parse(std::string_view text);
  /// The digest of the bytes.
  static Digest Of(std::string_view bytes, DigestAlgorithm algorithm = DigestAlgorithm::kSha256);
  /// From raw hash bytes. Requires 32 bytes for sha256, 64 for sha512.
  static Digest FromRaw(DigestAlgorithm algorithm, std::string_view raw);

  [[nodiscard]] std::string text() const;
  /// The hexadecimal digits alone.
  [[nodiscard]] std::string hex() const;
  /// `sha256:` and the first twelve digits, for people.
  [[nodiscard]] std::string short_text() const;
  [[nodiscard]] DigestAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] std::string_view raw() const {
    return {raw_.data(), algorithm_ == DigestAlgorithm::kSha256 ? 32U : 64U};
  }

  /// By the bytes, as the hexadecimal digits sort. Not `= default`: whether a char is signed is the machine's business.
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b) {
    const auto compared = std::memcmp(a.raw_.data(), b.raw_.data(), a.raw_.size());
    return compared != 0 ? compared <=> 0 : a.algorithm_ <=> b.algorithm_;
  }
  friend bool operator==(const Digest& a, const Digest& b) {
    // Whole words, since nearly every step of a copy compares digests, and of a sha256 only what it has.
    if (a.algorithm_ != b.algorithm_) return false;
    const auto left = a.Words();
    const auto right = b.Words();
    const auto differ = [&](std::size_t i) {
      return (left[i] ^ right[i]) | (left[i + 1] ^ right[i + 1]) | (left[i + 2] ^ right[i + 2]) |
             (left[i + 3] ^ right[i + 3]);
    };
    return differ(0) == 0 && (a.algorithm_ == DigestAlgorithm::kSha256 || differ(4) == 0);
  }
  /// The digest is uniform already: its first eight bytes serve.
  [[nodiscard]] std::uint64_t LookupHash() const { return Words()[0]; }
  void Encode(Writer& writer) const {
    writer.Put(static_cast<std::uint8_t>(algorithm_));
    // Two calls, so that either size is known where bytes are copied.
    if (algorithm_ == DigestAlgorithm::kSha256) return writer.PutBytes(raw_.data(), 32);
    writer.PutBytes(raw_.data(), 64);
  }
  static Digest Decode(Reader& reader);

 private:
  [[nodiscard]] std::array<std::uint64_t, 8> Words() const { return std::bit_cast<std::array<std::uint64_t, 8>>(raw_); }

  DigestAlgorithm algorithm_ = DigestAlgorithm::kSha256;  // first, so that a sha256 with it is in one piece
  std::array<char, 64> raw_{};                            // zero behind a sha256
};

/// Computes a digest piece by piece, for content that is not in memory at once.
class DigestBuilder {
 public:
  explicit DigestBuilder(DigestAlgorithm algorithm = DigestAlgorithm::kSha256);
  ~DigestBuilder();
  DigestBuilder(const DigestBuilder&) = delete;
  DigestBuilder& operator=(const DigestBuilder&) = delete;

  void Add(std::string_view bytes);
  /// Call once; the builder is used up.
  Digest Finish();

 private:
  DigestAlgorithm algorithm_;
  void* context_;
};

}  // namespace crrsim
