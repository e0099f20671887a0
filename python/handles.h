// What Python holds of the harness, shared among the files of the binding.
#pragma once

#include <pybind11/stl.h>

#include <memory>

#include "harness/images/image_content.h"

namespace crrsim::python {

struct ImageHandle {
  std::shared_ptr<const ImageContent> content;
  pybind11::str digest;  // of the root, as every push of it answers
};

}  // namespace crrsim::python
