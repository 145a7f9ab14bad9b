"""What a plan costs the households, part by part, in millipence: what coordination is there to bring down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.domain.attendance import attendances, knocks
from visitplan.domain.period import HOUR
from visitplan.policy import Costs as Prices

if TYPE_CHECKING:
    from visitplan.domain.attendance import Attendance
    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario
    from visitplan.policy import CoordinationPolicy


def with_home_costs(scenario: Scenario, plan: Plan) -> Plan:
    """Give the plan with the parts of its cost that follow from when households have somebody in.

    Every plan is charged for them, coordinated or not, at the prices at which coordination weighs joint
    visits: so two plans of one scenario can be compared by their totals. ``told_once`` is what is saved, so
    it is never above 0.
    """
    every = attendances(scenario, plan)
    days = {(a.household_id, plan.period.date(a.start)) for a in every}
    return replace(
        plan,
        costs=replace(
            plan.costs,
            interruptions=sum(_interruption(_rules(scenario, a.household_id), a) for a in every),
            family_time=sum(_family_time(_rules(scenario, a.household_id), a) for a in every),
            door_knocks=sum(_door_knocks(_rules(scenario, a.household_id), a) for a in every),
            days=sum(Prices.millipence(_rules(scenario, home).day_pence) for home, _ in days),
            told_once=-_spared_s(scenario, plan) * _per_s(scenario.policy.costs.hourly_pence),
        ),
    )


def _rules(scenario: Scenario, household_id: str) -> CoordinationPolicy:
    return scenario.policy.rules(area=scenario.household_by_id[household_id].area).coordination


def _interruption(rules: CoordinationPolicy, attendance: Attendance) -> int:
    return Prices.millipence(rules.interruption_pence) if attendance.with_family else 0


def _family_time(rules: CoordinationPolicy, attendance: Attendance) -> int:
    seconds = attendance.end - attendance.start if attendance.with_family else 0
    return seconds * _per_s(rules.family_hour_pence)


def _door_knocks(rules: CoordinationPolicy, attendance: Attendance) -> int:
    return len(knocks(attendance)) * Prices.millipence(rules.door_knock_pence)


def _per_s(pence_per_hour: float) -> int:
    return round(pence_per_hour * 1000 / HOUR)


def _spared_s(scenario: Scenario, plan: Plan) -> int:
    """Give the seconds by which visits are shorter than they were asked for, or need not take place."""
    asked = scenario.request_by_id
    shorter = sum(asked[v.request_id].duration_s - (v.end - v.start) for v in plan.visits)
    return shorter + sum(asked[covered.request_id].duration_s for covered in plan.covered)
