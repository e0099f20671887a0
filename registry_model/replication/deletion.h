// WHAT A DELETION TAKES OFF AT A DESTINATION is decided here.
//
// A tag that went at the source goes, and the image that it named stays, be it untagged. Where the tag names another
// image, assumption `delete_moved_tag` decides: by default it goes from an image that arrived by replication, so that
// the destination ends as its source, and stays on one that the destination's own clients pushed.
//
// An image that went at the source goes with the tags that it had there and all others that it has here (assumption
// `delete_destination_tags`). An image that an index of the destination lists loses its tags and stays as the index's
// part, since no index may be left without a child. What is absent is no error: there is nothing to do.
//
// Source  ecr-replication.md 1.6, 10.2 (BatchDeleteImage).
#pragma once

#include <vector>

#include "registry_model/registry/content.h"
#include "registry_model/replication/job.h"

namespace crrsim {

/// `deletion` as its job names it; `tags` are those that a deleted image had at the source.
void TakeOff(const ContentContext& context, Repository& repository, const Replication& deletion,
             const std::vector<Tag>& tags);

}  // namespace crrsim
