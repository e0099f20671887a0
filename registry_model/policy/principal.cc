#include "registry_model/policy/principal.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "registry_model/policy/arn.h"
#include "registry_model/policy/text.h"

namespace crrsim::policy {

namespace {

constexpr std::array<std::pair<std::string_view, PrincipalType>, 4> kTypes = {{
    {"AWS", PrincipalType::kAws},
    {"Service", PrincipalType::kService},
    {"Federated", PrincipalType::kFederated},
    {"CanonicalUser", PrincipalType::kCanonicalUser},
}};

constexpr std::string_view kArnForms =
    "an ARN such as arn:aws:iam::111122223333:root, :user/NAME or :role/NAME, or "
    "arn:aws:sts::111122223333:assumed-role/ROLE/SESSION or :federated-user/NAME";

/// `ecr.amazonaws.com`: at least two labels of letters, digits and hyphens.
bool IsServiceName(std::string_view text) {
  const auto allowed = [](char c) {
    return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  };
  bool dotted = false;
  std::size_t label = 0;
  for (const char c : text) {
    if (c == '.') {
      if (label == 0) return false;
      dotted = true;
      label = 0;
    } else {
      if (!allowed(c)) return false;
      ++label;
    }
  }
  return dotted && label > 0;
}

/// `AROAEXAMPLEID`: the unique id of a user or role, shown where its name can no longer be resolved.
bool IsUniqueId(std::string_view text) {
  return text.size() >= 16 && (text.starts_with("AIDA") || text.starts_with("AROA")) &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); });
}

std::string_view LastPathPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Sets the kind from an ARN's resource. False if it names no principal.
bool ReadResource(std::string_view service, std::string_view resource, Principal& principal) {
  const auto named = [&](std::string_view prefix) {
    return resource.starts_with(prefix) && !LastPathPart(resource).empty();
  };
  if (service == "iam") {
    if (resource == "root") {
      principal.kind = PrincipalKind::kAccount;
    } else if (named("user/")) {
      principal.kind = PrincipalKind::kUser;
    } else if (named("role/")) {
      principal.kind = PrincipalKind::kRole;
      principal.role_name = LastPathPart(resource);
    } else if (named("saml-provider/") || named("oidc-provider/")) {
      principal.kind = PrincipalKind::kIdentityProvider;
    } else {
      return false;
    }
    return true;
  }
  if (service != "sts") return false;
  constexpr std::string_view kAssumedRole = "assumed-role/";
  if (named(kAssumedRole)) {
    const std::string_view rest = resource.substr(kAssumedRole.size());
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos || slash == 0) return false;
    principal.kind = PrincipalKind::kRoleSession;
    principal.role_name = rest.substr(0, slash);
    return true;
  }
  principal.kind = PrincipalKind::kFederatedUser;
  return named("federated-user/");
}

/// An ARN of a principal, or why it is none.
Result<Principal, ParseError> ReadArn(std::string_view text) {
  const auto arn = ParseArn(text);
  if (!arn) return arn.error();
  const auto account = AccountId::Parse(arn->account);
  if (!account) return ParseError{fmt::format("{} names no account; expected {}", Quote(text), kArnForms)};
  Principal principal;
  principal.text = text;
  principal.partition = arn->partition;
  principal.account = *account;
  if (!arn->region.empty() || !ReadResource(arn->service, arn->resource, principal)) {
    return ParseError{fmt::format("{} names no principal; expected {}", Quote(text), kArnForms)};
  }
  return principal;
}

}  // namespace

Result<Principal, ParseError> Principal::Parse(std::string_view text) {
  Principal principal;
  principal.text = text;
  if (text == "*") return principal;
  if (text.starts_with("arn:")) return ReadArn(text);
  if (const auto account = AccountId::Parse(text)) {
    principal.kind = PrincipalKind::kAccount;
    principal.account = *account;
    return principal;
  }
  if (IsServiceName(text)) {
    principal.kind = PrincipalKind::kService;
    return principal;
  }
  return ParseError{
      fmt::format("{} is no principal; expected {}, a 12-digit account id, or a service such as "
                  "ecr.amazonaws.com",
                  Quote(text), kArnForms)};
}

std::optional<PrincipalType> ParsePrincipalType(std::string_view name) {
  for (const auto& [type_name, type] : kTypes) {
    if (type_name == name) return type;
  }
  return std::nullopt;
}

std::string_view ToText(PrincipalType type) {
  return std::find_if(kTypes.begin(), kTypes.end(), [type](const auto& entry) { return entry.second == type; })->first;
}

PrincipalEntry PrincipalEntry::Everyone() {
  PrincipalEntry entry;
  entry.match_ = Match::kEveryone;
  entry.named_.text = "*";
  return entry;
}

PrincipalEntry PrincipalEntry::Compile(PrincipalType type, std::string_view text) {
  PrincipalEntry entry;
  entry.type_ = type;
  entry.named_.text = text;
  switch (type) {
    case PrincipalType::kAws:
      entry.CompileAws(text);
      break;
    case PrincipalType::kService:
      if (IsServiceName(text)) {
        entry.match_ = Match::kExact;
        entry.named_.kind = PrincipalKind::kService;
      } else {
        entry.Refuse("a service such as \"ecr.amazonaws.com\"");
      }
      break;
    case PrincipalType::kFederated:
      entry.match_ = Match::kExact;
      entry.named_.kind = PrincipalKind::kIdentityProvider;
      break;
    case PrincipalType::kCanonicalUser:
      break;
  }
  return entry;
}

void PrincipalEntry::CompileAws(std::string_view text) {
  if (text == "*") {
    *this = Everyone();
    return;
  }
  if (IsUniqueId(text)) {
    deleted_ = true;
    return;
  }
  if (text.find_first_of("*?") != std::string_view::npos) {
    Refuse("\"*\" alone, or a whole name: a wildcard cannot stand for a part of a principal");
    return;
  }
  auto principal = Principal::Parse(text);
  const bool aws = principal && principal->account && principal->kind != PrincipalKind::kIdentityProvider;
  if (!aws) {
    Refuse(fmt::format("{}, a 12-digit account id, or \"*\"", kArnForms));
    return;
  }
  named_ = *std::move(principal);
  switch (named_.kind) {
    case PrincipalKind::kAccount:
      match_ = Match::kAccount;
      break;
    case PrincipalKind::kRole:
      match_ = Match::kRole;
      break;
    default:
      match_ = Match::kExact;
      break;
  }
}

void PrincipalEntry::Refuse(std::string expected) {
  match_ = Match::kNobody;
  problem_ = std::move(expected);
}

bool PrincipalEntry::Matches(const Principal& principal) const {
  const bool same_partition =
      named_.partition.empty() || principal.partition.empty() || named_.partition == principal.partition;
  switch (match_) {
    case Match::kEveryone:
      return true;
    case Match::kAccount:
      return principal.account == named_.account && same_partition;
    case Match::kRole:
      if (principal.kind == PrincipalKind::kRoleSession) {
        return principal.account == named_.account && same_partition && principal.role_name == named_.role_name;
      }
      return principal.text == named_.text;
    case Match::kExact:
      return principal.kind == named_.kind && principal.text == named_.text;
    case Match::kNobody:
      return false;
  }
  return false;
}

}  // namespace crrsim::policy
