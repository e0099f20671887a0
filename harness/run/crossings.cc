#include "harness/run/crossings.h"

#include <algorithm>

#include "harness/run/claims.h"

namespace crrsim {

namespace {

/// The first of the instants after `now`.
class First {
 public:
  explicit First(Instant now) : now_(now) {}
  void Consider(Instant when) {
    if (when > now_ && (!first_ || when < *first_)) first_ = when;
  }
  [[nodiscard]] const std::optional<Instant>& first() const { return first_; }

 private:
  Instant now_;
  std::optional<Instant> first_;
};

const Duration kOneMore = Nanoseconds(1);

/// The figures at which a verdict changes.
template <class Consider>
void ForEachThreshold(const Bounds<Duration>& bounds, Consider consider) {
  if (bounds.at_least) consider(*bounds.at_least);
  if (bounds.at_most) consider(*bounds.at_most + kOneMore);
}

std::optional<Instant> CrossingOf(const LagClaim& claim, const World& world, const Recording& recording) {
  const auto lags = LagsBetween(recording.replications(), claim.from, claim.to);
  First first(world.now());
  const auto count = lags.arrived.size() + lags.under_way.size();
  ForEachThreshold(claim.lag, [&](Duration threshold) {
    // What failed counts as without end against `at_most`, and not at all for `at_least`.
    for (const auto without_end : {std::size_t{0}, lags.failed}) {
      if (count + without_end == 0) continue;
      const auto rank = RankOf(count + without_end, claim.percent);
      const auto below = std::lower_bound(lags.arrived.begin(), lags.arrived.end(), threshold);
      const auto reached = static_cast<std::size_t>(lags.arrived.end() - below) + without_end;
      // So many lags from this rank on have to reach the threshold; those queued first do so first.
      const auto needed = count + without_end - rank + 1;
      if (needed <= reached || needed - reached > lags.under_way.size()) continue;
      first.Consider(lags.under_way[needed - reached - 1] + threshold);
    }
  });
  return first.first();
}

std::optional<Instant> CrossingOf(const StorageClaim& claim, const World& world) {
  if (!claim.month) return std::nullopt;
  const auto figure = StoredOver(claim, world);
  const auto rate = figure.rate.bytes();
  if (rate <= 0) return std::nullopt;
  const auto end = StartOf(Next(*claim.month));
  const auto from = std::max(world.now(), StartOf(*claim.month));
  First first(world.now());
  const auto consider = [&](Int128 integral) {
    const auto missing = integral - figure.byte_nanoseconds;
    if (missing <= 0) return;
    const auto wait = (missing + rate - 1) / rate;
    if (wait > (end - from).nanoseconds()) return;
    first.Consider(from + Nanoseconds(static_cast<std::int64_t>(wait)));
  };
  consider(1);
  ForEachThreshold(claim.duration,
                   [&](Duration span) { consider(Int128{span.nanoseconds()} * figure.stored_now.bytes()); });
  return first.first();
}

}  // namespace

bool GrowsWithTime(const Claim& claim) {
  const auto* stored = std::get_if<StorageClaim>(&claim);
  return std::holds_alternative<LagClaim>(claim) || (stored != nullptr && stored->month);
}

std::optional<Instant> NextCrossing(const Claim& claim, const World& world, const Recording& recording) {
  if (const auto* lag = std::get_if<LagClaim>(&claim)) return CrossingOf(*lag, world, recording);
  if (const auto* stored = std::get_if<StorageClaim>(&claim)) return CrossingOf(*stored, world);
  return std::nullopt;
}

}  // namespace crrsim
