"""A market day in two homes, made by hand: small enough to know every figure of it.

H1 in Crewe: a nurse (N1) and a carer (C1) come together at 09:00, while the daughter is there; the nurse
takes the blood pressure once for both. The nurse goes on to the son, P2, in the same home. H2 in Nantwich:
the carer comes at 10:00; the therapist's visit is left out, though her shift stands idle.
"""

from __future__ import annotations

import datetime as dt

from visitplan.domain.demand import JointVisit, ToldOnce
from visitplan.domain.people import FamilyTime, History, Pause, Person, Shift, Staff
from visitplan.domain.period import Period
from visitplan.domain.places import Household, Place, TravelMode
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Provenance, Reason, Run, Unassigned
from visitplan.domain.requests import Family, Request, Task
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window, Windows
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import Mode

MONDAY = dt.date(2027, 1, 11)
PERIOD = Period(MONDAY, MONDAY)
CREWE = Place("H1", 53.099, -2.441)
NANTWICH = Place("H2", 53.067, -2.522)
BASE = Place("B1", 53.1, -2.45)


def at(clock: str) -> int:
    """Give the tick of a clock time on the Monday."""
    return PERIOD.tick(MONDAY, dt.time.fromisoformat(clock))


def asked(name: str, home: str, person: str, service: str, minutes: int, **more: object) -> Request:
    values: dict[str, object] = {
        "organisation": {"nursing": "NHS", "care": "Council", "therapy": "NHS"}[service],
        "earliest_date": MONDAY,
        "latest_date": MONDAY,
        "window_start": dt.time(8),
        "window_end": dt.time(12),
    }
    return Request(name, home, person, service, duration_s=minutes * 60, **(values | more))  # type: ignore[arg-type]


def scenario() -> Scenario:
    return Scenario(
        name="market-day",
        period=PERIOD,
        requests=(
            asked("R1", "H1", "P1", "nursing", 30, tasks=("BP", "WOUND"), family=Family.REQUIRED, priority=2),
            asked("R2", "H1", "P1", "care", 45, tasks=("BP", "WASH"), family=Family.WELCOME),
            asked("R3", "H1", "P2", "nursing", 20, preferred_end=dt.time(9, 15)),
            asked("R4", "H2", "P3", "care", 30, preferred_start=dt.time(10, 10)),
            asked("R5", "H2", "P3", "therapy", 40, priority=4),
        ),
        households=(Household("H1", "Crewe", CREWE), Household("H2", "Nantwich", NANTWICH)),
        staff=(
            Staff("N1", "nursing", "NHS", BASE),
            Staff("C1", "care", "Council", BASE, travel_mode=TravelMode.BIKE),
            Staff("T1", "therapy", "NHS", BASE),
        ),
        shifts=(
            Shift("N1-1", "N1", MONDAY, Window(at("08:00"), at("12:00"))),
            Shift(
                "C1-1",
                "C1",
                MONDAY,
                Window(at("08:00"), at("13:00")),
                Pause(1200, Window(at("10:30"), at("12:30"))),
            ),
            Shift("T1-1", "T1", MONDAY, Window(at("14:00"), at("18:00"))),
        ),
        people=(Person("P1", "H1"), Person("P2", "H1"), Person("P3", "H2")),
        family_times=(FamilyTime("H1", Window(at("08:30"), at("09:45"))),),
        tasks=(Task("BP", 600, shareable=True), Task("WOUND", 1200), Task("WASH", 1500)),
        history=(History("P1", "N1", 4), History("P3", "N1", 2)),
        findings=(
            Finding("REQ-NOTE", Severity.NOTE, Where("requests.csv", 3), "Something is odd.", "Look at it."),
        ),
    )


def visit(name: str, sequence: int, start: str, end: str, **more: object) -> PlannedVisit:
    request = scenario().request_by_id[name]
    shift_id = {"nursing": "N1-1", "care": "C1-1"}[request.service]
    values: dict[str, object] = {"travel_s": 0, "metres": 0, "wait_s": 0, "tasks": request.tasks}
    return PlannedVisit(
        name,
        name,
        request.person_id,
        request.household_id,
        request.service,
        request.organisation,
        shift_id,
        shift_id.split("-")[0],
        sequence,
        at(start),
        at(end),
        **(values | more),  # type: ignore[arg-type]
    )


def nurse_run() -> Run:
    return Run(
        "N1-1",
        "N1",
        (
            visit("R1", 1, "09:00", "09:30", travel_s=360, metres=1450, joint_visit_id="J-H1-1"),
            visit("R3", 2, "09:30", "09:50"),
        ),
        depart=at("08:54"),
        finish=at("09:56"),
        return_s=360,
        return_metres=1450,
    )


def carer_run() -> Run:
    return Run(
        "C1-1",
        "C1",
        (
            visit(
                "R2", 1, "09:00", "09:35", travel_s=420, metres=1400, joint_visit_id="J-H1-1", tasks=("WASH",)
            ),
            visit("R4", 2, "10:00", "10:30", travel_s=1230, metres=6630, wait_s=270),
        ),
        depart=at("08:53"),
        finish=at("11:11"),
        return_s=1260,
        return_metres=6800,
        break_start=at("10:30"),
        break_s=1200,
    )


def joint_visit() -> JointVisit:
    return JointVisit(
        "J-H1-1",
        "H1",
        Mode.TOGETHER,
        ("R1", "R2"),
        Windows((Window(at("08:30"), at("09:10")),)),
        "R1",
        with_family=True,
        told_once=(ToldOnce("BP", "R1", ("R2",)),),
        interruptions_saved=1,
        door_knocks_saved=1,
        seconds_saved=600,
        benefit_mp=1_926_000,
    )


def left_out() -> Unassigned:
    return Unassigned(
        "R5",
        "R5",
        "P3",
        "H2",
        "therapy",
        "NHS",
        4,
        Reason.NO_SHIFT,
        "It may start from 08:00 to 12:00; T1-1, the only therapy shift, begins at 14:00.",
        "Let R5 start up to 14:10 on 2027-01-11.",
    )


def provenance() -> Provenance:
    return Provenance(
        visitplan_version="0.1.0",
        created=dt.datetime(2027, 1, 10, 22, 15, 30, tzinfo=dt.UTC),
        scenario="market-day",
        engine="search",
        seed=1,
        coordinated=True,
        stop="iteration limit",
        iterations=1200,
        seconds=3.25,
        iteration_limit=1200,
        policy_hash="ab" * 32,
        input_hashes={"requests.csv": "cd" * 32},
        versions={"python": "3.11.9"},
        travel={"source": "crow_flies"},
    )


def plan() -> Plan:
    return Plan(
        PERIOD,
        (nurse_run(), carer_run()),
        (left_out(),),
        (joint_visit(),),
        Costs(
            travel_time=1_270_500,
            mileage=214_230,
            waiting=47_250,
            labour=120_750,
            early=50_000,
            unassigned=50_000_000,
        ),
        (
            Finding(
                "COORD-NOTE",
                Severity.WARNING,
                Where(subject="H2"),
                cause="Nobody can meet at H2.",
                action="Widen a window.",
            ),
        ),
        provenance(),
    )
