// Folders, archives and OCI layouts for the tests of harness/images.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/test/support/scratch_folder.h"
#include "registry_model/oci/digest.h"

namespace crrsim {

/// One member of an archive.
struct TarMember {
  enum class Type { kFile, kFolder, kSymlink, kHardlink, kPipe };
  std::string name;
  std::string bytes = {};  // of a file; the target of a link
  Type type = Type::kFile;
};

/// A tar archive of the members, in order. `filter` is libarchive's name of a compression, or empty.
std::string TarOf(const std::vector<TarMember>& members, const std::string& filter = "");
std::string Compressed(std::string_view bytes, const std::string& filter);

/// A descriptor as JSON; `more` holds further members, with a comma in front.
std::string DescriptorJson(std::string_view media_type, std::string_view content, const std::string& more = "",
                           DigestAlgorithm algorithm = DigestAlgorithm::kSha256);

/// An OCI layout in memory, to be spoilt and then written.
class LayoutFiles {
 public:
  LayoutFiles();
  /// Stores a blob and returns its descriptor.
  std::string AddBlob(std::string_view media_type, const std::string& content, const std::string& more = "",
                      DigestAlgorithm algorithm = DigestAlgorithm::kSha256);
  /// Stores an image of a config and layers with these contents and returns its descriptor.
  std::string AddImage(const std::string& config, const std::vector<std::string>& layers, const std::string& more = "");
  std::string AddIndex(const std::vector<std::string>& descriptors, const std::string& more = "");
  /// Makes these descriptors the entries of index.json.
  void List(const std::vector<std::string>& descriptors);

  static std::string BlobPath(std::string_view content, DigestAlgorithm algorithm = DigestAlgorithm::kSha256);

  void WriteTo(const ScratchFolder& folder) const;
  [[nodiscard]] std::vector<TarMember> Members() const;

  std::map<std::string, std::string> files;
};

/// What a descriptor says, for expectations.
Digest DigestIn(const std::string& descriptor);

/// `,"annotations":{"org.opencontainers.image.ref.name":"<name>"}`.
std::string Named(const std::string& name);

}  // namespace crrsim
