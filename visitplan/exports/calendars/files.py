"""The calendar files of a plan folder."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from visitplan.domain.showing import file_stems, shown, stems_of
from visitplan.exports.calendars.entries import Kind, entries_of, owners_of
from visitplan.exports.calendars.ledger import Ledger, Noted, brought_forward, ledger_text
from visitplan.exports.calendars.zones import zone_component

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from icalendar import Timezone

    from visitplan.domain.period import Period
    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario

CALENDAR_FOLDER = "calendars"
LEDGER_FILE = f"{CALENDAR_FOLDER}/ledger.json"


def calendar_files(scenario: Scenario, plan: Plan, before: Ledger) -> dict[str, bytes]:
    """Give every calendar with its content, and the ledger, by path in the plan folder.

    Parameters
    ----------
    before
        What the calendars said that these replace.
    """
    created = plan.provenance.created
    ledger = brought_forward(before, entries_of(scenario, plan), plan.period, created)
    by_owner: dict[tuple[Kind, str], list[Noted]] = defaultdict(list)
    for noted in ledger.entries:
        by_owner[noted.kind, noted.owner].append(noted)
    owners = dict.fromkeys((*owners_of(scenario, plan), *by_owner))
    names = _names(owners)
    zone = zone_component(plan.period.zone, *_days(ledger, plan.period))
    files = {
        names[kind, owner]: _calendar(owner, by_owner[kind, owner], zone, plan.period, created)
        for kind, owner in owners
    }
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


def _calendar(
    owner: str, entries: Iterable[Noted], zone: Timezone, period: Period, created: dt.datetime
) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//visitplan//calendars//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"Visits {shown(owner)}")
    calendar.add_component(zone)  # also where nothing else is: a calendar needs a component
    for noted in entries:
        calendar.add_component(_event(noted, period, created))
    return bytes(calendar.to_ical())


def _event(noted: Noted, period: Period, created: dt.datetime) -> Event:
    event = Event()
    event.add("uid", noted.uid)
    event.add("sequence", noted.sequence)
    event.add("dtstamp", created.astimezone(dt.UTC))
    event.add("dtstart", _moment(noted.start, period))
    event.add("dtend", _moment(noted.end, period))
    event.add("summary", noted.summary)
    if noted.description:
        event.add("description", noted.description)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if noted.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if noted.cancelled else "OPAQUE")
    return event


def _moment(moment: dt.datetime, period: Period) -> dt.datetime:
    """Give local time with its zone; UTC in the hour that comes twice, the second time.

    There a local time means its first occurrence (RFC 5545, 3.3.5).
    """
    local = period.moment(period.tick_of(moment))
    return local.astimezone(dt.UTC) if local.fold else local
