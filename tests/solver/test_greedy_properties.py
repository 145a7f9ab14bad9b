from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.oracles import all_runs, cheapest_times, served_by_allowed
from tests.solver.strategies import routing_problems, sequences
from visitplan.solver import Cost, SolveOptions, cost_of, solve, violations
from visitplan.solver.evaluation import route_cost
from visitplan.solver.exact_timing import retime
from visitplan.solver.greedy import greedy
from visitplan.solver.proof import Verdict, prove_unservable
from visitplan.solver.solution import Stop
from visitplan.solver.timing import time_runs


@settings(max_examples=300, deadline=None)
@given(routing_problems())
def test_the_greedy_plan_breaks_no_rule(problem):
    solution = greedy(problem)
    assert violations(problem, solution.routes) == []
    assert solution.stop is Stop.EXHAUSTED


@settings(max_examples=100, deadline=None)
@given(routing_problems())
def test_the_greedy_plan_accounts_for_every_visit_and_its_cost_adds_up(problem):
    solution = greedy(problem)
    served = [visit for route in solution.routes for visit in route.visits]
    assert sorted([*served, *solution.unassigned]) == list(range(len(problem.visits)))
    assert solution.cost == cost_of(problem, solution.routes)
    whole = sum(route_cost(problem, route).total for route in solution.routes)
    assert solution.cost.total == whole + solution.cost.unassigned + solution.cost.max_late
    assert solution.cost.unassigned == sum(problem.visits[v].unassigned_cost for v in solution.unassigned)


@settings(max_examples=60, deadline=None)
@given(routing_problems())
def test_the_greedy_plan_is_the_same_every_time(problem):
    assert greedy(problem, SolveOptions(seed=1)).routes == greedy(problem, SolveOptions(seed=2)).routes


@settings(max_examples=100, deadline=None)
@given(routing_problems())
def test_a_valid_plan_is_kept_or_bettered(problem):
    problem = replace(problem, max_late_cost=0)  # the greedy plan does not look at the largest lateness
    first = greedy(problem)
    again = greedy(problem, SolveOptions(initial=first.routes))
    assert again.cost.total <= first.cost.total
    if not first.unassigned:
        assert again.routes == first.routes


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_plan_at_all_may_be_started_from(data):
    problem = data.draw(routing_problems())
    runs = data.draw(sequences(problem))
    routes = time_runs(replace(problem, links=(), week_limits=()), runs)
    solution = greedy(problem, SolveOptions(initial=routes or ()))
    assert violations(problem, solution.routes) == []


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=3, most_shifts=2, timed_costs=False, week_limits=False))
def test_no_greedy_plan_is_cheaper_than_the_best_of_all_plans(problem):
    best = sum(visit.unassigned_cost for visit in problem.visits)
    for runs in all_runs(problem):
        if served_by_allowed(problem, runs) and (routes := time_runs(problem, runs)) is not None:
            best = min(best, cost_of(problem, routes).total)
    assert greedy(problem).cost.total >= best


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_exact_timing_keeps_the_runs_valid_and_never_makes_them_dearer(data):
    problem = data.draw(routing_problems())
    routes = time_runs(problem, data.draw(sequences(problem)))
    if routes is None or violations(problem, routes):
        routes = greedy(problem).routes
    better = retime(problem, routes)
    assert violations(problem, better) == []
    assert [(r.shift, r.visits) for r in better] == [(r.shift, r.visits) for r in routes]
    assert cost_of(problem, better).total <= cost_of(problem, routes).total


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_exact_timing_of_single_windows_without_breaks_is_the_best_there_is(data):
    problem = data.draw(routing_problems(most_visits=2, most_shifts=2, factors=False, week_limits=False))
    problem = replace(
        problem,
        visits=tuple(replace(visit, windows=_shortened(visit.windows[:1])) for visit in problem.visits),
        shifts=tuple(replace(shift, pause=None) for shift in problem.shifts),
        grid=1,
    )
    runs = data.draw(sequences(problem))
    routes = time_runs(problem, runs)
    if routes is not None and not violations(problem, routes):
        assert cost_of(problem, retime(problem, routes)).total == cheapest_times(problem, runs)


def _shortened(windows):
    return tuple(
        replace(
            window,
            latest=min(window.latest, window.earliest + 20),
            preferred_earliest=min(window.preferred[0], window.earliest + 20),
            preferred_latest=min(window.preferred[1], window.earliest + 20),
        )
        for window in windows
    )


@settings(max_examples=100, deadline=None)
@given(routing_problems())
def test_the_one_door_gives_a_plan_no_dearer_than_the_engine_alone(problem):
    best = solve(problem, SolveOptions(time_limit=5), engine="greedy")
    assert violations(problem, best.routes) == []
    assert best.cost.total <= greedy(problem).cost.total
    assert all(getattr(best.cost, part.name) >= 0 for part in fields(Cost))


@settings(max_examples=100, deadline=None)
@given(routing_problems(most_visits=3))
def test_what_is_proved_impossible_is_in_no_plan_and_what_is_served_is_possible(problem):
    served = {visit for route in greedy(problem).routes for visit in route.visits}
    for unit in problem.units:
        verdict = prove_unservable(problem, unit)
        if unit[0] in served and len(served) == len(unit):
            assert verdict is Verdict.POSSIBLE
        if verdict is Verdict.IMPOSSIBLE:
            for runs in all_runs(problem):
                if {visit for run in runs.values() for visit in run} == set(unit) and served_by_allowed(
                    problem, runs
                ):
                    assert time_runs(problem, runs) is None
