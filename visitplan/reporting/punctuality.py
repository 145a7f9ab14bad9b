"""How far a planned start lies from the time that was preferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.expansion import preferred_span

if TYPE_CHECKING:
    from visitplan.domain.period import Period
    from visitplan.domain.plan import PlannedVisit
    from visitplan.domain.requests import Request


def early_s(period: Period, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts before its preferred start."""
    return max(0, preferred_span(period, request, visit.start)[0] - visit.start)


def late_s(period: Period, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts after its preferred end.

    Without a preferred end, the end of its window counts: it can be passed where the policy allows lateness.
    """
    return max(0, visit.start - preferred_span(period, request, visit.start)[1])
