#include "harness/compare/snapshot_of_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "harness/scenario/documents.h"
#include "harness/scenario/printed_json.h"
#include "registry_model/names.h"
#include "registry_model/oci/digest.h"
#include "registry_model/policy/arn.h"

namespace crrsim {

namespace {

using JsonId = PrintedJson::Id;

constexpr std::string_view kExpectedDigest = "a digest (sha256: and 64 hexadecimal digits)";
constexpr std::string_view kExpectedRepository = "a repository name";
constexpr std::string_view kExpectedTag = "a tag";
constexpr std::string_view kExpectedAccount = "an account id of 12 digits";
constexpr std::string_view kExpectedRegion = "a region";

/// The text of a value that Type::Parse takes.
template <class Type>
std::string Checked(const PrintedJson& document, JsonId id, std::string_view expected) {
  auto text = document.Text(id, expected);
  if (!Type::Parse(text).ok()) document.Refuse(id, expected);
  return text;
}

template <class Type>
std::string RequiredOf(const PrintedJson& document, JsonId object, const char* member, std::string_view expected) {
  return Checked<Type>(document, document.Required(object, member, expected), expected);
}

/// Empty where the member is not there.
template <class Type>
std::string OptionalOf(const PrintedJson& document, JsonId object, const char* member, std::string_view expected) {
  const auto found = document.Find(object, member);
  return found == PrintedJson::kNone ? "" : Checked<Type>(document, found, expected);
}

bool HasMore(const PrintedJson& document) {
  for (const auto* member : {"nextToken", "NextToken"}) {
    const auto token = document.Find(document.root(), member);
    if (token != PrintedJson::kNone && !document.IsNull(token)) return true;
  }
  return false;
}

class FolderReader {
 public:
  explicit FolderReader(const std::string& folder) : folder_(folder) { snapshot_.registry.name = folder; }

  Result<FolderSnapshot, Diagnostics> Read() {
    std::error_code error;
    std::vector<std::string> files;
    for (std::filesystem::recursive_directory_iterator file(folder_, error), end; !error && file != end;
         file.increment(error)) {
      if (file->path().extension() == ".json" && file->is_regular_file(error)) files.push_back(file->path().string());
    }
    if (error) Complain(folder_, error.message());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) ReadDocumentsOf(file);
    if (problems_.all.empty()) CheckWhole();
    if (!problems_.all.empty()) return std::move(problems_);
    return std::move(snapshot_);
  }

 private:
  void Complain(std::string file, std::string message) {
    problems_.all.push_back({{std::move(file), 1, 1}, std::move(message)});
  }

  void ReadDocumentsOf(const std::string& file) {
    auto text = ReadFile(file);
    if (!text) return Complain(file, "the file cannot be read");
    try {
      const auto documents = PrintedJson::ParseAll(file, *std::move(text));
      if (documents.empty()) {
        Complain(file, "empty; expected what the aws cli printed, so the call that was to fill it has failed");
      }
      for (const auto& document : documents) ReadDocument(document);
    } catch (WrongJson& wrong) {
      problems_.all.push_back(std::move(wrong.what));
    }
  }

  void ReadDocument(const PrintedJson& document) {
    const auto has = [&](const char* member) { return document.Find(document.root(), member) != PrintedJson::kNone; };
    if (has("imageDetails")) ReadImages(document);
    if (has("repositories")) ReadRepositories(document);
    if (has("replicationConfiguration")) ReadRules(document);
  }

  void NoteRegistry(const PrintedJson& document, JsonId arn, const std::string& account, const std::string& region) {
    const auto key = account + "/" + region;
    auto& known = snapshot_.registry.registry;
    if (!known.empty() && known != key) {
      document.Refuse(arn, fmt::format("the registry {}", key),
                      fmt::format("{}, of which other documents here are", known));
    }
    known = key;
    snapshot_.registry.name = key;
  }

  void NoteAccount(const PrintedJson& document, JsonId object) {
    const auto account = OptionalOf<AccountId>(document, object, "registryId", kExpectedAccount);
    if (account.empty()) return;
    if (!account_.empty() && account_ != account) {
      document.Refuse(document.Find(object, "registryId"), fmt::format("the account {}", account),
                      fmt::format("{}, of which other documents here are", account_));
    }
    account_ = account;
  }

  /// arn:PARTITION:ecr:REGION:ACCOUNT:repository/NAME
  void ReadArn(const PrintedJson& document, JsonId shape, const std::string& name) {
    const auto arn = document.Find(shape, "repositoryArn");
    if (arn == PrintedJson::kNone) return;
    const auto parsed = policy::ParseArn(document.Text(arn));
    const bool sound = parsed && parsed->service == "ecr" && RegionName::Parse(parsed->region).ok() &&
                       AccountId::Parse(parsed->account).ok() && parsed->resource == "repository/" + name;
    if (!sound) document.Refuse(arn, fmt::format("arn:aws:ecr:REGION:ACCOUNT:repository/{}", name));
    NoteRegistry(document, arn, std::string(parsed->account), std::string(parsed->region));
  }

