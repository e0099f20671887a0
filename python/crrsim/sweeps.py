"""Sweeps: a scenario over seeds and variants, on local cores or on a Dask cluster.

    frame = crrsim.sweep("scenario.yaml", params={"network.links.0.bandwidth": ["50MB/s", "200MB/s"]}, seeds=range(100))
    crrsim.sweeps.summary(frame)

Every variant is run with the same seeds, so differences between variants are theirs and not the draw's (common random
numbers). A row hangs on its variant and seed alone: neither the number of workers nor their order nor a worker that
died can change it.
"""

from __future__ import annotations

import functools
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

import _crrsim
import pandas

from crrsim import checks
from crrsim.errors import DefinitionError
from crrsim.scenario import Scenario, read_definition

Json = dict[str, Any]
"""A JSON object."""
Columns = dict[str, list[Any]]
"""A part of a table: equally many values for each column."""

#: Runs of one task: enough that its overhead is small, few enough that progress is seen and that workers end together.
_BATCH_MIN, _BATCH_MAX = 4, 64
#: So many tasks a sweep has, or more, where their runs allow it.
_TASKS = 32

#: Seconds between two files of results so far: a sweep that is killed loses what is younger.
_STORED_EVERY = 1.0

#: Of the standard normal distribution, 95 % lie within this many standard deviations.
_NORMAL_95 = 1.959963984540054


