"""Recipes: questions that people have, answered in a test each. Copy one and change it."""

import crrsim
import crrsim.sweeps
import pytest
from crrsim import errors

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": ["ecr:ReplicateImage"],
            "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/team/*",
        }
    ],
}


@pytest.mark.parametrize(("repository", "replicates"), [("team/api", True), ("teams", False), ("my-team/api", False)])
def test_does_my_rule_replicate(world, repository, replicates):
    west = world["us-west-2"]
    west.replicate_to("eu-west-1", prefixes=["team/"])
    assert bool(west.explain(f"{repository}:1")["destinations"]) == replicates
    west.create_repository(repository)
    west.push(f"{repository}:1", crrsim.Image(layers=["1MiB"]))
    world.run_until_idle()
    assert (world["eu-west-1"].digest_of(f"{repository}:1") is not None) == replicates


def test_policy_pre_flight():
    """The policy forgets ecr:CreateRepository: what is there is filled, what is not is refused."""
    world = crrsim.World({"build": "111122223333", "prod": "444455556666"})
    build, prod = world["build/us-west-2"], world["prod/eu-west-1"]
    build.replicate_to(prod)
    prod.put_registry_policy(POLICY)
    prod.create_repository("team/api")
    for name in ("team/api", "team/web"):
        build.create_repository(name)
        build.push(f"{name}:1", crrsim.Image(layers=["1MiB"]))
    world.run_until_idle()
    assert build.status("team/api:1")[0]["status"] == "COMPLETE"
    assert build.status("team/web:1")[0]["status"] == "FAILED"
    with pytest.raises(errors.RepositoryNotFoundException):
        prod.repository("team/web").images()


def test_cost_what_if():
    """One rule for everything, or one for what production needs: the bytes that the difference is."""

    def moved(prefixes):
        world = crrsim.World(regions=["us-west-2", "eu-west-1", "ap-southeast-2"])
        west = world["us-west-2"]
        west.replicate_to("eu-west-1", "ap-southeast-2", prefixes=prefixes)
        for name, size in (("prod/api", "40MiB"), ("nightly/api", "400MiB")):
            west.create_repository(name)
            west.push(f"{name}:1", crrsim.Image(layers=[size], name=name, sizes_only=True))
        world.run_until_idle()
        return sum(row["useful_bytes"] for row in world.bill().transfers)

    everything, production = moved([]), moved(["prod/"])
    assert everything == pytest.approx(11 * production, rel=0.001)


def test_lag_stays_within_its_objective_through_an_outage(two_regions):
    """Ten minutes without a way across; every image within half an hour of its push."""
    world, west = two_regions.world, two_regions.source
    west.create_repository("api")
    for number in range(20):
        west.push(f"api:{number}", crrsim.Image(layers=["30MiB"], name=f"build {number}", sizes_only=True))
        if number == 5:
            world.faults.partition("us-west-2", "eu-west-1", duration="10m")
        world.advance("1m")
    world.run_until_idle()
    assert len(world.report()["replications"]) == 20
    assert world.lag(west, two_regions.destination, "p50").total_seconds() < 600
    assert 300 < world.lag(west, two_regions.destination, "max").total_seconds() < 1800


def test_a_race_found_by_hypothesis():
    """Both regions replicate to each other and both push `latest`: who wins differs from region to region."""
    from hypothesis import find, settings
    from hypothesis import strategies as st

    def differ(delay):
        world = crrsim.World()
        west, europe = world["us-west-2"], world["eu-west-1"]
        west.replicate_to(europe)
        europe.replicate_to(west)
        for registry in (west, europe):
            registry.create_repository("api")
        west.push("api:latest", crrsim.Image(layers=["9MiB"], name="west"))
        world.advance(f"{delay}ms")
        europe.push("api:latest", crrsim.Image(layers=["9MiB"], name="europe"))
        world.run_until_idle()
        return west.digest_of("api:latest") != europe.digest_of("api:latest")

    fastest = find(st.integers(0, 10_000), differ, settings=settings(max_examples=200, derandomize=True, database=None))
    assert differ(fastest) and not differ(10_000)  # with ten seconds between them the later one wins everywhere
