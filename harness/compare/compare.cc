#include "harness/compare/compare.h"

#include <fmt/format.h>

#include <algorithm>

namespace crrsim {

namespace {

/// `*` stands for any run of characters.
bool MatchesFilter(std::string_view filter, std::string_view tag) {
  const auto first = std::min(filter.find('*'), filter.size());
  if (tag.substr(0, first) != filter.substr(0, first)) return false;
  if (first == filter.size()) return tag.size() == first;
  tag.remove_prefix(first);
  filter.remove_prefix(first + 1);
  // Each piece between two `*` where it comes first; the last at the end.
  for (auto end = filter.find('*'); end != std::string_view::npos; end = filter.find('*')) {
    const auto found = tag.find(filter.substr(0, end));
    if (found == std::string_view::npos) return false;
    tag.remove_prefix(found + end);
    filter.remove_prefix(end + 1);
  }
  return tag.ends_with(filter);
}

bool IsTagFixed(const RepositorySnapshot& repository, std::string_view tag) {
  const auto found = repository.settings.find("imageTagMutability");
  if (found == repository.settings.end()) return false;
  const auto excluded = std::any_of(repository.mutability_filters.begin(), repository.mutability_filters.end(),
                                    [&](const std::string& filter) { return MatchesFilter(filter, tag); });
  return found->second.starts_with("IMMUTABLE") != excluded;
}

/// The digests that tags name.
std::map<std::string, std::string> TagsOf(const RepositorySnapshot& repository) {
  std::map<std::string, std::string> tags;
  for (const auto& [digest, image] : repository.images) {
    for (const auto& tag : image.tags) tags.emplace(tag, digest);
  }
  return tags;
}

struct Verdict {
  DifferenceKind kind = DifferenceKind::kMissing;
  DifferenceReason reason = DifferenceReason::kUnknown;
  std::string why;
};

class Comparer {
 public:
  Comparer(const RegistrySnapshot& source, const RegistrySnapshot& destination, const ReplicationSnapshot& replication)
      : source_(source), destination_(destination), replication_(replication) {}

  Comparison Run() {
    result_.from = source_.name;
    result_.to = destination_.name;
    static const RepositorySnapshot kNone;
    std::set<std::string> names;
    for (const auto& [name, repository] : source_.repositories) names.insert(name);
    for (const auto& [name, repository] : destination_.repositories) names.insert(name);
    for (const auto& name : names) {
      const auto here = source_.repositories.find(name);
      const auto there = destination_.repositories.find(name);
      name_ = name;
      from_ = here == source_.repositories.end() ? &kNone : &here->second;
      to_ = there == destination_.repositories.end() ? &kNone : &there->second;
      tags_here_ = TagsOf(*from_);
      tags_there_ = TagsOf(*to_);
      parents_.clear();
      for (const auto& [digest, image] : from_->images) {
        for (const auto& child : image.children) parents_.emplace(child, digest);
      }
      for (const auto& [digest, image] : from_->images) CompareImage(digest, image);
      CompareSettings();
      for (const auto& [digest, image] : to_->images) CompareExtra(digest, image);
    }
    NoteUndescribed();
    return std::move(result_);
  }

 private:
  Difference& Add(DifferenceKind kind, DifferenceReason reason, std::string why) {
    auto& added = result_.differences.emplace_back();
    added.kind = kind;
    added.repository = name_;
    added.reason = reason;
    added.why = std::move(why);
    return added;
  }

  [[nodiscard]] bool RuleTakes() const {
    const auto takes = [&](const RuleSnapshot& rule) {
      if (!rule.destinations.contains(destination_.registry)) return false;
      return rule.prefixes.empty() || std::any_of(rule.prefixes.begin(), rule.prefixes.end(),
                                                  [&](const auto& prefix) { return name_.starts_with(prefix); });
    };
    return std::any_of(replication_.rules->begin(), replication_.rules->end(), takes);
  }

  /// The status of an image, or of an index that lists it: its children travel with it.
  [[nodiscard]] const std::pair<std::string, std::string>* StatusOf(const std::string& digest) const {
    if (!replication_.statuses) return nullptr;
    const auto own = replication_.statuses->find({name_, digest});
    if (own != replication_.statuses->end()) return &own->second;
    const auto [first, last] = parents_.equal_range(digest);
    for (auto parent = first; parent != last; ++parent) {
      if (const auto* status = StatusOf(parent->second)) return status;
    }
    return nullptr;
  }

