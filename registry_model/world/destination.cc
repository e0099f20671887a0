// What a request of the engine does where it arrives, and how its answer travels back.
//
// An image enters a destination by the internal operation ReplicateImage, which shares "insert manifest" and "bind tag"
// with PutImage (registry/content.h) but is not PutImage: an immutable tag is dropped instead of refused, and no rule
// of the destination matches what arrived this way. A deletion that arrives says no ImageDeleted, which is what rules
// hear, so it is not replicated on either. Source  ecr-replication.md 2.1, 4.1.
#include "registry_model/replication/admission.h"
#include "registry_model/replication/deletion.h"
#include "registry_model/replication/match.h"
#include "registry_model/world/world.h"

namespace crrsim {

void World::RequestArrived(RequestId id) {
  if (requests_.Find(id)->phase == RequestPhase::kUnderWayUnheard) {
    // A request carries its deadline, and what comes after it does nothing: the asker has given up on it, and jobs that
    // waited for its own may have come to their end since.
    requests_.Erase(id);
    return;
  }
  const auto& ask = requests_.Find(id)->ask;
  auto answer = AnswerAt(registries_.at(ask.replication->destination), ask);
  auto& request = *requests_.Find(id);
  const auto from = request.ask.replication->destination.region;
  const auto to = request.ask.replication->source.region;
  request.answer = std::move(answer);
  request.phase = RequestPhase::kLost;
  if (const auto cut = faults_.Cutting(from, to)) {
    HitFault(*cut);
    Schedule(request.deadline, {ScheduledKind::kRequestTimesOut, id, 0});
    return;
  }
  const auto arrival = now_ + network_.DrawMessageDelay(SiteOf(from), SiteOf(to));
  if (arrival > request.deadline) {
    Schedule(request.deadline, {ScheduledKind::kRequestTimesOut, id, 0});
    return;
  }
  request.phase = RequestPhase::kAnswered;
  Schedule(arrival, {ScheduledKind::kAnswerArrives, id, 0});
}

void World::AnswerArrived(RequestId id) {
  auto answer = std::move(requests_.Find(id)->answer);
  requests_.Erase(id);
  Feed(Answered{id, std::move(answer)});
}

void World::RequestTimedOut(RequestId id) {
  auto& request = *requests_.Find(id);
  if (request.phase == RequestPhase::kUnderWay) {
    request.phase = RequestPhase::kUnderWayUnheard;
  } else {
    requests_.Erase(id);
  }
  Feed(Answered{id, Answer{FailureCode::kTimedOut, {}}});
}

Answer World::AnswerAt(Registry& destination, const Ask& ask) {
  if (const auto fault = faults_.Failing(ask.step, *ask.replication)) {
    HitFault(*fault);
    return {std::get<StepFault>(faults_.all().at(*fault).what).failure, {}};
  }
  switch (ask.step) {
    case JobStep::kAdmit:
      return Admit(destination, ask);
    case JobStep::kCheckContent:
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

Answer World::Admit(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  const auto admission = DecideAdmission(destination, copy.source, copy.repository, assumptions_);
  if (copy.source.account != copy.destination.account) {
    assumptions_.Use(Assumption::kPermissionRead);
    Emit(PermissionDecided{ask.job, copy, admission.refused_action.empty(), admission.refused_action});
  }
  if (admission.failure == FailureCode::kAccessDenied) assumptions_.Use(Assumption::kDenial);
  if (!admission.admitted()) return {admission.failure, {}};
  if (admission.creation) {
    CreateRepositoryIn({now_, destination.key, Origin::kReplication, assumptions_, *this}, destination, copy.repository,
                       admission.creation->settings, admission.creation->template_prefix);
  }
  return {};
}

Answer World::CheckContent(const Registry& destination, const Ask& ask) const {
  const auto* repository = destination.Find(ask.replication->repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  Answer answer;
  answer.missing.reserve(ask.content.size());
  for (std::uint32_t place = 0; place < ask.content.size(); ++place) {
    const auto& [kind, digest] = ask.content[place];
    const bool is_there = kind == ContentKind::kBlob ? repository->blobs.Find(digest) != nullptr
                                                     : repository->FindImage(digest) != nullptr;
    if (!is_there) answer.missing.push_back(place);
  }
  return answer;
}

Answer World::PutManifest(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  auto* repository = destination.FindMutable(copy.repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  const auto missing = FindMissing(*repository, *ask.manifest);
  if (!missing.blobs.empty() || !missing.children.empty()) return {FailureCode::kContentMissing, {}};
  if (repository->FindImage(ask.manifest->digest) == nullptr) {
    assumptions_.Use(Assumption::kVisibility);
    InsertManifest({now_, destination.key, Origin::kReplication, assumptions_, *this}, *repository, ask.manifest);
    if (assumptions_.Use(Assumption::kManifestBytes) == "counted") {
      // The manifest's bytes travel within this request; they are metered as a transfer without a number.
      Emit(TransferEnded{0, ask.job, copy.source, copy.destination, copy.repository, ask.manifest->digest,
                         copy.source.account, ask.manifest->size(), ByteCount(), FailureCode::kNone});
    }
  }
  if (!copy.tag && ask.manifest->digest == copy.digest) NoteReplicated(destination.key, ask);
  return {};
}

Answer World::BindTagAt(Registry& destination, const Ask& ask) {
  const auto& copy = *ask.replication;
  auto* repository = destination.FindMutable(copy.repository);
  if (repository == nullptr) return {FailureCode::kRepositoryNotFound, {}};
  if (repository->FindImage(copy.digest) == nullptr) return {FailureCode::kContentMissing, {}};
  const auto outcome =
      BindTag({now_, destination.key, Origin::kReplication, assumptions_, *this}, *repository, *copy.tag, copy.digest);
  if (outcome == TagOutcome::kRefusedImmutable) {
    if (assumptions_.Use(Assumption::kImmutableConflict) == "fail") return {FailureCode::kTagImmutable, {}};
    Emit(TagDropped{destination.key, copy.repository, *copy.tag, copy.digest});
  }
  NoteReplicated(destination.key, ask);
  return {};
}

Answer World::DeleteAt(Registry& destination, const Ask& ask) {
  const auto& deletion = *ask.replication;
  const auto admission = DecideDeletion(destination, deletion.source, deletion.repository, assumptions_);
  if (deletion.source.account != deletion.destination.account) {
    Emit(DeletionDecided{ask.job, deletion, admission.admitted(), admission.refused_action});
  }
  if (!admission.admitted()) {
    assumptions_.Use(Assumption::kDenial);
    return {admission.failure, {}};
  }
  if (!DeletionDestinationsOf(destination.replication, deletion.repository, assumptions_).empty()) {
    assumptions_.Use(Assumption::kDeleteChained);
  }
  if (auto* repository = destination.FindMutable(deletion.repository)) {
    TakeOff({now_, destination.key, Origin::kReplication, assumptions_, *this}, *repository, deletion, ask.tags);
  }
  return {};
}

void World::NoteReplicated(const RegistryKey& registry, const Ask& ask) {
  const auto& there = registries_.at(registry);
  auto onward = DestinationsOf(there.replication, ask.replication->repository, assumptions_);
  if (onward.empty()) return;
  const auto* repository = there.Find(ask.replication->repository);
  const auto* image = repository->FindImage(ask.replication->digest);
  Feed(ImageReplicated{registry, ask.replication->repository, ClosureOf(*repository, image->manifest),
                       ask.replication->tag, std::move(onward)});
}

}  // namespace crrsim
