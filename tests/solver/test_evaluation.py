from __future__ import annotations

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import (
    Cost,
    Link,
    Route,
    StaffRule,
    StartWindow,
    Stop,
    TimeFactors,
    cost_of,
    solution_of,
    violations,
)


def route(shift_index, visits, starts, depart, finish, break_start=None):
    return Route(shift_index, tuple(visits), tuple(starts), depart, finish, break_start)


def two_visits_one_shift(**changes):
    """Visits at 5 and 8, ten ticks each; the shift starts and ends at 0."""
    return line_problem([visit(5), visit(8)], [shift(**changes)])


GOOD = (0, (0, 1), (5, 18), 0, 36)


def only_fault(problem, *routes):
    faults = violations(problem, routes)
    assert len(faults) == 1, faults
    return faults[0]


def test_a_plan_that_keeps_every_rule_has_no_violations():
    assert violations(two_visits_one_shift(), [route(*GOOD)]) == []


def test_no_routes_break_no_rules():
    assert violations(two_visits_one_shift(), []) == []


def test_a_visit_by_an_ineligible_shift_is_named():
    problem = line_problem([visit(5)], [shift()], not_eligible=[(0, 0)])
    assert only_fault(problem, route(0, [0], [5], 0, 20)) == "eligibility: shift 0 may not serve visit 0"


def test_a_start_between_two_windows_is_named():
    problem = line_problem([visit(5, (0, 10), (30, 40))], [shift()])
    assert only_fault(problem, route(0, [0], [20], 15, 35)).startswith("window: visit 0 starts at 20")


def test_a_start_off_the_grid_is_named():
    problem = line_problem([visit(0, (0, 50))], [shift()], grid=5)
    assert only_fault(problem, route(0, [0], [12], 12, 22)).startswith("grid: visit 0")


@pytest.mark.parametrize(
    ("starts", "depart", "finish", "leg"),
    [((5, 17), 0, 36, 1), ((5, 18), 1, 36, 0), ((5, 18), 0, 35, 2)],
    ids=["between two visits", "to the first visit", "home"],
)
def test_travel_that_is_too_short_is_named_with_its_leg(starts, depart, finish, leg):
    fault = only_fault(two_visits_one_shift(), route(0, [0, 1], starts, depart, finish))
    assert fault.startswith(f"travel: leg {leg} of shift 0")


def test_travel_is_judged_at_the_hour_it_is_driven():
    rush = TimeFactors((15,), (2000,))
    problem = line_problem([visit(5), visit(8)], [shift()], factors=rush)
    assert only_fault(problem, route(0, [0, 1], [5, 18], 0, 50)).startswith("travel: leg 1 of shift 0")
    assert violations(problem, [route(0, [0, 1], [5, 21], 0, 47)]) == []


def test_leaving_before_the_shift_starts_is_named():
    assert only_fault(two_visits_one_shift(start=1), route(*GOOD)).startswith(
        "shift span: shift 0 departs at 0"
    )


def test_overtime_is_allowed_up_to_its_limit_and_then_named():
    assert violations(two_visits_one_shift(end=30, overtime=6), [route(*GOOD)]) == []
    assert only_fault(two_visits_one_shift(end=30, overtime=5), route(*GOOD)).startswith("overtime: shift 0")


def test_a_visit_served_twice_is_named():
    problem = line_problem([visit(5)], [shift(), shift(staff=1)])
    fault = only_fault(problem, route(0, [0], [5], 0, 20), route(1, [0], [5], 0, 20))
    assert fault.startswith("visit doubled: visit 0")


def test_a_shift_with_two_routes_is_named():
    problem = two_visits_one_shift()
    fault = only_fault(problem, route(0, [0], [5], 0, 20), route(0, [1], [58], 50, 76))
    assert fault == "shift doubled: shift 0 has two routes"


def test_visits_and_shifts_that_do_not_exist_are_named():
    problem = two_visits_one_shift()
    assert violations(problem, [route(7, [0], [5], 0, 20), route(0, [9], [5], 0, 20)]) == [
        "unknown shift: 7",
        "unknown visit: 9 in shift 0",
    ]


def test_a_group_served_in_part_is_named():
    problem = line_problem([visit(5), visit(8), visit(9)], [shift()], groups=[(0, 1, 2)])
    assert only_fault(problem, route(*GOOD)) == "group: only visits [0, 1] of group [0, 1, 2] are served"


@pytest.mark.parametrize(("lo", "hi"), [(14, None), (None, 12), (0, 0)])
def test_a_gap_outside_its_link_is_named(lo, hi):
    problem = line_problem([visit(5), visit(8)], [shift()], links=[Link(0, 1, lo, hi)])
    assert only_fault(problem, route(*GOOD)).startswith("link: visits 0 and 1 start 13 ticks apart")


def test_a_link_with_an_unserved_visit_asks_for_nothing():
    problem = line_problem([visit(5), visit(8)], [shift()], links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)])
    assert violations(problem, [route(0, [0], [5], 0, 20)]) == []


def test_staff_rules_look_at_people_and_not_at_shifts():
    shifts = [shift(end=40), shift(start=50, end=100), shift(staff=1)]
    for rule, other, broken in [
        (StaffRule.DISTINCT, 1, True),
        (StaffRule.DISTINCT, 2, False),
        (StaffRule.SAME, 1, False),
        (StaffRule.SAME, 2, True),
    ]:
        problem = line_problem([visit(5), visit(5)], shifts, links=[Link(0, 1, None, None, rule)])
        faults = violations(problem, [route(0, [0], [5], 0, 20), route(other, [1], [55], 50, 70)])
        assert [fault.split(":")[0] for fault in faults] == (["staff rule"] if broken else [])


