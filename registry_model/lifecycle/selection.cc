#include "registry_model/lifecycle/selection.h"

#include <algorithm>

#include "registry_model/mutants.h"
#include "registry_model/registry/wildcard.h"
#include "sim/index.h"
#include "sim/int128.h"

namespace crrsim {

namespace {

constexpr std::size_t kNoRule = static_cast<std::size_t>(-1);

bool SomeTag(const LifecycleImage& image, const auto& fits) {
  return std::any_of(image.tags.begin(), image.tags.end(), fits);
}

bool IsFor(const LifecycleRule& rule, const LifecycleImage& image) {
  if (rule.storage_class != image.storage_class) return false;
  switch (rule.tag_status) {
    case LifecycleTagStatus::kAny:
      return true;
    case LifecycleTagStatus::kUntagged:
      return image.tags.empty();
    case LifecycleTagStatus::kTagged:
      break;
  }
  return std::all_of(rule.tag_prefixes.begin(), rule.tag_prefixes.end(),
                     [&](const std::string& prefix) {
                       return SomeTag(image, [&](const std::string& tag) { return tag.starts_with(prefix); });
                     }) &&
         std::all_of(rule.tag_patterns.begin(), rule.tag_patterns.end(), [&](const std::string& pattern) {
           return SomeTag(image, [&](const std::string& tag) { return MatchesWildcard(pattern, tag); });
         });
}

/// When the age that decides about an image began.
Instant BeginOf(LifecycleCountType type, const LifecycleImage& image) {
  if (type == LifecycleCountType::kSinceImagePulled) {
    const auto unpulled = image.activated_at.value_or(image.pushed_at);
    const bool pulled_since = image.pulled_at && (!image.activated_at || *image.pulled_at >= *image.activated_at);
    return pulled_since ? *image.pulled_at : unpulled;
  }
  if (type == LifecycleCountType::kSinceImageTransitioned) return image.transitioned_at.value_or(image.pushed_at);
  return image.pushed_at;
}

bool IsOlderThan(Instant now, Instant begin, std::int64_t days) {
  return static_cast<Int128>((now - begin).nanoseconds()) > static_cast<Int128>(Days(1).nanoseconds()) * days;
}

Instant OrderingTimeOf(const LifecycleImage& image) {
  if (image.transitioned_at) return *image.transitioned_at;
  return image.activated_at.value_or(image.pushed_at);
}

class Selector {
 public:
  Selector(const LifecyclePolicy& policy, const std::vector<LifecycleImage>& images, Instant now)
      : policy_(policy), images_(images), now_(now), rule_of_(images.size(), kNoRule) {
    for (std::size_t place = 0; place < images.size(); ++place) oldest_first_.push_back(place);
    // Digests are unique: a total order.
    std::sort(oldest_first_.begin(), oldest_first_.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(OrderingTimeOf(images[a]), images[a].digest) <
             std::pair(OrderingTimeOf(images[b]), images[b].digest);
    });
  }

  std::vector<LifecycleAction> Select() {
    std::vector<std::uint8_t> is_taken(images_.size(), 0);
    for (std::size_t rule = 0; rule < policy_.rules.size(); ++rule) {
      std::vector<std::size_t> matched;
      for (const auto place : oldest_first_) {
        if (IsFor(policy_.rules[rule], images_[place])) matched.push_back(place);
      }
      const auto exceeding = Exceeding(policy_.rules[rule], matched);
      for (const auto place : exceeding) {
        if (is_taken[place] == 0) rule_of_[place] = rule;
      }
      if (Mutated(Mutant::kLaterRulesTakeToo)) continue;
      for (const auto place : matched) is_taken[place] = 1;
    }
    SpareListed();
    return InOrder();
  }

 private:
  /// Those that are too many or too old, of images in the order of their ages.
  [[nodiscard]] std::vector<std::size_t> Exceeding(const LifecycleRule& rule, std::vector<std::size_t> matched) const {
    if (rule.count_type == LifecycleCountType::kImageCountMoreThan) {
      const auto kept = static_cast<std::size_t>(rule.count_number);
      matched.resize(matched.size() > kept ? matched.size() - kept : 0);
      return matched;
    }
    std::erase_if(matched, [&](std::size_t place) {
      return !IsOlderThan(now_, BeginOf(rule.count_type, images_[place]), rule.count_number);
    });
    return matched;
  }

  /// Takes out what an index lists that stays, or that meets another fate; and again what that index lists in turn.
  void SpareListed() {
    Index<Digest, std::size_t> places;
    for (std::size_t place = 0; place < images_.size(); ++place) places.Insert(images_[place].digest, place);
    listed_by_.resize(images_.size());
    for (std::size_t place = 0; place < images_.size(); ++place) {
      for (const auto& child : images_[place].children) {
        if (const auto* listed = places.Find(child)) listed_by_[*listed].push_back(place);
      }
    }
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t place = 0; place < images_.size(); ++place) {
        if (rule_of_[place] == kNoRule) continue;
        if (Mutated(Mutant::kChildTakesItsIndex)) {
          for (const auto index : listed_by_[place]) rule_of_[index] = rule_of_[place];
        }
        const auto goes_too = [&](std::size_t index) {
          return rule_of_[index] != kNoRule && ActionOf(index) == ActionOf(place);
        };
        if (std::all_of(listed_by_[place].begin(), listed_by_[place].end(), goes_too)) continue;
        rule_of_[place] = kNoRule;
        changed = true;
      }
    }
  }

  [[nodiscard]] std::vector<LifecycleAction> InOrder() const {
    std::vector<LifecycleAction> actions;
    auto left = oldest_first_;
    std::erase_if(left, [&](std::size_t place) { return rule_of_[place] == kNoRule; });
    std::vector<std::uint8_t> is_out(images_.size(), 0);
    // Each round takes what no index is left to wait for; indexes do not list each other in a circle.
    while (!left.empty()) {
      std::vector<std::size_t> later;
      for (const auto place : left) {
        const auto is_before = [&](std::size_t index) { return is_out[index] != 0; };
        if (std::all_of(listed_by_[place].begin(), listed_by_[place].end(), is_before)) {
          actions.push_back({images_[place].digest, ActionOf(place), policy_.rules[rule_of_[place]].priority});
          is_out[place] = 1;
        } else {
          later.push_back(place);
        }
      }
      CRRSIM_CHECK(later.size() < left.size(), "indexes list each other");
      left = std::move(later);
    }
    return actions;
  }

  [[nodiscard]] LifecycleActionType ActionOf(std::size_t place) const { return policy_.rules[rule_of_[place]].action; }

  const LifecyclePolicy& policy_;
  const std::vector<LifecycleImage>& images_;
  Instant now_;
  std::vector<std::size_t> rule_of_;       // which acts on an image
  std::vector<std::size_t> oldest_first_;  // places of images
  std::vector<std::vector<std::size_t>> listed_by_;
};

}  // namespace

std::vector<LifecycleAction> SelectForLifecycle(const LifecyclePolicy& policy,
                                                const std::vector<LifecycleImage>& images, Instant now) {
  return Selector(policy, images, now).Select();
}

}  // namespace crrsim
