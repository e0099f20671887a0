// The data replicated from a source repository, read both ways: the volume of a month, and the integral of what is
// still at the destinations.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/ledger_events.h"

namespace crrsim {
namespace {

using namespace ledger_test;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;

const Instant kLateNovember = At("2026-11-30T23:59:50Z");
const Instant kMidnight = At("2026-12-01T00:00:00Z");
const RepositoryKey kSource{kWest, kApi};
const Way kToIreland{kWest, kIreland, kApi};
const Way kToEast{kWest, kEast, kApi};

/// What is billed of a list of events, up to an instant.
std::vector<ReplicatedRow> Replicated(const std::vector<Event>& events, Instant until) {
  Ledger ledger;
  for (const auto& event : events) ledger.OnEvent(event);
  return ledger.BillUntil(until).replicated;
}

/// A blob arrives and is stored: what the world says, in its order.
std::vector<Event> Copy(Instant when, const Way& way, const std::string& blob, ByteCount size) {
  return {Stored(when, way.to, way.repository, blob, size, Origin::kReplication), Arrived(when, way, blob, size)};
}

std::vector<Event> operator+(std::vector<Event> first, const std::vector<Event>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(LedgerReplicatedTest, VolumeBelongsToTheMonthOfArrivalAndTheIntegralGoesOn) {
  const auto rows =
      Replicated(Copy(kMidnight - Nanoseconds(4), kToIreland, "a", Bytes(10)), kMidnight + Nanoseconds(3));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(10), 40},
                                ReplicatedRow{kSource, kDecember, ByteCount(), 30}));
}

TEST(LedgerReplicatedTest, ArrivalAtMidnightBelongsToTheNewMonth) {
  const auto rows = Replicated(Copy(kMidnight, kToIreland, "a", Bytes(10)), kMidnight + Nanoseconds(3));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kDecember, Bytes(10), 30}));
}

TEST(LedgerReplicatedTest, EachDestinationCounts) {
  const auto rows =
      Replicated(Copy(kLateNovember, kToEast, "a", Bytes(10)) + Copy(kLateNovember, kToIreland, "a", Bytes(10)),
                 kLateNovember + Nanoseconds(1));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(20), 20}));
}

TEST(LedgerReplicatedTest, RemovalAtADestinationEndsTheIntegralThereAlone) {
  const auto rows =
      Replicated(Copy(kLateNovember, kToEast, "a", Bytes(10)) + Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                     std::vector{Removed(kLateNovember + Nanoseconds(2), kEast, kApi, "a", Bytes(10))},
                 kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(20), 2 * 10 + 5 * 10}));
}

TEST(LedgerReplicatedTest, RemovalAtTheSourceEndsNothing) {
  const auto rows = Replicated(std::vector{Stored(kLateNovember, kWest, kApi, "a", Bytes(10))} +
                                   Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                                   std::vector{Removed(kLateNovember, kWest, kApi, "a", Bytes(10))},
                               kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(10), 50}));
}

TEST(LedgerReplicatedTest, RemovedBlobThatIsReplicatedAgainCountsAgain) {
  const auto rows =
      Replicated(Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                     std::vector{Removed(kLateNovember + Nanoseconds(1), kIreland, kApi, "a", Bytes(10))} +
                     Copy(kLateNovember + Nanoseconds(3), kToIreland, "a", Bytes(10)),
                 kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(20), 10 + 20}));
}

TEST(LedgerReplicatedTest, WhatAClientStoredAtADestinationIsNotReplicated) {
  const auto rows =
      Replicated(Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                     std::vector{Stored(kLateNovember, kIreland, kApi, "b", Bytes(500)),
                                 Removed(kLateNovember + Nanoseconds(2), kIreland, kApi, "b", Bytes(500))},
                 kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(10), 50}));
}

TEST(LedgerReplicatedTest, BlobInAnotherRepositoryOfTheDestinationIsAnotherBlob) {
  const auto rows = Replicated(Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                                   std::vector{Stored(kLateNovember, kIreland, kWeb, "a", Bytes(10)),
                                               Removed(kLateNovember, kIreland, kWeb, "a", Bytes(10))},
                               kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(10), 50}));
}

TEST(LedgerReplicatedTest, SecondTransferOfABlobAddsVolumeAndStaysWithTheFirstSource) {
  const auto rows = Replicated(Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                                   std::vector{Arrived(kLateNovember, {kEast, kIreland, kApi}, "a", Bytes(10)),
                                               Arrived(kLateNovember, kToIreland, "a", Bytes(10)),
                                               Removed(kLateNovember + Nanoseconds(3), kIreland, kApi, "a", Bytes(10))},
                               kLateNovember + Nanoseconds(5));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{{kEast, kApi}, kNovember, Bytes(10), 0},
                                ReplicatedRow{kSource, kNovember, Bytes(20), 30}));
}

TEST(LedgerReplicatedTest, ManifestAndLayerOfTheSameBytesAreTwoThings) {
  // Manifests travel within a request, as transfers without a number.
  const std::vector<Event> events = {
      Stored(kLateNovember, kIreland, kApi, "same", Bytes(10)),
      Arrived(kLateNovember, kToIreland, "same", Bytes(10)),
      ManifestSeen(kLateNovember, kIreland, kApi, "same", Bytes(10), Origin::kReplication),
      Arrived(kLateNovember, kToIreland, "same", Bytes(10), 0),
      Removed(kLateNovember + Nanoseconds(1), kIreland, kApi, "same", Bytes(10)),
      {kLateNovember + Nanoseconds(3), ManifestRemoved{kIreland, kApi, Content("same"), Bytes(10)}}};
  EXPECT_THAT(Replicated(events, kLateNovember + Nanoseconds(9)),
              ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(20), 10 + 30}));
}

TEST(LedgerReplicatedTest, QuietMonthsHaveNoRow) {
  const auto rows =
      Replicated(Copy(kLateNovember, kToIreland, "a", Bytes(10)) +
                     std::vector{Removed(kLateNovember + Nanoseconds(1), kIreland, kApi, "a", Bytes(10))} +
                     Copy(At("2027-03-01T00:00:00Z"), kToIreland, "b", Bytes(3)),
                 At("2027-03-01T00:00:00Z"));
  EXPECT_THAT(rows, ElementsAre(ReplicatedRow{kSource, kNovember, Bytes(10), 10},
                                ReplicatedRow{kSource, {2027, 3}, Bytes(3), 0}));
}

}  // namespace
}  // namespace crrsim
