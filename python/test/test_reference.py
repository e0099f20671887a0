"""The reference: built of every public name, and refused where one says nothing."""

import importlib
import pathlib
import re
import runpy
import subprocess
import sys

import crrsim
import pytest

pytest.importorskip("pdoc")

SCRIPT = pathlib.Path(__file__).parents[1] / "docs" / "reference.py"

SAMPLE = '''
"""A module."""
from dataclasses import dataclass

LIMIT = 3

def told():
    """What it does."""

def silent(): ...

def _private(): ...

@dataclass
class Row:
    """A row."""
    size: int
    name: str
    """What it is called."""

    def grow(self): ...
    def _hidden(self): ...

class Bare: ...
'''


def test_names_without_a_docstring_are_found(tmp_path, monkeypatch):
    (tmp_path / "sample_of_names.py").write_text(SAMPLE)
    (tmp_path / "sample_of_silence.py").write_text("import sys")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    undocumented = runpy.run_path(str(SCRIPT))["undocumented"]
    assert sorted(undocumented(["sample_of_names"])) == [
        "sample_of_names.Bare",
        "sample_of_names.LIMIT",
        "sample_of_names.Row.grow",
        "sample_of_names.Row.size",
        "sample_of_names.silent",
    ]
    assert list(undocumented(["sample_of_silence"])) == ["sample_of_silence"]


def test_the_pages_have_every_exported_name(tmp_path):
    built = subprocess.run([sys.executable, SCRIPT, tmp_path / "pages"], capture_output=True, text=True)
    assert (built.returncode, built.stderr) == (0, "")
    page = (tmp_path / "pages" / "crrsim.html").read_text()
    for name in [*(set(crrsim.__all__) - {"errors"}), "World.faults", "Registry.push", "Event.when"]:  # errors has a page
        assert f'id="{name}"' in page, name
    for module in ("boto", "errors", "faults", "plot", "pytest_plugin", "strategies", "sweeps", "units"):
        text = (tmp_path / "pages" / "crrsim" / f"{module}.html").read_text()
        told = re.sub(r'<div class="pdoc-code.*?</div>', "", text, flags=re.DOTALL)
        assert not re.findall(r":[a-z]+:`[^`]*`", told), module
