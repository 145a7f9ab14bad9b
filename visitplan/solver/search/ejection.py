"""Making way for a unit that is left out: what keeps it out is moved, or left out in its place.

In its way is what stands where it could be, and what its links forbid: what it follows may start too late.

After the ejections of Y. Nagata and O. Bräysy, A powerful route minimization heuristic for the vehicle
routing problem with time windows, Operations Research Letters 37 (5), 2009: what was tried in vain again and
again counts for more, so that others, easier to place, are left out for it, and are tried in their turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.search import arrays as of
from visitplan.solver.search.annealing import update_absent
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.editing import undo
from visitplan.solver.search.filters import staff_allows, staff_rule_allows
from visitplan.solver.search.insertion import apply, insert_unit
from visitplan.solver.search.layout import (
    ABSENT,
    BEST,
    CURRENT,
    DURATION,
    EDITED,
    FIRST,
    FLOOR_FROM,
    FLOOR_TO,
    IMPOSSIBLE,
    IN,
    LATEST,
    LINK_FROM,
    LINK_TO,
    LOGGED,
    MODE,
    MODES,
    MOST_LATE,
    NEXT,
    NO_GAP,
    OTHER,
    OUT,
    OVERFLOW,
    PAUSE,
    PLACE,
    PLACES,
    ROUTE,
    SHIFTS,
    START,
    UNIT,
    VISITS,
    ZERO,
)
from visitplan.solver.search.randomness import below, draw
from visitplan.solver.search.recreate import sort_out
from visitplan.solver.search.removal import forget_passing_lateness, remove_units
from visitplan.solver.search.terms import keep_terms, route_terms

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_WIDTH = 4
"""Places of its first member tried for a unit of several visits that is put back."""

_MOST_ASIDE = 12
"""Units moved aside at once, at most."""

_LENIENT = 100
"""After so many tries in vain a unit counts for twice its penalty."""

_MOST_IN_VAIN = 2**16
"""More tries in vain do not count: weights must stay far below ``IMPOSSIBLE``."""


@compiled()
def weight(state: State, unit: int) -> int:
    """Give what leaving a unit out counts for: its penalty, and more the oftener it was tried in vain."""
    return of.penalty(state)[unit] * (_LENIENT + min(of.failed(state)[unit], _MOST_IN_VAIN))


# --- where and when -------------------------------------------------------------------------------------


@compiled()
def any_shift(state: State, v: int) -> int:
    """Give a shift that may serve a visit, from one drawn by lot on; -1 if there is none."""
    shifts = of.count(state)[SHIFTS]
    begin = below(of.random(state), shifts)
    for i in range(shifts):
        r = begin + i - (shifts if begin + i >= shifts else 0)
        if of.price(state)[v, r] >= 0:
            return r
    return -1


@compiled()
def near_shift(state: State, v: int) -> int:
    """Give the shift of a visit that this one may well follow, drawn by lot; -1 if it may not serve this."""
    first, last = of.before_from(state)[v], of.before_from(state)[v + 1]
    if first == last:
        return -1
    r = of.node(state)[of.before(state)[first + below(of.random(state), last - first), 0], ROUTE]
    return r if r >= 0 and of.price(state)[v, r] >= 0 else -1


@compiled()
def choose_shift(state: State, v: int) -> int:
    """Give a shift for a visit: a near one in about one case of two, else any; -1 if none may serve it."""
    r = np.int64(-1)
    if draw(of.random(state)) & 1:
        r = np.int64(near_shift(state, v))
    return r if r >= 0 else any_shift(state, v)


@compiled()
def choose_time(state: State, v: int, placed: int) -> int:
    """Give a start for a member of a unit: the first that a link to one with a start asks for, or by lot.

    The first ``placed`` rows of ``member`` hold visits and their starts.
    """
    node, link, member = of.node(state), of.link(state), of.member(state)
    first, last = np.int64(of.visit(state)[v, FIRST]), np.int64(node[v, LATEST])
    for k in range(node[v, LINK_FROM], node[v, LINK_TO]):
        for j in range(placed):
            if member[j, 0] == link[k, OTHER] and link[k, IN] > NO_GAP:
                return max(first, min(last, np.int64(member[j, 1]) + link[k, IN]))
    return first + below(of.random(state), max(1, last - first + 1))


@compiled()
def take_aside(state: State, x: int, number: int) -> int:
    """Add the unit of a visit to ``out``, unless it is there; give how many units are in it now."""
    unit = of.visit(state)[x, UNIT]
    if of.unit_mark(state)[unit]:
        return number
    of.unit_mark(state)[unit] = 1
    of.out(state)[number] = unit
    return number + 1


@compiled()
def clear(state: State, v: int, r: int, tick: int, number: int) -> int:
    """Add to ``out`` the units that keep a shift from serving a visit from ``tick`` on; give their number.

    Legs are taken at free flow; in one case of two there is to be time for the break as well.
    """
    node, visits, ticks = of.node(state), of.count(state)[VISITS], of.ticks(state)
    base = np.int64(0)
    if of.count(state)[MODES] > 1:
        base = of.shift(state)[r, MODE] * of.count(state)[PLACES]
    here = np.int64(node[v, PLACE])
    until = tick + node[v, DURATION]
    if draw(of.random(state)) & 1:
        until += of.shift(state)[r, PAUSE]
    x = np.int64(node[visits + r, NEXT])
    while x < visits and node[x, START] < until + ticks[base + here, node[x, PLACE]]:
        over = np.int64(node[x, START]) + node[x, DURATION] + ticks[base + node[x, PLACE], here]
        if over > tick:
            number = np.int64(take_aside(state, x, number))
        x = np.int64(node[x, NEXT])
    return number


@compiled()
def clear_linked(state: State, v: int, r: int, tick: int, number: int) -> int:
    """Add to ``out`` the units linked to a visit that, as they are, forbid it this shift and start."""
    node, link = of.node(state), of.link(state)
    for k in range(node[v, LINK_FROM], node[v, LINK_TO]):
        other = np.int64(link[k, OTHER])
        if node[other, ROUTE] < 0:
            continue
        start = np.int64(node[other, START])
        if tick < start + link[k, IN] or start < tick + link[k, OUT] or not staff_rule_allows(state, k, r):
            number = np.int64(take_aside(state, other, number))
    return number


@compiled()
def choose_way(state: State, unit: int) -> int:
    """Choose start and shift of each member, into ``member``; give how many units in ``out`` are in the way.

    -1 if nobody may serve a member, or too many are in the way.
    """
    first, size = of.unit_from(state)[unit], of.unit_from(state)[unit + 1] - of.unit_from(state)[unit]
    turn = below(of.random(state), size)
    number = ZERO
    r = ZERO
    for j in range(size):
        v = np.int64(of.unit_visit(state)[first + (turn + j) % size])
        r = np.int64(choose_shift(state, v))
        if r < 0:
            break
        tick = choose_time(state, v, j)
        of.member(state)[j, 0] = v
        of.member(state)[j, 1] = tick
        of.member(state)[j, 2] = r
        number = np.int64(clear(state, v, r, tick, number))
        number = np.int64(clear_linked(state, v, r, tick, number))
    for i in range(number):
        of.unit_mark(state)[of.out(state)[i]] = 0
    return number if r >= 0 and number <= _MOST_ASIDE else -1


# --- in, and back ---------------------------------------------------------------------------------------


@compiled()
def node_before(state: State, r: int, tick: int) -> int:
    """Give the last node of a run that starts before a tick; the start of the shift if no visit does."""
    node, visits = of.node(state), of.count(state)[VISITS]
    p = np.int64(visits + r)
    while node[p, NEXT] < visits and node[node[p, NEXT], START] < tick:
        p = np.int64(node[p, NEXT])
    return p


@compiled()
def floor_at(state: State, v: int, tick: int) -> int:
    """Give the last start worth waiting for that is not after a tick; the first one if none is."""
    k = np.int64(of.visit(state)[v, FLOOR_FROM])
    while k + 1 < of.visit(state)[v, FLOOR_TO] and of.floor(state)[k + 1] <= tick:
        k += 1
    return of.floor(state)[k]


@compiled()
def take_place(state: State, unit: int, latest: int) -> tuple[int, int]:
    """Put the members of a unit where way was made for them; give the cost and the largest lateness.

    A break stays before a member or comes after it, by lot. IMPOSSIBLE if they do not fit; then the caller
    must undo.
    """
    member, cost = of.member(state), np.int64(0)
    for j in range(of.unit_from(state)[unit + 1] - of.unit_from(state)[unit]):
        v, tick, r = np.int64(member[j, 0]), np.int64(member[j, 1]), np.int64(member[j, 2])
        if not staff_allows(state, v, r):
            return IMPOSSIBLE, latest
        p = node_before(state, r, tick)
        break_first = np.int64(draw(of.random(state)) & 1)
        added, latest = apply(state, v, p, break_first, np.int64(floor_at(state, v, tick)), latest)
        if added >= IMPOSSIBLE:
            return IMPOSSIBLE, latest
        cost += added
    return cost, latest


@compiled()
def put_back(state: State, number: int, most: int, latest: int) -> tuple[int, int, int]:
    """Put the first ``number`` units of ``out`` back in, where they cost least.

    Gives the cost, penalties included, what those left out count for, and the largest lateness. IMPOSSIBLE as
    soon as they count for ``most``, or a log was full.
    """
    cost, lost = np.int64(0), np.int64(0)
    for i in range(number):
        unit = np.int64(of.out(state)[i])
        penalty = of.penalty(state)[unit]
        added, after = insert_unit(state, unit, penalty, latest, np.int64(_WIDTH), ZERO)
        if of.count(state)[OVERFLOW]:
            return IMPOSSIBLE, lost, latest
        if added < IMPOSSIBLE:
            cost += added
            latest = after
            continue
        cost += penalty
        lost += weight(state, unit)
        if lost >= most:
            return IMPOSSIBLE, lost, latest
    return cost, lost, latest


@compiled()
def exchange(state: State, unit: int, number: int) -> tuple[int, int]:
    """Take out what is in the way, put the unit in, and back in what was in the way.

    Gives the cost of the plan, and what is left out now counts for. IMPOSSIBLE if that is as much as the
    unit, or a rule is broken.
    """
    count, penalty = of.count(state), of.penalty(state)[unit]
    removed = remove_units(state, number)
    if removed >= IMPOSSIBLE:
        return IMPOSSIBLE, 0
    added, latest = take_place(state, unit, count[MOST_LATE])
    if added >= penalty:
        return IMPOSSIBLE, 0
    sort_out(state, number)
    back, lost, latest = put_back(state, number, weight(state, unit), latest)
    if back >= IMPOSSIBLE:
        return IMPOSSIBLE, 0
    count[MOST_LATE] = latest
    change, kept = route_terms(state)
    change += forget_passing_lateness(state)
    return (count[CURRENT] + removed + added - penalty + back + change, lost) if kept else (IMPOSSIBLE, lost)


@compiled()
def eject(state: State, unit: int) -> bool:
    """Make way for a unit once; True if it is served now, False and nothing changed otherwise.

    It is if that costs less, or if what is left out for it counts for less.
    """
    count = of.count(state)
    count[LOGGED] = 0
    count[EDITED] = 0
    most_late = count[MOST_LATE]
    number = choose_way(state, unit)
    if number < 0:
        return False
    cost, lost = exchange(state, unit, number)
    if cost >= IMPOSSIBLE or (cost >= count[CURRENT] and lost == 0):
        undo(state, ZERO, ZERO)
        count[MOST_LATE] = most_late
        return False
    keep_terms(state)
    count[CURRENT] = cost
    update_absent(state, number)
    if cost < count[BEST]:
        count[BEST] = cost
        of.best(state)[:] = of.node(state)
    return True


@compiled()
def make_way(state: State, tries: int) -> int:
    """Make way for units left out, drawn by lot, so many times; give how many: fewer if a log was full."""
    count = of.count(state)
    for done in range(tries):
        if count[ABSENT] == 0:
            return tries
        unit = np.int64(of.absent(state)[below(of.random(state), count[ABSENT])])
        if not eject(state, unit):
            if count[OVERFLOW]:
                return done
            of.failed(state)[unit] += 1
    return tries
