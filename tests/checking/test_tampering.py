"""Every way to spoil a correct plan is named by the code of the rule it breaks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import visitplan.checking
from tests.checking.builders import (
    COSTS,
    JOINT,
    PLAN,
    SCENARIO,
    STAFF,
    Line,
    at,
    codes_of,
    findings_of,
    given_to,
    moved,
    row_of,
    scenario_with,
    with_joint,
    with_row,
    with_run,
    with_unassigned,
    with_visit,
    without_visit,
)
from visitplan.checking import RULES
from visitplan.checking.case import Case
from visitplan.checking.costs import _PARTS
from visitplan.domain.demand import Covered, Told, ToldOnce
from visitplan.domain.people import History, Person, Team
from visitplan.domain.period import Period
from visitplan.domain.places import Household
from visitplan.domain.plan import Costs, Plan, Reason
from visitplan.domain.requests import Joint, Pin
from visitplan.findings import Severity
from visitplan.policy import Mode, parse_policy

if TYPE_CHECKING:
    from visitplan.domain.scenario import Scenario

CALL_AGAIN = replace(PLAN.visit_by_id["CALL/1"], start=at("11:10"), end=at("11:30"), sequence=4)
GHOST = row_of("GHOST", replace(SCENARIO.requests[0], request_id="GHOST"), at("12:00"))


CUT = Line(frozenset({frozenset({"H2", "H3"})}))


def covered(visit_id: str, by: str) -> Covered:
    """Say that a visit is covered by another."""
    request = SCENARIO.request_by_id[visit_id]
    names = (request.person_id, request.household_id, request.service, request.organisation)
    return Covered(visit_id, visit_id, *names, (by,), "said to be covered")


def with_staff(staff_id: str, **changes: object) -> Scenario:
    return scenario_with(staff=tuple(replace(s, **changes) if s.staff_id == staff_id else s for s in STAFF))


def one_carer_for_two_shifts() -> Scenario:
    """Let the shift of C2 be another one of C1's."""
    shifts = (replace(s, staff_id="C1") if s.shift_id == "C2-mon" else s for s in SCENARIO.shifts)
    return scenario_with(shifts=tuple(shifts))


def quiet_homes(start: str, end: str) -> tuple[Household, ...]:
    """Give all homes with a quiet time."""
    times = dt.time.fromisoformat(start), dt.time.fromisoformat(end)
    return tuple(replace(home, quiet=times) for home in SCENARIO.households)


def policy(**sections: object) -> Scenario:
    return scenario_with(policy=parse_policy({"costs": {"shift_use_pence": 100}, **sections}))


def pinned(visit_id: str, **pin: object) -> Scenario:
    return scenario_with(pins=(Pin(visit_id, **pin),))


def test_the_plan_made_by_hand_holds() -> None:
    assert findings_of() == ()


LISTED = {
    "a start moved": ("CHECK-START", moved(PLAN, "TABLETS", 10)),
    "a visit dropped": ("CHECK-VISIT-DROPPED", without_visit(PLAN, "CALL/2")),
    "a visit doubled": ("CHECK-VISIT-DOUBLED", with_row(PLAN, "C1-mon", CALL_AGAIN)),
    "given to someone unskilled": ("CHECK-SKILLS", given_to(PLAN, "N1-mon", "N2-mon")),
    "given to someone excluded": ("CHECK-EXCLUDED", given_to(PLAN, "C2-mon", "C3-mon")),
    "given to someone off shift": ("CHECK-OFF-SHIFT", with_visit(PLAN, "CALL/2", staff_id="C3")),
    "a link broken": ("CHECK-DOUBLE-START", moved(PLAN, "WASH/b", 5)),
    "a break eaten": ("CHECK-BREAK-EATEN", moved(PLAN, "LEG", -25)),
    "a window missed": ("CHECK-WINDOW", moved(PLAN, "LEG", 45)),
    "travel too short": ("CHECK-TRAVEL-SHORT", moved(PLAN, "CALL/1", -3)),
    "a cost altered": ("CHECK-COST", replace(PLAN, costs=replace(COSTS, mileage=COSTS.mileage - 1))),
    "a household over its limit": ("CHECK-HOUSEHOLD-LIMIT", moved(PLAN, "TABLETS", -105)),
    "a request invented": ("CHECK-REQUEST-INVENTED", with_row(PLAN, "C2-mon", GHOST)),
}


