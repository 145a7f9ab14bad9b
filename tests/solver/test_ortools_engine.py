from __future__ import annotations

from itertools import count, pairwise

import pytest
from hypothesis import given, settings

from tests.solver.builders import line_problem, shift, visit
from tests.solver.oracles import all_runs, served_by_allowed
from tests.solver.strategies import routing_problems
from visitplan.solver import (
    Link,
    SolveOptions,
    StaffRule,
    StartWindow,
    TimeFactors,
    cost_of,
    solve,
    violations,
)
from visitplan.solver.exact_timing import retime
from visitplan.solver.greedy import greedy
from visitplan.solver.ortools_engine import recipe
from visitplan.solver.ortools_engine import solve as by_ortools
from visitplan.solver.solution import Stop
from visitplan.solver.timing import time_runs


def steps(number, **more):
    return SolveOptions(time_limit=None, iterations=number, **more)


def crowded(visits=24, shifts=4):
    """Give a problem whose visits lie scattered and whose every sixth visit is a joint one."""
    places = [(7 * index) % 40 for index in range(visits)]
    joint = [(index, index + 1) for index in range(0, visits - 1, 6)]
    for first, second in joint:
        places[second] = places[first]
    return line_problem(
        [visit(place, (0, 400), duration=5) for place in places],
        [shift(0, 500, staff=index, home=10 * index) for index in range(shifts)],
        groups=joint,
        links=[Link(first, second, 0, 0, StaffRule.DISTINCT) for first, second in joint],
    )


@settings(max_examples=25, deadline=None)
@given(routing_problems(most_visits=7, most_shifts=4))
def test_no_plan_breaks_a_rule_or_is_dearer_than_the_greedy_one(problem):
    plan = by_ortools(problem, steps(3))
    assert violations(problem, plan.routes) == []
    assert plan.cost == cost_of(problem, plan.routes)
    assert plan.cost.total <= greedy(problem).cost.total
    assert plan.bound is None or plan.bound <= plan.cost.total


@settings(max_examples=25, deadline=None)
@given(problem=routing_problems(most_visits=7, most_shifts=4))
def test_the_search_of_pieces_breaks_no_rule_in_small_problems_either(problem):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipe, "SMALL", 0)
        plan = by_ortools(problem, steps(4))
    assert violations(problem, plan.routes) == []
    assert plan.cost.total <= greedy(problem).cost.total


@settings(max_examples=30, deadline=None)
@given(routing_problems(most_visits=3, most_shifts=2))
def test_what_is_called_optimal_is_no_dearer_than_any_plan_there_is(problem):
    plan = by_ortools(problem, steps(1))
    if plan.stop is not Stop.OPTIMAL:
        return
    for runs in all_runs(problem):
        routes = time_runs(problem, runs) if served_by_allowed(problem, runs) else None
        if routes is not None and not violations(problem, routes):
            assert cost_of(problem, retime(problem, routes)).total >= plan.cost.total


@settings(max_examples=10, deadline=None)
@given(routing_problems(most_visits=7, most_shifts=4))
def test_the_same_seed_and_iterations_give_the_same_plan(problem):
    assert by_ortools(problem, steps(4)).routes == by_ortools(problem, steps(4)).routes


def test_a_larger_plan_repeats_exactly_and_is_cheaper_than_the_greedy_one():
    problem = crowded()
    one, other = by_ortools(problem, steps(6)), by_ortools(problem, steps(6))
    assert one.routes == other.routes
    assert one.cost.total < greedy(problem).cost.total
    assert one.unassigned == ()
    assert one.iterations == 6
    assert one.stop is Stop.ITERATIONS


def test_a_small_problem_is_solved_to_proven_optimality():
    problem = line_problem([visit(1), visit(3), visit(2)], [shift()])
    plan = by_ortools(problem, steps(5))
    assert plan.stop is Stop.OPTIMAL
    assert plan.bound == plan.cost.total == 6


def test_time_factors_leave_optimality_open_but_not_the_plan():
    rush = TimeFactors((0, 50), (1500, 1000))
    plan = by_ortools(line_problem([visit(2), visit(4)], [shift()], factors=rush), steps(2))
    assert plan.unassigned == ()
    assert plan.stop is Stop.ITERATIONS
    assert plan.bound is None


def test_no_iterations_give_the_greedy_plan():
    problem = crowded()
    plan = by_ortools(problem, steps(0))
    assert {r.shift: r.visits for r in plan.routes} == {r.shift: r.visits for r in greedy(problem).routes}
    assert plan.stop is Stop.ITERATIONS


def test_a_time_limit_of_nothing_gives_the_greedy_plan():
    plan = by_ortools(crowded(), SolveOptions(time_limit=0))
    assert plan.unassigned == ()
    assert plan.stop is Stop.TIME


def test_the_time_limit_ends_the_search():
    plan = by_ortools(crowded(), SolveOptions(time_limit=0.4))
    assert plan.stop is Stop.TIME
    assert plan.unassigned == ()


def test_the_first_plan_is_told_at_once_and_cost_never_rises():
    told = []
    by_ortools(crowded(), steps(5, on_progress=told.append))
    assert told[0].stage == "first plan"
    assert all(later.cost <= earlier.cost for earlier, later in pairwise(told))
    assert len({one.cost for one in told}) > 1


def test_a_cancelled_search_keeps_the_best_plan_so_far():
    asked = count()
    plan = by_ortools(crowded(), SolveOptions(time_limit=60, cancelled=lambda: next(asked) > 500))
    assert plan.stop is Stop.CANCELLED
    assert plan.unassigned == ()
    assert violations(crowded(), plan.routes) == []


@pytest.mark.parametrize("moment", [5, 60, 400, 3000])
def test_ctrl_c_is_not_lost_inside_the_search(moment):
    asked = count()

    def cancelled():
        if next(asked) == moment:
            raise KeyboardInterrupt
        return False

    with pytest.raises(KeyboardInterrupt):
        by_ortools(crowded(), SolveOptions(time_limit=60, cancelled=cancelled))


def test_an_initial_plan_is_never_made_worse():
    problem = crowded()
    good = by_ortools(problem, steps(5))
    again = by_ortools(problem, steps(1, initial=good.routes))
    assert again.cost.total <= good.cost.total


def test_a_large_plan_is_searched_in_blocks(monkeypatch):
    monkeypatch.setattr(recipe, "BLOCK", 8)
    problem = crowded(24, 8)
    plan = by_ortools(problem, steps(4))
    assert violations(problem, plan.routes) == []
    assert plan.cost.total < greedy(problem).cost.total


def test_the_cost_of_the_latest_visit_is_counted():
    late = StartWindow(0, 100, preferred_latest=0)
    problem = line_problem([visit(1, late), visit(1, late)], [shift()], max_late_cost=7)
    plan = by_ortools(problem, steps(3))
    assert plan.cost.max_late == 7 * 11


def test_without_shifts_everything_is_left_out():
    problem = line_problem([visit(1)], [], positions=range(2))
    assert by_ortools(problem, steps(1)).unassigned == (0,)


def test_the_one_door_knows_the_engine():
    problem = line_problem([visit(1)], [shift()])
    assert solve(problem, steps(1), engine="ortools").unassigned == ()
