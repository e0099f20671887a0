#include "registry_model/replication/deletion.h"

#include "registry_model/mutants.h"

#include <algorithm>

namespace crrsim {

namespace {

/// Takes off a tag that named `digest` at the source, unless it is another's here.
void TakeOffTag(const ContentContext& context, Repository& repository, const Tag& tag, const Digest& digest) {
  const auto* bound = repository.tags.Find(tag);
  if (bound == nullptr) return;
  if (*bound != digest) {
    const auto policy = context.assumptions.Use(Assumption::kDeleteMovedTag);
    const bool is_own = repository.FindImage(*bound)->origin != Origin::kReplication;
    if (policy == "same-image" || (policy == "replicated-images" && is_own)) return;
  }
  RemoveTag(context, repository, tag);
}

}  // namespace

void TakeOff(const ContentContext& context, Repository& repository, const Replication& deletion,
             const std::vector<Tag>& tags) {
  if (deletion.tag && !Mutated(Mutant::kTagTakesTheImage)) {
    return TakeOffTag(context, repository, *deletion.tag, deletion.digest);
  }
  for (const auto& tag : tags) TakeOffTag(context, repository, tag, deletion.digest);
  const auto* image = repository.FindImage(deletion.digest);
  if (image == nullptr) return;
  // What is left are tags of the destination's own.
  if (!image->tags.empty() && context.assumptions.Use(Assumption::kDeleteDestinationTags) == "kept") return;
  if (image->indexes == 0 && !Mutated(Mutant::kDeletedImageStays))
    return RemoveImage(context, repository, deletion.digest);
  while (!image->tags.empty()) RemoveTag(context, repository, *image->tags.begin());
}

}  // namespace crrsim
