"""Each rule and cost once, in a tiny problem, through both translations of a piece of the plan."""

from __future__ import annotations

import time

import pytest

from tests.solver.builders import line_problem, line_travel, shift, visit
from visitplan.solver import Link, SolveOptions, StaffRule, StartWindow, TimeFactors, violations
from visitplan.solver.ortools_engine import routing_model, sequence_model
from visitplan.solver.ortools_engine.incumbent import Incumbent
from visitplan.solver.ortools_engine.limits import Budget, Watch
from visitplan.solver.pieces import cut
from visitplan.solver.solution import Stop
from visitplan.solver.timing import time_runs


def by_routing_model(piece):
    watch = Watch(time.monotonic, lambda: False, seconds=None, questions=20_000)
    return routing_model.improve(piece, watch, solutions=30)


def by_cp_sat(piece):
    effort = sequence_model.Effort(seconds=None, deterministic=2.0, workers=1, seed=1)
    return sequence_model.improve(piece, frozenset(range(len(piece.visits))), effort).found


both = pytest.mark.parametrize("search", [by_routing_model, by_cp_sat])


def improved(problem, runs, search):
    """Give the plan that one search makes of these runs, all of them free."""
    routes = time_runs(problem, runs)
    assert routes is not None
    plan = Incumbent(problem, Budget(SolveOptions(), 0.0), routes)
    piece = cut(problem, plan.routes, range(len(problem.shifts)), plan.unassigned)
    found = search(piece)
    assert found is not None
    plan.offer_piece(piece, found)
    assert violations(problem, plan.routes) == []
    return plan.solution(Stop.EXHAUSTED)


def runs_in(solution):
    return {route.shift: route.visits for route in solution.routes}


@both
def test_a_run_is_driven_in_the_shorter_order(search):
    problem = line_problem([visit(1), visit(2), visit(3)], [shift()])
    assert improved(problem, {0: (1, 0, 2)}, search).cost.travel == 6


@both
def test_a_visit_goes_to_the_shift_next_door(search):
    problem = line_problem([visit(1), visit(20)], [shift(home=0), shift(home=20, staff=1)])
    assert runs_in(improved(problem, {0: (0, 1)}, search)) == {0: (0,), 1: (1,)}


@both
def test_a_visit_left_out_is_taken_in(search):
    problem = line_problem([visit(1), visit(2)], [shift()])
    assert improved(problem, {0: (0,)}, search).unassigned == ()


@both
def test_nobody_serves_what_they_are_not_eligible_for(search):
    problem = line_problem(
        [visit(1), visit(20)], [shift(home=0), shift(home=20, staff=1)], not_eligible=[(1, 1)]
    )
    assert runs_in(improved(problem, {0: (0, 1)}, search)) == {0: (0, 1)}


@both
def test_the_member_of_staff_who_is_known_is_preferred(search):
    problem = line_problem([visit(1)], [shift(), shift(staff=1)], assignment=[(0, 0, 50)])
    assert improved(problem, {0: (0,)}, search).cost.assignment == 0


@both
def test_one_shift_less_saves_its_cost_of_use(search):
    problem = line_problem([visit(1), visit(2)], [shift(use_cost=40), shift(use_cost=40, staff=1)])
    assert improved(problem, {0: (0,), 1: (1,)}, search).cost.shifts == 40


@both
def test_each_shift_travels_in_its_own_mode(search):
    modes = (line_travel(range(11), cost=1), line_travel(range(11), cost=9))
    problem = line_problem([visit(10)], [shift(mode=1), shift(mode=0, staff=1)], travel=modes)
    assert runs_in(improved(problem, {0: (0,)}, search)) == {1: (0,)}


@both
def test_a_visit_moves_to_the_window_of_another_day(search):
    two_days = ((0, 100), (1000, 1100))
    problem = line_problem(
        [visit(5, *two_days), visit(5, (1000, 1100))], [shift(0, 200), shift(900, 1200, staff=1)]
    )
    plan = improved(problem, {0: (0,), 1: (1,)}, search)
    assert set(runs_in(plan)[1]) == {0, 1}
    assert plan.cost.travel == 10


