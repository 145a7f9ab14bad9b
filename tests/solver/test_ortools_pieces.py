from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.solver.builders import line_problem, shift, visit
from tests.solver.strategies import routing_problems
from visitplan.solver import Link, StaffRule, violations
from visitplan.solver.greedy import greedy
from visitplan.solver.ortools_engine.blocks import blocks
from visitplan.solver.ortools_engine.limits import Watch
from visitplan.solver.ortools_engine.neighbourhoods import Surroundings
from visitplan.solver.ortools_engine.turns import Turns
from visitplan.solver.pieces import cut, decouple, splice
from visitplan.solver.timing import time_runs


def pair(link, **more):
    """Give two visits at one place, linked, each on a shift of its own, and their plan."""
    problem = line_problem([visit(5), visit(5)], [shift(), shift(staff=1)], links=[link], **more)
    return problem, time_runs(problem, {0: (0,), 1: (1,)})


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_piece_of_a_valid_plan_is_a_valid_plan_and_goes_back_as_it_came(data):
    problem = data.draw(routing_problems())
    routes = greedy(problem).routes
    shifts = data.draw(st.sets(st.integers(0, len(problem.shifts) - 1), min_size=1))
    piece = cut(problem, routes, shifts)
    assert violations(piece.problem, piece.routes) == []
    assert splice(routes, piece, piece.routes) == routes


@settings(max_examples=60, deadline=None)
@given(routing_problems())
def test_a_plan_stays_valid_when_its_links_become_windows(problem):
    routes = greedy(problem).routes
    assert violations(decouple(problem, routes), routes) == []


def test_a_link_to_a_frozen_visit_narrows_the_window():
    problem, routes = pair(Link(0, 1, 30, 40))
    piece = cut(problem, routes, [1])
    start = routes[0].starts[0]
    window = piece.problem.visits[0].windows[0]
    assert (window.earliest, window.latest) == (start + 30, start + 40)


def test_a_link_from_a_frozen_visit_narrows_the_other_way():
    problem, routes = pair(Link(0, 1, 30, None))
    piece = cut(problem, routes, [0])
    assert piece.problem.visits[0].windows[0].latest == routes[1].starts[0] - 30


def test_a_frozen_partner_keeps_its_staff_to_itself():
    problem, routes = pair(Link(0, 1, None, None, StaffRule.DISTINCT))
    three = line_problem(
        [visit(5), visit(5)],
        [shift(), shift(staff=1), shift(500, 900, staff=0)],
        links=[Link(0, 1, None, None, StaffRule.DISTINCT)],
    )
    piece = cut(three, routes, [1, 2])
    assert piece.problem.eligible.tolist() == [[True, False]]
    assert violations(problem, routes) == []


def test_a_visit_must_be_served_while_frozen_members_of_its_group_are():
    problem, routes = pair(Link(0, 1, 0, 0), groups=[(0, 1)])
    assert cut(problem, routes, [1]).required == {0}
    assert cut(problem, routes, [0, 1]).required == frozenset()


def test_frozen_hours_count_towards_the_week():
    problem = line_problem([visit(0), visit(0, (1000, 1100))], [shift(), shift(1000, 1500)], week_limits=[25])
    piece = cut(problem, time_runs(problem, {0: (0,), 1: (1,)}), [1])
    assert piece.problem.week_limits == (15,)


def test_an_unassigned_unit_that_cannot_stand_beside_frozen_visits_is_left_behind():
    problem = line_problem(
        [visit(5, (0, 10)), visit(5, (500, 600)), visit(5)],
        [shift(), shift(staff=1)],
        links=[Link(0, 1, 0, 0)],
        groups=[(1, 2)],
    )
    piece = cut(problem, time_runs(problem, {0: (0,)}), [1], extra=[1, 2])
    assert piece.visits == ()


def test_the_slack_of_a_link_is_shared():
    problem, routes = pair(Link(0, 1, 0, 100))
    apart = decouple(problem, routes)
    first, second = (visit.windows[0] for visit in apart.visits)
    assert second.earliest - first.latest >= 0
    assert second.latest - first.earliest <= 100
    assert apart.links == ()


def test_blocks_hold_every_shift_once_and_a_share_of_each_skill():
    places = list(range(40))
    skilled = [(v, s) for v in range(40) for s in range(16) if v % 2 != s % 2]
    problem = line_problem(
        [visit(place) for place in places],
        [shift(staff=s, home=(5 * s) % 40) for s in range(16)],
        not_eligible=skilled,
    )
    parts = blocks(problem, greedy(problem).routes, 20)
    assert sorted(s for part in parts for s in part) == list(range(16))
    assert len(parts) > 1
    assert all({s % 2 for s in part} == {0, 1} for part in parts)


def test_a_small_plan_is_one_block():
    problem = line_problem([visit(1)], [shift(), shift(staff=1)])
    assert blocks(problem, greedy(problem).routes, 20) == [(0, 1)]


def test_neighbouring_runs_are_those_that_could_serve_the_visit():
    problem = line_problem(
        [visit(0), visit(1)],
        [shift(), shift(staff=1, home=1), shift(staff=2)],
        not_eligible=[(0, 2), (1, 2)],
    )
    near = Surroundings(problem).runs_near(greedy(problem).routes, (), 2, Random(1))
    assert near.shifts == (0, 1)


def test_visits_nearby_bring_their_groups_and_their_shifts():
    problem = line_problem(
        [visit(0), visit(1), visit(1)], [shift(), shift(staff=1)], groups=[(1, 2)], links=[Link(1, 2)]
    )
    routes = greedy(problem).routes
    near = Surroundings(problem).visits_near(routes, (), 3, 7, Random(1))
    assert near.loose == {0, 1, 2}
    assert set(near.shifts) >= {route.shift for route in routes}


def test_an_unassigned_group_comes_along_whole():
    problem = line_problem([visit(0), visit(1), visit(1)], [shift(), shift(staff=1)], groups=[(1, 2)])
    routes = time_runs(problem, {0: (0,)})
    drawn = [Surroundings(problem).visits_near(routes, (1, 2), 3, 7, Random(seed)) for seed in range(8)]
    assert {near.extra for near in drawn} == {(), (1, 2)}


def test_a_search_that_succeeds_has_more_turns_but_not_all():
    rng, turns = Random(1), Turns(("good", "poor"), (1.0, 1.0))
    drawn = []
    for _ in range(300):
        drawn.append(turns.draw(rng))
        turns.learn(drawn[-1], drawn[-1] == "good")
    assert 10 < drawn.count("poor") < 100


def test_a_watch_stops_after_its_seconds_and_its_questions():
    now = iter(np.arange(0.0, 10.0))
    by_time = Watch(lambda: float(next(now)), lambda: False, seconds=2.5)
    assert [by_time() for _ in range(3)] == [False, False, True]
    by_count = Watch(lambda: 0.0, lambda: False, seconds=None, questions=2)
    assert [by_count() for _ in range(3)] == [False, False, True]


def test_a_watch_keeps_what_was_raised():
    def broken():
        raise KeyboardInterrupt

    watch = Watch(lambda: 0.0, broken, seconds=None)
    assert watch() is True
    with pytest.raises(KeyboardInterrupt):
        watch.raise_kept()
