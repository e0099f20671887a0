"""Durations, sizes and instants as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Union

import _crrsim

from crrsim.errors import DefinitionError

Span = Union[str, timedelta]
"""``"30m"``, ``"40ms"``, or a timedelta. A bare number has no unit and is refused."""
Size = Union[str, int]
"""``"48MiB"``, or a number of bytes."""
Moment = Union[str, datetime]
"""``"2026-11-01T00:00:00Z"``, or a datetime with a time zone."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
_BYTES_MAX = 2**63 - 1
#: As in a scenario: what is counted in 64 bits holds 100 years more, which a fault may last.
_TIME_END = datetime(2150, 1, 1, tzinfo=timezone.utc)


def nanoseconds(span: Span) -> int:
    """A duration in nanoseconds."""
    if isinstance(span, timedelta):
        return span // _MICROSECOND * 1000
    if not isinstance(span, str):
        raise TypeError(f"found {span!r}; expected a duration such as '30m', or a timedelta")
    try:
        return _crrsim.parse_duration(span)
    except ValueError as error:
        raise DefinitionError(str(error)) from None


def size_in_bytes(size: Size) -> int:
    """A size in bytes."""
    if isinstance(size, bool) or not isinstance(size, (str, int)):
        raise TypeError(f"found {size!r}; expected a size such as '48MiB', or a number of bytes")
    if isinstance(size, int):
        if not 0 <= size <= _BYTES_MAX:
            raise DefinitionError(f"found {size}; expected a size from 0 bytes to 2^63 - 1")
        return size
    try:
        return _crrsim.parse_size(size)
    except ValueError as error:
        raise DefinitionError(str(error)) from None


def instant(moment: Moment) -> int:
    """An instant in nanoseconds since 1970."""
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise DefinitionError(f"{moment!r} has no time zone")
        return (moment - _EPOCH) // _MICROSECOND * 1000
    if not isinstance(moment, str):
        raise TypeError(f"found {moment!r}; expected an instant such as '2026-11-01T00:00:00Z', or a datetime")
    try:
        return _crrsim.parse_instant(moment)
    except ValueError as error:
        raise DefinitionError(str(error)) from None


def within_time(nanoseconds_since_1970: int, said: Union[Span, Moment]) -> int:
    """The same instant. Raises DefinitionError, which names what was said, where no world has it."""
    if not 0 <= nanoseconds_since_1970 < (_TIME_END - _EPOCH) // _MICROSECOND * 1000:
        raise DefinitionError(f"{said} leads out of a world's time, which is within the years 1970 to 2149")
    return nanoseconds_since_1970


def to_datetime(nanoseconds_since_1970: int) -> datetime:
    """An instant as Python has it, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=nanoseconds_since_1970 // 1000)


def to_timedelta(count: int) -> timedelta:
    """A duration as Python has it, cut to microseconds."""
    return timedelta(microseconds=count // 1000)