  /// Why something of an image is not at the destination. `gone` is said of what was copied and is no longer there.
  [[nodiscard]] Verdict WhyAbsent(const std::string& digest, const ImageSnapshot& image, std::string gone) const {
    if (const auto* status = StatusOf(digest)) {
      const auto& [state, failure] = *status;
      if (state == "IN_PROGRESS") return {DifferenceKind::kPending, DifferenceReason::kUnderWay, "still under way"};
      if (state == "COMPLETE") {
        return {DifferenceKind::kMissing, DifferenceReason::kDeletedAtDestination, std::move(gone)};
      }
      const bool denied = failure == "AccessDenied";
      return {DifferenceKind::kMissing, denied ? DifferenceReason::kDenied : DifferenceReason::kFailed,
              denied ? "the destination's registry policy refused it (FAILED, AccessDenied)"
                     : fmt::format("the copy failed (FAILED, {})", failure)};
    }
    if (image.came_by == CameBy::kReplication) {
      return {DifferenceKind::kMissing, DifferenceReason::kNotChained,
              "it came to the source by replication, and what came so goes no further"};
    }
    if (replication_.rules && !destination_.registry.empty()) {
      if (!RuleTakes()) {
        return {DifferenceKind::kMissing, DifferenceReason::kNoRule,
                fmt::format("no rule of {} takes {} to {}", source_.name, name_, destination_.name)};
      }
      if (replication_.statuses) {
        return {DifferenceKind::kMissing, DifferenceReason::kBeforeConfiguration,
                "a rule takes it now, but it was pushed before the rule was there"};
      }
      return {DifferenceKind::kMissing, DifferenceReason::kUnknown,
              "a rule takes it; pushed before the rule was there, under way, refused or deleted: "
              "describe-image-replication-status knows"};
    }
    return {DifferenceKind::kMissing, DifferenceReason::kUnknown, "nothing here says why"};
  }

  void CompareImage(const std::string& digest, const ImageSnapshot& image) {
    ++result_.images;
    result_.tags += image.tags.size();
    const auto found = to_->images.find(digest);
    if (found == to_->images.end()) {
      const auto verdict = WhyAbsent(digest, image, "it was copied, and deleted at the destination since");
      auto& missing = Add(verdict.kind, verdict.reason, verdict.why);
      missing.digest = digest;
      missing.tags = std::vector<std::string>(image.tags.begin(), image.tags.end());
      missing.subject = image.subject;
    } else {
      CompareCopy(digest, image, found->second);
    }
    for (const auto& tag : image.tags) CompareTag(digest, image, tag, found != to_->images.end());
  }

  void CompareCopy(const std::string& digest, const ImageSnapshot& image, const ImageSnapshot& copy) {
    const auto differ = [&](DifferenceReason reason, std::string why) {
      Add(DifferenceKind::kDifferent, reason, std::move(why)).digest = digest;
    };
    if (!image.manifest.empty() && !copy.manifest.empty() && image.manifest != copy.manifest) {
      return differ(DifferenceReason::kUnknown, "one digest, and other bytes at the destination");
    }
    if (!image.media_type.empty() && !copy.media_type.empty() && image.media_type != copy.media_type) {
      return differ(DifferenceReason::kUnknown, fmt::format("the media type is {} at the source, {} at the destination",
                                                            image.media_type, copy.media_type));
    }
    if (!copy.status.empty() && copy.status != "ACTIVE" && image.status != copy.status) {
      return differ(DifferenceReason::kArchived,
                    fmt::format("it is {} at the destination and cannot be pulled there", copy.status));
    }
    ++result_.same_images;
  }

