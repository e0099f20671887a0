// Policies: parsing one, deciding on a parsed one, and a line of a batch, against a plain parse of the same text.
//
// `JsonParse` is the reference: nlohmann/json makes a tree of the policy's text and nothing else happens.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "registry_model/policy/batch_case.h"
#include "registry_model/policy/evaluate.h"
#include "registry_model/policy/parse.h"
#include "sim/check.h"

namespace {

using crrsim::policy::Document;
using crrsim::policy::Outcome;
using crrsim::policy::Request;

/// What a registry with two source accounts has, with a condition on each side of the usual.
const std::string kPolicy = R"({
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Replicate", "Effect": "Allow",
     "Principal": {"AWS": ["arn:aws:iam::111122223333:root", "222233334444"]},
     "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
     "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/team-*",
     "Condition": {"StringLike": {"aws:RequestedRegion": ["eu-*", "us-*"]}}},
    {"Sid": "OnlyFromInside", "Effect": "Deny", "Principal": "*", "Action": "ecr:*", "Resource": "*",
     "Condition": {"NotIpAddressIfExists": {"aws:SourceIp": ["10.0.0.0/8", "2001:db8::/32"]},
                   "StringNotEquals": {"aws:PrincipalAccount": ["111122223333", "222233334444"]}}}
  ]
})";

Request MakeRequest() {
  return {*crrsim::policy::Principal::Parse("arn:aws:sts::111122223333:assumed-role/push/s1"),
          "ecr:ReplicateImage",
          "arn:aws:ecr:eu-west-1:444455556666:repository/team-a/api",
          {{"aws:PrincipalAccount", {"111122223333"}},
           {"aws:PrincipalArn", {"arn:aws:iam::111122223333:role/push"}},
           {"aws:RequestedRegion", {"eu-west-1"}}}};
}

void JsonParse(benchmark::State& state) {
  for (auto _ : state) {
    auto tree = nlohmann::json::parse(kPolicy);
    benchmark::DoNotOptimize(tree);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kPolicy.size()));
}
BENCHMARK(JsonParse);

void PolicyParse(benchmark::State& state) {
  for (auto _ : state) {
    auto document = crrsim::policy::ParseDocument(kPolicy);
    CRRSIM_CHECK(document.ok());
    benchmark::DoNotOptimize(document);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kPolicy.size()));
}
BENCHMARK(PolicyParse);

void PolicyEvaluate(benchmark::State& state) {
  const Document document = *crrsim::policy::ParseDocument(kPolicy);
  const Request request = MakeRequest();
  for (auto _ : state) {
    const auto decision = Evaluate(document, request);
    CRRSIM_CHECK(decision.outcome == Outcome::kAllowed);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PolicyEvaluate);

/// What `policy eval --batch` does for each line but for reading and writing it.
void PolicyBatchLine(benchmark::State& state) {
  std::string line = R"({"policy": )" + kPolicy +
                     R"(, "principal": "arn:aws:sts::111122223333:assumed-role/push/s1", "action": "ecr:ReplicateImage",
      "resource": "arn:aws:ecr:eu-west-1:444455556666:repository/team-a/api",
      "context": {"aws:PrincipalAccount": "111122223333", "aws:RequestedRegion": "eu-west-1", "aws:TagKeys": ["a", "b"]}})";
  for (auto _ : state) {
    const auto parsed = crrsim::policy::ParseBatchCase(line);
    const auto decision = Evaluate(parsed->document, parsed->request);
    CRRSIM_CHECK(decision.outcome == Outcome::kAllowed);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(PolicyBatchLine);

}  // namespace
