"""Sweeps: a scenario over seeds and variants, on local cores or on a Dask cluster.

    frame = crrsim.sweep("scenario.yaml", params={"network.links.0.bandwidth": ["50MB/s", "200MB/s"]}, seeds=range(100))
    crrsim.sweeps.summary(frame)

Every variant is run with the same seeds, so differences between variants are theirs and not the draw's (common random
numbers). A row hangs on its variant and seed alone: neither the number of workers nor their order nor a worker that
died can change it.
"""

from __future__ import annotations

import hashlib
import importlib
import itertools
import json
import math
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Optional, Union

import pandas

from crrsim.errors import DefinitionError
from crrsim.scenario import Scenario, read_definition

Json = dict[str, Any]

#: Runs of one task: long enough that its overhead is small, short enough that progress is seen.
_BATCH = 64


def sweep(
    scenario: Union[str, os.PathLike[str]],
    params: Optional[Mapping[str, Sequence[Any]]] = None,
    seeds: Iterable[int] = range(1, 101),
    client: Any = None,
    *,
    resume: Union[str, os.PathLike[str], None] = None,
    progress: Optional[bool] = None,
    workers: Optional[int] = None,
) -> pandas.DataFrame:
    """Runs every combination of ``params`` with every seed; one row a run, by variant and seed.

    ``params`` maps places in the scenario (``seed``, ``options.call_latency``, ``network.links.0.bandwidth``) to the
    values to try. ``client`` is a ``distributed.Client`` or a scheduler's address; local threads without it.
    ``resume`` is a folder for results so far: what is there is not run again. ``progress`` shows a bar on standard
    error; by default on a terminal only.

    Columns: ``variant``, ``seed``, one a parameter, ``verdict``, ``run_digest``, ``simulated_seconds``, ``events``,
    ``replications``, ``failed_replications``, ``lag_p50``, ``lag_p90``, ``lag_p99``, ``lag_max`` (seconds),
    ``useful_bytes``, ``wasted_bytes``, ``gb_months``, ``fault_hits``.
    """
    definition = read_definition(scenario)
    variants = list(_variants(params or {}))
    all_seeds = list(seeds)
    if not all_seeds:
        raise DefinitionError("a sweep needs a seed")
    definitions = [_changed(definition, variant) for variant in variants]
    for changed in definitions:  # a mistake in one leaves nothing half done
        Scenario.from_definition(changed, scenario)
    store = _Store(Path(resume), definitions) if resume is not None else None
    done = store.rows() if store else {}
    wanted = [(v, s) for v in range(len(variants)) for s in all_seeds if (v, s) not in done]
    tasks = [
        (definitions[variant], os.fspath(scenario), variant, [seed for _, seed in group])
        for variant, batch in itertools.groupby(wanted, key=lambda pair: pair[0])
        for group in _chunks(list(batch))
    ]
    bar = _Bar(len(wanted), sys.stderr.isatty() if progress is None else progress)
    for rows in _run(tasks, client, workers):
        if store:
            store.add(rows)
        for row in rows:
            done[row["variant"], row["seed"]] = row
        bar.advance(len(rows))
    bar.close()
    ordered = [{**done[v, s], **variants[v]} for v in range(len(variants)) for s in all_seeds]
    columns = ["variant", "seed", *(params or {}), *(c for c in ordered[0] if c not in ("variant", "seed", *(params or {})))]
    return pandas.DataFrame(ordered, columns=columns)


def summary(frame: pandas.DataFrame, measure: str = "lag_p99", by: Union[str, Sequence[str]] = "variant") -> pandas.DataFrame:
    """Mean of a column with its 95 % confidence interval (normal approximation), by variant or parameter."""
    rows = frame.groupby(by, sort=True)[measure].agg(["count", "mean", "std"]).reset_index()
    half = 1.959963984540054 * rows["std"].fillna(0.0) / rows["count"].clip(lower=1).map(math.sqrt)
    rows["low"], rows["high"] = rows["mean"] - half, rows["mean"] + half
    return rows


def run_batch(definition: Json, path: str, variant: int, seeds: Sequence[int]) -> list[Json]:
    """Runs one variant with some seeds: what a worker does."""
    scenario = Scenario.from_definition(definition, path)
    return [_row(scenario, variant, seed) for seed in seeds]


