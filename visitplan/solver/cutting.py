"""Cutting a plan into blocks of neighbouring shifts, each time in another way.

All shifts of one member of staff stay together, so that rules about staff and weeks hold in each block by
itself. Two members of staff are neighbours when their visits are near and their hours overlap: a shift of the
morning has little to give to one of another day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.solver.evaluation import worked_ticks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

_SLOTS = 48
"""Parts of the planning period in which hours of work are compared."""

_DRAWN = 4
"""Cuts drawn for each halving; the one that the fewest links cross is made."""

_HOURS = (0.0, 0.5, 2.0)
"""What no common hour counts, in widths of the area: drawn for each cut."""

_NEAREST = 3
"""An unassigned visit goes along with one of so many nearest members of staff who may serve it."""


@dataclass(frozen=True, slots=True)
class Block:
    """Shifts to be searched together, and the unassigned visits that go along with them."""

    shifts: tuple[int, ...]
    extra: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where and when each member of staff works, and how much.

    Attributes
    ----------
    staff_of
        For each shift, its member of staff, numbered by who has shifts.
    places
        For each shift the place in the middle of its run, its start where it has none.
    home
        For each member of staff, the place of the shift with most visits.
    weight
        Visits, and one for each shift.
    hours
        Shape (staff, slots): ticks worked in each slot of the period.
    links
        Shape (links between served visits, 2): the two members of staff.
    """

    staff_of: NDArray[np.intp]
    places: NDArray[np.intp]
    home: NDArray[np.intp]
    weight: NDArray[np.int64]
    hours: NDArray[np.float32]
    links: NDArray[np.intp]


def blocks(problem: RoutingProblem, routes: Sequence[Route], count: int, rng: Random) -> list[Block]:
    """Cut the shifts into up to ``count`` blocks of about the same number of visits.

    Every shift is in one block, all shifts of a member of staff in the same. Each unassigned unit goes along
    with a near member of staff, or with what it is linked to; one that is linked into two blocks stays
    behind.
    """
    ground = _ground(problem, routes)
    everybody = np.arange(len(ground.home))
    parts = _halved(problem, ground, everybody, count, rng)
    block_of_staff = np.zeros(len(everybody), dtype=np.intp)
    for number, part in enumerate(parts):
        block_of_staff[part] = number
    block_of = block_of_staff[ground.staff_of]
    extra = _placed(problem, routes, ground, block_of, rng)
    return [
        Block(tuple(np.flatnonzero(block_of == number).tolist()), tuple(extra.get(number, ())))
        for number in range(len(parts))
    ]


# --- the ground -----------------------------------------------------------------------------------------


def _ground(problem: RoutingProblem, routes: Sequence[Route]) -> _Ground:
    shifts = problem.shifts
    staff, staff_of = np.unique([shift.staff for shift in shifts], return_inverse=True)
    load = np.zeros(len(shifts), dtype=np.int64)
    places = np.array([shift.start_place for shift in shifts], dtype=np.intp)
    for route in routes:
        load[route.shift] = len(route.visits)
        places[route.shift] = _middle(problem, route)
    home = np.zeros(len(staff), dtype=np.intp)
    order = np.argsort(load, kind="stable")
    home[staff_of[order]] = places[order]  # the last one written is the shift with most visits
    weight = np.bincount(staff_of, load + 1, len(staff)).astype(np.int64)
    return _Ground(
        staff_of,
        places,
        home,
        weight,
        _hours(problem, staff_of),
        _links(problem, routes, staff_of),
    )


def _middle(problem: RoutingProblem, route: Route) -> int:
    """Give the place of a run from which its others are nearest in sum."""
    places = [problem.visits[visit].place for visit in route.visits]
    ways = problem.travel[0].ticks[np.ix_(places, places)].astype(np.int64)
    return places[int(ways.sum(axis=1).argmin())]


def _hours(problem: RoutingProblem, staff_of: NDArray[np.intp]) -> NDArray[np.float32]:
    begins = np.array([shift.start for shift in problem.shifts], dtype=np.float64)
    ends = np.array([shift.end for shift in problem.shifts], dtype=np.float64) + 1
    edges = np.linspace(begins.min(), ends.max(), _SLOTS + 1)
    within = np.minimum(ends[:, None], edges[1:]) - np.maximum(begins[:, None], edges[:-1])
    hours = np.zeros((staff_of.max() + 1, _SLOTS), dtype=np.float32)
    np.add.at(hours, staff_of, np.maximum(0, within).astype(np.float32))
    return hours


def _links(problem: RoutingProblem, routes: Sequence[Route], staff_of: NDArray[np.intp]) -> NDArray[np.intp]:
    at = {visit: staff_of[route.shift] for route in routes for visit in route.visits}
    pairs = [
        (at[link.first], at[link.second])
        for link in problem.links
        if link.first in at and link.second in at and at[link.first] != at[link.second]
    ]
    return np.array(pairs, dtype=np.intp).reshape(-1, 2)


# --- halving --------------------------------------------------------------------------------------------


def _halved(
    problem: RoutingProblem, ground: _Ground, staff: NDArray[np.intp], count: int, rng: Random
) -> list[NDArray[np.intp]]:
    count = min(count, len(staff))
    if count <= 1:
        return [staff]
    sides = count // 2, count - count // 2
    cuts = [_cut(problem, ground, staff, sides, rng) for _ in range(_DRAWN)]
    near = min(cuts, key=lambda inside: _crossing(ground, staff, inside))
    return [
        *_halved(problem, ground, staff[near], sides[0], rng),
        *_halved(problem, ground, staff[~near], sides[1], rng),
    ]


