from __future__ import annotations

from tests.solver.builders import line_problem, shift, visit
from tests.solver.oracles import served_by_allowed
from visitplan.solver import Link, TimeFactors, violations
from visitplan.solver.timing import time_runs


def starts_of(routes):
    return None if routes is None else {v: s for r in routes for v, s in zip(r.visits, r.starts, strict=True)}


def only_route(problem, pauses=None):
    routes = time_runs(problem, {0: range(len(problem.visits))}, pauses=pauses)
    return None if routes is None else routes[0]


def test_visits_start_as_early_as_travel_lets_them():
    route = only_route(line_problem([visit(5), visit(8)], [shift(start=100)]))
    assert (route.starts, route.depart, route.finish) == ((105, 118), 100, 136)


def test_departure_waits_for_the_first_window():
    route = only_route(line_problem([visit(5, (50, 60)), visit(8)], [shift()]))
    assert (route.starts, route.depart) == ((50, 63), 45)


def test_a_start_between_two_windows_moves_into_the_next():
    assert only_route(line_problem([visit(5, (0, 3), (20, 30))], [shift()])).starts == (20,)


def test_a_visit_with_windows_on_several_days_is_served_on_the_day_of_the_shift():
    problem = line_problem(
        [visit(5, (0, 50), (1000, 1050), (2000, 2050))], [shift(), shift(990, 1100), shift(1900, 2500)]
    )
    assert [time_runs(problem, {s: [0]})[0].starts for s in range(3)] == [(5,), (1000,), (2000,)]


def test_a_visit_whose_windows_are_all_over_does_not_fit():
    assert only_route(line_problem([visit(5, (0, 4))], [shift()])) is None


def test_a_run_must_be_home_before_its_shift_and_overtime_end():
    assert only_route(line_problem([visit(5)], [shift(end=18, overtime=2)])).finish == 20
    assert only_route(line_problem([visit(5)], [shift(end=18, overtime=1)])) is None


def test_visits_together_wait_for_the_later_of_the_two():
    problem = line_problem([visit(5), visit(5, (40, 60))], [shift(), shift(staff=1)], links=[Link(0, 1)])
    assert starts_of(time_runs(problem, {0: [0], 1: [1]})) == {0: 40, 1: 40}


def test_a_smallest_gap_holds_the_second_visit_back():
    problem = line_problem([visit(5), visit(5)], [shift(), shift(staff=1)], links=[Link(0, 1, 30, None)])
    assert starts_of(time_runs(problem, {0: [0], 1: [1]})) == {0: 5, 1: 35}


def test_a_largest_gap_pulls_the_first_visit_along():
    problem = line_problem(
        [visit(5), visit(5, (90, 99))], [shift(), shift(staff=1)], links=[Link(0, 1, 10, 20)]
    )
    assert starts_of(time_runs(problem, {0: [0], 1: [1]})) == {0: 70, 1: 90}


def test_a_group_of_three_is_pulled_along_as_one():
    links = [Link(0, 1), Link(1, 2, 10, 15)]
    problem = line_problem(
        [visit(5), visit(5), visit(5, (90, 99))], [shift(staff=s) for s in range(3)], links=links
    )
    assert starts_of(time_runs(problem, {0: [0], 1: [1], 2: [2]})) == {0: 75, 1: 75, 2: 90}


def test_two_visits_together_cannot_be_in_one_run():
    assert only_route(line_problem([visit(5), visit(5)], [shift()], links=[Link(0, 1)])) is None


def test_pairs_in_crossed_order_chase_each_other_and_are_refused():
    links = [Link(0, 2), Link(1, 3)]
    problem = line_problem([visit(5) for _ in range(4)], [shift(), shift(staff=1)], links=links)
    assert time_runs(problem, {0: [0, 1], 1: [2, 3]}) is not None
    assert time_runs(problem, {0: [0, 1], 1: [3, 2]}) is None


def test_a_ring_that_comes_to_rest_in_a_later_window_is_kept():
    # Visit 1 must start 15 after visit 0; at 8 + 15 its first window is over, so both move on together.
    problem = line_problem(
        [visit(0, (8, 100)), visit(0, (10, 20), (50, 60))],
        [shift(), shift(staff=1)],
        links=[Link(0, 1, 15, 15)],
    )
    assert starts_of(time_runs(problem, {0: [0], 1: [1]})) == {0: 35, 1: 50}


def test_a_ring_that_only_the_end_of_the_rush_hour_brings_to_rest_is_kept():
    rush = TimeFactors((0, 60), (3000, 1000))
    problem = line_problem([visit(0), visit(10)], [shift()], links=[Link(0, 1, None, 25)], factors=rush)
    route = only_route(problem)
    assert route.starts[1] - route.starts[0] == 25
    assert violations(problem, [route]) == []


def test_travel_by_time_of_day_slows_the_legs_of_its_hours():
    route = only_route(line_problem([visit(5), visit(8)], [shift()], factors=TimeFactors((15,), (2000,))))
    assert (route.starts, route.finish) == ((5, 21), 47)


