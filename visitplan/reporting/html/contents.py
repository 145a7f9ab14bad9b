"""What the report is made of: a plan folder's tables as text, its key figures, and how it was made."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from visitplan.domain.period import Period
from visitplan.domain.plan import Provenance
from visitplan.errors import InputError
from visitplan.findings import Finding, Severity, Where

Row: TypeAlias = Mapping[str, str]
"""A row of a table: cells as text, by column."""

# Controls have no picture, and the signs that turn the writing direction could turn what stands beside them.
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\N{REPLACEMENT CHARACTER}")
_TURNING = dict.fromkeys((0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)), "")
_SURROGATES = dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")
_HARMLESS = {**_CONTROLS, **_TURNING, **_SURROGATES, 0x09: " ", 0x0A: " ", 0x0D: " "}


@dataclass(frozen=True, slots=True)
class Baseline:
    """Another plan of the same input, against which the report compares.

    Attributes
    ----------
    name
        What it is called, such as its folder's name.
    figures
        Its key figures, as in ``kpis.json``.
    """

    name: str
    figures: Mapping[str, Any]
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class Contents:
    """A plan as the report shows it.

    Attributes
    ----------
    tables
        Rows of the plan folder's CSV files, by file name.
    figures
        Its key figures, as in ``kpis.json``.
    status
        How the run ended: complete, interrupted, or failed check.
    edits
        How many cells and files are not as planning left them.
    """

    tables: Mapping[str, Sequence[Row]]
    figures: Mapping[str, Any]
    period: Period
    provenance: Provenance
    status: str = "complete"
    edits: int = 0


def harmless(text: str) -> str:
    """Give text that only shows itself: no control characters, and none that turn the writing direction."""
    return text.translate(_HARMLESS)


def number(file: str, row: Row, column: str) -> float:
    """Read a number; an empty cell is 0.

    Raises
    ------
    InputError
        It is none.
    """
    try:
        value = float(row[column] or 0)
    except ValueError:
        value = math.nan
    if math.isfinite(value):
        return value
    raise _unreadable(file, row, column, "a number")


def coordinate(file: str, row: Row, column: str) -> float | None:
    """Read degrees; None where there are none."""
    return number(file, row, column) if row[column] else None


def date(file: str, row: Row, column: str) -> dt.date | None:
    """Read a date; None where there is none.

    Raises
    ------
    InputError
        It is no date.
    """
    if not row[column]:
        return None
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError:
        raise _unreadable(file, row, column, "a date as YYYY-MM-DD") from None


def clock(file: str, row: Row, column: str) -> int | None:
    """Read a clock time; give minutes after midnight, or None where there is none.

    Raises
    ------
    InputError
        It is no clock time.
    """
    if not row[column]:
        return None
    try:
        time = dt.datetime.strptime(row[column], "%H:%M").time()
    except ValueError:
        raise _unreadable(file, row, column, "a clock time as HH:MM") from None
    return time.hour * 60 + time.minute


def _unreadable(file: str, row: Row, column: str, expected: str) -> InputError:
    finding = Finding(
        "PLAN-CELL-UNREADABLE",
        Severity.ERROR,
        Where(file, column=column, value=row[column], subject=row.get("visit_id") or row.get("shift_id")),
        cause=f"It is not {expected}.",
        action=f"Give {expected}.",
    )
    return InputError(f"{file} cannot be shown", [finding])
