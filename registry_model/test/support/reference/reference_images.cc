// Images and layers of the reference model.
#include <fmt/format.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <regex>

#include "registry_model/test/support/reference/reference_model.h"

namespace crrsim::reference {

namespace {

constexpr std::string_view kOciManifest = "application/vnd.oci.image.manifest.v1+json";
constexpr std::string_view kOciIndex = "application/vnd.oci.image.index.v1+json";

/// What the API calls a digest, which is more than what a digest is.
bool HasDigestForm(const std::string& text) {
  static const std::regex kPattern("[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+");
  return std::regex_match(text, kPattern);
}

/// The members of an image that are blobs, config first, each once.
std::vector<json> BlobsOf(const json& manifest) {
  std::vector<json> blobs;
  if (!manifest.contains("config")) return blobs;
  std::vector<json> all = {manifest.at("config")};
  for (const auto& layer : manifest.at("layers")) all.push_back(layer);
  for (const auto& blob : all) {
    if (std::find(blobs.begin(), blobs.end(), blob) == blobs.end()) blobs.push_back(blob);
  }
  return blobs;
}

}  // namespace

std::vector<std::string> ChildrenOf(const json& manifest) {
  std::vector<std::string> children;
  if (!manifest.contains("manifests")) return children;
  for (const auto& child : manifest.at("manifests")) children.push_back(child.at("digest"));
  return children;
}

std::vector<std::string> IndexesOf(const Repository& repository, const std::string& digest) {
  std::vector<std::string> indexes;
  for (const auto& [of, image] : repository.images) {
    const auto children = ChildrenOf(image.manifest);
    if (std::find(children.begin(), children.end(), digest) != children.end()) indexes.push_back(of);
  }
  return indexes;
}

namespace {

std::int64_t SizeOf(const Repository& repository, const json& manifest) {
  std::int64_t size = 0;
  for (const auto& blob : BlobsOf(manifest)) size += blob.at("size").get<std::int64_t>();
  for (const auto& child : ChildrenOf(manifest)) {
    size = std::max(size, SizeOf(repository, repository.images.at(child).manifest));
  }
  return size;
}

const Image* Tagged(const Repository& repository, const std::string& tag, std::string& digest) {
  for (const auto& [of, image] : repository.images) {
    if (!image.tags.contains(tag)) continue;
    digest = of;
    return &image;
  }
  return nullptr;
}

/// The digest of the image that an identifier names, or the failure.
std::string Find(const Repository& repository, const json& id, json& failure) {
  const auto fail = [&](const char* code, const char* reason) {
    failure = {{"imageId", id}, {"failureCode", code}, {"failureReason", reason}};
    return std::string();
  };
  if (id.empty()) {
    return fail("MissingDigestAndTag", "Invalid request parameters: both tag and digest cannot be null");
  }
  std::string by_tag;
  if (id.contains("imageTag")) {
    if (!IsTag(id.at("imageTag"))) return fail("InvalidImageTag", "");
    Tagged(repository, id.at("imageTag"), by_tag);
  }
  if (!id.contains("imageDigest")) {
    return by_tag.empty() ? fail("ImageNotFound", "Requested image not found") : by_tag;
  }
  const std::string digest = id.at("imageDigest");
  if (!HasDigestForm(digest)) {
    return fail("InvalidImageDigest",
                "Invalid request parameters: image digest should satisfy the regex '[a-zA-Z0-9-_+.]+:[a-fA-F0-9]+'");
  }
  const bool is_there = repository.images.contains(digest);
  if (is_there && !by_tag.empty() && by_tag != digest) return fail("ImageTagDoesNotMatchDigest", "");
  if (!is_there || (id.contains("imageTag") && by_tag.empty())) {
    return fail("ImageNotFound", "Requested image not found");
  }
  return digest;
}

bool IsReferenced(const Repository& repository, const std::string& blob) {
  for (const auto& [of, image] : repository.images) {
    for (const auto& listed : BlobsOf(image.manifest)) {
      if (listed.at("digest") == blob) return true;
    }
  }
  return false;
}

/// Whether images list a blob and none of them is active.
bool IsArchived(const Repository& repository, const std::string& blob) {
  bool listed = false;
  for (const auto& [of, image] : repository.images) {
    for (const auto& one : BlobsOf(image.manifest)) {
      if (one.at("digest") != blob) continue;
      if (image.status == "ACTIVE") return false;
      listed = true;
    }
  }
  return listed;
}

/// The digest of what an image refers to, empty for none.
std::string SubjectOf(const Image& image) {
  return image.manifest.contains("subject") ? image.manifest.at("subject").at("digest").get<std::string>() : "";
}

bool IsReferredTo(const Repository& repository, const std::string& subject) {
  return std::any_of(repository.images.begin(), repository.images.end(),
                     [&](const auto& one) { return SubjectOf(one.second) == subject; });
}

}  // namespace

void Remove(Repository& repository, const std::string& digest) {
  const auto blobs = BlobsOf(repository.images.at(digest).manifest);
  const auto subject = SubjectOf(repository.images.at(digest));
  repository.images.erase(digest);
  for (const auto& blob : blobs) {
    if (!IsReferenced(repository, blob.at("digest"))) repository.blobs.erase(blob.at("digest").get<std::string>());
  }
  if (IsReferredTo(repository, digest)) repository.orphaned.insert(digest);
  if (!subject.empty() && !IsReferredTo(repository, subject)) repository.orphaned.erase(subject);
}

namespace {

bool Shows(const json& request, const Image& image) {
  const auto filter = request.value("filter", json::object());
  const std::string tags = filter.value("tagStatus", "ANY");
  const std::string status = filter.value("imageStatus", "ACTIVE");
  return (status == image.status || status == "ANY") && (tags == "ANY" || (tags == "TAGGED") == !image.tags.empty());
}

bool IsFilterSound(const json& request) {
  const auto filter = request.value("filter", json::object());
  const std::set<std::string> tags = {"TAGGED", "UNTAGGED", "ANY"};
  const std::set<std::string> statuses = {"ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"};
  return tags.contains(filter.value("tagStatus", "ANY")) && statuses.contains(filter.value("imageStatus", "ANY"));
}

std::string Joined(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

std::string DecodeBase64(const std::string& text) {
  static const std::string kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = bits << 6 | static_cast<unsigned>(kAlphabet.find(c));
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<char>(bits >> count & 0xFF));
  }
  return bytes;
}

}  // namespace