def test_the_week_limit_counts_all_shifts_of_one_person_without_breaks():
    shifts = [shift(end=100, pause=(10, 0, 100)), shift(start=200, end=300)]
    routes = [route(0, [0], [15], 0, 30, 5), route(1, [1], [205], 200, 220)]
    for limit, broken in [(40, []), (39, ["week limit: staff 0 works 40 ticks, allowed are 39"])]:
        problem = line_problem([visit(5), visit(5)], shifts, week_limits=[limit])
        assert violations(problem, routes) == broken


@pytest.mark.parametrize(
    ("starts", "depart", "finish", "begin"),
    [
        ((35, 48), 30, 66, 20),
        ((25, 38), 10, 56, 12),
        ((5, 28), 0, 46, 15),
        ((5, 28), 0, 46, 18),
        ((5, 18), 0, 46, 28),
        ((5, 18), 0, 36, 36),
    ],
    ids=[
        "before leaving",
        "on the way out",
        "before the leg",
        "after the leg",
        "on the way home",
        "after the return",
    ],
)
def test_a_break_may_lie_anywhere_outside_the_visits(starts, depart, finish, begin):
    problem = two_visits_one_shift(pause=(10, 5, 90))
    assert violations(problem, [route(0, [0, 1], starts, depart, finish, begin)]) == []


@pytest.mark.parametrize(
    ("changes", "starts", "depart", "finish", "begin", "fault"),
    [
        ({}, (5, 28), 0, 46, None, "takes none"),
        ({}, (5, 18), 0, 36, 10, "works during it, from 10 to 20"),
        ({}, (5, 27), 0, 45, 15, "has 12 ticks for leg and break, needs 13"),
        ({}, (45, 58), 40, 76, 4, "takes it at 4, outside [5, 90]"),
        ({}, (5, 18), 0, 36, 81, "takes it at 81, outside [5, 90]"),
        ({"end": 40}, (5, 18), 0, 36, 36, "takes it at 36, outside the shift"),
        ({"start": 10}, (25, 38), 20, 56, 8, "takes it at 8, outside the shift"),
    ],
)
def test_a_break_out_of_place_is_named(changes, starts, depart, finish, begin, fault):
    problem = two_visits_one_shift(pause=(10, 5, 90), **changes)
    assert only_fault(problem, route(0, [0, 1], starts, depart, finish, begin)) == f"break: shift 0 {fault}"


def test_a_break_where_none_is_due_is_named():
    assert only_fault(two_visits_one_shift(), route(*GOOD, 40)) == "break: shift 0 has none to take"


def test_every_part_of_the_cost_is_counted_once():
    windows = [StartWindow(0, 20, 7, 10, 15), StartWindow(60, 90, 2, 60, 65)]
    problem = line_problem(
        [visit(5, *windows, early=3, late=2), visit(8, *windows, early=3, late=2), visit(1, unassigned=500)],
        [shift(end=80, overtime=30, overtime_cost=4, waiting_cost=5, use_cost=90)],
        assignment=[(0, 0, 11), (1, 0, 22)],
        travel_cost=10,
        max_late_cost=100,
    )
    # Early by 2 in the first window, late by 5 in the second; idle from the end of 0 (18) to the leg to 1.
    cost = cost_of(problem, [route(0, [0, 1], [8, 70], 3, 88)])
    assert cost == Cost(
        travel=160,
        assignment=33,
        windows=9,
        early=6,
        late=10,
        waiting=(70 - 18 - 3) * 5,
        overtime=8 * 4,
        shifts=90,
        unassigned=500,
        max_late=500,
    )
    assert cost.total == 160 + 33 + 9 + 6 + 10 + 245 + 32 + 90 + 500 + 500


@pytest.mark.parametrize(
    ("starts", "depart", "finish", "begin", "idle"),
    [((35, 48), 30, 66, 20, 0), ((5, 28), 0, 46, 15, 0), ((5, 30), 0, 48, 15, 2), ((5, 18), 0, 36, 36, 0)],
    ids=["before leaving", "between two visits", "between two visits with time to spare", "after the return"],
)
def test_waiting_leaves_out_a_break_between_departure_and_return(starts, depart, finish, begin, idle):
    problem = two_visits_one_shift(pause=(10, 5, 90), waiting_cost=1)
    assert cost_of(problem, [route(0, [0, 1], starts, depart, finish, begin)]).waiting == idle


def test_a_solution_sorts_its_routes_and_lists_what_it_leaves_out():
    problem = line_problem([visit(5), visit(5), visit(5, unassigned=70)], [shift(), shift(staff=1)])
    routes = [route(1, [1], [5], 0, 20), route(0, [0], [5], 0, 20)]
    solution = solution_of(problem, routes, Stop.TIME, iterations=3, seconds=1.5, bound=9)
    assert [r.shift for r in solution.routes] == [0, 1]
    assert solution.unassigned == (2,)
    assert solution.cost.unassigned == 70
    assert (solution.stop, solution.iterations, solution.seconds, solution.bound) == (Stop.TIME, 3, 1.5, 9)
