"""Every fault verb of the scenario language, from Python."""

from datetime import timedelta

import crrsim
import pytest

IMAGE = crrsim.Image(layers=["2MiB"], name="app")
WAYS = {"between": ["us-west-2", "eu-west-1"]}

#: One of each, which has to hit something when an image is pushed and replicated.
EACH = {
    "partition": {"from": "us-west-2", "to": "eu-west-1"},
    "outage": "eu-west-1",
    "degrade": {**WAYS, "bandwidth": "10%"},
    "delay": {**WAYS, "latency": "2s"},
    "lose": {**WAYS, "messages": "60%"},
    "duplicate": {**WAYS, "messages": "100%"},
    "stall": {"in": "eu-west-1"},
    "throttle": {"operation": "ReplicateImage", "times": 2},
    "error": {"operation": "ReplicateImage", "times": 2},
    "crash": "us-west-2",
    "damage": {"image": "api:1", "in": "us-west-2", "layer": 1},
    "quota": {"in": "eu-west-1", "repositories": 0},
    "skew": {"region": "eu-west-1", "ahead": "1h"},
    "disturb": {"bus": "eu-west-1", "duplicate": "100%"},
    "fail": {"step": "put-manifest", "times": 1},
    "corrupt": {"in": "eu-west-1", "times": 1},
}


def pushed():
    world = crrsim.World()
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", IMAGE)
    return world


def test_no_verb_is_forgotten_here():
    assert sorted(EACH) == sorted(crrsim.World().faults.verbs)


@pytest.mark.parametrize("verb", EACH)
def test_each_fault_hits_and_heals(verb):
    world = pushed()
    assert verb in dir(world.faults)
    world.faults.begin({verb: EACH[verb], "for": timedelta(minutes=2)})
    world.run_until_idle()
    rows = [row for row in world.faults.hits if row["fault"] == verb]
    assert rows and sum(row["hits"] for row in rows) > 0
    assert rows == world.report()["faults"]


def test_a_fault_ends_with_its_block_with_its_duration_or_by_hand():
    world = pushed()
    delay = world.faults.delay(between=["us-west-2", "eu-west-1"], latency=timedelta(hours=1))
    world.advance("10m")
    assert world["eu-west-1"].digest_of("api:1") is None
    delay.end()
    delay.end()
    with world.faults.outage("eu-west-1"):
        with pytest.raises(crrsim.errors.ServerException):
            world["eu-west-1"].call("DescribeRepositories")
    assert world["eu-west-1"].repositories() is not None
    world.faults.begin({"error": {"account": "main"}, "for": "10s"})
    with pytest.raises(crrsim.errors.ServerException):
        world["us-west-2"].call("DescribeRepositories")
    world.advance("10s")
    world["us-west-2"].call("DescribeRepositories")


def test_a_fault_whose_time_has_run_out_may_be_ended():
    world = pushed()
    with world.faults.crash("us-west-2", duration="1m") as fault:
        world.advance("2m")
    fault.end()
    both = world.faults.partition("us-west-2", "eu-west-1", both_ways=True, duration="1m")
    world.advance("1m")
    other = world.faults.partition("us-west-2", "eu-west-1")
    both.end()
    assert [row["hits"] for row in world.faults.hits if row["fault"] == "crash"] == [1]
    world["us-west-2"].push("api:2", crrsim.Image(layers=["1MiB"], name="other"))
    world.advance("10m")
    assert world["eu-west-1"].digest_of("api:2") is None  # the later one is still in force
    other.end()
    world.run_until_idle()
    assert world["eu-west-1"].digest_of("api:2")


