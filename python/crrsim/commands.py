"""What the command line does, as functions. Each is the command itself, run in this process."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional, Union

import _crrsim

from crrsim.checks import text
from crrsim.errors import CrrsimError, DefinitionError

Json = dict[str, Any]
Path = Union[str, "os.PathLike[str]"]

_PASS, _FAILED, _USAGE, _INVALID = 0, 1, 2, 3


@dataclass(frozen=True)
class Completed:
    """What a command printed, and its exit code (``crrsim --help`` lists them)."""

    exit_code: int
    """0 when everything passed."""
    output: str
    """Of standard output."""
    complaints: str
    """Of standard error."""


def command(*arguments: Path, input: str = "") -> Completed:
    """Runs any command line of ``crrsim`` in this process: ``command("compare", "us-west-2/", "eu-west-1/")``.

    ``input`` is what it reads where it is told to read ``-``. Never raises for what the command says; its exit code
    tells. The interpreter's lock is released while it runs.
    """
    text("input", input)
    code, output, complaints = _crrsim.command([os.fspath(argument) for argument in arguments], input)
    return Completed(code, output.decode(errors="replace"), complaints.decode(errors="replace"))


def _answer(*arguments: Path, input: str = "") -> str:
    """What a command prints when it could do its work, whatever its verdict."""
    done = command(*arguments, input=input)
    if done.exit_code in (_PASS, _FAILED):
        return done.output
    wrong = DefinitionError if done.exit_code in (_USAGE, _INVALID) else CrrsimError
    raise wrong(done.complaints.strip())


def _assume(assumptions: Optional[Mapping[str, str]]) -> list[str]:
    return [word for name, value in (assumptions or {}).items() for word in ("--assume", f"{name}={value}")]


def lint(*folders: Path, assumptions: Optional[Mapping[str, str]] = None) -> list[Json]:
    """What can never work in set-ups, folders ``ACCOUNT/REGION/*.json`` of what the aws cli prints."""
    findings: list[Json] = json.loads(_answer("lint", "--json", *_assume(assumptions), *folders))
    return findings


def explain(
    path: Path,
    registry: Optional[str],
    reference: str,
    *,
    at: Optional[str] = None,
    assumptions: Optional[Mapping[str, str]] = None,
) -> Json:
    """Where a push would be replicated to, and why: in a set-up, or in the state of a scenario file.

    ``registry`` is where it is pushed to, None for the only one with replication rules. ``at`` is the label of a step
    of the scenario; its end without it.
    """
    further = [*(["--from", registry] if registry else []), *(["--at", at] if at else []), *_assume(assumptions)]
    answer: Json = json.loads(_answer("explain", "--json", *further, path, reference))
    return answer


def explain_change(
    before: Path, after: Path, repositories: Iterable[str], *, assumptions: Optional[Mapping[str, str]] = None
) -> Json:
    """What a change of configuration does to a list of repositories: destinations gained and lost, permissions, templates."""
    with tempfile.TemporaryDirectory() as folder:
        names = os.path.join(folder, "repositories.txt")
        with open(names, "w", encoding="utf-8") as file:
            file.writelines(f"{name}\n" for name in repositories)
        sides = ["--before", before, "--after", after, "--repositories", names]
        answer: Json = json.loads(_answer("explain", "--json", *_assume(assumptions), *sides))
    return answer


def compare(
    source: Path,
    destination: Optional[Path] = None,
    *,
    from_registry: Optional[str] = None,
    to_registry: Optional[str] = None,
    at: Optional[str] = None,
) -> Json:
    """What a registry lacks of another, and why: two folders of what the aws cli prints, or two registries of a scenario.

    ``at`` is a label, an instant, or a duration since the scenario's start. ``ready`` and ``equal`` are the verdicts.
    For a live world there is :meth:`crrsim.World.compare`.
    """
    words: list[Path] = ["compare", "--json", source]
    if destination is not None:
        words.append(destination)
    for option, value in (("--from", from_registry), ("--to", to_registry), ("--at", at)):
        if value is not None:
            words += [option, value]
    answer: Json = json.loads(_answer(*words))
    return answer


def evaluate_policies(cases: Sequence[Mapping[str, Any]]) -> list[Json]:
    """Decides requests by policies; cases and answers as in ``crrsim policy eval --batch``.

    A case that cannot be read keeps its place: its answer has ``error``.
    """
    lines = "".join(json.dumps(case) + "\n" for case in cases)
    # 3 says that a case could not be read, and so does its answer.
    return [json.loads(line) for line in command("policy", "eval", "--batch", "-", input=lines).output.splitlines()]


def assumptions(*names: str) -> list[Json]:
    """What ECR does not document, and what is assumed instead; all, or those with these names."""
    rows: list[Json] = json.loads(_answer("assumptions", "--json", *names))
    return rows


def invariants() -> list[Json]:
    """What is judged of every run, whatever its scenario."""
    rows: list[Json] = json.loads(_answer("invariants", "--json"))
    return rows


def conformance(folder: Path, *, rules: Optional[Path] = None) -> Json:
    """The documented rules of ECR replication, the scenarios of a folder that show them, and whether they pass."""
    further: list[Path] = ["--rules", rules] if rules is not None else []
    table: Json = json.loads(_answer("conformance", "--json", "-", *further, folder))
    return table


def solve_network(network: Mapping[str, Any]) -> Json:
    """When each of a list of flows is complete under max-min fair sharing; ``crrsim network solve --help`` has the keys."""
    answer: Json = json.loads(_answer("network", "solve", "-", "-", input=json.dumps(network)))
    return answer


def _replace(images: Optional[Mapping[str, Path]]) -> list[str]:
    return [word for name, path in (images or {}).items() for word in ("--image", f"{name}={os.fspath(path)}")]


def validate(*paths: Path, images: Optional[Mapping[str, Path]] = None) -> None:
    """Checks scenario files, their documents and images. Raises DefinitionError with one line a mistake.

    ``images`` are names and paths of content, as for :func:`crrsim.run_scenario`.
    """
    _answer("validate", *_replace(images), *paths)


def schema(kind: str = "scenario") -> Json:
    """The JSON Schema of scenario files; of a run's report with ``"report"``, of a sweep's with ``"sweep"``."""
    flags = {"scenario": [], "report": ["--report"], "sweep": ["--sweep"]}
    if kind not in flags:
        raise DefinitionError(f"'{kind}' is not a schema: {', '.join(flags)}")
    answer: Json = json.loads(_answer("schema", *flags[kind]))
    return answer


def bench(
    *paths: Path,
    repetitions: int = 5,
    seed: Optional[int] = None,
    images: Optional[Mapping[str, Path]] = None,
    judged: bool = False,
) -> Json:
    """The replication throughput of scenarios, simulated and real, in the shape of Google Benchmark's JSON.

    ``images`` are names and paths of content, as for :func:`crrsim.run_scenario`. With ``judged`` the invariants are
    judged too, as in a run, at what that costs.
    """
    further = [] if seed is None else ["--seed", str(seed)]
    further += [*_replace(images), *(["--invariants"] if judged else [])]
    answer: Json = json.loads(_answer("bench", "--json", "-", "--repetitions", str(repetitions), *further, *paths))
    return answer
