// All registries of a world: a map by key whose registries stand in known places.
#include <gtest/gtest.h>

#include <string_view>
#include <utility>
#include <vector>

#include "registry_model/registry/registry.h"
#include "sim/archive.h"
#include "sim/check.h"

namespace crrsim {
namespace {

RegistryKey KeyOf(std::uint64_t account, std::string_view region) {
  return {AccountId::FromNumber(account), *RegionName::Parse(region)};
}

const std::vector<RegistryKey> kUnsorted = {KeyOf(2, "eu-west-1"), KeyOf(1, "us-west-2"), KeyOf(2, "us-west-2"),
                                            KeyOf(1, "eu-west-1")};

Registries MakeRegistries() {
  Registries registries;
  for (const auto& key : kUnsorted) registries[key].key = key;
  return registries;
}

TEST(RegistriesTest, WhateverTheOrderOfAddingTheyStandSortedByKey) {
  auto registries = MakeRegistries();
  ASSERT_EQ(registries.size(), 4u);
  std::vector<RegistryKey> keys;
  for (const auto& [key, registry] : registries) {
    EXPECT_EQ(registry.key, key);
    keys.push_back(key);
  }
  EXPECT_EQ(keys, (std::vector{kUnsorted[3], kUnsorted[1], kUnsorted[0], kUnsorted[2]}));
  for (Registries::Place place = 0; place < keys.size(); ++place) {
    EXPECT_EQ(registries.PlaceOf(keys[place]), place);
    EXPECT_EQ(registries.AtPlace(place).key, keys[place]);
    EXPECT_EQ(registries.Find(keys[place])->key, keys[place]);
  }
}

TEST(RegistriesTest, AskingForOneAgainAddsNone) {
  auto registries = MakeRegistries();
  registries[kUnsorted[0]].opted_in = false;
  EXPECT_EQ(registries.size(), 4u);
  EXPECT_FALSE(registries.at(kUnsorted[0]).opted_in);
}

TEST(RegistriesTest, WhatIsNotThereIsNullAndADefectForWhoReliesOnIt) {
  const auto registries = MakeRegistries();
  const auto absent = KeyOf(3, "us-west-2");
  EXPECT_EQ(registries.Find(absent), nullptr);
  EXPECT_FALSE(registries.contains(absent));
  EXPECT_EQ(registries.PlaceOf(absent), std::nullopt);
  EXPECT_THROW((void)registries.at(absent), Defect);
}

TEST(RegistriesTest, TheyAreReadBackFromTheirBytesAndNotFromOthers) {
  const auto registries = MakeRegistries();
  Writer writer;
  writer.Put(registries);
  Reader reader(writer.bytes());
  auto again = reader.Get<Registries>();
  EXPECT_TRUE(reader.at_end());
  ASSERT_EQ(again.size(), registries.size());
  for (const auto& key : kUnsorted) EXPECT_EQ(again.PlaceOf(key), registries.PlaceOf(key));

  // The same rows in another order.
  std::vector<Registries::Row> rows(registries.begin(), registries.end());
  std::swap(rows[1], rows[2]);
  Writer unsorted;
  unsorted.Put(rows);
  Reader bad(unsorted.bytes());
  EXPECT_THROW(bad.Get<Registries>(), ArchiveError);
}

}  // namespace
}  // namespace crrsim
