"""Local clock times, dates and the hours in which travel is slow, on the plan's axis of seconds."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from fractions import Fraction
from functools import cached_property
from math import ceil
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.domain.period import Period
    from visitplan.policy import TimeFactor

MINUTE = 60
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FREE_FLOW = 1000


class Calendar:
    """The period's days and clock, worked out from its first date and time zone alone.

    Parameters
    ----------
    period
        Its first and last date, and its zone.
    factors
        Hours of the day in which legs take longer, from the policy.

    Notes
    -----
    A clock time that happens twice (the night summer time ends) means its first occurrence; one that is
    skipped means the time an hour later, as Python's ``fold=0`` has it (PEP 495).
    """

    def __init__(self, period: Period, factors: Sequence[TimeFactor] = ()) -> None:
        self._zone = ZoneInfo(period.zone)
        self._first, self._last = period.first, period.last
        self._factors = factors
        self._origin = dt.datetime.combine(period.first, dt.time(), self._zone).timestamp()
        self._ticks: dict[tuple[dt.date, dt.time], int] = {}  # asked for some ten times for each visit

    def days(self) -> Iterator[dt.date]:
        """Give the dates of the period."""
        for count in range((self._last - self._first).days + 1):
            yield self._first + dt.timedelta(days=count)

    def tick(self, day: dt.date, at: dt.time = dt.time()) -> int:
        """Give the tick of a local date and clock time."""
        tick = self._ticks.get((day, at))
        if tick is None:
            local = dt.datetime.combine(day, at.replace(fold=0), self._zone)
            tick = self._ticks[day, at] = round(local.timestamp() - self._origin)
        return tick

    def moment(self, tick: int) -> dt.datetime | None:
        """Give the local date-time of a tick, or None where no calendar reaches (a damaged plan)."""
        try:
            return dt.datetime.fromtimestamp(self._origin + tick, self._zone)
        except (OverflowError, ValueError, OSError):
            return None

    def date(self, tick: int) -> dt.date | None:
        """Give the local date of a tick, or None where no calendar reaches."""
        moment = self.moment(tick)
        return None if moment is None else moment.date()

    def text(self, tick: int) -> str:
        """Give local date and clock time of a tick, for a reader."""
        moment = self.moment(tick)
        if moment is None:
            return f"tick {tick}"
        return moment.strftime("%Y-%m-%d %H:%M:%S" if moment.second else "%Y-%m-%d %H:%M")

    def clock(self, tick: int) -> str:
        """Give the local clock time of a tick, for a reader."""
        moment = self.moment(tick)
        if moment is None:
            return f"tick {tick}"
        return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")

    @cached_property
    def _steps(self) -> tuple[list[int], list[int]]:
        """Give the ticks at which the factor changes, and the permille from there on.

        The day after the period belongs to it: a night shift of the last day ends there.
        """
        steps: dict[int, int] = {}
        for day in (*self.days(), self._last + dt.timedelta(days=1)):
            for start, end, permille in self._slow_hours(day):
                steps[start] = permille
                steps[end] = _FREE_FLOW
        ticks = sorted(steps)
        return ticks, [steps[tick] for tick in ticks]

    def _slow_hours(self, day: dt.date) -> Iterator[tuple[int, int, int]]:
        """Give (start, end, permille) of one day's factors; each ends with the next one, or at midnight."""
        name = _WEEKDAYS[day.weekday()]
        todays = sorted((f for f in self._factors if name in f.days), key=lambda factor: factor.start)
        if not todays:
            return
        begins = [self.tick(day, factor.start) for factor in todays]
        ends = [*begins[1:], self.tick(day + dt.timedelta(days=1))]
        for factor, begin, end in zip(todays, begins, ends, strict=True):
            if begin < end:
                yield begin, end, round(factor.factor * 1000)

    def on_the_road(self, free_flow_s: int, left: int) -> int:
        """Give the seconds a leg takes when left at this tick: each part at the factor of its own time.

        The sum is rounded up to whole seconds.
        """
        ticks, permille = self._steps
        if free_flow_s == 0 or not ticks:
            return free_flow_s
        undriven, now = Fraction(free_flow_s), left
        at = bisect_right(ticks, left)
        while True:
            factor = Fraction(permille[at - 1] if at else _FREE_FLOW, _FREE_FLOW)
            if at == len(ticks) or undriven * factor <= ticks[at] - now:
                return ceil(now + undriven * factor) - left
            undriven -= (ticks[at] - now) / factor
            now = ticks[at]
            at += 1


def whole_minutes(seconds: int) -> int:
    """Give the seconds rounded up to whole minutes, as the roster counts legs."""
    return -(-seconds // MINUTE) * MINUTE


def minutes(seconds: int) -> str:
    """Give seconds as minutes, for a reader."""
    whole, rest = divmod(abs(seconds), MINUTE)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{whole} min {rest} s" if rest else f"{sign}{whole} min"
