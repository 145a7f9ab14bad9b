"""The report: one HTML file that needs nothing else, for schedulers and for boards."""

from __future__ import annotations

from visitplan.reporting.html.board import SCOPES
from visitplan.reporting.html.contents import Baseline, Contents
from visitplan.reporting.html.figures import SUMMARY
from visitplan.reporting.html.page import TABLES, report_page
from visitplan.reporting.html.runs import runs_data

__all__ = ["SCOPES", "SUMMARY", "TABLES", "Baseline", "Contents", "report_page", "runs_data"]
