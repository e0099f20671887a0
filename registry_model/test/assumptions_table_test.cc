#include <gtest/gtest.h>

#include <set>

#include "registry_model/assumptions.h"
#include "sim/digest.h"

namespace crrsim {
namespace {

TEST(AssumptionsTest, TheTableHasEveryEntryOnceInTheOrderOfTheEnum) {
  const auto table = AssumptionTable();
  ASSERT_EQ(table.size(), kAssumptionCount);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(static_cast<std::size_t>(table[i].id), i) << table[i].name;
    EXPECT_EQ(&InfoOf(table[i].id), &table[i]);
    EXPECT_TRUE(names.insert(table[i].name).second) << table[i].name;
  }
}

TEST(AssumptionsTest, EveryEntrySaysWhatItMeansWhatIsKnownAndWhere) {
  for (const auto& info : AssumptionTable()) {
    EXPECT_FALSE(info.values.empty()) << info.name;
    EXPECT_EQ(std::set<std::string_view>(info.values.begin(), info.values.end()).size(), info.values.size());
    EXPECT_TRUE(info.meaning.ends_with('.')) << info.name;
    EXPECT_TRUE(info.known.ends_with('.')) << info.name;
    EXPECT_FALSE(info.section.empty()) << info.name;
  }
}

TEST(AssumptionsTest, StartsWithTheDefaultsAndNothingConsulted) {
  const Assumptions assumptions;
  for (const auto& info : AssumptionTable()) {
    EXPECT_EQ(assumptions.value(info.id), info.values.front());
    EXPECT_FALSE(assumptions.consulted(info.id));
  }
}

TEST(AssumptionsTest, EveryValueCanBeSetAndChangesNoOther) {
  for (const auto& info : AssumptionTable()) {
    for (const auto value : info.values) {
      Assumptions assumptions;
      ASSERT_TRUE(assumptions.Set(info.name, value).ok());
      for (const auto& other : AssumptionTable()) {
        EXPECT_EQ(assumptions.value(other.id), other.id == info.id ? value : other.values.front());
      }
    }
  }
}

TEST(AssumptionsTest, OnlyUseNotesAnEntryAsConsulted) {
  Assumptions assumptions;
  ASSERT_TRUE(assumptions.Set("month", "730h").ok());
  EXPECT_EQ(assumptions.value(Assumption::kMonth), "730h");
  EXPECT_FALSE(assumptions.consulted(Assumption::kMonth));
  EXPECT_EQ(assumptions.Use(Assumption::kMonth), "730h");
  EXPECT_TRUE(assumptions.consulted(Assumption::kMonth));
  EXPECT_FALSE(assumptions.consulted(Assumption::kGigabyte));
}

TEST(AssumptionsTest, RefusesUnknownNamesAndValuesWithTheNearest) {
  Assumptions assumptions;
  const auto before = assumptions;
  EXPECT_EQ(assumptions.Set("job_oder", "per-tag").error().message,
            "'job_oder' is not an assumption; did you mean 'job_order'?");
  EXPECT_EQ(assumptions.Set("job_order", "pertag").error().message,
            "'pertag' is not a value of the assumption 'job_order'; expected per-tag or concurrent or "
            "per-destination; did you mean 'per-tag'?");
  EXPECT_FALSE(assumptions.Set("job_order", "").ok());
  EXPECT_FALSE(assumptions.Set("", "per-tag").ok());
  EXPECT_EQ(assumptions, before);
}

TEST(AssumptionsTest, AreSavedWithWhatWasConsulted) {
  Assumptions assumptions;
  ASSERT_TRUE(assumptions.Set("denial", "retry").ok());
  assumptions.Use(Assumption::kVisibility);
  Writer writer;
  writer.Put(assumptions);
  Reader reader(writer.bytes());
  EXPECT_EQ(reader.Get<Assumptions>(), assumptions);
  EXPECT_TRUE(reader.at_end());
}

}  // namespace
}  // namespace crrsim
