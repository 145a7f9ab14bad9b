"""Which part of a plan to search next: neighbouring runs, or visits near each other in space and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from numpy.typing import NDArray

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

_FAR = np.iinfo(np.int64).max // 4
_UNASSIGNED_SHARE = 0.3
"""How often, while visits are left out, one of them is what the search starts from."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Shifts to be free, unassigned visits to take along, and the visits that may change run or order."""

    shifts: tuple[int, ...]
    extra: tuple[int, ...]
    loose: frozenset[int]


class Surroundings:
    """Who could serve what and what lies near what, for one problem.

    Attributes
    ----------
    possible
        bool, shape (visits, shifts): the shift is eligible and meets a window of the visit.

    Notes
    -----
    Nearness is free-flow travel in the first mode, there and back, halved.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.visit_places = np.array([visit.place for visit in problem.visits], dtype=np.int64)
        self.start_places = np.array([shift.start_place for shift in problem.shifts], dtype=np.int64)
        self.possible = problem.eligible & _windows_meet(problem)

    def runs_near(
        self, routes: Sequence[Route], unassigned: Sequence[int], count: int, rng: Random
    ) -> Neighbourhood:
        """Give about ``count`` neighbouring shifts around a visit drawn at random, all their visits loose."""
        seed = self._draw(unassigned, rng)
        runs = {route.shift: route.visits for route in routes}
        unit = self._unit(seed)
        own = [shift for shift, visits in runs.items() if set(unit) & set(visits)]
        shifts = self._nearest_shifts(seed, runs, own, count, rng)
        extra = tuple(unit) if seed in set(unassigned) else ()
        visits = {visit for shift in shifts for visit in runs.get(shift, ())} | set(extra)
        return Neighbourhood(shifts, extra, frozenset(visits))

    def visits_near(
        self, routes: Sequence[Route], unassigned: Sequence[int], count: int, max_shifts: int, rng: Random
    ) -> Neighbourhood:
        """Give about ``count`` visits around one drawn at random, and the shifts they are on."""
        seed = self._draw(unassigned, rng)
        shift_of = {visit: route.shift for route in routes for visit in route.visits}
        starts = {v: s for route in routes for v, s in zip(route.visits, route.starts, strict=True)}
        unit = self._unit(seed)
        extra = tuple(unit) if seed not in shift_of else ()
        loose = set(unit)
        shifts = {shift_of[visit] for visit in unit if visit in shift_of}
        shifts |= set(self._spare_shift(seed, routes, rng))
        for visit in self._nearest_visits(seed, starts, rng):
            if len(loose) >= count:
                break
            together = self._unit(visit)
            needed = shifts | {shift_of[member] for member in together if member in shift_of}
            if len(needed) <= max_shifts and all(member in shift_of for member in together):
                loose.update(together)
                shifts = needed
        return Neighbourhood(tuple(sorted(shifts)), extra, frozenset(loose))

    def _draw(self, unassigned: Sequence[int], rng: Random) -> int:
        if unassigned and rng.random() < _UNASSIGNED_SHARE:
            return rng.choice(unassigned)
        return rng.randrange(len(self.problem.visits))

    def _unit(self, visit: int) -> tuple[int, ...]:
        group = self.problem.group_of[visit]
        return self.problem.groups[group] if group >= 0 else (visit,)

    def _nearest_shifts(
        self, seed: int, runs: dict[int, tuple[int, ...]], own: Iterable[int], count: int, rng: Random
    ) -> tuple[int, ...]:
        """Give the shifts nearest to a visit, those that could serve it first."""
        distance = self._distance_to_shifts(seed, runs) * self._noise(len(self.problem.shifts), rng)
        distance = np.where(self._could_exchange(seed, runs), distance, distance + _FAR)
        distance[list(own)] = -1
        order = np.argsort(distance, kind="stable")
        return tuple(sorted(int(shift) for shift in order[:count]))

    def _could_exchange(self, seed: int, runs: dict[int, tuple[int, ...]]) -> NDArray[np.bool_]:
        """Say for each shift whether it could serve the visit or one of its unit."""
        return np.asarray(self.possible[list(self._unit(seed))].any(axis=0))

    def _distance_to_shifts(self, seed: int, runs: dict[int, tuple[int, ...]]) -> NDArray[np.float64]:
        """Give the way from a visit to the nearest visit of each shift, or to its start place if unused."""
        to_place = self._to_places(int(self.visit_places[seed]))
        distance = to_place[self.start_places].astype(np.float64)
        for shift, visits in runs.items():
            distance[shift] = to_place[self.visit_places[list(visits)]].min()
        return distance

    def _to_places(self, place: int) -> NDArray[np.int64]:
        ticks = self.problem.travel[0].ticks
        return np.asarray((ticks[place].astype(np.int64) + ticks[:, place]) // 2)

    def _nearest_visits(self, seed: int, starts: dict[int, int], rng: Random) -> list[int]:
        """Give the served visits nearest in space and time that could share a shift with the seed."""
        visits = np.array(sorted(starts), dtype=np.int64)
        if visits.size == 0:
            return []
        ways = self._to_places(int(self.visit_places[seed]))[self.visit_places[visits]]
        apart = np.array([self._ticks_apart(seed, int(visit), starts) for visit in visits], dtype=np.int64)
        shared = (self.possible[visits] & self.possible[seed]).any(axis=1)
        score = (ways + apart // 4) * self._noise(visits.size, rng)
        score = np.where(shared, score, score * 2 + 1)
        order = np.argsort(score, kind="stable")
        return [int(visit) for visit in visits[order] if visit != seed]

    def _ticks_apart(self, seed: int, visit: int, starts: dict[int, int]) -> int:
        """Give how far a start lies from the seed's; for an unassigned seed, from its nearest window."""
        if seed in starts:
            return abs(starts[visit] - starts[seed])
        return min(
            max(window.earliest - starts[visit], starts[visit] - window.latest, 0)
            for window in self.problem.visits[seed].windows
        )

    def _spare_shift(self, seed: int, routes: Sequence[Route], rng: Random) -> tuple[int, ...]:
        """Give the nearest unused shift that could serve a visit, if there is one."""
        runs = {route.shift: route.visits for route in routes}
        distance = self._distance_to_shifts(seed, {}) * self._noise(len(self.problem.shifts), rng)
        spare = [int(s) for s in np.flatnonzero(self.possible[seed]) if int(s) not in runs]
        return (min(spare, key=lambda shift: (distance[shift], shift)),) if spare else ()

    def _noise(self, size: int, rng: Random) -> NDArray[np.float64]:
        return np.array([rng.uniform(0.6, 1.4) for _ in range(size)])


def _windows_meet(problem: RoutingProblem) -> NDArray[np.bool_]:
    """Say which shifts meet any window of which visits; shape (visits, shifts)."""
    starts = np.array([shift.start for shift in problem.shifts], dtype=np.int64)
    ends = np.array([shift.latest_return for shift in problem.shifts], dtype=np.int64)
    meets = np.zeros(problem.eligible.shape, dtype=np.bool_)
    for index, visit in enumerate(problem.visits):
        for window in visit.windows:
            meets[index] |= (starts <= window.latest) & (ends >= window.earliest)
    return meets
