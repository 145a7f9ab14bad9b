"""The tables of a plan folder as text, as its files have them: for pages that show what people act on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.errors import InputError
from visitplan.exports.edits import Unreadable, damaged, read_rows
from visitplan.exports.frames import table_csv
from visitplan.exports.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.exports.tables import Table
    from visitplan.findings import Finding


def table_texts(
    files: Mapping[str, bytes], names: Collection[str] | None = None
) -> dict[str, list[dict[str, str]]]:
    """Give the rows of the tables of a plan folder, by file name; each cell as text, by column.

    Cells are given as they were before neutralising; a column that the file lacks is empty in every row, and
    a row has no other columns than ours.

    Parameters
    ----------
    files
        The folder's files, by name.
    names
        The tables that are wanted; all, where none are named.

    Raises
    ------
    InputError
        A table is missing or cannot be read.
    """
    faults: list[Finding] = []
    texts: dict[str, list[dict[str, str]]] = {}
    for table in TABLES:
        if names is not None and table.file not in names:
            continue
        try:
            texts[table.file] = list(_texts(table, files))
        except Unreadable as error:
            faults.append(error.finding)
    if faults:
        raise InputError("The plan folder cannot be read", faults)
    return texts


def _texts(table: Table, files: Mapping[str, bytes]) -> Iterator[dict[str, str]]:
    if table.file not in files:
        raise Unreadable(damaged(table.file, "The file is not in the plan folder."))
    rows, _ = read_rows(table, files[table.file])
    return ({column: row.text(column) for column in table.columns} for row in rows)


def plan_texts(scenario: Scenario, plan: Plan) -> dict[str, list[dict[str, str]]]:
    """Give the rows of every table as :func:`table_texts` does, of a plan that is not in a folder.

    Raises
    ------
    InputError
        An id holds what no CSV file can hold.
    """
    files = {table.file: table_csv(table, scenario, plan) for table in TABLES}
    return table_texts({name: text.encode("utf-8", "replace") for name, text in files.items()})
