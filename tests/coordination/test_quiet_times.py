"""When nobody should come: quiet times and school hours, for single visits and for joint ones."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from tests.coordination.builders import MIN, MONDAY, Case, at, between, home, request, visit
from visitplan.coordination import candidates
from visitplan.domain.demand import Demand
from visitplan.domain.people import Person
from visitplan.domain.requests import Family
from visitplan.domain.windows import Window
from visitplan.policy import Mode
from visitplan.routing.start_windows import allowed_starts

REST = {"limits": {"quiet_times": [{"start": "13:00", "end": "14:00"}]}}
SCHOOL: dict[str, Any] = {"limits": {"school_hours": [{"start": "09:00", "end": "15:00", "days": ["mon"]}]}}
CHILD = (Person("P", "H", child=True),)


def demanded(window: str = "12:00-16:00", case: dict[str, Any] | None = None, **changes: Any) -> Demand:
    return Case((request("N", window=window, **changes),), **(case or {})).both()[1]


def starts(window: str = "12:00-16:00", case: dict[str, Any] | None = None, **changes: Any) -> Any:
    return visit(demanded(window, case, **changes), "N").windows.parts


def until(clock: str) -> int:
    return at(clock) - 1


def test_no_visit_starts_in_a_quiet_time_of_the_policy():
    assert starts(case={"policy": REST}) == (
        Window(at("12:00"), until("13:00")),
        between("14:00", "16:00"),
    )


def test_a_quiet_time_may_hold_on_some_days_only():
    sunday = {"limits": {"quiet_times": [{"start": "13:00", "end": "14:00", "days": ["sun"]}]}}

    assert starts(case={"policy": sunday}) == (between("12:00", "16:00"),)


def test_an_area_may_have_a_quiet_time_of_its_own():
    south = {"areas": {"south": REST}}

    assert len(starts(case={"policy": south})) == 1
    assert len(starts(case={"policy": south, "households": (home(area="south"),)})) == 2


def test_a_home_may_have_a_quiet_time_that_lasts_past_midnight():
    night = replace(home(), quiet=(dt.time(20), dt.time(7, 30)))

    assert starts("06:00-21:00", {"households": (night,)}) == (Window(at("07:30"), until("20:00")),)


@pytest.mark.parametrize("changes", [{"time_critical": True}, {"priority": 1, "received": at("11:00")}])
def test_what_is_urgent_or_time_critical_comes_in_a_quiet_time_too(changes: dict[str, Any]):
    assert between("12:30", "13:00").start in visit(demanded(case={"policy": REST}, **changes), "N").windows
    assert at("13:00") in visit(demanded(case={"policy": REST}, **changes), "N").windows


def test_lateness_does_not_reach_into_a_quiet_time():
    late = {"limits": {**REST["limits"], "max_late_min": 30}}
    scenario, demand = Case((request("N", window="12:00-12:50"),), policy=late).both()

    assert allowed_starts(scenario, visit(demand, "N")).parts == (Window(at("12:00"), until("13:00")),)


def test_a_visit_whose_window_is_all_quiet_has_no_time():
    assert starts("13:10-13:50", {"policy": REST}) == ()


def test_no_part_of_a_visit_to_a_child_falls_into_school_hours():
    assert starts("08:00-16:00", {"policy": SCHOOL, "people": CHILD}) == (
        between("08:00", "08:30"),
        between("15:00", "16:00"),
    )


def test_a_grown_up_is_visited_in_school_hours():
    assert starts("08:00-16:00", {"policy": SCHOOL}) == (between("08:00", "16:00"),)


def test_in_the_holidays_a_child_is_visited_in_school_hours():
    holidays = {"limits": {**SCHOOL["limits"], "school_holidays": [MONDAY]}}

    assert starts("08:00-16:00", {"policy": holidays, "people": CHILD}) == (between("08:00", "16:00"),)


def test_a_joint_visit_with_a_child_waits_for_the_end_of_school():
    child = request("N", window="08:00-16:00", family=Family.WELCOME)
    mother = request("C", "care", "10:00-17:00", person_id="Q", family=Family.WELCOME)
    scenario, demand = Case((child, mother), policy=SCHOOL, people=CHILD).both()
    together = next(j for j in candidates(scenario, demand) if j.mode is Mode.TOGETHER)

    assert together.windows.parts == (between("15:00", "16:00"),)


def test_a_joint_visit_keeps_out_of_quiet_times():
    nurse = request("N", window="12:30-14:00", family=Family.WELCOME, duration_s=20 * MIN)
    carer = request("C", "care", "12:45-14:00", family=Family.WELCOME)
    scenario, demand = Case((nurse, carer), policy=REST).both()
    together = next(j for j in candidates(scenario, demand) if j.mode is Mode.TOGETHER)

    assert together.windows.parts == (Window(at("12:45"), until("13:00")), between("14:00", "14:00"))
