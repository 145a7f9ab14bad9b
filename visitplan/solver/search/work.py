"""The one entrance to compiled code: everything is compiled together, once, and kept together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.annealing import construct, list_absent, run
from visitplan.solver.search.compiling import compiled, entrance
from visitplan.solver.search.editing import count_busy, undo
from visitplan.solver.search.ejection import make_way
from visitplan.solver.search.filters import staff_allows
from visitplan.solver.search.insertion import apply, insert_unit
from visitplan.solver.search.layout import (
    EDITED,
    IMPOSSIBLE,
    LOGGED,
    MOST_LATE,
    ONE,
    PREV,
    SHIFTS,
    VISITS,
    ZERO,
)
from visitplan.solver.search.removal import forget_passing_lateness, most_late, remove_units
from visitplan.solver.search.terms import count_terms

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

CONSTRUCT, ANNEAL, LOAD, RECOUNT, INSERT, REMOVE, MAKE_WAY = range(7)
"""What can be asked for."""


@compiled()
def load(state: State, number: int) -> int:
    """Put the first ``number`` visits of ``given`` in, each at the end of its run.

    Gives -1, or the row of the first that does not fit or may not be there; then none is put in.
    """
    node, count, given = of.node(state), of.count(state), of.given(state)
    count[LOGGED] = 0
    count[EDITED] = 0
    for k in range(number):
        v, r = np.int64(given[k, 0]), np.int64(given[k, 1])
        last = np.int64(node[count[VISITS] + count[SHIFTS] + r, PREV])
        cost = np.int64(IMPOSSIBLE)
        if of.price(state)[v, r] >= 0 and staff_allows(state, v, r):
            cost, _ = apply(state, v, last, np.int64(given[k, 2]), np.int64(given[k, 3]), ZERO)
        if cost >= IMPOSSIBLE:
            undo(state, ZERO, ZERO)
            return k
    return -1


@compiled()
def recount(state: State) -> int:
    """Bring all that is kept beside the nodes up to date; give the cost of waiting."""
    list_absent(state)
    of.busy(state)[:] = 0
    for r in range(of.count(state)[SHIFTS]):
        count_busy(state, np.int64(r), ONE)
    of.count(state)[MOST_LATE] = most_late(state)
    return count_terms(state)


@compiled()
def edit_unit(state: State, task: int, unit: int) -> int:
    """Put one unit in or take it out, for good; give the change of cost.

    IMPOSSIBLE, and nothing changed, if it does not fit at less than its penalty, or the rest does not hold
    without it.
    """
    count = of.count(state)
    count[LOGGED] = 0
    count[EDITED] = 0
    penalty = of.penalty(state)[unit]
    if task == INSERT:
        cost, latest = insert_unit(state, unit, penalty, count[MOST_LATE], np.int64(4), ONE)
        if cost < IMPOSSIBLE:
            count[MOST_LATE] = latest
            return cost - penalty + forget_passing_lateness(state)
        return IMPOSSIBLE
    latest = count[MOST_LATE]
    of.out(state)[0] = unit
    cost = remove_units(state, ONE)
    if cost < IMPOSSIBLE:
        return cost + penalty
    undo(state, ZERO, ZERO)
    count[MOST_LATE] = latest
    return IMPOSSIBLE


@entrance()
def work(state: State, task: int, first: int, second: int) -> int:
    """Do a task.

    CONSTRUCT puts ``second`` units of ``out`` in, from ``first`` on; ANNEAL makes ``first`` steps at
    temperature ``second``; LOAD puts ``first`` given visits in; INSERT puts unit ``first`` in where it
    costs least, REMOVE takes it out; MAKE_WAY makes way ``first`` times for units that are left out; RECOUNT
    counts. Gives what that task gives.
    """
    if task == CONSTRUCT:
        return construct(state, first, second)
    if task == ANNEAL:
        return run(state, first, second)
    if task == LOAD:
        return load(state, first)
    if task in (INSERT, REMOVE):
        return edit_unit(state, task, first)
    if task == MAKE_WAY:
        return make_way(state, first)
    return recount(state)
