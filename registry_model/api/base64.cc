#include "registry_model/api/base64.h"

#include <openssl/evp.h>

#include <algorithm>

#include "sim/check.h"

namespace crrsim {

std::string EncodeBase64(std::string_view bytes) {
  // EVP_EncodeBlock counts in int; whole triples keep the pieces joinable.
  constexpr std::size_t kPiece = 3U << 20;
  std::string text;
  std::string piece(std::min(kPiece, bytes.size() + 2) / 3 * 4 + 1, '\0');
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    const auto size = static_cast<int>(std::min(kPiece, bytes.size() - at));
    const auto written = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(piece.data()),
                                         reinterpret_cast<const unsigned char*>(bytes.data() + at), size);
    CRRSIM_CHECK(written == (size + 2) / 3 * 4);
    text.append(piece, 0, static_cast<std::size_t>(written));
  }
  return text;
}

}  // namespace crrsim
