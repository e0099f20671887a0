// Everything that can happen in a world, as one typed stream.
//
// `Emit` of the world is the only place through which these pass. Events carry names, never interned numbers, so that
// their canonical bytes, which the run digest chains, mean the same in every run. Observers see them in the order in
// which they happened.
//
// Each event is a struct of a file in registry_model/events/, by family: kName is its published name; Fields lists what
// the digest covers and JSON shows.
#pragma once

#include <string_view>
#include <variant>

#include "registry_model/events/backfill_events.h"
#include "registry_model/events/bus_events.h"
#include "registry_model/events/call_events.h"
#include "registry_model/events/content_events.h"
#include "registry_model/events/deletion_events.h"
#include "registry_model/events/fault_events.h"
#include "registry_model/events/lifecycle_events.h"
#include "registry_model/events/replication_events.h"
#include "registry_model/events/repository_events.h"
#include "registry_model/events/scan_events.h"
#include "registry_model/events/storage_events.h"
#include "sim/archive.h"
#include "sim/units.h"

namespace crrsim {

using EventBody = std::variant<RepositoryCreated, RepositoryDeleted, RepositorySettingChanged, BlobStored, BlobRemoved,
                               ManifestStored, ManifestRemoved, TagMoved, TagDropped, ImagePushed, ImagePulled,
                               CallRefused, ReplicationConfigured, RegistryPolicyChanged, TemplateChanged, JobQueued,
                               JobStarted, PermissionDecided, StepFailed, TransferStarted, TransferEnded, JobEnded,
                               ScanStarted, ScanCompleted, LinkCut, LinkHealed, FaultBegan, FaultHit, FaultEnded,
                               JobRequeued, StorageClassChanged, BlobClassChanged, BlobMounted, BlobCharged,
                               AccountSettingChanged, ScanningConfigured, ImageDeleted, DeletionQueued, DeletionStarted,
                               DeletionDecided, DeletionEnded, LifecycleEvaluated, ReplicationRoleCreated,
                               ReplicationRoleDeleted, BackfillChanged, BackfillCopySkipped, EventDelivered, EventLost>;

struct Event {
  Instant when;
  EventBody body;

  friend bool operator==(const Event&, const Event&) = default;
  /// The published name of what happened.
  [[nodiscard]] std::string_view name() const;
};

/// Appends the event's canonical bytes: instant, published name, fields in order.
void AppendCanonical(const Event& event, Writer& writer);

/// Hands what happened to a listener that has `On(Instant, const Body&)` for its kind. Which kinds it has is known when
/// it is compiled, so what it does not listen to costs nothing.
template <class Listener, class Body>
void Tell(Listener& listener, Instant when, const Body& body) {
  if constexpr (requires { listener.On(when, body); }) listener.On(when, body);
}
template <class Listener>
void Tell(Listener& listener, const Event& event) {
  std::visit([&](const auto& body) { Tell(listener, event.when, body); }, event.body);
}

/// Sees every event, in order, after the world's own projections did. Stands outside the world: it must not change it,
/// is neither copied nor saved with it, and has to outlive it or be removed.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnEvent(const Event& event) = 0;
};

}  // namespace crrsim
