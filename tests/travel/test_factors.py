"""Slower hours: policy to ticks, and legs that last over a change."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitplan.domain.period import DAY, HOUR, Period
from visitplan.domain.places import DayFactors
from visitplan.policy import TimeFactor, TravelPolicy
from visitplan.solver.arithmetic import travel_ticks
from visitplan.solver.problem import TimeFactors, Travel
from visitplan.travel import day_factors


def slowed(seconds: int, depart: int, factors: DayFactors) -> int:
    return factors.slowed(seconds, depart)


MONDAY = dt.date(2026, 6, 1)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def policy(*entries: tuple[str, float], days: tuple[str, ...] = WORKDAYS) -> TravelPolicy:
    factors = (
        TimeFactor(start=dt.time.fromisoformat(start), factor=factor, days=days) for start, factor in entries
    )
    return TravelPolicy(factors=tuple(factors))


def changes(policy: TravelPolicy, first: dt.date, last: dt.date | None = None) -> list[tuple[int, int]]:
    factors = day_factors(policy, Period(first, last or first))
    return list(zip(factors.starts, factors.permille, strict=True))


@st.composite
def any_factors(draw: st.DrawFn) -> DayFactors:
    starts = sorted(draw(st.sets(st.integers(-50, 400), max_size=6)))
    permille = draw(st.lists(st.integers(100, 10_000), min_size=len(starts), max_size=len(starts)))
    return DayFactors(tuple(starts), tuple(permille))


def test_a_policy_without_factors_has_none():
    assert day_factors(TravelPolicy(), Period(MONDAY, MONDAY)) == DayFactors()


def test_a_rush_hour_comes_back_every_working_day():
    friday = MONDAY + dt.timedelta(days=4)
    rush = policy(("07:30", 1.3), ("09:00", 1))
    assert changes(rush, friday, friday + dt.timedelta(days=3)) == [
        (7 * HOUR + 1800, 1300),
        (9 * HOUR, 1000),
        (3 * DAY + 7 * HOUR + 1800, 1300),
        (3 * DAY + 9 * HOUR, 1000),
        (4 * DAY + 7 * HOUR + 1800, 1300),
        (4 * DAY + 9 * HOUR, 1000),
    ]


def test_a_factor_ends_at_midnight():
    assert changes(policy(("16:00", 1.4), days=("mon",)), MONDAY) == [(16 * HOUR, 1400), (DAY, 1000)]


def test_a_factor_from_midnight_needs_no_pause():
    night = policy(("00:00", 0.9), ("06:00", 1), ("22:00", 0.9), days=("mon", "tue"))
    assert changes(night, MONDAY) == [
        (0, 900),
        (6 * HOUR, 1000),
        (22 * HOUR, 900),
        (DAY + 6 * HOUR, 1000),
        (DAY + 22 * HOUR, 900),
        (2 * DAY, 1000),
    ]


@pytest.mark.parametrize(("sunday", "hours"), [(dt.date(2026, 3, 29), 7), (dt.date(2026, 10, 25), 9)])
def test_eight_in_the_morning_is_eight_on_the_clock_when_the_clock_changes(sunday, hours):
    assert changes(policy(("08:00", 1.5), ("09:00", 1), days=("sun",)), sunday) == [
        (hours * HOUR, 1500),
        ((hours + 1) * HOUR, 1000),
    ]


def test_where_the_clock_skips_the_later_entry_holds():
    spring = dt.date(2026, 3, 29)
    skipped = policy(("01:30", 2), ("02:15", 1.5), ("03:00", 1), days=("sun",))
    assert changes(skipped, spring) == [(HOUR + 15 * 60, 1500), (2 * HOUR, 1000)]


def test_without_factors_a_leg_takes_its_free_flow_time():
    assert slowed(600, 0, DayFactors()) == 600


def test_a_leg_before_the_first_change_is_free():
    assert slowed(600, 0, DayFactors((1000,), (2000,))) == 600
    assert slowed(1000, 0, DayFactors((1000,), (2000,))) == 1000


def test_a_leg_over_a_change_drives_each_part_at_its_own_factor():
    rush = DayFactors((1000, 2000), (2000, 500))
    assert slowed(600, 700, rush) == 300 + 300 * 2
    assert slowed(600, 1800, rush) == 200 + 500 // 2
    assert slowed(2000, 700, rush) == 300 + 1000 + 1200 // 2
    assert slowed(600, 5000, rush) == 300


def test_the_sum_is_rounded_up_once():
    assert slowed(1, 0, DayFactors((0,), (1001,))) == 2
    assert slowed(3, 0, DayFactors((0, 1), (3000, 1500))) == 5  # 1/3 s, then 8/3 s at 1.5: 1 + 4
    assert slowed(0, 0, DayFactors((0,), (1500,))) == 0


@given(any_factors(), st.integers(0, 500), st.integers(-100, 400))
def test_who_sets_off_later_never_arrives_earlier(factors, seconds, depart):
    assert depart + slowed(seconds, depart, factors) <= depart + 1 + slowed(seconds, depart + 1, factors)


@given(any_factors(), st.integers(0, 500), st.integers(-100, 400))
def test_a_longer_leg_never_takes_less_time(factors, seconds, depart):
    assert slowed(seconds, depart, factors) <= slowed(seconds + 1, depart, factors)


@given(any_factors(), st.integers(0, 500), st.integers(-100, 400))
def test_a_leg_takes_the_fewest_ticks_in_which_it_can_be_driven(factors, seconds, depart):
    def driven(ticks: int) -> float:
        permille = dict(zip(factors.starts, factors.permille, strict=True))
        done, current = 0.0, 1000
        for tick in range(min((*factors.starts, depart)), depart + ticks):
            current = permille.get(tick, current)
            done += 1000 / current if tick >= depart else 0
        return done

    taken = slowed(seconds, depart, factors)
    assert driven(taken) >= seconds - 1e-6
    assert taken == 0 or driven(taken - 1) < seconds + 1e-6


@given(any_factors(), st.integers(0, 500), st.integers(-100, 400))
def test_the_solver_reckons_the_same(factors, seconds, depart):
    ticks = np.array([[0, seconds], [seconds, 0]], dtype=np.int32)
    travel = Travel(ticks, np.zeros_like(ticks), TimeFactors(factors.starts, factors.permille))
    assert travel_ticks(travel, 0, 1, depart) == slowed(seconds, depart, factors)
