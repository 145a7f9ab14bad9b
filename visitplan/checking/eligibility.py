"""Rules on staff: everybody works that shift, and is able and allowed to serve what they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Served
    from visitplan.domain.people import Staff
    from visitplan.findings import Finding

_SOMEBODY_ELSE = "Give the visit to somebody else."


def _subject(served: Served) -> str:
    return f"visit {served.visit.visit_id}, staff {served.visit.staff_id}"


def _pairs(case: Case) -> Iterator[tuple[Served, Staff]]:
    """Give every visit with the member of staff that its row names, where there is one."""
    for served in case.served:
        staff = case.scenario.staff_by_id.get(served.visit.staff_id)
        if staff is not None:
            yield served, staff


def shifts_unknown(case: Case) -> Iterator[Finding]:
    """See that every run is one of the scenario's shifts."""
    for run in case.plan.runs:
        if run.shift_id not in case.scenario.shift_by_id:
            yield fault(
                "CHECK-SHIFT-UNKNOWN",
                f"shift {run.shift_id}",
                "The scenario has no such shift.",
                "Check the plan against the folder it was made from.",
            )


def staff_unknown(case: Case) -> Iterator[Finding]:
    """See that every member of staff named is one of the scenario's."""
    named = {run.staff_id for run in case.plan.runs} | {visit.staff_id for visit in case.visits}
    for staff_id in sorted(named - case.scenario.staff_by_id.keys()):
        yield fault(
            "CHECK-STAFF-UNKNOWN",
            f"staff {staff_id}",
            "The scenario has no such member of staff.",
            "Check the plan against the folder it was made from.",
        )


def shifts_of_others(case: Case) -> Iterator[Finding]:
    """See that a run, and every visit in it, names its own shift and the member of staff whose it is."""
    for run in case.plan.runs:
        shift = case.scenario.shift_by_id.get(run.shift_id)
        owner = run.staff_id if shift is None else shift.staff_id
        rows = [(f"run of shift {run.shift_id}", run.shift_id, run.staff_id)]
        rows += [(f"visit {v.visit_id}, shift {run.shift_id}", v.shift_id, v.staff_id) for v in run.visits]
        for subject, shift_id, staff_id in rows:
            if (shift_id, staff_id) != (run.shift_id, owner):
                yield fault(
                    "CHECK-SHIFT-STAFF",
                    subject,
                    f"It names shift {shift_id} and staff {staff_id}; it stands in shift {run.shift_id} of "
                    f"staff {owner}.",
                    "Give the visit to a shift of the member of staff who is to come.",
                )


def service_differs(case: Case) -> Iterator[Finding]:
    """See that staff give the service that is asked for."""
    for served, staff in _pairs(case):
        if staff.service != served.request.service:
            yield fault(
                "CHECK-SERVICE",
                _subject(served),
                f"The visit asks for {served.request.service}, the member of staff gives {staff.service}.",
                _SOMEBODY_ELSE,
            )


def skills_missing(case: Case) -> Iterator[Finding]:
    """See that staff have every skill that is asked for."""
    for served, staff in _pairs(case):
        missing = served.request.skills - staff.skills
        if missing:
            yield fault(
                "CHECK-SKILLS",
                _subject(served),
                f"The member of staff lacks {', '.join(sorted(missing))}.",
                _SOMEBODY_ELSE,
            )


def excluded_come(case: Case) -> Iterator[Finding]:
    """See that nobody comes whom the request excludes."""
    for served in case.served:
        if served.visit.staff_id in served.request.excluded_staff:
            yield fault(
                "CHECK-EXCLUDED",
                _subject(served),
                "The request excludes this member of staff.",
                _SOMEBODY_ELSE,
            )


def organisations_apart(case: Case) -> Iterator[Finding]:
    """See that staff serve their own organisation's requests, and those of others that the policy names."""
    for served, staff in _pairs(case):
        if not case.may_serve(staff.organisation, served.request.organisation):
            yield fault(
                "CHECK-ORGANISATION",
                _subject(served),
                f"Staff of {staff.organisation} do not serve requests of {served.request.organisation}.",
                f"{_SOMEBODY_ELSE[:-1]}, or add it to serves under [organisations] of the policy.",
            )


def areas_apart(case: Case) -> Iterator[Finding]:
    """See that staff work in the area of the household."""
    for served, staff in _pairs(case):
        area = case.scenario.household_by_id[served.request.household_id].area
        if staff.areas and area not in staff.areas:
            yield fault(
                "CHECK-AREA",
                _subject(served),
                f"It lies in {area}; the member of staff works in {', '.join(sorted(staff.areas))}.",
                _SOMEBODY_ELSE,
            )


def pinned_staff_changed(case: Case) -> Iterator[Finding]:
    """See that a visit pinned to a member of staff stays with them."""
    for served in case.served:
        pin = case.scenario.pin_by_visit.get(served.visit.visit_id)
        if pin is not None and pin.staff_id is not None and pin.staff_id != served.visit.staff_id:
            yield fault(
                "CHECK-PIN-STAFF",
                _subject(served),
                f"The visit is pinned to staff {pin.staff_id}.",
                "Give it back to them, or take the pin out.",
            )


def works_with_refused(case: Case) -> Iterator[Finding]:
    """See that in a joint visit, everybody is willing to meet the other services."""
    for served, staff in _pairs(case):
        joint = case.joint_of.get(served.visit.visit_id)
        if joint is None or not staff.works_with:
            continue
        others = {case.expected[v].request.service for v in joint.visit_ids if v in case.expected}
        refused = others - {served.request.service} - staff.works_with
        if refused:
            yield fault(
                "CHECK-WORKS-WITH",
                f"{_subject(served)}, joint visit {joint.joint_visit_id}",
                f"The member of staff does not work with {', '.join(sorted(refused))}.",
                f"{_SOMEBODY_ELSE[:-1]}, or split the joint visit.",
            )
