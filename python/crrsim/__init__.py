"""crrsim simulates the replication of container images across regions and accounts, as Amazon ECR does it.

>>> import crrsim
>>> world = crrsim.World(regions=["us-west-2", "eu-west-1"])
>>> west, europe = world["us-west-2"], world["eu-west-1"]
>>> _ = west.replicate_to(europe)
>>> _ = west.create_repository("api")
>>> digest = west.push("api:1", crrsim.Image(layers=["1MiB"]))
>>> _ = world.run_until_idle()
>>> europe.digest_of("api:1") == digest
True

Time is virtual, and everything repeats from the seed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import _crrsim

from crrsim import errors
from crrsim.commands import (
    Completed,
    assumptions,
    bench,
    command,
    compare,
    conformance,
    evaluate_policies,
    explain,
    explain_change,
    invariants,
    lint,
    schema,
    solve_network,
    validate,
)
from crrsim.errors import ApiError, CrrsimError, DefinitionError, InvariantViolation, error_class
from crrsim.faults import Fault, Faults
from crrsim.image import Image
from crrsim.registry import Account, Registry, Repository
from crrsim.scenario import Report, Scenario, read_definition, run_scenario
from crrsim.world import Bill, Event, EventStream, Planned, World

if TYPE_CHECKING:
    from crrsim import boto as boto, plot as plot, pytest_plugin as pytest_plugin, strategies as strategies, sweeps as sweeps
    from crrsim.boto import boto3_session, virtual_sleep
    from crrsim.sweeps import sweep

__version__: str = _crrsim.version.split(" ")[0]

__all__ = [
    "Account",
    "ApiError",
    "Bill",
    "Completed",
    "CrrsimError",
    "DefinitionError",
    "Event",
    "EventStream",
    "Fault",
    "Faults",
    "Image",
    "InvariantViolation",
    "Planned",
    "Registry",
    "Report",
    "Repository",
    "Scenario",
    "World",
    "assumptions",
    "bench",
    "boto3_session",
    "command",
    "compare",
    "conformance",
    "error_class",
    "errors",
    "evaluate_policies",
    "explain",
    "explain_change",
    "invariants",
    "lint",
    "read_definition",
    "run_scenario",
    "schema",
    "solve_network",
    "sweep",
    "validate",
    "virtual_sleep",
]

# Modules that need an extra, by the name of that, are imported when they are asked for, and so is what is from them.
_EXTRAS = {"boto": "boto3", "plot": "plot", "pytest_plugin": "pytest", "strategies": "pytest", "sweeps": "sweep"}
_FROM = {"boto3_session": "boto", "virtual_sleep": "boto", "sweep": "sweeps"}


def __getattr__(name: str) -> Any:
    module = _FROM.get(name, name)
    if module not in _EXTRAS:
        known = [*__all__, *_EXTRAS]
        raise AttributeError(f"module 'crrsim' has no attribute '{name}'{_crrsim.did_you_mean(name, known)}")
    import importlib

    try:
        value = importlib.import_module(f"crrsim.{module}")
    except ModuleNotFoundError as error:
        package = (error.name or "crrsim").partition(".")[0]
        if package in ("crrsim", "_crrsim"):
            raise
        raise ModuleNotFoundError(
            f"crrsim.{name} needs {package}, which is not installed: pip install 'crrsim[{_EXTRAS[module]}]'", name=package
        ) from None
    if name in _FROM:
        value = getattr(value, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_EXTRAS})
