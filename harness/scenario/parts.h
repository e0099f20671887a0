// The parts of the loader: each reads one section of the file. Internal to harness/scenario/.
#pragma once

#include "harness/scenario/reader.h"
#include "harness/scenario/scenario.h"

namespace crrsim {

/// Links and capacities of every region and pair.
void LoadNetwork(LoadContext& context, const Node& node, Scenario& scenario);
void LoadModelOptions(LoadContext& context, const Node& node, Scenario& scenario);
void LoadImages(LoadContext& context, const Node& node, Scenario& scenario);
void LoadTimeline(LoadContext& context, const Node& node, Scenario& scenario);
void LoadExpectations(LoadContext& context, const Node& node, Scenario& scenario);

/// The claim of a map such as `{image: a:1, in: eu-west-1}`; keys of `extra` are the caller's business.
std::optional<Claim> LoadClaim(LoadContext& context, const Node& node, const Section* extra);
/// The step of a verb that `IsFaultVerb`: load_faults.cc.
bool IsFaultVerb(std::string_view verb);
FaultStep LoadFault(LoadContext& context, ObjectReader& reader, std::string_view verb);
void LoadRandomFaults(LoadContext& context, const Node& node, Scenario& scenario);

/// `file://…`-free: where a statement stands and its text on one line.
inline constexpr std::size_t kStatementLengthMax = 140;

}  // namespace crrsim
