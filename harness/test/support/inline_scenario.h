// Scenarios written inside tests, in a world small enough that every instant can be worked out by hand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/run/run.h"
#include "harness/scenario/load.h"

namespace crrsim {

/// A whole scenario of 13 lines; mistakes are made in it by Replaced.
extern const std::string kSmallScenario;

/// `text` with `from` replaced. A failure unless `from` stands in it exactly once.
std::string Replaced(const std::string& text, std::string_view from, std::string_view to);

/// `line:column: message` for everything wrong in a scenario (the file's name stands before it when it is a document);
/// empty when it loads.
std::vector<std::string> ProblemsOf(const std::string& text);
/// A failure, and an empty scenario, when it does not load.
Scenario Loaded(const std::string& text);

/// The head of a world: account `shop`, us-west-2 replicating to eu-west-1, 50 ms one way without a limit, calls that
/// take no time, images `app` (1 KiB), `other` (2 KiB) and `big` (1 MiB in name only), findings {HIGH: 2} for app, and
/// repository `app` at the source. `timeline` is to be continued at two spaces.
///
/// A push at t is admitted at its destination at t + 50 ms, its blobs are there at t + 250 ms, the manifest at
/// t + 300 ms, the tag at t + 400 ms, and the job ends at t + 450 ms.
extern const std::string kWorld;
/// A step of kWorld's timeline: `app:1` is pushed.
extern const std::string kPush;
/// Another push, and an hour in which all comes to rest.
extern const std::string kPushOther;
extern const std::string kSettle;
/// The registry of kWorld's account in a region.
RegistryKey ShopIn(std::string_view region);

/// Runs kWorld with more steps and end claims. A failure, and an empty result, when it does not load.
RunResult Played(const std::string& more);

/// What became of each expectation, in the order of judging: `holds: observed` or `broken: observed`. Digests read
/// DIGEST, shortened ones SHORT.
std::vector<std::string> VerdictsOf(const RunResult& run);

/// The one expectation of a run whose text contains `claim`. A failure, and an empty result, when there is not one.
ExpectationResult TheOne(const RunResult& run, std::string_view claim);

}  // namespace crrsim
