"""Which visits are near which, and which shifts are near a visit; how many are looked at changes nothing."""

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings

from tests.solver.builders import line_problem, line_travel, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import Travel
from visitplan.solver.problem import RoutingProblem
from visitplan.solver.search import neighbours as searched
from visitplan.solver.search.building import share
from visitplan.solver.search.neighbours import Neighbours, nearest_shifts, neighbours


def priced(problem: RoutingProblem) -> np.ndarray:
    return np.where(problem.eligible, problem.assignment_cost, -1).astype(np.int32)


def lists(problem: RoutingProblem, many: int = 2500) -> Neighbours:
    with patch.object(searched, "_MANY", many):
        return neighbours(problem, priced(problem), 0)


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=9, most_shifts=4))
def test_of_many_visits_those_alone_are_looked_at_that_can_be_neighbours_and_the_lists_are_the_same(problem):
    every, some = lists(problem), lists(problem, many=0)
    assert np.array_equal(every.before, some.before)
    assert np.array_equal(every.before_from, some.before_from)
    assert np.array_equal(every.near, some.near)
    assert np.array_equal(every.close, some.close)


def test_visits_that_no_shift_serves_both_of_are_close_and_not_near():
    problem = line_problem(
        [visit(1), visit(2), visit(3)], [shift(), shift()], not_eligible=[(0, 0), (1, 0), (2, 1)]
    )
    for many in (0, 2500):
        found = lists(problem, many)
        assert found.near.tolist() == [[1, -1], [0, -1], [-1, -1]]
        assert found.close.tolist() == [[1, 2], [0, 2], [1, 0]]


def test_a_visit_is_not_in_its_own_list_where_others_are_at_its_place():
    problem = line_problem([visit(1), visit(1), visit(1), visit(4)], [shift()])
    assert lists(problem, many=0).close.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


def test_of_more_shifts_than_fronts_the_nearest_that_may_serve_a_visit_are_listed():
    shifts = [shift(home=place) for place in range(60)]
    problem = line_problem([visit(10)], shifts, not_eligible=[(0, 10), (0, 12)])
    found = nearest_shifts(problem, priced(problem))[0].tolist()
    near = sorted((place for place in range(60) if place not in (10, 12)), key=lambda place: abs(place - 10))
    assert {abs(place - 10) for place in found} == {abs(place - 10) for place in near[:24]}
    assert len(found) == 24


def test_a_visit_that_few_may_serve_has_few_fronts():
    problem = line_problem([visit(1)], [shift()] * 50, not_eligible=[(0, s) for s in range(50) if s != 7])
    assert nearest_shifts(problem, priced(problem))[0].tolist() == [7, *[-1] * 23]


def test_travel_of_several_modes_that_lies_in_one_array_is_used_as_it_is():
    ticks = np.array([[0, 1], [2, 3], [4, 5], [6, 7]], dtype=np.int32)
    together = (Travel(ticks[:2], ticks[:2]), Travel(ticks[2:], ticks[2:]))
    problem = line_problem([visit(1)], [shift(), shift(mode=1)], travel=together)
    assert share(problem).ticks is ticks


def test_travel_of_several_modes_in_another_order_is_put_in_theirs():
    ticks = np.array([[0, 1], [2, 3], [4, 5], [6, 7]], dtype=np.int32)
    swapped = (Travel(ticks[2:], ticks[2:]), Travel(ticks[:2], ticks[:2]))
    problem = line_problem([visit(1)], [shift(), shift(mode=1)], travel=swapped)
    assert share(problem).ticks.tolist() == [[4, 5], [6, 7], [0, 1], [2, 3]]


def test_travel_of_several_modes_in_several_arrays_is_put_together():
    travel = (line_travel([0, 5]), line_travel([0, 9]))
    problem = line_problem([visit(1)], [shift(), shift(mode=1)], travel=travel)
    assert share(problem).ticks.tolist() == [[0, 5], [5, 0], [0, 9], [9, 0]]
