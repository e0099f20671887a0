// The habits of this tree as rules that a test checks over every source file.
//
// Layers: what a folder may include. Bans: what may not occur in sim/ and registry_model/, where a run has to be the
// same on every machine. Habits: headers that say what they are, tests that run and can fail, files of a readable
// length. Each finding names file and line, what was found, and what to do instead.
//
//   for (const Finding& finding : CheckTree(root)) fmt::print("{}\n", finding.text());
#pragma once

#include <compare>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/test/support/tidy/source_text.h"

namespace crrsim::tidy {

struct Finding {
  std::string file;
  std::size_t line = 1;
  std::string message;

  /// `sim/queue.h:12: sim may not use registry_model`
  [[nodiscard]] std::string text() const;
  friend auto operator<=>(const Finding&, const Finding&) = default;
};

using Findings = std::vector<Finding>;

/// Includes against the table of layers.
Findings CheckLayers(const SourceText& source);
/// What makes a run depend on more than its scenario and its seed; empty for files outside sim/ and registry_model/
/// and for tests.
Findings CheckBans(const SourceText& source);
/// Opening comment, `#pragma once`, length, no unfinished work; in tests: none disabled, none asleep, none without a
/// claim, no JSON that compilers read differently.
Findings CheckHabits(const SourceText& source);

/// All rules over all sources below `root`, and the shape of the tree itself: its fixed top level and a README.md in
/// each folder there. Order: by file, then line.
Findings CheckTree(const std::filesystem::path& root);

/// The first folder of a path: `sim` of `sim/test/queue_test.cc`.
std::string_view TopFolder(std::string_view path);
/// Whether the file is part of a folder's tests.
bool IsTest(std::string_view path);

}  // namespace crrsim::tidy
