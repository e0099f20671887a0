// What the bill counts, to whom, and what it leaves out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/ledger_events.h"

namespace crrsim {
namespace {

using namespace ledger_test;  // NOLINT(google-build-using-namespace)
using testing::ElementsAre;
using testing::IsEmpty;

const Instant kStart = At("2026-11-01T00:00:00Z");
const Way kWestToIreland{kWest, kIreland, kApi};

Ledger After(const std::vector<Event>& events) {
  Ledger ledger;
  for (const auto& event : events) ledger.OnEvent(event);
  return ledger;
}

TEST(LedgerBillTest, LedgerThatHeardNothingBillsNothing) {
  const auto bill = Ledger().BillUntil(kStart);
  EXPECT_THAT(bill.storage, IsEmpty());
  EXPECT_THAT(bill.transfers, IsEmpty());
  EXPECT_THAT(bill.replicated, IsEmpty());
  EXPECT_EQ(Ledger().StoredNow({kWest, kApi}), ByteCount());
}

TEST(LedgerBillTest, StoredBytesCountFromTheirInstantToTheBill) {
  const auto ledger = After({Stored(kStart, kWest, kApi, "layer", Bytes(7))});
  EXPECT_THAT(ledger.BillUntil(kStart).storage, IsEmpty());
  EXPECT_THAT(ledger.BillUntil(kStart + Nanoseconds(3)).storage, ElementsAre(StorageRow{{kWest, kApi}, kNovember, 21}));
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), Bytes(7));
  EXPECT_EQ(ledger.StoredNow({kIreland, kApi}), ByteCount());
}

TEST(LedgerBillTest, RemovedBytesCountNoLonger) {
  const auto ledger = After({Stored(kStart, kWest, kApi, "base", Bytes(100)),
                             Stored(kStart + Seconds(1), kWest, kApi, "top", Bytes(10)),
                             Removed(kStart + Seconds(3), kWest, kApi, "base", Bytes(100))});
  EXPECT_THAT(ledger.BillUntil(kStart + Seconds(4)).storage,
              ElementsAre(StorageRow{{kWest, kApi}, kNovember, Int128{330} * 1'000'000'000}));
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), Bytes(10));
}

TEST(LedgerBillTest, BytesStoredAndRemovedAtOneInstantLeaveNoRow) {
  const auto ledger =
      After({Stored(kStart, kWest, kApi, "layer", Bytes(7)), Removed(kStart, kWest, kApi, "layer", Bytes(7))});
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).storage, IsEmpty());
}

TEST(LedgerBillTest, LayerInTwoRepositoriesCountsTwice) {
  const auto ledger =
      After({Stored(kStart, kWest, kApi, "layer", Bytes(5)), Stored(kStart, kWest, kWeb, "layer", Bytes(5)),
             Removed(kStart + Nanoseconds(2), kWest, kWeb, "layer", Bytes(5))});
  EXPECT_THAT(ledger.BillUntil(kStart + Nanoseconds(3)).storage,
              ElementsAre(StorageRow{{kWest, kApi}, kNovember, 15}, StorageRow{{kWest, kWeb}, kNovember, 10}));
}

TEST(LedgerBillTest, SecondImageWithTheSameLayerAddsOnlyWhatItsEventsSay) {
  // The layer was stored with the first image; the second brings its own config alone.
  const auto ledger =
      After({Stored(kStart, kWest, kApi, "layer", Bytes(500)), Stored(kStart, kWest, kApi, "config of 1", Bytes(3)),
             ManifestSeen(kStart, kWest, kApi, "1", ByteCount()), Stored(kStart, kWest, kApi, "config of 2", Bytes(4)),
             ManifestSeen(kStart, kWest, kApi, "2", ByteCount())});
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), Bytes(507));
}

TEST(LedgerBillTest, ManifestCountsWithTheBytesThatItsEventsGiveIt) {
  const auto ledger =
      After({ManifestSeen(kStart, kWest, kApi, "counted", Bytes(738)),
             ManifestSeen(kStart, kWest, kApi, "not counted", ByteCount()),
             {kStart + Nanoseconds(2), ManifestRemoved{kWest, kApi, Content("counted"), Bytes(738)}},
             {kStart + Nanoseconds(2), ManifestRemoved{kWest, kApi, Content("not counted"), ByteCount()}}});
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), ByteCount());
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).storage, ElementsAre(StorageRow{{kWest, kApi}, kNovember, 2 * 738}));
}

