// Replication backfills: starting, stopping, listing and describing them. backfill/backfill.h has the state machine.
//
// Ours, where nothing is documented: a destination that no rule names is refused with ValidationException; a backfill
// that runs to the same region is found before the limit of running ones; the lists are in the order of the starts, and
// results in the order of repository, digest and tag.
//
// Source  ecr-replication.md 1.7, 10.3.
#include <algorithm>
#include <array>
#include <set>

#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/validate.h"
#include "registry_model/backfill/listing.h"
#include "registry_model/mutants.h"

namespace crrsim {

namespace {

constexpr PageSizes kBackfillsOfAPage = {50, 25};

/// A registry has no resource policy of its own for these; another account's caller needs an Allow for all
/// repositories.
ApiResult<Unit> AuthoriseBackfill(const ApiContext& context, std::string_view action) {
  if (context.registry.key.account == context.caller.account) return AuthoriseOnOwnRegistry(context, action);
  return AuthoriseOnAllRepositories(context, action);
}

ApiResult<RegistryKey> CheckDestination(const ReplicationDestinationShape& shape) {
  const auto region = RegionName::Parse(shape.region);
  if (!region) return InvalidParameter("destination.region", region.error().message);
  const auto account = AccountId::Parse(shape.registry_id);
  if (!account) return InvalidParameter("destination.registryId", account.error().message);
  return RegistryKey{*account, *region};
}

/// Eight, four, four, four and twelve hexadecimal digits.
bool IsBackfillId(std::string_view text) {
  constexpr std::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == kForm.size() && std::equal(text.begin(), text.end(), kForm.begin(), [](char c, char form) {
           const bool is_digit = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
           return form == '-' ? c == '-' : is_digit;
         });
}

/// The backfill that a request names, once the caller may do `action`.
ApiResult<const Backfill*> OpenBackfill(const ApiContext& context, std::string_view action, const std::string& id) {
  if (!IsBackfillId(id)) {
    return InvalidParameter("replicationBackfillId", "must be an id such as 13cde686-328b-4117-af20-0e5566167482");
  }
  if (auto allowed = AuthoriseBackfill(context, action); !allowed) return allowed.error();
  auto lower = id;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (const auto* found = context.backfills.backfills().Find(context.registry.key, lower, context.now)) return found;
  return Refuse(exception::kReplicationBackfillNotFound,
                fmt::format("The replication backfill with id '{}' does not exist in the registry with id '{}'", id,
                            context.registry_id()));
}

ReplicationDestinationShape DestinationOf(const Backfill& backfill) {
  return {std::string(backfill.destination.region.text()), backfill.destination.account.text()};
}

std::optional<std::string> FailureOf(const Backfill& backfill) {
  if (backfill.status != BackfillStatus::kFailed) return std::nullopt;
  return std::string(kBackfillFailureCode);
}

std::optional<BackfillProgressShape> ProgressOf(const Backfill& backfill) {
  if (!backfill.prepared) return std::nullopt;
  if (Mutated(Mutant::kLateProgress) && !IsTerminal(backfill.status)) return std::nullopt;
  std::set<std::string_view> codes;
  for (const auto& unit : backfill.units) {
    if (unit.state == UnitState::kFailed) codes.insert(NameOf(unit.failure));
  }
  return BackfillProgressShape{static_cast<std::int64_t>(backfill.units.size()),
                               backfill.completed,
                               backfill.failed,
                               {codes.begin(), codes.end()}};
}

BackfillResultShape ResultOf(const BackfillUnit& unit) {
  BackfillResultShape result;
  result.repository_name = unit.repository.text();
  result.image_id.image_digest = unit.digest.text();
  if (unit.tag) result.image_id.image_tag = unit.tag->text();
  result.status = unit.state == UnitState::kComplete ? "COMPLETE" : "FAILED";
  if (unit.state == UnitState::kFailed) result.failure_code = NameOf(unit.failure);
  if (unit.is_index) {
    result.sub_image_failure_codes.emplace();
    if (unit.child_failed) result.sub_image_failure_codes->emplace_back(NameOf(unit.failure));
  }
  return result;
}

void AddResults(const Backfill& backfill, const std::optional<std::string>& filter, const Page& page,
                DescribeReplicationBackfillResultsResponse& response) {
  auto& results = response.results.emplace();
  auto last = page.place();
  for (auto place = last; place < backfill.units.size(); ++place) {
    const auto& unit = backfill.units[place];
    if (unit.state != UnitState::kComplete && unit.state != UnitState::kFailed) continue;
    auto result = ResultOf(unit);
    if (filter && result.status != *filter) continue;
    if (results.size() == page.size()) {
      response.next_token = page.TokenBehind(std::to_string(last));
      return;
    }
    results.push_back(std::move(result));
    last = place + 1;
  }
}

}  // namespace

ApiResult<StartReplicationBackfillResponse> Execute(ApiContext& context,
                                                    const StartReplicationBackfillRequest& request) {
  const auto destination = CheckDestination(request.destination);
  if (!destination) return destination.error();
  if (auto allowed = AuthoriseBackfill(context, "ecr:StartReplicationBackfill"); !allowed) return allowed.error();
  const auto& source = context.registry.key;
  if (!IsDestinationOf(context.registry.replication, *destination)) {
    return Refuse(exception::kValidation,
                  fmt::format("The destination {} in {} is not in the replication configuration of the registry with "
                              "id '{}'",
                              destination->account.text(), destination->region.text(), context.registry_id()));
  }
  const auto& backfills = context.backfills.backfills();
  const bool is_limited = !Mutated(Mutant::kBackfillsWithoutLimit);
  if (is_limited && backfills.IsRunningTo(source, destination->region)) {
    return Refuse(exception::kReplicationBackfillInProgress,
                  fmt::format("A replication backfill is already in progress for the destination Region '{}' in the "
                              "registry with id '{}'",
                              destination->region.text(), context.registry_id()));
  }
  if (is_limited && backfills.RunningOf(source) >= kRunningBackfillsMax) {
    return Refuse(exception::kLimitExceeded,
                  fmt::format("The registry with id '{}' has {} replication backfills in progress, which is the limit",
                              context.registry_id(), kRunningBackfillsMax));
  }
  const auto& started = context.backfills.StartBackfill(source, *destination);
  return StartReplicationBackfillResponse{started.id.text(), context.registry_id(), request.destination,
                                          std::string(NameOf(started.status)), started.started_at};
}

ApiResult<StopReplicationBackfillResponse> Execute(ApiContext& context, const StopReplicationBackfillRequest& request) {
  const auto opened = OpenBackfill(context, "ecr:StopReplicationBackfill", request.id);
  if (!opened) return opened.error();
  const auto& backfill = **opened;
  if (backfill.status != BackfillStatus::kPreparing && backfill.status != BackfillStatus::kInProgress) {
    return Refuse(exception::kReplicationBackfillInvalidStatus,
                  fmt::format("The replication backfill with id '{}' is {} and cannot be stopped", request.id,
                              NameOf(backfill.status)));
  }
  context.backfills.StopBackfill(backfill.number);
  return StopReplicationBackfillResponse{context.registry_id(), backfill.id.text(), DestinationOf(backfill),
                                         std::string(NameOf(backfill.status)), backfill.started_at};
}

ApiResult<ListReplicationBackfillsResponse> Execute(ApiContext& context,
                                                    const ListReplicationBackfillsRequest& request) {
  const auto page = Page::Open(ListReplicationBackfillsRequest::kOperation, ToText(context.registry.key),
                               request.next_token, request.max_results, kBackfillsOfAPage);
  if (!page) return page.error();
  if (auto allowed = AuthoriseBackfill(context, "ecr:ListReplicationBackfills"); !allowed) return allowed.error();
  ListReplicationBackfillsResponse response;
  response.registry_id = context.registry_id();
  auto last = page->place();
  const auto& all = context.backfills.backfills().all();
  for (auto entry = all.upper_bound(last); entry != all.end(); ++entry) {
    const auto& backfill = entry->second;
    if (backfill.source != context.registry.key || !backfill.IsKnownAt(context.now)) continue;
    if (response.backfills.size() == page->size()) {
      response.next_token = page->TokenBehind(std::to_string(last));
      break;
    }
    response.backfills.push_back({backfill.id.text(), DestinationOf(backfill), std::string(NameOf(backfill.status)),
                                  FailureOf(backfill), ProgressOf(backfill), backfill.started_at, backfill.ended_at});
    last = backfill.number;
  }
  return response;
}

ApiResult<DescribeReplicationBackfillResultsResponse> Execute(
    ApiContext& context, const DescribeReplicationBackfillResultsRequest& request) {
  constexpr std::array<std::string_view, 2> kStatuses = {"COMPLETE", "FAILED"};
  const auto& filter = request.result_status_filter;
  if (filter) {
    if (auto sound = CheckOneOf("resultStatusFilter", *filter, kStatuses); !sound) return sound.error();
  }
  const auto page =
      Page::Open(DescribeReplicationBackfillResultsRequest::kOperation,
                 fmt::format("{} {}", request.id, filter.value_or("")), request.next_token, request.max_results);
  if (!page) return page.error();
  const auto opened = OpenBackfill(context, "ecr:DescribeReplicationBackfillResults", request.id);
  if (!opened) return opened.error();
  const auto& backfill = **opened;
  DescribeReplicationBackfillResultsResponse response;
  response.registry_id = context.registry_id();
  response.id = backfill.id.text();
  response.destination = DestinationOf(backfill);
  response.status = NameOf(backfill.status);
  response.failure_code = FailureOf(backfill);
  response.progress = ProgressOf(backfill);
  response.started_at = backfill.started_at;
  response.ended_at = backfill.ended_at;
  if (IsTerminal(backfill.status)) AddResults(backfill, filter, *page, response);
  return response;
}

}  // namespace crrsim
