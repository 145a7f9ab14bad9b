"""The tables of a plan folder: what each column holds. docs/outputs.md says it for readers of the files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, TypeAlias

from visitplan.domain.attendance import attendances
from visitplan.domain.demand import Told, Worth
from visitplan.domain.period import MINUTE
from visitplan.exports.cells import listed
from visitplan.exports.view import View, hours, kilometres, minutes, pounds
from visitplan.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visitplan.domain.attendance import Attendance
    from visitplan.domain.demand import JointVisit, ToldOnce
    from visitplan.domain.people import Shift
    from visitplan.domain.plan import PlannedVisit, Run, Unassigned
    from visitplan.domain.scenario import Scenario
    from visitplan.exports.cells import Cell

Row: TypeAlias = "Mapping[str, Cell]"


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of a plan folder.

    Attributes
    ----------
    key
        Columns that name a row.
    from_scenario
        Columns that only the scenario can tell.
    rows
        Makes the rows of a plan, in the order in which they stand in the file.
    """

    file: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: Callable[[View], Iterator[Row]]
    from_scenario: frozenset[str] = frozenset()


def roster_row(view: View, visit: PlannedVisit) -> Row:
    """Give the roster's row of a planned visit."""
    joint = view.plan.joint_visit_by_id.get(visit.joint_visit_id or "")
    home = view.household(visit.household_id)
    return {
        "date": view.date(visit.start),
        "shift_id": visit.shift_id,
        "staff_id": visit.staff_id,
        "sequence": visit.sequence,
        "visit_id": visit.visit_id,
        "request_id": visit.request_id,
        "person_id": visit.person_id,
        "household_id": visit.household_id,
        "area": None if home is None else home.area,
        "service": visit.service,
        "organisation": visit.organisation,
        "start": view.clock(visit.start),
        "end": view.clock(visit.end),
        "travel_min": minutes(visit.travel_s),
        "wait_min": minutes(visit.wait_s),
        "joint_visit_id": visit.joint_visit_id,
        "joint_mode": None if joint is None else joint.mode.value,
        "lead_staff_id": None if joint is None else view.staff_of(joint.lead_visit_id),
        "tasks": listed(visit.tasks),
        "lat": None if home is None else home.place.lat,
        "lon": None if home is None else home.place.lon,
    }


def ordered_visits(view: View) -> list[PlannedVisit]:
    """Give the planned visits in the order of the roster: by date, shift and sequence."""
    return sorted(view.plan.visits, key=lambda v: (view.date(v.start), v.shift_id, v.sequence, v.visit_id))


def _roster_rows(view: View) -> Iterator[Row]:
    return (roster_row(view, visit) for visit in ordered_visits(view))


def _appointment_rows(view: View) -> Iterator[Row]:
    if view.scenario is None:
        raise ValueError("appointments need the scenario: it knows what families are told")
    told = attendances(view.scenario, view.plan)
    for attendance in sorted(told, key=lambda a: (view.date(a.start), a.start, a.household_id)):
        yield _appointment_row(view, view.scenario, attendance)


def _appointment_row(view: View, scenario: Scenario, attendance: Attendance) -> Row:
    tolerance = scenario.policy.appointments.tolerance_min * MINUTE
    visits = attendance.visits
    return {
        "date": view.date(attendance.start),
        "appointment_id": attendance.attendance_id,
        "household_id": attendance.household_id,
        "area": view.area(attendance.household_id),
        "arrival_from": view.clock(attendance.start - tolerance),
        "arrival_to": view.clock(attendance.start + tolerance),
        "start": view.clock(attendance.start),
        "end": view.clock(attendance.end),
        "duration_min": minutes(attendance.end - attendance.start),
        "visits": len(visits),
        "staff_ids": listed(attendance.staff_ids),
        "services": listed(attendance.services),
        "lead_staff_id": attendance.lead_staff_id,
        "with_family": attendance.with_family,
        "person_ids": listed(dict.fromkeys(visit.person_id for visit in visits)),
        "visit_ids": listed(visit.visit_id for visit in visits),
        "joint_visit_ids": listed(attendance.joint_visit_ids),
    }


def unassigned_row(view: View, left_out: Unassigned) -> Row:
    """Give the row of an unassigned visit."""
    request = None if view.scenario is None else view.scenario.request_by_id.get(left_out.request_id)
    return {
        "priority": left_out.priority,
        "visit_id": left_out.visit_id,
        "request_id": left_out.request_id,
        "person_id": left_out.person_id,
        "household_id": left_out.household_id,
        "area": view.area(left_out.household_id),
        "service": left_out.service,
        "organisation": left_out.organisation,
        "reason": left_out.reason.value,
        "explanation": left_out.explanation,
        "change": left_out.change,
        "duration_min": None if request is None else minutes(request.duration_s),
        "earliest_date": None if request is None else request.earliest_date.isoformat(),
        "latest_date": None if request is None else request.latest_date.isoformat(),
        "window_start": None if request is None else request.window_start.strftime("%H:%M"),
        "window_end": None if request is None else request.window_end.strftime("%H:%M"),
    }


def _unassigned_rows(view: View) -> Iterator[Row]:
    ordered = sorted(view.plan.unassigned, key=lambda left_out: (left_out.priority, left_out.visit_id))
    return (unassigned_row(view, left_out) for left_out in ordered)


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


