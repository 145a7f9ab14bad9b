"""Changes that might let an unassigned visit in: each kind is a function, and one list names them all.

A kind gives *ladders*: changes of which each goes further than the one before it, so that where one lets the
visit in, those after it do too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from visitplan.domain.period import MINUTE
from visitplan.domain.requests import ALL_WEEKDAYS, Family, Joint, Request
from visitplan.domain.scenario import Scenario
from visitplan.planning.supposing import what_if

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.domain.people import Shift, Staff

    Ladder = tuple["Change", ...]
    Kind = Callable[[Scenario, Request], Iterator[Ladder]]

_Found = TypeVar("_Found")

WINDOW_STEPS_MIN = tuple(range(5, 125, 5))
OVERTIME_STEPS_MIN = (15, 30, 45, 60)
GAP_STEPS_MIN = (15, 30, 60, 120)
MOST_SHIFTS = 6
"""Shifts that are offered overtime."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change, in plain words, and the scenario in which it is made."""

    said: str
    scenario: Scenario


def _with_request(scenario: Scenario, request: Request) -> Scenario:
    same = request.request_id
    requests = (request if other.request_id == same else other for other in scenario.requests)
    return replace(scenario, requests=tuple(requests))


def _later(at: dt.time, minutes: int) -> dt.time | None:
    """Move a clock time; None where it would leave the day."""
    total = at.hour * 60 + at.minute + minutes
    return dt.time(total // 60, total % 60) if 0 <= total < 24 * 60 else None


def nothing_at_all(scenario: Scenario, _: Request) -> Iterator[Ladder]:
    """Give the scenario as it is: the search may have missed a place."""
    yield (Change("It fits as things are: plan again with more time.", scenario),)


def wider_at_its_end(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let it start later."""
    ends = [(minutes, _later(request.window_end, minutes)) for minutes in WINDOW_STEPS_MIN]
    yield tuple(
        Change(
            f"Let it start up to {minutes} minutes later, until {end:%H:%M}.",
            _with_request(scenario, replace(request, window_end=end)),
        )
        for minutes, end in ends
        if end is not None
    )


def wider_at_its_start(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let it start earlier."""
    starts = [(minutes, _later(request.window_start, -minutes)) for minutes in WINDOW_STEPS_MIN]
    yield tuple(
        Change(
            f"Let it start up to {minutes} minutes earlier, from {start:%H:%M}.",
            _with_request(scenario, replace(request, window_start=start)),
        )
        for minutes, start in starts
        if start is not None
    )


def another_day(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let it fall on a day more."""
    day = dt.timedelta(days=1)
    if request.latest_date < scenario.period.last:
        later = replace(request, latest_date=request.latest_date + day)
        yield (Change(f"Let it fall on {later.latest_date} too.", _with_request(scenario, later)),)
    if request.earliest_date > scenario.period.first:
        sooner = replace(request, earliest_date=request.earliest_date - day)
        yield (Change(f"Let it fall on {sooner.earliest_date} too.", _with_request(scenario, sooner)),)
    if request.weekdays != ALL_WEEKDAYS:
        any_day = replace(request, weekdays=ALL_WEEKDAYS)
        yield (Change("Let it fall on any day of the week.", _with_request(scenario, any_day)),)


def days_nearer(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let its visits come on days nearer to each other."""
    yield tuple(
        Change(
            f"Lower the days between its visits to {days}.",
            _with_request(scenario, replace(request, min_days_between=days)),
        )
        for days in range(request.min_days_between - 1, 0, -1)
    )


def without_the_family(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Do without the family."""
    if request.family is Family.REQUIRED:
        welcome = replace(request, family=Family.WELCOME)
        yield (Change("Make the family welcome and not required.", _with_request(scenario, welcome)),)


def by_itself(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Do without a joint visit."""
    if request.joint is Joint.REQUIRE:
        alone = replace(request, joint=Joint.ALLOW)
        yield (Change("Do not insist on a joint visit.", _with_request(scenario, alone)),)


def a_longer_gap(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let it follow the visit before it later."""
    if request.max_gap_s is None:
        return
    gaps = [request.max_gap_s + minutes * MINUTE for minutes in GAP_STEPS_MIN]
    yield tuple(
        Change(
            f"Let it follow {request.after_request} up to {gap // MINUTE} minutes after that ends.",
            _with_request(scenario, replace(request, max_gap_s=gap)),
        )
        for gap in gaps
    )


def overtime(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let a member of staff who may serve it work longer."""
    able = sorted(
        _shifts_that_might(scenario, request), key=lambda s: (_far(scenario, request, s), s.shift_id)
    )
    for shift in able[:MOST_SHIFTS]:
        yield tuple(
            Change(
                f"Allow shift {shift.shift_id} of {shift.staff_id} {minutes} minutes of overtime more.",
                _with_overtime(scenario, shift, minutes),
            )
            for minutes in OVERTIME_STEPS_MIN
        )


def _with_overtime(scenario: Scenario, shift: Shift, minutes: int) -> Scenario:
    longer = replace(shift, overtime_max_s=shift.overtime_max_s + minutes * MINUTE)
    shifts = (longer if other is shift else other for other in scenario.shifts)
    return replace(scenario, shifts=tuple(shifts))


def who_is_excluded(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let somebody come whom the request excludes."""
    for staff_id in sorted(request.excluded_staff):
        fewer = replace(request, excluded_staff=request.excluded_staff - {staff_id})
        yield (Change(f"Let {staff_id} come, whom the request excludes.", _with_request(scenario, fewer)),)


def other_organisation(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let another organisation's staff serve requests of this one."""
    rules = scenario.policy.organisations
    employers = {member.organisation for member in scenario.staff if member.service == request.service}
    for employer in sorted(employers):
        if not rules.may_serve(employer, request.organisation):
            theirs = (*rules.serves.get(employer, ()), request.organisation)
            serves = rules.model_copy(update={"serves": {**rules.serves, employer: theirs}})
            policy = scenario.policy.model_copy(update={"organisations": serves})
            said = f"Let staff of {employer} serve requests of {request.organisation}."
            yield (Change(said, replace(scenario, policy=policy)),)


def more_in_the_home(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Let one more member of staff be in the home at a time."""
    limit = scenario.staff_at_once(request.household_id) + 1
    homes = (
        replace(home, max_staff_at_once=limit) if home.household_id == request.household_id else home
        for home in scenario.households
    )
    said = f"Let {limit} members of staff be in household {request.household_id} at a time."
    yield (Change(said, replace(scenario, households=tuple(homes))),)


def one_more(scenario: Scenario, request: Request) -> Iterator[Ladder]:
    """Have one member of staff more, who may do it."""
    of_service = [member for member in scenario.staff if member.service == request.service]
    at_work = {shift.staff_id for shift in scenario.shifts}
    for model in sorted(of_service, key=lambda member: (member.staff_id not in at_work, member.staff_id)):
        more = what_if(scenario, add_staff=[model.staff_id])
        new = more.staff[-1]
        able = replace(
            new,
            organisation=request.organisation,
            skills=new.skills | request.skills,
            areas=frozenset(),
            works_with=frozenset(),
        )
        said = f"Have one member of staff more of {request.organisation}, with shifts like {model.staff_id}'s"
        with_skills = f" and able to do {', '.join(sorted(request.skills))}." if request.skills else "."
        yield (Change(said + with_skills, replace(more, staff=(*more.staff[:-1], able))),)


CHANGES: tuple[Kind, ...] = (
    nothing_at_all,
    wider_at_its_end,
    wider_at_its_start,
    another_day,
    days_nearer,
    without_the_family,
    by_itself,
    a_longer_gap,
    overtime,
    who_is_excluded,
    other_organisation,
    more_in_the_home,
    one_more,
)
"""Every kind of change. Where the first lets it in, no other is needed."""


def smallest(ladder: Ladder, lets_in: Callable[[Change], _Found | None]) -> _Found | None:
    """Give what comes of the smallest change of a ladder that lets the visit in, or None."""
    if not ladder:
        return None
    found = lets_in(ladder[-1])
    low, high = 0, len(ladder) - 1
    while found is not None and low < high:
        middle = (low + high) // 2
        tried = lets_in(ladder[middle])
        if tried is None:
            low = middle + 1
        else:
            found, high = tried, middle
    return found


def _shifts_that_might(scenario: Scenario, request: Request) -> list[Shift]:
    """Give the shifts of those who may serve a request, on its days."""
    days = set(scenario.period.dates_between(request.earliest_date, request.latest_date))
    staff = scenario.staff_by_id
    return [s for s in scenario.shifts if s.date in days and _may(scenario, request, staff[s.staff_id])]


def _may(scenario: Scenario, request: Request, staff: Staff) -> bool:
    return (
        staff.service == request.service
        and request.skills <= staff.skills
        and staff.staff_id not in request.excluded_staff
        and scenario.policy.organisations.may_serve(staff.organisation, request.organisation)
    )


def _far(scenario: Scenario, request: Request, shift: Shift) -> int:
    """Give how many seconds lie between the end of a shift and the end of the request's window that day."""
    return abs(scenario.period.tick(shift.date, request.window_end) - shift.window.end)
