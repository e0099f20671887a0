// Requests and responses of the scan operations, in AWS's own shapes.
//
// Source  ecr-replication.md 9.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/image_requests.h"
#include "sim/units.h"

namespace crrsim {

struct ImageScanStatusShape {
  std::string status;  // IN_PROGRESS, COMPLETE
  std::optional<std::string> description;

  friend bool operator==(const ImageScanStatusShape&, const ImageScanStatusShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("status", self.status);
    visit("description", self.description);
  }
};

struct StartImageScanResponse {
  std::string registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  ImageScanStatusShape image_scan_status;

  friend bool operator==(const StartImageScanResponse&, const StartImageScanResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("imageScanStatus", self.image_scan_status);
  }
};

struct StartImageScanRequest {
  static constexpr std::string_view kOperation = "StartImageScan";
  using Response = StartImageScanResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  ImageIdentifier image_id;

  friend bool operator==(const StartImageScanRequest&, const StartImageScanRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
  }
};

/// The model knows how many findings of each severity there are; their names are numbers.
struct ImageScanFinding {
  std::string name;
  std::string severity;

  friend bool operator==(const ImageScanFinding&, const ImageScanFinding&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("name", self.name);
    visit("severity", self.severity);
  }
};

struct ImageScanFindings {
  Instant image_scan_completed_at;
  Instant vulnerability_source_updated_at;
  std::map<std::string, std::int64_t> finding_severity_counts;
  std::vector<ImageScanFinding> findings;

  friend bool operator==(const ImageScanFindings&, const ImageScanFindings&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("imageScanCompletedAt", self.image_scan_completed_at);
    visit("vulnerabilitySourceUpdatedAt", self.vulnerability_source_updated_at);
    visit("findingSeverityCounts", self.finding_severity_counts);
    visit("findings", self.findings);
  }
};

struct DescribeImageScanFindingsResponse {
  std::string registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  ImageScanStatusShape image_scan_status;
  std::optional<ImageScanFindings> image_scan_findings;  // of a completed scan
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeImageScanFindingsResponse&, const DescribeImageScanFindingsResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("imageScanStatus", self.image_scan_status);
    visit("imageScanFindings", self.image_scan_findings);
    visit("nextToken", self.next_token);
  }
};

struct DescribeImageScanFindingsRequest {
  static constexpr std::string_view kOperation = "DescribeImageScanFindings";
  using Response = DescribeImageScanFindingsResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  ImageIdentifier image_id;
  std::optional<std::string> next_token;
  std::optional<std::int64_t> max_results;

  friend bool operator==(const DescribeImageScanFindingsRequest&, const DescribeImageScanFindingsRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("nextToken", self.next_token);
    visit("maxResults", self.max_results);
  }
};

}  // namespace crrsim
