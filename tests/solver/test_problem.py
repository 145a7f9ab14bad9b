from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.solver.builders import line_problem, line_travel, shift, visit
from visitplan.solver import Break, Link, Route, Shift, SolveOptions, StartWindow, TimeFactors, Travel, Visit

SQUARE = np.zeros((2, 2), dtype=np.int32)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: StartWindow(5, 4), "ends at 4, before it begins at 5"),
        (lambda: StartWindow(0, 9, cost=-1), "window cost is negative"),
        (lambda: StartWindow(0, 9, 0, 6, 5), "preferred window is reversed"),
        (lambda: visit(0, duration=-1), "duration is negative"),
        (lambda: Visit(0, 5, (), 0), "at least one start window"),
        (lambda: visit(0, (0, 5), (5, 9)), "overlap or are out of order"),
        (lambda: visit(0, unassigned=-1), "must not be negative"),
        (lambda: Break(0, 0, 10), "at least one tick"),
        (lambda: Break(11, 0, 10), "does not fit between 0 and 10"),
        (lambda: shift(9, 8), "ends at 8, before it starts at 9"),
        (lambda: shift(overtime=-1), "must not be negative"),
        (lambda: Link(3, 3), "linked with itself"),
        (lambda: Link(0, 1, 5, 4), "allows no gap"),
        (lambda: TimeFactors((1,), ()), "one permille for each start"),
        (lambda: TimeFactors((2, 1), (1000, 1000)), "must ascend"),
        (lambda: TimeFactors((1,), (0,)), "must be positive"),
        (lambda: Travel(SQUARE[:1], SQUARE), "must be square"),
        (lambda: Travel(SQUARE, SQUARE[:1]), "cost has shape"),
        (lambda: Travel(SQUARE.astype(np.int64), SQUARE), "must be int32"),
        (lambda: Travel(SQUARE - np.int32(1), SQUARE), "must not be negative"),
        (lambda: Route(0, (), (), 0, 0), "at least one visit"),
        (lambda: Route(0, (1,), (), 0, 0), "one start for each visit"),
        (lambda: SolveOptions(time_limit=None), "needs a time limit or an iteration limit"),
        (lambda: SolveOptions(time_limit=-1), "time limit is negative"),
        (lambda: SolveOptions(iterations=-1), "iteration limit is negative"),
        (lambda: SolveOptions(workers=0), "at least one worker"),
    ],
)
def test_a_part_that_contradicts_itself_cannot_be_built(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"eligible": np.ones((1, 1), dtype=np.bool_)}, "must have shape"),
        ({"assignment_cost": -np.ones((2, 1), dtype=np.int32)}, "assignment costs must not be negative"),
        ({"grid": 0}, "grid must be at least 1"),
        ({"shifts": (shift(mode=1),)}, "names mode 1, there are 1"),
        ({"shifts": (shift(home=9),)}, "names a place outside"),
        ({"week_limits": (40,), "shifts": (shift(staff=1),)}, "no week limit entry"),
        ({"visits": (visit(0), visit(9))}, "visit names place 9"),
        ({"groups": ((0,),)}, "two or more visits"),
        ({"groups": ((0, 0),)}, "two or more visits"),
        ({"groups": ((0, 1), (1, 0))}, "must be disjoint"),
        ({"groups": ((0, 5),)}, "a group names a visit that is not there"),
        ({"links": (Link(0, 5),)}, "a link names a visit that is not there"),
    ],
)
def test_a_problem_that_contradicts_itself_cannot_be_built(changes, message):
    problem = line_problem([visit(0), visit(1)], [shift()])
    with pytest.raises(ValueError, match=message):
        replace(problem, **changes)


def test_the_whole_window_is_preferred_where_no_wish_is_named():
    assert StartWindow(3, 9).preferred == (3, 9)
    assert StartWindow(3, 9, 0, 5, None).preferred == (5, 9)


def test_a_shift_may_be_back_as_late_as_its_overtime_ends():
    assert Shift(0, 0, 0, 10, 50, max_overtime=7).latest_return == 57


def test_units_are_the_groups_and_then_every_other_visit_alone():
    problem = line_problem([visit(0)] * 5, [shift()], groups=[(3, 1)])
    assert problem.units == ((3, 1), (0,), (2,), (4,))
    assert problem.group_of == (-1, 0, -1, 0, -1)


def test_links_are_found_from_both_their_visits():
    one, other = Link(0, 1), Link(2, 1, 5, 9)
    problem = line_problem([visit(0)] * 3, [shift()], links=[one, other])
    assert problem.links_of == ((one,), (one, other), (other,))


def test_travel_without_factors_flows_freely():
    assert line_travel([0, 4]).factors == TimeFactors()
