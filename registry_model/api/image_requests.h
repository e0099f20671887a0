// Requests and responses of the image operations, in AWS's own shapes.
//
// Source  ecr-replication.md 10.2, 10.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/wire_types.h"
#include "sim/units.h"

namespace crrsim {

/// A digest, a tag, or both, which then have to agree.
struct ImageIdentifier {
  std::optional<std::string> image_digest;
  std::optional<std::string> image_tag;

  friend bool operator==(const ImageIdentifier&, const ImageIdentifier&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageDigest", self.image_digest);
    visit("imageTag", self.image_tag);
  }
};

/// What could not be done with one of several images.
struct ImageFailure {
  ImageIdentifier image_id;
  std::string failure_code;
  std::string failure_reason;

  friend bool operator==(const ImageFailure&, const ImageFailure&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageId", self.image_id);
    visit("failureCode", self.failure_code);
    visit("failureReason", self.failure_reason);
  }
};

struct ImageShape {
  std::string registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  SharedText image_manifest;
  std::string image_manifest_media_type;

  friend bool operator==(const ImageShape&, const ImageShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("imageManifest", self.image_manifest);
    visit("imageManifestMediaType", self.image_manifest_media_type);
  }
};

struct PutImageResponse {
  ImageShape image;

  friend bool operator==(const PutImageResponse&, const PutImageResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("image", self.image);
  }
};

struct PutImageRequest {
  static constexpr std::string_view kOperation = "PutImage";
  using Response = PutImageResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string image_manifest;
  std::optional<std::string> image_manifest_media_type;  // needed when the manifest has no `mediaType`
  std::optional<std::string> image_tag;
  std::optional<std::string> image_digest;

  friend bool operator==(const PutImageRequest&, const PutImageRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageManifest", self.image_manifest);
    visit("imageManifestMediaType", self.image_manifest_media_type);
    visit("imageTag", self.image_tag);
    visit("imageDigest", self.image_digest);
  }
};

struct BatchGetImageResponse {
  std::vector<ImageShape> images;
  std::vector<ImageFailure> failures;

  friend bool operator==(const BatchGetImageResponse&, const BatchGetImageResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("images", self.images);
    visit("failures", self.failures);
  }
};

/// `acceptedMediaTypes` is checked and otherwise without effect: a manifest is given as it is stored, never converted.
struct BatchGetImageRequest {
  static constexpr std::string_view kOperation = "BatchGetImage";
  using Response = BatchGetImageResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::vector<ImageIdentifier> image_ids;
  std::optional<std::vector<std::string>> accepted_media_types;

  friend bool operator==(const BatchGetImageRequest&, const BatchGetImageRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageIds", self.image_ids);
    visit("acceptedMediaTypes", self.accepted_media_types);
  }
};

struct ImageFilter {
  std::optional<std::string> tag_status;    // TAGGED, UNTAGGED, ANY
  std::optional<std::string> image_status;  // ACTIVE (also when absent), ARCHIVED, ACTIVATING, ANY

  friend bool operator==(const ImageFilter&, const ImageFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("tagStatus", self.tag_status);
    visit("imageStatus", self.image_status);
  }
};

struct ListImagesResponse {
  std::vector<ImageIdentifier> image_ids;
  std::optional<std::string> next_token;

  friend bool operator==(const ListImagesResponse&, const ListImagesResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageIds", self.image_ids);
    visit("nextToken", self.next_token);
  }
};

struct ListImagesRequest {
  static constexpr std::string_view kOperation = "ListImages";
  using Response = ListImagesResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;
  std::optional<ImageFilter> filter;

  friend bool operator==(const ListImagesRequest&, const ListImagesRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
    visit("filter", self.filter);
  }
};

/// `imageSizeInBytes` is the sum of config and layers; of an index the largest among its manifests. The scan summary is
/// left out, as the newer basic scanning does: ask DescribeImageScanFindings.
struct ImageDetail {
  std::string registry_id;
  std::string repository_name;
  std::string image_digest;
  std::optional<std::vector<std::string>> image_tags;  // absent for an untagged image
  std::int64_t image_size_in_bytes = 0;
  Instant image_pushed_at;
  std::string image_manifest_media_type;
  std::optional<std::string> artifact_media_type;
  std::optional<Instant> last_recorded_pull_time;
  std::optional<std::string> subject_manifest_digest;
  std::string image_status;
  std::optional<Instant> last_archived_at;
  std::optional<Instant> last_activated_at;

  friend bool operator==(const ImageDetail&, const ImageDetail&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageDigest", self.image_digest);
    visit("imageTags", self.image_tags);
    visit("imageSizeInBytes", self.image_size_in_bytes);
    visit("imagePushedAt", self.image_pushed_at);
    visit("imageManifestMediaType", self.image_manifest_media_type);
    visit("artifactMediaType", self.artifact_media_type);
    visit("lastRecordedPullTime", self.last_recorded_pull_time);
    visit("subjectManifestDigest", self.subject_manifest_digest);
    visit("imageStatus", self.image_status);
    visit("lastArchivedAt", self.last_archived_at);
    visit("lastActivatedAt", self.last_activated_at);
  }
};

struct DescribeImagesResponse {
  std::vector<ImageDetail> image_details;
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeImagesResponse&, const DescribeImagesResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageDetails", self.image_details);
    visit("nextToken", self.next_token);
  }
};

struct DescribeImagesRequest {
  static constexpr std::string_view kOperation = "DescribeImages";
  using Response = DescribeImagesResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::optional<std::vector<ImageIdentifier>> image_ids;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;
  std::optional<ImageFilter> filter;

  friend bool operator==(const DescribeImagesRequest&, const DescribeImagesRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageIds", self.image_ids);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
    visit("filter", self.filter);
  }
};

struct BatchDeleteImageResponse {
  std::vector<ImageIdentifier> image_ids;
  std::vector<ImageFailure> failures;

  friend bool operator==(const BatchDeleteImageResponse&, const BatchDeleteImageResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageIds", self.image_ids);
    visit("failures", self.failures);
  }
};

struct BatchDeleteImageRequest {
  static constexpr std::string_view kOperation = "BatchDeleteImage";
  using Response = BatchDeleteImageResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::vector<ImageIdentifier> image_ids;

  friend bool operator==(const BatchDeleteImageRequest&, const BatchDeleteImageRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageIds", self.image_ids);
  }
};

}  // namespace crrsim
