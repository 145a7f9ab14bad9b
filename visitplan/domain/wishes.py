"""When visits should be: home from hospital, urgent calls, and the time of day that people are used to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.domain.period import MINUTE
from visitplan.domain.windows import Window, Windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

LAST_MINUTE = dt.time(23, 59)


def home_from(scenario: Scenario, request: Request) -> int:
    """Give the tick before which no visit of a request starts: its own, or its person's coming home."""
    person = scenario.person_by_id.get(request.person_id)
    discharge = None if person is None else person.discharge
    return max(request.not_before or 0, discharge or 0)


def urgent_due(scenario: Scenario, request: Request) -> int | None:
    """Give the tick by which an urgent call should have been answered; None where a request is none.

    Urgent is a single visit of priority 1 that says when the call was received. The policy's
    ``urgent_response_min`` starts there.
    """
    if request.received is None or request.priority != 1 or request.daily or request.visits > 1:
        return None
    return request.received + scenario.rules_for(request).limits.urgent_response_min * MINUTE


def never_waits(scenario: Scenario, request: Request) -> bool:
    """Tell whether coordination may never put a request's visits off: time-critical ones and urgent calls."""
    return request.time_critical or urgent_due(scenario, request) is not None


def in_time(scenario: Scenario, request: Request, starts: Windows) -> Windows:
    """Keep, of an urgent call's starts, those in time; where none is, all after the call was received.

    So a call that can no longer be answered in time is still answered.
    """
    due = urgent_due(scenario, request)
    if due is None or request.received is None or not starts:
        return starts
    after = starts & Windows((Window(request.received, max(request.received, starts.latest)),))
    return (after & Windows((Window(request.received, due),))) or after


def wished_times(scenario: Scenario, request: Request) -> tuple[dt.time, dt.time] | None:
    """Give the clock times between which a visit should start; None where any time will do.

    These are the preferred times, and without them the usual time of day, give or take the policy's
    ``same_time_tolerance_min``. Times past midnight are cut off.
    """
    if request.preferred_start is not None or request.preferred_end is not None:
        return request.preferred_start or request.window_start, request.preferred_end or request.window_end
    if request.usual_start is None:
        return None
    tolerance = scenario.rules_for(request).limits.same_time_tolerance_min
    usual = request.usual_start.hour * 60 + request.usual_start.minute
    return _clock(usual - tolerance), _clock(usual + tolerance)


def _clock(minute: int) -> dt.time:
    """Give the clock time of a minute of the day, cut off at midnight on either side."""
    if minute < 0:
        return dt.time()
    return LAST_MINUTE if minute >= 24 * 60 else dt.time(minute // 60, minute % 60)


def first_visits(scenario: Scenario) -> Mapping[str, Window]:
    """Give, by request id, the rest of the day on which a person comes home, for what should begin that day.

    For each person who is discharged in the period, and each service, this is the request that can start
    soonest on that day; its first visit is meant. Services that cannot come that day are not there.
    """
    soonest: dict[tuple[str, str], tuple[int, str]] = {}
    days: dict[str, Window] = {}
    for request in scenario.requests:
        day = _rest_of_the_day(scenario, request)
        starts = None if day is None else _starts_on(scenario, request, day)
        if day is not None and starts is not None:
            key = request.person_id, request.service
            soonest[key] = min(soonest.get(key, (starts, request.request_id)), (starts, request.request_id))
            days[request.request_id] = day
    return {request_id: days[request_id] for _, request_id in soonest.values()}


def _rest_of_the_day(scenario: Scenario, request: Request) -> Window | None:
    person = scenario.person_by_id.get(request.person_id)
    if person is None or person.discharge is None:
        return None
    if not 0 <= person.discharge < scenario.period.length:
        return None
    whole = scenario.period.day(scenario.period.date(person.discharge))
    return Window(person.discharge, whole.end)


def _starts_on(scenario: Scenario, request: Request, day: Window) -> int | None:
    """Give the first tick of a day at which a request's window lets a visit start, or None."""
    date = scenario.period.date(day.start)
    if not request.earliest_date <= date <= request.latest_date or date.weekday() not in request.weekdays:
        return None
    start, end = (scenario.period.tick(date, clock) for clock in (request.window_start, request.window_end))
    first = max(start, home_from(scenario, request))
    latest = end if request.complete_by is None else min(end, request.complete_by - request.duration_s)
    return first if first <= latest else None


def still_to_come(scenario: Scenario, request: Request, days: Iterable[dt.date]) -> tuple[dt.date, ...]:
    """Give those of a request's days on which its person is home before its window has ended."""
    person = scenario.person_by_id.get(request.person_id)
    if person is None or person.discharge is None:
        return tuple(days)
    discharge = person.discharge
    return tuple(day for day in days if scenario.period.tick(day, request.window_end) >= discharge)
