// What is refused, with which code and in which words: each row changes one thing in a sound manifest.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "registry_model/oci/manifest.h"

namespace crrsim {
namespace {

using Code = ManifestErrorCode;

constexpr std::string_view kImage =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)"
    R"("config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:)"
    R"(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":2},)"
    R"("layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:)"
    R"(bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","size":7}],)"
    R"("annotations":{"key":"value"}})";

constexpr std::string_view kIndex =
    R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json",)"
    R"("manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:)"
    R"(cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc","size":7,"platform":{"os":"linux"}}]})";

constexpr std::string_view kA64 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view kB64 = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// `text` with its only `from` replaced.
std::string With(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  const auto place = changed.find(from);
  EXPECT_NE(place, std::string::npos) << from;
  EXPECT_EQ(changed.find(from, place + 1), std::string::npos) << "ambiguous: " << from;
  return changed.replace(place, from.size(), to);
}

struct Refused {
  std::string bytes;
  Code code;
  std::string message;
  std::string declared = {};
};

void ExpectRefused(const std::vector<Refused>& table) {
  for (const auto& row : table) {
    const auto parsed = ParseManifest(row.bytes, row.declared);
    const auto shown = row.bytes.substr(0, 400);
    ASSERT_FALSE(parsed.ok()) << shown;
    EXPECT_EQ(static_cast<int>(parsed.error().code), static_cast<int>(row.code)) << shown;
    EXPECT_EQ(parsed.error().message, row.message) << shown;
  }
}

TEST(ManifestRefusedTest, TheUnchangedOnesAreSound) {
  EXPECT_TRUE(ParseManifest(kImage, "").ok());
  EXPECT_TRUE(ParseManifest(kIndex, "").ok());
}

TEST(ManifestRefusedTest, NotJson) {
  const auto image = std::string(kImage);
  const auto refused = [](const std::string& why) { return "the manifest is refused: " + why; };
  ExpectRefused({
      {"", Code::kNotJson, refused("it is empty")},
      {"  \n", Code::kNotJson, refused("it is empty")},
      {"hello", Code::kNotJson, refused("it is not valid JSON")},
      {image.substr(0, image.size() - 1), Code::kNotJson, refused("it is not valid JSON")},
      {image.substr(0, image.size() - 3), Code::kNotJson, refused("a text is not closed")},
      {image + "}", Code::kNotJson, refused("it is not valid JSON")},
      {image + image, Code::kNotJson, refused("it is not valid JSON")},
      {image + "x", Code::kNotJson, refused("it is not valid JSON")},
      {image + std::string(1, '\0'), Code::kNotJson, refused("it is not valid JSON")},
      {"\xEF\xBB\xBF" + image, Code::kNotJson, refused("it begins with a byte order mark")},
      {With(kImage, "value", "\xff"), Code::kNotJson, refused("it holds bytes that are not UTF-8")},
      {With(kImage, "value", "\xc0\xaf"), Code::kNotJson, refused("it holds bytes that are not UTF-8")},
      {With(kImage, "value", "\xed\xa0\x80"), Code::kNotJson, refused("it holds bytes that are not UTF-8")},
      {With(kImage, "value", "\\ud800"), Code::kNotJson, refused("a text holds an invalid escape")},
      {With(kImage, "value", "\\udc00"), Code::kNotJson, refused("a text holds an invalid escape")},
      {With(kImage, "value", "\\ud800\\u0041"), Code::kNotJson, refused("a text holds an invalid escape")},
      {With(kImage, "value", "\\x41"), Code::kNotJson, refused("a text holds an invalid escape")},
      {With(kImage, "value", "\n"), Code::kNotJson, refused("a text holds a control character that is not escaped")},
      {With(kImage, R"("value")", "'value'"), Code::kNotJson, refused("it is not valid JSON")},
      {With(kImage, R"("value")", "tru"), Code::kNotJson, refused("a word is none of true, false and null")},
      {With(kImage, R"("size":7)", R"("size":07)"), Code::kNotJson, refused("a number is malformed or out of range")},
      {With(kImage, R"("size":7)", R"("size":+7)"), Code::kNotJson, refused("it is not valid JSON")},
      {With(kImage, R"("size":7)", R"("size":1e999)"), Code::kNotJson,
       refused("a number is malformed or out of range")},
      {With(kImage, R"("size":7)", R"("size":123456789012345678901)"), Code::kNotJson,
       refused("a number is malformed or out of range")},
      {With(kImage, R"("size":7)", R"("size":NaN)"), Code::kNotJson, refused("it is not valid JSON")},
      {With(kImage, R"("size":7}])", R"("size":7},])"), Code::kNotJson, refused("it is not valid JSON")},
      {With(kImage, R"("value"})", R"("value",})"), Code::kNotJson, refused("it is not valid JSON")},
      {With(kImage, R"("value")", "/* */\"value\""), Code::kNotJson, refused("it is not valid JSON")},
  });
}

