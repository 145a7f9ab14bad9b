"""Putting units back in: in which order, and within which budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.insertion import insert_unit
from visitplan.solver.search.layout import DUE, IMPOSSIBLE, OVERFLOW
from visitplan.solver.search.randomness import below, draw

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_WIDTH = 4
"""Places of its first member tried for a unit of several visits."""


@compiled()
def sort_out(state: State, number: int) -> None:
    """Sort units to be put in: by chance, remoteness, lateness or size."""
    out, key, random = of.out(state), of.key(state), of.random(state)
    way = below(random, 20)
    for i in range(number):
        unit = out[i]
        v = of.unit_visit(state)[of.unit_from(state)[unit]]
        if way < 8:
            key[i] = draw(random)
        elif way < 11:
            key[i] = -of.remote(state)[v]
        elif way < 12:
            key[i] = of.remote(state)[v]
        elif way < 15:
            key[i] = of.node(state)[v, DUE]
        elif way < 18:
            size = np.int64(of.unit_from(state)[unit + 1] - of.unit_from(state)[unit])
            key[i] = -(size << 32) + draw(random)
        else:
            key[i] = -np.int64(of.node(state)[v, DUE])
    for i in range(1, number):
        value = key[i]
        unit = out[i]
        j = i
        while j > 0 and key[j - 1] > value:
            key[j] = key[j - 1]
            out[j] = out[j - 1]
            j -= 1
        key[j] = value
        out[j] = unit


@compiled()
def recreate(
    state: State, number: int, cost: int, threshold: int, most_late: int, everywhere: int
) -> tuple[int, int]:
    """Put in the units of ``out`` one after another; give the plan's cost and its largest lateness.

    A unit that would cost more than its penalty is left out. IMPOSSIBLE as soon as the cost reaches the
    threshold, or a log was full.
    """
    latest = most_late
    for i in range(number):
        budget = threshold - cost
        if budget <= 0:
            return IMPOSSIBLE, latest
        unit = np.int64(of.out(state)[i])
        penalty = of.penalty(state)[unit]
        added, after = insert_unit(state, unit, min(budget, penalty), latest, np.int64(_WIDTH), everywhere)
        if of.count(state)[OVERFLOW]:
            return IMPOSSIBLE, latest
        if added < IMPOSSIBLE:
            cost += added
            latest = after
        elif penalty < budget:
            cost += penalty
        else:
            return IMPOSSIBLE, latest
    return cost, latest
