"""Raw tables: named cells with their row numbers, the same from every kind of source.

Their columns and codes are translated by the policy here, spaces around values taken off, empty cells left
out, so that all that follows sees one kind of table.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from visitplan.findings import Severity
from visitplan.inputs.cells import DAY_FIRST, text_of
from visitplan.inputs.problems import Problem, hint, problem
from visitplan.inputs.registry import TableSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visitplan.policy import TableSource

MAX_ROWS = 1_000_000
"""More rows than this in one table are taken for a mistake; a workbook sheet cannot hold many more."""
EXCEL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"})


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: ``cells`` holds what is not empty, by column; ``number`` is the spreadsheet's."""

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table as it was found.

    ``file`` is its name in findings; ``columns`` are all that its header has, by our names.
    """

    spec: TableSpec
    file: str
    columns: tuple[str, ...]
    rows: tuple[RawRow, ...]

    @property
    def missing_columns(self) -> tuple[str, ...]:
        """Give the required columns that the header lacks."""
        return tuple(name for name in self.spec.required_columns if name not in self.columns)


def column_name(heading: object) -> str:
    """Write a heading the way ours are: lower case, underscores between words."""
    return re.sub(r"[^0-9a-z]+", "_", text_of(heading).strip().lower()).strip("_")


def header_names(header: Sequence[object], source: TableSource | None) -> list[str]:
    """Give our names of the columns of a header, translated by the policy's column map."""
    names = {}
    if source is not None:
        names = {theirs.strip().lower(): ours for theirs, ours in source.columns.items()}
    headings = ["" if heading is None else text_of(heading).strip() for heading in header]
    return [names.get(heading.lower(), column_name(heading) or heading) for heading in headings]


def table_of(
    spec: TableSpec,
    file: str,
    grid: Iterable[tuple[int, Sequence[object]]],
    source: TableSource | None = None,
    *,
    max_rows: int = MAX_ROWS,
) -> tuple[RawTable | None, list[Problem]]:
    """Make a raw table of numbered rows, the first of which that is not blank is the header.

    Returns
    -------
    tuple
        The table, or None where it cannot be used at all, and what there is to say about it.
    """
    lines = iter(grid)
    header = next((cells for _, cells in lines if not _blank(cells)), None)
    if header is None:
        return None, [_no_header(spec, file)]
    columns = header_names(header, source)
    problems = [*_map_problems(spec, file, header, source), *_column_problems(spec, file, columns)]
    reader = _RowReader(spec, file, columns, source)
    rows: list[RawRow] = []
    for number, cells in lines:
        row = reader.row(number, cells)
        if row is not None:
            rows.append(row)
        if len(rows) > max_rows:
            return None, [*problems, _too_many_rows(file, max_rows)]
    problems += reader.problems
    table = RawTable(spec, file, tuple(columns), tuple(rows))
    problems += [*_missing_columns(table), *_empty_table(table), *reader.spaces(), *_day_first_dates(table)]
    return table, problems


def _blank(cells: Sequence[object]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)


class _RowReader:
    """Turns numbered cells into raw rows, and remembers what it met on the way."""

    def __init__(
        self, spec: TableSpec, file: str, columns: Sequence[str], source: TableSource | None
    ) -> None:
        self._spec, self._file, self._columns = spec, file, columns
        self._known = frozenset(spec.columns)
        self._codes: Mapping[str, Mapping[str, str]] = {} if source is None else source.codes
        self._spaced = 0
        self.problems: list[Problem] = []

    def row(self, number: int, line: Sequence[object]) -> RawRow | None:
        cells: dict[str, Any] = {}
        for name, value in zip(self._columns, line, strict=False):
            if type(value) is str:
                text = value.strip()
                if len(text) != len(value):
                    self._spaced += 1
                if text:
                    cells[name] = text
                    if text in EXCEL_ERRORS and name in self._known:
                        self._excel_error(number, name, text)
            elif value is not None:
                cells[name] = value
        for name in self._codes:
            if name in cells:
                self._translate(cells, name)
        wide = len(line) > len(self._columns) and not _blank(line[len(self._columns) :])
        if wide:
            self._too_wide(number, len(line))
        return RawRow(number, cells) if cells or wide else None

    def _translate(self, cells: dict[str, Any], name: str) -> None:
        codes = self._codes[name]
        text = text_of(cells[name])
        ours = codes.get(text)
        if ours is None and ";" in text:
            ours = ";".join(codes.get(item.strip(), item.strip()) for item in text.split(";"))
        if ours is not None:
            cells[name] = ours
        if cells[name] == "":
            del cells[name]

    def _excel_error(self, number: int, column: str, value: str) -> None:
        self.problems.append(
            problem(
                "CELL-FORMULA-FAILED",
                "The cell holds the error of a spreadsheet formula.",
                "Mend the formula in the spreadsheet, or type the value.",
                file=self._file,
                row=number,
                column=column,
                value=value,
                rows=((self._spec.name, number),),
            )
        )

    def _too_wide(self, number: int, width: int) -> None:
        self.problems.append(
            problem(
                "ROW-TOO-WIDE",
                f"The row has {width} cells and the header only {len(self._columns)}.",
                "Put cells that hold the delimiter in double quotes, or delete what stands too far right.",
                file=self._file,
                row=number,
                rows=((self._spec.name, number),),
            )
        )

    def spaces(self) -> Iterator[Problem]:
        if self._spaced:
            yield problem(
                "CELL-SPACES",
                f"{self._spaced} cells had spaces around their value, which were taken off.",
                "Nothing needs to be done.",
                file=self._file,
                severity=Severity.NOTE,
            )


