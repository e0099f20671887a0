// The steps by which content enters and leaves a repository: what they change, what they say, in which order.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "registry_model/test/support/api_bench.h"

namespace crrsim {
namespace {

using api_test::ApiBench;
using api_test::Content;
using api_test::ImageText;
using api_test::IndexText;
using api_test::kHome;
using api_test::Named;
using api_test::Parsed;
using api_test::Tagged;
using testing::ElementsAre;
using testing::IsEmpty;

class ContentTest : public testing::Test {
 protected:
  ContentTest() {
    CreateRepositoryIn(bench_.content(), bench_.registry, name_, {}, "");
    bench_.TakeEventNames();
  }
  ~ContentTest() override { bench_.ExpectConsistent(); }

  Repository& repository() { return *bench_.registry.FindMutable(name_); }
  std::int64_t stored() { return repository().stored_bytes.bytes(); }
  void Store(const Blob& blob) { StoreBlob(bench_.content(), repository(), blob.digest, blob.size); }
  /// Stores the blobs and the image over them.
  ManifestPtr Insert(const std::vector<Blob>& blobs, const std::string& note = "") {
    for (const auto& blob : blobs) Store(blob);
    auto manifest = Parsed(ImageText(blobs, note));
    InsertManifest(bench_.content(), repository(), manifest);
    return manifest;
  }
  ManifestPtr InsertIndex(const std::vector<ManifestPtr>& children) {
    auto index = Parsed(IndexText(children));
    InsertManifest(bench_.content(), repository(), index);
    return index;
  }
  std::vector<std::string> Names() { return bench_.TakeEventNames(); }

  RepositoryName name_ = Named("team/api");
  ApiBench bench_;
  Blob config_ = Content("config");
  Blob layer_ = Content("a layer");
  Blob other_ = Content("another layer");
};

TEST_F(ContentTest, ACreatedRepositorySaysWhoMadeItAndByWhichTemplate) {
  RepositorySettings settings;
  settings.mutability = TagMutability::kImmutable;
  const auto& created =
      CreateRepositoryIn(bench_.content(Origin::kReplication), bench_.registry, Named("prod/x"), settings, "prod");
  EXPECT_EQ(bench_.LastEvent<RepositoryCreated>(),
            (RepositoryCreated{kHome, Named("prod/x"), Origin::kReplication, "prod"}));
  EXPECT_EQ(created.name, Named("prod/x"));
  EXPECT_EQ(created.created_at, bench_.now);
  EXPECT_EQ(created.created_by, Origin::kReplication);
  EXPECT_EQ(created.template_prefix, "prod");
  EXPECT_EQ(created.settings, settings);
  EXPECT_EQ(bench_.registry.Find(Named("prod/x")), &created);
  EXPECT_THROW(CreateRepositoryIn(bench_.content(), bench_.registry, Named("prod/x"), {}, ""), Defect);
}

TEST_F(ContentTest, ABlobIsStoredOnce) {
  Store(layer_);
  EXPECT_EQ(bench_.LastEvent<BlobStored>(), (BlobStored{kHome, name_, layer_.digest, layer_.size, Origin::kClient}));
  EXPECT_EQ(stored(), layer_.size.bytes());
  Store(layer_);
  EXPECT_THAT(Names(), ElementsAre("BlobStored"));
  EXPECT_EQ(stored(), layer_.size.bytes());
}

TEST_F(ContentTest, MissingReferencesAreBlobsThenChildrenEachOnce) {
  const auto image = Parsed(ImageText({config_, layer_, layer_, other_}));
  Store(layer_);
  EXPECT_THAT(FindMissing(repository(), *image).blobs, ElementsAre(config_.digest, other_.digest));
  EXPECT_FALSE(FindMissing(repository(), *image).none());
  const auto index = Parsed(IndexText({image, image}));
  EXPECT_THAT(FindMissing(repository(), *index).children, ElementsAre(image->digest));
  Store(config_);
  Store(other_);
  EXPECT_TRUE(FindMissing(repository(), *image).none());
}

TEST_F(ContentTest, AForeignLayerIsNeitherAskedForNorCounted) {
  const auto text = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"{}","config":{{"mediaType":"{}","digest":"{}","size":{}}},"layers":[)"
      R"({{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","digest":"{}","size":7,)"
      R"("urls":["https://example.com/layer"]}}]}})",
      media_type::kDockerManifest, media_type::kDockerConfig, config_.digest.text(), config_.size.bytes(),
      layer_.digest.text());
  Store(config_);
  const auto image = Parsed(text);
  EXPECT_TRUE(FindMissing(repository(), *image).none());
  InsertManifest(bench_.content(), repository(), image);
  EXPECT_THAT(bench_.LastEvent<ManifestStored>().references, ElementsAre(config_.digest));
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_EQ(stored(), 0);
}

