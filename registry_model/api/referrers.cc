// What refers to an image: signatures, attestations and other artifacts that name it as their subject.
//
// The subject need not be there, and what refers to a referrer is not listed with it.
//
// Source  ecr-replication.md 10.3, 11 (OCI 1.1); oci-registry.md (referrers).
#include <algorithm>
#include <array>

#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/validate.h"

namespace crrsim {

namespace {

constexpr PageSizes kReferrerPages = {50, 50};
constexpr std::int64_t kArtifactTypesMax = 5;
constexpr std::int64_t kArtifactTypeMax = 255;

struct ReferrerSelection {
  std::vector<std::string> types;  // any when empty
  std::string status = "ACTIVE";

  [[nodiscard]] bool Takes(const Image& image) const {
    if (status != "ANY" && status != NameOf(image.storage.status)) return false;
    return types.empty() || std::find(types.begin(), types.end(), image.manifest->artifact_type) != types.end();
  }
};

ApiResult<ReferrerSelection> ReadReferrerFilter(const std::optional<ListImageReferrersFilter>& filter) {
  constexpr std::array<std::string_view, 4> kStatuses = {"ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"};
  ReferrerSelection selection;
  if (!filter) return selection;
  if (filter->artifact_types) {
    selection.types = *filter->artifact_types;
    if (auto sound = CheckLength("filter.artifactTypes", selection.types.size(), 0, kArtifactTypesMax); !sound) {
      return sound.error();
    }
    for (const auto& type : selection.types) {
      if (auto sound = CheckLength("filter.artifactTypes", type.size(), 1, kArtifactTypeMax); !sound) {
        return sound.error();
      }
    }
  }
  if (filter->artifact_status) {
    if (auto sound = CheckOneOf("filter.artifactStatus", *filter->artifact_status, kStatuses); !sound) {
      return sound.error();
    }
    selection.status = *filter->artifact_status;
  }
  return selection;
}

ImageReferrer DescribeReferrer(const Image& image) {
  const auto& manifest = *image.manifest;
  ImageReferrer referrer;
  referrer.digest = manifest.digest.text();
  referrer.media_type = manifest.media_type;
  if (!manifest.artifact_type.empty()) referrer.artifact_type = manifest.artifact_type;
  referrer.size = manifest.size().bytes();
  if (!manifest.annotations.empty()) referrer.annotations = manifest.annotations;
  referrer.artifact_status = NameOf(image.storage.status);
  return referrer;
}

}  // namespace

ApiResult<ListImageReferrersResponse> Execute(ApiContext& context, const ListImageReferrersRequest& request) {
  const auto subject = CheckDigest("subjectId.imageDigest", request.subject_id.image_digest);
  if (!subject) return subject.error();
  const auto selection = ReadReferrerFilter(request.filter);
  if (!selection) return selection.error();
  // The caller needs no permission of this name, but the one to fetch manifests.
  const auto opened = OpenRepository(context, "ecr:BatchGetImage", request.repository_name);
  if (!opened) return opened.error();
  const auto page = Page::Open(ListImageReferrersRequest::kOperation,
                               fmt::format("{}@{}", request.repository_name, request.subject_id.image_digest),
                               request.next_token, request.max_results, kReferrerPages);
  if (!page) return page.error();

  ListImageReferrersResponse response;
  std::optional<Digest> behind;
  if (page->after()) behind = Digest::Parse(*page->after()).value();
  (*opened)->images.VisitSortedFrom(behind ? &*behind : nullptr, [&](const Digest& digest, const Image& image) {
    const auto& about = image.manifest->subject;
    if (digest == behind || !about || about->digest != *subject || !selection->Takes(image)) return true;
    if (response.referrers.size() == page->size()) {
      response.next_token = page->TokenBehind(response.referrers.back().digest);
      return false;
    }
    response.referrers.push_back(DescribeReferrer(image));
    return true;
  });
  return response;
}

}  // namespace crrsim
