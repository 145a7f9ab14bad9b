"""Time zones as a calendar file tells them: one observance for each change of the clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEP = dt.timedelta(hours=6)
"""No zone has changed its clock twice within six hours."""


def zone_component(name: str, first: dt.date, last: dt.date) -> Timezone:
    """Give the VTIMEZONE of a zone, right from the year of ``first`` to that of ``last``.

    The changes are those of the time zone database that Python uses. An onset is written in the local time
    that ends with it (RFC 5545, 3.6.5).
    """
    zone = ZoneInfo(name)
    begin = dt.datetime(first.year, 1, 1, tzinfo=dt.UTC)
    until = dt.datetime(last.year + 1, 1, 1, tzinfo=dt.UTC)
    found = Timezone()
    found.add("tzid", name)
    offset = _offset(zone, begin)
    found.add_component(_observance(zone, begin, offset))
    for change in _changes(zone, begin, until):
        found.add_component(_observance(zone, change, offset))
        offset = _offset(zone, change)
    return found


def _changes(zone: ZoneInfo, begin: dt.datetime, until: dt.datetime) -> Iterator[dt.datetime]:
    """Give the moments, to the second, from which another offset is in force."""
    moment = begin
    while moment < until:
        if _offset(zone, moment) != _offset(zone, moment + _STEP):
            yield _change_between(zone, moment, moment + _STEP)
        moment += _STEP


def _change_between(zone: ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    while high - low > dt.timedelta(seconds=1):
        middle = low + dt.timedelta(seconds=(high - low).total_seconds() // 2)
        low, high = (middle, high) if _offset(zone, middle) == _offset(zone, low) else (low, middle)
    return high


def _observance(
    zone: ZoneInfo, change: dt.datetime, before: dt.timedelta
) -> TimezoneStandard | TimezoneDaylight:
    local = change.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (change + before).replace(tzinfo=None))
    part.add("tzname", local.tzname() or zone.key)
    part.add("tzoffsetfrom", before)
    part.add("tzoffsetto", _offset(zone, change))
    return part


def _offset(zone: ZoneInfo, moment: dt.datetime) -> dt.timedelta:
    return moment.astimezone(zone).utcoffset() or dt.timedelta()
