#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "harness/test/support/tidy/tidy.h"

namespace crrsim::tidy {

namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kFolders = {"bench",          "harness",   "python",
                                                      "registry_model", "scenarios", "sim"};
/// Besides the folders and what begins with a dot.
constexpr std::array<std::string_view, 9> kTopLevelFiles = {
    "CMakeLists.txt", "CMakePresets.json",     "LICENSE", "README.md",     "build",
    "check",          "compile_commands.json", "crrsim",  "pyproject.toml"};

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

void Append(Findings& findings, const Findings& more) { findings.insert(findings.end(), more.begin(), more.end()); }

void CheckTopLevel(const fs::path& root, Findings& findings) {
  for (const fs::directory_entry& entry : fs::directory_iterator(root)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with('.') && !IsOneOf(name, kFolders) && !IsOneOf(name, kTopLevelFiles)) {
      findings.push_back({name, 1, "the top level is fixed: move it into one of its folders"});
    }
  }
}

void CheckFolder(const fs::path& root, std::string_view folder, Findings& findings) {
  if (!fs::exists(root / folder)) {
    return;
  }
  if (!fs::exists(root / folder / "README.md")) {
    findings.push_back(
        {fmt::format("{}/README.md", folder), 1, "each folder says what it is, what it may use and where to begin"});
  }
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / folder)) {
    std::string extension = entry.path().extension().string();
    if (!entry.is_regular_file() || (extension != ".h" && extension != ".cc")) {
      continue;
    }
    SourceText source(fs::relative(entry.path(), root).generic_string(), ReadAll(entry.path()));
    Append(findings, CheckLayers(source));
    Append(findings, CheckBans(source));
    Append(findings, CheckHabits(source));
  }
}

}  // namespace

std::string Finding::text() const { return fmt::format("{}:{}: {}", file, line, message); }

std::string_view TopFolder(std::string_view path) { return path.substr(0, path.find('/')); }

bool IsTest(std::string_view path) { return path.find("/test/") != std::string_view::npos; }

Findings CheckTree(const fs::path& root) {
  Findings findings;
  CheckTopLevel(root, findings);
  for (std::string_view folder : kFolders) {
    CheckFolder(root, folder, findings);
  }
  std::sort(findings.begin(), findings.end());
  return findings;
}

}  // namespace crrsim::tidy
