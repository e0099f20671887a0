#include "harness/images/content_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "sim/units_text.h"

namespace crrsim {

namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

Compression CompressionOf(std::string_view head) {
  if (head.starts_with("\x1f\x8b")) return Compression::kGzip;
  if (head.starts_with("\x28\xb5\x2f\xfd")) return Compression::kZstd;
  for (const std::string_view magic : {std::string_view("BZh"),
                                       std::string_view("\xfd"
                                                        "7zXZ"),
                                       std::string_view("\x04\x22\x4d\x18")}) {
    if (head.starts_with(magic)) return Compression::kOther;
  }
  return Compression::kNone;
}

}  // namespace

void FileReader::Add(std::string_view bytes) {
  builder_.Add(bytes);
  size_ += static_cast<std::int64_t>(bytes.size());
  constexpr std::size_t kHeadSize = 8;
  if (head_.size() < kHeadSize) head_ += bytes.substr(0, kHeadSize - head_.size());
  if (!may_be_document_) return;
  if (!has_begun_) {
    const auto begin = bytes.find_first_not_of(kWhiteSpace);
    has_begun_ = begin != std::string_view::npos;
    may_be_document_ = !has_begun_ || bytes[begin] == '{' || bytes[begin] == '[';
  }
  may_be_document_ = may_be_document_ && size_ <= kDocumentSizeMax;
  if (may_be_document_) {
    document_ += bytes;
  } else {
    document_ = {};
  }
}

FileFacts FileReader::Finish() {
  FileFacts facts{Bytes(size_), builder_.Finish(), CompressionOf(head_), nullptr};
  if (may_be_document_ && has_begun_) facts.document = std::make_shared<const std::string>(std::move(document_));
  return facts;
}

Result<std::string, ImageError> ReadDocument(ContentSource& source, const std::string& path) {
  auto facts = source.Read(path, DigestAlgorithm::kSha256);
  if (!facts) return std::move(facts).error();
  if (facts->document != nullptr) return *facts->document;
  return ImageError{facts->size > Bytes(kDocumentSizeMax)
                        ? fmt::format("{}: {} has {}; at most {} are read", source.name(), path, ToText(facts->size),
                                      ToText(Bytes(kDocumentSizeMax)))
                        : fmt::format("{}: {} is not JSON", source.name(), path)};
}

bool FolderSource::Contains(const std::string& path) const {
  std::error_code ignored;
  return std::filesystem::is_regular_file(std::filesystem::path(path_) / path, ignored);
}

Result<FileFacts, ImageError> FolderSource::Read(const std::string& path, DigestAlgorithm algorithm) {
  if (!Contains(path)) return ImageError{fmt::format("{}: {} is missing", path_, path)};
  std::ifstream file(std::filesystem::path(path_) / path, std::ios::binary);
  if (!file) return ImageError{fmt::format("{}: {} cannot be opened", path_, path)};
  constexpr std::size_t kChunkSize = 256UL * 1024;
  std::vector<char> chunk(kChunkSize);
  FileReader reader(algorithm);
  while (file) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    reader.Add({chunk.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (!file.eof()) return ImageError{fmt::format("{}: {} cannot be read", path_, path)};
  return reader.Finish();
}

}  // namespace crrsim
