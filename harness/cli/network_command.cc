// `crrsim network solve`: when each of a list of flows is complete.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/cli/commands.h"
#include "harness/network/network_document.h"

namespace crrsim {

namespace {

/// A file's text, whatever kind of file it is (pipes too), or that of standard input.
std::optional<std::string> ReadInput(const std::string& path, const Streams& streams) {
  const auto all_of = [](std::istream& in) { return std::string(std::istreambuf_iterator<char>(in), {}); };
  if (path == "-") return all_of(streams.in);
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  auto text = all_of(file);
  if (file.bad()) return std::nullopt;
  return text;
}

}  // namespace

ExitCode NetworkSolve(const NetworkSolveCommand& command, const Streams& streams) {
  auto text = ReadInput(command.in_file, streams);
  if (!text) {
    streams.err << fmt::format("{}: the file cannot be read\n", command.in_file);
    return ExitCode::kUsage;
  }
  const auto document = NetworkDocument::Parse(std::move(*text));
  if (!document) {
    streams.err << fmt::format("{}:{}\n", command.in_file == "-" ? "standard input" : command.in_file,
                               policy::ToText(document.error()));
    return ExitCode::kInvalid;
  }
  const auto answer = document->WithCompletions(SolveNetwork(document->problem()));
  if (const auto problem = WriteFile(command.out_file, answer, streams)) {
    streams.err << *problem << "\n";
    return ExitCode::kUsage;
  }
  return ExitCode::kPass;
}

}  // namespace crrsim
