"""The benchmarks run to their ends; their figures are read elsewhere, from an optimised build."""

import pathlib
import re
import subprocess
import sys

import pytest

BENCH = pathlib.Path(__file__).parents[1] / "bench"


def run(program, *arguments):
    return subprocess.run([sys.executable, BENCH / program, *arguments], capture_output=True, text=True)


def test_what_python_adds_to_a_push_is_told():
    done = run("push_bench.py", "--repetitions", "2")
    cpp, python, added = (float(text) for text in re.findall(r" (-?\d+\.\d\d) us a push", done.stdout))
    assert cpp > 0 and python > 0, done.stderr
    assert added == pytest.approx(python - cpp, abs=0.02)
    assert done.returncode == (1 if "MISSED" in done.stdout else 0)


def test_a_small_sweep_is_compared():
    pytest.importorskip("distributed")
    done = run("sweep_bench.py", "--seeds", "12", "--repetitions", "1")
    figures = re.findall(r"^(\S.*?) +(\d+\.\d\d)  \(", done.stdout, re.MULTILINE)
    assert [name for name, _ in figures] == [
        "sweep / crrsim run --seeds",
        "sweep / crrsim run, by CPU time",
        "two workers / one",
        "two processes / one",
        "CPU time of one / of two",
        "share of time with a task",
        "two workers / one, expected",
        "engine's share of a worker",
    ], done.stderr
    assert all(0.01 < float(ratio) < 100 for _, ratio in figures)
    assert done.returncode == (1 if "MISSED" in done.stdout else 0)
