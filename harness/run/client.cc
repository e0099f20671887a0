#include "harness/run/client.h"

#include <algorithm>

namespace crrsim {

namespace {

std::optional<std::string> RegistryIdFor(const Caller& caller, const RegistryKey& registry) {
  if (caller.account == registry.account) return std::nullopt;
  return registry.account.text();
}

}  // namespace

Caller CallerFor(const std::string& arn, const RegistryKey& registry) {
  if (arn.empty()) return Caller::RootOf(registry);
  // arn:partition:service:region:account:resource
  std::size_t start = 0;
  for (int colons = 0; colons < 4; ++colons) start = arn.find(':', start) + 1;
  const auto account = AccountId::Parse(std::string_view(arn).substr(start, 12));
  CRRSIM_CHECK(account.ok(), "{} names no account", arn);
  return {*account, arn, registry.region};
}

template <class Request>
ApiResult<typename Request::Response> Client::Send(Request request) {
  wait_();
  request.registry_id = RegistryIdFor(caller_, registry_);
  return world_.Apply(caller_, request);
}

ApiResult<Digest> Client::Push(const RepositoryName& name, const std::optional<Tag>& tag, const ImageContent& content) {
  const auto& repository = name.text();
  for (std::size_t first = 0; first < content.blobs.size(); first += 100) {
    const auto last = std::min(first + 100, content.blobs.size());
    BatchCheckLayerAvailabilityRequest check;
    check.repository_name = repository;
    for (auto i = first; i < last; ++i) check.layer_digests.push_back(content.blobs[i].digest.text());
    const auto known = Send(std::move(check));
    if (!known) return known.error();
    for (auto i = first; i < last; ++i) {
      const auto& layer = known->layers.at(i - first);
      if (layer.layer_availability == "AVAILABLE") continue;
      UploadBlobRequest upload;
      upload.repository_name = repository;
      upload.blob = content.blobs[i];
      if (auto stored = Send(std::move(upload)); !stored) return stored.error();
    }
  }
  for (const auto& manifest : content.manifests) {
    const bool root = manifest == content.root;
    PutParsedImageRequest put;
    put.repository_name = repository;
    put.manifest = manifest;
    if (root && tag) put.image_tag = tag->text();
    const auto stored = Send(std::move(put));
    // A child that an earlier image of the repository brought is no failure of this push.
    if (!stored && (root || stored.error().exception != exception::kImageAlreadyExists)) return stored.error();
  }
  return content.root->digest;
}

ApiResult<Digest> Client::Pull(const ImageReference& image) {
  BatchGetImageRequest get;
  get.repository_name = image.repository.text();
  ImageIdentifier id;
  if (image.tag) id.image_tag = image.tag->text();
  if (image.digest) id.image_digest = image.digest->text();
  get.image_ids.push_back(id);
  const auto answer = Send(std::move(get));
  if (!answer) return answer.error();
  if (answer->images.empty()) {
    const auto& failure = answer->failures.at(0);
    return ApiError{std::string(exception::kImageNotFound), failure.failure_reason};
  }
  const auto digest = Digest::Parse(*answer->images.front().image_id.image_digest);
  CRRSIM_CHECK(digest.ok());
  return *digest;
}

}  // namespace crrsim
