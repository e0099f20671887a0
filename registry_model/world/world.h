// A whole world of registries under virtual time: the object that scenarios, tests, servers and searches hold.
//
// A World is a value: it can be copied, saved, loaded and hashed between any two events, and equal worlds continue
// equally. It has no globals, reads no clock and starts no thread; hold as many as you like, each used by one thread at
// a time.
//
//   World world(config);
//   auto answer = world.Apply(Caller::RootOf(registry), PutImageRequest{...});
//   world.RunUntilIdle(world.now() + Days(2));
//
// In come API calls (`Apply`) and faults. What is scheduled is data in one queue with the total order (when, tie,
// sequence). Out go typed events, through `Emit` alone: first to the world's projections in a fixed order (run digest,
// replication status, metering, event buses), then to observers. The life of a push: Apply -> ImagePushed -> match
// (replication/match.h) -> engine (replication/engine.h) -> its actions, carried out here: messages and bytes over the
// network, faults deciding what is lost -> the destination's steps (destination.cc) -> events.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "registry_model/api/operations.h"
#include "registry_model/api/wire.h"
#include "registry_model/event_bus/event_bus.h"
#include "registry_model/metering/ledger.h"
#include "registry_model/replication/engine.h"
#include "registry_model/replication/status.h"
#include "registry_model/world/call_rates.h"
#include "registry_model/world/config.h"
#include "registry_model/world/engine_holder.h"
#include "registry_model/world/faults.h"
#include "registry_model/world/in_flight.h"
#include "sim/digest.h"
#include "sim/event_queue.h"
#include "sim/index.h"
#include "sim/network.h"
#include "sim/random.h"

namespace crrsim {

/// How far a copy is: bytes of the image's content (config and distinct layers, children included).
struct CopyProgress {
  ByteCount total;
  ByteCount delivered;  // stored at the destination, or flowed so far
  std::optional<Instant>
      reaches;  // when `wanted` bytes will be delivered at the current rates; empty when nothing flows
};

enum class RunEnd : std::uint8_t { kIdle, kLimit };

class World final : private EventSink, private ScanStarter, private BackfillRunner {
 public:
  /// Requires a config whose links and accounts name regions of it, each once (the scenario loader checks what people
  /// write).
  explicit World(const WorldConfig& config);
  /// With another engine in place of the standard one.
  World(const WorldConfig& config, std::unique_ptr<ReplicationEngine> engine);
  /// A copy has no observers.
  World(const World& other);
  World(World&&) noexcept;
  World& operator=(const World& other);
  World& operator=(World&&) noexcept;
  ~World() override;

  // ---- Calls ----

  /// One API call at the current instant; it takes no virtual time. `Request` is one of api/requests.h; the registry
  /// that answers is the one that its `registryId` names, by default the caller's own. On error  what ECR would answer;
  /// nothing was changed, and CallRefused was emitted.
  template <class Request>
  ApiResult<typename Request::Response> Apply(const Caller& caller, const Request& request) {
    return Call(caller, RegistryIdOf(request), RepositoryNameOf(request), Request::kOperation,
                [&](ApiContext& context) { return Execute(context, request); });
  }
  /// The same for requests of simulated clients (api/client_requests.h), which name the registry by its key.
  template <class Request>
  ApiResult<typename Request::Response> Apply(const Caller& caller, const RegistryKey& registry,
                                              const Request& request) {
    return Call(caller, registry.account.text(), RepositoryNameOf(request), Request::kOperation,
                [&](ApiContext& context) { return Execute(context, request); });
  }
  /// The same from the wire form: an operation's name and its JSON request. Returns its JSON response.
  ApiResult<nlohmann::json> ApplyJson(const Caller& caller, std::string_view operation, const nlohmann::json& request);

  /// Deletes an account's role AWSServiceRoleForECRReplication: IAM's DeleteServiceLinkedRole together with the outcome
  /// of its deletion task, which takes no virtual time here.
  /// On error  NoSuchEntityException, or DeleteConflictException while a region has a replication configuration.
  /// Source  ecr-replication.md 1.4 (16).
  ApiResult<Unit> DeleteReplicationRole(const AccountId& account);

  // ---- Time ----

