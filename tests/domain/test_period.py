"""The planning period's axis, above all over the nights on which the clock changes."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visitplan.domain.period import DAY, HOUR, Period
from visitplan.domain.windows import Window

LONDON = ZoneInfo("Europe/London")
SPRING = dt.date(2026, 3, 29)
AUTUMN = dt.date(2026, 10, 25)
MONDAY = dt.date(2026, 6, 1)

dates_near_changes = st.sampled_from([SPRING, AUTUMN]).flatmap(
    lambda change: st.dates(change - dt.timedelta(days=4), change + dt.timedelta(days=4))
)


def at(hour: int, minute: int = 0) -> dt.time:
    return dt.time(hour, minute)


def day_of(date: dt.date) -> Period:
    return Period(date, date)


def test_the_axis_begins_at_the_first_midnight():
    period = Period(MONDAY, MONDAY + dt.timedelta(days=6))
    assert period.tick(MONDAY) == 0
    assert period.tick(MONDAY, at(9, 30)) == 9 * HOUR + 1800
    assert period.tick(MONDAY + dt.timedelta(days=2), at(1)) == 2 * DAY + HOUR
    assert period.length == 7 * DAY


def test_a_date_before_the_period_has_negative_ticks():
    assert day_of(MONDAY).tick(MONDAY - dt.timedelta(days=1), at(23)) == -HOUR


def test_the_day_on_which_summer_time_ends_has_25_hours():
    assert day_of(AUTUMN).length == 25 * HOUR


def test_the_day_on_which_summer_time_begins_has_23_hours():
    assert day_of(SPRING).length == 23 * HOUR


def test_a_night_shift_over_the_october_change_is_an_hour_longer_than_the_clock_says():
    saturday = AUTUMN - dt.timedelta(days=1)
    night = Period(saturday, AUTUMN).stretch(saturday, at(22), at(6))
    assert night.length == 9 * HOUR


def test_a_shift_from_midnight_to_midnight_on_the_october_change_lasts_25_hours():
    assert day_of(AUTUMN).stretch(AUTUMN, at(0), at(0)) == Window(0, 25 * HOUR)


def test_a_night_shift_over_the_march_change_is_an_hour_shorter_than_the_clock_says():
    saturday = SPRING - dt.timedelta(days=1)
    night = Period(saturday, SPRING).stretch(saturday, at(22), at(6))
    assert night.length == 7 * HOUR


def test_a_clock_time_that_happens_twice_means_the_first():
    period = day_of(AUTUMN)
    assert period.tick(AUTUMN, at(1, 30)) == HOUR + 1800
    assert period.tick(AUTUMN, dt.time(1, 30, fold=1)) == HOUR + 1800
    assert period.clock(HOUR + 1800) == "01:30"
    assert period.clock(2 * HOUR + 1800) == "01:30"
    assert period.clock(3 * HOUR + 1800) == "02:30"


def test_a_clock_time_that_is_skipped_means_an_hour_later():
    period = day_of(SPRING)
    assert period.tick(SPRING, at(1, 30)) == HOUR + 1800
    assert period.clock(HOUR + 1800) == "02:30"


def test_a_stretch_whose_start_is_skipped_shrinks_instead_of_turning_round():
    period = day_of(SPRING)
    assert period.stretch(SPRING, at(1, 30), at(2, 15)).length == 0
    assert period.stretch(SPRING, at(1, 30), at(2, 45)).length == 15 * 60


def test_a_stretch_that_ends_at_its_start_ends_on_the_next_day():
    assert day_of(MONDAY).stretch(MONDAY, at(7), at(7)).length == DAY


def test_a_stretch_past_midnight_ends_on_the_next_day():
    assert day_of(MONDAY).stretch(MONDAY, at(22), at(6)) == Window(22 * HOUR, 30 * HOUR)


@pytest.mark.parametrize(("date", "hours"), [(MONDAY, 24), (SPRING, 23), (AUTUMN, 25)])
def test_a_day_ends_one_second_before_the_next(date, hours):
    assert day_of(date).day(date) == Window(0, hours * HOUR - 1)


def test_the_days_of_a_period_tile_its_axis():
    period = Period(AUTUMN - dt.timedelta(days=2), AUTUMN + dt.timedelta(days=2))
    windows = [period.day(day) for day in period.days]
    assert windows[0].start == 0
    assert all(after.start == before.end + 1 for before, after in pairwise(windows))
    assert windows[-1].end == period.length - 1


def test_a_moment_with_a_zone_keeps_its_own():
    period = day_of(MONDAY)
    assert period.tick_of(dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)) == 10 * HOUR
    assert period.tick_of(dt.datetime(2026, 6, 1, 9)) == 9 * HOUR


def test_dates_between_stay_inside_the_period():
    period = Period(MONDAY, MONDAY + dt.timedelta(days=4))
    wide = period.dates_between(MONDAY - dt.timedelta(days=3), MONDAY + dt.timedelta(days=1))
    assert list(wide) == [MONDAY, MONDAY + dt.timedelta(days=1)]


def test_a_period_that_ends_before_it_begins_cannot_be_built():
    with pytest.raises(ValueError, match="before it begins"):
        Period(MONDAY, MONDAY - dt.timedelta(days=1))


@pytest.mark.parametrize("zone", ["Europe/Lodnon", "", "../etc/passwd"])
def test_an_unknown_zone_cannot_be_built(zone):
    with pytest.raises(ValueError, match="time zone"):
        Period(MONDAY, MONDAY, zone)


@given(st.integers(-3 * DAY, 10 * DAY), st.sampled_from([MONDAY, SPRING, AUTUMN]))
def test_every_tick_comes_back_from_its_moment(tick, first):
    period = Period(first - dt.timedelta(days=1), first + dt.timedelta(days=5))
    moment = period.moment(tick)
    assert moment.tzinfo == LONDON
    assert period.tick_of(moment) == tick
    assert period.date(tick) == moment.date()


@given(
    dates_near_changes,
    st.times().map(lambda time: time.replace(microsecond=0)),
)
def test_every_clock_time_comes_back_unless_the_clock_skips_it(date, time):
    period = Period(date - dt.timedelta(days=3), date)
    back = period.moment(period.tick(date, time)).replace(tzinfo=None)
    skipped = date == SPRING and time.hour == 1
    assert back == dt.datetime.combine(date, time) + dt.timedelta(hours=1 if skipped else 0)


@given(st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.times(), st.times())
def test_no_stretch_ever_turns_round(date, start, end):
    window = Period(date, date).stretch(date, start.replace(microsecond=0), end.replace(microsecond=0))
    assert 0 <= window.length <= DAY + HOUR
