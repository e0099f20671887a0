// Lifecycle policies and storage classes of the reference model, and the clock that drives both.
#include <algorithm>

#include "registry_model/test/support/reference/reference_model.h"

namespace crrsim::reference {

namespace {

constexpr double kRestoreSeconds = 20 * 60;
constexpr double kDaySeconds = 24 * 60 * 60;

bool IsSound(const std::string& text) { return text.size() >= 100 && text.size() <= 30'720 && json::accept(text); }

/// When the image entered the class that it is in now.
double AgeBegins(const Image& image) {
  return image.status == "ACTIVE" ? image.activated_at.value_or(image.pushed_at)
                                  : image.archived_at.value_or(image.pushed_at);
}

/// When it was used last.
double UseOf(const Image& image) {
  const auto idle = image.activated_at.value_or(image.pushed_at);
  return image.pulled_at && *image.pulled_at >= image.activated_at.value_or(0) ? *image.pulled_at : idle;
}

bool IsFor(const json& selection, const Image& image) {
  const auto storage = image.status == "ACTIVE" ? "standard" : "archive";
  if (selection.value("storageClass", "standard") != storage) return false;
  if (selection.at("tagStatus") == "any") return true;
  if (selection.at("tagStatus") == "untagged") return image.tags.empty();
  const auto some_tag = [&](const std::string& pattern) {
    return std::any_of(image.tags.begin(), image.tags.end(),
                       [&](const std::string& tag) { return MatchesWildcard(pattern, tag); });
  };
  for (const auto& prefix : selection.value("tagPrefixList", json::array())) {
    if (!some_tag(prefix.get<std::string>() + "*")) return false;
  }
  for (const auto& pattern : selection.value("tagPatternList", json::array())) {
    if (!some_tag(pattern)) return false;
  }
  return true;
}

/// What the rule acts on, of images in the order of their ages.
std::vector<std::string> Taken(const json& selection, const Repository& repository,
                               const std::vector<std::string>& matched, double now) {
  std::vector<std::string> taken;
  const auto count = selection.at("countNumber").get<std::size_t>();
  for (std::size_t place = 0; place < matched.size(); ++place) {
    const auto& image = repository.images.at(matched[place]);
    const auto since = selection.at("countType") == "sinceImagePulled"   ? UseOf(image)
                       : selection.at("countType") == "sinceImagePushed" ? image.pushed_at
                                                                         : AgeBegins(image);
    const bool exceeds = selection.at("countType") == "imageCountMoreThan"
                             ? place + count < matched.size()
                             : now - since > static_cast<double>(count) * kDaySeconds;
    if (exceeds) taken.push_back(matched[place]);
  }
  return taken;
}

/// The action on each image that a policy acts on.
std::map<std::string, std::string> Decide(const json& policy, const Repository& repository,
                                          const std::vector<std::string>& oldest_first, double now) {
  std::map<std::int64_t, json> rules;
  for (const auto& rule : policy.at("rules")) rules[rule.at("rulePriority")] = rule;
  std::map<std::string, std::string> actions;
  std::set<std::string> spoken_for;
  for (const auto& [priority, rule] : rules) {
    std::vector<std::string> matched;
    for (const auto& digest : oldest_first) {
      if (IsFor(rule.at("selection"), repository.images.at(digest))) matched.push_back(digest);
    }
    for (const auto& digest : Taken(rule.at("selection"), repository, matched, now)) {
      if (!spoken_for.contains(digest)) actions[digest] = rule.at("action").at("type");
    }
    spoken_for.insert(matched.begin(), matched.end());
  }
  // What an index lists stays with it.
  for (bool again = true; again;) {
    again = false;
    for (const auto& digest : oldest_first) {
      if (!actions.contains(digest)) continue;
      for (const auto& index : IndexesOf(repository, digest)) {
        if (actions.contains(index) && actions.at(index) == actions.at(digest)) continue;
        actions.erase(digest);
        again = true;
        break;
      }
    }
  }
  return actions;
}

}  // namespace

void Model::Advance(double seconds) {
  const auto until = now + seconds;
  while (!due_.empty() && due_.begin()->first.first <= until) {
    now = due_.begin()->first.first;
    const auto due = due_.begin()->second;
    due_.erase(due_.begin());
    if (due.digest.empty()) {
      due_[{now + kDaySeconds, ordered_++}] = due;
      Evaluate(due.repository);
    } else {
      Activate(repositories_.at(due.repository), due.digest);
    }
  }
  now = until;
}

void Model::Cancel(const std::string& name, const std::string& digest) {
  std::erase_if(due_, [&](const auto& due) { return due.second.repository == name && due.second.digest == digest; });
}

Answer Model::LifecyclePolicy(const std::string& operation, const json& request) {
  if (operation == "PutLifecyclePolicy" && !IsSound(request.at("lifecyclePolicyText"))) return Invalid();
  const auto [repository, refusal] = Open(operation, request);
  if (repository == nullptr) return refusal;
  const std::string name = request.at("repositoryName");
  json body = {{"registryId", account_}, {"repositoryName", name}};
  if (operation == "PutLifecyclePolicy") {
    repository->lifecycle = request.at("lifecyclePolicyText");
    repository->evaluated_at.reset();
    Cancel(name, "");
    due_[{now + kDaySeconds, ordered_++}] = {name, ""};
    body["lifecyclePolicyText"] = repository->lifecycle;
    return {body, "", ""};
  }
  if (repository->lifecycle.empty()) {
    return Refused("LifecyclePolicyNotFoundException",
                   "Lifecycle policy does not exist for the repository with name '" + name +
                       "' in the registry with id '" + account_ + "'");
  }
  body["lifecyclePolicyText"] = repository->lifecycle;
  if (repository->evaluated_at) body["lastEvaluatedAt"] = *repository->evaluated_at;
  if (operation == "DeleteLifecyclePolicy") {
    repository->lifecycle.clear();
    repository->evaluated_at.reset();
    Cancel(name, "");
  }
  return {body, "", ""};
}

void Model::Evaluate(const std::string& name) {
  auto& repository = repositories_.at(name);
  repository.evaluated_at = now;
  std::vector<std::string> left;
  for (const auto& [digest, image] : repository.images) left.push_back(digest);
  std::sort(left.begin(), left.end(), [&](const std::string& a, const std::string& b) {
    return std::pair(AgeBegins(repository.images.at(a)), a) < std::pair(AgeBegins(repository.images.at(b)), b);
  });
  const auto actions = Decide(json::parse(repository.lifecycle), repository, left, now);
  std::map<std::string, std::vector<std::string>> indexes;
  for (const auto& [digest, action] : actions) indexes[digest] = IndexesOf(repository, digest);
  std::set<std::string> done;
  while (done.size() < actions.size()) {
    for (const auto& digest : left) {
      if (!actions.contains(digest) || done.contains(digest)) continue;
      const auto& above = indexes.at(digest);
      if (!std::all_of(above.begin(), above.end(), [&](const auto& index) { return done.contains(index); })) continue;
      done.insert(digest);
      if (actions.at(digest) == "expire") {
        Remove(repository, digest);
        Cancel(name, digest);
      } else if (repository.images.at(digest).status == "ACTIVE") {
        Archive(repository, digest);
      }
    }
  }
  for (bool again = true; again;) {
    again = false;
    for (const auto& [digest, image] : repository.images) {
      if (!image.manifest.contains("subject") || !IndexesOf(repository, digest).empty()) continue;
      if (!repository.orphaned.contains(image.manifest.at("subject").at("digest"))) continue;
      Cancel(name, digest);
      Remove(repository, std::string(digest));
      again = true;
      break;
    }
  }
}

void Model::Archive(Repository& repository, const std::string& digest) {
  auto& image = repository.images.at(digest);
  image.status = "ARCHIVED";
  image.archived_at = now;
  for (const auto& child : ChildrenOf(image.manifest)) {
    const auto& listed = repository.images.at(child);
    const auto above = IndexesOf(repository, child);
    const bool is_needed = std::any_of(above.begin(), above.end(), [&](const auto& index) {
      return repository.images.at(index).status != "ARCHIVED";
    });
    if (listed.status == "ACTIVE" && listed.tags.empty() && !is_needed) Archive(repository, child);
  }
}

void Model::BeginRestore(const std::string& name, const std::string& digest) {
  auto& repository = repositories_.at(name);
  for (const auto& child : ChildrenOf(repository.images.at(digest).manifest)) {
    if (repository.images.at(child).status == "ARCHIVED") BeginRestore(name, child);
  }
  repository.images.at(digest).status = "ACTIVATING";
  Cancel(name, digest);
  due_[{now + kRestoreSeconds, ordered_++}] = {name, digest};
}

void Model::Activate(Repository& repository, const std::string& digest) {
  auto& image = repository.images.at(digest);
  for (const auto& child : ChildrenOf(image.manifest)) {
    if (repository.images.at(child).status != "ACTIVE") Activate(repository, child);
  }
  for (const auto& [name, one] : repositories_) {
    if (&one == &repository) Cancel(name, digest);
  }
  image.status = "ACTIVE";
  image.activated_at = now;
}

}  // namespace crrsim::reference
