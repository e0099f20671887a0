"""What Python adds to a push, in microseconds, against the same calls made in C++ in this process.

    PYTHONPATH=build/release:python python python/bench/push_bench.py [--layers N] [--repetitions N]

- ``C++``: pushes of one image under many tags, names parsed, in a loop of C++ (``seconds_of_pushes`` of the module).
- ``Registry.push``: the same from Python, with all that a test's line does: the reference taken apart, refusals as
  exceptions, the digest as text.

Each world is a fresh one. Both take turns, and the least of the repetitions counts, since others on the machine can only
add to it. Exits with 1 when the difference is not below 1 microsecond. An optimised build is needed for figures that mean
anything.
"""

import argparse
import gc
import sys
import time

import crrsim

PUSHES = 900  # an image has 1000 tags at most
WANTED_BELOW = 1.0


def prepared(layers: int) -> tuple[crrsim.Registry, crrsim.Image]:
    """A registry that has the image's layers, so that a push is its calls and no more."""
    registry = crrsim.World()["us-west-2"]
    registry.create_repository("api")
    image = crrsim.Image(layers=["1KiB"] * layers, sizes_only=True)
    registry.push("api:first", image)
    return registry, image


def in_cpp(layers: int) -> float:
    """Microseconds a push."""
    registry, image = prepared(layers)
    return registry.world._native.seconds_of_pushes(registry.key, "api", "t", image._native, PUSHES) / PUSHES * 1e6


def in_python(layers: int) -> float:
    """Microseconds a push."""
    registry, image = prepared(layers)
    references = [f"api:t{n}" for n in range(PUSHES)]
    begun = time.perf_counter()
    for reference in references:
        registry.push(reference, image)
    return (time.perf_counter() - begun) / PUSHES * 1e6


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description="Measures what Python adds to a push")
    parser.add_argument("--layers", type=int, default=1)
    parser.add_argument("--repetitions", type=int, default=30)
    given = parser.parse_args()
    if given.layers < 1 or given.repetitions < 1:
        parser.error("expected at least 1 layer and 1 repetition")
    gc.disable()
    pairs = [(in_cpp(given.layers), in_python(given.layers)) for _ in range(given.repetitions)]
    cpp, python = (min(column) for column in zip(*pairs))
    added = python - cpp
    print(f"C++            {cpp:6.2f} us a push")
    print(f"Registry.push  {python:6.2f} us a push")
    verdict = "reached" if added < WANTED_BELOW else "MISSED"
    print(f"added          {added:6.2f} us a push  wanted below {WANTED_BELOW:.1f}: {verdict}")
    return 0 if added < WANTED_BELOW else 1


if __name__ == "__main__":
    sys.exit(main())