TEST_F(ContentTest, AManifestEntersAfterItsBlobsAndCountsThem) {
  const auto image = Insert({config_, layer_, layer_, other_});
  EXPECT_THAT(Names(), ElementsAre("BlobStored", "BlobStored", "BlobStored", "ManifestStored"));
  EXPECT_EQ(bench_.LastEvent<ManifestStored>(), (ManifestStored{kHome,
                                                                name_,
                                                                image->digest,
                                                                image->media_type,
                                                                {config_.digest, layer_.digest, other_.digest},
                                                                ByteCount(),
                                                                Origin::kClient}));
  EXPECT_EQ(stored(), image->blob_bytes.bytes());
  EXPECT_EQ(repository().blobs.Find(layer_.digest)->references, 1);
  EXPECT_EQ(repository().images.Find(image->digest)->pushed_at, bench_.now);

  const auto second = Insert({config_, layer_}, "second");
  EXPECT_EQ(repository().blobs.Find(layer_.digest)->references, 2);
  EXPECT_EQ(stored(), image->blob_bytes.bytes()) << "a shared layer counts once";
  Names();
  InsertManifest(bench_.content(), repository(), second);
  EXPECT_THAT(Names(), IsEmpty()) << "one that is there changes nothing";
}

TEST_F(ContentTest, AManifestWithoutItsContentIsADefect) {
  const auto image = Parsed(ImageText({config_, layer_}));
  EXPECT_THROW(InsertManifest(bench_.content(), repository(), image), Defect);
  repository().images.Erase(image->digest);
}

TEST_F(ContentTest, ManifestBytesCountWhereAssumed) {
  ASSERT_TRUE(bench_.assumptions.Set("manifest_bytes", "counted").ok());
  const auto image = Insert({config_, layer_});
  EXPECT_EQ(bench_.LastEvent<ManifestStored>().stored, image->size());
  EXPECT_EQ(stored(), image->blob_bytes.bytes() + image->size().bytes());
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_EQ(stored(), 0);
}

TEST_F(ContentTest, ATagIsBoundMovedAndLeftAlone) {
  const auto first = Insert({config_, layer_}, "first");
  const auto second = Insert({config_, layer_}, "second");
  Names();
  const auto content = bench_.content(Origin::kReplication);
  EXPECT_EQ(BindTag(content, repository(), Tagged("v1"), first->digest), TagOutcome::kBound);
  EXPECT_EQ(bench_.LastEvent<TagMoved>(),
            (TagMoved{kHome, name_, Tagged("v1"), std::nullopt, first->digest, Origin::kReplication}));
  EXPECT_EQ(BindTag(content, repository(), Tagged("v1"), first->digest), TagOutcome::kUnchanged);
  EXPECT_EQ(BindTag(content, repository(), Tagged("v1"), second->digest), TagOutcome::kMoved);
  EXPECT_EQ(bench_.LastEvent<TagMoved>(),
            (TagMoved{kHome, name_, Tagged("v1"), first->digest, second->digest, Origin::kReplication}));
  EXPECT_THAT(Names(), ElementsAre("TagMoved", "TagMoved"));
  EXPECT_THAT(repository().images.Find(first->digest)->tags, IsEmpty());
  EXPECT_EQ(repository().FindImage(Tagged("v1"))->manifest->digest, second->digest);
  EXPECT_THROW(BindTag(content, repository(), Tagged("v1"), Digest::Of("absent")), Defect);
}

