"""How a search begins, goes on, tells about itself and stops."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.errors import SolverError
from visitplan.solver import SolveOptions, StartWindow, Stop, solve, violations
from visitplan.solver.search import compiling, engine, entry
from visitplan.solver.search import layout as at
from visitplan.solver.search.building import share
from visitplan.solver.search.engine import Search
from visitplan.solver.search.neighbours import FEW_SHIFTS, FRONTS, nearest_shifts, neighbours
from visitplan.solver.search.schedule import Cooling, apart, apart_later, plans_side_by_side
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


def test_a_search_of_one_plan_whose_time_is_up_between_two_looks_at_the_clock_ends():
    for limit in range(15, 25):  # at one of six limits it is up after asking whether to stop
        ticks = iter(range(100_000))
        search = Search(
            street(260), SolveOptions(time_limit=limit, clock=lambda ticks=ticks: float(next(ticks)))
        )
        assert search.run().stop is Stop.TIME
        assert search._crossing is None, "there is nothing to cross one plan with"


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
    worker = search._crews[0][0]
    worker.arrays.count[at.CURRENT] += 1
    with pytest.raises(AssertionError, match="the search counts"):
        worker.verify()


# --- temperatures and neighbours ------------------------------------------------------------------------


def test_a_temperature_falls_from_hot_to_cold():
    falling = Cooling(leg=100.0)
    assert [falling.at(share) for share in (0.0, 0.5, 1.0)] == [76800, 9915, 1280]


def test_with_steps_to_spare_several_plans_are_made_and_crossed_the_longer():
    assert [plans_side_by_side(steps, 100) for steps in (0, 20_000, 45_000, 10**6)] == [1, 1, 3, 8]
    assert plans_side_by_side(10**6, 1_000) == 1, "a large plan needs more steps for each visit"
    shares = [apart(1, 20_000, 100), apart(3, 45_000, 100), apart(8, 200_000, 100), apart(8, 10**6, 100)]
    assert shares == pytest.approx([1.0, 0.7, 0.4, 0.2])
    assert [apart_later(8, steps, 100) for steps in (200_000, 10**6, 10**7)] == pytest.approx(
        [0.4, 0.08, 0.05]
    )


def test_plans_are_made_apart_then_crossed_as_long_as_that_gains_and_no_step_is_forgotten(monkeypatch):
    monkeypatch.setattr(engine, "_IN_VAIN", 10**6)
    search = Search(street(), SolveOptions(time_limit=None, iterations=60_000), checked=True)
    solution = search.run()
    assert (len(search._crossing.plans), search._kept) == (8, [])
    assert search._made > 8 + 20, "children were made"
    assert solution.iterations == 60_000


def test_where_crossing_gains_no_more_others_are_made_and_the_best_of_each_time_is_kept():
    """Thirty visits in a street are soon planned as well as can be."""
    search = Search(street(), SolveOptions(time_limit=None, iterations=120_000), checked=True)
    solution = search.run()
    assert len(search._kept) > 2
    assert min(plan.cost for plan in search._kept) == search._best().cost
    assert {plan.cost for plan in search._kept} <= {plan.cost for plan in search._crossing.plans}
    assert solution.iterations == 120_000


def test_a_plan_that_was_searched_for_is_gone_on_with_unless_there_are_steps_to_spare():
    few, many = (SolveOptions(time_limit=None, iterations=steps, warm=True) for steps in (150, 60_000))
    first = Search(street(), few).run()
    again, anew = (
        Search(street(), replace(options, initial=first.routes, seed=2)) for options in (few, many)
    )
    assert again.run().cost.total <= first.cost.total
    assert anew.run().cost.total <= first.cost.total
    assert (again._crossing is None, anew._crossing is None) == (True, False)


def test_workers_that_cross_plans_find_the_same_plan_again():
    options = SolveOptions(time_limit=None, iterations=30_000, workers=2)
    first, again = Search(street(), options).run(), Search(street(), options).run()
    assert (first.routes, first.iterations) == (again.routes, again.iterations)


def test_neighbours_that_no_windows_let_follow_are_not_listed():
    problem = line_problem([visit(1, (0, 10)), visit(2, (500, 510)), visit(3, (505, 505))], [shift()])
    lists = neighbours(problem, np.where(problem.eligible, 0, -1).astype(np.int32), 0)
    before = [
        set(lists.before[a:b, 0].tolist())
        for a, b in zip(lists.before_from, lists.before_from[1:], strict=False)
    ]
    assert before == [set(), {0}, {0}]


def test_visits_that_no_shift_may_both_serve_are_neighbours_in_space_alone():
    problem = line_problem(
        [visit(1, (0, 500)), visit(2, (0, 500)), visit(3, (0, 500))],
        [shift(), shift()],
        not_eligible=[(0, 1), (1, 0)],
    )
    lists = neighbours(problem, np.where(problem.eligible, 0, -1).astype(np.int32), 0)
    before = [
        set(lists.before[a:b, 0].tolist())
        for a, b in zip(lists.before_from, lists.before_from[1:], strict=False)
    ]
    assert before == [{2}, {2}, {0, 1}]
    assert lists.near.tolist() == [[2, -1], [2, -1], [1, 0]]
    assert lists.close.tolist() == [[1, 2], [0, 2], [1, 0]]


def test_of_shifts_that_begin_at_one_base_none_is_out_of_reach():
    shifts = [shift(staff=k) for k in range(3 * FRONTS)]
    problem = line_problem([visit(k) for k in range(1, 19)], shifts)
    found = nearest_shifts(problem, np.zeros((18, len(shifts)), np.int32))
    assert set(found.ravel().tolist()) == set(range(len(shifts)))


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
