"""A small scenario with a plan made by plain arithmetic, and ways to spoil it.

Places lie on a line: a kilometre takes 90 s by every mode. The scenario has a joint visit with a task told
once, a call by two carers, one that follows another, one on two days, a discharge, a break, some overtime,
and one visit that nobody can make.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from visitplan.checking import check
from visitplan.domain.demand import JointVisit, ToldOnce
from visitplan.domain.people import FamilyTime, History, Pause, Shift, Staff
from visitplan.domain.period import Period
from visitplan.domain.places import UNREACHABLE, Household, Place, TravelMatrix, TravelMode
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Provenance, Reason, Run, Unassigned
from visitplan.domain.requests import Family, Request, Task
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode, parse_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from visitplan.findings import Finding

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)
WEEK = Period(MONDAY, dt.date(2026, 3, 6))
S_PER_KM = 90


def at(clock: str, day: int = 0) -> int:
    """Give the tick of a clock time, days after Monday; the clock does not change in that week."""
    hours, minutes = clock.split(":")
    return day * 86400 + int(hours) * 3600 + int(minutes) * 60


def place(place_id: str, km: int) -> Place:
    return Place(place_id, 53.0, km / 100)


@dataclass(frozen=True)
class Line:
    """Travel along the line; between the two places of a ``closed`` pair there is no way."""

    closed: frozenset[frozenset[str]] = frozenset()

    def matrix(self, places: Sequence[Place], mode: TravelMode) -> TravelMatrix:
        km = np.array([round(p.lon * 100) for p in places])
        apart = np.abs(km[:, None] - km[None, :])
        seconds = (apart * S_PER_KM).astype(np.uint16)
        for row, one in enumerate(places):
            for column, two in enumerate(places):
                if frozenset((one.place_id, two.place_id)) in self.closed:
                    seconds[row, column] = UNREACHABLE
        return TravelMatrix(tuple(p.place_id for p in places), seconds, (apart * 100).astype(np.uint16))

    def describe(self) -> Mapping[str, str]:
        return {"source": "line"}


# --- the scenario ---------------------------------------------------------------------------------------

BASE, CLINIC = place("B-TOWN", 0), place("B-CLINIC", 5)

HOUSEHOLDS = (
    Household("H1", "north", place("H1", 3), max_staff_at_once=2),
    Household("H2", "north", place("H2", 7), max_staff_at_once=2),
    Household("H3", "south", place("H3", 12)),
)

STAFF = (
    Staff(
        "N1", "nursing", "NHS", BASE, frozenset({"wound", "iv"}), hourly_cost_pence=2000, max_week_s=10 * 3600
    ),
    Staff("N2", "nursing", "NHS", BASE),
    Staff("T1", "therapy", "NHS", CLINIC, works_with=frozenset({"nursing"})),
    Staff("C1", "care", "CARECO", BASE, areas=frozenset({"north", "south"})),
    Staff("C2", "care", "CARECO", BASE, travel_mode=TravelMode.BIKE, areas=frozenset({"north"})),
    Staff("C3", "care", "CARECO", BASE),
    Staff("X1", "care", "OTHERCO", BASE),
)

LUNCH = Pause(1800, Window(at("11:00"), at("13:30")))

SHIFTS = (
    *(
        Shift(f"{s}-mon", s, MONDAY, Window(at("08:00"), at("14:00")))
        for s in ("N2", "T1", "C1", "C2", "C3", "X1")
    ),
    Shift("N1-mon", "N1", MONDAY, Window(at("08:00"), at("14:00")), pause=LUNCH, overtime_max_s=1800),
    Shift("C1-tue", "C1", TUESDAY, Window(at("08:00", 1), at("10:00", 1)), overtime_max_s=1800),
)

TASKS = (Task("BP", 600, shareable=True), Task("DRESS", 1200), Task("WALK", 1200))


def request(
    request_id: str, household_id: str, service: str, minutes: int, window: str, **more: Any
) -> Request:
    """Give a request of person ``P`` + the household's number for Monday, with a window as in 09:00-11:00."""
    first, last = (dt.time.fromisoformat(clock) for clock in window.split("-"))
    given: dict[str, Any] = {
        "person_id": household_id.replace("H", "P"),
        "organisation": "CARECO" if service == "care" else "NHS",
        "earliest_date": MONDAY,
        "latest_date": MONDAY,
        **more,
    }
    return Request(
        request_id,
        household_id=household_id,
        service=service,
        duration_s=minutes * 60,
        window_start=first,
        window_end=last,
        **given,
    )


