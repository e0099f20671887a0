// Findings in repository creation templates.
#include <fmt/format.h>

#include <algorithm>

#include "harness/json.h"
#include "harness/lint/linter.h"
#include "registry_model/policy/arn.h"
#include "registry_model/policy/text.h"
#include "registry_model/registry/creation.h"

namespace crrsim {

namespace {

constexpr std::string_view kReplication = "REPLICATION";

class TemplateLint {
 public:
  TemplateLint(LintContext& context, const SetUpDocument& document, const std::vector<Incoming>& all)
      : context_(context), document_(document), registry_(context.set_up.registries.at(document.registry)) {
    std::copy_if(all.begin(), all.end(), std::back_inserter(incoming_),
                 [&](const Incoming& each) { return each.destination == document.registry; });
  }

  void Lint() {
    const auto& json = document_.json.at(PlainJson::json_pointer(document_.base));
    if (!json.is_array()) return;
    for (std::size_t i = 0; i < json.size(); ++i) {
      if (!json[i].is_object() || !json[i].contains("prefix") || !json[i]["prefix"].is_string()) continue;
      auto prefix = json[i]["prefix"].get<std::string>();
      if (prefix.ends_with('/')) prefix.pop_back();
      const auto found = registry_.templates.find(prefix);
      if (found != registry_.templates.end()) LintTemplate(found->second, fmt::format("{}/{}", document_.base, i));
    }
  }

 private:
  void Add(std::string_view code, std::string pointer, std::string message, std::string fix,
           std::string assumption = {}) {
    context_.Add(document_, code, std::move(pointer), std::move(message), std::move(fix), std::move(assumption));
  }

  void LintTemplate(const CreationTemplate& each, const std::string& pointer) {
    CheckPrefix(each, pointer);
    CheckRole(each, pointer);
    CheckKey(each, pointer);
    if (each.applied_for.empty()) {
      Add("template-never-applied", pointer + "/appliedFor",
          fmt::format("the template \"{}\" is applied for nothing", each.prefix), "list REPLICATION in appliedFor");
    } else if (each.AppliesFor(kReplication)) {
      CheckUse(each, pointer);
    } else {
      CheckLeftOut(each, pointer);
    }
  }

  void CheckPrefix(const CreationTemplate& each, const std::string& pointer) {
    if (each.prefix == "ROOT" || policy::AsciiLower(each.prefix) != "root") return;
    Add("template-root-spelling", pointer + "/prefix",
        fmt::format("\"{}\" covers repositories below {}/ alone; what covers every repository is ROOT", each.prefix,
                    each.prefix),
        "write ROOT in capitals");
  }

  void CheckRole(const CreationTemplate& each, const std::string& pointer) {
    const auto& settings = each.settings;
    const bool needed = !settings.resource_tags.empty() || settings.encryption_type != "AES256";
    if (needed && each.custom_role_arn.empty()) {
      Add("template-without-role", pointer,
          fmt::format("the template \"{}\" sets {} and has no customRoleArn: creation by it fails, and the replication "
                      "with it",
                      each.prefix, settings.resource_tags.empty() ? "KMS encryption" : "resource tags"),
          "set customRoleArn to a role that ecr.amazonaws.com may assume", "template_without_role");
    }
    const auto role = policy::ParseArn(each.custom_role_arn);
    if (role && role->account != registry_.key.account.text()) {
      Add("template-role-elsewhere", pointer + "/customRoleArn",
          fmt::format("the role is of account {}, the registry of {}", role->account, registry_.key.account.text()),
          "name a role of the registry's account");
    }
  }

  void CheckKey(const CreationTemplate& each, const std::string& pointer) {
    const auto key = policy::ParseArn(each.settings.kms_key);
    if (!key || key->region == registry_.key.region.text()) return;
    Add("template-key-elsewhere", pointer + "/encryptionConfiguration/kmsKey",
        fmt::format("the key is in {}, and a repository in {} needs one there", key->region,
                    registry_.key.region.text()),
        fmt::format("name a key of {}", registry_.key.region.text()));
  }