def test_names_that_are_words_of_python_take_an_underscore():
    world = pushed()
    world.faults.stall(in_=world["eu-west-1"], times=1)
    world.faults.lose(from_="us-west-2", to="eu-west-1", messages="1%")
    assert [row["fault"] for row in world.faults.hits] == ["stall", "lose"]


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ({"crash": "eu-west-9"}, "did you mean 'eu-west-1'?"),
        ({"crush": "eu-west-1"}, "did you mean 'crash'?"),
        ({"delay": {"between": ["us-west-2", "eu-west-1"], "latensy": "1s"}}, "did you mean 'latency'?"),
        ({"crash": "eu-west-1", "for": "5"}, "has no unit"),
        ({"crash": "eu-west-1", "at": "5m"}, "'at' belongs to a scenario"),
        ({"crash": "eu-west-1", "when": {"copy": "api:1", "to": "eu-west-1"}}, "'reaches'"),
        ({"crash": "eu-west-1", "when": {"copy": "api:1", "too": "eu-west-1", "reaches": "5%"}}, "did you mean 'to'?"),
        ({"crash": "eu-west-1", "when": {"copy": "api:1", "to": "eu-west-9", "reaches": "5%"}}, "did you mean 'eu-west-1'?"),
        ({"advance": "5m"}, "is no fault"),
        ({"damage": {"image": "api:9", "in": "us-west-2"}}, "api:9 is not in us-west-2"),
        ({"damage": {"image": "api:1", "in": "us-west-2", "layer": 7}}, "api:1 has 1 layers"),
    ],
)
def test_a_fault_that_cannot_be_says_why_and_changes_nothing(step, said):
    world = pushed()
    before = world.state_hash(), world.faults.hits
    with pytest.raises(crrsim.DefinitionError) as caught:
        world.faults.begin(step)
    assert said in str(caught.value)
    assert (world.state_hash(), world.faults.hits) == before


SLOW = {"links": [{"between": ["us-west-2", "eu-west-1"], "latency": "65ms", "bandwidth": "1MB/s"}]}


def slowly(size="8MiB"):
    world = crrsim.World(network=SLOW)
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", crrsim.Image(layers=[size], name="api"))
    return world


def test_a_fault_waits_until_a_copy_has_come_so_far():
    world = slowly()
    when = {"copy": "api:1", "to": world["eu-west-1"], "reaches": "50%"}
    cut = world.faults.partition("us-west-2", "eu-west-1", when=when)
    assert timedelta(seconds=4) < world.elapsed < timedelta(seconds=6)  # 4 of 8 MiB at 1 MB/s
    assert world["eu-west-1"].digest_of("api:1") is None
    world.advance("10m")
    assert world["eu-west-1"].digest_of("api:1") is None
    cut.end()
    world.run_until_idle()
    assert world["eu-west-1"].digest_of("api:1")
    assert world.faults.hits[0]["hits"] > 0


def scenario_of_a_push(network, layer, fault):
    """One layer is pushed and replicated, and then the step of a fault begins."""
    return f"""
title: A copy that a fault meets
accounts: {{main: "111122223333"}}
regions: [us-west-2, eu-west-1]
network: {network}
images: {{api: {{layers: [{layer}]}}}}
timeline:
  - PutReplicationConfiguration:
      {{"replicationConfiguration": {{"rules": [{{"destinations": [{{"region": "eu-west-1", "registryId": "111122223333"}}]}}]}}}}
    in: us-west-2
  - CreateRepository: {{repositoryName: api}}
    in: us-west-2
  - push: api:1
    to: us-west-2{fault}
expect:
  - {{image: api:1, in: eu-west-1, same_digest_as: us-west-2}}
"""


def test_a_fault_that_waits_is_the_same_from_python_and_from_a_scenario(tmp_path):
    file = tmp_path / "cut.yaml"
    cut = """
  - partition: {from: us-west-2, to: eu-west-1}
    when: {copy: "api:1", to: eu-west-1, reaches: 50%}
    for: 30m"""
    network = "{links: [{between: [us-west-2, eu-west-1], latency: 65ms, bandwidth: 1MB/s}]}"
    file.write_text(scenario_of_a_push(network, "8MiB", cut))
    report = crrsim.run_scenario(file).check()
    for begin in (
        lambda faults, when: faults.begin({"partition": {"from": "us-west-2", "to": "eu-west-1"}, "when": when, "for": "30m"}),
        lambda faults, when: faults.partition("us-west-2", "eu-west-1", when=when, duration="30m"),
    ):
        world = slowly()
        begin(world.faults, {"copy": "api:1", "to": "eu-west-1", "reaches": "50%"})
        world.run_until_idle()
        assert world.run_digest == report["run_digest"]


