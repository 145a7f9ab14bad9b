"""The tables of a plan as JSON and as a workbook."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from typing import TYPE_CHECKING, Any

from visitplan.exports.cells import neutral
from visitplan.exports.stored import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from visitplan.exports.kinds import Value
    from visitplan.exports.stored import Record, StoredPlan

JSON_FORMAT = "visitplan.export/1"
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_SHEET_FORMATS = {dt.date: "yyyy-mm-dd", dt.time: "hh:mm", dt.datetime: "yyyy-mm-dd hh:mm"}


def json_text(stored: StoredPlan, tables: Iterable[str]) -> str:
    """Give tables as one JSON document: numbers, truths and lists as such, dates and times as ISO text."""
    document = {
        "format": JSON_FORMAT,
        "scenario": stored.manifest.scenario,
        "created": stored.manifest.created,
        "status": stored.manifest.status.value,
        "period": stored.manifest.period,
        "tables": {name: [_plain(row) for row in stored.tables[name]] for name in tables},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(row: Record) -> dict[str, Any]:
    return {column: _json_value(value) for column, value in row.items()}


def _json_value(value: Value) -> Any:
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, dt.date) else value


def workbook(sheets: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Value]]]]) -> bytes:
    """Give an ``.xlsx`` workbook: for each sheet its header and its rows.

    Numbers, dates and times are cells of their kind; text is text, and starts with an apostrophe where a
    spreadsheet would take it for a formula. The header stays in sight.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name, (header, rows) in sheets.items():
        sheet = book.create_sheet(name)
        sheet.freeze_panes = "A2"
        sheet.append([_cell(sheet, text) for text in header])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def table_sheets(
    stored: StoredPlan, tables: Iterable[str]
) -> dict[str, tuple[Sequence[str], Iterable[Sequence[Value]]]]:
    """Give tables as the sheets of a workbook."""
    return {
        name: (
            columns_of(name),
            [[row[column] for column in columns_of(name)] for row in stored.tables[name]],
        )
        for name in tables
    }


def _cell(sheet: WriteOnlyWorksheet, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell

    plain: Any = _cell_value(value)
    cell = WriteOnlyCell(sheet, plain)
    if isinstance(plain, str):
        cell.data_type = "s"  # or openpyxl takes text such as #N/A for an error
    elif type(plain) in _SHEET_FORMATS:
        cell.number_format = _SHEET_FORMATS[type(plain)]
    return cell


def _cell_value(value: Value) -> Value:
    if isinstance(value, tuple):
        value = ";".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)  # a spreadsheet knows no offsets
    return _NOT_IN_XML.sub("\ufffd", neutral(value)) if isinstance(value, str) else value
