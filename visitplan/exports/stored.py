"""A plan folder as other systems' exports need it: read by itself, without the input it was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from visitplan.domain.plan import Plan
from visitplan.errors import InputError
from visitplan.exports.kinds import Value, value_of
from visitplan.exports.manifest import Manifest, Status, read_manifest
from visitplan.exports.planfile import PLAN_FILE
from visitplan.exports.read import read_plan
from visitplan.exports.reading_tables import table_texts
from visitplan.exports.tables import ROSTER, TABLES
from visitplan.findings import Finding, Severity, Where, errors_in

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

Record: TypeAlias = "Mapping[str, Value]"
"""A row, by column."""


@dataclass(frozen=True, slots=True)
class StoredPlan:
    """What a plan folder holds.

    Attributes
    ----------
    tables
        The rows of each table, by its name without ``.csv``. The roster has two columns more than its file:
        ``start_at`` and ``end_at``, local date-times with their offset, which are right on every night.
    findings
        Warnings and notes about the folder's files.
    """

    folder: Path
    manifest: Manifest
    plan: Plan
    tables: Mapping[str, tuple[Record, ...]]
    findings: tuple[Finding, ...]


def table_names() -> tuple[str, ...]:
    """Give the names of the tables of a plan folder."""
    return tuple(table.file.removesuffix(".csv") for table in TABLES)


def columns_of(table: str) -> tuple[str, ...]:
    """Give the columns of a table, in the order of its file."""
    found = next(one for one in TABLES if one.file == f"{table}.csv")
    return (*found.columns, "start_at", "end_at") if found is ROSTER else found.columns


def read_stored(folder: str | os.PathLike[str]) -> StoredPlan:
    """Read a plan folder for export.

    Raises
    ------
    InputError
        It is no plan folder, was edited by hand, or holds a plan that failed its check: nobody should import
        these into another system.
    """
    path = Path(folder)
    manifest = read_manifest(path)
    plan, findings = read_plan(path)
    changed = [finding for finding in findings if _is_changed_source(finding)]
    faults = [*errors_in(findings), *changed, *_failed(manifest)]
    if faults:
        raise InputError(f"The plan folder {path.name} cannot be exported", faults)
    files = {table.file: (path / table.file).read_bytes() for table in TABLES}
    texts = table_texts(files)
    tables = {file.removesuffix(".csv"): tuple(_records(file, rows, plan)) for file, rows in texts.items()}
    return StoredPlan(path, manifest, plan, tables, tuple(findings))


def _is_changed_source(finding: Finding) -> bool:
    """Tell whether a file that exports are made from is not as it was written: a table or a calendar."""
    file = finding.where.file or ""
    return finding.code == "PLAN-FILE-CHANGED" and file.endswith((".csv", ".ics", PLAN_FILE))


def _failed(manifest: Manifest) -> Iterator[Finding]:
    if manifest.status is Status.FAILED_CHECK:
        yield Finding(
            "EXPORT-PLAN-FAILED",
            Severity.ERROR,
            Where(file="manifest.json", column="status", value=manifest.status.value),
            cause="The plan failed its check: it breaks rules and is not to be used.",
            action="Export the plan of another run; please report the failed check.",
        )


def _records(file: str, rows: list[dict[str, str]], plan: Plan) -> Iterator[Record]:
    for number, row in enumerate(rows, start=2):
        values = {column: _value(file, number, column, text) for column, text in row.items()}
        if file == ROSTER.file:
            visit = plan.visit_by_id[row["visit_id"]]
            values["start_at"] = plan.period.moment(visit.start)
            values["end_at"] = plan.period.moment(visit.end)
        yield values


def _value(file: str, row: int, column: str, text: str) -> Value:
    try:
        return value_of(column, text)
    except (ValueError, KeyError) as error:
        where = Where(file, row, column, text)
        cause = "It is not what this column holds."
        finding = Finding("PLAN-CELL-UNREADABLE", Severity.ERROR, where, cause, "Restore the file.")
        raise InputError(f"{file} cannot be exported", [finding]) from error