std::string Sha256(const std::string& bytes) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> raw{};
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), raw.data());
  std::string text = "sha256:";
  for (const auto byte : raw) text += fmt::format("{:02x}", byte);
  return text;
}

Answer Model::PutImage(const json& request) {
  if (request.contains("imageTag") && !IsTag(request.at("imageTag"))) return Invalid();
  const auto [repository, refusal] = Open("PutImage", request);
  if (repository == nullptr) return refusal;
  const std::string name = request.at("repositoryName");
  const std::string bytes = request.at("imageManifest");
  const auto digest = Sha256(bytes);
  const auto manifest = json::parse(bytes, nullptr, false);
  if (!manifest.is_object()) return Invalid();
  const std::string declared = request.value("imageManifestMediaType", "");
  const std::string type = manifest.value("mediaType", declared);
  if ((type != kOciManifest && type != kOciIndex) || (!declared.empty() && declared != type)) return Invalid();
  if (!manifest.contains(type == kOciIndex ? "manifests" : "layers")) return Invalid();
  if (request.contains("imageDigest") && request.at("imageDigest") != digest) {
    return Refused("ImageDigestDoesNotMatchException",
                   fmt::format("The image with digest '{}' in repository '{}' and registry ID '{}' does not match the "
                               "image digest that Amazon ECR has calculated.",
                               request.at("imageDigest").get<std::string>(), name, account_));
  }
  const std::string tag = request.value("imageTag", "");
  std::string tagged;
  if (!tag.empty()) Tagged(*repository, tag, tagged);
  const bool is_there = repository->images.contains(digest);
  const bool restores = is_there && repository->images.at(digest).status != "ACTIVE";
  const bool binds = !tag.empty() && tagged != digest;
  if (is_there && !binds && !restores) {
    return Refused("ImageAlreadyExistsException",
                   fmt::format("Image with digest '{}' and tag '{}' already exists in the repository with name '{}' in "
                               "registry with id '{}'",
                               digest, tag.empty() ? "null" : tag, name, account_));
  }
  if (binds && !tagged.empty() && IsImmutable(repository->settings, tag)) {
    return Refused("ImageTagAlreadyExistsException",
                   fmt::format("The image tag '{}' already exists in the '{}' repository and cannot be overwritten "
                               "because the tag is immutable.",
                               tag, name));
  }
  if (!is_there) {
    std::vector<std::string> missing;
    for (const auto& blob : BlobsOf(manifest)) {
      if (!repository->blobs.contains(blob.at("digest"))) return Refused("LayersNotFoundException");
    }
    for (const auto& child : ChildrenOf(manifest)) {
      if (!repository->images.contains(child)) missing.push_back(child);
    }
    if (!missing.empty()) {
      return Refused("ReferencedImagesNotFoundException",
                     fmt::format("Images with digests '[{}]' required for pushing image into repository with name '{}' "
                                 "in the registry with id '{}' do not exist",
                                 Joined(missing), name, account_));
    }
    for (const auto& blob : BlobsOf(manifest)) {
      if (repository->blobs.at(blob.at("digest")) != blob.at("size")) return Invalid();
    }
    repository->images[digest] = {manifest, bytes, type, {}, now, {}, "ACTIVE", {}, {}};
    repository->orphaned.erase(digest);
  }
  if (restores) Activate(*repository, digest);
  if (!tagged.empty()) repository->images.at(tagged).tags.erase(tag);
  if (!tag.empty()) repository->images.at(digest).tags.insert(tag);
  json id = {{"imageDigest", digest}};
  if (!tag.empty()) id["imageTag"] = tag;
  return {{{"image",
            {{"registryId", account_},
             {"repositoryName", name},
             {"imageId", id},
             {"imageManifest", bytes},
             {"imageManifestMediaType", type}}}},
          "",
          ""};
}

