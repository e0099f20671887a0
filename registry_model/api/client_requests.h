// What simulated clients ask for: pushes of content that is known already, in strong types.
//
// They are no operations of AWS. Each stands for what `docker push` does in several calls (with the permissions of
// those calls), without bytes and without parsing; refusals are those of the operations. As on the registry's HTTP
// interface, a push creates a missing repository where a creation template applied for CREATE_ON_PUSH covers it.
//
// Source  ecr-replication.md 2.1, 2.5, 11.
#pragma once

#include <optional>
#include <string_view>

#include "registry_model/names.h"
#include "registry_model/oci/manifest.h"

namespace crrsim {

enum class BlobUpload : std::uint8_t { kStored, kAlreadyThere };

struct UploadBlobResponse {
  BlobUpload outcome = BlobUpload::kStored;
};

/// InitiateLayerUpload, UploadLayerPart and CompleteLayerUpload in one, for content whose digest is known to be right.
struct UploadBlobRequest {
  static constexpr std::string_view kOperation = "UploadBlob";
  using Response = UploadBlobResponse;

  RepositoryName repository;
  Digest blob;
  ByteCount size;
};

/// What to do with a push of the same manifest under the same tag.
enum class Repush : std::uint8_t {
  kRefuse,  // ImageAlreadyExistsException, as PutImage does
  kAccept,  // success, as the registry's HTTP interface gives (assumption `repush_same_tag_and_digest`)
};

enum class PushOutcome : std::uint8_t { kPushed, kUnchanged };

struct PutParsedImageResponse {
  Digest digest;
  PushOutcome outcome = PushOutcome::kPushed;
};

/// PutImage with a manifest that was parsed before.
struct PutParsedImageRequest {
  static constexpr std::string_view kOperation = "PutParsedImage";
  using Response = PutParsedImageResponse;

  RepositoryName repository;
  ManifestPtr manifest;
  std::optional<Tag> tag;
  Repush repush = Repush::kRefuse;
};

}  // namespace crrsim
