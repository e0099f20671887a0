// The storage classes of images, and where an image is between them.
#pragma once

#include <cstdint>
#include <string_view>

namespace crrsim {

enum class StorageClass : std::uint8_t { kStandard, kArchive };
/// `STANDARD`, `ARCHIVE`.
std::string_view NameOf(StorageClass storage_class);

/// An image that is kActivating is on its way from the archive: it cannot be pulled yet and counts as archived.
enum class ImageStatus : std::uint8_t { kActive, kArchived, kActivating };
/// `ACTIVE`, `ARCHIVED`, `ACTIVATING`.
std::string_view NameOf(ImageStatus status);

}  // namespace crrsim
