"""Sweeps: variants, seeds, resuming, workers."""

import hashlib
import json
import math
import pathlib
import shutil

import crrsim
import crrsim.sweeps
import pandas
import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCENARIO = ROOT / "scenarios" / "determinism" / "contention_and_retries.yaml"


def equal(a, b):
    pandas.testing.assert_frame_equal(a, b, check_exact=True)


def test_a_row_a_variant_and_seed_in_order():
    frame = crrsim.sweep(SCENARIO, {"options.call_latency": ["10ms", "40ms"]}, range(1, 4), progress=False)
    assert list(zip(frame["variant"], frame["seed"])) == [(v, s) for v in (0, 1) for s in (1, 2, 3)]
    assert list(frame["options.call_latency"]) == ["10ms"] * 3 + ["40ms"] * 3
    assert set(frame["verdict"]) <= {"pass", "fail"}
    assert frame["run_digest"].nunique() == 6
    report = crrsim.run_scenario(SCENARIO, seed=2)
    own = crrsim.sweep(SCENARIO, seeds=[2], progress=False)
    assert own["run_digest"][0] == report["run_digest"]
    assert own["useful_bytes"][0] == sum(way["useful_bytes"] for way in report["transfers"])


def test_a_row_says_what_the_report_of_its_run_says():
    lossy = ROOT / "scenarios" / "faults" / "everything.yaml"
    frame = crrsim.sweep(lossy, seeds=range(1, 9), progress=False)
    assert (frame["fault_hits"] > 0).any() and (frame["wasted_bytes"] > 0).any()
    for row in frame.to_dict("records"):
        report = crrsim.run_scenario(lossy, seed=row["seed"])
        copies = report["replications"]
        assert {name: row[name] for name in ("verdict", "run_digest", "simulated_seconds", "events")} == {
            name: report[name] for name in ("verdict", "run_digest", "simulated_seconds", "events")
        }
        assert row["replications"] == len(copies) > 0
        assert row["failed_replications"] == sum(copy["status"] == "FAILED" for copy in copies)
        lags = sorted(c["visible_at_seconds"] - c["queued_at_seconds"] for c in copies if c["visible_at_seconds"] is not None)
        for name, percent in (("lag_p50", 50), ("lag_p90", 90), ("lag_p99", 99), ("lag_max", 100)):
            wanted = lags[-(-len(lags) * percent // 100) - 1]
            assert row[name] == pytest.approx(wanted, rel=1e-9)
        for name in ("useful_bytes", "wasted_bytes"):
            assert row[name] == sum(way[name] for way in report["transfers"])
        assert row["gb_months"] == pytest.approx(math.fsum(part["gb_months"] for part in report["storage"]), rel=1e-12)
        assert row["fault_hits"] == sum(fault["hits"] for fault in report["faults"])


def test_a_run_whose_images_cannot_be_had_is_an_error_in_each_row(tmp_path):
    file = tmp_path / "absent.yaml"
    file.write_text(
        """
title: No content
accounts: {shop: "111122223333"}
regions: [us-west-2]
network: aws-2026
images: {api: {path: absent.tar}}
timeline: []
"""
    )
    frame = crrsim.sweep(file, seeds=range(3), progress=False)
    assert list(frame["verdict"]) == ["error"] * 3
    assert frame["lag_max"].isna().all()


def test_content_of_ones_own_is_swept(tmp_path):
    walkthrough = ROOT / "scenarios" / "walkthrough" / "us_west_to_europe.yaml"
    layout = ROOT / "scenarios" / "images" / "greeting"
    own = crrsim.sweep(walkthrough, seeds=[1, 2], images={"mservice": layout}, resume=tmp_path, progress=False)
    report = crrsim.run_scenario(walkthrough, seed=2, images={"mservice": layout})
    assert own["run_digest"][1] == report["run_digest"]
    assert own["useful_bytes"][0] < crrsim.sweep(walkthrough, seeds=[1], progress=False)["useful_bytes"][0]
    with pytest.raises(crrsim.DefinitionError, match="other documents or images"):
        crrsim.sweep(walkthrough, seeds=[1, 2], resume=tmp_path, progress=False)
    by_worker = crrsim.sweeps.run_batch(
        json.dumps(crrsim.read_definition(walkthrough)), str(walkthrough), (("mservice", str(layout)),), 0, [1, 2]
    )
    assert by_worker["run_digest"] == list(own["run_digest"])


def test_the_number_of_workers_changes_nothing():
    equal(
        crrsim.sweep(SCENARIO, seeds=range(1, 200), workers=1, progress=False),
        crrsim.sweep(SCENARIO, seeds=range(1, 200), workers=5, progress=False),
    )


def test_a_sweep_goes_on_where_it_was_left(tmp_path, monkeypatch):
    whole = crrsim.sweep(SCENARIO, seeds=range(1, 6), progress=False)
    crrsim.sweep(SCENARIO, seeds=range(1, 4), resume=tmp_path, progress=False)
    ran = []
    real = crrsim.sweeps._run

    def noting(scenario, variant, seeds):
        ran.extend(seeds)
        return real(scenario, variant, seeds)

    monkeypatch.setattr(crrsim.sweeps, "_run", noting)
    equal(crrsim.sweep(SCENARIO, seeds=range(1, 6), resume=tmp_path, progress=False), whole)
    assert ran == [4, 5]
    ran.clear()
    twice = crrsim.sweep(SCENARIO, seeds=[2, 1, 2], resume=tmp_path, progress=False)
    equal(twice, whole.take([1, 0, 1]).reset_index(drop=True))
    assert ran == []
    with pytest.raises(crrsim.DefinitionError, match="another scenario or other parameters"):
        crrsim.sweep(SCENARIO, {"options.call_latency": ["1ms"]}, [1], resume=tmp_path, progress=False)


def test_a_sweep_that_breaks_off_leaves_what_it_has(tmp_path, monkeypatch):
    real = crrsim.sweeps._run

    def breaking(scenario, variant, seeds):
        if 9 in seeds:
            raise KeyboardInterrupt
        return real(scenario, variant, seeds)

    monkeypatch.setattr(crrsim.sweeps, "_run", breaking)
    with pytest.raises(KeyboardInterrupt):
        crrsim.sweep(SCENARIO, seeds=range(1, 13), resume=tmp_path, workers=1, progress=False)
    monkeypatch.undo()
    left = pandas.concat([pandas.read_parquet(file) for file in tmp_path.glob("*.parquet")])
    assert set(range(1, 9)) >= set(left["seed"]) >= set(range(1, 5))
    equal(crrsim.sweep(SCENARIO, seeds=range(1, 13), resume=tmp_path, progress=False),
          crrsim.sweep(SCENARIO, seeds=range(1, 13), progress=False))  # fmt: skip


NAMES_FILES = """
title: A scenario that names files
accounts: {shop: "111122223333"}
regions: [us-west-2, eu-west-1]
network: {latency_csv: table.csv}
images: {api: {path: content}}
timeline:
  - PutReplicationConfiguration: file://rules.json
    in: us-west-2
  - CreateRepository: {repositoryName: api}
    in: us-west-2
  - push: api:1
    to: us-west-2
expect:
  - {image: api:1, in: eu-west-1}
"""


def files(folder):
    """A scenario with all the files that it names."""
    (folder / "s.yaml").write_text(NAMES_FILES)
    (folder / "table.csv").write_text("from,us-west-2,eu-west-1\nus-west-2,1ms,65ms\neu-west-1,65ms,1ms\n")
    destination = {"region": "eu-west-1", "registryId": "111122223333"}
    (folder / "rules.json").write_text(json.dumps({"rules": [{"destinations": [destination]}]}))
    shutil.copytree(ROOT / "scenarios" / "images" / "greeting", folder / "content")
    return folder / "s.yaml"


def other_rules(folder):
    (folder / "rules.json").write_text('{"rules": []}')


def other_latencies(folder):
    table = folder / "table.csv"
    table.write_text(table.read_text().replace("65ms", "650ms"))


def other_content(folder):
    index = json.loads((folder / "content" / "index.json").read_text())
    index["manifests"] = index["manifests"][:1]
    root = index["manifests"][0]
    blobs = folder / "content" / "blobs" / "sha256"
    changed = (blobs / root["digest"].removeprefix("sha256:")).read_bytes() + b"\n"
    name = hashlib.sha256(changed).hexdigest()
    (blobs / name).write_bytes(changed)
    root.update(digest=f"sha256:{name}", size=len(changed))
    (folder / "content" / "index.json").write_text(json.dumps(index))


def no_content(folder):
    shutil.rmtree(folder / "content")


@pytest.mark.parametrize("change", [other_rules, other_latencies, other_content, no_content])
def test_results_with_other_files_are_not_taken_for_these(tmp_path, change):
    scenario, results = files(tmp_path), tmp_path / "results"
    before = crrsim.sweep(scenario, seeds=[1, 2], resume=results, progress=False)
    assert list(before["verdict"]) == ["pass"] * 2
    equal(crrsim.sweep(scenario, seeds=[2], resume=results, progress=False), before.take([1]).reset_index(drop=True))
    change(tmp_path)
    with pytest.raises(crrsim.DefinitionError, match="other documents or images; their content has changed"):
        crrsim.sweep(scenario, seeds=[1, 2], resume=results, progress=False)
    after = crrsim.sweep(scenario, seeds=[1, 2], progress=False)
    assert list(after["run_digest"]) != list(before["run_digest"])


def test_results_of_content_of_ones_own_that_has_changed_are_not_taken_for_these(tmp_path):
    walkthrough = ROOT / "scenarios" / "walkthrough" / "us_west_to_europe.yaml"
    files(tmp_path)
    given = {"seeds": [1], "images": {"mservice": tmp_path / "content"}, "resume": tmp_path / "results", "progress": False}
    crrsim.sweep(walkthrough, **given)
    other_content(tmp_path)
    with pytest.raises(crrsim.DefinitionError, match="other documents or images"):
        crrsim.sweep(walkthrough, **given)


def test_results_of_another_crrsim_are_not_taken_for_those_of_this(tmp_path, monkeypatch):
    crrsim.sweep(SCENARIO, seeds=[1], resume=tmp_path, progress=False)
    mark = json.loads((tmp_path / "sweep.json").read_text())
    for version, said in (("0.0.9 (0123456789)", r"another crrsim, 0\.0\.9 \(0123456789\); this is"), (None, "did not say which")):
        old = {name: text for name, text in {**mark, "crrsim": version}.items() if text is not None}
        (tmp_path / "sweep.json").write_text(json.dumps(old))
        with pytest.raises(crrsim.DefinitionError, match=said):
            crrsim.sweep(SCENARIO, seeds=[1], resume=tmp_path, progress=False)
    # Builds of changed source have one version, and are told apart by their bytes.
    monkeypatch.setattr("_crrsim.version", "0.1.0 (0123456789-dirty)")
    one = crrsim.sweeps._simulator()
    other = tmp_path / "other.so"
    other.write_bytes(b"other")
    monkeypatch.setattr("_crrsim.__file__", str(other))
    assert one != crrsim.sweeps._simulator()


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"options.call_latensy": ["1ms"]}, "did you mean 'call_latency'?"),
        ({"options.call_latency": "1ms"}, "expected a list of values"),
        ({"timeline.999.at": ["1ms"]}, "there is no '999'"),
        ({"title.more": ["1ms"]}, "holds a value"),
        ({"seed": [1, 2]}, "given as 'seeds'"),
    ],
)
def test_a_wrong_parameter_is_refused_before_anything_runs(params, said):
    with pytest.raises(crrsim.DefinitionError) as caught:
        crrsim.sweep(SCENARIO, params, [1], progress=False)
    assert said in str(caught.value)


