"""What rows become: ticks, seconds, pence, ids and defaults."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from tests.inputs.builders import (
    THURSDAY,
    WEDNESDAY,
    codes,
    findings_of,
    frames,
    good,
    household,
    only,
    request,
    shift,
    staff,
    with_rows,
)
from visitplan import inputs
from visitplan.domain.expansion import expand
from visitplan.domain.places import TravelMatrix, TravelMode, TravelTable
from visitplan.domain.requests import ALL_WEEKDAYS
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity
from visitplan.policy import PeriodPolicy, Policy, TravelPolicy, parse_policy

if TYPE_CHECKING:
    from visitplan.domain.scenario import Scenario

HOUR = 3600


def scenario_with(*additions: dict[str, Any], policy: Policy | None = None) -> Scenario:
    return inputs.read_frames(frames(with_rows(*additions)), policy=policy).scenario


def pause_of(**cells: Any) -> tuple[float, float] | None:
    """Give the hours between which the break of a shift from 08:00 to 17:00 lies."""
    row = shift("N2", break_min="30", **cells)
    made = scenario_with({"staff": [staff("N2")], "shifts": [row]}).shifts[-1]
    return None if made.pause is None else (made.pause.window.start / HOUR, made.pause.window.end / HOUR)


def test_minutes_become_seconds_pounds_pence_and_date_times_ticks():
    extra = request(
        "R9",
        not_before=f"{WEDNESDAY} 10:00",
        complete_by=f"{WEDNESDAY}T16:00",
        days="wed",
        after_request="R1",
        min_gap_min="5",
        max_gap_min="300",
    )
    scenario = scenario_with(
        {
            "requests": [extra],
            "households": [household("H3", access_min="2.5")],
            "staff": [staff("N2", hourly_cost="12.60", max_week_hours="37.5", travel_mode="Bike", grade="6")],
            "shifts": [shift("N2")],
        }
    )
    made = scenario.request_by_id["R9"]
    assert (made.duration_s, made.min_gap_s, made.max_gap_s) == (1800, 300, 18000)
    assert (made.not_before, made.complete_by) == (10 * HOUR, 16 * HOUR)
    assert made.weekdays == {2}
    assert scenario.household_by_id["H3"].place.access_s == 150
    nurse = scenario.staff_by_id["N2"]
    assert (nurse.hourly_cost_pence, nurse.max_week_s, nurse.travel_mode) == (1260, 135_000, TravelMode.BIKE)


def test_what_is_not_given_has_its_default():
    made = scenario_with().request_by_id["R3"]
    assert made.weekdays == ALL_WEEKDAYS
    assert (made.priority, made.staff_needed, made.min_days_between) == (3, 1, 1)
    assert not made.daily
    assert (made.joint, made.family) == ("allow", "not_needed")


def test_daily_is_a_visit_on_every_day():
    scenario = scenario_with({"requests": [request("R9", visits="daily", latest_date=THURSDAY)]})
    assert scenario.request_by_id["R9"].daily
    assert [v.visit_id for v in expand(scenario).visits if v.request_id == "R9"] == ["R9/1", "R9/2"]


def test_shifts_without_an_id_are_called_by_staff_and_date():
    rows = [shift("N2", end="10:00"), shift("N2", start="11:00"), shift("N2", date=THURSDAY, shift_id="late")]
    made = scenario_with({"staff": [staff("N2")], "shifts": rows}).shifts[-3:]
    assert [item.shift_id for item in made] == [f"N2@{WEDNESDAY}", f"N2@{WEDNESDAY}/2", "late"]


def test_a_shift_may_end_at_midnight_or_on_the_next_day():
    rows = [shift("N2", start="16:00", end="24:00"), shift("N3", start="22:00", end="06:00")]
    made = scenario_with({"staff": [staff("N2"), staff("N3")], "shifts": rows}).shifts[-2:]
    assert [(item.window.start / HOUR, item.window.end / HOUR) for item in made] == [(16, 24), (22, 30)]


def test_a_night_shift_over_the_end_of_summer_time_is_an_hour_longer():
    tables = good()
    for name, column in (("requests", "earliest_date"), ("requests", "latest_date"), ("shifts", "date")):
        for row in tables[name]:
            row[column] = "2027-10-30" if row[column] == WEDNESDAY else "2027-10-31"
    tables["family_times"][0]["weekday"] = "sat"
    tables["staff"].append(staff("N2"))
    tables["shifts"].append(shift("N2", date="2027-10-30", start="22:00", end="06:00"))
    scenario = inputs.read_frames(frames(tables)).scenario
    assert scenario.shifts[-1].window.length == 9 * HOUR


def test_a_break_lies_in_the_middle_unless_its_times_are_given():
    assert pause_of() == (9, 16)
    assert pause_of(break_from="11:30", break_to="14:00") == (11.5, 14)
    assert pause_of(break_from="12:00") == (12, 16)
    assert pause_of(break_to="13:00") == (9, 13)
    assert pause_of(break_from="16:30") == (16.5, 17)


def test_a_break_of_a_short_shift_lies_anywhere_in_it():
    assert pause_of(start="15:00", end="17:00") == (15, 17)


def test_a_break_of_a_night_shift_is_after_midnight_where_its_times_are():
    window = pause_of(start="22:00", end="06:00", break_from="01:00", break_to="03:00")
    assert window == (25, 27)


def test_a_weekly_family_time_comes_on_each_of_its_days():
    rows = [{"household_id": "H2", "weekday": "wed;thu;sun", "start": "18:00", "end": "20:00"}]
    windows = scenario_with({"family_times": rows}).family_windows["H2"]
    assert [(w.start / HOUR, w.end / HOUR) for w in windows] == [(18, 20), (42, 44)]


def test_a_family_time_of_the_night_before_reaches_into_the_period():
    rows = [{"household_id": "H2", "weekday": "tue", "start": "22:00", "end": "08:00"}]
    windows = scenario_with({"family_times": rows}).family_windows["H2"]
    assert [(w.start / HOUR, w.end / HOUR) for w in windows] == [(-2, 8)]


def test_a_pinned_start_may_have_its_date_in_a_column_of_its_own():
    rows = [
        {"visit_id": "R3/2", "start": "09:30", "date": THURSDAY},
        {"visit_id": "R3/1", "start": f"{WEDNESDAY} 09:30", "staff_id": "N1"},
    ]
    pins = scenario_with({"pins": rows}).pin_by_visit
    assert pins["R3/2"].start == 33.5 * HOUR
    assert (pins["R3/1"].start, pins["R3/1"].staff_id) == (9.5 * HOUR, "N1")


def test_preferred_staff_who_are_not_there_are_not_waited_for():
    scenario = scenario_with({"requests": [request("R9", preferred_staff="N1;N77")]})
    assert scenario.request_by_id["R9"].preferred_staff == {"N1"}


def test_places_of_one_id_are_told_apart_without_a_travel_table():
    scenario = scenario_with(
        {"staff": [staff("H1", home_lat="53.0", home_lon="-2.4")], "shifts": [shift("H1")]}
    )
    assert scenario.staff_by_id["H1"].start.place_id == "home:H1"


def test_without_people_everybody_comes_from_the_requests():
    tables = good()
    del tables["people"]
    scenario = inputs.read_frames(frames(tables)).scenario
    assert set(scenario.person_by_id) == {"P1", "P2"}


def test_without_a_table_of_tasks_requests_are_planned_without_them():
    tables = good()
    del tables["tasks"]
    reading = inputs.read_frames(frames(tables))
    assert only(reading.findings, "TASKS-NOT-GIVEN").severity is Severity.WARNING
    assert reading.scenario.request_by_id["R1"].tasks == ()


def test_the_period_is_the_policys_or_that_of_the_shifts():
    assert scenario_with().period.days == (dt.date(2027, 3, 10), dt.date(2027, 3, 11))
    week = Policy(period=PeriodPolicy(first_date=dt.date(2027, 3, 8), last_date=dt.date(2027, 3, 14)))
    assert len(scenario_with(policy=week).period.days) == 7


def test_shifts_outside_the_period_are_left_out_and_listed():
    day = Policy(period=PeriodPolicy(first_date=dt.date(2027, 3, 10), last_date=dt.date(2027, 3, 10)))
    tables = good()
    tables["requests"][2]["visits"] = "1"
    reading = inputs.read_frames(frames(tables), policy=day)
    assert only(reading.findings, "SHIFT-OUTSIDE-PERIOD").severity is Severity.NOTE
    assert len(reading.scenario.shifts) == 3
    assert [item.codes for item in reading.rejected] == [("SHIFT-OUTSIDE-PERIOD",)] * 3


@pytest.mark.parametrize(
    ("dates", "first_date"),
    [((), None), ((WEDNESDAY, "2029-03-10"), None), ((WEDNESDAY,), dt.date(2027, 4, 1))],
)
def test_a_period_that_is_unknown_reversed_or_endless_is_told(
    dates: tuple[str, ...], first_date: dt.date | None
):
    tables = {**good(), "shifts": [shift("N1", date=date) for date in dates]}
    found = findings_of(tables, policy=Policy(period=PeriodPolicy(first_date=first_date)))
    assert "PERIOD-UNKNOWN" in codes(found)


def test_staff_without_shifts_are_noted_once():
    found = only(findings_of(with_rows({"staff": [staff("N2"), staff("N3")]})), "STAFF-NO-SHIFT")
    assert found.severity is Severity.NOTE
    assert found.cause == "2 staff have no shift: N2, N3."


def test_overrides_of_areas_and_services_that_no_table_has_are_warnings():
    policy = parse_policy({"areas": {"crew": {}, "crewe": {}}, "services": {"nursing": {}, "cares": {}}})
    found = findings_of(good(), policy=policy)
    assert "Did you mean 'crewe'?" in only(found, "POLICY-AREA-UNKNOWN").cause
    assert "Did you mean 'care'?" in only(found, "POLICY-SERVICE-UNKNOWN").cause


def test_a_policy_that_says_how_long_an_unknown_task_stays_fresh_is_warned_of():
    policy = parse_policy({"coordination": {"fresh_days": {"wieght": 7, "weight": 7}}})
    found = only(findings_of(good(), policy=policy), "POLICY-TASK-UNKNOWN")
    assert found.where.column == "coordination.fresh_days.wieght"
    assert "Did you mean 'weight'?" in found.cause


def test_a_circle_of_requests_names_everybody_in_it():
    rows = [request("A", after_request="C"), request("B", after_request="A"), request("C", after_request="B")]
    found = [f for f in findings_of(with_rows({"requests": rows})) if f.code == "REQUEST-AFTER-CYCLE"]
    assert {f.where.subject for f in found} == {"request_id A", "request_id B", "request_id C"}


def test_a_long_row_of_requests_is_no_circle():
    rows = [request(f"L{k}", after_request=f"L{k - 1}" if k else "") for k in range(3000)]
    assert "REQUEST-AFTER-CYCLE" not in codes(findings_of(with_rows({"requests": rows})))


def table_of(*place_ids: str) -> TravelTable:
    empty = np.zeros((len(place_ids), len(place_ids)), dtype=np.uint16)
    return TravelTable({TravelMode.CAR: TravelMatrix(place_ids, empty, empty)})


def test_a_travel_table_is_read_by_whoever_knows_how():
    tables = {
        **frames(good()),
        "travel": frames({"travel": [{"from_place": "H1", "to_place": "H2", "km": "1"}]})["travel"],
    }
    seen: list[Any] = []
    told = Finding("TRAVEL-" + "PAIR", Severity.WARNING)

    def reader(source: Any, policy: TravelPolicy, *, file: str, rows: Any) -> Any:
        seen.append((source.to_dict("records"), policy, file, rows.tolist()))
        return table_of("H1", "H2", "B1", "C2"), (told,)

    reading = inputs.read_frames(tables, read_travel=reader)
    assert reading.scenario.travel_table is not None
    assert told in reading.findings
    assert seen == [([{"from_place": "H1", "to_place": "H2", "km": "1"}], TravelPolicy(), "travel", [2])]


def test_faults_of_a_travel_table_are_told_with_all_others():
    tables = {
        **frames(with_rows({"requests": [request("R9", priority="9")]})),
        "travel": frames({"travel": [{"km": "x"}]})["travel"],
    }

    def reader(*_: Any, **__: Any) -> Any:
        return None, (Finding("TRAVEL-" + "VALUE", Severity.ERROR),)

    with pytest.raises(InputError) as caught:
        inputs.read_frames(tables, read_travel=reader)
    assert codes(caught.value.findings) >= {"TRAVEL-" + "VALUE", "CELL-RANGE"}


def test_places_must_be_told_apart_and_known_where_a_travel_table_is_used():
    rows = {"staff": [staff("H1", home_lat="53.0", home_lon="-2.4")], "shifts": [shift("H1")]}
    tables = {**frames(with_rows(rows)), "travel": frames({"travel": [{"km": "1"}]})["travel"]}
    policy = parse_policy({"travel": {"source": "matrix"}})
    with pytest.raises(InputError) as caught:
        inputs.read_frames(
            tables, policy=policy, read_travel=lambda *_, **__: (table_of("H1", "H2", "B1"), ())
        )
    found = caught.value.findings
    assert only(found, "PLACE-ID-CLASH").where.subject == "staff_id H1"
    assert only(found, "PLACE-NOT-IN-TRAVEL").where.subject == "staff_id C2"
