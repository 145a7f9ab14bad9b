"""Cells: how a value stands in a CSV file, and how CSV text is read back.

A spreadsheet takes a cell that starts with ``= + - @`` (a tab, a line end, or the full-width forms of the
four signs) for a formula, and runs it. Text that starts so is given a leading apostrophe; so is text that has
apostrophes before such a sign, so that the way back is unambiguous. Numbers stay numbers. The list of signs
is that of the OWASP page "CSV Injection".
"""

from __future__ import annotations

import csv
import io
import math
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

Cell: TypeAlias = str | int | float | bool | None
"""What a cell of a table may hold; None is an empty cell."""

FORMULA_SIGNS = "=+-@\t\r\n＝＋－＠"
_DECIMALS = 6
_NEEDS_QUOTES = frozenset(',"\r\n')


def neutral(text: str) -> str:
    """Give the text such that no spreadsheet takes it for a formula."""
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def revived(text: str) -> str:
    """Give the text that :func:`neutral` was given."""
    return text[1:] if text.startswith("'") and _is_formula(text.lstrip("'")) else text


def _is_formula(text: str) -> bool:
    return text[:1] != "" and text[0] in FORMULA_SIGNS


def cell_text(value: Cell) -> str:
    """Give a cell as it stands in the file: a number with up to six decimals, yes or no, or harmless text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    return neutral(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        return ""
    text = f"{value:.{_DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def listed(parts: Iterable[str]) -> str:
    """Give several ids or codes as one cell."""
    return ";".join(parts)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    r"""Give a whole CSV file: header, one line a row, ``\n`` line ends."""
    lines = [",".join(_quoted(cell_text(value)) for value in row) for row in (columns, *rows)]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    # csv.writer leaves a lone carriage return unquoted before Python 3.13, and no reader finds the row again
    if _NEEDS_QUOTES.isdisjoint(text) and text == text.strip():
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def frame_csv(frame: pd.DataFrame) -> str:
    """Give any DataFrame as a CSV file like ours; missing values are empty cells."""
    gaps = frame.isna().to_numpy()
    rows = (
        [None if gap else _plain(value) for value, gap in zip(row, flags, strict=True)]
        for row, flags in zip(frame.itertuples(index=False, name=None), gaps, strict=True)
    )
    return csv_text([str(column) for column in frame.columns], rows)


def _plain(value: object) -> Cell:
    scalar = value.item() if hasattr(value, "item") else value
    return scalar if isinstance(scalar, str | int | float) else str(scalar)


def csv_rows(text: str) -> list[list[str]]:
    """Read a CSV file into rows of text, the header first; cells are as they stand, not revived.

    Raises
    ------
    csv.Error
        The quotes do not match, or a cell is longer than 131,072 characters.
    """
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))
