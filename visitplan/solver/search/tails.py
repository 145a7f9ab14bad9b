"""Exchanging the tails of two runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import note, swap_tails
from visitplan.solver.search.filters import staff_allows
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    DURATION,
    IMPOSSIBLE,
    LATE_MAY_FALL,
    LATEST,
    LATEST_TOUCHED,
    LEG_COST,
    MODE,
    NEXT,
    PLACE,
    PLACES,
    PREV,
    ROUTE,
    SHIFTS,
    STAFF_RULED,
    START,
    TAILS_SWAPPED,
    USE_COST,
    VISITS,
    ZERO,
)
from visitplan.solver.search.randomness import below
from visitplan.solver.search.removal import refit, settle_lateness

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_TRIES = 12
"""Visits that are tried to come after the one where the first run is cut."""


@compiled()
def leg_cost(state: State, x: int, y: int, mode: int) -> int:
    """Give the cost of the way from one node to another."""
    visits = of.count(state)[VISITS]
    if x >= visits and y >= visits:
        return 0
    return np.int64(
        of.cost(state)[mode * of.count(state)[PLACES] + of.node(state)[x, PLACE], of.node(state)[y, PLACE]]
    )


@compiled()
def tail_price(state: State, x: int, r: int) -> int:
    """Give how the assignment cost of visit ``x`` and all after it changes if shift ``r`` serves them."""
    node, visits = of.node(state), of.count(state)[VISITS]
    change = np.int64(0)
    while x < visits:
        price = of.price(state)[x, r]
        if price < 0:
            return IMPOSSIBLE
        change += np.int64(price) - of.price(state)[x, node[x, ROUTE]]
        x = node[x, NEXT]
    return change


@compiled()
def tail_breaks(state: State, x: int) -> bool:
    """Say whether a break lies after visit ``x`` or one of those behind it."""
    node, visits = of.node(state), of.count(state)[VISITS]
    while x < visits:
        if node[x, ARC] & BREAK:
            return True
        x = node[x, NEXT]
    return False


@compiled()
def tail_allowed(state: State, x: int) -> bool:
    """Say whether the staff rules of visit ``x`` and all after it are kept."""
    node, visits = of.node(state), of.count(state)[VISITS]
    while x < visits:
        if of.visit(state)[x, STAFF_RULED] and not staff_allows(state, x, np.int64(node[x, ROUTE])):
            return False
        x = node[x, NEXT]
    return True


@compiled()
def legs_change(state: State, p1: int, p2: int, mode: int) -> int:
    """Give how the cost of travel changes if the tails after ``p1`` and after ``p2`` are exchanged."""
    node, visits, shifts = of.node(state), of.count(state)[VISITS], of.count(state)[SHIFTS]
    end1 = np.int64(visits + shifts + node[p1, ROUTE])
    end2 = np.int64(visits + shifts + node[p2, ROUTE])
    q1, q2 = np.int64(node[p1, NEXT]), np.int64(node[p2, NEXT])
    last1, last2 = np.int64(node[end1, PREV]), np.int64(node[end2, PREV])
    change = leg_cost(state, p1, q2, mode) + leg_cost(state, last2, end1, mode)
    change -= np.int64(node[p1, LEG_COST]) + node[p2, LEG_COST] + node[last2, LEG_COST]
    if q1 == end1:
        return change + leg_cost(state, p2, end2, mode)
    change += leg_cost(state, p2, q1, mode) + leg_cost(state, last1, end2, mode)
    return change - node[last1, LEG_COST]


@compiled()
def in_time(state: State, x: int, y: int, mode: int) -> bool:
    """Say whether ``y`` could follow ``x`` as things stand, breaks and slow hours apart."""
    node = of.node(state)
    leg = of.ticks(state)[mode * of.count(state)[PLACES] + node[x, PLACE], node[y, PLACE]]
    return np.int64(node[x, START]) + node[x, DURATION] + leg <= node[y, LATEST]


@compiled()
def try_tails(state: State, budget: int) -> int:
    """Exchange the first pair of tails found that may cost less than ``budget``; give the change of cost.

    IMPOSSIBLE if there is none, or it does not fit after all: then the caller must undo.
    """
    node, shift, visits = of.node(state), of.shift(state), of.count(state)[VISITS]
    p1 = below(of.random(state), visits)
    r1 = np.int64(node[p1, ROUTE])
    if r1 < 0:
        return IMPOSSIBLE
    mode = shift[r1, MODE]
    tries = min(_TRIES, of.near(state).shape[1])
    turn = below(of.random(state), max(1, tries))
    for i in range(tries):
        q2 = np.int64(of.near(state)[p1, (i + turn) % tries])
        if q2 < 0:
            continue
        r2 = np.int64(node[q2, ROUTE])
        if r2 < 0 or r2 == r1 or shift[r2, MODE] != mode:
            continue
        p2 = np.int64(node[q2, PREV])
        q1 = np.int64(node[p1, NEXT])
        if not in_time(state, p1, q2, mode) or (q1 < visits and not in_time(state, p2, q1, mode)):
            continue
        change = legs_change(state, p1, p2, mode)
        if p2 >= visits and q1 >= visits:
            change -= shift[r2, USE_COST]
        if change >= budget:
            continue
        price2 = tail_price(state, q2, r1)
        price1 = tail_price(state, q1, r2)
        if price1 >= IMPOSSIBLE or price2 >= IMPOSSIBLE or change + price1 + price2 >= budget:
            continue
        if tail_breaks(state, q1) != tail_breaks(state, q2):
            continue
        return exchange(state, p1, p2, change + price1 + price2)
    return IMPOSSIBLE


@compiled()
def exchange(state: State, p1: int, p2: int, fixed: int) -> int:
    """Exchange the tails after two nodes; give the change of cost, IMPOSSIBLE if the plan does not hold."""
    node, count, touched = of.node(state), of.count(state), of.touched(state)
    visits, shifts = count[VISITS], count[SHIFTS]
    if not note(state, TAILS_SWAPPED, p1, p2, ZERO, ZERO):
        return IMPOSSIBLE
    swap_tails(state, p1, p2)
    if not tail_allowed(state, np.int64(node[p1, NEXT])) or not tail_allowed(state, np.int64(node[p2, NEXT])):
        return IMPOSSIBLE
    touched[0] = node[p1, NEXT]
    touched[1] = node[p2, NEXT]
    touched[2] = visits + shifts + node[p1, ROUTE]
    touched[3] = visits + shifts + node[p2, ROUTE]
    count[LATEST_TOUCHED] = count[LATE_MAY_FALL]
    change = refit(state, np.int64(4))
    if change >= IMPOSSIBLE:
        return IMPOSSIBLE
    return fixed + change + settle_lateness(state)
