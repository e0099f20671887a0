#include "harness/cli/spelling.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

#include "sim/nearest_name.h"

namespace crrsim {

namespace {

std::vector<std::string> CommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

std::vector<std::string> OptionsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const auto* option : app.get_options()) {
    for (const auto& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

bool Has(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<std::string> MisspeltWord(const CLI::App& app, std::span<const std::string_view> words) {
  const auto* command = &app;
  for (const auto word : words) {
    if (word == "--") return std::nullopt;
    if (word.starts_with("--")) {
      const auto name = word.substr(0, word.find('='));
      const auto known = OptionsOf(*command);
      if (!Has(known, name)) return fmt::format("{} is not an option of this command{}", name, DidYouMean(name, known));
      continue;
    }
    const auto known = CommandsOf(*command);
    if (known.empty() || word.starts_with("-")) continue;
    if (!Has(known, word)) return fmt::format("'{}' is not a command{}", word, DidYouMean(word, known));
    command = command->get_subcommand(std::string(word));
  }
  return std::nullopt;
}

}  // namespace crrsim
