"""Tiny counties to plan whole: what the routing tests build, and a way to plan it in an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.routing.builders import family, household, request, scenario, shift, staff
from visitplan import planning, routing, travel
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Joint, Task
from visitplan.planning.attempts import Attempts
from visitplan.planning.budget import Budget
from visitplan.policy import Policy

if TYPE_CHECKING:
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.options import Options
    from visitplan.result import PlanResult

TOGETHER_ONLY = {"coordination": {"modes": ["together"]}}


def policy(**sections: Any) -> Policy:
    return Policy.model_validate(sections)


def plan(made: Scenario, **options: Any) -> PlanResult:
    """Plan with the greedy engine, unless another is asked for."""
    return planning.plan(made, **{"engine": "greedy", "progress": False, **options})


def tries_of(made: Scenario, options: Options) -> Attempts:
    """Give attempts at a scenario, none of which was made yet."""
    factors = travel.day_factors(made.policy.travel, made.period)
    network = routing.network_of(made, planning.travel_source(made), factors)
    budget = Budget.start(options.time_limit, options.iterations, options.clock)
    return Attempts(made, network, options, budget)


def reasons(result: PlanResult) -> dict[str, Reason]:
    """Give the reason of every unassigned visit."""
    return {visit.visit_id: visit.reason for visit in result.plan.unassigned}


def served(result: PlanResult) -> dict[str, str]:
    """Give the clock time at which every planned visit starts."""
    return {visit.visit_id: result.plan.period.clock(visit.start) for visit in result.plan.visits}


def joined(result: PlanResult) -> set[frozenset[str]]:
    return {frozenset(joint.visit_ids) for joint in result.plan.joint_visits}


def codes(result: PlanResult) -> list[str]:
    return [finding.code for finding in result.plan.findings]


def nurse_request(**given: Any) -> Request:
    return request("NURSE", "H1", 30, "08:00-12:00", service="nursing", family=Family.WELCOME, **given)


def nurse_torn_between(*others: Request, nurse: Request | None = None) -> Scenario:
    """Give a nurse who is needed elsewhere at the one time at which the others come to H1.

    CARE may only start at 10:00, and so may the nurse's urgent visit ELSEWHERE, which lasts an hour; NURSE
    could come at any time of the morning, if not together with the rest.
    """
    urgent = request("ELSEWHERE", "H2", 60, "10:00-10:00", service="nursing", priority=1, joint=Joint.AVOID)
    care = request("CARE", "H1", 30, "10:00-10:10", family=Family.WELCOME)
    nursing = nurse or nurse_request()
    services = {"nursing", "care", *(other.service for other in others)}
    members = [staff(f"{service.upper()}-1", service=service) for service in sorted(services)]
    return scenario(
        [urgent, care, nursing, *others],
        [household("H1", 5), household("H2", 9)],
        members,
        [shift(member.staff_id) for member in members],
        family_times=[family("H1", "09:00-12:00")],
        tasks=(Task("WEIGH", 600, shareable=True),),
        policy=policy(**TOGETHER_ONLY),
    )
