"""CSV files: bytes to numbered cells, whatever the encoding and the delimiter."""

from __future__ import annotations

import codecs
import csv
import io
from typing import TYPE_CHECKING

from visitplan.findings import Severity
from visitplan.inputs.problems import Problem, problem
from visitplan.inputs.raw import header_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.inputs.registry import TableSpec
    from visitplan.policy import TableSource

DELIMITERS = (",", ";", "\t", "|")


class UnreadableError(Exception):
    """A file cannot be taken apart at all; ``problem`` says why."""

    def __init__(self, found: Problem) -> None:
        super().__init__(str(found.finding))
        self.problem = found


def unreadable(spec: TableSpec, file: str, cause: str, action: str) -> UnreadableError:
    """Make the error of a file that cannot be read."""
    return UnreadableError(problem("TABLE-UNREADABLE", cause, action, file=file, fatal=spec.required))


def decoded(
    spec: TableSpec, file: str, data: bytes, encoding: str | None = None
) -> tuple[str, list[Problem]]:
    """Turn a file's bytes into text: by its byte order mark, else as UTF-8, else as Windows-1252.

    Raises
    ------
    UnreadableError
        The bytes are not text in the encoding that the policy names, or in any.
    """
    if encoding is not None:
        return _decoded_as(spec, file, data, encoding), []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as(spec, file, data, "utf-16"), [_encoding_guessed(file, "utf-16")]
    if data.startswith(codecs.BOM_UTF8):
        return _decoded_as(spec, file, data, "utf-8-sig"), [_byte_order_mark(file)]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        return _decoded_as(spec, file, data, "cp1252"), [_encoding_guessed(file, "Windows-1252")]


def _decoded_as(spec: TableSpec, file: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError as error:
        raise unreadable(
            spec,
            file,
            f"There is no encoding {encoding!r}.",
            "Correct the policy; utf-8 and cp1252 are common.",
        ) from error
    except UnicodeDecodeError as error:
        raise unreadable(
            spec, file, f"Byte {error.start} is not text in {encoding}.", "Save the file as CSV UTF-8."
        ) from error


def _encoding_guessed(file: str, encoding: str) -> Problem:
    return problem(
        "TABLE-ENCODING",
        f"The file is not UTF-8; it is read as {encoding}.",
        "Check letters with accents, and save the file as CSV UTF-8 or name its encoding in the policy.",
        file=file,
        severity=Severity.WARNING,
    )


def _byte_order_mark(file: str) -> Problem:
    return problem(
        "TABLE-BYTE-ORDER-MARK",
        "The file starts with a byte order mark, which was taken off.",
        "Nothing needs to be done.",
        file=file,
        severity=Severity.NOTE,
    )


def delimiter_of(spec: TableSpec, text: str, source: TableSource | None) -> str:
    """Give the delimiter that the policy names, or the one that finds most of the table's columns."""
    if source is not None and source.delimiter is not None:
        return {"\\t": "\t", "tab": "\t"}.get(source.delimiter, source.delimiter)
    header = next((line for line in text.splitlines() if line.strip()), "")

    def recognised(delimiter: str) -> int:
        cells = [cell.strip().strip('"') for cell in header.split(delimiter)]
        return len(set(header_names(cells, source)) & set(spec.columns))

    return max(DELIMITERS, key=recognised)


def numbered_cells(
    spec: TableSpec, file: str, text: str, delimiter: str
) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the rows of a CSV text with their numbers in a spreadsheet; blank ones count, and are left out.

    Raises
    ------
    UnreadableError
        The text is not CSV, such as where a quotation mark is never closed.
    """
    try:
        for number, cells in enumerate(csv.reader(_lines(text), delimiter=delimiter, strict=True), start=1):
            if cells:
                yield number, cells
    except (csv.Error, TypeError) as error:
        raise unreadable(
            spec,
            file,
            f"The file is not CSV: {error}.",
            "Look for a quotation mark that is not closed or not doubled, and save the file as CSV.",
        ) from error


def _lines(text: str) -> io.StringIO:
    return io.StringIO(text, newline="")
