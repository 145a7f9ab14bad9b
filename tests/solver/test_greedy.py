from __future__ import annotations

import itertools

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import Link, Route, SolveOptions, StaffRule, StartWindow, Stop, violations
from visitplan.solver.greedy import greedy


def served(problem, **options):
    """Give visit -> shift of a valid greedy plan."""
    solution = greedy(problem, SolveOptions(**options))
    assert violations(problem, solution.routes) == []
    return {v: route.shift for route in solution.routes for v in route.visits}


def test_everybody_is_served_where_there_is_room():
    assert set(served(line_problem([visit(5), visit(8), visit(3)], [shift()]))) == {0, 1, 2}


def test_a_visit_goes_to_the_shift_that_is_near():
    problem = line_problem([visit(2), visit(18)], [shift(home=0), shift(staff=1, home=20)])
    assert served(problem) == {0: 0, 1: 1}


def test_a_visit_goes_only_to_an_eligible_shift():
    problem = line_problem([visit(2)], [shift(home=0), shift(staff=1, home=20)], not_eligible=[(0, 0)])
    assert served(problem) == {0: 1}


def test_a_familiar_face_is_preferred_while_it_is_worth_the_way():
    shifts = [shift(home=0), shift(staff=1, home=10)]
    assert served(line_problem([visit(4)], shifts, assignment=[(0, 0, 50)])) == {0: 1}
    assert served(line_problem([visit(4)], shifts, assignment=[(0, 0, 3)])) == {0: 0}


def test_one_shift_is_used_where_a_second_costs_more():
    shifts = [shift(home=0, use_cost=100), shift(staff=1, home=20, use_cost=100)]
    assert len(set(served(line_problem([visit(2), visit(18)], shifts)).values())) == 1


def test_a_visit_that_can_wait_does_not_make_the_others_late():
    """The first places of the run cost no way and suit the last visit, but push the four that are due."""
    due = [StartWindow(0, 1000, preferred_latest=10 * rank) for rank in range(4)]
    problem = line_problem([*(visit(0, window, late=3) for window in due), visit(0)], [shift()])
    plan = greedy(problem)
    assert plan.routes[0].visits == (0, 1, 2, 3, 4)
    assert plan.cost.late == 0


def test_two_visits_together_go_to_two_people():
    problem = line_problem(
        [visit(5), visit(5)],
        [shift(), shift(staff=1)],
        links=[Link(0, 1, 0, 0, StaffRule.DISTINCT)],
        groups=[(0, 1)],
    )
    assert sorted(served(problem).values()) == [0, 1]


def test_a_group_is_left_out_whole_where_one_member_does_not_fit():
    problem = line_problem([visit(5), visit(5, (0, 3)), visit(5)], [shift(), shift(staff=1)], groups=[(0, 1)])
    assert set(served(problem)) == {2}


def test_a_group_of_three_is_served_by_three_people_at_once():
    links = [Link(0, 1), Link(0, 2)]
    problem = line_problem(
        [visit(5)] * 3, [shift(staff=s) for s in range(3)], links=links, groups=[(0, 1, 2)]
    )
    assert sorted(served(problem).values()) == [0, 1, 2]


def test_the_same_face_comes_on_both_days():
    shifts = [shift(0, 100), shift(0, 100, staff=1), shift(1000, 1100), shift(1000, 1100, staff=1)]
    problem = line_problem(
        [visit(5, (0, 50)), visit(5, (1000, 1050))],
        shifts,
        links=[Link(0, 1, None, None, StaffRule.SAME)],
        not_eligible=[(1, 2)],
        groups=[(0, 1)],
    )
    assert served(problem) == {0: 1, 1: 3}


def test_a_later_member_of_a_group_decides_the_day():
    # Visit 0 could come on any of three days, its partner only on the last.
    days = [shift(1000 * day, 1000 * day + 100, staff=staff) for day in range(3) for staff in range(2)]
    any_day = [(1000 * day, 1000 * day + 50) for day in range(3)]
    problem = line_problem(
        [visit(5, *any_day), visit(5, any_day[2])], days, links=[Link(0, 1)], groups=[(0, 1)]
    )
    assert set(served(problem).values()) == {4, 5}


def test_a_free_window_is_waited_for():
    problem = line_problem([visit(5, StartWindow(0, 20, 30), StartWindow(40, 60))], [shift()])
    assert greedy(problem).cost.windows == 0


def test_a_preferred_time_is_waited_for():
    problem = line_problem([visit(5, StartWindow(0, 90, 0, 40, 60), early=3)], [shift()])
    assert greedy(problem).cost.early == 0