Answer Model::BatchGetImage(const json& request) {
  if (request.at("imageIds").empty() || request.at("imageIds").size() > 100) return Invalid();
  const auto [repository, refusal] = Open("BatchGetImage", request);
  if (repository == nullptr) return refusal;
  Answer answer{{{"images", json::array()}, {"failures", json::array()}}, "", ""};
  for (const auto& id : request.at("imageIds")) {
    json failure;
    const auto digest = Find(*repository, id, failure);
    if (digest.empty()) {
      answer.body["failures"].push_back(failure);
      continue;
    }
    auto& image = repository->images.at(digest);
    if (image.status != "ACTIVE") {
      answer.body["failures"].push_back({{"imageId", id}, {"failureCode", "ImageInaccessible"}, {"failureReason", ""}});
      continue;
    }
    image.pulled_at = now;
    json named = {{"imageDigest", digest}};
    if (id.contains("imageTag")) named["imageTag"] = id.at("imageTag");
    answer.body["images"].push_back({{"registryId", account_},
                                     {"repositoryName", request.at("repositoryName")},
                                     {"imageId", named},
                                     {"imageManifest", image.bytes},
                                     {"imageManifestMediaType", image.media_type}});
  }
  return answer;
}

Answer Model::BatchDeleteImage(const json& request) {
  if (request.at("imageIds").empty() || request.at("imageIds").size() > 100) return Invalid();
  const auto [repository, refusal] = Open("BatchDeleteImage", request);
  if (repository == nullptr) return refusal;
  Answer answer{{{"imageIds", json::array()}, {"failures", json::array()}}, "", ""};
  for (const auto& id : request.at("imageIds")) {
    json failure;
    const auto digest = Find(*repository, id, failure);
    if (digest.empty()) {
      answer.body["failures"].push_back(failure);
      continue;
    }
    auto& tags = repository->images.at(digest).tags;
    if (id.contains("imageTag") && tags.size() > 1) {
      tags.erase(id.at("imageTag"));
      answer.body["imageIds"].push_back({{"imageDigest", digest}, {"imageTag", id.at("imageTag")}});
      continue;
    }
    if (!IndexesOf(*repository, digest).empty()) {
      answer.body["failures"].push_back(
          {{"imageId", id}, {"failureCode", "ImageReferencedByManifestList"}, {"failureReason", ""}});
      continue;
    }
    if (tags.empty()) answer.body["imageIds"].push_back({{"imageDigest", digest}});
    for (const auto& tag : tags) answer.body["imageIds"].push_back({{"imageDigest", digest}, {"imageTag", tag}});
    Remove(*repository, digest);
    Cancel(request.at("repositoryName"), digest);
  }
  return answer;
}

