"""Builds the reference of the package from its docstrings, as pages of HTML.

    PYTHONPATH=build/dev:python python python/docs/reference.py build/dev/reference

Fails, and writes nothing, when a public name has no docstring or a name of ``__all__`` does not exist. Public is what a
module's ``__all__`` lists, and without one every name of its own without a leading underscore; of a class likewise.
"""

import argparse
import importlib
import sys
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import pdoc
import pdoc.doc
import pdoc.render

#: The package with what it exports, its module `errors` included, then the modules that are imported on their own.
MODULES = (
    "crrsim",
    "crrsim.boto",
    "crrsim.faults",
    "crrsim.plot",
    "crrsim.pytest_plugin",
    "crrsim.strategies",
    "crrsim.sweeps",
    "crrsim.units",
)


def undocumented(names: Sequence[str]) -> Iterator[str]:
    """The public names of modules that have no docstring, the modules themselves among them."""
    for name in names:
        yield from _of_module(pdoc.doc.Module(importlib.import_module(name)))


def _of_module(module: pdoc.doc.Module) -> Iterator[str]:
    if not module.docstring:
        yield module.fullname
    for member in module.own_members:
        if isinstance(member, pdoc.doc.Module):
            yield from _of_module(member)
        elif not member.name.startswith("_"):
            yield from _of_member(member)


def _of_member(member: pdoc.doc.Doc) -> Iterator[str]:
    if not member.docstring:
        yield member.fullname
    if isinstance(member, pdoc.doc.Class):
        for own in member.own_members:
            # What a constructor takes is told by its class; fields of a dataclass by its docstring.
            if not own.name.startswith("_"):
                yield from _of_member(own)


def main() -> int:
    """Returns the exit code: 0, or 1 with the names on standard error."""
    arguments = argparse.ArgumentParser(description="Builds the reference of the package crrsim")
    arguments.add_argument("folder", type=Path, help="where the pages are written")
    folder = arguments.parse_args().folder
    for name in MODULES:  # names that are imported when they are asked for have to be there
        module = importlib.import_module(name)
        for exported in getattr(module, "__all__", ()):
            getattr(module, exported)
    missing = list(undocumented(MODULES))
    for name in missing:
        print(f"{name} has no docstring", file=sys.stderr)
    if missing:
        return 1
    pdoc.render.configure(docformat="restructuredtext", footer_text="crrsim")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # At the root of a checkout there is a program of the same name.
        warnings.filterwarnings("ignore", message="'crrsim' may refer to either the installed Python module")
        pdoc.pdoc(*MODULES, output_directory=folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
