"""Which places for a visit may cost little enough: legs and assignment alone, all places in one go.

Most places cost too much, and which do cannot be foretold; a processor that guesses wrong begins anew. So
nothing is decided here place by place: every place is written down, and counted only where it may do.
Indices are unsigned because Numba then need not ask whether they count from the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import (
    LEG_COST,
    MAIN_MODE,
    MODE,
    MODES,
    NEXT,
    PLACE,
    PLACES,
    ROUTE,
    SCANNED,
    SHIFTS,
    USE_COST,
    VISITS,
    ZERO,
)

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State


@compiled()
def shortlist(state: State, v: int, bound: int, everywhere: int) -> int:
    """Write the places into ``option`` whose legs and assignment cost less than ``bound``; give their number.

    They are in the order of the visit's lists; waiting that could be saved counts for them.
    """
    found = shortlist_after_visits(state, v, bound, everywhere)
    return shortlist_fronts(state, v, bound, everywhere, found)


@compiled()
def shortlist_after_visits(state: State, v: int, bound: int, everywhere: int) -> int:
    """Look at the places after the visits near one, or after all visits."""
    node, shift, count, waiting = of.node(state), of.shift(state), of.count(state), of.waiting(state)
    rows, money, charges = of.before(state), of.cost(state), of.price(state)[v]
    option, option_cost = of.option(state), of.option_cost(state)
    places, modes, main = count[PLACES], count[MODES], count[MAIN_MODE]
    here = np.int64(node[v, PLACE])
    onwards = money[main * places + here]
    first_row = np.int64(of.before_from(state)[v])
    number = np.int64(of.before_from(state)[v + 1]) - first_row
    found = ZERO
    looked = ZERO
    for i in range(count[VISITS] if everywhere else number):
        row = np.uint64(first_row + i)
        p = np.uint64(i if everywhere else rows[row, 0])
        route = np.int64(node[p, ROUTE])
        r = np.uint64(max(route, ZERO))
        q = np.uint64(max(np.int64(node[p, NEXT]), ZERO))
        onward = np.uint64(node[q, PLACE])
        listed = not everywhere
        if modes > 1 and shift[r, MODE] != main:
            base = shift[r, MODE] * places
            legs = np.int64(money[base + node[p, PLACE], here]) + money[base + here, onward]
            listed = False
        elif everywhere:
            legs = np.int64(money[main * places + node[p, PLACE], here]) + onwards[onward]
        else:
            legs = np.int64(rows[row, 2]) + onwards[onward]
        charge = np.int64(charges[r])
        cost = charge + legs - node[p, LEG_COST]
        served = (route | charge) >= 0  # neither is below 0
        looked += served
        k = np.uint64(found)
        option[k, 0] = p
        option[k, 1] = np.int64(row) if listed else ZERO - 1
        option_cost[k] = cost
        found += served & (cost - waiting[r] < bound)
    count[SCANNED] += looked
    return found


@compiled()
def shortlist_fronts(state: State, v: int, bound: int, everywhere: int, found: int) -> int:
    """Look at the places at the front of the shifts near a visit, or of all shifts."""
    node, shift, count, waiting = of.node(state), of.shift(state), of.count(state), of.waiting(state)
    money, charges, fronts = of.cost(state), of.price(state)[v], of.front(state)[v]
    option, option_cost = of.option(state), of.option_cost(state)
    visits, places = count[VISITS], count[PLACES]
    here = np.int64(node[v, PLACE])
    looked = ZERO
    for i in range(count[SHIFTS] if everywhere else np.int64(fronts.shape[0])):
        r = np.int64(i) if everywhere else np.int64(fronts[i])
        if r < 0:
            break
        p = np.uint64(visits + r)
        q = np.int64(node[p, NEXT])
        base = shift[r, MODE] * places
        legs = np.int64(money[base + node[p, PLACE], here]) + money[base + here, np.int64(node[q, PLACE])]
        charge = np.int64(charges[r])
        cost = charge + legs - node[p, LEG_COST] + shift[r, USE_COST] * (q >= visits)
        looked += charge >= 0
        k = np.uint64(found)
        option[k, 0] = p
        option[k, 1] = -1
        option_cost[k] = cost
        found += (charge >= 0) & (cost - waiting[r] < bound)
    count[SCANNED] += looked
    return found
