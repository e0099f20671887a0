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

# Their packages are extras, so they are imported when they are asked for.
_LATER = {"boto3_session": "crrsim.boto", "virtual_sleep": "crrsim.boto", "sweep": "crrsim.sweeps"}


def __getattr__(name: str) -> Any:
    if name in _LATER:
        import importlib

        value = getattr(importlib.import_module(_LATER[name]), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'crrsim' has no attribute '{name}'")
