#include "harness/images/layer_memo.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "sim/digest.h"

namespace crrsim {

namespace {

// A record is one line: 32 digits of check value, the digest, the key. The check value covers the rest of the line.
constexpr std::size_t kCheckSize = 32;

/// Names are written so that a line stays a line.
std::string Escaped(std::string_view name) {
  std::string escaped;
  for (const char c : name) {
    if (c > ' ' && c < '\x7f' && c != '%') {
      escaped.push_back(c);
    } else {
      escaped += fmt::format("%{:02x}", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

std::string KeyText(const LayerKey& key, DigestAlgorithm algorithm) {
  return fmt::format("{} {} {} {} {}", kLayerBytesVersion, algorithm == DigestAlgorithm::kSha256 ? "sha256" : "sha512",
                     key.size.bytes(), key.index, Escaped(key.name));
}

std::string CheckOf(std::string_view digest_and_key) { return ToText(HashBytes(digest_and_key)); }

/// A file descriptor that closes itself.
class File {
 public:
  // O_NONBLOCK: a named pipe in the place of the file must not make a run wait.
  File(const std::filesystem::path& path, int flags) : fd_(open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0600)) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  /// The size of a regular file; nothing for all else.
  [[nodiscard]] std::optional<std::int64_t> RegularSize() const {
    struct stat status{};
    if (fd_ < 0 || fstat(fd_, &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
    return status.st_size;
  }
  [[nodiscard]] std::string ReadAtMost(std::int64_t size) const {
    std::string text(static_cast<std::size_t>(size), '\0');
    std::size_t filled = 0;
    while (filled < text.size()) {
      const auto count = read(fd_, text.data() + filled, text.size() - filled);
      if (count <= 0) break;
      filled += static_cast<std::size_t>(count);
    }
    text.resize(filled);
    return text;
  }
  [[nodiscard]] bool WriteAtOnce(std::string_view text) const {
    return write(fd_, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  }

 private:
  int fd_;
};

}  // namespace

LayerMemo LayerMemo::OfUser() {
  const auto value_of = [](const char* variable) {
    const char* value = std::getenv(variable);
    return std::string(value == nullptr ? "" : value);
  };
  if (value_of("CRRSIM_NO_CACHE") == "1") return Off();
  std::filesystem::path folder = value_of("XDG_CACHE_HOME");
  if (!folder.is_absolute()) {
    folder = value_of("HOME");
    if (!folder.is_absolute()) return Off();
    folder /= ".cache";
  }
  return At(folder / "crrsim" / "layer-digests");
}

Digest LayerMemo::DigestOf(const LayerKey& key, DigestAlgorithm algorithm) {
  if (!file_ || key.size.bytes() < kSizeMin) return DigestOfLayer(key, algorithm);
  if (!was_read_) Read();
  const auto key_text = KeyText(key, algorithm);
  if (const auto record = records_.find(key_text); record != records_.end()) {
    const std::string_view check_and_digest = record->second;
    const auto digest_text = check_and_digest.substr(kCheckSize + 1);
    const auto digest = Digest::Parse(digest_text);
    const bool sound = CheckOf(fmt::format("{} {}", digest_text, key_text)) == check_and_digest.substr(0, kCheckSize);
    if (sound && digest && digest->algorithm() == algorithm) return *digest;
  }
  const auto digest = DigestOfLayer(key, algorithm);
  const auto digest_text = digest.text();
  const auto check = CheckOf(fmt::format("{} {}", digest_text, key_text));
  records_.insert_or_assign(key_text, fmt::format("{} {}", check, digest_text));
  Append(fmt::format("{} {} {}\n", check, digest_text, key_text));
  return digest;
}

void LayerMemo::Read() {
  was_read_ = true;
  const File file(*file_, O_RDONLY);
  const auto size = file.RegularSize();
  // Twice the bound: others may have appended since it was passed.
  if (!size || *size > 2 * kFileSizeMax) return;
  const auto text = file.ReadAtMost(*size);
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.size() <= kCheckSize || line[kCheckSize] != ' ') continue;
    const auto digest_end = line.find(' ', kCheckSize + 1);
    if (digest_end == std::string_view::npos) continue;
    // Whether a record is sound is looked at when it is asked for.
    records_.insert_or_assign(std::string(line.substr(digest_end + 1)), std::string(line.substr(0, digest_end)));
  }
}

void LayerMemo::Append(const std::string& record) const {
  std::error_code ignored;
  std::filesystem::create_directories(file_->parent_path(), ignored);
  {
    const File file(*file_, O_WRONLY | O_CREAT | O_APPEND);
    const auto size = file.RegularSize();
    if (!size) return;
    if (*size < kFileSizeMax) {
      // A record that is cut off (disk full) spoils itself and the next; both are computed again.
      static_cast<void>(file.WriteAtOnce(record));
      return;
    }
  }
  auto fresh = *file_;
  fresh += fmt::format(".{}", getpid());
  const File file(fresh, O_WRONLY | O_CREAT | O_TRUNC);
  if (file.RegularSize() && file.WriteAtOnce(record)) {
    std::filesystem::rename(fresh, *file_, ignored);
  } else {
    std::filesystem::remove(fresh, ignored);
  }
}

}  // namespace crrsim
