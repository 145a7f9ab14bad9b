"""What a search finds, before it is a plan: sequences and starts that still have to be verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.closing import close_route

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found for one shift: visits in order, their starts, and when the break begins."""

    shift: int
    visits: tuple[int, ...]
    starts: tuple[int, ...]
    break_start: int | None


def routes_of(problem: RoutingProblem, found: Iterable[Found]) -> tuple[Route, ...] | None:
    """Give whole routes with the starts found; None where they leave no room for a first or last leg."""
    routes = []
    for run in found:
        route = close_route(problem, run.shift, run.visits, run.starts, _visits_before_break(problem, run))
        if route is None:
            return None
        routes.append(route)
    return tuple(routes)


def _visits_before_break(problem: RoutingProblem, run: Found) -> int:
    if run.break_start is None:
        return 0
    return sum(
        start + problem.visits[visit].duration <= run.break_start
        for visit, start in zip(run.visits, run.starts, strict=True)
    )
