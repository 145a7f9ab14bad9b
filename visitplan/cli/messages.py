"""Findings and messages as people read them on a terminal."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING

from visitplan.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.findings import Finding

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def say(text: str, *, quiet: bool = False) -> None:
    """Write a message to stderr, unless it is to be quiet."""
    if not quiet:
        sys.stderr.write(f"{text}\n")


def say_findings(findings: Iterable[Finding], *, quiet: bool = False) -> None:
    """Write findings to stderr, errors first."""
    for finding in sorted_by_severity(findings):
        say(str(finding), quiet=quiet)


def sorted_by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Give errors first, then warnings, then notes, each in their order."""
    return sorted(findings, key=lambda finding: _ORDER[finding.severity])


def count_line(findings: Sequence[Finding]) -> str:
    """Say how many findings of each severity there are."""
    counts = Counter(finding.severity for finding in findings)
    parts = [f"{counts[severity]} {severity}{'' if counts[severity] == 1 else 's'}" for severity in _ORDER]
    return ", ".join(parts)


def as_json(findings: Iterable[Finding]) -> str:
    """Give findings as a JSON list."""
    return json.dumps(
        [asdict(finding) for finding in sorted_by_severity(findings)], indent=2, ensure_ascii=False
    )
