"""Whose costs and hours they are: what a plan counts as a whole, shared out among its visits.

A part of the cost is shared out by what causes it: mileage by metres, strangers by visits of strangers. What
has no cause of its own here is shared out evenly. So the shares of areas, services or organisations always
add up to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from visitplan.domain.attendance import Attendance
from visitplan.domain.expansion import is_first
from visitplan.domain.places import TravelMode
from visitplan.domain.plan import Costs, Plan, PlannedVisit
from visitplan.domain.requests import Family
from visitplan.domain.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from visitplan.domain.requests import Request
    from visitplan.policy import CoordinationPolicy


@dataclass(frozen=True, slots=True)
class Leg:
    """A way travelled, charged to the visit it leads to; the way home, to the run's last visit."""

    visit: PlannedVisit
    seconds: int
    metres: int
    mode: TravelMode


@dataclass(frozen=True, slots=True)
class Facts:
    """What weights are taken from; ``off_s`` are the seconds early and late of :func:`off_s`."""

    scenario: Scenario
    plan: Plan
    legs: tuple[Leg, ...]
    attendances: tuple[Attendance, ...]
    knocks: tuple[PlannedVisit, ...]
    off_s: Mapping[str, tuple[int, int]]

    def hourly(self, visit: PlannedVisit) -> float:
        """Give the hourly cost of who comes, in pence."""
        member = self.scenario.staff_by_id.get(visit.staff_id)
        own = None if member is None else member.hourly_cost_pence
        return self.scenario.policy.costs.hourly_pence if own is None else own

    def home_rules(self, household_id: str) -> CoordinationPolicy:
        """Give the prices at which a household is disturbed."""
        household = self.scenario.household_by_id.get(household_id)
        return self.scenario.policy.rules(area=None if household is None else household.area).coordination

    def asked(self) -> Iterator[tuple[PlannedVisit, Request]]:
        """Give the planned visits whose request is known."""
        known = self.scenario.request_by_id
        return ((v, known[v.request_id]) for v in self.plan.visits if v.request_id in known)


Weights = dict[str, float]
"""By visit id; only their proportions count."""


def legs_of(scenario: Scenario, plan: Plan) -> Iterator[Leg]:
    """Give every way that is travelled."""
    for run in plan.runs:
        member = scenario.staff_by_id.get(run.staff_id)
        mode = TravelMode.CAR if member is None else member.travel_mode
        yield from (Leg(visit, visit.travel_s, visit.metres, mode) for visit in run.visits)
        if run.visits:
            yield Leg(run.visits[-1], run.return_s, run.return_metres, mode)


def _by_visit(entries: Iterable[tuple[PlannedVisit, float]]) -> Weights:
    weights: Weights = {}
    for visit, weight in entries:
        weights[visit.visit_id] = weights.get(visit.visit_id, 0) + weight
    return weights


def _travel(facts: Facts) -> Weights:
    return _by_visit((leg.visit, leg.seconds) for leg in facts.legs)


def _mileage(facts: Facts) -> Weights:
    rate = facts.scenario.policy.costs.mileage_mp_per_m
    return _by_visit((leg.visit, leg.metres * rate(leg.mode)) for leg in facts.legs)


def _waiting(facts: Facts) -> Weights:
    return _by_visit((visit, visit.wait_s) for visit in facts.plan.visits)


def _overtime(facts: Facts) -> Weights:
    last = ((run.visits[-1], run.overtime_s) for run in facts.plan.runs if run.visits)
    return _by_visit((visit, seconds * facts.hourly(visit)) for visit, seconds in last)


def _labour(facts: Facts) -> Weights:
    return _by_visit((v, (v.end - v.start) * facts.hourly(v)) for v in facts.plan.visits)


def _shifts(facts: Facts) -> Weights:
    return _by_visit((visit, 1 / len(run.visits)) for run in facts.plan.runs for visit in run.visits)


def _early(facts: Facts) -> Weights:
    off, rate = facts.off_s, facts.scenario.rules_for
    return _by_visit((v, off[v.visit_id][0] * rate(r).costs.early_mp_per_s) for v, r in facts.asked())


def _late(facts: Facts) -> Weights:
    off, rate = facts.off_s, facts.scenario.rules_for
    return _by_visit((v, off[v.visit_id][1] * rate(r).costs.late_mp_per_s) for v, r in facts.asked())


def _strangers(facts: Facts) -> Weights:
    known = facts.scenario.known_staff
    return _by_visit(
        (v, facts.scenario.rules_for(r).costs.stranger_pence)
        for v, r in facts.asked()
        if v.staff_id not in known.get(v.person_id, {v.staff_id})
    )


def _not_preferred(facts: Facts) -> Weights:
    return _by_visit(
        (v, facts.scenario.rules_for(r).costs.not_preferred_pence)
        for v, r in facts.asked()
        if r.preferred_staff and v.staff_id not in r.preferred_staff
    )


def _new_faces(facts: Facts) -> Weights:
    teams = {(team.person_id, team.service): team.staff_ids for team in facts.plan.teams}
    return _by_visit(
        (v, facts.scenario.rules_for(r).costs.new_face_pence)
        for v, r in facts.asked()
        if v.staff_id not in teams.get((v.person_id, v.service), {v.staff_id})
    )


def _late_discharge(facts: Facts) -> Weights:
    home = facts.scenario.first_visits
    return _by_visit(
        (v, facts.scenario.rules_for(r).costs.late_discharge_pence)
        for v, r in facts.asked()
        if r.request_id in home
        and v.start not in home[r.request_id]
        and is_first(facts.scenario, r, v.visit_id)
    )


