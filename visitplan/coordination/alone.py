"""What a unit is by itself: what every arrangement of its household that it is part of is held against."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.coordination.staffing import ALONE
from visitplan.domain.expansion import request_days
from visitplan.domain.period import HOUR
from visitplan.domain.windows import Window, Windows
from visitplan.domain.wishes import never_waits, wished_times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.coordination.staffing import Staffing
    from visitplan.coordination.units import Unit
    from visitplan.domain.scenario import Scenario

FIXED_TIME_S = 1800
"""Seconds of driving that a visit tied to the minute is taken to cost, against one that is free all day.

A judgement: what is lost when a route can no longer be bent, so that a joint visit that only just fits is
not preferred to one with room. Three times as much made a week of 840 visits 1 % cheaper in all, but joined
no longer what a family has only half an hour for.
"""


@dataclass(frozen=True, slots=True)
class Alone:
    """A unit that comes by itself.

    Attributes
    ----------
    free
        The starts at which somebody who may serve it is at work.
    tightness_mp
        What it costs the routing that there are no others, in millipence.
    days
        The dates on which it may start.
    preference
        When it should start; None where any time will do.
    preference_mp
        The least that a free start costs against that, in millipence.
    never_waits
        Whether coordination may never put it off.
    """

    free: Windows
    tightness_mp: int
    days: tuple[dt.date, ...]
    preference: Preference | None
    preference_mp: int
    never_waits: bool


def alone(scenario: Scenario, staffing: Staffing, unit: Unit) -> Alone:
    """Give what a unit is by itself."""
    free = unit.windows & staffing.starts(unit, ALONE, unit.duration_s)
    preference = _preference(scenario, unit)
    return Alone(
        free,
        tightness_mp(scenario, free),
        _days(scenario, unit),
        preference,
        0 if preference is None else least([(preference, 0)], free),
        never_waits(scenario, unit.request),
    )


def _days(scenario: Scenario, unit: Unit) -> tuple[dt.date, ...]:
    """Give the dates on which a unit may start."""
    dates = (
        scenario.period.dates_between(scenario.period.date(window.start), scenario.period.date(window.end))
        for window in unit.windows
    )
    return tuple(sorted({day for of_window in dates for day in of_window}))


def tightness_mp(scenario: Scenario, starts: Windows) -> int:
    """Give what it costs the routing that a visit has only these starts."""
    full = FIXED_TIME_S * scenario.policy.costs.travel_mp_per_s
    return full * HOUR // (starts.length + HOUR)


@dataclass(frozen=True, slots=True)
class Preference:
    """The preferred starts of a unit, and what a second before or after them costs."""

    times: Windows
    early_mp_per_s: int
    late_mp_per_s: int

    def cost(self, start: int) -> int:
        """Give the cost of a start against the preferred time that is cheapest to miss, on any day."""
        return min(
            max(time.start - start, 0) * self.early_mp_per_s + max(start - time.end, 0) * self.late_mp_per_s
            for time in self.times
        )


def _preference(scenario: Scenario, unit: Unit) -> Preference | None:
    request, period = unit.request, scenario.period
    wished = wished_times(scenario, request)
    if wished is None:
        return None
    first, last = wished
    times = []
    for day in request_days(scenario, request):
        start, end = period.tick(day, first), period.tick(day, last)
        times.append(Window(start, max(start, end)))
    costs = scenario.rules_for(request).costs
    return Preference(Windows.of(times), costs.early_mp_per_s, costs.late_mp_per_s) if times else None


def least(wished: Sequence[tuple[Preference, int]], starts: Windows) -> int:
    """Give the least total cost; it is piecewise linear, so that only where it bends needs a look."""
    if not wished or not starts:
        return 0
    bends = [
        edge - offset for wish, offset in wished for time in wish.times for edge in (time.start, time.end)
    ]
    tries = {start for window in starts for start in (window.start, window.end)}
    tries |= {bend for bend in bends if bend in starts}
    return min(sum(wish.cost(start + offset) for wish, offset in wished) for start in tries)
