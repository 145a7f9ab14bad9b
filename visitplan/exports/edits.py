"""Edits: what a person changed in a file of a plan folder, found cell by cell.

A file is compared, as text, with what ``plan.json`` says it should hold. So only what was really changed is
read from it, and a clock time that comes twice on the night summer time ends is not read wrongly.
"""

from __future__ import annotations

import csv
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from visitplan.exports.cells import cell_text, csv_rows, revived
from visitplan.exports.tables import Row
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visitplan.exports.tables import Table

T = TypeVar("T")

DIFFER = "PLAN-FILES-DIFFER"
RESTORE = "Put the file back as it was written, or plan again; what follows here reads the edited values."


class Unreadable(Exception):
    """A file or a cell cannot be read at all; carries the finding that says so."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row as it stands in a file: its number as a spreadsheet counts, and its cells by column."""

    file: str
    number: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Give a cell as it was before neutralising; a column that is not there is empty."""
        return revived(self.cells.get(column, ""))

    def where(self, column: str | None, subject: str) -> Where:
        """Give the place of a cell."""
        return Where(
            self.file, self.number, column, None if column is None else self.cells.get(column), subject
        )


@dataclass(frozen=True, slots=True)
class Edit(Generic[T]):
    """A row of a file beside the thing it stands for.

    Attributes
    ----------
    row
        None where the row was removed.
    thing
        None where nothing in the plan has this key: the row was invented.
    changed
        Columns that say something else than the plan.
    again
        The row is a further one for a thing that has its row already.
    expected
        The row the thing should have.
    """

    row: FileRow | None
    thing: T | None
    changed: tuple[str, ...] = ()
    again: bool = False
    expected: Row | None = None

    @property
    def untouched(self) -> bool:
        """Tell whether the file says what the plan says."""
        return self.row is not None and self.thing is not None and not self.changed and not self.again


def read_rows(table: Table, data: bytes) -> tuple[list[FileRow], list[Finding]]:
    """Read a file's rows, and find columns that are missing or not ours.

    Raises
    ------
    Unreadable
        It is no UTF-8, no CSV, or has no key column.
    """
    try:
        lines = csv_rows(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(damaged(table.file, f"It cannot be read as UTF-8 CSV: {error}.")) from error
    header = lines[0] if lines else []
    lost = [column for column in table.key if column not in header]
    if lost or len(set(header)) != len(header):
        said = f"its header lacks {', '.join(lost)}" if lost else "a column name stands twice in its header"
        raise Unreadable(damaged(table.file, f"{said[0].upper()}{said[1:]}."))
    return list(_file_rows(table, header, lines[1:])), list(_column_findings(table, header))


def _file_rows(table: Table, header: Sequence[str], lines: Iterable[Sequence[str]]) -> Iterator[FileRow]:
    for number, line in enumerate(lines, start=2):
        if not line:
            continue  # an empty line, such as editors leave at the end
        if len(line) != len(header):
            cause = f"The row has {len(line)} cells, the header {len(header)}."
            raise Unreadable(damaged(table.file, cause, number))
        yield FileRow(table.file, number, dict(zip(header, line, strict=True)))


def _column_findings(table: Table, header: Sequence[str]) -> Iterator[Finding]:
    for column in table.columns:
        if column not in header:
            where = Where(table.file, 1, column)
            yield Finding(DIFFER, Severity.ERROR, where, "The column was removed.", RESTORE)
    for column in header:
        if column not in table.columns:
            where = Where(table.file, 1, column)
            cause, action = "The column is not one of ours.", "Nothing needs doing: it is not read."
            yield Finding("PLAN-FILE-EXTRA", Severity.NOTE, where, cause, action)


def matched(
    table: Table, rows: Iterable[FileRow], things: Sequence[tuple[T, Row]], *, skip: frozenset[str]
) -> list[Edit[T]]:
    """Lay a file's rows beside the things they stand for; rows in their order, then what was removed.

    Parameters
    ----------
    things
        What the plan holds, each with the row it should have.
    skip
        Columns that cannot be compared.
    """
    waiting: dict[tuple[str, ...], deque[tuple[T, Row]]] = defaultdict(deque)
    for thing, row in things:
        waiting[tuple(cell_text(row[column]) for column in table.key)].append((thing, row))
    seen: dict[tuple[str, ...], tuple[T, Row]] = {}
    edits: list[Edit[T]] = []
    for file_row in rows:
        key = tuple(file_row.cells[column] for column in table.key)
        again = not waiting[key]
        if not again:
            seen[key] = waiting[key].popleft()
        if key in seen:
            thing, row = seen[key]
            edits.append(Edit(file_row, thing, _changed(table, file_row, row, skip), again, row))
        else:
            edits.append(Edit(file_row, None))
    edits += [Edit(None, thing, expected=row) for left in waiting.values() for thing, row in left]
    return edits


def _changed(table: Table, file_row: FileRow, row: Row, skip: frozenset[str]) -> tuple[str, ...]:
    return tuple(
        column
        for column in table.columns
        if column not in skip
        and column in file_row.cells
        and file_row.cells[column] != cell_text(row[column])
    )


def differences(edit: Edit[T], table: Table, subject: str) -> Iterator[Finding]:
    """Give a finding for each cell of an edit that differs, or one for a row removed, doubled or invented."""
    if edit.row is None:
        yield _differ(Where(table.file, subject=subject), "The row was removed; plan.json has it.")
    elif edit.again:
        yield _differ(edit.row.where(None, subject), "The row stands there again; plan.json has it once.")
    elif edit.expected is None:
        yield _differ(edit.row.where(None, subject), "The row was added; plan.json does not have it.")
    else:
        for column in edit.changed:
            expected = cell_text(edit.expected[column])
            cause = f"It says {edit.row.cells[column]!r}, plan.json says {expected!r}."
            yield _differ(edit.row.where(column, subject), cause)


def _differ(where: Where, cause: str) -> Finding:
    return Finding(DIFFER, Severity.ERROR, where, cause, RESTORE)


def damaged(file: str, cause: str, row: int | None = None) -> Finding:
    """Give the finding of a file that cannot be read."""
    return Finding(
        "PLAN-FILE-DAMAGED", Severity.ERROR, Where(file, row), cause, "Restore the file, or plan again."
    )


def unreadable_cell(row: FileRow, column: str, expected: str) -> Unreadable:
    """Give the error of a cell that holds no value of its kind."""
    where = Where(row.file, row.number, column, row.cells.get(column))
    cause = f"It is not {expected}."
    return Unreadable(Finding("PLAN-CELL-UNREADABLE", Severity.ERROR, where, cause, f"Give {expected}."))
