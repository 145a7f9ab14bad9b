"""The checker's own clock: clock changes, slow hours, and visits made from requests."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.checking.builders import MONDAY, request
from visitplan.checking.calendar import Calendar, minutes, whole_minutes
from visitplan.checking.expected import expected_visits, merged, start_stretch
from visitplan.domain.period import Period
from visitplan.policy import TimeFactor

HOUR = 3600
OCTOBER = Calendar(Period(dt.date(2026, 10, 25), dt.date(2026, 10, 26)))
MARCH = Calendar(Period(dt.date(2026, 3, 29), dt.date(2026, 3, 30)))


def slow(clock: str, factor: float, *days: str) -> TimeFactor:
    given: dict[str, Any] = {"days": days} if days else {}
    return TimeFactor(start=dt.time.fromisoformat(clock), factor=factor, **given)


def monday(*factors: TimeFactor) -> Calendar:
    return Calendar(Period(MONDAY, MONDAY), factors)


def test_a_clock_time_that_happens_twice_means_the_first() -> None:
    assert OCTOBER.tick(dt.date(2026, 10, 25), dt.time(1, 30)) == 1.5 * HOUR
    assert OCTOBER.tick(dt.date(2026, 10, 25), dt.time(3)) == 4 * HOUR
    assert OCTOBER.tick(dt.date(2026, 10, 26)) == 25 * HOUR
    assert [OCTOBER.clock(tick) for tick in (5400, 9000)] == ["01:30", "01:30"]


def test_a_clock_time_that_is_skipped_means_an_hour_later() -> None:
    assert MARCH.tick(dt.date(2026, 3, 29), dt.time(1, 30)) == 1.5 * HOUR
    assert MARCH.clock(5400) == "02:30"
    assert MARCH.tick(dt.date(2026, 3, 30)) == 23 * HOUR


def test_a_window_whose_start_is_skipped_shrinks_to_its_start() -> None:
    asked = request("R", "H", "nursing", 30, "01:30-02:15")
    assert start_stretch(asked, dt.date(2026, 3, 29), MARCH) == (5400, 5400)


def test_a_tick_that_no_calendar_reaches_is_told_as_a_tick() -> None:
    for tick in (10**12, -(10**12), 10**30, -(10**30)):
        assert OCTOBER.date(tick) is None
        assert OCTOBER.text(tick) == OCTOBER.clock(tick) == f"tick {tick}"


def test_seconds_are_told_only_where_there_are_some() -> None:
    assert OCTOBER.text(61) == "2026-10-25 00:01:01"
    assert OCTOBER.clock(60) == "00:01"
    assert [minutes(s) for s in (0, 90, -60)] == ["0 min", "1 min 30 s", "-1 min"]
    assert [whole_minutes(s) for s in (0, 1, 60, 61)] == [0, 60, 60, 120]


def test_without_slow_hours_a_leg_takes_its_free_flow_time() -> None:
    assert monday().on_the_road(599, 8 * HOUR) == 599


def test_each_part_of_a_leg_is_driven_at_its_own_factor() -> None:
    calendar = monday(slow("08:00", 2), slow("09:00", 1.5))
    assert calendar.on_the_road(600, 7 * HOUR) == 600
    assert calendar.on_the_road(600, 8 * HOUR) == 1200
    assert calendar.on_the_road(600, 8 * HOUR - 300) == 300 + 600
    assert calendar.on_the_road(600, 9 * HOUR - 600) == 600 + 450
    assert calendar.on_the_road(601, 9 * HOUR) == 902  # 901.5


def test_a_factor_ends_at_midnight_and_holds_on_its_weekdays_only() -> None:
    calendar = Calendar(Period(MONDAY, MONDAY + dt.timedelta(days=1)), (slow("22:00", 2, "mon"),))
    assert calendar.on_the_road(600, 24 * HOUR - 600) == 600 + 300
    assert calendar.on_the_road(600, 46 * HOUR) == 600


def test_a_factor_of_the_night_after_the_period_holds_too() -> None:
    assert monday(slow("00:00", 2)).on_the_road(600, 24 * HOUR + 10) == 1200


@given(
    st.lists(st.tuples(st.integers(0, 23), st.sampled_from((0.5, 0.7, 1, 1.3, 3))), unique_by=lambda f: f[0]),
    st.integers(0, 4 * HOUR),
    st.integers(0, 26 * HOUR),
    st.integers(0, 2 * HOUR),
)
def test_who_leaves_later_never_arrives_earlier(
    factors: list[tuple[int, float]], free_flow: int, left: int, later: int
) -> None:
    calendar = monday(*(slow(f"{hour:02}:00", factor) for hour, factor in factors))
    first = left + calendar.on_the_road(free_flow, left)
    assert left + later + calendar.on_the_road(free_flow, left + later) >= first


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, ["R"]),
        ({"staff_needed": 2}, ["R/a", "R/b"]),
        ({"visits": 2, "latest_date": MONDAY + dt.timedelta(days=1)}, ["R/1", "R/2"]),
        ({"visits": 2, "staff_needed": 2}, ["R/1a", "R/1b", "R/2a", "R/2b"]),
        ({"daily": True, "latest_date": MONDAY + dt.timedelta(days=9)}, ["R/1", "R/2", "R/3"]),
        ({"daily": True, "weekdays": frozenset({6})}, ["R"]),
    ],
)
def test_a_request_makes_its_visits(changes: dict[str, Any], names: list[str]) -> None:
    asked = replace(request("R", "H", "nursing", 30, "09:00-10:00"), **changes)
    calendar = Calendar(Period(MONDAY, MONDAY + dt.timedelta(days=2)))
    assert [visit.visit_id for visit in expected_visits([asked], calendar)] == names


def test_the_twenty_seventh_member_of_staff_has_two_letters() -> None:
    asked = replace(request("R", "H", "nursing", 30, "09:00-10:00"), staff_needed=28)
    names = [visit.visit_id for visit in expected_visits([asked], monday())]
    assert names[25:] == ["R/z", "R/aa", "R/ab"]


def test_stretches_that_overlap_or_touch_become_one() -> None:
    assert merged([(20, 30), (0, 5), (6, 9), (25, 27), (11, 11)]) == [(0, 9), (11, 11), (20, 30)]
