"""Exports: the tables of a plan, and the plan folder, written all or nothing and read back."""

from __future__ import annotations

from visitplan.exports.adding import add_files
from visitplan.exports.cells import frame_csv
from visitplan.exports.frames import appointments, findings, joint_visits, roster, staff, unassigned
from visitplan.exports.lock import lock
from visitplan.exports.manifest import Manifest, Status, read_manifest
from visitplan.exports.planfile import parse_plan, plan_text
from visitplan.exports.read import read_plan
from visitplan.exports.reading_tables import plan_texts, table_texts
from visitplan.exports.write import REJECTED_FILE, plan_files, write_plan

__all__ = [
    "REJECTED_FILE",
    "Manifest",
    "Status",
    "add_files",
    "appointments",
    "findings",
    "frame_csv",
    "joint_visits",
    "lock",
    "parse_plan",
    "plan_files",
    "plan_text",
    "plan_texts",
    "read_manifest",
    "read_plan",
    "roster",
    "staff",
    "table_texts",
    "unassigned",
    "write_plan",
]
