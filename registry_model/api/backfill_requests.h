// Requests and responses of the replication backfill operations, in AWS's own shapes.
//
// Source  ecr-replication.md 1.7, 10.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/replication_requests.h"

namespace crrsim {

struct BackfillProgressShape {
  std::int64_t total = 0;
  std::int64_t completed = 0;
  std::int64_t failed = 0;
  std::vector<std::string> failure_codes;  // each once

  friend bool operator==(const BackfillProgressShape&, const BackfillProgressShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("totalReplicationCount", self.total);
    visit("completedReplicationCount", self.completed);
    visit("failedReplicationCount", self.failed);
    visit("failureCodes", self.failure_codes);
  }
};

struct StartReplicationBackfillResponse {
  std::string id;
  std::string registry_id;
  ReplicationDestinationShape destination;
  std::string status;
  Instant started_at;

  friend bool operator==(const StartReplicationBackfillResponse&, const StartReplicationBackfillResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationBackfillId", self.id);
    visit("registryId", self.registry_id);
    visit("destination", self.destination);
    visit("status", self.status);
    visit("startedAt", self.started_at);
  }
};

struct StartReplicationBackfillRequest {
  static constexpr std::string_view kOperation = "StartReplicationBackfill";
  using Response = StartReplicationBackfillResponse;

  ReplicationDestinationShape destination;
  std::optional<std::string> registry_id;

  friend bool operator==(const StartReplicationBackfillRequest&, const StartReplicationBackfillRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("destination", self.destination);
    visit("registryId", self.registry_id);
  }
};

struct StopReplicationBackfillResponse {
  std::string registry_id;
  std::string id;
  ReplicationDestinationShape destination;
  std::string status;
  Instant started_at;

  friend bool operator==(const StopReplicationBackfillResponse&, const StopReplicationBackfillResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("replicationBackfillId", self.id);
    visit("destination", self.destination);
    visit("status", self.status);
    visit("startedAt", self.started_at);
  }
};

struct StopReplicationBackfillRequest {
  static constexpr std::string_view kOperation = "StopReplicationBackfill";
  using Response = StopReplicationBackfillResponse;

  std::string id;
  std::optional<std::string> registry_id;

  friend bool operator==(const StopReplicationBackfillRequest&, const StopReplicationBackfillRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationBackfillId", self.id);
    visit("registryId", self.registry_id);
  }
};

struct BackfillSummaryShape {
  std::string id;
  ReplicationDestinationShape destination;
  std::string status;
  std::optional<std::string> failure_code;
  std::optional<BackfillProgressShape> progress;  // absent until the images are listed
  Instant started_at;
  std::optional<Instant> ended_at;

  friend bool operator==(const BackfillSummaryShape&, const BackfillSummaryShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationBackfillId", self.id);
    visit("destination", self.destination);
    visit("status", self.status);
    visit("failureCode", self.failure_code);
    visit("progress", self.progress);
    visit("startedAt", self.started_at);
    visit("endedAt", self.ended_at);
  }
};

struct ListReplicationBackfillsResponse {
  std::string registry_id;
  std::vector<BackfillSummaryShape> backfills;
  std::optional<std::string> next_token;

  friend bool operator==(const ListReplicationBackfillsResponse&, const ListReplicationBackfillsResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("backfills", self.backfills);
    visit("nextToken", self.next_token);
  }
};

struct ListReplicationBackfillsRequest {
  static constexpr std::string_view kOperation = "ListReplicationBackfills";
  using Response = ListReplicationBackfillsResponse;

  std::optional<std::string> registry_id;
  std::optional<std::int64_t> max_results;  // 1 to 50; 25 without it
  std::optional<std::string> next_token;

  friend bool operator==(const ListReplicationBackfillsRequest&, const ListReplicationBackfillsRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("maxResults", self.max_results);
    visit("nextToken", self.next_token);
  }
};

struct BackfillResultShape {
  std::string repository_name;
  ImageIdentifier image_id;
  std::string status;  // COMPLETE or FAILED
  std::optional<std::string> failure_code;
  std::optional<std::vector<std::string>> sub_image_failure_codes;  // of indexes only

  friend bool operator==(const BackfillResultShape&, const BackfillResultShape&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("repositoryName", self.repository_name);
    visit("imageId", self.image_id);
    visit("status", self.status);
    visit("failureCode", self.failure_code);
    visit("subImageFailureCodes", self.sub_image_failure_codes);
  }
};

struct DescribeReplicationBackfillResultsResponse {
  std::string registry_id;
  std::string id;
  ReplicationDestinationShape destination;
  std::string status;
  std::optional<std::string> failure_code;
  std::optional<BackfillProgressShape> progress;
  std::optional<std::vector<BackfillResultShape>> results;  // absent until a terminal status
  Instant started_at;
  std::optional<Instant> ended_at;
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeReplicationBackfillResultsResponse&,
                         const DescribeReplicationBackfillResultsResponse&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("registryId", self.registry_id);
    visit("replicationBackfillId", self.id);
    visit("destination", self.destination);
    visit("status", self.status);
    visit("failureCode", self.failure_code);
    visit("progress", self.progress);
    visit("results", self.results);
    visit("startedAt", self.started_at);
    visit("endedAt", self.ended_at);
    visit("nextToken", self.next_token);
  }
};

struct DescribeReplicationBackfillResultsRequest {
  static constexpr std::string_view kOperation = "DescribeReplicationBackfillResults";
  using Response = DescribeReplicationBackfillResultsResponse;

  std::string id;
  std::optional<std::string> registry_id;
  std::optional<std::string> result_status_filter;  // COMPLETE or FAILED
  std::optional<std::int64_t> max_results;          // 1 to 1000; 100 without it
  std::optional<std::string> next_token;

  friend bool operator==(const DescribeReplicationBackfillResultsRequest&,
                         const DescribeReplicationBackfillResultsRequest&) = default;
  template <class Self, class Visit>
  static void Fields(Self& self, Visit&& visit) {
    visit("replicationBackfillId", self.id);
    visit("registryId", self.registry_id);
    visit("resultStatusFilter", self.result_status_filter);
    visit("maxResults", self.max_results);
    visit("nextToken", self.next_token);
  }
};

}  // namespace crrsim
