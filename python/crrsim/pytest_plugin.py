"""The pytest plugin of crrsim.

- Fixtures ``world`` (one account, us-west-2 and eu-west-1), ``two_regions`` (the registries of the same, with a rule
  from the first to the second) and ``cross_account`` (source and destination of two accounts, granted).
- ``--crrsim-seeds N`` runs every test that uses a world with the seeds 1 to N, ``--crrsim-seed S`` with S alone.
- What a test does with the worlds of fixtures is held to the invariants (``crrsim.invariants()``): where one does not
  hold at its end, the test fails with the claim and both sides.
- A test that fails shows the last events of its worlds and the command that repeats it.
- Scenario files (``*.yaml`` with ``accounts`` and ``timeline``) are tests.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Optional

import pytest

import crrsim
from crrsim.world import Event

_SHOWN_EVENTS = 40


class _Recorded(NamedTuple):
    """A world of a test, by the name of its fixture, and its last events."""

    fixture: str
    world: crrsim.World
    events: deque[Event]


_WORLDS = pytest.StashKey[list[_Recorded]]()

#: The policy of prod/eu-west-1 that lets build replicate there.
_GRANT = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": ["ecr:CreateRepository", "ecr:ReplicateImage"],
            "Resource": "arn:aws:ecr:eu-west-1:444455556666:repository/*",
        }
    ],
}


class Pair(NamedTuple):
    """A source and the destination that it replicates to."""

    source: crrsim.Registry
    destination: crrsim.Registry

    @property
    def world(self) -> crrsim.World:
        """That both are of."""
        return self.source.world


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options ``--crrsim-seeds`` and ``--crrsim-seed``."""
    group = parser.getgroup("crrsim")
    group.addoption("--crrsim-seeds", type=int, default=None, metavar="N", help="run tests of worlds with seeds 1 to N")
    group.addoption("--crrsim-seed", type=int, default=None, metavar="S", help="run tests of worlds with this seed")


def pytest_configure(config: pytest.Config) -> None:
    """Refuses options that make no sense."""
    count, seed = config.getoption("--crrsim-seeds"), config.getoption("--crrsim-seed")
    if count is not None and seed is not None:
        raise pytest.UsageError("--crrsim-seeds and --crrsim-seed exclude each other")
    if count is not None and count < 1:
        raise pytest.UsageError(f"--crrsim-seeds {count}: expected at least 1")
    if seed is not None and not 0 <= seed < 2**53:
        raise pytest.UsageError(f"--crrsim-seed {seed}: expected a seed from 0 to 2^53 - 1")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a world is one test a seed."""
    if "crrsim_seed" not in metafunc.fixturenames:
        return
    count, seed = metafunc.config.getoption("--crrsim-seeds"), metafunc.config.getoption("--crrsim-seed")
    if count is not None:
        metafunc.parametrize("crrsim_seed", range(1, count + 1), ids=lambda number: f"seed{number}")
    else:
        metafunc.parametrize("crrsim_seed", [1 if seed is None else seed], ids=[pytest.HIDDEN_PARAM])


def _recorded(world: crrsim.World, request: pytest.FixtureRequest) -> crrsim.World:
    """Keeps the last events for the report of a failure, and the world to be judged."""
    events: deque[Event] = deque(maxlen=_SHOWN_EVENTS)
    world.events(events.append)
    request.node.stash.setdefault(_WORLDS, []).append(_Recorded(str(request.fixturename), world, events))
    return world


@pytest.fixture
def world(crrsim_seed: int, request: pytest.FixtureRequest) -> crrsim.World:
    """One account, ``shop``, with registries in us-west-2 and eu-west-1."""
    return _recorded(crrsim.World({"shop": "111122223333"}, ["us-west-2", "eu-west-1"], seed=crrsim_seed), request)


@pytest.fixture
def two_regions(world: crrsim.World) -> Pair:
    """us-west-2, which replicates everything to eu-west-1."""
    pair = Pair(world["us-west-2"], world["eu-west-1"])
    pair.source.replicate_to(pair.destination)
    return pair


@pytest.fixture
def cross_account(crrsim_seed: int, request: pytest.FixtureRequest) -> Pair:
    """build/us-west-2, which replicates everything to prod/eu-west-1, whose policy allows it."""
    accounts = {"build": "111122223333", "prod": "444455556666"}
    made = _recorded(crrsim.World(accounts, ["us-west-2", "eu-west-1"], seed=crrsim_seed), request)
    pair = Pair(made["build/us-west-2"], made["prod/eu-west-1"])
    pair.source.replicate_to(pair.destination)
    pair.destination.put_registry_policy(_GRANT)
    return pair


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """The worlds of a test that passed are held to the invariants."""
    outcome = yield
    broken = []
    worlds = item.stash.get(_WORLDS, [])
    for recorded in worlds:
        try:
            recorded.world.check_invariants()
        except crrsim.InvariantViolation as error:
            broken.append(f"{recorded.fixture}: {error}" if len(worlds) > 1 else str(error))
    if broken:
        raise crrsim.InvariantViolation("\n".join(broken))
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows its worlds' last events, and what repeats it."""
    report = yield
    worlds = item.stash.get(_WORLDS, [])
    if report.failed and worlds:
        seed = getattr(item, "callspec", None) and item.callspec.params.get("crrsim_seed")  # type: ignore[attr-defined]
        node = item.nodeid.replace(f"[seed{seed}]", "").replace(f"-seed{seed}]", "]").replace(f"[seed{seed}-", "[")
        for recorded in worlds:
            of = f" of {recorded.fixture}" if len(worlds) > 1 else ""
            lines = [f"{event.when:%H:%M:%S.%f} {event.name} {_fields(event)}" for event in recorded.events]
            report.sections.append((f"crrsim: the last events{of}", "\n".join(lines)))
        report.sections.append(("crrsim: to repeat it", f"pytest '{node}' --crrsim-seed {seed}"))
    return report


def _fields(event: Event) -> str:
    return " ".join(f"{name}={text}" for name, text in event.fields.items() if text and text != "none")


# ---- Scenario files -------------------------------------------------------------------------------------------------


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> Optional[ScenarioFile]:
    """Scenario files are tests."""
    if file_path.suffix not in (".yaml", ".yml") or not _is_scenario(file_path):
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


def _is_scenario(path: Path) -> bool:
    """By its keys at the left edge, so that nothing else in the folder is read as one."""
    keys = {line.split(":", 1)[0] for line in path.read_text(errors="replace").splitlines() if line[:1].isalpha()}
    return {"accounts", "timeline"} <= keys


class ScenarioFile(pytest.File):
    """A scenario file: one test, or one a seed."""

    def collect(self) -> Iterator[pytest.Item]:
        count, seed = self.config.getoption("--crrsim-seeds"), self.config.getoption("--crrsim-seed")
        for number in range(1, count + 1) if count is not None else [seed]:
            name = "scenario" if number is None or count is None else f"scenario[seed{number}]"
            yield ScenarioItem.from_parent(self, name=name, seed=number)


class ScenarioFailed(Exception):
    """A scenario did not pass."""


class ScenarioItem(pytest.Item):
    """One run of a scenario file."""

    def __init__(self, *, seed: Optional[int], **rest: Any) -> None:
        super().__init__(**rest)
        self._seed = seed

    def runtest(self) -> None:
        scenario = crrsim.Scenario(self.path)
        if not scenario.run(self._seed).passed:
            raise ScenarioFailed(scenario.run_text(self._seed))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, (ScenarioFailed, crrsim.DefinitionError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, Optional[int], str]:
        return self.path, None, f"scenario: {self.path.name}"
