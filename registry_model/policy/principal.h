// Who makes a request, and which principals a statement names.
//
// A statement's entry matches a principal like this:
//   "*", {"AWS": "*"}                      everyone, services and anonymous callers included
//   arn:aws:iam::ACCOUNT:root, ACCOUNT     every principal of that account: its root user, users, roles, sessions
//   arn:aws:iam::ACCOUNT:role/PATH/NAME    that role and its sessions, arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION
//                                          (AWS leaves the path out of a session's ARN)
//   ...:assumed-role/NAME/SESSION          that session
//   ...:user/PATH/NAME, ...:federated-user/NAME   that user
//   {"Service": "ecr.amazonaws.com"}       that service; a regional name is another service
//   {"Federated": PROVIDER}                that identity provider
//   {"CanonicalUser": ID}                  nobody here: no request carries such an id
// Names compare with case. A wildcard in a part of a name matches nobody (AWS refuses such a policy). An entry given as
// an ARN matches only principals of its partition, a bare account id those of any.
//
// Source  IAM user guide, reference_policies_elements_principal; ecr-replication.md 3 (7).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "registry_model/names.h"
#include "sim/result.h"

namespace crrsim::policy {

enum class PrincipalKind : std::uint8_t {
  kAccount,           // an account's root user
  kUser,              // an IAM user
  kRole,              // an IAM role by itself
  kRoleSession,       // who has assumed a role
  kFederatedUser,     // of AWS STS
  kIdentityProvider,  // SAML or OIDC
  kService,
  kAnonymous,
};

/// One principal, as a request or an entry of a statement names it.
struct Principal {
  PrincipalKind kind = PrincipalKind::kAnonymous;
  std::string text;       // as given
  std::string partition;  // of an ARN; empty otherwise
  std::optional<AccountId> account;
  std::string role_name;  // of a role or a session, without path

  /// Reads `arn:aws:iam::111122223333:user/ann` and the like, a 12-digit account id, the name of a service
  /// (`ecr.amazonaws.com`), or `*` for an anonymous caller.
  /// On error  says what is wrong with the text and which forms there are.
  static Result<Principal, ParseError> Parse(std::string_view text);
};

/// The key of a Principal element's map.
enum class PrincipalType : std::uint8_t { kAws, kService, kFederated, kCanonicalUser };
std::optional<PrincipalType> ParsePrincipalType(std::string_view name);
std::string_view ToText(PrincipalType type);

/// One name in a Principal or NotPrincipal element.
class PrincipalEntry {
 public:
  enum class Match : std::uint8_t { kEveryone, kAccount, kRole, kExact, kNobody };

  static PrincipalEntry Everyone();
  /// Reads one name. What AWS would refuse is kept, matches nobody, and `problem` says why.
  static PrincipalEntry Compile(PrincipalType type, std::string_view text);

  [[nodiscard]] bool Matches(const Principal& principal) const;

  [[nodiscard]] Match match() const { return match_; }
  [[nodiscard]] PrincipalType type() const { return type_; }
  /// As the policy spells it.
  [[nodiscard]] const std::string& text() const { return named_.text; }
  [[nodiscard]] const std::optional<AccountId>& account() const { return named_.account; }
  /// What AWS would accept in its place; empty if the entry is sound.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  /// The id that AWS shows where a named user or role was deleted; it is accepted and matches nobody.
  [[nodiscard]] bool deleted() const { return deleted_; }

 private:
  void CompileAws(std::string_view text);
  void Refuse(std::string expected);

  Match match_ = Match::kNobody;
  PrincipalType type_ = PrincipalType::kAws;
  Principal named_;
  std::string problem_;
  bool deleted_ = false;
};

}  // namespace crrsim::policy
