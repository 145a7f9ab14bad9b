"""The calendar files of a plan folder."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from visitplan.domain.showing import file_stems, shown, stems_of
from visitplan.exports.calendars.entries import Kind, entries_of, owners_of
from visitplan.exports.calendars.ledger import Ledger, Noted, brought_forward, ledger_text
from visitplan.exports.calendars.zones import zone_component

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from icalendar import Component

    from visitplan.domain.period import Period
    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario

CALENDAR_FOLDER = "calendars"
LEDGER_FILE = f"{CALENDAR_FOLDER}/ledger.json"
_END = b"END:VCALENDAR\r\n"
_LINE_END = b"\r\n"
_FOLDED_FROM = 75
"""Octets from which lines are folded (RFC 5545, 3.1)."""


def calendar_files(scenario: Scenario, plan: Plan, before: Ledger) -> dict[str, bytes]:
    """Give every calendar with its content, and the ledger, by path in the plan folder.

    Parameters
    ----------
    before
        What the calendars said that these replace.
    """
    created = plan.provenance.created
    ledger = brought_forward(before, entries_of(scenario, plan), plan.period, created)
    stamp = _written(Event(), "DTSTAMP", created.astimezone(dt.UTC))
    by_owner: dict[tuple[Kind, str], list[bytes]] = defaultdict(list)
    for noted in ledger.entries:
        by_owner[noted.kind, noted.owner].append(_event(noted, plan.period, stamp))
    owners = dict.fromkeys((*owners_of(scenario, plan), *by_owner))
    names = _names(owners)
    zone = bytes(zone_component(plan.period.zone, *_days(ledger, plan.period)).to_ical())
    files = {names[key]: _calendar(key[1], by_owner[key], zone) for key in owners}
    files[LEDGER_FILE] = ledger_text(ledger).encode()
    return files


def _names(owners: Iterable[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
    every = tuple(owners)
    stems = {kind: file_stems(owner for one, owner in every if one is kind) for kind in Kind}
    return {(kind, owner): f"{CALENDAR_FOLDER}/{kind}-{stems[kind][owner]}.ics" for kind, owner in every}


def calendar_path(folder: Path, kind: str, owner: str) -> Path | None:
    """Give the calendar of a member of ``staff`` or a ``household`` in a plan folder; None without one."""
    found = (folder / f"{CALENDAR_FOLDER}/{kind}-{stem}.ics" for stem in stems_of(owner))
    return next((path for path in found if path.is_file()), None)


def _days(ledger: Ledger, period: Period) -> tuple[dt.date, dt.date]:
    """Give the first and the last date that the time zone has to be told for."""
    return period.first, max([period.last, *(noted.end.date() for noted in ledger.entries)])


def _calendar(owner: str, events: Iterable[bytes], zone: bytes) -> bytes:
    """Give a calendar as icalendar writes one; the zone also where nothing else is: it needs a component."""
    name = _written(Calendar(), "x-wr-calname", f"Visits {shown(owner)}")
    return b"".join((_HEAD, name, zone, *events, _END))


def _event(noted: Noted, period: Period, stamp: bytes) -> bytes:
    """Give an entry as icalendar writes an event with these properties: they stand in its order."""
    return b"".join(
        (
            b"BEGIN:VEVENT\r\n",
            _line("SUMMARY", noted.summary),
            _time_line("DTSTART", period.tick_of(noted.start), period),
            _time_line("DTEND", period.tick_of(noted.end), period),
            stamp,
            _line("UID", noted.uid),
            _line("SEQUENCE", noted.sequence),
            _line("CLASS", "PRIVATE"),
            _line("DESCRIPTION", noted.description) if noted.description else b"",
            _line("STATUS", "CANCELLED" if noted.cancelled else "CONFIRMED"),
            _line("TRANSP", "TRANSPARENT" if noted.cancelled else "OPAQUE"),
            b"END:VEVENT\r\n",
        )
    )


@lru_cache(maxsize=8192)
def _line(name: str, value: str | int) -> bytes:
    """Give a property that is text or a number, as a line; see :func:`_written`.

    Kept, as are those of times, since most lines of a plan's calendars stand in many of them: times of day,
    numbers, states. Making all of every event anew took most of the time of writing a plan folder.
    """
    return _written(Event(), name, value)


@lru_cache(maxsize=8192)
def _time_line(name: str, tick: int, period: Period) -> bytes:
    """Give a property that is a moment, as a line: local time with its zone.

    In the hour that comes twice it is UTC the second time: there a local time means its first occurrence
    (RFC 5545, 3.3.5).
    """
    local = period.moment(tick)
    return _written(Event(), name, local.astimezone(dt.UTC) if local.fold else local)


def _written(part: Component, name: str, value: str | int | dt.datetime) -> bytes:
    """Give a property of a calendar or an event as icalendar writes it, with its line end."""
    part.add(name, value)
    line = part.content_line(name.upper(), part[name])
    if len(line) < _FOLDED_FROM and line.isascii():
        # nothing to fold, which icalendar finds by looking at each sign
        return bytes(line.encode()) + _LINE_END
    return bytes(line.to_ical()) + _LINE_END


_HEAD = b"".join(
    (
        b"BEGIN:VCALENDAR\r\n",
        _written(Calendar(), "VERSION", "2.0"),
        _written(Calendar(), "PRODID", "-//visitplan//calendars//EN"),
        _written(Calendar(), "METHOD", "PUBLISH"),
    )
)
