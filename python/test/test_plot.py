"""Plots of sweeps: what is drawn is what the frame says, and the axes say what it is."""

import json
import pathlib
import shutil

import crrsim
import pandas
import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plot = pytest.importorskip("crrsim.plot")

from crrsim.sweeps import success_rate, summary  # noqa: E402

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"
BANDWIDTH, LOSS, FIRST_WAIT = "network.links.0.bandwidth", "timeline.2.lose.messages", "options.retry.first"


@pytest.fixture(autouse=True)
def no_figure_is_left():
    yield
    matplotlib.pyplot.close("all")


@pytest.fixture(scope="module")
def bandwidths():
    """As written, neither in the order of numbers nor of the alphabet."""
    values = ["400MB/s", "5MB/s", "160Mbit/s", "100MB/s"]
    return crrsim.sweep(SCENARIOS / "determinism/contention_and_retries.yaml", {BANDWIDTH: values}, range(1, 6), progress=False)


@pytest.fixture(scope="module")
def losses(tmp_path_factory):
    """A deadline that more and more runs miss as more messages are lost."""
    folder = tmp_path_factory.mktemp("losses")
    shutil.copy(SCENARIOS / "faults/to-eu-west-1.json", folder)
    definition = crrsim.read_definition(SCENARIOS / "faults/lost_messages.yaml")
    definition["expect"] = [{"lag": "max", "from": "us-west-2", "to": "eu-west-1", "at_most": "1m"}]
    (folder / "deadline.json").write_text(json.dumps(definition))
    params = {LOSS: ["5%", "25%", "30%", "60%"], FIRST_WAIT: ["1s", "8s"]}
    return crrsim.sweep(folder / "deadline.json", params, range(1, 11), progress=False)


def line(axes, number=0):
    return [(float(x), float(y)) for x, y in axes.lines[number].get_xydata()]


def band(axes, number=0):
    """Of each place, the lowest and the highest corner."""
    corners = axes.collections[number].get_paths()[0].vertices
    return {x: (min(y for a, y in corners if a == x), max(y for a, y in corners if a == x)) for x in set(corners[:, 0])}


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def ticks(axes):
    return [text.get_text() for text in axes.get_xticklabels()]


def test_lag_against_bandwidth(bandwidths):
    axes = plot.lag(bandwidths, BANDWIDTH)
    rows = summary(bandwidths, "lag_p99", BANDWIDTH).set_index(BANDWIDTH)
    wanted = {5.0: rows.loc["5MB/s"], 20.0: rows.loc["160Mbit/s"], 100.0: rows.loc["100MB/s"], 400.0: rows.loc["400MB/s"]}
    assert line(axes) == [(x, row["mean"]) for x, row in wanted.items()]
    assert band(axes) == {x: (row["low"], row["high"]) for x, row in wanted.items()}
    assert any(row["high"] > row["low"] for row in wanted.values())
    assert axes.get_xlabel() == "network.links.0.bandwidth (MB/s)"
    assert axes.get_ylabel() == "replication lag, 99th percentile of a run (s)"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert ticks(axes) == ["5", "20", "100", "400"]
    assert legend(axes) == ["mean of 5 runs", "95 % confidence"]
    bottom, top = axes.get_ylim()
    assert bottom == 0 and top > max(row["high"] for row in wanted.values())


def test_a_curve_for_each_value_of_a_second_parameter(losses):
    axes = plot.lag(losses, LOSS, measure="lag_max", by=FIRST_WAIT)
    for number, wait in enumerate(["1s", "8s"]):
        rows = summary(losses[losses[FIRST_WAIT] == wait], "lag_max", LOSS).set_index(LOSS)["mean"]
        assert line(axes, number) == [(float(loss[:-1]), rows[loss]) for loss in ("5%", "25%", "30%", "60%")]
    assert legend(axes) == ["1s", "8s"]
    assert axes.get_legend().get_title().get_text() == "options.retry.first (with 95 % confidence)"
    assert axes.get_yscale() == "log"  # from seconds to hours


def test_cost_against_configuration(bandwidths):
    axes = plot.cost(bandwidths, BANDWIDTH)
    means = bandwidths.groupby(BANDWIDTH)[["useful_bytes", "wasted_bytes"]].mean().loc[["400MB/s", "5MB/s", "160Mbit/s", "100MB/s"]]
    heights = [bar.get_height() for bar in axes.patches]
    assert heights[:4] == pytest.approx(list(means["useful_bytes"] / 1e6))
    assert heights[4:] == pytest.approx(list(means["wasted_bytes"] / 1e6))
    assert [bar.get_y() for bar in axes.patches[4:]] == heights[:4]
    assert ticks(axes) == ["400MB/s", "5MB/s", "160Mbit/s", "100MB/s"]  # as given
    assert (axes.get_xlabel(), axes.get_ylabel()) == (BANDWIDTH, "bytes moved (MB)")
    assert legend(axes) == ["useful bytes", "wasted bytes", "95 % confidence"]
    totals = summary(bandwidths.assign(total=bandwidths["useful_bytes"] + bandwidths["wasted_bytes"]), "total", BANDWIDTH)
    segments = axes.collections[0].get_segments()
    assert [tuple(segment[:, 1]) for segment in segments] == [
        pytest.approx((row["low"] / 1e6, row["high"] / 1e6)) for _, row in totals.set_index(BANDWIDTH).loc[means.index].iterrows()
    ]


