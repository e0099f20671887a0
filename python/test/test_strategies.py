"""The Hypothesis strategies and the state machine."""

import crrsim
import pytest
from crrsim import strategies
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

FEW = settings(max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))


class NothingIsChained(strategies.ReplicationMachine):
    """What arrived by replication has no replication status of its own."""

    def at_rest(self):
        for registry in self.world.registries():
            for repository in registry.repositories():
                name = repository["repositoryName"]
                for tag, digest in registry.repository(name).tags().items():
                    if (registry.key, name, tag) not in self.pushed:
                        rows = self.world.report()["replications"]
                        assert not any(
                            (row["source"], row["repository"], row["tag"], row["digest"])
                            == (registry.key, name, tag, digest)
                            and self.pushed.get((registry.key, name, tag)) is None
                            and not self.ever_pushed(registry, name, digest)
                            for row in rows
                        )

    def ever_pushed(self, registry, name, digest):
        return any(key[:2] == (registry.key, name) for key in self.pushed)


def test_the_machine_runs_on_a_sound_world():
    run_state_machine_as_test(NothingIsChained, settings=FEW)


def test_policies_and_rules_are_such_as_ecr_takes():
    from hypothesis import given

    world = crrsim.World(strategies.ACCOUNTS)
    registry = world["prod/eu-west-1"]

    @settings(max_examples=30, deadline=None)
    @given(strategies.registry_policies(registry))
    def put(policy):
        registry.put_registry_policy(policy)
        assert registry.call("GetRegistryPolicy")["policyText"]

    put()