  [[nodiscard]] Instant now() const { return now_; }
  /// The instant of the next scheduled thing.
  [[nodiscard]] std::optional<Instant> NextInstant() const;
  /// Whether there is one by then.
  [[nodiscard]] bool IsDueBy(Instant until) const;
  /// Does the next scheduled thing. Returns false when there is none.
  bool Step();
  /// Does everything up to and including `until`, which becomes the current instant. Requires until >= now().
  void RunUntil(Instant until);
  /// Whether nothing is scheduled but background housekeeping (the evaluation of lifecycle policies), which never ends.
  [[nodiscard]] bool IsIdle() const { return queue_.size() == background_ && !network_wake_; }
  /// Does everything until the world is idle (kIdle) or the next thing would come after `limit` (kLimit).
  RunEnd RunUntilIdle(Instant limit);

  // ---- Faults ----

  /// Puts a fault in force, until EndFault or for a duration. Requires regions and registries of this world.
  FaultNumber BeginFault(const std::string& name, FaultKind what, std::optional<Duration> duration = std::nullopt);
  /// The same with several that are one fault together: for one thing that goes wrong in several places. Order  as
  /// given.
  std::vector<FaultNumber> BeginFaults(const std::string& name, std::vector<FaultKind> parts,
                                       std::optional<Duration> duration = std::nullopt);
  /// Lets one begin later. Requires when >= now().
  FaultNumber PlanFault(Instant when, const std::string& name, FaultKind what,
                        std::optional<Duration> duration = std::nullopt);
  void EndFault(FaultNumber number);
  [[nodiscard]] const Faults& faults() const { return faults_; }

  // ---- Looking ----

  [[nodiscard]] const Registries& registries() const { return registries_; }
  /// Null when the world has no such registry.
  [[nodiscard]] const Registry* FindRegistry(const RegistryKey& key) const { return registries_.Find(key); }
  [[nodiscard]] std::vector<DestinationStatus> StatusOf(const SourceImage& image) const {
    return statuses_.StatusOf(image);
  }
  [[nodiscard]] const Backfills& backfills() const override { return backfills_; }
  [[nodiscard]] const ReplicationRoles& replication_roles() const { return replication_roles_; }
  /// The bill up to the current instant.
  [[nodiscard]] Bill bill() const { return ledger_.BillUntil(now_); }
  [[nodiscard]] const Ledger& ledger() const { return ledger_; }
  [[nodiscard]] const RunDigest& run_digest() const { return run_digest_; }
  [[nodiscard]] Assumptions& assumptions() { return assumptions_; }
  [[nodiscard]] const Assumptions& assumptions() const { return assumptions_; }
  [[nodiscard]] const ReplicationEngine& engine() const { return *engine_; }
  /// Requests without an outcome, and transfers that are not settled.
  [[nodiscard]] const Index<RequestId, PendingRequest>& requests() const { return requests_; }
  [[nodiscard]] const Index<TransferId, ActiveTransfer>& transfers() const { return transfers_; }
  /// Empty when the source image or the destination registry does not exist.
  [[nodiscard]] std::optional<CopyProgress> ProgressOf(const Replication& copy, ByteCount wanted) const;

  /// What a scan of the image with this digest will find, in any registry.
  void SetFindings(const Digest& image, FindingCounts findings);
  /// Requires that the observer outlives the world or is removed. Order  as added.
  void AddObserver(Observer& observer) { observers_.all.push_back(&observer); }
  void RemoveObserver(Observer& observer) { std::erase(observers_.all, &observer); }

  // ---- As a value ----

  /// All state in canonical bytes, with a check value; observers are not part of it.
  [[nodiscard]] std::string Save() const;
  /// On error  the bytes are not those of a Save of this version.
  static Result<World, ParseError> Load(std::string_view bytes);
  static Result<World, ParseError> Load(std::string_view bytes, std::unique_ptr<ReplicationEngine> engine);
  /// Identifies the state without sequence numbers, run digest and absolute time: equal for states that differ only in
  /// how and when they came about. Walks the whole state.
  [[nodiscard]] Hash128 StateHashValue() const;

 private:
  template <class Body>
  auto Call(const Caller& caller, const std::optional<std::string>& registry_id, std::string_view repository,
            std::string_view operation, Body body) -> decltype(body(std::declval<ApiContext&>()));
  std::optional<ApiError> FaultOfCall(const RegistryKey& registry, std::string_view repository,
                                      std::string_view operation);
  ApiError Throttled();
  void NoteAnswered(const RegistryKey& registry, const ApiError* error);
  void Take(Event& event) override;
  void StartScan(const RegistryKey& registry, const RepositoryName& repository, const Digest& digest) override;
  ApiResult<Registry*> AnsweringRegistry(const Caller& caller, const std::optional<std::string>& registry_id);
  void NoteRefused(const RegistryKey& registry, std::string_view operation, const ApiError& error);

