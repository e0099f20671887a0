#include "registry_model/mutants.h"

namespace crrsim {

#ifdef CRRSIM_MUTANTS
// Nothing else stands in this file, nor is it compiled together with others: a program that defines `Mutated` itself
// gets its own, as long as it needs nothing of this object.
bool Mutated(Mutant /*mutant*/) { return false; }
#endif

}  // namespace crrsim
