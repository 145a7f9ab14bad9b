"""Which visits are near which, and which shifts are near a visit; how many are looked at changes nothing."""

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, line_travel, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import Travel
from visitplan.solver.problem import RoutingProblem
from visitplan.solver.search import nearness
from visitplan.solver.search import neighbours as searched
from visitplan.solver.search.building import share
from visitplan.solver.search.neighbours import Neighbours, nearest_shifts, neighbours


def priced(problem: RoutingProblem) -> np.ndarray:
    return np.where(problem.eligible, problem.assignment_cost, -1).astype(np.int32)


def lists(problem: RoutingProblem, threads: int = 1) -> Neighbours:
    return neighbours(problem, priced(problem), 0, threads)


def distance(problem: RoutingProblem, u: int, v: int) -> int | None:
    """Give how far ``v`` is after ``u``: five for a tick of travel or lateness, one for one of waiting."""
    one, other = problem.visits[u], problem.visits[v]
    leg = int(problem.travel[0].ticks[one.place, other.place])
    early = one.windows[0].earliest + one.duration + leg
    late = one.windows[-1].preferred[1] + one.duration + leg
    if early > other.windows[-1].latest:
        return None
    waits = max(0, other.windows[0].earliest - late)
    return 5 * leg + waits + 5 * max(0, early - other.windows[-1].preferred[1])


def meeting(problem: RoutingProblem, v: int) -> list[int]:
    """Give the other visits that some shift may serve both of."""
    return [
        u for u in range(len(problem.visits)) if u != v and (problem.eligible[u] & problem.eligible[v]).any()
    ]


@settings(max_examples=80, deadline=None)
@given(routing_problems(most_visits=9, most_shifts=4), st.integers(1, 3))
def test_neighbours_are_what_looking_at_every_pair_finds_nearest_first_whatever_the_threads(problem, threads):
    found = lists(problem, threads)
    for v in range(len(problem.visits)):
        others = meeting(problem, v)
        into = {u: distance(problem, u, v) for u in others}
        out = {u: distance(problem, v, u) for u in others}
        rows = found.before[found.before_from[v] : found.before_from[v + 1]]
        assert rows[:, 0].tolist() == sorted((u for u in others if into[u] is not None), key=into.get)
        never = 2**40
        nearest = {u: min(never if d is None else d for d in (into[u], out[u])) for u in others}
        can = [u for u in sorted(others, key=nearest.get) if nearest[u] < never]
        assert found.near[v, : len(can)].tolist() == can
        assert set(found.near[v].tolist()) - {-1} == set(others)
        ticks = [int(problem.travel[0].ticks[u.place, problem.visits[v].place]) for u in problem.visits]
        close = sorted((u for u in range(len(problem.visits)) if u != v), key=ticks.__getitem__)
        assert found.close[v].tolist() == (close or [-1])


@settings(max_examples=40, deadline=None)
@given(routing_problems(most_visits=9, most_shifts=4))
def test_of_long_lists_the_nearest_are_kept(problem):
    every = lists(problem)
    with patch.object(searched, "ADJACENT", 3), patch.object(searched, "PLACES", 3):
        some = lists(problem)
    assert np.array_equal(some.close, every.close[:, :3])
    for v in range(len(problem.visits)):
        some_rows, rows = (
            each.before[each.before_from[v] : each.before_from[v + 1]] for each in (some, every)
        )
        assert np.array_equal(some_rows, rows[: len(some_rows)])
        assert len(some_rows) >= min(3, len(rows))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 20), st.lists(st.integers(0, 9), max_size=40))
def test_of_keys_the_least_are_kept(most, keys):
    kept = np.full(most, 99, dtype=np.int64)
    nearness.keep_least(np.array([*keys, -1], dtype=np.int64), len(keys), kept)
    assert sorted(kept.tolist()) == sorted([*keys, *[99] * most])[:most]


def test_visits_that_no_shift_serves_both_of_are_close_and_not_near():
    problem = line_problem(
        [visit(1), visit(2), visit(3)], [shift(), shift()], not_eligible=[(0, 0), (1, 0), (2, 1)]
    )
    found = lists(problem)
    assert found.near.tolist() == [[1, -1], [0, -1], [-1, -1]]
    assert found.close.tolist() == [[1, 2], [0, 2], [1, 0]]


def test_a_visit_is_not_in_its_own_list_where_others_are_at_its_place():
    problem = line_problem([visit(1), visit(1), visit(1), visit(4)], [shift()])
    assert lists(problem).close.tolist() == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


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