def _no_header(spec: TableSpec, file: str) -> Problem:
    return problem(
        "TABLE-NO-HEADER",
        "The table is empty: it has not even a header.",
        f"Start it with a line of column names; `visitplan schema {spec.name}` shows them.",
        file=file,
        severity=Severity.ERROR if spec.required else Severity.WARNING,
        fatal=spec.required,
    )


def _too_many_rows(file: str, limit: int) -> Problem:
    return problem(
        "TABLE-TOO-LONG",
        f"The table has more than {limit:,} rows.",
        "Give only the rows of the planning period.",
        file=file,
        fatal=True,
    )


def _map_problems(
    spec: TableSpec, file: str, header: Sequence[object], source: TableSource | None
) -> Iterator[Problem]:
    if source is None:
        return
    headings = [text_of(heading).strip() for heading in header if heading is not None]
    lowered = {heading.lower() for heading in headings}
    for theirs, ours in source.columns.items():
        if theirs.strip().lower() not in lowered:
            yield problem(
                "POLICY-COLUMN-ABSENT",
                f"The policy renames column {theirs!r}, which {file} does not have.{hint(theirs, headings)}",
                f"Correct [tables.{spec.name}.columns] in the policy.",
                file=file,
                column=theirs,
                severity=Severity.WARNING,
            )
        if ours not in spec.columns:
            yield problem(
                "POLICY-COLUMN-UNKNOWN",
                f"The policy renames {theirs!r} to {ours!r}, which {spec.name} does not know."
                f"{hint(ours, spec.columns)}",
                f"Correct [tables.{spec.name}.columns] in the policy.",
                file=file,
                column=ours,
                fatal=True,
            )
    for column in source.codes:
        if column not in spec.columns:
            yield problem(
                "POLICY-COLUMN-UNKNOWN",
                f"The policy translates codes of {column!r}, which {spec.name} does not know."
                f"{hint(column, spec.columns)}",
                f"Correct [tables.{spec.name}.codes] in the policy.",
                file=file,
                column=column,
                fatal=True,
            )


def _column_problems(spec: TableSpec, file: str, columns: Sequence[str]) -> Iterator[Problem]:
    for name, count in Counter(columns).items():
        if name and name not in spec.columns:
            yield problem(
                "COLUMN-UNKNOWN",
                f"{spec.name} has no such column; it is not used.{hint(name, spec.columns)}",
                "Rename it, leave it out, or translate it in the policy.",
                file=file,
                column=name,
                severity=Severity.WARNING,
            )
        elif name and count > 1:
            yield problem(
                "COLUMN-TWICE",
                f"{count} columns are called {name}.",
                "Keep one of them.",
                file=file,
                column=name,
                fatal=True,
            )


def _missing_columns(table: RawTable) -> Iterator[Problem]:
    for name in table.missing_columns:
        yield problem(
            "COLUMN-MISSING",
            f"{table.spec.name} needs the column {name}.{hint(name, _unknown_columns(table))}",
            "Add it, or translate the column that holds it in the policy.",
            file=table.file,
            column=name,
            rows=tuple((table.spec.name, row.number) for row in table.rows),
        )


def _unknown_columns(table: RawTable) -> list[str]:
    return [name for name in table.columns if name and name not in table.spec.columns]


def _empty_table(table: RawTable) -> Iterator[Problem]:
    if not table.rows:
        yield problem(
            "TABLE-EMPTY",
            "The table has a header and no rows.",
            "Check that the export it comes from has run.",
            file=table.file,
            severity=Severity.WARNING if table.spec.required else Severity.NOTE,
        )


def _day_first_dates(table: RawTable) -> Iterator[Problem]:
    for column in table.spec.date_columns:
        found = [
            row
            for row in table.rows
            if type(row.cells.get(column)) is str and DAY_FIRST.match(row.cells[column])
        ]
        if found:
            yield problem(
                "DATE-DAY-FIRST",
                f"{len(found)} dates are written with slashes; they are read day first: day/month/year.",
                "Check that none is meant month first; better, write dates as YYYY-MM-DD.",
                file=table.file,
                row=found[0].number,
                column=column,
                value=found[0].cells[column],
                severity=Severity.WARNING,
            )
