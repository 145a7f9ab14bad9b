"""When visits should be, by people, requests and policy: home again, in time, at the usual time of day."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.checking.calendar import MINUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from visitplan.checking.calendar import Calendar
    from visitplan.checking.expected import Stretch
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

DAY_MINUTES = 1440


def discharges(scenario: Scenario) -> Mapping[str, int]:
    """Give, by person id, the tick at which they are home from hospital; others are absent."""
    return {p.person_id: p.discharge for p in scenario.people if p.discharge is not None}


def responses_due(scenario: Scenario) -> Mapping[str, int]:
    """Give, by request id, the tick by which a call of priority 1 that says when it came in is due."""
    due = {}
    for request in scenario.requests:
        single = request.visits == 1 and not request.daily
        if request.received is not None and request.priority == 1 and single:
            area = scenario.household_by_id[request.household_id].area
            limits = scenario.policy.rules(area=area, service=request.service).limits
            due[request.request_id] = request.received + limits.urgent_response_min * MINUTE
    return due


def wished_clock(scenario: Scenario, request: Request) -> tuple[dt.time, dt.time]:
    """Give the clock times between which a visit should start: preferred, else usual, else its window's."""
    first, last = request.preferred_start, request.preferred_end
    if first is None and last is None and request.usual_start is not None:
        area = scenario.household_by_id[request.household_id].area
        off = scenario.policy.rules(area=area, service=request.service).limits.same_time_tolerance_min
        usual = request.usual_start.hour * 60 + request.usual_start.minute
        first, last = _time(max(0, usual - off)), _time(min(DAY_MINUTES - 1, usual + off))
    return first or request.window_start, last or request.window_end


def _time(minute: int) -> dt.time:
    return dt.time(*divmod(minute, 60))


def homecomings(scenario: Scenario, calendar: Calendar) -> Mapping[str, Stretch]:
    """Give what is left of the day home, for the request of each service that can begin first on it."""
    days = set(calendar.days())
    home = discharges(scenario)
    best: dict[tuple[str, str], tuple[int, str]] = {}
    rest: dict[str, Stretch] = {}
    for request in scenario.requests:
        tick = home.get(request.person_id)
        day = None if tick is None else calendar.date(tick)
        if tick is None or day not in days:
            continue
        begin = max(tick, request.not_before or tick, calendar.tick(day, request.window_start))
        end = calendar.tick(day, request.window_end)
        if request.complete_by is not None:
            end = min(end, request.complete_by - request.duration_s)
        asked = request.earliest_date <= day <= request.latest_date and day.weekday() in request.weekdays
        if asked and begin <= end:
            rest[request.request_id] = (tick, calendar.tick(day + dt.timedelta(days=1)) - 1)
            key, mine = (request.person_id, request.service), (begin, request.request_id)
            best[key] = min(best.get(key, mine), mine)
    return {request_id: rest[request_id] for _, request_id in best.values()}
