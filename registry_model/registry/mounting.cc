#include "registry_model/registry/mounting.h"

#include "registry_model/mutants.h"
#include "registry_model/registry/storage_class.h"

namespace crrsim {

namespace {

std::string EncryptionOf(const Repository& repository) {
  return repository.settings.encryption_type + " " + repository.settings.kms_key;
}

/// Repositories that the pull-through cache made hold its images.
bool IsOfCache(const Repository& repository) { return repository.created_by == Origin::kPullThroughCache; }

MountKey KeyOf(const Repository& repository, const Digest& blob) { return {blob, EncryptionOf(repository)}; }

Repository& Holder(Registry& registry, const RepositoryName& name, const Digest& blob) {
  auto* holder = registry.FindMutable(name);
  CRRSIM_CHECK(holder != nullptr && holder->blobs.Find(blob) != nullptr, "'{}' shares {} and does not have it",
               name.text(), blob.text());
  return *holder;
}

}  // namespace

bool CanMountFrom(const Registry& registry, const Repository& target, const Repository& origin, const Digest& blob) {
  if (!registry.account_settings.blob_mounting || target.name == origin.name) return false;
  if (target.blobs.Find(blob) != nullptr || Mutated(Mutant::kNothingIsMounted)) return false;
  if (EncryptionOf(target) != EncryptionOf(origin) && !Mutated(Mutant::kAnyEncryptionMounts)) return false;
  if ((IsOfCache(target) || IsOfCache(origin)) && !Mutated(Mutant::kCacheMounts)) return false;
  const auto* stored = origin.blobs.Find(blob);
  return stored != nullptr && !stored->archived();
}

const Repository* FindMountOrigin(const Registry& registry, const Repository& target, const Digest& blob) {
  if (!registry.account_settings.blob_mounting || target.blobs.Find(blob) != nullptr) return nullptr;
  const auto group = registry.mounts.find(KeyOf(target, blob));
  if (group != registry.mounts.end()) {
    const auto* charged = registry.Find(group->second.charged);
    if (CanMountFrom(registry, target, *charged, blob)) return charged;
  }
  const Repository* origin = nullptr;
  registry.repositories.VisitSortedFrom(nullptr, [&](const RepositoryName&, const Cow<Repository>& candidate) {
    if (CanMountFrom(registry, target, *candidate, blob)) origin = &*candidate;
    return origin == nullptr;
  });
  return origin;
}

void MountBlob(const ContentContext& context, Repository& target, const RepositoryName& origin, const Digest& blob) {
  auto& registry = context.registry;
  auto& source = Holder(registry, origin, blob);
  CRRSIM_CHECK(CanMountFrom(registry, target, source, blob), "{} cannot be mounted from '{}' into '{}'", blob.text(),
               origin.text(), target.name.text());
  const auto size = source.blobs.Find(blob)->size;
  // Where a group shares this layer already, the origin may hold a copy of its own beside it, from before the setting
  // was on; that copy stays its own.
  const auto [group, is_new] = registry.mounts.try_emplace(KeyOf(target, blob), MountGroup{origin, {origin}});
  if (is_new) {
    auto& shared = *source.blobs.Find(blob);
    shared.mounted = true;
    SettleStorageClass(context, source, blob, shared);
  }
  group->second.holders.insert(target.name);
  StoredBlob mounted;
  mounted.size = size;
  mounted.mounted = true;
  mounted.charged = false;
  target.blobs.Insert(blob, mounted);
  context.events.Emit<BlobMounted>(registry.key, target.name, origin, blob, size, context.origin);
}

void LeaveMountGroup(const ContentContext& context, const Repository& repository, const Digest& blob) {
  auto& registry = context.registry;
  const auto found = registry.mounts.find(KeyOf(repository, blob));
  CRRSIM_CHECK(found != registry.mounts.end() && found->second.holders.erase(repository.name) == 1,
               "'{}' does not share {}", repository.name.text(), blob.text());
  auto& group = found->second;
  CRRSIM_CHECK(!group.holders.empty(), "{} was shared by '{}' alone", blob.text(), repository.name.text());
  if (group.charged == repository.name) {
    group.charged = *group.holders.begin();
    auto& heir = Holder(registry, group.charged, blob);
    auto& shared = *heir.blobs.Find(blob);
    shared.charged = true;
    heir.stored_bytes += shared.size;
    context.events.Emit<BlobCharged>(registry.key, heir.name, blob, shared.size);
  }
  if (group.holders.size() > 1) return;
  auto& last = Holder(registry, group.charged, blob);
  auto& own = *last.blobs.Find(blob);
  own.mounted = false;
  registry.mounts.erase(found);
  SettleStorageClass(context, last, blob, own);
}

}  // namespace crrsim
