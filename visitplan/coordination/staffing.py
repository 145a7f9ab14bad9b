"""Who could serve a unit at all, in whose company, and when they are at work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.windows import Window, Windows

if TYPE_CHECKING:
    from visitplan.coordination.units import Unit
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

ALONE: frozenset[str] = frozenset()
"""No other service at the door."""

_Key = tuple[str, str, str, frozenset[str], frozenset[str], frozenset[str], frozenset[str]]


class Staffing:
    """Answers about staff and shifts, each worked out once.

    Only what a single look can tell: travel, and who else wants the same people, are the solver's business.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._by_service: dict[str, list[Staff]] = {}
        for member in scenario.staff:
            self._by_service.setdefault(member.service, []).append(member)
        self._shifts: dict[str, list[Shift]] = {}
        for shift in scenario.shifts:
            self._shifts.setdefault(shift.staff_id, []).append(shift)
        self._eligible: dict[_Key, frozenset[str]] = {}
        self._eligible_for: dict[tuple[str, int, frozenset[str]], frozenset[str]] = {}
        self._starts: dict[tuple[frozenset[str], int], Windows] = {}

    def eligible(self, unit: Unit, others: frozenset[str] = ALONE) -> frozenset[str]:
        """Give the ids of staff who may serve a unit and would meet these other services at the door."""
        asked = (unit.unit_id, unit.slots, others)
        known = self._eligible_for.get(asked)
        if known is None:
            known = self._eligible_for[asked] = self._found(unit, others)
        return known

    def _found(self, unit: Unit, others: frozenset[str]) -> frozenset[str]:
        """Give who may serve a unit, found once for all units that ask for the same."""
        request = unit.request
        area = self._scenario.household_by_id[request.household_id].area
        others = others - {request.service}
        key = (
            request.service,
            request.organisation,
            area,
            request.skills,
            request.excluded_staff,
            self._pinned(unit),
            others,
        )
        if key not in self._eligible:
            self._eligible[key] = frozenset(
                member.staff_id
                for member in self._by_service.get(request.service, ())
                if self._may_serve(member, request, area) and self._meets(member, others)
            )
            if self._pinned(unit):
                self._eligible[key] &= self._pinned(unit)
        return self._eligible[key]

    def all_have(self, unit: Unit, skill: str) -> bool:
        """Tell whether everybody who may serve a unit has a skill, and somebody may."""
        staff = self.eligible(unit)
        return bool(staff) and all(skill in self._scenario.staff_by_id[name].skills for name in staff)

    def starts(self, unit: Unit, others: frozenset[str], duration_s: int) -> Windows:
        """Give the ticks at which somebody eligible is at work for the whole visit, overtime included."""
        key = (self.eligible(unit, others), duration_s)
        if key not in self._starts:
            at_work = (
                Window(shift.window.start, shift.window.end + shift.overtime_max_s).starts_for(duration_s)
                for staff_id in key[0]
                for shift in self._shifts.get(staff_id, ())
            )
            self._starts[key] = Windows.of(window for window in at_work if window is not None)
        return self._starts[key]

    def _pinned(self, unit: Unit) -> frozenset[str]:
        """Give the one member of staff a single visit is kept with; double-handed calls keep theirs open."""
        pin = self._scenario.pin_by_visit.get(unit.unit_id)
        if pin is None or pin.staff_id is None or unit.slots > 1:
            return frozenset()
        return frozenset({pin.staff_id})

    def _may_serve(self, member: Staff, request: Request, area: str) -> bool:
        return (
            request.skills <= member.skills
            and member.staff_id not in request.excluded_staff
            and (not member.areas or area in member.areas)
            and self._scenario.policy.organisations.may_serve(member.organisation, request.organisation)
        )

    @staticmethod
    def _meets(member: Staff, others: frozenset[str]) -> bool:
        return not member.works_with or others <= member.works_with
