"""What the services ask for: the requests of one household."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan.synthesis.drawing import chance, weighted
from visitplan.synthesis.families import WEEKDAYS, days_met
from visitplan.synthesis.kinds import (
    CALLS_OF_PACKAGE,
    CARE_CALLS,
    KIND,
    PROGRAMMES,
    SHARED_TASKS,
    TASKS,
    Kind,
    clock,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from visitplan.synthesis.homes import Dweller, Home
    from visitplan.synthesis.rates import Rates

ROOM_MIN = 30
"""Minutes between the first and last start that a required family or joint visit is given at least."""

DURATION = {code: minutes for code, minutes, _ in TASKS}


@dataclass(frozen=True, slots=True)
class Ask:
    """A request in the making.

    ``start``, ``end``, ``preferred`` and ``usual`` are minutes from midnight, ``same_time`` is minutes, and
    ``daily`` outranks ``visits``; all else is as in the table of requests. The organisation is told once all
    of a home's requests are known.
    """

    request_id: str
    household_id: str
    person_id: str
    team: str
    service: str
    minutes: int
    first: dt.date
    last: dt.date
    start: int
    end: int
    weekdays: tuple[str, ...] = ()
    visits: int = 1
    daily: bool = False
    min_days_between: int | None = None
    staff_needed: int = 1
    skills: tuple[str, ...] = ()
    joint: str = "allow"
    family: str = "not_needed"
    preferred: tuple[int, int] | None = None
    priority: int = 3
    time_critical: bool = False
    tasks: tuple[str, ...] = ()
    not_before: dt.datetime | None = None
    after_request: str | None = None
    min_gap: int | None = None
    max_gap: int | None = None
    preferred_staff: tuple[str, ...] = ()
    excluded_staff: tuple[str, ...] = ()
    organisation: str = ""
    received: dt.datetime | None = None
    usual: int | None = None
    same_time: int | None = None

    @property
    def dates(self) -> list[dt.date]:
        """Give the dates on which it may fall."""
        every = (self.first + dt.timedelta(days=k) for k in range((self.last - self.first).days + 1))
        return [date for date in every if not self.weekdays or WEEKDAYS[date.weekday()] in self.weekdays]

    @property
    def occasions(self) -> int:
        """Give how many times somebody comes."""
        return len(self.dates) if self.daily else self.visits

    @property
    def attendances(self) -> int:
        """Give how many visits, each by one member of staff, it makes."""
        return self.occasions * self.staff_needed


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of the period."""

    first: dt.date
    days: int

    @property
    def last(self) -> dt.date:
        """Give the last day."""
        return self.first + dt.timedelta(days=self.days - 1)


def asks_of(home: Home, calendar: Calendar, rates: Rates, rng: Random) -> list[Ask]:
    """Give the requests for everybody in a home; a request that follows another stands after it."""
    asks = [ask for dweller in home.dwellers for ask in _asks_of_dweller(home, dweller, calendar, rates, rng)]
    asks = [_with_wishes(ask, home, rates, rng) for ask in asks]
    return with_required_meeting(asks, rates, rng)


def _asks_of_dweller(
    home: Home, dweller: Dweller, calendar: Calendar, rates: Rates, rng: Random
) -> Iterator[Ask]:
    if chance(rng, rates.discharges):
        yield from _discharge(home, dweller, calendar, rng)
        return
    if "care" in dweller.services:
        yield from _care(home, dweller, calendar, rates, rng)
    if "nursing" in dweller.services:
        yield from _nursing(home, dweller, calendar, rates, rng)
    if "therapy" in dweller.services:
        yield _single(home, dweller, KIND[weighted(rng, rates.therapy_kinds)], calendar, rates, rng)