def _row(scenario: Scenario, variant: int, seed: int) -> Json:
    report = scenario.run(seed)
    copies = report["replications"]
    lags = sorted(
        copy["visible_at_seconds"] - copy["queued_at_seconds"] for copy in copies if copy["visible_at_seconds"] is not None
    )
    row: Json = {
        "variant": variant,
        "seed": seed,
        "verdict": report["verdict"],
        "run_digest": report["run_digest"],
        "simulated_seconds": report["simulated_seconds"],
        "events": report["events"],
        "replications": len(copies),
        "failed_replications": sum(copy["status"] == "FAILED" for copy in copies),
    }
    for name, percent in (("lag_p50", 50), ("lag_p90", 90), ("lag_p99", 99), ("lag_max", 100)):
        row[name] = lags[max(0, -(-len(lags) * percent // 100) - 1)] if lags else math.nan
    row["useful_bytes"] = sum(way["useful_bytes"] for way in report["transfers"])
    row["wasted_bytes"] = sum(way["wasted_bytes"] for way in report["transfers"])
    row["gb_months"] = math.fsum(part["gb_months"] for part in report["storage"])
    row["fault_hits"] = sum(fault["hits"] for fault in report["faults"])
    return row


# ---- Variants -------------------------------------------------------------------------------------------------------


def _variants(params: Mapping[str, Sequence[Any]]) -> Iterator[Json]:
    for name, values in params.items():
        if isinstance(values, str) or not len(values):
            raise DefinitionError(f"{name}: expected a list of values")
    for values in itertools.product(*params.values()):
        yield dict(zip(params, values))


def _changed(definition: Json, variant: Mapping[str, Any]) -> Json:
    changed: Json = json.loads(json.dumps(definition))
    for place, value in variant.items():
        *path, last = place.split(".")
        holder: Any = changed
        for step in path:
            try:
                holder = holder[int(step)] if isinstance(holder, list) else holder.setdefault(step, {})
            except (ValueError, IndexError, AttributeError):
                raise DefinitionError(f"{place}: there is no '{step}' in the scenario") from None
        if isinstance(holder, list):
            if not last.isdigit() or int(last) >= len(holder):
                raise DefinitionError(f"{place}: there is no '{last}' in the scenario")
            holder[int(last)] = value
        elif isinstance(holder, dict):
            holder[last] = value
        else:
            raise DefinitionError(f"{place}: '{path[-1]}' holds a value, not members")
    return changed


def _chunks(pairs: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    for start in range(0, len(pairs), _BATCH):
        yield pairs[start : start + _BATCH]


# ---- Workers --------------------------------------------------------------------------------------------------------


def _run(tasks: Sequence[tuple[Any, ...]], client: Any, workers: Optional[int]) -> Iterator[list[Json]]:
    if client is not None:
        yield from _run_on_cluster(tasks, client)
        return
    # The engine runs without the interpreter's lock, so threads are enough.
    with ThreadPoolExecutor(workers or os.cpu_count()) as pool:
        waiting: set[Future[list[Json]]] = set()
        left = iter(tasks)
        try:
            while True:
                # Not all at once: an interrupt has little to wait for.
                for task in itertools.islice(left, 2 * (workers or os.cpu_count() or 1) - len(waiting)):
                    waiting.add(pool.submit(run_batch, *task))
                if not waiting:
                    return
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _run_on_cluster(tasks: Sequence[tuple[Any, ...]], client: Any) -> Iterator[list[Json]]:
    distributed: Any = importlib.import_module("distributed")  # an extra of an extra: only a cluster needs it
    own = isinstance(client, str)
    connected = distributed.Client(client) if own else client
    try:
        futures = [connected.submit(run_batch, *task, pure=False, retries=3) for task in tasks]
        for future in distributed.as_completed(futures):
            yield future.result()
    finally:
        if own:
            connected.close()


# ---- Results so far -------------------------------------------------------------------------------------------------


class _Store:
    """A folder of Parquet files of rows. It belongs to one scenario with its variants, and says so."""

    def __init__(self, folder: Path, definitions: Sequence[Json]) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        key = hashlib.sha256(json.dumps(definitions, sort_keys=True).encode()).hexdigest()
        mark = folder / "sweep.json"
        if mark.exists():
            if json.loads(mark.read_text())["definitions"] != key:
                raise DefinitionError(f"{folder}: holds results of another scenario or other parameters")
        else:
            mark.write_text(json.dumps({"definitions": key}))

    def rows(self) -> dict[tuple[int, int], Json]:
        rows: dict[tuple[int, int], Json] = {}
        for file in sorted(self._folder.glob("*.parquet")):
            for row in pandas.read_parquet(file).to_dict("records"):
                rows[int(row["variant"]), int(row["seed"])] = {str(name): value for name, value in row.items()}
        return rows

    def add(self, rows: Sequence[Json]) -> None:
        name = f"{rows[0]['variant']:06}-{rows[0]['seed']:016}-{len(rows)}.parquet"
        part = self._folder / (name + ".part")
        pandas.DataFrame(rows).to_parquet(part)
        part.replace(self._folder / name)  # whole or not at all


class _Bar:
    """A line on standard error with rate and time left."""

    def __init__(self, total: int, shown: bool) -> None:
        self._total, self._shown, self._done, self._began = total, shown and total > 0, 0, time.monotonic()

    def advance(self, count: int) -> None:
        self._done += count
        if not self._shown:
            return
        rate = self._done / max(time.monotonic() - self._began, 1e-9)
        left = (self._total - self._done) / rate
        filled = 30 * self._done // self._total
        bar = "#" * filled + "." * (30 - filled)
        print(f"\r[{bar}] {self._done}/{self._total}  {rate:.0f}/s  {left:.0f} s left ", end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._shown:
            print(file=sys.stderr)