Answer Model::ListImages(const json& request, const json* real) {
  if (!IsFilterSound(request)) return Invalid();
  const auto [repository, refusal] = Open("ListImages", request);
  if (repository == nullptr) return refusal;
  std::vector<std::string> keys;
  for (const auto& [digest, image] : repository->images) {
    if (!Shows(request, image)) continue;
    if (image.tags.empty()) keys.push_back(digest + "@");
    for (const auto& tag : image.tags) keys.push_back(digest + "@" + tag);
  }
  std::vector<std::string> page;
  auto answer = Paged("images of " + request.at("repositoryName").get<std::string>(), request, keys, real, page);
  if (!answer.exception.empty()) return answer;
  answer.body["imageIds"] = json::array();
  for (const auto& key : page) {
    json id = {{"imageDigest", key.substr(0, key.find('@'))}};
    if (!key.ends_with('@')) id["imageTag"] = key.substr(key.find('@') + 1);
    answer.body["imageIds"].push_back(id);
  }
  return answer;
}

json Model::Detail(const std::string& name, const std::string& digest, const Repository& repository) const {
  const auto& image = repository.images.at(digest);
  json detail = {{"registryId", account_},
                 {"repositoryName", name},
                 {"imageDigest", digest},
                 {"imageSizeInBytes", SizeOf(repository, image.manifest)},
                 {"imagePushedAt", image.pushed_at},
                 {"imageManifestMediaType", image.media_type},
                 {"imageStatus", image.status}};
  if (image.archived_at) detail["lastArchivedAt"] = *image.archived_at;
  if (image.activated_at) detail["lastActivatedAt"] = *image.activated_at;
  if (!image.tags.empty()) detail["imageTags"] = image.tags;
  if (image.pulled_at) detail["lastRecordedPullTime"] = *image.pulled_at;
  if (image.manifest.contains("subject")) {
    detail["subjectManifestDigest"] = image.manifest.at("subject").at("digest");
  }
  if (image.manifest.contains("artifactType")) {
    detail["artifactMediaType"] = image.manifest.at("artifactType");
  } else if (image.manifest.contains("config")) {
    detail["artifactMediaType"] = image.manifest.at("config").at("mediaType");
  }
  return detail;
}

Answer Model::DescribeImages(const json& request, const json* real) {
  if (!IsFilterSound(request)) return Invalid();
  const auto [repository, refusal] = Open("DescribeImages", request);
  if (repository == nullptr) return refusal;
  const std::string name = request.at("repositoryName");
  std::vector<std::string> page;
  Answer answer{json::object(), "", ""};
  if (request.contains("imageIds")) {
    if (request.at("imageIds").empty() || request.contains("nextToken") || request.contains("maxResults")) {
      return Invalid();
    }
    for (const auto& id : request.at("imageIds")) {
      json failure;
      const auto digest = Find(*repository, id, failure);
      if (digest.empty()) {
        const std::string code = failure.at("failureCode");
        if (code != "ImageNotFound" && code != "ImageTagDoesNotMatchDigest") return Invalid();
        return Refused("ImageNotFoundException",
                       fmt::format("The image with imageId {{imageDigest:'{}', imageTag:'{}'}} does not exist within "
                                   "the repository with name '{}' in the registry with id '{}'",
                                   id.value("imageDigest", "null"), id.value("imageTag", "null"), name, account_));
      }
      const bool is_new = std::find(page.begin(), page.end(), digest) == page.end();
      if (is_new && Shows(request, repository->images.at(digest))) page.push_back(digest);
    }
  } else {
    std::vector<std::string> keys;
    for (const auto& [digest, image] : repository->images) {
      if (Shows(request, image)) keys.push_back(digest);
    }
    answer = Paged("details of " + name, request, keys, real, page);
    if (!answer.exception.empty()) return answer;
  }
  answer.body["imageDetails"] = json::array();
  for (const auto& digest : page) answer.body["imageDetails"].push_back(Detail(name, digest, *repository));
  return answer;
}

