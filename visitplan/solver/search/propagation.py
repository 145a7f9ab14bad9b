"""Start times: the least fixpoint of the arcs along runs and along links, moved forward in place.

From a consistent plan, ``push`` raises the start of one node to a tick and then whatever has to follow. What
it moves is logged, so that the same code tries and applies: ``roll_back`` takes a trial back. Once a visit
has been inserted, times that do not exist show themselves in exactly one way: the visit is pushed again by
its own push. Only a jump into a later window may bring such a ring to rest, so that after a jump a few rounds
are allowed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    CLOSES,
    DUE,
    DURATION,
    EARLY_RATE,
    FLAT_COST,
    GRID,
    IMPOSSIBLE,
    KIND,
    LATEST,
    LATEST_RETURN,
    LEG_TICKS,
    LINK_FROM,
    LINK_TO,
    LOGGED,
    MAX_LATE_COST,
    MODE,
    MOST_MOVES,
    NEXT,
    NOWHERE,
    OPENS,
    OTHER,
    OUT,
    OVERFLOW,
    PAUSE,
    PAUSE_EARLIEST,
    PAUSE_LATEST,
    PAUSE_OVER,
    PAUSE_STEP,
    PLAIN,
    PREFERRED_FROM,
    PREFERRED_TO,
    RATE,
    ROUTE,
    SPAN_PARTS,
    SPAN_SHIFT,
    SPEED_ROWS,
    START,
    TIMED,
    VISITS,
    WINDOW_FROM,
    WINDOW_TO,
)

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_ROUNDS = 8
"""How often an inserted visit may be pushed again after jumps into later windows."""


# --- windows and costs of a start -----------------------------------------------------------------------


@compiled()
def into_window(state: State, v: int, tick: int) -> int:
    """Give the first start of a visit allowed from ``tick`` on, NOWHERE if there is none."""
    window = of.window(state)
    for k in range(of.visit(state)[v, WINDOW_FROM], of.visit(state)[v, WINDOW_TO]):
        if tick <= window[k, CLOSES]:
            return max(tick, np.int64(window[k, OPENS]))
    return NOWHERE


@compiled()
def start_cost(state: State, v: int, tick: int) -> int:
    """Give window, early and late cost of a visit that starts at an allowed tick."""
    node, window = of.node(state), of.window(state)
    if node[v, KIND] == PLAIN:
        return node[v, RATE] * max(0, tick - node[v, DUE])
    for k in range(of.visit(state)[v, WINDOW_FROM], of.visit(state)[v, WINDOW_TO]):
        if tick <= window[k, CLOSES]:
            early = max(0, window[k, PREFERRED_FROM] - tick)
            late = max(0, tick - window[k, PREFERRED_TO])
            return window[k, FLAT_COST] + of.visit(state)[v, EARLY_RATE] * early + node[v, RATE] * late
    return IMPOSSIBLE


@compiled()
def lateness(state: State, v: int, tick: int) -> int:
    """Give the ticks by which an allowed start is after the preferred part of its window."""
    node, window = of.node(state), of.window(state)
    if node[v, KIND] == PLAIN:
        return max(0, tick - node[v, DUE])
    for k in range(of.visit(state)[v, WINDOW_FROM], of.visit(state)[v, WINDOW_TO]):
        if tick <= window[k, CLOSES]:
            return max(0, tick - window[k, PREFERRED_TO])
    return 0


# --- the way to the next node ---------------------------------------------------------------------------


@compiled()
def timed_leg(state: State, mode: int, free: int, depart: int, grid: int) -> int:
    """Give the ticks of a leg of ``free`` ticks at free flow, left at ``depart``; see ``arithmetic``."""
    speed, count = of.speed(state), of.count(state)
    top = mode * count[SPEED_ROWS]
    unit, spans = speed[top, 0], speed[top, 1]
    if free == 0 or spans == 0:
        return free
    last = top + spans
    part = min(max(depart, 0) >> count[SPAN_SHIFT], SPAN_PARTS - 1)
    span = top + of.span(state)[mode, part]
    while span < last and speed[span + 1, 0] <= depart:
        span += 1
    if speed[span, 1] == unit and (span == last or depart + free <= speed[span + 1, 0]):
        return on_grid(free, grid)
    left = free * unit
    now = depart
    while span < last:
        done = (speed[span + 1, 0] - now) * speed[span, 1]
        if done >= left:
            break
        left -= done
        now = speed[span + 1, 0]
        span += 1
    return on_grid(now + (left + speed[span, 1] - 1) // speed[span, 1] - depart, grid)


@compiled()
def on_grid(ticks: int, grid: int) -> int:
    """Round up to the grid."""
    return ticks if grid == 1 else (ticks + grid - 1) // grid * grid


@compiled()
def arrival(state: State, x: int, start: int, grid: int) -> int:
    """Give the first tick at which the node after ``x`` may start if ``x`` starts at ``start``.

    For an end node it is the return, with the break behind it where that is possible. NOWHERE if the break on
    this arc can no longer be taken.
    """
    node, shift = of.node(state), of.shift(state)
    r = node[x, ROUTE]
    end = start + node[x, DURATION]
    leg = np.int64(node[x, LEG_TICKS])
    if node[x, ARC] & TIMED:
        leg = timed_leg(state, shift[r, MODE], leg, end, grid)
    if not node[x, ARC] & BREAK:
        return end + leg
    if end + shift[r, PAUSE] > shift[r, PAUSE_LATEST]:
        return NOWHERE
    if node[node[x, NEXT], NEXT] >= 0:
        return max(end + leg + shift[r, PAUSE_STEP], shift[r, PAUSE_OVER])
    back = end + leg
    home = max(back, shift[r, PAUSE_EARLIEST]) + shift[r, PAUSE]
    if home <= shift[r, PAUSE_LATEST] and home <= shift[r, LATEST_RETURN]:
        return back
    return max(back, shift[r, PAUSE_EARLIEST]) + shift[r, PAUSE]


# --- moving starts --------------------------------------------------------------------------------------


@compiled()
def write_start(state: State, x: int, tick: int) -> bool:
    """Set a start and log the old one; False, and no change, if the log is full."""
    logged = of.count(state)[LOGGED]
    if logged == of.log(state).shape[0]:
        of.count(state)[OVERFLOW] = 1
        return False
    of.log(state)[logged, 0] = x
    of.log(state)[logged, 1] = of.node(state)[x, START]
    of.count(state)[LOGGED] = logged + 1
    of.node(state)[x, START] = tick
    return True


@compiled()
def roll_back(state: State, logged: int) -> None:
    """Take back all starts written since the log had ``logged`` rows."""
    node, log = of.node(state), of.log(state)
    for k in range(of.count(state)[LOGGED] - 1, logged - 1, -1):
        node[log[k, 0], START] = log[k, 1]
    of.count(state)[LOGGED] = logged


@compiled()
def queue_links(state: State, x: int, tick: int, queued: int) -> int:
    """Queue the partners that a node starting at ``tick`` moves; give the queue's length, -1 if full."""
    node, link, queue = of.node(state), of.link(state), of.queue(state)
    for k in range(node[x, LINK_FROM], node[x, LINK_TO]):
        other = link[k, OTHER]
        if node[other, ROUTE] >= 0 and tick + link[k, OUT] > node[other, START]:
            if queued == queue.shape[0]:
                of.count(state)[OVERFLOW] = 1
                return -1
            queue[queued, 0] = other
            queue[queued, 1] = tick + link[k, OUT]
            queued += 1
    return queued


