// Deliberately broken replication engines: the standard one with something wrong in what it hears or says.
//
// Each proves that a checker can fail. What an engine cannot break, since the world itself keeps it, is broken by a
// wrapped world (wrapped_world.h).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "harness/run/run.h"
#include "registry_model/replication/engine.h"

namespace crrsim::mutants {

/// Hands everything to the standard engine and back, through two places where it can be changed.
class MutantEngine : public ReplicationEngine {
 public:
  explicit MutantEngine(std::unique_ptr<ReplicationEngine> inner) : inner_(std::move(inner)) {}
  MutantEngine(const MutantEngine& other) : ReplicationEngine(other), inner_(other.inner_->Clone()) {}
  MutantEngine& operator=(const MutantEngine&) = delete;

  void Handle(Instant now, const EngineInput& input, std::vector<EngineAction>& actions) override;
  [[nodiscard]] std::size_t active_jobs() const override { return inner_->active_jobs(); }
  [[nodiscard]] std::vector<std::string> DescribeWaiting() const override { return inner_->DescribeWaiting(); }
  void Save(Writer& writer) const override { inner_->Save(writer); }
  void Load(Reader& reader) override { inner_->Load(reader); }
  void AddTo(StateHash& hash, Instant now) const override { inner_->AddTo(hash, now); }

 protected:
  /// What the standard engine hears in place of `input`.
  virtual EngineInput Heard(const EngineInput& input) { return input; }
  /// Whether the action is carried out; it may be changed. `answers` are given to the standard engine at once.
  virtual bool Says(EngineAction&, std::vector<EngineInput>& /*answers*/) { return true; }

 private:
  std::unique_ptr<ReplicationEngine> inner_;
};

/// Replicates on what arrived by replication.
EngineMaker Chains();
/// Takes damaged bytes for right ones.
EngineMaker AcceptsDamagedBytes();
/// Asks a foreign destination for admission as if it were of that account.
EngineMaker AsksUnderAnotherName();
/// Never asks for admission.
EngineMaker NeverAsks();
/// Forgets the last of several destinations.
EngineMaker ForgetsADestination();
/// Sends to one registry more than the rules name.
EngineMaker SendsTo(RegistryKey more);
/// Takes an admission for a refusal.
EngineMaker TakesYesForNo();
/// Never sets the timer of a retry.
EngineMaker LosesItsRetries();
/// Reports a job complete as soon as it has started, and does nothing.
EngineMaker SaysCompleteTooEarly();
/// Lets jobs of one tag overtake each other, though the assumption says otherwise.
EngineMaker LetsJobsOvertake();
/// Never binds the tag.
EngineMaker ForgetsTheTag();

/// Never hears of a deletion.
EngineMaker ForgetsDeletions();
/// Takes a deletion for done without asking for it.
EngineMaker NeverDeletes();
/// Deletes what has just come to a destination from `source`.
EngineMaker DeletesWhatArrives(RegistryKey source);

/// Sets a timer of this delay again and again, and does nothing else.
EngineMaker LoopsByTimer(Duration delay);
/// Asks a registry that does not exist, and asks again when it hears so.
EngineMaker LoopsAtOnce();

}  // namespace crrsim::mutants