def _new(home: Home, dweller: Dweller, kind: Kind, calendar: Calendar, minutes: int) -> Ask:
    return Ask(
        request_id=f"{dweller.person_id}-{kind.name}",
        household_id=home.household_id,
        person_id=dweller.person_id,
        team=kind.team,
        service=kind.service,
        minutes=minutes,
        first=calendar.first,
        last=calendar.last,
        start=kind.start,
        end=kind.end,
        skills=kind.skills,
        priority=kind.priority,
        time_critical=kind.time_critical,
        tasks=fitting(kind.tasks, minutes),
    )


def fitting(codes: Iterable[str], minutes: int) -> tuple[str, ...]:
    """Give the tasks, each once and first come first, that fit a visit of this length."""
    tasks: list[str] = []
    for code in dict.fromkeys(codes):
        if sum(DURATION[task] for task in [*tasks, code]) <= minutes:
            tasks.append(code)
    return tuple(tasks)


def _care(home: Home, dweller: Dweller, calendar: Calendar, rates: Rates, rng: Random) -> Iterator[Ask]:
    start_on = rng.randrange(2)
    for index in CALLS_OF_PACKAGE[weighted(rng, rates.care_calls)]:
        kind = CARE_CALLS[index]
        ask = _new(home, dweller, kind, calendar, int(weighted(rng, rates.care_minutes)))
        daily = chance(rng, rates.daily_care)
        if calendar.days > 1:
            ask = replace(ask, daily=True, weekdays=() if daily else _every_other_day(calendar, start_on))
        critical = chance(rng, rates.time_critical_care)
        if home.double_handed:
            ask = replace(ask, staff_needed=2, skills=(*ask.skills, "moving"))
        elif kind.name == "morning" and critical:
            ask = _medicine_on_time(ask)
        yield _with_preferred_hour(ask, rates, rng)


def _with_preferred_hour(ask: Ask, rates: Rates, rng: Random) -> Ask:
    preferred, later = chance(rng, rates.preferred_times), 15 * rng.randint(0, 4)
    if not preferred or ask.end - ask.start < 120:
        return ask
    return replace(ask, preferred=(ask.start + later, ask.start + later + 60))


def _every_other_day(calendar: Calendar, start_on: int) -> tuple[str, ...]:
    """Give the weekdays of every other day of the first week, from its first or second day on."""
    days = range(start_on, min(calendar.days, len(WEEKDAYS)), 2)
    return tuple(WEEKDAYS[(calendar.first.weekday() + k) % len(WEEKDAYS)] for k in days)


def _medicine_on_time(ask: Ask) -> Ask:
    return replace(
        ask,
        start=clock("07:30"),
        end=clock("08:30"),
        time_critical=True,
        priority=1,
        skills=(*ask.skills, "medication"),
        tasks=fitting(("medication", *ask.tasks), ask.minutes),
    )


def _nursing(home: Home, dweller: Dweller, calendar: Calendar, rates: Rates, rng: Random) -> Iterator[Ask]:
    ask = _single(home, dweller, KIND[weighted(rng, rates.nursing_kinds)], calendar, rates, rng)
    yield ask
    follow_up = chance(rng, rates.blood_follow_ups)
    if ask.request_id.endswith("-bloods") and follow_up:
        review = _new(home, dweller, KIND["review"], calendar, 30)
        yield replace(review, after_request=ask.request_id, min_gap=120, max_gap=360)


def _single(home: Home, dweller: Dweller, kind: Kind, calendar: Calendar, rates: Rates, rng: Random) -> Ask:
    """Give a nurse's or therapist's request, repeated as its kind, or a programme, says."""
    ask = _new(home, dweller, kind, calendar, rng.choice(kind.minutes))
    if kind.every == 1 and calendar.days > 1:
        return replace(ask, daily=True)
    programme = rates.programmes and kind.name in PROGRAMMES and chance(rng, rates.programmes)
    return _some_days(ask, PROGRAMMES[kind.name] if programme else kind.every, calendar)