def test_a_visit_that_costs_more_than_leaving_it_out_is_left_out():
    assert served(line_problem([visit(50, unassigned=99)], [shift()])) == {}
    assert served(line_problem([visit(50, unassigned=101)], [shift()])) == {0: 0}


def test_the_dearer_visit_gets_the_only_place():
    problem = line_problem([visit(5, (5, 9), unassigned=100), visit(5, (5, 9), unassigned=900)], [shift()])
    assert served(problem) == {1: 0}


def test_a_flexible_visit_makes_room_for_one_that_fits_nowhere_else():
    # Visit 0 takes the near shift first, as it is dearer to leave out; only there does visit 1 fit.
    problem = line_problem(
        [visit(5, (5, 9), unassigned=10_000), visit(5, (5, 9), unassigned=500)],
        [shift(home=5), shift(staff=1, home=0)],
        not_eligible=[(1, 1)],
    )
    assert served(problem) == {0: 1, 1: 0}


def test_the_week_limit_of_one_person_sends_the_second_day_to_another():
    shifts = [shift(0, 100), shift(1000, 1100), shift(1000, 1100, staff=1, home=9)]
    problem = line_problem([visit(2, (0, 50)), visit(2, (1000, 1050))], shifts, week_limits=[20, None])
    assert served(problem) == {0: 0, 1: 2}


# --- starting from a plan -------------------------------------------------------------------------------


def test_a_valid_plan_is_kept_to_the_minute():
    problem = line_problem([visit(5), visit(8)], [shift(), shift(staff=1)])
    plan = (Route(1, (0,), (50,), 45, 65),)
    solution = greedy(problem, SolveOptions(initial=plan))
    kept = next(route for route in solution.routes if route.shift == 1)
    assert kept.starts[kept.visits.index(0)] == 50
    assert solution.unassigned == ()


@pytest.mark.parametrize(
    "broken",
    [
        Route(1, (0, 1), (50, 51), 45, 90),
        Route(1, (0, 1, 2), (50, 70, 90), 45, 190),
        Route(1, (0, 1, 7), (50, 70, 90), 45, 190),
    ],
    ids=["travel too short", "one visit not eligible", "one visit unknown"],
)
def test_what_is_valid_of_a_broken_plan_is_kept(broken):
    problem = line_problem(
        [visit(5), visit(8), visit(9)], [shift(), shift(staff=1, home=9)], not_eligible=[(2, 1)]
    )
    plan = served(problem, initial=(broken, Route(9, (2,), (5,), 0, 20)))
    assert plan == {0: 1, 1: 1, 2: 0}


def test_a_group_that_no_longer_holds_is_taken_out_of_the_plan_and_placed_anew():
    problem = line_problem(
        [visit(5), visit(5), visit(6)], [shift(), shift(staff=1)], links=[Link(0, 1)], groups=[(0, 1)]
    )
    plan = served(problem, initial=(Route(0, (0, 1, 2), (5, 15, 26), 0, 50),))
    assert plan[0] != plan[1]
    assert plan[2] == 0


# --- limits ---------------------------------------------------------------------------------------------


def cancelled_after_one_unit(seconds_per_look: float):
    """Build a plan of three visits that is cancelled after the first, with a clock moved on by each look."""
    asked, looks = itertools.count(1), itertools.count()
    problem = line_problem([visit(5), visit(8), visit(3)], [shift()])
    options = SolveOptions(cancelled=lambda: next(asked) > 1, clock=lambda: next(looks) * seconds_per_look)
    solution = greedy(problem, options)
    assert violations(problem, solution.routes) == []
    assert solution.stop is Stop.CANCELLED
    return solution


def test_a_cancelled_construction_that_takes_long_gives_the_plan_so_far():
    assert len(cancelled_after_one_unit(0.1).unassigned) == 1


def test_a_cancelled_construction_that_is_nearly_done_is_finished():
    assert cancelled_after_one_unit(0.001).unassigned == ()


def test_a_time_limit_of_nothing_still_gives_a_plan():
    ticks = iter(range(1000))
    options = SolveOptions(time_limit=0, clock=lambda: next(ticks))
    solution = greedy(line_problem([visit(5), visit(8)], [shift()]), options)
    assert solution.unassigned == ()
    assert solution.stop is Stop.TIME


def test_the_plan_is_told_once():
    told = []
    solution = greedy(line_problem([visit(5)], [shift()]), SolveOptions(on_progress=told.append))
    assert [(p.stage, p.cost, p.unassigned) for p in told] == [("first plan", solution.cost.total, 0)]
