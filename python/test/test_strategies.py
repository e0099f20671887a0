"""The Hypothesis strategies and the state machine."""

import re

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


def test_an_image_says_how_it_is_made_again():
    base = crrsim.Image(layers=["1MiB"], name="base")
    for image in (
        base,
        crrsim.Image(layers=[7], based_on=base, findings={"HIGH": 1}, architecture="arm64"),
        crrsim.Image(layers=[7], sizes_only=True, artifact_type="application/spdx+json", subject=base),
        crrsim.Image.index([base]),
        crrsim.Image.index([base], artifact_type="application/x", subject=base, findings={"LOW": 2}),
    ):
        again = eval(repr(image), {"Image": crrsim.Image})
        assert again == image and again.findings == image.findings
    assert repr(crrsim.Image(layers=[7])) == "Image(layers=[7])"


# A claim that is false, and looks true until somebody changes the configuration, or the policy, behind a push.
SEEDED = """
from crrsim import strategies
from hypothesis import HealthCheck, settings, reproduce_failure

REPRODUCE
class EverythingArrives(strategies.ReplicationMachine):
    def at_rest(self):
        source, destination = self.registry(0), self.registry(1)
        for (key, name, tag), digest in self.pushed.items():
            if key == source.key:
                assert destination.digest_of(f"{name}:{tag}") == digest

TestEverythingArrives = EverythingArrives.TestCase
TestEverythingArrives.settings = settings(
    max_examples=1000, stateful_step_count=8, derandomize=True, database=None, deadline=None, print_blob=True,
    suppress_health_check=list(HealthCheck),
)
"""


def printed_example(text):
    """The steps of the example that a run printed, which its summary repeats where pytest leaves it whole."""
    steps = re.findall(r"^E? *state\.(\w+)\(", text, re.MULTILINE)
    starts = [at for at, step in enumerate(steps) if step == "begin"]
    assert starts[:1] == [0], text
    examples = [steps[start:end] for start, end in zip(starts, [*starts[1:], len(steps)])]
    assert all(example == examples[0] for example in examples), text
    return examples[0]


def test_a_seeded_bug_is_found_shrunk_and_repeated_by_its_line(pytester, monkeypatch):
    plugin = ("-p", "crrsim.pytest_plugin", "-p", "no:cacheprovider")
    # On a machine of CI pytest does not cut its summary, so the example stands there a second time.
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
    pytester.makepyfile(test_seeded=SEEDED.replace("REPRODUCE", ""))
    result = pytester.runpytest_inprocess(*plugin)
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    steps = printed_example(text)
    # Made, what stops the copy, and what is pushed and not copied: no shorter way makes the claim false.
    assert steps[0] == "begin" and steps[-1] == "teardown" and "push" in steps and len(steps) <= 4, text
    line = re.search(r"@reproduce_failure\('[^']+', b'[^']+'\)", text)
    assert line is not None, text
    monkeypatch.setenv("CI", "true")
    pytester.makepyfile(test_seeded=SEEDED.replace("REPRODUCE", line[0]))
    again = pytester.runpytest_inprocess(*plugin)
    again.assert_outcomes(failed=1)
    assert printed_example(again.stdout.str()) == steps
