"""Which visits are near which, in space, and in space and time; and which shifts are near a visit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visitplan.solver.search import nearness
from visitplan.solver.search.layout import NEVER

if TYPE_CHECKING:
    from visitplan.solver.problem import RoutingProblem

PLACES = 80
"""Visits that one may come after are looked at in the loop, where windows are narrow; of those alone that
some shift may serve both of."""

ADJACENT = 120
"""Visits near a seed among which strings are looked for."""

FEW_SHIFTS = 40
"""Up to so many shifts a visit is tried at the front of all of them."""

FRONTS = 24
"""Where there are more, it is tried at the front of so many near ones."""

_GOLDEN = 0.618
"""Of shifts equally near each visit has others, so that none is out of reach where all begin at one base."""


_NOBODY = np.iinfo(np.int64).max
"""Key of a place in a list that nobody takes."""


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


def neighbours(problem: RoutingProblem, price: NDArray[np.int32], mode: int, threads: int = 1) -> Neighbours:
    """Give the neighbour lists of a problem, with the legs of one mode.

    ``price`` is the cost of each visit in each shift, -1 where it may not be. The lists are the same for any
    number of threads.
    """
    visits = len(problem.visits)
    adjacent = max(1, min(ADJACENT, visits - 1))
    kind, meet = _kinds(price >= 0)
    asked = _asked(problem, kind)
    places, at_place = np.unique(asked[:, nearness.PLACE], return_inverse=True)
    before, near = _lists(visits, max(1, min(_width(problem), visits - 1))), _lists(visits, adjacent)
    close = _lists(len(places), min(visits, adjacent + 1))
    read = [
        _read_only(array)
        for array in (
            problem.travel[mode].ticks,
            asked,
            *_in_order(at_place, len(places)),
            *_in_order(kind, len(meet)),
            meet,
        )
    ]
    ends = np.linspace(0, len(places), threads + 1).astype(int).tolist()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(partial(nearness.nearest, *read, before, near, close), ends, ends[1:]))
    listed, lengths = _numbers(before), (before < _NOBODY).sum(axis=1)
    return Neighbours(
        *_entries(problem, listed, lengths, mode), _numbers(near), _but_itself(_numbers(close)[at_place])
    )


def _in_order(kind: NDArray[np.intp], kinds: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the visits in the order of their kinds, and where each kind begins."""
    return np.argsort(kind, kind="stable"), np.concatenate(
        [[0], np.cumsum(np.bincount(kind, minlength=kinds))]
    )


def _but_itself(close: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give each visit's list without the visit; without the last in it where the visit is not."""
    visits, width = close.shape
    if width == 1:
        return np.full((visits, 1), -1, dtype=np.int32)
    others = close != np.arange(visits)[:, None]
    others[:, -1] &= ~others.all(axis=1)
    return np.ascontiguousarray(close[others].reshape(visits, width - 1))


def _asked(problem: RoutingProblem, kind: NDArray[np.intp]) -> NDArray[np.int64]:
    """Give where and when the visits are, a row each."""
    rows = [
        (
            v.place,
            min(v.windows[0].earliest, NEVER),
            min(v.windows[-1].preferred[1], NEVER),
            min(v.windows[-1].latest, NEVER),
            v.duration,
        )
        for v in problem.visits
    ]
    return np.column_stack([np.array(rows, dtype=np.int64).reshape(-1, nearness.KIND), kind])


def _lists(visits: int, width: int) -> NDArray[np.int64]:
    return np.full((visits, width), _NOBODY, dtype=np.int64)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    """Give an array as it is, not to be written: compiled code is made for those, and once."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


def _numbers(lists: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give what each list of keys holds, nearest first; -1 fills up. The lists are sorted."""
    lists.sort(axis=1)
    numbers = (lists & (2**nearness.NUMBERS - 1)).astype(np.int32)
    return np.where(lists == _NOBODY, np.int32(-1), numbers)


def _entries(
    problem: RoutingProblem, listed: NDArray[np.int32], lengths: NDArray[np.intp], mode: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Give the legs into each visit as one array, and where each visit's begin."""
    before = listed[listed >= 0]
    places = np.array([v.place for v in problem.visits], dtype=np.intp)
    travel = problem.travel[mode]
    legs = (places[before], np.repeat(places, lengths))
    entries = np.stack([before, travel.ticks[legs], travel.cost[legs]], axis=1).astype(np.int32)
    return np.ascontiguousarray(entries), np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)


def nearest_shifts(problem: RoutingProblem, price: NDArray[np.int32]) -> NDArray[np.int32]:
    """Give, for each visit, shifts it may be first in: all that may serve it, or the nearest of them.

    Near is what costs little with no other visit. ``price`` is the cost of each visit in each shift, -1 where
    it may not be.
    """
    visits, shifts = price.shape
    lists = _lists(visits, shifts if shifts <= FEW_SHIFTS else FRONTS)
    asked = _asked(problem, np.zeros(visits, dtype=np.intp))
    first = (np.arange(visits) * _GOLDEN % 1.0 * shifts).astype(np.int64)
    for mode, travel in enumerate(problem.travel):
        work = [
            (r, shift.start_place, shift.end_place, min(shift.start, NEVER), min(shift.latest_return, NEVER))
            for r, shift in enumerate(problem.shifts)
            if shift.mode == mode
        ]
        nearness.fronts(
            _read_only(travel.ticks),
            _read_only(travel.cost),
            _read_only(np.array(work, dtype=np.int64).reshape(-1, nearness.WORK_COLUMNS)),
            _read_only(asked),
            _read_only(price),
            _read_only(first),
            lists,
        )
    numbers = _numbers(lists)
    return np.where(numbers < 0, np.int32(-1), (numbers + first[:, None]) % max(1, shifts)).astype(np.int32)


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