def test_a_summary_has_the_interval_of_the_mean():
    frame = pandas.DataFrame({"variant": [0, 0, 0, 0, 1], "lag_p99": [1.0, 2.0, 3.0, 4.0, 7.0]})
    rows = crrsim.sweeps.summary(frame)
    assert list(rows["mean"]) == [2.5, 7.0]
    assert rows["high"][0] - rows["mean"][0] == pytest.approx(1.959964 * 1.2909944 / 2, rel=1e-6)
    assert (rows["low"][1], rows["high"][1]) == (7.0, 7.0)


def test_a_share_of_runs_has_wilsons_interval():
    verdicts = ["pass"] * 10 + ["pass"] * 3 + ["fail"] * 7 + ["error"] * 10
    frame = pandas.DataFrame({"rate": ["0%"] * 10 + ["10%"] * 10 + ["20%"] * 10, "verdict": verdicts})
    rows = crrsim.sweeps.success_rate(frame, "rate").set_index("rate")
    assert list(rows["mean"]) == [1.0, 0.3, 0.0]
    # Newcombe 1998, method 3: 3 of 10 gives 0.1078 to 0.6032; all or none of n leave z^2 / (n + z^2).
    assert list(rows.loc["10%", ["low", "high"]]) == pytest.approx([0.1078, 0.6032], abs=5e-5)
    assert list(rows.loc["0%", ["low", "high"]]) == pytest.approx([1 - 0.27753, 1.0], abs=5e-6)
    assert list(rows.loc["20%", ["low", "high"]]) == pytest.approx([0.0, 0.27753], abs=5e-6)


def test_values_that_are_lists_are_summarised_too():
    frame = crrsim.sweep(SCENARIO, {"images.model.layers": [["10MiB"], ["20MiB", "1MiB"]]}, [1, 2], progress=False)
    rows = crrsim.sweeps.summary(frame, "useful_bytes", by="images.model.layers").set_index("images.model.layers")
    for text, variant in (('["10MiB"]', 0), ('["20MiB", "1MiB"]', 1)):
        assert rows.loc[text, "mean"] == frame[frame["variant"] == variant]["useful_bytes"].mean()
    assert rows["mean"].nunique() == 2


def test_a_definition_is_the_file_as_data():
    definition = crrsim.read_definition(SCENARIO)
    json.dumps(definition)
    again = crrsim.Scenario.from_definition(definition, SCENARIO).run(3)
    assert again["run_digest"] == crrsim.run_scenario(SCENARIO, seed=3)["run_digest"]
