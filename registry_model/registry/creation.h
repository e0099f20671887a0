// WHICH SETTINGS AN AUTO-CREATED REPOSITORY GETS is decided here, by a pure function of the registry's creation
// templates and the name.
//
// A '/' is always assumed after a template's prefix; the longest matching prefix wins; ROOT covers what no other
// template covers. Without a template the defaults of RepositorySettings apply. A template that sets resource tags or a
// KMS key and names no custom role cannot be applied.
//
// Source  ecr-replication.md 2.5, 2.6; assumptions `template_choice`, `template_without_role`.
#pragma once

#include <string>
#include <string_view>

#include "registry_model/assumptions.h"
#include "registry_model/registry/registry.h"

namespace crrsim {

enum class CreationOutcome : std::uint8_t { kDefaults, kTemplate, kTemplateWithoutRole };

struct CreationDecision {
  CreationOutcome outcome = CreationOutcome::kDefaults;
  std::string template_prefix;  // of the template that was chosen; empty for none
  RepositorySettings settings;  // to create with, unless the outcome is kTemplateWithoutRole
};

/// `purpose` is REPLICATION, CREATE_ON_PUSH or PULL_THROUGH_CACHE.
CreationDecision DecideCreation(const Registry& registry, const RepositoryName& name, std::string_view purpose,
                                Assumptions& assumptions);

/// Whether a template's prefix covers a name.
bool Covers(std::string_view prefix, const RepositoryName& name);

}  // namespace crrsim
