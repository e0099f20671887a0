// Commands called as a user calls them, and files to call them with.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim {

struct CommandOutcome {
  int code = 0;
  std::string out;
  std::string err;
};

/// `crrsim WORDS...`, without colours.
CommandOutcome InvokeCommand(std::vector<std::string> words);

/// A folder that is there for one test.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// Writes a file below the folder, and the folders above it. Returns its path.
  [[nodiscard]] std::string Write(const std::string& name, std::string_view text) const;
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace crrsim
