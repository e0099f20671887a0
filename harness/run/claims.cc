#include "harness/run/claims.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/run/claim_text.h"
#include "harness/run/event_fields.h"

namespace crrsim {

namespace {

/// What every judge looks at.
struct View {
  const Scenario& scenario;
  const World& world;
  const Recording& recording;

  [[nodiscard]] std::string Name(const RegistryKey& registry) const { return scenario.NameOf(registry); }
  [[nodiscard]] const Repository* Find(const RegistryKey& registry, const RepositoryName& name) const {
    const auto* found = world.FindRegistry(registry);
    return found == nullptr ? nullptr : found->Find(name);
  }
  [[nodiscard]] const Image* Find(const RegistryKey& registry, const ImageReference& image) const {
    const auto* repository = Find(registry, image.repository);
    if (repository == nullptr) return nullptr;
    return image.tag ? repository->FindImage(*image.tag) : repository->FindImage(*image.digest);
  }
};

Judgement Holds(std::string observed) { return {true, std::move(observed)}; }
Judgement Broken(std::string observed) { return {false, std::move(observed)}; }

bool Known(const ImageReference& image, const Recording& recording) {
  return image.tag ? recording.WasPushed(image.repository, image.tag) : recording.WasStored(*image.digest);
}

// ---- Images -----------------------------------------------------------------------------------------------------

Judgement JudgeFindings(const ImageClaim& claim, const View& view, const Image& image) {
  const auto where = view.Name(claim.in);
  const bool finished = image.scan && image.scan->status == ScanStatus::kComplete;
  if (claim.no_findings) {
    if (image.scan && !image.scan->findings.empty()) {
      return Broken(fmt::format("a scan in {} found {}", where, TextOf(image.scan->findings)));
    }
    if (!view.recording.FoundSomewhere(image.manifest->digest)) {
      return Broken("no scan of this image in any registry found anything, so none could have been carried over");
    }
    return Holds(
        fmt::format("no findings in {}, where {}", where, image.scan ? "a scan found none" : "it was not scanned"));
  }
  if (!finished) return Broken(fmt::format("no finished scan in {}", where));
  const auto observed = fmt::format("findings {} in {}", TextOf(image.scan->findings), where);
  return image.scan->findings == *claim.findings ? Holds(observed) : Broken(observed);
}

Judgement JudgeAbsent(const ImageClaim& claim, const View& view, const Image* image) {
  const auto where = view.Name(claim.in);
  if (image != nullptr)
    return Broken(fmt::format("{} is in {} as {}", ToText(claim.image), where, image->manifest->digest.short_text()));
  if (!Known(claim.image, view.recording)) {
    return Broken(fmt::format("{} was never pushed anywhere, so its absence proves nothing", ToText(claim.image)));
  }
  return Holds(fmt::format("{} is not in {}", ToText(claim.image), where));
}

Judgement JudgeDetails(const ImageClaim& claim, const View& view, const Image& image) {
  const auto digest = image.manifest->digest;
  const auto where = view.Name(claim.in);
  if (claim.is == ImageClaim::Is::kUntagged && !image.tags.empty()) {
    return Broken(fmt::format("{} in {} has tag {}", digest.short_text(), where, image.tags.begin()->text()));
  }
  if (claim.same_digest_as) {
    const auto* other = view.Find(*claim.same_digest_as, claim.image);
    if (other == nullptr)
      return Broken(fmt::format("{} is not in {}", ToText(claim.image), view.Name(*claim.same_digest_as)));
    if (other->manifest->digest != digest) {
      return Broken(fmt::format("{} in {}, {} in {}", digest.short_text(), where, other->manifest->digest.short_text(),
                                view.Name(*claim.same_digest_as)));
    }
  }
  if (claim.digest && *claim.digest != digest) return Broken(fmt::format("digest {} in {}", digest.text(), where));
  if (claim.media_type && *claim.media_type != image.manifest->media_type) {
    return Broken(fmt::format("media type {} in {}", image.manifest->media_type, where));
  }
  if (claim.status && *claim.status != NameOf(image.storage.status)) {
    return Broken(fmt::format("{} in {} is {}", digest.short_text(), where, NameOf(image.storage.status)));
  }
  if (claim.tags && TagSet(claim.tags->begin(), claim.tags->end()) != image.tags) {
    return Broken(fmt::format("{} in {} has {}", digest.short_text(), where, TextOf(image.tags)));
  }
  return Holds(fmt::format("{} in {}{}", digest.text(), where,
                           claim.same_digest_as ? " and in " + view.Name(*claim.same_digest_as) : ""));
}

Judgement JudgeOne(const ImageClaim& claim, const View& view) {
  const auto* image = view.Find(claim.in, claim.image);
  if (claim.is == ImageClaim::Is::kAbsent) return JudgeAbsent(claim, view, image);
  if (image == nullptr) {
    const auto* never = Known(claim.image, view.recording) ? "" : "; it was never pushed anywhere";
    return Broken(fmt::format("{} is not in {}{}", ToText(claim.image), view.Name(claim.in), never));
  }
  auto details = JudgeDetails(claim, view, *image);
  if (!details.held || (!claim.no_findings && !claim.findings)) return details;
  return JudgeFindings(claim, view, *image);
}

// ---- Repositories ------------------------------------------------------------------------------------------------

Judgement JudgeSettings(const RepositoryClaim& claim, const Repository& repository) {
  const auto& settings = repository.settings;
  if (claim.created_by && *claim.created_by != repository.created_by) {
    return Broken(fmt::format("created by {}", NameOf(repository.created_by)));
  }
  if (claim.template_prefix && *claim.template_prefix != repository.template_prefix) {
    return Broken(repository.template_prefix.empty() ? "no creation template applied"
                                                     : fmt::format("template {} applied", repository.template_prefix));
  }
  if (claim.mutability && *claim.mutability != NameOf(settings.mutability)) {
    return Broken(fmt::format("imageTagMutability is {}", NameOf(settings.mutability)));
  }
  if (claim.encryption_type && *claim.encryption_type != settings.encryption_type) {
    return Broken(fmt::format("encryptionType is {}", settings.encryption_type));
  }
  if (claim.scan_on_push && *claim.scan_on_push != settings.scan_on_push) {
    return Broken(fmt::format("scanOnPush is {}", settings.scan_on_push));
  }
  if (claim.no_repository_policy && settings.repository_policy.has_value()) return Broken("it has a repository policy");
  if (claim.no_lifecycle_policy && !settings.lifecycle_policy.empty()) return Broken("it has a lifecycle policy");
  const auto images = static_cast<std::int64_t>(repository.images.size());
  const auto held = Counted(repository.images.size(), "image");
  if (!Within(claim.images, images)) return Broken(held);
  return Holds(fmt::format("created by {}, {}, {}, {}", NameOf(repository.created_by), NameOf(settings.mutability),
                           settings.encryption_type, held));
}

Judgement JudgeOne(const RepositoryClaim& claim, const View& view) {
  const auto* repository = view.Find(claim.in, claim.repository);
  const auto where = view.Name(claim.in);
  if (claim.absent) {
    if (repository != nullptr) return Broken(fmt::format("{} exists in {}", claim.repository.text(), where));
    if (!view.recording.RepositoryExisted(claim.repository)) {
      return Broken(
          fmt::format("no registry ever had a repository {}, so its absence proves nothing", claim.repository.text()));
    }
    return Holds(fmt::format("{} does not exist in {}", claim.repository.text(), where));
  }
  if (repository == nullptr) return Broken(fmt::format("{} does not exist in {}", claim.repository.text(), where));
  return JudgeSettings(claim, *repository);
}

// ---- Replication and figures ----------------------------------------------------------------------------------------

Judgement JudgeOne(const ReplicationClaim& claim, const View& view) {
  const auto* image = view.Find(claim.from, claim.image);
  if (image == nullptr) {
    return Broken(
        fmt::format("{} is not in {}, so it has no replication status", ToText(claim.image), view.Name(claim.from)));
  }
  const auto statuses = view.world.StatusOf({claim.from, claim.image.repository, image->manifest->digest});
  for (const auto& entry : statuses) {
    if (claim.to && entry.destination != *claim.to) continue;
    const auto observed =
        fmt::format("{}{} for {}", NameOf(entry.status),
                    entry.failure == FailureCode::kNone ? "" : fmt::format(" ({})", NameOf(entry.failure)),
                    view.Name(entry.destination));
    const bool right =
        claim.status && entry.status == *claim.status && (!claim.failure || *claim.failure == NameOf(entry.failure));
    return right ? Holds(observed) : Broken(observed);
  }
  const auto observed = fmt::format("no replication status{}", claim.to ? " for " + view.Name(*claim.to) : "");
  return claim.status ? Broken(observed) : Holds(observed);
}

/// Config and distinct layers of all images of a repository, each once.
ByteCount ContentOf(const Repository& repository) {
  std::set<Digest> seen;
  ByteCount total;
  repository.images.ForEachSorted([&](const Digest&, const Image& image) {
    for (const auto& blob : image.manifest->blobs) {
      if (seen.insert(blob.digest).second) total += blob.size;
    }
  });
  return total;
}

/// Says that no registry ever had a repository; empty when one had.
std::string NeverExisted(const RepositoryName& repository, const Recording& recording) {
  if (recording.RepositoryExisted(repository)) return {};
  return fmt::format("no registry ever had a repository {}", repository.text());
}

/// Whether bounds say in so many words that there is nothing.
bool ClaimsNothing(const Bounds<ByteCount>& bounds) {
  return bounds.exactly == ByteCount() || bounds.at_most == ByteCount();
}

Judgement JudgeOne(const TransferClaim& claim, const View& view) {
  const auto* repository = view.Find(claim.from, claim.repository);
  if (repository == nullptr || repository->images.empty()) {
    return Broken(fmt::format("{} has no image in {}, so nothing could be transferred", claim.repository.text(),
                              view.Name(claim.from)));
  }
  ByteCount useful;
  ByteCount wasted;
  bool any = false;
  for (const auto& row : view.world.bill().transfers) {
    if (row.source != claim.from || row.destination != claim.to || row.repository != claim.repository) continue;
    any = true;
    useful += row.useful;
    wasted += row.wasted;
  }
  if (!any && !ClaimsNothing(claim.useful) && claim.times != 0) {
    return Broken(fmt::format("nothing of {} was moved from {} to {} (to claim that, write exactly: 0B)",
                              claim.repository.text(), view.Name(claim.from), view.Name(claim.to)));
  }
  const auto observed = fmt::format("{} bytes useful, {} wasted", useful.bytes(), wasted.bytes());
  if (claim.times) {
    const auto content = ContentOf(*repository);
    if (useful.bytes() != static_cast<Int128>(content.bytes()) * *claim.times) {
      return Broken(fmt::format("{}; config and distinct layers are {} bytes", observed, content.bytes()));
    }
  }
  return Within(claim.useful, useful) && Within(claim.wasted, wasted) ? Holds(observed) : Broken(observed);
}

ByteCount StoredInClass(const StorageClaim& claim, const Ledger& ledger) {
  const RepositoryKey where{claim.in, claim.repository};
  if (claim.storage_class == StorageClass::kArchive) return ledger.ArchivedNow(where);
  auto bytes = ledger.StoredNow(where);
  if (claim.storage_class == StorageClass::kStandard) bytes -= ledger.ArchivedNow(where);
  return bytes;
}

std::string ClassText(const StorageClaim& claim) {
  return claim.storage_class ? fmt::format(" in class {}", NameOf(*claim.storage_class)) : "";
}

Judgement JudgeOne(const StorageClaim& claim, const View& view) {
  const RepositoryKey where{claim.in, claim.repository};
  const auto now = view.world.ledger().StoredNow(where);
  if (!claim.month) {
    const auto of_class = StoredInClass(claim, view.world.ledger());
    const auto observed = fmt::format("{} bytes stored{}", of_class.bytes(), ClassText(claim));
    if (auto never = NeverExisted(claim.repository, view.recording); !never.empty()) return Broken(std::move(never));
    if (now == ByteCount() && !ClaimsNothing(claim.bytes) && view.Find(claim.in, claim.repository) == nullptr) {
      return Broken(fmt::format("{} has no repository {} (to claim that nothing is stored, write exactly: 0B)",
                                view.Name(claim.in), claim.repository.text()));
    }
    return Within(claim.bytes, of_class) ? Holds(observed) : Broken(observed);
  }
  const auto integral = StoredOver(claim, view.world).byte_nanoseconds;
  if (integral == 0 || now == ByteCount()) {
    return Broken(fmt::format("{} byte-seconds in {}, {} bytes stored at the end", ToDecimal(integral / 1'000'000'000),
                              ToText(*claim.month), now.bytes()));
  }
  const auto span = Nanoseconds(static_cast<std::int64_t>(integral / now.bytes()));
  const auto observed = fmt::format("{} bytes for {}{}", now.bytes(), ToShortText(span), ClassText(claim));
  return Within(claim.duration, span) ? Holds(observed) : Broken(observed);
}

Judgement JudgeOne(const LagClaim& claim, const View& view) {
  const auto found = LagsBetween(view.recording.replications(), claim.from, claim.to);
  auto lags = found.arrived;
  // A copy that is still under way lags by what has passed, at least.
  for (const auto queued_at : found.under_way) lags.push_back(view.world.now() - queued_at);
  std::sort(lags.begin(), lags.end());  // a total order
  if (lags.empty()) {
    if (found.failed != 0) {
      return Broken(
          fmt::format("{} FAILED and none arrived, so there is no lag", Counted(found.failed, "replication")));
    }
    return Broken(fmt::format("nothing replicated from {} to {}, so there is no lag", view.Name(claim.from),
                              view.Name(claim.to)));
  }
  const auto lag = QuantileOf(lags, claim.percent);
  auto observed = fmt::format("{} over {}", ToShortText(lag), Counted(lags.size(), "replication"));
  if (!found.under_way.empty()) observed += fmt::format(", {} of them not there yet", found.under_way.size());
  if (found.failed != 0) observed += fmt::format("; {} more FAILED and never arrived", found.failed);
  // What failed never arrives: without end against `at_most`, and nothing that would show a lag of `at_least`.
  const auto rank = RankOf(lags.size() + found.failed, claim.percent);
  const bool too_late = claim.lag.at_most && (rank > lags.size() || lags[rank - 1] > *claim.lag.at_most);
  const bool too_soon = claim.lag.at_least && lag < *claim.lag.at_least;
  return too_late || too_soon ? Broken(observed) : Holds(observed);
}

Judgement JudgeOne(const FaultClaim& claim, const View& view) {
  std::int64_t hits = 0;
  bool began = false;
  for (const auto& [number, fault] : view.world.faults().all()) {
    if (fault.name != claim.fault || !fault.began) continue;
    began = true;
    hits += fault.hits;
  }
  if (!began) return Broken(fmt::format("no fault {} began", claim.fault));
  const auto observed = fmt::format("{} hit {}", claim.fault, Counted(static_cast<std::size_t>(hits), "time"));
  return Within(claim.hits, hits) ? Holds(observed) : Broken(observed);
}

Judgement JudgeOne(const EventClaim& claim, const View& view) {
  const auto count = view.recording.MatchesOf(claim.pattern).count;
  const auto observed = fmt::format("{} times", count);
  if (claim.times.empty()) return count > 0 ? Holds(observed) : Broken(observed);
  if (count == 0 && view.recording.replications().empty()) {
    return Broken("nothing was replicated in this run, so the event could not have come");
  }
  return Within(claim.times, count) ? Holds(observed) : Broken(observed);
}

/// Says that no event was ever sent to a bus; empty when one was.
std::string NeverSent(const RegistryKey& bus, const Scenario& scenario, const Recording& recording) {
  if (recording.WasSentTo(bus)) return {};
  return fmt::format("no event was ever sent to the bus of {}", scenario.NameOf(bus));
}

Judgement JudgeOne(const DeliveredClaim& claim, const View& view) {
  const auto count = view.recording.DeliveriesOf(claim.pattern);
  const auto observed = fmt::format("{} times", count);
  if (claim.times.empty()) return count > 0 ? Holds(observed) : Broken(observed);
  if (count == 0) {
    auto never = NeverSent(claim.pattern.in, view.scenario, view.recording);
    if (!never.empty()) return Broken(std::move(never));
  }
  return Within(claim.times, count) ? Holds(observed) : Broken(observed);
}

Judgement JudgeOne(const RoleClaim& claim, const View& view) {
  const bool is_there = view.world.replication_roles().contains(claim.account);
  const auto observed =
      fmt::format("account {} has {} replication role", view.scenario.NameOf(claim.account), is_there ? "its" : "no");
  return is_there != claim.absent ? Holds(observed) : Broken(observed);
}

Judgement JudgeOne(const OrderClaim& claim, const View& view) {
  const PatternMatches* before = nullptr;
  const EventPattern* before_pattern = nullptr;
  for (const auto& pattern : claim.patterns) {
    const auto& matches = view.recording.MatchesOf(pattern);
    if (matches.count == 0) return Broken(fmt::format("no event matched {}", TextOf(pattern, view.scenario)));
    if (before != nullptr && before->last >= matches.first) {
      return Broken(fmt::format("event {} was {}, after event {}, the first {}", before->last,
                                TextOf(*before_pattern, view.scenario), matches.first, TextOf(pattern, view.scenario)));
    }
    before = &matches;
    before_pattern = &pattern;
  }
  return Holds(fmt::format("{} kinds of events in that order", claim.patterns.size()));
}

}  // namespace

StoredOverTime StoredOver(const StorageClaim& claim, const World& world) {
  const RepositoryKey where{claim.in, claim.repository};
  StoredOverTime stored;
  for (const auto& row : world.bill().storage) {
    if (row.where != where || row.month != *claim.month) continue;
    if (claim.storage_class != StorageClass::kArchive) stored.byte_nanoseconds += row.byte_nanoseconds;
    if (claim.storage_class != StorageClass::kStandard) stored.byte_nanoseconds += row.archived_byte_nanoseconds;
  }
  stored.rate = StoredInClass(claim, world.ledger());
  stored.stored_now = world.ledger().StoredNow(where);
  return stored;
}

Judgement Judge(const Claim& claim, const Scenario& scenario, const World& world, const Recording& recording) {
  const View view{scenario, world, recording};
  return std::visit([&](const auto& one) { return JudgeOne(one, view); }, claim);
}

std::string VacuousBecause(const Claim& claim, const Scenario& scenario, const Recording& recording) {
  if (const auto* image = std::get_if<ImageClaim>(&claim)) {
    if (!Known(image->image, recording)) return fmt::format("{} was never pushed anywhere", ToText(image->image));
  } else if (const auto* repository = std::get_if<RepositoryClaim>(&claim)) {
    return NeverExisted(repository->repository, recording);
  } else if (const auto* copy = std::get_if<ReplicationClaim>(&claim)) {
    if (!Known(copy->image, recording)) return fmt::format("{} was never pushed anywhere", ToText(copy->image));
  } else if (const auto* transfer = std::get_if<TransferClaim>(&claim)) {
    return NeverExisted(transfer->repository, recording);
  } else if (const auto* storage = std::get_if<StorageClaim>(&claim)) {
    return NeverExisted(storage->repository, recording);
  } else if (std::holds_alternative<LagClaim>(claim)) {
    if (recording.replications().empty()) return "nothing was replicated";
  } else if (const auto* delivered = std::get_if<DeliveredClaim>(&claim)) {
    return NeverSent(delivered->pattern.in, scenario, recording);
  } else if (const auto* event = std::get_if<EventClaim>(&claim)) {
    // Events of copies name their destination.
    const auto fields = EventFieldNames(event->pattern.name);
    const bool is_of_copies = std::find(fields.begin(), fields.end(), "destination") != fields.end();
    if (is_of_copies && recording.replications().empty()) return "nothing was replicated";
  }
  return {};
}

}  // namespace crrsim
