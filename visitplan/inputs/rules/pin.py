"""Rules about what a pin says."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem


def pins_hold_something(context: Context) -> Iterator[Problem]:
    """PIN-EMPTY: a pin names neither staff nor start."""
    for row in context.tables.pins:
        if row.data.staff_id is None and row.data.start is None:
            yield context.at(
                row,
                "PIN-EMPTY",
                "The pin names neither staff nor a start.",
                "Give staff_id, start or both, or delete the row.",
                column="staff_id",
            )


def pinned_starts_have_a_date(context: Context) -> Iterator[Problem]:
    """PIN-NO-DATE: a pinned start is only a time of day."""
    for row in context.tables.pins:
        if isinstance(row.data.start, dt.time) and row.data.date is None:
            yield context.at(
                row,
                "PIN-NO-DATE",
                "The start has a time of day and no date.",
                "Write it as YYYY-MM-DD HH:MM, or fill in the column date.",
                column="start",
            )


def pinned_dates_agree(context: Context) -> Iterator[Problem]:
    """PIN-DATES-DIFFER: the start's date is not the one in the column date."""
    for row in context.tables.pins:
        start, date = row.data.start, row.data.date
        if isinstance(start, dt.datetime) and date is not None and start.date() != date:
            yield context.at(
                row,
                "PIN-DATES-DIFFER",
                f"The start lies on {start.date()}, and the column date holds {date}.",
                "Correct one of them, or empty date.",
                column="date",
            )
