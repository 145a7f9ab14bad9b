"""County days for measuring: towns, households, staff with skills and shifts, some visits linked.

Nothing here is real. A unit of cost is a tenth of a minute of travel, so that figures read as minutes after a
division by ``UNIT``. Recipe: twelve towns of different size on 60 by 50 km, a fifth of homes outside them;
visits of 15 to 60 minutes around five peaks of the day with start windows of one to three hours, the last
quarter hour of which is late; staff live among the patients, work early, day or late shifts and some of six
skills; who does not know a patient costs 8 minutes. Of the visits 12 % are pairs (most together, some with a
gap), and a few are groups of three.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from visitplan.solver import Link, RoutingProblem, Shift, StartWindow, Travel, Visit

UNIT = 10
"""Ticks, and cost units, in a minute."""
TOWNS = 12
SIZE_KM = (60.0, 50.0)
OUTSIDE_TOWNS = 0.2
KMH, CIRCUITY, DOOR_MINUTES = 45.0, 1.3, 3.0
PEAKS, PEAK_SHARES, PEAK_SPREAD = (450, 510, 720, 990, 1140), (0.25, 0.2, 0.2, 0.15, 0.2), 70.0
FIRST_START, LAST_START = 450, 1140
DURATIONS = (15, 20, 30, 30, 45, 60)
LATE_MINUTES = 15
SKILL_NEEDED = (0.5, 0.18, 0.12, 0.1, 0.06, 0.04)
SKILL_HELD = (0.97, 0.75, 0.65, 0.55, 0.5, 0.45)
SHIFTS, SHIFT_SHARES = ((420, 870), (480, 960), (900, 1320)), (0.48, 0.2, 0.32)
OVERTIME_MINUTES, OVERTIME_COST = 60, 2
KNOWN, STRANGER_MINUTES = 0.1, 8
UNASSIGNED_MINUTES = 400
FEWEST_CANDIDATES = 5
"""A visit that fewer members of staff could serve on an empty day asks for the commonest skill instead."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a county day is made of.

    Attributes
    ----------
    visits
        Number of visits.
    linked
        Share of visits that come in pairs.
    load
        Share of staff time that visits take, an average leg included: fewer staff the nearer to 1.
    soft
        Whether late starts, overtime and strangers are allowed at a cost; otherwise windows and shifts are
        hard and nobody is a stranger, which is what routing engines without links can do too.
    seed
        Of the day.
    """

    visits: int
    linked: float = 0.12
    load: float = 0.62
    soft: bool = True
    seed: int = 7


@dataclass(slots=True)
class _Calls:
    """Visits as they are drawn, a household each."""

    homes: list[Floats]
    sizes: list[int]
    opens: list[float]
    widths: list[float]
    lengths: list[float]
    gaps: list[tuple[int, int]]


def county_day(recipe: Recipe) -> RoutingProblem:
    """Draw a county day; the same recipe gives the same day."""
    rng = np.random.default_rng(recipe.seed)
    towns = _Towns(rng)
    calls = _calls(rng, towns, recipe)
    member_of = np.repeat(np.arange(len(calls.sizes)), calls.sizes)
    lengths = np.array(calls.lengths)[member_of]
    staff = round((lengths.sum() + 8 * len(lengths)) / (450 * recipe.load))
    bases = np.array([towns.place(rng) for _ in range(staff)])
    travel = _travel(np.vstack([np.array(calls.homes), bases]))
    shifts = _shifts(rng, staff, len(calls.homes), recipe.soft)
    visits = _visits(calls, member_of, recipe.soft)
    eligible = _eligible(rng, visits, shifts, travel)
    known = rng.random(eligible.shape) < KNOWN
    stranger = 0 if not recipe.soft else STRANGER_MINUTES * UNIT
    firsts = np.concatenate([[0], np.cumsum(calls.sizes)])
    groups = tuple(tuple(range(a, b)) for a, b in itertools.pairwise(firsts) if b - a > 1)
    return RoutingProblem(
        visits=visits,
        shifts=shifts,
        travel=(Travel(travel, travel),),
        eligible=eligible,
        assignment_cost=np.where(known, 0, stranger).astype(np.int32),
        groups=tuple(tuple(int(v) for v in group) for group in groups),
        links=tuple(_links(calls, firsts)),
    )


class _Towns:
    """Where people live: in towns of different size and spread, or anywhere."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.centres = rng.uniform((4, 4), (SIZE_KM[0] - 4, SIZE_KM[1] - 4), (TOWNS, 2))
        self.shares = rng.dirichlet(np.full(TOWNS, 1.2))
        self.spreads = rng.uniform(0.8, 2.5, TOWNS)

    def place(self, rng: np.random.Generator) -> Floats:
        """Draw a place, in km."""
        if rng.random() < OUTSIDE_TOWNS:
            return rng.uniform((0, 0), SIZE_KM)
        town = rng.choice(TOWNS, p=self.shares)
        at: Floats = np.clip(self.centres[town] + rng.normal(0, self.spreads[town], 2), (0, 0), SIZE_KM)
        return at


