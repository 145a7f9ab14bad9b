"""Where a plan is cut into blocks, and what goes along with each."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver.cutting import blocks
from visitplan.solver.greedy import greedy
from visitplan.solver.problem import Link
from visitplan.solver.timing import time_runs


def street(count=40, staff=8, **kwargs):
    """Give visits along a street and members of staff who live along it, with a plan."""
    problem = line_problem(
        [visit(place) for place in range(count)],
        [shift(staff=s, home=count * s // staff) for s in range(staff)],
        **kwargs,
    )
    return problem, greedy(problem).routes


@settings(deadline=None, max_examples=60)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 4), st.integers(0, 5))
def test_every_shift_is_in_one_block_and_no_member_of_staff_in_two(problem, count, seed):
    found = blocks(problem, greedy(problem).routes, count, Random(seed))
    assert sorted(s for block in found for s in block.shifts) == list(range(len(problem.shifts)))
    homes = [{problem.shifts[s].staff for s in block.shifts} for block in found]
    assert sum(len(staff) for staff in homes) == len(set().union(*homes))
    assert len(found) == min(count, len(set().union(*homes)))


@settings(deadline=None, max_examples=60)
@given(routing_problems(most_visits=8, most_shifts=5), st.integers(1, 4), st.integers(0, 5))
def test_unassigned_visits_go_along_whole_and_with_one_block_at_most(problem, count, seed):
    found = blocks(problem, (), count, Random(seed))
    extra = [visit for block in found for visit in block.extra]
    assert len(extra) == len(set(extra))
    for block in found:
        for group in problem.groups:
            assert not set(group) & set(block.extra) or set(group) <= set(block.extra)


def test_both_ends_of_a_street_are_blocks_of_their_own():
    problem, routes = street()
    west, east = blocks(problem, routes, 2, Random(1))
    places = [
        {problem.visits[v].place for r in routes if r.shift in block.shifts for v in r.visits}
        for block in (west, east)
    ]
    assert max(places[0]) < min(places[1]) or max(places[1]) < min(places[0])


def test_successive_cuts_differ():
    problem = line_problem(
        [visit(place, (0, 100) if place % 2 else (500, 600)) for place in range(40)],
        [shift(500 * (s % 2), 500 * (s % 2) + 300, staff=s, home=5 * s) for s in range(8)],
    )
    rng = Random(1)
    cuts = {tuple(sorted(b.shifts for b in blocks(problem, (), 2, rng))) for _ in range(20)}
    assert len(cuts) > 1


def test_shifts_of_different_hours_are_apart_where_all_places_are_the_same():
    problem = line_problem(
        [visit(0, (0, 100)), visit(0, (0, 100)), visit(0, (500, 600)), visit(0, (500, 600))],
        [shift(0, 200, staff=0), shift(500, 800, staff=1), shift(0, 200, staff=2), shift(500, 800, staff=3)],
        positions=[0, 9],
    )
    routes = time_runs(problem, {0: (0,), 1: (2,), 2: (1,), 3: (3,)})
    cuts = [sorted(b.shifts for b in blocks(problem, routes, 2, Random(seed))) for seed in range(20)]
    assert [(0, 2), (1, 3)] in cuts


def test_a_cut_that_no_link_crosses_is_made_rather_than_one_that_links_cross():
    def cuts(links):
        problem = line_problem(
            [visit(0, (0, 100)), visit(0, (500, 600)), visit(9, (0, 100)), visit(9, (500, 600))],
            [shift(500 * (s % 2), 500 * (s % 2) + 300, staff=s, home=9 * (s // 2)) for s in range(4)],
            links=links,
        )
        routes = time_runs(problem, {0: (0,), 1: (1,), 2: (2,), 3: (3,)})
        return [sorted(b.shifts for b in blocks(problem, routes, 2, Random(seed))) for seed in range(20)]

    by_place = [(0, 1), (2, 3)]
    assert cuts([Link(0, 1, 0, 600), Link(2, 3, 0, 600)]).count(by_place) > 15
    assert cuts([Link(0, 2, 0, 600), Link(1, 3, 0, 600)]).count(by_place) < 10


def test_an_unassigned_visit_goes_along_with_somebody_near_who_may_serve_it():
    problem = line_problem(
        [visit(0), visit(30), visit(1)],
        [shift(staff=0), shift(staff=1, home=30), shift(staff=2, home=30)],
        not_eligible=[(2, 0)],
    )
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    for seed in range(5):
        found = blocks(problem, routes, 2, Random(seed))
        assert all(2 not in block.extra or set(block.shifts) & {1, 2} for block in found)
        assert any(2 in block.extra for block in found)


def test_an_unassigned_visit_goes_along_with_what_it_is_linked_to():
    problem = line_problem(
        [visit(0), visit(30), visit(0)], [shift(), shift(staff=1, home=30)], links=[Link(1, 2, 0, 500)]
    )
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    found = blocks(problem, routes, 2, Random(1))
    assert [block.extra for block in found if 1 in block.shifts] == [(2,)]


def test_an_unassigned_visit_linked_into_two_blocks_stays_behind():
    problem = line_problem(
        [visit(0), visit(30), visit(0)],
        [shift(), shift(staff=1, home=30)],
        links=[Link(0, 2, 0, 500), Link(1, 2, 0, 500)],
    )
    routes = time_runs(problem, {0: (0,), 1: (1,)})
    assert all(block.extra == () for block in blocks(problem, routes, 2, Random(1)))
