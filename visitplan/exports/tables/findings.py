"""The table of findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.exports.tables.table import Row, Table, columns
from visitplan.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.exports.view import View

_SEVERITIES = tuple(Severity)


def _finding_rows(view: View) -> Iterator[Row]:
    """Give what was found in reading and in planning: errors first, else in the order of finding."""
    read = () if view.scenario is None else view.scenario.findings
    every = dict.fromkeys((*read, *view.plan.findings))
    for finding in sorted(every, key=lambda finding: _SEVERITIES.index(finding.severity)):
        yield {
            "severity": finding.severity.value,
            "code": finding.code,
            "file": finding.where.file,
            "row": finding.where.row,
            "column": finding.where.column,
            "value": finding.where.value,
            "subject": finding.where.subject,
            "cause": finding.cause,
            "action": finding.action,
        }


FINDINGS = Table(
    "findings.csv", columns("severity code file row column value subject cause action"), (), _finding_rows
)
