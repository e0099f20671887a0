// Replication status as DescribeImageReplicationStatus shows it. Source  ecr-replication.md 5.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "registry_model/replication/status.h"

namespace crrsim {

inline void PrintTo(const DestinationStatus& entry, std::ostream* out) {
  *out << ToText(entry.destination) << " " << NameOf(entry.status) << " " << NameOf(entry.failure) << " of job "
       << entry.job;
}

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

RegistryKey Registry(std::string_view account, std::string_view region) {
  return {AccountId::Parse(account).value(), RegionName::Parse(region).value()};
}
const RegistryKey kWest = Registry("111122223333", "us-west-2");
const RegistryKey kIreland = Registry("111122223333", "eu-west-1");
const RegistryKey kPartner = Registry("444455556666", "eu-west-1");
const RepositoryName kApi = RepositoryName::Parse("team/api").value();
const Digest kImage = Digest::Of("image");
const SourceImage kPushed{kWest, kApi, kImage};

Replication To(const RegistryKey& destination, std::string_view tag = "1") {
  return {kWest, destination, kApi, kImage, Tag::Parse(tag).value()};
}
Event Queued(JobId job, const Replication& replication) { return {Instant(), JobQueued{job, replication}}; }
Event Ended(JobId job, const Replication& replication, ReplicationStatus status,
            FailureCode failure = FailureCode::kNone) {
  return {Instant(), JobEnded{job, replication, status, failure, Instant()}};
}

StatusBoard After(const std::vector<Event>& events) {
  StatusBoard board;
  for (const auto& event : events) board.OnEvent(event);
  return board;
}

constexpr auto kInProgress = ReplicationStatus::kInProgress;
constexpr auto kComplete = ReplicationStatus::kComplete;
constexpr auto kFailed = ReplicationStatus::kFailed;

TEST(StatusBoardTest, ImageThatWasNeverToBeReplicatedHasNoEntry) {
  EXPECT_THAT(StatusBoard().StatusOf(kPushed), IsEmpty());
  const auto board = After({Queued(1, To(kIreland))});
  EXPECT_THAT(board.StatusOf({kIreland, kApi, kImage}), IsEmpty());  // the copy is no source
  EXPECT_THAT(board.StatusOf({kWest, RepositoryName::Parse("web").value(), kImage}), IsEmpty());
  EXPECT_THAT(board.StatusOf({kWest, kApi, Digest::Of("another")}), IsEmpty());
}

TEST(StatusBoardTest, JobIsInProgressUntilItEnds) {
  const auto queued = Queued(1, To(kIreland));
  const Event started = {Instant(), JobStarted{1, To(kIreland)}};
  EXPECT_THAT(After({queued}).StatusOf(kPushed),
              ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 1}));
  EXPECT_THAT(After({queued, started}).StatusOf(kPushed),
              ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 1}));
  EXPECT_THAT(After({queued, started, Ended(1, To(kIreland), kComplete)}).StatusOf(kPushed),
              ElementsAre(DestinationStatus{kIreland, kComplete, FailureCode::kNone, 1}));
}

TEST(StatusBoardTest, DestinationsAreIndependent) {
  const auto board = After(
      {Queued(1, To(kIreland)), Queued(2, To(kPartner)), Ended(2, To(kPartner), kFailed, FailureCode::kAccessDenied)});
  EXPECT_THAT(board.StatusOf(kPushed),
              ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 1},
                          DestinationStatus{kPartner, kFailed, FailureCode::kAccessDenied, 2}));
}

TEST(StatusBoardTest, EntriesStandInTheOrderOfTheFirstJobWhateverEndsOrComesAgain) {
  const auto board =
      After({Queued(1, To(kPartner)), Queued(2, To(kIreland)), Ended(2, To(kIreland), kComplete),
             Queued(3, To(kIreland, "2")), Queued(4, To(kPartner, "2")), Ended(3, To(kIreland, "2"), kComplete)});
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kPartner, kInProgress, FailureCode::kNone, 4},
                                                   DestinationStatus{kIreland, kComplete, FailureCode::kNone, 3}));
}

TEST(StatusBoardTest, NewTagOnACompleteImageIsInProgressAgain) {
  const auto board =
      After({Queued(1, To(kIreland, "1")), Ended(1, To(kIreland, "1"), kComplete), Queued(2, To(kIreland, "2"))});
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 2}));
}

