// What a request says about itself: condition keys and their values.
//
// Key names are compared without regard to letter case; values keep theirs. A key with an empty list of values counts
// as absent. Nothing is invented: what was not set is not there.
//
// Order: `entries` are sorted by the lower-case key, so that nothing depends on the order in which they were set.
//
//   Context context;
//   context.Set("aws:SourceAccount", {"111122223333"});
//   context.Find("aws:sourceaccount")->front() == "111122223333";
//
// Source  IAM user guide, reference_policies_elements_condition ("Context key names are not case-sensitive").
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crrsim::policy {

class Context {
 public:
  struct Entry {
    std::string key;   // lower case
    std::string name;  // as it was set
    std::vector<std::string> values;
  };

  Context() = default;
  /// For literals: {{"aws:RequestedRegion", {"us-west-2"}}, ...}.
  Context(std::initializer_list<std::pair<std::string_view, std::vector<std::string>>> keys);

  /// Sets the values of a key; what it had before, under whatever letter case, is replaced.
  void Set(std::string_view name, std::vector<std::string> values);

  /// Null where the key is absent or has no values. Requires `lower_case_key` in lower case.
  [[nodiscard]] const std::vector<std::string>* Find(std::string_view lower_case_key) const;

  /// The value of a key that has exactly one: what a policy variable stands for. Requires lower case.
  [[nodiscard]] std::optional<std::string_view> SingleValue(std::string_view lower_case_key) const;

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::vector<Entry> entries_;
};

}  // namespace crrsim::policy
