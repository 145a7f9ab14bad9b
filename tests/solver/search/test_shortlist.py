"""The places written down for a visit against plain Python: each once, with what legs and assignment cost."""

from __future__ import annotations

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.solver.search.test_twins import loaded
from tests.solver.strategies import routing_problems
from visitplan.solver.search import layout as at
from visitplan.solver.search.arrays import table
from visitplan.solver.search.shortlist import shortlist
from visitplan.solver.search.work import REMOVE, work


def places(arrays, v, everywhere):
    """Give the nodes after which a visit is looked at, in their order."""
    visits, shifts = arrays.count[at.VISITS], arrays.count[at.SHIFTS]
    if everywhere:
        return [*range(visits), *range(visits, visits + shifts)]
    near = arrays.before[arrays.before_from[v] : arrays.before_from[v + 1], 0]
    return [*near.tolist(), *(visits + r for r in arrays.front[v].tolist() if r >= 0)]


def expected(problem, arrays, v, bound, everywhere):
    """Give the places that cost less than the bound, and what they cost."""
    node, visits, found = arrays.node, len(problem.visits), []
    for p in places(arrays, v, everywhere):
        r = node[p, at.ROUTE]
        if r < 0 or arrays.price[v, r] < 0:
            continue
        q, legs = node[p, at.NEXT], problem.travel[problem.shifts[r].mode].cost
        here, before, after = node[v, at.PLACE], node[p, at.PLACE], node[q, at.PLACE]
        way_was = 0 if p >= visits and q >= visits else legs[before, after]
        use = problem.shifts[r].use_cost if p >= visits and q >= visits else 0
        cost = arrays.price[v, r] + legs[before, here] + legs[here, after] - way_was + use
        if cost - arrays.waiting[r] < bound:
            found.append((p, cost))
    return found


@settings(max_examples=150, deadline=None)
@given(st.data(), st.booleans())
def test_places_that_may_cost_little_enough_are_written_down_with_their_cost(data, everywhere):
    problem = data.draw(routing_problems(most_visits=8, most_shifts=4))
    arrays = loaded(problem, data.draw(st.integers(0, 99)))
    state, v = table(arrays), data.draw(st.integers(0, len(problem.visits) - 1))
    if arrays.node[v, at.ROUTE] >= 0:
        assume(work(state, REMOVE, int(arrays.visit[v, at.UNIT]), 0) < at.IMPOSSIBLE)
    bound = data.draw(st.sampled_from([0, 50, 500, 5_000, 10**9]))
    number = shortlist(state, v, bound, int(everywhere))
    found = list(zip(arrays.option[:number, 0].tolist(), arrays.option_cost[:number].tolist(), strict=True))
    assert found == expected(problem, arrays, v, bound, everywhere)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_a_leg_is_looked_up_where_it_stands_in_the_lists(data):
    problem = data.draw(routing_problems(most_visits=8, most_shifts=4))
    arrays = loaded(problem)
    v = data.draw(st.integers(0, len(problem.visits) - 1))
    number = shortlist(table(arrays), v, 10**9, 0)
    for p, row in arrays.option[:number].tolist():
        r = arrays.node[p, at.ROUTE]
        listed = p < len(problem.visits) and problem.shifts[r].mode == arrays.count[at.MAIN_MODE]
        assert (row >= 0) == listed
        if listed:
            assert arrays.before[row, 0] == p
            assert arrays.before_from[v] <= row < arrays.before_from[v + 1]
