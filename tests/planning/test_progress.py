"""What is shown while a plan is made: its cost, who is left out, and the seconds left."""

from __future__ import annotations

import io
import sys
from dataclasses import replace

import nbformat
import pytest
from nbclient import NotebookClient

from visitplan.planning import Progress
from visitplan.planning.budget import Budget
from visitplan.planning.progress import in_a_notebook, line, shown_progress
from visitplan.planning.warming import warm_up

HALF_WAY = Progress("searching", 20.0, 40.0, 1234, 12_345_600, 3)


def test_a_line_tells_cost_unassigned_visits_and_seconds_left():
    assert line(HALF_WAY) == "searching: £123.46, 3 visits unassigned, 40 s left"


def test_without_a_time_limit_it_tells_steps_and_seconds_gone():
    told = replace(HALF_WAY, seconds_left=None, unassigned=1)
    assert line(told) == "searching: £123.46, 1 visit unassigned, 1,234 steps in 20 s"


def test_a_terminal_shows_all_three(monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with shown_progress(None, None) as tell:
        assert tell is not None
        tell(HALF_WAY)
    assert "£123.46, 3 visits unassigned, 40 s left" in screen.getvalue()


def test_where_nobody_watches_nothing_is_shown(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    with shown_progress(None, None) as tell:
        assert tell is None


def test_the_callers_own_is_used_instead():
    told: list[Progress] = []
    with shown_progress(True, told.append) as tell:
        assert tell is not None
        tell(HALF_WAY)
    assert told == [HALF_WAY]


def test_a_script_that_only_imports_a_kernel_is_no_notebook(monkeypatch):
    """Where no kernel runs there is no cell to write to: a plan would end in a fault."""
    monkeypatch.setitem(sys.modules, "ipykernel", pytest.importorskip("ipykernel"))
    assert not in_a_notebook()
    with shown_progress(True, None) as tell:
        tell(HALF_WAY)


@pytest.mark.slow
def test_a_notebook_shows_all_three_without_widgets():
    cell = nbformat.v4.new_code_cell(
        "from visitplan.planning import Progress\n"
        "from visitplan.planning.progress import shown_progress\n"
        "with shown_progress(None, None) as tell:\n"
        "    tell(Progress('searching', 20.0, 40.0, 1234, 12_345_600, 3))"
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    NotebookClient(notebook, kernel_name="python3").execute()
    shown = [output["data"]["text/plain"] for output in cell.outputs if "data" in output]
    assert shown == [line(HALF_WAY)]


def test_seconds_that_do_not_count_are_not_taken_from_the_budget():
    now = [0.0]
    budget = Budget.start(10.0, None, lambda: now[0])
    now[0] = 33.0
    budget.leave_out(30.0)
    assert (budget.used, budget.left) == (33.0, 7.0)
    assert budget.share(0.5) == (3.5, None)


def test_compiling_ahead_says_where_the_code_is_kept_and_how_long_it_took():
    ticks = iter([5.0, 7.5])
    done = warm_up(clock=lambda: next(ticks))
    assert done.seconds == 2.5
    assert done.folder is not None
    assert done.folder.is_dir()
    assert warm_up().was_warm