@pytest.mark.parametrize(("code", "plan"), LISTED.values(), ids=LISTED)
def test_a_tampering_is_named_as_an_error(code: str, plan: Plan) -> None:
    assert code in {f.code for f in findings_of(plan) if f.severity is Severity.ERROR}


SPOILT: list[tuple[str, Plan]] = [
    ("CHECK-PERIOD", replace(PLAN, period=Period(PLAN.period.first, PLAN.period.first))),
    ("CHECK-PERIOD", replace(PLAN, period=replace(PLAN.period, zone="Europe/Paris"))),
    ("CHECK-VISIT-DOUBLED", replace(PLAN, unassigned=PLAN.unassigned * 2)),
    ("CHECK-VISIT-BOTH", with_unassigned(PLAN, visit_id="LEG")),
    ("CHECK-REQUEST-INVENTED", with_unassigned(PLAN, request_id="GHOST")),
    ("CHECK-VISIT-INVENTED", with_visit(PLAN, "CALL/2", visit_id="CALL/3")),
    ("CHECK-VISIT-INVENTED", with_unassigned(PLAN, visit_id="STOMA/b")),
    ("CHECK-VISIT-NAMES", with_visit(PLAN, "LEG", request_id="WOUND")),
    ("CHECK-VISIT-NAMES", with_visit(PLAN, "LEG", person_id="P9")),
    ("CHECK-VISIT-NAMES", with_visit(PLAN, "LEG", household_id="H1")),
    ("CHECK-VISIT-NAMES", with_visit(PLAN, "LEG", service="care")),
    ("CHECK-VISIT-NAMES", with_visit(PLAN, "LEG", organisation="CARECO")),
    ("CHECK-VISIT-NAMES", with_unassigned(PLAN, organisation="CARECO")),
    ("CHECK-VISIT-NAMES", with_unassigned(PLAN, priority=1)),
    ("CHECK-UNASSIGNED-UNEXPLAINED", with_unassigned(PLAN, change=" ")),
    ("CHECK-UNASSIGNED-UNEXPLAINED", with_unassigned(PLAN, explanation="")),
    ("CHECK-REASON", with_unassigned(PLAN, reason=Reason.NO_DAY)),
    ("CHECK-SHIFT-UNKNOWN", with_run(PLAN, "C2-mon", shift_id="NONE")),
    ("CHECK-STAFF-UNKNOWN", with_visit(PLAN, "CALL/2", staff_id="NONE")),
    ("CHECK-SHIFT-STAFF", with_run(PLAN, "C2-mon", staff_id="C3")),
    ("CHECK-SHIFT-STAFF", with_visit(PLAN, "LEG", staff_id="N2")),
    ("CHECK-SHIFT-STAFF", with_visit(PLAN, "LEG", shift_id="N2-mon")),
    ("CHECK-SERVICE", given_to(PLAN, "C2-mon", "N2-mon")),
    ("CHECK-ORGANISATION", given_to(PLAN, "C2-mon", "X1-mon")),
    ("CHECK-START-MINUTE", with_visit(PLAN, "LEG", start=at("12:00") + 30)),
    ("CHECK-DATE", moved(PLAN, "LEG", 24 * 60)),
    ("CHECK-NOT-BEFORE", moved(PLAN, "DISCHARGE", -6)),
    ("CHECK-COMPLETE-BY", moved(PLAN, "DISCHARGE", 120)),
    ("CHECK-FAMILY-REQUIRED", moved(PLAN, "WOUND", 60)),
    ("CHECK-DURATION", with_visit(PLAN, "LEG", end=at("12:19"))),
    ("CHECK-DURATION", with_visit(PLAN, "PHYSIO", end=at("10:10"))),
    ("CHECK-TASKS", with_visit(PLAN, "WOUND", tasks=("DRESS",))),
    ("CHECK-TASKS", with_visit(PLAN, "PHYSIO", tasks=("BP", "WALK"))),
    ("CHECK-TASKS", with_visit(PLAN, "PHYSIO", tasks=("WALK", "WALK"))),
    ("CHECK-SHIFT-DOUBLED", replace(PLAN, runs=(*PLAN.runs, PLAN.run_by_shift["C2-mon"]))),
    ("CHECK-RUN-EMPTY", without_visit(PLAN, "CALL/2")),
    ("CHECK-SEQUENCE", with_visit(PLAN, "TABLETS", sequence=3)),
    ("CHECK-OVERLAP", moved(PLAN, "TABLETS", 20)),
    ("CHECK-TRAVEL-SHORT", with_run(PLAN, "T1-mon", depart=at("09:28"))),
    ("CHECK-TRAVEL-SHORT", with_run(PLAN, "T1-mon", finish=at("10:02"))),
    ("CHECK-TRAVEL-STATED", with_visit(PLAN, "LEG", travel_s=449)),
    ("CHECK-TRAVEL-STATED", with_visit(PLAN, "LEG", metres=4999)),
    ("CHECK-TRAVEL-STATED", with_run(PLAN, "T1-mon", return_s=240)),
    ("CHECK-TRAVEL-STATED", with_run(PLAN, "T1-mon", return_metres=0)),
    ("CHECK-START", with_visit(PLAN, "LEG", wait_s=0)),
    ("CHECK-START", moved(PLAN, "CALL/2", 1)),
    ("CHECK-START", with_run(PLAN, "T1-mon", depart=at("09:00"))),
    ("CHECK-WAIT", with_visit(PLAN, "WOUND", wait_s=-60)),
    ("CHECK-FINISH", with_run(PLAN, "T1-mon", finish=at("10:02"))),
    ("CHECK-FINISH", with_run(PLAN, "T1-mon", finish=at("10:04"))),
    ("CHECK-OVERTIME", with_run(PLAN, "C1-tue", overtime_s=0)),
    ("CHECK-OFF-SHIFT", with_run(PLAN, "T1-mon", depart=at("07:59"))),
    ("CHECK-OFF-SHIFT", with_run(PLAN, "C1-tue", finish=at("10:31", 1))),
    ("CHECK-OFF-SHIFT", moved(PLAN, "CALL/2", 60)),
    ("CHECK-BREAK-MISSING", with_run(PLAN, "N1-mon", break_start=None)),
    ("CHECK-BREAK-INVENTED", with_run(PLAN, "T1-mon", break_start=at("09:28"))),
    ("CHECK-BREAK-LENGTH", with_run(PLAN, "N1-mon", break_s=1740)),
    ("CHECK-BREAK-WINDOW", with_run(PLAN, "N1-mon", break_start=at("10:59"))),
    ("CHECK-BREAK-WINDOW", with_run(PLAN, "N1-mon", break_start=at("13:01"))),
    ("CHECK-BREAK-EATEN", with_run(PLAN, "N1-mon", break_start=at("11:00"))),
    ("CHECK-BREAK-EATEN", with_run(PLAN, "N1-mon", break_start=at("12:10"))),
    ("CHECK-DOUBLE-SPLIT", without_visit(PLAN, "WASH/b")),
    ("CHECK-DOUBLE-STAFF", with_visit(PLAN, "WASH/b", staff_id="C1")),
    ("CHECK-SPACING", moved(PLAN, "CALL/2", -24 * 60)),
    ("CHECK-AFTER-MISSING", without_visit(without_visit(PLAN, "WASH/a"), "WASH/b")),
    ("CHECK-AFTER-GAP", moved(PLAN, "TABLETS", -16)),
    ("CHECK-AFTER-GAP", moved(PLAN, "TABLETS", 166)),
    ("CHECK-JOINT-DOUBLED", replace(PLAN, joint_visits=(JOINT, JOINT))),
    ("CHECK-JOINT-DOUBLED", replace(PLAN, joint_visits=(JOINT, replace(JOINT, joint_visit_id="J-H1-2")))),
    ("CHECK-JOINT-MEMBER", without_visit(PLAN, "PHYSIO")),
    ("CHECK-JOINT-NAMED", with_visit(PLAN, "PHYSIO", joint_visit_id=None)),
    ("CHECK-JOINT-NAMED", with_visit(PLAN, "LEG", joint_visit_id="J-H1-1")),
    ("CHECK-JOINT-NAMED", replace(PLAN, joint_visits=())),
    ("CHECK-JOINT-HOUSEHOLD", with_joint(PLAN, household_id="H2")),
    ("CHECK-JOINT-REQUIRE", with_joint(PLAN, required=True)),
    ("CHECK-JOINT-REQUESTS", with_joint(PLAN, visit_ids=("WASH/a", "WASH/b"), lead_visit_id="WASH/a")),
    ("CHECK-JOINT-REQUESTS", with_joint(PLAN, visit_ids=("CALL/1", "CALL/2"), lead_visit_id="CALL/1")),
    ("CHECK-JOINT-START", moved(PLAN, "PHYSIO", 5)),
    ("CHECK-JOINT-GAP", with_joint(PLAN, mode=Mode.BACK_TO_BACK)),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("WALK", "PHYSIO", ("WOUND",)),))),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("DRESS", "WOUND", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("NONE", "WOUND", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("BP", "LEG", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("BP", "WOUND", ("WOUND",)),))),
    ("CHECK-TOLD-ONCE", with_joint(PLAN, told_once=(ToldOnce("BP", "NONE", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", with_visit(PLAN, "WOUND", tasks=("DRESS",))),
    ("CHECK-TOLD-ONCE", replace(PLAN, told=(Told("BP", "P1", "LEG", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", replace(PLAN, told=(Told("WALK", "P1", "PHYSIO", ("WOUND",)),))),
    ("CHECK-TOLD-ONCE", replace(PLAN, told=(Told("BP", "P1", "WOUND", ("WOUND",)),))),
    ("CHECK-TOLD-ONCE", replace(PLAN, told=(Told("BP", "P1", "WOUND", ("PHYSIO",)),))),
    ("CHECK-TOLD-ONCE", replace(PLAN, told=(Told("BP", "P1", None, ("PHYSIO",), PLAN.period.first),))),
    ("CHECK-COVERED", replace(without_visit(PLAN, "LEG"), covered=(covered("LEG", "WOUND"),))),
    ("CHECK-COVERED", replace(without_visit(PLAN, "WOUND"), covered=(covered("WOUND", "PHYSIO"),))),
    ("CHECK-VISIT-BOTH", replace(PLAN, covered=(covered("LEG", "WOUND"),))),
    ("CHECK-TEAM", replace(PLAN, teams=(Team("P2", "nursing", ("N1",)),) * 2)),
    ("CHECK-TEAM", replace(PLAN, teams=(Team("P2", "nursing", ("N1", "N1")),))),
    ("CHECK-TEAM", replace(PLAN, teams=(Team("P2", "nursing", ("C1",)),))),
    ("CHECK-TEAM", replace(PLAN, teams=(Team("P9", "nursing", ("N1",)),))),
    ("CHECK-TEAM", replace(PLAN, teams=(Team("P2", "nursing", ("N1", "N2", "GHOST")),))),
    ("CHECK-COST", replace(PLAN, teams=(Team("P2", "nursing", ("N2",)),))),
    *(
        ("CHECK-COST", replace(PLAN, costs=replace(COSTS, **{part: getattr(COSTS, part) + 1})))
        for part in _PARTS
    ),
]

OTHERWISE_ASKED: list[tuple[str, Scenario]] = [
    ("CHECK-SKILLS", scenario_with("WASH", skills=frozenset({"hoist"}))),
    ("CHECK-AREA", with_staff("C2", areas=frozenset({"south"}))),
    ("CHECK-WORKS-WITH", with_staff("T1", works_with=frozenset({"care"}))),
    ("CHECK-WEEK-HOURS", with_staff("N1", max_week_s=9300)),
    ("CHECK-PIN-STAFF", pinned("LEG", staff_id="N2")),
    ("CHECK-PIN-START", pinned("LEG", start=at("11:59"))),
    ("CHECK-DATE", scenario_with("CALL", latest_date=PLAN.period.first)),
    ("CHECK-DATE", scenario_with("CALL", weekdays=frozenset({1, 2}), latest_date=PLAN.period.last)),
    ("CHECK-WINDOW", scenario_with("LEG", window_end=dt.time(11, 59))),
    ("CHECK-WINDOW", scenario_with("LEG", window_start=dt.time(12, 1))),
    ("CHECK-JOINT-AVOID", scenario_with("PHYSIO", joint=Joint.AVOID)),
    ("CHECK-JOINT-REQUIRE", scenario_with("LEG", joint=Joint.REQUIRE)),
    ("CHECK-JOINT-REQUIRE", scenario_with("WOUND", joint=Joint.REQUIRE)),
    ("CHECK-JOINT-POLICY", policy(coordination={"modes": ["back_to_back"]})),
    ("CHECK-JOINT-POLICY", policy(coordination={"enabled": False})),
    ("CHECK-JOINT-POLICY", policy(services={"therapy": {"coordination": {"modes": []}}})),
    (
        "CHECK-JOINT-POLICY",
        policy(
            areas={"north": {"coordination": {"pairs": [{"services": ["therapy", "nursing"], "modes": []}]}}}
        ),
    ),
    ("CHECK-JOINT-SIZE", policy(coordination={"max_attendance_min": 44})),
    ("CHECK-JOINT-FAMILY", scenario_with(family_times=())),
    ("CHECK-TOLD-ONCE", scenario_with("PHYSIO", person_id="P5")),
    ("CHECK-DURATION", policy(coordination={"min_visit_min": 31})),
    ("CHECK-QUIET", policy(limits={"quiet_times": [{"start": "12:00", "end": "13:00"}]})),
    ("CHECK-QUIET", scenario_with(households=quiet_homes("11:30", "12:30"))),
    (
        "CHECK-QUIET",
        replace(
            policy(limits={"school_hours": [{"start": "12:19", "end": "15:00", "days": ["mon"]}]}),
            people=(Person("P2", "H2", child=True),),
        ),
    ),
    ("CHECK-SPACING", scenario_with("CALL", min_days_between=2, latest_date=PLAN.period.last)),
    (
        "CHECK-KNOWN-FACE",
        replace(with_staff("N2", skills=frozenset({"wound"})), history=(History("P1", "N2", 1),)),
    ),
    ("CHECK-INTRODUCTION", policy(coordination={"introduce_new": True})),
    ("CHECK-DISCHARGE", scenario_with(people=(Person("P2", "H2", discharge=at("12:01")),))),
    ("CHECK-URGENT", scenario_with("LEG", priority=1, received=at("12:01"))),
    ("CHECK-URGENT", scenario_with("LEG", priority=1, received=at("09:59"))),
    ("CHECK-SAME-TIME", scenario_with("CALL", same_time_s=67 * 60)),
    ("CHECK-COST", scenario_with("LEG", preferred_end=None, usual_start=dt.time(11, 20))),
    ("CHECK-COST", scenario_with("CALL", usual_start=dt.time(9, 30))),
    ("CHECK-STAFF-TWICE", one_carer_for_two_shifts()),
]


@pytest.mark.parametrize(("code", "plan"), SPOILT, ids=[f"{n} {code}" for n, (code, _) in enumerate(SPOILT)])
def test_a_spoilt_plan_is_named(code: str, plan: Plan) -> None:
    assert code in codes_of(plan)


@pytest.mark.parametrize(
    ("code", "scenario"), OTHERWISE_ASKED, ids=[f"{n} {code}" for n, (code, _) in enumerate(OTHERWISE_ASKED)]
)
def test_a_plan_for_another_scenario_is_named(code: str, scenario: Scenario) -> None:
    assert code in codes_of(scenario=scenario)


def test_a_leg_without_a_way_is_named() -> None:
    assert "CHECK-UNREACHABLE" in codes_of(source=CUT)


def test_every_code_in_the_checker_is_shown_here() -> None:
    folder = Path(visitplan.checking.__file__).parent
    written = {
        code for file in folder.glob("*.py") for code in re.findall(r'"(CHECK-[A-Z-]+)"', file.read_text())
    }
    shown = {code for code, _ in (*LISTED.values(), *SPOILT, *OTHERWISE_ASKED)} | {"CHECK-UNREACHABLE"}
    assert written == shown


def test_every_rule_is_in_the_list() -> None:
    folder = Path(visitplan.checking.__file__).parent
    signature = re.compile(r"^def (\w+)\(case: Case\) -> Iterator\[Finding\]", re.MULTILINE)
    written = {name for file in folder.glob("*.py") for name in signature.findall(file.read_text())}
    assert written == {rule.__name__ for rule in RULES}
    assert len(RULES) == len(set(RULES))


def test_every_rule_is_broken_by_something_here() -> None:
    cases = [Case(SCENARIO, plan, Line()) for _, plan in (*LISTED.values(), *SPOILT)]
    cases += [Case(scenario, PLAN, Line()) for _, scenario in OTHERWISE_ASKED]
    cases.append(Case(SCENARIO, PLAN, CUT))
    idle = [rule.__name__ for rule in RULES if not any(list(rule(case)) for case in cases)]
    assert idle == []


def test_every_part_of_the_cost_is_added_up() -> None:
    assert list(_PARTS) == [part.name for part in fields(Costs)]


def test_findings_name_ids_clock_times_and_what_to_do() -> None:
    finding = next(f for f in findings_of(moved(PLAN, "LEG", 45)) if f.code == "CHECK-WINDOW")
    assert finding.where.subject == "visit LEG"
    assert finding.cause == "It starts at 12:45; its window is 11:30 to 12:30."
    assert finding.action
