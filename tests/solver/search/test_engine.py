"""How a search begins, goes on, tells about itself and stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.errors import SolverError
from visitplan.solver import SolveOptions, StartWindow, Stop, solve, violations
from visitplan.solver.search import compiling, entry
from visitplan.solver.search import layout as at
from visitplan.solver.search.building import share
from visitplan.solver.search.engine import Search
from visitplan.solver.search.neighbours import FEW_SHIFTS, FRONTS, nearest_shifts, neighbours
from visitplan.solver.search.schedule import Cooling, Scale, cooling
from visitplan.solver.search.warming import warm_up


def street(count=30, **kwargs):
    """Give visits all along a street, and three shifts."""
    return line_problem(
        [visit(3 * k % 50, duration=5) for k in range(count)], [shift(), shift(), shift(home=40)]
    )


def test_a_search_stops_at_its_iterations_and_counts_them():
    solution = Search(street(), SolveOptions(time_limit=None, iterations=250)).run()
    assert (solution.stop, solution.iterations) == (Stop.ITERATIONS, 250)


def test_a_search_stops_when_its_time_is_up():
    ticks = iter(range(100_000))
    options = SolveOptions(time_limit=60, clock=lambda: float(next(ticks)))
    assert Search(street(), options).run().stop is Stop.TIME


def test_a_cancelled_search_gives_its_plan():
    asked = []
    options = SolveOptions(
        time_limit=None, iterations=10**9, cancelled=lambda: len(asked) > 3 or asked.append(1)
    )
    solution = Search(street(), options).run()
    assert solution.stop is Stop.CANCELLED
    assert violations(street(), solution.routes) == []


def test_a_search_cancelled_before_it_begins_gives_a_plan_all_the_same():
    solution = solve(street(), SolveOptions(cancelled=lambda: True), engine="search")
    assert (solution.stop, violations(street(), solution.routes)) == (Stop.CANCELLED, [])


def test_a_complete_plan_is_told_before_any_step_is_made_and_costs_only_fall():
    told = []
    Search(street(), SolveOptions(time_limit=None, iterations=5000, on_progress=told.append)).run()
    assert (told[0].iterations, told[0].unassigned) == (0, 0)
    assert [p.cost for p in told] == sorted((p.cost for p in told), reverse=True)


def test_workers_find_a_plan_together():
    solution = Search(street(), SolveOptions(time_limit=None, iterations=400, workers=2)).run()
    assert (solution.iterations, solution.unassigned) == (400, ())


def test_compiling_is_announced_with_a_complete_plan(monkeypatch):
    told = []
    monkeypatch.setattr(compiling, "is_warm", lambda: False)
    problem = street()
    solve(problem, SolveOptions(time_limit=None, iterations=1, on_progress=told.append), engine="search")
    assert entry.COMPILING in [p.stage for p in told]
    assert next(p for p in told if p.stage == entry.COMPILING).unassigned == 0


def test_a_search_is_warm_once_it_was_warmed_up():
    warm_up()
    assert compiling.is_warm()


def test_the_cache_goes_where_it_can_be_written(monkeypatch, tmp_path):
    sealed = tmp_path / "sealed"
    sealed.write_text("a file, so that no folder can be made in it")
    monkeypatch.setattr(compiling, "_bases", lambda: [sealed, tmp_path / "open"])
    assert compiling.choose_cache() == tmp_path / "open" / f"search-{compiling.fingerprint()}"
    monkeypatch.setattr(compiling, "_bases", lambda: [sealed])
    assert compiling.choose_cache() is None


def test_times_too_large_for_the_search_are_refused():
    late = line_problem([visit(1, (2**30, 2**30 + 5))], [shift(0, 2**31)])
    with pytest.raises(SolverError, match="larger ticks"):
        share(late)
    dear = line_problem([visit(1, StartWindow(0, 9, preferred_latest=3), late=2**40)], [shift()])
    with pytest.raises(SolverError, match="larger cost units"):
        share(dear)


def test_a_running_cost_that_is_wrong_is_noticed():
    search = Search(street(), SolveOptions(time_limit=None, iterations=300), checked=True)
    search.run()
    worker = search._workers[0]
    worker.arrays.count[at.CURRENT] += 1
    with pytest.raises(AssertionError, match="the search counts"):
        worker.verify()


# --- temperatures and neighbours ------------------------------------------------------------------------


def test_a_temperature_falls_from_hot_to_cold():
    falling = Cooling(100.0, 1.0)
    assert [falling.at(share) for share in (0.0, 0.5, 1.0)] == [25600, 2560, 256]


def test_in_two_rounds_it_falls_twice():
    twice = Cooling(100.0, 1.0, rounds=2)
    assert [twice.at(share) for share in (0.0, 0.25, 0.5, 1.0)] == [25600, 2560, 25600, 256]
    assert [twice.round_of(share) for share in (0.0, 0.49, 0.5, 1.0)] == [0, 0, 1, 1]


def test_with_fewer_steps_for_each_visit_the_start_is_colder():
    legs_alone, much_lateness = Scale(10.0, 10.0), Scale(10.0, 50.0)
    assert cooling(legs_alone, 100).hot < cooling(legs_alone, 1000).hot < cooling(much_lateness, 1000).hot


def test_neighbours_that_no_windows_let_follow_are_not_listed():
    problem = line_problem([visit(1, (0, 10)), visit(2, (500, 510)), visit(3, (505, 505))], [shift()])
    lists = neighbours(problem, 0)
    before = [
        set(lists.before[a:b, 0].tolist())
        for a, b in zip(lists.before_from, lists.before_from[1:], strict=False)
    ]
    assert before == [set(), {0}, {0}]


def test_near_shifts_are_those_that_may_serve_and_can_be_there():
    shifts = [shift(home=k % 20, staff=k) for k in range(FEW_SHIFTS)] + [shift(900, 1000), shift(home=5)]
    problem = line_problem([visit(5, (0, 50))], shifts, not_eligible=[(0, 5)])
    price = np.where(problem.eligible, 0, -1).astype(np.int32)
    found = nearest_shifts(problem, price)[0]
    assert (len(found), found[0]) == (FRONTS, 25)
    assert not {5, FEW_SHIFTS} & set(found.tolist())
    few = replace(
        problem,
        shifts=problem.shifts[:3],
        eligible=problem.eligible[:, :3],
        assignment_cost=problem.assignment_cost[:, :3],
    )
    assert sorted(nearest_shifts(few, price[:, :3])[0].tolist()) == [0, 1, 2]
