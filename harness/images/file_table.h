// The files of an image on disk, whether they lie in a folder or in an archive: what the loaders of layouts and
// archives read.
//
// Every file is hashed in full when it is first asked for (folder) or met (archive); small ones are kept, since
// manifests and configs are read. No path leads outside: names are relative, without `..`, and links are followed
// within the table only.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "harness/images/image_content.h"
#include "registry_model/oci/digest.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

struct StoredFile {
  ByteCount size;
  Digest digest;                     // sha512 for `blobs/sha512/...`, else sha256
  std::optional<std::string> bytes;  // of a file of at most kSmallFileMax
  bool gzip = false;                 // it begins as gzip does
};

/// The largest manifest is 4 MiB; configs are far below.
inline constexpr std::int64_t kSmallFileMax = 4'194'304;

class FileTable {
 public:
  virtual ~FileTable() = default;
  /// Null when there is no such file.
  virtual const StoredFile* Find(const std::string& name) = 0;
  /// Where the files are, for messages.
  [[nodiscard]] virtual const std::string& where() const = 0;
};

/// The files below a folder.
std::unique_ptr<FileTable> OpenFolder(const std::string& path);
/// The members of a tar archive, compressed or not, read once from end to end.
/// On error  no archive, a damaged or truncated one, or a member whose name leads outside.
Result<std::unique_ptr<FileTable>, ImageError> OpenArchive(const std::string& path);

}  // namespace crrsim
