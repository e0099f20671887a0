#include "registry_model/oci/blob.h"

namespace crrsim {

Blob BlobOf(std::string bytes, DigestAlgorithm algorithm) {
  Blob blob;
  blob.digest = Digest::Of(bytes, algorithm);
  blob.size = ByteCount::FromBytes(static_cast<std::int64_t>(bytes.size()));
  blob.bytes = std::make_shared<const std::string>(std::move(bytes));
  return blob;
}

}  // namespace crrsim
