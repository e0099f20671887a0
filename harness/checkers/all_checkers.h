// How each checker is made; judges.cc has the table of them.
#pragma once

#include <memory>

#include "harness/checkers/checker.h"
#include "registry_model/assumptions.h"

namespace crrsim {

std::unique_ptr<Checker> MakeClosureChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeDigestEqualityChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeNoChainingChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakePermissionChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeTagConvergenceChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeExpectedImagesChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeDeletionsChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeLedgerChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeTimeOrderChecker(const Assumptions& assumptions);
std::unique_ptr<Checker> MakeFindingsStayChecker(const Assumptions& assumptions);

}  // namespace crrsim
