"""A share of a plan: all of it, or what belongs to one area, service or organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from visitplan.domain.attendance import Attendance, attendances, knocks
from visitplan.domain.demand import JointVisit
from visitplan.domain.plan import Plan, PlannedVisit, Unassigned
from visitplan.domain.requests import Request
from visitplan.domain.scenario import Scenario
from visitplan.reporting.allotment import (
    Facts,
    Leg,
    costs_by_visit,
    legs_of,
    overtime_by_visit,
    worked_by_visit,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class Owned(Protocol):
    """What a request, a planned visit and an unassigned one have in common."""

    @property
    def household_id(self) -> str: ...  # noqa: D102
    @property
    def service(self) -> str: ...  # noqa: D102
    @property
    def organisation(self) -> str: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Share:
    """What key figures are taken of.

    ``knocks`` are the visits at whose start somebody knocks, see
    :func:`visitplan.domain.attendance.knocks`. ``joint_visits`` are those
    of which every visit is planned. An attendance, or a joint visit, belongs to each share that has a visit
    of it.

    ``costs`` (millipence, by part), ``worked_s`` and ``overtime_s`` (seconds) say, by visit id, what each
    visit has of what counts for the whole plan: see :mod:`visitplan.reporting.allotment`.
    """

    scenario: Scenario
    plan: Plan
    requests: tuple[Request, ...]
    visits: tuple[PlannedVisit, ...]
    unassigned: tuple[Unassigned, ...]
    attendances: tuple[Attendance, ...]
    joint_visits: tuple[JointVisit, ...]
    knocks: tuple[PlannedVisit, ...]
    legs: tuple[Leg, ...]
    costs: Mapping[str, Mapping[str, float]]
    worked_s: Mapping[str, float]
    overtime_s: Mapping[str, float]

    def of(self, belongs: Callable[[Owned], bool]) -> Share:
        """Give the part of it that belongs to somebody."""
        visits = tuple(visit for visit in self.visits if belongs(visit))
        ids = {visit.visit_id for visit in visits}
        return Share(
            self.scenario,
            self.plan,
            requests=tuple(request for request in self.requests if belongs(request)),
            visits=visits,
            unassigned=tuple(left_out for left_out in self.unassigned if belongs(left_out)),
            attendances=tuple(a for a in self.attendances if any(v.visit_id in ids for v in a.visits)),
            joint_visits=tuple(joint for joint in self.joint_visits if ids & set(joint.visit_ids)),
            knocks=tuple(visit for visit in self.knocks if visit.visit_id in ids),
            legs=tuple(leg for leg in self.legs if leg.visit.visit_id in ids),
            costs=self.costs,
            worked_s=self.worked_s,
            overtime_s=self.overtime_s,
        )

    def sum_of(self, by_visit: Mapping[str, float]) -> int:
        """Add up what this share's visits, planned or not, have of something."""
        ids = [visit.visit_id for visit in self.visits] + [visit.visit_id for visit in self.unassigned]
        return round(sum(by_visit.get(name, 0.0) for name in ids))


def whole(scenario: Scenario, plan: Plan) -> Share:
    """Give all of a plan."""
    planned = plan.visit_by_id
    every = attendances(scenario, plan)
    at_the_door = tuple(visit for attendance in every for visit in knocks(attendance))
    facts = Facts(scenario, plan, tuple(legs_of(scenario, plan)), every, at_the_door)
    return Share(
        scenario,
        plan,
        scenario.requests,
        plan.visits,
        plan.unassigned,
        every,
        tuple(joint for joint in plan.joint_visits if all(name in planned for name in joint.visit_ids)),
        at_the_door,
        facts.legs,
        costs_by_visit(facts),
        worked_by_visit(facts),
        overtime_by_visit(facts),
    )


def area_of(scenario: Scenario, thing: Owned) -> str:
    """Give the area in which something is; empty where the household is not known."""
    household = scenario.household_by_id.get(thing.household_id)
    return "" if household is None else household.area
