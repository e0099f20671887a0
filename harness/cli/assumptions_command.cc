#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/cli/inspect_commands.h"
#include "registry_model/assumptions.h"

namespace crrsim {

namespace {

constexpr std::size_t kTextWidth = 110;

/// Words in lines of a readable length, each with an indentation.
std::string Wrapped(std::string_view text, std::string_view indentation) {
  std::string lines;
  std::string line;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (!line.empty() && indentation.size() + line.size() + 1 + word.size() > kTextWidth) {
      lines += fmt::format("{}{}\n", indentation, line);
      line.clear();
    }
    line += (line.empty() ? "" : " ") + std::string(word);
  }
  return line.empty() ? lines : lines + fmt::format("{}{}\n", indentation, line);
}

std::string AssumptionText(const AssumptionInfo& info) {
  auto text = fmt::format("{} = {}", info.name, info.values.front());
  if (info.values.size() > 1) {
    text += fmt::format(" (or {})", fmt::join(info.values.begin() + 1, info.values.end(), ", "));
  }
  return text + "\n" + Wrapped(info.meaning, "  ") +
         Wrapped(fmt::format("Known: {} (ecr-replication.md {})", info.known, info.section), "  ");
}

nlohmann::ordered_json AssumptionJson(const AssumptionInfo& info) {
  nlohmann::ordered_json json;
  json["name"] = info.name;
  json["default"] = info.values.front();
  json["values"] = info.values;
  json["meaning"] = info.meaning;
  json["known"] = info.known;
  json["section"] = fmt::format("ecr-replication.md {}", info.section);
  return json;
}

}  // namespace

ExitCode ListAssumptions(const AssumptionsCommand& command, const Streams& streams) {
  for (const auto& name : command.names) {
    const auto found = FindAssumption(name);
    if (found) continue;
    streams.err << found.error().message << "\n";
    return ExitCode::kUsage;
  }
  auto all = nlohmann::ordered_json::array();
  std::string text;
  for (const auto& info : AssumptionTable()) {
    const auto& names = command.names;
    if (!names.empty() && std::find(names.begin(), names.end(), info.name) == names.end()) continue;
    all.push_back(AssumptionJson(info));
    text += (text.empty() ? "" : "\n") + AssumptionText(info);
  }
  streams.out << (command.json ? all.dump(2) + "\n" : text);
  return ExitCode::kPass;
}

}  // namespace crrsim
