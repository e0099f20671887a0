"""Plots of sweeps, with 95 % confidence intervals. Each returns the axes it drew on."""

from __future__ import annotations

from typing import Any, Optional

import matplotlib.pyplot
import pandas
from matplotlib.axes import Axes

from crrsim.sweeps import summary


def lag(frame: pandas.DataFrame, against: str, *, measure: str = "lag_p99", axes: Optional[Axes] = None) -> Axes:
    """Replication lag against a parameter, such as a link's bandwidth."""
    return _intervals(frame, against, measure, f"replication lag, {measure.removeprefix('lag_')} (s)", axes)


def cost(frame: pandas.DataFrame, against: str, *, measure: str = "useful_bytes", axes: Optional[Axes] = None) -> Axes:
    """What a configuration costs: bytes moved, or GB-months stored."""
    labels = {"useful_bytes": "bytes moved", "wasted_bytes": "bytes wasted", "gb_months": "GB-months stored"}
    where = axes or matplotlib.pyplot.subplots(layout="constrained")[1]
    rows = summary(frame, measure, by=against)
    positions = range(len(rows))
    where.bar(positions, rows["mean"], yerr=(rows["high"] - rows["mean"]), capsize=4, color="#4477aa")
    where.set_xticks(list(positions), [str(value) for value in rows[against]])
    where.set_xlabel(against)
    where.set_ylabel(labels.get(measure, measure))
    where.set_ylim(bottom=0)
    return where


def success(frame: pandas.DataFrame, against: str, *, axes: Optional[Axes] = None) -> Axes:
    """The share of runs whose expectations held, against a parameter, such as the rate of a fault."""
    passed = frame.assign(passed=(frame["verdict"] == "pass").astype(float))
    where = _intervals(passed, against, "passed", "share of runs that passed", axes)
    where.set_ylim(-0.02, 1.02)
    return where


def _intervals(frame: pandas.DataFrame, against: str, measure: str, label: str, axes: Optional[Axes]) -> Axes:
    where = axes or matplotlib.pyplot.subplots(layout="constrained")[1]
    rows = summary(frame, measure, by=against)
    order: list[Any] = list(dict.fromkeys(frame[against]))
    rows = rows.set_index(against).loc[order].reset_index()  # as the values were given
    positions = range(len(rows))
    spread = [rows["mean"] - rows["low"], rows["high"] - rows["mean"]]
    where.errorbar(positions, rows["mean"], yerr=spread, marker="o", capsize=4, color="#4477aa")
    where.set_xticks(list(positions), [str(value) for value in order])
    where.set_xlabel(against)
    where.set_ylabel(label)
    where.grid(axis="y", alpha=0.3)
    return where
