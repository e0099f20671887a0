// Layer uploads, and what is known of layers.
//
// The bytes of an upload are kept until it completes; then only digest and size stay, since nothing here ever reads a
// layer. The documented limits of part and layer size contradict each other; each is kept by itself.
//
// Source  ecr-replication.md 8 (limits), 10.2 (layer upload).
#include <array>

#include "registry_model/api/create_for.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/mutants.h"
#include "registry_model/registry/mounting.h"
#include "registry_model/uuid.h"

namespace crrsim {

namespace {

constexpr std::int64_t kPartSizeAdvised = 10'485'760;
constexpr std::int64_t kPartSizeMin = 5'242'880;  // of all parts but the last
constexpr std::int64_t kPartSizeMax = 20'971'520;
constexpr std::int64_t kPartsMax = 4'200;
constexpr std::int64_t kLayerSizeMax = 52'000LL * 1'024 * 1'024;
constexpr std::int64_t kDigestsMax = 100;
constexpr std::int64_t kDigestLengthMax = 1'000;

ApiError UploadNotFound(const ApiContext& context, const Repository& repository, const std::string& upload_id) {
  return Refuse(exception::kUploadNotFound,
                fmt::format("The upload with id '{}' does not exist in the repository with name '{}' in the registry "
                            "with id '{}'",
                            upload_id, repository.name.text(), context.registry_id()));
}

/// The repository and the upload that a request names, before any change.
struct OpenedUpload {
  const Repository* repository = nullptr;
  const LayerUpload* upload = nullptr;
};

template <class Request>
ApiResult<OpenedUpload> OpenUpload(const ApiContext& context, std::string_view action, const Request& request) {
  const auto opened = OpenRepository(context, action, request.repository_name);
  if (!opened) return opened.error();
  const auto upload = (*opened)->uploads.find(request.upload_id);
  if (upload == (*opened)->uploads.end() && Mutated(Mutant::kMissingNameIsAnother)) {
    const auto first = (*opened)->uploads.begin();
    if (first != (*opened)->uploads.end()) return OpenedUpload{*opened, &first->second};
  }
  if (upload == (*opened)->uploads.end()) return UploadNotFound(context, **opened, request.upload_id);
  return OpenedUpload{*opened, &upload->second};
}

ApiResult<Unit> CheckPart(const ApiContext& context, const UploadLayerPartRequest& request, const LayerUpload& upload) {
  const auto received = static_cast<std::int64_t>(upload.bytes.size());
  const auto size = static_cast<std::int64_t>(request.layer_part_blob.bytes.size());
  const bool follows = request.part_first_byte == received && request.part_last_byte - received == size - 1;
  if (size == 0 || (!follows && !Mutated(Mutant::kPartsInAnyOrder))) {
    return Refuse(
        exception::kInvalidLayerPart,
        fmt::format("The part of {} bytes, said to be bytes {} to {}, is not consecutive in the upload '{}' to "
                    "the repository with name '{}' in the registry with id '{}'; lastValidByteReceived is {}",
                    size, request.part_first_byte, request.part_last_byte, request.upload_id, request.repository_name,
                    context.registry_id(), received - 1));
  }
  if (Exceeds(upload.parts + 1, kPartsMax)) {
    return Refuse(exception::kLimitExceeded, fmt::format("A layer has at most {} parts", kPartsMax));
  }
  if (Exceeds(received + size, kLayerSizeMax)) {
    return Refuse(exception::kLimitExceeded, fmt::format("A layer has at most {} bytes", kLayerSizeMax));
  }
  return Unit{};
}

/// The digest of the request, once the upload is a layer with it.
ApiResult<Digest> CheckLayer(const ApiContext& context, const CompleteLayerUploadRequest& request,
                             const OpenedUpload& opened) {
  if (opened.upload->parts == 0 && !Mutated(Mutant::kEmptyUploadsAreTaken)) {
    return Refuse(exception::kEmptyUpload, fmt::format("The upload with id '{}' has no parts", request.upload_id));
  }
  if (opened.upload->short_parts > 0 && !Mutated(Mutant::kShortPartsAreTaken)) {
    return Refuse(exception::kLayerPartTooSmall, "All layer parts except the last part should be at least 5MB");
  }
  std::optional<Digest> first;
  for (const auto& text : request.layer_digests) {
    const auto digest = CheckDigest("layerDigests", text);
    if (!digest) return digest.error();
    const auto algorithm = *digest ? (*digest)->algorithm() : DigestAlgorithm::kSha256;
    const auto calculated = Digest::Of(opened.upload->bytes, algorithm);
    if (*digest != calculated && !Mutated(Mutant::kLayerIsNotChecked)) {
      return Refuse(
          exception::kInvalidLayer,
          fmt::format("The layer digest '{}' does not match the calculated digest '{}'", text, calculated.text()));
    }
    if (!first) first = calculated;
  }
  // One that belongs to archived images alone is not available, so clients upload it again.
  const auto* present = opened.repository->blobs.Find(*first);
  if (present != nullptr && !present->archived() && !Mutated(Mutant::kLayerIsStoredTwice)) {
    return Refuse(
        exception::kLayerAlreadyExists,
        fmt::format("The layer with digest '{}' already exists in the repository with name '{}' in the registry "
                    "with id '{}'",
                    first->text(), request.repository_name, context.registry_id()));
  }
  return *first;
}

}  // namespace

ApiResult<InitiateLayerUploadResponse> Execute(ApiContext& context, const InitiateLayerUploadRequest& request) {
  constexpr std::array<std::string_view, 1> kActions = {"ecr:InitiateLayerUpload"};
  const auto opened = OpenForUpload(context, kActions, request.repository_name);
  if (!opened) return opened.error();
  auto id = Uuid::Draw(context.ids).text();
  ForChange(context, **opened).uploads.emplace(id, LayerUpload{});
  return InitiateLayerUploadResponse{std::move(id), kPartSizeAdvised};
}

ApiResult<UploadLayerPartResponse> Execute(ApiContext& context, const UploadLayerPartRequest& request) {
  constexpr auto kAny = std::numeric_limits<std::int64_t>::max();
  const auto& part = request.layer_part_blob.bytes;
  if (auto sound = CheckRange("partFirstByte", "value", request.part_first_byte, 0, kAny); !sound) return sound.error();
  if (auto sound = CheckRange("partLastByte", "value", request.part_last_byte, 0, kAny); !sound) return sound.error();
  if (auto sound = CheckLength("layerPartBlob", part.size(), 0, kPartSizeMax); !sound) return sound.error();
  const auto opened = OpenUpload(context, "ecr:UploadLayerPart", request);
  if (!opened) return opened.error();
  if (auto sound = CheckPart(context, request, *opened->upload); !sound) return sound.error();

  auto& upload = ForChange(context, *opened->repository).uploads.at(request.upload_id);
  if (upload.parts > 0 && upload.last_part.bytes() < kPartSizeMin) ++upload.short_parts;
  ++upload.parts;
  upload.last_part = ByteCount::FromBytes(static_cast<std::int64_t>(part.size()));
  upload.bytes += part;
  return UploadLayerPartResponse{context.registry_id(), request.repository_name, request.upload_id,
                                 request.part_last_byte};
}

ApiResult<CompleteLayerUploadResponse> Execute(ApiContext& context, const CompleteLayerUploadRequest& request) {
  if (auto sound = CheckLength("layerDigests", request.layer_digests.size(), 1, kDigestsMax); !sound) {
    return sound.error();
  }
  const auto opened = OpenUpload(context, "ecr:CompleteLayerUpload", request);
  if (!opened) return opened.error();
  const auto digest = CheckLayer(context, request, *opened);
  if (!digest) return digest.error();

  const auto size = ByteCount::FromBytes(static_cast<std::int64_t>(opened->upload->bytes.size()));
  auto& repository = ForChange(context, *opened->repository);
  repository.uploads.erase(request.upload_id);
  StoreBlob(context.content(), repository, *digest, size);
  return CompleteLayerUploadResponse{context.registry_id(), request.repository_name, request.upload_id, digest->text()};
}

ApiResult<BatchCheckLayerAvailabilityResponse> Execute(ApiContext& context,
                                                       const BatchCheckLayerAvailabilityRequest& request) {
  if (auto sound = CheckLength("layerDigests", request.layer_digests.size(), 1, kDigestsMax); !sound) {
    return sound.error();
  }
  for (const auto& text : request.layer_digests) {
    if (auto sound = CheckLength("layerDigests", text.size(), 0, kDigestLengthMax); !sound) return sound.error();
  }
  const auto opened = OpenRepository(context, "ecr:BatchCheckLayerAvailability", request.repository_name);
  if (!opened) return opened.error();

  BatchCheckLayerAvailabilityResponse response;
  for (const auto& text : request.layer_digests) {
    const auto digest = Digest::Parse(text);
    if (text.empty()) {
      response.failures.push_back({text, "MissingLayerDigest", "Invalid request parameters: layer digest is missing"});
    } else if (!HasDigestForm(text)) {
      response.failures.push_back(
          {text, "InvalidLayerDigest", fmt::format("Invalid request parameters: {}", digest.error().message)});
    } else if (const auto* blob = digest ? (*opened)->blobs.Find(*digest) : nullptr) {
      response.layers.push_back({text, blob->archived() ? "ARCHIVED" : "AVAILABLE", blob->size.bytes()});
    } else {
      response.layers.push_back(
          {text, Mutated(Mutant::kEveryLayerIsThere) ? "AVAILABLE" : "UNAVAILABLE", std::nullopt});
    }
  }
  if (Mutated(Mutant::kFailuresAreLeftOut)) response.failures.clear();
  return response;
}

ApiResult<GetDownloadUrlForLayerResponse> Execute(ApiContext& context, const GetDownloadUrlForLayerRequest& request) {
  const auto digest = CheckDigest("layerDigest", request.layer_digest);
  if (!digest) return digest.error();
  const auto opened = OpenRepository(context, "ecr:GetDownloadUrlForLayer", request.repository_name);
  if (!opened) return opened.error();
  const auto* blob = *digest ? (*opened)->blobs.Find(**digest) : nullptr;
  const auto refuse = [&](std::string_view name, std::string_view problem) {
    return Refuse(name,
                  fmt::format("The layer with digest '{}' {} within the repository with name '{}' in the registry "
                              "with id '{}'",
                              request.layer_digest, problem, request.repository_name, context.registry_id()));
  };
  if (blob == nullptr) return refuse(exception::kLayersNotFound, "does not exist");
  if (blob->references == 0 && !Mutated(Mutant::kUnlistedLayerIsServed))
    return refuse(exception::kLayerInaccessible, "is not associated with an image");
  if (blob->archived()) return refuse(exception::kLayerInaccessible, "is archived");
  return GetDownloadUrlForLayerResponse{
      fmt::format("https://{}.dkr.ecr.{}.{}/v2/{}/blobs/{}", context.registry_id(), context.registry.key.region.text(),
                  DomainOf(context.registry.key.region), request.repository_name, request.layer_digest),
      request.layer_digest};
}

namespace {

/// The repository of `mount_from`, if the blob can be mounted from it and the caller may download it there. Null means
/// that the bytes have to be uploaded, as the registry's HTTP interface answers; it is no error.
const Repository* MountableOrigin(const ApiContext& context, const Repository& target,
                                  const UploadBlobRequest& request) {
  if (!request.mount_from) return nullptr;
  const auto* origin = context.registry.Find(std::string_view(*request.mount_from));
  if (origin == nullptr || !CanMountFrom(context.registry, target, *origin, request.blob.digest)) return nullptr;
  return AuthoriseOnRepository(context, "ecr:GetDownloadUrlForLayer", origin->name, origin).ok() ? origin : nullptr;
}

}  // namespace

ApiResult<UploadBlobResponse> Execute(ApiContext& context, const UploadBlobRequest& request) {
  constexpr std::array<std::string_view, 3> kActions = {"ecr:InitiateLayerUpload", "ecr:UploadLayerPart",
                                                        "ecr:CompleteLayerUpload"};
  if (Exceeds(request.blob.size.bytes(), kLayerSizeMax)) {
    return Refuse(exception::kLimitExceeded, fmt::format("A layer has at most {} bytes", kLayerSizeMax));
  }
  const auto opened = OpenForUpload(context, kActions, request.repository_name);
  if (!opened) return opened.error();
  const auto* origin = MountableOrigin(context, **opened, request);
  auto& repository = ForChange(context, **opened);
  if (origin != nullptr) {
    const auto from = origin->name;
    MountBlob(context.content(), repository, from, request.blob.digest);
    return UploadBlobResponse{BlobOutcome::kMounted};
  }
  return UploadBlobResponse{StoreBlob(context.content(), repository, request.blob.digest, request.blob.size)};
}

}  // namespace crrsim