TEST(StatusBoardTest, EndOfAnOlderJobChangesNothing) {
  const auto board =
      After({Queued(1, To(kIreland, "1")), Queued(2, To(kIreland, "2")), Ended(2, To(kIreland, "2"), kComplete),
             Ended(1, To(kIreland, "1"), kFailed, FailureCode::kRetriesExhausted)});
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kComplete, FailureCode::kNone, 2}));
}

TEST(StatusBoardTest, FailureIsForgottenWhenALaterJobCompletes) {
  const auto failed = std::vector{Queued(1, To(kIreland)), Ended(1, To(kIreland), kFailed, FailureCode::kAccessDenied)};
  auto board = After(failed);
  board.OnEvent(Queued(2, To(kIreland, "2")));
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 2}));
  board.OnEvent(Ended(2, To(kIreland, "2"), kComplete));
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kComplete, FailureCode::kNone, 2}));
}

TEST(StatusBoardTest, EqualDigestsInOtherRepositoriesAndRegistriesAreOtherImages) {
  auto elsewhere = To(kIreland);
  elsewhere.repository = RepositoryName::Parse("web").value();
  auto from_partner = To(kIreland);
  from_partner.source = kPartner;
  const auto board =
      After({Queued(1, To(kIreland)), Queued(2, elsewhere), Queued(3, from_partner), Ended(2, elsewhere, kComplete)});
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 1}));
  EXPECT_THAT(board.StatusOf({kWest, elsewhere.repository, kImage}),
              ElementsAre(DestinationStatus{kIreland, kComplete, FailureCode::kNone, 2}));
  EXPECT_THAT(board.StatusOf({kPartner, kApi, kImage}),
              ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 3}));
}

TEST(StatusBoardTest, EndOfAJobThatWasNeverQueuedChangesNothing) {
  auto board = After({Ended(7, To(kIreland), kComplete)});
  EXPECT_THAT(board.StatusOf(kPushed), IsEmpty());
  board.OnEvent(Queued(1, To(kIreland)));
  board.OnEvent(Ended(7, To(kPartner), kComplete));
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kInProgress, FailureCode::kNone, 1}));
}

TEST(StatusBoardTest, DeletionOfTheImageKeepsItsEntries) {
  const auto board = After({Queued(1, To(kIreland)),
                            Ended(1, To(kIreland), kComplete),
                            {Instant(), ManifestRemoved{kWest, kApi, kImage, ByteCount()}}});
  EXPECT_THAT(board.StatusOf(kPushed), ElementsAre(DestinationStatus{kIreland, kComplete, FailureCode::kNone, 1}));
}

TEST(StatusBoardTest, TagsWithoutEndDoNotMakeItGrow) {
  StatusBoard board;
  const auto size = [&] {
    Writer writer;
    writer.Put(board);
    return writer.bytes().size();
  };
  board.OnEvent(Queued(1, To(kIreland, "1")));
  const auto with_one = size();
  for (JobId job = 2; job < 100; ++job) {
    board.OnEvent(Queued(job, To(kIreland, std::to_string(job))));
    board.OnEvent(Ended(job, To(kIreland, std::to_string(job)), kComplete));
  }
  EXPECT_EQ(size(), with_one);
}

TEST(StatusBoardTest, SavedAndLoadedOrCopiedAnywhereItGoesOnByteForByte) {
  const std::vector<Event> events = {
      Queued(1, To(kPartner)),           Queued(2, To(kIreland)),
      Ended(2, To(kIreland), kComplete), Ended(1, To(kPartner), kFailed, FailureCode::kAccessDenied),
      Queued(3, To(kIreland, "2")),      Ended(3, To(kIreland, "2"), kComplete)};
  const auto whole = After(events);
  for (std::size_t cut = 0; cut <= events.size(); ++cut) {
    const auto before = After({events.begin(), events.begin() + static_cast<std::ptrdiff_t>(cut)});
    Writer saved;
    saved.Put(before);
    Reader reader(saved.bytes());
    auto loaded = reader.Get<StatusBoard>();
    EXPECT_TRUE(reader.at_end());
    auto copy = before;
    for (std::size_t i = cut; i < events.size(); ++i) {
      loaded.OnEvent(events[i]);
      copy.OnEvent(events[i]);
    }
    EXPECT_EQ(HashOf(loaded), HashOf(whole)) << cut;
    EXPECT_EQ(HashOf(copy), HashOf(whole)) << cut;
    EXPECT_EQ(loaded.StatusOf(kPushed), whole.StatusOf(kPushed)) << cut;
  }
}

}  // namespace
}  // namespace crrsim
