// Simulated clients: a push and a pull as the API calls that a real client makes.
//
// A push asks which blobs the registry has, uploads the others, and puts the manifests, children before their index,
// the root last with the tag. Each call takes the scenario's call latency of virtual time at the client, so time passes
// inside a push.
#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "harness/images/image_content.h"
#include "harness/scenario/scenario.h"
#include "registry_model/world/world.h"

namespace crrsim {

/// How a client makes its calls. As the SDKs do, it repeats those that were throttled or met a server error.
struct CallPacing {
  std::function<void(Duration)> wait;  // lets virtual time pass
  Duration latency;                    // before each call
  Duration retry_for;                  // since the first call of the kind; not at all when zero

  /// ThrottlingException or ServerException.
  static bool IsTransient(const ApiError& error);

  /// What `call` answers in the end. Waits 1 s, 2 s, 4 s, ... 20 s between attempts.
  template <class Call>
  auto Make(const World& world, Call call) const -> decltype(call()) {
    const auto started = world.now();
    for (auto backoff = Seconds(1);; backoff = std::min(backoff * 2, Seconds(20))) {
      wait(latency);
      auto answer = call();
      if (answer || !IsTransient(answer.error()) || world.now() + backoff - started > retry_for) return answer;
      wait(backoff);
    }
  }
};

class Client {
 public:
  Client(World& world, Caller caller, RegistryKey registry, CallPacing pacing)
      : world_(world), caller_(std::move(caller)), registry_(registry), pacing_(std::move(pacing)) {}

  /// Layers that the repository `mount_from` has are mounted from it, where the registry does that. Returns the digest
  /// of the root manifest.
  /// On error  what the registry answered; what was uploaded before stays there, as with a real client.
  ApiResult<Digest> Push(const RepositoryName& repository, const std::optional<Tag>& tag, const ImageContent& content,
                         const std::optional<RepositoryName>& mount_from = std::nullopt);
  /// Returns the digest of the manifest that was fetched. On error  ImageNotFoundException where the registry has no
  /// such image.
  ApiResult<Digest> Pull(const ImageReference& image);
  /// Lets the pull-through cache get the image from an upstream that has this content, if it lacks it.
  /// Requires a reference by tag.
  ApiResult<Digest> Import(const ImageReference& image, const ImageContent& upstream);

 private:
  template <class Request>
  ApiResult<typename Request::Response> Send(const Request& request);

  World& world_;
  Caller caller_;
  RegistryKey registry_;
  CallPacing pacing_;
};

/// The caller that a scenario means: the principal `arn`, or the root of the registry's account when it is empty, at
/// the registry's region. Requires an ARN whose account is 12 digits.
Caller CallerFor(const std::string& arn, const RegistryKey& registry);

}  // namespace crrsim
