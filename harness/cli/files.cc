// What several commands do with paths.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/cli/commands.h"
#include "harness/report/printable.h"

namespace crrsim {

namespace {

namespace fs = std::filesystem;

bool Write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return static_cast<bool>(file);
}

/// Where the text of a file stands until it is whole.
std::string TemporaryOf(const std::string& target) { return fmt::format("{}.{}.part", target, getpid()); }

/// What a link leads to is replaced, not the link.
std::string TargetOf(const std::string& path, fs::file_type kind) {
  return kind == fs::file_type::regular ? fs::canonical(path).string() : path;
}

bool IsReplaced(fs::file_type kind) { return kind == fs::file_type::regular || kind == fs::file_type::not_found; }

/// Says that a report cannot be written there, having tried.
std::optional<std::string> ProblemOfWriting(const std::string& path) {
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  // Into a pipe or a device nothing is written for a try.
  if (path == "-") return std::nullopt;
  if (kind == fs::file_type::directory) return fmt::format("{}: cannot be written: it is a folder", path);
  if (!IsReplaced(kind)) return std::nullopt;
  const auto temporary = TemporaryOf(TargetOf(path, kind));
  const bool written = Write(temporary, "");
  fs::remove(temporary, error);
  if (written) return std::nullopt;
  return fmt::format("{}: cannot be written", path);
}

bool IsScenarioName(const fs::path& path) { return path.extension() == ".yaml" || path.extension() == ".yml"; }

bool IsSame(const std::string& a, const std::string& b) {
  std::error_code ignored;
  return fs::weakly_canonical(a, ignored) == fs::weakly_canonical(b, ignored);
}

}  // namespace

std::optional<std::string> ProblemOfReports(const std::vector<std::string>& reports,
                                            const std::vector<std::string>& inputs) {
  for (auto report = reports.begin(); report != reports.end(); ++report) {
    if (report->empty()) continue;
    if (std::find(reports.begin(), report, *report) != report)
      return fmt::format("{}: two reports cannot share it", *report);
    for (const auto& input : inputs) {
      if (IsSame(*report, input)) return fmt::format("{}: the report would overwrite the scenario", *report);
    }
    if (auto problem = ProblemOfWriting(*report)) return problem;
  }
  return std::nullopt;
}

Result<std::vector<std::string>, ParseError> ScenarioFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::error_code error;
    if (path == "-") {
      if (std::find(files.begin(), files.end(), path) != files.end()) {
        return ParseError{"-: standard input can be read once only"};
      }
      files.push_back(path);
      continue;
    }
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

void Complain(const Diagnostics& diagnostics, const Streams& streams) {
  for (const auto& diagnostic : diagnostics.all) streams.err << Printable(ToText(diagnostic)) << "\n";
}

void HintAtLargeContent(const Scenario& scenario, const Streams& streams) {
  Int128 total = 0;
  const ImageSpec* largest = nullptr;
  Int128 bytes_of_largest = 0;
  for (const auto& image : scenario.images) {
    if (!image.path.empty() || image.content == ImageSpec::Content::kSizesOnly) continue;
    std::int64_t contents = 1;
    for (const auto& step : scenario.timeline) {
      const auto* push = std::get_if<PushStep>(&step.what);
      if (image.distinct_per_push && push != nullptr && push->content == image.name)
        contents = std::max(contents, push->times);
    }
    Int128 bytes = 0;
    for (const auto& layer : image.layers) bytes += Int128{layer.bytes()} * contents;
    total += bytes;
    if (bytes <= bytes_of_largest) continue;
    bytes_of_largest = bytes;
    largest = &image;
  }
  if (largest == nullptr || total <= kContentHintMin.bytes()) return;
  streams.err
      << Printable(fmt::format(
             "{}: hint: {:.1f} GiB of layers are generated and hashed, which takes long the first time; 'content: "
             "sizes-only' gives an image such as '{}' its sizes alone, and nothing is generated",
             ToText(largest->place), static_cast<double>(total) / static_cast<double>(Gibibytes(1).bytes()),
             largest->name))
      << "\n"
      << std::flush;
}

std::optional<std::string> ReadInput(const std::string& path, const Streams& streams) {
  const auto all_of = [](std::istream& in) { return std::string(std::istreambuf_iterator<char>(in), {}); };
  if (path == "-") return all_of(streams.in);
  std::error_code error;
  if (fs::is_directory(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  auto text = all_of(file);
  if (file.bad()) return std::nullopt;
  return text;
}

Result<Scenario, Diagnostics> ReadScenario(const std::string& path, const LoadOptions& options,
                                           const Streams& streams) {
  std::error_code error;
  if (path != "-" && fs::is_regular_file(path, error)) return LoadScenario(path, options);
  const auto text = ReadInput(path, streams);
  if (!text) return Diagnostics{{{{path, 1, 1}, "the file cannot be read"}}};
  return LoadScenarioText(*text, std::string(path == "-" ? kFromStandardInput : kFromPipe), options);
}

std::optional<std::string> WriteFile(const std::string& path, const std::string& text, const Streams& streams) {
  if (path == "-") {
    streams.out << text;
    return std::nullopt;
  }
  std::error_code error;
  const auto kind = fs::status(path, error).type();
  if (!IsReplaced(kind)) {
    // A device or a pipe is written to, never replaced.
    if (Write(path, text)) return std::nullopt;
    return fmt::format("{}: cannot be written", path);
  }
  const auto target = TargetOf(path, kind);
  const auto temporary = TemporaryOf(target);
  if (!Write(temporary, text)) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    return fmt::format("{}: cannot be written", path);
  }
  fs::rename(temporary, target, error);
  if (!error) return std::nullopt;
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return fmt::format("{}: {}", path, error.message());
}

ExitCode WriteReports(ExitCode code, const std::vector<WantedReport>& reports, const Streams& streams) {
  for (const auto& [path, text] : reports) {
    if (path.empty()) continue;
    const auto problem = WriteFile(path, text(), streams);
    if (!problem) continue;
    streams.err << *problem << "\n";
    if (code == ExitCode::kPass) code = ExitCode::kUsage;
  }
  return code;
}

}  // namespace crrsim
