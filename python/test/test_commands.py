"""What the command line does, from Python."""

import json
import pathlib
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint

import crrsim
import pytest

ROOT = pathlib.Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
WALKTHROUGH = SCENARIOS / "walkthrough" / "us_west_to_europe.yaml"


def write(folder, **documents):
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))


def rules(*regions, prefix=None):
    rule = {"destinations": [{"region": region, "registryId": "111122223333"} for region in regions]}
    if prefix:
        rule["repositoryFilters"] = [{"filter": prefix, "filterType": "PREFIX_MATCH"}]
    return {"registryId": "111122223333", "replicationConfiguration": {"rules": [rule]}}


@pytest.fixture
def set_up(tmp_path):
    write(tmp_path / "111122223333" / "us-west-2", registry=rules("eu-west-1", prefix="team/"))
    write(tmp_path / "111122223333" / "eu-west-1")
    return tmp_path


def test_any_command_runs_in_process():
    done = crrsim.command("run", "-q", WALKTHROUGH)
    assert (done.exit_code, done.complaints) == (0, "") and "PASS" in done.output
    wrong = crrsim.command("rum")
    assert wrong.exit_code == 2 and "did you mean" in wrong.complaints


def test_the_program_of_the_package_is_the_command_line():
    done = subprocess.run(
        [sys.executable, "-m", "crrsim", "invariants"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and done.stdout == crrsim.command("invariants").output


def test_the_scripts_and_plugins_of_the_project_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for group, entries in {"console_scripts": project["scripts"], **project["entry-points"]}.items():
        for name, value in entries.items():
            assert EntryPoint(name, value, group).load() is not None
    # As an installer writes them: the exit code is the function's.
    module, function = project["scripts"]["crrsim"].split(":")
    script = f"import sys; from {module} import {function}; sys.exit({function}())"
    for arguments, code in ((["validate", WALKTHROUGH], 0), (["rum"], 2)):
        done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, bool(done.stderr)) == (code, code != 0)


def test_explain_of_a_set_up_and_of_a_scenario(set_up):
    answer = crrsim.explain(set_up, "111122223333/us-west-2", "team/api:1")
    assert [row["region"] for row in answer["destinations"]] == ["eu-west-1"]
    assert crrsim.explain(set_up, None, "other:1")["destinations"] == []
    assert crrsim.explain(WALKTHROUGH, "us-west-2", "mservice:43")["destinations"][0]["region"] == "eu-west-1"
    with pytest.raises(crrsim.DefinitionError, match="no such registry"):
        crrsim.explain(set_up, "111122223333/us-west-9", "team/api:1")


def test_explain_of_a_change(set_up, tmp_path):
    after = tmp_path / "after"
    write(after / "111122223333" / "us-west-2", registry=rules("eu-west-1", prefix="prod/"))
    write(after / "111122223333" / "eu-west-1")
    before = tmp_path / "before"
    before.mkdir()
    (set_up / "111122223333").rename(before / "111122223333")
    changes = crrsim.explain_change(before, after, ["team/api", "prod/api", "other"])["changes"]
    assert sorted((row["repository"], row["change"]) for row in changes) == [("prod/api", "gained"), ("team/api", "lost")]
    assert crrsim.explain_change(before, before, ["team/api"])["changes"] == []


def test_lint_finds_what_can_never_work(set_up):
    assert crrsim.lint(set_up) == []
    write(set_up / "111122223333" / "us-west-2", registry=rules("us-west-2"))
    findings = crrsim.lint(set_up)
    assert findings and all(row["code"] for row in findings)


def test_compare_of_folders_of_a_scenario_and_of_a_world():
    folders = crrsim.compare(SCENARIOS / "compare" / "us-west-2", SCENARIOS / "compare" / "eu-west-1")
    assert folders["ready"] is False and folders["differences"]
    told = crrsim.compare(WALKTHROUGH, from_registry="us-west-2", to_registry="eu-west-1")
    assert told["ready"] is True
    world = crrsim.World()
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", crrsim.Image(layers=[5]))
    answer = world.compare("us-west-2", "eu-west-1")
    assert answer["ready"] is False and {row["reason"] for row in answer["differences"]} == {"no-rule"}
    assert world.compare("us-west-2", "us-west-2")["equal"] is True


def test_policies_are_evaluated_case_by_case():
    case = {
        "policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]},
        "principal": "arn:aws:iam::111122223333:root",
        "action": "ecr:ReplicateImage",
        "resource": "arn:aws:ecr:eu-west-1:444455556666:repository/api",
    }
    allowed, broken = crrsim.evaluate_policies([case, {"policy": 7}])
    assert allowed["decision"] == "Allowed" and broken["decision"] is None and broken["error"]


def test_lists_and_schemas():
    assert {"visibility"} <= {row["name"] for row in crrsim.assumptions()}
    assert [row["name"] for row in crrsim.assumptions("visibility")] == ["visibility"]
    assert len(crrsim.invariants()) >= 9 and all(row["source"] for row in crrsim.invariants())
    for kind, file in (("scenario", "crrsim"), ("report", "report"), ("sweep", "sweep")):
        assert crrsim.schema(kind) == json.loads((SCENARIOS / f"{file}.schema.json").read_text())
    with pytest.raises(crrsim.DefinitionError, match="scenario, report, sweep"):
        crrsim.schema("other")


def test_conformance_of_a_folder(tmp_path):
    text = WALKTHROUGH.read_text().replace("accounts:", "cites: [ecr-replication.md 14 (1)]\naccounts:", 1)
    (tmp_path / "one.yaml").write_text(text)
    (tmp_path / "rules.txt").write_text("14 (1) | It is so. | somewhere\n14 (2) | It is not. | elsewhere\n")
    table = crrsim.conformance(tmp_path)
    assert [row["verdict"] for row in table["rules"]] == ["pass", "no scenario"] and table["sound"] is False


def test_bandwidth_sharing_alone():
    network = {
        "uplink": [10.0, 10.0], "downlink": [10.0, 10.0], "latency": [[0, 0], [0, 0]],
        "flows": [{"start": 0, "src": 0, "dst": 1, "bytes": 100}, {"start": 0, "src": 0, "dst": 1, "bytes": 100}],
    }  # fmt: skip
    assert crrsim.solve_network(network)["completion"] == [20.0, 20.0]
    with pytest.raises(crrsim.DefinitionError, match="src"):
        crrsim.solve_network({**network, "flows": [{"start": 0, "src": 7, "dst": 1, "bytes": 1}]})


def test_what_is_installed_has_the_stub_where_type_checkers_look(tmp_path):
    import _crrsim

    build = pathlib.Path(_crrsim.__file__).parent
    if not (build / "CMakeCache.txt").exists():
        pytest.skip("the module is not that of a build folder")
    arguments = ["cmake", "--install", build, "--component", "python", "--prefix", tmp_path]
    subprocess.run(arguments, check=True, capture_output=True)
    installed = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert installed == {pathlib.Path(_crrsim.__file__).name, "_crrsim-stubs/__init__.pyi"}


def test_commands_take_content_for_images():
    layout = SCENARIOS / "images" / "greeting"
    crrsim.validate(WALKTHROUGH, images={"mservice": layout})
    with pytest.raises(crrsim.DefinitionError, match="did you mean 'mservice'"):
        crrsim.validate(WALKTHROUGH, images={"mservise": layout})
    for judged in (False, True):
        assert crrsim.bench(WALKTHROUGH, repetitions=1, images={"mservice": layout}, judged=judged)["benchmarks"]
    definition = crrsim.read_definition(WALKTHROUGH)
    digests = {
        row["digest"]
        for row in crrsim.Scenario.from_definition(definition, WALKTHROUGH, images={"mservice": layout}).run()["images"]
    }
    assert digests == {crrsim.Image.load(layout).digest}


def test_validate_and_bench(tmp_path):
    crrsim.validate(WALKTHROUGH)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(WALKTHROUGH.read_text().replace("timeline:", "timelime:"))
    with pytest.raises(crrsim.DefinitionError, match="did you mean 'timeline'"):
        crrsim.validate(wrong)
    figures = crrsim.bench(WALKTHROUGH, repetitions=1)
    assert figures["benchmarks"]


def test_the_service_linked_role_can_be_deleted_where_nothing_needs_it(world):
    with pytest.raises(crrsim.ApiError):
        world.delete_replication_role("shop")  # there is none yet
    world["us-west-2"].replicate_to("eu-west-1")
    with pytest.raises(crrsim.ApiError):
        world.delete_replication_role("shop")  # a rule needs it
    world["us-west-2"].configure_replication([])
    world.delete_replication_role("shop")


def test_a_strict_run_fails_where_a_fault_hit_nothing(tmp_path):
    file = tmp_path / "idle.yaml"
    file.write_text(WALKTHROUGH.read_text().replace("timeline:", "timeline:\n  - crash: us-west-2\n    for: 1ms", 1))
    assert crrsim.run_scenario(file).passed
    assert not crrsim.run_scenario(file, strict=True).passed
