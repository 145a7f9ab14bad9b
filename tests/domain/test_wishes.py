"""Home from hospital, answered in time, at the usual time of day, at the same time every day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.coordination.builders import MIN, MONDAY, Case, at, between, home, request, visit
from visitplan.domain.demand import LinkReason
from visitplan.domain.expansion import expand, preferred_span
from visitplan.domain.people import Person
from visitplan.domain.period import Period
from visitplan.domain.requests import Family
from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

WEDNESDAY, FRIDAY = MONDAY + dt.timedelta(days=2), MONDAY + dt.timedelta(days=4)
WEEK = {"latest_date": FRIDAY, "daily": True}


def week(*requests: Request, discharge: int | None = None, **case: Any) -> Scenario:
    made = Case(requests, **case).scenario()
    return replace(made, people=(Person("P", "H", discharge=discharge),))


def windows(scenario: Scenario, visit_id: str) -> tuple[Window, ...]:
    return visit(expand(scenario), visit_id).windows.parts


# --- home from hospital ---------------------------------------------------------------------------------


def test_nobody_comes_before_the_person_is_home():
    made = week(request("R"), discharge=at("10:30"))
    assert windows(made, "R") == (between("10:30", "12:00"),)


def test_a_daily_call_begins_on_the_day_home_and_not_before():
    made = week(request("R", **WEEK), discharge=at("10:30", 2))
    demand = expand(made)
    assert [v.visit_id for v in demand.visits] == ["R/1", "R/2", "R/3"]
    assert windows(made, "R/1") == (between("10:30", "12:00", 2),)


def test_a_morning_call_begins_the_day_after_an_afternoon_discharge():
    made = week(request("R", **WEEK), discharge=at("14:00", 2))
    assert windows(made, "R/1") == (between("09:00", "12:00", 3),)


def test_what_is_over_before_the_discharge_has_no_day_and_is_still_there():
    made = week(request("R"), discharge=at("10:00", 1))
    assert windows(made, "R") == ()


def test_the_later_of_discharge_and_not_before_counts():
    made = week(request("R", not_before=at("11:00")), discharge=at("10:30"))
    assert windows(made, "R") == (between("11:00", "12:00"),)
    made = week(request("R", not_before=at("10:00")), discharge=at("10:30"))
    assert windows(made, "R") == (between("10:30", "12:00"),)


def test_the_first_visit_of_each_service_belongs_to_the_day_home():
    asked = (
        request("LATER", window="15:00-17:00", latest_date=FRIDAY),
        request("SOON", window="12:00-16:00", latest_date=FRIDAY),
        request("WASH", "care", "16:00-18:00", **WEEK),
        request("GYM", "therapy", earliest_date=FRIDAY, latest_date=FRIDAY),
        request("HERS", "therapy", person_id="Q"),
    )
    made = week(*asked, discharge=at("13:00", 2))
    assert made.first_visits == {
        "SOON": Window(at("13:00", 2), at("00:00", 3) - 1),
        "WASH": Window(at("13:00", 2), at("00:00", 3) - 1),
    }


def test_what_must_be_over_before_the_day_home_leaves_time_is_no_first_visit():
    asked = request("R", latest_date=FRIDAY, complete_by=at("10:45", 2), earliest_date=WEDNESDAY)
    assert week(asked, discharge=at("10:30", 2)).first_visits == {}


def test_a_discharge_outside_the_period_makes_no_first_visits():
    assert week(request("R", latest_date=FRIDAY), discharge=at("10:00", -1)).first_visits == {}


# --- answered in time -----------------------------------------------------------------------------------


def urgent(**more: Any) -> Request:
    return request("R", window="08:00-20:00", **{"priority": 1, "received": at("09:10"), **more})


def test_an_urgent_call_is_answered_within_two_hours_and_not_before_it_came_in():
    assert windows(week(urgent()), "R") == (between("09:10", "11:10"),)


def test_policy_says_how_long_an_answer_may_take_also_for_one_service():
    policy = {"services": {"nursing": {"limits": {"urgent_response_min": 30}}}}
    assert windows(week(urgent(), policy=policy), "R") == (between("09:10", "09:40"),)


def test_a_call_in_the_night_is_answered_once_its_window_opens():
    made = week(urgent(received=at("05:00")))
    assert windows(made, "R") == (between("08:00", "20:00"),)


@pytest.mark.parametrize("changes", [{"priority": 2}, {"visits": 2, "latest_date": FRIDAY}, {"daily": True}])
def test_only_a_single_visit_of_priority_1_is_urgent(changes: dict[str, Any]):
    made = week(urgent(**changes))
    assert expand(made).visits[0].windows.earliest == at("08:00")


def test_an_urgent_call_that_needs_the_family_is_answered_when_both_meet():
    asked = urgent(family=Family.REQUIRED)
    assert windows(week(asked, family=(between("10:00", "15:00"),)), "R") == (between("10:00", "11:10"),)
    assert windows(week(asked, family=(between("12:00", "15:00"),)), "R") == (between("12:00", "14:30"),)


def test_a_late_answer_costs_from_the_moment_it_was_due():
    made = week(urgent())
    assert preferred_span(made, made.requests[0], at("11:30")) == (at("08:00"), at("11:10"))


# --- the usual time of day ------------------------------------------------------------------------------


def span(asked: Request, **case: Any) -> tuple[int, int]:
    made = week(asked, **case)
    return preferred_span(made, made.requests[0], at("09:30"))


def test_a_visit_should_start_near_the_time_it_started_last_time():
    assert span(request("R", usual_start=dt.time(10))) == (at("09:30"), at("10:30"))


def test_policy_says_how_near():
    policy = {"limits": {"same_time_tolerance_min": 5}}
    assert span(request("R", usual_start=dt.time(10)), policy=policy) == (at("09:55"), at("10:05"))


def test_a_preferred_time_counts_instead_of_the_usual_one():
    asked = request("R", usual_start=dt.time(10), preferred_start=dt.time(11))
    assert span(asked) == (at("11:00"), at("12:00"))


@pytest.mark.parametrize(
    ("window", "usual", "expected"),
    [("00:00-03:00", "00:10", ("00:00", "00:40")), ("21:00-23:59", "23:50", ("23:20", "23:59"))],
)
def test_usual_times_stop_at_midnight(window: str, usual: str, expected: tuple[str, str]):
    asked = request("R", window=window, usual_start=dt.time.fromisoformat(usual))
    made = week(asked)
    start = at(window[:5])
    assert preferred_span(made, asked, start) == (at(expected[0]), at(expected[1]))


# --- the same time every day ----------------------------------------------------------------------------


def same_time(scenario: Scenario) -> list[tuple[str, str, int | None, int | None]]:
    links = expand(scenario).links
    return [(k.first, k.second, k.lo_s, k.hi_s) for k in links if k.reason is LinkReason.SAME_TIME]


def test_daily_visits_start_within_the_minutes_asked_for_of_each_other():
    asked = request("R", latest_date=WEDNESDAY, daily=True, same_time_s=20 * MIN)
    day = 86_400
    assert same_time(week(asked)) == [
        ("R/1", "R/2", day - 1200, day + 1200),
        ("R/1", "R/3", 2 * day - 1200, 2 * day + 1200),
        ("R/2", "R/3", day - 1200, day + 1200),
    ]


def test_without_the_wish_there_is_no_link():
    assert same_time(week(request("R", **WEEK))) == []


def test_visits_with_a_choice_of_days_are_not_compared_by_their_starts():
    asked = request("R", latest_date=FRIDAY, visits=2, same_time_s=0)
    assert same_time(week(asked)) == []


def test_as_many_days_as_visits_leave_no_choice():
    asked = request("R", latest_date=FRIDAY, weekdays=frozenset({0, 3}), visits=2, same_time_s=0)
    assert same_time(week(asked)) == [("R/1", "R/2", 3 * 86_400, 3 * 86_400)]


def test_the_same_clock_time_is_an_hour_further_off_when_summer_time_ends():
    saturday = dt.date(2026, 10, 24)
    sunday = saturday + dt.timedelta(days=1)
    asked = request("R", earliest_date=saturday, latest_date=sunday, daily=True, same_time_s=0)
    made = replace(week(asked), period=Period(saturday, sunday), shifts=())
    assert same_time(made) == [("R/1", "R/2", 25 * 3600, 25 * 3600)]


def test_a_household_without_a_people_table_has_no_discharge():
    assert Case((request("R"),), households=(home(),)).scenario().first_visits == {}
