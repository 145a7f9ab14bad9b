"""Taking units out, and letting every start that depended on them fall back to its least value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import note, take_out
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    FLOOR,
    GRID,
    IMPOSSIBLE,
    IN,
    KIND,
    LATE_MAY_FALL,
    LATEST,
    LATEST_TOUCHED,
    LEG_COST,
    LINK_FROM,
    LINK_TO,
    MAX_LATE_COST,
    MOST_LATE,
    NEXT,
    NO_GAP,
    NONE,
    NOWHERE,
    OTHER,
    OUT,
    PLAIN,
    PREV,
    ROUTE,
    START,
    TAKEN_OUT,
    USE_COST,
    VISITS,
    ZERO,
)
from visitplan.solver.search.propagation import (
    arrival,
    into_window,
    lateness,
    push,
    queue_links,
    start_cost,
    write_start,
)

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State


@compiled()
def note_lateness(state: State, x: int) -> None:
    """Remember if a node that is about to change is as late as any visit of the plan."""
    count = of.count(state)
    if count[MAX_LATE_COST] > 0 and x < count[VISITS] and count[LATEST_TOUCHED] == 0:
        late = lateness(state, x, np.int64(of.node(state)[x, START]))
        count[LATEST_TOUCHED] = late > 0 and late >= count[MOST_LATE]


@compiled()
def remove_unit(state: State, unit: int, touched: int) -> tuple[int, int]:
    """Take a unit's visits out of their runs; starts are left as they are.

    Gives the change of cost, and how many nodes are in ``touched`` now: those whose arcs in have changed. -1
    if a log is full.
    """
    node, visits = of.node(state), of.count(state)[VISITS]
    cost = np.int64(0)
    for k in range(of.unit_from(state)[unit], of.unit_from(state)[unit + 1]):
        v = np.int64(of.unit_visit(state)[k])
        p, q, r = np.int64(node[v, PREV]), np.int64(node[v, NEXT]), np.int64(node[v, ROUTE])
        broken = 0 if node[v, ARC] & BREAK else 1
        if not note(state, TAKEN_OUT, v, p, broken, np.int64(node[v, FLOOR])):
            return 0, -1
        cost -= np.int64(node[p, LEG_COST]) + node[v, LEG_COST] + of.price(state)[v, r]
        cost -= start_cost(state, v, np.int64(node[v, START]))
        note_lateness(state, v)
        if not write_start(state, v, np.int64(node[v, START])):
            return 0, -1
        take_out(state, v)
        cost += node[p, LEG_COST]
        if p >= visits and q >= visits:
            cost -= of.shift(state)[r, USE_COST]
        of.touched(state)[touched] = q
        touched += 1
        # A partner that stays may only have started so late because of this visit.
        for link in range(node[v, LINK_FROM], node[v, LINK_TO]):
            of.touched(state)[touched] = of.link(state)[link, OTHER]
            touched += 1
    return cost, touched


@compiled()
def idle_end(state: State, x: int) -> bool:
    """Say whether a node is the end of a shift that is not used."""
    node, visits = of.node(state), of.count(state)[VISITS]
    return x >= visits and node[x, PREV] >= visits


@compiled()
def depends(state: State, y: int, tick: int) -> bool:
    """Say whether a node's start may be what it is because it may not be before ``tick``."""
    node = of.node(state)
    if node[y, START] <= node[y, FLOOR] or tick == NOWHERE:
        return tick == NOWHERE
    if node[y, KIND] != PLAIN:
        tick = into_window(state, y, tick)
    return tick >= node[y, START]


@compiled()
def spread(state: State, touched: int) -> int:
    """Add to ``touched`` every node that hangs on one of them by arcs without slack; give their number."""
    node, link, mark, found = of.node(state), of.link(state), of.mark(state), of.touched(state)
    grid = of.count(state)[GRID]
    kept = 0
    for i in range(touched):
        x = found[i]
        if node[x, ROUTE] >= 0 and mark[x] == 0:
            mark[x] = 1
            found[kept] = x
            kept += 1
    i = 0
    while i < kept:
        x = np.int64(found[i])
        i += 1
        start = np.int64(node[x, START])
        y = np.int64(node[x, NEXT])
        if y >= 0 and mark[y] == 0 and depends(state, y, arrival(state, x, start, grid)):
            mark[y] = 1
            found[kept] = y
            kept += 1
        for k in range(node[x, LINK_FROM], node[x, LINK_TO]):
            other = np.int64(link[k, OTHER])
            if node[other, ROUTE] >= 0 and mark[other] == 0 and depends(state, other, start + link[k, OUT]):
                mark[other] = 1
                found[kept] = other
                kept += 1
    return kept


