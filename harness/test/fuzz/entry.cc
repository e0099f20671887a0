// The entry of a fuzz target, one program each: CRRSIM_FUZZ_TARGET is its name (CMakeLists.txt, CRRSIM_FUZZ).
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "harness/test/support/fuzz/targets.h"

// libfyaml 0.7 keeps 4 KiB of a long quoted scalar that does not end, which is neither ours nor much.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfyaml.so\n"; }

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* const target = [] {
    for (const auto& candidate : crrsim::fuzz::Targets()) {
      if (candidate.name == CRRSIM_FUZZ_TARGET) return &candidate;
    }
    std::abort();
  }();
  target->feed({reinterpret_cast<const char*>(data), size});
  return 0;
}
