// What simulated clients ask for: pushes, and pulls through the cache, of content that is known already, without bytes
// and without parsing.
//
// They are no operations of AWS. Each stands for what `docker push` does in several calls, needs the permissions of
// those calls and is refused like them.
//
// Source  ecr-replication.md 2.1, 10.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/oci/blob.h"
#include "registry_model/oci/manifest.h"
#include "registry_model/registry/content.h"

namespace crrsim {

struct UploadBlobResponse {
  BlobOutcome outcome = BlobOutcome::kStored;
};

/// InitiateLayerUpload, UploadLayerPart and CompleteLayerUpload in one, for content whose digest is known to be right.
/// Bytes of the blob are not looked at. A blob that is there already is no error. With `mount_from` the blob is mounted
/// instead where account setting BLOB_MOUNTING, equal encryption and ecr:GetDownloadUrlForLayer on that repository
/// allow it (ecr-replication.md 4.2).
struct UploadBlobRequest {
  static constexpr std::string_view kOperation = "UploadBlob";
  using Response = UploadBlobResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  Blob blob;
  std::optional<std::string> mount_from = {};  // a repository to mount it from, if that is possible
};

/// What to do with a push of the same manifest under the same tag, or of a manifest that is there without one.
enum class Repush : std::uint8_t {
  kRefuse,  // ImageAlreadyExistsException, as PutImage does
  kAccept,  // success, as the registry's HTTP interface gives (assumption `repush_same_tag_and_digest`)
};

enum class PushOutcome : std::uint8_t { kPushed, kUnchanged };

struct PutParsedImageResponse {
  Digest digest;
  PushOutcome outcome = PushOutcome::kPushed;
};

/// PutImage with a manifest that was parsed before. Requires `manifest`.
struct PutParsedImageRequest {
  static constexpr std::string_view kOperation = "PutParsedImage";
  using Response = PutParsedImageResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  ManifestPtr manifest;
  std::optional<std::string> image_tag;
  Repush repush = Repush::kRefuse;
};

struct ImportUpstreamImageResponse {
  Digest digest;  // that the tag names
};

/// What the pull-through cache does at a pull of an image that it lacks: the image of an upstream registry enters a
/// repository of the cache, which is made where it is missing. A tag that is there already is left alone (assumption
/// `upstream_images`). The caller needs ecr:BatchImportUpstreamImage, and ecr:CreateRepository for a new repository.
/// Requires `manifests`, children before their index, the image itself last, and all `blobs` that they name.
struct ImportUpstreamImageRequest {
  static constexpr std::string_view kOperation = "ImportUpstreamImage";
  using Response = ImportUpstreamImageResponse;

  std::optional<std::string> registry_id;
  std::string repository_name;
  std::string image_tag;
  std::vector<ManifestPtr> manifests;
  std::vector<Blob> blobs;
};

}  // namespace crrsim
