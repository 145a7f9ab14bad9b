"""From a row of shifts to its id, its window and the window of its break."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING

from visitplan.domain.period import HOUR, MINUTE
from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.domain.period import Period
    from visitplan.inputs.rows import ShiftRow
    from visitplan.inputs.tables import Row

BREAK_MARGIN = HOUR
"""A break whose times are not given keeps these seconds from both ends of the shift, where there is room."""


def shift_ids(rows: Iterable[Row[ShiftRow]]) -> dict[int, str]:
    """Give shift ids by row number: the row's own, else ``staff_id@date``, ``/2`` for the second that day."""
    count: Counter[tuple[str, dt.date]] = Counter()
    names = {}
    for row in rows:
        data = row.data
        count[data.staff_id, data.date] += 1
        nth = count[data.staff_id, data.date]
        name = f"{data.staff_id}@{data.date}" + (f"/{nth}" if nth > 1 else "")
        names[row.number] = data.shift_id or name
    return names


def shift_window(period: Period, shift: ShiftRow) -> Window:
    """Give a shift's window in ticks; an end not after the start is on the next day."""
    return period.stretch(shift.date, shift.start, shift.end)


def break_window(period: Period, shift: ShiftRow) -> Window | None:
    """Give the window in which the whole break lies, or None where it ends before it starts.

    An end that is not given is an hour from the shift's, or the shift's own where that leaves too little.
    """
    window = shift_window(period, shift)
    length = (shift.break_min or 0) * MINUTE
    start = window.start + BREAK_MARGIN
    end = window.end - BREAK_MARGIN
    if shift.break_from is not None:
        start = _tick_in(period, shift, shift.break_from)
    if shift.break_to is not None:
        end = _tick_in(period, shift, shift.break_to)
    if end - start < length:
        start = window.start if shift.break_from is None else start
        end = window.end if shift.break_to is None else end
    return Window(start, end) if start <= end else None


def _tick_in(period: Period, shift: ShiftRow, at: dt.time) -> int:
    """Give the tick of a clock time of a shift: before the shift's start, it is the next day's."""
    tick = period.tick(shift.date, at)
    if tick < shift_window(period, shift).start:
        return period.tick(shift.date + dt.timedelta(days=1), at)
    return tick
