#include "harness/test/support/fuzz/targets.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>

#include "harness/scenario/load.h"
#include "registry_model/oci/manifest.h"
#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/parse.h"
#include "registry_model/world/world.h"

namespace crrsim::fuzz {

namespace {

/// The bytes are kept as they came, and a manifest that was read reads the same from its archive.
void FeedManifest(std::string_view bytes) {
  for (const auto declared : {std::string_view(), media_type::kOciManifest, media_type::kOciIndex}) {
    const auto manifest = ParseManifest(bytes, declared);
    if (!manifest) {
      CRRSIM_CHECK(!manifest.error().message.empty());
      continue;
    }
    CRRSIM_CHECK((*manifest)->bytes == bytes);
    CRRSIM_CHECK((*manifest)->digest == Digest::Of(bytes));
    const auto again = ParseManifest(bytes, (*manifest)->media_type);
    CRRSIM_CHECK(again.ok() && (*again)->blobs == (*manifest)->blobs &&
                 (*again)->blob_bytes == (*manifest)->blob_bytes);
  }
}

/// An error says something; a policy that was read decides, and the same again.
void FeedPolicy(std::string_view bytes) {
  for (const auto refused : {policy::RefusedByAws::kError, policy::RefusedByAws::kFinding}) {
    const auto document =
        policy::ParseDocument(bytes, {.resource = policy::ResourceElement::kOptional, .refused = refused});
    if (!document) {
      CRRSIM_CHECK(!policy::ToText(document.error()).empty());
      continue;
    }
    for (const auto* principal : {"arn:aws:iam::111122223333:root", "arn:aws:sts::444455556666:assumed-role/r/s"}) {
      policy::Request request;
      request.principal = policy::Principal::Parse(principal).value();
      request.action = "ecr:ReplicateImage";
      request.resource = "arn:aws:ecr:eu-west-1:444455556666:repository/team/api";
      request.context.Set("aws:PrincipalAccount", {"111122223333"});
      const auto decision = policy::Evaluate(*document, request);
      CRRSIM_CHECK(decision.outcome == policy::Evaluate(*document, request).outcome);
    }
  }
}

World SmallWorld() {
  WorldConfig config;
  config.start = Instant() + Days(20'000);
  const auto region = [](std::string_view name) { return RegionName::Parse(name).value(); };
  config.accounts = {AccountId::FromNumber(111122223333), AccountId::FromNumber(444455556666)};
  config.regions = {{region("eu-west-1")}, {region("us-west-2")}};
  config.links = {
      {region("us-west-2"), region("eu-west-1"), Milliseconds(70), Duration(), BytesPerSecond::Unlimited()},
      {region("eu-west-1"), region("us-west-2"), Milliseconds(70), Duration(), BytesPerSecond::Unlimited()}};
  return World(config);
}

/// A line is an operation, a space and its JSON request; an empty line lets a minute pass. A refused command changes
/// nothing.
void FeedRequests(std::string_view bytes) {
  static const World kFresh = SmallWorld();
  constexpr std::size_t kLinesMax = 64;
  auto world = kFresh;
  const auto caller = Caller::RootOf({AccountId::FromNumber(111122223333), RegionName::Parse("us-west-2").value()});
  for (std::size_t line = 0; !bytes.empty() && line < kLinesMax; ++line) {
    const auto text = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
    if (text.empty()) {
      world.RunUntil(world.now() + Minutes(1));
      continue;
    }
    const auto space = std::min(text.find(' '), text.size());
    const auto request = nlohmann::json::parse(text.substr(space), nullptr, false);
    if (request.is_discarded()) continue;
    const auto before = world.StateHashValue();
    const auto answer = world.ApplyJson(caller, text.substr(0, space), request);
    if (answer) {
      CRRSIM_CHECK(answer->is_object());
      continue;
    }
    CRRSIM_CHECK(!answer.error().exception.empty() && world.StateHashValue() == before, "{} changed the world",
                 answer.error().exception);
  }
  const auto saved = world.Save();
  const auto loaded = World::Load(saved);
  CRRSIM_CHECK(loaded.ok() && loaded->Save() == saved, "a saved world does not load");
}

/// Loads, or says what is wrong. Nothing that names a file is tried: the answer would not be the input's alone.
void FeedScenario(std::string_view bytes) {
  constexpr std::size_t kSizeMax = 16 * 1024;
  if (bytes.size() > kSizeMax || bytes.find("file:") != std::string_view::npos ||
      bytes.find("path") != std::string_view::npos) {
    return;
  }
  const auto scenario = LoadScenarioText(std::string(bytes), "input.yaml");
  if (scenario) return;
  CRRSIM_CHECK(!scenario.error().all.empty());
  for (const auto& problem : scenario.error().all) CRRSIM_CHECK(!problem.message.empty());
}

constexpr std::array<Target, 4> kTargets = {
    {{"manifest", FeedManifest}, {"policy", FeedPolicy}, {"requests", FeedRequests}, {"scenario", FeedScenario}}};

}  // namespace

std::span<const Target> Targets() { return kTargets; }

}  // namespace crrsim::fuzz
