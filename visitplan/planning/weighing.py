"""What a plan costs in all, and which of its joint visits cost more than they are worth."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan import coordination, routing
from visitplan.domain.expansion import expand
from visitplan.domain.plan import Costs, Plan, Provenance
from visitplan.planning.attempts import carried_over
from visitplan.solver.greedy import keep_initial
from visitplan.solver.insertion import Inserter
from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.domain.demand import Demand
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Attempts, Served, Wish
    from visitplan.routing import Network

JUDGING_SHARE = 0.1
"""Part of what is left in which joint visits may be judged."""

_NOWHERE = Provenance("", dt.datetime.min, "", "", 0, coordinated=True, stop="")


def total_cost(scenario: Scenario, served: Served, network: Network) -> int:
    """Give what the plan of an attempt will cost in all, in millipence: routing, and what households bear."""
    runs = routing.decode(scenario, served.wish.demand, served.encoding, served.solution.routes, network)
    planned = {visit.visit_id for run in runs for visit in run.visits}
    joints = tuple(j for j in served.wish.demand.joint_visits if planned.issuperset(j.visit_ids))
    covered = served.wish.demand.covered
    draft = Plan(scenario.period, runs, (), joints, Costs(), (), _NOWHERE, covered=covered)
    return served.cost(scenario) + routing.with_home_costs(scenario, draft).costs.total


def dear_joint_visits(attempts: Attempts, served: Served) -> dict[str, int]:
    """Give the joint visits that cost more than they are worth, with the millipence that splitting saves.

    Each is judged by itself, with everything else left where it is: its visits are taken out of their runs
    and put back one by one, each where it costs least. What that saves, less what the joint visit is worth to
    household and staff, is what splitting saves. Joint visits that a request requires are not looked at.
    Those that are worth least come first, and judging stops after ``JUDGING_SHARE`` of the time that is left.
    """
    scenario, demand = attempts.scenario, served.wish.demand
    loose = routing.encode(scenario, _loosened(scenario, served.wish), attempts.network)
    table = Timetable(loose.problem)
    keep_initial(table, carried_over(served, loose))
    index = {visit.visit_id: k for k, visit in enumerate(loose.visits)}
    inserter = Inserter(table)
    dear = {}
    left = attempts.budget.left
    for joint in sorted(demand.joint_visits, key=lambda joint: (joint.worth.saved, joint.joint_visit_id)):
        if attempts.over or _used_up(left, attempts.budget.left):
            break
        visits = [index[v] for v in joint.visit_ids if v in index]
        if joint.required or not visits or any(table.shift_of[v] < 0 for v in visits):
            continue
        saved = _saved_by_moving(inserter, visits, joint.worth.saved) - joint.worth.saved
        if saved > 0:
            dear[joint.joint_visit_id] = saved
    return dear


def _used_up(before: float | None, left: float | None) -> bool:
    """Tell whether judging has had its share of the seconds that were left before it."""
    return before is not None and left is not None and left < before * (1 - JUDGING_SHARE)


def _saved_by_moving(inserter: Inserter, visits: Sequence[int], enough: int) -> int:
    """Give what is saved when visits are put back one by one, each where it costs least.

    Less than ``enough`` is told as 0 as soon as it is certain; so is what cannot be put back.
    """
    table = inserter.table
    mark, before = table.mark(), table.cost
    try:
        if not table.remove(visits) or before - table.cost <= enough:
            return 0
        for visit in visits:
            if not inserter.insert_unit((visit,), before - enough - table.cost):
                return 0
        return before - table.cost
    finally:
        table.rollback(mark)


def _loosened(scenario: Scenario, wish: Wish) -> Demand:
    """Give the demand in which nothing is joined, and visits stay as short as the joint visits made them."""
    apart = coordination.apply(scenario, expand(scenario, cut=wish.cut), (), share=wish.coordinated)
    length = {visit.visit_id: visit.duration_s for visit in wish.demand.visits}
    visits = tuple(replace(v, duration_s=length.get(v.visit_id, v.duration_s)) for v in apart.visits)
    return replace(apart, visits=visits)
