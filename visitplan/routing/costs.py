"""What a plan costs, part by part, in millipence."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from visitplan.domain.expansion import is_first, preferred_span
from visitplan.domain.period import MINUTE
from visitplan.domain.plan import Costs
from visitplan.domain.requests import Family
from visitplan.routing.encoding import unassigned_cost

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.domain.places import TravelMode
    from visitplan.domain.plan import PlannedVisit, Run
    from visitplan.domain.scenario import Scenario
    from visitplan.routing.network import Network


def costs_of(
    scenario: Scenario, network: Network, runs: Sequence[Run], unassigned_request_ids: Iterable[str]
) -> Costs:
    """Give the cost of a plan: its runs, and one unassigned visit for each request id given."""
    visits = [visit for run in runs for visit in run.visits]
    base = scenario.policy.costs
    legs = [leg for run in runs for leg in _legs(scenario, run)]
    free_s = sum(network.leg_s(*leg) for leg in legs)
    early, late = _early_and_late(scenario, visits)
    return Costs(
        travel_time=free_s * base.travel_mp_per_s,
        mileage=sum(network.leg_m(*leg) * base.mileage_mp_per_m(leg[0]) for leg in legs),
        waiting=sum(_idle_s(run) for run in runs) * base.waiting_mp_per_s,
        overtime=sum(run.overtime_s * base.overtime_mp_per_s(_hourly(scenario, run)) for run in runs),
        labour=sum(_visiting_s(run) * base.labour_mp_per_s(_hourly(scenario, run)) for run in runs),
        shifts=len(runs) * base.millipence(base.shift_use_pence),
        early=early,
        late=late,
        strangers=sum(_stranger(scenario, visit) for visit in visits),
        not_preferred=sum(_not_preferred(scenario, visit) for visit in visits),
        new_faces=sum(_new_face(scenario, visit) for visit in visits),
        late_discharge=_late_discharges(scenario, visits),
        family_absent=sum(_family_absent(scenario, visit) for visit in visits),
        unassigned=sum(unassigned_cost(scenario, scenario.request_by_id[r]) for r in unassigned_request_ids),
    )


def _hourly(scenario: Scenario, run: Run) -> float | None:
    return scenario.staff_by_id[run.staff_id].hourly_cost_pence


def _visiting_s(run: Run) -> int:
    return sum(visit.end - visit.start for visit in run.visits)


def _legs(scenario: Scenario, run: Run) -> list[tuple[TravelMode, str, str]]:
    """Give mode, origin and destination of every leg, the way home included."""
    staff = scenario.staff_by_id[run.staff_id]
    homes = [scenario.household_by_id[visit.household_id].place.place_id for visit in run.visits]
    stops = [staff.start.place_id, *homes, staff.start.place_id]
    return [(staff.travel_mode, one, two) for one, two in itertools.pairwise(stops)]


def _idle_s(run: Run) -> int:
    """Give the idle seconds between departure and return; legs count in whole minutes."""
    legs = [*(visit.travel_s for visit in run.visits), run.return_s]
    travel = sum(-(-seconds // MINUTE) * MINUTE for seconds in legs)
    return run.worked_s - travel - _visiting_s(run)


def _early_and_late(scenario: Scenario, visits: Iterable[PlannedVisit]) -> tuple[int, int]:
    early = late = 0
    for visit in visits:
        request = scenario.request_by_id[visit.request_id]
        costs = scenario.rules_for(request).costs
        first, last = preferred_span(scenario, request, visit.start)
        early += max(0, first - visit.start) * costs.early_mp_per_s
        late += max(0, visit.start - last) * costs.late_mp_per_s
    return early, late


def _stranger(scenario: Scenario, visit: PlannedVisit) -> int:
    known = scenario.known_staff.get(visit.person_id)
    if not known or visit.staff_id in known:
        return 0
    costs = scenario.rules_for(scenario.request_by_id[visit.request_id]).costs
    return costs.millipence(costs.stranger_pence)


def _not_preferred(scenario: Scenario, visit: PlannedVisit) -> int:
    request = scenario.request_by_id[visit.request_id]
    if not request.preferred_staff or visit.staff_id in request.preferred_staff:
        return 0
    costs = scenario.rules_for(request).costs
    return costs.millipence(costs.not_preferred_pence)


def _new_face(scenario: Scenario, visit: PlannedVisit) -> int:
    team = scenario.team_for.get((visit.person_id, visit.service))
    if not team or visit.staff_id in team:
        return 0
    costs = scenario.rules_for(scenario.request_by_id[visit.request_id]).costs
    return costs.millipence(costs.new_face_pence)


def _late_discharges(scenario: Scenario, visits: Iterable[PlannedVisit]) -> int:
    """Add up what first visits cost that fall on a later day than the person's coming home."""
    cost = 0
    for visit in visits:
        request = scenario.request_by_id[visit.request_id]
        home = scenario.first_visits.get(visit.request_id)
        if home is not None and visit.start not in home and is_first(scenario, request, visit.visit_id):
            costs = scenario.rules_for(request).costs
            cost += costs.millipence(costs.late_discharge_pence)
    return cost


def _family_absent(scenario: Scenario, visit: PlannedVisit) -> int:
    request = scenario.request_by_id[visit.request_id]
    present = scenario.family_windows.get(visit.household_id)
    if request.family is not Family.WELCOME or present is None:
        return 0
    if any(window.holds(visit.start, visit.end) for window in present):
        return 0
    costs = scenario.rules_for(request).costs
    return costs.millipence(costs.family_absent_pence)