Answer Model::UpdateImageStorageClass(const json& request) {
  const std::string target = request.at("targetStorageClass");
  if (target != "STANDARD" && target != "ARCHIVE") return Invalid();
  const auto [repository, refusal] = Open("UpdateImageStorageClass", request);
  if (repository == nullptr) return refusal;
  const auto& id = request.at("imageId");
  json failure;
  const auto digest = Find(*repository, id, failure);
  if (digest.empty()) {
    const std::string code = failure.at("failureCode");
    return code == "ImageNotFound" || code == "ImageTagDoesNotMatchDigest" ? Refused("ImageNotFoundException")
                                                                           : Invalid();
  }
  auto& image = repository->images.at(digest);
  const std::string name = request.at("repositoryName");
  if (target == "ARCHIVE" && image.status != "ARCHIVED") {
    if (image.status == "ACTIVATING") return Refused("ImageStorageClassUpdateNotSupportedException");
    for (const auto& index : IndexesOf(*repository, digest)) {
      if (repository->images.at(index).status != "ARCHIVED") {
        return Refused("ImageStorageClassUpdateNotSupportedException");
      }
    }
    Archive(*repository, digest);
  }
  if (target == "STANDARD" && image.status == "ARCHIVED") BeginRestore(name, digest);
  json named = {{"imageDigest", digest}};
  if (id.contains("imageTag")) named["imageTag"] = id.at("imageTag");
  return {
      {{"registryId", account_}, {"repositoryName", name}, {"imageId", named}, {"imageStatus", image.status}}, "", ""};
}

Answer Model::CreateOnPush(const json& request) {
  const std::string name = request.at("repositoryName");
  if (!IsRepositoryName(name) || repositories_.contains(name)) return {};
  const json* chosen = nullptr;
  for (const auto& [prefix, made] : templates_) {
    const auto& purposes = made.at("appliedFor");
    if (std::find(purposes.begin(), purposes.end(), "CREATE_ON_PUSH") == purposes.end()) continue;
    if (prefix != "ROOT" && !name.starts_with(prefix + "/")) continue;
    const auto size = [](const json& one) {
      return one.at("prefix") == "ROOT" ? std::size_t{0} : one.at("prefix").get<std::string>().size();
    };
    if (chosen == nullptr || size(made) > size(*chosen)) chosen = &made;
  }
  if (chosen == nullptr) return {};
  for (const auto* action : {"ecr:InitiateLayerUpload", "ecr:CreateRepository"}) {
    if (!Allows(action, "")) return Refused("AccessDeniedException");
  }
  Repository created;
  created.created_at = now;
  created.settings = {{"imageScanningConfiguration", {{"scanOnPush", false}}}};
  for (const auto* member : {"imageTagMutability", "imageTagMutabilityExclusionFilters", "encryptionConfiguration"}) {
    if (chosen->contains(member)) created.settings[member] = chosen->at(member);
  }
  repositories_.emplace(name, std::move(created));
  return {};
}

