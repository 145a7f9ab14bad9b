"""The scripts and the notebook in examples/ run, and carry no stale outputs."""

from __future__ import annotations

import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient

from tests.features.conftest import TOP

SCRIPTS = sorted((TOP / "examples").glob("[0-9]*.py"))
NOTEBOOKS = sorted((TOP / "examples").glob("*.ipynb"))


def test_there_are_examples():
    assert SCRIPTS
    assert NOTEBOOKS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs(script):
    done = subprocess.run([sys.executable, str(script)], cwd=TOP, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_committed_without_outputs_and_runs(path):
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}}).execute()
    assert any("text/html" in output.get("data", {}) for cell in cells for output in cell.outputs)
