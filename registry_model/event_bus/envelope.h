// The JSON of the events that ECR sends to EventBridge, member by member as AWS documents it.
//
// Envelope: version "0", id, detail-type, source "aws.ecr", account, time (whole seconds, Z), region, resources,
// detail; members of `detail` are in kebab-case.
//
// Source  ecr-replication.md 6, 6.1, 6.2, 6.3.
#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "registry_model/event_bus/bus_event.h"

namespace crrsim {

/// `ECR Image Action`, `ECR Replication Action`, `ECR Image Scan`, `ECR Scan Resource Change`, `ECR Replication
/// Backfill` (our name), `ECR Referrer Action`.
std::string_view DetailTypeOf(const BusDetail& detail);
/// All of them.
std::span<const std::string_view> DetailTypes();

nlohmann::json JsonOf(const BusDetail& detail);
/// An event of this type, for the names of its members: all that it can have are there. Requires one of DetailTypes().
nlohmann::json SampleOf(std::string_view detail_type);
/// The whole event.
nlohmann::json EnvelopeOf(const BusEvent& event);

}  // namespace crrsim
