#include "harness/images/load.h"

#include <fmt/format.h>

#include <filesystem>
#include <optional>

#include "harness/images/docker_archive.h"
#include "harness/images/oci_layout.h"

namespace crrsim {

Result<ImageContent, ImageError> LoadImage(const std::string& path) {
  namespace fs = std::filesystem;
  auto where = path;
  for (const std::string transport : {"oci:", "oci-archive:", "docker-archive:"}) {
    if (where.starts_with(transport)) where.erase(0, transport.size());
  }
  // A name follows the first colon behind which the path no longer exists as it is.
  std::optional<std::string> reference;
  std::error_code error;
  if (!fs::exists(where, error)) {
    for (auto colon = where.find(':'); colon != std::string::npos; colon = where.find(':', colon + 1)) {
      if (!fs::exists(where.substr(0, colon), error)) continue;
      reference = where.substr(colon + 1);
      where.erase(colon);
      break;
    }
  }
  if (!fs::exists(where, error)) return ImageError{fmt::format("{}: no such file or folder", where)};
  if (fs::is_directory(where, error)) {
    if (!fs::exists(fs::path(where) / "oci-layout", error))
      return ImageError{fmt::format("{}: the folder is no OCI layout (it has no file oci-layout)", where)};
    return ReadOciLayout(*OpenFolder(where), reference);
  }
  if (!fs::is_regular_file(where, error)) return ImageError{fmt::format("{}: neither a file nor a folder", where)};
  const auto archive = OpenArchive(where);
  if (!archive) return archive.error();
  return ReadDockerArchive(**archive, reference);
}

}  // namespace crrsim
