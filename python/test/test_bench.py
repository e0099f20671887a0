"""The benchmark of sweeps runs to its end; its figures are read elsewhere, from an optimised build."""

import pathlib
import re
import subprocess
import sys

import pytest

pytest.importorskip("distributed")

BENCH = pathlib.Path(__file__).parents[1] / "bench" / "sweep_bench.py"


def test_a_small_sweep_is_compared():
    done = subprocess.run([sys.executable, BENCH, "--seeds", "12", "--repetitions", "1"], capture_output=True, text=True)
    figures = re.findall(r"^(\S.*?) +(\d+\.\d\d)  \(", done.stdout, re.MULTILINE)
    assert [name for name, _ in figures] == [
        "sweep / crrsim run --seeds",
        "sweep / crrsim run, by CPU time",
        "two workers / one",
        "the same by CPU time",
        "engine's share of a worker",
        "two processes / one",
        "share of it that a cluster has",
    ], done.stderr
    assert all(0.01 < float(ratio) < 100 for _, ratio in figures)
    assert done.returncode == (1 if "MISSED" in done.stdout else 0)
