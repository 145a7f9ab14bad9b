"""The numbers of places: near ones near each other, and no plan another for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import SolveOptions, violations
from visitplan.solver.search import places
from visitplan.solver.search.engine import Search


@pytest.fixture
def numbered_always(monkeypatch):
    monkeypatch.setattr(places, "FEWEST", 0)


def test_places_are_numbered_from_each_to_the_nearest(numbered_always):
    problem = line_problem([visit(k) for k in range(5)], [shift()], positions=[0, 50, 10, 60, 20])
    assert places.numbers(problem, 0).tolist() == [0, 3, 1, 4, 2]


def test_ways_that_nobody_can_go_are_no_reason_to_number_a_place_twice(numbered_always):
    problem = line_problem([visit(k) for k in range(4)], [shift()])
    problem.travel[0].ticks[:] = np.iinfo(np.int32).max
    assert sorted(places.numbers(problem, 0)) == [0, 1, 2, 3]


def test_small_and_very_large_tables_stay_as_they_are(monkeypatch):
    problem = line_problem([visit(k) for k in range(5)], [shift()])
    table = problem.travel[0].ticks
    assert places.numbers(problem, 0) is None
    assert places.renumbered(table, None) is table
    monkeypatch.setattr(places, "FEWEST", 0)
    monkeypatch.setattr(places, "MOST", 4)
    assert places.numbers(problem, 0) is None


@settings(max_examples=60, deadline=None)
@given(routing_problems(most_visits=8, most_shifts=4), st.integers(0, 99))
def test_a_plan_is_the_same_however_places_are_numbered(problem, seed):
    options = SolveOptions(time_limit=None, iterations=200, seed=seed)
    as_they_are = Search(problem, options, checked=True).run()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(places, "FEWEST", 0)
        numbered = Search(problem, options, checked=True).run()
    assert violations(problem, numbered.routes) == []
    assert numbered.routes == as_they_are.routes
    assert numbered.cost == as_they_are.cost
