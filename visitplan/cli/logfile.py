"""A log for cron: one JSON object a line, with ids and counts, never names, values or addresses."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from visitplan.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from visitplan.findings import Finding

MOST_FINDINGS = 200
"""Findings told one by one; the counts by code tell of all."""


class LogFile:
    """Appends events to a file, or to nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def event(self, name: str, **values: Any) -> None:
        """Add one line.

        Raises
        ------
        OutputError
            The file cannot be written.
        """
        if self._path is None:
            return
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        line = json.dumps({"time": now, "event": name, **values}, default=str)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            raise OutputError(f"The log file {self._path} cannot be written: {error.strerror}.") from error

    def findings(self, findings: Iterable[Finding]) -> None:
        """Add counts by code, and where each finding is; values and causes may hold names and stay out."""
        every = tuple(findings)
        if not every:
            return
        self.event("findings", counts=dict(Counter(finding.code for finding in every)))
        for finding in every[:MOST_FINDINGS]:
            where = finding.where
            self.event(
                "finding",
                code=finding.code,
                severity=finding.severity,
                file=where.file,
                row=where.row,
                column=where.column,
            )
