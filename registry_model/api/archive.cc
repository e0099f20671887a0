// Moving images into the archive and back.
//
// Source  ecr-replication.md 2.4, 10.2 (Archive), 10.3.
#include <array>

#include "registry_model/api/find_image.h"
#include "registry_model/api/operations.h"
#include "registry_model/api/validate.h"
#include "registry_model/registry/storage_class.h"

namespace crrsim {

namespace {

ApiError NotSupported(const ApiContext& context, const UpdateImageStorageClassRequest& request,
                      std::string_view problem) {
  return Refuse(exception::kImageStorageClassUpdateNotSupported,
                fmt::format("The storage class of the image with imageId {} in the repository with name '{}' in the "
                            "registry with id '{}' cannot be updated: {}",
                            ToText(request.image_id), request.repository_name, context.registry_id(), problem));
}

}  // namespace

ApiResult<UpdateImageStorageClassResponse> Execute(ApiContext& context, const UpdateImageStorageClassRequest& request) {
  constexpr std::array<std::string_view, 2> kClasses = {"STANDARD", "ARCHIVE"};
  if (auto sound = CheckOneOf("targetStorageClass", request.target_storage_class, kClasses); !sound) {
    return sound.error();
  }
  const auto target = request.target_storage_class == "STANDARD" ? StorageClass::kStandard : StorageClass::kArchive;
  const auto opened = OpenRepository(context, "ecr:UpdateImageStorageClass", request.repository_name);
  if (!opened) return opened.error();
  const auto found = RequireImage(context, **opened, request.image_id);
  if (!found) return found.error();
  switch (RefusalOfClass(**opened, **found, target)) {
    case ClassRefusal::kNeededByIndex:
      return NotSupported(context, request, "an image index that is not archived lists it");
    case ClassRefusal::kActivating:
      return NotSupported(context, request, "it is being restored");
    case ClassRefusal::kNone:
      break;
  }
  const auto digest = (*found)->manifest->digest;
  auto& repository = ForChange(context, **opened);
  ChangeStorageClass(context.content(), repository, digest, target);
  return UpdateImageStorageClassResponse{context.registry_id(),
                                         request.repository_name,
                                         {digest.text(), request.image_id.image_tag},
                                         std::string(NameOf(repository.FindImage(digest)->storage.status))};
}

}  // namespace crrsim
