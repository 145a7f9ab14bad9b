"""Tiny routing problems with all places on a line, one tick of travel for each unit of distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.problem import (
    Break,
    Link,
    RoutingProblem,
    Shift,
    StartWindow,
    TimeFactors,
    Travel,
    Visit,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FREE_FLOW = TimeFactors()


def visit(
    place: int,
    *windows: tuple[int, int] | StartWindow,
    duration: int = 10,
    unassigned: int = 10_000,
    early: int = 0,
    late: int = 0,
) -> Visit:
    """Give a visit; a window is a pair, (0, 1000) if none is named."""
    asked = [w if isinstance(w, StartWindow) else StartWindow(*w) for w in windows or [(0, 1000)]]
    return Visit(place, duration, tuple(asked), unassigned, early, late)


def shift(
    start: int = 0,
    end: int = 1000,
    *,
    staff: int = 0,
    home: int = 0,
    goes_to: int | None = None,
    overtime: int = 0,
    overtime_cost: int = 0,
    waiting_cost: int = 0,
    use_cost: int = 0,
    mode: int = 0,
    pause: Break | tuple[int, int, int] | None = None,
) -> Shift:
    """Give a shift from ``home`` and back; a pause may be (duration, earliest, latest)."""
    taken = Break(*pause) if isinstance(pause, tuple) else pause
    return Shift(
        staff,
        home,
        home if goes_to is None else goes_to,
        start,
        end,
        overtime,
        overtime_cost,
        waiting_cost,
        use_cost,
        mode,
        taken,
    )


def line_travel(
    positions: Sequence[int], factors: TimeFactors = FREE_FLOW, cost: int = 1, grid: int = 1
) -> Travel:
    """Give travel between positions on a line: a tick, and ``cost``, for each unit of distance."""
    at = np.array(positions, dtype=np.int32)
    distance = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    return Travel(distance * np.int32(grid), distance * np.int32(cost), factors)


def line_problem(
    visits: Sequence[Visit],
    shifts: Sequence[Shift],
    *,
    positions: Sequence[int] | None = None,
    links: Iterable[Link] = (),
    groups: Iterable[Sequence[int]] = (),
    not_eligible: Iterable[tuple[int, int]] = (),
    assignment: Iterable[tuple[int, int, int]] = (),
    factors: TimeFactors = FREE_FLOW,
    travel: Sequence[Travel] | None = None,
    travel_cost: int = 1,
    week_limits: Sequence[int | None] = (),
    max_late_cost: int = 0,
    grid: int = 1,
) -> RoutingProblem:
    """Give a problem whose place ``k`` lies at ``positions[k]`` on a line (at ``k``, if none are given).

    ``not_eligible`` are (visit, shift), ``assignment`` are (visit, shift, cost).
    """
    if positions is None:
        far = max(
            [v.place for v in visits] + [p for s in shifts for p in (s.start_place, s.end_place)], default=0
        )
        positions = range(far + 1)
    eligible = np.ones((len(visits), len(shifts)), dtype=np.bool_)
    for one, other in not_eligible:
        eligible[one, other] = False
    costs = np.zeros((len(visits), len(shifts)), dtype=np.int32)
    for one, other, cost in assignment:
        costs[one, other] = cost
    return RoutingProblem(
        tuple(visits),
        tuple(shifts),
        tuple(travel) if travel is not None else (line_travel(positions, factors, travel_cost, grid),),
        eligible,
        costs,
        tuple(tuple(group) for group in groups),
        tuple(links),
        tuple(week_limits),
        max_late_cost,
        grid,
    )
