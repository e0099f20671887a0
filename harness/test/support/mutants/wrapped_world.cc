#include "harness/test/support/mutants/wrapped_world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run/runner.h"

namespace crrsim::mutants {

namespace {

class Scribe final : public Observer {
 public:
  explicit Scribe(std::vector<Event>& events) : events_(events) {}
  void OnEvent(const Event& event) override { events_.push_back(event); }

 private:
  std::vector<Event>& events_;
};

/// The first event of a kind that `fits`, from `from` on. A failure when there is none.
template <class Body, class Fits>
std::size_t FirstPlace(const Testimony& testimony, Fits fits, std::size_t from = 0) {
  for (auto place = from; place < testimony.events.size(); ++place) {
    const auto* body = std::get_if<Body>(&testimony.events[place].body);
    if (body != nullptr && fits(*body)) return place;
  }
  ADD_FAILURE() << "the run has no " << Body::kName << " to lie about";
  return 0;
}

template <class Stored>
bool Arrived(const Stored& stored) {
  return stored.origin == Origin::kReplication;
}

}  // namespace

Testimony Witness(const Scenario& scenario, std::uint64_t seed) {
  auto images = ImageLibrary::Build(scenario);
  EXPECT_TRUE(images.ok());
  Testimony testimony;
  Scribe scribe(testimony.events);
  RunOptions options;
  options.observers = {&scribe};
  Runner runner(scenario, *images, options, seed);
  const auto stop = runner.Run();
  EXPECT_FALSE(stop) << stop->reason;
  EXPECT_FALSE(runner.world().NextInstant());
  testimony.registries = runner.world().registries();
  testimony.bill = runner.world().bill();
  testimony.end = runner.world().now();
  return testimony;
}

std::vector<InvariantVerdict> JudgedBy(const Scenario& scenario, const Testimony& testimony) {
  Judges judges(scenario.world.assumptions);
  for (const auto& event : testimony.events) judges.OnEvent(event);
  judges.AtEnd({testimony.registries, testimony.bill, testimony.end, RunRest::kAtRest});
  return judges.Verdicts();
}

std::vector<std::string> Broken(const std::vector<InvariantVerdict>& verdicts) {
  std::vector<std::string> names;
  for (const auto& verdict : verdicts) {
    if (!verdict.held()) names.emplace_back(verdict.invariant->name);
  }
  return names;
}

void TellManifestsEarly(Testimony& testimony) {
  auto& events = testimony.events;
  const auto manifest = FirstPlace<ManifestStored>(testimony, Arrived<ManifestStored>);
  const auto blob = FirstPlace<BlobStored>(testimony, Arrived<BlobStored>);
  ASSERT_LT(blob, manifest);
  auto early = events[manifest];
  early.when = events[blob].when;
  events.erase(events.begin() + static_cast<std::ptrdiff_t>(manifest));
  events.insert(events.begin() + static_cast<std::ptrdiff_t>(blob), early);
}

void SweepABlobAway(Testimony& testimony) {
  auto& events = testimony.events;
  const auto manifest = FirstPlace<ManifestStored>(testimony, Arrived<ManifestStored>);
  const auto& stored = std::get<ManifestStored>(events[manifest].body);
  const Event swept{events[manifest].when,
                    BlobRemoved{stored.registry, stored.repository, stored.references.front(), {}}};
  events.insert(events.begin() + static_cast<std::ptrdiff_t>(manifest) + 1, swept);
}

void ChangeBytesOnTheWay(Testimony& testimony) {
  const auto place = FirstPlace<ManifestStored>(testimony, Arrived<ManifestStored>);
  const auto& stored = std::get<ManifestStored>(testimony.events[place].body);
  auto* image = testimony.registries.at(stored.registry).FindMutable(stored.repository)->images.Find(stored.digest);
  auto other = *image->manifest;
  other.bytes += " ";
  image->manifest = std::make_shared<const Manifest>(other);
}

void ForgetThePolicy(Testimony& testimony) {
  std::erase_if(testimony.events,
                [](const Event& event) { return std::holds_alternative<RegistryPolicyChanged>(event.body); });
}

void LoseAnImage(Testimony& testimony) {
  const auto& arrived =
      std::get<ManifestStored>(testimony.events[FirstPlace<ManifestStored>(testimony, Arrived<ManifestStored>)].body);
  Event gone;
  gone.when = testimony.events.back().when;
  gone.body =
      ManifestRemoved{arrived.registry, arrived.repository, arrived.digest, ByteCount(), StorageClass::kStandard};
  testimony.events.push_back(std::move(gone));
}

void BillAByteMore(Testimony& testimony) {
  ASSERT_FALSE(testimony.bill.transfers.empty());
  testimony.bill.transfers.front().wasted += Bytes(1);
}

void DropTheEndOfATransfer(Testimony& testimony) {
  const auto place = FirstPlace<TransferEnded>(testimony, [](const TransferEnded&) { return true; });
  testimony.events.erase(testimony.events.begin() + static_cast<std::ptrdiff_t>(place));
}

void BillWhatWasRemoved(Testimony& testimony) {
  Ledger ledger;
  for (const auto& event : testimony.events) {
    if (!std::holds_alternative<BlobRemoved>(event.body)) ledger.OnEvent(event);
  }
  testimony.bill = ledger.BillUntil(testimony.end);
}

void BackdateAnEvent(Testimony& testimony) {
  const auto place = FirstPlace<JobStarted>(testimony, [](const JobStarted&) { return true; });
  testimony.events[place].when = testimony.events[place].when - Hours(1);
}

void CarryFindingsAlong(Testimony& testimony) {
  const auto scan = FirstPlace<ScanCompleted>(testimony, [](const ScanCompleted&) { return true; });
  const auto& scanned = std::get<ScanCompleted>(testimony.events[scan].body);
  const auto* image = testimony.registries.at(scanned.registry).Find(scanned.repository)->FindImage(scanned.digest);
  const auto place = FirstPlace<ManifestStored>(testimony, [&](const ManifestStored& stored) {
    return stored.origin == Origin::kReplication && stored.digest == scanned.digest;
  });
  const auto& there = std::get<ManifestStored>(testimony.events[place].body);
  testimony.registries.at(there.registry).FindMutable(there.repository)->images.Find(there.digest)->scan = image->scan;
}

void CompleteAScanElsewhere(Testimony& testimony) {
  const auto scan = FirstPlace<ScanCompleted>(testimony, [](const ScanCompleted&) { return true; });
  const auto place = FirstPlace<ManifestStored>(testimony, Arrived<ManifestStored>);
  auto elsewhere = testimony.events[scan];
  std::get<ScanCompleted>(elsewhere.body).registry = std::get<ManifestStored>(testimony.events[place].body).registry;
  testimony.events.insert(testimony.events.begin() + static_cast<std::ptrdiff_t>(scan) + 1, elsewhere);
}

}  // namespace crrsim::mutants
