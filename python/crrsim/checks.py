"""Ordinary mistakes, told by what was found and what was expected: the wrong kind of value is a TypeError."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from crrsim.errors import DefinitionError

Item = TypeVar("Item")

_SEEDS = 2**53


def text(name: str, value: Any, expected: str = "a text") -> str:
    """A str."""
    if not isinstance(value, str):
        raise TypeError(f"{name}: found {value!r}; expected {expected}")
    return value


def listed(name: str, values: Iterable[Item], items: str) -> list[Item]:
    """The items as a list. A text is one thing, and no list of its letters."""
    if isinstance(values, (str, bytes, Mapping)) or not isinstance(values, Iterable):
        raise TypeError(f"{name}: found {values!r}; expected a list of {items}")
    return list(values)


def mapped(name: str, values: Mapping[str, Item], expected: str) -> dict[str, Item]:
    """The members as a dict."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{name}: found {values!r}; expected {expected}")
    return dict(values)


def function(name: str, value: Callable[..., object]) -> None:
    """Something to call."""
    if not callable(value):
        raise TypeError(f"{name}: found {value!r}; expected a function")


def flag(name: str, value: Any) -> bool:
    """True or False. A text is neither, whatever it says."""
    if not isinstance(value, bool) and type(value).__name__ not in ("bool", "bool_"):  # as numpy calls its own
        raise TypeError(f"{name}: found {value!r}; expected True or False")
    return bool(value)


def whole(name: str, value: Any) -> int:
    """A whole number, of whatever library."""
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name}: found {value!r}; expected a whole number")
    return operator.index(value)


def seed(value: Any) -> int:
    """A seed. DefinitionError where it is beyond what a seed can be."""
    number = whole("seed", value)
    if not 0 <= number < _SEEDS:
        raise DefinitionError(f"seed: found {number}; expected a number from 0 to 2^53 - 1 = {_SEEDS - 1}")
    return number
