// Findings in registry policies: what a statement names, and whether it can ever apply to a replication.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/json.h"
#include "harness/lint/linter.h"
#include "harness/lint/policy_probe.h"
#include "registry_model/policy/text.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {
using policy::LetterCase;
using policy::Pattern;
using policy::PrincipalEntry;

const policy::Context kNoContext;

/// Calls `visit(text, pointer)` for one text or for each of a list.
template <class Visit>
void ForEachText(const PlainJson& value, const std::string& pointer, const Visit& visit) {
  if (value.is_string()) return visit(value.get_ref<const std::string&>(), pointer);
  if (!value.is_array()) return;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i].is_string()) visit(value[i].get_ref<const std::string&>(), fmt::format("{}/{}", pointer, i));
  }
}

/// How many digits two texts of one length differ in; neighbours that are swapped count once.
std::size_t Slips(std::string_view a, std::string_view b) {
  std::size_t slips = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] == b[i]) continue;
    ++slips;
    if (i + 1 < a.size() && a[i] == b[i + 1] && a[i + 1] == b[i]) ++i;
  }
  return slips;
}

class PolicyLint {
 public:
  PolicyLint(LintContext& context, const SetUpDocument& document, const std::vector<Incoming>& all)
      : context_(context),
        document_(document),
        key_(document.registry),
        partition_(PartitionOf(document.registry.region)),
        probe_(context, document, all) {
    for (const auto& each : all) {
      if (each.destination == key_) sources_.insert(each.source.account.text());
    }
  }

  void Lint() {
    for (const auto& finding : document_.policy->findings()) {
      // What AWS refuses is noted as a refusal.
      if (finding.kind == policy::FindingKind::kRefusedByAws) continue;
      const bool never = finding.kind == policy::FindingKind::kNeverMatches;
      Add(never ? "policy-never-matches" : "policy-surprising", finding.what.pointer,
          fmt::format("found {}", finding.what.found), fmt::format("expected {}", finding.what.expected));
    }
    const auto& whole = document_.json.at(PlainJson::json_pointer(document_.base));
    const auto text = whole.is_string() ? PlainJson::parse(whole.get_ref<const std::string&>()) : whole;
    const auto& statements = text["Statement"];
    if (statements.is_object()) return LintStatement(statements, "/Statement", 0);
    for (std::size_t i = 0; i < statements.size(); ++i)
      LintStatement(statements[i], fmt::format("/Statement/{}", i), i);
  }

 private:
  void Add(std::string_view code, std::string_view pointer, std::string message, std::string fix,
           std::string assumption = {}) {
    found_ = true;
    context_.Add(document_, code, document_.Below(pointer), std::move(message), std::move(fix), std::move(assumption));
  }

  void LintStatement(const PlainJson& json, const std::string& pointer, std::size_t place) {
    const auto& statement = document_.policy->statements().at(place);
    found_ = false;
    for (const auto* element : {"Action", "NotAction"}) {
      if (json.contains(element)) LintActions(json[element], pointer + "/" + element);
    }
    for (const auto* element : {"Resource", "NotResource"}) {
      if (json.contains(element)) LintResources(json[element], pointer + "/" + element);
    }
    for (const auto* element : {"Principal", "NotPrincipal"}) {
      if (json.contains(element)) LintPrincipals(json[element], pointer + "/" + element);
    }
    if (found_) return;  // the statement's use is judged once its names are right
    for (const auto& problem : probe_.Judge(statement, place)) {
      Add(problem.code, pointer + problem.pointer, problem.message, problem.fix, problem.assumption);
    }
  }

  void LintActions(const PlainJson& value, const std::string& at) {
    ForEachText(value, at, [&](const std::string& text, const std::string& pointer) {
      if (text == "*") return;
      const auto pattern = Pattern::Compile(text, {.letter_case = LetterCase::kIgnored});
      std::vector<std::string> names;
      for (const auto& known : KnownActions()) names.push_back(fmt::format("ecr:{}", known));
      const bool some = std::any_of(names.begin(), names.end(),
                                    [&](const std::string& name) { return pattern.Matches(name, kNoContext); });
      if (some) return;
      const auto nearest = NearestName(text, names);
      Add("unknown-action", pointer, fmt::format("{} is no action of ECR", policy::Quote(text)),
          nearest ? fmt::format("did you mean \"{}\"?", *nearest)
                  : "a registry policy is about ecr: actions, such as ecr:ReplicateImage");
    });
  }

  void LintResources(const PlainJson& value, const std::string& at) {
    ForEachText(value, at, [&](const std::string& text, const std::string& pointer) { LintResource(text, pointer); });
  }

