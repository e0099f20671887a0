"""Plots of sweeps: lag, cost and success against a parameter, with 95 % confidence intervals.

    frame = crrsim.sweep("scenario.yaml", {"network.links.0.bandwidth": ["10MB/s", "50MB/s", "200MB/s"]})
    crrsim.plot.lag(frame, "network.links.0.bandwidth").figure.savefig("lag.png")

Each function returns the axes it drew on, to be changed at will. ``against`` names the column of the parameter. Where
its values are quantities of one kind (rates, durations, sizes, percentages, numbers) they lie where they belong, on a
logarithmic axis when they span more than a decade; any others stand side by side in the order of the sweep. ``by`` names
a second parameter, one curve for each of its values. Runs of variants that differ in yet another parameter are not
averaged: that, a column that is not there, and a frame with nothing to draw raise DefinitionError.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Optional

import matplotlib.pyplot
import pandas
from matplotlib.axes import Axes
from matplotlib.ticker import NullLocator, PercentFormatter

from crrsim import units
from crrsim.errors import DefinitionError
from crrsim.sweeps import check_columns, success_rate, summary

#: Paul Tol's "bright" colours, told apart by colour-blind readers too.
_COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb")
_LAGS = {"lag_p50": "median", "lag_p90": "90th percentile", "lag_p99": "99th percentile", "lag_max": "longest"}
_COSTS = {
    "bytes": "bytes moved",
    "useful_bytes": "bytes moved for a copy that succeeded",
    "wasted_bytes": "bytes moved in vain",
    "gb_months": "storage (GB-months)",
}


def lag(
    frame: pandas.DataFrame, against: str, *, measure: str = "lag_p99", by: Optional[str] = None, axes: Optional[Axes] = None
) -> Axes:
    """Replication lag (``lag_p50``, ``lag_p90``, ``lag_p99`` or ``lag_max`` of each run) against a parameter, such as a
    link's bandwidth. A run without a finished copy has no lag and counts for nothing."""
    if measure not in _LAGS:
        raise DefinitionError(f"measure: found {measure!r}; expected one of {', '.join(_LAGS)}")
    where = _curves(frame, against, by, measure, lambda part: summary(part, measure, against), axes)
    where.set_ylabel(f"replication lag, {_LAGS[measure]} of a run (s)")
    lows, highs = where.dataLim.intervaly
    if lows > 0 and highs > 20 * lows:
        where.set_yscale("log")
    else:
        where.set_ylim(0, max(highs * 1.1, 1e-9))
    return where


def cost(frame: pandas.DataFrame, against: str, *, measure: str = "bytes", axes: Optional[Axes] = None) -> Axes:
    """What each configuration costs, as bars: ``bytes`` moved (useful ones with the wasted ones on top),
    ``useful_bytes`` or ``wasted_bytes`` alone, or ``gb_months`` stored."""
    if measure not in _COSTS:
        raise DefinitionError(f"measure: found {measure!r}; expected one of {', '.join(_COSTS)}")
    stack = ["useful_bytes", "wasted_bytes"] if measure == "bytes" else [measure]
    _check(frame, against, None, stack)
    frame = frame.assign(total=frame[stack].sum(axis=1))
    order = _distinct(frame[against])
    totals = _in_order(summary(frame, "total", against), against, order)
    factor, unit = (1.0, "") if measure == "gb_months" else _byte_unit(float(totals["mean"].max()))
    where = _axes(axes)
    positions = list(range(len(order)))
    bottom = pandas.Series(0.0, index=totals.index)
    for column, colour in zip(stack, _COLOURS):
        heights = _in_order(summary(frame, column, against), against, order)["mean"] / factor
        label = _mean_of(totals) if len(stack) == 1 else column.replace("_", " ")
        where.bar(positions, heights, bottom=bottom, width=0.7, color=colour, label=label)
        bottom = bottom + heights
    mean, low, high = (totals[name] / factor for name in ("mean", "low", "high"))
    if (high > low).any():
        spread = [mean - low.clip(lower=0), high - mean]
        where.errorbar(positions, mean, yerr=spread, fmt="none", capsize=4, color="#222222", label="95 % confidence")
    _name_places(where, positions, order)
    where.set_xlabel(against)
    where.set_ylabel(_COSTS[measure] + (f" ({unit})" if unit else ""))
    where.set_ylim(0, max(float(high.max()) * 1.25, 1e-12))
    where.legend(title=_mean_of(totals) if len(stack) > 1 else None, loc="upper left", alignment="left", ncols=3, frameon=False)
    return where


