"""Travel by time of day, rounding to the grid, and bounds of travel over a span of time."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from visitplan.solver.problem import TimeFactors, Travel


def round_up(ticks: int, grid: int) -> int:
    """Give the smallest multiple of ``grid`` that is not below ``ticks``."""
    return -(-ticks // grid) * grid


@lru_cache(maxsize=64)
def speeds(factors: TimeFactors) -> tuple[int, tuple[int, ...]]:
    """Give the work in one free-flow tick, and the work done per tick before and after each start.

    Work is counted in units so small that every speed is a whole number: rounding on the way could let a
    later departure arrive earlier.
    """
    unit = lcm(1000, *factors.permille)
    return unit, tuple(1000 * unit // p for p in (1000, *factors.permille))


def travel_ticks(travel: Travel, origin: int, destination: int, depart: int, grid: int = 1) -> int:
    """Give the ticks a leg takes when it is left at tick ``depart``.

    With time factors, each part of the leg is driven at the factor of its own time, and the sum is rounded up
    to ``grid``; for departures on the grid, leaving later never means arriving earlier. Without factors it is
    the free-flow travel as it stands.
    """
    free = int(travel.ticks.item(origin, destination))
    factors = travel.factors
    if free == 0 or not factors.starts:
        return free
    unit, rates = speeds(factors)
    left = free * unit
    now = depart
    span = bisect_right(factors.starts, depart)
    while span < len(factors.starts):
        done = (factors.starts[span] - now) * rates[span]
        if done >= left:
            break
        left -= done
        now = factors.starts[span]
        span += 1
    arrive = now - (-left // rates[span])
    return round_up(arrive - depart, grid)


def latest_departure(
    travel: Travel, origin: int, destination: int, arrive: int, earliest: int, grid: int = 1
) -> int | None:
    """Give the last tick, not before ``earliest``, at which to leave so as to be there by ``arrive``.

    With time factors only the ticks ``arrive - k * grid`` are looked at. None if every one is too late.
    """
    free = int(travel.ticks.item(origin, destination))
    if free == 0 or not travel.factors.starts:
        return arrive - free if arrive - free >= earliest else None

    def in_time(steps: int) -> bool:
        leave = arrive - steps * grid
        return leave + travel_ticks(travel, origin, destination, leave, grid) <= arrive

    few, many = 0, (arrive - earliest) // grid
    if many < 0 or not in_time(many):
        return None
    while few < many:
        middle = (few + many) // 2
        if in_time(middle):
            many = middle
        else:
            few = middle + 1
    return arrive - few * grid


def _factors_between(factors: TimeFactors, start: int, end: int) -> list[int]:
    """Give every permille in force at some time of [start, end]."""
    first = bisect_right(factors.starts, start)
    last = bisect_right(factors.starts, end)
    return [1000 if k == 0 else factors.permille[k - 1] for k in range(first, last + 1)]


def worst_travel(travel: Travel, start: int, end: int, grid: int = 1) -> NDArray[np.int32]:
    """Give travel that is never too short for a leg driven within [start, end].

    Shape (places, places), in ticks. For engines that cannot do travel by time of day.
    """
    return _scaled(travel, max(_factors_between(travel.factors, start, end)), grid)


def best_travel(travel: Travel, start: int, end: int, grid: int = 1) -> NDArray[np.int32]:
    """Give travel that is never too long for a leg driven within [start, end], as ``worst_travel``."""
    return _scaled(travel, min(_factors_between(travel.factors, start, end)), grid)


def _scaled(travel: Travel, permille: int, grid: int) -> NDArray[np.int32]:
    if not travel.factors.starts:
        return travel.ticks
    ticks = -(-travel.ticks.astype(np.int64) * permille // 1000)
    return np.asarray(-(-ticks // grid) * grid, dtype=np.int32)
