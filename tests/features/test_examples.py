"""The scripts and the notebooks in examples/ run, and what the notebooks show is what a run of them gives."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest

from examples.notebooks import NOTEBOOKS, executed
from tests.features.conftest import TOP
from tests.features.notebooks import NEAR_ABSOLUTE, NEAR_RELATIVE, TAG, code_cells, figures, shapes

SCRIPTS = sorted((TOP / "examples").glob("[0-9]*.py"))
EACH_NOTEBOOK = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
pytestmark = pytest.mark.xdist_group("examples")
"""One worker runs each notebook once."""


@cache
def as_run(path: Path) -> Any:
    return executed(path)


def as_kept(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def test_there_are_examples():
    assert SCRIPTS
    assert {path.stem for path in NOTEBOOKS} == {
        "first_plan",
        "how_many_therapists",
        "what_coordination_buys",
    }


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs(script):
    done = subprocess.run([sys.executable, str(script)], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@EACH_NOTEBOOK
def test_a_notebook_was_run_from_top_to_bottom_before_it_was_committed(path):
    counts = [cell.execution_count for cell in code_cells(as_kept(path))]
    assert counts == list(range(1, len(counts) + 1)), "run `make notebooks`"
    assert any(
        "text/html" in output.get("data", {}) for c in code_cells(as_kept(path)) for output in c.outputs
    )


@EACH_NOTEBOOK
def test_a_notebook_shows_what_a_run_of_it_shows(path):
    for kept, run in zip(code_cells(as_kept(path)), code_cells(as_run(path)), strict=True):
        assert shapes(kept) == shapes(run), f"{kept.id} of {path.name} is stale: run `make notebooks`"


@EACH_NOTEBOOK
def test_the_figures_of_a_notebook_are_those_of_a_run_or_near_to_them(path):
    pairs = zip(code_cells(as_kept(path)), code_cells(as_run(path)), strict=True)
    tagged = [(kept, run) for kept, run in pairs if TAG in kept.metadata.get("tags", ())]
    assert tagged
    for kept, run in tagged:
        assert figures(kept)
        assert figures(kept) == pytest.approx(figures(run), rel=NEAR_RELATIVE, abs=NEAR_ABSOLUTE), (
            f"{kept.id} of {path.name} is stale: run `make notebooks`"
        )


@EACH_NOTEBOOK
def test_a_notebook_names_no_folder_of_the_machine_that_ran_it(path):
    assert str(TOP) not in path.read_text(encoding="utf-8")
    assert "site-packages" not in path.read_text(encoding="utf-8")
