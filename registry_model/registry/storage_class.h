// ARCHIVING AND RESTORING: every change of an image's storage class goes through here, asked for by a client, by a
// lifecycle rule or by a copy that arrives.
//
// Archiving takes effect at once. A restore takes time: it begins here (ACTIVATING), and whoever keeps the time ends it
// with FinishRestore. A push of the image restores it at once. Content that is not ACTIVE cannot be pulled; a layer is
// archived when all images of its repository that list it are not ACTIVE.
//
// An index takes its children along (assumption `archived_index`): those without tags that no other index needs go into
// the archive with it, and all come back with it. A child cannot be archived while an index that is not archived lists
// it.
//
// Source  ecr-replication.md 2.4, 7 (9), 9 (a restored image loses its findings), 10.2 (Archive).
#pragma once

#include "registry_model/registry/content.h"

namespace crrsim {

/// Why an image cannot change to a class now.
enum class ClassRefusal : std::uint8_t {
  kNone,
  kNeededByIndex,  // an index that is not archived lists it
  kActivating,     // its restore is under way
};
/// To the class that it has, or is on its way to, an image can always change: nothing happens.
ClassRefusal RefusalOfClass(const Repository& repository, const Image& image, StorageClass target);

/// Archives the image, or begins to restore it. Requires that RefusalOfClass gives kNone.
/// Order  children before their index when it is restored, after it when it is archived.
void ChangeStorageClass(const ContentContext& context, Repository& repository, const Digest& digest,
                        StorageClass target);

/// Ends a restore. Requires that the image is ACTIVATING.
void FinishRestore(const ContentContext& context, Repository& repository, const Digest& digest);

/// Makes an image that is not ACTIVE active at once, with its children: it was pushed again. Requires such an image.
void RestoreAtOnce(const ContentContext& context, Repository& repository, const Digest& digest);

/// Puts the blob's bytes into the class that its listing images and its sharing ask for.
void SettleStorageClass(const ContentContext& context, const Repository& repository, const Digest& digest,
                        StoredBlob& blob);

}  // namespace crrsim
