"""The tables of a plan folder: what each column holds. docs/outputs.md says it for readers of the files."""

from __future__ import annotations

from visitplan.exports.tables.findings import FINDINGS
from visitplan.exports.tables.joint_visits import COVERED, JOINT_VISITS, TOLD_ONCE, joint_visit_row
from visitplan.exports.tables.staff import STAFF
from visitplan.exports.tables.table import Row, Table
from visitplan.exports.tables.visits import (
    APPOINTMENTS,
    ROSTER,
    UNASSIGNED,
    ordered_visits,
    roster_row,
    unassigned_row,
)

TABLES = (ROSTER, APPOINTMENTS, UNASSIGNED, COVERED, JOINT_VISITS, TOLD_ONCE, STAFF, FINDINGS)
"""Every CSV file of a plan folder, but ``rejected.csv``, which reading makes."""

__all__ = [
    "APPOINTMENTS",
    "COVERED",
    "FINDINGS",
    "JOINT_VISITS",
    "ROSTER",
    "STAFF",
    "TABLES",
    "TOLD_ONCE",
    "UNASSIGNED",
    "Row",
    "Table",
    "joint_visit_row",
    "ordered_visits",
    "roster_row",
    "unassigned_row",
]
