#include "harness/images/archive_source.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <utility>

#include "registry_model/oci/strict_json.h"
#include "sim/units_text.h"

namespace crrsim {

namespace {

/// The path without `.` and empty steps, `..` resolved; nothing when it leads out of the archive.
std::optional<std::string> InsidePath(std::string_view raw) {
  if (raw.starts_with('/')) return std::nullopt;
  std::vector<std::string_view> steps;
  while (!raw.empty()) {
    const auto step = raw.substr(0, raw.find('/'));
    raw.remove_prefix(std::min(raw.size(), step.size() + 1));
    if (step.empty() || step == ".") continue;
    if (step != "..") {
      steps.push_back(step);
    } else if (steps.empty()) {
      return std::nullopt;
    } else {
      steps.pop_back();
    }
  }
  std::string path;
  for (const auto step : steps) path.append(path.empty() ? "" : "/").append(step);
  return path;
}

DigestAlgorithm AlgorithmFor(std::string_view path) {
  return path.starts_with("blobs/sha512/") ? DigestAlgorithm::kSha512 : DigestAlgorithm::kSha256;
}

}  // namespace

/// One reading of an archive from its beginning to its end.
class ArchiveSource::Pass {
 public:
  explicit Pass(ArchiveSource& source) : source_(source), archive_(archive_read_new()), chunk_(256UL * 1024) {}

  std::optional<ImageError> Run() {
    CRRSIM_CHECK(archive_ != nullptr);
    // Named one by one: "all filters" would start programs of the machine for rare ones.
    archive_read_support_filter_gzip(archive_.get());
    archive_read_support_filter_zstd(archive_.get());
    archive_read_support_filter_xz(archive_.get());
    archive_read_support_filter_bzip2(archive_.get());
    archive_read_support_format_tar(archive_.get());
    if (archive_read_open_filename(archive_.get(), source_.path_.c_str(), chunk_.size()) != ARCHIVE_OK) {
      return LibraryError();
    }
    while (true) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(archive_.get(), &entry);
      if (status == ARCHIVE_EOF) return std::nullopt;
      // A warning is about what is not used here, such as an unknown extended attribute.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return LibraryError();
      if (auto error = TakeMember(entry)) return error;
    }
  }

 private:
  ImageError Error(const std::string& problem) const { return {fmt::format("{}: {}", source_.path_, problem)}; }

  ImageError LibraryError() const {
    const char* text = archive_error_string(archive_.get());
    return Error(fmt::format("cannot be read as a tar archive: {}", text == nullptr ? "unknown reason" : text));
  }

  std::optional<ImageError> TakeMember(archive_entry* entry) {
    if (++members_ > kMembersMax) return Error(fmt::format("holds more than {} members", kMembersMax));
    const char* raw = archive_entry_pathname(entry);
    if (raw == nullptr) return Error("holds a member whose name cannot be read");
    const std::string_view name(raw);
    if (name.size() > kNameSizeMax) return Error(fmt::format("holds a member named '{}'", Shown(name)));
    // A name may not even go up and come back: no tool writes that, and not all readers agree on what it means.
    const auto path = InsidePath(name);
    if (!path || fmt::format("/{}/", name).find("/../") != std::string::npos) {
      return Error(fmt::format("holds the member '{}', whose name leads out of the archive", Shown(name)));
    }
    if (const char* target = archive_entry_hardlink(entry)) return TakeLink(*path, target, target);
    if (archive_entry_filetype(entry) == AE_IFLNK) {
      const char* target = archive_entry_symlink(entry);
      if (target == nullptr) return Error(fmt::format("holds the link '{}' to nowhere", Shown(name)));
      const auto folder_end = path->rfind('/');
      const auto folder = folder_end == std::string::npos ? std::string() : path->substr(0, folder_end + 1);
      return TakeLink(*path, target, target[0] == '/' ? target : folder + target);
    }
    if (archive_entry_filetype(entry) != AE_IFREG) return std::nullopt;
    if (archive_entry_size(entry) > kMemberSizeMax) return TooLarge(*path);
    return TakeFile(*path);
  }

  std::optional<ImageError> TakeLink(const std::string& path, std::string_view shown, std::string_view target) {
    const auto inside = target.size() <= 2 * kNameSizeMax ? InsidePath(target) : std::nullopt;
    if (!inside) {
      return Error(
          fmt::format("holds the link '{}' to '{}', which leads out of the archive", Shown(path), Shown(shown)));
    }
    const auto [link, is_new] = source_.links_.try_emplace(path, *inside);
    if (source_.files_.contains(path) || (!is_new && link->second != *inside)) return Twice(path);
    return std::nullopt;
  }

  std::optional<ImageError> TakeFile(const std::string& path) {
    FileReader reader(AlgorithmFor(path));
    std::int64_t size = 0;
    while (true) {
      const auto count = archive_read_data(archive_.get(), chunk_.data(), chunk_.size());
      if (count == 0) break;
      if (count < 0) return LibraryError();
      size += count;
      if (size > kMemberSizeMax) return TooLarge(path);
      reader.Add({chunk_.data(), static_cast<std::size_t>(count)});
    }
    auto facts = reader.Finish();
    if (facts.document != nullptr) documents_size_ += size;
    if (documents_size_ > kDocumentsSizeMax) {
      return Error(fmt::format("holds more than {} of JSON", ToText(Bytes(kDocumentsSizeMax))));
    }
    const auto digest = facts.digest;
    const auto [file, is_new] = source_.files_.try_emplace(path, std::move(facts));
    if (source_.links_.contains(path) || (!is_new && file->second.digest != digest)) return Twice(path);
    return std::nullopt;
  }

  ImageError Twice(const std::string& path) const {
    return Error(fmt::format("holds '{}' twice, with different content", Shown(path)));
  }

  ImageError TooLarge(const std::string& path) const {
    return Error(fmt::format("'{}' is larger than {}, the most that a layer may have", Shown(path),
                             ToText(Bytes(kMemberSizeMax))));
  }

  ArchiveSource& source_;
  struct Close {
    void operator()(archive* opened) const { archive_read_free(opened); }
  };
  std::unique_ptr<archive, Close> archive_;
  std::vector<char> chunk_;
  std::size_t members_ = 0;
  std::int64_t documents_size_ = 0;
};

Result<ArchiveSource, ImageError> ArchiveSource::Open(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return ImageError{fmt::format("{} is not a file", path)};
  ArchiveSource source(path);
  if (auto error = Pass(source).Run()) return *std::move(error);
  return source;
}

const FileFacts* ArchiveSource::Find(std::string path) const {
  constexpr int kLinksMax = 16;
  for (int i = 0; i <= kLinksMax; ++i) {
    if (const auto file = files_.find(path); file != files_.end()) return &file->second;
    const auto link = links_.find(path);
    if (link == links_.end()) return nullptr;
    path = link->second;
  }
  return nullptr;
}

bool ArchiveSource::Contains(const std::string& path) const { return Find(path) != nullptr; }

Result<FileFacts, ImageError> ArchiveSource::Read(const std::string& path, DigestAlgorithm algorithm) {
  const auto* facts = Find(path);
  if (facts == nullptr) return ImageError{fmt::format("{}: {} is missing", path_, Shown(path))};
  if (facts->digest.algorithm() != algorithm) {
    return ImageError{fmt::format("{}: {} is a link across blobs/sha256 and blobs/sha512", path_, Shown(path))};
  }
  return *facts;
}

std::vector<std::string> ArchiveSource::Names() const {
  std::vector<std::string> names;
  for (const auto& [name, facts] : files_) names.push_back(name);
  return names;
}

}  // namespace crrsim
