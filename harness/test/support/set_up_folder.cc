#include "harness/test/support/set_up_folder.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace crrsim {

std::string RuleToProd(std::string_view filters) {
  nlohmann::json rule = {{"destinations", {{{"region", "eu-west-1"}, {"registryId", "444455556666"}}}}};
  if (!filters.empty()) {
    for (const auto& filter : nlohmann::json::parse(filters)) {
      rule["repositoryFilters"].push_back({{"filter", filter}, {"filterType", "PREFIX_MATCH"}});
    }
  }
  return nlohmann::json{{"registryId", "111122223333"},
                        {"replicationConfiguration", {{"rules", nlohmann::json::array({rule})}}}}
      .dump(2);
}

std::string PrintedPolicy(std::string_view statements) {
  const auto text = fmt::format(R"({{"Version": "2012-10-17", "Statement": {}}})", statements);
  return nlohmann::json{{"registryId", "444455556666"}, {"policyText", text}}.dump(2);
}

std::string GrantToBuild(std::string_view repositories, std::string_view actions, std::string_view more) {
  return fmt::format(
      R"({{"Sid": "Repl", "Effect": "Allow", "Principal": {{"AWS": "arn:aws:iam::111122223333:root"}}, "Action": {},
          "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/{}"{}}})",
      actions, repositories, more);
}

SetUp ReadOrFail(const std::string& folder) {
  auto set_up = ReadSetUp(folder);
  if (set_up) return *std::move(set_up);
  for (const auto& diagnostic : set_up.error().all) ADD_FAILURE() << ToText(diagnostic);
  return {};
}

}  // namespace crrsim
