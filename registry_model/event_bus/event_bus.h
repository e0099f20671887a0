// WHICH EVENTS ECR SENDS TO EVENTBRIDGE is decided here: a projection of what happens, one bus an account and region.
//
//   what happens                                  on the bus of      detail-type
//   a client's push is accepted                   the registry       ECR Image Action, PUSH
//   a tag is removed, an untagged image deleted   the registry       ECR Image Action, DELETE
//   a replication job ends                        its destination    ECR Replication Action
//   a scan ends                                   the registry       ECR Image Scan
//   an image is archived, or is restored          the registry       ECR Image Action, ECR Referrer Action,
//                                                                    UPDATE_STORAGE_CLASS
//   a backfill ends                               its source         ECR Replication Backfill (assumption
//   `backfill_event`)
//
// A tag that moves to another image takes no DELETE with it. Ours: the event of a replication is sent when its job
// ends, which is when the source hears of the last step; a destination that is not in this world has no bus.
//
// Source  ecr-replication.md 6; assumptions `backfill_event`, `destination_push_event`, `immutable_conflict`.
#pragma once

#include <boost/container/small_vector.hpp>

#include <optional>
#include <set>
#include <tuple>

#include "registry_model/assumptions.h"
#include "registry_model/events.h"
#include "registry_model/registry/registry.h"

namespace crrsim {

class EventBus {
 public:
  /// What has to be sent because of an event, in order. The second of two is the PUSH that a replication may give.
  using Messages = boost::container::small_vector<BusEvent, 2>;
  Messages Hear(const Event& event, const Registries& registries, Assumptions& assumptions);
  /// Whether anything may have to be sent because of an event of this kind.
  template <class Body>
  static constexpr bool Hears() {
    return requires(EventBus& bus, const Body& body, const Surroundings& around) { bus.Of(body, around); };
  }

  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("ids", self.ids_);
    visit("untagged", self.untagged_);
    visit("dropped", self.dropped_);
  }

 private:
  /// An image in a registry, at an instant.
  struct ImageAt {
    Instant when;
    RepositoryKey where;
    Digest digest;
    friend bool operator==(const ImageAt&, const ImageAt&) = default;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("when", self.when);
      visit("where", self.where);
      visit("digest", self.digest);
    }
  };
  /// An image that arrived without this tag; its job has not ended.
  struct Dropped {
    RepositoryKey where;
    Tag tag;
    Digest digest;
    friend auto operator<=>(const Dropped&, const Dropped&) = default;
    template <class Self, class Visit>
    static void Fields(Self& self, Visit&& visit) {
      visit("where", self.where);
      visit("tag", self.tag);
      visit("digest", self.digest);
    }
  };

  struct Surroundings {
    Instant now;
    const Registries& registries;
    Assumptions& assumptions;
  };
  void Add(Messages& messages, const RegistryKey& registry, const Surroundings& around, BusDetail&& detail);
  Messages One(const RegistryKey& registry, const Surroundings& around, BusDetail&& detail);
  Messages Of(const JobEnded& ended, const Surroundings& around);
  Messages Of(const ImagePulled& pull, const Surroundings& around);
  Messages Of(const ImagePushed& push, const Surroundings& around);
  Messages Of(const TagMoved& moved, const Surroundings& around);
  Messages Of(const ManifestRemoved& removed, const Surroundings& around);
  Messages Of(const TagDropped& dropped, const Surroundings& around);
  Messages Of(const ScanCompleted& scan, const Surroundings& around);
  Messages Of(const StorageClassChanged& changed, const Surroundings& around);
  Messages Of(const ScanningConfigured& scanning, const Surroundings& around);
  Messages Of(const BackfillChanged& backfill, const Surroundings& around);

  // Not of the run's seed: ids decide nothing, and a world without chance is to be the same for every seed.
  RandomStream ids_{0, "events/ids"};
  std::optional<ImageAt> untagged_;  // the image whose tag was taken off last, which has been said
  std::set<Dropped> dropped_;
};

}  // namespace crrsim
