"""A share of a plan: all of it, or what belongs to one area, service or organisation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import repeat
from typing import TYPE_CHECKING, Protocol, TypeVar

from visitplan.domain.attendance import Attendance, attendances, knocks
from visitplan.domain.demand import Covered, JointVisit
from visitplan.domain.plan import Plan, PlannedVisit, Unassigned
from visitplan.domain.requests import Request
from visitplan.domain.scenario import Scenario
from visitplan.reporting.allotment import (
    Facts,
    Leg,
    costs_by_visit,
    legs_of,
    overtime_by_visit,
    repeated_by_visit,
    worked_by_visit,
)
from visitplan.reporting.punctuality import off_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_Thing = TypeVar("_Thing")


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

    ``costs`` (millipence, by part), ``worked_s``, ``overtime_s`` (seconds) and ``repeated`` (tasks) say, by
    visit id, what each visit has of what counts for the whole plan: see :mod:`visitplan.reporting.allotment`.
    ``off_s`` gives, for visits whose request is known, the seconds by which they are early and late.
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
    repeated: Mapping[str, float]
    off_s: Mapping[str, tuple[int, int]]
    covered: tuple[Covered, ...] = ()

    def split(self, group_of: Callable[[Owned], str]) -> dict[str, Share]:
        """Give the part that belongs to each group, by the group's name."""
        group = {visit.visit_id: group_of(visit) for visit in self.visits}
        requests = _grouped((group_of(request), request) for request in self.requests)
        visits = _grouped((group[visit.visit_id], visit) for visit in self.visits)
        unassigned = _grouped((group_of(left_out), left_out) for left_out in self.unassigned)
        covered = _grouped((group_of(entry), entry) for entry in self.covered)
        attended = _grouped(
            (name, a) for a in self.attendances for name in {group[visit.visit_id] for visit in a.visits}
        )
        joints = _grouped(
            (name, j) for j in self.joint_visits for name in {group[v] for v in j.visit_ids if v in group}
        )
        knocked = _grouped((group[visit.visit_id], visit) for visit in self.knocks)
        legs = _grouped((group[leg.visit.visit_id], leg) for leg in self.legs)
        return {
            name: replace(
                self,
                requests=tuple(requests.get(name, ())),
                visits=tuple(visits.get(name, ())),
                unassigned=tuple(unassigned.get(name, ())),
                covered=tuple(covered.get(name, ())),
                attendances=tuple(attended.get(name, ())),
                joint_visits=tuple(joints.get(name, ())),
                knocks=tuple(knocked.get(name, ())),
                legs=tuple(legs.get(name, ())),
            )
            for name in sorted(requests.keys() | visits.keys() | unassigned.keys())
        }

    def sum_of(self, by_visit: Mapping[str, float]) -> int:
        """Add up what this share's visits, planned or not, have of something."""
        ids = [visit.visit_id for visit in self.visits] + [visit.visit_id for visit in self.unassigned]
        return round(sum(map(by_visit.get, ids, repeat(0.0))))


def whole(scenario: Scenario, plan: Plan) -> Share:
    """Give all of a plan."""
    planned = plan.visit_by_id
    every = attendances(scenario, plan)
    at_the_door = tuple(visit for attendance in every for visit in knocks(attendance))
    off = off_s(scenario, plan)
    facts = Facts(scenario, plan, tuple(legs_of(scenario, plan)), every, at_the_door, off)
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
        repeated_by_visit(facts),
        off,
        plan.covered,
    )


def _grouped(entries: Iterable[tuple[str, _Thing]]) -> dict[str, list[_Thing]]:
    found: dict[str, list[_Thing]] = {}
    for name, thing in entries:
        found.setdefault(name, []).append(thing)
    return found


def area_of(scenario: Scenario, thing: Owned) -> str:
    """Give the area in which something is; empty where the household is not known."""
    household = scenario.household_by_id.get(thing.household_id)
    return "" if household is None else household.area
