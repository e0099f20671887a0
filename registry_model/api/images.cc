// Fetching, listing and describing images.
//
// Source  ecr-replication.md 10.2.
#include <algorithm>
#include <array>
#include <set>

#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr std::int64_t kMediaTypesMax = 100;

/// What a list shows of images.
struct Selection {
  bool tagged = true;
  bool untagged = true;
  std::string_view status = "ACTIVE";  // or ANY
};

ApiResult<Selection> ReadFilter(const std::optional<ImageFilter>& filter) {
  constexpr std::array<std::string_view, 3> kTagStatuses = {"TAGGED", "UNTAGGED", "ANY"};
  constexpr std::array<std::string_view, 4> kImageStatuses = {"ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"};
  Selection selection;
  if (Mutated(Mutant::kArchivedIsListed)) selection.status = "ANY";
  if (!filter) return selection;
  if (const auto& status = filter->tag_status) {
    if (auto sound = CheckOneOf("filter.tagStatus", *status, kTagStatuses); !sound) return sound.error();
    selection.tagged = *status != "UNTAGGED";
    selection.untagged = *status != "TAGGED";
  }
  if (const auto& status = filter->image_status) {
    if (auto sound = CheckOneOf("filter.imageStatus", *status, kImageStatuses); !sound) return sound.error();
    selection.status = *status;
  }
  return selection;
}

bool Shows(const Selection& selection, const Image& image) {
  if (Mutated(Mutant::kUntaggedIsNotListed) && image.tags.empty()) return false;
  if (selection.status != "ANY" && selection.status != NameOf(image.storage.status)) return false;
  return image.tags.empty() ? selection.untagged : selection.tagged;
}

/// Of an index the largest among its manifests.
ByteCount SizeOf(const Repository& repository, const Manifest& manifest) {
  if (manifest.kind == ManifestKind::kImage) return manifest.blob_bytes;
  ByteCount largest;
  for (const auto& child : manifest.children) {
    const auto* image = repository.FindImage(child.digest);
    CRRSIM_CHECK(image != nullptr, "{} lost its child {}", manifest.digest.text(), child.digest.text());
    largest = std::max(largest, SizeOf(repository, *image->manifest));
  }
  return largest;
}

ImageDetail Describe(const ApiContext& context, const Repository& repository, const Image& image) {
  const auto& manifest = *image.manifest;
  ImageDetail detail;
  detail.registry_id = context.registry_id();
  detail.repository_name = repository.name.text();
  detail.image_digest = manifest.digest.text();
  if (!image.tags.empty()) {
    auto& tags = detail.image_tags.emplace();
    for (const auto& tag : image.tags) tags.push_back(tag.text());
  }
  detail.image_size_in_bytes = SizeOf(repository, manifest).bytes();
  detail.image_pushed_at = image.pushed_at;
  detail.image_manifest_media_type = manifest.media_type;
  if (!manifest.artifact_type.empty()) detail.artifact_media_type = manifest.artifact_type;
  detail.last_recorded_pull_time = image.pulled_at;
  if (manifest.subject) detail.subject_manifest_digest = manifest.subject->digest.text();
  detail.image_status = NameOf(image.storage.status);
  detail.last_archived_at = image.storage.archived_at;
  detail.last_activated_at = image.storage.activated_at;
  return detail;
}

/// The place of one entry in the order of ListImages: digest, then tag, an untagged image having the empty one.
struct ListKey {
  Digest digest;
  std::string tag;

  [[nodiscard]] std::string text() const { return digest.text() + "@" + tag; }
  static ListKey Read(const std::string& text) {
    const auto at = text.find('@');
    const auto digest = Digest::Parse(std::string_view(text).substr(0, at));
    CRRSIM_CHECK(at != std::string::npos && digest.ok(), "'{}' is no place in a list", text);
    return {*digest, text.substr(at + 1)};
  }
};

}  // namespace

