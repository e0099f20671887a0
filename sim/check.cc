#include "sim/check.h"

namespace crrsim {

void FailCheck(const char* file, int line, const char* condition, const std::string& detail) {
  throw Defect(fmt::format("{}:{}: check failed: {}{}{}", file, line, condition, detail.empty() ? "" : ": ", detail));
}

}  // namespace crrsim
