"""Slower hours: the policy's clock times on the period's axis, and what they do to a leg."""

from __future__ import annotations

import math
from bisect import bisect_right
from typing import TYPE_CHECKING

from visitplan.domain.places import DayFactors

if TYPE_CHECKING:
    import datetime as dt

    from visitplan.domain.period import Period
    from visitplan.policy import TravelPolicy

FREE_FLOW = 1000
"""Permille at which a leg takes its free-flow time."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def day_factors(policy: TravelPolicy, period: Period) -> DayFactors:
    """Give the policy's factors as ticks of the period, one entry for each change.

    Each local day begins at free flow, and a factor holds until the next entry's clock time or midnight. The
    days of the period and the one after it are covered, so that shifts through the last night are; later
    ticks are free flow. A clock time that the spring change skips takes effect an hour later, one that occurs
    twice in autumn the first time.
    """
    days = [*period.days, _day_after(period)]
    changes = [change for day in days for change in _changes(policy, period, day)]
    changes.append((period.tick(_day_after(period, 2)), FREE_FLOW))
    befores = [FREE_FLOW, *(permille for _, permille in changes)]
    real = [change for change, before in zip(changes, befores, strict=False) if change[1] != before]
    return DayFactors(tuple(tick for tick, _ in real), tuple(permille for _, permille in real))


def _day_after(period: Period, days: int = 1) -> dt.date:
    return period.last.fromordinal(period.last.toordinal() + days)


def _changes(policy: TravelPolicy, period: Period, day: dt.date) -> list[tuple[int, int]]:
    """Give (tick, permille) of one local day, ticks ascending, from midnight on."""
    weekday = WEEKDAYS[day.weekday()]
    changes = [(period.tick(day), FREE_FLOW)]
    for start, factor in sorted((f.start, f.factor) for f in policy.factors if weekday in f.days):
        tick = period.tick(day, start)
        while changes and changes[-1][0] >= tick:  # at midnight, or where the clock skips
            changes.pop()
        changes.append((tick, round(factor * 1000)))
    return changes


def slowed(seconds: int, depart_tick: int, factors: DayFactors) -> int:
    """Give the whole seconds that a leg of free-flow ``seconds`` takes when it sets off at a tick.

    Each part of the leg is driven at the factor of its own time, exactly, and the sum is rounded up once. So
    who sets off later never arrives earlier (Ichoua, Gendreau and Potvin 2003, "Vehicle dispatching with
    time-dependent travel times": speeds that step at fixed times keep first in, first out).
    """
    if not factors.starts:
        return seconds
    # One tick at p permille drives 1000 / p free-flow seconds; counted in 1 / unit of these, all is whole.
    unit = math.lcm(*factors.permille, FREE_FLOW)
    left = seconds * unit
    now = depart_tick
    segment = bisect_right(factors.starts, now) - 1
    while segment + 1 < len(factors.starts):
        rate = _rate(factors, segment, unit)
        end = factors.starts[segment + 1]
        if left <= (end - now) * rate:
            break
        left -= (end - now) * rate
        now = end
        segment += 1
    return now - depart_tick - (-left // _rate(factors, segment, unit))


def _rate(factors: DayFactors, segment: int, unit: int) -> int:
    """Give how many ``unit``-ths of a free-flow second one tick drives; segment -1 lies before the first."""
    permille = factors.permille[segment] if segment >= 0 else FREE_FLOW
    return FREE_FLOW * unit // permille
