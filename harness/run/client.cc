#include "harness/run/client.h"

namespace crrsim {

Caller CallerFor(const std::string& arn, const RegistryKey& registry) {
  if (arn.empty()) return Caller::RootOf(registry);
  // arn:partition:service:region:account:resource
  std::size_t start = 0;
  for (int colons = 0; colons < 4; ++colons) start = arn.find(':', start) + 1;
  const auto account = AccountId::Parse(std::string_view(arn).substr(start, 12));
  CRRSIM_CHECK(account.ok(), "{} names no account", arn);
  return {*account, arn, registry.region};
}

bool CallPacing::IsTransient(const ApiError& error) {
  return error.exception == exception::kThrottling || error.exception == exception::kServer;
}

template <class Request>
ApiResult<typename Request::Response> Client::Send(const Request& request) {
  return pacing_.Make(world_, [&] { return world_.Apply(caller_, registry_, request); });
}

ApiResult<Digest> Client::Push(const RepositoryName& repository, const std::optional<Tag>& tag,
                               const ImageContent& content, const std::optional<RepositoryName>& mount_from) {
  const auto from = mount_from ? std::optional(mount_from->text()) : std::nullopt;
  for (const auto& blob : content.blobs) {
    const auto uploaded = Send(UploadBlobRequest{std::nullopt, repository.text(), blob, from});
    if (!uploaded) return uploaded.error();
  }
  for (const auto& manifest : content.manifests) {
    const bool root = manifest == content.root;
    // A child that an earlier image of the repository brought is no failure of this push.
    const auto put = Send(PutParsedImageRequest{std::nullopt, repository.text(), manifest,
                                                root && tag ? std::optional(tag->text()) : std::nullopt,
                                                root ? Repush::kRefuse : Repush::kAccept});
    if (!put) return put.error();
  }
  return content.root->digest;
}

ApiResult<Digest> Client::Import(const ImageReference& image, const ImageContent& upstream) {
  const auto imported = Send(ImportUpstreamImageRequest{std::nullopt, image.repository.text(), image.tag->text(),
                                                        upstream.manifests, upstream.blobs});
  if (!imported) return imported.error();
  return imported->digest;
}

ApiResult<Digest> Client::Pull(const ImageReference& image) {
  BatchGetImageRequest get;
  get.repository_name = image.repository.text();
  ImageIdentifier id;
  if (image.tag) id.image_tag = image.tag->text();
  if (image.digest) id.image_digest = image.digest->text();
  get.image_ids.push_back(id);
  const auto answer = Send(get);
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
