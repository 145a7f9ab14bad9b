"""A piece made fit for a search that knows nothing of the plan around it.

Two things bind a piece that its rules do not say. Some visits may not be left out, because frozen members of
their group are served: leaving them out is made dearer than anything. And where the largest lateness of the
whole plan costs something, lateness up to the largest outside costs nothing more: the piece is given a visit
that is always as late, in a shift of its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from visitplan.solver.arithmetic import round_up
from visitplan.solver.problem import Shift, StartWindow, Visit
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import RoutingProblem

_NEVER_LEFT_OUT = 2**40
"""Cost units, far above what any step of a search may lose."""


def fit(
    piece: Piece, max_late_cost: int = 0, latest_outside: int = 0
) -> tuple[RoutingProblem, tuple[Route, ...]]:
    """Give the problem and the routes to be searched.

    Parameters
    ----------
    piece
        As it was cut.
    max_late_cost, latest_outside
        The whole problem's cost of a tick of the largest lateness, and that lateness outside the piece.
    """
    visits = tuple(
        replace(visit, unassigned_cost=_NEVER_LEFT_OUT) if index in piece.required else visit
        for index, visit in enumerate(piece.problem.visits)
    )
    problem = replace(piece.problem, visits=visits, max_late_cost=max_late_cost)
    place = _still(problem)
    if not max_late_cost or not latest_outside or place is None:
        return problem, piece.routes
    late = _always_late(problem, place, latest_outside)
    start = late.shifts[-1].start
    always = Route(len(late.shifts) - 1, (len(late.visits) - 1,), (start,), start, start)
    return late, (*piece.routes, always)


def unfit(piece: Piece, routes: Iterable[Route]) -> tuple[Route, ...]:
    """Give routes found for what :func:`fit` made of a piece as routes of the piece."""
    return tuple(route for route in routes if route.shift < len(piece.shifts))


def _still(problem: RoutingProblem) -> int | None:
    """Give a place from which it is no way to itself."""
    travel = problem.travel[0]
    still = np.flatnonzero((travel.ticks.diagonal() == 0) & (travel.cost.diagonal() == 0))
    return int(still[0]) if len(still) else None


def _always_late(problem: RoutingProblem, place: int, ticks: int) -> RoutingProblem:
    """Give the problem with one visit more, so many ticks late, and one shift more, which alone serves it."""
    start = round_up(ticks, problem.grid)
    window = StartWindow(start - ticks, start, 0, start - ticks, start - ticks)
    staff = 1 + max(shift.staff for shift in problem.shifts)
    limits = problem.week_limits
    return replace(
        problem,
        visits=(*problem.visits, Visit(place, 0, (window,), _NEVER_LEFT_OUT)),
        shifts=(*problem.shifts, Shift(staff, place, place, start, start)),
        eligible=_bordered(problem.eligible, 1),
        assignment_cost=_bordered(problem.assignment_cost, 0),
        week_limits=(*limits, *[None] * (staff + 1 - len(limits))) if limits else (),
    )


def _bordered(table: NDArray[Any], corner: int) -> NDArray[Any]:
    """Give a table with one row and one column more, all zeros but for the corner."""
    wider = np.pad(table, ((0, 1), (0, 1)))
    wider[-1, -1] = corner
    return wider
