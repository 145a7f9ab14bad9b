"""Staff and shifts: enough of them for what is asked, hour by hour."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

import numpy as np

from visitplan.synthesis.drawing import stream
from visitplan.synthesis.ground import KM_PER_DEGREE, scatter
from visitplan.synthesis.kinds import (
    DAY,
    EARLY,
    EVENING,
    LATE,
    LONG_SPLIT,
    SERVICE_OF,
    SPLIT,
    Pattern,
    clock,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from random import Random

    from visitplan.synthesis.asking import Ask, Calendar
    from visitplan.synthesis.ground import Ground
    from visitplan.synthesis.homes import Home
    from visitplan.synthesis.rates import Rates

SAMPLE = 300
"""Households that the mean leg is estimated from, at most."""

CIRCUITY, KM_PER_MIN, ACCESS_MIN = 1.25, 0.55, 2.0
"""Road over straight distance, speed, minutes to the door: what teams are sized with, and nothing else."""

HOME_KM = 4.0
"""How far staff live from somebody they serve, root mean square. Assumption."""

WORKING_DAYS_A_WEEK = 5


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff in the making; ``base_id`` where shifts start from a base."""

    staff_id: str
    team: str
    organisation: str
    pattern: Pattern
    skills: tuple[str, ...]
    lat: float
    lon: float
    base_id: str | None
    cycles: bool

    @property
    def service(self) -> str:
        """Give the service of the team."""
        return SERVICE_OF[self.team]


@dataclass(frozen=True, slots=True)
class Duty:
    """A member of staff who works on a date."""

    member: Member
    date: dt.date


def base_of(area: str) -> str:
    """Give the id of an area's base, from which its nurses start."""
    return f"B-{area}"


def workforce(
    seed: int,
    asks: Sequence[Ask],
    homes: Mapping[str, Home],
    ground: Ground,
    calendar: Calendar,
    rates: Rates,
) -> tuple[list[Member], list[Duty]]:
    """Give the staff of every team and organisation, and who works when; homes are given by household id."""
    members: list[Member] = []
    duties: list[Duty] = []
    numbers = {"care": count(1), "nursing": count(1), "therapy": count(1)}
    for team, organisation in sorted({(ask.team, ask.organisation) for ask in asks}):
        mine = [ask for ask in asks if (ask.team, ask.organisation) == (team, organisation)]
        rng = stream(seed, f"staff {team} {organisation}")
        for pattern, on_duty in _needed(team, _Load(mine, homes, calendar.days, rates)):
            vacancy, number = _Vacancy(team, organisation, pattern), numbers[SERVICE_OF[team]]
            pool = [
                _hired(vacancy, next(number), nth, homes[rng.choice(mine).household_id], ground, rng, rates)
                for nth in range(_pool_size(pattern, on_duty, calendar.days))
            ]
            members += pool
            duties += _roster(pool, on_duty, calendar)
    return members, duties


@dataclass(frozen=True, slots=True)
class _Vacancy:
    """What a new member of staff is wanted for."""

    team: str
    organisation: str
    pattern: Pattern


def _hired(
    vacancy: _Vacancy, number: int, nth: int, near: Home, ground: Ground, rng: Random, rates: Rates
) -> Member:
    """Hire somebody to work near a household; ``nth`` counts from 0 within the shift pattern."""
    if rates.commute_km:
        lat, lon = ground.near(rng, near.lat, near.lon, rates.commute_km)
    else:
        lat, lon = scatter(rng, near.lat, near.lon, HOME_KM)
    return Member(
        staff_id=f"{SERVICE_OF[vacancy.team][0].upper()}{number:03d}",
        team=vacancy.team,
        organisation=vacancy.organisation,
        pattern=vacancy.pattern,
        skills=_skills(vacancy.team, nth, rates),
        lat=lat,
        lon=lon,
        base_id=base_of(near.area) if vacancy.team == "nursing" else None,
        cycles=vacancy.team == "care" and nth > 1 and _falls_on(nth, rates.cyclists),
    )


def _falls_on(k: int, share: float) -> bool:
    """Spread a share evenly over 0, 1, 2, ...; a positive share always falls on 0."""
    return math.ceil((k + 1) * share) > math.ceil(k * share)


def _care_skills(k: int, rates: Rates) -> Iterator[str]:
    yield "personal_care"
    if _falls_on(k, rates.skill_moving) or k == 1:  # a double-handed call takes two from the first shift on
        yield "moving"
    if _falls_on(k, rates.skill_medication):
        yield "medication"


def _nursing_skills(k: int, rates: Rates) -> Iterator[str]:
    yield from ("bloods", "wound", "insulin")
    if _falls_on(k, rates.skill_catheter):
        yield "catheter"


def _skills(team: str, k: int, rates: Rates) -> tuple[str, ...]:
    """Give the skills of the k-th member, from 0, of a team's shift pattern."""
    if team == "care":
        return tuple(_care_skills(k, rates))
    return tuple(_nursing_skills(k, rates)) if team == "nursing" else (team,)


