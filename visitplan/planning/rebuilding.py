"""A finished plan as the routing problem it answers, so that something can be tried in it.

The demand is taken from the plan and not chosen anew: its joint visits stay joint, visits last as long as
they were planned to, and those that others cover stay covered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan import coordination, routing, travel
from visitplan.domain.demand import Demand, LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.period import MINUTE
from visitplan.domain.plan import Costs, Plan
from visitplan.domain.requests import Joint
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Windows
from visitplan.planning.apart import by_itself
from visitplan.routing import Encoding, Network
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visitplan.domain.demand import Visit, VisitLink


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A plan with the demand, the integers and the routes that it stands for.

    Attributes
    ----------
    scenario
        With the plan's teams; for a plan made apart, that of :func:`visitplan.planning.apart.by_itself`.
    encoding
        Holds every visit of the plan, and those left out that have a time at which they could be served.
    routes
        The plan's runs; visits that the problem does not know are not in them.
    """

    scenario: Scenario
    plan: Plan
    network: Network
    demand: Demand
    encoding: Encoding
    routes: tuple[Route, ...]

    @classmethod
    def of(cls, scenario: Scenario, plan: Plan, network: Network | None = None) -> Rebuilt:
        """Rebuild a plan.

        Parameters
        ----------
        scenario
            As it was planned, or changed in a way that leaves the plan's visits possible.
        network
            Travel between all places of the scenario, where it is known already.

        Raises
        ------
        TravelError
            Travel times cannot be found.
        """
        planned = scenario if plan.provenance.coordinated else by_itself(scenario)
        planned = replace(planned, teams=plan.teams)
        roads = network or routing.network_of(
            planned,
            travel.source_for(planned.policy.travel, planned.travel_table),
            travel.day_factors(planned.policy.travel, planned.period),
        )
        demand = _demand_of(planned, plan)
        encoding = routing.encode(planned, demand, roads)
        return cls(planned, plan, roads, demand, encoding, _routes(plan, encoding))

    def index_of(self, visit_ids: Iterable[str]) -> tuple[int, ...]:
        """Give the indices of those of these visits that the problem knows."""
        wanted = set(visit_ids)
        return tuple(k for k, visit in enumerate(self.encoding.visits) if visit.visit_id in wanted)

    def plan_with(self, routes: Sequence[Route]) -> Plan:
        """Give the plan that these routes make; what they leave out keeps the reason it had."""
        runs = routing.decode(self.scenario, self.demand, self.encoding, routes, self.network)
        served = {visit.visit_id for run in runs for visit in run.visits}
        left = tuple(visit for visit in self.plan.unassigned if visit.visit_id not in served)
        made = replace(
            self.plan,
            runs=runs,
            unassigned=left,
            costs=routing.costs_of(self.scenario, self.network, runs, (u.request_id for u in left)),
        )
        return routing.with_home_costs(self.scenario, made)


def _demand_of(scenario: Scenario, plan: Plan) -> Demand:
    """Give the demand that a plan answers: what it has settled is kept, what it left out is free."""
    demand = coordination.apply(scenario, expand(scenario), plan.joint_visits, share=False)
    gone = {covered.visit_id for covered in plan.covered}
    return replace(
        demand,
        visits=tuple(_as_planned(scenario, plan, v) for v in demand.visits if v.visit_id not in gone),
        links=tuple(
            link for link in demand.links if _holds(plan, link) and not gone & {link.first, link.second}
        ),
        groups=tuple(part for group in demand.groups for part in _parts(plan, group - gone)),
        told=plan.told,
        covered=plan.covered,
    )


def _as_planned(scenario: Scenario, plan: Plan, visit: Visit) -> Visit:
    """Give a visit as long as it was planned; one that must be joint and is not has no time of its own."""
    planned = plan.visit_by_id.get(visit.visit_id)
    if planned is not None:
        return replace(visit, duration_s=planned.end - planned.start)
    lone = plan.provenance.coordinated and scenario.request_by_id[visit.request_id].joint is Joint.REQUIRE
    return replace(visit, windows=Windows()) if lone else visit


def _holds(plan: Plan, link: VisitLink) -> bool:
    """Tell whether a link can stay: turns in a full home may have been taken another way round."""
    first, second = plan.visit_by_id.get(link.first), plan.visit_by_id.get(link.second)
    if link.reason is not LinkReason.TURN or first is None or second is None:
        return True
    gap = second.start - first.start
    return (link.lo_s is None or gap >= link.lo_s) and (link.hi_s is None or gap <= link.hi_s)


def _parts(plan: Plan, group: frozenset[str]) -> Iterator[frozenset[str]]:
    """Give the served and the unserved part of a group, each where it has more than one visit.

    Both are there where a follower was given up so that the visit before it could be served.
    """
    served = group & plan.visit_by_id.keys()
    yield from (frozenset(part) for part in (served, group - served) if len(part) > 1)


def _routes(plan: Plan, encoding: Encoding) -> tuple[Route, ...]:
    visits = {visit.visit_id: k for k, visit in enumerate(encoding.visits)}
    shifts = {shift.shift_id: k for k, shift in enumerate(encoding.shifts)}
    found = []
    for run in plan.runs:
        kept = [visit for visit in run.visits if visit.visit_id in visits]
        if kept and run.shift_id in shifts:
            found.append(
                Route(
                    shifts[run.shift_id],
                    tuple(visits[visit.visit_id] for visit in kept),
                    tuple(visit.start // MINUTE for visit in kept),
                    run.depart // MINUTE,
                    run.finish // MINUTE,
                    None if run.break_start is None else run.break_start // MINUTE,
                )
            )
    return tuple(sorted(found, key=lambda route: route.shift))


def without_leaving_out(costs: Costs) -> int:
    """Give a plan's cost but for what it leaves out, in millipence."""
    return costs.total - costs.unassigned
