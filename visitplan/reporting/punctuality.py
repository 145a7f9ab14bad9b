"""How far a planned start lies from the time that was preferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitplan.domain.period import Period
    from visitplan.domain.plan import PlannedVisit
    from visitplan.domain.requests import Request


def early_s(period: Period, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts before its preferred start, on its local date."""
    if request.preferred_start is None:
        return 0
    preferred = period.tick(period.date(visit.start), request.preferred_start)
    return max(0, preferred - visit.start)


def late_s(period: Period, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts after its preferred end, on its local date.

    Without a preferred end, the end of its window counts: it can be passed where the policy allows lateness.
    """
    latest = request.window_end if request.preferred_end is None else request.preferred_end
    return max(0, visit.start - period.tick(period.date(visit.start), latest))
