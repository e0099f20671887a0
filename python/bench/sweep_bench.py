"""Compares the rates of sweeps side by side on this machine; prints ratios, which are what can be compared elsewhere.

    PYTHONPATH=build/release:python python python/bench/sweep_bench.py [--scenario FILE] [--seeds N] [--repetitions N] [--idle]

- ``sweep / crrsim run --seeds``: rows of one sweep a second against seeds of the command line a second, in this process,
  on all cores; at least 0.9 is wanted. Once by the clock, and once by CPU time, in which others on the machine have no part.
- ``two workers / one``: a sweep on a Dask cluster of two workers of a thread each against one worker; at least 1.8 is
  wanted. By the clock it needs two free cores (``--idle``). ``two processes / one`` is the same of plain processes that
  only run the engine: what the machine leaves at the time.
- ``two workers / one, expected``: what two free cores would give, from figures in which others have little part: the CPU
  time of one worker against that of two for the same rows (``CPU time of one / of two``), and how much of the time a
  worker of one and of two has a task (``share of time with a task`` is that of two).
- ``engine's share of a worker``: the CPU time that the same seeds take without a cluster, against that of the one worker.

Each figure is the median of its repetitions, which alternate, with the least and the greatest. Exits with 1 when a bound
is missed. An optimised build of the module is needed for figures that mean anything.
"""

import argparse
import collections
import dataclasses
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
WANTED = {"sweep / crrsim run, by CPU time": 0.9, "two workers / one, expected": 1.8}
#: On an idle machine the clock itself can be held to what is wanted.
WANTED_IDLE = {"sweep / crrsim run --seeds": 0.9, "two workers / one": 1.8}

#: What a process that only runs the engine does: one thread over the seeds from A to B.
ALONE = "import crrsim, sys; print(flush=True); input(); c = crrsim.command('run', '-j', '1', '--seeds', *sys.argv[1:]); assert c.exit_code in (0, 1)"


@dataclasses.dataclass
class Cost:
    """Of some work: seconds by the clock, and of CPU time of this process."""

    wall: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    """Does it."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def busy(client: distributed.Client) -> dict[str, float]:
    """CPU seconds that each worker has had."""
    return client.run(time.process_time)


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


def against_the_command_line(scenario: str, seeds: int, repetitions: int) -> dict[str, list[float]]:
    """How many times the command line's rate a sweep has."""
    wall, cpu = [], []
    for _ in range(repetitions):
        reference = cost(lambda: command_line(scenario, seeds))
        own = cost(lambda: crrsim.sweep(scenario, seeds=range(1, seeds + 1), progress=False))
        wall.append(reference.wall / own.wall)
        cpu.append(reference.cpu / own.cpu)
    return {"sweep / crrsim run --seeds": wall, "sweep / crrsim run, by CPU time": cpu}


@dataclasses.dataclass
class Swept:
    """A sweep on a cluster: seconds by the clock, CPU seconds of all workers, and their share of time with a task."""

    wall: float
    cpu: float
    with_task: float


def swept(scenario: str, seeds: int, client: distributed.Client) -> Swept:
    """Does it."""
    before = busy(client)
    with distributed.get_task_stream(client=client) as stream:
        wall = cost(lambda: crrsim.sweep(scenario, seeds=range(1, seeds + 1), client=client, progress=False)).wall
    cpu = sum(busy(client).values()) - sum(before.values())
    computing = sum(
        part["stop"] - part["start"] for task in stream.data for part in task["startstops"] if part["action"] == "compute"
    )
    return Swept(wall, cpu, computing / (wall * len(before)))


def two_workers_against_one(scenario: str, seeds: int, repetitions: int) -> dict[str, list[float]]:
    """How many times the rate of one worker two have; the same of plain processes, and by CPU time."""
    figures: dict[str, list[float]] = collections.defaultdict(list)
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
            by_one, by_two = swept(scenario, seeds, one), swept(scenario, seeds, two)
            one_process = alone(scenario, [range(1, seeds + 1)])
            two_processes = alone(scenario, [range(1, half + 1), range(half + 1, seeds + 1)])
            figures["two workers / one"].append(by_one.wall / by_two.wall)
            figures["two processes / one"].append(one_process / two_processes)
            figures["CPU time of one / of two"].append(by_one.cpu / by_two.cpu)
            figures["share of time with a task"].append(by_two.with_task)
            figures["two workers / one, expected"].append(2 * by_one.cpu / by_two.cpu * by_two.with_task / by_one.with_task)
            figures["engine's share of a worker"].append(cost(lambda: command_line(scenario, seeds)).cpu / by_one.cpu)
    return figures


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description="Compares the rates of sweeps on this machine")
    parser.add_argument("--scenario", default=os.fspath(ROOT / "scenarios/determinism/contention_and_retries.yaml"))
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--idle", action="store_true", help="the machine has two free cores, so that the clock is judged")
    given = parser.parse_args()
    if given.seeds < 2 or given.repetitions < 1:
        parser.error("expected at least 2 seeds and 1 repetition")
    wanted = {**WANTED, **WANTED_IDLE} if given.idle else WANTED
    figures = {
        **against_the_command_line(given.scenario, given.seeds, given.repetitions),
        **two_workers_against_one(given.scenario, given.seeds, given.repetitions),
    }
    missed = False
    for name, ratios in figures.items():
        median, bound = statistics.median(ratios), wanted.get(name)
        verdict = "" if bound is None else f"  wanted {bound:.1f}: {'reached' if median >= bound else 'MISSED'}"
        missed = missed or (bound is not None and median < bound)
        print(f"{name:<33}{median:6.2f}  ({min(ratios):.2f} to {max(ratios):.2f}){verdict}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
