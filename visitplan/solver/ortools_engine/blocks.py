"""Cutting a large plan into blocks of neighbouring shifts, each with its share of every kind of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

_ALIKE = 0.7
"""Two shifts are of one kind when so large a part of the visits either may serve is common to both."""


def blocks(problem: RoutingProblem, routes: Sequence[Route], most: int) -> list[tuple[int, ...]]:
    """Cut the shifts into blocks that serve about ``most`` visits each, or fewer.

    The cut is made in halves: the shifts of each kind (those that may serve mostly the same visits) are
    ordered from one end of the area to the other and split where half of their hours lie on either side. So
    every block has its share of each skill, and a visit can find another member of staff in its own block.
    """
    load = np.zeros(len(problem.shifts), dtype=np.int64)
    places = np.array([shift.start_place for shift in problem.shifts], dtype=np.int64)
    for route in routes:
        load[route.shift] = len(route.visits)
        places[route.shift] = _middle(problem, route)
    kinds = _kinds(problem)
    whole = np.arange(len(problem.shifts))
    return [
        tuple(int(shift) for shift in block) for block in _halved(problem, whole, load, places, kinds, most)
    ]


def _halved(
    problem: RoutingProblem,
    shifts: NDArray[np.int64],
    load: NDArray[np.int64],
    places: NDArray[np.int64],
    kinds: NDArray[np.int64],
    most: int,
) -> list[NDArray[np.int64]]:
    if load[shifts].sum() <= most or len(shifts) < 4:
        return [shifts]
    order = _from_end_to_end(problem, places[shifts])
    near, far = [], []
    for kind in np.unique(kinds[shifts]):
        same = shifts[order][kinds[shifts[order]] == kind]
        hours = np.cumsum([problem.shifts[shift].end - problem.shifts[shift].start + 1 for shift in same])
        half = int(np.searchsorted(hours, hours[-1] / 2))
        near.extend(same[: half + 1])
        far.extend(same[half + 1 :])
    if not far:
        return [shifts]
    halves = (np.sort(np.array(near)), np.sort(np.array(far)))
    return [block for half in halves for block in _halved(problem, half, load, places, kinds, most)]


def _from_end_to_end(problem: RoutingProblem, places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Order places by how much nearer they are to one end of the area than to the other."""
    ticks = problem.travel[0].ticks
    one = places[int(ticks[places[0], places].argmax())]
    other = places[int(ticks[one, places].argmax())]
    towards = ticks[one, places].astype(np.int64) - ticks[other, places]
    return np.argsort(towards, kind="stable")


def _middle(problem: RoutingProblem, route: Route) -> int:
    """Give the place of a run from which its others are nearest in sum."""
    places = [problem.visits[visit].place for visit in route.visits]
    ways = problem.travel[0].ticks[np.ix_(places, places)].astype(np.int64)
    return places[int(ways.sum(axis=1).argmin())]


def _kinds(problem: RoutingProblem) -> NDArray[np.int64]:
    """Give each shift a kind; shifts that may serve mostly the same visits have the same."""
    columns: list[NDArray[np.bool_]] = []
    kinds = np.zeros(len(problem.shifts), dtype=np.int64)
    for shift in range(len(problem.shifts)):
        able = problem.eligible[:, shift]
        for kind, model in enumerate(columns):
            if (able & model).sum() >= _ALIKE * (able | model).sum():
                kinds[shift] = kind
                break
        else:
            kinds[shift] = len(columns)
            columns.append(able)
    return kinds
