"""The table of shifts, used or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.exports.tables.table import Row, Table, columns
from visitplan.exports.view import View, hours, kilometres, minutes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.people import Shift
    from visitplan.domain.plan import Run


def _staff_row(view: View, run: Run, shift: Shift | None) -> Row:
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
    rows = [_staff_row(view, run, shifts.get(run.shift_id)) for run in view.plan.runs]
    rows += [_idle_row(view, shift) for name, shift in shifts.items() if name not in view.plan.run_by_shift]
    return iter(sorted(rows, key=lambda row: (str(row["date"] or ""), str(row["shift_id"]))))


STAFF = Table(
    "staff.csv",
    columns(
        "date shift_id staff_id service organisation shift_start shift_end visits depart finish break_start "
        "break_min hours visit_hours travel_min wait_min overtime_min return_min km return_km"
    ),
    ("shift_id",),
    _staff_rows,
    frozenset({"date", "service", "organisation", "shift_start", "shift_end"}),
)
