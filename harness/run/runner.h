// Executes a scenario's timeline in a world: the one place that lets virtual time pass between steps.
//
// A step starts when the one before has returned. While time passes, open expectations (within, never, always) are
// judged after every event and, where they are about a figure that grows with time alone (crossings.h), at each instant
// at which that reaches a bound. So an expectation that waits ends at the very instant at which it came true.
#pragma once

#include <list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/claims.h"
#include "harness/run/client.h"
#include "harness/run/image_library.h"
#include "harness/run/recording.h"
#include "harness/run/run.h"
#include "harness/run/story.h"

namespace crrsim {

/// What stopped a run before its end: not an expectation that failed, but a run that cannot go on.
struct RunStop {
  std::string reason;
  StoppedBy by = StoppedBy::kLimit;
};

class Runner {
 public:
  Runner(const Scenario& scenario, ImageLibrary& images, const RunOptions& options, std::uint64_t seed);
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  ~Runner();

  /// Runs everything. Returns a reason when the run could not be finished.
  std::optional<RunStop> Run();
  /// Fills in all but scenario, images' notes, wall time and reproduce line.
  void Report(RunResult& result);

  [[nodiscard]] const World& world() const { return world_; }
  [[nodiscard]] const Recording& recording() const { return recording_; }

 private:
  /// An expectation that is judged while time passes.
  struct Watch {
    const Expectation* expectation;
    Instant since;
    std::uint64_t events_before;
  };

  /// Thrown where the options say that the run ends.
  struct StopInstant {};

  // Time. Each throws RunStop when a limit is reached, and StopInstant where the run is to end.
  void StopBefore(Instant next);
  void PassUntil(Instant until);
  void StepOnce();
  void RunToTheEnd();
  void WaitForStart(const Step& step);
  void WaitForProgress(const Step& step);
  void CheckProgress();

  // Steps.
  void Do(const Step& step);
  void DoIt(const Step& step, const CallStep& call);
  void DoIt(const Step& step, const PushStep& push);
  void DoIt(const Step& step, const PullStep& pull);
  void DoIt(const Step& step, const ExpectStep& expect);
  void DoIt(const Step& step, const AdvanceStep& advance);
  void DoIt(const Step& step, const SettleStep& settle);
  void DoIt(const Step& step, const DeleteRoleStep& role);
  /// A request with the answers that it mentions in their places.
  [[nodiscard]] nlohmann::json FilledIn(const Step& step, nlohmann::json request) const;
  void DoIt(const Step& step, const FaultStep& fault);
  /// A client that expects an error takes the first that comes.
  CallPacing PacingFor(const std::string& fails_with);
  void CheckAnswer(const Step& step, const std::string& fails_with, const std::optional<ApiError>& error);

  // Expectations.
  void JudgeNow(const Expectation& expectation);
  void AwaitWithin(const Expectation& expectation, Instant deadline);
  void JudgeWatches();
  void JudgeAllWatches();
  /// Judges what comes true or is broken by time alone before `until`, or by it, at its own instants.
  /// Requires that no event is due before `until`.
  enum class Until : std::uint8_t { kBefore, kUpTo };
  void PassCrossings(Instant until, Until reach);
  [[nodiscard]] std::optional<Instant> FirstCrossing() const;
  /// Settles a watch that does not hold at this instant.
  bool IsBroken(const Watch& watch);
  void CloseWatches();
  void JudgeAtEnd(const Expectation& expectation);
  void Settle(const Expectation& expectation, bool held, std::string observed);
  void Fail(const Step& step, std::string observed);
  void JudgeAnchored();
  void NoteWaiting();
  void NoteIdleFaults(RunResult& result);
  void WatchConvergence(Instant next);
  void JudgeConvergence();
  [[nodiscard]] Instant ConvergenceDue() const;
  [[nodiscard]] std::optional<Instant> AnchorOf(const std::string& name) const;

  const Scenario& scenario_;
  ImageLibrary& images_;
  const RunOptions& options_;
  World world_;
  Recording recording_;
  Story story_;
  std::optional<Judges> judges_;
  std::set<FaultNumber> drawn_;  // the faults that the seed brought, not a step
  std::list<Watch> watches_;
  std::map<std::string, Instant> anchors_;
  std::map<std::string, nlohmann::json> answers_;  // to calls, by the label of their step
  /// End expectations with `within … after`: the instant at which the claim came true first, since its anchor.
  std::map<const Expectation*, Instant> came_true_;
  std::vector<const Expectation*> anchored_;
  std::uint64_t judged_events_ = 0;
  std::optional<Instant> crossing_;  // FirstCrossing() when they were judged last; nothing happened since
  std::vector<ExpectationResult> results_;
  bool failed_ = false;

  // What CheckProgress counts.
  Instant instant_;
  std::uint64_t steps_at_instant_ = 0;
  std::uint64_t progress_ = 0;
  std::uint64_t steps_without_progress_ = 0;

  // What waited when the first claim about time did not come true.
  std::vector<std::string> waiting_;
  std::optional<Instant> waiting_at_;
  // What waited when the time to converge ran out; a fault that heals later gives it anew.
  std::vector<std::string> late_;
  std::optional<Instant> late_at_;
  std::optional<Instant> last_step_;  // when the last step of the timeline had returned
};

}  // namespace crrsim
