"""What to take out: strings of neighbouring runs near a seed visit.

Slack induction by string removals: J. Christiaens and G. Vanden Berghe, Transportation Science 54 (2), 2020.
A unit is taken out whole: linked visits in other runs come along.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.solver.search import arrays as of
from visitplan.solver.search.compiling import compiled
from visitplan.solver.search.layout import ABSENT, LINK_FROM, LINK_TO, NEXT, ROUTE, SHIFTS, UNIT, VISITS, ZERO
from visitplan.solver.search.randomness import below, draw

if TYPE_CHECKING:
    from visitplan.solver.search.arrays import State

_AVERAGE = 10
"""Visits taken out on average, at most."""

_LONGEST, _LONGEST_LINKED = 10, 6
"""Most visits of one string; and around a linked visit, where more runs have to give way together."""

_SPLIT = 2**30
"""A string of two and more leaves some visits in its middle in one case of two,"""

_STRETCH = 2**31 // 10
"""and one more with a chance of nine in ten, again and again."""

_ABSENT_TRIED = 6
"""How many absent units are tried in one step."""


@compiled()
def read_tour(state: State, r: int, c: int) -> tuple[int, int]:
    """Write a run into ``tour``; give its length and the position of visit ``c``."""
    node, visits = of.node(state), of.count(state)[VISITS]
    length = 0
    position = 0
    x = node[visits + r, NEXT]
    while x < visits:
        if x == c:
            position = length
        of.tour(state)[length] = x
        length += 1
        x = node[x, NEXT]
    return length, position


@compiled()
def take_string(state: State, length: int, position: int, longest: int, taken: int) -> int:
    """Mark units of a string of the tour around a position; give how many units are in ``out`` now."""
    random = of.random(state)
    size = min(length, 1 + below(random, min(longest, length)))
    kept = 0
    if 1 < size < length and draw(random) < _SPLIT:
        kept = 1
        while size + kept < length and draw(random) > _STRETCH:
            kept += 1
    span = size + kept
    low = max(0, position - span + 1)
    high = min(position, length - span)
    begin = low + below(random, high - low + 1)
    gap = begin + 1 + below(random, size - 1) if kept > 0 else -1
    for j in range(begin, begin + span):
        if kept > 0 and gap <= j < gap + kept:
            continue
        unit = of.visit(state)[of.tour(state)[j], UNIT]
        if of.unit_mark(state)[unit] == 0:
            of.unit_mark(state)[unit] = 1
            of.out(state)[taken] = unit
            taken += 1
    return taken


@compiled()
def size_of_ruin(state: State, seed: int, average_run: int) -> tuple[int, int]:
    """Draw how many strings are taken out around a seed visit; give that, and their greatest length.

    Around a linked visit as many as make ``_AVERAGE`` visits, as published; elsewhere that is rounded down,
    which is cheaper for each step and gains more where nothing is linked.
    """
    node, random = of.node(state), of.random(state)
    linked = node[seed, LINK_FROM] < node[seed, LINK_TO]
    longest = min(_LONGEST_LINKED if linked else _LONGEST, max(1, average_run))
    if linked:
        return 1 + below(random, 4 * _AVERAGE - 1 - longest) // (1 + longest), longest
    return 1 + below(random, max(1, 4 * _AVERAGE // (1 + longest) - 1)), longest


@compiled()
def ruin(state: State, seed: int, average_run: int) -> int:
    """Choose the units to take out around a seed visit; give how many are in ``out``."""
    node, random = of.node(state), of.random(state)
    strings, longest = size_of_ruin(state, seed, average_run)
    near = of.near(state) if draw(random) & 1 else of.close(state)
    taken = ZERO
    cut = 0
    for i in range(-1, near.shape[1]):
        if cut == strings:
            break
        c = seed if i < 0 else near[seed, i]
        if c < 0:
            break
        r = node[c, ROUTE]
        if r < 0 or of.route_mark(state)[r] or of.unit_mark(state)[of.visit(state)[c, UNIT]]:
            continue
        of.route_mark(state)[r] = 1
        of.route(state)[cut] = r
        cut += 1
        length, position = read_tour(state, r, c)
        taken = take_string(state, length, position, longest, taken)
    for i in range(cut):
        of.route_mark(state)[of.route(state)[i]] = 0
    for i in range(taken):
        of.unit_mark(state)[of.out(state)[i]] = 0
    return taken


@compiled()
def average_run(state: State) -> int:
    """Give the average number of visits of the shifts in use."""
    node, visits = of.node(state), of.count(state)[VISITS]
    used = 0
    served = 0
    for r in range(of.count(state)[SHIFTS]):
        used += node[visits + r, NEXT] < visits
    for v in range(visits):
        served += node[v, ROUTE] >= 0
    return served // max(1, used)


@compiled()
def add_absent(state: State, seed: int, taken: int) -> int:
    """Add units that were not served before: all if they are few, else the seed's own and those near it."""
    node, absent = of.node(state), of.count(state)[ABSENT]
    if absent <= _ABSENT_TRIED:
        for i in range(absent):
            of.out(state)[taken] = of.absent(state)[i]
            taken += 1
        return taken
    first = taken
    for i in range(taken):
        of.unit_mark(state)[of.out(state)[i]] = 1
    anyone = of.visit(state)[seed, UNIT]
    if node[seed, ROUTE] >= 0 or of.unit_mark(state)[anyone]:
        anyone = of.absent(state)[below(of.random(state), absent)]
    of.unit_mark(state)[anyone] = 1
    of.out(state)[taken] = anyone
    taken += 1
    for i in range(of.near(state).shape[1]):
        c = of.near(state)[seed, i]
        if c < 0 or taken - first == _ABSENT_TRIED:
            break
        unit = of.visit(state)[c, UNIT]
        if node[c, ROUTE] < 0 and of.unit_mark(state)[unit] == 0:
            of.unit_mark(state)[unit] = 1
            of.out(state)[taken] = unit
            taken += 1
    for i in range(taken):
        of.unit_mark(state)[of.out(state)[i]] = 0
    return taken
