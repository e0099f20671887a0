// What a request of the engine does where it arrives, and how its answer travels back.
//
// An image enters a destination by the internal operation ReplicateImage, which shares "insert manifest" and "bind tag"
// with PutImage (registry/content.h) but is not PutImage: an immutable tag is dropped instead of refused, and no rule
// of the destination matches what arrived this way. A deletion that arrives says no ImageDeleted, which is what rules
// hear, so it is not replicated on either. Source  ecr-replication.md 2.1, 4.1.
#include "registry_model/mutants.h"
#include "registry_model/registry/mounting.h"
#include "registry_model/registry/storage_class.h"
#include "registry_model/replication/admission.h"
#include "registry_model/replication/deletion.h"
#include "registry_model/replication/match.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::RequestArrived(RequestId id) {
  const auto& arrived = *requests_.Find(id);
  if (arrived.phase == RequestPhase::kUnderWayUnheard) {
    // A request carries its deadline, and what comes after it does nothing: the asker has given up on it, and jobs that
    // waited for its own may have come to their end since.
    EraseRequest(id, arrived.ask.job);
    return;
  }
  const auto& ask = arrived.ask;
  auto answer = arrived.void_lease ? Answer{FailureCode::kTimedOut, {}}
                                   : AnswerAt(registries_.AtPlace(arrived.ends.destination), ask);
  auto& request = *requests_.Find(id);
  const auto& from = request.ask.replication->destination.region;
  const auto& to = request.ask.replication->source.region;
  request.answer = std::move(answer);
  request.phase = RequestPhase::kLost;
  auto lost = faults_.Cutting(from, to);
  if (!lost) lost = faults_.Losing(from, to);
  if (lost) {
    HitFault(*lost);
    Schedule(request.deadline, {ScheduledKind::kRequestTimesOut, id});
    return;
  }
  const auto arrival = now_ + MessageDelay(request.ends.destination, request.ends.source);
  if (arrival > request.deadline) {
    Schedule(request.deadline, {ScheduledKind::kRequestTimesOut, id});
    return;
  }
  request.phase = RequestPhase::kAnswered;
  Schedule(arrival, {ScheduledKind::kAnswerArrives, id});
  if (const auto twice = faults_.Duplicating(from, to)) {
    HitFault(*twice);
    Schedule(arrival + std::get<Duplication>(faults_[*twice].what).behind, {ScheduledKind::kAnswerArrives, id});
  }
}

void World::AnswerArrived(RequestId id) {
  auto* request = requests_.Find(id);
  if (request == nullptr) return;  // a second time; the asker knows its requests
  auto answer = std::move(request->answer);
  EraseRequest(id, request->ask.job);
  Feed(Answered{id, std::move(answer)});
}

void World::RequestTimedOut(RequestId id) {
  auto& request = *requests_.Find(id);
  if (request.phase == RequestPhase::kUnderWay) {
    request.phase = RequestPhase::kUnderWayUnheard;
    KeepLeases();
  } else {
    EraseRequest(id, request.ask.job);
  }
  Feed(Answered{id, Answer{FailureCode::kTimedOut, {}}});
}

void World::DuplicateArrived(std::uint64_t number) {
  const auto found = duplicates_.find(number);
  if (found == duplicates_.end()) return;  // its job is over
  const auto ask = std::move(found->second);
  duplicates_.erase(found);
  if (auto* out = leases_.Find(ask.job)) std::erase(out->duplicates, number);
  // The same once more; nobody waits for a second answer.
  AnswerAt(registries_.at(ask.replication->destination), ask);
}

ContentContext World::ContextAt(Registry& registry, Origin origin) {
  HitFault(faults_.Skewing(registry.key.region));
  return {ClockOf(registry.key.region), registry, origin, assumptions_, *this};
}