def _family_absent(facts: Facts) -> Weights:
    times = facts.scenario.family_windows
    return _by_visit(
        (v, facts.scenario.rules_for(r).costs.family_absent_pence)
        for v, r in facts.asked()
        if r.family is Family.WELCOME
        and r.household_id in times
        and not any(time.holds(v.start, v.end) for time in times[r.household_id])
    )


def _interruptions(facts: Facts) -> Weights:
    with_family = (a for a in facts.attendances if a.with_family)
    return _by_visit(
        (visit, facts.home_rules(a.household_id).interruption_pence / len(a.visits))
        for a in with_family
        for visit in a.visits
    )


def _family_time(facts: Facts) -> Weights:
    with_family = (a for a in facts.attendances if a.with_family)
    return _by_visit(
        (visit, (a.end - a.start) * facts.home_rules(a.household_id).family_hour_pence / len(a.visits))
        for a in with_family
        for visit in a.visits
    )


def _door_knocks(facts: Facts) -> Weights:
    return _by_visit((v, facts.home_rules(v.household_id).door_knock_pence) for v in facts.knocks)


def _days(facts: Facts) -> Weights:
    on_day: dict[tuple[str, object], list[PlannedVisit]] = {}
    for a in facts.attendances:
        on_day.setdefault((a.household_id, facts.plan.period.date(a.start)), []).extend(a.visits)
    return _by_visit(
        (visit, facts.home_rules(visit.household_id).day_pence / len(visits))
        for visits in on_day.values()
        for visit in visits
    )


def _told_once(facts: Facts) -> Weights:
    return _by_visit((v, max(0, r.duration_s - (v.end - v.start))) for v, r in facts.asked())


def _unassigned(facts: Facts) -> Weights:
    weights: Weights = {}
    for left_out in facts.plan.unassigned:
        request = facts.scenario.request_by_id.get(left_out.request_id)
        if request is not None:
            price = facts.scenario.rules_for(request).costs.unassigned_mp(request.priority)
            weights[left_out.visit_id] = 2 * price if request.time_critical else price
    return weights


WEIGHTS: Mapping[str, Callable[[Facts], Weights]] = {
    "travel_time": _travel,
    "mileage": _mileage,
    "waiting": _waiting,
    "overtime": _overtime,
    "labour": _labour,
    "shifts": _shifts,
    "early": _early,
    "late": _late,
    "strangers": _strangers,
    "not_preferred": _not_preferred,
    "new_faces": _new_faces,
    "late_discharge": _late_discharge,
    "family_absent": _family_absent,
    "interruptions": _interruptions,
    "family_time": _family_time,
    "door_knocks": _door_knocks,
    "days": _days,
    "told_once": _told_once,
    "unassigned": _unassigned,
}
"""By part of the cost; a part that is not here is shared out evenly."""


def costs_by_visit(facts: Facts) -> dict[str, Weights]:
    """Give, for each part of the cost, what each visit has of it in millipence."""
    costs = {part.name: int(getattr(facts.plan.costs, part.name)) for part in fields(Costs)}
    return {name: _shared(facts, total, WEIGHTS.get(name)) for name, total in costs.items() if total}


def worked_by_visit(facts: Facts) -> Weights:
    """Give the worked seconds of every run, shared out by what each of its visits takes, its way included."""
    travel = _travel(facts)
    shares: Weights = {}
    for run in facts.plan.runs:
        takes = {v.visit_id: travel[v.visit_id] + v.wait_s + v.end - v.start for v in run.visits}
        shares |= _in_proportion(run.worked_s, takes, list(takes))
    return shares


def repeated_by_visit(facts: Facts) -> Weights:
    """Count, for each visit, the shareable tasks it does that another request of the person does more often.

    Of requests that do a task equally often, the first by id does it; of members of staff who come to one
    call together, the first.
    """
    shareable = {task.code for task in facts.scenario.tasks if task.shareable}
    done: dict[tuple[str, str], dict[str, dict[int, str]]] = {}
    for visit in sorted(facts.plan.visits, key=lambda visit: visit.visit_id):
        for task in shareable.intersection(visit.tasks):
            by_request = done.setdefault((visit.person_id, task), {})
            by_request.setdefault(visit.request_id, {}).setdefault(visit.start, visit.visit_id)
    repeated: Weights = {}
    for by_request in done.values():
        most = min(by_request, key=lambda request_id: (-len(by_request[request_id]), request_id))
        for request_id, starts in by_request.items():
            for visit_id in starts.values() if request_id != most else ():
                repeated[visit_id] = repeated.get(visit_id, 0) + 1
    return repeated


def overtime_by_visit(facts: Facts) -> Weights:
    """Give the overtime of every run in seconds; it is its last visit's."""
    return {run.visits[-1].visit_id: float(run.overtime_s) for run in facts.plan.runs if run.visits}


def _shared(facts: Facts, total: int, weigh: Callable[[Facts], Weights] | None) -> Weights:
    plan = facts.plan
    every = [visit.visit_id for visit in plan.visits] or [visit.visit_id for visit in plan.unassigned]
    return _in_proportion(total, {} if weigh is None else weigh(facts), every)


def _in_proportion(total: int, weights: Weights, otherwise: list[str]) -> Weights:
    """Share a total out by weights, or evenly where none weighs anything."""
    whole = sum(weights.values())
    if whole <= 0:
        weights, whole = dict.fromkeys(otherwise, 1.0), len(otherwise)
    return {name: total * weight / whole for name, weight in weights.items() if weight}
