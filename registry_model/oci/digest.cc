#include "registry_model/oci/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cstring>
#include <mutex>
#include <set>

namespace crrsim {

namespace {

std::string_view NameOf(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kSha256 ? "sha256" : "sha512";
}

constexpr std::size_t SizeOf(DigestAlgorithm algorithm) { return algorithm == DigestAlgorithm::kSha256 ? 32 : 64; }

constexpr std::uint8_t kNoHex = 0xFF;
/// A table, since every descriptor of every manifest comes through here.
constexpr auto kHexValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoHex);
  for (unsigned char c = '0'; c <= '9'; ++c) values[c] = static_cast<std::uint8_t>(c - '0');
  for (unsigned char c = 'a'; c <= 'f'; ++c) values[c] = static_cast<std::uint8_t>(c - 'a' + 10);
  return values;
}();

/// The algorithms as OpenSSL wants them. Fetched once a process: EVP_sha256() looks the implementation up anew for
/// every digest, which costs as much as hashing 300 bytes.
const EVP_MD* Fetched(DigestAlgorithm algorithm) {
  static const EVP_MD* const kSha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const kSha512 = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  return algorithm == DigestAlgorithm::kSha256 ? kSha256 : kSha512;
}

/// Where the bytes of a sha512 are kept, the same place for the same bytes. Worlds on several threads share it.
const char* Keep(std::string_view sha512) {
  static std::mutex mutex;
  static auto& kept = *new std::set<std::string, std::less<>>;  // outlives every digest
  const std::scoped_lock lock(mutex);
  auto place = kept.find(sha512);
  if (place == kept.end()) place = kept.emplace(sha512).first;
  return place->data();
}

}  // namespace

Result<Digest, ParseError> Digest::Parse(std::string_view text) {
  const auto colon = text.find(':');
  auto algorithm = DigestAlgorithm::kSha256;
  if (text.substr(0, colon) == "sha512") {
    algorithm = DigestAlgorithm::kSha512;
  } else if (colon == std::string_view::npos || text.substr(0, colon) != "sha256") {
    return ParseError{
        fmt::format("'{}' is not a digest; expected sha256: or sha512: and lower-case hexadecimal digits", text)};
  }
  const auto hex = text.substr(colon + 1);
  const auto size = SizeOf(algorithm);
  const bool has_length = hex.size() == 2 * size;
  std::array<char, 64> raw{};
  unsigned seen = 0;
  for (std::size_t i = 0; has_length && i < size; ++i) {
    const unsigned high = kHexValues[static_cast<unsigned char>(hex[2 * i])];
    const unsigned low = kHexValues[static_cast<unsigned char>(hex[2 * i + 1])];
    seen |= high | low;
    raw[i] = static_cast<char>(high * 16 + low);
  }
  if (!has_length || seen > 0xF) {
    return ParseError{fmt::format("'{}' is not a digest; expected {} lower-case hexadecimal digits after {}:", text,
                                  2 * size, NameOf(algorithm))};
  }
  return FromRaw(algorithm, {raw.data(), size});
}

Digest Digest::Of(std::string_view bytes, DigestAlgorithm algorithm) {
  DigestBuilder builder(algorithm);
  builder.Add(bytes);
  return builder.Finish();
}

Digest Digest::FromRaw(DigestAlgorithm algorithm, std::string_view raw) {
  CRRSIM_CHECK(raw.size() == SizeOf(algorithm), "{} bytes", raw.size());
  Digest digest;
  digest.algorithm_ = algorithm;
  if (algorithm == DigestAlgorithm::kSha512) {
    digest.words_[0] = reinterpret_cast<std::uintptr_t>(Keep(raw));
  } else {
    std::memcpy(digest.words_.data(), raw.data(), sizeof digest.words_);
  }
  return digest;
}

std::string Digest::hex() const {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * raw().size());
  for (const char byte : raw()) {
    text.push_back(kDigits[static_cast<unsigned char>(byte) >> 4]);
    text.push_back(kDigits[static_cast<unsigned char>(byte) & 15]);
  }
  return text;
}

std::string Digest::text() const { return fmt::format("{}:{}", NameOf(algorithm_), hex()); }

std::string Digest::short_text() const { return fmt::format("{}:{}", NameOf(algorithm_), hex().substr(0, 12)); }

Digest Digest::Decode(Reader& reader) {
  const auto algorithm = reader.Get<std::uint8_t>();
  if (algorithm > 1) throw ArchiveError("a digest has an unknown algorithm");
  const auto known = static_cast<DigestAlgorithm>(algorithm);
  return FromRaw(known, reader.GetBytes(SizeOf(known)));
}

DigestBuilder::DigestBuilder(DigestAlgorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  CRRSIM_CHECK(context_ != nullptr);
  CRRSIM_CHECK(EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_), Fetched(algorithm), nullptr) == 1);
}

DigestBuilder::~DigestBuilder() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

void DigestBuilder::Add(std::string_view bytes) {
  CRRSIM_CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), bytes.data(), bytes.size()) == 1);
}

Digest DigestBuilder::Finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  CRRSIM_CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), raw.data(), &size) == 1);
  return Digest::FromRaw(algorithm_, {reinterpret_cast<const char*>(raw.data()), size});
}

}  // namespace crrsim
