"""Ordinary mistakes: what was found, and what was expected."""

import importlib
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import crrsim
import pytest
from crrsim import errors

IMAGE = crrsim.Image(layers=["1MiB"], name="app")
LAYER = "1MiB"


def west():
    world = crrsim.World()
    world["us-west-2"].create_repository("api")
    return world["us-west-2"]


#: What is of the wrong kind, and what is said of it.
WRONG_KINDS = {
    "regions": (lambda: crrsim.World(regions="us-west-2"), "regions: found 'us-west-2'; expected a list of names of regions"),
    "opted_out": (lambda: crrsim.World(opted_out="eu-west-1"), "opted_out: found 'eu-west-1'; expected a list"),
    "accounts": (lambda: crrsim.World(accounts="shop"), "accounts: found 'shop'; expected names and numbers"),
    "options": (lambda: crrsim.World(options=["call_latency"]), r"options: found \['call_latency'\]; expected options"),
    "network": (lambda: crrsim.World(network=5), "network: found 5; expected a preset or links"),
    "seed": (lambda: crrsim.World(seed="x"), "seed: found 'x'; expected a whole number"),
    "layers": (lambda: crrsim.Image(layers="1MiB"), "layers: found '1MiB'; expected a list of sizes"),
    "layer": (lambda: crrsim.Image(layers=[1.5]), "found 1.5; expected a size such as '48MiB'"),
    "based_on": (lambda: crrsim.Image(layers=[LAYER], based_on="base"), "based_on: found 'base'; expected an Image"),
    "subject": (lambda: crrsim.Image(subject="base"), "subject: found 'base'; expected an Image"),
    "sizes_only": (lambda: crrsim.Image(sizes_only="no"), "sizes_only: found 'no'; expected True or False"),
    "judged": (lambda: crrsim.World(judged="no"), "judged: found 'no'; expected True or False"),
    "findings of what is loaded": (lambda: crrsim.Image.load("x", findings=["HIGH"]), r"findings: found \['HIGH'\]"),
    "findings of an index": (lambda: crrsim.Image.index([IMAGE], findings=["HIGH"]), r"findings: found \['HIGH'\]"),
    "name": (lambda: crrsim.Image(name=5), "name: found 5; expected a text"),
    "index": (lambda: crrsim.Image.index(["amd64"]), "images: found 'amd64'; expected an Image"),
    "indexes": (lambda: crrsim.Image.index("amd64"), "images: found 'amd64'; expected a list of Images"),
    "no image in an index": (lambda: crrsim.Image.index([None]), "images: found None; expected an Image"),
    "findings": (lambda: crrsim.Image(findings=["HIGH"]), r"findings: found \['HIGH'\]; expected severities and numbers"),
    "count": (lambda: crrsim.Image(findings={"HIGH": "2"}), "findings: HIGH: found '2'; expected a whole number"),
    "registry": (lambda: crrsim.World()[5], "registry: found 5; expected 'account/region' or a Registry"),
    "push": (lambda: west().push("api:1", "hello"), "image: found 'hello'; expected an Image"),
    "push of nothing": (lambda: west().push("api:1", None), "image: found None; expected an Image"),
    "upstream": (lambda: west().pull("api:1", upstream="hello"), "upstream: found 'hello'; expected an Image"),
    "pull": (lambda: west().pull(5), "reference: found 5; expected 'repository:tag' or 'repository@digest'"),
    "digest_of": (lambda: west().digest_of(None), "reference: found None; expected 'repository:tag'"),
    "operation": (lambda: west().call(5), "operation: found 5; expected a text"),
    "caller": (lambda: west().call("DescribeRepositories", caller=5), "caller: found 5; expected the ARN of a principal"),
    "prefixes": (lambda: west().replicate_to("eu-west-1", prefixes="team/"), "prefixes: found 'team/'; expected a list"),
    "rules": (lambda: west().configure_replication("all"), "configuration: found 'all'; expected a list of rules"),
    "callback": (lambda: crrsim.World().events(5), "callback: found 5; expected a function"),
    "function": (lambda: crrsim.World().at("5m", 5), "function: found 5; expected a function"),
    "image": (lambda: crrsim.Scenario("absent.yaml", images={5: "x"}), "images: found 5; expected the name of an image"),
    "input": (lambda: crrsim.command("lint", input=5), "input: found 5; expected a text"),
    "step": (lambda: crrsim.World().faults.begin("crash"), "step: found 'crash'; expected a fault's verb"),
    "images": (lambda: crrsim.Scenario("absent.yaml", images="api=x"), "images: found 'api=x'; expected names and paths"),
}


