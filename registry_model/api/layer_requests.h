// Requests and responses of the layer operations, in AWS's own shapes.
//
// Source  ecr-replication.md 10.2, 10.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/wire_types.h"

namespace crrsim {

struct InitiateLayerUploadResponse {
  std::string upload_id;
  std::int64_t part_size = 0;

  friend bool operator==(const InitiateLayerUploadResponse&, const InitiateLayerUploadResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("uploadId", self.upload_id);
    visit("partSize", self.part_size);
  }
};

struct InitiateLayerUploadRequest {
  static constexpr std::string_view kOperation = "InitiateLayerUpload";
  using Response = InitiateLayerUploadResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;

  friend bool operator==(const InitiateLayerUploadRequest&, const InitiateLayerUploadRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
  }
};

struct UploadLayerPartResponse {
  std::string registry_id;
  std::string repository_name;
  std::string upload_id;
  std::int64_t last_byte_received = 0;

  friend bool operator==(const UploadLayerPartResponse&, const UploadLayerPartResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("uploadId", self.upload_id);
    visit("lastByteReceived", self.last_byte_received);
  }
};

struct UploadLayerPartRequest {
  static constexpr std::string_view kOperation = "UploadLayerPart";
  using Response = UploadLayerPartResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string upload_id;
  std::int64_t part_first_byte = 0;
  std::int64_t part_last_byte = 0;
  BinaryText layer_part_blob;

  friend bool operator==(const UploadLayerPartRequest&, const UploadLayerPartRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("uploadId", self.upload_id);
    visit("partFirstByte", self.part_first_byte);
    visit("partLastByte", self.part_last_byte);
    visit("layerPartBlob", self.layer_part_blob);
  }
};

struct CompleteLayerUploadResponse {
  std::string registry_id;
  std::string repository_name;
  std::string upload_id;
  std::string layer_digest;

  friend bool operator==(const CompleteLayerUploadResponse&, const CompleteLayerUploadResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("uploadId", self.upload_id);
    visit("layerDigest", self.layer_digest);
  }
};

struct CompleteLayerUploadRequest {
  static constexpr std::string_view kOperation = "CompleteLayerUpload";
  using Response = CompleteLayerUploadResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string upload_id;
  std::vector<std::string> layer_digests;

  friend bool operator==(const CompleteLayerUploadRequest&, const CompleteLayerUploadRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("uploadId", self.upload_id);
    visit("layerDigests", self.layer_digests);
  }
};

struct LayerShape {
  std::string layer_digest;
  std::string layer_availability;          // AVAILABLE, UNAVAILABLE
  std::optional<std::int64_t> layer_size;  // of an available layer

  friend bool operator==(const LayerShape&, const LayerShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("layerDigest", self.layer_digest);
    visit("layerAvailability", self.layer_availability);
    visit("layerSize", self.layer_size);
  }
};

struct LayerFailure {
  std::string layer_digest;
  std::string failure_code;
  std::string failure_reason;

  friend bool operator==(const LayerFailure&, const LayerFailure&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("layerDigest", self.layer_digest);
    visit("failureCode", self.failure_code);
    visit("failureReason", self.failure_reason);
  }
};

struct BatchCheckLayerAvailabilityResponse {
  std::vector<LayerShape> layers;
  std::vector<LayerFailure> failures;

  friend bool operator==(const BatchCheckLayerAvailabilityResponse&,
                         const BatchCheckLayerAvailabilityResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("layers", self.layers);
    visit("failures", self.failures);
  }
};

struct BatchCheckLayerAvailabilityRequest {
  static constexpr std::string_view kOperation = "BatchCheckLayerAvailability";
  using Response = BatchCheckLayerAvailabilityResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::vector<std::string> layer_digests;

  friend bool operator==(const BatchCheckLayerAvailabilityRequest&,
                         const BatchCheckLayerAvailabilityRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("layerDigests", self.layer_digests);
  }
};

struct GetDownloadUrlForLayerResponse {
  std::string download_url;
  std::string layer_digest;

  friend bool operator==(const GetDownloadUrlForLayerResponse&, const GetDownloadUrlForLayerResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("downloadUrl", self.download_url);
    visit("layerDigest", self.layer_digest);
  }
};

struct GetDownloadUrlForLayerRequest {
  static constexpr std::string_view kOperation = "GetDownloadUrlForLayer";
  using Response = GetDownloadUrlForLayerResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string layer_digest;

  friend bool operator==(const GetDownloadUrlForLayerRequest&, const GetDownloadUrlForLayerRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("layerDigest", self.layer_digest);
  }
};

}  // namespace crrsim