  /// Whether some repository that replicates here would be created by it.
  void CheckUse(const CreationTemplate& each, const std::string& pointer) {
    // ROOT is there for whatever else may come.
    if (incoming_.empty() || each.prefix == "ROOT") return;
    const CreationTemplate* shadow = nullptr;
    for (const auto& name : SamplesNear(each)) {
      const auto chosen = DecideCreation(registry_, name, kReplication, context_.assumptions).template_prefix;
      if (chosen == each.prefix) return;
      const auto* wins = WinnerOver(each, name);
      if (Covers(each.prefix, name) && wins != nullptr) shadow = wins;
    }
    if (shadow != nullptr) {
      const bool applied = shadow->AppliesFor(kReplication);
      return Add("template-shadowed", pointer,
                 fmt::format("the template \"{}\" is never used by replication: every repository that is replicated "
                             "here and that it covers is covered by the longer \"{}\"{} too",
                             each.prefix, shadow->prefix, applied ? "" : ", which is not applied for replication,"),
                 fmt::format("remove it, or shorten \"{}\"", shadow->prefix), applied ? "" : "template_choice");
    }
    Add("template-unreachable", pointer,
        fmt::format("the template \"{}\" is applied for replication, but no rule sends a repository here that it "
                    "covers (a '/' is always assumed behind its prefix)",
                    each.prefix),
        "correct its prefix or the filters at the source");
  }

  /// The longest other template that covers the name.
  const CreationTemplate* WinnerOver(const CreationTemplate& each, const RepositoryName& name) const {
    const CreationTemplate* longest = nullptr;
    for (const auto& [prefix, other] : registry_.templates) {
      if (prefix == each.prefix || prefix == "ROOT" || !Covers(prefix, name)) continue;
      if (longest == nullptr || prefix.size() > longest->prefix.size()) longest = &other;
    }
    return longest;
  }

  /// Of the repositories that come here, listed or made up within rules and templates, all.
  std::vector<RepositoryName> SamplesNear(const CreationTemplate& each) const {
    std::vector<RepositoryName> names;
    for (const auto& incoming : incoming_) {
      names.insert(names.end(), incoming.samples.begin(), incoming.samples.end());
      const auto& rule = context_.set_up.registries.at(incoming.source).replication.rules.at(incoming.rule);
      // A listed registry gets more repositories tomorrow.
      for (const auto& prefix : PrefixesOf(rule)) {
        for (const auto& text : {each.prefix + "/x0x0", prefix + "x0x0", prefix + "/x0x0"}) {
          const auto name = RepositoryName::Parse(text);
          if (name && name->text().starts_with(prefix)) names.push_back(*name);
        }
      }
    }
    return names;
  }

  /// A template that a rule's filter names and that replication passes over.
  void CheckLeftOut(const CreationTemplate& each, const std::string& pointer) {
    for (const auto& incoming : incoming_) {
      const auto& rule = context_.set_up.registries.at(incoming.source).replication.rules.at(incoming.rule);
      for (const auto& filter : rule.filters) {
        const auto name = RepositoryName::Parse(filter.prefix + "x0x0");
        if (!name || !Covers(each.prefix, *name) || each.prefix == "ROOT") continue;
        if (!DecideCreation(registry_, *name, kReplication, context_.assumptions).template_prefix.empty()) continue;
        return Add("template-not-for-replication", pointer + "/appliedFor",
                   fmt::format("repositories below {}/ are replicated here (rule {} of {}), but the template is not "
                               "applied for replication, so they get the defaults",
                               each.prefix, incoming.rule, ToText(incoming.source)),
                   "list REPLICATION in appliedFor");
      }
    }
  }

  LintContext& context_;
  const SetUpDocument& document_;
  const Registry& registry_;
  std::vector<Incoming> incoming_;
};

}  // namespace

void LintTemplates(LintContext& context, const std::vector<Incoming>& all) {
  for (const auto& document : context.set_up.documents) {
    if (document.kind == DocumentKind::kTemplates) TemplateLint(context, document, all).Lint();
  }
}

}  // namespace crrsim
