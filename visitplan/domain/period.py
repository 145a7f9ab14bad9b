"""The planning period: one time axis of seconds, right across the clock changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

MINUTE = 60
HOUR = 3600
DAY = 86400
"""Seconds in a day without a clock change."""


@lru_cache(maxsize=4096)
def _midnight(day: dt.date, zone: str) -> float:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp()


@lru_cache(maxsize=64)
def _days(first: dt.date, last: dt.date) -> tuple[dt.date, ...]:
    return tuple(first + dt.timedelta(days=k) for k in range((last - first).days + 1))


# A county's day asks for the same few hundred clock times and moments hundreds of thousands of times.
@lru_cache(maxsize=1 << 14)
def _tick(first: dt.date, zone: str, day: dt.date, at: dt.time) -> int:
    local = dt.datetime.combine(day, at.replace(fold=0), ZoneInfo(zone))
    return round(local.timestamp() - _midnight(first, zone))


@lru_cache(maxsize=1 << 15)
def _moment(first: dt.date, zone: str, tick: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(_midnight(first, zone) + tick, ZoneInfo(zone))


@dataclass(frozen=True, slots=True)
class Period:
    """The days that are planned together.

    A *tick* is one second that really passes, counted from local midnight of the first day: the day on which
    summer time ends has 90,000 of them, the day on which it begins 82,800. A clock time that happens twice
    means its first occurrence; one that is skipped means the time an hour later.
    """

    first: dt.date
    last: dt.date
    zone: str = "Europe/London"

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"period ends on {self.last}, before it begins on {self.first}")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {self.zone!r}") from error

    @property
    def days(self) -> tuple[dt.date, ...]:
        """Give every date of the period."""
        return _days(self.first, self.last)

    @property
    def length(self) -> int:
        """Give the ticks from the first midnight to the midnight after the last day."""
        return self.tick(self.last + dt.timedelta(days=1))

    def tick(self, day: dt.date, at: dt.time = dt.time()) -> int:
        """Give the tick of a local date and clock time; the date may lie outside the period."""
        return _tick(self.first, self.zone, day, at)

    def tick_of(self, moment: dt.datetime) -> int:
        """Give the tick of a date-time; without a zone it is local."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ZoneInfo(self.zone))
        return round(moment.timestamp() - _midnight(self.first, self.zone))

    def moment(self, tick: int) -> dt.datetime:
        """Give the local date-time, with its zone, of a tick."""
        return _moment(self.first, self.zone, tick)

    def date(self, tick: int) -> dt.date:
        """Give the local date of a tick."""
        return self.moment(tick).date()

    def clock(self, tick: int) -> str:
        """Give the local clock time of a tick as HH:MM."""
        moment = self.moment(tick)
        return f"{moment.hour:02}:{moment.minute:02}"  # strftime takes ten times as long

    def day(self, day: dt.date) -> Window:
        """Give the window of a whole local day, to the last second before midnight."""
        return Window(self.tick(day), self.tick(day + dt.timedelta(days=1)) - 1)

    def stretch(self, day: dt.date, start: dt.time, end: dt.time) -> Window:
        """Give the window from one clock time to another; an end not after the start is on the next day.

        Where the clock skips the start but not the end (01:30 to 02:15 on the night summer time begins), it
        shrinks to the start.
        """
        ends = day if end > start else day + dt.timedelta(days=1)
        begin = self.tick(day, start)
        return Window(begin, max(begin, self.tick(ends, end)))

    def dates_between(self, first: dt.date, last: dt.date) -> Iterator[dt.date]:
        """Give the dates of the period that lie between two dates, both included."""
        return (day for day in self.days if first <= day <= last)
