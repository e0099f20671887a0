// One registry with what an API operation needs around it, and no world: for tests of the API and the content steps.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "registry_model/api/operations.h"
#include "sim/digest.h"
#include "sim/units_text.h"

namespace crrsim::api_test {

inline RegistryKey Key(std::string_view account, std::string_view region) {
  return {AccountId::Parse(account).value(), RegionName::Parse(region).value()};
}
inline RepositoryName Named(std::string_view name) { return RepositoryName::Parse(name).value(); }
inline Tag Tagged(std::string_view tag) { return Tag::Parse(tag).value(); }

inline const RegistryKey kHome = Key("111122223333", "eu-west-1");
inline const RegistryKey kStranger = Key("444455556666", "eu-west-1");
inline constexpr std::string_view kUpload = "00000000-0000-4000-8000-000000000000";

/// A blob over invented bytes.
Blob Content(const std::string& name);
/// The text of an OCI image manifest over these blobs, config first; `note` makes otherwise equal ones differ.
std::string ImageText(const std::vector<Blob>& blobs, const std::string& note = "");
/// The text of an OCI index over these manifests.
std::string IndexText(const std::vector<ManifestPtr>& children);
ManifestPtr Parsed(const std::string& text, std::string_view declared = "");

enum class ManifestBytes : std::uint8_t { kNotCounted, kCounted };
/// What is wrong with a repository's invariants (repository.h), or nothing: counted anew from the manifests.
std::string Inconsistency(const Repository& repository, ManifestBytes manifests);
/// The same of what the repositories of a registry share by mounting.
std::string MountInconsistency(const Registry& registry);

class ApiBench : public EventSink, public ScanStarter, public BackfillRunner {
 public:
  ApiBench();

  Registry registry;
  Assumptions assumptions;
  ApiOptions options;
  StatusBoard statuses;
  Instant now = ParseInstant("2026-11-01T00:00:00Z").value();
  std::vector<EventBody> events;
  /// Their images are listed and copied by hand.
  Backfills backfill_states;
  ReplicationRoles roles;

  /// Calls as `caller`, the owner's root unless said otherwise.
  template <class Request>
  ApiResult<typename Request::Response> Call(const Request& request) {
    return CallAs(Caller::RootOf(kHome), request);
  }
  template <class Request>
  ApiResult<typename Request::Response> CallAs(const Caller& caller, const Request& request) {
    auto context = ContextFor(caller);
    auto answer = Execute(context, request);
    ExpectConsistent();
    return answer;
  }
  [[nodiscard]] ApiContext ContextFor(const Caller& caller) {
    return {caller, registry, now, options, assumptions, statuses, ids_, *this, *this, *this, roles};
  }
  [[nodiscard]] ContentContext content(Origin origin = Origin::kClient) {
    return {now, registry, origin, assumptions, *this};
  }

  /// Calls, and expects a refusal that changed nothing and said nothing. Returns its message.
  template <class Request>
  std::string ExpectRefusal(const Request& request, std::string_view exception) {
    return ExpectRefusalAs(Caller::RootOf(kHome), request, exception);
  }
  template <class Request>
  std::string ExpectRefusalAs(const Caller& caller, const Request& request, std::string_view exception) {
    const auto before = HashOf(registry);
    const auto stream_before = HashOf(ids_);
    const auto said_before = events.size();
    const auto answer = CallAs(caller, request);
    EXPECT_EQ(HashOf(registry), before) << "a refused call changed the registry";
    EXPECT_EQ(HashOf(ids_), stream_before) << "a refused call drew an id";
    EXPECT_EQ(events.size(), said_before) << "a refused call emitted an event";
    EXPECT_FALSE(answer.ok()) << "not refused";
    if (answer) return "";
    EXPECT_EQ(answer.error().exception, exception) << answer.error().message;
    return answer.error().message;
  }

  void ExpectConsistent() const;

  // Set-up that has to succeed.
  void Create(const std::string& repository, const std::string& mutability = "MUTABLE",
              const std::vector<std::string>& exclusions = {});
  void Upload(const std::string& repository, const Blob& blob);
  /// Uploads config and one layer named after the image and puts the manifest. Returns it.
  ManifestPtr Push(const std::string& repository, const std::string& image, const std::string& tag = "");
  void PutPolicy(const std::string& text);

  [[nodiscard]] const Repository& repository(std::string_view name) const { return *registry.Find(Named(name)); }
  /// The published names of the events since the last call, in order.
  std::vector<std::string> TakeEventNames();
  template <class Body>
  [[nodiscard]] const Body& LastEvent() const {
    return std::get<Body>(events.back());
  }

  void Take(Event& event) override { events.push_back(std::move(event.body)); }
  void ScanOnArrival(const RegistryKey& key, const RepositoryName& name, const Manifest& manifest) override;
  void StartScan(const RegistryKey& key, const RepositoryName& name, const Digest& digest) override;
  [[nodiscard]] const Backfills& backfills() const override { return backfill_states; }
  const Backfill& StartBackfill(const RegistryKey& source, const RegistryKey& destination) override {
    return backfill_states.at(backfill_states.Start(Uuid::Draw(ids_), source, destination, now));
  }
  void StopBackfill(BackfillNumber number) override { backfill_states.Stop(number, now); }
  /// Ends a scan with these findings.
  void FinishScan(std::string_view repository, const Digest& digest, FindingCounts findings);

 private:
  RandomStream ids_;
  std::size_t taken_ = 0;
};

/// A PutImage of this manifest text.
PutImageRequest PutOf(const std::string& repository, const std::string& text, const std::string& tag = "");

}  // namespace crrsim::api_test
