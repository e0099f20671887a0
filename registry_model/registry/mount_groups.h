// Which repositories of a registry share a layer by mounting. The steps that change it are in mounting.h.
#pragma once

#include <map>
#include <set>
#include <string>

#include "registry_model/names.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// A layer is shared only among repositories that are encrypted alike.
struct MountKey {
  Digest blob;
  std::string encryption;  // type and key

  friend auto operator<=>(const MountKey&, const MountKey&) = default;
  friend bool operator==(const MountKey&, const MountKey&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("blob", self.blob);
    visit("encryption", self.encryption);
  }
};

struct MountGroup {
  RepositoryName charged;            // where the bytes count; one of the holders
  std::set<RepositoryName> holders;  // two or more
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("charged", self.charged);
    visit("holders", self.holders);
  }
};

using MountGroups = std::map<MountKey, MountGroup>;

}  // namespace crrsim
