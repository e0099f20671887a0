"""Scenario files from Python: read, run, changed."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, Optional, Union

import _crrsim

from crrsim import checks
from crrsim.errors import DefinitionError

Json = dict[str, Any]
Path = Union[str, "os.PathLike[str]"]


class Scenario:
    """A scenario file, read and checked once, to be run as often as one likes.

    Different threads may run it at the same time.
    """

    def __init__(self, path: Path, *, images: Optional[Mapping[str, Path]] = None) -> None:
        """``images`` are names and paths, as ``--image`` of the command line. Raises DefinitionError."""
        try:
            self._native = _crrsim.Scenario(os.fspath(path), _paths(images))
        except ValueError as error:
            raise DefinitionError(str(error)) from None

    @classmethod
    def from_definition(
        cls, definition: Mapping[str, Any], path: Path, *, images: Optional[Mapping[str, Path]] = None
    ) -> Scenario:
        """From a dict with a scenario's keys; ``path`` is what ``file://`` documents are relative to, ``images`` as above."""
        scenario = cls.__new__(cls)
        try:
            scenario._native = _crrsim.Scenario.from_text(json.dumps(definition, indent=2), os.fspath(path), _paths(images))
        except ValueError as error:
            raise DefinitionError(str(error)) from None
        return scenario

    @property
    def title(self) -> str:
        """What it shows, in one line."""
        return self._native.title

    @property
    def path(self) -> str:
        """Of its file."""
        return self._native.path

    def run(self, seed: Optional[int] = None, *, strict: bool = False) -> Report:
        """Runs it, with its own seed or another. With ``strict`` a fault that hit nothing fails the run."""
        return Report(self._native.run(_seed(seed), checks.flag("strict", strict)))

    def run_text(self, seed: Optional[int] = None, *, strict: bool = False) -> str:
        """Runs it and returns what ``crrsim run -v`` prints."""
        return self._native.run_text(_seed(seed), checks.flag("strict", strict))


class Report(dict[str, Any]):
    """The JSON report of a run, with the fields of ``crrsim run --json``."""

    @property
    def passed(self) -> bool:
        """Whether every expectation held."""
        return bool(self["verdict"] == "pass")

    @property
    def failures(self) -> list[Json]:
        """The expectations that did not hold."""
        return [row for row in self["expectations"] if row["verdict"] != "pass"]

    def check(self) -> Report:
        """Raises AssertionError with what did not hold and the command that repeats the run."""
        if self.passed:
            return self
        lines = [f"line {row['line']}: {row['claim']}\n    {row['observed']}" for row in self.failures]
        raise AssertionError("\n".join([str(self["error"] or "an expectation did not hold"), *lines, self["reproduce"]]))


def run_scenario(
    path: Path, *, seed: Optional[int] = None, images: Optional[Mapping[str, Path]] = None, strict: bool = False
) -> Report:
    """Runs a scenario file, as ``crrsim run`` does."""
    return Scenario(path, images=images).run(seed, strict=strict)


def read_definition(path: Path) -> Json:
    """A scenario file as a dict, unchecked: to be changed and given to :meth:`Scenario.from_definition`."""
    try:
        definition: Json = json.loads(_crrsim.read_yaml(os.fspath(path)))
    except ValueError as error:
        raise DefinitionError(str(error)) from None
    return definition


def _seed(seed: Optional[int]) -> Optional[int]:
    return None if seed is None else checks.seed(seed)


def _paths(images: Optional[Mapping[str, Path]]) -> dict[str, str]:
    given = checks.mapped("images", images or {}, "names and paths")
    return {checks.text("images", name, "the name of an image"): os.fspath(path) for name, path in given.items()}
