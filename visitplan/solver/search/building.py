"""From a RoutingProblem to the search's arrays, and from the arrays back to routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from visitplan.errors import SolverError
from visitplan.solver.arithmetic import round_up, speeds
from visitplan.solver.problem import RoutingProblem, StaffRule
from visitplan.solver.search import layout as at
from visitplan.solver.search import places
from visitplan.solver.search.arrays import Arrays
from visitplan.solver.search.neighbours import Neighbours, nearest_shifts, neighbours
from visitplan.solver.search.randomness import seeded

_NEGLOG_ENTRIES = 4096
_WIDEST = 32
_LARGEST_RATE = 2**31 - 1

_ROWS = 512
"""Visits priced at once."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What all workers of one problem read and none writes.

    Attributes
    ----------
    ticks, cost
        Travel between places by their numbers.
    mode
        The mode that most shifts have.
    number
        The number of each place, None where it is its own (see ``places``).
    """

    problem: RoutingProblem
    ticks: NDArray[np.int32]
    cost: NDArray[np.int32]
    price: NDArray[np.int32]
    lists: Neighbours
    front: NDArray[np.int32]
    mode: int
    number: NDArray[np.intp] | None


def share(problem: RoutingProblem, threads: int = 1) -> Shared:
    """Give the arrays that do not change, made by so many threads.

    Raises
    ------
    SolverError
        A time or a rate is too large for the search.
    """
    _demand_small(problem)
    modes = np.bincount([shift.mode for shift in problem.shifts])
    mode = int(modes.argmax())
    number = places.numbers(problem, mode)
    ticks = _stacked([places.renumbered(travel.ticks, number) for travel in problem.travel])
    cost = _stacked([places.renumbered(travel.cost, number) for travel in problem.travel])
    flat = np.array([0 if _stepped(v) else v.windows[0].cost for v in problem.visits], dtype=np.int64)
    price = _priced(problem, flat)
    lists = neighbours(problem, price, mode, threads)
    return Shared(problem, ticks, cost, price, lists, nearest_shifts(problem, price), mode, number)


def _demand_small(problem: RoutingProblem) -> None:
    ends = [shift.latest_return for shift in problem.shifts]
    opens = [visit.windows[-1].earliest + visit.duration for visit in problem.visits]
    rates = [r for v in problem.visits for r in (v.early_cost, v.late_cost, *(w.cost for w in v.windows))]
    rates += [r for s in problem.shifts for r in (s.overtime_cost, s.waiting_cost)]
    if max(opens, default=0) >= at.NEVER or min((s.start for s in problem.shifts), default=0) >= at.NEVER:
        raise SolverError("times are too large for the search: use larger ticks")
    if max(rates, default=0) > _LARGEST_RATE or min(ends, default=0) < -at.NEVER:
        raise SolverError("costs are too large for the search: use larger cost units")


def _priced(problem: RoutingProblem, flat: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give what each visit costs in each shift, its window's cost included; -1 where it may not be.

    Raises
    ------
    SolverError
        A cost is too large.
    """
    price = np.empty(problem.eligible.shape, dtype=np.int32)
    for first in range(0, len(flat), _ROWS):
        rows = slice(first, first + _ROWS)
        sums = np.where(problem.eligible[rows], problem.assignment_cost[rows] + flat[rows, None], -1)
        if sums.max(initial=-1) > _LARGEST_RATE:
            raise SolverError("an assignment cost is too large for the search")
        price[rows] = sums
    return price


def _stacked(matrices: list[NDArray[np.int32]]) -> NDArray[np.int32]:
    """Give matrices as one array, without a copy if there is only one or they lie so in memory."""
    if len(matrices) == 1:
        return np.ascontiguousarray(matrices[0])
    whole = matrices[0].base
    rows = sum(len(matrix) for matrix in matrices)
    if not isinstance(whole, np.ndarray):  # none, or the bytes that a pickled matrix was read from
        return np.concatenate(matrices)
    if whole.shape != (rows, matrices[0].shape[1]) or not whole.flags.c_contiguous:
        return np.concatenate(matrices)
    begins = np.cumsum([0, *(matrix.nbytes for matrix in matrices[:-1])]) + whole.ctypes.data
    in_order = all(
        matrix.base is whole and matrix.flags.c_contiguous and matrix.ctypes.data == begin
        for matrix, begin in zip(matrices, begins.tolist(), strict=True)
    )
    return whole if in_order else np.concatenate(matrices)


