// A memo on disk of the digests of synthetic layers, so that a run need not hash the same 51 MiB every time.
//
// It holds results of a pure function and can change no result, only how fast it is there: a record counts only with
// its whole key and a check value, so one that is damaged, cut off or of another version is passed over and computed
// again. Records are appended in one write each; several processes may share the file. Where there is no place to
// write, where the home directory is missing or read-only, everything works without.
//
// Errors: none is ever reported.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "harness/images/layer_bytes.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

class LayerMemo {
 public:
  /// Layers below this size are not worth a record: hashing them takes less than half a millisecond.
  static constexpr std::int64_t kSizeMin = 256LL * 1024;
  /// A file that has grown beyond this is begun anew.
  static constexpr std::int64_t kFileSizeMax = 1024LL * 1024;

  /// Remembers nothing.
  static LayerMemo Off() { return LayerMemo(std::nullopt); }
  /// `crrsim/layer-digests` in $XDG_CACHE_HOME, or in ~/.cache; off with CRRSIM_NO_CACHE=1 in the environment.
  static LayerMemo OfUser();
  /// The file and its folder are made when the first record is written.
  static LayerMemo At(std::filesystem::path file) { return LayerMemo(std::move(file)); }

  /// The digest of the layer's bytes, from the file where it is known, else computed and remembered.
  Digest DigestOf(const LayerKey& key, DigestAlgorithm algorithm);

  [[nodiscard]] const std::optional<std::filesystem::path>& file() const { return file_; }

 private:
  explicit LayerMemo(std::optional<std::filesystem::path> file) : file_(std::move(file)) {}
  void Read();
  void Append(const std::string& record) const;

  std::optional<std::filesystem::path> file_;
  bool was_read_ = false;
  std::map<std::string, std::string, std::less<>> records_;  // by key; what is before it in the line
};

}  // namespace crrsim
