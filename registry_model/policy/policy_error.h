// What is wrong with a policy document, and where.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace crrsim::policy {

struct PolicyError {
  std::string pointer;   // JSON pointer (RFC 6901) of the value, or of the object that lacks one; empty is the document
  int line = 0;          // from 1; 0 where no text was given
  int column = 0;        // in characters, from 1
  std::string found;     // e.g. `"allow"`, `a number`, `nothing`
  std::string expected;  // e.g. `"Allow" or "Deny"`
  std::string nearest;   // the valid spelling that was probably meant; may be empty
  friend bool operator==(const PolicyError&, const PolicyError&) = default;
};

/// `3:17: /Statement/0/Effect: found "allow", expected "Allow" or "Deny"; did you mean "Allow"?`
std::string ToText(const PolicyError& error);

/// An error at a byte of a text, its line and column counted.
PolicyError ErrorAtOffset(std::string_view text, std::size_t offset, std::string found, std::string expected);

/// What a document holds that parses and yet deserves a word.
enum class FindingKind {
  kRefusedByAws,  // PutRegistryPolicy would not take the document
  kNeverMatches,  // this part of the document cannot match any request
  kSurprising,    // it means something else than it seems to
};

struct Finding {
  FindingKind kind = FindingKind::kSurprising;
  PolicyError what;
  friend bool operator==(const Finding&, const Finding&) = default;
};

}  // namespace crrsim::policy
