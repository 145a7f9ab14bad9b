"""Which visits are near which: in space, and in space and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_MANY = 2500
"""Up to so many visits every pair is looked at."""

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
    asked = _Asked.of(problem, mode)
    adjacent = min(ADJACENT, visits - 1)
    near = np.full((visits, max(1, adjacent)), -1, dtype=np.int32)
    rows: dict[int, NDArray[np.int32]] = {}
    width = min(_width(problem), visits - 1)
    kind, meet = _kinds(price >= 0)
    for some, among in _batches(kind, meet):
        into, out_of = _costs(asked, some, among)
        apart = np.where(meet[kind[some]][:, kind[among]], np.float32(0), np.float32(_APART))
        rows.update(zip(some.tolist(), _nearest(into + apart, among, width), strict=True))
        if adjacent:
            found = _matrix(np.minimum(into, out_of) + apart, among, adjacent)
            near[some, : found.shape[1]] = found
    before, before_from = _entries(problem, [rows[v] for v in range(visits)], mode)
    return Neighbours(before, before_from, near, _close(asked, adjacent))


def _entries(
    problem: RoutingProblem, rows: list[NDArray[np.int32]], mode: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the legs into each visit as one array, and where each visit's begin."""
    lengths = [len(row) for row in rows]
    before = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    places = np.array([v.place for v in problem.visits], dtype=np.intp)
    of = np.repeat(np.arange(len(rows)), lengths)
    travel = problem.travel[mode]
    legs = (places[before], places[of])
    entries = np.stack([before, travel.ticks[legs], travel.cost[legs]], axis=1).astype(np.int32)
    return np.ascontiguousarray(entries), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def nearest_shifts(problem: RoutingProblem, price: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give, for each visit, shifts it may be first in: all that may serve it, or the nearest of them.

    ``price`` is the cost of each visit in each shift, -1 where it may not be.
    """
    visits, shifts = price.shape
    width = shifts if shifts <= FEW_SHIFTS else FRONTS
    far = _front_costs(problem, price)
    found = np.full((visits, width), -1, dtype=np.int32)
    first = (np.arange(visits) * _GOLDEN % 1.0 * shifts).astype(np.intp)
    for v, costs in enumerate(far):
        near = np.flatnonzero(costs <= np.partition(costs, width - 1)[width - 1] if width else costs < 0)
        near = near[np.isfinite(costs[near])]
        order = np.lexsort(((near - first[v]) % max(1, shifts), costs[near]))[:width]
        found[v, : len(order)] = near[order]
    return found


def _front_costs(problem: RoutingProblem, price: NDArray[np.int32]) -> NDArray[np.float32]:
    """Give what each shift would cost that serves one visit only; infinite where it may or can not."""
    places = np.array([visit.place for visit in problem.visits], dtype=np.intp)
    opens = np.array([visit.windows[0].earliest + visit.duration for visit in problem.visits])
    shut = np.array([visit.windows[-1].latest for visit in problem.visits])
    far = np.full(price.shape, np.inf, dtype=np.float32)
    for r, shift in enumerate(problem.shifts):
        travel = problem.travel[shift.mode]
        out, back = shift.start_place, shift.end_place
        may = np.flatnonzero(price[:, r] >= 0)
        there = places[may]
        in_time = shift.start + travel.ticks[out, there] * _FASTEST <= shut[may]
        in_time &= opens[may] + travel.ticks[there, back] * _FASTEST <= shift.latest_return
        cost = travel.cost[out, there].astype(np.float32) + travel.cost[there, back] + price[may, r]
        far[may, r] = np.where(in_time, cost, np.inf)
    return far


def _width(problem: RoutingProblem) -> int:
    """Give how many predecessors are listed: more where windows are wide, all where they say nothing."""
    spans = np.array([v.windows[-1].preferred[1] - v.windows[0].earliest for v in problem.visits])
    opens = min((v.windows[0].earliest for v in problem.visits), default=0)
    closes = max((v.windows[-1].preferred[1] for v in problem.visits), default=1)
    share = float(np.median(spans)) / max(1, closes - opens) if len(spans) else 0.0
    return PLACES if share < 0.3 else round(PLACES * (1 + 4 * share))


def _kinds(eligible: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Give the kind of each visit, and which kinds some shift may serve both of.

    Visits, and shifts, that may be exchanged for each other are of one kind: there are far fewer kinds.
    """
    of_visit, rows = _alike(eligible)
    _, columns = _alike(eligible.T)
    served = eligible[np.ix_(rows, columns)].astype(np.float32)
    return of_visit, served @ served.T > 0


def _alike(table: NDArray[np.bool_]) -> tuple[NDArray[np.intp], list[int]]:
    """Give the number of each row among the different ones, and where each of those comes first."""
    seen: dict[bytes, int] = {}
    numbers = [seen.setdefault(row.tobytes(), len(seen)) for row in np.packbits(table, axis=1)]
    kinds = np.array(numbers, dtype=np.intp)
    return kinds, np.unique(kinds, return_index=True)[1].tolist()


def _batches(
    kind: NDArray[np.intp], meet: NDArray[np.bool_]
) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Give some visits at a time, and the visits among which their neighbours are looked for.

    Of many visits only those are looked at that some shift may serve both of: of a county, one pair in seven.
    """
    if len(kind) <= _MANY:
        yield from ((some, np.arange(len(kind))) for some in _blocks(np.arange(len(kind))))
        return
    partners, _ = _alike(meet)
    for alike in range(partners.max() + 1):
        whose = np.flatnonzero(partners == alike)
        among = np.flatnonzero(meet[whose[0]][kind])
        if len(among):
            yield from ((some, among) for some in _blocks(np.flatnonzero(np.isin(kind, whose))))
        else:  # nobody may serve them
            yield from ((some, some) for some in _blocks(np.flatnonzero(np.isin(kind, whose))))


def _blocks(visits: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    for first in range(0, len(visits), _ROWS):
        yield visits[first : first + _ROWS]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Where and when the visits are, by visit, and the legs of one mode."""

    places: NDArray[np.intp]
    opens: NDArray[np.float32]
    due: NDArray[np.float32]
    shut: NDArray[np.float32]
    lasts: NDArray[np.float32]
    ticks: NDArray[np.int32]

    @classmethod
    def of(cls, problem: RoutingProblem, mode: int) -> _Asked:
        """Read them from a problem."""
        return cls(
            places=np.array([v.place for v in problem.visits], dtype=np.intp),
            opens=np.array([v.windows[0].earliest for v in problem.visits], dtype=np.float32),
            due=np.array([v.windows[-1].preferred[1] for v in problem.visits], dtype=np.float32),
            shut=np.array([v.windows[-1].latest for v in problem.visits], dtype=np.float32),
            lasts=np.array([v.duration for v in problem.visits], dtype=np.float32),
            ticks=problem.travel[mode].ticks,
        )

    def legs_to(self, some: NDArray[np.intp], among: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the ticks to each of some visits, a row, from each of others, a column."""
        legs: NDArray[np.float32] = self.ticks[np.ix_(self.places[among], self.places[some])].T.astype(
            np.float32
        )
        return legs

    def legs_from(self, some: NDArray[np.intp], among: NDArray[np.intp]) -> NDArray[np.float32]:
        """Give the ticks from each of some visits, a row, to each of others, a column."""
        return self.ticks[np.ix_(self.places[some], self.places[among])].astype(np.float32)


def _costs(
    asked: _Asked, some: NDArray[np.intp], among: NDArray[np.intp]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give, for some visits, how far each of others is as predecessor and as successor."""
    opens, due, shut, lasts = asked.opens, asked.due, asked.shut, asked.lasts
    into = _distance(
        asked.legs_to(some, among),
        opens[None, among],
        due[None, among],
        lasts[None, among],
        opens[some, None],
        due[some, None],
        shut[some, None],
    )
    out_of = _distance(
        asked.legs_from(some, among),
        opens[some, None],
        due[some, None],
        lasts[some, None],
        opens[None, among],
        due[None, among],
        shut[None, among],
    )
    own = some[:, None] == among
    into[own] = out_of[own] = np.inf
    return into, out_of


def _close(asked: _Asked, adjacent: int) -> NDArray[np.int32]:
    """Give the visits nearest in space to each visit."""
    every = np.arange(len(asked.places))
    close = np.full((len(every), max(1, adjacent)), -1, dtype=np.int32)
    if not adjacent:
        return close
    if len(every) <= _MANY:
        for some in _blocks(every):
            direct = asked.legs_to(some, every)
            direct[np.arange(len(some)), some] = np.inf
            close[some] = _matrix(direct, every, adjacent)
        return close
    # Visits at one place share a list; each one is left out of its own.
    _, first, place, there = np.unique(
        asked.places, return_index=True, return_inverse=True, return_counts=True
    )
    for some in _blocks(first):
        ranked = _matrix(asked.legs_to(some, every), every, min(len(every), adjacent + int(there.max())))
        for visit, row in zip(some.tolist(), ranked, strict=True):
            for own in np.flatnonzero(place == place[visit]).tolist():
                close[own] = row[row != own][:adjacent]
    return close


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


def _nearest(matrix: NDArray[np.float32], among: NDArray[np.intp], most: int) -> list[NDArray[np.int32]]:
    """Give, of the visits that the columns are, the nearest of each row that are not forbidden."""
    ranked = _ranked(matrix, most)
    lengths = (np.take_along_axis(matrix, ranked, 1) < _FORBIDDEN).sum(axis=1)
    return [among[row[:length]].astype(np.int32) for row, length in zip(ranked, lengths, strict=True)]


def _matrix(matrix: NDArray[np.float32], among: NDArray[np.intp], most: int) -> NDArray[np.int32]:
    """Give, of the visits that the columns are, the nearest of each row; -1 in place of those apart."""
    ranked = _ranked(matrix, most)
    apart = np.take_along_axis(matrix, ranked, 1) >= _APART
    return np.where(apart, -1, among[ranked]).astype(np.int32)
