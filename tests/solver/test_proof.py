from __future__ import annotations

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Link, StaffRule, TimeFactors
from visitplan.solver.proof import Verdict, prove_unservable, room_beside
from visitplan.solver.timing import time_runs


def verdict(problem, unit=(0,), seconds=10.0):
    return prove_unservable(problem, unit, seconds)


def test_a_visit_that_fits_somewhere_is_possible():
    assert verdict(line_problem([visit(5)], [shift(end=10), shift(end=20)])) is Verdict.POSSIBLE


def test_a_visit_nobody_may_serve_is_impossible():
    assert verdict(line_problem([visit(5)], [shift()], not_eligible=[(0, 0)])) is Verdict.IMPOSSIBLE


def test_a_visit_outside_every_shift_is_impossible():
    assert verdict(line_problem([visit(5, (0, 4))], [shift()])) is Verdict.IMPOSSIBLE
    assert verdict(line_problem([visit(5)], [shift(end=19)])) is Verdict.IMPOSSIBLE


def test_a_visit_across_the_only_break_is_impossible():
    problem = line_problem([visit(0, (0, 0), duration=60)], [shift(pause=(10, 20, 40))])
    assert verdict(problem) is Verdict.IMPOSSIBLE


def test_a_visit_longer_than_a_week_is_impossible():
    assert verdict(line_problem([visit(5)], [shift()], week_limits=[19])) is Verdict.IMPOSSIBLE
    assert verdict(line_problem([visit(5)], [shift()], week_limits=[20])) is Verdict.POSSIBLE


def test_two_at_once_need_two_people():
    link = [Link(0, 1, 0, 0, StaffRule.DISTINCT)]
    one = line_problem([visit(5), visit(5)], [shift()], links=link, groups=[(0, 1)])
    two = line_problem([visit(5), visit(5)], [shift(), shift(staff=1)], links=link, groups=[(0, 1)])
    assert verdict(one, (0, 1)) is Verdict.IMPOSSIBLE
    assert verdict(two, (0, 1)) is Verdict.POSSIBLE


def test_the_gap_of_a_link_must_be_long_enough_for_one_person():
    for hi, expected in [(12, Verdict.IMPOSSIBLE), (13, Verdict.POSSIBLE)]:
        problem = line_problem([visit(5), visit(8)], [shift()], links=[Link(0, 1, 0, hi)], groups=[(0, 1)])
        assert verdict(problem, (0, 1)) is expected


def test_the_same_face_on_two_days_needs_one_person_with_both_shifts():
    shifts = [shift(0, 100), shift(1000, 1100, staff=1)]
    visits = [visit(5, (0, 50)), visit(5, (1000, 1050))]
    for rule, expected in [(StaffRule.SAME, Verdict.IMPOSSIBLE), (StaffRule.DISTINCT, Verdict.POSSIBLE)]:
        problem = line_problem(visits, shifts, links=[Link(0, 1, None, None, rule)], groups=[(0, 1)])
        assert verdict(problem, (0, 1)) is expected


@pytest.mark.parametrize(("limit", "expected"), [(39, Verdict.IMPOSSIBLE), (40, Verdict.POSSIBLE)])
def test_the_week_limit_counts_both_days_of_a_group(limit, expected):
    shifts = [shift(0, 100), shift(1000, 1100)]
    visits = [visit(5, (0, 50)), visit(5, (1000, 1050))]
    problem = line_problem(visits, shifts, week_limits=[limit], groups=[(0, 1)])
    assert verdict(problem, (0, 1)) is expected


def test_a_break_between_two_members_counts():
    for end, expected in [(54, Verdict.IMPOSSIBLE), (55, Verdict.POSSIBLE)]:
        problem = line_problem(
            [visit(5, (5, 5)), visit(5, (25, 90))], [shift(end=end, pause=(25, 15, 40))], groups=[(0, 1)]
        )
        assert verdict(problem, (0, 1)) is expected


def test_visits_and_links_outside_the_unit_do_not_count():
    problem = line_problem([visit(5), visit(5, (0, 1))], [shift()], links=[Link(0, 1)])
    assert verdict(problem, (0,)) is Verdict.POSSIBLE


def test_a_visit_that_only_the_rush_hour_makes_too_late_is_impossible():
    rush = TimeFactors((0,), (3000,))
    assert verdict(line_problem([visit(10, (0, 29))], [shift()], factors=rush)) is Verdict.IMPOSSIBLE
    assert verdict(line_problem([visit(10, (0, 30))], [shift()], factors=rush)) is Verdict.POSSIBLE


def test_a_group_that_only_the_rush_hour_makes_too_late_stays_open():
    rush = TimeFactors((0, 50), (3000, 1000))
    problem = line_problem(
        [visit(10, (0, 29)), visit(10)], [shift(), shift(staff=1)], factors=rush, groups=[(0, 1)]
    )
    assert verdict(problem, (0, 1)) is Verdict.UNKNOWN


def test_without_time_nothing_is_proved():
    problem = line_problem([visit(5), visit(8)], [shift()], links=[Link(0, 1)], groups=[(0, 1)])
    assert verdict(problem, (0, 1), seconds=0.0) is Verdict.UNKNOWN


# --- room in the plan as it is --------------------------------------------------------------------------


def test_a_run_in_another_order_makes_room_for_a_visit_that_cannot_be_inserted():
    # Visit 1 comes after visit 0 now; with visit 2 first, it must come before it.
    problem = line_problem([visit(0, (0, 20)), visit(0, (0, 10)), visit(0, (0, 10))], [shift(end=30)])
    plan = time_runs(problem, {0: [0, 1]})
    assert all(time_runs(problem, {0: order}) is None for order in ([2, 0, 1], [0, 2, 1], [0, 1, 2]))
    assert room_beside(problem, plan, (2,)) is Verdict.POSSIBLE


def test_a_full_run_has_no_room():
    problem = line_problem([visit(5), visit(5), visit(5)], [shift(end=39)])
    assert room_beside(problem, time_runs(problem, {0: [0, 1]}), (2,)) is Verdict.IMPOSSIBLE


def test_the_second_nearest_run_is_looked_at_too():
    far = line_problem([visit(5), visit(5)], [shift(end=20), shift(end=40, staff=1, home=17)])
    assert room_beside(far, time_runs(far, {0: [0]}), (1,), most_runs=1) is Verdict.IMPOSSIBLE
    assert room_beside(far, time_runs(far, {0: [0]}), (1,), most_runs=2) is Verdict.POSSIBLE


def test_a_partner_that_stands_still_is_respected():
    for hi, expected in [(20, Verdict.POSSIBLE), (2, Verdict.IMPOSSIBLE)]:
        problem = line_problem(
            [visit(5), visit(5, (15, 90))],
            [shift(end=20), shift(end=90, staff=1)],
            links=[Link(0, 1, 0, hi)],
            not_eligible=[(1, 0)],
        )
        assert room_beside(problem, time_runs(problem, {0: [0]}), (1,)) is expected


def test_a_group_looks_at_a_run_for_each_member():
    problem = line_problem(
        [visit(5), visit(5)],
        [shift(), shift(staff=1)],
        links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)],
        groups=[(0, 1)],
    )
    assert room_beside(problem, (), (0, 1)) is Verdict.POSSIBLE


def test_a_unit_nobody_may_serve_has_no_room():
    problem = line_problem([visit(5), visit(5)], [shift()], not_eligible=[(1, 0)])
    assert room_beside(problem, time_runs(problem, {0: [0]}), (1,)) is Verdict.IMPOSSIBLE
