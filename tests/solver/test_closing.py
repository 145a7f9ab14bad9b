from __future__ import annotations

import pytest

from tests.solver.builders import line_problem, shift, visit
from visitplan.solver import TimeFactors, violations
from visitplan.solver.closing import close_route, pause_position


def two_visits(factors=None, **changes):
    extra = {} if factors is None else {"factors": factors}
    return line_problem([visit(5), visit(8)], [shift(**changes)], **extra)


def test_a_run_departs_as_late_and_is_back_as_early_as_its_starts_allow():
    route = close_route(two_visits(), 0, [0, 1], [30, 60])
    assert (route.depart, route.finish, route.break_start) == (25, 78, None)


@pytest.mark.parametrize(
    ("changes", "starts"),
    [({"start": 1}, [5, 18]), ({"end": 35}, [5, 18])],
    ids=["no time for the way out", "no time for the way home"],
)
def test_a_run_without_time_for_its_ends_has_no_route(changes, starts):
    assert close_route(two_visits(**changes), 0, [0, 1], starts) is None


@pytest.mark.parametrize(
    ("position", "starts", "pause"),
    [
        (0, [12, 25], (10, 0, 9 + 1)),
        (0, [5, 18], (10, 0, 90)),
        (1, [5, 24], (10, 0, 90)),
        (1, [5, 60], (10, 0, 24)),
        (2, [5, 60], (10, 0, 70)),
    ],
)
def test_a_break_without_room_at_its_place_leaves_no_route(position, starts, pause):
    problem = two_visits(pause=pause, end=78)
    assert close_route(problem, 0, [0, 1], starts, position) is None


@pytest.mark.parametrize(
    ("position", "starts", "begin"),
    [
        (0, [40, 53], 5),
        (0, [15, 28], 5),
        (0, [14, 60], None),
        (1, [5, 28], 15),
        (2, [5, 18], 36),
        (2, [60, 73], 83),
    ],
)
def test_the_place_of_a_break_can_be_read_from_the_route_it_closed(position, starts, begin):
    problem = two_visits(pause=(10, 5, 95))
    route = close_route(problem, 0, [0, 1], starts, position)
    if begin is None:
        assert route is None
    else:
        assert route.break_start == begin
        assert pause_position(problem, route) == position
        assert violations(problem, [route]) == []


def test_a_route_without_a_break_has_it_nowhere():
    problem = two_visits()
    assert pause_position(problem, close_route(problem, 0, [0, 1], [5, 18])) == 0


def test_departure_is_brought_forward_for_a_break_on_the_way_that_must_end_in_time():
    # The rush begins at 28: leaving at 16 is in time for the visit, but the break must be over at 25.
    problem = line_problem(
        [visit(10, duration=0)], [shift(start=15, pause=(10, 15, 25))], factors=TimeFactors((28,), (5000,))
    )
    route = close_route(problem, 0, [0], [36], 0)
    assert (route.depart, route.break_start) == (15, 15)
    assert violations(problem, [route]) == []
