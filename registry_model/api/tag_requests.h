// Requests and responses of the tags of repositories, in AWS's own shapes.
//
// Source  ecr-replication.md 8, 10.3.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/repository_requests.h"

namespace crrsim {

struct TagResourceResponse {
  friend bool operator==(const TagResourceResponse&, const TagResourceResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct TagResourceRequest {
  static constexpr std::string_view kOperation = "TagResource";
  using Response = TagResourceResponse;

  std::string resource_arn;  // of a repository
  std::vector<ResourceTag> tags;

  friend bool operator==(const TagResourceRequest&, const TagResourceRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("resourceArn", self.resource_arn);
    visit("tags", self.tags);
  }
};

struct UntagResourceResponse {
  friend bool operator==(const UntagResourceResponse&, const UntagResourceResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self&, Visit&&) {}
};

struct UntagResourceRequest {
  static constexpr std::string_view kOperation = "UntagResource";
  using Response = UntagResourceResponse;

  std::string resource_arn;
  std::vector<std::string> tag_keys;

  friend bool operator==(const UntagResourceRequest&, const UntagResourceRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("resourceArn", self.resource_arn);
    visit("tagKeys", self.tag_keys);
  }
};

struct ListTagsForResourceResponse {
  std::vector<ResourceTag> tags;  // by key

  friend bool operator==(const ListTagsForResourceResponse&, const ListTagsForResourceResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("tags", self.tags);
  }
};

struct ListTagsForResourceRequest {
  static constexpr std::string_view kOperation = "ListTagsForResource";
  using Response = ListTagsForResourceResponse;

  std::string resource_arn;

  friend bool operator==(const ListTagsForResourceRequest&, const ListTagsForResourceRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("resourceArn", self.resource_arn);
  }
};

}  // namespace crrsim
