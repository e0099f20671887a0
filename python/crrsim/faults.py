"""Faults on purpose: every verb that a scenario's timeline knows, with the same members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Union

import _crrsim

from crrsim.checks import mapped
from crrsim.errors import CrrsimError, DefinitionError
from crrsim.units import Span, nanoseconds

if TYPE_CHECKING:
    from crrsim.registry import Registry
    from crrsim.world import World

Json = dict[str, Any]
"""A JSON object."""


class Fault:
    """A fault in force. As a context manager it ends with the block."""

    def __init__(self, world: World, numbers: Sequence[int]) -> None:
        self._world = world
        self._numbers = list(numbers)

    def end(self) -> None:
        """Ends it; nothing happens when it is over."""
        for number in self._numbers:
            self._world._native.end_fault(number)
        self._numbers.clear()

    def __enter__(self) -> Fault:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], where: Optional[TracebackType]
    ) -> None:
        self.end()


class FaultVerb:
    """One kind of fault of a world: call it to begin one."""

    def __init__(self, world: World, row: Json) -> None:
        self._world = world
        self.name: str = row["verb"]
        """The verb of the scenario language."""
        self.members: Mapping[str, str] = row["members"]
        """The members of the verb, and what they mean; none where it takes a region alone."""
        lines = [row["help"], *(f"  {name}: {text}" for name, text in self.members.items())]
        self.__doc__ = "\n".join(lines)

    def __call__(
        self,
        what: Union[str, Registry, Mapping[str, Any], None] = None,
        /,
        *,
        duration: Optional[Span] = None,
        when: Optional[Mapping[str, Any]] = None,
        **members: Any,
    ) -> Fault:
        """Begins a fault, for a duration or until it is ended.

        With ``when`` it lets time pass until a copy has come so far: ``{"copy": "model:1", "to": europe, "reaches":
        "50%"}``, as in a timeline.

        ``what`` is what the verb says in a timeline, a region or a dict of members; or members are named one by one.
        Where a member's name is a word of Python an underscore follows it: ``from_``, ``in_``.
        """
        named = {name.removesuffix("_"): value for name, value in members.items()}
        self._check(named)
        if isinstance(what, Mapping):
            named = {**what, **named}
        elif what is not None and named:
            raise TypeError(f"{self.name}: expected {what!r} alone, or members by name")
        step: Json = {self.name: named if what is None or isinstance(what, Mapping) else what}
        if duration is not None:
            step["for"] = duration
        if when is not None:
            step["when"] = when
        return self._world.faults.begin(step)

    def _check(self, named: Mapping[str, Any]) -> None:
        for name, value in named.items():
            if name in self.members:
                continue
            if name == "for":
                raise TypeError(f"{self.name}: how long a fault lasts is called 'duration' here: duration={value!r}")
            known = [*self.members, "duration", "when"]
            hint = _crrsim.did_you_mean(name, known) or f"; it has {', '.join(known)}"
            raise TypeError(f"{self.name} has no '{name}'{hint}")

    def __repr__(self) -> str:
        return f"<fault {self.name}: {', '.join(self.members) or 'a region'}>"


class Faults:
    """Faults on purpose. Each verb of a timeline is one here; ``dir(world.faults)`` lists them.

    >>> import crrsim
    >>> world = crrsim.World()
    >>> with world.faults.delay(between=["us-west-2", "eu-west-1"], latency="2s"):
    ...     world.advance("1m")
    >>> _ = world.faults.crash("eu-west-1", duration="5m")
    >>> _ = world.faults.begin({"throttle": {"region": "eu-west-1", "calls": "50%"}, "for": "1h"})
    """

    def __init__(self, world: World) -> None:
        self._world = world

    def begin(self, step: Mapping[str, Any]) -> Fault:
        """Begins what a fault's step of a timeline says: ``{"outage": "us-west-2", "for": "10m"}``.

        Registries and timedeltas are taken too. With a ``when`` time passes until the copy that it names has come so far.
        Raises DefinitionError, and nothing is in force and no time has passed; CrrsimError where the copy never comes so
        far.
        """
        named = mapped("step", step, "a fault's verb with what it says, as in {'crash': 'us-west-2'}")
        try:
            return Fault(self._world, self._world._native.begin_fault(plain(named)))
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        except _crrsim.NeverReached as error:
            raise CrrsimError(str(error)) from None

    def partition(
        self,
        source: str,
        destination: str,
        *,
        both_ways: bool = False,
        duration: Optional[Span] = None,
        when: Optional[Mapping[str, Any]] = None,
    ) -> Fault:
        """Nothing passes from one region to another: for a duration, or until it is ended; ``when`` as for all faults."""
        cut: Json = {"between": [source, destination]} if both_ways else {"from": source, "to": destination}
        return self._verb("partition")(cut, duration=duration, when=when)

    def __getattr__(self, name: str) -> FaultVerb:
        return self._verb(name)

    def _verb(self, name: str) -> FaultVerb:
        for row in _crrsim.fault_verbs():
            if row["verb"] == name:
                return FaultVerb(self._world, row)
        hint = _crrsim.did_you_mean(name, self.verbs)
        raise AttributeError(f"'{name}' is not a fault: {', '.join(self.verbs)}{hint}")

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self.verbs})

    @property
    def verbs(self) -> list[str]:
        """Every kind of fault there is."""
        return [row["verb"] for row in _crrsim.fault_verbs()]

    @property
    def hits(self) -> list[Json]:
        """Every fault so far, with how often it hit something."""
        rows: list[Json] = self._world.report()["faults"]
        return rows


def plain(value: Any) -> Any:
    """Registries as their names and durations as text, which is what a timeline has."""
    if isinstance(value, Mapping):
        return {name: plain(member) for name, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, timedelta):
        return f"{nanoseconds(value)}ns"
    return getattr(value, "key", value)
