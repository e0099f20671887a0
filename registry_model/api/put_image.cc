// PutImage, and the pushes of simulated clients, which go the same way.
//
// A push of an image that is archived, under whatever tag, restores it at once.
//
// Order of refusals: the request's members, permission, repository, manifest, digest, repeated push, immutable tag,
// missing content, limits. Nothing is stored before all of them have passed.
//
// Source  ecr-replication.md 4.1, 8, 10.2 (PutImage), 11 (messages).
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/storage_class.h"

namespace crrsim {

namespace {

constexpr std::int64_t kTagLengthMax = 300;  // of the API's shape; the tag grammar is narrower

struct Push {
  const Repository& repository;
  const ManifestPtr& manifest;
  const std::optional<Tag>& tag;
};

std::string JoinTexts(const std::vector<Digest>& digests) {
  std::string joined;
  for (const auto& digest : digests) joined += (joined.empty() ? "" : ", ") + digest.text();
  return joined;
}

ApiError MissingContent(std::string_view name, std::string_view kind, const ApiContext& context,
                        const RepositoryName& repository, const std::vector<Digest>& digests) {
  return Refuse(name, fmt::format("{} with digests '[{}]' required for pushing image into repository with name '{}' in "
                                  "the registry with id '{}' do not exist",
                                  kind, JoinTexts(digests), repository.text(), context.registry_id()));
}

/// A descriptor that gives another size than the layer has would part what is stored from what is moved.
ApiResult<Unit> CheckSizes(const Push& push) {
  for (const auto& descriptor : push.manifest->blobs) {
    const auto* blob = push.repository.blobs.Find(descriptor.digest);
    if (blob != nullptr && blob->size != descriptor.size) {
      return InvalidParameter(
          "ImageManifest", fmt::format("the manifest gives {} a size of {} bytes, it has {}", descriptor.digest.text(),
                                       descriptor.size.bytes(), blob->size.bytes()));
    }
  }
  return Unit{};
}

ApiResult<Unit> CheckContent(const ApiContext& context, const Push& push) {
  const auto missing = FindMissing(push.repository, *push.manifest);
  const auto& name = push.repository.name;
  if (!missing.blobs.empty()) {
    return MissingContent(exception::kLayersNotFound, "Layers", context, name, missing.blobs);
  }
  if (!missing.children.empty()) {
    return MissingContent(exception::kReferencedImagesNotFound, "Images", context, name, missing.children);
  }
  if (auto sound = CheckSizes(push); !sound) return sound;
  if (Exceeds(static_cast<std::int64_t>(push.repository.images.size()) + 1, context.options.images_max)) {
    return Refuse(exception::kLimitExceeded, fmt::format("The repository with name '{}' already holds {} images",
                                                         name.text(), push.repository.images.size()));
  }
  return Unit{};
}

/// What stands against the tag, given the image that it names now (null for none) and the one that is pushed.
ApiResult<Unit> CheckTagging(const ApiContext& context, const Push& push, const Image* tagged, const Image* pushed) {
  if (tagged != nullptr && IsImmutable(push.repository.settings, *push.tag)) {
    return Refuse(exception::kImageTagAlreadyExists,
                  fmt::format("The image tag '{}' already exists in the '{}' repository and cannot be overwritten "
                              "because the tag is immutable.",
                              push.tag->text(), push.repository.name.text()));
  }
  const auto tags = pushed == nullptr ? 0 : static_cast<std::int64_t>(pushed->tags.size());
  if (Exceeds(tags + 1, context.options.tags_max)) {
    return Refuse(exception::kLimitExceeded,
                  fmt::format("The image with digest '{}' already has {} tags", push.manifest->digest.text(), tags));
  }
  return Unit{};
}

ApiResult<PushOutcome> TakeRepeated(const ApiContext& context, const Push& push, Repush repush) {
  const auto& digest = push.manifest->digest;
  if (Mutated(Mutant::kRepeatedPushSucceeds)) return PushOutcome::kUnchanged;
  if (Mutated(Mutant::kRepeatedPushIsSent)) {
    context.events.Emit<ImagePushed>(context.registry.key, push.repository.name, digest, push.tag);
  }
  if (repush == Repush::kRefuse) {
    return Refuse(exception::kImageAlreadyExists,
                  fmt::format("Image with digest '{}' and tag '{}' already exists in the repository with name '{}' in "
                              "registry with id '{}'",
                              digest.text(), push.tag ? push.tag->text() : "null", push.repository.name.text(),
                              context.registry_id()));
  }
  if (context.assumptions.Use(Assumption::kRepushSameTagAndDigest) == "job") {
    context.events.Emit<ImagePushed>(context.registry.key, push.repository.name, digest, push.tag);
  }
  return PushOutcome::kUnchanged;
}

ApiResult<PushOutcome> Accept(ApiContext& context, const Push& push, Repush repush) {
  const auto& digest = push.manifest->digest;
  if (push.tag) push.repository.tags.Prefetch(*push.tag);
  const auto* pushed = push.repository.FindImage(digest);
  const auto* tagged = push.tag ? push.repository.FindImage(*push.tag) : nullptr;
  const bool restores = pushed != nullptr && !pushed->storage.is_active() && !Mutated(Mutant::kPushesDoNotRestore);
  const bool binds = push.tag && (pushed == nullptr || tagged != pushed);
  if (pushed != nullptr && !binds && !restores) return TakeRepeated(context, push, repush);
  if (binds) {
    if (auto sound = CheckTagging(context, push, tagged, pushed); !sound) return sound.error();
  }
  const bool is_new = pushed == nullptr;
  if (is_new) {
    auto sound = CheckContent(context, push);
    if (!sound && Mutated(Mutant::kMissingContentIsTaken)) return PushOutcome::kPushed;
    if (!sound) return sound.error();
  }

  const auto content = context.content();
  auto& repository = ForChange(context, push.repository);
  if (is_new) InsertManifest(content, repository, push.manifest);
  if (restores) RestoreAtOnce(content, repository, digest);
  if (binds) {
    const auto outcome = BindTag(content, repository, *push.tag, digest);
    CRRSIM_CHECK(outcome == TagOutcome::kBound || outcome == TagOutcome::kMoved);
  }
  context.events.Emit<ImagePushed>(context.registry.key, repository.name, digest, push.tag);
  if (is_new || restores) context.scans.ScanOnArrival(context.registry.key, repository.name, *push.manifest);
  return PushOutcome::kPushed;
}

ApiError ToApiError(const ManifestError& error) {
  switch (error.code) {
    case ManifestErrorCode::kTooLarge:
    case ManifestErrorCode::kUnknownMediaType:
      return InvalidParameter("ImageManifest", error.message);
    case ManifestErrorCode::kMediaTypeMismatch:
      return InvalidParameter("ImageManifestMediaType", error.message);
    case ManifestErrorCode::kNotJson:
    case ManifestErrorCode::kWrongShape:
      return InvalidParameter("ImageManifest", fmt::format("Invalid JSON syntax: {}", error.message));
  }
  FailCheck(__FILE__, __LINE__, "a known manifest error", error.message);
}

ApiResult<ManifestPtr> ReadManifest(const PutImageRequest& request, const std::string& registry_id) {
  if (auto sound = CheckLength("ImageManifest", request.image_manifest.size(), 1, kManifestSizeMax); !sound) {
    return sound.error();
  }
  std::optional<Digest> expected;
  if (request.image_digest) {
    const auto digest = CheckDigest("imageDigest", *request.image_digest);
    if (!digest) return digest.error();
    expected = *digest;
  }
  const bool is_possible = !request.image_digest || expected;
  const auto undeclared = Mutated(Mutant::kMediaTypeIsGuessed) ? media_type::kOciManifest : "";
  auto manifest =
      ParseManifest(request.image_manifest, request.image_manifest_media_type.value_or(std::string(undeclared)),
                    expected ? expected->algorithm() : DigestAlgorithm::kSha256);
  if (!manifest) return ToApiError(manifest.error());
  const bool differs = !is_possible || (expected && *expected != (*manifest)->digest);
  if (differs && !Mutated(Mutant::kDigestIsNotChecked)) {
    return Refuse(exception::kImageDigestDoesNotMatch,
                  fmt::format("The image with digest '{}' in repository '{}' and registry ID '{}' does not match the "
                              "image digest that Amazon ECR has calculated. That is '{}'.",
                              *request.image_digest, request.repository_name, registry_id, (*manifest)->digest.text()));
  }
  return *std::move(manifest);
}

ApiResult<std::optional<Tag>> ReadTag(const std::optional<std::string>& text) {
  std::optional<Tag> none;
  if (!text) return none;
  if (auto sound = CheckLength("imageTag", text->size(), 1, kTagLengthMax); !sound) return sound.error();
  auto tag = CheckTag(*text);
  if (!tag) return tag.error();
  return std::optional<Tag>(*std::move(tag));
}

}  // namespace

ApiResult<PutImageResponse> Execute(ApiContext& context, const PutImageRequest& request) {
  const auto tag = ReadTag(request.image_tag);
  if (!tag) return tag.error();
  const auto repository = OpenRepository(context, "ecr:PutImage", request.repository_name);
  if (!repository) return repository.error();
  const auto manifest = ReadManifest(request, context.registry_id());
  if (!manifest) return manifest.error();
  if (auto pushed = Accept(context, {**repository, *manifest, *tag}, Repush::kRefuse); !pushed) return pushed.error();

  PutImageResponse response;
  response.image.registry_id = context.registry_id();
  response.image.repository_name = request.repository_name;
  response.image.image_id = {(*manifest)->digest.text(), request.image_tag};
  response.image.image_manifest = SharedText::Of(*manifest);
  response.image.image_manifest_media_type = (*manifest)->media_type;
  return response;
}

ApiResult<PutParsedImageResponse> Execute(ApiContext& context, const PutParsedImageRequest& request) {
  const auto tag = ReadTag(request.image_tag);
  if (!tag) return tag.error();
  const auto repository = OpenRepository(context, "ecr:PutImage", request.repository_name);
  if (!repository) return repository.error();
  const auto outcome = Accept(context, {**repository, request.manifest, *tag}, request.repush);
  if (!outcome) return outcome.error();
  return PutParsedImageResponse{request.manifest->digest, *outcome};
}

}  // namespace crrsim
