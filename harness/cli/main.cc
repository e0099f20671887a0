#include "harness/cli/commands.h"

int main(int argc, char** argv) { return crrsim::Main(argc, argv, crrsim::StreamsOfProgram()); }