@both
def test_no_visit_starts_between_its_windows(search):
    problem = line_problem([visit(1, (0, 5), (100, 105)), visit(2, (20, 20)), visit(3, (0, 5))], [shift()])
    plan = improved(problem, {0: (0, 1)}, search)
    assert plan.unassigned == ()
    assert plan.routes[0].visits == (2, 1, 0)


@both
def test_the_window_that_costs_less_is_kept_to(search):
    dear, cheap = StartWindow(0, 20, cost=30), StartWindow(50, 70)
    problem = line_problem([visit(1, dear, cheap), visit(1, (50, 70))], [shift()])
    assert improved(problem, {0: (0, 1)}, search).cost.windows == 0


@both
def test_the_visit_that_would_be_late_comes_first(search):
    late = StartWindow(0, 100, preferred_latest=5)
    problem = line_problem([visit(1), visit(1, late, late=3)], [shift()])
    assert improved(problem, {0: (0, 1)}, search).cost.late == 0


@both
def test_the_visit_that_would_be_early_comes_last(search):
    later = StartWindow(0, 100, preferred_earliest=11)
    problem = line_problem([visit(1, (0, 20)), visit(1, later, early=3)], [shift()])
    assert improved(problem, {0: (1, 0)}, search).cost.early == 0


@both
def test_overtime_is_given_to_a_shift_that_has_time(search):
    problem = line_problem(
        [visit(1), visit(1)], [shift(0, 15, overtime=20, overtime_cost=5), shift(0, 15, staff=1)]
    )
    assert improved(problem, {0: (0, 1)}, search).cost.overtime == 0


@both
def test_no_one_works_beyond_the_overtime_there_is(search):
    problem = line_problem([visit(1), visit(1)], [shift(0, 15, overtime=5)])
    assert len(improved(problem, {0: (0,)}, search).unassigned) == 1


@both
def test_a_joint_visit_starts_together_in_two_runs(search):
    problem = line_problem(
        [visit(5), visit(5), visit(9)],
        [shift(), shift(staff=1)],
        groups=[(0, 1)],
        links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)],
    )
    plan = improved(problem, {0: (0, 2), 1: (1,)}, search)
    start = {v: s for route in plan.routes for v, s in zip(route.visits, route.starts, strict=True)}
    assert plan.unassigned == ()
    assert start[0] == start[1]
    assert len(plan.routes) == 2


@both
def test_a_gap_between_two_visits_is_neither_too_short_nor_too_long(search):
    problem = line_problem(
        [visit(1), visit(1), visit(30)], [shift(), shift(staff=1)], links=[Link(0, 1, 30, 40)]
    )
    plan = improved(problem, {0: (0, 1), 1: (2,)}, search)
    start = {v: s for route in plan.routes for v, s in zip(route.visits, route.starts, strict=True)}
    assert 30 <= start[1] - start[0] <= 40


@both
def test_a_group_of_three_stays_out_whole_if_one_does_not_fit(search):
    problem = line_problem(
        [visit(1, (0, 5)), visit(1, (0, 5)), visit(1, (0, 5)), visit(2)],
        [shift(), shift(staff=1)],
        groups=[(0, 1, 2)],
    )
    plan = improved(problem, {0: (3,)}, search)
    assert plan.unassigned == (0, 1, 2)


@both
def test_the_same_member_of_staff_comes_on_both_days(search):
    days = [
        shift(0, 100),
        shift(0, 100, staff=1, home=5),
        shift(1000, 1100),
        shift(1000, 1100, staff=1, home=5),
    ]
    problem = line_problem(
        [visit(5, (0, 100)), visit(5, (1000, 1100))], days, links=[Link(0, 1, None, None, StaffRule.SAME)]
    )
    plan = improved(problem, {1: (0,), 3: (1,)}, search)
    assert {problem.shifts[route.shift].staff for route in plan.routes} == {1}