@compiled()
def fall_back(state: State, kept: int) -> int:
    """Set each touched node to the least start that nodes not touched ask for.

    Gives the change of cost; IMPOSSIBLE if there is no such start or the log is full.
    """
    node, link, mark, found = of.node(state), of.link(state), of.mark(state), of.touched(state)
    grid = of.count(state)[GRID]
    cost = np.int64(0)
    for i in range(kept):
        x = np.int64(found[i])
        least = np.int64(node[x, FLOOR])
        p = np.int64(node[x, PREV])
        if mark[p] == 0 and not idle_end(state, x):
            after = arrival(state, p, np.int64(node[p, START]), grid)
            if after == NOWHERE:
                return IMPOSSIBLE
            least = max(least, after)
        for k in range(node[x, LINK_FROM], node[x, LINK_TO]):
            other = link[k, OTHER]
            if node[other, ROUTE] >= 0 and mark[other] == 0 and link[k, IN] > NO_GAP:
                least = max(least, np.int64(node[other, START]) + link[k, IN])
        if node[x, KIND] != PLAIN:
            least = into_window(state, x, least)
            if least == NOWHERE:
                return IMPOSSIBLE
        note_lateness(state, x)
        cost += start_cost(state, x, least) - start_cost(state, x, np.int64(node[x, START]))
        if not write_start(state, x, least):
            return IMPOSSIBLE
        note_lateness(state, x)
    return cost


@compiled()
def rise_again(state: State, kept: int) -> int:
    """Push from each touched node what has to follow it; give the change of cost, or IMPOSSIBLE."""
    node, found, queue, count = of.node(state), of.touched(state), of.queue(state), of.count(state)
    grid = count[GRID]
    cost = np.int64(0)
    for i in range(kept):
        x = np.int64(found[i])
        start = np.int64(node[x, START])
        queued = queue_links(state, x, start, ZERO)
        if queued < 0:
            return IMPOSSIBLE
        y = np.int64(node[x, NEXT])
        tick = np.int64(0)
        if y >= 0:
            tick = arrival(state, x, start, grid)
            if tick == NOWHERE:
                return IMPOSSIBLE
        elif queued > 0:
            queued -= 1
            y = np.int64(queue[queued, 0])
            tick = np.int64(queue[queued, 1])
        else:
            continue
        before = count[MOST_LATE]
        pushed, after = push(state, queued, y, tick, NONE, IMPOSSIBLE, before)
        if pushed >= IMPOSSIBLE:
            return IMPOSSIBLE
        cost += pushed - count[MAX_LATE_COST] * (after - before)
        count[LATEST_TOUCHED] |= after > before
    return cost


@compiled()
def within_latest(state: State, kept: int) -> bool:
    """Say whether no touched node starts too late; without shortcuts by a third place none does."""
    node = of.node(state)
    for i in range(kept):  # noqa: SIM110
        if node[of.touched(state)[i], START] > node[of.touched(state)[i], LATEST]:
            return False
    return True


@compiled()
def refit(state: State, touched: int) -> int:
    """Find the starts of touched nodes, and of all that hang on them, anew.

    Gives the change of cost without that of the largest lateness; IMPOSSIBLE if the starts do not exist, or a
    log is full: then the caller must undo.
    """
    kept = spread(state, touched)
    cost = fall_back(state, kept)
    if cost < IMPOSSIBLE:
        risen = rise_again(state, kept)
        cost = cost + risen if risen < IMPOSSIBLE else np.int64(IMPOSSIBLE)
    if cost < IMPOSSIBLE and not within_latest(state, kept):
        cost = np.int64(IMPOSSIBLE)
    for i in range(kept):
        of.mark(state)[of.touched(state)[i]] = 0
    return cost


@compiled()
def most_late(state: State) -> int:
    """Give the largest lateness of any visit of the plan."""
    node = of.node(state)
    latest = np.int64(0)
    for v in range(of.count(state)[VISITS]):
        if node[v, ROUTE] >= 0:
            latest = max(latest, lateness(state, v, np.int64(node[v, START])))
    return latest


@compiled()
def remove_units(state: State, number: int) -> int:
    """Take out the first ``number`` units of ``out``; give the change of cost.

    MOST_LATE is brought up to date. IMPOSSIBLE if that cannot be done; then the caller must undo.
    """
    count = of.count(state)
    count[LATEST_TOUCHED] = count[LATE_MAY_FALL]
    cost = np.int64(0)
    touched = ZERO
    for i in range(number):
        change, touched = remove_unit(state, np.int64(of.out(state)[i]), touched)
        if touched < 0:
            return IMPOSSIBLE
        cost += change
    change = refit(state, touched)
    if change >= IMPOSSIBLE:
        return IMPOSSIBLE
    return cost + change + settle_lateness(state)


@compiled()
def settle_lateness(state: State) -> int:
    """Bring MOST_LATE up to date after starts have fallen; give the change of cost."""
    count = of.count(state)
    if count[LATEST_TOUCHED] == 0:
        return 0
    count[LATEST_TOUCHED] = 0
    latest = most_late(state)
    change = count[MAX_LATE_COST] * (latest - count[MOST_LATE])
    count[MOST_LATE] = latest
    return change


@compiled()
def forget_passing_lateness(state: State) -> int:
    """Correct MOST_LATE where a visit may have been late on its way into a later window; give the change."""
    count = of.count(state)
    if count[LATE_MAY_FALL] == 0:
        return 0
    count[LATEST_TOUCHED] = 1
    return settle_lateness(state)
