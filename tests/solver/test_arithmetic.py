from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.solver.builders import line_travel
from visitplan.solver.arithmetic import (
    best_travel,
    latest_departure,
    round_up,
    travel_ticks,
    worst_travel,
)
from visitplan.solver.problem import TimeFactors

RUSH = TimeFactors(starts=(100, 200), permille=(2000, 1000))


def test_a_leg_without_factors_takes_its_free_flow_ticks():
    assert travel_ticks(line_travel([0, 30]), 0, 1, depart=150) == 30


def test_a_leg_within_the_rush_hour_takes_twice_as_long():
    assert travel_ticks(line_travel([0, 30], RUSH), 0, 1, depart=120) == 60


def test_a_leg_before_the_first_change_takes_its_free_flow_ticks():
    assert travel_ticks(line_travel([0, 30], RUSH), 0, 1, depart=50) == 30


def test_a_leg_into_the_rush_hour_drives_each_part_at_its_own_factor():
    # 10 ticks before the rush, the other 20 take twice as long.
    assert travel_ticks(line_travel([0, 30], RUSH), 0, 1, depart=90) == 10 + 40


def test_a_leg_out_of_the_rush_hour_is_faster_at_its_end():
    # 10 ticks of rush cover 5, the other 25 flow freely.
    assert travel_ticks(line_travel([0, 30], RUSH), 0, 1, depart=190) == 10 + 25


def test_a_leg_over_several_changes_adds_up_its_parts():
    # 10 free, then the whole rush hour of 100 covers 50, then 20 free.
    assert travel_ticks(line_travel([0, 80], RUSH), 0, 1, depart=90) == 10 + 100 + 20


def test_travel_by_time_of_day_is_rounded_up_to_the_grid():
    factors = TimeFactors(starts=(0,), permille=(1100,))
    assert travel_ticks(line_travel([0, 30], factors), 0, 1, depart=0, grid=5) == 35


def test_staying_where_one_is_takes_no_time_at_any_hour():
    assert travel_ticks(line_travel([0, 30], RUSH), 1, 1, depart=120, grid=5) == 0


def test_the_latest_departure_allows_for_the_rush_hour():
    travel = line_travel([0, 30], RUSH)
    assert latest_departure(travel, 0, 1, arrive=180, earliest=0) == 120
    assert latest_departure(travel, 0, 1, arrive=140, earliest=0) == 90


def test_there_is_no_latest_departure_before_the_earliest():
    assert latest_departure(line_travel([0, 30], RUSH), 0, 1, arrive=140, earliest=91) is None
    assert latest_departure(line_travel([0, 30]), 0, 1, arrive=140, earliest=111) is None
    assert latest_departure(line_travel([0, 30], RUSH), 0, 1, arrive=10, earliest=50) is None


def test_the_worst_travel_of_a_span_takes_its_slowest_hour():
    travel = line_travel([0, 30], RUSH)
    assert worst_travel(travel, 0, 99).tolist() == [[0, 30], [30, 0]]
    assert worst_travel(travel, 0, 100).tolist() == [[0, 60], [60, 0]]
    assert worst_travel(travel, 200, 300).tolist() == [[0, 30], [30, 0]]
    assert worst_travel(line_travel([0, 31], TimeFactors((0,), (1100,))), 5, 9, grid=5)[0, 1] == 35


def test_travel_without_factors_is_its_own_best_and_worst():
    travel = line_travel([0, 30])
    assert worst_travel(travel, 0, 500) is travel.ticks
    assert best_travel(travel, 0, 500) is travel.ticks


def test_rounding_goes_to_multiples_of_the_grid():
    assert [round_up(t, 5) for t in (-6, 0, 1, 5)] == [-5, 0, 5, 5]


factor_lists = st.lists(
    st.tuples(st.integers(0, 300), st.integers(200, 4000)), max_size=5, unique_by=lambda pair: pair[0]
).map(lambda pairs: TimeFactors(tuple(s for s, _ in sorted(pairs)), tuple(p for _, p in sorted(pairs))))


@given(factor_lists, st.integers(0, 200), st.integers(0, 300), st.integers(1, 40), st.sampled_from([1, 3, 5]))
def test_leaving_later_never_means_arriving_earlier(factors, free, depart, later, grid):
    travel = line_travel([0, free], factors)
    depart = depart // grid * grid
    second = depart + later * grid
    arrive = depart + travel_ticks(travel, 0, 1, depart, grid)
    assert arrive <= second + travel_ticks(travel, 0, 1, second, grid)


@given(
    factor_lists, st.integers(0, 100), st.integers(0, 500), st.integers(0, 300), st.sampled_from([1, 3, 5])
)
def test_the_latest_departure_is_in_time_and_the_next_one_is_not(factors, free, arrive, earliest, grid):
    travel = line_travel([0, free], factors, grid=1)
    leave = latest_departure(travel, 0, 1, arrive, earliest, grid)
    candidates = [t for t in range(arrive, earliest - 1, -grid)]
    if not factors.starts or free == 0:
        candidates = list(range(arrive, earliest - 1, -1))
    in_time = [t for t in candidates if t + travel_ticks(travel, 0, 1, t, grid) <= arrive]
    assert leave == max(in_time, default=None)


@given(factor_lists, st.integers(0, 100), st.integers(0, 300), st.integers(0, 300))
def test_best_and_worst_travel_bound_every_leg_driven_within_their_span(factors, free, one, other):
    travel = line_travel([0, free], factors)
    start, end = sorted((one, other))
    for depart in range(start, end + 1, 7):
        taken = travel_ticks(travel, 0, 1, depart)
        if depart + taken <= end:
            assert best_travel(travel, start, end)[0, 1] <= taken <= worst_travel(travel, start, end)[0, 1]
    assert worst_travel(travel, start, end).dtype == np.int32
