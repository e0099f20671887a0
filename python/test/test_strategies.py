"""The Hypothesis strategies: they find a bug that was put there, and shrink it."""

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


class ReplicationIsBroken(strategies.ReplicationMachine):
    """Claims what is not so: that nothing ever arrives anywhere."""

    accounts = {"shop": "111122223333"}

    def at_rest(self):
        assert not [row for row in self.world.report()["replications"] if row["status"] == "COMPLETE"]


def test_a_false_claim_is_refuted_by_few_steps():
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(
            ReplicationIsBroken, settings=settings(FEW, max_examples=300, derandomize=True, print_blob=False)
        )
    steps = [line for note in getattr(caught.value, "__notes__", []) for line in note.splitlines() if "state." in line]
    names = [name for name in ("begin", "create", "configure", "push") if any(f"state.{name}(" in s for s in steps)]
    assert names == ["begin", "create", "configure", "push"]
    assert len(steps) <= 6, steps  # these four, the end, and at most one more


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
