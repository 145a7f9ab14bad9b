"""Slower hours: the policy's clock times on the period's axis."""

from __future__ import annotations

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