TEST_F(ContentTest, AnImmutableTagIsBoundOnceAndStays) {
  const auto first = Insert({config_, layer_}, "first");
  const auto second = Insert({config_, layer_}, "second");
  repository().settings.mutability = TagMutability::kImmutable;
  EXPECT_EQ(BindTag(bench_.content(), repository(), Tagged("v1"), first->digest), TagOutcome::kBound);
  Names();
  EXPECT_EQ(BindTag(bench_.content(), repository(), Tagged("v1"), first->digest), TagOutcome::kUnchanged)
      << "the same digest is no conflict";
  EXPECT_EQ(BindTag(bench_.content(), repository(), Tagged("v1"), second->digest), TagOutcome::kRefusedImmutable);
  EXPECT_THAT(Names(), IsEmpty());
  EXPECT_EQ(repository().FindImage(Tagged("v1"))->manifest->digest, first->digest);
}

TEST_F(ContentTest, ATagThatIsTakenOffLeavesTheImage) {
  const auto image = Insert({config_, layer_});
  BindTag(bench_.content(), repository(), Tagged("v1"), image->digest);
  RemoveTag(bench_.content(), repository(), Tagged("v1"));
  EXPECT_EQ(bench_.LastEvent<TagMoved>(),
            (TagMoved{kHome, name_, Tagged("v1"), image->digest, std::nullopt, Origin::kClient}));
  EXPECT_NE(repository().FindImage(image->digest), nullptr);
  EXPECT_EQ(repository().FindImage(Tagged("v1")), nullptr);
  EXPECT_THROW(RemoveTag(bench_.content(), repository(), Tagged("v1")), Defect);
}

TEST_F(ContentTest, ARemovedImageTakesItsTagsThenItselfThenItsOwnBlobs) {
  const auto image = Insert({config_, layer_, other_}, "goes");
  const auto kept = Insert({config_, layer_}, "stays");
  for (const auto* tag : {"b", "a"}) BindTag(bench_.content(), repository(), Tagged(tag), image->digest);
  Names();
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_THAT(Names(), ElementsAre("TagMoved", "TagMoved", "ManifestRemoved", "BlobRemoved"));
  EXPECT_EQ(bench_.LastEvent<BlobRemoved>(), (BlobRemoved{kHome, name_, other_.digest, other_.size}));
  EXPECT_EQ(stored(), kept->blob_bytes.bytes());
  EXPECT_EQ(repository().FindImage(image->digest), nullptr);
}

TEST_F(ContentTest, UnreferencedLayersStayWhereAssumed) {
  ASSERT_TRUE(bench_.assumptions.Set("unreferenced_layers", "kept").ok());
  const auto image = Insert({config_, layer_});
  Names();
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_THAT(Names(), ElementsAre("ManifestRemoved"));
  EXPECT_EQ(stored(), image->blob_bytes.bytes());
  EXPECT_EQ(repository().blobs.Find(layer_.digest)->references, 0);
  DeleteRepositoryFrom(bench_.content(), bench_.registry, name_);
  EXPECT_THAT(Names(), ElementsAre("BlobRemoved", "BlobRemoved", "RepositoryDeleted"));
}

TEST_F(ContentTest, TheAssumptionIsAskedOnlyWhenALayerLosesItsLastImage) {
  const auto image = Insert({config_, layer_}, "one");
  Insert({config_, layer_}, "two");
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_FALSE(bench_.assumptions.consulted(Assumption::kUnreferencedLayers));
}