  // What the world itself does about an event: overloads for the kinds that it follows.
  void Follow(const ImagePushed& push);
  void Follow(const ImageDeleted& deleted);
  void Follow(const ManifestRemoved& removed);
  void Follow(const StorageClassChanged& changed);
  void Follow(const RepositoryCreated& created);
  void Follow(const RepositorySettingChanged& changed);
  void Follow(const RepositoryDeleted& deleted);

  // world.cc: the queue
  std::uint64_t DrawTie();
  EventId Schedule(Instant when, Scheduled what);
  void AdvanceTo(Instant when);
  void Dispatch(const Scheduled& what);
  void RescheduleNetworkWake();
  void EndScan(std::uint64_t number);
  // restores.cc: what was archived comes back
  void BeginRestore(const StorageClassChanged& begun);
  void EndRestore(std::uint64_t number);
  /// Forgets what runs for an image, if anything does, and its end.
  template <class Running>
  void StopRunning(std::map<std::uint64_t, Running>& running, std::map<SourceImage, std::uint64_t>& number_of,
                   const SourceImage& image);
  void StopScan(const SourceImage& image);
  void StopWhatIsMoot(const SourceImage& image);
  void ScanOnArrival(const RegistryKey& registry, const RepositoryName& repository, const Manifest& manifest) override;

  // lifecycle.cc
  void StartLifecycle(const RepositoryKey& repository);
  void StopLifecycle(const RepositoryKey& repository);
  void EvaluateLifecycle(std::uint64_t number);

  // actions.cc: what the engine wants done
  void AcceptPushes();
  void AcceptDeletions();
  template <class Input>
  void Feed(Input&& input) {
    inputs_.emplace_back(std::forward<Input>(input));
    if (!feeding_) FeedAll();
  }
  void FeedAll();
  void CarryOut(Ask&& action);
  void CarryOut(StartTransfer&& action);
  void CarryOut(const CancelTransfer& action);
  void CarryOut(const AcceptBlob& action);
  void CarryOut(const RejectBlob& action);
  void CarryOut(const SetTimer& action);
  void CarryOut(const ReportQueued& action);
  void CarryOut(const ReportStarted& action);
  void CarryOut(const ReportStepFailed& action);
  void CarryOut(const ReportEnded& action);
  void StartFlow(TransferId id);
  void CompleteFlows();
  void StallExpired(TransferId id);
  /// Nothing is scheduled for it any more.
  ActiveTransfer RemoveTransfer(TransferId id);
  void EndTransfer(TransferId id, ByteCount useful, ByteCount wasted, FailureCode failure);
  ByteCount StopFlow(ActiveTransfer& transfer);
  void CarryOut(const ReportRequeued& action);
  void VoidLeasesOf(JobId job);
  void KeepLeases();
  void EraseRequest(RequestId id, JobId job);
  void DropPartialsOf(JobId job);
  void EndPartial(const PartialKey& key, const PartialTransfer& partial, ByteCount wasted);

  // fault_effects.cc: what faults do to what is under way
  void StartFault(FaultNumber number);
  void HitFault(FaultNumber number);
  void HitFault(const std::optional<FaultNumber>& fault) {
    if (fault) HitFault(*fault);
  }
  void ApplyFault(FaultNumber number, const FaultKind& what);
  void LiftFault(const FaultKind& what);
  void UpdateCut(const RegionName& from, const RegionName& to);
  void UpdateLink(const RegionName& from, const RegionName& to);
  [[nodiscard]] BytesPerSecond BandwidthOf(const LinkConfig& link) const;
  [[nodiscard]] std::optional<FaultNumber> HoldingUp(const RegionName& from, const RegionName& to) const;
  void HitCrossing(const Degradation& one, const std::optional<FaultNumber>& number);
  void UpdateCuts(const RegionName& region);
  template <class Which>
  [[nodiscard]] std::vector<TransferId> TransfersWhere(const Which& which) const;
  [[nodiscard]] std::vector<TransferId> Crossing(const RegionName& from, const RegionName& to) const;
  void StallMatching(FaultNumber number);
  void ResumeStalledBy(FaultNumber number);
  void PauseFlow(ActiveTransfer& transfer);
  void RunFlow(TransferId id, ActiveTransfer& transfer);
  [[nodiscard]] std::optional<FaultNumber> HolderOf(const ActiveTransfer& transfer) const;
  void ReviewStandstill(TransferId id, ActiveTransfer& transfer);
  void EndStandstill(ActiveTransfer& transfer);
  Duration MessageDelay(Registries::Place from, Registries::Place to);
  [[nodiscard]] Duration LatencyOf(const LinkConfig& link) const;
  [[nodiscard]] BytesPerSecond FlowCap(SiteId from, SiteId to) const;
  [[nodiscard]] const LinkConfig& LinkOf(SiteId from, SiteId to) const;
  /// The present instant by the clocks of a region, for what is stamped there.
  [[nodiscard]] Instant ClockOf(const RegionName& region) const { return now_ + faults_.ClockAhead(region); }
  /// For what happens in a registry now; a skew of its region's clocks hits it.
  [[nodiscard]] ContentContext ContextAt(Registry& registry, Origin origin);
  [[nodiscard]] ApiOptions OptionsOf(const RegistryKey& registry) const;