def _calls(rng: np.random.Generator, towns: _Towns, recipe: Recipe) -> _Calls:
    calls = _Calls([], [], [], [], [], [])
    pairs = round(recipe.linked * recipe.visits / 2)
    threes = max(3, recipe.visits // 500) if recipe.linked else 0
    singles = recipe.visits - 2 * pairs - 3 * threes
    for size in [1] * singles + [2] * pairs + [3] * threes:
        width = rng.uniform(60, 180)
        centre = rng.choice(PEAKS, p=PEAK_SHARES) + rng.normal(0, PEAK_SPREAD)
        length = float(rng.choice(DURATIONS))
        apart = size == 2 and rng.random() >= 0.7
        calls.homes.append(towns.place(rng))
        calls.sizes.append(size)
        calls.opens.append(float(np.clip(centre - width / 2, FIRST_START, LAST_START)))
        calls.widths.append(width)
        calls.lengths.append(length)
        calls.gaps.append((int(length) + 15, int(length) + 75) if apart else (0, 0))
    return calls


def _travel(places: Floats) -> NDArray[np.int32]:
    """Give travel in ticks: the time at doors and parking, and the way at one speed."""
    apart = np.sqrt(((places[:, None, :] - places[None, :, :]) ** 2).sum(axis=2, dtype=np.float32))
    ticks: NDArray[np.int32] = np.rint((DOOR_MINUTES + apart * (CIRCUITY / KMH * 60)) * UNIT).astype(np.int32)
    np.fill_diagonal(ticks, 0)
    return ticks


def _shifts(rng: np.random.Generator, staff: int, first_base: int, soft: bool) -> tuple[Shift, ...]:
    upto = np.rint(np.cumsum(SHIFT_SHARES) * staff).astype(int)
    kinds = rng.permutation(np.searchsorted(upto, np.arange(staff), side="right"))
    overtime = OVERTIME_MINUTES * UNIT if soft else 0
    return tuple(
        Shift(
            staff=k,
            start_place=first_base + k,
            end_place=first_base + k,
            start=SHIFTS[kind][0] * UNIT,
            end=SHIFTS[kind][1] * UNIT,
            max_overtime=overtime,
            overtime_cost=OVERTIME_COST if soft else 0,
        )
        for k, kind in enumerate(kinds)
    )


def _visits(calls: _Calls, member_of: NDArray[np.int64], soft: bool) -> tuple[Visit, ...]:
    """Give the visits; the last one of a pair with a gap may start as much later."""
    visits = []
    for place, last in zip(member_of, np.append(member_of[1:] != member_of[:-1], True), strict=True):
        delay = calls.gaps[place][1] if last else 0
        opens = round(calls.opens[place] * UNIT)
        closes = round((calls.opens[place] + calls.widths[place] + delay) * UNIT)
        preferred = closes - LATE_MINUTES * UNIT if soft else None
        visits.append(
            Visit(
                place=int(place),
                duration=round(calls.lengths[place] * UNIT),
                windows=(StartWindow(opens, closes, preferred_latest=preferred),),
                unassigned_cost=UNASSIGNED_MINUTES * UNIT,
                late_cost=1 if soft else 0,
            )
        )
    return tuple(visits)


def _links(calls: _Calls, firsts: NDArray[np.int64]) -> list[Link]:
    links = []
    for size, (lo, hi), first in zip(calls.sizes, calls.gaps, map(int, firsts), strict=False):
        links += [Link(first, first + k, lo * UNIT, hi * UNIT) for k in range(1, size)]
    return links


def _eligible(
    rng: np.random.Generator, visits: tuple[Visit, ...], shifts: tuple[Shift, ...], travel: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Say who has the skill each visit asks for, having made sure that some who do could be there in time."""
    needed = rng.choice(len(SKILL_NEEDED), len(visits), p=SKILL_NEEDED)
    held = rng.random((len(shifts), len(SKILL_HELD))) < SKILL_HELD
    place = np.array([visit.place for visit in visits])
    base = np.array([shift.start_place for shift in shifts])
    way = travel[np.ix_(place, base)]
    opens = np.array([visit.windows[0].earliest for visit in visits])[:, None]
    closes = np.array([visit.windows[0].latest for visit in visits])[:, None]
    length = np.array([visit.duration for visit in visits])[:, None]
    start = np.maximum(opens, np.array([shift.start for shift in shifts]) + way)
    in_time = (start <= closes) & (start + length + way <= np.array([shift.end for shift in shifts]))
    rare = (in_time & held[:, needed].T).sum(axis=1) < FEWEST_CANDIDATES
    needed[rare] = 0
    eligible: NDArray[np.bool_] = np.ascontiguousarray(held[:, needed].T)
    return eligible