TEST(LedgerBillTest, UsefulAndWastedBytesStandApart) {
  const auto ledger =
      After({Failed(kStart, kWestToIreland, "layer", Bytes(40)), Failed(kStart, kWestToIreland, "layer", Bytes(2)),
             Arrived(kStart, kWestToIreland, "layer", Bytes(100))});
  EXPECT_THAT(ledger.BillUntil(kStart).transfers,
              ElementsAre(TransferRow{kWest, kIreland, kWest.account, kApi, Bytes(100), Bytes(42), 1}));
}

TEST(LedgerBillTest, WastedBytesAreNeitherVolumeNorReplicated) {
  const auto ledger = After({Failed(kStart, kWestToIreland, "layer", Bytes(40))});
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).replicated, IsEmpty());
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).storage, IsEmpty());
}

TEST(LedgerBillTest, EmptyBlobCountsAsTransferAndTransferCutBeforeItsFirstByteDoesNot) {
  const auto ledger = After(
      {Arrived(kStart, kWestToIreland, "empty", ByteCount()), Failed(kStart, kWestToIreland, "layer", ByteCount())});
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).transfers,
              ElementsAre(TransferRow{kWest, kIreland, kWest.account, kApi, ByteCount(), ByteCount(), 1}));
  EXPECT_THAT(ledger.BillUntil(kStart + Days(1)).replicated, IsEmpty());
}

TEST(LedgerBillTest, SourceAccountPaysForCrossAccountTransfer) {
  const auto ledger = After({Arrived(kStart, {kWest, kPartnerInIreland, kApi}, "layer", Bytes(9))});
  EXPECT_THAT(ledger.BillUntil(kStart).transfers,
              ElementsAre(TransferRow{kWest, kPartnerInIreland, AccountId::Parse("111122223333").value(), kApi,
                                      Bytes(9), ByteCount(), 1}));
}

TEST(LedgerBillTest, TransfersAreKeptApartBySourceDestinationPayerAndRepositoryAndSorted) {
  auto charged_elsewhere = Arrived(kStart, kWestToIreland, "d", Bytes(8));
  std::get<TransferEnded>(charged_elsewhere.body).payer = kPartnerInIreland.account;
  const auto ledger = After({Arrived(kStart, {kWest, kIreland, kWeb}, "e", Bytes(16)), charged_elsewhere,
                             Arrived(kStart, {kWest, kEast, kApi}, "b", Bytes(2)),
                             Arrived(kStart, {kWest, kIreland, kApi}, "c", Bytes(4)),
                             Arrived(kStart, {kIreland, kWest, kApi}, "a", Bytes(1))});
  const auto own = kWest.account;
  EXPECT_THAT(ledger.BillUntil(kStart).transfers,
              ElementsAre(TransferRow{kIreland, kWest, own, kApi, Bytes(1), ByteCount(), 1},
                          TransferRow{kWest, kIreland, own, kApi, Bytes(4), ByteCount(), 1},
                          TransferRow{kWest, kIreland, own, kWeb, Bytes(16), ByteCount(), 1},
                          TransferRow{kWest, kIreland, kPartnerInIreland.account, kApi, Bytes(8), ByteCount(), 1},
                          TransferRow{kWest, kEast, own, kApi, Bytes(2), ByteCount(), 1}));
}

TEST(LedgerBillTest, StorageIsSortedByNamesAndMonthWhateverCameFirst) {
  const auto ledger =
      After({Stored(kStart, kWest, kWeb, "a", Bytes(1)), Stored(kStart, kPartnerInIreland, kApi, "a", Bytes(1)),
             Stored(kStart, kIreland, kApi, "a", Bytes(1)), Stored(kStart, kWest, kApi, "a", Bytes(1))});
  const auto bill = ledger.BillUntil(At("2026-12-01T00:00:00.000000001Z"));
  const auto november = ByteNanoseconds(Bytes(1), Days(30));
  EXPECT_THAT(bill.storage,
              ElementsAre(StorageRow{{kIreland, kApi}, kNovember, november}, StorageRow{{kIreland, kApi}, kDecember, 1},
                          StorageRow{{kWest, kApi}, kNovember, november}, StorageRow{{kWest, kApi}, kDecember, 1},
                          StorageRow{{kWest, kWeb}, kNovember, november}, StorageRow{{kWest, kWeb}, kDecember, 1},
                          StorageRow{{kPartnerInIreland, kApi}, kNovember, november},
                          StorageRow{{kPartnerInIreland, kApi}, kDecember, 1}));
}

