// The lifecycle policy operations and their limits.
#include <fmt/format.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using testing::HasSubstr;

/// Expires all but the youngest `count` images; padded to a length in characters.
std::string Keeping(int count, std::size_t length = 0) {
  auto text = fmt::format(R"({{"rules":[{{"rulePriority":1,"selection":{{"tagStatus":"any","countType":)"
                          R"("imageCountMoreThan","countNumber":{}}},"action":{{"type":"expire"}}}}]}})",
                          count);
  if (text.size() < length) text.append(length - text.size(), ' ');
  return text;
}
PutLifecyclePolicyRequest PutPolicyOf(const std::string& text) { return {std::nullopt, "app", text}; }
StartLifecyclePolicyPreviewRequest PreviewOf(std::optional<std::string> text) {
  return {std::nullopt, "app", std::move(text)};
}
GetLifecyclePolicyPreviewRequest ResultsOf() {
  GetLifecyclePolicyPreviewRequest request;
  request.repository_name = "app";
  return request;
}

TEST(LifecycleApiTest, APolicyIsPutShownAndDeleted) {
  ApiBench bench;
  bench.Create("app");
  const std::string absent =
      "Lifecycle policy does not exist for the repository with name 'app' in the registry with id '111122223333'";
  EXPECT_EQ(bench.ExpectRefusal(GetLifecyclePolicyRequest{std::nullopt, "app"}, "LifecyclePolicyNotFoundException"),
            absent);
  EXPECT_EQ(bench.ExpectRefusal(DeleteLifecyclePolicyRequest{std::nullopt, "app"}, "LifecyclePolicyNotFoundException"),
            absent);
  bench.TakeEventNames();
  EXPECT_EQ(bench.Call(PutPolicyOf(Keeping(3)))->lifecycle_policy_text, Keeping(3));
  EXPECT_EQ(bench.LastEvent<RepositorySettingChanged>().setting, "lifecyclePolicy");
  EXPECT_EQ(bench.LastEvent<RepositorySettingChanged>().value, Keeping(3));
  const auto shown = bench.Call(GetLifecyclePolicyRequest{std::nullopt, "app"});
  EXPECT_EQ(shown->lifecycle_policy_text, Keeping(3));
  EXPECT_EQ(shown->last_evaluated_at, std::nullopt);
  EXPECT_EQ(bench.Call(DeleteLifecyclePolicyRequest{std::nullopt, "app"})->lifecycle_policy_text, Keeping(3));
  bench.ExpectRefusal(GetLifecyclePolicyRequest{std::nullopt, "app"}, "LifecyclePolicyNotFoundException");
  bench.ExpectRefusal(PutLifecyclePolicyRequest{std::nullopt, "other", Keeping(3)}, "RepositoryNotFoundException");
}

