"""From requests to visits: how often, on which days, in which windows, and what ties them together."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from visitplan.domain.demand import Demand, LinkReason, StaffLink, Visit, VisitLink
from visitplan.domain.period import DAY, HOUR, MINUTE
from visitplan.domain.quiet import closed_starts
from visitplan.domain.requests import Family
from visitplan.domain.windows import Window, Windows
from visitplan.domain.wishes import home_from, in_time, still_to_come, urgent_due, wished_times

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visitplan.domain.period import Period
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario


def expand(scenario: Scenario, *, cut: frozenset[str] = frozenset()) -> Demand:
    """Give every visit of every request, with the links and groups that requests alone ask for.

    A visit that nothing can serve (no day in the period, no family time that meets) is there all the same,
    with no windows. So are those in ``cut``: visits that are given up so that the ones they follow can be
    served without them.

    Every attempt at planning asks for it again, so it is kept with the scenario.
    """
    known: Demand | None = scenario.kept.get(("expand", cut))
    if known is None:
        known = scenario.kept["expand", cut] = _expanded(scenario, cut)
    return known


def _expanded(scenario: Scenario, cut: frozenset[str]) -> Demand:
    visits_of = {request.request_id: _visits(scenario, request) for request in scenario.requests}
    links: list[VisitLink] = []
    groups = _Groups()
    for request in scenario.requests:
        for together in visits_of[request.request_id]:
            links += _double_handed(together)
            groups.join(visit.visit_id for visit in together)
        links += _spacing(scenario, request, visits_of[request.request_id])
        links += _same_time(scenario, request, visits_of[request.request_id])
        for before, after in _followed(request, visits_of):
            if after.visit_id not in cut:
                links.append(_after(request, before, after))
                groups.join((before.visit_id, after.visit_id))
    every = (visit for occurrences in visits_of.values() for together in occurrences for visit in together)
    visits = (replace(visit, windows=Windows()) if visit.visit_id in cut else visit for visit in every)
    return Demand(tuple(visits), tuple(links), groups.sets())


class _Groups:
    """Disjoint sets that grow together."""

    def __init__(self) -> None:
        self._of: dict[str, set[str]] = {}

    def join(self, visit_ids: Iterable[str]) -> None:
        merged: set[str] = set()
        for visit_id in visit_ids:
            merged |= self._of.get(visit_id, {visit_id})
        for visit_id in merged:
            self._of[visit_id] = merged

    def sets(self) -> tuple[frozenset[str], ...]:
        distinct = {id(group): group for group in self._of.values() if len(group) > 1}
        return tuple(frozenset(group) for group in distinct.values())


def merged_groups(sets: Iterable[Iterable[str]]) -> tuple[frozenset[str], ...]:
    """Merge sets of visit ids that overlap into disjoint ones; sets of one are left out."""
    groups = _Groups()
    for members in sets:
        groups.join(members)
    return groups.sets()


def request_days(scenario: Scenario, request: Request) -> tuple[dt.date, ...]:
    """Give the dates of the period on which a request allows a visit, and its person can be home for it."""
    dates = scenario.period.dates_between(request.earliest_date, request.latest_date)
    days = (day for day in dates if day.weekday() in request.weekdays)
    return still_to_come(scenario, request, days)


def visit_id(request: Request, occurrence: int, slot: int, *, occurrences: int) -> str:
    """Give the id of a visit: see :class:`visitplan.domain.demand.Visit`."""
    number = str(occurrence) if occurrences > 1 else ""
    letter = _letters(slot) if request.staff_needed > 1 else ""
    return f"{request.request_id}/{number}{letter}" if number or letter else request.request_id


def _letters(slot: int) -> str:
    """Give a, b, ... z, aa, ab, ... for 1, 2, ..."""
    text = ""
    while slot:
        slot, rest = divmod(slot - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def is_first(scenario: Scenario, request: Request, name: str) -> bool:
    """Tell whether a visit id is one of a request's first visit, whichever member of staff."""
    count = occurrences_of(scenario, request)
    slots = range(1, request.staff_needed + 1)
    return any(name == visit_id(request, 1, slot, occurrences=count) for slot in slots)


