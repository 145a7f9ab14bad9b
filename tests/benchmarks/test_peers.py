from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from benchmarks.county_days import Recipe, county_day
from benchmarks.gehring_homberger import read_problem
from benchmarks.measuring import Trace, markdown, measure, numbers
from benchmarks.peers import Figure, _cells, _priced, arrays_of, peer_figure
from benchmarks.prototype import COUNTY, measure_prototype
from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Progress, RoutingProblem, SolveOptions

if TYPE_CHECKING:
    from pathlib import Path

TWO_CUSTOMERS = """tiny

VEHICLE
NUMBER     CAPACITY
  3          200

CUSTOMER
CUST NO.  XCOORD.    YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0        100          0
    1      3         4         20          5         50         10
    2      1         1         20          0         90          9
"""


@pytest.fixture
def line() -> RoutingProblem:
    """Two visits at 1 and 2 on a line, and two shifts from 0; the second shift may serve the second only."""
    problem = line_problem([visit(1), visit(2)], [shift(), shift(staff=1)], positions=[0, 1, 2])
    return replace(problem, eligible=np.array([[True, False], [True, True]]))


# --- Gehring and Homberger ------------------------------------------------------------------------------


def test_distances_are_cut_off_and_times_are_tenths(tmp_path: Path) -> None:
    (tmp_path / "tiny.txt").write_text(TWO_CUSTOMERS, encoding="utf-8")
    problem = read_problem(tmp_path / "tiny.txt")
    assert problem.travel[0].ticks.tolist() == [[0, 50, 14], [50, 0, 36], [14, 36, 0]]
    first = problem.visits[0]
    assert (first.place, first.duration, first.windows[0].earliest, first.windows[0].latest) == (
        1,
        100,
        50,
        500,
    )
    assert [(s.start, s.end) for s in problem.shifts] == [(0, 1000)] * 3


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_text("nothing here\n1 2 3\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no Gehring-Homberger instance"):
        read_problem(tmp_path / "odd.txt")


# --- peers ----------------------------------------------------------------------------------------------


def test_a_peer_learns_visits_shifts_travel_and_kinds(line: RoutingProblem) -> None:
    arrays = arrays_of(line)
    assert arrays["visits"].tolist() == [[1, 10, 0, 1000, 10_000], [2, 10, 0, 1000, 10_000]]
    assert arrays["shifts"].tolist() == [[0, 0, 0, 1000]] * 2
    assert [arrays["kinds"][kind].tolist() for kind in arrays["kind_of"]] == [[True, False], [True, True]]


def test_a_problem_that_peers_cannot_know_is_refused() -> None:
    with pytest.raises(ValueError, match="neither links nor groups"):
        arrays_of(county_day(Recipe(60)))


def test_a_peer_s_runs_are_timed_and_priced_by_our_evaluation(line: RoutingProblem) -> None:
    assert _priced("peer", line, {"0": [0, 1]}, 1.0) == Figure(4, 0, 1.0)
    assert _priced("peer", line, {"1": [1]}, 1.0) == Figure(10_004, 1, 1.0)


def test_a_peer_s_plan_that_breaks_a_rule_is_refused(line: RoutingProblem) -> None:
    with pytest.raises(RuntimeError, match="shift 1 may not serve visit 0"):
        _priced("peer", line, {"1": [0]}, 1.0)


def test_a_peer_without_a_feasible_plan_has_no_cost(line: RoutingProblem) -> None:
    assert _priced("peer", line, None, 1.0) == Figure(None, 2, 1.0)


@pytest.mark.skipif(importlib.util.find_spec("pyvrp") is not None, reason="PyVRP is installed")
def test_a_peer_that_is_not_installed_fails_by_name(line: RoutingProblem) -> None:
    with pytest.raises(RuntimeError, match="pyvrp failed"):
        peer_figure("pyvrp", line, 0.1, 1, sys.executable)


def test_engines_are_compared_with_the_best_median_cost() -> None:
    found = {
        "ours": [Figure(100, 0, 1.0), Figure(120, 0, 1.0), Figure(110, 0, 1.0)],
        "theirs": [Figure(121, 2, 1.0)],
        "other": [Figure(None, 9, 1.0)],
    }
    assert _cells(found, 10) == ["11.0 +0.00 %", "12.1 +10.00 % (2 out)", "no plan"]


# --- measuring ------------------------------------------------------------------------------------------


def test_a_trace_keeps_only_better_plans() -> None:
    trace = Trace()
    for seconds, cost, unassigned in ((0.1, 50, 2), (0.2, 50, 2), (0.3, 40, 0), (0.4, 45, 1)):
        trace(Progress("searching", seconds, None, 0, cost, unassigned))
    assert [(point.seconds, point.cost) for point in trace.points] == [(0.1, 50), (0.3, 40)]


def test_a_measured_run_tells_when_the_plan_was_complete_and_best(line: RoutingProblem) -> None:
    run = measure(line, "greedy", SolveOptions(1.0))
    assert run.solution.cost.total == 4
    assert run.trace[-1].cost == 4
    assert run.seconds_to_complete <= run.seconds_to_best
    assert run.cost_at(-1.0) is None
    assert run.cost_at(1e9) == 4


def test_the_prototype_is_spared_what_it_does_not_know(tmp_path: Path) -> None:
    problem = line_problem([visit(1)], [shift(pause=(10, 0, 100))], positions=[0, 1])
    with pytest.raises(ValueError, match="neither breaks"):
        measure_prototype(problem, tmp_path, COUNTY, 0.1)


def test_tables_line_up() -> None:
    assert markdown(("name", "gap"), [("a", "+1.00"), ("bcdef", "-0.5")]).splitlines() == [
        "| name  |   gap |",
        "| ----- | ----: |",
        "| a     | +1.00 |",
        "| bcdef |  -0.5 |",
    ]


def test_numbers_are_read_with_commas_between() -> None:
    assert numbers("1,20,3") == (1, 20, 3)