Answer World::AnswerAt(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  const auto& [account, region] = destination.key;
  if (const auto fault = faults_.Refusing({region, account, copy.repository.text(), kReplicateOperation})) {
    HitFault(*fault);
    const auto failure = std::get<ApiFault>(faults_[*fault].what).failure;
    return {failure == ApiFailure::kThrottling ? FailureCode::kThrottled : FailureCode::kServerError, {}};
  }
  if (const auto fault = faults_.Failing(ask.step, copy)) {
    HitFault(*fault);
    return {std::get<StepFault>(faults_[*fault].what).failure, {}};
  }
  if (ask.step != JobStep::kAdmit && copy.source.account != copy.destination.account &&
      assumptions_.Use(Assumption::kPermissionRead) == "each-step") {
    const auto admission = DecideAdmission(destination, copy.source, copy.repository, assumptions_);
    if (admission.failure == FailureCode::kAccessDenied) {
      assumptions_.Use(Assumption::kDenial);
      Emit<PermissionDecided>(ask.job, copy, false, admission.refused_action);
      return {admission.failure, {}};
    }
  }
  if (Mutated(Mutant::kPermissionIsReadAgain)) {
    const auto admission = DecideAdmission(destination, copy.source, copy.repository, assumptions_);
    if (!admission.admitted()) return {admission.failure, {}};
  }
  switch (ask.step) {
    case JobStep::kAdmit:
      return Admit(destination, ask);
    case JobStep::kCheckContent:
      if (Mutated(Mutant::kLayersAreShared)) ShareLayers(destination, ask);
      return CheckContent(destination, ask);
    case JobStep::kPutManifest:
      return PutManifest(destination, ask);
    case JobStep::kBindTag:
      return BindTagAt(destination, ask);
    case JobStep::kDelete:
      return DeleteAt(destination, ask);
    case JobStep::kTransfer:
      break;
  }
  CRRSIM_CHECK(false, "{} is not a request", NameOf(ask.step));
}

bool World::AreOptedIn(const RegistryKey& source, const RegistryKey& destination) const {
  for (const auto& account : {source.account, destination.account}) {
    for (const auto& region : {source.region, destination.region}) {
      const auto* registry = FindRegistry({account, region});
      if (registry == nullptr || !registry->opted_in) return Mutated(Mutant::kOptOutIsIgnored);
    }
  }
  return true;
}

Answer World::Admit(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  if (!AreOptedIn(copy.source, copy.destination)) {
    assumptions_.Use(Assumption::kOptedOutRegion);
    return {FailureCode::kRegionNotOptedIn, {}};
  }
  const auto admission = DecideAdmission(destination, copy.source, copy.repository, assumptions_);
  if (copy.source.account != copy.destination.account) {
    assumptions_.Use(Assumption::kPermissionRead);
    Emit<PermissionDecided>(ask.job, copy, admission.refused_action.empty(), admission.refused_action);
  }
  if (admission.failure == FailureCode::kAccessDenied) assumptions_.Use(Assumption::kDenial);
  if (!admission.admitted()) return {admission.failure, {}};
  if (admission.creation) {
    if (static_cast<std::int64_t>(destination.repositories.size()) >= OptionsOf(destination.key).repositories_max) {
      HitFault(faults_.Limiting(destination.key));
      return {FailureCode::kQuotaExceeded, {}};
    }
    auto creation = *admission.creation;
    const auto& source = registries_.at(copy.source);
    if (Mutated(Mutant::kSourceSettingsAreCarried)) creation.settings = source.Find(copy.repository)->settings;
    if (Mutated(Mutant::kSourceTemplatesApply)) {
      creation = DecideCreation(source, copy.repository, "REPLICATION", assumptions_);
    }
    CreateRepositoryIn(ArrivalAt(destination), destination, copy.repository, creation.settings,
                       creation.template_prefix);
  }
  return {};
}

