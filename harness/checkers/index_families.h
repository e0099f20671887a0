// Which indexes list a manifest: a job replicates an index together with all that it lists, so what enters may belong
// to a job for another digest.
#pragma once

#include <algorithm>
#include <vector>

#include "registry_model/events.h"
#include "registry_model/oci/digest.h"
#include "sim/index.h"

namespace crrsim {

class IndexFamilies {
 public:
  /// Hears ManifestStored, of whatever origin: a digest stands for its bytes.
  void OnEvent(const ManifestStored& stored) {
    const bool is_index = stored.media_type == "application/vnd.oci.image.index.v1+json" ||
                          stored.media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
    if (!is_index || !known_.Insert(stored.digest, true)) return;
    for (const auto& child : stored.references) parents_.Emplace(child).first.push_back(stored.digest);
  }

  /// Whether `holds(digest)` for the manifest itself or for an index above it, however high.
  template <class Holds>
  [[nodiscard]] bool AnyOfFamily(const Digest& digest, Holds&& holds) const {
    if (holds(digest)) return true;
    if (parents_.empty()) return false;
    // An index cannot list itself, since a digest covers the digests of its children.
    std::vector<Digest> above = {digest};
    for (std::size_t next = 0; next < above.size(); ++next) {
      const auto* parents = parents_.Find(above[next]);
      if (parents == nullptr) continue;
      for (const auto& parent : *parents) {
        if (holds(parent)) return true;
        if (std::find(above.begin(), above.end(), parent) == above.end()) above.push_back(parent);
      }
    }
    return false;
  }

 private:
  Index<Digest, bool> known_;
  Index<Digest, std::vector<Digest>> parents_;
};

}  // namespace crrsim
