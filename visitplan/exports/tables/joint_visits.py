"""The tables of what is done together: joint visits, visits that others cover, and tasks told once."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from visitplan.domain.demand import Told, Worth
from visitplan.exports.cells import listed
from visitplan.exports.tables.table import Row, Table, columns
from visitplan.exports.view import View, minutes, pounds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.demand import JointVisit, ToldOnce


def joint_visit_row(view: View, joint: JointVisit) -> Row:
    """Give the row of a joint visit; times and staff are blank where none of its visits is planned."""
    found = (view.plan.visit_by_id.get(visit_id) for visit_id in joint.visit_ids)
    planned = [visit for visit in found if visit is not None]
    start = min((visit.start for visit in planned), default=None)
    return {
        "joint_visit_id": joint.joint_visit_id,
        "household_id": joint.household_id,
        "area": view.area(joint.household_id),
        "date": None if start is None else view.date(start),
        "start": view.clock(start),
        "end": view.clock(max((visit.end for visit in planned), default=None)),
        "mode": joint.mode.value,
        "visits": len(joint.visit_ids),
        "planned": len(planned),
        "visit_ids": listed(joint.visit_ids),
        "services": listed(dict.fromkeys(visit.service for visit in planned)),
        "staff_ids": listed(dict.fromkeys(visit.staff_id for visit in planned)),
        "lead_visit_id": joint.lead_visit_id,
        "lead_staff_id": view.staff_of(joint.lead_visit_id),
        "with_family": joint.with_family,
        "required": joint.required,
        "max_gap_min": minutes(joint.max_gap_s),
        "told_once": _told_once(joint),
        **_benefits(joint),
    }


def _told_once(joint: JointVisit) -> str:
    return listed(
        f"{told.task} by {told.by_visit_id} for {', '.join(told.spared_visit_ids)}"
        for told in joint.told_once
    )


def _benefits(joint: JointVisit) -> Row:
    return {
        "minutes_saved": minutes(joint.seconds_saved),
        "interruptions_saved": joint.interruptions_saved,
        "door_knocks_saved": joint.door_knocks_saved,
        "benefit_pounds": pounds(joint.benefit_mp),
        "benefit_parts": _benefit_parts(joint),
    }


def _benefit_parts(joint: JointVisit) -> str:
    """Give the parts of what a joint visit is worth that are not nothing, in pounds; costs are below 0."""
    signs = dict.fromkeys(("narrowing", "preference"), -1)
    parts = ((part.name, signs.get(part.name, 1) * getattr(joint.worth, part.name)) for part in fields(Worth))
    return listed(f"{name.replace('_', ' ')} {pounds(worth)}" for name, worth in parts if worth)


def _joint_visit_rows(view: View) -> Iterator[Row]:
    ordered = sorted(view.plan.joint_visits, key=lambda joint: joint.joint_visit_id)
    return (joint_visit_row(view, joint) for joint in ordered)


def _covered_rows(view: View) -> Iterator[Row]:
    """Give the visits that need not take place, by visit: who does what they were for."""
    for covered in sorted(view.plan.covered, key=lambda entry: entry.visit_id):
        by = [view.plan.visit_by_id[name] for name in covered.by_visit_ids if name in view.plan.visit_by_id]
        yield {
            "visit_id": covered.visit_id,
            "request_id": covered.request_id,
            "person_id": covered.person_id,
            "household_id": covered.household_id,
            "area": view.area(covered.household_id),
            "service": covered.service,
            "organisation": covered.organisation,
            "covered_by": listed(dict.fromkeys(visit.request_id for visit in by)),
            "by_visit_ids": listed(covered.by_visit_ids),
            "lead_staff_ids": listed(dict.fromkeys(visit.staff_id for visit in by)),
            "dates": listed(dict.fromkeys(view.date(visit.start) for visit in by)),
            "explanation": covered.explanation,
        }


def _told_rows(view: View) -> Iterator[Row]:
    """Give the tasks that are done once, by person and task: within joint visits and across others."""
    rows: list[Row] = [
        {**_told_row(view, told), "joint_visit_id": joint.joint_visit_id}
        for joint in view.plan.joint_visits
        for told in joint.told_once
    ]
    rows += [_told_row(view, told) for told in view.plan.told]
    return iter(sorted(rows, key=lambda row: tuple(str(row[name]) for name in TOLD_ONCE.key)))


def _told_row(view: View, told: Told | ToldOnce) -> Row:
    """Give the row of a task done once; without the visit that does it, the date is when it was done."""
    by = view.plan.visit_by_id.get(told.by_visit_id or "")
    last = told.last_date if isinstance(told, Told) else None
    return {
        "person_id": told.person_id if isinstance(told, Told) else None if by is None else by.person_id,
        "task": told.task,
        "by_visit_id": told.by_visit_id,
        "lead_staff_id": None if by is None else by.staff_id,
        "date": view.date(by.start) if by is not None else None if last is None else last.isoformat(),
        "spared_visit_ids": listed(told.spared_visit_ids),
        "joint_visit_id": None,
    }


JOINT_VISITS = Table(
    "joint_visits.csv",
    columns(
        "joint_visit_id household_id area date start end mode visits planned visit_ids services staff_ids "
        "lead_visit_id lead_staff_id with_family required max_gap_min told_once minutes_saved "
        "interruptions_saved door_knocks_saved benefit_pounds benefit_parts"
    ),
    ("joint_visit_id",),
    _joint_visit_rows,
    frozenset({"area"}),
)
COVERED = Table(
    "covered.csv",
    columns(
        "visit_id request_id person_id household_id area service organisation covered_by by_visit_ids "
        "lead_staff_ids dates explanation"
    ),
    ("visit_id",),
    _covered_rows,
    frozenset({"area"}),
)
TOLD_ONCE = Table(
    "told_once.csv",
    columns("person_id task by_visit_id lead_staff_id date spared_visit_ids joint_visit_id"),
    ("person_id", "task", "by_visit_id", "spared_visit_ids"),
    _told_rows,
)
