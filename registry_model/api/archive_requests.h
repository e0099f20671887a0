// The request that moves an image between the storage classes, in AWS's own shape.
//
// Source  ecr-replication.md 10.2, 10.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry_model/api/image_requests.h"

namespace crrsim {

struct UpdateImageStorageClassResponse {
  std::string registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  std::string image_status;  // ACTIVE, ARCHIVED, ACTIVATING

  friend bool operator==(const UpdateImageStorageClassResponse&, const UpdateImageStorageClassResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("imageStatus", self.image_status);
  }
};

struct UpdateImageStorageClassRequest {
  static constexpr std::string_view kOperation = "UpdateImageStorageClass";
  using Response = UpdateImageStorageClassResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  std::string target_storage_class;  // STANDARD, ARCHIVE

  friend bool operator==(const UpdateImageStorageClassRequest&, const UpdateImageStorageClassRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("targetStorageClass", self.target_storage_class);
  }
};

}  // namespace crrsim
