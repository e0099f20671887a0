"""Errors. What the simulated API refuses is an :class:`ApiError` with ECR's exception as its class."""

from __future__ import annotations

import _crrsim


class CrrsimError(Exception):
    """Everything that this package raises on purpose, but for two kinds of misuse.

    A value of the wrong type is a TypeError. A world that is driven by one of its listeners, or by two threads at once,
    raises RuntimeError, which says so.
    """


class DefinitionError(CrrsimError, ValueError):
    """A world, a scenario or a document is not valid; one line a mistake, each with its place."""


class InvariantViolation(CrrsimError, AssertionError):
    """An invariant did not hold: its claim, and each violation with both sides and their instants."""


class ApiError(CrrsimError):
    """An API call was refused, and changed nothing.

    The class of what is raised has the exception's name, as in botocore's ``client.exceptions``.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        """What ECR says with it."""
        self.code = code or type(self).__name__
        """The name on the wire, such as ``RepositoryNotFoundException``."""

    def __reduce__(self) -> tuple[type[ApiError], tuple[str, str]]:
        return type(self), (self.message, self.code)


_classes: dict[str, type[ApiError]] = {}


def error_class(code: str) -> type[ApiError]:
    """The class of an exception of the API: ``error_class("RepositoryNotFoundException")``.

    One class a name, made when first asked for; ``crrsim.errors.RepositoryNotFoundException`` is the same. Raises
    DefinitionError for a name that the simulated API has no exception of.
    """
    if code not in _classes:
        known = _crrsim.exceptions()
        if code not in known:
            raise DefinitionError(f"{code!r} is not an exception of the simulated API{_hint(code, known)}")
        made = type(code, (ApiError,), {"__doc__": f"``{code}`` of ECR's API.", "__module__": __name__})
        _classes[code] = made
    return _classes[code]


def __getattr__(name: str) -> type[ApiError]:
    known = _crrsim.exceptions()
    if name in known:
        return error_class(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{_hint(name, known)}")


def _hint(name: object, known: list[str]) -> str:
    return _crrsim.did_you_mean(name, known) if isinstance(name, str) else ""
