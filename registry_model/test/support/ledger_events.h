// Short words for what a ledger hears, so that a test reads as a story.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "registry_model/metering/ledger.h"
#include "sim/units_text.h"

namespace crrsim::ledger_test {

inline Instant At(std::string_view text) { return ParseInstant(text).value(); }

inline RegistryKey Registry(std::string_view account, std::string_view region) {
  return {AccountId::Parse(account).value(), RegionName::Parse(region).value()};
}
inline RepositoryName Named(std::string_view name) { return RepositoryName::Parse(name).value(); }
inline Digest Content(const std::string& name) { return Digest::Of(name); }

inline const RegistryKey kWest = Registry("111122223333", "us-west-2");
inline const RegistryKey kEast = Registry("111122223333", "us-east-1");
inline const RegistryKey kIreland = Registry("111122223333", "eu-west-1");
inline const RegistryKey kPartnerInIreland = Registry("444455556666", "eu-west-1");
inline const RepositoryName kApi = Named("team/api");
inline const RepositoryName kWeb = Named("web");

constexpr CalendarMonth kNovember{2026, 11};
constexpr CalendarMonth kDecember{2026, 12};

inline Event Stored(Instant when, const RegistryKey& registry, const RepositoryName& repository,
                    const std::string& blob, ByteCount size, Origin origin = Origin::kClient) {
  return {when, BlobStored{registry, repository, Content(blob), size, origin}};
}
/// A manifest that adds `bytes` to what is kept of its repository.
inline Event ManifestSeen(Instant when, const RegistryKey& registry, const RepositoryName& repository,
                          const std::string& name, ByteCount bytes, Origin origin = Origin::kClient) {
  ManifestStored stored;
  stored.registry = registry;
  stored.repository = repository;
  stored.digest = Content(name);
  stored.stored = bytes;
  stored.origin = origin;
  return {when, stored};
}

inline Event Removed(Instant when, const RegistryKey& registry, const RepositoryName& repository,
                     const std::string& blob, ByteCount size) {
  return {when, BlobRemoved{registry, repository, Content(blob), size}};
}

/// One copy's way; the payer is the source's account unless a test says otherwise.
struct Way {
  RegistryKey from;
  RegistryKey to;
  RepositoryName repository;
};
inline Event Arrived(Instant when, const Way& way, const std::string& blob, ByteCount size, TransferId number = 1) {
  return {when, TransferEnded{number, 1, way.from, way.to, way.repository, Content(blob), way.from.account, size,
                              ByteCount(), FailureCode::kNone}};
}
inline Event Failed(Instant when, const Way& way, const std::string& blob, ByteCount wasted) {
  return {when, TransferEnded{1, 1, way.from, way.to, way.repository, Content(blob), way.from.account, ByteCount(),
                              wasted, FailureCode::kTimedOut}};
}

inline Int128 ByteNanoseconds(ByteCount bytes, Duration duration) {
  return static_cast<Int128>(bytes.bytes()) * duration.nanoseconds();
}

}  // namespace crrsim::ledger_test

// GoogleTest prints what differs; it has no printer for 128 bits and for rows.
namespace crrsim {

inline void PrintTo(const StorageRow& row, std::ostream* out) {
  *out << ToText(row.where.registry) << "/" << row.where.repository.text() << " " << ToText(row.month) << ": "
       << ToDecimal(row.byte_nanoseconds);
}
inline void PrintTo(const ReplicatedRow& row, std::ostream* out) {
  *out << ToText(row.source.registry) << "/" << row.source.repository.text() << " " << ToText(row.month) << ": volume "
       << row.volume.bytes() << ", " << ToDecimal(row.byte_nanoseconds);
}
inline void PrintTo(const TransferRow& row, std::ostream* out) {
  *out << ToText(row.source) << " to " << ToText(row.destination) << " " << row.repository.text() << " for "
       << row.payer.text() << ": " << row.useful.bytes() << " useful, " << row.wasted.bytes() << " wasted, "
       << row.transfers << " transfers";
}

}  // namespace crrsim
