"""The public names, and what importing them costs."""

from __future__ import annotations

import subprocess
import sys

import visitplan

PUBLIC = [
    "CheckError",
    "Finding",
    "InputError",
    "OutputError",
    "PlanResult",
    "Policy",
    "Progress",
    "Scenario",
    "Severity",
    "SolverError",
    "TravelError",
    "VisitPlanError",
    "compare",
    "comparison",
    "plan",
    "read",
    "read_plan",
    "read_policy",
    "what_if",
]
HEAVY = ("numpy", "pandas", "ortools", "pydantic", "openpyxl", "geopy")


def loaded_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and give the top-level modules that it loaded."""
    script = f"import sys\n{code}\nprint(' '.join({{name.split('.')[0] for name in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_names_are_these():
    assert visitplan.__all__ == PUBLIC


def test_every_public_name_is_there_and_documented():
    for name in PUBLIC:
        assert getattr(visitplan, name).__doc__, name


def test_a_name_that_is_not_public_is_an_attribute_error():
    assert not hasattr(visitplan, "nothing_of_the_sort")


def test_importing_visitplan_loads_nothing_heavy():
    assert loaded_after("import visitplan").isdisjoint(HEAVY)


def test_the_command_line_answers_help_without_loading_the_library():
    loaded = loaded_after(
        "from visitplan.cli import app\n"
        "import contextlib, io\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n"
        "    app(['--help'])"
    )
    assert loaded.isdisjoint({"numpy", "pandas", "ortools"})
