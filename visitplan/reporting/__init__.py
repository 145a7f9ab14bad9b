"""Reporting: key figures of a plan, a summary in plain text, and two plans side by side."""

from __future__ import annotations

from visitplan.domain.attendance import Attendance, attendances
from visitplan.reporting.changes import Side
from visitplan.reporting.compare import compare
from visitplan.reporting.comparison import Comparison
from visitplan.reporting.kpis import KPIS, Kpi, kpi_frame, kpis
from visitplan.reporting.summary import summary

__all__ = [
    "KPIS",
    "Attendance",
    "Comparison",
    "Kpi",
    "Side",
    "attendances",
    "compare",
    "kpi_frame",
    "kpis",
    "summary",
]