@pytest.mark.parametrize("what", WRONG_KINDS)
def test_a_value_of_the_wrong_kind_is_a_type_error_that_names_it(what):
    do, said = WRONG_KINDS[what]
    with pytest.raises(TypeError, match=said):
        do()


#: What is of the right kind and cannot be, and what is said of it.
WRONG_VALUES = {
    "seed": (lambda: crrsim.World(seed=-1), "seed: found -1; expected a number from 0 to 2^53 - 1"),
    "layer": (lambda: crrsim.Image(layers=[10**30]), f"found {10**30}; expected a size from 0 bytes to 2^63 - 1"),
    "negative layer": (lambda: crrsim.Image(layers=[-(10**30)]), f"found -{10**30}; expected a size from 0 bytes"),
    "severity": (lambda: crrsim.Image(findings={"BAD": 2}), "'BAD' is not a severity; they are INFORMATIONAL, LOW"),
    "near severity": (lambda: crrsim.Image(findings={"HIHG": 2}), "'HIHG' is not a severity; did you mean 'HIGH'?"),
    "findings of an index": (lambda: crrsim.Image.index([IMAGE], findings={"BAD": 2}), "'BAD' is not a severity"),
    "count": (lambda: crrsim.Image(findings={"HIGH": -2}), "findings: HIGH: found -2; expected a number of findings"),
    "exception": (lambda: crrsim.error_class("Nope"), "'Nope' is not an exception of the simulated API"),
    "near exception": (
        lambda: crrsim.error_class("RepositoryNotFoundExeption"),
        "did you mean 'RepositoryNotFoundException'?",
    ),
    "explained": (lambda: west().explain("Api:1"), "'Api' is not a repository name"),
    "time zone": (lambda: crrsim.World().at(datetime(2026, 5, 1)), "has no time zone"),
    "start": (lambda: crrsim.World(start=datetime(9999, 1, 1, tzinfo=timezone.utc)), "within the years 1970 to 2149"),
    "instant": (lambda: crrsim.World().at(datetime(9999, 1, 1, tzinfo=timezone.utc)), "9999-01-01 00:00:00+00:00 leads out"),
    "timedelta": (lambda: crrsim.World().at(timedelta.max), "within the years 1970 to 2149"),
    "span": (lambda: crrsim.World().advance("100000d"), "100000d leads out of a world's time"),
    "limit": (lambda: crrsim.World().run_until_idle("100000d"), "100000d leads out of a world's time"),
    "past": (lambda: crrsim.World().advance(timedelta(seconds=-1)), "time does not run back; it is 2026-01-01T00:00:00"),
}


@pytest.mark.parametrize("what", WRONG_VALUES)
def test_a_value_that_cannot_be_is_a_definition_error_that_says_what_can(what):
    do, said = WRONG_VALUES[what]
    with pytest.raises(crrsim.DefinitionError, match=re.escape(said)):
        do()


def test_what_a_scan_can_find_is_what_a_scenario_can_say():
    every = {severity: number for number, severity in enumerate(("UNDEFINED", "LOW", "CRITICAL"))}
    assert crrsim.Image(findings=every).findings == every
    severities = crrsim.schema()["$defs"]["image"]["properties"]["findings"]["propertyNames"]["enum"]
    assert crrsim.Image(findings=dict.fromkeys(severities, 1)).findings


def test_a_misspelt_exception_is_no_class_that_never_comes():
    with pytest.raises(AttributeError, match="did you mean 'RepositoryNotFoundException'"):
        errors.RepositoryNotFoundExeption  # noqa: B018
    with pytest.raises(AttributeError):
        errors.NopeException  # noqa: B018
    assert errors.DeleteConflictException is crrsim.error_class("DeleteConflictException")


@pytest.mark.parametrize(
    ("seed", "error", "said"),
    [
        (-1, crrsim.DefinitionError, "seed: found -1"),
        (2**53, crrsim.DefinitionError, "seed: found 9007199254740992"),
        (1.5, TypeError, "seed: found 1.5; expected a whole number"),
        ("a", TypeError, "seed: found 'a'"),
        (True, TypeError, "seed: found True"),
    ],
)
def test_a_seed_that_is_none_is_refused_wherever_one_is_given(seed, error, said, tmp_path):
    file = tmp_path / "s.yaml"
    file.write_text('title: t\naccounts: {shop: "111122223333"}\nregions: [us-west-2]\nnetwork: aws-2026\nimages: {}\ntimeline: []\n')
    scenario = crrsim.Scenario(file)
    for run in (
        lambda: crrsim.World(seed=seed),
        lambda: scenario.run(seed),
        lambda: scenario.run_text(seed),
        lambda: crrsim.run_scenario(file, seed=seed),
        lambda: crrsim.sweep(file, seeds=[1, seed], progress=False),
    ):
        with pytest.raises(error, match=said):
            run()
    numpy = pytest.importorskip("numpy")
    assert scenario.run(numpy.int64(3))["seed"] == 3
    assert list(crrsim.sweep(file, seeds=numpy.arange(2), progress=False)["seed"]) == [0, 1]


