#include "registry_model/world/world.h"

#include "registry_model/mutants.h"

#include <algorithm>
#include <set>

namespace crrsim {

namespace {

Network BuildNetwork(const WorldConfig& config, const std::vector<RegionName>& regions) {
  Network network(config.seed);
  const auto site_of = [&](const RegionName& name) {
    const auto place = std::lower_bound(regions.begin(), regions.end(), name);
    CRRSIM_CHECK(place != regions.end() && *place == name, "a link names region {}", name.text());
    return SiteId{static_cast<std::uint32_t>(place - regions.begin())};
  };
  for (const auto& name : regions) {
    const auto region = std::find_if(config.regions.begin(), config.regions.end(),
                                     [&](const RegionConfig& candidate) { return candidate.name == name; });
    network.AddSite({region->egress, region->ingress});
  }
  const auto set_link = [&](SiteId from, SiteId to, const LinkConfig& link) {
    network.SetLink(config.start, from, to, {link.latency, link.jitter, link.bandwidth});
  };
  for (const auto& name : regions) set_link(site_of(name), site_of(name), config.within_region);
  std::set<std::pair<RegionName, RegionName>> linked;
  for (const auto& link : config.links) {
    set_link(site_of(link.from), site_of(link.to), link);
    CRRSIM_CHECK(link.from != link.to && linked.emplace(link.from, link.to).second, "link {} to {} is given twice",
                 link.from.text(), link.to.text());
  }
  CRRSIM_CHECK(linked.size() == regions.size() * (regions.size() - 1), "{} links between {} regions", linked.size(),
               regions.size());
  CRRSIM_CHECK(config.limits.size() <= LimitList::kMaxSize, "{} shared limits", config.limits.size());
  for (const auto& limit : config.limits) network.AddLimit(limit.bandwidth);
  return network;
}

/// By site of origin, then of destination.
std::vector<LinkConfig> LinksOf(const WorldConfig& config, const std::vector<RegionName>& regions) {
  std::vector<LinkConfig> links;
  for (const auto& from : regions) {
    for (const auto& to : regions) {
      const auto link = std::find_if(config.links.begin(), config.links.end(),
                                     [&](const LinkConfig& one) { return one.from == from && one.to == to; });
      links.push_back(from == to || link == config.links.end() ? config.within_region : *link);
      links.back().from = from;
      links.back().to = to;
    }
  }
  return links;
}

std::vector<RegionName> SortedRegions(const WorldConfig& config) {
  std::vector<RegionName> regions;
  for (const auto& region : config.regions) regions.push_back(region.name);
  // Equal names would be refused below: a total order.
  std::sort(regions.begin(), regions.end());
  CRRSIM_CHECK(std::adjacent_find(regions.begin(), regions.end()) == regions.end(), "a region is named twice");
  return regions;
}

}  // namespace

EngineOptions EngineOptionsFor(const WorldConfig& config) {
  auto options = config.engine;
  options.seed = config.seed;
  options.denial = config.assumptions.value(Assumption::kDenial);
  options.job_order = config.assumptions.value(Assumption::kJobOrder);
  return options;
}

World::World(const WorldConfig& config) : World(config, MakeStandardEngine(EngineOptionsFor(config))) {}

World::World(const WorldConfig& config, std::unique_ptr<ReplicationEngine> engine)
    : seed_(config.seed),
      same_instant_(config.same_instant),
      scan_duration_(config.scan_duration),
      restore_duration_(config.restore_duration),
      lifecycle_period_(config.lifecycle_period),
      call_rates_enforced_(config.call_rates_enforced),
      backfill_options_(config.backfill),
      api_options_(config.api),
      regions_(SortedRegions(config)),
      site_of_(SitesOf(regions_)),
      links_(LinksOf(config, regions_)),
      limits_(config.limits),
      now_(config.start),
      network_(BuildNetwork(config, regions_)),
      engine_(std::move(engine)),
      assumptions_(config.assumptions),
      faults_(config.seed),
      tie_stream_(config.seed, "queue/tie"),
      id_stream_(config.seed, "api/ids"),
      bus_fault_stream_(config.seed, "fault/bus") {
  for (const auto& account : std::set<AccountId>(config.accounts.begin(), config.accounts.end())) {
    for (const auto& region : regions_) {
      const RegistryKey key{account, region};
      registries_[key].key = key;
    }
  }
  for (const auto& key : config.opted_out) registries_.at(key).opted_in = false;
}

World::World(const World& other) = default;
World::World(World&&) noexcept = default;
World& World::operator=(const World& other) { return *this = World(other); }
World& World::operator=(World&&) noexcept = default;
World::~World() = default;

// ---- Calls ----------------------------------------------------------------------------------------------------------

ApiResult<nlohmann::json> World::ApplyJson(const Caller& caller, std::string_view operation,
                                           const nlohmann::json& request) {
  std::optional<std::string> registry_id;
  if (const auto member = request.find("registryId"); member != request.end() && member->is_string()) {
    registry_id = member->get<std::string>();
  }
  std::string repository;
  if (const auto member = request.find("repositoryName"); member != request.end() && member->is_string()) {
    repository = member->get<std::string>();
  }
  return Call(caller, registry_id, repository, operation,
              [&](ApiContext& context) { return ExecuteJson(context, operation, request); });
}

ApiResult<Registry*> World::AnsweringRegistry(const Caller& caller, const std::optional<std::string>& registry_id) {
  auto account = caller.account;
  if (registry_id) {
    const auto named = AccountId::Parse(*registry_id);
    if (!named) {
      return ApiError{
          std::string(exception::kInvalidParameter),
          fmt::format("Invalid parameter at 'registryId' failed to satisfy constraint: '{}'", named.error().message)};
    }
    account = *named;
  }
  auto* found = registries_.Find({account, caller.region});
  if (found == nullptr) {
    return ApiError{std::string(exception::kInvalidParameter),
                    fmt::format("Invalid parameter at 'registryId' failed to satisfy constraint: 'account {} has no "
                                "registry in {} in this world'",
                                account.text(), caller.region.text())};
  }
  const auto* own = FindRegistry({caller.account, caller.region});
  if (!found->opted_in || (own != nullptr && !own->opted_in)) {
    return ApiError{std::string(exception::kUnrecognizedClient),
                    "The security token included in the request is invalid."};
  }
  return found;
}

void World::NoteRefused(const RegistryKey& registry, std::string_view operation, const ApiError& error) {
  Emit<CallRefused>(registry, std::string(operation), error.exception, error.message);
}

ApiResult<Unit> World::DeleteReplicationRole(const AccountId& account) {
  if (!replication_roles_.contains(account)) {
    return ApiError{
        std::string(exception::kNoSuchEntity),
        fmt::format("The role AWSServiceRoleForECRReplication of account {} cannot be found.", account.text())};
  }
  for (const auto& [key, registry] : registries_) {
    if (key.account != account || registry.replication.rules.empty()) continue;
    return ApiError{std::string(exception::kDeleteConflict),
                    fmt::format("The role AWSServiceRoleForECRReplication of account {} is used by the replication "
                                "configuration in {}.",
                                account.text(), key.region.text())};
  }
  replication_roles_.erase(account);
  Emit<ReplicationRoleDeleted>(account);
  return Unit{};
}

// ---- Events ---------------------------------------------------------------------------------------------------------

void World::Take(Event& event) {
  event.when = now_;
  run_digest_.Add([&](Writer& writer) { AppendCanonical(event, writer); });
  const bool is_for_buses = std::visit(
      [this](const auto& body) {
        Tell(statuses_, now_, body);
        Tell(ledger_, now_, body);
        if constexpr (requires { Follow(body); }) Follow(body);
        return EventBus::Hears<std::decay_t<decltype(body)>>();
      },
      event.body);
  for (auto* observer : observers_.all) observer->OnEvent(event);
  if (is_for_buses) TellBuses(event);
  if (kHasMutants) Misbehave(event);
}

void World::Follow(const ImagePushed& push) { pushes_.push_back(push); }

void World::Follow(const ImageDeleted& deleted) {
  // It is about to go, so its manifest is kept.
  const auto* repository = registries_.at(deleted.registry).Find(deleted.repository);
  deletions_.push_back({deleted, repository->FindImage(deleted.digest)->manifest});
}

// ---- Time -----------------------------------------------------------------------------------------------------------

std::optional<Instant> World::NextInstant() const {
  const auto queued = queue_.NextInstant();
  if (!network_wake_) return queued;
  return queued ? std::min(*queued, network_wake_->when) : network_wake_->when;
}

bool World::IsDueBy(Instant until) const {
  return (network_wake_ && network_wake_->when <= until) || queue_.IsDueBy(until);
}

std::uint64_t World::DrawTie() { return same_instant_ == SameInstant::kSeeded ? tie_stream_.Next() : 0; }

EventId World::Schedule(Instant when, Scheduled what) {
  if (IsBackground(what.kind)) ++background_;
  return queue_.Schedule(when, what, DrawTie());
}

bool World::Step() {
  if (network_wake_ && queue_.IsBeforeAll(*network_wake_)) {
    AdvanceTo(network_wake_->when);
    network_wake_.reset();
    CompleteFlows();
  } else if (!queue_.empty()) {
    const auto entry = queue_.Pop();
    AdvanceTo(entry.when);
    if (IsBackground(entry.payload.kind)) --background_;
    Dispatch(entry.payload);
  } else {
    return false;
  }
  RescheduleNetworkWake();
  return true;
}

void World::AdvanceTo(Instant when) {
  CRRSIM_CHECK(when >= now_, "time runs back from {} to {}", now_.unix_nanoseconds(), when.unix_nanoseconds());
  now_ = when;
}

void World::RunUntil(Instant until) {
  CRRSIM_CHECK(until >= now_, "cannot run back to {}", until.unix_nanoseconds());
  while (IsDueBy(until)) Step();
  now_ = until;
}

RunEnd World::RunUntilIdle(Instant limit) {
  while (!IsIdle()) {
    if (!IsDueBy(limit)) return RunEnd::kLimit;
    Step();
  }
  return RunEnd::kIdle;
}

void World::Dispatch(const Scheduled& what) {
  switch (what.kind) {
    case ScheduledKind::kEngineTimer:
      return Feed(TimerFired{what.subject});
    case ScheduledKind::kRequestArrives:
      return RequestArrived(what.subject);
    case ScheduledKind::kAnswerArrives:
      return AnswerArrived(what.subject);
    case ScheduledKind::kRequestTimesOut:
      return RequestTimedOut(what.subject);
    case ScheduledKind::kFlowStarts:
      return StartFlow(what.subject);
    case ScheduledKind::kTransferStalls:
      return StallExpired(what.subject);
    case ScheduledKind::kScanEnds:
      return EndScan(what.subject);
    case ScheduledKind::kFaultEnds:
      if (faults_[what.subject].in_force) EndFault(what.subject);
      return;
    case ScheduledKind::kFaultBegins:
      return StartFault(what.subject);
    case ScheduledKind::kDuplicateArrives:
      return DuplicateArrived(what.subject);
    case ScheduledKind::kRestoreEnds:
      return EndRestore(what.subject);
    case ScheduledKind::kLifecycleEvaluates:
      return EvaluateLifecycle(what.subject);
    case ScheduledKind::kBackfillListed:
      return BackfillListed(what.subject);
    case ScheduledKind::kEventArrives:
      return EventArrives(what.subject);
  }
  CRRSIM_CHECK(false, "unknown kind {}", static_cast<int>(what.kind));
}

void World::RescheduleNetworkWake() {
  const auto next = network_.NextCompletionOrMax();
  if (next == Instant::Max()) return network_wake_.reset();
  const auto due = std::max(next, now_);
  if (network_wake_ && network_wake_->when == due) return;
  network_wake_ = queue_.TakeTurn(due, DrawTie());
}

// ---- Scans ----------------------------------------------------------------------------------------------------------

void World::StartScan(const RegistryKey& registry, const RepositoryName& repository, const Digest& digest) {
  auto& there = registries_.at(registry);
  auto& image = *there.FindMutable(repository)->images.Find(digest);
  const auto started_at = ClockOf(registry.region);
  if (there.scanning.type == ScanType::kBasic) {
    there.scans.erase(there.scans.begin(), there.scans.upper_bound(started_at - Hours(24)));
    ++there.scans[started_at];
  }
  image.scan = ImageScan{ScanStatus::kInProgress, started_at, Instant(), {}};
  const auto number = ++scans_started_;
  const SourceImage scanned{registry, repository, digest};
  StopScan(scanned);
  scan_of_.emplace(scanned, number);
  const auto ends = Schedule(now_ + scan_duration_, {ScheduledKind::kScanEnds, number});
  scans_.emplace(number, RunningScan{registry, repository, digest, started_at, ends});
  Emit<ScanStarted>(registry, repository, digest);
}

void World::EndScan(std::uint64_t number) {
  const auto scan = scans_.at(number);
  scans_.erase(number);
  scan_of_.erase({scan.registry, scan.repository, scan.digest});
  auto& image = *registries_.at(scan.registry).FindMutable(scan.repository)->images.Find(scan.digest);
  const auto found = findings_.find(scan.digest);
  auto& result = *image.scan;
  result.status = ScanStatus::kComplete;
  result.completed_at = ClockOf(scan.registry.region);
  if (found != findings_.end()) result.findings = found->second;
  Emit<ScanCompleted>(scan.registry, scan.repository, scan.digest, result.findings);
}

void World::SetFindings(const Digest& image, FindingCounts findings) { findings_[image] = std::move(findings); }

// ---- Looking --------------------------------------------------------------------------------------------------------

Index<RegionName, SiteId> World::SitesOf(const std::vector<RegionName>& regions) {
  Index<RegionName, SiteId> sites;
  for (const auto& region : regions) sites.Insert(region, SiteId{static_cast<std::uint32_t>(sites.size())});
  return sites;
}

SiteId World::SiteOf(const RegionName& region) const {
  const auto* site = site_of_.Find(region);
  CRRSIM_CHECK(site != nullptr, "region {} is not in this world", region.text());
  return *site;
}

std::optional<CopyEnds> World::EndsOf(const Replication& copy) const {
  const auto source = registries_.PlaceOf(copy.source);
  const auto destination = registries_.PlaceOf(copy.destination);
  if (!source || !destination) return std::nullopt;
  return CopyEnds{*source, *destination};
}

std::vector<ManifestPtr> World::ClosureOf(const Repository& repository, const ManifestPtr& root) const {
  if (root->children.empty()) return {root};
  // Depth first, children before their index; an index that lists itself through others cannot exist, since a digest
  // covers the digests of the children.
  std::vector<ManifestPtr> closure;
  std::vector<std::pair<ManifestPtr, std::size_t>> path = {{root, 0}};
  const auto known = [&](const Digest& digest) {
    return std::any_of(closure.begin(), closure.end(), [&](const ManifestPtr& one) { return one->digest == digest; });
  };
  while (!path.empty()) {
    auto& [manifest, next] = path.back();
    if (next == manifest->children.size()) {
      if (!known(manifest->digest)) closure.push_back(manifest);
      path.pop_back();
      continue;
    }
    const auto* child = repository.FindImage(manifest->children[next++].digest);
    if (child != nullptr && !known(child->manifest->digest)) path.emplace_back(child->manifest, 0);
  }
  return closure;
}

}  // namespace crrsim
