"""Overlays: what was edited in the files of a plan folder, taken into the plan, each edit with its finding.

One function a file; each gives the plan as the file has it, and collects its findings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from visitplan.domain.demand import JointVisit
from visitplan.domain.plan import Costs, PlannedVisit, Reason, Run, Unassigned
from visitplan.domain.windows import Windows
from visitplan.exports import values
from visitplan.exports.cells import cell_text
from visitplan.exports.edits import (
    DIFFER,
    RESTORE,
    Edit,
    FileRow,
    Unreadable,
    damaged,
    differences,
    matched,
    read_rows,
)
from visitplan.exports.tables import (
    APPOINTMENTS,
    JOINT_VISITS,
    ROSTER,
    STAFF,
    UNASSIGNED,
    Table,
    joint_visit_row,
    ordered_visits,
    roster_row,
    unassigned_row,
)
from visitplan.exports.view import View, pounds
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.domain.plan import Plan
    from visitplan.exports.tables import Row

T = TypeVar("T")
Reader = Callable[[FileRow, str], Any]


@dataclass(slots=True)
class Notes:
    """What an overlay has to say: ``fatal`` findings are of cells and files that cannot be read at all."""

    findings: list[Finding] = field(default_factory=list)
    fatal: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Kind(Generic[T]):
    """How a row becomes a thing: the field each column sets and how it is read, and a blank to start from."""

    readers: Mapping[str, tuple[str, Reader]]
    blank: T


def _text(row: FileRow, column: str) -> str:
    return row.text(column)


def _text_or_none(row: FileRow, column: str) -> str | None:
    return row.text(column) or None


def _same(names: str) -> dict[str, tuple[str, Reader]]:
    return {name: (name, _text) for name in names.split()}


_VISIT = _Kind(
    {
        **_same("visit_id request_id person_id household_id service organisation shift_id staff_id"),
        "sequence": ("sequence", values.whole),
        "travel_min": ("travel_s", values.seconds),
        "wait_min": ("wait_s", values.seconds),
        "joint_visit_id": ("joint_visit_id", _text_or_none),
        "tasks": ("tasks", values.parts),
    },
    PlannedVisit("", "", "", "", "", "", "", "", 0, 0, 0, 0, 0, 0),
)
_LEFT_OUT = _Kind(
    {
        **_same("visit_id request_id person_id household_id service organisation explanation change"),
        "priority": ("priority", values.whole),
        "reason": ("reason", lambda row, column: values.member(row, column, Reason)),
    },
    Unassigned("", "", "", "", "", "", 0, Reason.NOT_FOUND, "", ""),
)
_JOINT = _Kind(
    {
        **_same("joint_visit_id household_id lead_visit_id"),
        "mode": ("mode", lambda row, column: values.member(row, column, Mode)),
        "visit_ids": ("visit_ids", values.parts),
        "with_family": ("with_family", values.flag),
        "required": ("required", values.flag),
        "max_gap_min": ("max_gap_s", values.seconds),
        "minutes_saved": ("seconds_saved", values.seconds),
        "interruptions_saved": ("interruptions_saved", values.whole),
        "door_knocks_saved": ("door_knocks_saved", values.whole),
        "benefit_pounds": ("benefit_mp", values.millipence),
    },
    JointVisit("", "", Mode.TOGETHER, ("", "-"), Windows(), ""),
)
_RUN_READERS: dict[str, tuple[str, Reader]] = {
    "staff_id": ("staff_id", _text),
    "break_min": ("break_s", values.seconds),
    "overtime_min": ("overtime_s", values.seconds),
    "return_min": ("return_s", values.seconds),
    "return_km": ("return_metres", values.metres),
}


def overlay_roster(view: View, data: bytes, notes: Notes) -> Plan:
    """Take over visits that were moved, given to others, dropped, doubled or invented."""
    things = [(visit, roster_row(view, visit)) for visit in ordered_visits(view)]
    edits = _edits(ROSTER, view, data, things, notes)
    if all(edit.untouched for edit in edits):
        return view.plan
    made = (_made(edit, _VISIT, notes, lambda edit, visit: _visit_times(view, edit, visit)) for edit in edits)
    return replace(view.plan, runs=_regrouped(view.plan.runs, [visit for visit in made if visit is not None]))


def _visit_times(view: View, edit: Edit[PlannedVisit], visit: PlannedVisit) -> PlannedVisit:
    """Read start and end where they, or the date, were edited; an end left as it was keeps its tick."""
    row, columns = edit.row, _columns(edit)
    if row is None or not columns & {"date", "start", "end"}:
        return visit
    period, start, end = view.plan.period, visit.start, visit.end
    if columns & {"date", "start"}:
        start = values.tick_on(row, period, "date", "start")
    if columns & {"date", "end"}:
        end = values.tick_from(row, period, start, "end")
    return replace(visit, start=start, end=end)


def _regrouped(runs: Sequence[Run], visits: Sequence[PlannedVisit]) -> tuple[Run, ...]:
    """Put visits into the runs of their shifts, by sequence; a run without visits is none."""
    of_shift: dict[str, list[PlannedVisit]] = {}
    for visit in sorted(visits, key=lambda visit: visit.sequence):
        of_shift.setdefault(visit.shift_id, []).append(visit)
    kept = [
        replace(run, visits=tuple(of_shift.pop(run.shift_id))) for run in runs if run.shift_id in of_shift
    ]
    return (*kept, *(_new_run(shift_id, tuple(group)) for shift_id, group in of_shift.items()))


def _new_run(shift_id: str, visits: tuple[PlannedVisit, ...]) -> Run:
    """Make the run of a shift that the plan does not use; its ways there and home are not known."""
    start, end = min(visit.start for visit in visits), max(visit.end for visit in visits)
    return Run(shift_id, visits[0].staff_id, visits, depart=start, finish=end, return_s=0, return_metres=0)


def overlay_staff(view: View, original: View, data: bytes, notes: Notes) -> Plan:
    """Take over breaks, departures and returns; ``original`` is the plan before its roster was overlaid."""
    rows = {str(row["shift_id"]): row for row in STAFF.rows(original)}
    runs = {run.shift_id: run for run in view.plan.runs}
    things = [(runs.get(name), row) for name, row in rows.items()]
    edits = _edits(STAFF, original, data, things, notes, allow=_is_idle)
    changed = {
        name: run for name, run in (_edited_run(view, edit, notes) for edit in edits) if run is not None
    }
    if not changed:
        return view.plan
    return replace(view.plan, runs=tuple(changed.get(run.shift_id, run) for run in view.plan.runs))


def _is_idle(row: FileRow) -> bool:
    """Tell whether a row is of a shift that is not used; without the scenario, it cannot be told whose."""
    return row.text("visits") == "0"


def _edited_run(view: View, edit: Edit[Run | None], notes: Notes) -> tuple[str, Run | None]:
    run = edit.thing
    if run is None or edit.row is None or not edit.changed:
        return "", None
    changes = _changes(edit.row, edit.changed, _RUN_READERS, notes)
    try:
        changes |= _run_times(view, edit.row, edit.changed, run)
    except Unreadable as error:
        notes.fatal.append(error.finding)
    return run.shift_id, replace(run, **changes)


def _run_times(view: View, row: FileRow, columns: Iterable[str], run: Run) -> dict[str, int | None]:
    period, times = view.plan.period, dict[str, int | None]()
    for column in ("depart", "finish", "break_start"):
        if column in columns:
            old = getattr(run, column)
            near = run.depart if old is None else old
            blank = column == "break_start" and not row.text(column)
            times[column] = None if blank else values.tick_near(row, period, near, column)
    return times


def overlay_unassigned(view: View, data: bytes, notes: Notes) -> Plan:
    """Take over visits that were struck from, altered in, or added to those left out."""
    things = [(left_out, unassigned_row(view, left_out)) for left_out in view.plan.unassigned]
    edits = _edits(UNASSIGNED, view, data, things, notes)
    if all(edit.untouched for edit in edits):
        return view.plan
    made = (_made(edit, _LEFT_OUT, notes) for edit in edits)
    return replace(view.plan, unassigned=tuple(left_out for left_out in made if left_out is not None))


def overlay_joint_visits(view: View, original: View, data: bytes, notes: Notes) -> Plan:
    """Take over joint visits whose members, mode, lead or family were altered."""
    things = [(joint, joint_visit_row(original, joint)) for joint in original.plan.joint_visits]
    edits = _edits(JOINT_VISITS, original, data, things, notes)
    if all(edit.untouched for edit in edits):
        return view.plan
    made = (_made(edit, _JOINT, notes) for edit in edits)
    return replace(view.plan, joint_visits=tuple(joint for joint in made if joint is not None))


def compare_appointments(view: View, data: bytes, notes: Notes) -> None:
    """Find what differs from what families are to be told; nothing in the plan follows from this file."""
    _edits(APPOINTMENTS, view, data, [(row, row) for row in APPOINTMENTS.rows(view)], notes)


def overlay_costs(view: View, file: str, overall: Mapping[str, object], notes: Notes) -> Plan:
    """Take over costs that were altered in the KPIs, which give them in pounds to the penny."""
    costs = view.plan.costs
    changes: dict[str, int] = {}
    for part in fields(Costs):
        column = f"cost_{part.name}_pounds"
        stated, expected = overall.get(column), pounds(getattr(costs, part.name))
        if stated == expected:
            continue
        notes.findings.append(_cost_finding(file, column, stated, expected))
        if isinstance(stated, int | float) and abs(stated) <= 1e12:
            changes[part.name] = round(stated * 100_000)
    total = overall.get("cost_total_pounds")
    if total != costs.pounds:
        notes.findings.append(_cost_finding(file, "cost_total_pounds", total, costs.pounds))
    return replace(view.plan, costs=replace(costs, **changes)) if changes else view.plan


def _cost_finding(file: str, column: str, stated: object, expected: float) -> Finding:
    said = "Nothing is said" if stated is None else f"It says {stated!r:.60}"
    where = Where(file, column=column, value=None if stated is None else f"{stated!s:.60}")
    return Finding(DIFFER, Severity.ERROR, where, f"{said}, plan.json says {expected}.", RESTORE)


def _edits(
    table: Table,
    view: View,
    data: bytes,
    things: Sequence[tuple[T, Row]],
    notes: Notes,
    allow: Callable[[FileRow], bool] | None = None,
) -> list[Edit[T]]:
    """Read a file and find its edits; without the scenario, rows that ``allow`` accepts may stand there."""
    skip = table.from_scenario if view.scenario is None else frozenset[str]()
    try:
        rows, about_columns = read_rows(table, data)
    except Unreadable as error:
        notes.fatal.append(error.finding)
        return [Edit(None, thing) for thing, _ in things]
    edits = matched(table, rows, things, skip=skip)
    notes.findings += about_columns
    known = view.scenario is not None or allow is None
    for edit in edits:
        if known or edit.row is None or edit.expected is not None or not allow or not allow(edit.row):
            notes.findings += differences(edit, table, _subject(table, edit))
    return edits


def _subject(table: Table, edit: Edit[T]) -> str:
    if edit.row is not None:
        return " ".join(edit.row.text(column) for column in table.key)
    return " ".join(cell_text(edit.expected[column]) for column in table.key) if edit.expected else ""


def _columns(edit: Edit[T]) -> set[str]:
    """Give the columns that count: those that were changed, or all of an invented row."""
    if edit.row is None:
        return set()
    return set(edit.changed) if edit.expected is not None else set(edit.row.cells)


def _made(
    edit: Edit[T],
    kind: _Kind[T],
    notes: Notes,
    finish: Callable[[Edit[T], T], T] | None = None,
) -> T | None:
    """Give the thing as its row has it; None where the row was removed, or cannot be read."""
    if edit.row is None:
        return None
    thing: Any = kind.blank if edit.thing is None else edit.thing
    changes = _changes(edit.row, _columns(edit), kind.readers, notes)
    try:
        made: T = replace(thing, **changes)
        return made if finish is None else finish(edit, made)
    except Unreadable as error:
        notes.fatal.append(error.finding)
    except ValueError as error:
        notes.fatal.append(damaged(edit.row.file, f"{error}.", edit.row.number))
    return None


def _changes(
    row: FileRow, columns: Iterable[str], readers: Mapping[str, tuple[str, Reader]], notes: Notes
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for column in columns:
        if column in readers:
            name, read = readers[column]
            try:
                changes[name] = read(row, column)
            except Unreadable as error:
                notes.fatal.append(error.finding)
    return changes
