#include "registry_model/oci/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "registry_model/oci/strict_json.h"

namespace crrsim {

namespace {

namespace dom = simdjson::dom;

constexpr std::array kKnownMediaTypes = {media_type::kOciManifest, media_type::kOciIndex, media_type::kDockerManifest,
                                         media_type::kDockerList};

/// Where a value stands; only an error turns it into text.
struct Place {
  std::string_view list;  // a JSON pointer such as `/layers`, or empty for the root
  std::optional<std::size_t> index;

  [[nodiscard]] std::string Pointer(std::string_view member = {}) const {
    std::string pointer(list);
    if (index) pointer += fmt::format("/{}", *index);
    if (!member.empty()) pointer += PointerStep(member);
    return pointer.empty() ? "the manifest" : pointer;
  }
};

ManifestError WrongShape(const std::string& pointer, std::string_view problem) {
  return {ManifestErrorCode::kWrongShape, fmt::format("{} {}", pointer, problem)};
}

std::string_view Describe(const dom::element& value) {
  switch (value.type()) {
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::STRING:
      return "text";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

ManifestError WrongType(const std::string& pointer, std::string_view expected, const dom::element& found) {
  return WrongShape(pointer, fmt::format("is {}; expected {}", Describe(found), expected));
}

/// The members that this file knows, taken out of an object in one pass over it.
struct Members {
  enum Key : std::uint8_t {
    kMediaType,  // first what every descriptor has
    kDigest,
    kSize,
    kArtifactType,
    kAnnotations,
    kData,
    kPlatform,
    kUrls,
    kSchemaVersion,
    kConfig,
    kLayers,
    kSubject,
    kManifests,
    kFsLayers,
    kKeyCount
  };
  static constexpr std::array<std::string_view, kKeyCount> kNames = {
      "mediaType", "digest",        "size",   "artifactType", "annotations", "data",      "platform",
      "urls",      "schemaVersion", "config", "layers",       "subject",     "manifests", "fsLayers"};

  explicit Members(const dom::object& object) {
    for (const auto [key, value] : object) {
      std::size_t known = 0;
      while (known < kKeyCount && kNames[known] != key) ++known;
      // A member that is null counts as absent, as it does for every reader written in Go.
      if (known < kKeyCount && !value.is_null()) found[known] = value;
    }
  }

  [[nodiscard]] const std::optional<dom::element>& operator[](Key key) const { return found[key]; }

  std::array<std::optional<dom::element>, kKeyCount> found;
};

std::string PointerOf(Place place, Members::Key key) { return place.Pointer(Members::kNames[key]); }

/// Text that may be absent, which reads as empty.
Result<std::string_view, ManifestError> OptionalText(const Members& members, Members::Key key, Place place) {
  std::string_view text;
  if (members[key] && members[key]->get(text) != simdjson::SUCCESS) {
    return WrongType(PointerOf(place, key), "text", *members[key]);
  }
  return text;
}

/// Text that must be there and not be empty.
Result<std::string_view, ManifestError> RequiredText(const Members& members, Members::Key key, Place place) {
  auto text = OptionalText(members, key, place);
  if (text && text->empty()) return WrongShape(PointerOf(place, key), members[key] ? "is empty" : "is missing");
  return text;
}

Result<ByteCount, ManifestError> ReadSize(const Members& members, Place place) {
  const auto& member = members[Members::kSize];
  if (!member) return WrongShape(PointerOf(place, Members::kSize), "is missing");
  std::int64_t size = 0;
  if (!member->is_int64() || member->get(size) != simdjson::SUCCESS) {
    return WrongShape(PointerOf(place, Members::kSize),
                      fmt::format("is {}; expected a whole number of bytes below 2^63",
                                  member->is_number() ? "another number" : Describe(*member)));
  }
  if (size < 0) {
    return WrongShape(PointerOf(place, Members::kSize), fmt::format("is {}; a size is never negative", size));
  }
  return ByteCount::FromBytes(size);
}

std::optional<ManifestError> ReadAnnotations(const Members& members, Place place,
                                             std::map<std::string, std::string>* kept) {
  const auto& member = members[Members::kAnnotations];
  if (!member) return std::nullopt;
  const auto pointer = PointerOf(place, Members::kAnnotations);
  dom::object annotations;
  if (member->get(annotations) != simdjson::SUCCESS) return WrongType(pointer, "an object of texts", *member);
  for (const auto [key, value] : annotations) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return WrongType(pointer + PointerStep(key), "text", value);
    if (kept != nullptr) kept->emplace(key, text);
  }
  return std::nullopt;
}

/// What a descriptor may say besides the fields that are kept.
std::optional<ManifestError> CheckExtras(const Members& members, Place place) {
  if (auto error = ReadAnnotations(members, place, nullptr)) return error;
  if (const auto data = OptionalText(members, Members::kData, place); !data) return data.error();
  if (const auto& platform = members[Members::kPlatform]; platform && !platform->is_object()) {
    return WrongType(PointerOf(place, Members::kPlatform), "an object", *platform);
  }
  const auto& urls = members[Members::kUrls];
  if (!urls) return std::nullopt;
  dom::array list;
  if (urls->get(list) != simdjson::SUCCESS) {
    return WrongType(PointerOf(place, Members::kUrls), "a list of texts", *urls);
  }
  std::size_t index = 0;
  for (const dom::element url : list) {
    if (!url.is_string()) return WrongType(fmt::format("{}/{}", PointerOf(place, Members::kUrls), index), "text", url);
    ++index;
  }
  return std::nullopt;
}

Result<Descriptor, ManifestError> ReadDescriptor(const dom::element& value, Place place) {
  dom::object object;
  if (value.get(object) != simdjson::SUCCESS) return WrongType(place.Pointer(), "a descriptor (an object)", value);
  const Members members(object);

  const auto type = RequiredText(members, Members::kMediaType, place);
  if (!type) return type.error();
  const auto digest_text = RequiredText(members, Members::kDigest, place);
  if (!digest_text) return digest_text.error();
  const auto digest = Digest::Parse(*digest_text);
  if (!digest) {
    return WrongShape(PointerOf(place, Members::kDigest),
                      fmt::format("is '{}'; expected sha256: and 64, or sha512: and 128 lower-case hexadecimal digits",
                                  Shown(*digest_text)));
  }
  const auto size = ReadSize(members, place);
  if (!size) return size.error();
  const auto artifact_type = OptionalText(members, Members::kArtifactType, place);
  if (!artifact_type) return artifact_type.error();
  if (auto error = CheckExtras(members, place)) return *std::move(error);
  return Descriptor{std::string(*type), *digest, *size, std::string(*artifact_type)};
}

Result<std::vector<Descriptor>, ManifestError> ReadDescriptors(const std::optional<dom::element>& member,
                                                               std::string_view pointer) {
  if (!member) return WrongShape(std::string(pointer), "is missing");
  dom::array list;
  if (member->get(list) != simdjson::SUCCESS) {
    return WrongType(std::string(pointer), "a list of descriptors", *member);
  }
  std::vector<Descriptor> descriptors;
  descriptors.reserve(list.size());
  for (const dom::element item : list) {
    auto descriptor = ReadDescriptor(item, Place{pointer, descriptors.size()});
    if (!descriptor) return std::move(descriptor).error();
    descriptors.push_back(*std::move(descriptor));
  }
  return descriptors;
}

/// The name alone, without parameters such as `; charset=utf-8`, which HTTP clients add.
std::string_view WithoutParameters(std::string_view declared) {
  declared = declared.substr(0, declared.find(';'));
  while (!declared.empty() && declared.back() == ' ') declared.remove_suffix(1);
  return declared;
}

/// Returns   one of kKnownMediaTypes.
Result<std::string_view, ManifestError> ChooseMediaType(const Members& root, std::string_view declared) {
  const auto embedded = OptionalText(root, Members::kMediaType, Place{});
  if (!embedded) return embedded.error();
  declared = WithoutParameters(declared);
  if (embedded->empty() && declared.empty()) {
    return ManifestError{ManifestErrorCode::kUnknownMediaType,
                         "the manifest has no mediaType, and none was declared beside it"};
  }
  if (!embedded->empty() && !declared.empty() && *embedded != declared) {
    return ManifestError{
        ManifestErrorCode::kMediaTypeMismatch,
        fmt::format("the manifest says mediaType '{}', but '{}' was declared", Shown(*embedded), Shown(declared))};
  }
  const auto chosen = embedded->empty() ? declared : *embedded;
  const auto* const known = std::find(kKnownMediaTypes.begin(), kKnownMediaTypes.end(), chosen);
  if (known == kKnownMediaTypes.end()) {
    return ManifestError{ManifestErrorCode::kUnknownMediaType,
                         fmt::format("'{}' is no media type of a manifest; expected an OCI image manifest or index, "
                                     "a Docker schema 2 manifest or manifest list",
                                     Shown(chosen))};
  }
  return *known;
}

/// Members by which a reader that goes by shape, not by media type, would take the bytes for something else.
std::optional<ManifestError> CheckUnambiguous(const Members& root, ManifestKind kind) {
  using Keys = std::array<Members::Key, 2>;
  const bool is_index = kind == ManifestKind::kIndex;
  for (const auto key :
       is_index ? Keys{Members::kConfig, Members::kLayers} : Keys{Members::kManifests, Members::kFsLayers}) {
    if (!root[key]) continue;
    return WrongShape(PointerOf(Place{}, key), is_index ? "belongs to an image manifest, not to an index"
                                                        : "does not belong to an image manifest");
  }
  return std::nullopt;
}

std::optional<ManifestError> CheckSchemaVersion(const Members& root) {
  const auto& version = root[Members::kSchemaVersion];
  if (!version) return WrongShape("/schemaVersion", "is missing");
  std::int64_t number = 0;
  if (!version->is_int64()) return WrongType("/schemaVersion", "the number 2", *version);
  if (version->get(number) != simdjson::SUCCESS || number != 2) {
    return WrongShape("/schemaVersion", fmt::format("is {}; expected 2", number));
  }
  return std::nullopt;
}

std::optional<ManifestError> ReadImage(const Members& root, Manifest& manifest) {
  const auto& config = root[Members::kConfig];
  if (!config) return WrongShape("/config", "is missing");
  auto descriptor = ReadDescriptor(*config, Place{"/config", std::nullopt});
  if (!descriptor) return std::move(descriptor).error();
  manifest.config = *std::move(descriptor);
  auto layers = ReadDescriptors(root[Members::kLayers], "/layers");
  if (!layers) return std::move(layers).error();
  manifest.layers = *std::move(layers);
  if (!manifest.artifact_type.empty()) return std::nullopt;
  if (manifest.config->media_type == media_type::kOciEmpty) {
    return WrongShape("/artifactType", "is missing, which an image with an empty config must have");
  }
  manifest.artifact_type = manifest.config->media_type;
  return std::nullopt;
}

std::string BlobPlace(const Manifest& manifest, const Descriptor* blob) {
  if (blob == &*manifest.config) return "/config";
  return fmt::format("/layers/{}", blob - manifest.layers.data());
}

/// Fills `blobs` and `blob_bytes`. Sorted, not compared pairwise: 4 MiB have room for some 30,000 layers.
std::optional<ManifestError> CollectBlobs(Manifest& manifest) {
  std::vector<const Descriptor*> all;
  all.reserve(manifest.layers.size() + 1);
  all.push_back(&*manifest.config);
  for (const auto& layer : manifest.layers) {
    if (!IsForeignLayer(layer)) all.push_back(&layer);
  }
  std::vector<std::size_t> order(all.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  // A total order: places of one digest are told apart by their index.
  std::sort(order.begin(), order.end(), [&all](std::size_t a, std::size_t b) {
    const auto compared = all[a]->digest <=> all[b]->digest;
    return compared == 0 ? a < b : compared < 0;
  });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const auto*& here = all[order[i]];
    // `first` stays the first place of this digest, since places of one digest are in their own order.
    const auto first = order[i - 1];
    if (here->digest != all[first]->digest) continue;
    if (here->size != all[first]->size) {
      return WrongShape(BlobPlace(manifest, here) + "/size",
                        fmt::format("is {}, but {} gives the same digest the size {}", here->size.bytes(),
                                    BlobPlace(manifest, all[first]), all[first]->size.bytes()));
    }
    here = nullptr;
    order[i] = first;
  }
  std::int64_t sum = 0;
  manifest.blobs.reserve(all.size());
  for (const auto* blob : all) {
    if (blob == nullptr) continue;
    if (__builtin_add_overflow(sum, blob->size.bytes(), &sum)) {
      return WrongShape(BlobPlace(manifest, blob) + "/size", "brings the sum of the sizes to 2^63 bytes or more");
    }
    manifest.blobs.push_back(blob->sized());
  }
  manifest.blob_bytes = ByteCount::FromBytes(sum);
  return std::nullopt;
}

std::optional<ManifestError> ReadRoot(const Members& root, std::string_view declared, Manifest& manifest) {
  const auto type = ChooseMediaType(root, declared);
  if (!type) return type.error();
  manifest.media_type = *type;
  const bool is_index = *type == media_type::kOciIndex || *type == media_type::kDockerList;
  manifest.kind = is_index ? ManifestKind::kIndex : ManifestKind::kImage;
  if (auto error = CheckSchemaVersion(root)) return error;
  if (auto error = CheckUnambiguous(root, manifest.kind)) return error;

  const auto artifact_type = OptionalText(root, Members::kArtifactType, Place{});
  if (!artifact_type) return artifact_type.error();
  manifest.artifact_type = *artifact_type;
  if (const auto& subject = root[Members::kSubject]) {
    auto descriptor = ReadDescriptor(*subject, Place{"/subject", std::nullopt});
    if (!descriptor) return std::move(descriptor).error();
    manifest.subject = *std::move(descriptor);
  }
  if (auto error = ReadAnnotations(root, Place{}, &manifest.annotations)) return error;

  if (!is_index) {
    if (auto error = ReadImage(root, manifest)) return error;
    return CollectBlobs(manifest);
  }
  auto children = ReadDescriptors(root[Members::kManifests], "/manifests");
  if (!children) return std::move(children).error();
  manifest.children = *std::move(children);
  return std::nullopt;
}

Result<ManifestPtr, ManifestError> ParseWith(dom::parser& parser, std::string_view bytes, std::string_view declared,
                                             DigestAlgorithm algorithm) {
  const auto json = ParseStrictJson(parser, bytes);
  if (!json) return ManifestError{ManifestErrorCode::kNotJson, "the manifest is refused: " + json.error().message};
  dom::object root;
  if (json->get(root) != simdjson::SUCCESS) return WrongType(Place{}.Pointer(), "an object", *json);
  auto manifest = std::make_shared<Manifest>();
  if (auto error = ReadRoot(Members(root), declared, *manifest)) return *std::move(error);
  manifest->bytes = bytes;
  manifest->digest = Digest::Of(bytes, algorithm);
  return ManifestPtr(std::move(manifest));
}

}  // namespace

bool IsForeignLayer(const Descriptor& layer) {
  return layer.media_type.starts_with("application/vnd.docker.image.rootfs.foreign.") ||
         layer.media_type.starts_with("application/vnd.oci.image.layer.nondistributable.");
}

std::string Manifest::ShareKey() const { return fmt::format("{} {}", digest.text(), media_type); }

void Manifest::Encode(Writer& writer) const {
  writer.PutText(bytes);
  writer.Put(digest);
  writer.PutText(media_type);
}

Manifest Manifest::Decode(Reader& reader) {
  const auto bytes = reader.GetText();
  const auto digest = reader.Get<Digest>();
  auto parsed = ParseManifest(bytes, reader.GetText(), digest.algorithm());
  if (!parsed) throw ArchiveError("a saved manifest is damaged: " + parsed.error().message);
  if ((*parsed)->digest != digest) throw ArchiveError("a saved manifest does not have its digest");
  return **parsed;
}

Result<ManifestPtr, ManifestError> ParseManifest(std::string_view bytes, std::string_view declared_media_type,
                                                 DigestAlgorithm algorithm) {
  if (std::cmp_greater(bytes.size(), kManifestSizeMax)) {
    return ManifestError{ManifestErrorCode::kTooLarge, fmt::format("the manifest has {} bytes; at most {} are taken",
                                                                   bytes.size(), kManifestSizeMax)};
  }
  // A parser keeps about 14 times the largest input that it saw. One a thread is kept, for small manifests, since its
  // allocations cost more than the parsing; it carries memory from call to call, never a result, so it is no state of
  // any world. Large manifests are rare and get a parser of their own.
  constexpr std::size_t kKeptParserMax = 128 * 1024;
  if (bytes.size() > kKeptParserMax) {
    auto parser = MakeStrictJsonParser();
    return ParseWith(parser, bytes, declared_media_type, algorithm);
  }
  thread_local auto parser = MakeStrictJsonParser();
  return ParseWith(parser, bytes, declared_media_type, algorithm);
}

}  // namespace crrsim
