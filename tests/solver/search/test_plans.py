"""Tiny named cases, one for each thing a problem may ask for, searched without CP-SAT's help."""

from __future__ import annotations

import pytest

from tests.solver.builders import line_problem, line_travel, shift, visit
from visitplan.solver import (
    Link,
    Route,
    SolveOptions,
    StaffRule,
    StartWindow,
    Stop,
    TimeFactors,
    cost_of,
    solve,
    violations,
)
from visitplan.solver.search.engine import Search


def searched(problem, **options):
    """Give the plan the compiled search finds, checked at every turn."""
    chosen = SolveOptions(**{"time_limit": None, "iterations": 400, **options})
    solution = Search(problem, chosen, checked=True).run()
    assert violations(problem, solution.routes) == []
    assert solution.cost == cost_of(problem, solution.routes)
    return solution


def served(problem, **options):
    """Give visit -> (shift, start) of that plan."""
    routes = searched(problem, **options).routes
    return {v: (r.shift, s) for r in routes for v, s in zip(r.visits, r.starts, strict=True)}


def test_a_run_visits_places_in_the_order_that_is_shortest():
    solution = searched(line_problem([visit(9), visit(3), visit(6)], [shift(goes_to=10)]))
    assert [route.visits for route in solution.routes] == [(1, 2, 0)]
    assert solution.cost.total == 10


def test_a_visit_goes_only_to_an_eligible_shift():
    problem = line_problem([visit(2)], [shift(home=0), shift(staff=1, home=20)], not_eligible=[(0, 0)])
    assert served(problem)[0][0] == 1


def test_a_familiar_face_is_preferred_while_it_is_worth_the_way():
    shifts = [shift(home=0), shift(staff=1, home=10)]
    assert served(line_problem([visit(4)], shifts, assignment=[(0, 0, 50)]))[0][0] == 1
    assert served(line_problem([visit(4)], shifts, assignment=[(0, 0, 3)]))[0][0] == 0


def test_of_two_windows_the_one_of_the_day_a_shift_works_is_used():
    problem = line_problem([visit(5, (0, 50), (1000, 1050))], [shift(900, 1200)])
    assert served(problem) == {0: (0, 1000)}


def test_a_visit_waits_for_the_window_in_which_the_family_is_there():
    windows = (StartWindow(0, 99, cost=500), StartWindow(100, 200, cost=0))
    assert served(line_problem([visit(5, *windows)], [shift()])) == {0: (0, 100)}


def test_a_visit_waits_for_its_preferred_time():
    wished = StartWindow(0, 500, preferred_earliest=300, preferred_latest=320)
    assert served(line_problem([visit(5, wished, early=2)], [shift()])) == {0: (0, 300)}


def test_lateness_is_paid_where_it_is_cheaper_than_a_second_shift():
    wished = StartWindow(0, 500, preferred_earliest=0, preferred_latest=10)
    visits = [visit(5, wished, late=4), visit(5, wished, late=4)]
    one = line_problem(visits, [shift(), shift(staff=1, use_cost=100)])
    two = line_problem(visits, [shift(), shift(staff=1, use_cost=1)])
    assert {v[0] for v in served(one).values()} == {0}
    assert {v[0] for v in served(two).values()} == {0, 1}


@pytest.mark.parametrize(("lo", "hi"), [(0, 0), (15, 15), (30, 40), (-20, -20)])
def test_linked_visits_keep_their_gap(lo, hi):
    problem = line_problem(
        [visit(5), visit(5)], [shift(), shift(staff=1)], links=[Link(0, 1, lo, hi)], groups=[(0, 1)]
    )
    found = served(problem)
    assert lo <= found[1][1] - found[0][1] <= hi


def test_a_group_of_three_is_served_by_three_people_at_once():
    links = [Link(0, 1), Link(0, 2)]
    problem = line_problem(
        [visit(5)] * 3, [shift(staff=s) for s in range(3)], links=links, groups=[(0, 1, 2)]
    )
    found = served(problem)
    assert len({at for _, at in found.values()}) == 1
    assert len({who for who, _ in found.values()}) == 3


def test_a_group_is_left_out_whole_where_one_member_does_not_fit():
    problem = line_problem([visit(5), visit(5, (0, 3)), visit(5)], [shift(), shift(staff=1)], groups=[(0, 1)])
    assert set(served(problem)) == {2}


def test_two_people_and_one_person_as_the_staff_rule_says():
    shifts = [shift(staff=0, home=5), shift(staff=1, home=20), shift(500, 999, staff=0, home=20)]
    visits = [visit(5, (0, 50)), visit(6, (600, 700))]

    def staff(rule):
        found = served(line_problem(visits, shifts[:2], links=[Link(0, 1, None, None, rule)]))
        return {shifts[who].staff for who, _ in found.values()}

    assert staff(StaffRule.SAME) == {0}
    assert staff(StaffRule.DISTINCT) == {0, 1}
    same = line_problem(visits, shifts, links=[Link(0, 1, None, None, StaffRule.SAME)])
    assert {shifts[who].staff for who, _ in served(same).values()} == {0}


