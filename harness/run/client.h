// Simulated clients: a push and a pull as the API calls that a real client makes.
//
// A push asks which blobs the registry has, uploads the others, and puts the manifests, children before their index,
// the root last with the tag. Each call takes the scenario's call latency of virtual time at the client, so time passes
// inside a push.
#pragma once

#include <functional>
#include <string>

#include "harness/images/image_content.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

class Client {
 public:
  /// `wait` lets virtual time pass; it is called before each call of the client with the call latency.
  Client(World& world, Caller caller, RegistryKey registry, std::function<void()> wait)
      : world_(world), caller_(std::move(caller)), registry_(registry), wait_(std::move(wait)) {}

  /// Layers that the repository `mount_from` has are mounted from it, where the registry does that. Returns the digest
  /// of the root manifest.
  /// On error  what the registry answered; what was uploaded before stays there, as with a real client.
  ApiResult<Digest> Push(const RepositoryName& repository, const std::optional<Tag>& tag, const ImageContent& content,
                         const std::optional<RepositoryName>& mount_from = std::nullopt);
  /// Returns the digest of the manifest that was fetched. On error  ImageNotFoundException where the registry has no
  /// such image.
  ApiResult<Digest> Pull(const ImageReference& image);

 private:
  template <class Request>
  ApiResult<typename Request::Response> Send(const Request& request);

  World& world_;
  Caller caller_;
  RegistryKey registry_;
  std::function<void()> wait_;
};

/// The caller that a scenario means: the principal `arn`, or the root of the registry's account when it is empty, at
/// the registry's region. Requires an ARN whose account is 12 digits.
Caller CallerFor(const std::string& arn, const RegistryKey& registry);

}  // namespace crrsim
