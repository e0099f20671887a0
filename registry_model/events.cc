#include "registry_model/events.h"

#include <array>

namespace crrsim {

std::string_view NameOf(Origin origin) {
  switch (origin) {
    case Origin::kClient:
      return "client";
    case Origin::kReplication:
      return "replication";
    case Origin::kPullThroughCache:
      return "pull-through-cache";
  }
  FailCheck(__FILE__, __LINE__, "a known origin", "");
}

std::string_view NameOf(StorageClass storage_class) {
  return storage_class == StorageClass::kStandard ? "STANDARD" : "ARCHIVE";
}

std::string_view NameOf(ImageStatus status) {
  constexpr std::array<std::string_view, 3> kNames = {"ACTIVE", "ARCHIVED", "ACTIVATING"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view NameOf(DeletionCause cause) {
  constexpr std::array<std::string_view, 3> kNames = {"client", "lifecycle", "repository"};
  return kNames.at(static_cast<std::size_t>(cause));
}

std::string_view Event::name() const {
  return std::visit([](const auto& alternative) { return std::decay_t<decltype(alternative)>::kName; }, body);
}

void AppendCanonical(const Event& event, Writer& writer) {
  writer.Put(event.when);
  std::visit(
      [&](const auto& alternative) {
        writer.PutText(std::decay_t<decltype(alternative)>::kName);
        writer.Put(alternative);
      },
      event.body);
}

}  // namespace crrsim
