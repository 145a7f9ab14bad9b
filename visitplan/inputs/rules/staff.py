"""Rules about staff and their shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.findings import Severity
from visitplan.inputs.placing import starts_at_home
from visitplan.inputs.problems import Problem, problem
from visitplan.inputs.rotas import break_window, shift_ids, shift_window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.rows import ShiftRow
    from visitplan.inputs.tables import Row

LONG_SHIFT_S = 16 * 3600
"""Longer shifts are asked about: the Working Time Regulations 1998 give 11 hours of rest in 24."""
DEAR_POUNDS = 200


def shifts_start_somewhere(context: Context) -> Iterator[Problem]:
    """STAFF-NO-START: a member of staff has neither home nor base, or not the one that start_from names."""
    for row in context.tables.staff:
        if not starts_at_home(row.data) and row.data.base_id is None:
            yield context.at(
                row,
                "STAFF-NO-START",
                "Nothing says where their shifts start.",
                "Give base_id, or the home's coordinates or postcode.",
                column="base_id",
            )


def hourly_cost_is_in_pounds(context: Context) -> Iterator[Problem]:
    """STAFF-COST-UNIT: an hourly cost looks like pence."""
    for row in context.tables.staff:
        cost = row.data.hourly_cost
        if cost is not None and cost > DEAR_POUNDS:
            yield context.warn(
                row,
                "STAFF-COST-UNIT",
                f"hourly_cost is {cost:g} pounds an hour; is it pence?",
                "Write pounds, such as 12.60.",
                column="hourly_cost",
            )


def staff_have_shifts(context: Context) -> Iterator[Problem]:
    """STAFF-NO-SHIFT: some staff have no shift."""
    if not context.tables.shifts:
        return
    working = {row.data.staff_id for row in context.tables.shifts}
    idle = [row for row in context.tables.staff if row.data.staff_id not in working]
    if idle:
        names = ", ".join(row.data.staff_id for row in idle[:5]) + (" ..." if len(idle) > 5 else "")
        yield problem(
            "STAFF-NO-SHIFT",
            f"{len(idle)} staff have no shift: {names}.",
            "Nothing, where they are off; else add their shifts.",
            file=idle[0].file,
            row=idle[0].number,
            severity=Severity.NOTE,
        )


def shift_ids_are_unique(context: Context) -> Iterator[Problem]:
    """SHIFT-ID-DOUBLED: two shifts have the same id; the first row counts."""
    firsts: dict[str, int] = {}
    names = shift_ids(context.tables.shifts)
    for row in context.tables.shifts:
        first = firsts.setdefault(names[row.number], row.number)
        if first != row.number:
            yield context.at(
                row,
                "SHIFT-ID-DOUBLED",
                f"The shift id {names[row.number]!r} already stands in row {first}.",
                "Give one of the shifts another id.",
                column="shift_id",
            )


def shifts_meet_the_period(context: Context) -> Iterator[Problem]:
    """SHIFT-OUTSIDE-PERIOD: shifts on other days than those that are planned are left out."""
    period = context.period
    if period is None:
        return
    outside = [row for row in context.tables.shifts if not period.first <= row.data.date <= period.last]
    if outside:
        yield problem(
            "SHIFT-OUTSIDE-PERIOD",
            f"{len(outside)} shifts lie outside the planning period, {period.first} to {period.last}; they "
            "are left out.",
            "Nothing, where that is meant; else correct the period in the policy.",
            file=outside[0].file,
            row=outside[0].number,
            column="date",
            severity=Severity.NOTE,
            rows=tuple(row.key for row in outside),
        )


def shifts_do_not_overlap(context: Context) -> Iterator[Problem]:
    """SHIFT-OVERLAP: two shifts of one member of staff overlap; the one that starts later is out."""
    period = context.period
    if period is None:
        return
    last: dict[str, tuple[int, Row[ShiftRow]]] = {}
    by_start = sorted(
        context.tables.shifts, key=lambda row: (shift_window(period, row.data).start, row.number)
    )
    for row in by_start:
        window = shift_window(period, row.data)
        end, before = last.get(row.data.staff_id, (window.start, row))
        if window.start < end:
            yield context.at(
                row,
                "SHIFT-OVERLAP",
                f"It overlaps the shift of {row.data.staff_id!r} in row {before.number}.",
                "Correct the times, or merge the two.",
                column="start",
            )
        else:
            last[row.data.staff_id] = window.end, row


def shifts_are_not_too_long(context: Context) -> Iterator[Problem]:
    """SHIFT-LONG: a shift is longer than 16 hours, perhaps because its end lies before its start."""
    period = context.period
    if period is None:
        return
    for row in context.tables.shifts:
        length = shift_window(period, row.data).length
        if length > LONG_SHIFT_S:
            yield context.warn(
                row,
                "SHIFT-LONG",
                f"The shift lasts {length / 3600:.3g} hours; an end not after the start is on the next day.",
                "Check start and end.",
                column="end",
            )


def breaks_fit_the_shift(context: Context) -> Iterator[Problem]:
    """SHIFT-BREAK-OUTSIDE: the break's times lie outside the shift, or are too short for it."""
    period = context.period
    if period is None:
        return
    for row in context.tables.shifts:
        minutes = row.data.break_min
        if not minutes:
            continue
        window = break_window(period, row.data)
        shift = shift_window(period, row.data)
        inside = window is not None and shift.holds(window.start, window.end)
        if not inside or window is None or window.length < minutes * 60:
            yield context.at(
                row,
                "SHIFT-BREAK-OUTSIDE",
                f"A break of {minutes} minutes does not fit inside the shift and break_from to break_to.",
                "Correct break_min, break_from, break_to or the shift.",
                column="break_min" if row.data.break_from is None else "break_from",
            )


def break_times_have_a_break(context: Context) -> Iterator[Problem]:
    """SHIFT-BREAK-NO-LENGTH: times are given for a break that has no length; it is not planned."""
    for row in context.tables.shifts:
        times = row.data.break_from is not None or row.data.break_to is not None
        if times and not row.data.break_min:
            yield context.warn(
                row,
                "SHIFT-BREAK-NO-LENGTH",
                "break_from or break_to is given without break_min; no break is planned.",
                "Give break_min.",
                column="break_from" if row.data.break_from is not None else "break_to",
            )