  /// Whether an ARN can name a repository of this registry, component by component.
  void LintResource(const std::string& text, const std::string& pointer) {
    std::vector<std::string> parts;
    std::string_view rest = text;
    while (parts.size() < 5 && rest.find(':') != std::string_view::npos) {
      parts.emplace_back(rest.substr(0, rest.find(':')));
      rest.remove_prefix(rest.find(':') + 1);
    }
    // With fewer, a wildcard spans components.
    if (parts.size() < 5 || parts[0] != "arn") return;
    const auto takes = [](const std::string& pattern, std::string_view name) {
      return Pattern::Compile(pattern, {}).Matches(name, kNoContext);
    };
    const auto wrong = [&](std::string_view code, std::string_view what, const std::string& found,
                           std::string_view expected) {
      Add(code, pointer,
          fmt::format("the resource's {} is {}, but this is the policy of {}: it names no repository here", what,
                      policy::Quote(found), ToText(key_)),
          fmt::format("write {}", policy::Quote(expected)));
    };
    if (!takes(parts[1], partition_)) return wrong("resource-wrong-partition", "partition", parts[1], partition_);
    if (!takes(parts[2], "ecr")) return wrong("resource-wrong-service", "service", parts[2], "ecr");
    if (!takes(parts[3], key_.region.text())) {
      return wrong("resource-wrong-region", "region", parts[3], key_.region.text());
    }
    if (!takes(parts[4], key_.account.text())) {
      return wrong("resource-wrong-account", "account", parts[4], key_.account.text());
    }
    const std::string kind = "repository/";
    const auto fixed = rest.substr(0, rest.find_first_of("*?$"));
    const bool repository = rest.starts_with(kind) || (fixed.size() < rest.size() && kind.starts_with(fixed));
    if (repository) return;
    Add("resource-not-a-repository", pointer,
        fmt::format("{} does not name repositories, whose ARNs go on with repository/", policy::Quote(text)),
        fmt::format("write {}",
                    policy::Quote(fmt::format("arn:{}:ecr:{}:{}:repository/{}", partition_, key_.region.text(),
                                              key_.account.text(), rest.substr(rest.find('/') + 1)))));
  }

  void LintPrincipals(const PlainJson& value, const std::string& at) {
    if (!value.is_object()) return;
    for (const auto& [type, names] : value.items()) {
      if (type != "AWS") continue;
      ForEachText(names, at + "/AWS",
                  [&](const std::string& text, const std::string& pointer) { LintPrincipal(text, pointer, names); });
    }
  }

  void LintPrincipal(const std::string& text, const std::string& pointer, const PlainJson& all) {
    const auto entry = PrincipalEntry::Compile(policy::PrincipalType::kAws, text);
    if (!entry.problem().empty()) {
      return Add("principal-invalid", pointer, fmt::format("{} names nobody", policy::Quote(text)),
                 fmt::format("expected {}{}", entry.problem(), NearestSource(text)));
    }
    if (!entry.account()) return;
    if (text.starts_with("arn:") && !text.starts_with(fmt::format("arn:{}:", partition_))) {
      return Add(
          "principal-wrong-partition", pointer,
          fmt::format("{} is of another partition than {}, which is in {}: it matches nobody who replicates here",
                      policy::Quote(text), ToText(key_), partition_),
          fmt::format("write arn:{}:iam::{}:root", partition_, entry.account()->text()));
    }
    CheckAccount(entry.account()->text(), pointer, all.dump());
  }

  /// `; did you mean ...` where a text holds nearly the id of an account that replicates here.
  [[nodiscard]] std::string NearestSource(const std::string& text) const {
    std::string digits;
    for (const char c : text) {
      if (policy::IsDigit(c)) digits += c;
    }
    const std::vector<std::string> known(sources_.begin(), sources_.end());
    return DidYouMean(digits, known);
  }

  void CheckAccount(const std::string& account, const std::string& pointer, const std::string& named) {
    constexpr std::size_t kSlipsMax = 2;
    if (sources_.contains(account)) return;
    for (const auto& source : sources_) {
      if (Slips(account, source) > kSlipsMax || named.find(source) != std::string::npos) continue;
      Add("principal-typo", pointer,
          fmt::format("{} replicates nothing to {}, but {} does", account, ToText(key_), source),
          fmt::format("did you mean {}?", source));
    }
  }

  LintContext& context_;
  const SetUpDocument& document_;
  const RegistryKey& key_;
  std::string_view partition_;
  PolicyProbe probe_;
  std::set<std::string> sources_;  // accounts that replicate here
  bool found_ = false;
};

}  // namespace

void LintPolicies(LintContext& context, const std::vector<Incoming>& all) {
  for (const auto& document : context.set_up.documents) {
    if (document.kind == DocumentKind::kPolicy && document.policy) PolicyLint(context, document, all).Lint();
  }
}

}  // namespace crrsim
