#include "registry_model/test/support/api_bench.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "registry_model/registry/scanning.h"

namespace crrsim::api_test {

namespace {

std::string DescriptorText(std::string_view type, const Digest& digest, ByteCount size) {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}}})", type, digest.text(), size.bytes());
}

}  // namespace

Blob Content(const std::string& name) { return BlobOf("the bytes of " + name); }

std::string ImageText(const std::vector<Blob>& blobs, const std::string& note) {
  const auto& config = blobs.at(0);
  std::string layers;
  for (std::size_t i = 1; i < blobs.size(); ++i) {
    layers += (layers.empty() ? "" : ",") + DescriptorText(media_type::kOciLayerGzip, blobs[i].digest, blobs[i].size);
  }
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{},"layers":[{}],"annotations":{{"note":"{}"}}}})",
      media_type::kOciManifest, DescriptorText(media_type::kOciConfig, config.digest, config.size), layers, note);
}

std::string IndexText(const std::vector<ManifestPtr>& children) {
  std::string manifests;
  for (const auto& child : children) {
    manifests += (manifests.empty() ? "" : ",") + DescriptorText(child->media_type, child->digest, child->size());
  }
  return fmt::format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[{}]}})", media_type::kOciIndex, manifests);
}

ManifestPtr Parsed(const std::string& text, std::string_view declared) { return ParseManifest(text, declared).value(); }

std::string Inconsistency(const Repository& repository, ManifestBytes manifests) {
  std::map<Digest, std::int64_t> references;
  std::map<Digest, std::int64_t> inactive;
  std::map<Digest, std::int64_t> indexes;
  std::int64_t bytes = 0;
  std::size_t tags = 0;
  std::string problem;
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    if (digest != image.manifest->digest) problem = "an image lies under another digest";
    for (const auto& blob : image.manifest->blobs) {
      ++references[blob.digest];
      if (!image.storage.is_active()) ++inactive[blob.digest];
    }
    std::set<Digest> children;
    for (const auto& child : image.manifest->children) children.insert(child.digest);
    for (const auto& child : children) ++indexes[child];
    if (manifests == ManifestBytes::kCounted) bytes += image.manifest->size().bytes();
    tags += image.tags.size();
    for (const auto& tag : image.tags) {
      const auto* bound = repository.tags.Find(tag);
      if (bound == nullptr || *bound != digest) problem = "an image knows a tag that is not its own";
    }
  });
  if (tags != repository.tags.size()) problem = "a tag names no image";
  for (const auto& [digest, count] : indexes) {
    if (repository.FindImage(digest) == nullptr) problem = "an index lists what is not there";
  }
  repository.images.ForEachSorted([&](const Digest& digest, const Image& image) {
    const auto found = indexes.find(digest);
    if (image.indexes != (found == indexes.end() ? 0 : found->second)) problem = "indexes are counted wrongly";
  });
  std::size_t referenced = 0;
  repository.blobs.ForEachSorted([&](const Digest& digest, const StoredBlob& blob) {
    bytes += blob.charged_bytes().bytes();
    const auto resting = inactive.find(digest);
    if (blob.inactive != (resting == inactive.end() ? 0 : resting->second)) {
      problem = "a blob's images that are not active are counted wrongly";
    }
    if (!blob.charged && !blob.mounted) problem = "a blob's bytes count nowhere";
    const bool rests = blob.archived() && !blob.mounted;
    if (rests != (blob.storage_class == StorageClass::kArchive)) problem = "a blob is in the wrong storage class";
    const auto found = references.find(digest);
    const auto count = found == references.end() ? 0 : found->second;
    if (count > 0) ++referenced;
    if (blob.references != count) problem = "a blob's references are counted wrongly";
  });
  if (referenced != references.size()) problem = "an image lists a blob that is not there";
  if (bytes != repository.stored_bytes.bytes()) {
    problem = fmt::format("stored_bytes is {} and should be {}", repository.stored_bytes.bytes(), bytes);
  }
  return problem;
}

