// Content that manifests refer to: layers, configs, and anything else.
//
// A Blob is immutable and shared. Its bytes are in memory, or are not kept at all (`content: sizes-only`, and large
// files whose digest was computed when they were read): the simulation moves sizes and digests, never bytes, so what a
// copy costs does not depend on which.
#pragma once

#include <memory>
#include <string>

#include "registry_model/oci/digest.h"
#include "sim/units.h"

namespace crrsim {

struct Blob {
  Digest digest;
  ByteCount size;
  /// Null when the bytes are not kept.
  std::shared_ptr<const std::string> bytes;
};

/// A blob over bytes that are at hand: size and digest are computed from them.
Blob BlobOf(std::string bytes, DigestAlgorithm algorithm = DigestAlgorithm::kSha256);

}  // namespace crrsim