def success(frame: pandas.DataFrame, against: str, *, by: Optional[str] = None, axes: Optional[Axes] = None) -> Axes:
    """The share of runs whose expectations and invariants held, against a parameter, such as the rate of a fault. The
    intervals are Wilson's (:func:`crrsim.sweeps.success_rate`)."""
    where = _curves(frame, against, by, "verdict", lambda part: success_rate(part, against), axes)
    where.set_ylabel("runs that passed")
    where.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    where.set_ylim(-0.03, 1.03)
    return where


# ---- Curves ---------------------------------------------------------------------------------------------------------


def _curves(
    frame: pandas.DataFrame,
    against: str,
    by: Optional[str],
    measure: str,
    summarise: Callable[[pandas.DataFrame], pandas.DataFrame],
    axes: Optional[Axes],
) -> Axes:
    _check(frame, against, by, [measure])
    where = _axes(axes)
    order = _distinct(frame[against])
    axis = _Axis(order)
    for number, (label, part) in enumerate(_parts(frame, by)):
        colour = _COLOURS[number % len(_COLOURS)]
        rows = _in_order(summarise(part), against, [value for value in order if value in _distinct(part[against])])
        rows["position"] = [axis.position[_text(value)] for value in rows[against]]
        rows = rows.sort_values("position")
        shown = _mean_of(rows) if label is None else label
        where.plot(rows["position"], rows["mean"], marker="o", markersize=5, color=colour, label=shown)
        if not (rows["high"] > rows["low"]).any():
            continue
        band = "95 % confidence" if label is None else None
        if axis.numeric:
            where.fill_between(rows["position"], rows["low"], rows["high"], color=colour, alpha=0.2, lw=0, label=band)
        else:
            spread = [rows["mean"] - rows["low"], rows["high"] - rows["mean"]]
            where.errorbar(rows["position"], rows["mean"], yerr=spread, fmt="none", capsize=4, color=colour, label=band)
    where.set_xlabel(against + (f" ({axis.unit})" if axis.unit else ""))
    axis.apply(where)
    where.grid(axis="y", alpha=0.3)
    where.legend(title=None if by is None else f"{by} (with 95 % confidence)", alignment="left", frameon=False)
    return where


def _parts(frame: pandas.DataFrame, by: Optional[str]) -> Iterator[tuple[Optional[str], pandas.DataFrame]]:
    if by is None:
        yield None, frame
        return
    texts = frame[by].map(_text)
    for value in dict.fromkeys(texts):
        yield value, frame[texts == value]


class _Axis:
    """Where values of a parameter lie on the horizontal axis."""

    def __init__(self, order: Sequence[Any]) -> None:
        places, self.unit = _magnitudes(order)
        self.numeric = places is not None
        values = places if places is not None else [float(position) for position in range(len(order))]
        self.position = {_text(value): place for value, place in zip(order, values)}
        self.logarithmic = self.numeric and min(values) > 0 and max(values) > 10 * min(values)

    def apply(self, where: Axes) -> None:
        """Sets scale and ticks: a tick at each value that there is room for."""
        if self.logarithmic:
            where.set_xscale("log")
            where.xaxis.set_minor_locator(NullLocator())
        if not self.numeric:
            _name_places(where, list(self.position.values()), list(self.position))
            return
        chosen: list[float] = []
        last = -math.inf
        values = sorted(self.position.values())
        along = where.transScale.transform([(value, 1.0) for value in values])[:, 0]
        width = (along[-1] - along[0]) or 1.0
        for value, place in zip(values, along):
            if (place - last) / width > 0.07:
                chosen.append(value)
                last = place
        where.set_xticks(chosen, [f"{value:g}" for value in chosen])


