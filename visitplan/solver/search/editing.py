"""Putting visits into runs and taking them out: pointers, legs, the break's place, and how to go back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    DURATION,
    EDIT_BEFORE,
    EDIT_BREAK,
    EDIT_FLOOR,
    EDIT_KIND,
    EDIT_ROUTE,
    EDIT_VISIT,
    EDITED,
    FLOOR,
    HAS_LIMITS,
    LEG_COST,
    LEG_TICKS,
    MODE,
    MODES,
    NEXT,
    NONE,
    ONE,
    OVERFLOW,
    PLACE,
    PLACES,
    PREV,
    PUT_IN,
    ROUTE,
    SHIFTS,
    STAFF,
    TAKEN_OUT,
    VISITS,
)
from visitplan.solver.search.propagation import roll_back

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State


@compiled()
def set_leg(state: State, x: int, y: int) -> None:
    """Write the leg from ``x`` to ``y``; a run without visits is no way at all."""
    node = of.node(state)
    visits = of.count(state)[VISITS]
    if x >= visits and y >= visits:
        node[x, LEG_TICKS] = 0
        node[x, LEG_COST] = 0
        return
    origin = np.int64(node[x, PLACE])
    if of.count(state)[MODES] > 1:
        origin += of.shift(state)[node[x, ROUTE], MODE] * of.count(state)[PLACES]
    node[x, LEG_TICKS] = of.ticks(state)[origin, node[y, PLACE]]
    node[x, LEG_COST] = of.cost(state)[origin, node[y, PLACE]]


@compiled()
def put_in(state: State, v: int, p: int, break_first: int) -> None:
    """Put visit ``v`` after node ``p``; its break, if there is one, comes before or after ``v``."""
    node = of.node(state)
    q = np.int64(node[p, NEXT])
    r = node[p, ROUTE]
    if of.count(state)[HAS_LIMITS]:
        of.busy(state)[of.shift(state)[r, STAFF]] -= node[p, LEG_TICKS]
    node[p, NEXT] = v
    node[v, PREV] = p
    node[v, NEXT] = q
    node[q, PREV] = v
    node[v, ROUTE] = r
    if node[p, ARC]:
        node[v, ARC] = node[p, ARC]
        if node[p, ARC] & BREAK:
            if break_first:
                node[v, ARC] = node[v, ARC] & ~BREAK
            else:
                node[p, ARC] = node[p, ARC] & ~BREAK
    else:
        node[v, ARC] = 0
    set_leg(state, p, v)
    set_leg(state, v, q)
    if of.count(state)[HAS_LIMITS]:
        of.busy(state)[of.shift(state)[r, STAFF]] += (
            node[p, LEG_TICKS] + node[v, LEG_TICKS] + node[v, DURATION]
        )


@compiled()
def take_out(state: State, v: int) -> None:
    """Take visit ``v`` out of its run; a break after it is then a break before what follows."""
    node = of.node(state)
    p = np.int64(node[v, PREV])
    q = np.int64(node[v, NEXT])
    r = node[v, ROUTE]
    if of.count(state)[HAS_LIMITS]:
        of.busy(state)[of.shift(state)[r, STAFF]] -= (
            node[p, LEG_TICKS] + node[v, LEG_TICKS] + node[v, DURATION]
        )
    node[p, NEXT] = q
    node[q, PREV] = p
    node[v, ROUTE] = -1
    if node[v, ARC] & BREAK:
        node[p, ARC] = node[p, ARC] | BREAK
    set_leg(state, p, q)
    if of.count(state)[HAS_LIMITS]:
        of.busy(state)[of.shift(state)[r, STAFF]] += node[p, LEG_TICKS]


@compiled()
def note(state: State, kind: int, v: int, p: int, broken: int, floor: int) -> bool:
    """Log an edit before it is made; False if the log is full."""
    edited = of.count(state)[EDITED]
    if edited == of.edit(state).shape[0]:
        of.count(state)[OVERFLOW] = 1
        return False
    edit = of.edit(state)
    edit[edited, EDIT_KIND] = kind
    edit[edited, EDIT_VISIT] = v
    edit[edited, EDIT_BEFORE] = p
    edit[edited, EDIT_BREAK] = broken
    edit[edited, EDIT_FLOOR] = floor
    edit[edited, EDIT_ROUTE] = of.node(state)[p, ROUTE]
    of.count(state)[EDITED] = edited + 1
    return True


@compiled()
def relabel(state: State, x: int, r: int) -> None:
    """Give all nodes from ``x`` on, up to the end node, to shift ``r``; the end node stays what it is."""
    node = of.node(state)
    while node[x, NEXT] >= 0:
        node[x, ROUTE] = r
        x = np.int64(node[x, NEXT])


@compiled()
def count_busy(state: State, r: int, sign: int) -> None:
    """Add the visits and travel of a run to what its staff is busy with, or take them away."""
    node = of.node(state)
    x = np.int64(of.count(state)[VISITS] + r)
    ticks = np.int64(0)
    while node[x, NEXT] >= 0:
        ticks += node[x, DURATION] + node[x, LEG_TICKS]
        x = np.int64(node[x, NEXT])
    of.busy(state)[of.shift(state)[r, STAFF]] += sign * ticks


@compiled()
def swap_tails(state: State, p1: int, p2: int) -> None:
    """Exchange what comes after ``p1`` and after ``p2``, but for the end nodes; its own inverse."""
    node, visits, shifts = of.node(state), of.count(state)[VISITS], of.count(state)[SHIFTS]
    r1 = np.int64(node[p1, ROUTE])
    r2 = np.int64(node[p2, ROUTE])
    end1 = visits + shifts + r1
    end2 = visits + shifts + r2
    limits = of.count(state)[HAS_LIMITS]
    if limits:
        count_busy(state, r1, NONE)
        count_busy(state, r2, NONE)
    last1 = node[end1, PREV]
    last2 = node[end2, PREV]
    q1 = node[p1, NEXT]
    q2 = node[p2, NEXT]
    if q2 != end2:
        node[p1, NEXT] = q2
        node[q2, PREV] = p1
        node[last2, NEXT] = end1
        node[end1, PREV] = last2
    else:
        node[p1, NEXT] = end1
        node[end1, PREV] = p1
    if q1 != end1:
        node[p2, NEXT] = q1
        node[q1, PREV] = p2
        node[last1, NEXT] = end2
        node[end2, PREV] = last1
    else:
        node[p2, NEXT] = end2
        node[end2, PREV] = p2
    relabel(state, np.int64(node[p1, NEXT]), r1)
    relabel(state, np.int64(node[p2, NEXT]), r2)
    set_leg(state, p1, np.int64(node[p1, NEXT]))
    set_leg(state, p2, np.int64(node[p2, NEXT]))
    set_leg(state, np.int64(node[end1, PREV]), end1)
    set_leg(state, np.int64(node[end2, PREV]), end2)
    if limits:
        count_busy(state, r1, ONE)
        count_busy(state, r2, ONE)


@compiled()
def undo(state: State, logged: int, edited: int) -> None:
    """Go back to where the two logs had so many rows."""
    node, edit, count = of.node(state), of.edit(state), of.count(state)
    for k in range(count[EDITED] - 1, edited - 1, -1):
        v = np.int64(edit[k, EDIT_VISIT])
        p = np.int64(edit[k, EDIT_BEFORE])
        kind = edit[k, EDIT_KIND]
        if kind == PUT_IN:
            take_out(state, v)
            node[v, FLOOR] = edit[k, EDIT_FLOOR]
        elif kind == TAKEN_OUT:
            put_in(state, v, p, np.int64(edit[k, EDIT_BREAK]))
            node[v, FLOOR] = edit[k, EDIT_FLOOR]
        else:
            swap_tails(state, v, p)
    count[EDITED] = edited
    roll_back(state, logged)
