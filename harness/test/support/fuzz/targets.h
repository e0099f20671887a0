// What reads text that strangers wrote, each as a function of bytes that holds for every input: it answers or refuses,
// keeps its invariants, and never crashes. libFuzzer looks for an input that breaks one (.ci/fuzz); the seeds, and
// every input that once did, are fed by a normal test too (fuzz_seeds_test.cc).
#pragma once

#include <span>
#include <string_view>

namespace crrsim::fuzz {

struct Target {
  std::string_view name;  // and the folder of its seeds in harness/test/data/fuzz/
  void (*feed)(std::string_view bytes);
};

/// Order  by name. A broken invariant ends the program (CRRSIM_CHECK).
std::span<const Target> Targets();

}  // namespace crrsim::fuzz
