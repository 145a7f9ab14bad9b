from __future__ import annotations

import importlib.util
import itertools
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from benchmarks.county_days import Recipe, county_day
from benchmarks.engines import Asked, Figure, PeerMissing, arrays_of, figure, installed, priced
from benchmarks.gehring_homberger import read_problem
from benchmarks.measuring import Trace, markdown, measure, numbers
from benchmarks.peers import against, middle, rows_of
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
    with pytest.raises(ValueError, match="do not know links and groups"):
        arrays_of(county_day(Recipe(60)))


@pytest.mark.parametrize(
    ("unknown", "named"),
    [
        ({"visits": [visit(1, late=2)]}, "soft windows"),
        ({"visits": [visit(1, (0, 5), (9, 20))]}, "several or paid windows"),
        ({"shifts": [shift(overtime=5)]}, "overtime"),
        ({"shifts": [shift(pause=(10, 0, 100))]}, "breaks"),
        ({"shifts": [shift(use_cost=3)]}, "using a shift"),
        ({"shifts": [shift(waiting_cost=3)]}, "waiting"),
        ({"assignment": [(0, 0, 4)]}, "costs of assignment"),
        ({"week_limits": (50,)}, "week hours"),
    ],
)
def test_whatever_else_peers_do_not_know_is_refused_too(unknown: dict[str, Any], named: str) -> None:
    parts = {"visits": [visit(1)], "shifts": [shift()], "positions": [0, 1]} | unknown
    with pytest.raises(ValueError, match=named):
        arrays_of(line_problem(**parts))


def test_a_peer_is_told_every_leg_that_the_judge_charges(line: RoutingProblem) -> None:
    arrays = arrays_of(line)
    run = [0, *(arrays["visits"][v][0] for v in (0, 1)), arrays["shifts"][0][1]]
    legs = sum(int(arrays["travel"][a, b]) for a, b in itertools.pairwise(run))
    assert legs == priced("peer", line, {"runs": {"0": [0, 1]}}).travel


def test_a_peer_s_runs_are_timed_and_priced_by_our_evaluation(line: RoutingProblem) -> None:
    answer = {"runs": {"0": [0, 1]}, "seconds": 1.5, "cpu_seconds": 1.0, "iterations": 7, "megabytes": 20.0}
    assert priced("peer", line, answer) == Figure(4, 0, 1.5, 4, 1.0, 7, 20.0)
    assert priced("peer", line, answer | {"runs": {"1": [1]}}) == Figure(10_004, 1, 1.5, 4, 1.0, 7, 20.0)


def test_a_peer_s_plan_that_breaks_a_rule_is_refused(line: RoutingProblem) -> None:
    with pytest.raises(RuntimeError, match="shift 1 may not serve visit 0"):
        priced("peer", line, {"runs": {"1": [0]}})


def test_a_peer_without_a_feasible_plan_has_no_cost(line: RoutingProblem) -> None:
    assert priced("peer", line, {"runs": None, "seconds": 1.0}) == Figure(None, 2, 1.0)


@pytest.mark.parametrize(("engine", "module"), [("pyvrp", "pyvrp"), ("vroom", "vroom")])
def test_a_peer_that_is_not_installed_is_said_to_be_missing(
    line: RoutingProblem, engine: str, module: str
) -> None:
    if importlib.util.find_spec(module):
        pytest.skip(f"{module} is installed")
    assert not installed(engine, sys.executable)
    with pytest.raises(PeerMissing, match=r"has no py.*pip install"):
        figure(line, Asked(engine, 0.1))


def test_an_engine_nobody_knows_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no engine 'abacus'"):
        Asked("abacus", 1.0)
    with pytest.raises(ValueError, match="folder is not named"):
        Asked("prototype", 1.0)


def test_an_engine_of_ours_is_measured_in_a_process_of_its_own(line: RoutingProblem) -> None:
    found = figure(line, Asked("greedy", 1.0))
    assert (found.cost, found.travel, found.unassigned) == (4, 4, 0)
    assert found.megabytes > 0


FOUND = {
    "day": {
        "ours": [Figure(100, 0, 1.0, 100), Figure(120, 0, 1.0, 120), Figure(110, 0, 1.0, 110)],
        "theirs": [Figure(121, 2, 1.0, 101, 0.9, 1234, 56.0)],
        "other": [Figure(None, 9, 1.0)],
    }
}


def test_engines_are_compared_with_the_best_median_cost() -> None:
    assert [row[:6] for row in rows_of(FOUND, 10)] == [
        ("day", "ours", "11.0", "+0.00", "11.0", "0"),
        ("day", "theirs", "12.1", "+10.00", "10.1", "2"),
        ("day", "other", "no plan", "", "", ""),
    ]
    assert rows_of(FOUND, 10)[1][6:] == ("0.9", "1,234", "56")


def test_one_engine_is_set_against_another() -> None:
    assert against(FOUND, "ours", "theirs", 10) == [("day", "11.0", "12.1", "-9.09")]
    assert against(FOUND, "ours", "other", 10) == [("day", "11.0", "no plan", "")]


def test_an_engine_that_has_no_plan_from_one_seed_has_no_median() -> None:
    assert middle([Figure(100, 0, 1.0, 100), Figure(None, 9, 1.0)]).cost is None


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
