"""When nobody should come: quiet times of homes and of the policy, and a child's hours at school."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.domain.windows import Window, Windows

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.domain.period import Period
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario
    from visitplan.policy import DailyTime


def closed_starts(scenario: Scenario, request: Request) -> Windows:
    """Give the ticks at which no visit of a request may start.

    In quiet times nobody starts a visit; one that began before may go on. No part of a visit to a child falls
    into school hours. Urgent calls and what is time-critical come all the same.
    """
    if request.time_critical or (request.priority == 1 and request.received is not None):
        return Windows()
    limits = scenario.rules_for(request).limits
    closed = [Window(time.start, time.end - 1) for time in _daily(scenario.period, limits.quiet_times)]
    home = scenario.household_by_id[request.household_id]
    if home.quiet is not None:
        quiet = (scenario.period.stretch(day, *home.quiet) for day in _days(scenario.period))
        closed += (Window(time.start, time.end - 1) for time in quiet if time.length)
    if scenario.person_by_id[request.person_id].child:
        for time in _daily(scenario.period, limits.school_hours, but=limits.school_holidays):
            closed.append(Window(time.start - request.duration_s + 1, time.end - 1))
    return Windows.of(closed)


def _daily(period: Period, times: Sequence[DailyTime], but: Sequence[dt.date] = ()) -> Iterator[Window]:
    """Give the windows of times that come back on weekdays, but for some dates, and those of no length."""
    for day in _days(period) if times else ():
        for time in times:
            if WEEKDAYS[day.weekday()] in time.days and day not in but:
                window = period.stretch(day, time.start, time.end)
                if window.length:
                    yield window


def _days(period: Period) -> Iterator[dt.date]:
    """Give the days of the period, and the one before, whose times may last past midnight."""
    yield period.first - dt.timedelta(days=1)
    yield from period.days