std::string MountInconsistency(const Registry& registry) {
  std::string problem;
  std::size_t held = 0;
  for (const auto& [key, group] : registry.mounts) {
    if (group.holders.size() < 2 || !group.holders.contains(group.charged)) problem = "a group is no group";
    held += group.holders.size();
    for (const auto& name : group.holders) {
      const auto* holder = registry.Find(name);
      const auto* blob = holder == nullptr ? nullptr : holder->blobs.Find(key.blob);
      if (blob == nullptr || !blob->mounted) problem = fmt::format("'{}' does not share what it shares", name.text());
      if (blob != nullptr && blob->charged != (name == group.charged)) problem = "bytes count to the wrong repository";
    }
  }
  std::size_t mounted = 0;
  registry.repositories.ForEachSorted([&](const RepositoryName&, const Cow<Repository>& repository) {
    repository->blobs.ForEachSorted([&](const Digest&, const StoredBlob& blob) { mounted += blob.mounted ? 1 : 0; });
  });
  if (mounted != held) problem = "a shared blob belongs to no group";
  return problem;
}

ApiBench::ApiBench() : ids_(1, "api/ids") { registry.key = kHome; }

void ApiBench::ExpectConsistent() const {
  const auto manifests =
      assumptions.value(Assumption::kManifestBytes) == "counted" ? ManifestBytes::kCounted : ManifestBytes::kNotCounted;
  registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
    EXPECT_EQ(Inconsistency(*repository, manifests), "") << name.text();
  });
  EXPECT_EQ(MountInconsistency(registry), "");
}

void ApiBench::Create(const std::string& repository, const std::string& mutability,
                      const std::vector<std::string>& exclusions) {
  CreateRepositoryRequest request;
  request.repository_name = repository;
  request.image_tag_mutability = mutability;
  if (!exclusions.empty()) request.image_tag_mutability_exclusion_filters.emplace();
  for (const auto& filter : exclusions) {
    request.image_tag_mutability_exclusion_filters->push_back({"WILDCARD", filter});
  }
  const auto created = Call(request);
  ASSERT_TRUE(created.ok()) << created.error().message;
}

void ApiBench::Upload(const std::string& repository, const Blob& blob) {
  const auto stored = Call(UploadBlobRequest{std::nullopt, repository, blob, std::nullopt});
  ASSERT_TRUE(stored.ok()) << stored.error().message;
}

ManifestPtr ApiBench::Push(const std::string& repository, const std::string& image, const std::string& tag) {
  const std::vector<Blob> blobs = {Content(image + " config"), Content(image + " layer")};
  for (const auto& blob : blobs) Upload(repository, blob);
  const auto text = ImageText(blobs);
  const auto put = Call(PutOf(repository, text, tag));
  EXPECT_TRUE(put.ok()) << put.error().message;
  return Parsed(text);
}

void ApiBench::PutPolicy(const std::string& text) {
  auto policy = RegistryPolicy::Parse(text);
  ASSERT_TRUE(policy.ok()) << policy.error().message;
  registry.policy = *std::move(policy);
}

std::vector<std::string> ApiBench::TakeEventNames() {
  std::vector<std::string> names;
  for (; taken_ < events.size(); ++taken_) names.emplace_back(Event{now, events[taken_]}.name());
  return names;
}

void ApiBench::ScanOnArrival(const RegistryKey& key, const RepositoryName& name, const Manifest& manifest) {
  if (IsScannedOnArrival(registry, *registry.Find(name), manifest)) StartScan(key, name, manifest.digest);
}

void ApiBench::StartScan(const RegistryKey& key, const RepositoryName& name, const Digest& digest) {
  EXPECT_EQ(key, registry.key);
  auto& image = *registry.FindMutable(name)->images.Find(digest);
  image.scan = ImageScan{ScanStatus::kInProgress, now, Instant(), {}};
  Emit<ScanStarted>(key, name, digest);
}

void ApiBench::FinishScan(std::string_view repository, const Digest& digest, FindingCounts findings) {
  auto& scan = *registry.FindMutable(Named(repository))->images.Find(digest)->scan;
  scan = {ScanStatus::kComplete, scan.started_at, now, std::move(findings)};
}

PutImageRequest PutOf(const std::string& repository, const std::string& text, const std::string& tag) {
  PutImageRequest request;
  request.repository_name = repository;
  request.image_manifest = text;
  if (!tag.empty()) request.image_tag = tag;
  return request;
}

}  // namespace crrsim::api_test
