"""The sample day, planned once by the command line for all features."""

from __future__ import annotations

from pathlib import Path

import pytest

from visitplan.cli import run

TOP = Path(__file__).resolve().parents[2]
CREWE = TOP / "data" / "crewe-day"


@pytest.fixture(scope="session")
def crewe_plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the plan folder of crewe-day: a few steps, so that it is the same in every run."""
    out = tmp_path_factory.mktemp("crewe") / "plan"
    assert run(["plan", str(CREWE), "--out", str(out), "--iterations", "2000", "--quiet"]) == 0
    return out
