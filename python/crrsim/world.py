"""Worlds: registries of accounts and regions under virtual time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Optional, Union, overload

import _crrsim

from crrsim import checks
from crrsim.checks import listed, mapped, text
from crrsim.commands import invariants
from crrsim.errors import CrrsimError, DefinitionError, InvariantViolation
from crrsim.faults import Faults, plain
from crrsim.image import Image
from crrsim.registry import Account, Registry, refusal_of
from crrsim.units import Moment, Span, instant, nanoseconds, to_datetime, to_timedelta, within_time

Json = dict[str, Any]


@dataclass(frozen=True)
class Event:
    """Something that happened. ``fields`` are texts, named as in a scenario's event patterns."""

    when: datetime
    """In UTC, cut to microseconds."""
    name: str
    """Its kind, such as ``ImagePushed``."""
    fields: Mapping[str, str]
    """What it says of itself."""


@dataclass(frozen=True)
class Bill:
    """Bytes moved, bytes stored, and what each source repository's replication amounts to; rows as in the JSON report."""

    transfers: Sequence[Json]
    """Bytes moved, useful and wasted, a row a pair of registries."""
    storage: Sequence[Json]
    """Bytes and GB-months stored."""
    replicated: Sequence[Json]
    """What the replication of each source repository amounts to."""


class EventStream:
    """The events from now on, in order. Iterating takes those that have happened; it ends when there is none left."""

    def __init__(self, world: World, callback: Optional[Callable[[Event], None]]) -> None:
        self._world = world
        self._waiting: deque[Event] = deque()
        self._take = callback or self._waiting.append
        self._number: Optional[int] = world._native.listen(self._hear)

    def _hear(self, when: int, name: str, fields: dict[str, str]) -> None:
        self._take(Event(to_datetime(when), name, fields))

    def __iter__(self) -> Iterator[Event]:
        while self._waiting:
            yield self._waiting.popleft()

    def close(self) -> None:
        """Hears no more."""
        if self._number is not None:
            self._world._native.unlisten(self._number)
            self._number = None

    def __enter__(self) -> EventStream:
        return self

    def __exit__(
        self, kind: Optional[type[BaseException]], error: Optional[BaseException], where: Optional[TracebackType]
    ) -> None:
        self.close()