@both
def test_two_different_members_of_staff_come(search):
    problem = line_problem(
        [visit(5), visit(5)], [shift(), shift(staff=1)], links=[Link(0, 1, None, None, StaffRule.DISTINCT)]
    )
    assert len(improved(problem, {0: (0,), 1: (1,)}, search).routes) == 2


@both
def test_the_break_is_taken_between_two_visits(search):
    problem = line_problem(
        [visit(1, (0, 50)), visit(2, (0, 50)), visit(3, (0, 50))], [shift(0, 60, pause=(10, 12, 34))]
    )
    plan = improved(problem, {0: (0, 2)}, search)
    assert plan.unassigned == ()
    assert 12 <= plan.routes[0].break_start <= 24


@both
def test_a_shift_whose_break_cannot_be_taken_stays_unused(search):
    problem = line_problem([visit(1), visit(1)], [shift(0, 30), shift(0, 30, staff=1, pause=(10, 100, 120))])
    plan = improved(problem, {0: (0,)}, search)
    assert set(runs_in(plan)) == {0}


@both
def test_a_week_is_not_longer_than_its_limit(search):
    problem = line_problem(
        [visit(0, (0, 50)), visit(0, (100, 150)), visit(0, (100, 150)), visit(0, (100, 150))],
        [shift(0, 90), shift(100, 190)],
        week_limits=[30],
    )
    assert 0 < len(improved(problem, {0: (0,)}, search).unassigned) < 3


@both
def test_slow_hours_are_allowed_for(search):
    rush = TimeFactors((0,), (2000,))
    problem = line_problem([visit(1), visit(3)], [shift(0, 32)], factors=rush)
    assert improved(problem, {0: (1,)}, search).routes[0].finish == 32


@both
def test_starts_stay_on_the_grid(search):
    problem = line_problem([visit(1, (7, 100)), visit(2, (3, 100))], [shift(start=2)], grid=5)
    plan = improved(problem, {0: (0,)}, search)
    assert plan.unassigned == ()


def test_paid_waiting_is_weighed_by_cp_sat():
    problem = line_problem(
        [visit(1, (100, 100)), visit(2, (0, 100)), visit(1, (0, 0))],
        [shift(waiting_cost=1, home=1), shift(waiting_cost=1, staff=1, home=1)],
    )
    plan = improved(problem, {0: (2, 1, 0)}, by_cp_sat)
    assert plan.cost.waiting == 0


def test_a_visit_that_is_not_loose_stays_in_its_run_and_its_order():
    problem = line_problem([visit(20), visit(5), visit(30)], [shift(goes_to=30), shift(staff=1)])
    routes = time_runs(problem, {0: (0, 1), 1: (2,)})
    piece = cut(problem, routes, [0, 1])
    effort = sequence_model.Effort(seconds=None, deterministic=1.0, workers=1, seed=1)
    found = sequence_model.improve(piece, frozenset({2}), effort).found
    assert [run.visits for run in found] == [(0, 1, 2)]


def test_assignment_costs_count_the_same_in_a_model_too_large_for_matrices(monkeypatch):
    monkeypatch.setattr(routing_model, "_MATRIX_CELLS", 0)
    problem = line_problem(
        [visit(1), visit(1)], [shift(), shift(staff=1)], assignment=[(0, 0, 50), (1, 0, 20), (1, 1, 50)]
    )
    assert improved(problem, {0: (0, 1)}, by_routing_model).cost.assignment == 20


def test_a_large_model_keeps_visits_to_the_kind_of_window_they_are_in():
    problem = line_problem([visit(1, StartWindow(0, 20, cost=30), StartWindow(50, 70))], [shift()])
    piece = cut(problem, time_runs(problem, {0: (0,)}), [0])
    watch = Watch(time.monotonic, lambda: False, seconds=None, questions=20_000)
    found = routing_model.improve(piece, watch, solutions=30, every_window=False)
    assert found[0].starts[0] <= 20
