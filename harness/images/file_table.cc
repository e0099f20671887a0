#include "harness/images/file_table.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <vector>

namespace crrsim {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMembersMax = 100'000;
constexpr int kLinksMax = 10;

/// Takes the bytes of one file in pieces.
class FileReader {
 public:
  explicit FileReader(const std::string& name)
      : builder_(name.starts_with("blobs/sha512/") ? DigestAlgorithm::kSha512 : DigestAlgorithm::kSha256) {}

  void Add(std::string_view bytes) {
    builder_.Add(bytes);
    size_ += static_cast<std::int64_t>(bytes.size());
    // The magic number may be cut in two, so it is looked for in what is kept.
    if (kept_.size() < 2 || size_ <= kSmallFileMax)
      kept_.append(bytes.substr(0, static_cast<std::size_t>(kSmallFileMax)));
  }

  StoredFile Finish() {
    StoredFile file;
    file.size = ByteCount::FromBytes(size_);
    file.digest = builder_.Finish();
    file.gzip = kept_.starts_with("\x1f\x8b");
    if (size_ <= kSmallFileMax) file.bytes = std::move(kept_);
    return file;
  }

 private:
  DigestBuilder builder_;
  std::int64_t size_ = 0;
  std::string kept_;
};

/// A relative name without `.` and `..`, or empty for one that leads outside.
std::string Normalised(const std::string& name) {
  const auto path = fs::path(name).lexically_normal();
  if (path.empty() || path.is_absolute() || *path.begin() == "..") return {};
  auto text = path.string();
  while (!text.empty() && text.back() == '/') text.pop_back();
  return text;
}

class Folder : public FileTable {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}

  const StoredFile* Find(const std::string& name) override {
    if (const auto known = files_.find(name); known != files_.end()) return &known->second;
    const auto normalised = Normalised(name);
    std::error_code error;
    const auto file_path = fs::path(path_) / normalised;
    if (normalised.empty() || !fs::is_regular_file(file_path, error)) return nullptr;
    std::ifstream stream(file_path, std::ios::binary);
    if (!stream) return nullptr;
    FileReader reader(normalised);
    std::vector<char> block(1 << 16);
    while (stream.read(block.data(), static_cast<std::streamsize>(block.size())) || stream.gcount() > 0) {
      reader.Add({block.data(), static_cast<std::size_t>(stream.gcount())});
    }
    return &files_.emplace(name, reader.Finish()).first->second;
  }
  [[nodiscard]] const std::string& where() const override { return path_; }

 private:
  std::string path_;
  std::map<std::string, StoredFile> files_;
};

class Archive : public FileTable {
 public:
  explicit Archive(std::string path) : path_(std::move(path)) {}

  std::optional<ImageError> Read();

  const StoredFile* Find(const std::string& name) override {
    auto wanted = Normalised(name);
    for (int followed = 0; followed < kLinksMax; ++followed) {
      if (const auto file = files_.find(wanted); file != files_.end()) return &file->second;
      const auto link = links_.find(wanted);
      if (link == links_.end()) return nullptr;
      wanted = link->second;
    }
    return nullptr;
  }
  [[nodiscard]] const std::string& where() const override { return path_; }

 private:
  struct Closer {
    void operator()(archive* handle) const { archive_read_free(handle); }
  };
  using Handle = std::unique_ptr<archive, Closer>;

  std::optional<ImageError> ReadMember(archive* handle, archive_entry* entry);
  ImageError Problem(archive* handle) const {
    const auto* text = archive_error_string(handle);
    return {fmt::format("{}: not a readable archive: {}", path_, text == nullptr ? "unknown reason" : text)};
  }

  std::string path_;
  std::map<std::string, StoredFile> files_;
  std::map<std::string, std::string> links_;
};

std::optional<ImageError> Archive::Read() {
  const Handle handle(archive_read_new());
  archive_read_support_filter_all(handle.get());
  archive_read_support_format_tar(handle.get());
  if (archive_read_open_filename(handle.get(), path_.c_str(), 1 << 16) != ARCHIVE_OK) return Problem(handle.get());
  while (true) {
    archive_entry* entry = nullptr;
    const auto status = archive_read_next_header(handle.get(), &entry);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status < ARCHIVE_WARN) return Problem(handle.get());
    if (files_.size() + links_.size() >= kMembersMax)
      return ImageError{fmt::format("{}: more than {} members", path_, kMembersMax)};
    if (auto problem = ReadMember(handle.get(), entry)) return problem;
  }
}

std::optional<ImageError> Archive::ReadMember(archive* handle, archive_entry* entry) {
  const auto* raw_name = archive_entry_pathname(entry);
  const std::string raw = raw_name == nullptr ? "" : raw_name;
  const auto name = Normalised(raw);
  if (name.empty()) return ImageError{fmt::format("{}: the name of member '{}' leads outside the archive", path_, raw)};
  if (const auto* target = archive_entry_hardlink(entry)) {
    links_[name] = Normalised(target);
    return std::nullopt;
  }
  if (archive_entry_filetype(entry) == AE_IFLNK) {
    const auto* target = archive_entry_symlink(entry);
    links_[name] = target == nullptr ? "" : Normalised((fs::path(name).parent_path() / target).string());
    return std::nullopt;
  }
  if (archive_entry_filetype(entry) != AE_IFREG) return std::nullopt;
  FileReader reader(name);
  std::array<char, 1 << 16> block{};
  while (true) {
    const auto count = archive_read_data(handle, block.data(), block.size());
    if (count < 0) return Problem(handle);
    if (count == 0) break;
    reader.Add({block.data(), static_cast<std::size_t>(count)});
  }
  files_[name] = reader.Finish();
  return std::nullopt;
}

}  // namespace

std::unique_ptr<FileTable> OpenFolder(const std::string& path) { return std::make_unique<Folder>(path); }

Result<std::unique_ptr<FileTable>, ImageError> OpenArchive(const std::string& path) {
  auto archive = std::make_unique<Archive>(path);
  if (auto problem = archive->Read()) return std::move(*problem);
  return std::unique_ptr<FileTable>(std::move(archive));
}

}  // namespace crrsim
