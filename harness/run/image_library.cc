#include "harness/run/image_library.h"

#include <fmt/format.h>

#include <filesystem>

#include "harness/images/layer_memo.h"
#include "harness/images/load.h"
#include "harness/images/synthetic.h"

namespace crrsim {

namespace {

/// A path of the file is relative to it; one of the command line is not.
std::string PathOf(const ImageSpec& spec, const std::string& scenario) {
  if (spec.path_from == ImageSpec::PathFrom::kCommandLine) return spec.path;
  return (std::filesystem::path(scenario).parent_path() / spec.path).lexically_normal().string();
}

}  // namespace

Result<ImageLibrary, Diagnostics> ImageLibrary::Build(const Scenario& scenario) {
  ImageLibrary library;
  Diagnostics problems;
  for (const auto& spec : scenario.images) {
    auto content =
        spec.path.empty() ? library.Synthesise(spec, spec.name) : LoadImage(PathOf(spec, scenario.path), std::nullopt);
    if (!content) {
      problems.all.push_back({spec.place, fmt::format("image '{}': {}", spec.name, content.error().message)});
      continue;
    }
    library.specs_.emplace(spec.name, spec);
    library.images_.emplace(spec.name, std::move(*content));
  }
  if (!problems.all.empty()) return problems;
  return library;
}

Result<ImageContent, ImageError> ImageLibrary::Synthesise(const ImageSpec& spec, const std::string& name) {
  const auto content_of = [&](const std::string& other) -> const ImageContent* {
    const auto found = images_.find(other);
    return found == images_.end() ? nullptr : &found->second;
  };
  // An image above that could not be made has been complained of already.
  const auto unmade = [](const std::string& other) {
    return ImageError{fmt::format("image '{}' could not be made", other)};
  };
  const auto* subject = content_of(spec.subject);
  if (subject == nullptr && !spec.subject.empty()) return unmade(spec.subject);
  if (!spec.index_of.empty()) {
    SyntheticIndexSpec index{{}, spec.artifact_type, subject};
    for (const auto& child : spec.index_of) {
      index.images.push_back(content_of(child));
      if (index.images.back() == nullptr) return unmade(child);
    }
    return MakeSyntheticIndex(index);
  }
  const auto* base = content_of(spec.based_on);
  if (base == nullptr && !spec.based_on.empty()) return unmade(spec.based_on);
  SyntheticImageSpec image;
  image.name = name;
  image.layers = spec.layers;
  image.content = spec.content == ImageSpec::Content::kBytes ? LayerContent::kBytes : LayerContent::kSizesOnly;
  image.based_on = base;
  image.artifact_type = spec.artifact_type;
  image.subject = subject;
  return MakeSyntheticImage(image, memo_);
}

const ImageContent& ImageLibrary::ContentOf(const std::string& name, std::int64_t n) {
  const auto& spec = specs_.at(name);
  if (!spec.distinct_per_push || n == 1) return images_.at(name);
  const auto known = distinct_.find({name, n});
  if (known != distinct_.end()) return known->second;
  auto content = Synthesise(spec, fmt::format("{}#{}", name, n));
  CRRSIM_CHECK(content.ok(), "image {} could be made, but not for push {}: {}", name, n, content.error().message);
  return distinct_.emplace(std::pair(name, n), std::move(*content)).first->second;
}

std::vector<std::string> ImageLibrary::Notes() const {
  std::vector<std::string> notes;
  for (const auto& [name, content] : images_) notes.push_back(fmt::format("image {}: {}", name, content.origin));
  return notes;
}

}  // namespace crrsim