TEST_F(ContentTest, AListedImageCannotGoBeforeItsIndex) {
  const auto image = Insert({config_, layer_});
  const auto index = InsertIndex({image, image});
  EXPECT_EQ(repository().images.Find(image->digest)->indexes, 1) << "listed twice by one index";
  EXPECT_THROW(RemoveImage(bench_.content(), repository(), image->digest), Defect);
  RemoveImage(bench_.content(), repository(), index->digest);
  EXPECT_EQ(repository().images.Find(image->digest)->indexes, 0);
  RemoveImage(bench_.content(), repository(), image->digest);
  EXPECT_EQ(stored(), 0);
}

TEST_F(ContentTest, ADeletedRepositoryTakesIndexesBeforeChildrenAndLooseBlobsLast) {
  const auto image = Insert({config_, layer_});
  const auto inner = InsertIndex({image});
  const auto outer = InsertIndex({inner, image});
  Store(other_);
  BindTag(bench_.content(), repository(), Tagged("v1"), image->digest);
  bench_.events.clear();
  DeleteRepositoryFrom(bench_.content(), bench_.registry, name_);
  std::vector<Digest> removed;
  for (const auto& body : bench_.events) {
    if (const auto* gone = std::get_if<ManifestRemoved>(&body)) removed.push_back(gone->digest);
  }
  EXPECT_THAT(removed, ElementsAre(outer->digest, inner->digest, image->digest));
  EXPECT_EQ(std::get<BlobRemoved>(bench_.events.end()[-2]).blob, other_.digest);
  EXPECT_EQ(bench_.LastEvent<RepositoryDeleted>(), (RepositoryDeleted{kHome, name_}));
  EXPECT_EQ(bench_.registry.Find(name_), nullptr);
  EXPECT_THROW(DeleteRepositoryFrom(bench_.content(), bench_.registry, name_), Defect);
}

TEST_F(ContentTest, WhatEventsAddIsWhatIsStored) {
  const auto first = Insert({config_, layer_}, "first");
  Insert({config_, other_}, "second");
  RemoveImage(bench_.content(), repository(), first->digest);
  std::int64_t sum = 0;
  for (const auto& body : bench_.events) {
    if (const auto* blob = std::get_if<BlobStored>(&body)) sum += blob->stored.bytes();
    if (const auto* blob = std::get_if<BlobRemoved>(&body)) sum -= blob->freed.bytes();
    if (const auto* manifest = std::get_if<ManifestStored>(&body)) sum += manifest->stored.bytes();
    if (const auto* manifest = std::get_if<ManifestRemoved>(&body)) sum -= manifest->freed.bytes();
  }
  EXPECT_EQ(sum, stored());
}

TEST_F(ContentTest, ACopyOfARegistrySharesWhatNeitherChanges) {
  Insert({config_, layer_});
  auto copy = bench_.registry;
  EXPECT_TRUE(copy.repositories.Find(name_)->SharesWith(*bench_.registry.repositories.Find(name_)));
  Store(other_);
  EXPECT_FALSE(copy.repositories.Find(name_)->SharesWith(*bench_.registry.repositories.Find(name_)));
  EXPECT_EQ(copy.Find(name_)->blobs.Find(other_.digest), nullptr);
}

TEST_F(ContentTest, ARegistryIsReadBackAsItWasSaved) {
  const auto image = Insert({config_, layer_});
  InsertIndex({image});
  BindTag(bench_.content(), repository(), Tagged("v1"), image->digest);
  bench_.PutPolicy(R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:*","Resource":"*"}})");
  repository().settings.repository_policy =
      RepositoryPolicy::Parse(R"({"Statement":{"Effect":"Deny","Principal":"*","Action":"ecr:*"}})").value();
  Writer writer;
  writer.Put(bench_.registry);
  Reader reader(writer.bytes());
  const auto loaded = reader.Get<Registry>();
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(HashOf(loaded), HashOf(bench_.registry));
  EXPECT_EQ(loaded.policy->text(), bench_.registry.policy->text());
}

}  // namespace
}  // namespace crrsim
