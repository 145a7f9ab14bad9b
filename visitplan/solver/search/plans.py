"""Plans in and out of a arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from visitplan.solver.closing import close_route, pause_position
from visitplan.solver.evaluation import violations
from visitplan.solver.search import layout as at
from visitplan.solver.search.arrays import table
from visitplan.solver.search.work import LOAD, RECOUNT, work
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.search.arrays import Arrays
    from visitplan.solver.solution import Route

Row: TypeAlias = tuple[int, int, int, int]
"""Visit, shift, 1 if the break stays before the visit, and floor: what is needed to put a plan together."""


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


def read_plan(problem: RoutingProblem, node: NDArray[np.int32]) -> tuple[Route, ...] | None:
    """Give the routes of a plan, timed anew where the search's own starts break a rule of the week.

    None if the plan holds with no starts that are tried.
    """
    routes = read_routes(problem, node)
    if routes is not None and not violations(problem, routes):
        return routes
    visits = len(problem.visits)
    runs = read_runs(node, visits, len(problem.shifts))
    floors = {v: int(node[v, at.FLOOR]) for run in runs.values() for v in run}
    pauses = {
        r: int((node[[visits + r, *run], at.ARC] & at.BREAK).argmax())
        for r, run in runs.items()
        if problem.shifts[r].pause is not None
    }
    routes = time_runs(problem, runs, floors, pauses)
    return None if routes is None or violations(problem, routes) else routes


def load_routes(arrays: Arrays, problem: RoutingProblem, routes: Sequence[Route]) -> None:
    """Put a plan into an empty state; units that do not hold together there are left out.

    Starts may come out earlier than given.
    """
    load_rows(arrays, _rows(arrays, problem, routes))


def load_rows(arrays: Arrays, given: Iterable[Row]) -> None:
    """Put visits into an empty state, each at the end of its run, without units that do not fit whole."""
    state, rows = table(arrays), list(given)
    missing = (arrays.unit_from[1:] - arrays.unit_from[:-1]).tolist()
    for row in rows:
        missing[arrays.visit[row[0], at.UNIT]] -= 1
    rows = [row for row in rows if not missing[arrays.visit[row[0], at.UNIT]]]
    while rows:
        arrays.given[: len(rows)] = rows
        failed = work(state, LOAD, len(rows), 0)
        if failed < 0:
            break
        units = arrays.visit[:, at.UNIT]
        lost = units[rows[failed][0]]
        rows = [row for row in rows if units[row[0]] != lost]
    arrays.count[at.OVERFLOW] = 0


def rows_by_shift(node: NDArray[np.int32], visits: int, shifts: int) -> dict[int, list[Row]]:
    """Give the rows, in order, of each shift that a plan uses."""
    floors = node[:visits, at.FLOOR].tolist()
    rows = {}
    for r, run in read_runs(node, visits, shifts).items():
        pause_at = int((node[[visits + r, *run], at.ARC] & at.BREAK).argmax())
        rows[r] = [(v, r, int(index >= pause_at), floors[v]) for index, v in enumerate(run)]
    return rows


def _rows(arrays: Arrays, problem: RoutingProblem, routes: Sequence[Route]) -> Iterator[Row]:
    """Give the rows of a plan."""
    for route in routes:
        before_pause = pause_position(problem, route)
        for index, (v, start) in enumerate(zip(route.visits, route.starts, strict=True)):
            first, end = arrays.visit[v, [at.FLOOR_FROM, at.FLOOR_TO]]
            floors = arrays.floor[first:end]
            floor = int(floors[max(0, int((floors <= start).sum()) - 1)])
            yield v, route.shift, int(index >= before_pause), floor


def recount(arrays: Arrays) -> None:
    """Count the cost of the plan in a state from scratch, and all that is kept beside the nodes."""
    arrays.count[at.CURRENT] = plan_cost(arrays)


def plan_cost(arrays: Arrays) -> int:
    """Give the cost of the plan as it stands, summed from its nodes; ABSENT and MOST_LATE are set anew."""
    node, shift, count = arrays.node, arrays.shift, arrays.count
    visits, shifts = int(count[at.VISITS]), int(count[at.SHIFTS])
    served = np.flatnonzero(node[:visits, at.ROUTE] >= 0)
    used = np.flatnonzero(node[visits : visits + shifts, at.NEXT] < visits)
    total = int(node[served, at.LEG_COST].sum(dtype=np.int64))
    total += int(node[visits + used, at.LEG_COST].sum(dtype=np.int64))
    total += int(arrays.price[served, node[served, at.ROUTE]].sum(dtype=np.int64))
    total += int(shift[used, at.USE_COST].sum())
    total += sum(_start_cost(arrays, int(v)) for v in [*served, *(visits + shifts + used)])
    total += int(work(table(arrays), RECOUNT, 0, 0))
    total += int(count[at.MAX_LATE_COST] * count[at.MOST_LATE])
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
