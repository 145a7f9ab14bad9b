"""Values: what an edited cell means."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, TypeVar

from visitplan.exports.edits import unreadable_cell

if TYPE_CHECKING:
    from enum import StrEnum

    from visitplan.domain.period import Period
    from visitplan.exports.edits import FileRow

E = TypeVar("E", bound="StrEnum")

_LARGEST = 1e9


def number(row: FileRow, column: str) -> float:
    """Read a number."""
    try:
        value = float(row.text(column))
    except ValueError:
        value = math.nan
    if not abs(value) <= _LARGEST:
        raise unreadable_cell(row, column, "a number")
    return value


def whole(row: FileRow, column: str) -> int:
    """Read a whole number."""
    value = number(row, column)
    if value != int(value):
        raise unreadable_cell(row, column, "a whole number")
    return int(value)


def seconds(row: FileRow, column: str) -> int:
    """Read minutes; give seconds."""
    return round(number(row, column) * 60)


def metres(row: FileRow, column: str) -> int:
    """Read kilometres; give metres."""
    return round(number(row, column) * 1000)


def millipence(row: FileRow, column: str) -> int:
    """Read pounds; give millipence."""
    return round(number(row, column) * 100_000)


def flag(row: FileRow, column: str) -> bool:
    """Read yes or no."""
    text = row.text(column).strip().lower()
    if text not in ("yes", "no"):
        raise unreadable_cell(row, column, "yes or no")
    return text == "yes"


def parts(row: FileRow, column: str) -> tuple[str, ...]:
    """Read a list parted by semicolons."""
    text = row.text(column)
    return tuple(text.split(";")) if text else ()


def member(row: FileRow, column: str, kind: type[E]) -> E:
    """Read one of a few words."""
    try:
        return kind(row.text(column))
    except ValueError:
        raise unreadable_cell(row, column, "one of: " + ", ".join(word.value for word in kind)) from None


def tick_on(row: FileRow, period: Period, day_column: str, clock_column: str) -> int:
    """Read a date and a clock time; give the tick."""
    day = _date(row, day_column)
    return _tick(row, period, day, clock_column)


def tick_from(row: FileRow, period: Period, start: int, clock_column: str) -> int:
    """Read a clock time; give the first tick with it, from ``start`` on: the same day, or the next."""
    day = period.date(start)
    same = _tick(row, period, day, clock_column)
    return same if same >= start else _tick(row, period, day + dt.timedelta(days=1), clock_column)


def tick_near(row: FileRow, period: Period, old: int, clock_column: str) -> int:
    """Read a clock time; give the tick with it that is nearest to what stood there before."""
    day = period.date(old)
    days = (day + dt.timedelta(days=offset) for offset in (0, -1, 1))
    return min((_tick(row, period, one, clock_column) for one in days), key=lambda tick: abs(tick - old))


def _date(row: FileRow, column: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(row.text(column).strip())
    except ValueError:
        raise unreadable_cell(row, column, "a date as YYYY-MM-DD") from None
    if not 1900 <= day.year <= 2999:
        raise unreadable_cell(row, column, "a date as YYYY-MM-DD of our times")
    return day


def _tick(row: FileRow, period: Period, day: dt.date, column: str) -> int:
    try:
        return period.tick(day, dt.datetime.strptime(row.text(column).strip(), "%H:%M").time())
    except ValueError:
        raise unreadable_cell(row, column, "a clock time as HH:MM") from None
