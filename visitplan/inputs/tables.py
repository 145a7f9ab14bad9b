"""Typed tables: rows that could be read, and rows that are out and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import ValidationError

from visitplan.inputs.problems import Problem, RowKey, hint, problem
from visitplan.inputs.registry import TABLES, TableSpec
from visitplan.inputs.rows import (
    BaseRow,
    FamilyTimeRow,
    HistoryRow,
    HouseholdRow,
    InputRow,
    PersonRow,
    PinRow,
    RequestRow,
    ShiftRow,
    StaffRow,
    TaskRow,
)

if TYPE_CHECKING:
    from visitplan.inputs.raw import RawRow, RawTable

Data = TypeVar("Data", bound=InputRow)

_ACTIONS = {
    "CELL-EMPTY": "Fill the cell in.",
    "CELL-NUMBER": "Write a number with a decimal point and without a unit.",
    "CELL-WHOLE": "Write a whole number.",
    "CELL-RANGE": "Write a number within the range.",
    "CELL-BOOLEAN": "Write yes or no.",
    "CELL-CHOICE": "Write one of the allowed words.",
    "CELL-DATE": "Write a date as YYYY-MM-DD.",
    "CELL-TIME": "Write a time as HH:MM, from 00:00 to 23:59.",
    "CELL-MOMENT": "Write a local date-time as YYYY-MM-DD HH:MM.",
    "CELL-MINUTE": "Round it to a whole minute.",
    "CELL-WEEKDAY": "Write weekdays as mon;wed;fri or mon-fri.",
    "CELL-TOO-LONG": "Shorten it; check that no quotation mark is missing in the file.",
    "ID-TOO-LONG": "Shorten it; check that no quotation mark is missing in the file.",
    "ID-CONTROL": "Type the id again by hand.",
    "ID-SEPARATOR": "Use another character in ids.",
    "NHS-NUMBER": "Correct the number, or leave the column out: planning does not need it.",
}
_CODES = {"missing": "CELL-EMPTY", "enum": "CELL-CHOICE"}


@dataclass(frozen=True, slots=True)
class Row(Generic[Data]):
    """A row that could be read; ``cells`` is what stands in it."""

    table: str
    file: str
    number: int
    data: Data
    cells: Mapping[str, Any]

    @property
    def key(self) -> RowKey:
        """Give table and number."""
        return self.table, self.number


@dataclass(frozen=True)
class Tables:
    """All tables, as far as their rows are in.

    Attributes
    ----------
    rows
        By table name; a table that is not there has none.
    given
        Names of the tables that are there and could be read.
    unreadable
        Names of the tables that are there and could not.
    broken_ids
        By table name, ids of its rows that are out, with their row numbers.
    unread
        By table name, the cells of its rows that could not be read.
    """

    rows: Mapping[str, tuple[Row[Any], ...]]
    given: frozenset[str]
    broken_ids: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    unread: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    unreadable: frozenset[str] = frozenset()

    @property
    def requests(self) -> tuple[Row[RequestRow], ...]:
        """Give the rows of requests."""
        return self.rows.get("requests", ())

    @property
    def households(self) -> tuple[Row[HouseholdRow], ...]:
        """Give the rows of households."""
        return self.rows.get("households", ())

    @property
    def people(self) -> tuple[Row[PersonRow], ...]:
        """Give the rows of people."""
        return self.rows.get("people", ())

    @property
    def family_times(self) -> tuple[Row[FamilyTimeRow], ...]:
        """Give the rows of family times."""
        return self.rows.get("family_times", ())

    @property
    def staff(self) -> tuple[Row[StaffRow], ...]:
        """Give the rows of staff."""
        return self.rows.get("staff", ())

    @property
    def shifts(self) -> tuple[Row[ShiftRow], ...]:
        """Give the rows of shifts."""
        return self.rows.get("shifts", ())

    @property
    def bases(self) -> tuple[Row[BaseRow], ...]:
        """Give the rows of bases."""
        return self.rows.get("bases", ())

    @property
    def history(self) -> tuple[Row[HistoryRow], ...]:
        """Give the rows of history."""
        return self.rows.get("history", ())

    @property
    def pins(self) -> tuple[Row[PinRow], ...]:
        """Give the rows of pins."""
        return self.rows.get("pins", ())

    @property
    def tasks(self) -> tuple[Row[TaskRow], ...]:
        """Give the rows of tasks."""
        return self.rows.get("tasks", ())

    @cached_property
    def ids(self) -> Mapping[str, Mapping[str, Row[Any]]]:
        """Give, by table that has a key, its rows by id; of doubled ids the first."""
        return {spec.name: self._by_key(spec) for spec in TABLES if spec.key is not None}

    def _by_key(self, spec: TableSpec) -> dict[str, Row[Any]]:
        key = str(spec.key)
        return {getattr(row.data, key): row for row in reversed(self.rows.get(spec.name, ()))}

    def without(self, doomed: Iterable[RowKey]) -> Tables:
        """Give the tables without some rows, whose ids are remembered as broken."""
        out = set(doomed)
        names = {table for table, _ in out}
        rows = dict(self.rows)
        broken = {name: dict(ids) for name, ids in self.broken_ids.items()}
        for name in names:
            rows[name] = tuple(row for row in self.rows.get(name, ()) if row.key not in out)
        kept = Tables(rows, self.given)
        for spec in TABLES:
            if spec.name in names and spec.key is not None:
                gone = {
                    i: row.number for i, row in self.ids[spec.name].items() if i not in kept.ids[spec.name]
                }
                broken.setdefault(spec.name, {}).update(gone)
        return replace(self, rows=rows, broken_ids=broken)


def typed(
    raw: Mapping[str, RawTable], given: Iterable[str], told: Iterable[Problem]
) -> tuple[Tables, list[Problem]]:
    """Read every row of every table; each cell that cannot be read is a problem of its row.

    ``given`` are the names of all tables that are there, readable or not. ``told`` are the problems so far:
    what they say of a cell, or of a whole row, is not said again.
    """
    columns_told = _columns_told(told)
    rows: dict[str, tuple[Row[Any], ...]] = {}
    broken: dict[str, dict[str, int]] = {}
    unread: dict[str, tuple[Mapping[str, Any], ...]] = {}
    problems: list[Problem] = []
    for name, table in raw.items():
        good: list[Row[Any]] = []
        bad: list[RawRow] = []
        validate = table.spec.model.__pydantic_validator__.validate_python
        for row in table.rows:
            try:
                data = validate(row.cells)
            except ValidationError as error:
                bad.append(row)
                problems += _cell_problems(table, row, error, columns_told.get((name, row.number), set()))
                continue
            if (name, row.number) in columns_told:
                bad.append(row)
            else:
                good.append(Row(name, table.file, row.number, data, row.cells))
        rows[name] = tuple(good)
        unread[name] = tuple(row.cells for row in bad)
        if bad and table.spec.key is not None:
            broken[name] = {str(r.cells[table.spec.key]): r.number for r in bad if table.spec.key in r.cells}
    return Tables(rows, frozenset(raw), broken, unread, frozenset(given) - frozenset(raw)), problems


def _columns_told(told: Iterable[Problem]) -> dict[RowKey, set[str | None]]:
    """Give, by row, the columns of which problems speak; None where they speak of the whole row."""
    columns: dict[RowKey, set[str | None]] = {}
    for found in told:
        for key in found.rows:
            columns.setdefault(key, set()).add(found.finding.where.column)
    return columns


def _cell_problems(
    table: RawTable, row: RawRow, error: ValidationError, told: set[str | None]
) -> Iterator[Problem]:
    """Tell what is wrong with the cells of one row, but for the columns that are told already."""
    for fault in error.errors(include_url=False):
        column = str(fault["loc"][0])
        if column in told or None in told:
            continue
        code = _CODES.get(fault["type"], fault["type"])
        if code.islower():
            code = "CELL-RANGE"
        yield problem(
            code,
            _cause(table.spec, column, code, fault),
            _ACTIONS[code],
            file=table.file,
            row=row.number,
            column=column,
            value=row.cells.get(column),
            subject=_subject(table.spec, row),
            rows=((table.spec.name, row.number),),
        )


def _cause(spec: TableSpec, column: str, code: str, fault: Any) -> str:
    if code == "CELL-EMPTY":
        return f"{column} is empty, and every row of {spec.name} needs it."
    if code == "CELL-CHOICE":
        allowed = [word.strip("' ") for word in fault["ctx"]["expected"].replace(" or ", ", ").split(",")]
        return f"This is none of {', '.join(allowed)}.{hint(str(fault['input']), allowed)}"
    if fault["type"].islower():
        return f"{column} is out of range: {fault['msg'].replace('Input should be', 'it should be')}."
    return str(fault["msg"])


def _subject(spec: TableSpec, row: RawRow) -> str | None:
    if spec.key is None or spec.key not in row.cells:
        return None
    return f"{spec.key} {str(row.cells[spec.key])[:80]}"
