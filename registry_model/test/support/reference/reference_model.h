// What one registry answers to the API, once more and as simply as possible: JSON, maps and loops. It shares no code
// with the model; the two have to agree on every answer and on what is there in the end (model_agreement_test.cc).
//
// It knows what the specification fixes and what the model documents, no more: one registry, whole requests over the
// pools of the test, no network. Where the specification fixes no text, it answers none.
//
//   reference::Model model("111122223333", "us-west-2");
//   auto answer = model.Call("111122223333", "CreateRepository", {{"repositoryName", "app"}}, nullptr);
//
// Source  ecr-replication.md 1.3, 1.4, 2.5, 2.6, 3, 8, 10.2, 10.3.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace crrsim::reference {

using nlohmann::json;

struct Answer {
  json body;
  std::string exception;  // empty: the call succeeded; `A|B`: the specification leaves open which
  std::string text;       // how the message begins; empty where nothing fixes it
};

struct Image {
  json manifest;
  std::string bytes;
  std::string media_type;
  std::set<std::string> tags;
  double pushed_at = 0;
  std::optional<double> pulled_at;
  std::string status = "ACTIVE";
  std::optional<double> archived_at;
  std::optional<double> activated_at;
};

/// The end of an image's restore, or the evaluation of a repository's lifecycle policy.
struct Due {
  std::string repository;
  std::string digest;  // empty for a policy
};

struct Upload {
  std::string bytes;
  std::vector<std::size_t> parts;
};

struct Repository {
  double created_at = 0;
  json settings;                             // imageTagMutability and so on, as DescribeRepositories shows them
  std::string policy;                        // empty for none
  std::map<std::string, Image> images;       // by digest
  std::map<std::string, std::size_t> blobs;  // sizes by digest
  std::map<std::string, Upload> uploads;
  std::string lifecycle;  // the text of its policy, empty for none
  std::optional<double> evaluated_at;
  std::set<std::string> orphaned;  // digests of deleted images that others here still refer to
};

std::string Sha256(const std::string& bytes);

class Model {
 public:
  Model(std::string account, std::string region) : account_(std::move(account)), region_(std::move(region)) {}

  double now = 0;  // seconds since 1970

  /// Lets time pass, and does what is due meanwhile.
  void Advance(double seconds);

  /// `real` is what was really answered, null for a refusal: upload ids and page tokens, which nobody can foresee, are
  /// taken from it.
  Answer Call(const std::string& caller, const std::string& operation, const json& request, const json* real);

  [[nodiscard]] const std::map<std::string, Repository>& repositories() const { return repositories_; }
  [[nodiscard]] const std::map<std::string, json>& templates() const { return templates_; }
  [[nodiscard]] const json& configuration() const { return configuration_; }
  [[nodiscard]] const std::string& policy() const { return policy_; }

 private:
  struct Position {
    std::string list;
    std::string key;
  };

  Answer Answered(const std::string& operation, const json& request, const json* real);
  bool Allows(const std::string& action, const std::string& repository_policy) const;
  /// The repository of the request, or why not.
  std::pair<Repository*, Answer> Open(const std::string& action, const json& request);
  json Shape(const std::string& name) const;
  /// One page of keys, in order, with the token taken from what was really answered.
  Answer Paged(const std::string& list, const json& request, const std::vector<std::string>& keys, const json* real,
               std::vector<std::string>& page);

  // reference_model.cc
  Answer CreateRepository(const json& request);
  Answer DescribeRepositories(const json& request, const json* real);
  Answer DeleteRepository(const json& request);
  Answer PutImageTagMutability(const json& request);
  Answer RegistryPolicy(const std::string& operation, const json& request);
  Answer RepositoryPolicy(const std::string& operation, const json& request);
  Answer PutReplicationConfiguration(const json& request);
  Answer Templates(const std::string& operation, const json& request, const json* real);

  // reference_images.cc
  Answer PutImage(const json& request);
  Answer BatchGetImage(const json& request);
  Answer BatchDeleteImage(const json& request);
  Answer ListImages(const json& request, const json* real);
  Answer DescribeImages(const json& request, const json* real);
  Answer Layers(const std::string& operation, const json& request, const json* real);
  Answer PartOfALayer(const std::string& operation, const json& request, Repository& repository) const;
  Answer UpdateImageStorageClass(const json& request);
  json Detail(const std::string& name, const std::string& digest, const Repository& repository) const;

  // reference_lifecycle.cc
  Answer LifecyclePolicy(const std::string& operation, const json& request);
  void Evaluate(const std::string& name);
  void Archive(Repository& repository, const std::string& digest);
  void BeginRestore(const std::string& name, const std::string& digest);
  void Activate(Repository& repository, const std::string& digest);
  void Cancel(const std::string& name, const std::string& digest);

  /// Makes the repository of an upload that a template for pushes covers. Empty where there is nothing to refuse.
  Answer CreateOnPush(const json& request);

  std::string account_;
  std::string region_;
  std::string caller_;
  std::map<std::pair<double, int>, Due> due_;  // by instant and order
  int ordered_ = 0;
  std::map<std::string, Repository> repositories_;
  std::map<std::string, json> templates_;
  json configuration_ = {{"rules", json::array()}};
  std::string policy_;
  std::map<std::string, Position> tokens_;
};

// What several operations need; in reference_model.cc.
Answer Refused(std::string exception, std::string text = "");
Answer Invalid();
bool IsRepositoryName(const std::string& text);
bool IsTag(const std::string& text);
/// Whether this tag, once bound, stays.
bool IsImmutable(const json& settings, const std::string& tag);
/// With `*` for any characters.
bool MatchesWildcard(const std::string& filter, const std::string& text);

// What several files need; in reference_images.cc.
std::vector<std::string> ChildrenOf(const json& manifest);
/// The digests of the images that list one.
std::vector<std::string> IndexesOf(const Repository& repository, const std::string& digest);
/// Takes an image out, and the blobs that only it listed.
void Remove(Repository& repository, const std::string& digest);

}  // namespace crrsim::reference
