from __future__ import annotations

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Link, Route, StartWindow, TimeFactors, cost_of, exact_timing, violations
from visitplan.solver.exact_timing import retime
from visitplan.solver.timing import time_runs


def retimed(problem, runs, pauses=None):
    """Give the cost parts before and after, and the routes after, which must be valid."""
    routes = time_runs(problem, runs, pauses=pauses)
    better = retime(problem, routes)
    assert violations(problem, better) == []
    return cost_of(problem, routes), cost_of(problem, better), better


def test_paid_waiting_pushes_the_departure_and_early_visits_late():
    problem = line_problem([visit(5, (0, 60)), visit(8, (80, 90))], [shift(waiting_cost=1)])
    before, after, routes = retimed(problem, {0: [0, 1]})
    assert (before.waiting, after.waiting) == (80 - 15 - 3, 80 - 70 - 3)
    assert (routes[0].starts, routes[0].depart) == ((60, 80), 55)


def test_a_preferred_time_is_waited_for():
    problem = line_problem([visit(5, StartWindow(0, 60, 0, 30, 40), early=2)], [shift()])
    before, after, routes = retimed(problem, {0: [0]})
    assert (before.early, after.early) == (50, 0)
    assert routes[0].starts == (30,)


def test_the_dearer_of_two_wishes_is_met():
    # 13 ticks lie between the starts at least: one visit is early by 13 or the other late by 13.
    for early, late in [(1, 5), (5, 1)]:
        problem = line_problem(
            [
                visit(5, StartWindow(0, 90, 0, 50, 50), early=early),
                visit(8, StartWindow(0, 90, 0, 50, 50), late=late),
            ],
            [shift()],
        )
        _, after, _ = retimed(problem, {0: [0, 1]})
        assert after.early + after.late == 13


def test_overtime_is_weighed_against_being_early():
    problem = line_problem(
        [visit(5, StartWindow(0, 60, 0, 40, 60), early=2)], [shift(end=30, overtime=90, overtime_cost=3)]
    )
    _, after, routes = retimed(problem, {0: [0]})
    assert routes[0].finish == 30
    assert (after.overtime, after.early) == (0, 2 * 25)


def test_linked_runs_are_timed_as_one():
    problem = line_problem(
        [visit(5, StartWindow(0, 90, 0, 50, 60), early=4), visit(5, StartWindow(0, 90), late=1)],
        [shift(), shift(staff=1)],
        links=[Link(0, 1)],
    )
    _, after, routes = retimed(problem, {0: [0], 1: [1]})
    assert after.early == 0
    assert routes[0].starts == routes[1].starts


def test_the_largest_lateness_is_weighed_against_wishes():
    # Visit 0 waits for its wish, which would make visit 1 late; only the largest lateness says not to.
    problem = line_problem(
        [visit(5, StartWindow(0, 90, 0, 40, 90), early=1), visit(8, StartWindow(0, 90, 0, 0, 20))],
        [shift()],
        max_late_cost=10,
    )
    _, after, routes = retimed(problem, {0: [0, 1]})
    assert (after.early, after.max_late) == (33, 0)
    assert routes[0].starts == (7, 20)


def test_a_cheaper_window_is_found_for_a_visit():
    problem = line_problem([visit(5, StartWindow(0, 20, 30), StartWindow(40, 60, 0))], [shift()])
    before, after, routes = retimed(problem, {0: [0]})
    assert (before.windows, after.windows) == (30, 0)
    assert routes[0].starts == (40,)


def test_in_a_set_of_many_runs_wishes_are_met_and_no_other_windows_are_tried(monkeypatch):
    monkeypatch.setattr(exact_timing, "_MANY_RUNS", 1)
    dear = visit(5, StartWindow(0, 20, 30), StartWindow(40, 60, 0))
    wish = visit(6, StartWindow(0, 60, 0, 30, 40), early=2)
    problem = line_problem([dear, wish], [shift(), shift()], links=[Link(0, 1, None, 50)])
    before, after, _ = retimed(problem, {0: [0], 1: [1]})
    assert (before.early, after.early) == (48, 0)
    assert (before.windows, after.windows) == (30, 30)


def test_a_dear_window_is_kept_where_waiting_for_the_cheap_one_costs_more():
    windows = StartWindow(0, 20, 30), StartWindow(400, 420, 0)
    problem = line_problem([visit(5, *windows), visit(5, (0, 30))], [shift(waiting_cost=1)])
    _, after, _ = retimed(problem, {0: [0, 1]})
    assert (after.windows, after.waiting) == (30, 0)


def test_a_break_is_moved_into_a_paid_wait():
    problem = line_problem(
        [visit(5, (0, 5)), visit(5, (60, 60))], [shift(pause=(40, 0, 200), waiting_cost=1)]
    )
    before, after, routes = retimed(problem, {0: [0, 1]}, pauses={0: 2})
    assert (before.waiting, after.waiting) == (45, 5)
    assert 15 <= routes[0].break_start <= 20


def test_a_break_before_leaving_stays_within_its_window():
    problem = line_problem(
        [visit(5, (40, 90)), visit(8, (90, 99))], [shift(pause=(20, 5, 30), waiting_cost=1)]
    )
    _, after, routes = retimed(problem, {0: [0, 1]}, pauses={0: 0})
    assert after.waiting == 0
    assert routes[0].break_start == 5


def test_the_week_limit_holds_when_visits_are_moved_to_their_wishes():
    # At its wish the first visit would be 45 ticks ahead of the second: that much may not be worked.
    problem = line_problem(
        [visit(5, StartWindow(0, 90, 0, 20, 25), late=1), visit(5, (80, 90))], [shift()], week_limits=[40]
    )
    _, after, routes = retimed(problem, {0: [0, 1]})
    assert routes[0].finish - routes[0].depart <= 40
    assert after.late == 60 - 25


def test_times_stay_on_the_grid():
    problem = line_problem(
        [visit(1, StartWindow(0, 90, 0, 25, 60), duration=5, early=1), visit(2, (60, 90), duration=5)],
        [shift(waiting_cost=1)],
        grid=5,
    )
    _, after, routes = retimed(problem, {0: [0, 1]})
    assert after.early == after.waiting == 0
    assert all(start % 5 == 0 for start in routes[0].starts)


def test_travel_by_time_of_day_never_makes_the_result_dearer_or_invalid():
    rush = TimeFactors((40, 80), (3000, 1000))
    problem = line_problem(
        [visit(5, StartWindow(0, 99, 0, 50, 60), early=1), visit(12, (80, 99))],
        [shift(waiting_cost=1)],
        factors=rush,
    )
    before, after, _ = retimed(problem, {0: [0, 1]})
    assert after.total < before.total


def test_a_plan_that_costs_nothing_for_its_times_is_given_back_as_it_is():
    problem = line_problem([visit(5), visit(8)], [shift()])
    routes = time_runs(problem, {0: [0, 1]}, floors={0: 20})
    assert retime(problem, routes) == routes


def test_a_plan_that_breaks_a_rule_is_given_back_as_it_is():
    problem = line_problem([visit(5)], [shift(waiting_cost=1)])
    broken = (Route(0, (0,), (2,), 0, 90),)
    assert retime(problem, broken) == broken


def test_no_routes_stay_no_routes():
    assert retime(line_problem([visit(5)], [shift()]), ()) == ()
