// The two storage classes in the bill. Source  ecr-replication.md 7 (9).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/metering/ledger.h"
#include "registry_model/test/support/ledger_events.h"

namespace crrsim {
namespace {

using ledger_test::ByteNanoseconds;
using ledger_test::Content;
using ledger_test::kApi;
using ledger_test::kDecember;
using ledger_test::kNovember;
using ledger_test::kWeb;
using ledger_test::kWest;
using ledger_test::Stored;
using testing::ElementsAre;

const Instant kClassesStart = ParseInstant("2026-11-01T00:00:00Z").value();

Event Moved(Instant when, const std::string& blob, ByteCount size, StorageClass to) {
  return {when, BlobClassChanged{kWest, kApi, Content(blob), size, to}};
}

TEST(LedgerClassesTest, BytesAreIntegratedInTheClassThatTheyAreIn) {
  Ledger ledger;
  ledger.OnEvent(Stored(kClassesStart, kWest, kApi, "layer", Mebibytes(10)));
  ledger.OnEvent(Moved(kClassesStart + Days(10), "layer", Mebibytes(10), StorageClass::kArchive));
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), Mebibytes(10));
  EXPECT_EQ(ledger.ArchivedNow({kWest, kApi}), Mebibytes(10));
  ledger.OnEvent(Moved(kClassesStart + Days(40), "layer", Mebibytes(10), StorageClass::kStandard));
  const auto bill = ledger.BillUntil(kClassesStart + Days(45));
  EXPECT_THAT(bill.storage, ElementsAre(StorageRow{{kWest, kApi},
                                                   kNovember,
                                                   ByteNanoseconds(Mebibytes(10), Days(10)),
                                                   ByteNanoseconds(Mebibytes(10), Days(20))},
                                        StorageRow{{kWest, kApi},
                                                   kDecember,
                                                   ByteNanoseconds(Mebibytes(10), Days(5)),
                                                   ByteNanoseconds(Mebibytes(10), Days(10))}));
  EXPECT_EQ(ledger.ArchivedNow({kWest, kApi}), ByteCount());
}

TEST(LedgerClassesTest, AMonthWithArchivedBytesAloneHasARow) {
  Ledger ledger;
  ledger.OnEvent(Stored(kClassesStart + Days(29), kWest, kApi, "layer", Mebibytes(1)));
  ledger.OnEvent(Moved(kClassesStart + Days(30), "layer", Mebibytes(1), StorageClass::kArchive));
  ledger.OnEvent(
      {kClassesStart + Days(31), BlobRemoved{kWest, kApi, Content("layer"), Mebibytes(1), StorageClass::kArchive}});
  EXPECT_THAT(ledger.BillUntil(kClassesStart + Days(50)).storage,
              ElementsAre(StorageRow{{kWest, kApi}, kNovember, ByteNanoseconds(Mebibytes(1), Days(1)), 0},
                          StorageRow{{kWest, kApi}, kDecember, 0, ByteNanoseconds(Mebibytes(1), Days(1))}));
}

TEST(LedgerClassesTest, MoreThanAClassHoldsCannotLeaveIt) {
  Ledger ledger;
  ledger.OnEvent(Stored(kClassesStart, kWest, kApi, "layer", Mebibytes(1)));
  EXPECT_THROW(
      ledger.OnEvent({kClassesStart, BlobRemoved{kWest, kApi, Content("layer"), Mebibytes(1), StorageClass::kArchive}}),
      Defect);
}

TEST(LedgerClassesTest, AManifestsBytesChangeClassWithItsImage) {
  Ledger ledger;
  ledger.OnEvent(ManifestSeen(kClassesStart, kWest, kApi, "m", ByteCount::FromBytes(7)));
  ledger.OnEvent(
      {kClassesStart, StorageClassChanged{kWest, kApi, Content("m"), StorageClass::kArchive, ImageStatus::kArchived,
                                          ByteCount::FromBytes(7), Origin::kClient}});
  EXPECT_EQ(ledger.ArchivedNow({kWest, kApi}), ByteCount::FromBytes(7));
}

TEST(LedgerClassesTest, ASharedLayerCountsWhereItIsCharged) {
  Ledger ledger;
  ledger.OnEvent(Stored(kClassesStart, kWest, kApi, "layer", Mebibytes(1)));
  ledger.OnEvent({kClassesStart, BlobMounted{kWest, kWeb, kApi, Content("layer"), Mebibytes(1), Origin::kClient}});
  EXPECT_EQ(ledger.StoredNow({kWest, kWeb}), ByteCount());
  ledger.OnEvent({kClassesStart, BlobRemoved{kWest, kApi, Content("layer"), Mebibytes(1)}});
  ledger.OnEvent({kClassesStart, BlobCharged{kWest, kWeb, Content("layer"), Mebibytes(1)}});
  EXPECT_EQ(ledger.StoredNow({kWest, kApi}), ByteCount());
  EXPECT_EQ(ledger.StoredNow({kWest, kWeb}), Mebibytes(1));
}

}  // namespace
}  // namespace crrsim