  // destination.cc: what a request does where it arrives
  void RequestArrived(RequestId id);
  void AnswerArrived(RequestId id);
  void RequestTimedOut(RequestId id);
  void DuplicateArrived(std::uint64_t number);
  Answer AnswerAt(Registry& destination, const Ask& ask);
  Answer Admit(Registry& destination, const Ask& ask);
  Answer CheckContent(Registry& destination, const Ask& ask);
  [[nodiscard]] static bool HasContent(const Repository& repository, const Content& content);
  bool MountAt(Registry& destination, const RepositoryName& name, const Digest& blob);
  Answer PutManifest(Registry& destination, const Ask& ask);
  [[nodiscard]] ContentContext ArrivalAt(Registry& registry) { return ContextAt(registry, Origin::kReplication); }
  Answer BindTagAt(Registry& destination, const Ask& ask);
  Answer DeleteAt(Registry& destination, const Ask& ask);
  void NoteReplicated(const Registry& there, const Ask& ask);
  [[nodiscard]] bool AreOptedIn(const RegistryKey& source, const RegistryKey& destination) const;

  // mutated.cc: what only mutants do (registry_model/mutants.h)
  void Misbehave(const Event& event);
  void MisbehaveAt(const ReplicationConfigured& configured);
  void MisbehaveAt(const ManifestRemoved& removed);
  void MisbehaveAt(const TagMoved& moved);
  void MisbehaveAt(const RepositorySettingChanged& changed);
  void MisbehaveAt(const ScanCompleted& scanned);
  void MisbehaveAt(const StorageClassChanged& changed);
  [[nodiscard]] std::vector<RegistryKey> DestinationsOfTheAccount(const ImagePushed& push);
  void ShareLayers(Registry& destination, const Ask& ask);
  [[nodiscard]] static ManifestPtr Rewritten(const Manifest& manifest);

  // backfills.cc
  const Backfill& StartBackfill(const RegistryKey& source, const RegistryKey& destination) override;
  void StopBackfill(BackfillNumber number) override;
  void BackfillListed(BackfillNumber number);
  void GoOnWithBackfill(BackfillNumber number);
  void CopyUnit(const BackfillUnitRef& ref);
  void NoteBackfill(BackfillNumber number);

  // bus.cc: what the event buses get
  void TellBuses(const Event& event);
  void Send(BusEvent&& event);
  void Disturb(FaultNumber number, BusEvent&& event);
  void EventArrives(std::uint64_t number);

  [[nodiscard]] static Index<RegionName, SiteId> SitesOf(const std::vector<RegionName>& regions);
  [[nodiscard]] SiteId SiteOf(const RegionName& region) const;
  /// Every account has a registry in every region, so the registries of each stand in the order of the sites.
  [[nodiscard]] SiteId SiteAt(Registries::Place registry) const {
    return SiteId{registry % static_cast<std::uint32_t>(regions_.size())};
  }
  [[nodiscard]] std::optional<CopyEnds> EndsOf(const Replication& copy) const;
  [[nodiscard]] std::vector<ManifestPtr> ClosureOf(const Repository& repository, const ManifestPtr& root) const;
  template <class Archive, class Self>
  static void VisitState(Self& self, Archive&& archive);

  // Fixed for the world's life.
  std::uint64_t seed_ = 1;
  SameInstant same_instant_ = SameInstant::kInOrder;
  Duration scan_duration_;
  Duration restore_duration_;
  Duration lifecycle_period_;
  bool call_rates_enforced_ = false;
  BackfillOptions backfill_options_;
  ApiOptions api_options_;
  std::vector<RegionName> regions_;    // by site
  Index<RegionName, SiteId> site_of_;  // follows from the regions
  std::vector<LinkConfig> links_;      // as configured, by site of origin, then of destination
  std::vector<SharedLimit> limits_;

