// A world small enough to test a replication engine with: virtual time, destinations that are sets of digests, and
// failures on demand. It keeps the rules of the dialogue (replication/engine.h) and fails the test when the engine
// breaks them, or an invariant of replication.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "registry_model/replication/engine.h"

namespace crrsim::engine_test {

/// Names for digests, so that a log reads `layer1`: the content is the name itself.
Digest BlobNamed(std::string_view name);
/// An image over blobs `<name>-config` and those named, parsed from real manifest bytes.
ManifestPtr ImageNamed(std::string_view name, const std::vector<std::string>& layers, std::int64_t layer_bytes = 1000);
ManifestPtr IndexNamed(std::string_view name, const std::vector<ManifestPtr>& children);
/// The name given to a blob or manifest above.
std::string NameOfDigest(const Digest& digest);

/// Retries at instants that a test can state.
inline EngineOptions WithoutJitter() { return {.retry_jitter_percent = 0}; }
/// What they wait after the n-th failure in a row: 1 s, 2 s, 4 s, ... 256 s, then 300 s.
inline Duration DelayAfter(std::int64_t attempt) {
  return attempt <= 9 ? Seconds(1) * (1LL << (attempt - 1)) : Minutes(5);
}

RegistryKey RegistryIn(std::string_view region, std::string_view account = "111122223333");
RepositoryName RepositoryNamed(std::string_view name);

/// One destination repository.
struct FakeRepository {
  std::set<Digest> blobs;
  std::set<Digest> manifests;
  std::map<std::string, Digest> tags;
};

/// What becomes of a transfer.
struct FakeTransfer {
  Duration takes = Milliseconds(100);
  FailureCode failure = FailureCode::kNone;
  bool is_damaged = false;
};

/// One line of the log: an instant and what was done.
struct LogLine {
  Instant when;
  std::string text;
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

class FakeWorld {
 public:
  explicit FakeWorld(const EngineOptions& options);

  // ---- What happens ----

  /// Pushes now. Manifests: children first, the image last.
  void Push(const std::vector<ManifestPtr>& manifests, std::optional<std::string> tag = "v1");
  void Push(ImageAccepted push);
  void PushAt(Instant when, ImageAccepted push);
  /// The engine is told this then.
  void GiveAt(Instant when, EngineInput input) { Schedule(when, std::move(input)); }
  void DeleteAt(Instant when, DeletionAccepted deletion);
  /// Deletes at the source now, by Push's way: the tag alone, or the image that had `tags`.
  void Delete(const ManifestPtr& manifest, std::optional<std::string> tag, const std::vector<std::string>& tags = {});
  /// Replaces what a request is answered; by default what the destination says.
  std::function<FailureCode(const Ask&)> on_ask = [](const Ask&) { return FailureCode::kNone; };
  std::function<FakeTransfer(const StartTransfer&)> on_transfer = [](const StartTransfer&) { return FakeTransfer{}; };

  /// The answers that are lost on their way back: the request was carried out, and the engine hears kTimedOut.
  std::function<bool(const Ask&)> loses_answer = [](const Ask&) { return false; };
  /// Several sources, or jobs in no order, write to one destination, so the end of a job says nothing of what is there.
  bool has_rivals = false;

  /// From where and to where Push(manifests) goes.
  RegistryKey source = RegistryIn("us-west-2");
  std::vector<RegistryKey> destinations = {RegistryIn("eu-west-1")};
  RepositoryName repository = RepositoryNamed("mservice");
  Duration latency = Milliseconds(10);  // one way; a request is carried out where it arrives

  // ---- Running ----

  [[nodiscard]] Instant now() const { return now_; }
  bool Step();
  void RunUntil(Instant until);
  /// Fails the test after `steps_max` steps.
  void RunUntilIdle(std::size_t steps_max = 1'000'000);

  // ---- Looking ----