class Planned:
    """A function that a world calls when time has come to an instant (:meth:`World.at`)."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function: Optional[Callable[[], object]] = function

    def cancel(self) -> None:
        """It is not called any more; nothing happens when it has been."""
        self._function = None

    def __call__(self) -> None:
        function, self._function = self._function, None
        if function is not None:
            function()


class World:
    """A world of registries under virtual time, repeatable from its seed. Every account has a registry in every region.

    >>> world = World(accounts={"shop": "111122223333"}, regions=["us-west-2", "eu-west-1"])
    >>> world.registry("us-west-2").replicate_to("eu-west-1")["replicationConfiguration"]["rules"][0]["destinations"]
    [{'region': 'eu-west-1', 'registryId': '111122223333'}]

    A world is a value: ``copy.copy`` and pickle give independent worlds that go on equally; listeners are not taken
    along. One thread at a time uses a world, and another one is told so by a RuntimeError; different worlds run in
    different threads at the same time, since the engine runs without the interpreter's lock.
    """

    faults: Faults
    """Every fault verb of the scenario language: ``world.faults.partition(...)``."""

    def __init__(
        self,
        accounts: Optional[Mapping[str, str]] = None,
        regions: Sequence[str] = ("us-west-2", "eu-west-1"),
        *,
        network: Union[str, Mapping[str, Any]] = "aws-2026",
        seed: int = 1,
        start: Optional[Moment] = None,
        assumptions: Optional[Mapping[str, str]] = None,
        options: Optional[Mapping[str, Any]] = None,
        opted_out: Sequence[str] = (),
        faults: Union[str, Mapping[str, Any], None] = None,
        judged: bool = True,
    ) -> None:
        """Keys are those of a scenario file; ``faults`` is ``"random"``, or what the seed may draw. Raises DefinitionError,
        one line a mistake.

        The invariants (:func:`crrsim.invariants`) are judged unless ``judged`` is false, which only a measurement should
        say: see :meth:`check_invariants`.
        """
        definition: Json = {
            "accounts": mapped("accounts", accounts or {"main": "111122223333"}, "names and numbers of accounts"),
            "regions": listed("regions", regions, "names of regions"),
            "network": network if isinstance(network, str) else mapped("network", network, "a preset or links"),
            "seed": checks.seed(seed),
        }
        if start is not None:
            definition["start"] = start if isinstance(start, str) else _crrsim.instant_text(within_time(instant(start), start))
        if assumptions:
            definition["assumptions"] = mapped("assumptions", assumptions, "assumptions and their values")
        if options:
            definition["options"] = mapped("options", options, "options and their values")
        if opted_out:
            definition["opted_out"] = listed("opted_out", opted_out, "regions")
        if faults is not None:
            definition["faults"] = faults if isinstance(faults, str) else plain(faults)
        try:
            native = _crrsim.World(definition, checks.flag("judged", judged))
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        self._take(native, definition, native.now)

    def _take(self, native: _crrsim.World, definition: Json, start: int) -> None:
        self._native = native
        self._definition = definition
        self._start = start
        self._accounts = [Account(name, number) for name, number in definition["accounts"].items()]
        self._known_findings: set[str] = set()
        self.faults = Faults(self)

    # ---- Registries ----

    @property
    def accounts(self) -> list[Account]:
        """In the order in which they were given."""
        return list(self._accounts)

    @property
    def regions(self) -> list[str]:
        """In the order in which they were given."""
        return list(self._definition["regions"])

    def account(self, name: str) -> Account:
        """By nickname or id."""
        for account in self._accounts:
            if name in (account.name, account.id):
                return account
        raise DefinitionError(f"'{name}' is not an account of this world: {', '.join(a.name for a in self._accounts)}")

    def _check_region(self, region: str) -> None:
        if region not in self._definition["regions"]:
            raise DefinitionError(f"'{region}' is not a region of this world: {', '.join(self.regions)}")

    def registry(self, where: Union[str, Registry]) -> Registry:
        """``account/region``; the region alone where there is one account."""
        if isinstance(where, Registry):
            return Registry(self, where.account, where.region)
        text("registry", where, "'account/region' or a Registry")
        name, slash, region = where.rpartition("/")
        if not slash and len(self._accounts) > 1:
            raise DefinitionError(f"'{where}': name the account too, as in '{self._accounts[0].name}/{where}'")
        self._check_region(region)
        return Registry(self, self.account(name) if slash else self._accounts[0], region)

    def __getitem__(self, where: str) -> Registry:
        return self.registry(where)

    def registries(self) -> list[Registry]:
        """All of them, by account, then region."""
        return [Registry(self, account, region) for account in self._accounts for region in self.regions]

    def _learn(self, image: Image) -> None:
        if image.digest not in self._known_findings:
            self._native.set_findings(image.digest, image.findings)
            self._known_findings.add(image.digest)

    # ---- Time ----

    @property
    def now(self) -> datetime:
        """The current instant, cut to microseconds."""
        return to_datetime(self._native.now)

    @property
    def elapsed(self) -> timedelta:
        """Since the start."""
        return to_timedelta(self._native.now - self._start)

    def advance(self, span: Span) -> None:
        """Lets time pass."""
        self._native.run_until(self._later(self._native.now + nanoseconds(span), span))

    @overload
    def at(self, moment: Union[Moment, timedelta]) -> None: ...

    @overload
    def at(self, moment: Union[Moment, timedelta], function: Callable[[], object]) -> Planned: ...

    def at(
        self, moment: Union[Moment, timedelta], function: Optional[Callable[[], object]] = None
    ) -> Optional[Planned]:
        """Lets time pass until an instant, or until a time after the start (``"5m"``).

        With a function nothing passes: it is called when time has come to that instant, between two events, by whatever
        lets time pass, a push under way included. It may use the world; time that it lets pass delays what it
        interrupted. What it raises comes out of the call that let time pass. Copies do not take it along.

        >>> world = World(start="2026-11-01T00:00:00Z")
        >>> _ = world.at("5m", lambda: print("it is", world.now.time()))
        >>> world.advance("1h")
        it is 00:05:00
        """
        if isinstance(moment, timedelta) or (isinstance(moment, str) and "T" not in moment):
            when = self._start + nanoseconds(moment)
        else:
            when = instant(moment)
        self._later(when, moment)
        if function is None:
            self._native.run_until(when)
            return None
        checks.function("function", function)
        planned = Planned(function)
        self._native.at(when, planned)
        return planned

    def _later(self, when: int, said: Union[Span, Moment]) -> int:
        if when < self._native.now:
            raise DefinitionError(f"{said}: time does not run back; it is {self.now.isoformat()} already")
        return within_time(when, said)

    def run_until_idle(self, limit: Span = "400d") -> timedelta:
        """Lets time pass until nothing is under way or planned, and returns how long that took.

        Raises CrrsimError, which says what waits for what, when it has not come to rest after ``limit``.
        """
        before = self._native.now
        if not self._native.run_until_idle(self._later(before + nanoseconds(limit), limit)):
            waiting = "".join(f"\n  {line}" for line in self._native.waiting())
            raise CrrsimError(f"after {limit} something is still under way{waiting}")
        return to_timedelta(self._native.now - before)

    def wait_for_copy(
        self,
        reference: str,
        destination: Union[str, Registry],
        *,
        source: Union[str, Registry, None] = None,
        reaches: Union[int, str] = "100%",
    ) -> timedelta:
        """Lets time pass until the copy of an image has come so far, in percent of its bytes, and returns how long it took.

        The source is the registry that the image was pushed to last, unless it is given. Raises CrrsimError, which says
        why, where the copy never comes so far.
        """
        before = self._native.now
        condition: Json = {
            "copy": reference,
            "to": self.registry(destination).key,
            "reaches": f"{reaches}%" if isinstance(reaches, int) else reaches,
        }
        if source is not None:
            condition["from"] = self.registry(source).key
        try:
            self._native.await_progress(condition)
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        except _crrsim.NeverReached as error:
            raise CrrsimError(str(error)) from None
        return to_timedelta(self._native.now - before)

    # ---- Invariants ----

    @property
    def judged(self) -> bool:
        """Whether the invariants are judged: not of a world that was pickled, whose past nobody has seen."""
        return self._native.judged

    def check_invariants(self) -> None:
        """Raises InvariantViolation when an invariant does not hold of all that has happened up to now.

        They are the invariants that every run of a scenario is held to; :func:`crrsim.invariants` lists them. The fixtures of
        the pytest plugin check their worlds at the end of a test. Raises CrrsimError when the world is not judged.
        """
        if not self.judged:
            raise CrrsimError("the invariants of this world are not judged: it was pickled, or made with judged=False")
        broken = [row for row in self.report()["invariants"] if row["verdict"] != "pass"]
        if broken:
            raise InvariantViolation("\n".join(_violations(row) for row in broken))

    # ---- Looking ----

    def events(self, callback: Optional[Callable[[Event], None]] = None) -> EventStream:
        """The events from now on: to iterate over, or one by one to a callback.

        A callback is called in the middle of an event and may only look on: the registries, the bill, streams, which it
        may open and close. A copy, a report and whatever drives the world raise RuntimeError there; :meth:`at` is for them.
        """
        if callback is not None:
            checks.function("callback", callback)
        return EventStream(self, callback)

    def report(self) -> Json:
        """The JSON report up to now; fields as ``crrsim run --json`` writes them."""
        report: Json = self._native.report()
        return report

    def bill(self) -> Bill:
        """The bill up to now."""
        return Bill(**self._native.bill())

    def lag(self, source: Union[str, Registry], destination: Union[str, Registry], quantile: str = "max") -> timedelta:
        """From the source's acceptance of an image to its visibility at the destination: p50, p90, p99 or max.

        Counts copies that are visible. Raises CrrsimError when there is none.
        """
        percent = {"p50": 50, "p90": 90, "p99": 99, "max": 100}.get(quantile)
        if percent is None:
            raise DefinitionError(f"'{quantile}' is not a quantile: p50, p90, p99 or max")
        lags = self._native.lags(self.registry(source).key, self.registry(destination).key)
        if not lags:
            raise CrrsimError(f"nothing was replicated from {source} to {destination}")
        return to_timedelta(lags[max(0, -(-len(lags) * percent // 100) - 1)])

    def compare(self, source: Union[str, Registry], destination: Union[str, Registry]) -> Json:
        """What a registry lacks of another at this instant, and why; members as ``crrsim compare --json`` has them.

        ``ready`` says whether the destination could stand in, ``equal`` whether nothing differs at all.
        """
        answer: Json = self._native.compare(self.registry(source).key, self.registry(destination).key)
        return answer

    def delete_replication_role(self, account: str) -> None:
        """IAM is asked to delete an account's role AWSServiceRoleForECRReplication."""
        try:
            self._native.delete_replication_role(self.account(account).id)
        except _crrsim.CallFailed as error:
            raise refusal_of(error) from None

    @property
    def run_digest(self) -> str:
        """32 hex digits over everything that has happened: equal in every run of the same calls and seed."""
        return self._native.run_digest

    def state_hash(self) -> str:
        """Identifies the state without absolute time and history."""
        return self._native.state_hash()

    # ---- As a value ----

    def copy(self) -> World:
        """An independent world that goes on equally."""
        other = World.__new__(World)
        other._take(self._native.copy(), self._definition, self._start)
        return other

    __copy__ = copy

    def __deepcopy__(self, memo: dict[int, Any]) -> World:
        return self.copy()

    def __getstate__(self) -> tuple[bytes, Json, int]:
        return self._native.save(), self._definition, self._start

    def __setstate__(self, state: tuple[bytes, Json, int]) -> None:
        saved, definition, start = state
        self._take(_crrsim.World.load(saved), definition, start)

    def __repr__(self) -> str:
        return f"<World of {len(self._accounts)} accounts and {len(self.regions)} regions at {self.now.isoformat()}>"


def _violations(row: Json) -> str:
    claim = next(known["claim"] for known in invariants() if known["name"] == row["name"])
    lines = [f"invariant {row['name']}: {claim}"]
    for violation in row["violations"]:
        for side in ("found", "expected"):
            when = violation[f"{side}_at_seconds"]
            lines.append(f"    {side:<9}{violation[side]}" + ("" if when is None else f", at +{when:g}s"))
    return "\n".join(lines)
