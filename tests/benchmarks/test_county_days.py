from __future__ import annotations

import numpy as np
import pytest

from benchmarks.county_days import (
    DURATIONS,
    FEWEST_CANDIDATES,
    LATE_MINUTES,
    UNASSIGNED_MINUTES,
    UNIT,
    Recipe,
    county_day,
)
from visitplan.solver import RoutingProblem, SolveOptions, solve, violations


@pytest.fixture(scope="module")
def day() -> RoutingProblem:
    return county_day(Recipe(300))


@pytest.fixture(scope="module")
def hard_day() -> RoutingProblem:
    return county_day(Recipe(300, linked=0, soft=False))


def test_the_same_recipe_gives_the_same_day(day: RoutingProblem) -> None:
    again = county_day(Recipe(300))
    assert again.visits == day.visits
    assert again.shifts == day.shifts
    assert again.links == day.links
    assert np.array_equal(again.travel[0].ticks, day.travel[0].ticks)
    assert np.array_equal(again.eligible, day.eligible)


def test_another_seed_gives_another_day(day: RoutingProblem) -> None:
    assert county_day(Recipe(300, seed=8)).visits != day.visits


def test_a_day_has_as_many_visits_as_asked_for_and_12_per_cent_of_them_in_pairs(day: RoutingProblem) -> None:
    assert len(day.visits) == 300
    assert sum(len(group) for group in day.groups if len(group) == 2) == 36
    assert sum(len(group) == 3 for group in day.groups) == 3


def test_members_of_a_group_are_at_one_place_and_linked(day: RoutingProblem) -> None:
    linked = {frozenset((link.first, link.second)) for link in day.links}
    for first, *others in day.groups:
        assert {day.visits[v].place for v in others} == {day.visits[first].place}
        assert all(frozenset((first, v)) in linked for v in others)


def test_a_pair_meets_or_leaves_room_for_the_first_to_be_done(day: RoutingProblem) -> None:
    apart = [link for link in day.links if link.hi]
    together = [link for link in day.links if not link.hi]
    assert len(together) > len(apart) > 0
    assert all(link.lo == day.visits[link.first].duration + 15 * UNIT for link in apart)


def test_windows_end_with_a_quarter_of_an_hour_that_is_late(day: RoutingProblem) -> None:
    assert all(v.windows[0].latest - v.windows[0].preferred[1] == LATE_MINUTES * UNIT for v in day.visits)
    assert {v.duration for v in day.visits} <= {minutes * UNIT for minutes in DURATIONS}
    assert {v.unassigned_cost for v in day.visits} == {UNASSIGNED_MINUTES * UNIT}


def test_some_who_have_the_skill_can_be_there_in_time(day: RoutingProblem) -> None:
    assert (day.eligible.sum(axis=1) >= FEWEST_CANDIDATES).all()


def test_a_hard_day_has_no_links_no_lateness_no_overtime_and_no_strangers(hard_day: RoutingProblem) -> None:
    assert (hard_day.links, hard_day.groups) == ((), ())
    assert not hard_day.assignment_cost.any()
    assert not any(v.late_cost for v in hard_day.visits)
    assert not any(s.max_overtime for s in hard_day.shifts)


def test_a_first_plan_serves_most_of_a_day(day: RoutingProblem) -> None:
    plan = solve(day, SolveOptions(5.0), "greedy")
    assert violations(day, plan.routes) == []
    assert len(plan.unassigned) < 60