def _cut(
    problem: RoutingProblem, ground: _Ground, staff: NDArray[np.intp], sides: tuple[int, int], rng: Random
) -> NDArray[np.bool_]:
    """Say who lies on the near side of a cut drawn at random, for so many blocks on either side.

    Weight is shared by these numbers, and each block can have somebody. Members of staff are ordered by how
    much nearer they are to one of them than to another far from it.
    """
    hours = rng.choice(_HOURS)
    one = staff[rng.randrange(len(staff))]
    from_one = _apart(problem, ground, one, staff, hours)
    other = staff[int(from_one.argmax())]
    order = np.argsort(from_one - _apart(problem, ground, other, staff, hours), kind="stable")
    weight = ground.weight[staff[order]].cumsum()
    number = int(np.searchsorted(weight, weight[-1] * sides[0] / sum(sides))) + 1
    near = np.zeros(len(staff), dtype=np.bool_)
    near[order[: min(max(sides[0], number), len(staff) - sides[1])]] = True
    return near


def _apart(
    problem: RoutingProblem, ground: _Ground, one: np.intp, staff: NDArray[np.intp], hours: float
) -> NDArray[np.float32]:
    """Give how far others are from one member of staff: travel, and hours of work that are not common."""
    row = problem.travel[0].ticks[ground.home[one]]
    ticks: NDArray[np.float32] = row[ground.home[staff]].astype(np.float32)
    if not hours:
        return ticks
    common = np.minimum(ground.hours[one], ground.hours[staff]).sum(axis=1)
    most = np.maximum(1, np.minimum(ground.hours[one].sum(), ground.hours[staff].sum(axis=1)))
    width = np.float32(hours * max(1.0, float(ticks.max())))
    return np.asarray(ticks + width * (1 - common / most), dtype=np.float32)


def _crossing(ground: _Ground, staff: NDArray[np.intp], near: NDArray[np.bool_]) -> int:
    """Count the links between the two sides of a cut."""
    side = np.full(len(ground.home), -1, dtype=np.int8)
    side[staff] = near
    first, second = side[ground.links[:, 0]], side[ground.links[:, 1]]
    return int(((first >= 0) & (second >= 0) & (first != second)).sum())


# --- unassigned visits ----------------------------------------------------------------------------------


def _placed(
    problem: RoutingProblem,
    routes: Sequence[Route],
    ground: _Ground,
    block_of: NDArray[np.intp],
    rng: Random,
) -> Mapping[int, list[int]]:
    """Give the unassigned visits that go along with each block, what is linked together in the same."""
    at = {visit: int(block_of[route.shift]) for route in routes for visit in route.visits}
    absent = [visit for visit in range(len(problem.visits)) if visit not in at]
    found: dict[int, list[int]] = {}
    if not absent:
        return found
    seats = _Seats(problem, routes, ground, block_of)
    seen: set[int] = set()
    for first in absent:
        if first in seen:
            continue
        bunch = _bunch(problem, first, at)
        seen |= bunch
        partners = {at[visit] for member in bunch for visit in _partners(problem, member) if visit in at}
        block = partners.pop() if partners else seats.near(first, len(bunch), rng)
        if not partners and block is not None:
            found.setdefault(block, []).extend(sorted(bunch))
    return found


class _Seats:
    """Finds the blocks in which somebody near may serve a visit, and still has time for it."""

    def __init__(
        self,
        problem: RoutingProblem,
        routes: Sequence[Route],
        ground: _Ground,
        block_of: NDArray[np.intp],
    ) -> None:
        self._problem, self._ground, self._block_of = problem, ground, block_of
        self._begins = np.array([shift.start for shift in problem.shifts])
        self._ends = np.array([shift.latest_return for shift in problem.shifts])
        self._room = self._ends - self._begins
        for route in routes:
            self._room[route.shift] -= worked_ticks(problem, route)

    def near(self, visit: int, count: int, rng: Random) -> int | None:
        """Give the block of a near shift for so many visits like one; None if no shift may serve it."""
        asked = self._problem.visits[visit]
        able = self._problem.eligible[visit] & (self._ends >= asked.windows[0].earliest)
        shifts = np.flatnonzero(able & (self._begins <= asked.windows[-1].latest))
        if not len(shifts):
            return None
        free = shifts[self._room[shifts] > 0]
        shifts = free if len(free) else shifts
        ways = self._problem.travel[0].ticks[asked.place, self._ground.places[shifts]]
        nearest = shifts[np.argsort(ways, kind="stable")[:_NEAREST]]
        shift = nearest[rng.randrange(len(nearest))]
        way = int(self._problem.travel[0].ticks[asked.place, self._ground.places[shift]])
        self._room[shift] -= count * (asked.duration + min(way, asked.duration))
        return int(self._block_of[shift])


def _bunch(problem: RoutingProblem, first: int, served: Mapping[int, int]) -> set[int]:
    """Give the unassigned visits that a visit hangs together with, by links and groups."""
    bunch, waiting = {first}, [first]
    while waiting:
        for visit in _partners(problem, waiting.pop()):
            if visit not in served and visit not in bunch:
                bunch.add(visit)
                waiting.append(visit)
    return bunch


def _partners(problem: RoutingProblem, visit: int) -> list[int]:
    """Give the visits that one is linked to or in a group with."""
    group = problem.group_of[visit]
    linked = [link.second if link.first == visit else link.first for link in problem.links_of[visit]]
    return [*linked, *(problem.groups[group] if group >= 0 else ())]
