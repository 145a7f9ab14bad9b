"""Reasons given for unassigned visits, held against the scenario."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.checking.builders import (
    PLAN,
    TUESDAY,
    Line,
    at,
    findings_of,
    scenario_with,
    with_unassigned,
    without_visit,
)
from visitplan.domain.plan import Plan, Reason, Unassigned
from visitplan.domain.requests import Family, Joint, Pin
from visitplan.findings import Severity

if TYPE_CHECKING:
    from visitplan.domain.scenario import Scenario


def doubts(reason: Reason, scenario: Scenario, plan: Plan = PLAN, source: Line | None = None) -> list[str]:
    """Give the causes of the warnings about the reason of STOMA."""
    found = findings_of(with_unassigned(plan, reason=reason), scenario, source)
    return [f.cause for f in found if f.code == "CHECK-REASON" and f.severity is Severity.WARNING]


def stoma(**changes: Any) -> Scenario:
    return scenario_with("STOMA", **changes)


FOR_ANYBODY = {"skills": frozenset()}


@pytest.mark.parametrize(
    ("reason", "scenario"),
    [
        (Reason.NO_STAFF, stoma()),
        (Reason.NO_STAFF, stoma(skills=frozenset({"wound"}), staff_needed=2)),
        (Reason.NO_STAFF, stoma(**FOR_ANYBODY, joint=Joint.REQUIRE)),
        (Reason.NO_DAY, stoma(weekdays=frozenset({6}))),
        (Reason.NO_DAY, stoma(not_before=at("12:01"))),
        (Reason.NO_DAY, stoma(complete_by=at("09:20"))),
        (Reason.FAMILY_NEVER, stoma(family=Family.REQUIRED)),
        (Reason.NO_SHIFT, stoma()),
        (Reason.JOINT_REQUIRED, stoma(joint=Joint.REQUIRE)),
        (Reason.OUTBID, stoma(**FOR_ANYBODY)),
    ],
)
def test_a_reason_that_can_be_true_is_let_pass(reason: Reason, scenario: Scenario) -> None:
    assert doubts(reason, scenario) == []


def test_a_pin_outside_the_window_leaves_no_day() -> None:
    scenario = scenario_with(pins=(Pin("STOMA", start=at("12:01")),))
    assert doubts(Reason.NO_DAY, scenario) == []
    inside = scenario_with(pins=(Pin("STOMA", start=at("12:00")),))
    assert "may start at 2026-03-02 12:00" in doubts(Reason.NO_DAY, inside)[0]


def test_more_visits_than_days_leave_no_day_for_the_last() -> None:
    plan = with_unassigned(PLAN, visit_id="STOMA/2", reason=Reason.NO_DAY)
    assert doubts(Reason.NO_DAY, stoma(visits=2), plan) == []


def test_a_visit_leaves_their_days_to_its_neighbours() -> None:
    both = {"visits": 2, "latest_date": TUESDAY}
    plan = with_unassigned(PLAN, visit_id="STOMA/2")
    assert doubts(Reason.NO_DAY, stoma(**both, complete_by=at("12:00")), plan) == []  # Monday is the first's
    assert "2026-03-03" in doubts(Reason.NO_DAY, stoma(**both), plan)[0]


@pytest.mark.parametrize(
    ("reason", "scenario", "but"),
    [
        (Reason.NO_DAY, stoma(), "it may start at 2026-03-02 09:00"),
        (Reason.FAMILY_NEVER, stoma(), "the family is not required"),
        (
            Reason.FAMILY_NEVER,
            stoma(family=Family.REQUIRED, household_id="H1"),
            "the family is there from 2026-03-02 09:00",
        ),
        (Reason.NO_STAFF, stoma(**FOR_ANYBODY), "staff N1, N2 may serve it"),
        (Reason.NO_SHIFT, stoma(**FOR_ANYBODY), "shift N1-mon could do it"),
        (Reason.PREDECESSOR, stoma(), "it follows no other"),
        (Reason.PREDECESSOR, stoma(after_request="WASH"), "visit WASH/a is served"),
        (Reason.JOINT_REQUIRED, stoma(), "its request does not require a joint visit"),
    ],
)
def test_a_reason_that_the_scenario_contradicts_is_doubted(
    reason: Reason, scenario: Scenario, but: str
) -> None:
    assert doubts(reason, scenario) == [f"The reason given is '{reason}', but {but}."]


def test_a_shift_that_would_only_be_back_too_late_does_not_meet_the_window() -> None:
    in_time = stoma(**FOR_ANYBODY, window_start=time(13), window_end=time(13, 40))
    too_late = stoma(**FOR_ANYBODY, window_start=time(13, 50), window_end=time(14))
    assert doubts(Reason.NO_SHIFT, in_time)
    assert doubts(Reason.NO_SHIFT, too_late) == []
    cut_off = Line(frozenset({frozenset({"B-TOWN", "H2"})}))
    assert doubts(Reason.NO_SHIFT, in_time, source=cut_off) == []


def test_what_follows_an_unserved_visit_may_say_so() -> None:
    plan = without_visit(without_visit(PLAN, "WASH/a"), "WASH/b")
    assert doubts(Reason.PREDECESSOR, stoma(after_request="WASH"), plan) == []


def test_a_row_that_no_request_makes_has_no_reason_to_judge() -> None:
    ghost: Unassigned = replace(PLAN.unassigned[0], visit_id="GHOST", reason=Reason.NO_DAY)
    found = findings_of(replace(PLAN, unassigned=(ghost,)))
    assert "CHECK-REASON" not in {f.code for f in found}