class _Load:
    """The mean day's work of one team, spread evenly over the hours in which it may be done."""

    def __init__(self, asks: Sequence[Ask], homes: Mapping[str, Home], days: int, rates: Rates) -> None:
        self._asks = asks
        self._days = days
        self._utilisation = rates.utilisation
        self.split_shifts = rates.split_shifts
        self._leg = leg_minutes(
            [(homes[i].lat, homes[i].lon) for i in sorted({a.household_id for a in asks})]
        )

    @property
    def latest(self) -> int:
        """Give the minute of the day at which the last visit may still last."""
        return max(ask.end + ask.minutes for ask in self._asks)

    @property
    def doses_in_the_evening(self) -> bool:
        """Tell whether some visits of the evening may not miss their time."""
        return any(ask.time_critical and ask.start >= clock("16:00") for ask in self._asks)

    @property
    def pairs(self) -> bool:
        """Tell whether some visits take two."""
        return any(ask.staff_needed > 1 for ask in self._asks)

    def heads(self, begin: str, end: str, at_work_from: str | None = None) -> int:
        """Give how many members of staff the work between two clock times takes, if they come later too."""
        b, e = clock(begin), clock(end)
        work = sum(self._work(ask) * self._share(ask, b, e) for ask in self._asks)
        return math.ceil(work / ((e - clock(at_work_from or begin)) * self._utilisation))

    def _work(self, ask: Ask) -> float:
        return ask.attendances / self._days * (ask.minutes + self._leg)

    @staticmethod
    def _share(ask: Ask, begin: int, end: int) -> float:
        first, last = ask.start, ask.end + ask.minutes
        return max(0, min(end, last) - max(begin, first)) / (last - first)


def leg_minutes(points: Sequence[tuple[float, float]]) -> float:
    """Estimate the minutes from one household to the next: to the third nearest, on average.

    A planner seldom finds the nearest one free; the third nearest is a cautious guess, for sizing only.
    """
    every = math.ceil(len(points) / SAMPLE)
    here, all_points = np.array(points[::every]), np.array(points)
    if len(all_points) < 2:
        return ACCESS_MIN
    scale = np.array([KM_PER_DEGREE, KM_PER_DEGREE * math.cos(math.radians(all_points[:, 0].mean()))])
    gaps = np.linalg.norm((here[:, None] - all_points[None]) * scale, axis=2)
    third = np.sort(gaps, axis=1)[:, min(3, len(all_points) - 1)]
    return ACCESS_MIN + float(third.mean()) * CIRCUITY / KM_PER_MIN


def _needed(team: str, load: _Load) -> list[tuple[Pattern, int]]:
    """Give how many work each shift pattern on a day."""
    by_team: dict[str, Callable[[_Load], list[tuple[Pattern, int]]]] = {"care": _carers, "nursing": _nurses}
    return by_team.get(team, _therapists)(load)


def _carers(load: _Load) -> list[tuple[Pattern, int]]:
    """Cover lunch with early shifts, the rest of the morning with split ones, what is left with late ones."""
    least = 2 if load.pairs else 1
    if load.split_shifts:
        return _carers_who_split(load, least)
    early = max(load.heads("11:30", "14:15"), least)
    morning = max(load.heads("07:00", "11:00"), load.heads("07:30", "09:15"))
    split = max(morning - early, 0)
    late = max(load.heads("15:30", "18:30") - split, load.heads("18:45", "21:45") - split, least)
    return [(EARLY, early), (SPLIT, split), (LATE, late)]


def _carers_who_split(load: _Load, least: int) -> list[tuple[Pattern, int]]:
    """Let so many carers at least work long split shifts, and others where it takes more.

    Long split shifts are counted in full in the morning and at bedtime, and at lunch and tea for what they
    are there of those hours.
    """
    morning = max(load.heads("07:00", "11:00", at_work_from="07:30"), load.heads("07:30", "09:15"))
    lunch, tea, bed = (load.heads(*hours) for hours in (_LUNCH, _TEA, _BED))
    for split in count(least):
        early = max(morning - split, lunch - int(split * _there(LONG_SPLIT, _LUNCH)), least)
        late = max(bed - split, tea - int(split * _there(LONG_SPLIT, _TEA)), least)
        enough = split >= load.split_shifts * (early + split + late)
        if enough or early == late == least:
            return [(EARLY, early), (LONG_SPLIT, split), (LATE, late)]
    raise AssertionError("early and late shifts come down to the least of them")


_LUNCH, _TEA, _BED = ("11:30", "14:15"), ("15:30", "18:30"), ("18:45", "21:45")


def _there(pattern: Pattern, hours: tuple[str, str]) -> float:
    """Give the share of some hours in which a shift pattern is at work."""
    begin, end = (clock(at) for at in hours)
    return sum(max(0, min(end, e) - max(begin, b)) for b, e in pattern.stretches) / (end - begin)


def _nurses(load: _Load) -> list[tuple[Pattern, int]]:
    day = max(load.heads(*hours) for hours in (("08:00", "09:45"), ("08:00", "11:30"), ("08:00", "16:00")))
    evening = max(load.heads("16:00", "20:00"), 1) if load.latest > clock("16:00") else 0
    if load.doses_in_the_evening:
        evening = max(evening, load.heads("16:30", "18:15"))
    return [(DAY, max(day, 1)), (EVENING, evening)]


def _therapists(load: _Load) -> list[tuple[Pattern, int]]:
    return [(DAY, max(load.heads("09:00", "15:45"), 1))]


def _pool_size(pattern: Pattern, on_duty: int, days: int) -> int:
    """Give how many people it takes to have so many on duty every day, five days a week each at most."""
    if pattern.alternate:
        return on_duty * min(days, 2)
    return on_duty if days <= WORKING_DAYS_A_WEEK else math.ceil(on_duty * 7 / WORKING_DAYS_A_WEEK)


def _roster(pool: Sequence[Member], on_duty: int, calendar: Calendar) -> Iterator[Duty]:
    """Let the pool take turns: each day those start who were off the day before."""
    off = len(pool) - on_duty
    for k in range(calendar.days):
        for j in range(on_duty):
            yield Duty(pool[(j - k * off) % len(pool)], calendar.first + dt.timedelta(days=k))
