"""What a plan costs in all, and what its visits to a household cost those who live there."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan import routing
from visitplan.domain.plan import Costs, Plan, Provenance, Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.domain.demand import Covered, JointVisit
    from visitplan.domain.plan import PlannedVisit
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Served
    from visitplan.routing import Network

_NOWHERE = Provenance("", dt.datetime.min, "", "", 0, coordinated=True, stop="")


def total_cost(scenario: Scenario, served: Served, network: Network) -> int:
    """Give what the plan of an attempt will cost in all, in millipence: routing, and what households bear."""
    demand = served.wish.demand
    runs = routing.decode(scenario, demand, served.encoding, served.solution.routes, network)
    planned = {visit.visit_id for run in runs for visit in run.visits}
    joints = tuple(j for j in demand.joint_visits if planned.issuperset(j.visit_ids))
    return served.cost(scenario) + _home_costs(scenario, runs, joints, demand.covered)


def home_cost(scenario: Scenario, visits: Iterable[PlannedVisit], joints: tuple[JointVisit, ...]) -> int:
    """Give what visits cost the households they go to, less what is told once, in millipence."""
    return _home_costs(scenario, (Run("", "", tuple(visits), 0, 0, 0, 0),), joints)


def _home_costs(
    scenario: Scenario,
    runs: tuple[Run, ...],
    joints: tuple[JointVisit, ...],
    covered: tuple[Covered, ...] = (),
) -> int:
    draft = Plan(scenario.period, runs, (), joints, Costs(), (), _NOWHERE, covered=covered)
    return routing.with_home_costs(scenario, draft).costs.total
