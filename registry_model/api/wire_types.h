// The two kinds of text that AWS's shapes carry and that are more than a string.
#pragma once

#include <memory>
#include <string>

#include "registry_model/oci/manifest.h"

namespace crrsim {

/// Immutable text that is shared, not copied: the bytes of a manifest in a response. Null stands for empty text.
struct SharedText {
  std::shared_ptr<const std::string> text;

  static SharedText Of(const ManifestPtr& manifest) { return {{manifest, &manifest->bytes}}; }
  [[nodiscard]] std::string_view view() const { return text == nullptr ? std::string_view() : *text; }
  friend bool operator==(const SharedText& a, const SharedText& b) { return a.view() == b.view(); }
};

/// Any bytes; in JSON their base64 form.
struct BinaryText {
  std::string bytes;
  friend bool operator==(const BinaryText&, const BinaryText&) = default;
};

}  // namespace crrsim
