"""Problems: findings together with the rows that cannot be planned because of them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from visitplan.findings import Finding, Severity, Where
from visitplan.inputs.cells import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

RowKey = tuple[str, int]
"""Table name and row number."""

PRIVATE_COLUMNS = frozenset({"name", "contact", "address", "home_address", "nhs_number"})
"""Columns whose values are about a person and never stand in a finding."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A finding of reading.

    Attributes
    ----------
    finding
        What is told.
    rows
        Rows that cannot be planned because of it; empty where they still can.
    fatal
        Nothing can be planned at all, with or without invalid rows.
    consequence
        The rows are only out because another row is.
    """

    finding: Finding
    rows: tuple[RowKey, ...] = ()
    fatal: bool = False
    consequence: bool = False


def problem(
    code: str,
    cause: str,
    action: str,
    *,
    file: str | None = None,
    row: int | None = None,
    column: str | None = None,
    value: object = None,
    subject: str | None = None,
    severity: Severity = Severity.ERROR,
    rows: tuple[RowKey, ...] = (),
    fatal: bool = False,
    consequence: bool = False,
) -> Problem:
    """Make a problem; values of columns that are about a person are left out."""
    hidden = value is None or column in PRIVATE_COLUMNS
    where = Where(file, row, column, None if hidden else shown(value), subject)
    return Problem(Finding(code, severity, where, cause, action), rows, fatal, consequence)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Give the known name most like this one, or None where none is like it."""
    lowered = {item.lower(): item for item in known}
    found = get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.6)
    return lowered[found[0]] if found else None


class Hints:
    """Hints among many ids, as long as the comparisons last.

    Comparing an id with all of a county's takes a good part of a second. Where thousands are wrong, it is not
    the spelling of one that helps.
    """

    def __init__(self, comparisons: int = 200_000) -> None:
        self._left = comparisons

    def __call__(self, name: str, known: Collection[str]) -> str:
        """Give the hint, or nothing when the comparisons are used up."""
        self._left -= len(known)
        return hint(name, known) if self._left > 0 else ""


def hint(name: str, known: Iterable[str]) -> str:
    """Give `` Did you mean 'x'?`` for the nearest known name, or nothing."""
    found = nearest(name, known)
    return f" Did you mean {found!r}?" if found not in (None, name) else ""