  void CompareTag(const std::string& digest, const ImageSnapshot& image, const std::string& tag, bool is_copied) {
    const auto found = tags_there_.find(tag);
    const auto named = found == tags_there_.end() ? std::string() : found->second;
    if (named == digest) {
      ++result_.same_tags;
      return;
    }
    // A missing image's row says that its tags are missing with it; a tag that misleads has a row of its own.
    if (named.empty() && !is_copied) return;
    auto verdict = WhyAbsent(digest, image, "the image was copied, and the tag taken off at the destination since");
    if (!named.empty() && verdict.kind != DifferenceKind::kPending) {
      verdict.kind = DifferenceKind::kDifferent;
      const bool status_complete = verdict.reason == DifferenceReason::kDeletedAtDestination;
      if (IsTagFixed(*to_, tag) && (status_complete || verdict.reason == DifferenceReason::kUnknown)) {
        verdict.reason = DifferenceReason::kImmutableTag;
        verdict.why = "the tag is immutable at the destination and names another image there";
      } else if (status_complete && to_->images.at(named).came_by == CameBy::kPush) {
        verdict.reason = DifferenceReason::kPushedAtDestination;
        verdict.why = "another image was pushed with this tag at the destination";
      } else if (status_complete) {
        verdict.reason = DifferenceReason::kUnknown;
        verdict.why = "the tag names another image at the destination";
      }
    }
    auto& difference = Add(verdict.kind, verdict.reason, verdict.why);
    difference.digest = digest;
    difference.tag = tag;
    difference.source = digest;
    difference.destination = named;
  }

  void CompareSettings() {
    if (from_->settings.empty() || to_->settings.empty()) return;
    auto names = from_->settings;
    names.insert(to_->settings.begin(), to_->settings.end());
    const auto value = [](const auto& settings, const std::string& name) {
      const auto found = settings.find(name);
      return found == settings.end() ? std::string() : found->second;
    };
    for (const auto& [name, any] : names) {
      const auto here = value(from_->settings, name);
      const auto there = value(to_->settings, name);
      if (here == there) continue;
      auto& setting = Add(DifferenceKind::kSetting, DifferenceReason::kOwnSettings,
                          "settings are not replicated; a creation template of the destination gives them");
      setting.setting = name;
      setting.source = here;
      setting.destination = there;
    }
  }

  void CompareExtra(const std::string& digest, const ImageSnapshot& image) {
    const auto extra = [&](std::string at_source, std::string at_destination) -> Difference& {
      if (image.came_by == CameBy::kReplication) {
        return Add(DifferenceKind::kExtra, DifferenceReason::kDeletedAtSource, std::move(at_source));
      }
      if (image.came_by == CameBy::kPush) {
        return Add(DifferenceKind::kExtra, DifferenceReason::kPushedAtDestination, std::move(at_destination));
      }
      return Add(DifferenceKind::kExtra, DifferenceReason::kUnknown,
                 "deleted at the source since, or pushed at the destination");
    };
    const auto found = from_->images.find(digest);
    if (found == from_->images.end()) {
      auto& row =
          extra("it came by replication, and was deleted at the source since", "it was pushed at the destination");
      row.digest = digest;
      row.tags = std::vector<std::string>(image.tags.begin(), image.tags.end());
      row.subject = image.subject;
      return;
    }
    for (const auto& tag : image.tags) {
      // A tag that names something at the source was compared from there.
      if (tags_here_.contains(tag)) continue;
      auto& row = extra("the tag was taken off at the source", "the tag was put on at the destination");
      row.digest = digest;
      row.tag = tag;
      row.destination = digest;
    }
  }

  void NoteUndescribed() {
    for (const auto* side : {&source_, &destination_}) {
      std::vector<std::string> names;
      for (const auto& [name, repository] : side->repositories) {
        if (!repository.images_known) names.push_back(name);
      }
      if (names.empty()) continue;
      result_.notes.push_back(fmt::format("{}: no image is described of {} (empty, or describe-images was not asked)",
                                          side->name, fmt::join(names, ", ")));
    }
  }

  const RegistrySnapshot& source_;
  const RegistrySnapshot& destination_;
  const ReplicationSnapshot& replication_;
  std::string name_;
  const RepositorySnapshot* from_ = nullptr;
  const RepositorySnapshot* to_ = nullptr;
  std::map<std::string, std::string> tags_here_;
  std::map<std::string, std::string> tags_there_;
  std::multimap<std::string, std::string> parents_;  // indexes of the source that list an image
  Comparison result_;
};

}  // namespace

bool Comparison::ready() const {
  return Count(DifferenceKind::kMissing) + Count(DifferenceKind::kDifferent) + Count(DifferenceKind::kPending) == 0;
}

std::size_t Comparison::Count(DifferenceKind kind) const {
  return static_cast<std::size_t>(std::count_if(differences.begin(), differences.end(),
                                                [&](const Difference& difference) { return difference.kind == kind; }));
}

Comparison CompareRegistries(const RegistrySnapshot& source, const RegistrySnapshot& destination,
                             const ReplicationSnapshot& replication) {
  return Comparer(source, destination, replication).Run();
}

}  // namespace crrsim
