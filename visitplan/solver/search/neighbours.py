"""Which visits are near which: in space, and in space and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from visitplan.solver.problem import RoutingProblem

PLACES = 80
"""Visits that one may come after are looked at in the loop, where windows are narrow; of those alone that
some shift may serve both of."""

ADJACENT = 120
"""Visits near a seed among which strings are looked for."""

_WAITING = 0.2
"""A tick of waiting between two visits counts as so many ticks of travel."""

_LATE = 1.0
"""The same for a tick by which the second cannot but be late."""

_FASTEST = 0.1
"""No hour of the day makes a leg shorter than to this part of its free-flow ticks."""

_FORBIDDEN = 1e9
_APART = 4e9
"""Added where windows, and where shifts, keep two visits from one run."""

_ROWS = 256


FEW_SHIFTS = 40
"""Up to so many shifts a visit is tried at the front of all of them."""

FRONTS = 24
"""Where there are more, it is tried at the front of so many near ones."""

_GOLDEN = 0.618
"""Of shifts equally near each visit has others, so that none is out of reach where all begin at one base."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Neighbour lists of all visits.

    Attributes
    ----------
    before, before_from
        Entries (visit, ticks, cost) of legs into a visit, nearest first, and where each visit's begin.
    near, close
        Shape (visits, up to ADJACENT): near in space and time among those that some shift may serve together
        with it, and near in space among all; -1 fills up.
    """

    before: NDArray[np.int32]
    before_from: NDArray[np.int32]
    near: NDArray[np.int32]
    close: NDArray[np.int32]


def neighbours(problem: RoutingProblem, price: NDArray[np.int32], mode: int) -> Neighbours:
    """Give the neighbour lists of a problem, with the legs of one mode.

    ``price`` is the cost of each visit in each shift, -1 where it may not be.
    """
    visits = len(problem.visits)
    places = np.array([v.place for v in problem.visits], dtype=np.intp)
    adjacent = min(ADJACENT, visits - 1)
    near = np.full((visits, max(1, adjacent)), -1, dtype=np.int32)
    close = near.copy()
    rows: list[NDArray[np.int32]] = []
    width = _width(problem)
    kind, served = _kinds(price >= 0)
    for first in range(0, visits, _ROWS):
        some = np.arange(first, min(visits, first + _ROWS))
        into, out_of, direct = _costs(problem, places, some, mode)
        meet = (served[kind[some]] @ served.T > 0)[:, kind]
        apart = np.where(meet, np.float32(0), np.float32(_APART))
        rows.extend(_nearest(into + apart, min(width, visits - 1)))
        if adjacent:
            near[some] = _matrix(np.minimum(into, out_of) + apart, adjacent)
            close[some] = _matrix(direct, adjacent)
    lengths = [len(row) for row in rows]
    before_from = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    before = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    of = np.repeat(np.arange(visits), lengths)
    travel = problem.travel[mode]
    legs = (places[before], places[of])
    entries = np.stack([before, travel.ticks[legs], travel.cost[legs]], axis=1).astype(np.int32)
    return Neighbours(np.ascontiguousarray(entries), before_from, near, close)


def nearest_shifts(problem: RoutingProblem, price: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give, for each visit, shifts it may be first in: all that may serve it, or the nearest of them.

    ``price`` is the cost of each visit in each shift, -1 where it may not be.
    """
    visits, shifts = price.shape
    width = shifts if shifts <= FEW_SHIFTS else FRONTS
    places = np.array([visit.place for visit in problem.visits], dtype=np.intp)
    opens = np.array([visit.windows[0].earliest + visit.duration for visit in problem.visits])
    shut = np.array([visit.windows[-1].latest for visit in problem.visits])
    far = np.full((visits, shifts), np.inf, dtype=np.float32)
    for r, shift in enumerate(problem.shifts):
        travel = problem.travel[shift.mode]
        out, back = shift.start_place, shift.end_place
        in_time = shift.start + travel.ticks[out, places] * _FASTEST <= shut
        in_time &= opens + travel.ticks[places, back] * _FASTEST <= shift.latest_return
        cost = travel.cost[out, places].astype(np.float32) + travel.cost[places, back] + price[:, r]
        far[:, r] = np.where((price[:, r] >= 0) & in_time, cost, np.inf)
    first = (np.arange(visits) * _GOLDEN % 1.0 * shifts).astype(np.intp)
    turn = (np.arange(shifts) - first[:, None]) % max(1, shifts)
    order = np.lexsort((turn, far), axis=1)[:, :width]
    found = np.take_along_axis(far, order, 1)
    return np.ascontiguousarray(np.where(np.isinf(found), -1, order), dtype=np.int32)


