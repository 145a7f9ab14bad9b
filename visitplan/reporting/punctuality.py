"""How far a planned start lies from the time that was preferred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.expansion import preferred_span

if TYPE_CHECKING:
    from visitplan.domain.plan import Plan, PlannedVisit
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario


def off_s(scenario: Scenario, plan: Plan) -> dict[str, tuple[int, int]]:
    """Give, by visit id, the seconds by which each visit of a known request is early and late."""
    asked = scenario.request_by_id
    known = ((visit, asked[visit.request_id]) for visit in plan.visits if visit.request_id in asked)
    return {v.visit_id: (early_s(scenario, r, v), late_s(scenario, r, v)) for v, r in known}


def early_s(scenario: Scenario, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts before its preferred start, or its usual time."""
    return max(0, preferred_span(scenario, request, visit.start)[0] - visit.start)


def late_s(scenario: Scenario, request: Request, visit: PlannedVisit) -> int:
    """Give the seconds by which a visit starts after its preferred end.

    Without a preferred end or usual time, the end of its window counts: it can be passed where the policy
    allows lateness. For an urgent call the time by which it should have been answered counts too.
    """
    return max(0, visit.start - preferred_span(scenario, request, visit.start)[1])
