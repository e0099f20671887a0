#include "harness/compare/snapshot_of_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

namespace crrsim {

namespace {

using nlohmann::json;

/// What is wrong with the document that is being read.
struct WrongDocument {
  std::string message;
};

std::string TextOf(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return "";
  if (!found->is_string()) throw WrongDocument{fmt::format("{} is {}; expected text", member, found->type_name())};
  return *found;
}

std::string RequiredTextOf(const json& object, const char* member) {
  if (!object.is_object()) throw WrongDocument{fmt::format("{}; expected an object", object.type_name())};
  auto text = TextOf(object, member);
  if (text.empty()) throw WrongDocument{fmt::format("{} is missing", member)};
  return text;
}

const json& ListOf(const json& object, const char* member) {
  const auto& list = object.at(member);
  if (!list.is_array()) throw WrongDocument{fmt::format("{} is {}; expected a list", member, list.type_name())};
  return list;
}

bool HasMore(const json& document) { return document.contains("nextToken") || document.contains("NextToken"); }

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
    for (const auto& file : files) ReadFile(file);
    if (problems_.all.empty()) CheckWhole();
    if (!problems_.all.empty()) return std::move(problems_);
    return std::move(snapshot_);
  }

 private:
  void Complain(std::string file, std::string message) {
    problems_.all.push_back({{std::move(file), 1, 1}, std::move(message)});
  }

  /// Any number of documents, one behind the other.
  void ReadFile(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    if (!stream) return Complain(file, "cannot be read");
    const std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::istringstream rest(text);
    if ((rest >> std::ws).peek() == std::istringstream::traits_type::eof()) {
      return Complain(file, "empty; expected what the aws cli printed, so the call that was to fill it has failed");
    }
    try {
      while ((rest >> std::ws).peek() != std::istringstream::traits_type::eof()) {
        json document;
        rest >> document;
        ReadDocument(document);
      }
    } catch (const json::exception& wrong) {
      Complain(file, fmt::format("not JSON as the aws cli prints it: {}", wrong.what()));
    } catch (const WrongDocument& wrong) {
      Complain(file, wrong.message);
    }
  }

  void ReadDocument(const json& document) {
    if (!document.is_object()) throw WrongDocument{fmt::format("{}; expected an object", document.type_name())};
    if (document.contains("imageDetails")) ReadImages(document);
    if (document.contains("repositories")) ReadRepositories(document);
    if (document.contains("replicationConfiguration")) ReadRules(document);
  }

  void NoteRegistry(const std::string& account, const std::string& region) {
    if (account.empty() || region.empty()) return;
    const auto key = account + "/" + region;
    auto& known = snapshot_.registry.registry;
    if (!known.empty() && known != key) {
      throw WrongDocument{fmt::format("of the registry {}, and other documents here are of {}", key, known)};
    }
    known = key;
    snapshot_.registry.name = key;
  }

  void NoteAccount(const std::string& account) {
    if (account.empty()) return;
    if (!account_.empty() && account_ != account) {
      throw WrongDocument{fmt::format("of the account {}, and other documents here are of {}", account, account_)};
    }
    account_ = account;
  }

  void ReadRepositories(const json& document) {
    for (const auto& shape : ListOf(document, "repositories")) {
      const auto name = RequiredTextOf(shape, "repositoryName");
      auto& repository = snapshot_.registry.repositories[name];
      // arn:PARTITION:ecr:REGION:ACCOUNT:repository/NAME
      const auto arn = TextOf(shape, "repositoryArn");
      std::vector<std::string> parts;
      for (std::size_t begin = 0; begin < arn.size() && parts.size() < 5;) {
        const auto end = std::min(arn.find(':', begin), arn.size());
        parts.push_back(arn.substr(begin, end - begin));
        begin = end + 1;
      }
      NoteAccount(TextOf(shape, "registryId"));
      if (parts.size() == 5) NoteRegistry(parts[4], parts[3]);
      repository.settings["imageTagMutability"] = TextOf(shape, "imageTagMutability");
      if (shape.contains("imageTagMutabilityExclusionFilters")) {
        auto& filters = repository.settings["imageTagMutabilityExclusionFilters"];
        filters.clear();
        repository.mutability_filters.clear();
        for (const auto& filter : ListOf(shape, "imageTagMutabilityExclusionFilters")) {
          repository.mutability_filters.push_back(RequiredTextOf(filter, "filter"));
          filters += (filters.empty() ? "" : " ") + repository.mutability_filters.back();
        }
      }
      if (shape.contains("encryptionConfiguration")) {
        repository.settings["encryptionType"] = TextOf(shape.at("encryptionConfiguration"), "encryptionType");
      }
      if (shape.contains("imageScanningConfiguration")) {
        const bool scans = shape.at("imageScanningConfiguration").value("scanOnPush", false);
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

  void ReadImages(const json& document) {
    is_known_ = true;
    std::string name;
    for (const auto& detail : ListOf(document, "imageDetails")) {
      name = RequiredTextOf(detail, "repositoryName");
      NoteAccount(TextOf(detail, "registryId"));
      const auto digest = RequiredTextOf(detail, "imageDigest");
      ImageSnapshot image;
      if (detail.contains("imageTags")) {
        for (const auto& tag : ListOf(detail, "imageTags")) image.tags.insert(tag.get<std::string>());
      }
      image.media_type = TextOf(detail, "imageManifestMediaType");
      image.subject = TextOf(detail, "subjectManifestDigest");
      image.status = TextOf(detail, "imageStatus");
      auto& repository = snapshot_.registry.repositories[name];
      repository.images_known = true;
      const auto [there, is_new] = repository.images.emplace(digest, image);
      if (!is_new && there->second != image) {
        throw WrongDocument{fmt::format("{} of {} is described twice, and differently", digest, name)};
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

  void ReadRules(const json& document) {
    NoteAccount(TextOf(document, "registryId"));
    auto& rules = snapshot_.replication.rules.emplace();
    for (const auto& shape : ListOf(document.at("replicationConfiguration"), "rules")) {
      auto& rule = rules.emplace_back();
      for (const auto& destination : ListOf(shape, "destinations")) {
        rule.destinations.insert(RequiredTextOf(destination, "registryId") + "/" +
                                 RequiredTextOf(destination, "region"));
      }
      if (!shape.contains("repositoryFilters")) continue;
      for (const auto& filter : ListOf(shape, "repositoryFilters")) {
        rule.prefixes.push_back(RequiredTextOf(filter, "filter"));
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