def test_a_sweep_says_what_it_wants(tmp_path):
    pandas = pytest.importorskip("pandas")
    scenario = tmp_path / "s.yaml"
    scenario.write_text('title: t\naccounts: {shop: "111122223333"}\nregions: [us-west-2]\nnetwork: aws-2026\nimages: {}\ntimeline: []\n')
    with pytest.raises(TypeError, match=r"seeds: found 5; expected a list of numbers, such as range\(1, 101\)"):
        crrsim.sweep(scenario, seeds=5)
    for workers in (0, -1):
        with pytest.raises(crrsim.DefinitionError, match=f"workers: found {workers}; expected at least 1"):
            crrsim.sweep(scenario, seeds=[1], workers=workers)
    with pytest.raises(crrsim.DefinitionError, match="expected a folder for results, found a file"):
        crrsim.sweep(scenario, seeds=[1], resume=scenario)
    frame = pandas.DataFrame({"variant": [0], "lag_p99": [1.0], "verdict": ["pass"]})
    for summarise in (
        lambda: crrsim.sweeps.summary(frame, "lag_p9"),
        lambda: crrsim.sweeps.summary(frame, by="lag_p9"),
        lambda: crrsim.sweeps.success_rate(frame, by="lag_p9"),
    ):
        with pytest.raises(crrsim.DefinitionError, match="has no column 'lag_p9'; did you mean 'lag_p99'?"):
            summarise()


@pytest.mark.parametrize(
    ("begin", "said"),
    [
        (lambda faults: faults.crash("us-west-2", for_="1m"), "crash: .* is called 'duration' here: duration='1m'"),
        (lambda faults: faults.delay(between=["us-west-2"], for_="1m"), "duration='1m'"),
        (lambda faults: faults.delay(between=["us-west-2"], latensy="1s"), "delay has no 'latensy'; did you mean 'latency'?"),
        (lambda faults: faults.crash("us-west-2", durtion="1m"), "crash has no 'durtion'; did you mean 'duration'?"),
        (lambda faults: faults.crash("us-west-2", xyz=1), "crash has no 'xyz'; it has duration, when"),
        (lambda faults: faults.stall("eu-west-1", times=1), "expected 'eu-west-1' alone, or members by name"),
    ],
)
def test_a_faults_keyword_that_is_none_is_told_and_nothing_begins(begin, said):
    world = crrsim.World()
    with pytest.raises(TypeError, match=said):
        begin(world.faults)
    assert world.faults.hits == []


def test_a_misspelt_name_is_told_with_the_nearest():
    with pytest.raises(AttributeError, match="'crush' is not a fault: .*; did you mean 'crash'?"):
        crrsim.World().faults.crush("eu-west-1")
    with pytest.raises(AttributeError, match="has no attribute 'Wrold'; did you mean 'World'?"):
        crrsim.Wrold  # noqa: B018


@pytest.mark.parametrize(
    ("name", "package", "extra"),
    [
        ("plot", "matplotlib", "plot"),
        ("sweeps", "pandas", "sweep"),
        ("sweep", "pandas", "sweep"),
        ("strategies", "hypothesis", "pytest"),
        ("boto", "boto3", "boto3"),
        ("boto3_session", "boto3", "boto3"),
    ],
)
def test_a_module_that_needs_an_extra_says_which_where_it_is_missing(name, package, extra):
    code = f"import sys; sys.modules['{package}'] = None; import crrsim; assert '{name}' in dir(crrsim); crrsim.{name}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: crrsim.{name} needs {package}, which is not installed: pip install 'crrsim[{extra}]'"
    )


def test_the_modules_of_extras_are_attributes_of_the_package():
    code = "import crrsim; print(crrsim.plot.lag.__name__, crrsim.sweeps.summary.__name__, crrsim.strategies.worlds.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout.split(), done.stderr) == (["lag", "summary", "worlds"], "")
    for name in ("plot", "sweeps", "strategies", "boto", "pytest_plugin"):
        assert getattr(crrsim, name) is importlib.import_module(f"crrsim.{name}")
