"""Costs and limits that belong to whole runs: paid waiting and week hours.

The search starts every visit as early as it can, which makes runs longer than they need be. Both are
therefore counted with the run drawn together: each visit as late as it may start without being late, but for
linked visits, which stay. Exact timing settles the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    DUE,
    DURATION,
    EDIT_KIND,
    EDIT_ROUTE,
    EDIT_VISIT,
    EDITED,
    HAS_LIMITS,
    HAS_WAITING,
    KIND,
    LEG_TICKS,
    LINK_FROM,
    LINK_TO,
    LOGGED,
    PAUSE,
    PAUSE_LATEST,
    PLAIN,
    PREV,
    ROUTE,
    SHIFTS,
    STAFF,
    START,
    TAILS_SWAPPED,
    VISITS,
    WAITING_COST,
    WEEK_LIMIT,
)

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State


@compiled()
def drawn_together(state: State, r: int) -> tuple[int, int]:
    """Give the cost of waiting and the ticks worked of one run, drawn together."""
    node, shift, visits = of.node(state), of.shift(state), of.count(state)[VISITS]
    end = visits + of.count(state)[SHIFTS] + r
    x = np.int64(node[end, PREV])
    if x >= visits:
        return 0, 0
    start = np.int64(node[x, START])
    span = np.int64(node[end, START]) - start
    busy = np.int64(node[x, DURATION]) + node[x, LEG_TICKS]
    rest = np.int64(0)
    if node[x, ARC] & BREAK and span >= busy + shift[r, PAUSE]:
        rest += shift[r, PAUSE]
    p = np.int64(node[x, PREV])
    while p < visits:
        latest = start - node[p, LEG_TICKS] - node[p, DURATION]
        busy += np.int64(node[p, LEG_TICKS]) + node[p, DURATION]
        if node[p, ARC] & BREAK:
            latest = min(
                latest - shift[r, PAUSE], shift[r, PAUSE_LATEST] - shift[r, PAUSE] - node[p, DURATION]
            )
            rest += shift[r, PAUSE]
        now = np.int64(node[p, START])
        free = now
        if node[p, KIND] == PLAIN and node[p, LINK_FROM] == node[p, LINK_TO]:
            free = max(now, min(latest, np.int64(node[p, DUE])))
        span += start - free
        start = free
        p = np.int64(node[p, PREV])
    return shift[r, WAITING_COST] * max(0, span - busy - rest), span + node[p, LEG_TICKS] - rest


@compiled()
def touched_routes(state: State) -> int:
    """Collect in ``route`` the shifts whose runs this step has changed; give how many there are."""
    node, log, edit, count = of.node(state), of.log(state), of.edit(state), of.count(state)
    found = 0
    for k in range(count[LOGGED]):
        r = node[log[k, 0], ROUTE]
        if r >= 0 and of.route_mark(state)[r] == 0:
            of.route_mark(state)[r] = 1
            of.route(state)[found] = r
            found += 1
    for k in range(count[EDITED]):
        r = edit[k, EDIT_ROUTE]
        if r >= 0 and of.route_mark(state)[r] == 0:
            of.route_mark(state)[r] = 1
            of.route(state)[found] = r
            found += 1
        if edit[k, EDIT_KIND] == TAILS_SWAPPED:
            r = node[edit[k, EDIT_VISIT], ROUTE]
            if of.route_mark(state)[r] == 0:
                of.route_mark(state)[r] = 1
                of.route(state)[found] = r
                found += 1
    for i in range(found):
        of.route_mark(state)[of.route(state)[i]] = 0
    return found


@compiled()
def route_terms(state: State) -> tuple[int, bool]:
    """Give the change of the cost of waiting in this step, and whether all weeks are kept."""
    count = of.count(state)
    if count[HAS_WAITING] == 0 and count[HAS_LIMITS] == 0:
        return 0, True
    change = np.int64(0)
    touched = touched_routes(state)
    for i in range(touched):
        r = np.int64(of.route(state)[i])
        of.waiting_now(state)[r], of.worked_now(state)[r] = drawn_together(state, r)
        of.route_mark(state)[r] = 1
        change += of.waiting_now(state)[r] - of.waiting(state)[r]
    kept = True
    if count[HAS_LIMITS]:
        for i in range(touched):
            kept = kept and week_kept(state, np.int64(of.route(state)[i]))
    for i in range(touched):
        of.route_mark(state)[of.route(state)[i]] = 0
    return change, kept


@compiled()
def week_kept(state: State, r: int) -> bool:
    """Say whether the staff of a shift keeps the week limit; touched shifts are marked."""
    shift = of.shift(state)
    limit = shift[r, WEEK_LIMIT]
    if limit < 0:
        return True
    staff = shift[r, STAFF]
    ticks = np.int64(0)
    for k in range(of.staff_from(state)[staff], of.staff_from(state)[staff + 1]):
        other = of.staff_shift(state)[k]
        ticks += of.worked_now(state)[other] if of.route_mark(state)[other] else of.worked(state)[other]
    return ticks <= limit


@compiled()
def keep_terms(state: State) -> None:
    """Take over what ``route_terms`` found for the touched shifts, at the end of an accepted step."""
    if of.count(state)[HAS_WAITING] == 0 and of.count(state)[HAS_LIMITS] == 0:
        return
    for i in range(touched_routes(state)):
        r = of.route(state)[i]
        of.waiting(state)[r] = of.waiting_now(state)[r]
        of.worked(state)[r] = of.worked_now(state)[r]


@compiled()
def count_terms(state: State) -> int:
    """Count waiting and work of all shifts from scratch; give the whole cost of waiting."""
    total = np.int64(0)
    for r in range(of.count(state)[SHIFTS]):
        of.waiting(state)[r], of.worked(state)[r] = drawn_together(state, r)
        total += of.waiting(state)[r]
    return total