@compiled()
def push(
    state: State, queued: int, x: int, tick: int, inserted: int, bound: int, most_late: int
) -> tuple[int, int]:
    """Let node ``x`` start no earlier than ``tick``, and move all that has to follow.

    Parameters
    ----------
    queued
        Rows of ``queue`` that are to be pushed as well.
    inserted
        The visit just inserted, which must not be pushed by its own push; -1 if there is none.
    bound
        The push ends as soon as it costs this much.
    most_late
        The largest lateness before.

    Returns
    -------
    int, int
        Added cost and largest lateness; IMPOSSIBLE if something would start too late or the bound is
        reached. Then the starts are half moved, and must be rolled back.
    """
    node, link, log, queue, count = (
        of.node(state),
        of.link(state),
        of.log(state),
        of.queue(state),
        of.count(state),
    )
    visits, max_late_cost, grid = count[VISITS], count[MAX_LATE_COST], count[GRID]
    logged = count[LOGGED]
    stop = min(np.int64(log.shape[0]), logged + count[MOST_MOVES])
    room = np.int64(queue.shape[0])
    cost = np.int64(0)
    latest = most_late
    jumps = 0
    rounds = 0
    fits = True
    while True:
        while tick > node[x, START]:
            if x == inserted:
                rounds += 1
                if jumps < rounds or rounds > _ROUNDS:
                    fits = False
                    break
            if tick > node[x, LATEST]:
                fits = False
                break
            old = np.int64(node[x, START])
            if node[x, KIND] == PLAIN:
                due = np.int64(node[x, DUE])
                if tick > due:
                    cost += node[x, RATE] * (tick - max(old, due))
                    if max_late_cost > 0 and x < visits:
                        latest = max(latest, tick - due)
            else:
                opens = into_window(state, x, tick)
                jumps += opens > tick
                tick = opens
                cost += start_cost(state, x, tick) - start_cost(state, x, old)
                if max_late_cost > 0:
                    latest = max(latest, lateness(state, x, tick))
            if cost + max_late_cost * (latest - most_late) >= bound:
                fits = False
                break
            if logged == stop:
                count[OVERFLOW] |= stop == log.shape[0]
                fits = False
                break
            log[logged, 0] = x
            log[logged, 1] = old
            logged += 1
            node[x, START] = tick
            for k in range(node[x, LINK_FROM], node[x, LINK_TO]):
                other = link[k, OTHER]
                if node[other, ROUTE] >= 0 and tick + link[k, OUT] > node[other, START]:
                    if queued == room:
                        count[OVERFLOW] = 1
                        fits = False
                        break
                    queue[queued, 0] = other
                    queue[queued, 1] = tick + link[k, OUT]
                    queued += 1
            following = node[x, NEXT]
            if following < 0:
                break
            if node[x, ARC] == 0:
                tick = tick + node[x, DURATION] + node[x, LEG_TICKS]
            else:
                tick = arrival(state, x, tick, grid)
                if tick == NOWHERE:
                    fits = False
                    break
            x = np.int64(following)
        if not fits or queued == 0:
            break
        queued -= 1
        x = np.int64(queue[queued, 0])
        tick = np.int64(queue[queued, 1])
    count[LOGGED] = logged
    if not fits:
        return IMPOSSIBLE, latest
    return cost + max_late_cost * (latest - most_late), latest