def sweep(
    scenario: Union[str, os.PathLike[str]],
    params: Optional[Mapping[str, Sequence[Any]]] = None,
    seeds: Iterable[int] = range(1, 101),
    client: Any = None,
    *,
    resume: Union[str, os.PathLike[str], None] = None,
    progress: Optional[bool] = None,
    workers: Optional[int] = None,
    images: Optional[Mapping[str, Union[str, os.PathLike[str]]]] = None,
) -> pandas.DataFrame:
    """Runs every combination of ``params`` with every seed; one row a run, by variant and seed.

    ``params`` maps places in the scenario (``options.call_latency``, ``network.links.0.bandwidth``) to the values to
    try. ``client`` is a ``distributed.Client`` or a scheduler's address; local threads without it.
    ``resume`` is a folder for results so far: what is there is not run again. Results of anything else (another scenario,
    parameters, documents, content of images, or crrsim) are refused with DefinitionError. ``progress`` shows a bar on standard
    error; by default on a terminal only. ``images`` are names and paths of content, as ``--image`` of the command line;
    workers of a cluster find them under the same paths.

    Columns: ``variant``, ``seed``, one a parameter, ``verdict``, ``run_digest``, ``simulated_seconds``, ``events``,
    ``replications``, ``failed_replications``, ``lag_p50``, ``lag_p90``, ``lag_p99``, ``lag_max`` (seconds),
    ``useful_bytes``, ``wasted_bytes``, ``gb_months``, ``fault_hits``.
    """
    definition = read_definition(scenario)
    variants = list(_variants(params or {}))
    all_seeds = [checks.seed(seed) for seed in checks.listed("seeds", seeds, "numbers, such as range(1, 101)")]
    if workers is not None and checks.whole("workers", workers) < 1:
        raise DefinitionError(f"workers: found {workers}; expected at least 1")
    if not all_seeds:
        raise DefinitionError("a sweep needs a seed")
    definitions = [_changed(definition, variant) for variant in variants]
    scenarios = [Scenario.from_definition(changed, scenario, images=images) for changed in definitions]  # a mistake leaves nothing half done
    content = tuple((name, os.fspath(path)) for name, path in (images or {}).items())
    store = _Store(Path(resume), _sources(definitions, scenarios)) if resume is not None else None
    parts = store.frames() if store else []
    done = {pair for part in parts for pair in _pairs(part)}
    wanted = [(v, s) for v in range(len(variants)) for s in dict.fromkeys(all_seeds) if (v, s) not in done]
    size = min(_BATCH_MAX, max(_BATCH_MIN, len(wanted) // _TASKS))
    tasks = [
        (variant, [seed for _, seed in group])
        for variant, batch in itertools.groupby(wanted, key=lambda pair: pair[0])
        for group in _chunks(list(batch), size)
    ]
    bar = _Bar(len(wanted), sys.stderr.isatty() if progress is None else progress)
    if client is None:
        results = _run_here([(scenarios[variant], variant, group) for variant, group in tasks], workers or os.cpu_count() or 1)
    else:
        path = os.fspath(scenario)
        texts = [json.dumps(changed) for changed in definitions]  # Dask walks through dicts, not through text
        results = _run_on_cluster([(texts[variant], path, content, variant, group) for variant, group in tasks], client)
    ran: Columns = {}
    try:
        for columns in results:
            _extend(ran, columns)
            if store:
                store.add(columns)
            bar.advance(len(columns["seed"]))
    finally:
        if store:
            store.flush()
        bar.close()
    if ran:
        parts.append(pandas.DataFrame(ran))
    frame = pandas.concat(parts, ignore_index=True)
    row_of = {pair: row for row, pair in enumerate(_pairs(frame))}
    frame = frame.take([row_of[v, s] for v in range(len(variants)) for s in all_seeds]).reset_index(drop=True)
    for place, name in enumerate(params or {}):
        values = [variant[name] for variant in variants for _ in all_seeds]
        frame.insert(2 + place, name, pandas.Series(values))
    return frame


def summary(frame: pandas.DataFrame, measure: str = "lag_p99", by: Union[str, Sequence[str]] = "variant") -> pandas.DataFrame:
    """Mean of a column with its 95 % confidence interval (normal approximation), by variant or parameter.

    Columns: those of ``by`` (a value that is a list or a mapping as JSON text), ``count``, ``mean``, ``std``, ``low``,
    ``high``. ``count`` is of runs that have a value; of a single run the interval is that run's value.
    """
    check_columns(frame, [measure])
    rows = _groups(frame, by)[measure].agg(["count", "mean", "std"]).reset_index()
    half = _NORMAL_95 * rows["std"].fillna(0.0) / rows["count"].clip(lower=1).map(math.sqrt)
    rows["low"], rows["high"] = rows["mean"] - half, rows["mean"] + half
    return rows


def success_rate(frame: pandas.DataFrame, by: Union[str, Sequence[str]] = "variant") -> pandas.DataFrame:
    """Share of runs that passed with its 95 % confidence interval, by variant or parameter.

    The interval is Wilson's score interval: within 0 and 1, and of some width even when every run passed. Columns: those
    of ``by``, ``count``, ``mean`` (the share), ``low``, ``high``.
    """
    check_columns(frame, ["verdict"])
    rows = _groups(frame.assign(passed=(frame["verdict"] == "pass").astype(float)), by)["passed"].agg(["count", "mean"]).reset_index()
    share, weight = rows["mean"], _NORMAL_95**2 / rows["count"]
    centre = (share + weight / 2) / (1 + weight)
    half = (_NORMAL_95**2 * share * (1 - share) / rows["count"] + weight**2 / 4).map(math.sqrt) / (1 + weight)
    # At the ends rounding could leave the share itself outside.
    rows["low"], rows["high"] = (centre - half).clip(lower=0.0, upper=share), (centre + half).clip(lower=share, upper=1.0)
    return rows


def check_columns(frame: pandas.DataFrame, wanted: Iterable[str]) -> None:
    """Raises DefinitionError for one that is not there."""
    columns = [str(column) for column in frame.columns]
    for column in wanted:
        if column not in columns:
            hint = _crrsim.did_you_mean(column, columns) or f"; it has {', '.join(columns) or 'none'}"
            raise DefinitionError(f"the frame has no column '{column}'{hint}")


def _groups(frame: pandas.DataFrame, by: Union[str, Sequence[str]]) -> Any:
    keys = [by] if isinstance(by, str) else list(by)
    check_columns(frame, keys)
    plain = {key: frame[key].map(lambda v: json.dumps(v) if isinstance(v, (list, dict)) else v) for key in keys}
    return frame.assign(**plain).groupby(keys, sort=True)


def run_batch(
    definition: str, path: str, images: tuple[tuple[str, str], ...], variant: int, seeds: Sequence[int]
) -> Columns:
    """Runs one variant, a definition as JSON, with some seeds: what a worker of a cluster does."""
    return _run(_read(definition, path, images), variant, seeds)


@functools.lru_cache(maxsize=16)
def _read(definition: str, path: str, images: tuple[tuple[str, str], ...]) -> Scenario:
    # A worker has many batches of one variant: it is read, and its images are made, once.
    return Scenario.from_definition(json.loads(definition), path, images=dict(images))


def _run(scenario: Scenario, variant: int, seeds: Sequence[int]) -> Columns:
    return {"variant": [variant] * len(seeds), **scenario._native.run_seeds(seeds)}


# ---- Columns --------------------------------------------------------------------------------------------------------


def _extend(columns: Columns, more: Columns) -> None:
    for name, values in more.items():
        columns.setdefault(name, []).extend(values)


def _pairs(frame: pandas.DataFrame) -> Iterable[tuple[int, int]]:
    """Variant and seed of each row."""
    return zip(frame["variant"].tolist(), frame["seed"].tolist())


# ---- Variants -------------------------------------------------------------------------------------------------------


def _variants(params: Mapping[str, Sequence[Any]]) -> Iterator[Json]:
    for name, values in params.items():
        if name == "seed":
            raise DefinitionError("seed: every variant is run with the same seeds, which are given as 'seeds'")
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


def _chunks(pairs: Sequence[tuple[int, int]], size: int) -> Iterator[Sequence[tuple[int, int]]]:
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]


# ---- Workers --------------------------------------------------------------------------------------------------------


def _run_here(tasks: Sequence[tuple[Scenario, int, Sequence[int]]], workers: int) -> Iterator[Columns]:
    # The engine runs without the interpreter's lock, so threads are enough; they share the scenarios, read once.
    with ThreadPoolExecutor(workers) as pool:
        waiting: set[Future[Columns]] = set()
        left = iter(tasks)
        try:
            while True:
                # Not all at once: an interrupt has little to wait for.
                for task in itertools.islice(left, 2 * workers - len(waiting)):
                    waiting.add(pool.submit(_run, *task))
                if not waiting:
                    return
                finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _run_on_cluster(tasks: Sequence[tuple[Any, ...]], client: Any) -> Iterator[Columns]:
    distributed: Any = importlib.import_module("distributed")  # an extra of an extra: only a cluster needs it
    own = isinstance(client, str)
    connected = distributed.Client(client) if own else client
    try:
        futures = [connected.submit(run_batch, *task, pure=False, retries=3) for task in tasks]
        # On the client's own loop: by default it is that of the newest client, whose thread must not touch this one's.
        for _, columns in distributed.as_completed(futures, loop=connected.loop, with_results=True):
            yield columns
    finally:
        if own:
            connected.close()


# ---- Results so far -------------------------------------------------------------------------------------------------


def _sources(definitions: Sequence[Json], scenarios: Sequence[Scenario]) -> Json:
    """All that a row depends on but for its variant and seed."""
    inputs = [scenario._native.inputs() for scenario in scenarios]
    return {
        "crrsim": _simulator(),
        "definitions": hashlib.sha256(json.dumps(definitions, sort_keys=True).encode()).hexdigest(),
        "inputs": hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest(),
    }


def _simulator() -> str:
    """Its version; where that stands for several, since its source had been changed, the bytes of the module too."""
    if "-dirty" not in _crrsim.version or _crrsim.__file__ is None:
        return _crrsim.version
    return f"{_crrsim.version} {hashlib.sha256(Path(_crrsim.__file__).read_bytes()).hexdigest()[:16]}"


class _Store:
    """A folder of Parquet files of rows. It belongs to all that they depend on (``_sources``), and says so."""

    def __init__(self, folder: Path, sources: Json) -> None:
        self._folder = folder
        if folder.exists() and not folder.is_dir():
            raise DefinitionError(f"{folder}: expected a folder for results, found a file")
        folder.mkdir(parents=True, exist_ok=True)
        mark = folder / "sweep.json"
        if mark.exists():
            self._check(json.loads(mark.read_text()), sources)
        else:
            mark.write_text(json.dumps(sources))

        self._columns: Columns = {}  # not written yet
        self._written = time.monotonic()

    def _check(self, found: Json, sources: Json) -> None:
        if found["definitions"] != sources["definitions"]:
            raise DefinitionError(f"{self._folder}: holds results of another scenario or other parameters")
        if found.get("crrsim") != sources["crrsim"]:
            other = found.get("crrsim", "a version that did not say which")
            raise DefinitionError(f"{self._folder}: holds results of another crrsim, {other}; this is {sources['crrsim']}")
        if found["inputs"] != sources["inputs"]:
            raise DefinitionError(f"{self._folder}: holds results with other documents or images; their content has changed")

    def frames(self) -> list[pandas.DataFrame]:
        """All results so far."""
        return [pandas.read_parquet(file) for file in sorted(self._folder.glob("*.parquet"))]

    def add(self, columns: Columns) -> None:
        """Keeps results, which are on the disk soon."""
        _extend(self._columns, columns)
        if time.monotonic() - self._written >= _STORED_EVERY:
            self.flush()

    def flush(self) -> None:
        """Writes what is not on the disk yet into a file of its own."""
        if not self._columns:
            return
        variants, seeds = self._columns["variant"], self._columns["seed"]
        name = f"{variants[0]:06}-{seeds[0]:016}-{len(seeds)}.parquet"
        part = self._folder / (name + ".part")
        pandas.DataFrame(self._columns).to_parquet(part)
        part.replace(self._folder / name)  # whole or not at all
        self._columns, self._written = {}, time.monotonic()


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