  void ReadRepositories(const PrintedJson& document) {
    for (const auto shape : document.List(document.root(), "repositories")) {
      const auto name = RequiredOf<RepositoryName>(document, shape, "repositoryName", kExpectedRepository);
      auto& repository = snapshot_.registry.repositories[name];
      NoteAccount(document, shape);
      ReadArn(document, shape, name);
      repository.settings["imageTagMutability"] = document.OptionalText(shape, "imageTagMutability");
      if (document.Find(shape, "imageTagMutabilityExclusionFilters") != PrintedJson::kNone) {
        auto& filters = repository.settings["imageTagMutabilityExclusionFilters"];
        filters.clear();
        repository.mutability_filters.clear();
        for (const auto filter : document.List(shape, "imageTagMutabilityExclusionFilters")) {
          repository.mutability_filters.push_back(document.RequiredText(filter, "filter"));
          filters += (filters.empty() ? "" : " ") + repository.mutability_filters.back();
        }
      }
      if (const auto encryption = document.Find(shape, "encryptionConfiguration"); encryption != PrintedJson::kNone) {
        repository.settings["encryptionType"] = document.OptionalText(encryption, "encryptionType");
      }
      if (const auto scanning = document.Find(shape, "imageScanningConfiguration"); scanning != PrintedJson::kNone) {
        const auto on_push = document.Find(scanning, "scanOnPush");
        const bool scans = on_push != PrintedJson::kNone && document.YesNo(on_push);
        repository.settings["scanOnPush"] = scans ? "true" : "false";
      }
    }
    is_known_ = true;
    if (HasMore(document)) {
      ++repository_pages_;
    } else {
      has_last_repositories_ = true;
    }
  }

  std::set<std::string> ReadTags(const PrintedJson& document, JsonId detail, const std::string& name,
                                 const std::string& digest) {
    std::set<std::string> tags;
    if (document.Find(detail, "imageTags") == PrintedJson::kNone) return tags;
    for (const auto item : document.List(detail, "imageTags")) {
      const auto tag = Checked<Tag>(document, item, kExpectedTag);
      const auto& named = digest_of_tag_.emplace(std::pair(name, tag), digest).first->second;
      if (named != digest) {
        document.Refuse(item, fmt::format("the tag {} of {}, which names {} as well", tag, digest, named),
                        fmt::format("one image of {} by that tag", name));
      }
      tags.insert(tag);
    }
    return tags;
  }

  void ReadImages(const PrintedJson& document) {
    is_known_ = true;
    std::string name;
    for (const auto detail : document.List(document.root(), "imageDetails")) {
      name = RequiredOf<RepositoryName>(document, detail, "repositoryName", kExpectedRepository);
      NoteAccount(document, detail);
      const auto digest = RequiredOf<Digest>(document, detail, "imageDigest", kExpectedDigest);
      ImageSnapshot image;
      image.tags = ReadTags(document, detail, name, digest);
      image.media_type = document.OptionalText(detail, "imageManifestMediaType");
      image.subject = OptionalOf<Digest>(document, detail, "subjectManifestDigest", kExpectedDigest);
      image.status = document.OptionalText(detail, "imageStatus");
      auto& repository = snapshot_.registry.repositories[name];
      repository.images_known = true;
      const auto [there, is_new] = repository.images.emplace(digest, image);
      if (!is_new && there->second != image) {
        document.Refuse(detail, fmt::format("{} of {} a second time, and described differently", digest, name),
                        "one description of an image");
      }
    }
    if (name.empty()) {
      ++pages_without_images_;
      return;
    }
    // The aws cli joins the pages itself; with --max-items, or page by page, the last has no token.
    if (HasMore(document)) {
      with_more_.insert(name);
    } else {
      whole_.insert(name);
    }
  }

  void ReadRules(const PrintedJson& document) {
    NoteAccount(document, document.root());
    auto& rules = snapshot_.replication.rules.emplace();
    const auto configuration = document.Find(document.root(), "replicationConfiguration");
    for (const auto shape : document.List(configuration, "rules")) {
      auto& rule = rules.emplace_back();
      for (const auto destination : document.List(shape, "destinations")) {
        rule.destinations.insert(RequiredOf<AccountId>(document, destination, "registryId", kExpectedAccount) + "/" +
                                 RequiredOf<RegionName>(document, destination, "region", kExpectedRegion));
      }
      if (document.Find(shape, "repositoryFilters") == PrintedJson::kNone) continue;
      for (const auto filter : document.List(shape, "repositoryFilters")) {
        rule.prefixes.push_back(document.RequiredText(filter, "filter"));
      }
    }
  }

  void CheckWhole() {
    if (!is_known_) {
      return Complain(folder_, "holds nothing that describe-images or describe-repositories printed (*.json)");
    }
    for (const auto& name : with_more_) {
      if (!whole_.contains(name)) {
        Complain(folder_, fmt::format("the images of {} go on behind the last page that is here (nextToken)", name));
      }
    }
    // A page without images does not say whose it is, so as many repositories may be empty as there are such pages.
    std::vector<std::string> undescribed;
    for (const auto& [name, repository] : snapshot_.registry.repositories) {
      if (!repository.images_known) undescribed.push_back(name);
    }
    if (undescribed.size() > pages_without_images_) {
      Complain(folder_, fmt::format("what describe-images printed is missing of {}{}",
                                    pages_without_images_ == 0 ? "" : "some of ", fmt::join(undescribed, ", ")));
    }
    if (repository_pages_ > 0 && !has_last_repositories_) {
      Complain(folder_, "the repositories go on behind the last page that is here (nextToken)");
    }
  }

  const std::string& folder_;
  FolderSnapshot snapshot_;
  Diagnostics problems_;
  std::string account_;
  std::map<std::pair<std::string, std::string>, std::string> digest_of_tag_;  // by repository and tag
  bool is_known_ = false;
  std::set<std::string> with_more_;
  std::set<std::string> whole_;
  std::size_t repository_pages_ = 0;
  std::size_t pages_without_images_ = 0;
  bool has_last_repositories_ = false;
};

}  // namespace

Result<FolderSnapshot, Diagnostics> ReadFolderSnapshot(const std::string& folder) {
  return FolderReader(folder).Read();
}

}  // namespace crrsim
