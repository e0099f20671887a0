// The files of a tar archive, read in one pass and never unpacked.
//
// The archive may be compressed (gzip, zstd, xz, bzip2). Nothing in it is believed: a member whose name leads out of
// the archive, a link that does, a name that is there twice with different content, a member larger than a layer may
// be, too many members or too much JSON are errors. Links are followed, as old docker save and skopeo write them for
// layers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/images/content_source.h"

namespace crrsim {

class ArchiveSource : public ContentSource {
 public:
  /// The most that a layer may have. Source  ecr-replication.md 8.
  static constexpr std::int64_t kMemberSizeMax = 52'000LL * 1024 * 1024;
  static constexpr std::size_t kMembersMax = 65'536;
  static constexpr std::size_t kNameSizeMax = 1'024;
  /// JSON documents are kept in memory, no more than this altogether.
  static constexpr std::int64_t kDocumentsSizeMax = 64LL * 1024 * 1024;

  /// Reads the whole archive.
  /// On error  no regular file, no tar archive, truncated, or hostile as described above.
  static Result<ArchiveSource, ImageError> Open(const std::string& path);

  [[nodiscard]] const std::string& name() const override { return path_; }
  [[nodiscard]] bool Contains(const std::string& path) const override;
  /// Requires  the algorithm is sha512 for what lies in `blobs/sha512/`, sha256 for all else: the digest was computed
  ///           when the archive was read.
  Result<FileFacts, ImageError> Read(const std::string& path, DigestAlgorithm algorithm) override;

  /// Names of members, sorted.
  [[nodiscard]] std::vector<std::string> Names() const;

 private:
  class Pass;
  explicit ArchiveSource(std::string path) : path_(std::move(path)) {}
  /// The facts of the file at the path, links followed; null when there is none.
  [[nodiscard]] const FileFacts* Find(std::string path) const;

  std::string path_;
  std::map<std::string, FileFacts> files_;
  std::map<std::string, std::string> links_;  // to the path of the target, from the root of the archive
};

}  // namespace crrsim
