#include "registry_model/world/call_rates.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> kRates = {{{"BatchCheckLayerAvailability", 1'000},
                                                                              {"BatchGetImage", 2'000},
                                                                              {"CompleteLayerUpload", 100},
                                                                              {"GetDownloadUrlForLayer", 3'000},
                                                                              {"InitiateLayerUpload", 100},
                                                                              {"PutImage", 10},
                                                                              {"UploadLayerPart", 500}}};

/// What a simulated client's call stands for, of those operations the one that may be called least often.
std::string_view RatedAs(std::string_view operation) {
  if (operation == "PutParsedImage") return "PutImage";
  return operation == "UploadBlob" ? "InitiateLayerUpload" : operation;
}

}  // namespace

bool CallRates::Take(const RegistryKey& registry, std::string_view operation, Instant now) {
  const auto* const rate =
      std::find_if(kRates.begin(), kRates.end(), [&](const auto& one) { return one.first == RatedAs(operation); });
  if (rate == kRates.end()) return true;
  const RatedOperation called{registry, std::string(rate->first)};
  const auto found = rested_at_.find(called);
  const auto begins = found == rested_at_.end() ? now : std::max(found->second, now);
  const auto rests = begins + Nanoseconds(Seconds(1).nanoseconds() / rate->second);
  if (rests - now > Seconds(1) && !Mutated(Mutant::kCallsHaveNoRates)) return false;
  rested_at_[called] = rests;
  return true;
}

}  // namespace crrsim
