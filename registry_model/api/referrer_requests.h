// The request that lists what refers to an image, in AWS's own shapes.
//
// Source  ecr-replication.md 10.3.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim {

struct SubjectIdentifier {
  std::string image_digest;

  friend bool operator==(const SubjectIdentifier&, const SubjectIdentifier&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageDigest", self.image_digest);
  }
};

struct ListImageReferrersFilter {
  std::optional<std::vector<std::string>> artifact_types;  // 0 to 5
  std::optional<std::string> artifact_status;              // ACTIVE (also when absent), ARCHIVED, ACTIVATING, ANY

  friend bool operator==(const ListImageReferrersFilter&, const ListImageReferrersFilter&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("artifactTypes", self.artifact_types);
    visit("artifactStatus", self.artifact_status);
  }
};

/// A descriptor of the artifact: `size` is that of its manifest.
struct ImageReferrer {
  std::string digest;
  std::string media_type;
  std::optional<std::string> artifact_type;
  std::int64_t size = 0;
  std::optional<std::map<std::string, std::string>> annotations;
  std::string artifact_status;

  friend bool operator==(const ImageReferrer&, const ImageReferrer&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("digest", self.digest);
    visit("mediaType", self.media_type);
    visit("artifactType", self.artifact_type);
    visit("size", self.size);
    visit("annotations", self.annotations);
    visit("artifactStatus", self.artifact_status);
  }
};

struct ListImageReferrersResponse {
  std::vector<ImageReferrer> referrers;
  std::optional<std::string> next_token;

  friend bool operator==(const ListImageReferrersResponse&, const ListImageReferrersResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("referrers", self.referrers);
    visit("nextToken", self.next_token);
  }
};

struct ListImageReferrersRequest {
  static constexpr std::string_view kOperation = "ListImageReferrers";
  using Response = ListImageReferrersResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  SubjectIdentifier subject_id;
  std::optional<ListImageReferrersFilter> filter;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;  // 1 to 50

  friend bool operator==(const ListImageReferrersRequest&, const ListImageReferrersRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("subjectId", self.subject_id);
    visit("filter", self.filter);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
  }
};

}  // namespace crrsim
