"""The one entrance to compiled code: everything is compiled together, once, and kept together."""

from __future__ import annotations

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.annealing import construct, list_absent, run
from visitplan.solver.search.arrays import State
from visitplan.solver.search.compiling import compiled, entrance
from visitplan.solver.search.editing import undo
from visitplan.solver.search.insertion import apply
from visitplan.solver.search.layout import (
    EDITED,
    IMPOSSIBLE,
    LOGGED,
    MOST_LATE,
    PREV,
    SHIFTS,
    VISITS,
    ZERO,
)
from visitplan.solver.search.removal import most_late
from visitplan.solver.search.terms import count_terms

CONSTRUCT, ANNEAL, LOAD, RECOUNT = range(4)
"""What can be asked for."""


@compiled()
def load(state: State, number: int) -> int:
    """Put the first ``number`` visits of ``given`` in, each at the end of its run.

    Gives -1, or the row of the first that does not fit; then none is put in.
    """
    node, count, given = of.node(state), of.count(state), of.given(state)
    count[LOGGED] = 0
    count[EDITED] = 0
    for k in range(number):
        end = count[VISITS] + count[SHIFTS] + given[k, 1]
        last = np.int64(node[end, PREV])
        cost, _ = apply(
            state, np.int64(given[k, 0]), last, np.int64(given[k, 2]), np.int64(given[k, 3]), ZERO
        )
        if cost >= IMPOSSIBLE:
            undo(state, ZERO, ZERO)
            return k
    return -1


@compiled()
def recount(state: State) -> int:
    """Bring all that is kept beside the nodes up to date; give the cost of waiting."""
    list_absent(state)
    of.count(state)[MOST_LATE] = most_late(state)
    return count_terms(state)


@entrance()
def work(state: State, task: int, first: int, second: int) -> int:
    """Do a task.

    CONSTRUCT puts ``second`` units of ``out`` in, from ``first`` on; ANNEAL makes ``first`` steps at
    temperature ``second``; LOAD puts ``first`` given visits in; RECOUNT counts. Gives what that task gives.
    """
    if task == CONSTRUCT:
        return construct(state, first, second)
    if task == ANNEAL:
        return run(state, first, second)
    if task == LOAD:
        return load(state, first)
    return recount(state)
