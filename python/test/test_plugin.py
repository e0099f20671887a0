"""The pytest plugin, in runs of pytest of its own."""

import pathlib
import re

import pytest

SCENARIOS = pathlib.Path(__file__).parents[2] / "scenarios"
PLUGIN = ("-p", "crrsim.pytest_plugin", "-p", "no:cacheprovider")

FIXTURES = """
import crrsim

def test_two_regions(two_regions):
    two_regions.source.create_repository("api")
    digest = two_regions.source.push("api:1", crrsim.Image(layers=["1MiB"]))
    two_regions.world.run_until_idle()
    assert two_regions.destination.digest_of("api:1") == digest

def test_cross_account(cross_account):
    cross_account.source.create_repository("api")
    digest = cross_account.source.push("api:1", crrsim.Image(layers=["1MiB"]))
    cross_account.world.run_until_idle()
    assert cross_account.destination.digest_of("api:1") == digest
    assert cross_account.source.account != cross_account.destination.account

def test_without_a_world():
    pass
"""

BREAKS = """
import pytest

@pytest.mark.parametrize("other", [1, 2])
def test_breaks(world, crrsim_seed, other):
    world["us-west-2"].create_repository("api")
    assert crrsim_seed < 3
"""


def test_fixtures_give_worlds_that_replicate(pytester):
    pytester.makepyfile(FIXTURES)
    pytester.runpytest_inprocess(*PLUGIN).assert_outcomes(passed=3)


def test_seeds_multiply_the_tests_of_worlds_alone(pytester):
    pytester.makepyfile(FIXTURES)
    pytester.runpytest_inprocess(*PLUGIN, "--crrsim-seeds", "4").assert_outcomes(passed=9)


def test_a_failure_shows_its_events_and_a_command_that_repeats_it(pytester):
    pytester.makepyfile(test_it=BREAKS)
    result = pytester.runpytest_inprocess(*PLUGIN, "--crrsim-seeds", "3")
    result.assert_outcomes(passed=4, failed=2)
    text = result.stdout.str()
    assert "RepositoryCreated" in text and "repository=api" in text
    commands = re.findall(r"pytest '([^']+)' --crrsim-seed (\d+)", text)
    assert len(commands) == 2 and {seed for _, seed in commands} == {"3"}
    again = pytester.runpytest_inprocess(*PLUGIN, commands[0][0], "--crrsim-seed", commands[0][1])
    again.assert_outcomes(failed=1)


@pytest.mark.parametrize(
    "wrong", [("--crrsim-seeds", "0"), ("--crrsim-seed", "-1"), ("--crrsim-seeds", "2", "--crrsim-seed", "1")]
)
def test_seeds_that_cannot_be_are_usage_errors(pytester, wrong):
    pytester.makepyfile(FIXTURES)
    assert pytester.runpytest_inprocess(*PLUGIN, *wrong).ret == pytest.ExitCode.USAGE_ERROR


def test_scenario_files_are_tests_and_other_yaml_is_not(pytester):
    source = (SCENARIOS / "walkthrough" / "us_west_to_europe.yaml").read_text()
    pytester.path.joinpath("works.yaml").write_text(source)
    pytester.path.joinpath("fails.yaml").write_text(source.replace("times: 1", "times: 2"))
    pytester.path.joinpath("broken.yaml").write_text(source.replace("eu-west-1, same", "eu-west-9, same"))
    pytester.path.joinpath("other.yaml").write_text("services: {web: {}}\n")
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=1, failed=2)
    text = result.stdout.str()
    assert "did you mean 'eu-west-1'?" in text
    assert "./crrsim run --seed 1 -v" in text


def test_a_scenario_runs_with_every_seed(pytester):
    source = (SCENARIOS / "walkthrough" / "us_west_to_europe.yaml").read_text()
    pytester.path.joinpath("works.yaml").write_text(source)
    pytester.runpytest_inprocess(*PLUGIN, "--crrsim-seeds", "5").assert_outcomes(passed=5)


def test_workers_of_xdist_share_the_tests(pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile(FIXTURES)
    pytester.runpytest_subprocess(*PLUGIN, "-p", "xdist", "-n", "2", "--crrsim-seeds", "4").assert_outcomes(passed=9)


TWO_WORLDS = """
import crrsim
import pytest

BROKEN = {"name": "closure", "verdict": "fail", "violations": []}

def broken(world):
    world.report = lambda: {"invariants": [BROKEN]}

def test_the_first_breaks(cross_account, world):
    broken(cross_account.world)
    world["us-west-2"].create_repository("of-the-second")

def test_the_second_breaks(cross_account, world):
    broken(world)

def test_both_break(cross_account, world):
    broken(world)
    broken(cross_account.world)

def test_neither_breaks(cross_account, world):
    world["us-west-2"].create_repository("api")
"""


def test_each_world_of_a_test_is_judged_and_shown(pytester):
    pytester.makepyfile(TWO_WORLDS)
    result = pytester.runpytest_inprocess(*PLUGIN)
    result.assert_outcomes(passed=1, failed=3)
    text = result.stdout.str()
    said = re.findall(r"(cross_account|world): invariant closure", text)
    assert set(said) == {"cross_account", "world"}
    first, second, both, _ = re.split(r"_{5,} test_\w+ _{5,}", text)[1:] + [""]
    assert "cross_account: invariant closure" in first and "world: invariant closure" not in first
    assert "world: invariant closure" in second and "cross_account: invariant closure" not in second
    assert "cross_account: invariant closure" in both and "world: invariant closure" in both
    shown = first.partition("crrsim: the last events of world")
    assert "RegistryPolicyChanged" in shown[0].partition("crrsim: the last events of cross_account")[2]
    assert "repository=of-the-second" in shown[2]