def occurrences_of(scenario: Scenario, request: Request) -> int:
    """Give how many visits a request makes in the period: at least one, so that no request vanishes."""
    if request.daily:
        return max(1, len(request_days(scenario, request)))
    return request.visits


def days_of_each(scenario: Scenario, request: Request) -> tuple[tuple[dt.date, ...], ...]:
    """Give, for each visit of a request, the dates on which it may fall so that all of them find room.

    A visit that comes first keeps off the last days, and the last one off the first. Those for which there is
    no room, with ``min_days_between``, have no dates.
    """
    days = request_days(scenario, request)
    count = occurrences_of(scenario, request)
    if request.daily or count == 1:
        return tuple((day,) for day in days) if request.daily and days else (days,)
    usable = [day for day in days if start_windows(scenario, request, (day,))]
    apart = dt.timedelta(days=request.min_days_between)
    first = _as_early_as_may_be(usable, count, apart)
    last = _as_late_as_may_be(usable, len(first), apart)
    rooms = (tuple(d for d in usable if a <= d <= b) for a, b in zip(first, last, strict=True))
    return (*rooms, *(() for _ in range(count - len(first))))


def _as_early_as_may_be(days: list[dt.date], most: int, apart: dt.timedelta) -> list[dt.date]:
    chosen: list[dt.date] = []
    for day in days:
        if len(chosen) < most and (not chosen or day - chosen[-1] >= apart):
            chosen.append(day)
    return chosen


def _as_late_as_may_be(days: list[dt.date], most: int, apart: dt.timedelta) -> list[dt.date]:
    chosen: list[dt.date] = []
    for day in reversed(days):
        if len(chosen) < most and (not chosen or chosen[-1] - day >= apart):
            chosen.append(day)
    return chosen[::-1]


def _visits(scenario: Scenario, request: Request) -> list[list[Visit]]:
    """Give the visits of a request: one list an occurrence, with one visit for each member of staff."""
    count = occurrences_of(scenario, request)
    result = []
    for occurrence, days in enumerate(days_of_each(scenario, request), start=1):
        windows = start_windows(scenario, request, days)
        together = []
        for slot in range(1, request.staff_needed + 1):
            name = visit_id(request, occurrence, slot, occurrences=count)
            pinned = _pinned(scenario, name, windows)
            together.append(Visit(name, request.request_id, occurrence, slot, request.duration_s, pinned))
        result.append(together)
    return result


def start_windows(scenario: Scenario, request: Request, days: Iterable[dt.date]) -> Windows:
    """Give the ticks at which a visit of this request may start on some of the given days.

    Where the clock skips the start of the window but not its end, the window shrinks to its start.
    """
    period = scenario.period
    starts = Windows.of(_start_window(period, request, day) for day in days)
    first = home_from(scenario, request)
    if first > 0 or request.complete_by is not None:
        last = period.length if request.complete_by is None else request.complete_by - request.duration_s
        starts &= Windows((Window(first, last),)) if first <= last else Windows()
    if request.family is Family.REQUIRED:
        family = scenario.family_windows.get(request.household_id, Windows())
        starts &= family.starts_for(request.duration_s)
    return in_time(scenario, request, starts - closed_starts(scenario, request))


def clock_windows(scenario: Scenario, request: Request) -> Windows:
    """Give the ticks at which a visit of this request may start by its days and clock times alone."""
    days = request_days(scenario, request)
    return Windows.of(_start_window(scenario.period, request, day) for day in days)


def window_day(period: Period, request: Request, start: int) -> dt.date:
    """Give the date in whose window a start lies; a late one may lie past the midnight after it."""
    day = period.date(start)
    return day if start >= period.tick(day, request.window_start) else day - dt.timedelta(days=1)


def preferred_span(scenario: Scenario, request: Request, start: int) -> tuple[int, int]:
    """Give the ticks between which a start costs nothing extra, on the date in whose window it lies.

    Without preferred times and a usual time these are the start and the end of the request's window. An
    urgent call should have been answered in time as well. Where the start would lie after the end, preferred
    after the window or swallowed by a clock change, both are the start.
    """
    period = scenario.period
    day = window_day(period, request, start)
    wished = wished_times(scenario, request) or (request.window_start, request.window_end)
    begin, end = (period.tick(day, clock) for clock in wished)
    due = urgent_due(scenario, request)
    return begin, max(begin, end if due is None else min(end, due))


