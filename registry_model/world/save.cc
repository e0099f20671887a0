// A world as a value: saving, loading, hashing.
#include <utility>

#include "registry_model/world/world.h"

namespace crrsim {

namespace {

constexpr std::string_view kMagic = "crrsim world 6\n";

}  // namespace

template <class Archive, class Self>
void World::VisitState(Self& self, Archive&& archive) {
  archive(self.seed_);
  archive(self.same_instant_);
  archive(self.scan_duration_);
  archive(self.restore_duration_);
  archive(self.lifecycle_period_);
  archive(self.call_rates_enforced_);
  archive(self.backfill_options_);
  archive(self.api_options_);
  archive(self.regions_);
  archive(self.links_);
  archive(self.limits_);
  archive(self.now_);
  archive(self.queue_);
  archive(self.background_);
  archive(self.network_);
  archive(self.network_wake_);
  archive(self.registries_);
  archive(self.assumptions_);
  archive(self.faults_);
  archive(self.requests_);
  archive(self.transfers_);
  archive(self.partials_);
  archive(self.duplicates_);
  archive(self.duplicates_made_);
  archive(self.late_messages_);
  archive(self.scans_);
  archive(self.scan_of_);
  archive(self.scans_started_);
  archive(self.restores_);
  archive(self.restore_of_);
  archive(self.restores_begun_);
  archive(self.lifecycles_);
  archive(self.lifecycle_of_);
  archive(self.lifecycles_started_);
  archive(self.findings_);
  archive(self.backfills_);
  archive(self.listings_);
  archive(self.replication_roles_);
  archive(self.call_rates_);
  archive(self.delayed_events_);
  archive(self.events_delayed_);
  archive(self.tie_stream_);
  archive(self.id_stream_);
  archive(self.backfill_ids_);
  archive(self.bus_fault_stream_);
  archive(self.run_digest_);
  archive(self.statuses_);
  archive(self.ledger_);
  archive(self.bus_);
}

std::string World::Save() const {
  CRRSIM_CHECK(!feeding_ && pushes_.empty() && deletions_.empty(), "a world is saved between events, not within one");
  Writer writer;
  VisitState(*this, [&](const auto& part) { writer.Put(part); });
  engine_->Save(writer);
  Writer file;
  file.PutBytes(kMagic.data(), kMagic.size());
  file.Put(HashBytes(writer.bytes()));
  file.PutBytes(writer.bytes().data(), writer.bytes().size());
  return file.TakeBytes();
}

Result<World, ParseError> World::Load(std::string_view bytes) {
  return Load(bytes, MakeStandardEngine(EngineOptions{}));
}

Result<World, ParseError> World::Load(std::string_view bytes, std::unique_ptr<ReplicationEngine> engine) {
  if (!bytes.starts_with(kMagic)) return ParseError{"these are not the bytes of a saved world of this version"};
  bytes.remove_prefix(kMagic.size());
  try {
    Reader head(bytes);
    const auto expected = head.Get<Hash128>();
    const auto body = bytes.substr(2 * sizeof(std::uint64_t));
    if (HashBytes(body) != expected) return ParseError{"the saved world is damaged: its check value does not fit"};
    Reader reader(body);
    World world(WorldConfig{}, std::move(engine));
    VisitState(world, [&](auto& part) { part = reader.Get<std::remove_cvref_t<decltype(part)>>(); });
    world.site_of_ = SitesOf(world.regions_);
    if (std::exchange(world.late_messages_, false)) world.KeepLeases();
    world.engine_->Load(reader);
    if (!reader.at_end()) return ParseError{"the saved world has bytes left over"};
    return world;
  } catch (const ArchiveError& error) {
    return ParseError{fmt::format("the saved world cannot be read: {}", error.what())};
  }
}

Hash128 World::StateHashValue() const {
  StateHash hash;
  const auto add = [&](std::string_view kind, const auto&... parts) {
    Writer writer(InstantMode::kLeftOut);
    writer.PutText(kind);
    (writer.Put(parts), ...);
    hash.Add(HashBytes(writer.bytes()));
  };
  for (const auto& [key, registry] : registries_) {
    add("registry", key, registry.replication, registry.policy, registry.templates, registry.account_settings,
        registry.scanning, registry.mounts, registry.opted_in);
    for (const auto& [begun, scans] : registry.scans) {
      const auto clock = ClockOf(key.region);
      if (begun + Hours(24) > clock) add("scans of the day", key, begun - clock, scans);
    }
    registry.repositories.ForEachSorted([&, &owner = key](const RepositoryName& name, const Cow<Repository>& one) {
      add("repository", owner, name, *one);
    });
  }
  for (const auto& [number, fault] : faults_.all()) {
    if (fault.in_force) add("fault", fault.name, fault.what);
    if (!fault.began) add("planned fault", fault.name, fault.what, fault.duration);
  }
  for (const auto& [image, findings] : findings_) add("findings", image, findings);
  for (const auto& [number, scan] : scans_) {
    add("scan", scan.registry, scan.repository, scan.digest);
  }
  for (const auto& [number, restore] : restores_) {
    add("restore", restore.registry, restore.repository, restore.digest, restore.origin);
  }
  for (const auto& [repository, run] : lifecycles_) add("lifecycle", repository, run.due - now_);
  const auto digest_of = [](const ManifestPtr& manifest) { return manifest ? manifest->digest : Digest(); };
  // What is under way counts by what it is and how far off it is, never by its number.
  requests_.ForEachSorted([&](RequestId, const PendingRequest& request) {
    add("request", request.ask.step, *request.ask.replication, request.ask.content, digest_of(request.ask.manifest),
        request.ask.tags, request.phase, request.answer, request.void_lease, request.deadline - now_);
  });
  transfers_.ForEachSorted([&](TransferId, const ActiveTransfer& transfer) {
    const auto delivered = transfer.flow ? network_.Delivered(now_, *transfer.flow) : ByteCount();
    add("transfer", *transfer.start.replication, transfer.start.blob, transfer.kept + delivered,
        transfer.standstill ? std::optional(now_ - transfer.standstill->since) : std::nullopt, transfer.stalls.size());
  });
  for (const auto& [key, partial] : partials_) add("partial", key, partial.kept);
  for (const auto& [number, ask] : duplicates_) {
    add("duplicate", ask.step, *ask.replication, digest_of(ask.manifest), ask.tags);
  }
  for (const auto& [number, backfill] : backfills_.all()) {
    const auto ended =
        backfill.ended_at ? std::optional(ClockOf(backfill.source.region) - *backfill.ended_at) : std::nullopt;
    add("backfill", backfill.source, backfill.destination, backfill.status, ended, backfill.units, backfill.next);
  }
  for (const auto& account : replication_roles_) add("replication role", account);
  for (const auto& [called, rested_at] : call_rates_.rested_at()) {
    if (rested_at > now_) add("call rate", called, rested_at - now_);
  }
  for (const auto& [number, delayed] : delayed_events_) {
    add("delayed event", delayed.event.registry, delayed.event.detail, delayed.copy, delayed.arrives_at - now_);
  }
  engine_->AddTo(hash, now_);
  return hash.value();
}

}  // namespace crrsim