def _stepped(visit: object) -> bool:
    """Say whether a visit's cost does not simply rise after a time."""
    windows = visit.windows  # type: ignore[attr-defined]
    early = visit.early_cost and windows[0].preferred[0] > windows[0].earliest  # type: ignore[attr-defined]
    return len(windows) > 1 or bool(early)


def _tick(value: int) -> int:
    return min(value, at.NEVER - 1)


# --- tables ---------------------------------------------------------------------------------------------


def _window_tables(
    problem: RoutingProblem, table: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Fill the windows' and floors' columns of the visit table; give windows and floors."""
    windows: list[list[int]] = []
    floors: list[int] = []
    rows: list[tuple[int, ...]] = []
    for visit in problem.visits:
        window_from, floor_from = len(windows), len(floors)
        kept = [w for w in visit.windows if round_up(w.earliest, problem.grid) <= w.latest]
        found: list[int] = []
        cheapest = None
        for w in kept:
            opens = round_up(w.earliest, problem.grid)
            first, last = w.preferred
            windows.append([opens, _tick(w.latest), first, _tick(last), w.cost])
            if cheapest is None or w.cost < cheapest:
                found.append(opens)
            wish = round_up(first, problem.grid)
            if visit.early_cost and opens < wish <= w.latest:
                found.append(wish)
            cheapest = w.cost
        floors.extend(found or [at.NEVER])
        first = floors[floor_from]
        rows.append((window_from, len(windows), floor_from, len(floors), first, visit.early_cost))
    table[:, [at.WINDOW_FROM, at.WINDOW_TO, at.FLOOR_FROM, at.FLOOR_TO, at.FIRST, at.EARLY_RATE]] = rows
    return np.array(windows or [[0] * at.WINDOW_COLUMNS], np.int32), np.array(floors, np.int32)


def _link_table(
    problem: RoutingProblem, node: NDArray[np.int32], visit: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Give the links by visit, and tell nodes and visits where theirs are."""
    rows: list[list[list[int]]] = [[] for _ in problem.visits]
    for link in problem.links:
        lo = at.NO_GAP if link.lo is None else round_up(link.lo, problem.grid)
        hi = at.NO_GAP if link.hi is None else round_up(-link.hi, problem.grid)
        rows[link.first].append([link.second, max(lo, at.NO_GAP), max(hi, at.NO_GAP), int(link.staff)])
        rows[link.second].append([link.first, max(hi, at.NO_GAP), max(lo, at.NO_GAP), int(link.staff)])
        if link.staff is not StaffRule.ANY:
            visit[[link.first, link.second], at.STAFF_RULED] = 1
    flat = [row for of in rows for row in of]
    ends = np.cumsum([len(of) for of in rows])
    node[: len(rows), at.LINK_TO] = ends
    node[: len(rows), at.LINK_FROM] = ends - [len(of) for of in rows]
    return np.array(flat or [[0] * at.LINK_COLUMNS], dtype=np.int32)


def _shift_table(problem: RoutingProblem) -> NDArray[np.int64]:
    table = np.zeros((len(problem.shifts), at.SHIFT_COLUMNS), dtype=np.int64)
    for r, shift in enumerate(problem.shifts):
        row = table[r]
        row[at.STAFF], row[at.MODE] = shift.staff, shift.mode
        row[at.USE_COST], row[at.WAITING_COST] = shift.use_cost, shift.waiting_cost
        row[at.LATEST_RETURN] = shift.latest_return
        limit = problem.week_limits[shift.staff] if problem.week_limits else None
        row[at.WEEK_LIMIT] = -1 if limit is None else limit
        if shift.pause is not None:
            row[at.PAUSE] = shift.pause.duration
            row[at.PAUSE_STEP] = round_up(shift.pause.duration, problem.grid)
            row[at.PAUSE_EARLIEST] = shift.pause.earliest
            row[at.PAUSE_LATEST] = shift.pause.latest
            row[at.PAUSE_OVER] = round_up(shift.pause.earliest + shift.pause.duration, problem.grid)
    return table


def _speed_table(problem: RoutingProblem) -> NDArray[np.int64]:
    most = max(len(travel.factors.starts) for travel in problem.travel)
    table = np.zeros((len(problem.travel), most + 2, 2), dtype=np.int64)
    for mode, travel in enumerate(problem.travel):
        if travel.factors.starts:
            unit, rates = speeds(travel.factors)
            table[mode, 0] = unit, len(rates)
            table[mode, 1 : len(rates) + 1, 1] = rates
            table[mode, 2 : len(rates) + 1, 0] = travel.factors.starts
    return table


def _span_shift(problem: RoutingProblem) -> int:
    """Give how many bits of a tick a part of time is long, so that all changes of speed lie in the parts."""
    last = max((start for travel in problem.travel for start in travel.factors.starts), default=0)
    return max(0, last.bit_length() - (at.SPAN_PARTS - 1).bit_length())


def _span_table(problem: RoutingProblem) -> NDArray[np.int32]:
    """Give the row of each mode's speeds that holds at the beginning of each part of time.

    That of the first part is the one before every change, as it stands for all before it as well.
    """
    begins = np.arange(at.SPAN_PARTS) << _span_shift(problem)
    starts = [travel.factors.starts for travel in problem.travel]
    table = np.array([1 + np.searchsorted(of, begins, side="right") for of in starts], dtype=np.int32)
    table[:, 0] = 1
    return table


def _node_table(problem: RoutingProblem, number: NDArray[np.intp] | None) -> NDArray[np.int32]:
    """Give the nodes of an empty plan, at places by their numbers."""
    visits, shifts = len(problem.visits), len(problem.shifts)
    node = _aligned(visits + 2 * shifts, at.NODE_COLUMNS)
    node[:, [at.NEXT, at.PREV, at.ROUTE]] = -1
    node[:visits, [at.DURATION, at.PLACE, at.RATE, at.DUE, at.LATEST, at.KIND]] = [
        (
            visit.duration,
            visit.place,
            visit.late_cost,
            _tick(visit.windows[-1].preferred[1]),
            _tick(visit.windows[-1].latest),
            at.STEPPED if _stepped(visit) else at.PLAIN,
        )
        for visit in problem.visits
    ]
    for r, shift in enumerate(problem.shifts):
        begin, end = visits + r, visits + shifts + r
        start = round_up(shift.start, problem.grid)
        node[[begin, end], at.ROUTE] = r
        node[begin, at.NEXT], node[end, at.PREV] = end, begin
        node[begin, at.PLACE], node[end, at.PLACE] = shift.start_place, shift.end_place
        node[[begin, end], at.START] = node[[begin, end], at.FLOOR] = start
        node[begin, [at.DUE, at.LATEST]] = at.NEVER - 1
        node[end, [at.DUE, at.LATEST]] = _tick(shift.end), _tick(shift.latest_return)
        node[end, at.RATE] = shift.overtime_cost
        timed = at.TIMED if problem.travel[shift.mode].factors.starts else 0
        node[begin, at.ARC] = timed | (at.BREAK if shift.pause is not None else 0)
    if number is not None:
        node[:, at.PLACE] = number[node[:, at.PLACE]]
    return node


def _aligned(rows: int, columns: int) -> NDArray[np.int32]:
    """Give zeros whose rows begin where cache lines do."""
    raw = np.zeros(rows * columns * 4 + 64, dtype=np.uint8)
    begin = -raw.ctypes.data % 64
    return raw[begin : begin + rows * columns * 4].view(np.int32).reshape(rows, columns)


def _remote(problem: RoutingProblem, mode: int) -> NDArray[np.int32]:
    starts = sorted({shift.start_place for shift in problem.shifts})
    nearest = problem.travel[mode].ticks[starts].min(axis=0)
    return np.asarray(nearest[[visit.place for visit in problem.visits]], dtype=np.int32)


def _neglog() -> NDArray[np.int64]:
    steps = [round(-log((k + 0.5) / _NEGLOG_ENTRIES) * 65536) for k in range(_NEGLOG_ENTRIES)]
    return np.array(steps, dtype=np.int64)


# --- the state ------------------------------------------------------------------------------------------


def build(shared: Shared, seed: int, worker: int = 0) -> Arrays:
    """Give the state of a worker, its plan empty."""
    problem = shared.problem
    visits, shifts, units = len(problem.visits), len(problem.shifts), problem.units
    node = _node_table(problem, shared.number)
    visit = np.zeros((visits, at.VISIT_COLUMNS), dtype=np.int32)
    window, floor = _window_tables(problem, visit)
    link = _link_table(problem, node, visit)
    for index, unit in enumerate(units):
        visit[list(unit), at.UNIT] = index
    node[:visits, at.FLOOR] = node[:visits, at.START] = visit[:, at.FIRST]
    nodes, staff = len(node), 1 + max((shift.staff for shift in problem.shifts), default=-1)
    widest = max(len(unit) for unit in units)
    by_staff = _shifts_by_staff(problem, staff)
    small = np.int32
    speed = _speed_table(problem)
    return Arrays(
        node=node,
        link=link,
        window=window,
        visit=visit,
        shift=_shift_table(problem),
        speed=speed.reshape(-1, 2),
        span=_span_table(problem),
        log=np.zeros((1000 + 16 * nodes, 2), small),
        queue=np.zeros((1000 + 2 * nodes, 2), small),
        count=_counts(shared, speed.shape[1]),
        ticks=shared.ticks,
        cost=shared.cost,
        price=shared.price,
        before=shared.lists.before,
        before_from=shared.lists.before_from,
        front=shared.front,
        near=shared.lists.near,
        close=shared.lists.close,
        floor=floor,
        unit_from=np.cumsum([0, *(len(unit) for unit in units)]).astype(small),
        unit_visit=np.array([v for unit in units for v in unit], small),
        penalty=np.array([sum(problem.visits[v].unassigned_cost for v in u) for u in units], np.int64),
        remote=_remote(problem, shared.mode),
        neglog=_neglog(),
        random=seeded(seed, worker),
        edit=np.zeros((1000 + 4 * visits, at.EDIT_COLUMNS), small),
        place=np.zeros((_WIDEST, 3), small),
        value=np.zeros(_WIDEST, np.int64),
        place_of_rest=np.zeros((_WIDEST, 3), small),
        value_of_rest=np.zeros(_WIDEST, np.int64),
        option=np.zeros((visits + shifts, 2), small),
        option_cost=np.zeros(visits + shifts, np.int64),
        member=np.zeros((widest, 3), small),
        chosen=np.zeros((widest, 3), small),
        trial=np.zeros((widest, 3), small),
        touched=np.zeros(4 * nodes + len(link), small),
        mark=np.zeros(nodes, np.uint8),
        out=np.zeros(2 * len(units) + 8, small),
        key=np.zeros(2 * len(units) + 8, np.int64),
        unit_mark=np.zeros(len(units), np.uint8),
        absent=np.zeros(len(units) + 1, small),
        failed=np.zeros(len(units), np.int64),
        tour=np.zeros(visits + 2, small),
        route=np.zeros(shifts + 1, small),
        route_mark=np.zeros(shifts, np.uint8),
        busy=np.zeros(staff, np.int64),
        waiting=np.zeros(shifts, np.int64),
        worked=np.zeros(shifts, np.int64),
        waiting_now=np.zeros(shifts, np.int64),
        worked_now=np.zeros(shifts, np.int64),
        staff_from=np.cumsum([0, *(len(of) for of in by_staff)]).astype(small),
        staff_shift=np.array([r for of in by_staff for r in of], small),
        given=np.zeros((visits, 4), small),
        best=node.copy(),
    )


def _shifts_by_staff(problem: RoutingProblem, staff: int) -> list[list[int]]:
    """Give the shifts of each member of staff."""
    by_staff: list[list[int]] = [[] for _ in range(staff)]
    for r, shift in enumerate(problem.shifts):
        by_staff[shift.staff].append(r)
    return by_staff


def _counts(shared: Shared, speed_rows: int) -> NDArray[np.int64]:
    problem = shared.problem
    count = np.zeros(at.COUNT_COLUMNS, dtype=np.int64)
    count[at.VISITS], count[at.SHIFTS] = len(problem.visits), len(problem.shifts)
    count[at.MAX_LATE_COST], count[at.GRID] = problem.max_late_cost, problem.grid
    count[at.LATE_MAY_FALL] = bool(problem.max_late_cost) and any(len(v.windows) > 1 for v in problem.visits)
    count[at.MOST_MOVES] = 1000 + 8 * (len(problem.visits) + len(problem.shifts))
    count[at.HAS_LIMITS] = any(limit is not None for limit in problem.week_limits)
    count[at.HAS_WAITING] = any(shift.waiting_cost for shift in problem.shifts)
    count[at.SPEED_ROWS], count[at.SPAN_SHIFT] = speed_rows, _span_shift(problem)
    count[at.PLACES] = shared.ticks.shape[1]
    count[at.MODES], count[at.MAIN_MODE] = len(problem.travel), shared.mode
    count[at.CURRENT] = count[at.BEST] = sum(visit.unassigned_cost for visit in problem.visits)
    return count


def grow(arrays: Arrays) -> Arrays:
    """Give the arrays with logs and queue twice as long; to be called between steps."""
    arrays.count[at.OVERFLOW] = 0
    log, queue, edit = (_doubled(array) for array in (arrays.log, arrays.queue, arrays.edit))
    return replace(arrays, log=log, queue=queue, edit=edit)


def _doubled(array: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([array, np.zeros_like(array)])
