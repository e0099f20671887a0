// The run digest covers every field of every event.
#include <gtest/gtest.h>

#include "registry_model/events.h"
#include "sim/digest.h"

namespace crrsim {
namespace {

void Change(bool& value) { value = !value; }
void Change(std::uint64_t& value) { ++value; }
void Change(std::string& value) { value += "x"; }
void Change(AccountId& value) { value = AccountId::FromNumber(value.number() + 1); }
void Change(RegionName& value) { value = *RegionName::Parse(value.text() == "eu-west-1" ? "eu-west-2" : "eu-west-1"); }
void Change(RepositoryName& value) { value = *RepositoryName::Parse(value.text() + "xx"); }
void Change(Tag& value) { value = *Tag::Parse(value.text() + "x"); }
void Change(Digest& value) { value = Digest::Of(value.text()); }
void Change(ByteCount& value) { value += Bytes(1); }
void Change(Instant& value) { value += Nanoseconds(1); }
void Change(FindingCounts& value) { ++value["HIGH"]; }
void Change(std::vector<Tag>& value) { value.push_back(*Tag::Parse("x")); }
void Change(std::vector<Digest>& value) { value.push_back(Digest::Of("x")); }
void Change(std::vector<ScanFrequencyChange>& value) { value.emplace_back(); }
void Change(Uuid& value) { ++value.low; }
void Change(BusDetail& value) {
  if (value.index() == 0) {
    value = BackfillFinished();
  } else {
    value = ImageAction();
  }
}
void Change(std::string_view& value) { value = "other"; }
void Change(ReplicationConfiguration& value) { value.rules.emplace_back(); }
template <class T>
  requires std::is_enum_v<T>
void Change(T& value) {
  value = static_cast<T>(value == static_cast<T>(0) ? 1 : 0);
}
template <class T>
void Change(std::optional<T>& value) {
  value = value ? std::nullopt : std::optional(T{});
}

Hash128 DigestOf(const Event& event) {
  Writer writer;
  AppendCanonical(event, writer);
  RunDigest digest;
  digest.Add(writer.bytes());
  return digest.value();
}

/// Changes the n-th leaf field of a struct, structs in structs included. Returns its name, or empty when there are
/// fewer.
struct NthChanger {
  int left;
  std::string changed;

  template <class T>
  void operator()(std::string_view name, T& field) {
    if constexpr (std::is_same_v<T, Replication> || std::is_same_v<T, RegistryKey>) {
      T::Fields(field, *this);
    } else if (left-- == 0) {
      Change(field);
      changed = name;
    }
  }
};

template <std::size_t index = 0>
int ForEveryField() {
  if constexpr (index == std::variant_size_v<EventBody>) {
    return 0;
  } else {
    using Body = std::variant_alternative_t<index, EventBody>;
    const Event plain{Instant(), Body{}};
    int fields = 0;
    for (;; ++fields) {
      Body body{};
      NthChanger changer{fields, {}};
      Body::Fields(body, changer);
      if (changer.changed.empty()) break;
      EXPECT_NE(DigestOf({Instant(), body}), DigestOf(plain)) << Body::kName << "." << changer.changed;
    }
    EXPECT_GT(fields, 0) << Body::kName;
    EXPECT_NE(DigestOf({Instant() + Nanoseconds(1), Body{}}), DigestOf(plain)) << Body::kName;
    return fields + ForEveryField<index + 1>();
  }
}

TEST(EventDigestTest, ChangingAnyOneFieldOfAnyEventChangesIt) { EXPECT_GT(ForEveryField(), 100); }

TEST(EventDigestTest, EventsWithTheSameFieldsDifferByTheirNames) {
  EXPECT_NE(DigestOf({Instant(), LinkCut{}}), DigestOf({Instant(), LinkHealed{}}));
}

}  // namespace
}  // namespace crrsim
