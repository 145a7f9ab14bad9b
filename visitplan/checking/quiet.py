"""Rules on times at which nobody should come: quiet times, and a child's hours at school."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visitplan.checking.calendar import Calendar
    from visitplan.checking.case import Case
    from visitplan.checking.expected import Stretch
    from visitplan.domain.requests import Request
    from visitplan.findings import Finding
    from visitplan.policy import DailyTime


def quiet_times_broken(case: Case) -> Iterator[Finding]:
    """See that no visit starts in a quiet time, and none to a child falls into school hours."""
    for served in case.served:
        start, end = served.visit.start, served.visit.end
        if any(first <= start < last for first, last in quiet_stretches(case, served.request)):
            what = "a quiet time"
        elif any(start < last and first < end for first, last in school_stretches(case, served.request)):
            what = "the school hours of a child"
        else:
            continue
        yield fault(
            "CHECK-QUIET",
            f"visit {served.visit.visit_id}, household {served.request.household_id}",
            f"It starts at {case.calendar.text(start)}, in {what}, and is neither urgent nor time-critical.",
            "Move it out of that time.",
        )


def open_starts(case: Case, request: Request, starts: Iterable[Stretch]) -> list[Stretch]:
    """Give, of some starts of a request, those that are not closed to it."""
    closed = [(first, last - 1) for first, last in quiet_stretches(case, request)]
    closed += [(a - request.duration_s + 1, b - 1) for a, b in school_stretches(case, request)]
    left = list(starts)
    for first, last in closed:
        pieces = [piece for a, b in left for piece in ((a, min(b, first - 1)), (max(a, last + 1), b))]
        left = [(a, b) for a, b in dict.fromkeys(pieces) if a <= b]
    return sorted(left)


def _always_comes(request: Request) -> bool:
    return request.time_critical or (request.priority == 1 and request.received is not None)


def quiet_stretches(case: Case, request: Request) -> list[Stretch]:
    """Give the quiet times that hold for a request, their ends not included."""
    if _always_comes(request):
        return []
    found = list(_daily(case.calendar, case.rules(request).limits.quiet_times))
    home = case.scenario.household_by_id[request.household_id]
    if home.quiet is not None:
        found += (_from_to(case.calendar, day, *home.quiet) for day in _days(case.calendar))
    return found


def school_stretches(case: Case, request: Request) -> list[Stretch]:
    """Give the school hours that hold for a request, their ends not included."""
    limits = case.rules(request).limits
    if _always_comes(request) or not case.scenario.person_by_id[request.person_id].child:
        return []
    return list(_daily(case.calendar, limits.school_hours, limits.school_holidays))


def _days(calendar: Calendar) -> Iterator[dt.date]:
    days = list(calendar.days())
    yield days[0] - dt.timedelta(days=1)
    yield from days


def _daily(calendar: Calendar, times: Sequence[DailyTime], but: Sequence[dt.date] = ()) -> Iterator[Stretch]:
    for day in _days(calendar):
        name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[day.weekday()]
        for time in times:
            if name in time.days and day not in but:
                yield _from_to(calendar, day, time.start, time.end)


def _from_to(calendar: Calendar, day: dt.date, start: dt.time, end: dt.time) -> Stretch:
    ends = day if end > start else day + dt.timedelta(days=1)
    return calendar.tick(day, start), calendar.tick(ends, end)
