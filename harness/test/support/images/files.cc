#include "harness/test/support/images/files.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "registry_model/oci/manifest.h"
#include "sim/check.h"

namespace crrsim {

namespace {

la_ssize_t Append(archive* /*unused*/, void* out, const void* bytes, size_t size) {
  static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

/// Writes an archive into a text.
class ArchiveWriter {
 public:
  ArchiveWriter(int (*set_format)(archive*), const std::string& filter) : archive_(archive_write_new()) {
    Check(set_format(archive_));
    if (!filter.empty()) Check(archive_write_add_filter_by_name(archive_, filter.c_str()));
    archive_write_set_bytes_in_last_block(archive_, 1);
    Check(archive_write_open(archive_, &out_, nullptr, &Append, nullptr));
  }
  ~ArchiveWriter() { archive_write_free(archive_); }
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  void Add(const TarMember& member) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname(entry, member.name.c_str());
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_filetype(entry, FileType(member.type));
    if (member.type == TarMember::Type::kSymlink) archive_entry_set_symlink(entry, member.bytes.c_str());
    if (member.type == TarMember::Type::kHardlink) archive_entry_set_hardlink(entry, member.bytes.c_str());
    const bool has_bytes = member.type == TarMember::Type::kFile;
    archive_entry_set_size(entry, has_bytes ? static_cast<la_int64_t>(member.bytes.size()) : 0);
    Check(archive_write_header(archive_, entry));
    if (has_bytes) archive_write_data(archive_, member.bytes.data(), member.bytes.size());
    archive_entry_free(entry);
  }
  std::string Finish() {
    Check(archive_write_close(archive_));
    return std::move(out_);
  }

 private:
  static unsigned FileType(TarMember::Type type) {
    switch (type) {
      case TarMember::Type::kFolder:
        return AE_IFDIR;
      case TarMember::Type::kSymlink:
        return AE_IFLNK;
      case TarMember::Type::kPipe:
        return AE_IFIFO;
      default:
        return AE_IFREG;
    }
  }
  void Check(int status) { CRRSIM_CHECK(status == ARCHIVE_OK, "{}", archive_error_string(archive_)); }

  archive* archive_;
  std::string out_;
};

}  // namespace

std::string TarOf(const std::vector<TarMember>& members, const std::string& filter) {
  ArchiveWriter writer(&archive_write_set_format_pax_restricted, filter);
  for (const auto& member : members) writer.Add(member);
  return writer.Finish();
}

std::string Compressed(std::string_view bytes, const std::string& filter) {
  ArchiveWriter writer(&archive_write_set_format_raw, filter);
  writer.Add({.name = "raw", .bytes = std::string(bytes)});
  return writer.Finish();
}

std::string DescriptorJson(std::string_view media_type, std::string_view content, const std::string& more,
                           DigestAlgorithm algorithm) {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}}})", media_type,
                     Digest::Of(content, algorithm).text(), content.size(), more);
}

LayoutFiles::LayoutFiles() { files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})"; }

std::string LayoutFiles::BlobPath(std::string_view content, DigestAlgorithm algorithm) {
  const auto digest = Digest::Of(content, algorithm);
  return fmt::format("blobs/{}/{}", algorithm == DigestAlgorithm::kSha256 ? "sha256" : "sha512", digest.hex());
}

std::string LayoutFiles::AddBlob(std::string_view media_type, const std::string& content, const std::string& more,
                                 DigestAlgorithm algorithm) {
  files[BlobPath(content, algorithm)] = content;
  return DescriptorJson(media_type, content, more, algorithm);
}

std::string LayoutFiles::AddImage(const std::string& config, const std::vector<std::string>& layers,
                                  const std::string& more) {
  std::vector<std::string> descriptors;
  for (const auto& layer : layers) descriptors.push_back(AddBlob(media_type::kOciLayer, layer));
  return AddBlob(
      media_type::kOciManifest,
      fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}]}})", media_type::kOciManifest,
                  AddBlob(media_type::kOciConfig, config), fmt::join(descriptors, ",")),
      more);
}

std::string LayoutFiles::AddIndex(const std::vector<std::string>& descriptors, const std::string& more) {
  return AddBlob(media_type::kOciIndex,
                 fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})", media_type::kOciIndex,
                             fmt::join(descriptors, ",")),
                 more);
}

void LayoutFiles::List(const std::vector<std::string>& descriptors) {
  files["index.json"] = fmt::format(R"({{"schemaVersion":2,"manifests":[{}]}})", fmt::join(descriptors, ","));
}

void LayoutFiles::WriteTo(const ScratchFolder& folder) const {
  for (const auto& [name, bytes] : files) folder.Write(name, bytes);
}

std::vector<TarMember> LayoutFiles::Members() const {
  std::vector<TarMember> members;
  for (const auto& [name, bytes] : files) members.push_back({.name = name, .bytes = bytes});
  return members;
}

Digest DigestIn(const std::string& descriptor) {
  const std::string key = R"("digest":")";
  const auto begin = descriptor.find(key) + key.size();
  return *Digest::Parse(descriptor.substr(begin, descriptor.find('"', begin) - begin));
}

std::string Named(const std::string& name) {
  return fmt::format(R"(,"annotations":{{"org.opencontainers.image.ref.name":"{}"}})", name);
}

}  // namespace crrsim
