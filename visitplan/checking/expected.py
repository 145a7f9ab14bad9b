"""Which visits a request makes, and when each may start, straight from the request's own fields."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from visitplan.domain.requests import Family, Request

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from visitplan.checking.calendar import Calendar

Stretch = tuple[int, int]
"""First and last tick, both included."""
NOBODY: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ExpectedVisit:
    """A visit that the plan has to account for.

    ``days`` are the dates on which it may fall; ``occurrence`` and ``slot`` (which member of staff) count
    from 1. ``home`` is the tick at which its person is home from hospital, ``due`` that by which an urgent
    call should be answered; None where there is none.
    """

    visit_id: str
    request: Request
    occurrence: int
    slot: int
    days: tuple[dt.date, ...]
    home: int | None = None
    due: int | None = None


def expected_visits(
    requests: Iterable[Request],
    calendar: Calendar,
    home_of: Mapping[str, int] = NOBODY,
    due_of: Mapping[str, int] = NOBODY,
) -> Iterator[ExpectedVisit]:
    """Give every visit of every request; days that end before their person is home are none of its days.

    ``home_of`` gives the tick of coming home by person id, ``due_of`` that of an urgent answer by request id.
    """
    period = tuple(calendar.days())
    for request in requests:
        home, due = home_of.get(request.person_id), due_of.get(request.request_id)
        days = tuple(day for day in period if _allows(request, day))
        if home is not None:
            days = tuple(day for day in days if calendar.tick(day, request.window_end) >= home)
        count = max(1, len(days)) if request.daily else request.visits
        for occurrence in range(1, count + 1):
            on = days[occurrence - 1 : occurrence] if request.daily else days
            for slot in range(1, request.staff_needed + 1):
                name = visit_name(request, occurrence, slot, several=count > 1)
                yield ExpectedVisit(name, request, occurrence, slot, on, home, due)


def _allows(request: Request, day: dt.date) -> bool:
    return request.earliest_date <= day <= request.latest_date and day.weekday() in request.weekdays


def visit_name(request: Request, occurrence: int, slot: int, *, several: bool) -> str:
    """Give ``R7``, ``R7/2``, ``R7/b`` or ``R7/2b``: a number for many visits, a letter for many staff."""
    tail = (str(occurrence) if several else "") + (_letter(slot) if request.staff_needed > 1 else "")
    return f"{request.request_id}/{tail}" if tail else request.request_id


def _letter(slot: int) -> str:
    """Give a to z, then aa, ab and on, as spreadsheet columns are named."""
    higher, last = divmod(slot - 1, 26)
    return (_letter(higher) if higher else "") + "abcdefghijklmnopqrstuvwxyz"[last]


def start_stretch(request: Request, day: dt.date, calendar: Calendar) -> Stretch:
    """Give when a visit may start on this day by its clock window alone.

    Where the clock skips the window's start but not its end, it shrinks to its start.
    """
    first = calendar.tick(day, request.window_start)
    return first, max(first, calendar.tick(day, request.window_end))


def start_stretches(
    visit: ExpectedVisit, calendar: Calendar, family: Iterable[Stretch] | None = None
) -> list[Stretch]:
    """Give when a visit may start: days, window, discharge, completion, and family times if given."""
    request = visit.request
    stretches = [start_stretch(request, day, calendar) for day in visit.days]
    for earliest in (request.not_before, visit.home):
        if earliest is None:
            continue
        stretches = [(max(start, earliest), end) for start, end in stretches if end >= earliest]
    if request.complete_by is not None:
        latest = request.complete_by - request.duration_s
        stretches = [(start, min(end, latest)) for start, end in stretches if start <= latest]
    if family is not None and request.family is Family.REQUIRED:
        inside = [(start, end - request.duration_s) for start, end in family]
        stretches = _meets(stretches, [stretch for stretch in inside if stretch[0] <= stretch[1]])
    return _in_time(visit, stretches)


def _in_time(visit: ExpectedVisit, stretches: list[Stretch]) -> list[Stretch]:
    """Keep the starts in time for an urgent call; where there is none, all since it was received."""
    received = visit.request.received
    if visit.due is None or received is None or not stretches:
        return stretches
    soon = _meets(stretches, [(received, visit.due)])
    return soon or _meets(stretches, [(received, max(received, *(end for _, end in stretches)))])


def _meets(some: Iterable[Stretch], others: list[Stretch]) -> list[Stretch]:
    common = ((max(a, c), min(b, d)) for a, b in some for c, d in others)
    return [stretch for stretch in common if stretch[0] <= stretch[1]]


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Give the union of stretches; those that overlap or touch become one."""
    result: list[Stretch] = []
    for start, end in sorted(stretches):
        if result and start <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result
