"""Putting units in where they cost least, all members or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import note, put_in, undo
from visitplan.solver.search.filters import lowest_start
from visitplan.solver.search.layout import (
    EDITED,
    FLOOR,
    IMPOSSIBLE,
    LEG_COST,
    LOGGED,
    NEXT,
    NOWHERE,
    ONE,
    PUT_IN,
    ROUTE,
    USE_COST,
    VISITS,
)
from visitplan.solver.search.positions import first_start, scan, settle
from visitplan.solver.search.randomness import below

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State


@compiled()
def apply(state: State, v: int, p: int, break_first: int, floor: int, most_late: int) -> tuple[int, int]:
    """Put a visit in and log it; give the added cost and the largest lateness.

    IMPOSSIBLE if it does not fit there (or a log is full); then the caller must undo.
    """
    node = of.node(state)
    q = node[p, NEXT]
    r = node[p, ROUTE]
    if not note(state, PUT_IN, v, p, break_first, np.int64(node[v, FLOOR])):
        return IMPOSSIBLE, most_late
    cost = np.int64(of.price(state)[v, r]) - node[p, LEG_COST]
    if p >= of.count(state)[VISITS] and q >= of.count(state)[VISITS]:
        cost += of.shift(state)[r, USE_COST]
    put_in(state, v, p, break_first)
    node[v, FLOOR] = floor
    cost += np.int64(node[p, LEG_COST]) + node[v, LEG_COST]
    tick = first_start(state, v, p, max(lowest_start(state, v), floor))
    if tick == NOWHERE:
        return IMPOSSIBLE, most_late
    settled, latest = settle(state, v, tick, IMPOSSIBLE, most_late)
    return (cost + settled, latest) if settled < IMPOSSIBLE else (IMPOSSIBLE, most_late)


@compiled()
def insert_single(state: State, v: int, bound: int, most_late: int, everywhere: int) -> tuple[int, int]:
    """Put a visit where it costs least; IMPOSSIBLE, and nothing changed, if nothing is below the bound."""
    if scan(state, v, bound, ONE, most_late, everywhere, of.place(state), of.value(state)) == 0:
        return IMPOSSIBLE, most_late
    logged, edited = of.count(state)[LOGGED], of.count(state)[EDITED]
    cost, latest = apply(
        state,
        v,
        np.int64(of.place(state)[0, 0]),
        np.int64(of.place(state)[0, 1]),
        np.int64(of.place(state)[0, 2]),
        most_late,
    )
    if cost >= IMPOSSIBLE:
        undo(state, logged, edited)
        return IMPOSSIBLE, most_late
    return cost, latest


@compiled()
def insert_unit(
    state: State, unit: int, bound: int, most_late: int, width: int, everywhere: int
) -> tuple[int, int]:
    """Put all members of a unit in where that costs least: best places of one, then the best of each other.

    Gives the added cost and the largest lateness; IMPOSSIBLE, and nothing changed, if nothing is below the
    bound.
    """
    first, size = of.unit_from(state)[unit], of.unit_from(state)[unit + 1] - of.unit_from(state)[unit]
    if size == 1:
        return insert_single(state, np.int64(of.unit_visit(state)[first]), bound, most_late, everywhere)
    turn = below(of.random(state), size)
    for j in range(size):
        of.member(state)[j, 0] = of.unit_visit(state)[first + (turn + j) % size]
    lead = np.int64(of.member(state)[0, 0])
    found = scan(state, lead, bound, width, most_late, everywhere, of.place(state), of.value(state))
    logged, edited = of.count(state)[LOGGED], of.count(state)[EDITED]
    best = bound
    known = False
    for k in range(found):
        if of.value(state)[k] >= best:
            break
        for c in range(3):
            of.trial(state)[0, c] = of.place(state)[k, c]
        cost = insert_rest(state, size, best, most_late, everywhere)
        undo(state, logged, edited)
        if cost < best:
            best = cost
            known = True
            for j in range(size):
                for c in range(3):
                    of.chosen(state)[j, c] = of.trial(state)[j, c]
    if not known:
        return IMPOSSIBLE, most_late
    return insert_chosen(state, size, most_late)


@compiled()
def insert_rest(state: State, size: int, bound: int, most_late: int, everywhere: int) -> int:
    """Put the lead in as tried and each other member where it costs least; give the cost; not undone."""
    cost = np.int64(0)
    latest = most_late
    for j in range(size):
        v = np.int64(of.member(state)[j, 0])
        if j > 0:
            if cost >= bound:
                return IMPOSSIBLE
            found = scan(
                state,
                v,
                bound - cost,
                ONE,
                latest,
                everywhere,
                of.place_of_rest(state),
                of.value_of_rest(state),
            )
            if found == 0:
                return IMPOSSIBLE
            for c in range(3):
                of.trial(state)[j, c] = of.place_of_rest(state)[0, c]
            if j == size - 1:
                return cost + of.value_of_rest(state)[0]
        added, latest = apply(
            state,
            v,
            np.int64(of.trial(state)[j, 0]),
            np.int64(of.trial(state)[j, 1]),
            np.int64(of.trial(state)[j, 2]),
            latest,
        )
        if added >= IMPOSSIBLE:
            return IMPOSSIBLE
        cost += added
    return cost


@compiled()
def insert_chosen(state: State, size: int, most_late: int) -> tuple[int, int]:
    """Put all members in at their chosen places; IMPOSSIBLE, and nothing changed, if that fails after all."""
    logged, edited = of.count(state)[LOGGED], of.count(state)[EDITED]
    cost = np.int64(0)
    latest = most_late
    for j in range(size):
        added, latest = apply(
            state,
            np.int64(of.member(state)[j, 0]),
            np.int64(of.chosen(state)[j, 0]),
            np.int64(of.chosen(state)[j, 1]),
            np.int64(of.chosen(state)[j, 2]),
            latest,
        )
        if added >= IMPOSSIBLE:
            undo(state, logged, edited)
            return IMPOSSIBLE, most_late
        cost += added
    return cost, latest