def test_floors_hold_visits_back():
    problem = line_problem([visit(5), visit(8)], [shift()])
    assert time_runs(problem, {0: [0, 1]}, floors={0: 30})[0].starts == (30, 43)


def test_starts_keep_to_the_grid():
    problem = line_problem([visit(1, (3, 40), duration=5)], [shift()], grid=5)
    assert only_route(problem).starts == (5,)


# --- breaks ---------------------------------------------------------------------------------------------


def test_a_break_that_delays_nothing_comes_after_the_return():
    route = only_route(line_problem([visit(5), visit(8)], [shift(pause=(10, 0, 90))]))
    assert (route.starts, route.finish, route.break_start) == ((5, 18), 36, 36)


def test_a_break_is_taken_before_leaving_where_there_is_time():
    route = only_route(line_problem([visit(5, (50, 60))], [shift(pause=(10, 0, 30))]))
    assert (route.depart, route.break_start, route.starts) == (45, 0, (50,))


def test_a_break_fills_the_wait_between_two_visits():
    route = only_route(line_problem([visit(5), visit(8, (60, 70))], [shift(pause=(10, 15, 60))]))
    assert (route.starts, route.break_start) == ((5, 60), 15)


def test_a_break_may_interrupt_a_leg():
    # The leg lasts from 10 to 40, the break must be taken at 20.
    problem = line_problem([visit(0), visit(30)], [shift(pause=(10, 20, 30))])
    route = only_route(problem)
    assert (route.starts, route.break_start) == ((0, 50), 20)
    assert violations(problem, [route]) == []


def test_a_break_on_the_way_out_lets_the_first_visit_start_sooner_than_one_before_leaving():
    problem = line_problem([visit(30)], [shift(end=60, overtime=30, pause=(10, 20, 30))])
    route = only_route(problem, pauses={0: 0})
    assert (route.depart, route.break_start, route.starts) == (0, 20, (40,))
    assert violations(problem, [route]) == []


def test_a_break_on_the_way_home_is_used_where_the_return_is_too_late_for_it():
    problem = line_problem([visit(30)], [shift(pause=(10, 45, 60))])
    route = only_route(problem, pauses={0: 1})
    assert (route.starts, route.break_start, route.finish) == ((30,), 45, 80)
    assert violations(problem, [route]) == []


def test_a_visit_over_the_whole_window_of_the_break_cannot_be_served():
    assert only_route(line_problem([visit(0, (0, 0), duration=60)], [shift(pause=(10, 20, 40))])) is None


def test_a_break_is_moved_when_a_linked_visit_is_pushed_into_its_place():
    # Alone, the run would rest before visit 0; its partner holds visit 0 back, so it rests after it.
    problem = line_problem(
        [visit(0, (0, 20)), visit(0, (20, 90))],
        [shift(pause=(10, 0, 45)), shift(staff=1, start=20)],
        links=[Link(0, 1)],
    )
    routes = time_runs(problem, {0: [0], 1: [1]})
    assert starts_of(routes) == {0: 20, 1: 20}
    assert violations(problem, routes) == []


# --- weeks ----------------------------------------------------------------------------------------------


def two_days(limit):
    """One person, one visit of 10 ticks at distance 5 on each of two days: 20 ticks of work a day."""
    shifts = [shift(0, 100), shift(1000, 1100)]
    return line_problem([visit(5, (0, 50)), visit(5, (1000, 1050))], shifts, week_limits=[limit])


def test_the_week_limit_adds_up_the_shifts_of_one_person():
    assert time_runs(two_days(40), {0: [0], 1: [1]}) is not None
    assert time_runs(two_days(39), {0: [0], 1: [1]}) is None


def test_a_run_is_drawn_together_where_the_week_limit_asks_for_it():
    # At the earliest starts the wait from 15 to 80 counts as work.
    problem = line_problem([visit(5, (0, 90)), visit(5, (80, 90))], [shift()], week_limits=[30])
    route = only_route(problem)
    assert (route.starts, route.depart, route.finish) == ((70, 80), 65, 95)


# --- rules without times --------------------------------------------------------------------------------


def test_runs_are_allowed_only_with_whole_groups_able_staff_and_no_visit_twice():
    problem = line_problem(
        [visit(5), visit(5), visit(5)], [shift(), shift(staff=1)], groups=[(0, 1)], not_eligible=[(2, 1)]
    )
    assert served_by_allowed(problem, {0: [0, 1, 2]})
    assert not served_by_allowed(problem, {0: [0, 2]})
    assert not served_by_allowed(problem, {1: [2]})
    assert not served_by_allowed(problem, {0: [0, 1], 1: [1]})


def test_the_runs_of_routes_are_their_visits_in_order():
    problem = line_problem([visit(5), visit(8)], [shift(), shift(staff=1)])
    runs = {0: (1,), 1: (0,)}
    assert {route.shift: route.visits for route in time_runs(problem, runs)} == runs
