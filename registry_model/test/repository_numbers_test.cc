// Numbers in place of names: each name has its own, however alike they are.
#include "registry_model/repository_numbers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace crrsim {
namespace {

using testing::ElementsAre;

RegistryKey Registry(std::uint64_t account, std::string_view region) {
  return {AccountId::FromNumber(account), RegionName::Parse(region).value()};
}
RepositoryName RepositoryNamed(std::string_view name) { return RepositoryName::Parse(name).value(); }

TEST(RepositoryNumbersTest, NumbersCountFromZeroInTheOrderOfFirstMention) {
  RepositoryNumbers numbers;
  EXPECT_EQ(numbers.NumberOf(Registry(2, "us-west-2"), RepositoryNamed("web")), 0U);
  EXPECT_EQ(numbers.NumberOf(Registry(1, "us-west-2"), RepositoryNamed("web")), 1U);
  EXPECT_EQ(numbers.NumberOf(Registry(2, "us-west-2"), RepositoryNamed("web")), 0U);
  EXPECT_EQ(numbers.size(), 2U);
  EXPECT_EQ(numbers.KeyOf(1), (RepositoryKey{Registry(1, "us-west-2"), RepositoryNamed("web")}));
}

TEST(RepositoryNumbersTest, LookingUpAnUnknownNameAddsNothing) {
  const RepositoryNumbers numbers;
  EXPECT_EQ(numbers.Find(Registry(1, "us-west-2"), RepositoryNamed("web")), std::nullopt);
  EXPECT_EQ(numbers.size(), 0U);
}

TEST(RepositoryNumbersTest, EveryPartOfTheNameTellsApart) {
  const std::vector<RegistryKey> registries = {
      Registry(0, "us-west-2"),
      Registry(999'999'999'999, "us-west-2"),
      Registry(0, "us-west-1"),
      Registry(0, "us"),
      Registry(0, "a-region-of-25-characters"),
      Registry(0, "a-region-of-25-characterz"),
      Registry(0, "a-region-of-24-character"),
  };
  const std::vector<RepositoryName> names = {RepositoryNamed("us-west-2"), RepositoryNamed("web"),
                                             RepositoryNamed("web2"), RepositoryNamed(std::string(256, 'a')),
                                             RepositoryNamed(std::string(255, 'a') + 'b')};
  RepositoryNumbers numbers;
  std::set<RepositoryNumber> given;
  for (const auto& registry : registries) {
    for (const auto& name : names) given.insert(numbers.NumberOf(registry, name));
  }
  EXPECT_EQ(given.size(), registries.size() * names.size());
  for (const auto& registry : registries) {
    for (const auto& name : names) {
      const auto number = numbers.Find(registry, name);
      ASSERT_TRUE(number.has_value());
      EXPECT_EQ(numbers.KeyOf(*number), (RepositoryKey{registry, name}));
    }
  }
}

TEST(RepositoryNumbersTest, SortedGoesByAccountThenRegionThenName) {
  RepositoryNumbers numbers;
  numbers.NumberOf(Registry(2, "eu-west-1"), RepositoryNamed("aa"));
  numbers.NumberOf(Registry(1, "us-west-2"), RepositoryNamed("bb"));
  numbers.NumberOf(Registry(1, "us-west-2"), RepositoryNamed("aa"));
  numbers.NumberOf(Registry(1, "eu-west-1"), RepositoryNamed("zz"));
  EXPECT_THAT(numbers.Sorted(), ElementsAre(3, 2, 1, 0));
}

TEST(RepositoryNumbersTest, SavedAndLoadedTheyAreTheSame) {
  RepositoryNumbers numbers;
  numbers.NumberOf(Registry(2, "eu-west-1"), RepositoryNamed("aa"));
  numbers.NumberOf(Registry(1, "us-west-2"), RepositoryNamed("bb"));
  Writer writer;
  writer.Put(numbers);
  Reader reader(writer.bytes());
  auto loaded = reader.Get<RepositoryNumbers>();
  EXPECT_EQ(loaded.NumberOf(Registry(1, "us-west-2"), RepositoryNamed("bb")), 1U);
  EXPECT_EQ(loaded.NumberOf(Registry(3, "us-west-2"), RepositoryNamed("bb")), 2U);
}

TEST(RegionNameTest, EqualTextsHashEquallyHoweverTheyCameAbout) {
  const auto parsed = RegionName::Parse("us-west-2").value();
  auto overwritten = RegionName::Parse("a-region-of-25-characters").value();
  overwritten = RegionName::Parse("us-west-2").value();
  Writer writer;
  writer.Put(parsed);
  Reader reader(writer.bytes());
  const auto loaded = reader.Get<RegionName>();
  EXPECT_EQ(parsed, overwritten);
  EXPECT_EQ(parsed, loaded);
  EXPECT_EQ(parsed.LookupHash(), overwritten.LookupHash());
  EXPECT_EQ(parsed.LookupHash(), loaded.LookupHash());
  EXPECT_NE(parsed, RegionName());
}

}  // namespace
}  // namespace crrsim
