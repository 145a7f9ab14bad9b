"""Who may serve what: each rule is a named function, and one list calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from visitplan.domain.people import Staff
from visitplan.domain.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from visitplan.domain.demand import Demand, Visit


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a visit asks of its member of staff. Visits that ask the same share one answer."""

    service: str
    organisation: str
    area: str
    skills: frozenset[str]
    excluded: frozenset[str]
    partner_services: frozenset[str]
    pinned_to: str | None


@dataclass(frozen=True, slots=True)
class StaffRule:
    """A rule about staff: whether it is met, and how to say that it is not."""

    name: str
    met: Callable[[Scenario, Wanted, Staff], bool]


def _gives_the_service(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return staff.service == wanted.service


def _has_the_skills(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return wanted.skills <= staff.skills


def _organisation_may_serve(scenario: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return scenario.policy.organisations.may_serve(staff.organisation, wanted.organisation)


def _works_in_the_area(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return not staff.areas or wanted.area in staff.areas


def _is_not_excluded(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return staff.staff_id not in wanted.excluded


def _works_with_the_partners(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return not staff.works_with or wanted.partner_services <= staff.works_with


def _is_the_one_pinned(_: Scenario, wanted: Wanted, staff: Staff) -> bool:
    return wanted.pinned_to is None or wanted.pinned_to == staff.staff_id


STAFF_RULES: tuple[StaffRule, ...] = (
    StaffRule("gives the service", _gives_the_service),
    StaffRule("has the skills", _has_the_skills),
    StaffRule("works for an organisation that may serve it", _organisation_may_serve),
    StaffRule("works in the area", _works_in_the_area),
    StaffRule("is not excluded", _is_not_excluded),
    StaffRule("works with the other services of the joint visit", _works_with_the_partners),
    StaffRule("is the one the visit is pinned to", _is_the_one_pinned),
)


def wanted_by(scenario: Scenario, demand: Demand) -> dict[str, Wanted]:
    """Give, by visit id, what each visit asks of its member of staff."""
    partners = _partner_services(scenario, demand)
    return {
        visit.visit_id: _wanted(scenario, visit, partners.get(visit.visit_id, frozenset()))
        for visit in demand.visits
    }


def _wanted(scenario: Scenario, visit: Visit, partners: frozenset[str]) -> Wanted:
    request = scenario.request_by_id[visit.request_id]
    pin = scenario.pin_by_visit.get(visit.visit_id)
    return Wanted(
        service=request.service,
        organisation=request.organisation,
        area=scenario.household_by_id[request.household_id].area,
        skills=request.skills,
        excluded=request.excluded_staff,
        partner_services=partners,
        pinned_to=None if pin is None else pin.staff_id,
    )


def _partner_services(scenario: Scenario, demand: Demand) -> dict[str, frozenset[str]]:
    request_of = {visit.visit_id: visit.request_id for visit in demand.visits}
    service_of = {v: scenario.request_by_id[request].service for v, request in request_of.items()}
    return {
        visit_id: frozenset(service_of[other] for other in joint.visit_ids) - {service_of[visit_id]}
        for joint in demand.joint_visits
        for visit_id in joint.visit_ids
    }


def may_serve(scenario: Scenario, wanted: Wanted, staff: Staff) -> bool:
    """Tell whether a member of staff meets every rule."""
    return all(rule.met(scenario, wanted, staff) for rule in STAFF_RULES)


def able_staff_rows(scenario: Scenario, wanted: Wanted) -> NDArray[np.bool_]:
    """Tell of each member of staff whether they may serve a visit; only its service is asked all rules.

    Kept with the scenario: every attempt asks the same of the same staff.
    """
    known: NDArray[np.bool_] | None = scenario.kept.get(("able", wanted))
    if known is None:
        found = (s.service == wanted.service and may_serve(scenario, wanted, s) for s in scenario.staff)
        known = np.fromiter(found, dtype=np.bool_, count=len(scenario.staff))
        scenario.kept["able", wanted] = known
    return known


def first_rule_nobody_meets(scenario: Scenario, wanted: Wanted, staff: Iterable[Staff]) -> StaffRule | None:
    """Give the rule after which nobody is left, taking the rules in order; None where somebody is."""
    left = list(staff)
    for rule in STAFF_RULES:
        left = [member for member in left if rule.met(scenario, wanted, member)]
        if not left:
            return rule
    return None
