"""Rules on known faces: where policy asks, nobody new comes without somebody who is known at the home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking.case import fault
from visitplan.domain.requests import Joint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Served
    from visitplan.domain.people import Staff
    from visitplan.findings import Finding


def known_faces_missing(case: Case) -> Iterator[Finding]:
    """See that somebody known at the home comes to each joint visit, where one of those known could."""
    for joint in case.plan.joint_visits:
        members = [case.planned[v] for v in joint.visit_ids if v in case.planned]
        asked = any(case.rules(served.request).coordination.known_face for served in members)
        required = any(served.request.joint is Joint.REQUIRE for served in members)
        if not asked or required or any(_is_known(case, served) for served in members):
            continue
        could = sorted({name for served in members for name in _who_could(case, served)})
        if could:
            yield fault(
                "CHECK-KNOWN-FACE",
                f"joint visit {joint.joint_visit_id}, household {joint.household_id}",
                f"Nobody who comes has been there before; {', '.join(could)} could come.",
                "Send one of them, or split the joint visit.",
            )


def strangers_alone(case: Case) -> Iterator[Finding]:
    """See that new staff come beside somebody known, where policy asks and one of those known could come."""
    for served in case.planned.values():
        asked = case.rules(served.request).coordination.introduce_new
        if not asked or any(_is_known(case, other) for other in _company(case, served)):
            continue
        could = sorted(_who_could(case, served))
        if could:
            yield fault(
                "CHECK-INTRODUCTION",
                f"visit {served.visit.visit_id}, staff {served.visit.staff_id}",
                f"Somebody new to the home comes without one of those known; {', '.join(could)} could come.",
                "Send one of them, or both together.",
            )


def _is_known(case: Case, served: Served) -> bool:
    return served.visit.staff_id in case.known_at.get(served.request.household_id, ())


def _company(case: Case, served: Served) -> list[Served]:
    """Give the visit and those that start with it, in its joint visit or its call for several."""
    joint = case.joint_of.get(served.visit.visit_id)
    named = set() if joint is None else set(joint.visit_ids)
    return [
        other
        for other in case.planned_at.get(served.request.household_id, ())
        if other.visit.start == served.visit.start
        and (
            other.visit.visit_id in named
            or (other.request is served.request and other.expected.occurrence == served.expected.occurrence)
        )
    ]


def _who_could(case: Case, served: Served) -> Iterator[str]:
    """Give those known at the home who may make this visit, and are at work while it lasts."""
    for staff_id in case.known_at.get(served.request.household_id, ()):
        staff = case.scenario.staff_by_id.get(staff_id)
        if staff is None or not case.capable(served.expected, staff):
            continue
        if _meets_the_others(case, served, staff) and _is_at_work(case, served, staff_id):
            yield staff_id


def _is_at_work(case: Case, served: Served, staff_id: str) -> bool:
    return any(
        shift.window.start <= served.visit.start
        and served.visit.end <= shift.window.end + shift.overtime_max_s
        for shift in case.shifts_of.get(staff_id, ())
    )


def _meets_the_others(case: Case, served: Served, staff: Staff) -> bool:
    joint = case.joint_of.get(served.visit.visit_id)
    if joint is None or not staff.works_with:
        return True
    others = {case.expected[v].request.service for v in joint.visit_ids if v in case.expected}
    return others - {served.request.service} <= staff.works_with
