"""What a scenario can say, Python can say: held against the schema of the language, so that no new key is forgotten."""

import inspect

import crrsim
import pytest

SCHEMA = crrsim.schema()


def keys(section):
    return set(SCHEMA["$defs"][section]["properties"])


def parameters(function):
    return {name.removesuffix("_") for name in inspect.signature(function).parameters} - {"self"}


#: Keys of a scenario that are not of its world, and what Python has in their place.
NOT_OF_THE_WORLD = {
    "title": "the name of a test",
    "why": "its docstring",
    "cites": "its docstring",
    "until": "World.at",
    "converges_within": "World.run_until_idle(limit)",
    "images": "Image",
    "timeline": "calls",
    "expect": "assert",
}

#: What is done in a step, and by what in Python. Faults are one by one in test_faults.py.
STEPS = {
    "push": "Registry.push",
    "pull": "Registry.pull",
    "expect": "assert",
    "never": "World.events",
    "always": "World.events",
    "advance": "World.advance",
    "advance_to": "World.at",
    "settle": "World.run_until_idle",
    "delete_service_linked_role": "World.delete_replication_role",
    "call": "Registry.call",
}


def test_every_key_of_a_world_is_a_parameter_of_one():
    own = {"judged"}
    assert set(SCHEMA["properties"]) - set(NOT_OF_THE_WORLD) == parameters(crrsim.World.__init__) - own


def test_every_step_has_something_in_python():
    verbs = {name.removeprefix("step-") for name in SCHEMA["$defs"] if name.startswith("step-")}
    assert verbs == set(STEPS) | set(crrsim.World().faults.verbs)
    for place in STEPS.values():
        holder, _, name = place.partition(".")
        assert not name or callable(getattr(getattr(crrsim, holder), name))


#: What a step has that is not of its function: where it is done, what is expected, how often, and when.
AROUND = {"to", "from", "fails_with", "times", "every", "at", "after", "when", "label"}


@pytest.mark.parametrize(
    ("section", "function", "called_otherwise"),
    [
        ("step-push", crrsim.Registry.push, {"push": "reference", "as": "caller"}),
        ("step-pull", crrsim.Registry.pull, {"pull": "reference", "as": "caller"}),
        ("progress", crrsim.World.wait_for_copy, {"copy": "reference", "from": "source", "to": "destination"}),
    ],
)
def test_every_key_of_a_step_is_a_parameter(section, function, called_otherwise):
    named = {called_otherwise.get(key, key) for key in keys(section) if key in called_otherwise or key not in AROUND}
    assert named == parameters(function)


def test_every_key_of_an_image_makes_one_in_python():
    made = parameters(crrsim.Image.__init__) | parameters(crrsim.Image.load) | parameters(crrsim.Image.index)
    called_otherwise = {"index_of": "images", "content": "sizes_only", "distinct_per_push": "name"}
    assert {called_otherwise.get(key, key) for key in keys("image")} <= made


def test_a_fault_may_wait_for_a_copy():
    assert "when" in parameters(crrsim.faults.FaultVerb.__call__) and "when" in parameters(crrsim.Faults.partition)
