// What a person may have meant who misspelt a command or an option.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace crrsim {

/// The first word of a command line that is no command and no option where it stands, with the nearest that is:
/// `'rnu' is not a command; did you mean 'run'?`. Nothing when every word is known. `words` are those after the
/// program's name.
std::optional<std::string> MisspeltWord(const CLI::App& app, std::span<const std::string_view> words);

}  // namespace crrsim
