"""Functions that a world calls at an instant."""

import copy
from datetime import timedelta

import crrsim
import pytest

BIG = crrsim.Image(layers=["900MiB"], name="model", sizes_only=True)


def noting(world, what, notes):
    return lambda: notes.append((what, world.elapsed))


def test_functions_are_called_at_their_instants_in_order():
    world = crrsim.World()
    notes = []
    for moment in ("5m", "1m", timedelta(minutes=1), "10m"):
        world.at(moment, noting(world, moment, notes))
    world.advance("6m")
    minute = timedelta(minutes=1)
    assert notes == [("1m", minute), (minute, minute), ("5m", 5 * minute)]
    world.run_until_idle()
    assert notes[-1] == ("10m", 10 * minute)


def test_a_function_may_drive_the_world_and_plan_more():
    world = crrsim.World()
    world["us-west-2"].replicate_to("eu-west-1")
    west = world["us-west-2"].create_repository("model")

    def cut():
        world.faults.partition("us-west-2", "eu-west-1", duration="30m")
        world.at("40m", lambda: west.push("late", crrsim.Image(layers=[7])))

    world.at("1s", cut)
    west.push("1", BIG)
    world.run_until_idle()
    assert world["eu-west-1"].digest_of("model:1") == BIG.digest
    assert world["eu-west-1"].digest_of("model:late") is not None
    assert world.lag("us-west-2", "eu-west-1", "max") > timedelta(minutes=29)


def test_time_comes_to_an_instant_within_a_push_too():
    world = crrsim.World()
    world["us-west-2"].create_repository("api")
    notes = []
    planned = world.now + timedelta(milliseconds=30)
    world.at(planned, lambda: notes.append(world.now))
    world["us-west-2"].push("api:1", crrsim.Image(layers=[1, 2, 3]))
    assert notes == [planned] and world.now > planned


def test_what_a_function_raises_comes_out_and_the_world_goes_on():
    world = crrsim.World()
    world.at("1m", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.advance("1h")
    assert world.elapsed == timedelta(minutes=1)
    world.advance("1h")
    assert world.elapsed == timedelta(minutes=61)


def test_a_plan_can_be_cancelled_and_copies_have_none():
    world = crrsim.World()
    notes = []
    world.at("1m", noting(world, "cancelled", notes)).cancel()
    world.at("2m", noting(world, "kept", notes))
    twin = copy.copy(world)
    twin.advance("5m")
    assert notes == []
    world.advance("5m")
    assert [what for what, _ in notes] == ["kept"]


def test_the_past_and_listeners_cannot_plan():
    world = crrsim.World()
    world.advance("1m")
    with pytest.raises(ValueError, match="time does not run back"):
        world.at("30s", lambda: None)
    world.events(lambda event: world.at("1h", lambda: None))
    with pytest.raises(RuntimeError, match="may only look on"):
        world["us-west-2"].create_repository("api")


def test_what_is_planned_beyond_the_limit_keeps_a_world_from_rest():
    world = crrsim.World()
    world.at("2h", lambda: None)
    with pytest.raises(crrsim.CrrsimError, match="something is still under way"):
        world.run_until_idle("1h")
