"""Where a visit may be put in, and what that costs: cheapest tests first, then a real push."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import put_in, take_out
from visitplan.solver.search.filters import (
    lowest_start,
    over_week,
    slowed,
    staff_allows,
    too_late,
    waiting_change,
)
from visitplan.solver.search.layout import (
    ARC,
    BREAK,
    DUE,
    DURATION,
    FIRST,
    FLOOR_FROM,
    FLOOR_TO,
    GRID,
    HAS_LIMITS,
    HAS_WAITING,
    IMPOSSIBLE,
    KIND,
    LATEST,
    LEG_TICKS,
    LINK_FROM,
    LINK_TO,
    LOGGED,
    MAX_LATE_COST,
    MODE,
    MODES,
    NEXT,
    NOWHERE,
    PLACE,
    PLACES,
    PLAIN,
    RATE,
    ROUTE,
    SHIFTS,
    STAFF_RULED,
    START,
    VISITS,
    ZERO,
)
from visitplan.solver.search.propagation import (
    arrival,
    into_window,
    lateness,
    push,
    queue_links,
    roll_back,
    start_cost,
)
from visitplan.solver.search.randomness import draw
from visitplan.solver.search.shortlist import shortlist

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visitplan.solver.search.arrays import State

_BLINK = 2**31 // 100
"""One position in a hundred is passed over, so that the same plan is not made again and again."""

_MOST_FLOORS = 3
"""How many later starts than the first possible one are tried at one position."""


@compiled()
def first_start(state: State, v: int, p: int, lowest: int) -> int:
    """Give the first start of visit ``v`` put in after ``p``, NOWHERE if there is none; ``v`` is put in."""
    node = of.node(state)
    tick = arrival(state, p, np.int64(node[p, START]), of.count(state)[GRID])
    if tick == NOWHERE:
        return NOWHERE
    return allowed_from(state, v, max(tick, lowest))


@compiled()
def allowed_from(state: State, v: int, tick: int) -> int:
    """Give the first start of a visit allowed from ``tick`` on, NOWHERE if there is none."""
    node = of.node(state)
    if node[v, KIND] == PLAIN:
        return tick if tick <= node[v, LATEST] else NOWHERE
    return into_window(state, v, tick)


@compiled()
def settle(state: State, v: int, tick: int, bound: int, most_late: int) -> tuple[int, int]:
    """Let visit ``v``, just put in, start at ``tick``; give the cost of that, all that moves included.

    The start is not logged, what is pushed is.
    """
    node, count = of.node(state), of.count(state)
    cost = start_cost(state, v, tick)
    latest = most_late
    if count[MAX_LATE_COST] > 0:
        latest = max(latest, lateness(state, v, tick))
        cost += count[MAX_LATE_COST] * (latest - most_late)
    if cost >= bound:
        return IMPOSSIBLE, latest
    node[v, START] = tick
    following = arrival(state, v, tick, count[GRID])
    queued = queue_links(state, v, tick, ZERO)
    if following == NOWHERE or queued < 0:
        return IMPOSSIBLE, latest
    pushed, after = push(state, queued, np.int64(node[v, NEXT]), following, v, bound - cost, latest)
    return (cost + pushed, after) if pushed < IMPOSSIBLE else (IMPOSSIBLE, latest)


@compiled()
def keep(
    place: NDArray[np.int32],
    value: NDArray[np.int64],
    found: int,
    most: int,
    cost: int,
    p: int,
    break_first: int,
    floor: int,
) -> int:
    """Sort a place into the best ones; give how many there are now."""
    j = min(found, most - 1)
    while j > 0 and value[j - 1] > cost:
        value[j] = value[j - 1]
        place[j, 0] = place[j - 1, 0]
        place[j, 1] = place[j - 1, 1]
        place[j, 2] = place[j - 1, 2]
        j -= 1
    value[j] = cost
    place[j, 0] = p
    place[j, 1] = break_first
    place[j, 2] = floor
    return min(found + 1, most)


@compiled()
def scan(
    state: State,
    v: int,
    bound: int,
    most: int,
    most_late: int,
    everywhere: int,
    place: NDArray[np.int32],
    value: NDArray[np.int64],
) -> int:
    """Find the ``most`` best places of a visit that cost less than ``bound``; give how many there are.

    Looked at are the places after its near visits and at the front of near shifts; with ``everywhere`` every
    place there is. For each place on the shortlist in turn: whether legs and assignment still cost little
    enough, when the visit would start, and what moving the rest costs. One function on purpose: cut into
    these pieces it makes the same plans, a quarter slower.
    """
    node, shift, count, visit = of.node(state), of.shift(state), of.count(state), of.visit(state)
    option, option_cost, waiting = of.option(state), of.option_cost(state), of.waiting(state)
    rows, ticks, random = of.before(state), of.ticks(state), of.random(state)
    places, modes = count[PLACES], count[MODES]
    max_late_cost, limits, waits = count[MAX_LATE_COST], count[HAS_LIMITS], count[HAS_WAITING]
    lowest = lowest_start(state, v)
    latest_start = np.int64(node[v, LATEST])
    if lowest > latest_start:
        return 0
    stepped = node[v, KIND] != PLAIN
    ruled = visit[v, STAFF_RULED] != 0
    linked = node[v, LINK_FROM] < node[v, LINK_TO]
    here = np.int64(node[v, PLACE])
    duration, due, rate = np.int64(node[v, DURATION]), np.int64(node[v, DUE]), np.int64(node[v, RATE])
    found = ZERO
    for i in range(shortlist(state, v, bound, everywhere)):
        cost = option_cost[i]
        p = np.int64(option[i, 0])
        r = np.int64(node[p, ROUTE])
        if cost >= bound and (not waits or cost - waiting[r] >= bound):  # no more waiting can be saved
            continue
        q = np.int64(node[p, NEXT])
        base = shift[r, MODE] * places if modes > 1 else ZERO
        row = np.int64(option[i, 1])
        ticks_in = np.int64(rows[row, 1]) if row >= 0 else np.int64(ticks[base + node[p, PLACE], here])
        onward = np.int64(node[q, PLACE])
        ticks_out = np.int64(ticks[base + here, onward])
        if waits:
            cost += waiting_change(state, v, p, ticks_in + ticks_out - node[p, LEG_TICKS])
            if cost >= bound:
                continue
        if limits and over_week(state, v, r, ticks_in + ticks_out - node[p, LEG_TICKS]):
            continue
        arc = node[p, ARC]
        if arc & BREAK or stepped:
            if ruled and not staff_allows(state, v, r):
                continue
            tick = max(lowest, np.int64(node[p, START]) + node[p, DURATION] + ticks_in)
            if too_late(state, v, r, q, tick, ticks_out):
                continue
            if arc & BREAK:
                found = scan_break(state, v, p, cost, lowest, bound, most, most_late, found, place, value)
            else:
                if arc != 0:
                    end = np.int64(node[p, START]) + node[p, DURATION]
                    tick = max(lowest, end + slowed(state, r, ticks_in, end))
                leg = node[p, LEG_TICKS]
                hang_in(node, v, p, q, ticks_in, ticks_out, tick, arc)
                found = scan_starts(
                    state, v, p, ZERO, tick, cost, bound, most, most_late, found, place, value
                )
                hang_out(node, v, p, q, leg)
            if found == most:
                bound = min(bound, value[most - 1])
            continue
        tick = np.int64(node[p, START]) + node[p, DURATION]
        tick = max(lowest, tick + (ticks_in if arc == 0 else slowed(state, r, ticks_in, tick)))
        if tick > latest_start:
            continue
        latest = most_late
        if tick > due:
            cost += rate * (tick - due)
            if max_late_cost > 0 and tick - due > latest:
                latest = tick - due
                cost += max_late_cost * (latest - most_late)
            if cost >= bound:
                continue
        after = tick + duration
        after += ticks_out if arc == 0 else slowed(state, r, ticks_out, after)
        moves = after > node[q, START]
        if moves:
            if after > node[q, LATEST]:
                continue
            due_next = np.int64(node[q, DUE])
            if after > due_next and node[q, KIND] == PLAIN:
                more = after - max(due_next, np.int64(node[q, START]))
                if cost + node[q, RATE] * more >= bound:
                    continue
        if (ruled and not staff_allows(state, v, r)) or draw(random) < _BLINK:
            continue
        queued = 0
        if linked:
            queued = queue_links(state, v, tick, ZERO)
            if queued < 0:
                return 0
        if moves or queued > 0:
            logged = count[LOGGED]
            leg = node[p, LEG_TICKS]
            hang_in(node, v, p, q, ticks_in, ticks_out, tick, arc)
            pushed, _ = push(state, queued, q, after, v, bound - cost, latest)
            roll_back(state, logged)
            hang_out(node, v, p, q, leg)
            cost += pushed
            if cost >= bound:
                continue
        found = keep(place, value, found, most, cost, p, ZERO, np.int64(visit[v, FIRST]))
        if found == most:
            bound = value[most - 1]
    return found


@compiled()
def hang_in(
    node: NDArray[np.int32], v: int, p: int, q: int, ticks_in: int, ticks_out: int, tick: int, arc: int
) -> None:
    """Put a visit into a run for a trial: only what a push reads."""
    node[p, NEXT] = v
    node[v, NEXT] = q
    node[v, ROUTE] = node[p, ROUTE]
    node[v, ARC] = arc
    node[v, START] = tick
    node[p, LEG_TICKS] = ticks_in
    node[v, LEG_TICKS] = ticks_out


@compiled()
def hang_out(node: NDArray[np.int32], v: int, p: int, q: int, leg: int) -> None:
    """Take a visit back out after a trial."""
    node[p, NEXT] = q
    node[p, LEG_TICKS] = leg
    node[v, ROUTE] = -1


@compiled()
def scan_break(
    state: State,
    v: int,
    p: int,
    fixed: int,
    lowest: int,
    bound: int,
    most: int,
    most_late: int,
    found: int,
    place: NDArray[np.int32],
    value: NDArray[np.int64],
) -> int:
    """Try an arc with the break on either side of the visit."""
    for after in range(2):
        break_first = np.int64(1 - after)
        put_in(state, v, p, break_first)
        tick = first_start(state, v, p, lowest)
        if tick != NOWHERE:
            found = scan_starts(
                state, v, p, break_first, tick, fixed, bound, most, most_late, found, place, value
            )
            if found == most:
                bound = min(bound, value[most - 1])
        take_out(state, v)
    return found


@compiled()
def scan_starts(
    state: State,
    v: int,
    p: int,
    break_first: int,
    tick: int,
    fixed: int,
    bound: int,
    most: int,
    most_late: int,
    found: int,
    place: NDArray[np.int32],
    value: NDArray[np.int64],
) -> int:
    """Try a visit that hangs in its run after ``p``: from ``tick`` on, each start worth waiting for."""
    count, visit = of.count(state), of.visit(state)
    natural = allowed_from(state, v, tick)
    if natural == NOWHERE:
        return found
    first_floor = np.int64(visit[v, FLOOR_FROM])
    end = count[VISITS] + count[SHIFTS] + of.node(state)[p, ROUTE]
    closes = np.int64(of.node(state)[end, LATEST]) - of.node(state)[v, DURATION]
    held = 0
    for k in range(first_floor, visit[v, FLOOR_TO]):
        floor = np.int64(of.floor(state)[k])
        if k > first_floor:
            if floor <= natural:
                continue
            held += 1
            if held > _MOST_FLOORS or floor > closes:
                break
        begin = np.int64(allowed_from(state, v, np.int64(max(natural, floor))))
        if begin == NOWHERE or fixed + start_cost(state, v, begin) >= bound:
            continue
        logged = count[LOGGED]
        added, _ = settle(state, v, begin, bound - fixed, most_late)
        roll_back(state, logged)
        if fixed + added < bound:
            found = keep(place, value, found, most, fixed + added, p, break_first, floor)
            if found == most:
                bound = value[most - 1]
    return found
