"""Cheap questions about a place for a visit, asked before anything is tried there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.problem import StaffRule
from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import (
    DUE,
    DURATION,
    FIRST,
    GRID,
    IN,
    KIND,
    LATEST,
    LEG_TICKS,
    LINK_FROM,
    LINK_TO,
    MODE,
    NEXT,
    NO_GAP,
    NOWHERE,
    OTHER,
    PLAIN,
    ROUTE,
    SHIFTS,
    STAFF,
    STAFF_RULE,
    START,
    VISITS,
    WAITING_COST,
    WEEK_LIMIT,
)
from visitplan.solver.search.propagation import into_window, timed_leg

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_DISTINCT = int(StaffRule.DISTINCT)


@compiled()
def lowest_start(state: State, v: int) -> int:
    """Give the first start that a visit's windows and its links to served visits allow."""
    node, link = of.node(state), of.link(state)
    lowest = np.int64(of.visit(state)[v, FIRST])
    for k in range(node[v, LINK_FROM], node[v, LINK_TO]):
        other = link[k, OTHER]
        if node[other, ROUTE] >= 0 and link[k, IN] > NO_GAP:
            lowest = max(lowest, np.int64(node[other, START]) + link[k, IN])
    return lowest


@compiled()
def staff_rule_allows(state: State, k: int, r: int) -> bool:
    """Say whether the staff rule of a link lets shift ``r`` serve the visit whose link it is."""
    link, shift = of.link(state), of.shift(state)
    rule = link[k, STAFF_RULE]
    at = of.node(state)[link[k, OTHER], ROUTE]
    return rule <= 0 or at < 0 or (shift[at, STAFF] == shift[r, STAFF]) != (rule == _DISTINCT)


@compiled()
def staff_allows(state: State, v: int, r: int) -> bool:
    """Say whether the staff rules of a visit's links let shift ``r`` serve it."""
    node = of.node(state)
    for k in range(node[v, LINK_FROM], node[v, LINK_TO]):  # noqa: SIM110
        if not staff_rule_allows(state, k, r):
            return False
    return True


@compiled()
def waiting_change(state: State, v: int, p: int, legs: int) -> int:
    """Give an estimate of how the cost of waiting in the run of ``p`` changes if a visit is put in after it.

    A gap between two visits is used up; at the ends a new gap counts as far as no visit can move into it.
    """
    node, visits = of.node(state), of.count(state)[VISITS]
    r = node[p, ROUTE]
    q = node[p, NEXT]
    rate = of.shift(state)[r, WAITING_COST]
    if rate == 0 or (p >= visits and q >= visits):
        return 0
    if p < visits and q < visits:
        gap = np.int64(node[q, START]) - node[p, START] - node[p, DURATION] - node[p, LEG_TICKS]
        gap = min(gap, of.waiting(state)[r] // rate)
        return -rate * max(0, min(gap, legs + node[v, DURATION]))
    if p < visits:
        ready = np.int64(node[p, DUE]) + node[p, DURATION]
        return rate * max(0, of.visit(state)[v, FIRST] - ready - legs)
    return rate * max(0, node[q, START] - np.int64(node[v, DUE]) - node[v, DURATION] - legs)


@compiled()
def over_week(state: State, v: int, r: int, legs: int) -> bool:
    """Say whether visits and travel alone would be more than the staff's week allows."""
    shift = of.shift(state)
    limit = shift[r, WEEK_LIMIT]
    return limit >= 0 and of.busy(state)[shift[r, STAFF]] + legs + of.node(state)[v, DURATION] > limit


@compiled()
def too_late(state: State, v: int, r: int, q: int, tick: int, ticks_out: int) -> bool:
    """Say whether a visit from ``tick`` on is too late for its windows, for the next node, or for the shift.

    Legs are taken at free flow and without breaks, so that most places are turned down before anything is
    tried.
    """
    node, count = of.node(state), of.count(state)
    begin = tick
    if node[v, KIND] != PLAIN:
        begin = into_window(state, v, tick)
    if begin == NOWHERE or begin > node[v, LATEST]:
        return True
    after = begin + node[v, DURATION] + ticks_out
    return after > node[q, LATEST] or after > node[count[VISITS] + count[SHIFTS] + r, LATEST]


@compiled()
def slowed(state: State, r: int, free: int, depart: int) -> int:
    """Give the ticks of a leg of a shift that takes ``free`` ticks at free flow and is left at ``depart``."""
    return timed_leg(state, of.shift(state)[r, MODE], free, depart, of.count(state)[GRID])
