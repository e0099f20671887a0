// The files of an image on disk, whatever holds them: a folder, or an archive that was read once.
//
// Every answer comes from reading the bytes: sizes and digests are computed, never believed. Nothing is ever unpacked.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/images/image_content.h"
#include "registry_model/oci/digest.h"
#include "sim/result.h"
#include "sim/units.h"

namespace crrsim {

enum class Compression : std::uint8_t { kNone, kGzip, kZstd, kOther };

/// What is known of one file once it was read.
struct FileFacts {
  ByteCount size;
  Digest digest;
  /// By the first bytes; kNone also for all that is no compressed file at all.
  Compression compression = Compression::kNone;
  /// The file's text, kept where it looks like JSON and is no larger than kDocumentSizeMax; else null.
  std::shared_ptr<const std::string> document;
};

/// As large as a manifest may be.
inline constexpr std::int64_t kDocumentSizeMax = 4'194'304;

/// Gathers FileFacts while a file goes by.
class FileReader {
 public:
  explicit FileReader(DigestAlgorithm algorithm) : builder_(algorithm) {}
  void Add(std::string_view bytes);
  /// Call once.
  FileFacts Finish();

 private:
  DigestBuilder builder_;
  std::int64_t size_ = 0;
  std::string head_;      // the first bytes, to tell the compression
  std::string document_;  // as long as it may be one
  bool may_be_document_ = true;
  bool has_begun_ = false;  // a byte that is no white space was seen
};

class ContentSource {
 public:
  virtual ~ContentSource() = default;
  /// As the user named it, for messages.
  [[nodiscard]] virtual const std::string& name() const = 0;
  /// Whether there is a regular file (links are followed) at the path, which is relative and uses `/`.
  [[nodiscard]] virtual bool Contains(const std::string& path) const = 0;
  /// On error  the file is missing or cannot be read; names it.
  virtual Result<FileFacts, ImageError> Read(const std::string& path, DigestAlgorithm algorithm) = 0;
};

/// The text of a small JSON file.
/// On error  missing, larger than kDocumentSizeMax, or not beginning like JSON.
Result<std::string, ImageError> ReadDocument(ContentSource& source, const std::string& path);

/// The files of a folder.
class FolderSource : public ContentSource {
 public:
  explicit FolderSource(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] const std::string& name() const override { return path_; }
  [[nodiscard]] bool Contains(const std::string& path) const override;
  Result<FileFacts, ImageError> Read(const std::string& path, DigestAlgorithm algorithm) override;

 private:
  std::string path_;
};

}  // namespace crrsim
