// Claims over manifests that nobody wrote down: no bytes bring the parser down, and a key twice never passes.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "registry_model/oci/manifest.h"

namespace crrsim {
namespace {

using nlohmann::ordered_json;

std::string Declared(int choice) {
  const std::vector<std::string> types = {"", std::string(media_type::kOciManifest), std::string(media_type::kOciIndex),
                                          std::string(media_type::kDockerManifest),
                                          std::string(media_type::kDockerList)};
  return types.at(static_cast<std::size_t>(choice));
}

rc::Gen<ordered_json> AnyDescriptor() {
  return rc::gen::map(rc::gen::tuple(rc::gen::string<std::string>(), rc::gen::inRange<std::int64_t>(0, 1LL << 50)),
                      [](const std::tuple<std::string, std::int64_t>& parts) {
                        return ordered_json{{"mediaType", "application/vnd.example"},
                                            {"digest", Digest::Of(std::get<0>(parts)).text()},
                                            // The size hangs on the content, as it must where one digest comes twice.
                                            {"size", std::get<0>(parts).size()},
                                            {"annotations", {{"made", "by chance"}}}};
                      });
}

rc::Gen<ordered_json> SoundImage() {
  return rc::gen::map(rc::gen::pair(AnyDescriptor(), rc::gen::container<std::vector<ordered_json>>(AnyDescriptor())),
                      [](const std::pair<ordered_json, std::vector<ordered_json>>& parts) {
                        return ordered_json{{"schemaVersion", 2},
                                            {"mediaType", media_type::kOciManifest},
                                            {"config", parts.first},
                                            {"layers", parts.second},
                                            {"annotations", {{"a", "1"}, {"b", "2"}}}};
                      });
}

RC_GTEST_PROP(ManifestPropertyTest, AnyBytesGiveAManifestOrAnError, (const std::vector<std::uint8_t>& raw)) {
  const std::string bytes(raw.begin(), raw.end());
  const auto parsed = ParseManifest(bytes, Declared(*rc::gen::inRange(0, 5)));
  if (!parsed) RC_ASSERT(!parsed.error().message.empty());
}

RC_GTEST_PROP(ManifestPropertyTest, SoundImageKeepsEveryLayerAndCountsEachDigestOnce, ()) {
  const auto image = *SoundImage();
  const auto bytes = image.dump();
  const auto parsed = ParseManifest(bytes, "");
  RC_ASSERT(parsed.ok());
  const auto& manifest = **parsed;
  RC_ASSERT(manifest.layers.size() == image["layers"].size());
  std::map<std::string, std::int64_t> distinct;
  distinct[image["config"]["digest"]] = image["config"]["size"];
  for (const auto& layer : image["layers"]) distinct[layer["digest"]] = layer["size"];
  std::int64_t sum = 0;
  for (const auto& [digest, size] : distinct) sum += size;
  RC_ASSERT(manifest.blobs.size() == distinct.size());
  RC_ASSERT(manifest.blob_bytes == Bytes(sum));
  RC_ASSERT(manifest.digest == Digest::Of(bytes));
}

RC_GTEST_PROP(ManifestPropertyTest, OneByteChangedNeverKeepsTheDigest, ()) {
  const auto sound = (*SoundImage()).dump();
  auto bytes = sound;
  const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
  bytes[place] = *rc::gen::distinctFrom(bytes[place]);
  const auto parsed = ParseManifest(bytes, "");
  if (parsed) RC_ASSERT((*parsed)->digest != Digest::Of(sound));
}

RC_GTEST_PROP(ManifestPropertyTest, TruncatedImageIsRefused, ()) {
  const auto bytes = (*SoundImage()).dump();
  const auto parsed = ParseManifest(bytes.substr(0, *rc::gen::inRange<std::size_t>(0, bytes.size())), "");
  RC_ASSERT(!parsed.ok());
  RC_ASSERT(parsed.error().code == ManifestErrorCode::kNotJson);
}

/// Text forms of `value` with one member of one object, the `wanted`th in reading order, written twice.
std::string DumpWithTwin(const ordered_json& value, int& wanted) {
  if (value.is_object()) {
    std::string text = "{";
    for (const auto& [key, member] : value.items()) {
      const bool is_twin = wanted-- == 0;
      const auto written = ordered_json(key).dump() + ":" + DumpWithTwin(member, wanted);
      text += (text.size() > 1 ? "," : "") + written + (is_twin ? "," + written : "");
    }
    return text + "}";
  }
  if (value.is_array()) {
    std::string text = "[";
    for (const auto& item : value) text += (text.size() > 1 ? "," : "") + DumpWithTwin(item, wanted);
    return text + "]";
  }
  return value.dump();
}

RC_GTEST_PROP(ManifestPropertyTest, SoundImageWithOneKeyTwiceIsRefused, ()) {
  const auto image = *SoundImage();
  int uncounted = -1;
  RC_ASSERT(ParseManifest(DumpWithTwin(image, uncounted), "").ok());
  const int members = -1 - uncounted;
  int wanted = *rc::gen::inRange(0, members);
  const auto parsed = ParseManifest(DumpWithTwin(image, wanted), "");
  RC_ASSERT(!parsed.ok());
  RC_ASSERT(parsed.error().code == ManifestErrorCode::kNotJson);
  RC_ASSERT(parsed.error().message.ends_with("is there more than once"));
}

}  // namespace
}  // namespace crrsim
