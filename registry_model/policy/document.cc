#include "registry_model/policy/document.h"

namespace crrsim::policy {

std::string_view ToText(Effect effect) { return effect == Effect::kAllow ? "Allow" : "Deny"; }

std::set<std::string> ActionsNamed(const Document& document) {
  std::set<std::string> names;
  for (const Statement& statement : document.statements()) {
    for (const Pattern& action : statement.actions.entries) names.insert(action.text());
  }
  return names;
}

}  // namespace crrsim::policy
