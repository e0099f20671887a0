// How the program ends, by class. `crrsim --help` lists them; they stay.
#pragma once

namespace crrsim {

enum class ExitCode : int {
  kPass = 0,
  kFailed = 1,      // an expectation or an invariant failed; a figure fell behind its baseline; lint found something
  kUsage = 2,       // the command line is wrong
  kInvalid = 3,     // a scenario, a document or an image is invalid
  kUnfinished = 4,  // a run could not finish: a limit, or no progress
  kDefect = 5,      // a defect of crrsim itself
};

}  // namespace crrsim
