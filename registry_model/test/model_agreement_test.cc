// A registry answers every sequence of API commands as the reference model does, and holds the same in the end; a
// refused command changes nothing.
//
// CRRSIM_MODEL_SEQUENCES says how many sequences are tried; the same ones in every run. The long run is CI's.
#include <gtest/gtest.h>
// RapidCheck wants GoogleTest first.
#include <rapidcheck.h>

#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "registry_model/test/support/reference/random_commands.h"
#include "registry_model/test/support/reference/reference_model.h"
#include "registry_model/world/world.h"

namespace crrsim {
namespace {

using nlohmann::json;

constexpr int kSequencesByDefault = 1'500;
constexpr int kCommandsMax = 60;  // of one sequence
constexpr double kStartSeconds = 1'793'520'000;

RegistryKey AgreementKey(std::string_view account, std::string_view region) {
  return {AccountId::Parse(account).value(), RegionName::Parse(region).value()};
}

WorldConfig AgreementConfig() {
  WorldConfig config;
  config.start = Instant::FromUnixNanoseconds(static_cast<std::int64_t>(kStartSeconds) * 1'000'000'000);
  config.accounts = {AccountId::Parse(reference::kOwner).value(), AccountId::Parse(reference::kStranger).value()};
  const auto west = RegionName::Parse(reference::kRegion).value();
  const auto ireland = RegionName::Parse("eu-west-1").value();
  config.regions = {{ireland}, {west}};
  config.links = {{west, ireland, Milliseconds(70), Duration(), BytesPerSecond::FromCount(25'000'000)},
                  {ireland, west, Milliseconds(70), Duration(), BytesPerSecond::FromCount(25'000'000)}};
  return config;
}

/// What the commands have to run into, or they would prove little.
constexpr const char* kAnswersToReach[] = {
    "a page",
    "BatchCheckLayerAvailability done",
    "BatchDeleteImage AccessDeniedException",
    "BatchDeleteImage done",
    "BatchGetImage done",
    "CompleteLayerUpload InvalidLayerException",
    "CompleteLayerUpload LayerAlreadyExistsException",
    "CompleteLayerUpload LayerPartTooSmallException",
    "CompleteLayerUpload UploadNotFoundException",
    "CreateRepository InvalidParameterException",
    "CreateRepository RepositoryAlreadyExistsException",
    "CreateRepositoryCreationTemplate TemplateAlreadyExistsException",
    "DeleteLifecyclePolicy LifecyclePolicyNotFoundException",
    "DeleteLifecyclePolicy done",
    "DeleteRegistryPolicy done",
    "DeleteRepository AccessDeniedException",
    "DeleteRepository RepositoryNotEmptyException",
    "DeleteRepository done",
    "DeleteRepositoryCreationTemplate done",
    "DescribeImages ImageNotFoundException",
    "DescribeImages done",
    "DescribeRegistry AccessDeniedException",
    "DescribeRegistry done",
    "GetDownloadUrlForLayer LayerInaccessibleException",
    "GetDownloadUrlForLayer LayersNotFoundException",
    "GetDownloadUrlForLayer done",
    "GetLifecyclePolicy done",
    "GetRegistryPolicy RegistryPolicyNotFoundException",
    "GetRepositoryPolicy RepositoryPolicyNotFoundException",
    "GetRepositoryPolicy done",
    "ImageInaccessible",
    "ImageNotFound",
    "ImageReferencedByManifestList",
    "ImageTagDoesNotMatchDigest",
    "InvalidImageDigest",
    "InvalidImageTag",
    "ListImages RepositoryNotFoundException",
    "ListImages done",
    "MissingDigestAndTag",
    "PutImage AccessDeniedException",
    "PutImage ImageAlreadyExistsException",
    "PutImage ImageDigestDoesNotMatchException",
    "PutImage ImageTagAlreadyExistsException",
    "PutImage InvalidParameterException",
    "PutImage LayersNotFoundException",
    "PutImage ReferencedImagesNotFoundException",
    "PutImage done",
    "PutImageTagMutability done",
    "PutLifecyclePolicy InvalidParameterException",
    "PutLifecyclePolicy done",
    "PutReplicationConfiguration InvalidParameterException",
    "PutReplicationConfiguration done",
    "SetRepositoryPolicy done",
    "UpdateImageStorageClass ImageNotFoundException",
    "UpdateImageStorageClass ImageStorageClassUpdateNotSupportedException",
    "UpdateImageStorageClass done",
    "UpdateRepositoryCreationTemplate TemplateNotFoundException",
    "UpdateRepositoryCreationTemplate done",
    "UploadLayerPart InvalidLayerPartException",
    "UploadLayerPart done",
};

/// Reasons that nothing fixes are taken out, so that they need not agree.
void DropFreeReasons(json& body) {
  if (!body.is_object() || !body.contains("failures")) return;
  for (auto& failure : body["failures"]) {
    const std::string code = failure.value("failureCode", "");
    if (code == "ImageNotFound" || code == "MissingDigestAndTag" || code == "InvalidImageDigest") continue;
    failure.erase("failureReason");
  }
}

/// What stands in a registry, in the words of the reference model.
json ContentOf(const Registry& registry) {
  json content = {{"repositories", json::object()}, {"policy", registry.policy ? registry.policy->text() : ""}};
  content["templates"] = registry.templates.size();
  registry.repositories.ForEachSorted([&](const RepositoryName& name, const Cow<Repository>& repository) {
    auto& there = content["repositories"][name.text()];
    there["policy"] =
        repository->settings.repository_policy ? repository->settings.repository_policy->text() : std::string();
    there["lifecycle"] = repository->settings.lifecycle_policy;
    there["images"] = json::object();
    repository->images.ForEachSorted([&](const Digest& digest, const Image& image) {
      auto& shown = there["images"][digest.text()];
      shown["bytes"] = image.manifest->bytes;
      shown["tags"] = json::array();
      for (const auto& tag : image.tags) shown["tags"].push_back(tag.text());
      shown["status"] = NameOf(image.storage.status);
    });
    there["blobs"] = json::object();
    repository->blobs.ForEachSorted(
        [&](const Digest& digest, const StoredBlob& blob) { there["blobs"][digest.text()] = blob.size.bytes(); });
    there["uploads"] = json::object();
    for (const auto& [id, upload] : repository->uploads) there["uploads"][id] = upload.bytes;
  });
  return content;
}

json ContentOf(const reference::Model& model) {
  json content = {{"repositories", json::object()}, {"policy", model.policy()}};
  content["templates"] = model.templates().size();
  for (const auto& [name, repository] : model.repositories()) {
    auto& there = content["repositories"][name];
    there["policy"] = repository.policy;
    there["lifecycle"] = repository.lifecycle;
    there["images"] = json::object();
    for (const auto& [digest, image] : repository.images) {
      there["images"][digest] = {{"bytes", image.bytes}, {"tags", image.tags}, {"status", image.status}};
    }
    there["blobs"] = json::object();
    for (const auto& [digest, size] : repository.blobs) there["blobs"][digest] = size;
    there["uploads"] = json::object();
    for (const auto& [id, upload] : repository.uploads) there["uploads"][id] = upload.bytes;
  }
  return content;
}

/// A world and the reference model beside it, given the same commands.
class Pair {
 public:
  explicit Pair(std::set<std::string>& reached) : world_(AgreementConfig()), reached_(&reached) {
    model_.now = kStartSeconds;
  }

  /// Returns the disagreement, or nothing.
  std::string Call(std::uint64_t number) {
    if (const auto seconds = reference::PauseBefore(number); seconds > 0) {
      world_.RunUntil(world_.now() + Seconds(seconds));
      model_.Advance(static_cast<double>(seconds));
    }
    reference::Command command;
    for (std::size_t part = 0; reference::CommandOf(number, part, seen_, command); ++part) {
      if (auto problem = Call(command); !problem.empty()) return problem;
    }
    return "";
  }

  /// Makes repositories with layers, so that images can be pushed. Returns the disagreement.
  std::string Prepare() {
    reference::Command command;
    for (std::size_t step = 0; reference::PreparationCommand(step, seen_, command); ++step) {
      if (auto problem = Call(command); !problem.empty()) return problem;
    }
    return "";
  }

  [[nodiscard]] std::string Compare() const {
    const auto found = ContentOf(*world_.FindRegistry(kHome));
    const auto expected = ContentOf(model_);
    if (found == expected) return "";
    return fmt::format("in the end there is\n{}\nand should be\n{}", found.dump(1), expected.dump(1));
  }

  [[nodiscard]] const std::string& transcript() const { return transcript_; }

 private:
  inline static const RegistryKey kHome = AgreementKey(reference::kOwner, reference::kRegion);
  inline static const RegistryKey kAbroad = AgreementKey(reference::kStranger, reference::kRegion);

  std::string Call(const reference::Command& command) {
    const auto before = world_.StateHashValue();
    const auto caller = Caller::RootOf(command.caller == reference::kOwner ? kHome : kAbroad);
    auto real = world_.ApplyJson(caller, command.operation, command.request);
    auto expected = model_.Call(command.caller, command.operation, command.request, real.ok() ? &*real : nullptr);
    transcript_ += fmt::format("{} {} {}\n", command.caller, command.operation, command.request.dump());
    reached_->insert(command.operation + " " + (real ? "done" : real.error().exception));
    if (!real) {
      if (world_.StateHashValue() != before) return "the refused command changed the world";
      const auto& [exception, message] = real.error();
      const auto allowed = "|" + expected.exception + "|";
      if (allowed.find("|" + exception + "|") == std::string::npos || !message.starts_with(expected.text)) {
        return fmt::format("answered {}: {}\nand should be {}: {}\n{}", exception, message, expected.exception,
                           expected.text, expected.body.dump());
      }
      return "";
    }
    Note(*real);
    DropFreeReasons(*real);
    DropFreeReasons(expected.body);
    if (!expected.exception.empty() || *real != expected.body) {
      return fmt::format("answered {}\nand should be {} {}", real->dump(), expected.exception, expected.body.dump());
    }
    return "";
  }

  void Note(const json& answer) {
    if (answer.contains("uploadId") && answer.contains("partSize")) seen_.uploads.push_back(answer["uploadId"]);
    if (answer.contains("nextToken")) {
      seen_.tokens.push_back(answer["nextToken"]);
      reached_->insert("a page");
    }
    if (!answer.contains("failures")) return;
    for (const auto& failure : answer["failures"]) reached_->insert(failure["failureCode"]);
  }

  World world_;
  std::set<std::string>* reached_;
  reference::Model model_{std::string(reference::kOwner), std::string(reference::kRegion)};
  reference::Seen seen_;
  std::string transcript_;
};

int SequencesWanted() {
  const char* text = std::getenv("CRRSIM_MODEL_SEQUENCES");
  return text == nullptr ? kSequencesByDefault : std::stoi(text);
}

TEST(ModelAgreementTest, EverySequenceOfCommandsIsAnsweredAsTheReferenceModelDoes) {
  std::set<std::string> reached;
  const Pair empty(reached);
  Pair prepared(reached);
  ASSERT_EQ(prepared.Prepare(), "");
  rc::detail::TestParams parameters;
  parameters.seed = 20'261'128;
  parameters.maxSuccess = SequencesWanted();
  // From nothing, or from repositories in which much succeeds.
  const auto any_number = rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 62));
  const auto sequence =
      rc::gen::pair(rc::gen::arbitrary<bool>(),
                    rc::gen::resize(kCommandsMax, rc::gen::container<std::vector<std::uint64_t>>(any_number)));
  const auto result = rc::detail::checkTestable(
      [&] {
        const auto [from_nothing, numbers] = *sequence;
        auto pair = from_nothing ? empty : prepared;
        for (const auto number : numbers) {
          if (const auto problem = pair.Call(number); !problem.empty()) {
            RC_FAIL(pair.transcript() + problem);
          }
        }
        if (const auto problem = pair.Compare(); !problem.empty()) RC_FAIL(pair.transcript() + problem);
      },
      rc::detail::TestMetadata(), parameters);
  std::ostringstream text;
  rc::detail::printResultMessage(result, text);
  EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text.str();
  for (const auto* answer : kAnswersToReach) EXPECT_TRUE(reached.contains(answer)) << "never reached: " << answer;
}

}  // namespace
}  // namespace crrsim
