// A world that is driven step by step, from outside a scenario: what the Python package holds, and what a server can.
//
// It is defined by what a scenario says above its timeline (accounts, regions, network, options, assumptions, seed,
// start, faults that a seed draws) and behaves like a scenario's runner: every call of a client takes the call latency
// of virtual time, a push is the calls that a client makes, figures are those of the JSON report. It adds no behaviour
// of its own.
//
//   auto session = Session::Open({{"accounts", {{"shop", "111122223333"}}}, {"regions", {"us-west-2", "eu-west-1"}},
//                                 {"network", "aws-2026"}});
//   session->Call(registry, "", "CreateRepository", {{"repositoryName", "api"}});
//   session->RunUntilIdle(session->world().now() + Hours(1));
//
// Its invariants are judged by the same checkers as a run's.
//
// A session is a value: copies go on independently and equally; what is planned is not taken along. One thread at a
// time uses one session; different sessions need no locks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/images/image_content.h"
#include "harness/run/client.h"
#include "harness/run/recording.h"
#include "harness/run/run.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

class Session {
 public:
  /// `definition` is an object with a scenario's keys; images, timeline, expect, until and converges_within are not
  /// among them.
  /// On error  every mistake, with its place in the definition as `dump(2)` prints it.
  static Result<Session, Diagnostics> Open(const nlohmann::json& definition,
                                           Invariants invariants = Invariants::kJudged);
  Session(const Session& other);
  Session(Session&& other) = default;
  Session& operator=(const Session&) = delete;
  Session& operator=(Session&&) = delete;
  ~Session() = default;

  // ---- Clients ----

  /// One API call of the principal `arn` (empty: the root of the registry's account) at a registry's region.
  /// On error  what ECR would answer; nothing was changed but the time that the call took.
  ApiResult<nlohmann::json> Call(const RegistryKey& registry, const std::string& arn, std::string_view operation,
                                 const nlohmann::json& request);
  /// Returns the digest of the root manifest. On error  what was uploaded before stays there, as with a real client.
  ApiResult<Digest> Push(const RegistryKey& registry, const std::string& arn, const RepositoryName& repository,
                         const std::optional<Tag>& tag, const ImageContent& content,
                         const std::optional<RepositoryName>& mount_from = std::nullopt);
  /// Returns the digest of the manifest that was fetched. With `upstream` the repository belongs to a pull-through
  /// cache, which gets the image that it lacks from an upstream with this content. Requires a reference by tag then.
  ApiResult<Digest> Pull(const RegistryKey& registry, const std::string& arn, const ImageReference& image,
                         const ImageContent* upstream = nullptr);

  /// Deletes the role AWSServiceRoleForECRReplication of an account, as a client of IAM does.
  ApiResult<Unit> DeleteReplicationRole(const AccountId& account);

  // ---- Faults ----

  /// Reads a fault's step of a timeline, such as `{"crash": "us-west-2", "for": "5m"}`. It may have a `when`; `at`,
  /// `after` and `label` belong to a timeline.
  /// On error  every mistake of the step.
  [[nodiscard]] Result<Step, Diagnostics> ReadFault(const nlohmann::json& step) const;
  /// Reads the condition of a `when`. On error  every mistake.
  [[nodiscard]] Result<ProgressCondition, Diagnostics> ReadProgress(const nlohmann::json& condition) const;
  /// Puts in force what a step says, at once. Requires a step of ReadFault.
  /// On error  an image that is to be damaged is not there, or has no such layer; nothing is in force.
  Result<std::vector<FaultNumber>, ParseError> BeginFault(const Step& step);
  void EndFault(FaultNumber number) { world_.EndFault(number); }

  // ---- Time ----

  /// Plans what is done when time has come to `when`, between two events: by RunUntil, by RunUntilIdle, or within a
  /// call of a client that takes longer. It may use the session; time that it lets pass delays what it interrupted.
  /// What it throws comes out of what let time pass.
  /// Order  by instant, then as planned. Requires  when >= now.
  void At(Instant when, std::function<void()> what);
  /// Requires until >= now.
  void RunUntil(Instant until);
  /// What is planned is under way.
  RunEnd RunUntilIdle(Instant limit);
  /// Lets time pass up to the instant at which a copy has come as far as the condition says.
  /// On error  why it never will; time has passed until that was certain.
  std::optional<std::string> AwaitProgress(const ProgressCondition& condition);

  // ---- Looking ----

  [[nodiscard]] World& world() { return world_; }
  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] const Scenario& definition() const { return definition_; }
  [[nodiscard]] const Recording& recording() const { return *recording_; }
  /// The report up to now: what a run that ended here would give, without expectations. It fails when an invariant
  /// does not hold.
  [[nodiscard]] RunResult Report() const;
  /// Whether the invariants are judged: not where Open was told so, nor of a loaded session, whose past nobody saw.
  [[nodiscard]] bool is_judged() const { return judges_ != nullptr; }

  // ---- As a value ----

  /// All state in bytes, the definition included; observers are not part of it.
  [[nodiscard]] std::string Save() const;
  /// On error  the bytes are not those of a Save of this version.
  static Result<Session, ParseError> Load(std::string_view bytes);

 private:
  Session(Scenario definition, std::string text, World world, Recording recording, std::unique_ptr<Judges> judges);
  [[nodiscard]] CallPacing Pacing();
  [[nodiscard]] Client ClientOf(const RegistryKey& registry, const std::string& arn);

  Scenario definition_;
  std::string text_;  // of the definition
  World world_;
  std::multimap<Instant, std::function<void()>> planned_;
  // Both stay where they are, for the world knows their places.
  std::unique_ptr<Recording> recording_;
  std::unique_ptr<Judges> judges_;
};

}  // namespace crrsim
