"""Plans in and out of a arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.closing import close_route, pause_position
from visitplan.solver.search import layout as at
from visitplan.solver.search.annealing import list_absent
from visitplan.solver.search.arrays import table
from visitplan.solver.search.editing import undo
from visitplan.solver.search.insertion import apply
from visitplan.solver.search.removal import most_late
from visitplan.solver.search.terms import count_terms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.search.arrays import Arrays
    from visitplan.solver.solution import Route


def read_runs(node: NDArray[np.int32], visits: int, shifts: int) -> dict[int, tuple[int, ...]]:
    """Give the visits, in order, of each shift that is used."""
    following = node[:, at.NEXT].tolist()
    runs = {}
    for r in range(shifts):
        run = []
        x = following[visits + r]
        while x < visits:
            run.append(x)
            x = following[x]
        if run:
            runs[r] = tuple(run)
    return runs


def read_routes(problem: RoutingProblem, node: NDArray[np.int32]) -> tuple[Route, ...] | None:
    """Give the routes of a plan with the starts the search has for it; None if one cannot be closed."""
    visits = len(problem.visits)
    routes = []
    for r, run in read_runs(node, visits, len(problem.shifts)).items():
        arcs = node[[visits + r, *run], at.ARC] & at.BREAK
        pause_at = int(arcs.argmax())
        route = close_route(problem, r, run, node[list(run), at.START].tolist(), pause_at)
        if route is None:
            return None
        routes.append(route)
    return tuple(routes)


def load_routes(arrays: Arrays, problem: RoutingProblem, routes: Sequence[Route]) -> None:
    """Put a plan into an empty state; units that do not hold together there are left out.

    Starts may come out earlier than given.
    """
    unit_of = arrays.visit[:, at.UNIT]
    wanted = {v for route in routes for v in route.visits}
    lost: set[int] = set()
    while not _try_load(arrays, problem, routes, wanted, lost):
        wanted = {v for v in wanted if int(unit_of[v]) not in lost}
    recount(arrays)


def _try_load(
    arrays: Arrays, problem: RoutingProblem, routes: Sequence[Route], wanted: set[int], lost: set[int]
) -> bool:
    """Put the wanted visits in; if one does not fit, take all out again and name its unit."""
    count, state = arrays.count, table(arrays)
    count[at.LOGGED] = count[at.EDITED] = 0
    for route in routes:
        last = len(problem.visits) + route.shift
        before_pause = pause_position(problem, route)
        for index, (v, start) in enumerate(zip(route.visits, route.starts, strict=True)):
            if v not in wanted:
                continue
            first, end = arrays.visit[v, [at.FLOOR_FROM, at.FLOOR_TO]]
            floor = max(int(f) for f in arrays.floor[first:end] if f <= max(start, arrays.floor[first]))
            cost, _ = apply(state, v, last, int(index >= before_pause), floor, 0)
            if cost >= at.IMPOSSIBLE:
                lost.add(int(arrays.visit[v, at.UNIT]))
                undo(state, 0, 0)
                return False
            last = v
            count[at.LOGGED] = 0
    return True


def recount(arrays: Arrays) -> None:
    """Count the cost of the plan in a state from scratch, and all that is kept beside the nodes."""
    count = arrays.count
    list_absent(table(arrays))
    count[at.MOST_LATE] = most_late(table(arrays))
    count[at.CURRENT] = plan_cost(arrays)


def plan_cost(arrays: Arrays) -> int:
    """Give the cost of the plan as it stands, summed from its nodes."""
    node, shift, count = arrays.node, arrays.shift, arrays.count
    visits, shifts = int(count[at.VISITS]), int(count[at.SHIFTS])
    served = np.flatnonzero(node[:visits, at.ROUTE] >= 0)
    used = np.flatnonzero(node[visits : visits + shifts, at.NEXT] < visits)
    total = int(node[served, at.LEG_COST].sum(dtype=np.int64))
    total += int(node[visits + used, at.LEG_COST].sum(dtype=np.int64))
    total += int(arrays.price[served, node[served, at.ROUTE]].sum(dtype=np.int64))
    total += int(shift[used, at.USE_COST].sum())
    total += sum(_start_cost(arrays, int(v)) for v in [*served, *(visits + shifts + used)])
    total += int(count_terms(table(arrays)))
    total += int(count[at.MAX_LATE_COST] * most_late(table(arrays)))
    return total + int(arrays.penalty[arrays.absent[: count[at.ABSENT]]].sum())


def _start_cost(arrays: Arrays, x: int) -> int:
    """Give the cost of when a node starts, as the tables say, without the search's own arithmetic."""
    row = arrays.node[x].tolist()
    if row[at.KIND] == at.PLAIN:
        return int(row[at.RATE] * max(0, row[at.START] - row[at.DUE]))
    asked = arrays.visit[x]
    for opens, closes, first, last, flat in arrays.window[
        asked[at.WINDOW_FROM] : asked[at.WINDOW_TO]
    ].tolist():
        if opens <= row[at.START] <= closes:
            early = int(asked[at.EARLY_RATE]) * max(0, first - row[at.START])
            return int(flat + early + row[at.RATE] * max(0, row[at.START] - last))
    raise AssertionError(f"node {x} starts outside its windows")


def take_over(arrays: Arrays, node: NDArray[np.int32]) -> None:
    """Let a state go on from another plan of the same problem."""
    arrays.node[:] = node
    _recount_busy(arrays)
    recount(arrays)


def _recount_busy(arrays: Arrays) -> None:
    node, count = arrays.node, arrays.count
    visits, shifts = int(count[at.VISITS]), int(count[at.SHIFTS])
    arrays.busy[:] = 0
    for row in node[: visits + shifts]:
        if row[at.ROUTE] >= 0:
            staff = arrays.shift[row[at.ROUTE], at.STAFF]
            arrays.busy[staff] += int(row[at.DURATION]) + int(row[at.LEG_TICKS])
