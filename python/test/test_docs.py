"""The tutorial runs, and so does what the READMEs show."""

import doctest
import pathlib
import re
import runpy

import crrsim

ROOT = pathlib.Path(__file__).parents[2]


def test_the_tutorial_runs(capsys):
    runpy.run_path(str(ROOT / "python" / "docs" / "tutorial.py"))
    assert "in eu-west-1: prod/api, production-tools" in capsys.readouterr().out


def test_the_examples_of_the_docstrings_hold():
    for module in (crrsim, crrsim.faults, crrsim.image, crrsim.world):
        results = doctest.testmod(module)
        assert results.attempted > 0 and results.failed == 0, module


def test_the_readme_shows_the_walkthrough_of_the_tests():
    shown = re.search(r"```python\n(import crrsim\n.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    tested = (ROOT / "python" / "test" / "test_walkthrough.py").read_text().split('"""\n\n', 1)[1]
    assert shown is not None and shown[1].strip() == tested.strip()
    assert len(tested.strip().splitlines()) <= 15