REQUESTS = (
    request(
        "WOUND", "H1", "nursing", 45, "09:00-11:00",
        skills=frozenset({"wound"}), family=Family.REQUIRED, tasks=("BP", "DRESS"),
    ),
    request(
        "PHYSIO", "H1", "therapy", 40, "08:30-12:00",
        family=Family.WELCOME, tasks=("BP", "WALK"), preferred_start=dt.time(10),
    ),
    request("WASH", "H2", "care", 30, "08:00-10:00", staff_needed=2, excluded_staff=frozenset({"C3"})),
    request("TABLETS", "H2", "care", 15, "08:00-13:00",
            after_request="WASH", min_gap_s=3600, max_gap_s=4 * 3600),
    request("CALL", "H3", "care", 20, "09:00-12:00", latest_date=TUESDAY, visits=2, family=Family.WELCOME),
    request("DISCHARGE", "H3", "nursing", 30, "09:00-13:00", person_id="P4",
            not_before=at("10:30"), complete_by=at("13:00"), time_critical=True),
    request("LEG", "H2", "nursing", 20, "11:30-12:30",
            preferred_end=dt.time(11, 45), preferred_staff=frozenset({"N2"})),
    request("STOMA", "H2", "nursing", 30, "09:00-12:00", skills=frozenset({"stoma"}), priority=4),
)  # fmt: skip

POLICY = parse_policy({"costs": {"shift_use_pence": 100}})

SCENARIO = Scenario(
    name="line",
    period=WEEK,
    requests=REQUESTS,
    households=HOUSEHOLDS,
    staff=STAFF,
    shifts=SHIFTS,
    family_times=(
        FamilyTime("H1", Window(at("09:00"), at("10:00"))),
        FamilyTime("H1", Window(at("10:00"), at("11:00"))),
        FamilyTime("H3", Window(at("13:00"), at("14:00"))),
    ),
    tasks=TASKS,
    history=(History("P2", "C1", 9), History("P2", "N2", 1), History("P2", "C3", 0)),
    policy=POLICY,
)


def scenario_with(request_id: str | None = None, **changes: Any) -> Scenario:
    """Give the scenario with fields of one request changed; without an id, fields of the scenario itself."""
    if request_id is None:
        return replace(SCENARIO, **changes)
    requests = (replace(r, **changes) if r.request_id == request_id else r for r in REQUESTS)
    return replace(SCENARIO, requests=tuple(requests))


# --- the plan -------------------------------------------------------------------------------------------


def km_between(one: Place, two: Place) -> int:
    return abs(round(one.lon * 100) - round(two.lon * 100))


