"""Compares the rates of sweeps side by side on this machine; prints ratios, which are what can be compared elsewhere.

    PYTHONPATH=build/release:python python python/bench/sweep_bench.py [--scenario FILE] [--seeds N] [--repetitions N]

- ``sweep / crrsim run --seeds``: rows of one sweep a second against seeds of the command line a second, in this process,
  on all cores. At least 0.9 is wanted.
- ``two workers / one``: a sweep on a Dask cluster of two workers of a thread each against one worker. On a machine with
  two free cores at least 1.8 is wanted. ``two processes / one`` is the same of plain processes that only run the engine:
  what the machine leaves at the time. So what is judged is the share of it that the cluster reaches, at least 0.9.

Each figure is the median of its repetitions, which alternate, with the least and the greatest. Exits with 1 when a bound
is missed. An optimised build of the module is needed for figures that mean anything.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import crrsim
import distributed

ROOT = pathlib.Path(__file__).parents[2]
WANTED = {"sweep / crrsim run --seeds": 0.9, "share of it that a cluster has": 0.9}

#: What a process that only runs the engine does: one thread over the seeds from A to B.
ALONE = "import crrsim, sys; print(flush=True); input(); c = crrsim.command('run', '-j', '1', '--seeds', *sys.argv[1:]); assert c.exit_code in (0, 1)"


def seconds(work: Callable[[], object]) -> float:
    """Of wall time."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def command_line(scenario: str, seeds: int) -> None:
    """The command line over the same seeds, to the last of them."""
    done = crrsim.command("run", "--quiet", "--keep-going", "--seeds", f"1..{seeds}", scenario)
    if done.exit_code not in (0, 1):
        raise SystemExit(done.complaints)


def alone(scenario: str, parts: list[range]) -> float:
    """Seconds that processes take for their parts, from when all are ready."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", ALONE, f"{part[0]}..{part[-1]}", "--keep-going", scenario],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for part in parts
    ]
    for process in processes:
        process.stdout.readline()
    begun = time.perf_counter()
    for process in processes:
        process.stdin.write("\n")
        process.stdin.close()
    codes = [process.wait() for process in processes]
    if any(codes):
        raise SystemExit("a process failed")
    return time.perf_counter() - begun


def against_the_command_line(scenario: str, seeds: int, repetitions: int) -> list[float]:
    """How many times the command line's rate a sweep has."""
    ratios = []
    for _ in range(repetitions):
        reference = seconds(lambda: command_line(scenario, seeds))
        ratios.append(reference / seconds(lambda: crrsim.sweep(scenario, seeds=range(1, seeds + 1), progress=False)))
    return ratios


def two_workers_against_one(scenario: str, seeds: int, repetitions: int) -> tuple[list[float], list[float]]:
    """How many times the rate of one worker two have; the same of plain processes."""
    ratios, machine = [], []
    half = seeds // 2
    local = {"threads_per_worker": 1, "processes": True, "dashboard_address": ":0", "host": "127.0.0.1"}
    with (
        distributed.LocalCluster(n_workers=1, **local) as small,
        distributed.LocalCluster(n_workers=2, **local) as large,
        distributed.Client(small) as one,
        distributed.Client(large) as two,
    ):
        for client in (one, two):  # imports
            client.run(__import__, "crrsim.sweeps")
        for _ in range(repetitions):
            one_worker = seconds(lambda: crrsim.sweep(scenario, seeds=range(1, seeds + 1), client=one, progress=False))
            two_workers = seconds(lambda: crrsim.sweep(scenario, seeds=range(1, seeds + 1), client=two, progress=False))
            one_process = alone(scenario, [range(1, seeds + 1)])
            two_processes = alone(scenario, [range(1, half + 1), range(half + 1, seeds + 1)])
            ratios.append(one_worker / two_workers)
            machine.append(one_process / two_processes)
    return ratios, machine


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description="Compares the rates of sweeps on this machine")
    parser.add_argument("--scenario", default=os.fspath(ROOT / "scenarios/determinism/contention_and_retries.yaml"))
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--repetitions", type=int, default=5)
    given = parser.parse_args()
    if given.seeds < 2 or given.repetitions < 1:
        parser.error("expected at least 2 seeds and 1 repetition")
    clusters, machine = two_workers_against_one(given.scenario, given.seeds, given.repetitions)
    figures = {
        "sweep / crrsim run --seeds": against_the_command_line(given.scenario, given.seeds, given.repetitions),
        "two workers / one": clusters,
        "two processes / one": machine,
        "share of it that a cluster has": [ours / possible for ours, possible in zip(clusters, machine)],
    }
    missed = False
    for name, ratios in figures.items():
        median, wanted = statistics.median(ratios), WANTED.get(name)
        verdict = "" if wanted is None else f"  wanted {wanted:.1f}: {'reached' if median >= wanted else 'MISSED'}"
        missed = missed or (wanted is not None and median < wanted)
        print(f"{name:<31}{median:6.2f}  ({min(ratios):.2f} to {max(ratios):.2f}){verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