def _magnitudes(values: Sequence[Any]) -> tuple[Optional[list[float]], str]:
    """The values as numbers of one unit; None where they are not finite quantities of one kind."""
    if all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values):
        return [float(value) for value in values], ""
    if not all(isinstance(value, str) for value in values):
        return None, ""
    for read, unit in ((_percentage, "%"), (_rate, "MB/s"), (_seconds, "s"), (_mebibytes, "MiB")):
        try:
            return [read(value) for value in values], unit
        except ValueError:
            pass
    return None, ""


def _percentage(text: str) -> float:
    if not text.endswith("%"):
        raise ValueError(text)
    return float(text[:-1])


def _rate(text: str) -> float:
    """In MB/s, of ``40MB/s`` or ``200Mbit/s``."""
    if not text.endswith("/s"):
        raise ValueError(text)
    amount = text.removesuffix("/s")
    if amount.endswith("bit"):
        return units.size_in_bytes(amount.removesuffix("bit") + "B") / 8e6
    return units.size_in_bytes(amount) / 1e6


def _seconds(text: str) -> float:
    return units.nanoseconds(text) / 1e9


def _mebibytes(text: str) -> float:
    return units.size_in_bytes(text) / 2**20


# ---- Frames ---------------------------------------------------------------------------------------------------------


def _check(frame: pandas.DataFrame, against: str, by: Optional[str], measures: Sequence[str]) -> None:
    columns = [str(column) for column in frame.columns]
    check_columns(frame, [against, *([] if by is None else [by]), *measures])
    if frame[measures].isna().all(axis=None):
        raise DefinitionError(f"no run of the frame has a value of '{measures[0]}'" if len(frame) else "the frame has no rows")
    if "variant" not in columns:
        return
    keys = frame[[column for column in (against, by) if column]].map(_text)
    mixed = frame.groupby([keys[column] for column in keys])["variant"].nunique()
    if (mixed > 1).any():
        names = mixed.index.names
        where = mixed.index[mixed.to_numpy() > 1][0]
        values = dict(zip(names, where if isinstance(where, tuple) else (where,)))
        at = " and ".join(f"{name} {value}" for name, value in values.items())
        raise DefinitionError(
            f"several variants have {at}; expected one: choose rows of one value of the other parameters"
            + (", or name one with by=" if by is None else "")
        )


def _in_order(rows: pandas.DataFrame, against: str, order: Sequence[Any]) -> pandas.DataFrame:
    place = {_text(value): number for number, value in enumerate(order)}
    return rows.sort_values(against, key=lambda column: column.map(lambda value: place[_text(value)])).reset_index(drop=True)


def _distinct(values: pandas.Series[Any]) -> list[Any]:
    """Each value once, as first met."""
    return list({_text(value): value for value in reversed(list(values))}.values())[::-1]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _axes(axes: Optional[Axes]) -> Axes:
    return axes if axes is not None else matplotlib.pyplot.subplots(layout="constrained")[1]


def _mean_of(rows: pandas.DataFrame) -> str:
    fewest, most = int(rows["count"].min()), int(rows["count"].max())
    return f"mean of {most if fewest == most else f'{fewest} to {most}'} run{'s' if most != 1 else ''}"


def _byte_unit(largest: float) -> tuple[float, str]:
    return next(((size, name) for size, name in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")) if largest >= size), (1.0, "B"))


def _name_places(where: Axes, places: Sequence[float], values: Sequence[Any]) -> None:
    names = [_text(value).replace('"', "") for value in values]
    crowded = sum(len(name) + 2 for name in names) > 70
    where.set_xticks(places, names, rotation=30 if crowded else 0, ha="right" if crowded else "center")
