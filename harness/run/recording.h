// What a run leaves behind: an observer that keeps what claims, reports and lag figures need, and no more.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/run.h"
#include "harness/scenario/scenario.h"
#include "registry_model/events.h"

namespace crrsim {

/// How often a pattern matched, and where in the stream first and last.
struct PatternMatches {
  std::int64_t count = 0;
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};

class Recording : public Observer {
 public:
  /// Registers a pattern to be counted from now on. The pattern must outlive the recording.
  void Watch(const EventPattern& pattern) { patterns_.emplace(&pattern, PatternMatches{}); }
  [[nodiscard]] const PatternMatches& MatchesOf(const EventPattern& pattern) const { return patterns_.at(&pattern); }

  /// The same for deliveries of event buses.
  void Watch(const DeliveredPattern& pattern) { deliveries_.emplace(&pattern, 0); }
  [[nodiscard]] std::int64_t DeliveriesOf(const DeliveredPattern& pattern) const { return deliveries_.at(&pattern); }
  /// Whether any event was sent to this bus, delivered or not.
  [[nodiscard]] bool WasSentTo(const RegistryKey& bus) const { return buses_.contains(bus); }

  void OnEvent(const Event& event) override;

  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] Instant last_event() const { return last_event_; }
  /// Events that changed something: not failed attempts, refusals, reads and reports of them.
  [[nodiscard]] std::uint64_t progress() const { return progress_; }
  /// Jobs that were queued and have not ended.
  [[nodiscard]] std::size_t open_jobs() const { return rows_.size(); }
  /// When the last job ended.
  [[nodiscard]] std::optional<Instant> last_job_end() const { return last_job_end_; }
  /// One row a job, in the order of queueing.
  [[nodiscard]] const std::vector<ReplicationRow>& replications() const { return replications_; }
  /// Whether a client ever pushed to a repository of this name, with this tag (if one is given), in any registry.
  [[nodiscard]] bool WasPushed(const RepositoryName& repository, const std::optional<Tag>& tag) const;
  [[nodiscard]] bool WasStored(const Digest& digest) const { return stored_.contains(digest); }
  [[nodiscard]] bool RepositoryExisted(const RepositoryName& repository) const {
    return repositories_.contains(repository);
  }
  /// The registry that took the last push of this name and tag.
  [[nodiscard]] std::optional<RegistryKey> LastPushedTo(const ImageReference& image) const;
  /// Whether a finished scan of this digest, anywhere, found something.
  [[nodiscard]] bool FoundSomewhere(const Digest& digest) const { return found_.contains(digest); }
  /// When the last fault ended.
  [[nodiscard]] std::optional<Instant> last_heal() const { return last_heal_; }

  /// All but the patterns, which are not its own.
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("events", self.events_);
    visit("lastEvent", self.last_event_);
    visit("replications", self.replications_);
    visit("rows", self.rows_);
    visit("invisible", self.invisible_);
    visit("pushed", self.pushed_);
    visit("pushedDigests", self.pushed_digests_);
    visit("stored", self.stored_);
    visit("found", self.found_);
    visit("repositories", self.repositories_);
    visit("lastHeal", self.last_heal_);
  }

 private:
  void Count(const Event& event);
  void NoteDelivery(const BusEvent& event);
  void NoteVisible(const RegistryKey& registry, const RepositoryName& repository, const std::optional<Tag>& tag,
                   const Digest& digest, Instant when);

  std::uint64_t events_ = 0;
  Instant last_event_;
  std::uint64_t progress_ = 0;
  std::optional<Instant> last_job_end_;
  std::map<const EventPattern*, PatternMatches> patterns_;
  std::map<const DeliveredPattern*, std::int64_t> deliveries_;
  std::set<RegistryKey> buses_;
  std::vector<ReplicationRow> replications_;
  std::map<JobId, std::size_t> rows_;                        // of running jobs
  std::set<std::pair<Replication, std::size_t>> invisible_;  // rows not visible yet; `source` left out of the key
  std::map<std::pair<RepositoryName, std::optional<Tag>>, RegistryKey> pushed_;
  std::map<std::pair<RepositoryName, Digest>, RegistryKey> pushed_digests_;
  std::set<Digest> stored_;
  std::set<Digest> found_;
  std::set<RepositoryName> repositories_;
  std::optional<Instant> last_heal_;
};

/// The lags of all jobs from one registry to another whose image became visible, in ascending order.
std::vector<Duration> LagsOf(const std::vector<ReplicationRow>& replications, const RegistryKey& from,
                             const RegistryKey& to);

/// What became of the jobs from one registry to another.
struct WayLags {
  std::vector<Duration> arrived;   // the lags of those whose image became visible, ascending
  std::vector<Instant> under_way;  // when each that has not ended was queued, ascending
  std::size_t failed = 0;          // that ended without their image having become visible
};
WayLags LagsBetween(const std::vector<ReplicationRow>& replications, const RegistryKey& from, const RegistryKey& to);

/// The place, from 1, of a percentile among so many sorted values (nearest rank). Requires at least one.
std::size_t RankOf(std::size_t count, std::int64_t percent);
/// The smallest value that at least `percent` of the values do not exceed (nearest rank). Requires sorted, non-empty
/// values.
Duration QuantileOf(const std::vector<Duration>& sorted, std::int64_t percent);

/// Fills in what a report takes from the world and its recording: digests, images, replications, bill, faults and the
/// assumptions consulted, to which the units of the bill are added.
void ReportWorld(World& world, const Recording& recording, RunResult& result);

}  // namespace crrsim