TEST(LifecycleApiTest, TheTextHasAHundredTo30720Characters) {
  ApiBench bench;
  bench.Create("app");
  EXPECT_THAT(bench.ExpectRefusal(PutPolicyOf(std::string(99, ' ')), exception::kInvalidParameter),
              HasSubstr("'lifecyclePolicyText' failed to satisfy constraint: 'Member must have length between 100 and "
                        "30720, found 99'"));
  EXPECT_THAT(bench.ExpectRefusal(PutPolicyOf(std::string(100, ' ')), exception::kInvalidParameter),
              HasSubstr("Lifecycle policy validation failure: "));
  EXPECT_TRUE(bench.Call(PutPolicyOf(Keeping(1, 30'720))).ok());
  EXPECT_THAT(bench.ExpectRefusal(PutPolicyOf(Keeping(1, 30'721)), exception::kInvalidParameter),
              HasSubstr("found 30721"));
  EXPECT_THAT(bench.ExpectRefusal(PreviewOf(Keeping(1, 30'721)), exception::kInvalidParameter),
              HasSubstr("found 30721"));
  EXPECT_THAT(bench.ExpectRefusal(PutPolicyOf(Keeping(0)), exception::kInvalidParameter),
              HasSubstr("/rules/0/selection/countNumber: found"));
}

class LifecyclePreviewTest : public testing::Test {
 protected:
  LifecyclePreviewTest() {
    bench_.Create("app");
    for (const auto* tag : {"v1", "v2", "", "v4"}) {
      bench_.now += Seconds(1);
      digests_.push_back(bench_.Push("app", fmt::format("image{}", digests_.size()), tag)->digest.text());
    }
  }
  void Finish() { bench_.now += bench_.options.lifecycle_preview_duration; }
  std::vector<std::string> Listed(const GetLifecyclePolicyPreviewRequest& request) {
    std::vector<std::string> listed;
    const auto answer = bench_.Call(request);
    if (!answer) return {answer.error().message};
    for (const auto& result : answer->preview_results) listed.push_back(result.image_digest);
    return listed;
  }

  ApiBench bench_;
  std::vector<std::string> digests_;  // oldest first
};

TEST_F(LifecyclePreviewTest, IsInProgressForAWhileAndThenShowsWhatWouldGo) {
  bench_.ExpectRefusal(ResultsOf(), "LifecyclePolicyPreviewNotFoundException");
  bench_.ExpectRefusal(PreviewOf(std::nullopt), "LifecyclePolicyNotFoundException");
  EXPECT_EQ(bench_.Call(PreviewOf(Keeping(1)))->status, "IN_PROGRESS");
  bench_.ExpectRefusal(PreviewOf(Keeping(2)), "LifecyclePolicyPreviewInProgressException");
  auto shown = bench_.Call(ResultsOf());
  EXPECT_EQ(shown->status, "IN_PROGRESS");
  EXPECT_TRUE(shown->preview_results.empty());
  EXPECT_FALSE(shown->summary);
  bench_.now += bench_.options.lifecycle_preview_duration - Nanoseconds(1);
  EXPECT_EQ(bench_.Call(ResultsOf())->status, "IN_PROGRESS");
  bench_.now += Nanoseconds(1);
  shown = bench_.Call(ResultsOf());
  EXPECT_EQ(shown->status, "COMPLETE");
  EXPECT_EQ(shown->lifecycle_policy_text, Keeping(1));
  ASSERT_EQ(shown->preview_results.size(), 3u);
  const auto& oldest = shown->preview_results.front();
  EXPECT_EQ(oldest.image_digest, digests_[0]);
  EXPECT_EQ(oldest.image_tags, std::vector<std::string>{"v1"});
  EXPECT_EQ(oldest.action.type, "EXPIRE");
  EXPECT_EQ(oldest.action.target_storage_class, std::nullopt);
  EXPECT_EQ(oldest.applied_rule_priority, 1);
  EXPECT_EQ(oldest.storage_class, "STANDARD");
  EXPECT_EQ(shown->preview_results[2].image_tags, std::nullopt);
  EXPECT_EQ(shown->summary->expiring_image_total_count, 3);
  EXPECT_FALSE(shown->summary->transitioning_image_total_counts);
  EXPECT_EQ(bench_.repository("app").images.size(), 4u) << "a preview deletes nothing";
  EXPECT_TRUE(bench_.Call(PreviewOf(Keeping(2))).ok());
}

TEST_F(LifecyclePreviewTest, TakesTheRepositorysPolicyAndCountsTransitions) {
  const std::string archiving =
      R"({"rules":[{"rulePriority":7,"selection":{"tagStatus":"untagged","countType":"sinceImagePushed",)"
      R"("countUnit":"days","countNumber":1},"action":{"type":"transition","targetStorageClass":"archive"}}]})";
  ASSERT_TRUE(bench_.Call(PutPolicyOf(archiving)).ok());
  bench_.now += Days(2);
  ASSERT_TRUE(bench_.Call(PreviewOf(std::nullopt)).ok());
  Finish();
  const auto shown = bench_.Call(ResultsOf());
  ASSERT_EQ(shown->preview_results.size(), 1u);
  EXPECT_EQ(shown->preview_results[0].action.type, "TRANSITION");
  EXPECT_EQ(shown->preview_results[0].action.target_storage_class, "ARCHIVE");
  EXPECT_EQ(shown->summary->transitioning_image_total_counts->at(0).image_total_count, 1);
}

TEST_F(LifecyclePreviewTest, IsPagedAndFiltered) {
  ASSERT_TRUE(bench_.Call(PreviewOf(Keeping(1))).ok());
  Finish();
  auto request = ResultsOf();
  for (const auto& [size, sound] : {std::pair{0, false}, {1, true}, {100, true}, {101, false}}) {
    request.max_results = size;
    if (sound) {
      EXPECT_TRUE(bench_.Call(request).ok());
    } else {
      bench_.ExpectRefusal(request, exception::kInvalidParameter);
    }
  }
  request.max_results = 2;
  const auto first = bench_.Call(request);
  EXPECT_EQ(first->preview_results.size(), 2u);
  EXPECT_EQ(first->summary->expiring_image_total_count, 3) << "the summary is of all";
  request.next_token = first->next_token;
  EXPECT_EQ(Listed(request), std::vector<std::string>{digests_[2]});
  EXPECT_EQ(bench_.Call(request)->next_token, std::nullopt);

  request = ResultsOf();
  request.filter = LifecyclePolicyPreviewFilter{"UNTAGGED"};
  EXPECT_EQ(Listed(request), std::vector<std::string>{digests_[2]});
  request.filter = LifecyclePolicyPreviewFilter{"TAGGED"};
  EXPECT_EQ(Listed(request), (std::vector<std::string>{digests_[0], digests_[1]}));
  request.filter = LifecyclePolicyPreviewFilter{"SOME"};
  bench_.ExpectRefusal(request, exception::kInvalidParameter);
  request = ResultsOf();
  request.image_ids = std::vector<ImageIdentifier>{{std::nullopt, "v2"}, {digests_[3], std::nullopt}};
  EXPECT_EQ(Listed(request), std::vector<std::string>{digests_[1]}) << "the other stays";
  request.max_results = 5;
  bench_.ExpectRefusal(request, exception::kInvalidParameter);
}

}  // namespace
}  // namespace crrsim