def _width(problem: RoutingProblem) -> int:
    """Give how many predecessors are listed: more where windows are wide, all where they say nothing."""
    spans = np.array([v.windows[-1].preferred[1] - v.windows[0].earliest for v in problem.visits])
    opens = min((v.windows[0].earliest for v in problem.visits), default=0)
    closes = max((v.windows[-1].preferred[1] for v in problem.visits), default=1)
    share = float(np.median(spans)) / max(1, closes - opens) if len(spans) else 0.0
    return PLACES if share < 0.3 else round(PLACES * (1 + 4 * share))


def _kinds(eligible: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Give the kind of each visit, and which kinds of shifts may serve each kind: 1 or 0.

    Visits, and shifts, that may be exchanged for each other are of one kind: there are far fewer kinds.
    """
    of_visit, rows = _alike(eligible)
    _, columns = _alike(eligible.T)
    return of_visit, eligible[np.ix_(rows, columns)].astype(np.float32)


def _alike(table: NDArray[np.bool_]) -> tuple[NDArray[np.intp], list[int]]:
    """Give the number of each row among the different ones, and where each of those comes first."""
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(row.tobytes(), len(seen)) for row in np.packbits(table, axis=1)]
    kinds = np.array(numbers, dtype=np.intp)
    return kinds, np.unique(kinds, return_index=True)[1].tolist()


def _costs(
    problem: RoutingProblem, places: NDArray[np.intp], some: NDArray[np.intp], mode: int
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Give, for some visits, how far each other one is as predecessor, as successor, and in space alone."""
    ticks = problem.travel[mode].ticks
    opens = np.array([v.windows[0].earliest for v in problem.visits], dtype=np.float32)
    due = np.array([v.windows[-1].preferred[1] for v in problem.visits], dtype=np.float32)
    shut = np.array([v.windows[-1].latest for v in problem.visits], dtype=np.float32)
    lasts = np.array([v.duration for v in problem.visits], dtype=np.float32)
    arrive = ticks[np.ix_(places, places[some])].T.astype(np.float32)
    leave = ticks[np.ix_(places[some], places)].astype(np.float32)
    into = _distance(
        arrive, opens[None], due[None], lasts[None], opens[some, None], due[some, None], shut[some, None]
    )
    out_of = _distance(
        leave, opens[some, None], due[some, None], lasts[some, None], opens[None], due[None], shut[None]
    )
    for matrix in (into, out_of, arrive):
        matrix[np.arange(len(some)), some] = np.inf
    return into, out_of, arrive


def _distance(
    leg: NDArray[np.float32],
    opens: NDArray[np.float32],
    due: NDArray[np.float32],
    lasts: NDArray[np.float32],
    opens_next: NDArray[np.float32],
    due_next: NDArray[np.float32],
    shut_next: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Give travel, and the waiting and the lateness that no choice of starts can avoid."""
    earliest, latest = opens + lasts + leg, due + lasts + leg
    far = leg + _WAITING * np.maximum(0, opens_next - latest) + _LATE * np.maximum(0, earliest - due_next)
    return np.asarray(np.where(earliest > shut_next, far + _FORBIDDEN, far), dtype=np.float32)


def _ranked(matrix: NDArray[np.float32], most: int) -> NDArray[np.intp]:
    """Give the columns of the ``most`` least values of each row, least first, ties by column."""
    if most < matrix.shape[1] - 1:
        found = np.sort(np.argpartition(matrix, most, axis=1)[:, :most], axis=1)
    else:
        found = np.broadcast_to(np.arange(matrix.shape[1]), matrix.shape)
    order = np.argsort(np.take_along_axis(matrix, found, 1), axis=1, kind="stable")[:, :most]
    return np.take_along_axis(found, order, 1)


def _nearest(matrix: NDArray[np.float32], most: int) -> list[NDArray[np.int32]]:
    """Give the nearest columns of each row that are not forbidden."""
    ranked = _ranked(matrix, most)
    lengths = (np.take_along_axis(matrix, ranked, 1) < _FORBIDDEN).sum(axis=1)
    return [row[:length].astype(np.int32) for row, length in zip(ranked, lengths, strict=True)]


def _matrix(matrix: NDArray[np.float32], most: int) -> NDArray[np.int32]:
    """Give the nearest columns of each row; -1 in place of those apart."""
    ranked = _ranked(matrix, most)
    apart = np.take_along_axis(matrix, ranked, 1) >= _APART
    return np.where(apart, -1, ranked).astype(np.int32)
