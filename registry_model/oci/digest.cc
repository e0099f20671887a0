#include "registry_model/oci/digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

namespace crrsim {

namespace {

std::string_view NameOf(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kSha256 ? "sha256" : "sha512";
}

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

}  // namespace

Result<Digest, ParseError> Digest::Parse(std::string_view text) {
  const auto colon = text.find(':');
  Digest digest;
  if (text.substr(0, colon) == "sha512") {
    digest.algorithm_ = DigestAlgorithm::kSha512;
  } else if (colon == std::string_view::npos || text.substr(0, colon) != "sha256") {
    return ParseError{
        fmt::format("'{}' is not a digest; expected sha256: or sha512: and lower-case hexadecimal digits", text)};
  }
  const auto hex = text.substr(colon + 1);
  const auto length = 2 * digest.raw().size();
  const bool has_length = hex.size() == length;
  unsigned seen = 0;
  for (std::size_t i = 0; has_length && i < length / 2; ++i) {
    const unsigned high = kHexValues[static_cast<unsigned char>(hex[2 * i])];
    const unsigned low = kHexValues[static_cast<unsigned char>(hex[2 * i + 1])];
    seen |= high | low;
    digest.raw_[i] = static_cast<char>(high * 16 + low);
  }
  if (!has_length || seen > 0xF) {
    return ParseError{fmt::format("'{}' is not a digest; expected {} lower-case hexadecimal digits after {}:", text,
                                  length, NameOf(digest.algorithm_))};
  }
  return digest;
}

Digest Digest::Of(std::string_view bytes, DigestAlgorithm algorithm) {
  DigestBuilder builder(algorithm);
  builder.Add(bytes);
  return builder.Finish();
}

Digest Digest::FromRaw(DigestAlgorithm algorithm, std::string_view raw) {
  Digest digest;
  digest.algorithm_ = algorithm;
  CRRSIM_CHECK(raw.size() == digest.raw().size(), "{} bytes", raw.size());
  std::copy(raw.begin(), raw.end(), digest.raw_.begin());
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
  Digest digest;
  digest.algorithm_ = static_cast<DigestAlgorithm>(algorithm);
  const auto raw = reader.GetBytes(digest.raw().size());
  std::copy(raw.begin(), raw.end(), digest.raw_.begin());
  return digest;
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
