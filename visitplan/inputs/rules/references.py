"""Rules about references: every id that a row names is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visitplan.findings import Severity
from visitplan.inputs.placing import starts_at_home

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.rows import RequestRow
    from visitplan.inputs.tables import Row


def households_exist(context: Context) -> Iterator[Problem]:
    """HOUSEHOLD-UNKNOWN: a request, person or family time names a household that is not there."""
    tables = context.tables
    if "households" not in tables.given:
        return
    known = tables.ids["households"]
    rows: tuple[Row[Any], ...] = (*tables.requests, *tables.people, *tables.family_times)
    for row in rows:
        if row.data.household_id not in known:
            yield from context.dangling(
                row,
                "household_id",
                "households",
                row.data.household_id,
                "HOUSEHOLD-UNKNOWN",
                Severity.ERROR,
            )


def people_exist(context: Context) -> Iterator[Problem]:
    """PERSON-UNKNOWN: a request names a person who is not in people, where that table is given."""
    tables = context.tables
    if "people" not in tables.given:
        return
    known = tables.ids["people"]
    for row in tables.requests:
        if row.data.person_id not in known:
            yield from context.dangling(
                row, "person_id", "people", row.data.person_id, "PERSON-UNKNOWN", Severity.ERROR
            )


def staff_exist(context: Context) -> Iterator[Problem]:
    """STAFF-UNKNOWN: a shift, pin or request names staff who are not there.

    Where they are preferred, the request is planned without them; where they are excluded, a slip of the pen
    could send exactly the wrong person, and the request is not planned.
    """
    tables = context.tables
    if "staff" not in tables.given:
        return
    known = tables.ids["staff"]
    for shift in tables.shifts:
        if shift.data.staff_id not in known:
            yield from context.dangling(
                shift, "staff_id", "staff", shift.data.staff_id, "STAFF-UNKNOWN", Severity.ERROR
            )
    for pin in tables.pins:
        if pin.data.staff_id is not None and pin.data.staff_id not in known:
            yield from context.dangling(
                pin, "staff_id", "staff", pin.data.staff_id, "STAFF-UNKNOWN", Severity.ERROR
            )
    for request in tables.requests:
        yield from _named_staff(context, request)


def _named_staff(context: Context, request: Row[RequestRow]) -> Iterator[Problem]:
    known, broken = context.tables.ids["staff"], context.tables.broken_ids.get("staff", {})
    for column, severity in (("excluded_staff", Severity.ERROR), ("preferred_staff", Severity.WARNING)):
        for name in getattr(request.data, column):
            if name not in known and name not in broken:
                yield from context.dangling(request, column, "staff", name, "STAFF-UNKNOWN", severity)


def bases_exist(context: Context) -> Iterator[Problem]:
    """BASE-UNKNOWN: a member of staff has a base that is not there; a warning where they start from home."""
    for row in context.tables.staff:
        base = row.data.base_id
        if base is not None and base not in context.tables.ids["bases"]:
            severity = Severity.WARNING if starts_at_home(row.data) else Severity.ERROR
            yield from context.dangling(row, "base_id", "bases", base, "BASE-UNKNOWN", severity)


def tasks_exist(context: Context) -> Iterator[Problem]:
    """TASK-UNKNOWN: a request names a task that is not in tasks, where that table is given."""
    tables = context.tables
    if "tasks" not in tables.given:
        return
    known = tables.ids["tasks"]
    for row in tables.requests:
        for code in row.data.tasks:
            if code not in known:
                yield from context.dangling(row, "tasks", "tasks", code, "TASK-UNKNOWN", Severity.ERROR)


def predecessors_exist(context: Context) -> Iterator[Problem]:
    """REQUEST-UNKNOWN: a request follows one that is not there."""
    for row in context.tables.requests:
        before = row.data.after_request
        if before is not None and before not in context.tables.ids["requests"]:
            yield from context.dangling(
                row, "after_request", "requests", before, "REQUEST-UNKNOWN", Severity.ERROR
            )


def history_is_known(context: Context) -> Iterator[Problem]:
    """HISTORY-UNKNOWN: history names people or staff who are not there; told once for each of them."""
    tables = context.tables
    if not {"requests", "staff"} <= tables.given or "people" in tables.unreadable:
        return
    people = set(tables.ids["people"]) | {row.data.person_id for row in tables.requests}
    people |= set(tables.broken_ids.get("people", {}))
    staff = set(tables.ids["staff"]) | set(tables.broken_ids.get("staff", {}))
    told: set[tuple[str, str]] = set()
    for row in tables.history:
        for column, name, known in (
            ("person_id", row.data.person_id, people),
            ("staff_id", row.data.staff_id, staff),
        ):
            if name not in known and (column, name) not in told:
                told.add((column, name))
                yield context.warn(
                    row,
                    "HISTORY-UNKNOWN",
                    f"History speaks of {name!r}, who is neither visited nor on the staff now.",
                    "Nothing, where they have left; else correct the id.",
                    column=column,
                )
