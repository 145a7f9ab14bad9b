"""What a county asks for beyond the daily round: urgent calls, help after hospital, evening doses, habits."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.synthesis.asking import Ask, fitting
from visitplan.synthesis.drawing import chance, weighted
from visitplan.synthesis.kinds import CARE_CALLS, INSULIN_EVENING, QUIET, URGENT, URGENT_RESPONSE_MIN, clock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from visitplan.synthesis.asking import Calendar
    from visitplan.synthesis.homes import Dweller, Home
    from visitplan.synthesis.kinds import Kind
    from visitplan.synthesis.rates import Rates

HELP_AFTER_HOSPITAL = (CARE_CALLS[0], CARE_CALLS[3])
"""The daily calls of somebody who has come home: morning and bed."""

QUARTER = 15
"""Minutes that usual times and calls are told in."""


def with_county_life(
    asks: list[Ask], home: Home, calendar: Calendar, rates: Rates, rng: Random
) -> tuple[Home, list[Ask]]:
    """Give a home and its requests with what is added to them; what was asked for before comes first."""
    more = [
        *_evening_doses(asks, rates, rng),
        *_help_after_hospital(asks, home, calendar, rates, rng),
        *_urgent_calls(asks, home, calendar, rates, rng),
    ]
    everything = [_with_habits(ask, calendar, rates, rng) for ask in [*asks, *more]]
    quiet = chance(rng, rates.quiet_homes) and not any(_is_tied(ask) for ask in everything)
    return replace(home, quiet=QUIET if quiet else None), everything


def _evening_doses(asks: list[Ask], rates: Rates, rng: Random) -> Iterator[Ask]:
    for ask in asks:
        if ask.request_id.endswith("-insulin") and chance(rng, rates.insulin_evening):
            yield _of_kind(ask, INSULIN_EVENING, ask.minutes)


def _help_after_hospital(
    asks: list[Ask], home: Home, calendar: Calendar, rates: Rates, rng: Random
) -> Iterator[Ask]:
    """Give two calls a day, from the day after somebody has come home."""
    for settle in [ask for ask in asks if ask.not_before is not None]:
        first = settle.first + dt.timedelta(days=1)
        goes_on = chance(rng, rates.reablement)
        if not goes_on or first > calendar.last:
            continue
        for kind in HELP_AFTER_HOSPITAL:
            ask = _of_kind(settle, kind, int(weighted(rng, rates.care_minutes)))
            ask = replace(ask, first=first, last=calendar.last, daily=True)
            yield replace(ask, staff_needed=2, skills=(*ask.skills, "moving")) if home.double_handed else ask


def _urgent_calls(
    asks: list[Ask], home: Home, calendar: Calendar, rates: Rates, rng: Random
) -> Iterator[Ask]:
    """Give the urgent calls of each day, from people who are not coming home from hospital."""
    away = {ask.person_id for ask in asks if ask.not_before is not None}
    for dweller in home.dwellers:
        for k in range(calendar.days):
            calls, at = chance(rng, rates.urgent), URGENT.start + QUARTER * rng.randrange(_CALLS)
            if calls and dweller.person_id not in away:
                yield _urgent(home, dweller, calendar.first + dt.timedelta(days=k), at, rng)


_CALLS = (URGENT.end - URGENT.start) // QUARTER + 1
"""Quarters of an hour at which an urgent call can come in."""


def _urgent(home: Home, dweller: Dweller, day: dt.date, at: int, rng: Random) -> Ask:
    minutes = rng.choice(URGENT.minutes)
    return Ask(
        request_id=f"{dweller.person_id}-{URGENT.name}{day:%m%d}",
        household_id=home.household_id,
        person_id=dweller.person_id,
        team=URGENT.team,
        service=URGENT.service,
        minutes=minutes,
        first=day,
        last=day,
        start=at,
        end=at + URGENT_RESPONSE_MIN,
        priority=URGENT.priority,
        tasks=fitting(URGENT.tasks, minutes),
        received=dt.datetime.combine(day, dt.time(at // 60, at % 60)),
    )


def _of_kind(ask: Ask, kind: Kind, minutes: int) -> Ask:
    """Ask for the same person what a kind of visit is for, with nothing special about it."""
    return Ask(
        request_id=f"{ask.person_id}-{kind.name}",
        household_id=ask.household_id,
        person_id=ask.person_id,
        team=kind.team,
        service=kind.service,
        minutes=minutes,
        first=ask.first,
        last=ask.last,
        start=kind.start,
        end=kind.end,
        daily=ask.daily,
        skills=kind.skills,
        priority=kind.priority,
        time_critical=kind.time_critical,
        tasks=fitting(kind.tasks, minutes),
    )


def _with_habits(ask: Ask, calendar: Calendar, rates: Rates, rng: Random) -> Ask:
    """Let some care calls come at the time of day that people are used to, and some always at one time."""
    used, quarter = chance(rng, rates.usual_times), rng.random()
    same = chance(rng, rates.same_time)
    if ask.service != "care" or ask.not_before is not None or ask.time_critical:
        return ask
    if used and ask.preferred is None:
        quarters = (ask.end - ask.start) // QUARTER + 1
        ask = replace(ask, usual=ask.start + QUARTER * int(quarter * quarters))
    return replace(ask, same_time=SAME_TIME_MIN) if same and ask.daily and len(ask.dates) > 1 else ask


SAME_TIME_MIN = 90
"""Most minutes by which the times of day of calls that always come at one time differ. Assumption."""


def _is_tied(ask: Ask) -> bool:
    """Tell whether a request is bound to others or to family, or falls wholly in the quiet time."""
    bound = ask.joint == "require" or ask.family == "required" or ask.after_request is not None
    return bound or ask.not_before is not None or ask.same_time is not None or _within(ask, QUIET)


def _within(ask: Ask, hours: tuple[str, str]) -> bool:
    begin, end = (clock(at) for at in hours)
    return begin <= ask.start and ask.end <= end