Answer World::CheckContent(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  const auto* repository = destination.Find(copy.repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  for (const auto& content : ask.content) {
    if (content.kind == ContentKind::kBlob) repository->blobs.Prefetch(content.digest);
  }
  const bool mounts = registries_.at(copy.source).account_settings.blob_mounting || Mutated(Mutant::kOneEndMounts);
  Answer answer;
  answer.missing.reserve(ask.content.size());
  for (std::uint32_t place = 0; place < ask.content.size(); ++place) {
    const auto& content = ask.content[place];
    if (HasContent(*repository, content)) continue;
    if (mounts && content.kind == ContentKind::kBlob && MountAt(destination, copy.repository, content.digest)) {
      repository = destination.Find(copy.repository);  // it may be another one than before, unshared
      continue;
    }
    answer.missing.push_back(place);
  }
  return answer;
}

bool World::HasContent(const Repository& repository, const Content& content) {
  if (content.kind == ContentKind::kBlob) return repository.blobs.Find(content.digest) != nullptr;
  // An archived one has to be put again, which restores it.
  const auto* image = repository.FindImage(content.digest);
  return image != nullptr && (image->storage.status != ImageStatus::kArchived || Mutated(Mutant::kArchivedCopiesStay));
}

/// Mounts a blob from another repository of the registry. Returns whether there was one to mount it from.
bool World::MountAt(Registry& destination, const RepositoryName& name, const Digest& blob) {
  const auto* origin = FindMountOrigin(destination, *destination.Find(name), blob);
  if (origin == nullptr) return false;
  const auto from = origin->name;
  MountBlob({ClockOf(destination.key.region), destination, Origin::kReplication, assumptions_, *this},
            *destination.FindMutable(name), from, blob);
  return true;
}

Answer World::PutManifest(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  auto* repository = destination.FindMutable(copy.repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  const auto missing = FindMissing(*repository, *ask.manifest);
  if (!missing.blobs.empty() || !missing.children.empty()) return {FailureCode::kContentMissing, {}};
  const auto content = ArrivalAt(destination);
  if (const auto* image = repository->FindImage(ask.manifest->digest)) {
    if (image->storage.status == ImageStatus::kArchived && !Mutated(Mutant::kArchivedCopiesStay)) {
      ChangeStorageClass(content, *repository, ask.manifest->digest, StorageClass::kStandard);
    }
  } else {
    if (static_cast<std::int64_t>(repository->images.size()) >= OptionsOf(destination.key).images_max) {
      HitFault(faults_.Limiting(destination.key));
      return {FailureCode::kQuotaExceeded, {}};
    }
    assumptions_.Use(Assumption::kVisibility);
    InsertManifest(content, *repository,
                   Mutated(Mutant::kManifestsAreRewritten) ? Rewritten(*ask.manifest) : ask.manifest);
    if (Mutated(Mutant::kSourceTimesAreKept)) {
      const auto* original = registries_.at(copy.source).Find(copy.repository)->FindImage(ask.manifest->digest);
      repository->images.Find(ask.manifest->digest)->pushed_at = original->pushed_at;
    }
    ScanOnArrival(destination.key, copy.repository, *ask.manifest);
    if (assumptions_.Use(Assumption::kManifestBytes) == "counted") {
      // The manifest's bytes travel within this request; they are metered as a transfer without a number.
      Emit<TransferEnded>(TransferId{0}, ask.job, copy.source, copy.destination, copy.repository, ask.manifest->digest,
                          copy.source.account, ask.manifest->size(), ByteCount(), FailureCode::kNone);
    }
  }
  if (!copy.tag && ask.manifest->digest == copy.digest) NoteReplicated(destination, ask);
  return {};
}

Answer World::BindTagAt(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  auto* repository = destination.FindMutable(copy.repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  repository->tags.Prefetch(*copy.tag);
  if (repository->FindImage(copy.digest) == nullptr) return {FailureCode::kContentMissing, {}};
  auto tag = *copy.tag;
  if (Mutated(Mutant::kTagsAreRenamed)) tag = Tag::Parse("copy").value();
  const auto* named = repository->FindImage(tag);
  if (Mutated(Mutant::kMovedTagStays) && named != nullptr) return {};
  if (Mutated(Mutant::kSourceMutabilityDecides)) {
    repository->settings.mutability = registries_.at(copy.source).Find(copy.repository)->settings.mutability;
  }
  const auto outcome =
      BindTag({ClockOf(destination.key.region), destination, Origin::kReplication, assumptions_, *this}, *repository,
              tag, copy.digest);
  if (outcome == TagOutcome::kRefusedImmutable) {
    if (assumptions_.Use(Assumption::kImmutableConflict) == "fail") return {FailureCode::kTagImmutable, {}};
    Emit<TagDropped>(destination.key, copy.repository, *copy.tag, copy.digest);
  }
  NoteReplicated(destination, ask);
  return {};
}

Answer World::DeleteAt(Registry& destination, const Ask& ask) {
  const auto& deletion = *ask.replication;
  const auto admission = DecideDeletion(destination, deletion.source, deletion.repository, assumptions_);
  if (deletion.source.account != deletion.destination.account) {
    Emit<DeletionDecided>(ask.job, deletion, admission.admitted(), admission.refused_action);
  }
  if (!admission.admitted()) {
    assumptions_.Use(Assumption::kDenial);
    return {admission.failure, {}};
  }
  if (!DeletionDestinationsOf(destination.replication, deletion.repository, assumptions_).empty()) {
    assumptions_.Use(Assumption::kDeleteChained);
  }
  if (auto* repository = destination.FindMutable(deletion.repository)) {
    TakeOff(ArrivalAt(destination), *repository, deletion, ask.tags);
  }
  return {};
}

void World::NoteReplicated(const Registry& there, const Ask& ask) {
  auto onward = DestinationsOf(there.replication, ask.replication->repository, assumptions_);
  if (onward.empty()) return;
  const auto* repository = there.Find(ask.replication->repository);
  const auto* image = repository->FindImage(ask.replication->digest);
  Feed(ImageReplicated{there.key, ask.replication->repository, ClosureOf(*repository, image->manifest),
                       ask.replication->tag, std::move(onward)});
}

}  // namespace crrsim
