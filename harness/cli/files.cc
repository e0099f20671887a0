// What several commands do with paths.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "harness/cli/commands.h"

namespace crrsim {

namespace {

namespace fs = std::filesystem;

bool IsScenarioName(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

}  // namespace

Result<std::vector<std::string>, ParseError> ScenarioFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error)) return ParseError{fmt::format("{}: no such file or folder", path)};
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto entry = fs::recursive_directory_iterator(path, fs::directory_options::skip_permission_denied, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->is_regular_file() && IsScenarioName(entry->path()))
        found.push_back(entry->path().lexically_normal().string());
    }
    if (error) return ParseError{fmt::format("{}: {}", path, error.message())};
    if (found.empty()) return ParseError{fmt::format("{}: the folder holds no scenario (*.yaml)", path)};
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

Result<std::map<std::string, std::string>, ParseError> ImagePaths(const std::vector<std::string>& pairs) {
  std::map<std::string, std::string> images;
  for (const auto& pair : pairs) {
    const auto equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size()) {
      return ParseError{fmt::format("--image {}: expected NAME=PATH", pair)};
    }
    if (!images.emplace(pair.substr(0, equals), pair.substr(equals + 1)).second) {
      return ParseError{fmt::format("--image {}: {} is given twice", pair, pair.substr(0, equals))};
    }
  }
  return images;
}

std::optional<std::string> WriteFile(const std::string& path, const std::string& text, const Streams& streams) {
  if (path == "-") {
    streams.out << text;
    return std::nullopt;
  }
  const auto temporary = path + ".part";
  {
    std::ofstream file(temporary, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file) {
      std::error_code ignored;
      fs::remove(temporary, ignored);
      return fmt::format("{}: cannot be written", path);
    }
  }
  std::error_code error;
  fs::rename(temporary, path, error);
  if (!error) return std::nullopt;
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return fmt::format("{}: {}", path, error.message());
}

}  // namespace crrsim
