"""Calendars: one ``.ics`` file for each member of staff and each household, with ids only."""

from __future__ import annotations

from visitplan.exports.calendars.files import CALENDAR_FOLDER, LEDGER_FILE, calendar_files, calendar_path
from visitplan.exports.calendars.ledger import Ledger, parse_ledger

__all__ = ["CALENDAR_FOLDER", "LEDGER_FILE", "Ledger", "calendar_files", "calendar_path", "parse_ledger"]
