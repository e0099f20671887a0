"""The invariants of worlds driven from Python."""

import copy
import pickle

import crrsim
import pytest
from crrsim.pytest_plugin import _GRANT

IMAGE = crrsim.Image(layers=["2MiB", "1MiB"], name="app")

#: A row of a report as it is when an invariant does not hold, which a sound world never shows.
BROKEN = {
    "name": "closure",
    "verdict": "fail",
    "violations": [
        {"found": "one side", "found_at_seconds": 1.5, "expected": "the other, which never was", "expected_at_seconds": None}
    ],
}


def busy(**rest):
    world = crrsim.World({"build": "111122223333", "prod": "444455556666"}, **rest)
    source, destination = world["build/us-west-2"], world["prod/eu-west-1"]
    source.replicate_to(destination)
    source.create_repository("api")
    source.push("api:1", IMAGE)
    return world


def breaking(world):
    real = world.report
    world.report = lambda: {**real(), "invariants": [BROKEN]}


def test_every_invariant_is_judged_of_a_world():
    world = busy()
    world.advance("50ms")
    world.check_invariants()  # while a copy is under way
    world.run_until_idle()
    world.check_invariants()
    assert world["build/us-west-2"].status("api:1")[0]["status"] == "FAILED"  # no policy lets it in
    report = world.report()
    assert [row["name"] for row in report["invariants"]] == [row["name"] for row in crrsim.invariants()]
    assert {row["verdict"] for row in report["invariants"]} == {"pass"} and report["verdict"] == "pass"


def test_judging_changes_nothing_of_what_comes():
    watched, left_alone = busy(), busy(judged=False)
    for world in (watched, left_alone):
        world.advance("50ms")
        if world.judged:
            world.check_invariants()
        world.run_until_idle()
    assert watched.run_digest == left_alone.run_digest
    assert left_alone.report()["invariants"] == []


def test_a_copy_is_judged_from_its_first_beginning_and_a_pickle_is_not():
    world = busy()
    twin = copy.copy(world)
    for one in (world, twin):
        one["prod/eu-west-1"].put_registry_policy(_GRANT)
        one["build/us-west-2"].push("api:2", crrsim.Image(layers=["1MiB"], name="next"))
        one.run_until_idle()
        assert one["prod/eu-west-1"].digest_of("api:2")
        # Were the twin's past unknown, its push of api:1 would be missing in its bill and its rules.
        one.check_invariants()
    loaded = pickle.loads(pickle.dumps(world))
    assert (world.judged, twin.judged, loaded.judged) == (True, True, False)
    for unjudged in (loaded, busy(judged=False)):
        with pytest.raises(crrsim.CrrsimError, match="are not judged"):
            unjudged.check_invariants()


def test_a_violation_has_the_claim_and_both_sides():
    world = busy()
    breaking(world)
    with pytest.raises(crrsim.InvariantViolation) as caught:
        world.check_invariants()
    assert str(caught.value).splitlines() == [
        "invariant closure: No manifest is visible while something that it references is not, at any instant.",
        "    found    one side, at +1.5s",
        "    expected the other, which never was",
    ]
    assert isinstance(caught.value, AssertionError)


def test_a_test_whose_world_breaks_an_invariant_fails(pytester):
    pytester.makepyfile(
        f"""
        BROKEN = {BROKEN!r}

        def test_sound(world):
            world["us-west-2"].create_repository("api")

        def test_breaking(world):
            world.report = lambda: {{"invariants": [BROKEN]}}

        def test_breaking_across_accounts(cross_account):
            cross_account.world.report = lambda: {{"invariants": [BROKEN]}}

        def test_that_fails_by_itself(world):
            world.report = lambda: {{"invariants": [BROKEN]}}
            assert 1 == 2
        """
    )
    result = pytester.runpytest_inprocess("-p", "crrsim.pytest_plugin", "-p", "no:cacheprovider", "-v")
    result.assert_outcomes(passed=1, failed=3)
    text = result.stdout.str()
    assert text.count("E           crrsim.errors.InvariantViolation: invariant closure: No manifest is visible") == 2, text
    assert "assert 1 == 2" in text
    result.stdout.fnmatch_lines(["*crrsim: to repeat it*"])


def test_a_state_machine_holds_its_worlds_to_them(monkeypatch):
    from crrsim import strategies
    from hypothesis import HealthCheck, settings
    from hypothesis.stateful import run_state_machine_as_test

    few = settings(max_examples=2, stateful_step_count=2, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(strategies.ReplicationMachine, settings=few)
    monkeypatch.setattr(crrsim.World, "report", lambda world: {"invariants": [BROKEN]})
    with pytest.raises(crrsim.InvariantViolation):
        run_state_machine_as_test(strategies.ReplicationMachine, settings=few)