def _some_days(ask: Ask, every: int, calendar: Calendar) -> Ask:
    """Repeat every so many days as often as the period holds, with one day to spare where it can be."""
    visits = max(1, calendar.days // every)
    return replace(ask, visits=visits, min_days_between=every if visits > 1 else None)


def _discharge(home: Home, dweller: Dweller, calendar: Calendar, rng: Random) -> Iterator[Ask]:
    """Give the first care call after somebody comes home from hospital, and the nurse after it."""
    day = calendar.first + dt.timedelta(days=rng.randrange(calendar.days))
    at = clock("10:30") + 30 * rng.randrange(7)
    home_at = dt.datetime.combine(day, dt.time(at // 60, at % 60))
    settle = Kind("settle", "care", at, at + 150, (), ("personal_care",), ("settle_in", "meal"), 1)
    check = Kind("check", "nursing", at, at + 390, (), (), ("medication_review", "skin_check"), 1)
    one_day = Calendar(day, 1)
    yield replace(_new(home, dweller, settle, one_day, 45), not_before=home_at)
    follow = _new(home, dweller, check, one_day, 40)
    yield replace(follow, after_request=f"{dweller.person_id}-settle", min_gap=0, max_gap=240)


def _with_wishes(ask: Ask, home: Home, rates: Rates, rng: Random) -> Ask:
    """Add the family, shared tasks and whether it may be joined."""
    welcome = chance(rng, dict(rates.family_welcome)[ask.service])
    required = chance(rng, dict(rates.family_required)[ask.service])
    shared = chance(rng, rates.shared_tasks / 2 if ask.service == "care" else rates.shared_tasks)
    count, avoid = rng.randint(1, 2), chance(rng, rates.joint_avoid)
    if shared:
        ask = replace(ask, tasks=fitting((*ask.tasks, *rng.sample(SHARED_TASKS, count)), ask.minutes))
    if required and _family_meets(ask, home):
        ask = replace(ask, family="required")
    elif welcome and home.family != "none":
        ask = replace(ask, family="welcome")
    return replace(ask, joint="avoid") if avoid and ask.family != "required" else ask


def _family_meets(ask: Ask, home: Home) -> bool:
    """Tell whether the family is there on every day it has to be."""
    met = days_met(home.family, ask.dates, ask.start, ask.end, ask.minutes, ROOM_MIN)
    single = ask.after_request is None and ask.not_before is None and ask.staff_needed == 1
    return single and met == len(ask.dates)


def with_required_meeting(asks: list[Ask], rates: Rates, rng: Random) -> list[Ask]:
    """Let some single requests ask for a joint visit with another that meets them and is promised to none."""
    wishes = [chance(rng, rates.joint_require) for _ in asks]
    promised: set[int] = set()
    for k, (ask, wish) in enumerate(zip(asks, wishes, strict=True)):
        if wish and k not in promised and _may_insist(ask):
            met = (j for j, other in enumerate(asks) if j not in promised and _meet(ask, other))
            if (partner := next(met, None)) is not None:
                promised |= {k, partner}
                asks = [*asks[:k], replace(ask, joint="require"), *asks[k + 1 :]]
    return asks


def _may_insist(ask: Ask) -> bool:
    return ask.joint == "allow" and ask.occasions == 1 and ask.after_request is None and ask.staff_needed == 1


def _meet(ask: Ask, other: Ask) -> bool:
    """Tell whether a request could easily be met by another at the door, on one day at least."""
    plain = other.joint != "avoid" and other.staff_needed == 1 and other.after_request is None
    unbound = "required" not in (ask.family, other.family) and other.not_before is None
    both = max(ask.start, other.start)
    room = min(ask.end, other.end) - both
    some_day = not set(ask.dates).isdisjoint(other.dates)
    waits = any(one.time_critical and one.start < both for one in (ask, other))
    return plain and unbound and some_day and not waits and other.service != ask.service and room >= ROOM_MIN
