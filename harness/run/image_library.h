// The content of the images that a scenario defines, made when first asked for.
#pragma once

#include <map>
#include <string>

#include "harness/images/image_content.h"
#include "harness/images/layer_memo.h"
#include "harness/scenario/scenario.h"
#include "sim/result.h"

namespace crrsim {

/// Independent of the seed, so one library serves all runs of a scenario; it is used by one thread at a time.
class ImageLibrary {
 public:
  /// Builds or loads every image of the scenario.
  /// On error  the place of the definition whose content cannot be had, and why.
  static Result<ImageLibrary, Diagnostics> Build(const Scenario& scenario);

  /// The content of the n-th push of an image: the same for all pushes, unless the definition says that each has its
  /// own. Requires a defined name. The reference stays valid.
  const ImageContent& ContentOf(const std::string& name, std::int64_t n);

  /// One line an image: where its content comes from.
  [[nodiscard]] std::vector<std::string> Notes() const;

 private:
  Result<ImageContent, ImageError> Synthesise(const ImageSpec& spec, const std::string& name);

  LayerMemo memo_ = LayerMemo::OfUser();
  std::map<std::string, ImageSpec> specs_;
  std::map<std::string, ImageContent> images_;
  std::map<std::pair<std::string, std::int64_t>, ImageContent> distinct_;
};

}  // namespace crrsim
