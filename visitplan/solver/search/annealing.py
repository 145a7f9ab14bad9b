"""The steps of the search: ruin and recreate, or exchange tails; kept below a threshold drawn first.

Simulated annealing: a plan dearer by ``d`` is kept with probability exp(-d / temperature). That chance is
drawn before the step, so that what is left of it bounds every insertion, which stops as soon as it costs
more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import undo
from visitplan.solver.search.insertion import insert_unit
from visitplan.solver.search.layout import (
    ABSENT,
    ACCEPTED,
    BEST,
    CURRENT,
    EDITED,
    IMPOSSIBLE,
    ITERATIONS,
    LOGGED,
    MOST_LATE,
    ONE,
    OVERFLOW,
    ROUTE,
    SEEKING,
    SWAPPED,
    VISITS,
    ZERO,
)
from visitplan.solver.search.randomness import below, draw
from visitplan.solver.search.recreate import recreate, sort_out
from visitplan.solver.search.removal import forget_passing_lateness, remove_units
from visitplan.solver.search.ruin import add_absent, average_run, ruin
from visitplan.solver.search.tails import try_tails
from visitplan.solver.search.terms import keep_terms, route_terms

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_TAILS = 2**31 // 10
"""One step in ten exchanges tails."""


@compiled()
def draw_threshold(state: State, temperature: int) -> int:
    """Give the cost a plan must stay below; ``temperature`` is in 256ths of a cost unit."""
    drawn = of.neglog(state)[below(of.random(state), of.neglog(state).shape[0])]
    return of.count(state)[CURRENT] + ((temperature * drawn) >> 24) + 1


@compiled()
def choose_seed(state: State) -> int:
    """Give the visit around which others are taken out, by lot; when seeking, half of them are not served."""
    count, random = of.count(state), of.random(state)
    if not count[SEEKING] or not count[ABSENT] or draw(random) & 1:
        return below(random, count[VISITS])
    unit = of.absent(state)[below(random, count[ABSENT])]
    first = np.int64(of.unit_from(state)[unit])
    return of.unit_visit(state)[first + below(random, of.unit_from(state)[unit + 1] - first)]


@compiled()
def ruin_and_recreate(state: State, threshold: int, longest: int) -> int:
    """Make one step; give the cost of the plan after it, IMPOSSIBLE if it is not to be kept."""
    count = of.count(state)
    seed = np.int64(choose_seed(state))
    number = ruin(state, seed, longest)
    cost = remove_units(state, number)
    if cost >= IMPOSSIBLE:
        return IMPOSSIBLE
    cost += count[CURRENT]
    taken = add_absent(state, seed, number)
    for i in range(number, taken):
        cost -= of.penalty(state)[of.out(state)[i]]
    sort_out(state, taken)
    cost, latest = recreate(state, taken, cost, threshold, count[MOST_LATE], ZERO)
    count[MOST_LATE] = latest
    if cost < IMPOSSIBLE:
        of.out(state)[of.out(state).shape[0] - 1] = taken
    return cost


@compiled()
def list_absent(state: State) -> None:
    """Write the units not served into ``absent``."""
    node = of.node(state)
    absent = 0
    for unit in range(of.penalty(state).shape[0]):
        if node[of.unit_visit(state)[of.unit_from(state)[unit]], ROUTE] < 0:
            of.absent(state)[absent] = unit
            absent += 1
    of.count(state)[ABSENT] = absent


@compiled()
def update_absent(state: State, taken: int) -> None:
    """Bring ``absent`` up to date after a step that tried the first ``taken`` units of ``out``."""
    node, count = of.node(state), of.count(state)
    kept = 0
    for i in range(count[ABSENT]):
        unit = of.absent(state)[i]
        if node[of.unit_visit(state)[of.unit_from(state)[unit]], ROUTE] < 0:
            of.absent(state)[kept] = unit
            of.unit_mark(state)[unit] = 1
            kept += 1
    for i in range(taken):
        unit = of.out(state)[i]
        if (
            node[of.unit_visit(state)[of.unit_from(state)[unit]], ROUTE] < 0
            and of.unit_mark(state)[unit] == 0
        ):
            of.absent(state)[kept] = unit
            of.unit_mark(state)[unit] = 1
            kept += 1
    count[ABSENT] = kept
    for i in range(kept):
        of.unit_mark(state)[of.absent(state)[i]] = 0


@compiled()
def step(state: State, temperature: int, longest: int) -> bool:
    """Make one step and keep it or not; False, and nothing changed, if a log was full."""
    count = of.count(state)
    count[LOGGED] = 0
    count[EDITED] = 0
    most_late = count[MOST_LATE]
    threshold = draw_threshold(state, temperature)
    taken = 0
    if draw(of.random(state)) < _TAILS:
        cost = try_tails(state, threshold - count[CURRENT])
        if cost < IMPOSSIBLE:
            cost += count[CURRENT]
            count[SWAPPED] += 1
    else:
        cost = ruin_and_recreate(state, threshold, longest)
        taken = of.out(state)[of.out(state).shape[0] - 1]
    if cost < IMPOSSIBLE:
        change, kept = route_terms(state)
        change += forget_passing_lateness(state)
        cost = cost + change if kept else np.int64(IMPOSSIBLE)
    if cost >= threshold:
        undo(state, ZERO, ZERO)
        count[MOST_LATE] = most_late
        return count[OVERFLOW] == 0
    keep_terms(state)
    count[CURRENT] = cost
    count[ACCEPTED] += 1
    if taken > 0 and (count[ABSENT] > 0 or cost > 0):
        update_absent(state, taken)
    if cost < count[BEST]:
        count[BEST] = cost
        of.best(state)[:] = of.node(state)
    return True


@compiled()
def run(state: State, steps: int, temperature: int) -> int:
    """Make so many steps at one temperature; give how many were made: fewer if a log was full."""
    longest = average_run(state)
    for done in range(steps):
        if not step(state, temperature, longest):
            return done
        of.count(state)[ITERATIONS] += 1
    return steps


@compiled()
def construct(state: State, first: int, number: int) -> int:
    """Put in the units of ``out`` from ``first`` on, wherever they cost least; give how many were looked at.

    Stops early if a log was full. The steps are not to be taken back.
    """
    count = of.count(state)
    for i in range(first, first + number):
        count[LOGGED] = 0
        count[EDITED] = 0
        unit = np.int64(of.out(state)[i])
        penalty = of.penalty(state)[unit]
        cost, latest = insert_unit(state, unit, penalty, count[MOST_LATE], np.int64(4), ONE)
        if count[OVERFLOW]:
            undo(state, ZERO, ZERO)
            return i - first
        if cost >= IMPOSSIBLE:
            continue
        change, kept = route_terms(state)
        if not kept or cost + change >= penalty:
            undo(state, ZERO, ZERO)
            continue
        keep_terms(state)
        count[MOST_LATE] = latest
        count[CURRENT] += cost + change - penalty + forget_passing_lateness(state)
    return number
