#include "registry_model/test/support/reference/random_commands.h"

#include <initializer_list>

#include "registry_model/test/support/reference/reference_model.h"

namespace crrsim::reference {

namespace {

using nlohmann::json;

/// Takes one choice after another out of a number.
class Dice {
 public:
  explicit Dice(std::uint64_t number) : number_(number) {}

  std::uint64_t Below(std::uint64_t count) {
    const auto drawn = number_ % count;
    number_ /= count;
    return drawn;
  }
  template <class T>
  const T& Of(const std::vector<T>& pool) {
    return pool[Below(pool.size())];
  }
  bool OneIn(std::uint64_t count) { return Below(count) == count - 1; }

 private:
  std::uint64_t number_;
};

const std::vector<std::string> kNames = {"app", "team/api", "team/web", "No-Name"};
const std::vector<std::string> kTags = {"latest", "v1", "v2", "-"};
const std::vector<std::string> kBlobs = {"config", "layer one", "layer two", "nobody lists this"};

std::string BlobBase64(std::size_t blob) {
  static const std::vector<std::string> kTexts = {"Y29uZmln", "bGF5ZXIgb25l", "bGF5ZXIgdHdv",
                                                  "bm9ib2R5IGxpc3RzIHRoaXM="};
  return kTexts[blob];
}

json DescriptorOf(const std::string& bytes, const char* type) {
  return {{"mediaType", type}, {"digest", Sha256(bytes)}, {"size", bytes.size()}};
}

constexpr const char* kImageType = "application/vnd.oci.image.manifest.v1+json";
constexpr const char* kIndexType = "application/vnd.oci.image.index.v1+json";
constexpr const char* kLayerType = "application/vnd.oci.image.layer.v1.tar";

std::string ImageOver(const std::vector<std::size_t>& layers, const json& more = json::object()) {
  json manifest = {{"schemaVersion", 2}, {"mediaType", kImageType}, {"layers", json::array()}};
  manifest["config"] = DescriptorOf(kBlobs[0], "application/vnd.oci.image.config.v1+json");
  for (const auto layer : layers) manifest["layers"].push_back(DescriptorOf(kBlobs[layer], kLayerType));
  for (const auto& [key, value] : more.items()) manifest[key] = value;
  return manifest.dump();
}

std::string IndexOver(const std::vector<std::string>& manifests, const char* type) {
  json index = {{"schemaVersion", 2}, {"mediaType", kIndexType}, {"manifests", json::array()}};
  for (const auto& manifest : manifests) index["manifests"].push_back(DescriptorOf(manifest, type));
  return index.dump();
}

std::vector<std::string> MakeManifests() {
  const auto one = ImageOver({1});
  const auto two = ImageOver({1, 2, 1});
  auto bare = json::parse(one);
  bare.erase("mediaType");
  auto wrong_size = json::parse(one);
  wrong_size["layers"][0]["size"] = 1;
  const auto index = IndexOver({one, two}, kImageType);
  return {one,
          two,
          index,
          IndexOver({index}, kIndexType),
          ImageOver({2}, {{"artifactType", "application/x.signature"}, {"subject", DescriptorOf(one, kImageType)}}),
          bare.dump(),
          wrong_size.dump(),
          "{\"schemaVersion\":2"};
}

const std::vector<std::string>& Manifests() {
  static const auto kManifests = MakeManifests();
  return kManifests;
}

std::string PolicyText(const char* effect, const json& principal, std::initializer_list<const char*> actions) {
  const json statement = {{"Effect", effect}, {"Principal", principal}, {"Action", actions}, {"Resource", "*"}};
  return json{{"Version", "2012-10-17"}, {"Statement", json::array({statement})}}.dump();
}

const std::vector<std::string>& Policies() {
  static const json kStranger = {{"AWS", "arn:aws:iam::444455556666:root"}};
  static const json kOwner = {{"AWS", "arn:aws:iam::111122223333:root"}};
  static const std::vector<std::string> kPolicies = {
      PolicyText("Allow", kStranger, {"ecr:*"}),
      PolicyText("Allow", kStranger, {"ecr:BatchGetImage", "ecr:DescribeImages", "ecr:CreateRepository"}),
      PolicyText("Deny", "*", {"ecr:DeleteRepository", "ecr:PutImage"}),
      PolicyText("Deny", kOwner, {"ecr:SetRepositoryPolicy", "ecr:DescribeRegistry", "ecr:DescribeRepositories"}),
      "{\"Statement\": ["};
  return kPolicies;
}

std::string LifecycleText(std::initializer_list<json> rules) {
  json list = json::array();
  for (const auto& rule : rules) list.push_back(rule);
  return json{{"rules", list}}.dump();
}

const std::vector<std::string>& LifecyclePolicies() {
  static const json kExpire = {{"type", "expire"}};
  static const json kArchive = {{"type", "transition"}, {"targetStorageClass", "archive"}};
  static const json kKeepOne = {{"tagStatus", "any"}, {"countType", "imageCountMoreThan"}, {"countNumber", 1}};
  const auto days = [](json selection, const char* type, int number) {
    selection.update({{"countType", type}, {"countUnit", "days"}, {"countNumber", number}});
    return selection;
  };
  static const std::vector<std::string> kPolicies = {
      LifecycleText({{{"rulePriority", 3}, {"selection", kKeepOne}, {"action", kExpire}}}),
      LifecycleText({{{"rulePriority", 1},
                      {"selection", days({{"tagStatus", "untagged"}}, "sinceImagePushed", 1)},
                      {"action", kExpire}},
                     {{"rulePriority", 2},
                      {"selection",
                       {{"tagStatus", "tagged"},
                        {"tagPrefixList", {"v"}},
                        {"countType", "imageCountMoreThan"},
                        {"countNumber", 1}}},
                      {"action", kExpire}},
                     {{"rulePriority", 9},
                      {"selection", days({{"tagStatus", "any"}}, "sinceImagePulled", 2)},
                      {"action", kArchive}}}),
      LifecycleText(
          {{{"rulePriority", 4},
            {"selection", days({{"tagStatus", "any"}}, "sinceImagePushed", 1)},
            {"action", kArchive}},
           {{"rulePriority", 1},
            {"selection", days({{"tagStatus", "any"}, {"storageClass", "archive"}}, "sinceImageTransitioned", 1)},
            {"action", kExpire}}}),
      LifecycleText({{{"rulePriority", 1},
                      {"selection",
                       {{"tagStatus", "tagged"},
                        {"tagPatternList", {"*t*", "l*"}},
                        {"countType", "imageCountMoreThan"},
                        {"countNumber", 1}}},
                      {"action", kExpire}}}),
      "{\"rules\": []}"};
  return kPolicies;
}

json IdentifierOf(Dice& dice) {
  json id = json::object();
  const auto kind = dice.Below(8);
  if (kind == 7) return id;
  if (kind != 0) id["imageTag"] = dice.Of(kTags);
  if (kind == 0 || kind == 1) id["imageDigest"] = Sha256(dice.Of(Manifests()));
  if (kind == 2) id["imageDigest"] = dice.OneIn(2) ? "sha256:abcd" : "sha256-abcd";
  return id;
}

json Identifiers(Dice& dice) {
  json ids = json::array();
  for (auto count = dice.Below(4); count > 0; --count) ids.push_back(IdentifierOf(dice));
  return ids;
}

void AddMutability(Dice& dice, json& request) {
  static const std::vector<std::string> kValues = {"MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION",
                                                   "MUTABLE_WITH_EXCLUSION", "SOMETIMES"};
  const auto choice = dice.Below(8);
  if (choice < kValues.size()) request["imageTagMutability"] = kValues[choice];
  if (choice == 2 || choice == 3 || dice.OneIn(16)) {
    static const std::vector<std::string> kFilters = {"v*", "latest", "*t*e*", "not allowed!"};
    request["imageTagMutabilityExclusionFilters"] = {{{"filterType", "WILDCARD"}, {"filter", dice.Of(kFilters)}}};
  }
}

void AddPaging(Dice& dice, const Seen& seen, json& request) {
  if (dice.OneIn(2)) request["maxResults"] = dice.Below(4);
  if (!seen.tokens.empty() && dice.OneIn(3)) request["nextToken"] = dice.Of(seen.tokens);
}

void AddFilter(Dice& dice, json& request) {
  static const std::vector<std::string> kTagStatuses = {"TAGGED", "UNTAGGED", "ANY", "SOME"};
  static const std::vector<std::string> kStatuses = {"ACTIVE", "ARCHIVED", "ACTIVATING", "ANY"};
  if (dice.OneIn(3)) request["filter"]["tagStatus"] = dice.Of(kTagStatuses);
  if (dice.OneIn(6)) request["filter"]["imageStatus"] = dice.Of(kStatuses);
}

json ConfigurationOf(Dice& dice) {
  json configuration = {{"rules", json::array()}};
  const auto destination = [](const std::string& region, std::string_view account) {
    return json{{"region", region}, {"registryId", account}};
  };
  static const std::vector<std::string> kPrefixes = {"team", "app", "t", "team/", "Team"};
  for (auto count = dice.Below(3); count > 0; --count) {
    json rule = {{"destinations", json::array()}};
    switch (dice.Below(6)) {
      case 0:
      case 1:
        rule["destinations"] = json::array({destination("eu-west-1", kOwner)});
        break;
      case 2:
        rule["destinations"] = {destination("eu-west-1", kOwner), destination("us-west-2", kStranger)};
        break;
      case 3:
        rule["destinations"] = json::array({destination(std::string(kRegion), kOwner)});
        break;
      case 4:
        rule["destinations"] = json::array({destination("cn-north-1", kOwner)});
        break;
      default:
        for (int i = 0; i < 26; ++i)
          rule["destinations"].push_back(destination("eu-west-" + std::to_string(i), kOwner));
    }
    if (dice.OneIn(2)) {
      rule["repositoryFilters"] = {{{"filter", dice.Of(kPrefixes)}, {"filterType", "PREFIX_MATCH"}}};
    }
    if (dice.OneIn(3)) rule["deleteReplication"]["enabled"] = dice.OneIn(2);
    configuration["rules"].push_back(rule);
  }
  return configuration;
}

/// The last step of a layer upload: its digests.
json LayerDigests(Dice& dice) {
  const auto right = Sha256(dice.Of(kBlobs));
  switch (dice.Below(8)) {
    case 6:
      return {right, "sha256:abcd"};
    case 7:
      return {"sha256"};
    default:
      return {right};
  }
}

/// The begin, the only part or the end of uploading a blob.
void FillUpload(std::size_t blob, std::size_t part, const Seen& seen, Command& command) {
  if (part == 0) {
    command.operation = "InitiateLayerUpload";
    return;
  }
  command.request["uploadId"] = seen.uploads.empty() ? "none" : seen.uploads.back();
  if (part == 1) {
    command.operation = "UploadLayerPart";
    command.request.update(
        {{"partFirstByte", 0}, {"partLastByte", kBlobs[blob].size() - 1}, {"layerPartBlob", BlobBase64(blob)}});
  } else {
    command.operation = "CompleteLayerUpload";
    command.request["layerDigests"] = {Sha256(kBlobs[blob])};
  }
}

void LayerCommand(Dice& dice, const Seen& seen, Command& command) {
  auto& request = command.request;
  const auto kind = dice.Below(4);
  if (kind == 0) {
    command.operation = "BatchCheckLayerAvailability";
    request["layerDigests"] = json::array();
    for (auto count = dice.Below(3); count > 0; --count) {
      static const std::vector<std::string> kBroken = {"", "sha256", "md5:abcd"};
      request["layerDigests"].push_back(dice.OneIn(4) ? dice.Of(kBroken) : Sha256(dice.Of(kBlobs)));
    }
    return;
  }
  if (kind == 1) {
    command.operation = "GetDownloadUrlForLayer";
    request["layerDigest"] = dice.OneIn(6) ? "sha256:abcd" : Sha256(dice.Of(kBlobs));
    return;
  }
  request["uploadId"] = seen.uploads.empty() || dice.OneIn(8) ? "none"
                        : dice.OneIn(3)                       ? dice.Of(seen.uploads)
                                                              : seen.uploads.back();
  if (kind == 2) {
    command.operation = "UploadLayerPart";
    const auto blob = dice.Below(kBlobs.size());
    const auto begin = dice.OneIn(2) ? kBlobs[dice.Below(kBlobs.size())].size() : 0;
    request.update({{"partFirstByte", begin},
                    {"partLastByte", begin + kBlobs[blob].size() - (dice.OneIn(8) ? 0 : 1)},
                    {"layerPartBlob", BlobBase64(blob)}});
  } else {
    command.operation = "CompleteLayerUpload";
    request["layerDigests"] = LayerDigests(dice);
  }
}

void PolicyCommand(Dice& dice, Command& command) {
  static const std::vector<std::string> kKinds = {"SetRepositoryPolicy",    "GetRepositoryPolicy",
                                                  "DeleteRepositoryPolicy", "PutRegistryPolicy",
                                                  "GetRegistryPolicy",      "DeleteRegistryPolicy"};
  command.operation = dice.Of(kKinds);
  if (command.operation.ends_with("RegistryPolicy")) {
    command.caller = kOwner;
    command.request = json::object();
  }
  if (command.operation.starts_with("Set") || command.operation.starts_with("Put")) {
    command.request["policyText"] = dice.Of(Policies());
  }
  if (command.operation.starts_with("Set") && dice.OneIn(3)) command.request["force"] = true;
}

void LifecycleCommand(Dice& dice, Command& command) {
  static const std::vector<std::string> kKinds = {"Put", "Put", "Get", "Delete"};
  const auto& kind = dice.Of(kKinds);
  command.operation = kind + "LifecyclePolicy";
  if (kind == "Put") command.request["lifecyclePolicyText"] = dice.Of(LifecyclePolicies());
}

void ArchiveCommand(Dice& dice, Command& command) {
  static const std::vector<std::string> kClasses = {"ARCHIVE", "ARCHIVE", "STANDARD", "STANDARD", "COLD"};
  command.operation = "UpdateImageStorageClass";
  command.request["targetStorageClass"] = dice.Of(kClasses);
  command.request["imageId"] = IdentifierOf(dice);
}

void TemplateCommand(Dice& dice, const Seen& seen, Command& command) {
  static const std::vector<std::string> kKinds = {"Create", "Update", "Delete", "Describe"};
  static const std::vector<std::string> kPrefixes = {"team", "team/", "ROOT", "t", "No"};
  static const std::vector<json> kPurposes = {
      {"REPLICATION"}, json::array(), {"REPLICATION", "CREATE_ON_PUSH"}, {"NO"}};
  command.caller = kOwner;
  command.request = json::object();
  const auto kind = dice.Of(kKinds);
  command.operation = kind + "RepositoryCreationTemplate" + (kind == "Describe" ? "s" : "");
  if (kind == "Describe") return AddPaging(dice, seen, command.request);
  command.request["prefix"] = dice.Of(kPrefixes);
  if (kind == "Delete") return;
  if (!dice.OneIn(4)) command.request["appliedFor"] = dice.Of(kPurposes);
  if (dice.OneIn(4)) command.request["description"] = "why";
  AddMutability(dice, command.request);
}

void RegistryCommand(Dice& dice, const Seen& seen, Command& command) {
  command.caller = kOwner;
  command.request = json::object();
  const auto kind = dice.Below(4);
  if (kind < 2) {
    command.operation = "PutReplicationConfiguration";
    command.request["replicationConfiguration"] = ConfigurationOf(dice);
  } else if (kind == 2) {
    command.operation = "DescribeRegistry";
  } else {
    command.operation = "DescribeRepositories";
    AddPaging(dice, seen, command.request);
    if (dice.OneIn(3)) command.request["repositoryNames"] = {dice.Of(kNames)};
  }
}

void PutCommand(Dice& dice, Command& command) {
  command.operation = "PutImage";
  const auto manifest = dice.Below(Manifests().size());
  command.request["imageManifest"] = Manifests()[manifest];
  if (!dice.OneIn(4)) command.request["imageTag"] = dice.Of(kTags);
  if (manifest == 5 || dice.OneIn(8)) command.request["imageManifestMediaType"] = kImageType;
  if (dice.OneIn(6)) command.request["imageDigest"] = Sha256(dice.Of(Manifests()));
}

}  // namespace

bool PreparationCommand(std::size_t step, const Seen& seen, Command& command) {
  constexpr std::size_t kCreations = 2;
  constexpr std::size_t kUploads = 3;
  command.caller = kOwner;
  command.request = {{"repositoryName", step == 1 ? kNames[1] : kNames[0]}};
  if (step < kCreations) {
    command.operation = "CreateRepository";
    return true;
  }
  if (step < kCreations + 3 * kUploads) {
    FillUpload((step - kCreations) / 3, (step - kCreations) % 3, seen, command);
    return true;
  }
  switch (step - kCreations - 3 * kUploads) {
    case 0:
    case 1:
      command.operation = "PutImage";
      command.request["imageManifest"] = Manifests()[step - kCreations - 3 * kUploads];
      command.request["imageTag"] = kTags[step - kCreations - 3 * kUploads];
      return true;
    case 2:
      command.operation = "CreateRepositoryCreationTemplate";
      command.request = {{"prefix", "team"}, {"appliedFor", {"REPLICATION"}}};
      return true;
    default:
      return false;
  }
}

std::int64_t PauseBefore(std::uint64_t number) {
  constexpr std::int64_t kNineHours = 32'400;
  constexpr std::int64_t kPauses[] = {0, 0, 0, 0, kNineHours, 600, 90};
  return kPauses[number % 7];
}

// NOLINTNEXTLINE(readability-function-size): a table, an entry after another
bool CommandOf(std::uint64_t number, std::size_t part, const Seen& seen, Command& command) {
  Dice dice(number);
  dice.Below(7);  // the pause
  const auto kind = dice.Below(26);
  if (part >= (kind == 2 || kind == 3 || kind == 4 ? 3 : 1)) return false;
  command.caller = dice.OneIn(12) ? kStranger : kOwner;
  // The first name most often, so that things come together.
  const auto name = dice.Below(8);
  command.request = {{"repositoryName", kNames[name < 4 ? 0 : name - 4]}, {"registryId", kOwner}};
  auto& request = command.request;
  switch (kind) {
    case 0:
    case 1:
      command.operation = "CreateRepository";
      AddMutability(dice, request);
      if (dice.OneIn(8)) request["encryptionConfiguration"] = {{"encryptionType", "KMS"}, {"kmsKey", "alias/key"}};
      break;
    case 2:
    case 3:
    case 4:
      FillUpload(dice.Below(kBlobs.size()), part, seen, command);
      break;
    case 5:
    case 6:
    case 7:
    case 8:
      PutCommand(dice, command);
      break;
    case 9:
      command.operation = "DeleteRepository";
      if (dice.OneIn(2)) request["force"] = true;
      break;
    case 10:
    case 11:
      command.operation = "BatchDeleteImage";
      request["imageIds"] = Identifiers(dice);
      break;
    case 12:
      command.operation = "BatchGetImage";
      request["imageIds"] = Identifiers(dice);
      break;
    case 13:
      command.operation = "ListImages";
      AddFilter(dice, request);
      AddPaging(dice, seen, request);
      break;
    case 14:
    case 15:
      command.operation = "DescribeImages";
      AddFilter(dice, request);
      if (dice.OneIn(2)) request["imageIds"] = Identifiers(dice);
      AddPaging(dice, seen, request);
      break;
    case 16:
      command.operation = "PutImageTagMutability";
      AddMutability(dice, request);
      break;
    case 17:
    case 18:
    case 19:
      LayerCommand(dice, seen, command);
      break;
    case 20:
      PolicyCommand(dice, command);
      break;
    case 21:
    case 22:
      LifecycleCommand(dice, command);
      break;
    case 23:
    case 24:
      ArchiveCommand(dice, command);
      break;
    default:
      if (dice.OneIn(2)) {
        TemplateCommand(dice, seen, command);
      } else {
        RegistryCommand(dice, seen, command);
      }
  }
  // A stranger without `registryId` would ask its own registry.
  if (command.caller == kOwner && !request.empty() && dice.OneIn(64)) request.erase(request.begin());
  return true;
}

}  // namespace crrsim::reference