TEST(LedgerBillTest, OrderOfEventsAtOneInstantDoesNotChangeTheBill) {
  const std::vector<Event> events = {
      Stored(kStart, kWest, kApi, "a", Bytes(1)), Stored(kStart, kWest, kWeb, "b", Bytes(2)),
      Arrived(kStart, {kWest, kIreland, kWeb}, "b", Bytes(2)), Stored(kStart, kIreland, kWeb, "b", Bytes(2))};
  const std::vector<Event> backwards(events.rbegin(), events.rend());
  EXPECT_EQ(After(events).BillUntil(kStart + Days(70)), After(backwards).BillUntil(kStart + Days(70)));
}

TEST(LedgerBillTest, AskingForBillChangesNothing) {
  auto asked = After({Stored(kStart, kWest, kApi, "a", Bytes(5)), Arrived(kStart, kWestToIreland, "a", Bytes(5))});
  const auto silent = HashOf(asked);
  for (int day = 0; day < 100; ++day) EXPECT_FALSE(asked.BillUntil(kStart + Days(day)).transfers.empty());
  EXPECT_EQ(HashOf(asked), silent);
}

TEST(LedgerBillTest, OtherEventsChangeNoFigure) {
  const auto ledger = After({{kStart, RepositoryCreated{kWest, kApi, Origin::kClient, ""}},
                             {kStart, ImagePushed{kWest, kApi, Content("1"), {}}},
                             {kStart, TransferStarted{1, 1, kWest, kIreland, kApi, Content("a"), Bytes(5)}},
                             {kStart, RepositoryDeleted{kWest, kApi}}});
  EXPECT_EQ(ledger.BillUntil(kStart + Days(1)), Bill());
}

// ---- What only a defect of the world can say ------------------------------------------------------------------------

TEST(LedgerDefectTest, RemovingMoreThanIsStoredIsADefect) {
  auto ledger = After({Stored(kStart, kWest, kApi, "a", Bytes(5))});
  EXPECT_THROW(ledger.OnEvent(Removed(kStart, kWest, kApi, "a", Bytes(6))), Defect);
  EXPECT_THROW(ledger.OnEvent(Removed(kStart, kWest, kWeb, "a", Bytes(1))), Defect);
  EXPECT_THROW(ledger.OnEvent({kStart, ManifestRemoved{kWest, kApi, Content("1"), Bytes(6)}}), Defect);
}

TEST(LedgerDefectTest, RemovingABlobTwiceIsADefect) {
  auto ledger = After({Stored(kStart, kWest, kApi, "a", Bytes(5)), Removed(kStart, kWest, kApi, "a", Bytes(5))});
  EXPECT_THROW(ledger.OnEvent(Removed(kStart, kWest, kApi, "a", Bytes(5))), Defect);
}

TEST(LedgerDefectTest, TimeRunningBackIsADefect) {
  auto ledger = After({Stored(kStart, kWest, kApi, "a", Bytes(5))});
  EXPECT_THROW(ledger.OnEvent(Stored(kStart - Nanoseconds(1), kWest, kWeb, "a", Bytes(5))), Defect);
}

TEST(LedgerDefectTest, BillUntilBeforeTheLastEventIsADefect) {
  const auto ledger = After({Stored(kStart, kWest, kApi, "a", Bytes(1))});
  EXPECT_THROW((void)ledger.BillUntil(kStart - Nanoseconds(1)), Defect);
}

TEST(LedgerDefectTest, TransferBothUsefulAndWastedIsADefect) {
  auto both = Arrived(kStart, kWestToIreland, "a", Bytes(5));
  std::get<TransferEnded>(both.body).wasted = Bytes(1);
  Ledger ledger;
  EXPECT_THROW(ledger.OnEvent(both), Defect);
}

TEST(LedgerDefectTest, MoreBytesThanFitIsADefect) {
  auto ledger = After({Stored(kStart, kWest, kApi, "a", Bytes(std::numeric_limits<std::int64_t>::max()))});
  EXPECT_THROW(ledger.OnEvent(Stored(kStart, kWest, kApi, "b", Bytes(1))), Defect);
}

}  // namespace
}  // namespace crrsim