def test_cost_of_storage(bandwidths):
    axes = plot.cost(bandwidths, BANDWIDTH, measure="gb_months")
    means = bandwidths.groupby(BANDWIDTH)["gb_months"].mean().loc[["400MB/s", "5MB/s", "160Mbit/s", "100MB/s"]]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx(list(means))
    assert axes.get_ylabel() == "storage (GB-months)"


def test_success_against_the_rate_of_a_fault(losses):
    quick = losses[losses[FIRST_WAIT] == "1s"]
    axes = plot.success(quick, LOSS)
    rows = success_rate(quick, LOSS).set_index(LOSS).loc[["5%", "25%", "30%", "60%"]]
    assert rows["mean"].iloc[0] > rows["mean"].iloc[-1]  # the frame has something to show
    assert line(axes) == list(zip([5.0, 25.0, 30.0, 60.0], rows["mean"]))
    assert band(axes) == dict(zip([5.0, 25.0, 30.0, 60.0], zip(rows["low"], rows["high"])))
    axes.figure.canvas.draw()
    assert (axes.get_xlabel(), axes.get_ylabel()) == (f"{LOSS} (%)", "runs that passed")
    assert "100 %" in [text.get_text() for text in axes.get_yticklabels()]


@pytest.mark.parametrize(
    ("values", "places", "unit"),
    [
        (["500ms", "2s"], [0.5, 2.0], "s"),
        (["1MiB", "3GiB"], [1.0, 3072.0], "MiB"),
        (["0%", "12.5%"], [0.0, 12.5], "%"),
        ([3, 40], [3.0, 40.0], ""),
        (["10MB/s", "unlimited"], [0.0, 1.0], ""),
        ([["1MiB"], ["2MiB", "1MiB"]], [0.0, 1.0], ""),
        (["1s", "1MiB"], [0.0, 1.0], ""),
        ([False, True], [0.0, 1.0], ""),
    ],
)
def test_quantities_lie_where_they_belong_and_the_rest_side_by_side(values, places, unit):
    frame = pandas.DataFrame({"p": [v for v in values for _ in range(2)], "variant": [0, 0, 1, 1], "lag_p99": [1.0, 2.0, 3.0, 4.0]})
    axes = plot.lag(frame, "p")
    assert line(axes) == [(places[0], 1.5), (places[1], 3.5)]
    assert axes.get_xlabel() == (f"p ({unit})" if unit else "p")
    assert axes.get_xscale() == ("log" if 0 < 10 * places[0] < places[1] else "linear")


def test_one_run_each_has_no_interval():
    frame = pandas.DataFrame({"p": [1, 2], "variant": [0, 1], "lag_p99": [1.0, 2.0], "gb_months": [1.0, 2.0]})
    axes = plot.lag(frame, "p")
    assert legend(axes) == ["mean of 1 run"] and not axes.collections
    assert legend(plot.cost(frame, "p", measure="gb_months")) == ["mean of 1 run"]


def test_draws_on_axes_of_ones_own(bandwidths):
    figure, (left, right) = matplotlib.pyplot.subplots(1, 2)
    assert plot.lag(bandwidths, BANDWIDTH, axes=left) is left
    assert plot.success(bandwidths, BANDWIDTH, axes=right) is right
    assert matplotlib.pyplot.get_fignums() == [figure.number]


def test_mistakes_are_told(bandwidths, losses):
    without_lags = bandwidths.assign(lag_p99=float("nan"))
    for draw, said in [
        (lambda: plot.lag(bandwidths, "network.links.0.bandwith"), f"no column 'network.links.0.bandwith'; did you mean '{BANDWIDTH}'?"),
        (lambda: plot.lag(bandwidths, BANDWIDTH, by="q"), "no column 'q'; it has variant, seed"),
        (lambda: plot.lag(bandwidths, BANDWIDTH, measure="lag_p95"), "found 'lag_p95'; expected one of lag_p50, lag_p90"),
        (lambda: plot.cost(bandwidths, BANDWIDTH, measure="dollars"), "found 'dollars'; expected one of bytes, useful_bytes"),
        (lambda: plot.success(bandwidths.drop(columns="verdict"), BANDWIDTH), "no column 'verdict'"),
        (lambda: plot.lag(bandwidths.head(0), BANDWIDTH), "the frame has no rows"),
        (lambda: plot.lag(without_lags, BANDWIDTH), "no run of the frame has a value of 'lag_p99'"),
        (lambda: plot.success(losses, LOSS), f"several variants have {LOSS} 25%; expected one"),
    ]:
        with pytest.raises(crrsim.DefinitionError) as caught:
            draw()
        assert said in str(caught.value)
    assert matplotlib.pyplot.get_fignums() == []  # nothing half done
