#include "harness/images/load.h"

#include <fmt/format.h>

#include <filesystem>

#include "harness/images/docker_archive.h"
#include "harness/images/oci_layout.h"

namespace crrsim {

namespace {

namespace fs = std::filesystem;

bool IsFile(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool IsThere(const std::string& path) {
  std::error_code ignored;
  return fs::exists(path, ignored);
}

/// `PATH:REFERENCE` cut where the longest path that is there ends.
std::optional<std::pair<std::string, std::string>> Split(const std::string& path) {
  for (auto colon = path.rfind(':'); colon != std::string::npos && colon > 0; colon = path.rfind(':', colon - 1)) {
    if (IsThere(path.substr(0, colon))) return {{path.substr(0, colon), path.substr(colon + 1)}};
  }
  return std::nullopt;
}

ImageError FolderError(const std::string& path) {
  const fs::path folder(path);
  std::string hint;
  if (IsFile(folder / "manifest.json") && IsFile(folder / "version")) {
    hint =
        fmt::format(": it looks like skopeo's dir: form, which `skopeo copy dir:{} oci:FOLDER` turns into one", path);
  } else if (IsFile(folder / "manifest.json")) {
    hint = ": it looks like an unpacked docker archive; give the archive itself";
  } else if (IsFile(folder / "index.json")) {
    hint = ", although there is an index.json";
  }
  return {fmt::format("{} is a folder without an oci-layout file{}", path, hint)};
}

}  // namespace

Result<ImageContent, ImageError> LoadImage(const std::string& path, const std::optional<std::string>& reference) {
  if (!IsThere(path)) {
    if (!reference) {
      if (const auto split = Split(path)) {
        if (split->second.empty()) return ImageError{fmt::format("{} ends in a colon; expected PATH:REFERENCE", path)};
        return LoadImage(split->first, split->second);
      }
    }
    return ImageError{
        fmt::format("{} is not there; expected an OCI layout folder, or an archive of docker save or "
                    "skopeo",
                    path)};
  }
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    if (!IsFile(fs::path(path) / "oci-layout")) return FolderError(path);
    return LoadOciLayout(path, reference);
  }
  if (IsFile(path)) return LoadDockerArchive(path, reference);
  return ImageError{fmt::format("{} is neither a folder nor a file", path)};
}

}  // namespace crrsim
