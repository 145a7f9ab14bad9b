"""Rows that are out: which, why, and what stood in them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.findings import Finding, Severity
from visitplan.inputs.cells import text_of
from visitplan.inputs.problems import PRIVATE_COLUMNS
from visitplan.inputs.registry import TABLES, TableSpec

if TYPE_CHECKING:
    import pandas as pd

    from visitplan.inputs.problems import Problem, RowKey
    from visitplan.inputs.raw import RawTable

REJECTED_COLUMNS = ("table", "file", "row", "id", "codes", "cause", "content")


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that is not planned, or with ``row`` None a whole optional table that could not be read.

    Attributes
    ----------
    codes
        Codes of the findings that put it out.
    cause
        Their causes.
    content
        What stood in the row, as text, by column; without names, contacts, addresses,
        NHS numbers, and columns that are not known.
    """

    table: str
    file: str
    row: int | None
    id: str | None
    codes: tuple[str, ...]
    cause: str
    content: Mapping[str, str]


def rejected_rows(problems: Iterable[Problem], tables: Mapping[str, RawTable]) -> tuple[Rejected, ...]:
    """List every row that some problem puts out, in the order of tables and rows."""
    why: dict[RowKey, list[Finding]] = {}
    whole: list[Rejected] = []
    for found in problems:
        for key in found.rows:
            why.setdefault(key, []).append(found.finding)
        if not found.rows and found.finding.severity is Severity.ERROR:
            file = str(found.finding.where.file)
            whole.append(_rejected(file, file, None, None, [found.finding], {}))
    order = {spec.name: k for k, spec in enumerate(TABLES)}
    contents = {(name, row.number): row.cells for name, table in tables.items() for row in table.rows}
    rows = []
    for name, number in sorted(why, key=lambda key: (order[key[0]], key[1])):
        spec = tables[name].spec
        cells = _public(spec, contents[name, number])
        row_id = cells.get(spec.key) if spec.key is not None else None
        rows.append(_rejected(name, tables[name].file, number, row_id, why[name, number], cells))
    return (*whole, *rows)


def _public(spec: TableSpec, cells: Mapping[str, object]) -> dict[str, str]:
    """Give the cells that may be shown; of columns that are not known, nobody knows what is in them."""
    shown = set(spec.columns) - PRIVATE_COLUMNS
    return {column: text_of(value) for column, value in cells.items() if column in shown}


def _rejected(
    table: str,
    file: str,
    row: int | None,
    row_id: str | None,
    findings: Iterable[Finding],
    content: Mapping[str, str],
) -> Rejected:
    found = list(findings)
    codes = tuple(dict.fromkeys(finding.code for finding in found))
    cause = " ".join(dict.fromkeys(finding.cause for finding in found))
    return Rejected(table, file, row, row_id, codes, cause, content)


def rejected_frame(rejected: Iterable[Rejected]) -> pd.DataFrame:
    """Give rejected rows as a frame.

    Columns: table, file, row (empty for a whole table), id, codes (a ``;`` list), cause, and content, the
    row's cells as a JSON object.
    """
    import pandas as pd  # here, because planning from CSV files needs no pandas

    lines = [
        (
            item.table,
            item.file,
            item.row,
            item.id,
            ";".join(item.codes),
            item.cause,
            json.dumps(dict(item.content), ensure_ascii=False),
        )
        for item in rejected
    ]
    return pd.DataFrame(lines, columns=list(REJECTED_COLUMNS)).astype({"row": "Int64"})
