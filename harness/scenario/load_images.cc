// Images: what content there is to push.
#include <fmt/format.h>

#include <algorithm>

#include "harness/scenario/parts.h"
#include "sim/nearest_name.h"

namespace crrsim {

namespace {

/// A name of an image that was defined above.
void CheckDefined(LoadContext& context, const Node& where, const std::string& name) {
  const auto& names = context.image_names;
  if (std::find(names.begin(), names.end(), name) != names.end()) return;
  context.Refuse(where.place, fmt::format("there is no image '{}' above{}", name, DidYouMean(name, names)));
}

void CheckSource(LoadContext& context, const Node& node, const ImageSpec& image) {
  const int sources =
      (image.path.empty() ? 0 : 1) + (image.index_of.empty() ? 0 : 1) + (node.Find("layers") == nullptr ? 0 : 1);
  if (node.IsMap() && sources != 1) {
    context.Refuse(node.place, fmt::format("image '{}' needs one of layers, index_of and path, found {}", image.name,
                                           sources == 0 ? "none" : "several"));
  }
  if (!image.based_on.empty() && node.Find("layers") == nullptr)
    context.Refuse(node.place, "'based_on' goes with layers");
}

ImageSpec LoadImage(LoadContext& context, const Member& member) {
  const auto before = context.diagnostics.size();
  ObjectReader reader(context, member.value, SectionOf("image"));
  ImageSpec image;
  image.name = member.key;
  image.place = member.key_place;
  if (const auto* layers = reader.Get("layers")) {
    for (const auto* item : ValueReader(context).List(*layers)) {
      if (const auto size = ValueReader(context).Size(*item)) image.layers.push_back(*size);
    }
  }
  image.based_on = reader.Text("based_on").value_or("");
  if (!image.based_on.empty()) CheckDefined(context, *reader.Get("based_on"), image.based_on);
  image.index_of = reader.TextList("index_of");
  for (const auto& child : image.index_of) CheckDefined(context, *reader.Get("index_of"), child);
  image.subject = reader.Text("subject").value_or("");
  if (!image.subject.empty()) CheckDefined(context, *reader.Get("subject"), image.subject);
  image.artifact_type = reader.Text("artifact_type").value_or("");
  if (reader.OneOf("content") == "sizes-only") image.content = ImageSpec::Content::kSizesOnly;
  image.distinct_per_push = reader.YesNo("distinct_per_push").value_or(false);
  image.path = reader.Text("path").value_or("");
  image.findings = reader.CountMap("findings");
  if (context.diagnostics.size() == before) CheckSource(context, member.value, image);
  if (image.distinct_per_push && image.layers.empty())
    context.Refuse(image.place, "'distinct_per_push' goes with layers");
  return image;
}

}  // namespace

void LoadImages(LoadContext& context, const Node& node, Scenario& scenario) {
  if (!node.IsMap())
    return context.Refuse(node.place, fmt::format("found {}, expected images by name", DescriptionOf(node)));
  for (const auto& member : node.members) {
    scenario.images.push_back(LoadImage(context, member));
    context.image_names.push_back(member.key);
  }
}

}  // namespace crrsim
