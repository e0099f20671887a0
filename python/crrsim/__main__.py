"""``python -m crrsim`` and the program ``crrsim`` of an installed package: the command line."""

import signal
import sys

import _crrsim


def main() -> int:
    """Runs the command line with the arguments of this process; returns its exit code."""
    # The interpreter would only look at an interrupt when the command is over.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _crrsim.program(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
