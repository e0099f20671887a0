#include "harness/images/load.h"
#include "harness/images/synthetic.h"
#include "python/bindings.h"
#include "python/convert.h"
#include "python/handles.h"

namespace py = pybind11;

namespace crrsim::python {

namespace {

const ImageContent* OrNull(const std::optional<ImageHandle>& image) { return image ? image->content.get() : nullptr; }

ImageHandle Handle(Result<ImageContent, ImageError> content) {
  auto shared = std::make_shared<const ImageContent>(ValueOf(std::move(content)));
  py::str digest(shared->root->digest.text());
  return {std::move(shared), std::move(digest)};
}

ImageHandle Synthetic(const std::string& name, const std::vector<std::int64_t>& layers, bool sizes_only,
                      const std::optional<ImageHandle>& based_on, const std::string& artifact_type,
                      const std::optional<ImageHandle>& subject, const std::string& architecture) {
  SyntheticImageSpec spec;
  spec.name = name;
  for (const auto size : layers) {
    if (size < 0) throw py::value_error("a layer cannot have fewer than 0 bytes");
    spec.layers.push_back(ByteCount::FromBytes(size));
  }
  spec.content = sizes_only ? LayerContent::kSizesOnly : LayerContent::kBytes;
  spec.based_on = OrNull(based_on);
  spec.artifact_type = artifact_type;
  spec.subject = OrNull(subject);
  spec.platform.architecture = architecture;
  const py::gil_scoped_release others_may_run;
  auto memo = LayerMemo::OfUser();
  auto content = MakeSyntheticImage(spec, memo);
  const py::gil_scoped_acquire back;
  return Handle(std::move(content));
}

ImageHandle IndexOf(const std::vector<ImageHandle>& images, const std::string& artifact_type,
                    const std::optional<ImageHandle>& subject) {
  SyntheticIndexSpec spec;
  for (const auto& image : images) spec.images.push_back(image.content.get());
  spec.artifact_type = artifact_type;
  spec.subject = OrNull(subject);
  return Handle(MakeSyntheticIndex(spec));
}

ImageHandle LoadFrom(const std::string& path, const std::optional<std::string>& reference) {
  const py::gil_scoped_release others_may_run;
  auto content = LoadImage(path, reference);
  const py::gil_scoped_acquire back;
  return Handle(std::move(content));
}

py::list BlobsOf(const ImageHandle& image) {
  py::list blobs;
  for (const auto& blob : image.content->blobs) blobs.append(py::make_tuple(blob.digest.text(), blob.size.bytes()));
  return blobs;
}

std::int64_t SizeOf(const ImageHandle& image) {
  ByteCount total;
  for (const auto& blob : image.content->blobs) total += blob.size;
  return total.bytes();
}

}  // namespace

void AddImages(py::module_& module) {
  py::class_<ImageHandle>(module, "Image", "The content of an image, ready to be pushed; immutable.")
      .def_static("synthetic", &Synthetic, py::arg("name"), py::arg("layers"), py::arg("sizes_only"),
                  py::arg("based_on"), py::arg("artifact_type"), py::arg("subject"), py::arg("architecture"))
      .def_static("index", &IndexOf, py::arg("images"), py::arg("artifact_type"), py::arg("subject"))
      .def_static("load", &LoadFrom, py::arg("path"), py::arg("reference"))
      .def_property_readonly("digest", [](const ImageHandle& image) { return image.digest; })
      .def_property_readonly("media_type", [](const ImageHandle& image) { return image.content->root->media_type; })
      .def_property_readonly("manifest", [](const ImageHandle& image) { return py::bytes(image.content->root->bytes); })
      .def_property_readonly("origin", [](const ImageHandle& image) { return image.content->origin; })
      .def_property_readonly("blobs", &BlobsOf)
      .def_property_readonly("size", &SizeOf);
}

}  // namespace crrsim::python