def minutes_up(seconds: int) -> int:
    return -(-seconds // 60) * 60


def run_of(
    shift: Shift,
    staff: Staff,
    stops: Iterable[tuple[PlannedVisit, Place]],
    break_start: int | None = None,
    slow: Callable[[int, int], int] = lambda seconds, _: seconds,
) -> Run:
    """Give the run that makes these stops at their starts: legs, waits, departure and return worked out.

    ``slow`` gives the seconds of a leg by its free-flow seconds and the tick it is left at. The first leg is
    driven at free flow. A break, if there is one, lies between two of the stops.
    """
    break_s = 0 if shift.pause is None or break_start is None else shift.pause.duration_s
    stops = tuple(stops)
    first, home = stops[0]
    here, visits = staff.start, []
    left = depart = first.start - minutes_up(km_between(here, home) * S_PER_KM)
    for number, (visit, there) in enumerate(stops, start=1):
        km = km_between(here, there)
        leg = km * S_PER_KM if number == 1 else slow(km * S_PER_KM, left)
        rest = break_s if break_start is not None and left <= break_start < visit.start else 0
        wait = visit.start - left - minutes_up(leg) - rest
        mine = {"shift_id": shift.shift_id, "staff_id": staff.staff_id, "sequence": number}
        visits.append(replace(visit, travel_s=leg, metres=km * 1000, wait_s=wait, **mine))
        here, left = there, visit.end
    km = km_between(here, staff.start)
    leg = slow(km * S_PER_KM, left)
    finish = left + minutes_up(leg)
    over = max(0, finish - shift.window.end)
    return Run(
        shift.shift_id,
        staff.staff_id,
        tuple(visits),
        depart,
        finish,
        leg,
        km * 1000,
        break_start,
        break_s,
        over,
    )


def row_of(
    visit_id: str, request: Request, start: int, minutes: int | None = None, **more: Any
) -> PlannedVisit:
    """Give a roster row of a request, still without shift and leg; ``minutes`` where it is shortened."""
    duration = request.duration_s if minutes is None else minutes * 60
    given = {"tasks": request.tasks, **more}
    return PlannedVisit(
        visit_id, request.request_id, request.person_id, request.household_id, request.service,
        request.organisation, "", "", 0, start, start + duration, 0, 0, 0, **given,
    )  # fmt: skip


def _stop(visit_id: str, start: int, minutes: int | None = None, **more: Any) -> tuple[PlannedVisit, Place]:
    asked = SCENARIO.request_by_id[visit_id.split("/")[0]]
    home = SCENARIO.household_by_id[asked.household_id].place
    return row_of(visit_id, asked, start, minutes, **more), home


def _run(shift_id: str, *stops: tuple[PlannedVisit, Place], break_start: int | None = None) -> Run:
    shift = SCENARIO.shift_by_id[shift_id]
    return run_of(shift, SCENARIO.staff_by_id[shift.staff_id], stops, break_start)


JOINT = JointVisit(
    "J-H1-1",
    "H1",
    Mode.TOGETHER,
    ("WOUND", "PHYSIO"),
    Windows((Window(at("09:00"), at("10:15")),)),
    lead_visit_id="WOUND",
    with_family=True,
    told_once=(ToldOnce("BP", "WOUND", ("PHYSIO",)),),
    seconds_saved=600,
)

COSTS = Costs(
    travel_time=8100 * 350,  # 2160 + 360 + 2160 + 1260 + 2160 s
    mileage=76_000 * 28 + 14_000 * 12,  # car, bike
    waiting=98 * 60 * 175,  # N1 6 + 17 min, C1 75 min
    overtime=8 * 60 * 525,  # C1 on Tuesday
    labour=95 * 60 * 28 + (30 + 85 + 30) * 60 * 18,  # N1 at 20 pounds an hour; T1, C1 and C2 at 12.60
    shifts=5 * 100_000,
    early=30 * 60 * 83,  # PHYSIO at 09:30, preferred from 10:00
    late=15 * 60 * 167,  # LEG at 12:00, preferred to 11:45
    strangers=2 * 150_000,  # C2 and N1 at P2's
    not_preferred=300_000,  # LEG by N1
    family_absent=2 * 3_000_000,  # CALL on both days
    interruptions=1_500_000,  # WOUND and PHYSIO with the family
    family_time=45 * 60 * 339,  # from 09:30 to 10:15, at 12.21 pounds an hour
    door_knocks=7 * 300_000,  # two at H3 for DISCHARGE and CALL/1; one each for WOUND and PHYSIO, both WASH
    days=4 * 300_000,  # Monday for three households, Tuesday for H3
    told_once=-10 * 60 * 350,
    unassigned=50_000_000,  # STOMA, priority 4
)

PLAN = Plan(
    period=WEEK,
    runs=(
        _run(
            "C1-mon",
            _stop("WASH/a", at("08:30")),
            _stop("TABLETS", at("10:15")),
            _stop("CALL/1", at("10:38")),
        ),
        _run("C1-tue", _stop("CALL/2", at("09:30", 1))),
        _run("C2-mon", _stop("WASH/b", at("08:30"))),
        _run(
            "N1-mon",
            _stop("WOUND", at("09:30"), joint_visit_id="J-H1-1"),
            _stop("DISCHARGE", at("10:35")),
            _stop("LEG", at("12:00")),
            break_start=at("11:05"),
        ),
        _run("T1-mon", _stop("PHYSIO", at("09:30"), 30, joint_visit_id="J-H1-1", tasks=("WALK",))),
    ),
    unassigned=(
        Unassigned(
            "STOMA", "STOMA", "P2", "H2", "nursing", "NHS", 4, Reason.NO_STAFF,
            "No member of staff has the skill stoma.", "Train or borrow somebody.",
        ),
    ),
    joint_visits=(JOINT,),
    costs=COSTS,
    findings=(),
    provenance=Provenance("0", dt.datetime(2026, 3, 1, tzinfo=dt.UTC), "line", "hand", 1, True, "finished"),
)  # fmt: skip


# --- reading and spoiling it ----------------------------------------------------------------------------


def findings_of(
    plan: Plan = PLAN, scenario: Scenario = SCENARIO, source: Line | None = None
) -> tuple[Finding, ...]:
    return check(scenario, plan, Line() if source is None else source)


def codes_of(plan: Plan = PLAN, scenario: Scenario = SCENARIO, source: Line | None = None) -> set[str]:
    return {finding.code for finding in findings_of(plan, scenario, source)}


def with_visit(plan: Plan, of_visit: str, /, **changes: Any) -> Plan:
    """Change fields of every row of a visit."""
    runs = (
        replace(run, visits=tuple(replace(v, **changes) if v.visit_id == of_visit else v for v in run.visits))
        for run in plan.runs
    )
    return replace(plan, runs=tuple(runs))


def moved(plan: Plan, visit_id: str, minutes: int) -> Plan:
    """Move a visit, start and end, and nothing else."""
    row = plan.visit_by_id[visit_id]
    return with_visit(plan, visit_id, start=row.start + minutes * 60, end=row.end + minutes * 60)


def with_run(plan: Plan, of_shift: str, /, **changes: Any) -> Plan:
    return replace(
        plan, runs=tuple(replace(run, **changes) if run.shift_id == of_shift else run for run in plan.runs)
    )


def without_visit(plan: Plan, visit_id: str) -> Plan:
    runs = (replace(run, visits=tuple(v for v in run.visits if v.visit_id != visit_id)) for run in plan.runs)
    return replace(plan, runs=tuple(runs))


def with_row(plan: Plan, shift_id: str, row: PlannedVisit) -> Plan:
    """Put a row at the end of a run."""
    run = plan.run_by_shift[shift_id]
    return with_run(
        plan, shift_id, visits=(*run.visits, replace(row, shift_id=shift_id, staff_id=run.staff_id))
    )


def given_to(plan: Plan, shift_id: str, new_shift_id: str) -> Plan:
    """Give a whole run to another shift, whose member of staff comes from the same place."""
    shift = SCENARIO.shift_by_id[new_shift_id]
    run = plan.run_by_shift[shift_id]
    mine = {"shift_id": new_shift_id, "staff_id": shift.staff_id}
    return with_run(plan, shift_id, visits=tuple(replace(v, **mine) for v in run.visits), **mine)


def with_joint(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, joint_visits=(replace(plan.joint_visits[0], **changes),))


def with_unassigned(plan: Plan, **changes: Any) -> Plan:
    return replace(plan, unassigned=(replace(plan.unassigned[0], **changes),))