Answer Model::Layers(const std::string& operation, const json& request, const json* real) {
  if (request.contains("layerDigests") && request.at("layerDigests").empty()) return Invalid();
  if (operation == "GetDownloadUrlForLayer" && !HasDigestForm(request.at("layerDigest"))) return Invalid();
  if (operation == "InitiateLayerUpload") {
    if (auto refused = CreateOnPush(request); !refused.exception.empty()) return refused;
  }
  const auto [repository, refusal] = Open(operation, request);
  if (repository == nullptr) return refusal;
  if (operation == "BatchCheckLayerAvailability") {
    json layers = json::array();
    json failures = json::array();
    for (const auto& digest : request.at("layerDigests")) {
      if (digest == "" || !HasDigestForm(digest)) {
        failures.push_back({{"layerDigest", digest},
                            {"failureCode", digest == "" ? "MissingLayerDigest" : "InvalidLayerDigest"},
                            {"failureReason", ""}});
      } else if (repository->blobs.contains(digest)) {
        layers.push_back({{"layerDigest", digest},
                          {"layerAvailability", IsArchived(*repository, digest) ? "ARCHIVED" : "AVAILABLE"},
                          {"layerSize", repository->blobs.at(digest)}});
      } else {
        layers.push_back({{"layerDigest", digest}, {"layerAvailability", "UNAVAILABLE"}});
      }
    }
    return {{{"layers", layers}, {"failures", failures}}, "", ""};
  }
  if (operation == "GetDownloadUrlForLayer") {
    const std::string digest = request.at("layerDigest");
    if (!repository->blobs.contains(digest)) return Refused("LayersNotFoundException");
    if (!IsReferenced(*repository, digest) || IsArchived(*repository, digest)) {
      return Refused("LayerInaccessibleException");
    }
    if (real == nullptr) return Refused("none: the layer can be downloaded");
    return {{{"layerDigest", digest}, {"downloadUrl", real->at("downloadUrl")}}, "", ""};
  }
  if (operation == "InitiateLayerUpload") {
    static const std::regex kUuid("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    if (real == nullptr) return Refused("none: an upload can begin");
    const std::string id = real->at("uploadId");
    if (!std::regex_match(id, kUuid) || repository->uploads.contains(id)) return Refused("none: a new UUID is due");
    repository->uploads[id];
    return {{{"uploadId", id}, {"partSize", 10'485'760}}, "", ""};
  }
  return PartOfALayer(operation, request, *repository);
}

Answer Model::PartOfALayer(const std::string& operation, const json& request, Repository& repository) const {
  const std::string id = request.at("uploadId");
  const auto upload = repository.uploads.find(id);
  if (upload == repository.uploads.end()) return Refused("UploadNotFoundException");
  json body = {{"registryId", account_}, {"repositoryName", request.at("repositoryName")}, {"uploadId", id}};
  if (operation == "UploadLayerPart") {
    const auto part = DecodeBase64(request.at("layerPartBlob"));
    const auto begin = upload->second.bytes.size();
    if (part.empty() || request.at("partFirstByte") != begin || request.at("partLastByte") != begin + part.size() - 1) {
      return Refused("InvalidLayerPartException");
    }
    upload->second.bytes += part;
    upload->second.parts.push_back(part.size());
    body["lastByteReceived"] = request.at("partLastByte");
    return {body, "", ""};
  }
  if (upload->second.parts.empty()) return Refused("EmptyUploadException");
  for (std::size_t i = 0; i + 1 < upload->second.parts.size(); ++i) {
    if (upload->second.parts[i] < 5 * 1024 * 1024) {
      return Refused("LayerPartTooSmallException", "All layer parts except the last part should be at least 5MB");
    }
  }
  const auto digest = Sha256(upload->second.bytes);
  for (const auto& asked : request.at("layerDigests")) {
    if (!HasDigestForm(asked)) return Invalid();
    if (asked != digest) return Refused("InvalidLayerException");
  }
  if (repository.blobs.contains(digest) && !IsArchived(repository, digest)) {
    return Refused("LayerAlreadyExistsException");
  }
  repository.blobs[digest] = upload->second.bytes.size();
  repository.uploads.erase(upload);
  body["layerDigest"] = digest;
  return {body, "", ""};
}

}  // namespace crrsim::reference
