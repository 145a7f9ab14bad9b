"""Key figures of the market day, each worked out by hand."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, replace

import pytest

from tests.exports.builders import (
    asked,
    at,
    carer_run,
    joint_visit,
    left_out,
    nurse_run,
    plan,
    scenario,
    visit,
)
from visitplan.domain.plan import Costs, Plan
from visitplan.domain.scenario import Scenario
from visitplan.reporting import KPIS, kpi_frame, kpis
from visitplan.reporting.allotment import WEIGHTS


def overall(made: Plan, of: Scenario | None = None) -> dict[str, float]:
    figures: dict[str, float] = kpis(of or scenario(), made)["overall"]
    return figures


MARKET_DAY = {
    "requests": 5,
    "people": 3,
    "households": 2,
    "visits": 5,
    "visits_planned": 4,
    "visits_planned_percent": 80.0,
    "visits_covered": 0,
    "visits_handed_over": 0,
    "visits_unassigned": 1,
    "unassigned_priority_1": 0,
    "unassigned_priority_2": 0,
    "unassigned_priority_3": 0,
    "unassigned_priority_4": 1,
    "unassigned_priority_5": 0,
    "joint_visits": 1,
    "joint_visits_together": 1,
    "joint_visits_back_to_back": 0,
    "joint_visits_with_family": 1,
    "visits_in_joint_visits": 2,
    "minutes_told_once": 10,  # R2 was to take 45 minutes and takes 35
    "repeated_tasks": 0,  # the nurse takes the blood pressure for both
    "attendances": 2,
    "family_interruptions": 1,
    "family_hours": 0.83,  # 09:00 to 09:50
    "door_knocks": 2,  # N1 and C1 knock once together, and N1 is in the home when she goes on to P2
    "faces_mean": 1.33,  # P1 sees two, P2 and P3 one each
    "faces_max": 2,
    "stranger_visits": 2,  # C1 is new to P1 and P3, whom N1 knows; nobody knows P2
    "new_face_visits": 0,
    "early_minutes": 10,  # R4 at 10:00, preferred from 10:10
    "late_minutes": 15,  # R3 at 09:30, preferred to 09:15
    "late_visits": 1,
    "staff_used": 2,
    "shifts_used": 2,
    "shifts_available": 3,
    "worked_hours": 3.0,  # 08:54 to 09:56, and 08:53 to 11:11 less 20 minutes
    "visit_hours": 1.92,
    "travel_hours": 1.01,
    "waiting_hours": 0.07,
    "overtime_hours": 0.0,
    "km": 17.73,
    "km_car": 2.9,
    "km_bike": 14.83,
    "km_walk": 0.0,
    "cost_total_pounds": 517.03,
    "cost_travel_time_pounds": 12.71,
    "cost_mileage_pounds": 2.14,
    "cost_waiting_pounds": 0.47,
    "cost_overtime_pounds": 0.0,
    "cost_labour_pounds": 1.21,
    "cost_shifts_pounds": 0.0,
    "cost_early_pounds": 0.5,
    "cost_late_pounds": 0.0,
    "cost_late_discharge_pounds": 0.0,
    "cost_strangers_pounds": 0.0,
    "cost_not_preferred_pounds": 0.0,
    "cost_new_faces_pounds": 0.0,
    "cost_family_absent_pounds": 0.0,
    "cost_interruptions_pounds": 0.0,
    "cost_family_time_pounds": 0.0,
    "cost_door_knocks_pounds": 0.0,
    "cost_days_pounds": 0.0,
    "cost_told_once_pounds": 0.0,
    "cost_unassigned_pounds": 500.0,
}


@pytest.mark.parametrize("name", [kpi.name for kpi in KPIS])
def test_the_market_day_counts_up_as_worked_out_by_hand(name: str) -> None:
    assert overall(plan())[name] == MARKET_DAY[name]


def test_names_are_unique_and_every_cost_part_has_one() -> None:
    names = [kpi.name for kpi in KPIS]
    assert len(names) == len(set(names)) == len(MARKET_DAY)
    assert {f"cost_{part.name}_pounds" for part in fields(Costs)} <= set(names)


def test_the_figures_are_ready_for_json() -> None:
    made = kpis(scenario(), plan())
    assert json.loads(json.dumps(made, allow_nan=False)) == made


def test_breakdowns_hold_what_belongs_to_each() -> None:
    made = kpis(scenario(), plan())
    crewe, nantwich = made["by_area"]["Crewe"], made["by_area"]["Nantwich"]
    assert (crewe["visits_planned"], nantwich["visits_planned"], nantwich["visits_unassigned"]) == (3, 1, 1)
    assert (crewe["joint_visits"], nantwich["joint_visits"]) == (1, 0)
    assert crewe["km"] + nantwich["km"] == pytest.approx(17.73)
    assert nantwich["km"] == 13.43  # the way there, and the way home from it
    assert {name: figures["visits"] for name, figures in made["by_service"].items()} == {
        "care": 2,
        "nursing": 2,
        "therapy": 1,
    }
    assert {name: figures["joint_visits"] for name, figures in made["by_organisation"].items()} == {
        "Council": 1,
        "NHS": 1,
    }
    assert "shifts_available" not in crewe


ADDING_UP = [
    *(f"cost_{name}_pounds" for name in ("total", *(part.name for part in fields(Costs)))),
    *("worked_hours", "overtime_hours", "visit_hours", "travel_hours", "km"),
]


@pytest.mark.parametrize("scope", ["by_area", "by_service", "by_organisation"])
@pytest.mark.parametrize("name", ADDING_UP)
def test_shares_of_hours_and_costs_add_up_to_the_whole(scope: str, name: str) -> None:
    every = {part.name: 1000 * (k + 1) for k, part in enumerate(fields(Costs))}
    late_home = replace(carer_run(), overtime_s=600)
    made = kpis(scenario(), replace(plan(), costs=Costs(**every), runs=(nurse_run(), late_home)))
    parts = [figures[name] for figures in made[scope].values()]
    assert sum(parts) == pytest.approx(made["overall"][name], abs=0.01 * len(parts))


def test_a_cost_belongs_to_those_who_cause_it() -> None:
    made = kpis(scenario(), plan())
    nhs, council = made["by_organisation"]["NHS"], made["by_organisation"]["Council"]
    assert (nhs["cost_unassigned_pounds"], council["cost_unassigned_pounds"]) == (500.0, 0)
    assert (nhs["cost_early_pounds"], council["cost_early_pounds"]) == (0, 0.5)
    assert (nhs["worked_hours"], council["worked_hours"]) == (1.03, 1.97)


def test_every_part_of_the_cost_has_a_cause_by_which_it_is_shared_out() -> None:
    assert set(WEIGHTS) == {part.name for part in fields(Costs)}


def test_a_family_that_cannot_be_there_belongs_to_its_own_household() -> None:
    alone = replace(carer_run(), visits=(visit("R2", 1, "11:00", "11:45"), carer_run().visits[1]))
    costs = Costs(family_absent=500_000)
    made = kpis(scenario(), replace(plan(), runs=(nurse_run(), alone), joint_visits=(), costs=costs))
    areas = {name: figures["cost_family_absent_pounds"] for name, figures in made["by_area"].items()}
    assert areas == {"Crewe": 5.0, "Nantwich": 0}


def test_overtime_is_the_last_visits() -> None:
    late_home = replace(carer_run(), overtime_s=3600)
    made = kpis(scenario(), replace(plan(), runs=(nurse_run(), late_home)))
    hours = {area: figures["overtime_hours"] for area, figures in made["by_area"].items()}
    assert hours == {"Crewe": 0, "Nantwich": 1.0}


def test_a_task_done_again_by_another_request_is_repeated() -> None:
    again = replace(carer_run(), visits=(visit("R2", 1, "11:00", "11:45", tasks=("BP", "WASH")),))
    made = kpis(scenario(), replace(plan(), runs=(nurse_run(), again)))
    assert made["overall"]["repeated_tasks"] == 1
    by_service = {name: figures["repeated_tasks"] for name, figures in made["by_service"].items()}
    assert by_service == {"nursing": 0, "care": 1, "therapy": 0}  # the nurse is the first to do it


def test_a_task_that_one_request_does_every_day_is_not_repeated() -> None:
    twice = (visit("R1", 1, "09:00", "09:30"), replace(visit("R1", 2, "10:00", "10:30"), visit_id="R1/2"))
    made = replace(plan(), runs=(replace(nurse_run(), visits=twice),))
    assert overall(made)["repeated_tasks"] == 0


def test_the_frame_has_a_row_for_every_figure() -> None:
    frame = kpi_frame(scenario(), plan())
    assert frame.columns.tolist() == ["scope", "group", "kpi", "unit", "value"]
    whole = frame[frame["scope"] == "overall"].set_index("kpi")["value"].to_dict()
    assert whole == MARKET_DAY
    assert set(frame["scope"]) == {"overall", "area", "service", "organisation"}


def test_an_empty_plan_has_figures_too() -> None:
    nothing = replace(plan(), runs=(), unassigned=(), joint_visits=(), costs=Costs())
    figures = overall(nothing, Scenario("bare", plan().period, (), (), (), ()))
    assert set(figures.values()) == {0}


def test_homes_requests_and_staff_that_nobody_knows_do_not_stop_the_counting() -> None:
    figures = kpis(Scenario("bare", plan().period, (), (), (), ()), plan())
    assert figures["overall"]["visits_planned"] == 4
    assert list(figures["by_area"]) == [""]


def test_a_joint_visit_with_a_visit_missing_does_not_count() -> None:
    torn = replace(plan(), runs=(nurse_run(), replace(carer_run(), visits=carer_run().visits[1:])))
    assert overall(torn)["joint_visits"] == 0
    assert overall(torn)["visits_in_joint_visits"] == 0


def test_back_to_back_each_knocks_and_the_family_is_asked_once() -> None:
    after = visit("R2", 1, "09:30", "10:05", joint_visit_id="J-H1-1")
    apart = replace(
        plan(), runs=(nurse_run(), replace(carer_run(), visits=(after,))), joint_visits=(joint_visit(),)
    )
    figures = overall(apart)
    assert (figures["door_knocks"], figures["family_interruptions"]) == (2, 1)


@pytest.mark.parametrize(("start", "end", "knocks"), [("09:45", "10:05", 1), ("09:46", "10:06", 2)])
def test_who_comes_back_after_the_attendance_has_ended_knocks_again(
    start: str, end: str, knocks: int
) -> None:
    visits = (visit("R1", 1, "09:00", "09:30"), visit("R3", 2, start, end))
    assert overall(replace(plan(), runs=(replace(nurse_run(), visits=visits),)))["door_knocks"] == knocks


def test_without_a_preferred_end_lateness_counts_from_the_end_of_the_window() -> None:
    late = visit("R1", 1, "12:20", "12:50")
    made = replace(plan(), runs=(replace(nurse_run(), visits=(late,)),))
    assert overall(made)["late_minutes"] == 20


def test_early_minutes_count_on_the_visits_own_date() -> None:
    first = plan().period.first
    week = replace(plan().period, last=first + dt.timedelta(days=6))
    request = asked("R8", "H2", "P3", "care", 30, preferred_start=dt.time(9, 30), latest_date=week.last)
    one = replace(visit("R4", 1, "09:00", "09:30"), request_id="R8", start=at("09:00") + 2 * 86_400)
    made = replace(plan(), period=week, runs=(replace(carer_run(), visits=(one,)),))
    assert overall(made, replace(scenario(), period=week, requests=(request,)))["early_minutes"] == 30


def test_every_priority_is_counted() -> None:
    several = tuple(replace(left_out(), visit_id=f"U{k}", priority=k) for k in (1, 1, 2, 5))
    figures = overall(replace(plan(), unassigned=several))
    assert [figures[f"unassigned_priority_{k}"] for k in range(1, 6)] == [2, 1, 0, 0, 1]
