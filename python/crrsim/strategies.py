"""Hypothesis strategies for worlds and what happens in them, and a state machine to subclass.

    class MyRules(crrsim.strategies.ReplicationMachine):
        @invariant()
        def nothing_is_lost(self): ...

    TestMyRules = MyRules.TestCase
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from crrsim.errors import ApiError
from crrsim.image import Image
from crrsim.registry import Registry
from crrsim.world import World

ACCOUNTS = {"build": "111122223333", "prod": "444455556666"}
"""Names and numbers of the accounts that strategies draw from."""
REGIONS = ("us-west-2", "eu-west-1", "ap-southeast-2")
"""The regions that strategies draw from."""


#: Numbers for registries and repositories. Half of them are the first, so that steps meet in one place.
_PLACES = st.sampled_from([0, 0, 0, 1, 2, 3])


def repository_names() -> st.SearchStrategy[str]:
    """Few names, so that they meet: with and without a namespace, one the prefix of another."""
    return st.sampled_from(["api", "team/api", "api-next"])


def tags() -> st.SearchStrategy[str]:
    """Few tags, so that they move."""
    return st.sampled_from(["latest", "1"])


def images(max_layers: int = 3) -> st.SearchStrategy[Image]:
    """Small images; equal layers come again, so that content is shared."""
    sizes = st.sampled_from([1, 1024, 65536, 1_000_000])
    return st.builds(
        Image,
        layers=st.lists(sizes, max_size=max_layers),
        name=st.sampled_from(["base", "app", "tool"]),
        sizes_only=st.just(True),
    )


def replication_rules(world: World) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rules that a registry of the world can put, its own as a destination included (which ECR refuses)."""
    destination = st.sampled_from(
        [{"region": registry.region, "registryId": registry.account.id} for registry in world.registries()]
    )
    filters = st.lists(
        st.sampled_from(["api", "team/"]).map(lambda prefix: {"filter": prefix, "filterType": "PREFIX_MATCH"}),
        min_size=1,
        max_size=2,
    )
    return st.lists(
        st.fixed_dictionaries(
            {"destinations": st.lists(destination, min_size=1, max_size=3, unique_by=str)},
            optional={"repositoryFilters": filters},
        ),
        max_size=3,
    )


def registry_policies(registry: Registry) -> st.SearchStrategy[dict[str, Any]]:
    """Policies of one or two statements that let other accounts in, or keep them out."""
    others = [f"arn:aws:iam::{a.id}:root" for a in registry.world.accounts if a != registry.account] or ["*"]
    arn = f"arn:aws:ecr:{registry.region}:{registry.account.id}:repository/"
    statement = st.fixed_dictionaries(
        {
            "Effect": st.sampled_from(["Allow", "Allow", "Deny"]),
            "Principal": st.fixed_dictionaries({"AWS": st.sampled_from(others)}),
            "Action": st.lists(
                st.sampled_from(["ecr:ReplicateImage", "ecr:CreateRepository"]), min_size=1, max_size=2, unique=True
            ),
            "Resource": st.sampled_from([arn + "*", arn + "team/*", arn + "api"]),
        }
    )
    return st.fixed_dictionaries(
        {"Version": st.just("2012-10-17"), "Statement": st.lists(statement, min_size=1, max_size=2)}
    )


def worlds(accounts: Optional[dict[str, str]] = None, regions: Sequence[str] = REGIONS) -> st.SearchStrategy[World]:
    """Worlds of two accounts and two or three regions, each with a seed of its own."""
    return st.builds(
        lambda count, seed: World(accounts or ACCOUNTS, list(regions)[:count], seed=seed),
        st.integers(min(2, len(regions)), len(regions)),
        st.integers(0, 2**31),
    )


