// Image scans: basic ones, begun by hand or on push, whose findings the world knows.
//
// Source  ecr-replication.md 9, 10.3 (message texts).
#include <algorithm>

#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/paging.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/scanning.h"

namespace crrsim {

namespace {

ImageScanStatusShape Describe(const ImageScan& scan) {
  if (scan.status == ScanStatus::kInProgress) return {"IN_PROGRESS", std::nullopt};
  return {"COMPLETE", "The scan was completed successfully."};
}

ImageIdentifier IdentifierOf(const Image& image, const ImageIdentifier& asked) {
  return {image.manifest->digest.text(), asked.image_tag};
}

/// Fills one page of findings, the n-th of a severity being called `HIGH-n`, and returns the token for the next.
/// Findings are counted through in the order of their severities' names; a page ends behind its last number.
std::optional<std::string> AddFindings(const FindingCounts& counts, const Page& page,
                                       std::vector<ImageScanFinding>& findings) {
  auto number = static_cast<std::int64_t>(page.place());
  auto skip = number;
  for (const auto& [severity, count] : counts) {
    for (auto i = std::min<std::int64_t>(skip, count); i < count; ++i) {
      if (findings.size() == page.size()) return page.TokenBehind(std::to_string(number));
      findings.push_back({fmt::format("{}-{}", severity, i + 1), severity});
      ++number;
    }
    skip -= std::min<std::int64_t>(skip, count);
  }
  return std::nullopt;
}

}  // namespace

ApiResult<StartImageScanResponse> Execute(ApiContext& context, const StartImageScanRequest& request) {
  const auto opened = OpenRepository(context, "ecr:StartImageScan", request.repository_name);
  if (!opened) return opened.error();
  const auto found = RequireImage(context, **opened, request.image_id);
  if (!found) return found.error();
  const auto& image = **found;
  if (!IsScannable(*image.manifest)) {
    return Refuse(exception::kUnsupportedImageType,
                  fmt::format("The image with imageId {} in the repository with name '{}' in the registry with id '{}' "
                              "is of a type that cannot be scanned",
                              ToText(request.image_id), request.repository_name, context.registry_id()));
  }
  if (!image.storage.is_active()) {
    return Refuse(exception::kImageArchived, "The specified image is archived and cannot be scanned.");
  }
  if (image.scan && !Mutated(Mutant::kScansWithoutQuota) && context.now - image.scan->started_at < Hours(24)) {
    return Refuse(exception::kLimitExceeded, "The scan quota per image has been exceeded. Wait and try again.");
  }
  if (Exceeds(ScansOfTheDay(context.registry, context.now) + 1, context.options.scans_max)) {
    return Refuse(exception::kLimitExceeded, fmt::format("The registry with id '{}' has begun {} scans in 24 hours",
                                                         context.registry_id(), context.options.scans_max));
  }
  StartImageScanResponse response{context.registry_id(),
                                  request.repository_name,
                                  IdentifierOf(image, request.image_id),
                                  {"IN_PROGRESS", std::nullopt}};
  const auto name = (*opened)->name;
  const auto digest = image.manifest->digest;
  context.scans.StartScan(context.registry.key, name, digest);
  return response;
}

ApiResult<DescribeImageScanFindingsResponse> Execute(ApiContext& context,
                                                     const DescribeImageScanFindingsRequest& request) {
  const auto opened = OpenRepository(context, "ecr:DescribeImageScanFindings", request.repository_name);
  if (!opened) return opened.error();
  const auto found = RequireImage(context, **opened, request.image_id);
  if (!found) return found.error();
  const auto& image = **found;
  if (!image.scan && Mutated(Mutant::kUnscannedHasNoFindings)) return DescribeImageScanFindingsResponse{};
  if (!image.scan) {
    return Refuse(
        exception::kScanNotFound,
        fmt::format("Image scan does not exist for the image with '{}' in the repository with name '{}' in the "
                    "registry with id '{}'",
                    ToText(request.image_id), request.repository_name, context.registry_id()));
  }
  const auto& digest = image.manifest->digest;
  const auto page =
      Page::Open(DescribeImageScanFindingsRequest::kOperation,
                 fmt::format("{}@{}", request.repository_name, digest.text()), request.next_token, request.max_results);
  if (!page) return page.error();

  DescribeImageScanFindingsResponse response;
  response.registry_id = context.registry_id();
  response.repository_name = request.repository_name;
  response.image_id = IdentifierOf(image, request.image_id);
  if (!image.storage.is_active()) {
    response.image_scan_status = {"IMAGE_ARCHIVED", "The image is archived."};
    return response;
  }
  response.image_scan_status = Describe(*image.scan);
  if (image.scan->status == ScanStatus::kComplete) {
    auto& findings = response.image_scan_findings.emplace();
    findings.image_scan_completed_at = image.scan->completed_at;
    findings.vulnerability_source_updated_at = image.scan->completed_at;
    findings.finding_severity_counts = image.scan->findings;
    response.next_token = AddFindings(image.scan->findings, *page, findings.findings);
  }
  return response;
}

}  // namespace crrsim