def test_a_copy_is_waited_for_and_one_that_never_comes_so_far_says_why():
    world = slowly()
    half = world.wait_for_copy("api:1", "eu-west-1", reaches=50)
    assert world["us-west-2"].status("api:1")[0]["status"] == "IN_PROGRESS"
    rest = world.wait_for_copy("api:1", world["eu-west-1"], source="us-west-2")
    assert timedelta(seconds=3) < half < timedelta(seconds=6) and timedelta(seconds=3) < rest < timedelta(seconds=6)
    assert world.wait_for_copy("api:1", "eu-west-1", reaches="10%") == timedelta(0)
    for reference, said in (("api:9", "the copy of api:9 to eu-west-1 never reached 100%: it was never pushed"),):
        with pytest.raises(crrsim.CrrsimError, match=said):
            world.wait_for_copy(reference, "eu-west-1")
    with pytest.raises(crrsim.DefinitionError, match="101"):
        world.wait_for_copy("api:1", "eu-west-1", reaches=101)
    lonely = crrsim.World()
    lonely["us-west-2"].create_repository("api")
    lonely["us-west-2"].push("api:1", IMAGE)
    with pytest.raises(crrsim.CrrsimError, match="nothing is under way any more"):
        lonely.faults.crash("eu-west-1", when={"copy": "api:1", "to": "eu-west-1", "reaches": "1%"})
    assert lonely.faults.hits == []


def test_what_is_planned_is_done_while_a_copy_is_waited_for():
    world = slowly()
    done = []
    world.at("2s", lambda: done.append(world.elapsed))
    world.at("3s", lambda: world.faults.partition("us-west-2", "eu-west-1", duration="1h"))
    took = world.wait_for_copy("api:1", "eu-west-1", reaches="50%")
    assert done == [timedelta(seconds=2)]
    assert took > timedelta(hours=1)


def test_a_seed_draws_faults():
    seen = set()
    for seed in range(1, 6):
        world = crrsim.World(seed=seed, faults={"kinds": {"outage": "100%", "delay": "50%"}, "heal_by": timedelta(hours=1)})
        world.advance("2h")
        rows = world.faults.hits
        assert {row["fault"] for row in rows} <= {"outage", "delay"} and any(row["fault"] == "outage" for row in rows)
        seen.add(str(rows))
    assert len(seen) > 1
    assert crrsim.World(faults="random") is not None
    with pytest.raises(crrsim.DefinitionError, match="did you mean 'outage'"):
        crrsim.World(faults={"kinds": {"outrage": "100%"}})


def test_a_verb_that_is_none_is_no_attribute():
    with pytest.raises(AttributeError, match="'crush' is not a fault: .*crash"):
        crrsim.World().faults.crush("eu-west-1")
    assert "bandwidth" in crrsim.World().faults.degrade.__doc__


def test_a_fault_is_the_same_from_python_and_from_a_scenario(tmp_path):
    file = tmp_path / "delayed.yaml"
    delay = """
  - delay: {between: [us-west-2, eu-west-1], latency: 2s}
    for: 1m"""
    file.write_text(scenario_of_a_push("aws-2026", "2MiB", delay))
    report = crrsim.run_scenario(file).check()
    world = crrsim.World()
    world["us-west-2"].replicate_to("eu-west-1")
    world["us-west-2"].create_repository("api")
    world["us-west-2"].push("api:1", crrsim.Image(layers=["2MiB"], name="api"))
    world.faults.delay(between=["us-west-2", "eu-west-1"], latency="2s", duration="1m")
    world.run_until_idle()
    assert world.run_digest == report["run_digest"]