class ReplicationMachine(RuleBasedStateMachine):
    """Clients that create, push, delete and configure at random in a world of two accounts and two regions.

    Subclass it, add invariants over ``self.world`` and rules of your own, and give its ``TestCase`` to pytest. What ECR
    refuses is no error here: ``self.refusals`` counts it. At the end the world comes to rest, then :meth:`at_rest` is
    called once.

    It begins where things work: every registry has the first of ``repositories`` and lets the others in, and the first
    registry replicates everything to the second. Where a machine begins with nothing, most of what it draws is refused, and
    little is found.
    """

    accounts = ACCOUNTS
    """Of its world; a subclass may have others."""
    regions: Sequence[str] = REGIONS[:2]
    """Of its world; a subclass may have others."""
    repositories: Sequence[str] = ("api", "team/api")
    """Few, so that they meet. The first is in every registry from the beginning."""
    world: World
    """What everything happens in; made anew for each example."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: dict[str, int] = {}
        """How often each exception of ECR was met, by its name."""
        self.pushed: dict[tuple[str, str, str], str] = {}
        """The digest that each (registry, repository, tag) was last pushed with by a client."""

    def attempt(self, registry: Registry, operation: str, **request: Any) -> Optional[dict[str, Any]]:
        """One API call; None where it was refused."""
        try:
            return registry.call(operation, **request)
        except ApiError as error:
            self.refusals[error.code] = self.refusals.get(error.code, 0) + 1
            return None

    def registry(self, number: int) -> Registry:
        """Any number stands for a registry."""
        registries = self.world.registries()
        return registries[number % len(registries)]

    def repository(self, number: int) -> str:
        """Any number stands for a name."""
        return self.repositories[number % len(self.repositories)]

    @initialize(seed=st.integers(0, 2**31))
    def begin(self, seed: int) -> None:
        """A world in which things work."""
        self.world = World(self.accounts, self.regions, seed=seed)
        for registry in self.world.registries():
            registry.create_repository(self.repositories[0])
            others = [f"arn:aws:iam::{a.id}:root" for a in self.world.accounts if a != registry.account]
            if others:
                registry.put_registry_policy(_open_policy(registry, others))
        self.registry(0).replicate_to(self.registry(1))

    @rule(where=_PLACES, what=_PLACES)
    def create(self, where: int, what: int) -> None:
        """A client creates a repository."""
        self.attempt(self.registry(where), "CreateRepository", repositoryName=self.repository(what))

    @rule(where=_PLACES, data=st.data())
    def configure(self, where: int, data: st.DataObject) -> None:
        """A client puts another replication configuration."""
        rules = data.draw(replication_rules(self.world))
        self.attempt(self.registry(where), "PutReplicationConfiguration", replicationConfiguration={"rules": rules})

    @rule(where=_PLACES, data=st.data())
    def grant(self, where: int, data: st.DataObject) -> None:
        """A client puts another registry policy."""
        registry = self.registry(where)
        registry.put_registry_policy(data.draw(registry_policies(registry)))

    @rule(where=_PLACES, what=_PLACES, tag=tags(), image=images())
    def push(self, where: int, what: int, tag: str, image: Image) -> None:
        """A client pushes an image."""
        registry, name = self.registry(where), self.repository(what)
        try:
            self.pushed[registry.key, name, tag] = registry.push(f"{name}:{tag}", image)
        except ApiError as error:
            self.refusals[error.code] = self.refusals.get(error.code, 0) + 1

    @rule(where=_PLACES, what=_PLACES, tag=tags())
    def delete(self, where: int, what: int, tag: str) -> None:
        """A client deletes a tag."""
        registry, name = self.registry(where), self.repository(what)
        if self.attempt(registry, "BatchDeleteImage", repositoryName=name, imageIds=[{"imageTag": tag}]) is not None:
            self.pushed.pop((registry.key, name, tag), None)

    @rule(seconds=st.sampled_from([0.05, 1, 60]))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.world.advance(f"{int(seconds * 1000)}ms")

    def at_rest(self) -> None:
        """Overridden to claim something of the world at rest."""

    def teardown(self) -> None:
        """Lets the world come to rest, and holds it to the invariants."""
        if not hasattr(self, "world"):
            return  # it could not begin
        self.world.run_until_idle()
        self.world.check_invariants()
        self.at_rest()


def _open_policy(registry: Registry, principals: Sequence[str]) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": ["ecr:ReplicateImage", "ecr:CreateRepository"],
        "Resource": f"arn:aws:ecr:{registry.region}:{registry.account.id}:repository/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