  [[nodiscard]] ReplicationEngine& engine() { return *engine_; }
  void ReplaceEngine(std::unique_ptr<ReplicationEngine> engine) { engine_ = std::move(engine); }
  FakeRepository& At(const RegistryKey& registry, const RepositoryName& name) {
    return repositories_[{registry, name}];
  }
  /// The repository of Push(manifests) at its first destination.
  FakeRepository& Destination() { return At(destinations.front(), repository); }

  [[nodiscard]] const std::vector<LogLine>& log() const { return log_; }
  /// The log as text, `1.02s ask ...` a line; only lines that contain `what`.
  [[nodiscard]] std::vector<std::string> Lines(std::string_view what = "") const;
  [[nodiscard]] std::size_t Count(std::string_view what) const { return Lines(what).size(); }
  [[nodiscard]] const std::vector<std::pair<Instant, EngineAction>>& actions() const { return actions_; }
  /// All actions of one kind with their instants.
  template <class Action>
  [[nodiscard]] std::vector<std::pair<Instant, Action>> All() const {
    std::vector<std::pair<Instant, Action>> all;
    for (const auto& [when, action] : actions_) {
      if (const auto* one = std::get_if<Action>(&action)) all.emplace_back(when, *one);
    }
    return all;
  }
  [[nodiscard]] std::int64_t useful_bytes() const { return useful_bytes_; }
  [[nodiscard]] std::int64_t wasted_bytes() const { return wasted_bytes_; }
  [[nodiscard]] std::int64_t in_flight_most() const { return in_flight_most_; }
  [[nodiscard]] std::int64_t streams_most() const { return streams_most_; }

 private:
  struct RequestArrives {
    Ask ask;
  };
  struct TransferEnds {
    TransferId transfer;
  };
  using Happening = std::variant<RequestArrives, TransferEnds, EngineInput>;
  struct Transfer {
    StartTransfer start;
    FakeTransfer fate;
    Instant started;
    bool has_arrived = false;
  };

  void Schedule(Instant when, Happening what);
  void Give(const EngineInput& input);
  void Happen(const RequestArrives& request);
  void Happen(const TransferEnds& ends);
  void Happen(const EngineInput& input) { Give(input); }
  Answer AnswerAtDestination(const Ask& ask);
  static void Delete(const Ask& ask, FakeRepository& there);

  void CarryOut(const Ask& ask);
  void CarryOut(const StartTransfer& start);
  void CarryOut(const CancelTransfer& cancel);
  void CarryOut(const AcceptBlob& accept);
  void CarryOut(const RejectBlob& reject);
  void CarryOut(const SetTimer& timer);
  void CarryOut(const ReportQueued& report);
  void CarryOut(const ReportStarted& report);
  void CarryOut(const ReportRequeued& report);
  void CarryOut(const ReportStepFailed& report);
  void CarryOut(const ReportEnded& report);
  void NoteEnd(const ReportEnded& report);
  void Note(std::string text) { log_.push_back({now_, std::move(text)}); }
  Transfer TakeTransfer(TransferId id);

  EngineOptions options_;
  std::unique_ptr<ReplicationEngine> engine_;
  Instant now_;
  std::map<std::pair<Instant, std::uint64_t>, Happening> queue_;
  std::uint64_t sequence_ = 0;
  std::map<std::pair<RegistryKey, RepositoryName>, FakeRepository> repositories_;
  std::map<TransferId, Transfer> transfers_;
  std::set<JobId> queued_;
  std::map<JobId, ReplicationPtr> running_;
  std::map<std::pair<RegistryKey, RegistryKey>, std::int64_t> in_flight_;
  std::set<RequestId> requests_;
  std::vector<LogLine> log_;
  std::vector<std::pair<Instant, EngineAction>> actions_;
  std::int64_t useful_bytes_ = 0;
  std::int64_t wasted_bytes_ = 0;
  std::int64_t in_flight_most_ = 0;
  std::int64_t streams_most_ = 0;
};

/// Every field of an action, as text.
std::string FullText(const EngineAction& action);

}  // namespace crrsim::engine_test
