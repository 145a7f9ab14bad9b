"""A finding: one thing that somebody should know, with where it is, why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(StrEnum):
    """How bad a finding is: an error stops, a warning is planned with, a note is only told."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Where:
    """The place a finding points at.

    Attributes
    ----------
    file
        Table or file name, such as ``requests.csv`` or ``visitplan.toml``.
    row
        Line in that file as a spreadsheet numbers it (the header is row 1), or None.
    column
        Column name, or None.
    value
        The value found there, as text, or None.
    subject
        Ids of the things concerned, such as a request or visit id; never a person's name.
    """

    file: str | None = None
    row: int | None = None
    column: str | None = None
    value: str | None = None
    subject: str | None = None

    def __str__(self) -> str:
        parts = []
        if self.file is not None:
            parts.append(self.file)
        if self.row is not None:
            parts.append(f"row {self.row}")
        if self.column is not None:
            parts.append(f"column {self.column}")
        if self.value is not None:
            parts.append(f"value {self.value!r}")
        if self.subject is not None:
            parts.append(self.subject)
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, complete in itself.

    Attributes
    ----------
    code
        Stable code, such as ``REQ-WINDOW-REVERSED``; FINDINGS.md has an entry for each.
    severity
        Error, warning or note.
    where
        File, row, column, value and ids.
    cause
        What is wrong, in plain words.
    action
        What to do about it.
    """

    code: str
    severity: Severity
    where: Where = field(default_factory=Where)
    cause: str = ""
    action: str = ""

    def __str__(self) -> str:
        place = str(self.where)
        at = f" [{place}]" if place else ""
        return f"{self.severity} {self.code}{at}: {self.cause} {self.action}".rstrip()


def errors_in(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give the error-level findings only, in their order."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)
