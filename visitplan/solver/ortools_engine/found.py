"""What a search finds, before it is a plan: sequences and starts that still have to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.closing import close_route
from visitplan.solver.evaluation import violations
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found for one shift: visits in order, their starts, and when the break begins."""

    shift: int
    visits: tuple[int, ...]
    starts: tuple[int, ...]
    break_start: int | None


def routes_of(problem: RoutingProblem, found: Sequence[Found]) -> tuple[Route, ...] | None:
    """Give valid routes for what was found, with its starts or, if these are not valid, the earliest ones.

    None if its sequences are not valid however they are timed.
    """
    pauses = {run.shift: _visits_before_break(problem, run) for run in found}
    closed = [close_route(problem, run.shift, run.visits, run.starts, pauses[run.shift]) for run in found]
    routes = tuple(route for route in closed if route is not None)
    if len(routes) == len(closed) and not violations(problem, routes):
        return routes
    timed = time_runs(problem, {run.shift: run.visits for run in found}, pauses=pauses)
    return timed if timed is not None and not violations(problem, timed) else None


def _visits_before_break(problem: RoutingProblem, run: Found) -> int:
    if run.break_start is None:
        return 0
    return sum(
        start + problem.visits[visit].duration <= run.break_start
        for visit, start in zip(run.visits, run.starts, strict=True)
    )