TEST(ManifestRefusedTest, NestingIsBounded) {
  const auto nested = [](std::size_t lists) {
    return With(kImage, R"("annotations")",
                R"("x":)" + std::string(lists, '[') + "1" + std::string(lists, ']') + R"(,"annotations")");
  };
  // The manifest itself is the first level.
  EXPECT_TRUE(ParseManifest(nested(62), "").ok());
  for (const auto lists : {std::size_t{63}, std::size_t{64}, std::size_t{100'000}}) {
    ExpectRefused({{nested(lists), Code::kNotJson, "the manifest is refused: it is nested deeper than 64 levels"}});
  }
  EXPECT_FALSE(ParseManifest(std::string(1'000'000, '['), "").ok());
  EXPECT_FALSE(ParseManifest(std::string(1'000'000, '[') + std::string(1'000'000, ']'), "").ok());
}

TEST(ManifestRefusedTest, KeyTwiceAtAnyDepth) {
  const auto refused = [](const std::string& pointer) {
    return "the manifest is refused: " + pointer + " is there more than once";
  };
  ExpectRefused({
      {With(kImage, R"("layers")", R"("schemaVersion":2,"layers")"), Code::kNotJson, refused("/schemaVersion")},
      {With(kImage, R"("size":2)", R"("size":2,"size":2)"), Code::kNotJson, refused("/config/size")},
      {With(kImage, R"("size":7)", R"("size":7,"digest":"x")"), Code::kNotJson, refused("/layers/0/digest")},
      {With(kImage, R"("key":"value")", R"("key":"value","k\u0065y":"other")"), Code::kNotJson,
       refused("/annotations/key")},
      {With(kImage, R"("key":"value")", R"("a/b~c":"1","a/b~c":"2")"), Code::kNotJson, refused("/annotations/a~1b~0c")},
      {With(kImage, R"("key":"value")", R"("":"1","":"2")"), Code::kNotJson, refused("/annotations/")},
      {With(kImage, R"("annotations")", R"("x":[0,[{"y":{"z":1,"z":1}}]],"annotations")"), Code::kNotJson,
       refused("/x/1/0/y/z")},
      {With(kIndex, R"({"os":"linux"})", R"({"os":"linux","os":"linux"})"), Code::kNotJson,
       refused("/manifests/0/platform/os")},
  });
}

TEST(ManifestRefusedTest, KeyTwiceAmongMany) {
  std::string many;
  for (int i = 0; i < 5'000; ++i) many += "\"k" + std::to_string(i) + "\":\"\",";
  EXPECT_TRUE(ParseManifest(With(kImage, R"("key":"value")", many + R"("key":"value")"), "").ok());
  ExpectRefused({{With(kImage, R"("key":"value")", many + R"("k2500":"value")"), Code::kNotJson,
                  "the manifest is refused: /annotations/k2500 is there more than once"}});
}

TEST(ManifestRefusedTest, TooLargeByOneByte) {
  std::string bytes(kImage);
  bytes.resize(kManifestSizeMax + 1, ' ');
  ExpectRefused({
      {bytes, Code::kTooLarge, "the manifest has 4194305 bytes; at most 4194304 are taken"},
      {std::string(kManifestSizeMax + 1, 'x'), Code::kTooLarge,
       "the manifest has 4194305 bytes; at most 4194304 are taken"},
  });
}

TEST(ManifestRefusedTest, MediaTypes) {
  const std::string embedded(R"("mediaType":"application/vnd.oci.image.manifest.v1+json",)");
  const auto untyped = With(kImage, embedded, "");
  const std::string expected =
      "is no media type of a manifest; expected an OCI image manifest or index, a Docker schema 2 manifest or manifest "
      "list";
  ExpectRefused({
      {untyped, Code::kUnknownMediaType, "the manifest has no mediaType, and none was declared beside it"},
      {With(kImage, embedded, R"("mediaType":null,)"), Code::kUnknownMediaType,
       "the manifest has no mediaType, and none was declared beside it"},
      {With(kImage, embedded, R"("mediaType":"",)"), Code::kUnknownMediaType,
       "the manifest has no mediaType, and none was declared beside it"},
      {untyped, Code::kUnknownMediaType, "'application/json' " + expected, "application/json"},
      {With(kImage, embedded, R"("mediaType":"text/plain",)"), Code::kUnknownMediaType, "'text/plain' " + expected},
      {R"({"schemaVersion":1,"name":"a","fsLayers":[]})", Code::kUnknownMediaType,
       "'application/vnd.docker.distribution.manifest.v1+prettyjws' " + expected,
       "application/vnd.docker.distribution.manifest.v1+prettyjws"},
      {untyped, Code::kUnknownMediaType, "'Application/vnd.oci.image.manifest.v1+json' " + expected,
       "Application/vnd.oci.image.manifest.v1+json"},
      {std::string(kImage), Code::kMediaTypeMismatch,
       "the manifest says mediaType 'application/vnd.oci.image.manifest.v1+json', but "
       "'application/vnd.docker.distribution.manifest.v2+json' was declared",
       std::string(media_type::kDockerManifest)},
      {std::string(kIndex), Code::kMediaTypeMismatch,
       "the manifest says mediaType 'application/vnd.oci.image.index.v1+json', but 'application/json' was declared",
       "application/json; charset=utf-8"},
      {With(kImage, embedded, R"("mediaType":7,)"), Code::kWrongShape, "/mediaType is a number; expected text"},
  });
}

TEST(ManifestRefusedTest, RootAndSchemaVersion) {
  const std::string two(R"("schemaVersion":2)");
  ExpectRefused({
      {"[]", Code::kWrongShape, "the manifest is a list; expected an object"},
      {"null", Code::kWrongShape, "the manifest is null; expected an object"},
      {"\"x\"", Code::kWrongShape, "the manifest is text; expected an object"},
      {"12", Code::kWrongShape, "the manifest is a number; expected an object"},
      {With(kImage, two + ",", ""), Code::kWrongShape, "/schemaVersion is missing"},
      {With(kImage, two, R"("schemaVersion":1)"), Code::kWrongShape, "/schemaVersion is 1; expected 2"},
      {With(kImage, two, R"("schemaVersion":3)"), Code::kWrongShape, "/schemaVersion is 3; expected 2"},
      {With(kImage, two, R"("schemaVersion":"2")"), Code::kWrongShape, "/schemaVersion is text; expected the number 2"},
      {With(kImage, two, R"("schemaVersion":true)"), Code::kWrongShape,
       "/schemaVersion is true or false; expected the number 2"},
  });
}

TEST(ManifestRefusedTest, ShapesAreNotMixed) {
  ExpectRefused({
      {With(kImage, R"("layers")", R"("manifests":[],"layers")"), Code::kWrongShape,
       "/manifests does not belong to an image manifest"},
      {With(kImage, R"("layers")", R"("fsLayers":[],"layers")"), Code::kWrongShape,
       "/fsLayers does not belong to an image manifest"},
      {With(kIndex, R"("manifests")", R"("layers":[],"manifests")"), Code::kWrongShape,
       "/layers belongs to an image manifest, not to an index"},
      {With(kIndex, R"("manifests")", R"("config":{},"manifests")"), Code::kWrongShape,
       "/config belongs to an image manifest, not to an index"},
      {With(kImage, "oci.image.manifest", "oci.image.index"), Code::kWrongShape,
       "/config belongs to an image manifest, not to an index"},
      {With(kImage, R"("layers":)", R"("lairs":)"), Code::kWrongShape, "/layers is missing"},
      {With(kImage, R"("config":)", R"("konfig":)"), Code::kWrongShape, "/config is missing"},
      {With(kIndex, R"("manifests":)", R"("Manifests":)"), Code::kWrongShape, "/manifests is missing"},
  });
}

TEST(ManifestRefusedTest, ListsAndObjectsOfTheWrongType) {
  const auto image = [](const std::string& config, const std::string& layers) {
    return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":)" + config +
           R"(,"layers":)" + layers + "}";
  };
  const std::string config =
      R"({"mediaType":"a/b","digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":0})";
  EXPECT_TRUE(ParseManifest(image(config, "[]"), "").ok());
  ExpectRefused({
      {image(config, "null"), Code::kWrongShape, "/layers is missing"},
      {image(config, "{}"), Code::kWrongShape, "/layers is an object; expected a list of descriptors"},
      {image(config, "[null]"), Code::kWrongShape, "/layers/0 is null; expected a descriptor (an object)"},
      {image(config, "[" + config + ",[]]"), Code::kWrongShape,
       "/layers/1 is a list; expected a descriptor (an object)"},
      {image("[]", "[]"), Code::kWrongShape, "/config is a list; expected a descriptor (an object)"},
      {image("{}", "[]"), Code::kWrongShape, "/config/mediaType is missing"},
      {With(kIndex, R"({"os":"linux"})", R"("linux")"), Code::kWrongShape,
       "/manifests/0/platform is text; expected an object"},
      {With(kImage, R"({"key":"value"})", "[]"), Code::kWrongShape,
       "/annotations is a list; expected an object of texts"},
      {With(kImage, R"("value")", "1"), Code::kWrongShape, "/annotations/key is a number; expected text"},
      {With(kImage, R"("key":"value")", R"("a/b":null)"), Code::kWrongShape,
       "/annotations/a~1b is null; expected text"},
  });
}

TEST(ManifestRefusedTest, Descriptors) {
  const std::string layer_type(R"("mediaType":"application/vnd.oci.image.layer.v1.tar")");
  const std::string expected = "; expected sha256: and 64, or sha512: and 128 lower-case hexadecimal digits";
  const std::string a64(kA64);
  const std::string b64(kB64);
  const auto digest = [&b64](const std::string& text) { return With(kImage, "sha256:" + b64, text); };
  const auto size = [](const std::string& text) { return With(kImage, R"("size":7)", R"("size":)" + text); };
  ExpectRefused({
      {With(kImage, layer_type + ",", ""), Code::kWrongShape, "/layers/0/mediaType is missing"},
      {With(kImage, layer_type, R"("mediaType":"")"), Code::kWrongShape, "/layers/0/mediaType is empty"},
      {With(kImage, layer_type, R"("mediaType":{})"), Code::kWrongShape,
       "/layers/0/mediaType is an object; expected text"},
      {With(kImage, R"("digest":"sha256:)" + b64 + "\",", ""), Code::kWrongShape, "/layers/0/digest is missing"},
      {digest("sha256:"), Code::kWrongShape, "/layers/0/digest is 'sha256:'" + expected},
      {digest(b64), Code::kWrongShape, "/layers/0/digest is '" + b64 + "'" + expected},
      {digest("sha256:" + b64 + "b"), Code::kWrongShape, "/layers/0/digest is 'sha256:" + b64 + "b'" + expected},
      {digest("sha256:" + b64.substr(1) + "B"), Code::kWrongShape,
       "/layers/0/digest is 'sha256:" + b64.substr(1) + "B'" + expected},
      {digest("sha512:" + b64), Code::kWrongShape, "/layers/0/digest is 'sha512:" + b64 + "'" + expected},
      {digest("md5:" + b64.substr(32)), Code::kWrongShape,
       "/layers/0/digest is 'md5:" + b64.substr(32) + "'" + expected},
      {digest("sha256:\\u0000"), Code::kWrongShape, "/layers/0/digest is 'sha256:\\u0000'" + expected},
      {With(kImage, ",\"size\":7", ""), Code::kWrongShape, "/layers/0/size is missing"},
      {size("-1"), Code::kWrongShape, "/layers/0/size is -1; a size is never negative"},
      {size("-9223372036854775808"), Code::kWrongShape,
       "/layers/0/size is -9223372036854775808; a size is never negative"},
      {size("7.0"), Code::kWrongShape, "/layers/0/size is another number; expected a whole number of bytes below 2^63"},
      {size("7e0"), Code::kWrongShape, "/layers/0/size is another number; expected a whole number of bytes below 2^63"},
      {size("9223372036854775808"), Code::kWrongShape,
       "/layers/0/size is another number; expected a whole number of bytes below 2^63"},
      {size("\"7\""), Code::kWrongShape, "/layers/0/size is text; expected a whole number of bytes below 2^63"},
      {size("null"), Code::kWrongShape, "/layers/0/size is missing"},
      {size("7,\"urls\":\"https://x\""), Code::kWrongShape, "/layers/0/urls is text; expected a list of texts"},
      {size("7,\"urls\":[\"https://x\",1]"), Code::kWrongShape, "/layers/0/urls/1 is a number; expected text"},
      {size("7,\"data\":{}"), Code::kWrongShape, "/layers/0/data is an object; expected text"},
      {size("7,\"annotations\":{\"a\":[]}"), Code::kWrongShape, "/layers/0/annotations/a is a list; expected text"},
      {size("7,\"artifactType\":1"), Code::kWrongShape, "/layers/0/artifactType is a number; expected text"},
      {With(kImage, R"("layers")", R"("subject":{"mediaType":"a/b"},"layers")"), Code::kWrongShape,
       "/subject/digest is missing"},
      {With(kImage, R"("layers")", R"("subject":"sha256:x","layers")"), Code::kWrongShape,
       "/subject is text; expected a descriptor (an object)"},
      {With(kIndex, R"("size":7)", R"("size":-7)"), Code::kWrongShape,
       "/manifests/0/size is -7; a size is never negative"},
  });
}

TEST(ManifestRefusedTest, OneDigestWithTwoSizes) {
  const std::string a64(kA64);
  const std::string b64(kB64);
  const auto more = [&b64](std::string_view size) {
    return With(kImage, R"("size":7}])",
                R"("size":7},{"mediaType":"x","digest":"sha256:)" + b64 + R"(","size":)" + std::string(size) + "}]");
  };
  EXPECT_TRUE(ParseManifest(more("7"), "").ok());
  ExpectRefused({
      {more("8"), Code::kWrongShape, "/layers/1/size is 8, but /layers/0 gives the same digest the size 7"},
      {With(kImage, b64, a64), Code::kWrongShape, "/layers/0/size is 7, but /config gives the same digest the size 2"},
  });
}

TEST(ManifestRefusedTest, SumOfSizesThatNoNumberHolds) {
  ExpectRefused({{With(kImage, R"("size":7)", R"("size":9223372036854775807)"), Code::kWrongShape,
                  "/layers/0/size brings the sum of the sizes to 2^63 bytes or more"}});
}

TEST(ManifestRefusedTest, EmptyConfigNeedsAnArtifactType) {
  const auto empty = With(kImage, "application/vnd.oci.image.config.v1+json", media_type::kOciEmpty);
  const std::string message = "/artifactType is missing, which an image with an empty config must have";
  ExpectRefused({
      {empty, Code::kWrongShape, message},
      {With(empty, R"("layers")", R"("artifactType":"","layers")"), Code::kWrongShape, message},
      {With(kImage, R"("layers")", R"("artifactType":[],"layers")"), Code::kWrongShape,
       "/artifactType is a list; expected text"},
  });
  EXPECT_TRUE(ParseManifest(With(empty, R"("layers")", R"("artifactType":"a/b","layers")"), "").ok());
}

TEST(ManifestRefusedTest, LongTextIsCutInMessages) {
  const auto parsed = ParseManifest(With(kImage, "\"key\"", "\"" + std::string(10'000, 'k') + "\":1,\"key\""), "");
  ASSERT_FALSE(parsed.ok());
  EXPECT_LT(parsed.error().message.size(), 200U);
}

}  // namespace
}  // namespace crrsim
