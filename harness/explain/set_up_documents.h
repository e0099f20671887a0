// What the documents of a set-up say, read into registries. Internal to harness/explain/.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "harness/explain/set_up.h"

namespace crrsim {

/// By its members; nothing for a document that is none of these.
std::optional<DocumentKind> KindOf(const nlohmann::json& json);
/// The pointer to what the kind says.
std::string BaseOf(const nlohmann::json& json, DocumentKind kind);

/// Puts into the registry what a document says, and into `refusals` what ECR would not store.
void ReadContent(SetUp& set_up, std::size_t document);

}  // namespace crrsim
