#include <fmt/format.h>

#include "harness/version.h"

int main() { fmt::print("crrsim {}\n", crrsim::VersionText()); }