def staff_row(view: View, run: Run, shift: Shift | None) -> Row:
    """Give the row of a run."""
    return {
        **_shift_cells(view, run.shift_id, run.staff_id, shift),
        "visits": len(run.visits),
        "depart": view.clock(run.depart),
        "finish": view.clock(run.finish),
        "break_start": view.clock(run.break_start),
        "break_min": minutes(run.break_s),
        "hours": hours(run.worked_s),
        "visit_hours": hours(sum(visit.end - visit.start for visit in run.visits)),
        "travel_min": minutes(run.travel_s),
        "wait_min": minutes(run.wait_s),
        "overtime_min": minutes(run.overtime_s),
        "return_min": minutes(run.return_s),
        "km": kilometres(run.metres),
        "return_km": kilometres(run.return_metres),
    }


def _idle_row(view: View, shift: Shift) -> Row:
    """Give the row of a shift that is not used."""
    zeros = (
        "visits",
        "break_min",
        "hours",
        "visit_hours",
        "travel_min",
        "wait_min",
        "overtime_min",
        "return_min",
    )
    return {
        **_shift_cells(view, shift.shift_id, shift.staff_id, shift),
        **dict.fromkeys((*zeros, "km", "return_km"), 0),
        **dict.fromkeys(("depart", "finish", "break_start"), None),
    }


def _shift_cells(view: View, shift_id: str, staff_id: str, shift: Shift | None) -> Row:
    member = None if view.scenario is None else view.scenario.staff_by_id.get(staff_id)
    return {
        "date": None if shift is None else shift.date.isoformat(),
        "shift_id": shift_id,
        "staff_id": staff_id,
        "service": None if member is None else member.service,
        "organisation": None if member is None else member.organisation,
        "shift_start": None if shift is None else view.clock(shift.window.start),
        "shift_end": None if shift is None else view.clock(shift.window.end),
    }


def _staff_rows(view: View) -> Iterator[Row]:
    shifts = {} if view.scenario is None else view.scenario.shift_by_id
    rows = [staff_row(view, run, shifts.get(run.shift_id)) for run in view.plan.runs]
    rows += [_idle_row(view, shift) for name, shift in shifts.items() if name not in view.plan.run_by_shift]
    return iter(sorted(rows, key=lambda row: (str(row["date"] or ""), str(row["shift_id"]))))


_SEVERITIES = tuple(Severity)


def _finding_rows(view: View) -> Iterator[Row]:
    """Give what was found in reading and in planning: errors first, else in the order of finding."""
    read = () if view.scenario is None else view.scenario.findings
    every = dict.fromkeys((*read, *view.plan.findings))
    for finding in sorted(every, key=lambda finding: _SEVERITIES.index(finding.severity)):
        yield {
            "severity": finding.severity.value,
            "code": finding.code,
            "file": finding.where.file,
            "row": finding.where.row,
            "column": finding.where.column,
            "value": finding.where.value,
            "subject": finding.where.subject,
            "cause": finding.cause,
            "action": finding.action,
        }


def _columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROSTER = Table(
    "roster.csv",
    _columns(
        "date shift_id staff_id sequence visit_id request_id person_id household_id area service "
        "organisation start end travel_min wait_min joint_visit_id joint_mode lead_staff_id tasks lat lon"
    ),
    ("visit_id",),
    _roster_rows,
    frozenset({"area", "lat", "lon"}),
)
APPOINTMENTS = Table(
    "appointments.csv",
    _columns(
        "date appointment_id household_id area arrival_from arrival_to start end duration_min visits "
        "staff_ids services lead_staff_id with_family person_ids visit_ids joint_visit_ids"
    ),
    ("appointment_id",),
    _appointment_rows,
)
UNASSIGNED = Table(
    "unassigned.csv",
    _columns(
        "priority visit_id request_id person_id household_id area service organisation reason explanation "
        "change duration_min earliest_date latest_date window_start window_end"
    ),
    ("visit_id",),
    _unassigned_rows,
    frozenset({"area", "duration_min", "earliest_date", "latest_date", "window_start", "window_end"}),
)
JOINT_VISITS = Table(
    "joint_visits.csv",
    _columns(
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
    _columns(
        "visit_id request_id person_id household_id area service organisation covered_by by_visit_ids "
        "lead_staff_ids dates explanation"
    ),
    ("visit_id",),
    _covered_rows,
    frozenset({"area"}),
)
TOLD_ONCE = Table(
    "told_once.csv",
    _columns("person_id task by_visit_id lead_staff_id date spared_visit_ids joint_visit_id"),
    ("person_id", "task", "by_visit_id", "spared_visit_ids"),
    _told_rows,
)
STAFF = Table(
    "staff.csv",
    _columns(
        "date shift_id staff_id service organisation shift_start shift_end visits depart finish break_start "
        "break_min hours visit_hours travel_min wait_min overtime_min return_min km return_km"
    ),
    ("shift_id",),
    _staff_rows,
    frozenset({"date", "service", "organisation", "shift_start", "shift_end"}),
)
FINDINGS = Table(
    "findings.csv", _columns("severity code file row column value subject cause action"), (), _finding_rows
)

TABLES = (ROSTER, APPOINTMENTS, UNASSIGNED, COVERED, JOINT_VISITS, TOLD_ONCE, STAFF, FINDINGS)
"""Every CSV file of a plan folder, but ``rejected.csv``, which reading makes."""
