"""Compiled: which visits, and which shifts, are nearest to each visit.

All that could be near is written down as keys, distance first, then number, and the least are kept: among
equals the first counts, on every machine. Distances are whole numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search.compiling import compiled, entrance

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMBERS = 20
"""Bits of a key that number a visit or a shift."""

ASKED_COLUMNS = 6
(PLACE, OPENS, DUE, SHUT, LASTS, KIND) = range(ASKED_COLUMNS)
"""Of a visit: first and last start without lateness, last start at all, duration, and who may serve it."""

WORK_COLUMNS = 5
(NUMBER, OUT, BACK, BEGINS, ENDS) = range(WORK_COLUMNS)
"""Of a shift: places of start and end, earliest departure, latest return."""

TRAVEL, LATE, WAITING = 5, 5, 1
"""What a tick of travel, of lateness and of waiting counts: those of the last two that no starts avoid."""

FORBIDDEN = 2**40
"""Added where one visit cannot come after the other."""

FASTEST = 10
"""No hour of the day makes a leg shorter than to one in so many of its free-flow ticks."""


@compiled()
def keep_least(keys: NDArray[np.int64], number: int, kept: NDArray[np.int64]) -> None:
    """Write the least of the first ``number`` keys into ``kept``, in any order; the keys change places.

    Quickselect: C. A. R. Hoare, Algorithm 65, Communications of the ACM 4 (7), 1961.
    """
    most = kept.shape[0]
    low, high = 0, number - 1
    while number > most and low < high:
        pivot = keys[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while keys[i] < pivot:
                i += 1
            while keys[j] > pivot:
                j -= 1
            if i <= j:
                keys[i], keys[j] = keys[j], keys[i]
                i += 1
                j -= 1
        if most <= j:
            high = j
        elif most >= i:
            low = i
        else:
            break
    for i in range(min(number, most)):
        kept[i] = keys[i]


@compiled()
def distance(asked: NDArray[np.int64], u: int, v: int, leg: int) -> int:
    """Give how far visit ``v`` is from ``u`` before it: travel, and the waiting and lateness to come."""
    ready = asked[u, LASTS] + leg
    early, late = asked[u, OPENS] + ready, asked[u, DUE] + ready
    far = TRAVEL * leg + WAITING * max(0, asked[v, OPENS] - late) + LATE * max(0, early - asked[v, DUE])
    return far + FORBIDDEN if early > asked[v, SHUT] else far


@compiled()
def look(
    ticks: NDArray[np.int32],
    asked: NDArray[np.int64],
    v: int,
    into: NDArray[np.int64],
    by_kind: NDArray[np.int64],
    kind_from: NDArray[np.int64],
    meet: NDArray[np.bool_],
    before: NDArray[np.int64],
    near: NDArray[np.int64],
    keys: NDArray[np.int64],
) -> None:
    """Fill the lists of one visit; ``into`` are the ticks from each place to its own, ``keys`` is room."""
    here = asked[v, PLACE]
    can, all_there_are = keys[0], keys[1]
    possible = number = 0
    for kind in range(meet.shape[0]):
        if not meet[asked[v, KIND], kind]:
            continue
        for j in range(kind_from[kind], kind_from[kind + 1]):
            u = by_kind[j]
            if u == v:
                continue
            there = distance(asked, u, v, into[asked[u, PLACE]])
            onward = distance(asked, v, u, np.int64(ticks[here, asked[u, PLACE]]))
            if there < FORBIDDEN:
                can[possible] = (there << NUMBERS) | u
                possible += 1
            all_there_are[number] = (min(there, onward) << NUMBERS) | u
            number += 1
    keep_least(can, possible, before)
    keep_least(all_there_are, number, near)


@entrance()
def nearest(
    ticks: NDArray[np.int32],
    asked: NDArray[np.int64],
    by_place: NDArray[np.int64],
    place_from: NDArray[np.int64],
    by_kind: NDArray[np.int64],
    kind_from: NDArray[np.int64],
    meet: NDArray[np.bool_],
    before: NDArray[np.int64],
    near: NDArray[np.int64],
    close: NDArray[np.int64],
    first: int,
    last: int,
) -> None:
    """Fill the lists of the visits at some places: those before, near, and close; see ``neighbours``.

    Places are those that visits are at: from ``first`` on, without ``last``. ``by_place`` and ``by_kind`` are
    all visits in the order of their places and of their kinds, which begin at ``place_from`` and
    ``kind_from``. Only kinds that ``meet`` are in one run. ``close`` has a list for each place; the visits
    there are among those close to it.
    """
    into = np.empty(ticks.shape[0], dtype=np.int64)
    keys = np.empty((2, asked.shape[0]), dtype=np.int64)
    for row in range(first, last):
        here = asked[by_place[place_from[row]], PLACE]
        for place in range(into.shape[0]):
            into[place] = ticks[place, here]
        for u in range(asked.shape[0]):
            keys[0, u] = (into[asked[u, PLACE]] << NUMBERS) | u
        keep_least(keys[0], asked.shape[0], close[row])
        for i in range(place_from[row], place_from[row + 1]):
            v = by_place[i]
            look(ticks, asked, v, into, by_kind, kind_from, meet, before[v], near[v], keys)


@entrance()
def fronts(
    ticks: NDArray[np.int32],
    cost: NDArray[np.int32],
    work: NDArray[np.int64],
    asked: NDArray[np.int64],
    price: NDArray[np.int32],
    first: NDArray[np.int64],
    nearest_ones: NDArray[np.int64],
) -> None:
    """Fill the lists of all visits with shifts of one mode that could serve them alone, by what that costs.

    Shifts are numbered from the visit's ``first`` on, round and round. What the lists have of other modes
    stays if it is less.
    """
    shifts, width = price.shape[1], nearest_ones.shape[1]
    keys = np.empty(shifts + width, dtype=np.int64)
    for v in range(asked.shape[0]):
        keys[:width] = nearest_ones[v]
        number = width
        there, over = asked[v, PLACE], asked[v, OPENS] + asked[v, LASTS]
        for i in range(work.shape[0]):
            r, out, back = work[i, NUMBER], work[i, OUT], work[i, BACK]
            if price[v, r] < 0 or ticks[out, there] > FASTEST * (asked[v, SHUT] - work[i, BEGINS]):
                continue
            if ticks[there, back] > FASTEST * (work[i, ENDS] - over):
                continue
            dear = np.int64(cost[out, there]) + cost[there, back] + price[v, r]
            keys[number] = (dear << NUMBERS) | ((r - first[v] + shifts) % shifts)
            number += 1
        keep_least(keys, number, nearest_ones[v])
