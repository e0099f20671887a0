// Random API commands over small pools, so that they often meet: three repositories, a handful of manifests that need
// each other, three tags, policies that allow and deny.
//
// A command is drawn from one number. Numbers shrink, so a failing sequence shrinks to few and simple commands; what a
// command refers to (an upload, a page) is what the calls before it have answered.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim::reference {

inline constexpr std::string_view kOwner = "111122223333";
inline constexpr std::string_view kStranger = "444455556666";
inline constexpr std::string_view kRegion = "us-west-2";

struct Command {
  std::string caller;
  std::string operation;
  nlohmann::json request;
};

/// What was answered so far that a later command can refer to.
struct Seen {
  std::vector<std::string> uploads;  // ids, newest last
  std::vector<std::string> tokens;
};

/// The commands of one number: mostly one, three where a whole layer is uploaded. The middle ones of those refer to
/// the upload that the first began, so ask for them one at a time, `part` counting from 0, until there is none.
bool CommandOf(std::uint64_t number, std::size_t part, const Seen& seen, Command& command);
/// What makes two repositories, one with two images and all their layers, and a template; false behind the last step.
bool PreparationCommand(std::size_t step, const Seen& seen, Command& command);
/// How many seconds pass before the command.
std::int64_t PauseBefore(std::uint64_t number);

}  // namespace crrsim::reference