@pytest.mark.parametrize(
    ("pause", "starts"),
    [((30, 0, 40), [35, 46]), ((30, 15, 60), [5, 46]), ((30, 60, 200), [5, 16])],
    ids=["before the first visit", "between the two", "after the return"],
)
def test_a_break_is_taken_where_it_hinders_least(pause, starts):
    problem = line_problem(
        [visit(5, (0, 40)), visit(6, (0, 46))], [shift(0, 300, pause=pause, overtime_cost=1)]
    )
    assert sorted(at for _, at in served(problem).values()) == starts


def test_without_room_for_its_break_a_shift_is_not_used():
    assert served(line_problem([visit(5, (5, 5))], [shift(0, 25, pause=(10, 0, 30))])) == {}


def test_overtime_is_worked_only_where_it_costs_less_than_leaving_out():
    for price, expected in [(1, {0}), (100, set())]:
        work = shift(0, 20, overtime=10, overtime_cost=price)
        assert set(served(line_problem([visit(9, unassigned=500)], [work]))) == expected


def test_week_hours_count_over_all_shifts_of_a_person():
    shifts = [shift(0, 100), shift(200, 300), shift(0, 300, staff=1, home=30)]
    visits = [visit(5, (0, 80), duration=20), visit(5, (200, 280), duration=20)]
    free = served(line_problem(visits, shifts))
    bound = served(line_problem(visits, shifts, week_limits=[40, None]))
    assert {who for who, _ in free.values()} == {0, 1}
    assert 2 in {who for who, _ in bound.values()}


def test_one_shift_is_used_where_a_second_costs_more():
    shifts = [shift(home=0, use_cost=100), shift(staff=1, home=20, use_cost=100)]
    assert len({who for who, _ in served(line_problem([visit(2), visit(18)], shifts)).values()}) == 1


def test_each_shift_travels_in_its_own_mode():
    modes = [line_travel(range(11)), line_travel([10 * k for k in range(11)])]
    problem = line_problem([visit(10, (0, 20))], [shift(mode=1), shift(staff=1)], travel=modes)
    assert served(problem) == {0: (1, 10)}


def test_slow_hours_make_a_leg_longer():
    problem = line_problem([visit(10)], [shift()], factors=TimeFactors((0, 5), (2000, 1000)))
    assert served(problem)[0][1] == 13


def test_an_urgent_visit_is_served_where_only_one_can_be():
    visits = [visit(5, (5, 5), unassigned=100), visit(5, (5, 5), unassigned=900)]
    assert set(served(line_problem(visits, [shift()]))) == {1}


def test_a_pinned_visit_keeps_its_shift_and_its_start():
    problem = line_problem([visit(2, (70, 70)), visit(3)], [shift(), shift(staff=1)], not_eligible=[(0, 0)])
    assert served(problem)[0] == (1, 70)


def test_paid_waiting_is_avoided_by_leaving_later():
    problem = line_problem([visit(5, (0, 60)), visit(8, (80, 90))], [shift(waiting_cost=1)])
    assert searched(problem).cost.waiting == 7


def test_the_largest_lateness_has_its_price():
    wished = StartWindow(0, 500, preferred_earliest=0, preferred_latest=5)
    problem = line_problem([visit(5, wished), visit(5, wished)], [shift()], max_late_cost=3)
    assert searched(problem).cost.max_late == 30


def test_starts_lie_on_the_grid():
    problem = line_problem([visit(1, (3, 30), duration=10)], [shift()], grid=5)
    assert served(problem)[0][1] == 5


def test_a_small_problem_is_proved_optimal_without_the_compiled_search():
    solution = solve(line_problem([visit(9), visit(3), visit(6)], [shift(goes_to=10)]), engine="search")
    assert (solution.stop, solution.bound, solution.cost.total) == (Stop.OPTIMAL, 10, 10)


def test_no_plan_is_dearer_than_the_one_it_started_from():
    problem = line_problem([visit(5), visit(8)], [shift()])
    given = (Route(0, (0, 1), (5, 18), 0, 36),)
    assert violations(problem, given) == []
    solution = searched(problem, initial=given, iterations=0)
    assert solution.cost.total <= cost_of(problem, given).total


# --- plans to start from that break a rule ---------------------------------------------------------------


def begun(problem, *routes):
    """Give what the search makes, without a step, of routes that were made for another problem."""
    assert violations(problem, routes) != []
    return served(problem, initial=routes, iterations=0)


def test_a_visit_that_starts_with_somebody_who_may_not_serve_it_goes_to_somebody_who_may():
    problem = line_problem([visit(5), visit(8)], [shift(), shift(staff=1)], not_eligible=[(1, 0)])
    assert begun(problem, Route(0, (0, 1), (5, 18), 0, 36)) == {0: (0, 5), 1: (1, 8)}


def test_half_of_a_joint_visit_to_start_from_is_made_whole():
    problem = line_problem(
        [visit(5), visit(5)],
        [shift(), shift(staff=1)],
        links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)],
        groups=[(0, 1)],
    )
    assert sorted(begun(problem, Route(0, (0,), (5,), 0, 20)).values()) == [(0, 5), (1, 5)]


def test_two_who_must_not_be_one_do_not_start_as_one():
    apart = Link(0, 1, None, None, StaffRule.DISTINCT)
    problem = line_problem([visit(5), visit(8)], [shift(), shift(staff=1)], links=[apart])
    assert sorted(shift for shift, _ in begun(problem, Route(0, (0, 1), (5, 18), 0, 36)).values()) == [0, 1]