ApiResult<BatchGetImageResponse> Execute(ApiContext& context, const BatchGetImageRequest& request) {
  if (auto sound = CheckLength("imageIds", request.image_ids.size(), 1, kImageIdsMax); !sound) return sound.error();
  if (const auto& types = request.accepted_media_types) {
    if (auto sound = CheckLength("acceptedMediaTypes", types->size(), 1, kMediaTypesMax); !sound) return sound.error();
  }
  const auto opened = OpenRepository(context, "ecr:BatchGetImage", request.repository_name);
  if (!opened) return opened.error();

  auto& repository = ForChange(context, **opened);  // a pull is recorded
  BatchGetImageResponse response;
  for (const auto& id : request.image_ids) {
    const auto found = FindByIdentifier(repository, id);
    if (!found) {
      response.failures.push_back(found.error());
      continue;
    }
    if (!found->image->storage.is_active() && !Mutated(Mutant::kArchivedIsPulled)) {
      response.failures.push_back(
          {id, "ImageInaccessible",
           fmt::format("Requested image is {} and cannot be pulled", NameOf(found->image->storage.status))});
      continue;
    }
    const auto& manifest = found->image->manifest;
    if (!Mutated(Mutant::kPullsAreNotRecorded)) repository.images.Find(manifest->digest)->pulled_at = context.now;
    context.events.Emit<ImagePulled>(context.registry.key, repository.name, manifest->digest, found->tag);
    response.images.push_back({context.registry_id(),
                               repository.name.text(),
                               {manifest->digest.text(), id.image_tag},
                               SharedText::Of(manifest),
                               std::string(manifest->media_type)});
  }
  if (Mutated(Mutant::kFailuresAreLeftOut)) response.failures.clear();
  return response;
}

ApiResult<ListImagesResponse> Execute(ApiContext& context, const ListImagesRequest& request) {
  const auto selection = ReadFilter(request.filter);
  if (!selection) return selection.error();
  const auto opened = OpenRepository(context, "ecr:ListImages", request.repository_name);
  if (!opened) return opened.error();
  const auto page =
      Page::Open(ListImagesRequest::kOperation, request.repository_name, request.next_token, request.max_results);
  if (!page) return page.error();

  ListImagesResponse response;
  std::optional<ListKey> behind;
  if (page->after()) behind = ListKey::Read(*page->after());
  ListKey last;
  // Returns false when the page is full and there is one more.
  const auto add = [&](const Digest& digest, const std::string& tag) {
    if (behind && digest == behind->digest && tag <= behind->tag) return true;
    if (response.image_ids.size() == page->size()) {
      response.next_token = page->TokenBehind(last.text());
      return false;
    }
    last = {digest, tag};
    response.image_ids.push_back({digest.text(), tag.empty() ? std::nullopt : std::optional(tag)});
    return true;
  };
  (*opened)->images.VisitSortedFrom(behind ? &behind->digest : nullptr, [&](const Digest& digest, const Image& image) {
    if (!Shows(*selection, image)) return true;
    if (image.tags.empty()) return add(digest, "");
    if (Mutated(Mutant::kOneEntryAnImage)) return add(digest, image.tags.begin()->text());
    return std::all_of(image.tags.begin(), image.tags.end(), [&](const Tag& tag) { return add(digest, tag.text()); });
  });
  return response;
}

namespace {

ApiResult<DescribeImagesResponse> DescribeThese(const ApiContext& context, const Repository& repository,
                                                const DescribeImagesRequest& request, const Selection& selection) {
  const auto& ids = *request.image_ids;
  if (auto sound = CheckLength("imageIds", ids.size(), 1, kImageIdsMax); !sound) return sound.error();
  if (auto sound = RefusePaging("imageIds", request.next_token, request.max_results); !sound) return sound.error();
  DescribeImagesResponse response;
  std::set<Digest> described;
  for (const auto& id : ids) {
    const auto image = RequireImage(context, repository, id);
    if (!image) return image.error();
    if (Shows(selection, **image) && described.insert((*image)->manifest->digest).second) {
      response.image_details.push_back(Describe(context, repository, **image));
    }
  }
  return response;
}

}  // namespace

ApiResult<DescribeImagesResponse> Execute(ApiContext& context, const DescribeImagesRequest& request) {
  const auto selection = ReadFilter(request.filter);
  if (!selection) return selection.error();
  const auto opened = OpenRepository(context, "ecr:DescribeImages", request.repository_name);
  if (!opened) return opened.error();
  const auto& repository = **opened;
  if (request.image_ids) return DescribeThese(context, repository, request, *selection);
  const auto page =
      Page::Open(DescribeImagesRequest::kOperation, request.repository_name, request.next_token, request.max_results);
  if (!page) return page.error();

  DescribeImagesResponse response;
  ListKey last;
  std::optional<Digest> behind;
  if (page->after()) behind = ListKey::Read(*page->after()).digest;
  repository.images.VisitSortedFrom(behind ? &*behind : nullptr, [&](const Digest& digest, const Image& image) {
    if (digest == behind || !Shows(*selection, image)) return true;
    if (response.image_details.size() == page->size()) {
      response.next_token = page->TokenBehind(last.text());
      return false;
    }
    last.digest = digest;
    response.image_details.push_back(Describe(context, repository, image));
    return true;
  });
  return response;
}

}  // namespace crrsim