def _start_window(period: Period, request: Request, day: dt.date) -> Window:
    start, end = period.tick(day, request.window_start), period.tick(day, request.window_end)
    return Window(start, max(start, end))


def _pinned(scenario: Scenario, name: str, windows: Windows) -> Windows:
    pin = scenario.pin_by_visit.get(name)
    if pin is None or pin.start is None:
        return windows
    return windows & Windows((Window(pin.start, pin.start),))


def _double_handed(together: list[Visit]) -> list[VisitLink]:
    return [
        VisitLink(one.visit_id, two.visit_id, 0, 0, LinkReason.DOUBLE_HANDED, StaffLink.DISTINCT)
        for i, one in enumerate(together)
        for two in together[i + 1 :]
    ]


def _spacing(scenario: Scenario, request: Request, occurrences: list[list[Visit]]) -> Iterator[VisitLink]:
    """Keep a request's visits in order and far enough apart in days, also where one between them is left out.

    Two starts in a daily window of length L that lie more than (k - 1) days + L apart are on dates at least k
    days apart, and for L below half a day no such pair of dates is lost. L counts the lateness that the
    policy allows, and an hour for clock changes. Visits whose days are far enough apart anyway need no link.
    """
    days = request.min_days_between
    late = 0 if request.time_critical else scenario.rules_for(request).limits.max_late_min * MINUTE
    length = _seconds(request.window_end) - _seconds(request.window_start) + late + HOUR
    gap = (days - 1) * DAY + length + 1
    for (before, *_), (after, *_) in combinations(occurrences, 2):
        possible = before.windows and after.windows
        if possible and not _days_are_apart(scenario, before, after, days):
            yield VisitLink(before.visit_id, after.visit_id, gap, None, LinkReason.SPACING)


def _same_time(scenario: Scenario, request: Request, occurrences: list[list[Visit]]) -> Iterator[VisitLink]:
    """Keep the clock times of a request's visits near each other, wherever their days are settled.

    On open days clock times cannot be compared by a difference of starts; there, no link is made.
    """
    if request.same_time_s is None:
        return
    dated = [(visits[0], day) for visits in occurrences if (day := _only_day(scenario, visits[0]))]
    for (before, one), (after, two) in combinations(dated, 2):
        apart = scenario.period.tick(two, request.window_start) - scenario.period.tick(
            one, request.window_start
        )
        lo, hi = apart - request.same_time_s, apart + request.same_time_s
        yield VisitLink(before.visit_id, after.visit_id, lo, hi, LinkReason.SAME_TIME)


def _only_day(scenario: Scenario, visit: Visit) -> dt.date | None:
    """Give the date on which a visit starts, where there is only one; else None."""
    days = {scenario.period.date(tick) for part in visit.windows for tick in (part.start, part.end)}
    return days.pop() if len(days) == 1 else None


def _days_are_apart(scenario: Scenario, before: Visit, after: Visit, days: int) -> bool:
    last, first = scenario.period.date(before.windows.latest), scenario.period.date(after.windows.earliest)
    return (first - last).days >= days


def _seconds(at: dt.time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second


def _followed(request: Request, visits_of: dict[str, list[list[Visit]]]) -> list[tuple[Visit, Visit]]:
    """Pair the visits of a request with those they follow: one to one, or all of them after the only one."""
    if request.after_request is None:
        return []
    before, after = visits_of[request.after_request], visits_of[request.request_id]
    if len(before) == 1:
        before = before * len(after)
    return [(one[0], two[0]) for one, two in zip(before, after, strict=False)]


def _after(request: Request, before: Visit, after: Visit) -> VisitLink:
    hi = None if request.max_gap_s is None else before.duration_s + request.max_gap_s
    return VisitLink(
        before.visit_id, after.visit_id, before.duration_s + request.min_gap_s, hi, LinkReason.AFTER
    )