  // State.
  Instant now_;
  EventQueue<Scheduled> queue_;
  std::uint64_t background_ = 0;  // how many of the queue are housekeeping
  Network network_;
  std::optional<Turn> network_wake_;  // when a flow completes: this changes with every flow, too often for the queue
  Registries registries_;
  EngineHolder engine_;
  Assumptions assumptions_;
  Faults faults_;
  Index<RequestId, PendingRequest> requests_;
  Index<TransferId, ActiveTransfer> transfers_;
  std::map<PartialKey, PartialTransfer> partials_;
  std::map<std::uint64_t, Ask> duplicates_;  // requests that are under way a second time
  std::uint64_t duplicates_made_ = 0;
  // What of each job is still out, kept from the first time on that a request may arrive after its job has ended: an
  // ordinary run never asks. Follows from the requests and duplicates.
  bool late_messages_ = false;
  Index<JobId, Leases> leases_;
  std::map<std::uint64_t, RunningScan> scans_;
  std::map<SourceImage, std::uint64_t> scan_of_;
  std::uint64_t scans_started_ = 0;
  std::map<std::uint64_t, RunningRestore> restores_;
  std::map<SourceImage, std::uint64_t> restore_of_;
  std::uint64_t restores_begun_ = 0;
  std::map<RepositoryKey, LifecycleRun> lifecycles_;  // of repositories with a lifecycle policy
  std::map<std::uint64_t, RepositoryKey> lifecycle_of_;
  std::uint64_t lifecycles_started_ = 0;
  std::map<Digest, FindingCounts> findings_;
  Backfills backfills_;
  std::map<BackfillNumber, EventId> listings_;  // of backfills that are PREPARING
  ReplicationRoles replication_roles_;
  CallRates call_rates_;
  std::map<std::uint64_t, DelayedEvent> delayed_events_;
  std::uint64_t events_delayed_ = 0;
  RandomStream tie_stream_;
  RandomStream id_stream_;
  RandomStream backfill_ids_{0, "backfill/ids"};  // not of the seed, like the ids of events (event_bus.h)
  RandomStream bus_fault_stream_;

  // Projections, in the order in which they hear.
  RunDigest run_digest_;
  StatusBoard statuses_;
  Ledger ledger_;
  EventBus bus_;

  // Within one call or step only.
  struct Deletion {
    ImageDeleted event;
    ManifestPtr manifest;
  };
  std::vector<ImagePushed> pushes_;
  std::vector<Deletion> deletions_;
  std::vector<EngineInput> inputs_;
  std::vector<EngineAction> actions_;
  std::vector<CompletedFlow> completed_;
  bool feeding_ = false;
  std::optional<BackfillUnitRef> queued_for_;  // the backfill of the input that the engine handles

  /// They stand outside: whoever copies a world takes none along.
  struct Observers {
    Observers() = default;
    Observers(const Observers&) {}
    Observers(Observers&&) = default;
    Observers& operator=(const Observers&) = delete;
    Observers& operator=(Observers&&) = default;
    ~Observers() = default;
    std::vector<Observer*> all;
  };
  Observers observers_;
};

template <class Body>
auto World::Call(const Caller& caller, const std::optional<std::string>& registry_id, std::string_view repository,
                 std::string_view operation, Body body) -> decltype(body(std::declval<ApiContext&>())) {
  auto registry = AnsweringRegistry(caller, registry_id);
  if (!registry) {
    NoteRefused({caller.account, caller.region}, operation, registry.error());
    return registry.error();
  }
  const auto key = (*registry)->key;
  if (call_rates_enforced_ && !call_rates_.Take(key, operation, now_)) {
    const auto throttled = Throttled();
    NoteRefused(key, operation, throttled);
    return throttled;
  }
  if (faults_.any_in_force()) {
    if (auto fault = FaultOfCall(key, repository, operation)) {
      NoteRefused(key, operation, *fault);
      return *std::move(fault);
    }
  }
  const auto options = OptionsOf(key);
  ApiContext context{caller, **registry, ClockOf(key.region), options, assumptions_, statuses_, id_stream_, *this,
                     *this,  *this,      replication_roles_};
  auto answer = body(context);
  if (!answer) NoteRefused(key, operation, answer.error());
  if (faults_.any_in_force()) NoteAnswered(key, answer ? nullptr : &answer.error());
  AcceptPushes();
  AcceptDeletions();
  RescheduleNetworkWake();
  return answer;
}

}  // namespace crrsim
