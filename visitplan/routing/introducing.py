"""Known faces: visits that are left to staff who are known at the home, so that nobody new comes alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from visitplan.domain.demand import Demand, Visit
from visitplan.domain.requests import Joint
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window
from visitplan.policy import Mode
from visitplan.routing.eligibility import Wanted, may_serve, wanted_by
from visitplan.routing.start_windows import allowed_starts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visitplan.domain.demand import JointVisit
    from visitplan.domain.windows import Windows
    from visitplan.policy import CoordinationPolicy


def known_only(scenario: Scenario, demand: Demand) -> dict[str, frozenset[str]]:
    """Give, by visit id, the only staff who may serve it, where policy asks for a known face.

    With ``coordination.known_face``, one visit of each joint visit is left to staff who are known at the
    home; a joint visit that a request requires is spared, as it must not fail for this. With
    ``coordination.introduce_new``, so is one of the visits of all who come at the same time, and every visit
    that somebody makes alone. It is the visit that most of those who are known could serve. Where none of
    them may serve any, or is at work at any of its starts, the rule does not bind.
    """
    faces = _Faces(scenario, demand)
    only: dict[str, frozenset[str]] = {}
    for company in _companies(demand):
        if any(faces.rules(visit_id).introduce_new for visit_id in company):
            only |= faces.introduced(company)
    for joint in demand.joint_visits:
        asked = any(faces.rules(visit_id).known_face for visit_id in joint.visit_ids)
        if asked and not only.keys() & set(joint.visit_ids) and not faces.required(joint):
            only |= faces.introduced(joint.visit_ids)
    return only


def _companies(demand: Demand) -> Iterator[Sequence[str]]:
    """Give the visits that start at the same time: of a joint visit, or of a call that takes several."""
    together = [joint.visit_ids for joint in demand.joint_visits if joint.mode is Mode.TOGETHER]
    yield from together
    joined = {visit_id for visit_ids in together for visit_id in visit_ids}
    units: dict[tuple[str, int], list[str]] = {}
    for visit in demand.visits:
        if visit.visit_id not in joined:
            units.setdefault((visit.request_id, visit.occurrence), []).append(visit.visit_id)
    yield from units.values()


@dataclass(frozen=True)
class _Faces:
    """Who is known where, and who of them could come. Not slotted: what follows is worked out once."""

    scenario: Scenario
    demand: Demand

    @cached_property
    def _visits(self) -> Mapping[str, Visit]:
        return {visit.visit_id: visit for visit in self.demand.visits}

    @cached_property
    def _wanted(self) -> Mapping[str, Wanted]:
        return wanted_by(self.scenario, self.demand)

    @cached_property
    def _hours(self) -> Mapping[str, list[Window]]:
        hours: dict[str, list[Window]] = {}
        for shift in self.scenario.shifts:
            whole = Window(shift.window.start, shift.window.end + shift.overtime_max_s)
            hours.setdefault(shift.staff_id, []).append(whole)
        return hours

    def rules(self, visit_id: str) -> CoordinationPolicy:
        """Give the coordination policy that holds for a visit."""
        request = self.scenario.request_by_id[self._visits[visit_id].request_id]
        return self.scenario.rules_for(request).coordination

    def required(self, joint: JointVisit) -> bool:
        """Tell whether one of its requests requires the joint visit."""
        requests = (self.scenario.request_by_id[self._visits[v].request_id] for v in joint.visit_ids)
        return any(request.joint is Joint.REQUIRE for request in requests)

    def introduced(self, visit_ids: Iterable[str]) -> dict[str, frozenset[str]]:
        """Give the visit that most known staff could serve, the first of equals, with them; or nothing."""
        could = {visit_id: self._could_come(visit_id) for visit_id in visit_ids}
        best = max(could, key=lambda visit_id: len(could[visit_id]))
        return {best: could[best]} if could[best] else {}

    def _could_come(self, visit_id: str) -> frozenset[str]:
        """Give who is known at the home and could come; kept with the scenario, as attempts ask it again."""
        key = "could_come", self._visits[visit_id], self._wanted[visit_id]
        known: frozenset[str] | None = self.scenario.kept.get(key)
        if known is None:
            known = self.scenario.kept[key] = self._coming(visit_id)
        return known

    def _coming(self, visit_id: str) -> frozenset[str]:
        visit = self._visits[visit_id]
        household_id = self.scenario.request_by_id[visit.request_id].household_id
        known = self.scenario.known_at_home.get(household_id, frozenset())
        able = (self.scenario.staff_by_id[name] for name in known if name in self.scenario.staff_by_id)
        starts = allowed_starts(self.scenario, visit)
        return frozenset(
            staff.staff_id
            for staff in able
            if may_serve(self.scenario, self._wanted[visit_id], staff)
            and self._is_at_work(staff.staff_id, starts, visit.duration_s)
        )

    def _is_at_work(self, staff_id: str, starts: Windows, duration_s: int) -> bool:
        inside = (hours.starts_for(duration_s) for hours in self._hours.get(staff_id, ()))
        return any(part.meet(window) for window in inside if window is not None for part in starts)
