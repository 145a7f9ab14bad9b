"""Where tables come from: a folder, a workbook, or DataFrames, as the policy says they are called there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from visitplan.domain.places import TravelTable
from visitplan.findings import Severity
from visitplan.inputs.csv_files import UnreadableError, decoded, delimiter_of, numbered_cells, unreadable
from visitplan.inputs.problems import Problem, hint, nearest, problem
from visitplan.inputs.raw import RawTable, table_of
from visitplan.inputs.registry import BY_NAME, TABLES, TRAVEL, TableSpec
from visitplan.inputs.workbooks import frame_cells, opened, parquet_frame, sheet_cells, sheets_of
from visitplan.policy import POLICY_FILE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from openpyxl import Workbook

    from visitplan.findings import Finding
    from visitplan.policy import Policy, TableSource, TravelPolicy


class ReadTravel(Protocol):
    """Reads a travel table from a file, or from rows with the numbers they have in their file."""

    def __call__(
        self,
        source: Path | pd.DataFrame,
        policy: TravelPolicy,
        /,
        *,
        file: str,
        rows: NDArray[np.int64] | None,
    ) -> tuple[TravelTable | None, tuple[Finding, ...]]:
        """Give the table, if no finding is an error, and every finding."""
        ...


TEXT_SUFFIXES = (".csv", ".tsv", ".txt")
WORKBOOK_SUFFIXES = (".xlsx", ".xlsm")
SUFFIXES = (".csv", ".tsv", ".xlsx", ".parquet")
TRAVEL_SUFFIXES = (*SUFFIXES, ".npz")


@dataclass
class Found:
    """What a source holds.

    Attributes
    ----------
    tables
        Tables that could be read, by name, without the travel table.
    given
        Names of the tables that are there, readable or not.
    hashes
        SHA-256 by file name.
    """

    name: str
    folder: Path | None = None
    tables: dict[str, RawTable] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    travel: TravelTable | None = None
    problems: list[Problem] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def tables_in_folder(folder: Path, policy: Policy, read_travel: ReadTravel | None) -> Found:
    """Read every table of a planning folder."""
    reader = _FileReader(Found(folder.resolve().name, folder), policy, read_travel)
    files = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    used: set[str] = set()
    for spec in TABLES:
        path = reader.named_file(spec, folder) or _file_of(spec, files, reader.found)
        if path is not None:
            used.add(path.name.lower())
            reader.read_file(spec, path)
    reader.found.problems += _unused_files(files, used, reader.found.given, policy)
    return _complete(reader.found, policy)


def tables_in_workbook(path: Path, policy: Policy, read_travel: ReadTravel | None) -> Found:
    """Read every table of a workbook: its sheets are called as the tables are."""
    reader = _FileReader(Found(path.stem, path.parent), policy, read_travel)
    try:
        book = reader.workbook(path)
    except UnreadableError as error:
        reader.found.problems.append(error.problem)
        return reader.found
    sheets = sheets_of(book)
    used: set[str] = set()
    for spec in TABLES:
        elsewhere = reader.named_file(spec, path.parent)
        sheet = reader.sheet_name(spec)
        if elsewhere is not None:
            reader.read_file(spec, elsewhere)
        elif sheet.lower() in sheets:
            used.add(sheet.lower())
            reader.read_sheet(spec, path, sheets[sheet.lower()])
    reader.found.problems += _unused_sheets(path.name, sheets, used, reader.found.given)
    return _complete(reader.found, policy)


def tables_in_frames(
    frames: Mapping[str, pd.DataFrame], policy: Policy, read_travel: ReadTravel | None, name: str
) -> Found:
    """Take every table from a mapping of DataFrames."""
    reader = _FileReader(Found(name), policy, read_travel)
    for key, frame in frames.items():
        spec = BY_NAME.get(key)
        if spec is None:
            reader.found.problems.append(_unused(key, "frame", reader.found.given, Severity.WARNING))
            continue
        reader.take(spec, key, frame_cells(frame))
    return _complete(reader.found, policy)


def _complete(found: Found, policy: Policy) -> Found:
    """Say which tables are missing, and which the policy names that do not exist."""
    for spec in TABLES:
        if spec.required and spec.name not in found.given:
            found.problems.append(
                problem(
                    "TABLE-MISSING",
                    f"There is no table {spec.name}, and no planning without it.",
                    f"Add {spec.name}.csv; `visitplan schema --templates DIR` writes its header.",
                    file=spec.name,
                    fatal=True,
                )
            )
    for name in policy.tables:
        if name not in BY_NAME:
            found.problems.append(
                problem(
                    "POLICY-TABLE-UNKNOWN",
                    f"The policy speaks of a table {name!r}, which does not exist.{hint(name, BY_NAME)}",
                    "Correct [tables] in the policy.",
                    file=POLICY_FILE,
                    column=f"tables.{name}",
                    fatal=True,
                )
            )
    return found


class _FileReader:
    """Reads tables into ``found``; each file is read once, however many tables it holds."""

    def __init__(self, found: Found, policy: Policy, read_travel: ReadTravel | None) -> None:
        self.found = found
        self._policy = policy
        self._read_travel = read_travel
        self._books: dict[Path, Workbook] = {}

    def _source(self, spec: TableSpec) -> TableSource | None:
        return self._policy.tables.get(spec.name)

    def named_file(self, spec: TableSpec, folder: Path) -> Path | None:
        """Give the file that the policy names for a table, or None."""
        source = self._source(spec)
        return None if source is None or source.file is None else folder / source.file

    def sheet_name(self, spec: TableSpec) -> str:
        source = self._source(spec)
        return spec.name if source is None or source.sheet is None else source.sheet.strip()

    def read_file(self, spec: TableSpec, path: Path) -> None:
        """Read a table from a file of its own, or from a sheet of one; what fails becomes a problem."""
        self.found.given.add(spec.name)
        suffix = path.suffix.lower()
        try:
            if spec.name == TRAVEL and self._source(spec) is None and suffix in (".csv", ".npz"):
                self._data(spec, path)
                self._travel(path, file=path.name)
            elif suffix in WORKBOOK_SUFFIXES:
                self._read_book(spec, path)
            elif suffix == ".parquet":
                self.take(
                    spec, path.name, frame_cells(parquet_frame(spec, path.name, self._data(spec, path)))
                )
            else:
                self._read_text(spec, path)
        except UnreadableError as error:
            self.found.problems.append(error.problem)

    def _data(self, spec: TableSpec, path: Path) -> bytes:
        try:
            data = path.read_bytes()
        except OSError as error:
            cause = f"The file cannot be opened: {error.strerror}."
            raise unreadable(spec, path.name, cause, "Check its name and its permissions.") from error
        self.found.hashes[path.name] = hashlib.sha256(data).hexdigest()
        return data

    def _read_text(self, spec: TableSpec, path: Path) -> None:
        source = self._source(spec)
        encoding = None if source is None else source.encoding
        text, problems = decoded(spec, path.name, self._data(spec, path), encoding)
        self.found.problems += problems
        delimiter = delimiter_of(spec, text, source)
        self.take(spec, path.name, numbered_cells(spec, path.name, text, delimiter))

    def workbook(self, path: Path, spec: TableSpec = TABLES[0]) -> Workbook:
        if path not in self._books:
            self._books[path] = opened(path.name, self._data(spec, path))
        return self._books[path]

    def _read_book(self, spec: TableSpec, path: Path) -> None:
        sheets = sheets_of(self.workbook(path, spec))
        sheet = self.sheet_name(spec)
        only = next(iter(sheets.values())) if len(sheets) == 1 and sheet == spec.name else None
        name = sheets.get(sheet.lower(), only)
        if name is None:
            cause = f"The workbook has no sheet {sheet!r}.{hint(sheet, sheets.values())}"
            raise unreadable(spec, path.name, cause, "Rename the sheet, or name it in the policy.")
        self.read_sheet(spec, path, name)

    def read_sheet(self, spec: TableSpec, path: Path, sheet: str) -> None:
        self.found.given.add(spec.name)
        self.take(spec, f"{path.name}:{sheet}", sheet_cells(self._books[path], sheet))

    def take(self, spec: TableSpec, file: str, grid: Any) -> None:
        """Make a table of numbered cells and keep it."""
        self.found.given.add(spec.name)
        try:
            table, problems = table_of(spec, file, grid, self._source(spec))
        except UnreadableError as error:
            table, problems = None, [error.problem]
        self.found.problems += problems
        if table is not None and spec.name == TRAVEL:
            rows = np.array([row.number for row in table.rows], dtype=np.int64)
            self._travel(_frame_of(table), file=table.file, rows=rows)
        elif table is not None:
            self.found.tables[spec.name] = table

    def _travel(
        self, source: Path | pd.DataFrame, *, file: str, rows: NDArray[np.int64] | None = None
    ) -> None:
        if self._read_travel is None:
            return
        table, findings = self._read_travel(source, self._policy.travel, file=file, rows=rows)
        self.found.travel = table
        self.found.problems += [
            Problem(finding, fatal=finding.severity is Severity.ERROR) for finding in findings
        ]


def _frame_of(table: RawTable) -> pd.DataFrame:
    import pandas as pd  # here, because planning from CSV files needs no pandas

    names = [name for name in table.columns if name]
    return pd.DataFrame(
        [{name: row.cells.get(name, "") for name in names} for row in table.rows], columns=names
    )


def _file_of(spec: TableSpec, files: Mapping[str, Path], found: Found) -> Path | None:
    suffixes = TRAVEL_SUFFIXES if spec.name == TRAVEL else SUFFIXES
    candidates = [files[name] for suffix in suffixes if (name := f"{spec.name}{suffix}") in files]
    if len(candidates) > 1:
        found.given.add(spec.name)
        found.problems.append(
            problem(
                "TABLE-TWICE",
                f"The table {spec.name} is there {len(candidates)} times: "
                f"{', '.join(path.name for path in candidates)}.",
                "Keep one of them, or name it in the policy.",
                file=candidates[0].name,
                fatal=True,
            )
        )
        return None
    return candidates[0] if candidates else None


def _unused_files(
    files: Mapping[str, Path], used: set[str], given: set[str], policy: Policy
) -> list[Problem]:
    postcodes = Path(policy.places.postcodes or "").name.lower()
    tables = [
        path
        for name, path in files.items()
        if path.suffix.lower() in TRAVEL_SUFFIXES and name not in used and name != postcodes
    ]
    spare = [path for path in tables if path.stem.lower() not in BY_NAME]
    return [_unused(path.stem, "file", given, Severity.NOTE, file=path.name) for path in spare]


def _unused_sheets(file: str, sheets: Mapping[str, str], used: set[str], given: set[str]) -> list[Problem]:
    unused = partial(_unused, what="sheet", given=given, severity=Severity.NOTE)
    return [unused(name, file=f"{file}:{name}") for lower, name in sheets.items() if lower not in used]


def _unused(name: str, what: str, given: set[str], severity: Severity, file: str | None = None) -> Problem:
    """Tell that something is not an input; a warning where it is named almost like a missing table."""
    like = nearest(name, [table for table in BY_NAME if table not in given])
    return problem(
        "TABLE-UNKNOWN",
        f"This {what} is not one of the input tables; it is not used."
        + (f" Is it meant to be {like!r}?" if like else ""),
        "Rename it, or leave it.",
        file=file or name,
        severity=Severity.WARNING if like else severity,
    )
