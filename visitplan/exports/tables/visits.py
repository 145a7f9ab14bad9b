"""The tables of single visits: the roster, what families are told, and what is unassigned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.attendance import attendances
from visitplan.domain.period import MINUTE
from visitplan.exports.cells import listed
from visitplan.exports.tables.table import Row, Table, columns
from visitplan.exports.view import View, minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.attendance import Attendance
    from visitplan.domain.plan import PlannedVisit, Unassigned
    from visitplan.domain.scenario import Scenario


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


ROSTER = Table(
    "roster.csv",
    columns(
        "date shift_id staff_id sequence visit_id request_id person_id household_id area service "
        "organisation start end travel_min wait_min joint_visit_id joint_mode lead_staff_id tasks lat lon"
    ),
    ("visit_id",),
    _roster_rows,
    frozenset({"area", "lat", "lon"}),
)
APPOINTMENTS = Table(
    "appointments.csv",
    columns(
        "date appointment_id household_id area arrival_from arrival_to start end duration_min visits "
        "staff_ids services lead_staff_id with_family person_ids visit_ids joint_visit_ids"
    ),
    ("appointment_id",),
    _appointment_rows,
)
UNASSIGNED = Table(
    "unassigned.csv",
    columns(
        "priority visit_id request_id person_id household_id area service organisation reason explanation "
        "change duration_min earliest_date latest_date window_start window_end"
    ),
    ("visit_id",),
    _unassigned_rows,
    frozenset({"area", "duration_min", "earliest_date", "latest_date", "window_start", "window_end"}),
)
