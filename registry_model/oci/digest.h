// The digest of content: sha256 (what ECR computes) or sha512, over the exact bytes.
//
// A plain value of 40 bytes, since a world holds each of them in a dozen places. The bytes of a sha512, which is rare,
// are kept in a table of the process, each once, behind a lock and for good, as soon as one is made or parsed. Text
// form `sha256:<64 lower-case hex>` or `sha512:<128 lower-case hex>`; upper-case hex is refused, as the OCI image
// specification does.
//
// Source  oci-registry.md, Rules (content).
#pragma once

#include <array>
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
  /// The hash bytes: 32 of a sha256, 64 of a sha512. Good as long as this digest.
  [[nodiscard]] std::string_view raw() const {
    if (algorithm_ == DigestAlgorithm::kSha512) return {Kept(), 64};
    return {reinterpret_cast<const char*>(words_.data()), 32};
  }

  /// By the bytes, as the hexadecimal digits sort; one of which the other is the beginning comes first.
  friend std::strong_ordering operator<=>(const Digest& a, const Digest& b) { return a.raw() <=> b.raw(); }
  friend bool operator==(const Digest& a, const Digest& b) {
    // Whole words and no call, since nearly every step of a copy compares digests. Equal sha512 are kept once.
    const auto differ = [&](std::size_t i) { return a.words_[i] ^ b.words_[i]; };
    return (differ(0) | differ(1) | differ(2) | differ(3)) == 0 && a.algorithm_ == b.algorithm_;
  }
  /// The digest is uniform already: its first eight bytes serve.
  [[nodiscard]] std::uint64_t LookupHash() const {
    if (algorithm_ == DigestAlgorithm::kSha256) return words_[0];
    std::uint64_t first = 0;
    std::memcpy(&first, Kept(), sizeof first);
    return first;
  }
  void Encode(Writer& writer) const {
    writer.Put(static_cast<std::uint8_t>(algorithm_));
    // Two calls, so that either size is known where bytes are copied.
    if (algorithm_ == DigestAlgorithm::kSha256) return writer.PutBytes(raw().data(), 32);
    writer.PutBytes(raw().data(), 64);
  }
  static Digest Decode(Reader& reader);

 private:
  /// The bytes of a sha512.
  [[nodiscard]] const char* Kept() const { return reinterpret_cast<const char*>(words_[0]); }

  std::array<std::uint64_t, 4> words_{};  // the bytes of a sha256; of a sha512 where they are kept, then zeros
  DigestAlgorithm algorithm_ = DigestAlgorithm::kSha256;
};
static_assert(sizeof(Digest) == 40);

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
