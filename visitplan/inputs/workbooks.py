"""Workbooks, parquet files and DataFrames: numbered cells with a spreadsheet's own types."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from visitplan.inputs.csv_files import UnreadableError, unreadable
from visitplan.inputs.problems import problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from openpyxl import Workbook

    from visitplan.inputs.registry import TableSpec

_NOT_A_WORKBOOK = "The file is not a workbook: {error}."
_SAVE_AGAIN = "Save it as an Excel workbook (.xlsx)."


def opened(file: str, data: bytes) -> Workbook:
    """Open a workbook for reading the values that its formulas had when it was saved.

    Raises
    ------
    UnreadableError
        It is not an .xlsx workbook.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # openpyxl speaks of styles and validations that are of no use here
            return load_workbook(BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, SyntaxError) as error:
        raise UnreadableError(
            problem(
                "TABLE-UNREADABLE", _NOT_A_WORKBOOK.format(error=error), _SAVE_AGAIN, file=file, fatal=True
            )
        ) from error


def sheet_cells(book: Workbook, sheet: str) -> Iterator[tuple[int, Sequence[object]]]:
    """Give the rows of a sheet with their numbers; cells have the types that the sheet gives them."""
    page: Any = book[sheet]
    page.reset_dimensions()  # some exporters write a wrong extent, and rows would be lost
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield from enumerate(page.iter_rows(values_only=True), start=1)


def parquet_frame(spec: TableSpec, file: str, data: bytes) -> pd.DataFrame:
    """Read a parquet file.

    Raises
    ------
    UnreadableError
        It is not parquet, or the extra that reads it is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError as error:
        raise unreadable(
            spec,
            file,
            "Parquet files need the package pyarrow, which is not installed.",
            "Install it with `pip install 'visitplan[parquet]'`, or give the table as CSV.",
        ) from error
    try:
        frame: pd.DataFrame = pyarrow.parquet.read_table(BytesIO(data)).to_pandas()
    except (pa.ArrowException, OSError, ValueError) as error:
        raise unreadable(
            spec, file, f"The file is not parquet: {error}.", "Write it again, or give the table as CSV."
        ) from error
    return frame


def frame_cells(frame: pd.DataFrame) -> Iterator[tuple[int, Sequence[object]]]:
    """Give a frame's rows, numbered as if it were saved with a header: the first row of data is row 2."""
    yield 1, [str(name) for name in frame.columns]
    columns = [_plain_column(frame.iloc[:, k]) for k in range(frame.shape[1])]
    yield from enumerate(zip(*columns, strict=True), start=2)


def _plain_column(column: pd.Series[Any]) -> list[object]:
    """Give a column as plain Python values, None where it has no value."""
    present = column.notna().tolist()
    values = column.astype(object).tolist()
    return [_plain(value) if there else None for value, there in zip(values, present, strict=True)]


def _plain(value: Any) -> object:
    if isinstance(value, (list, tuple, set, frozenset)) or type(value).__name__ == "ndarray":
        return ";".join(str(item) for item in value)
    return value.item() if hasattr(value, "item") and hasattr(value, "dtype") else value


def sheets_of(book: Workbook) -> Mapping[str, str]:
    """Give the names of a workbook's sheets, by their lower-case form."""
    return {name.strip().lower(): name for name in book.sheetnames}
