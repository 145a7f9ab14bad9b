"""Plans that look odd and are right: the checker must let them pass."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.checking.builders import (
    BASE,
    HOUSEHOLDS,
    JOINT,
    MONDAY,
    PLAN,
    SCENARIO,
    WEEK,
    Line,
    at,
    codes_of,
    findings_of,
    moved,
    place,
    request,
    row_of,
    run_of,
    scenario_with,
    with_joint,
    with_run,
    with_visit,
    without_visit,
)
from visitplan.domain.people import FamilyTime, Pause, Shift, Staff
from visitplan.domain.places import Household
from visitplan.domain.plan import Costs, Plan, PlannedVisit, Run
from visitplan.domain.requests import Family, Joint, Pin, Request
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window
from visitplan.findings import Severity
from visitplan.policy import Mode, parse_policy

NURSE = Staff("N", "nursing", "NHS", BASE)
HOME = Household("H", "north", place("H", 3))


def alone(
    asked: Request,
    start: int,
    *,
    minutes: int | None = None,
    name: str | None = None,
    pause: Pause | None = None,
    works: Window | None = None,
    **more: object,
) -> tuple[Scenario, Plan]:
    """Give a scenario of one nurse and one request at H, and the plan that serves it at this tick."""
    shift = Shift("N-mon", "N", MONDAY, works or Window(at("08:00"), at("14:00")), pause)
    given: dict[str, object] = {"family_times": (), **more}
    scenario = Scenario("one", WEEK, (asked,), (HOME,), (NURSE,), (shift,), **given)  # type: ignore[arg-type]
    run = run_of(shift, NURSE, [(row_of(name or asked.request_id, asked, start, minutes), HOME.place)])
    return scenario, plan_of(run)


def plan_of(*runs: Run) -> Plan:
    return replace(PLAN, runs=runs, unassigned=(), joint_visits=(), costs=Costs())


def ask(window: str = "09:00-11:00", minutes: int = 30, **more: object) -> Request:
    return request("R", "H", "nursing", minutes, window, **more)


def broken(scenario: Scenario, plan: Plan) -> set[str]:
    """Give the codes found, the cost aside."""
    return codes_of(plan, scenario) - {"CHECK-COST"}


def test_a_start_on_either_end_of_its_window_holds() -> None:
    for clock in ("09:00", "11:00"):
        assert broken(*alone(ask(), at(clock))) == set()


def test_a_late_start_holds_as_far_as_the_policy_allows() -> None:
    policy = parse_policy({"limits": {"max_late_min": 20}})
    assert broken(*alone(ask(), at("11:20"), policy=policy)) == set()
    assert broken(*alone(ask(), at("11:21"), policy=policy)) == {"CHECK-WINDOW"}
    assert broken(*alone(ask(time_critical=True), at("11:20"), policy=policy)) == {"CHECK-WINDOW"}


def test_a_late_start_is_paid_from_the_end_of_the_window() -> None:
    policy = parse_policy({"limits": {"max_late_min": 20}})
    scenario, plan = alone(ask(), at("11:20"), policy=policy)
    assert cost_due(scenario, plan, "late") == 20 * 60 * 167


def test_a_start_carried_past_midnight_by_lateness_belongs_to_the_day_before() -> None:
    policy = parse_policy({"limits": {"max_late_min": 60}})
    works = Window(at("20:00"), at("06:00", 1))
    scenario, plan = alone(ask("21:00-23:30"), at("00:10", 1), policy=policy, works=works)
    assert broken(scenario, plan) == set()
    assert cost_due(scenario, plan, "late") == 40 * 60 * 167
    assert cost_due(scenario, plan, "early") == 0


def test_a_required_family_time_may_be_two_times_that_touch() -> None:
    touching = tuple(
        FamilyTime("H", Window(at(first), at(last)))
        for first, last in (("09:00", "09:45"), ("09:45", "10:30"))
    )
    asked = ask(family=Family.REQUIRED)
    assert broken(*alone(asked, at("09:30"), family_times=touching)) == set()
    assert broken(*alone(asked, at("10:01"), family_times=touching)) == {"CHECK-FAMILY-REQUIRED"}


def test_a_visit_pinned_where_it_is_holds() -> None:
    assert broken(*alone(ask(), at("10:00"), pins=(Pin("R", "N", at("10:00")),))) == set()


@pytest.mark.parametrize("asked", [ask(daily=True), ask(visits=1, latest_date=WEEK.last)])
def test_the_only_visit_of_a_request_carries_its_id(asked: Request) -> None:
    assert broken(*alone(asked, at("10:00"))) == set()


def test_a_daily_visit_belongs_to_its_own_day() -> None:
    asked = ask(daily=True, latest_date=MONDAY + dt.timedelta(days=1))
    scenario, plan = alone(asked, at("10:00"), name="R/2")
    assert "CHECK-DATE" in broken(scenario, plan)
    scenario, plan = alone(asked, at("10:00"), name="R/1")
    assert broken(scenario, plan) == {"CHECK-VISIT-DROPPED"}  # the other day's


@pytest.mark.parametrize(
    ("window", "start", "depart", "finish"),
    [
        ("08:00-08:30", "08:00", "09:55", "10:35"),  # before leaving
        ("10:45-12:00", "11:00", "09:55", "10:35"),  # after coming back
        ("09:20-10:00", "09:30", "09:25", "10:35"),  # on the way there
        ("10:30-11:00", "10:30", "09:55", "11:05"),  # on the way home
    ],
)
def test_a_break_may_be_taken_on_the_way_or_outside_the_run(
    window: str, start: str, depart: str, finish: str
) -> None:
    first, last = window.split("-")
    pause = Pause(1800, Window(at(first), at(last)))
    scenario, plan = alone(ask(), at("10:00"), pause=pause)
    changes = {"break_start": at(start), "break_s": 1800, "depart": at(depart), "finish": at(finish)}
    assert broken(scenario, with_run(plan, "N-mon", **changes)) == set()


def test_idle_time_before_a_break_on_the_way_home_holds_and_is_paid() -> None:
    scenario, plan = alone(ask(), at("10:00"), pause=Pause(1800, Window(at("10:40"), at("11:10"))))
    plan = with_run(plan, "N-mon", break_start=at("10:40"), break_s=1800, finish=at("11:10"))
    assert broken(scenario, plan) == set()
    assert cost_due(scenario, plan, "waiting") == 5 * 60 * 175


def test_a_return_may_be_rounded_up_before_and_after_the_rush_slows_it() -> None:
    policy = parse_policy({"travel": {"factors": [{"start": "10:00", "factor": 1.5}]}})
    scenario, plan = alone(ask(), at("10:00"), policy=policy)
    for clock, codes in (
        ("10:36", {"CHECK-FINISH", "CHECK-TRAVEL-SHORT"}),
        ("10:37", set()),
        ("10:38", set()),
    ):
        run = with_run(plan, "N-mon", finish=at(clock), return_s=405)  # 270 s at 1.5; 5 min at 1.5 is 7.5
        assert broken(scenario, run) == codes
    assert broken(scenario, with_run(plan, "N-mon", finish=at("10:39"), return_s=405)) == {"CHECK-FINISH"}


def test_staff_at_one_door_one_after_the_other_are_never_there_at_once() -> None:
    full = replace(HOUSEHOLDS[0], max_staff_at_once=1)
    scenario = replace(SCENARIO, households=(full, *HOUSEHOLDS[1:]))
    assert "CHECK-HOUSEHOLD-LIMIT" in codes_of(scenario=scenario)
    assert "CHECK-HOUSEHOLD-LIMIT" not in codes_of(moved(PLAN, "PHYSIO", 45), scenario)


def test_who_must_be_joined_and_is_not_is_only_told_where_nothing_was_coordinated() -> None:
    apart = replace(PLAN, provenance=replace(PLAN.provenance, coordinated=False))
    found = findings_of(apart, scenario_with("LEG", joint=Joint.REQUIRE))
    assert [(f.code, f.severity) for f in found] == [("CHECK-JOINT-REQUIRE", Severity.WARNING)]


def test_an_organisation_may_serve_another_that_the_policy_names() -> None:
    policy = parse_policy({"organisations": {"serves": {"OTHERCO": ["CARECO"]}}})
    run = PLAN.run_by_shift["C2-mon"]
    mine = {"shift_id": "X1-mon", "staff_id": "X1"}
    plan = with_run(PLAN, "C2-mon", visits=tuple(replace(v, **mine) for v in run.visits), **mine)
    assert "CHECK-ORGANISATION" in codes_of(plan)
    assert "CHECK-ORGANISATION" not in codes_of(plan, scenario_with(policy=policy))


def test_leaving_out_a_follower_leaves_what_it_follows_in_order() -> None:
    assert {c for c in codes_of(without_visit(PLAN, "TABLETS")) if c.startswith("CHECK-AFTER")} == set()


def test_where_one_of_three_visits_is_left_out_the_others_still_keep_their_days() -> None:
    scenario = scenario_with("CALL", visits=3, min_days_between=1, latest_date=WEEK.last)
    plan = with_visit(PLAN, "CALL/2", visit_id="CALL/3")
    assert "CHECK-SPACING" not in codes_of(plan, scenario)
    assert "CHECK-SPACING" in codes_of(moved(plan, "CALL/3", -24 * 60), scenario)


# --- joint visits one after the other -------------------------------------------------------------------


def back_to_back(physio_start: str, **joint: object) -> Plan:
    """Let the therapist come after the nurse, who is there from 09:30 to 10:15."""
    minutes = (at(physio_start) - at("09:30")) // 60
    plan = moved(PLAN, "PHYSIO", minutes)
    plan = with_run(plan, "T1-mon", depart=at("09:27") + minutes * 60, finish=at("10:03") + minutes * 60)
    return with_joint(plan, mode=Mode.BACK_TO_BACK, max_gap_s=900, **joint)


def test_visits_back_to_back_hold_within_the_gap() -> None:
    for clock in ("10:15", "10:30"):
        assert broken(SCENARIO, back_to_back(clock)) == set()
    for clock in ("10:14", "10:31"):
        assert "CHECK-JOINT-GAP" in broken(SCENARIO, back_to_back(clock))


def test_visits_back_to_back_in_the_wrong_order_are_named() -> None:
    assert "CHECK-JOINT-GAP" in broken(SCENARIO, back_to_back("10:15", visit_ids=("PHYSIO", "WOUND")))


@pytest.mark.parametrize(("first", "codes"), [("nursing", set()), ("therapy", {"CHECK-JOINT-POLICY"})])
def test_the_policy_says_which_service_comes_first(first: str, codes: set[str]) -> None:
    pair = {"services": ["nursing", "therapy"], "order": first}
    scenario = scenario_with(policy=parse_policy({"coordination": {"pairs": [pair]}}))
    assert broken(scenario, back_to_back("10:15")) == codes


def test_the_shorter_gap_of_the_two_services_counts() -> None:
    pair = {"services": ["therapy", "nursing"], "max_gap_min": 5}
    policy = parse_policy({"services": {"therapy": {"coordination": {"pairs": [pair]}}}})
    scenario = scenario_with(policy=policy)
    assert broken(scenario, back_to_back("10:20")) == set()
    assert broken(scenario, back_to_back("10:21")) == {"CHECK-JOINT-GAP"}


def two_carers_and_then_a_nurse(nurse_start: str) -> tuple[Scenario, Plan]:
    """Let two carers wash somebody at H, together, and a nurse come after them."""
    carers = [replace(NURSE, staff_id=s, service="care", organisation="CARECO") for s in ("C1", "C2")]
    shifts = [
        Shift(f"{s.staff_id}-mon", s.staff_id, MONDAY, Window(at("08:00"), at("14:00")))
        for s in (*carers, NURSE)
    ]
    wash = request("WASH", "H", "care", 30, "08:00-12:00", staff_needed=2)
    scenario = Scenario("three", WEEK, (wash, ask()), (HOME,), (*carers, NURSE), tuple(shifts))
    rows: list[PlannedVisit] = [
        row_of(f"WASH/{slot}", wash, at("09:00"), joint_visit_id="J") for slot in "ab"
    ]
    rows.append(row_of("R", scenario.requests[1], at(nurse_start), joint_visit_id="J"))
    staff = (*carers, NURSE)
    runs = [run_of(s, who, [(row, HOME.place)]) for s, who, row in zip(shifts, staff, rows, strict=True)]
    joint = replace(
        JOINT, joint_visit_id="J", household_id="H", mode=Mode.BACK_TO_BACK, max_gap_s=900, told_once=(),
        visit_ids=("WASH/a", "WASH/b", "R"), lead_visit_id="R", with_family=False,
    )  # fmt: skip
    return scenario, replace(plan_of(*runs), joint_visits=(joint,))


def test_two_carers_share_a_turn_before_the_nurse() -> None:
    assert broken(*two_carers_and_then_a_nurse("09:45")) == set()
    assert broken(*two_carers_and_then_a_nurse("09:46")) == {"CHECK-JOINT-GAP"}


# --- helpers that read a cost ---------------------------------------------------------------------------


def cost_due(scenario: Scenario, plan: Plan, part: str) -> int:
    """Give the only value of one part of the cost that the checker takes."""
    stated = replace(plan, costs=replace(Costs(), **{part: -1}))
    finding = next(f for f in findings_of(stated, scenario) if f.where.subject == f"cost {part}")
    return int(finding.cause.rsplit("(", 1)[1].split()[0])


def test_a_time_critical_visit_left_out_costs_twice() -> None:
    scenario = scenario_with("STOMA", time_critical=True)
    assert cost_due(scenario, PLAN, "unassigned") == 2 * 50_000_000


def test_a_way_that_nobody_takes_need_not_be_there() -> None:
    assert findings_of(source=Line(frozenset({frozenset({"H1", "H2"})}))) == ()  # nobody goes that way
