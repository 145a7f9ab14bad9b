"""Attendances: the times at which a household has somebody in, as the family lives through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.domain.period import MINUTE
from visitplan.domain.plan import PlannedVisit
from visitplan.domain.requests import Family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visitplan.domain.plan import Plan
    from visitplan.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Attendance:
    """Visits to one household that the family knows as one appointment.

    Attributes
    ----------
    attendance_id
        The household id, a dash, and a number that counts the household's attendances from 1.
    visits
        By start, then by visit id.
    lead_staff_id
        Who leads: the lead of its first joint visit, else whoever comes first.
    with_family
        A family member is asked to be there: see :func:`asks_family`.
    """

    attendance_id: str
    household_id: str
    visits: tuple[PlannedVisit, ...]
    lead_staff_id: str
    with_family: bool

    @property
    def start(self) -> int:
        """Give the tick at which the first visit starts."""
        return self.visits[0].start

    @property
    def end(self) -> int:
        """Give the tick at which the last visit ends."""
        return max(visit.end for visit in self.visits)

    @property
    def staff_ids(self) -> tuple[str, ...]:
        """Give who comes, in the order in which they come."""
        return tuple(dict.fromkeys(visit.staff_id for visit in self.visits))

    @property
    def services(self) -> tuple[str, ...]:
        """Give the services that come, in the order in which they come."""
        return tuple(dict.fromkeys(visit.service for visit in self.visits))

    @property
    def joint_visit_ids(self) -> tuple[str, ...]:
        """Give the joint visits that take place in it."""
        ids = (visit.joint_visit_id for visit in self.visits)
        return tuple(dict.fromkeys(joint for joint in ids if joint is not None))


def attendances(scenario: Scenario, plan: Plan) -> tuple[Attendance, ...]:
    """Give every attendance of a plan, by household and time.

    Planned visits to one household that lie no further apart than the policy's ``appointments.gap_min`` are
    one attendance, as long as it lasts no longer than ``coordination.max_attendance_min``; so are the visits
    of one joint visit on one day, whatever lies between them.
    """
    homes: dict[str, list[PlannedVisit]] = {}
    for visit in plan.visits:
        homes.setdefault(visit.household_id, []).append(visit)
    return tuple(
        _attendance(scenario, plan, household_id, number, visits)
        for household_id, every in sorted(homes.items())
        for number, visits in enumerate(_apart(scenario, plan, household_id, every), start=1)
    )


def knocks(attendance: Attendance) -> tuple[PlannedVisit, ...]:
    """Give the visits of an attendance at whose start somebody knocks at the door.

    Those who start at the same time knock once, and nobody knocks who has made the visit before it in the
    same run within the same attendance: they are in the home already.
    """
    runs = {(visit.shift_id, visit.sequence) for visit in attendance.visits}
    found: dict[int, PlannedVisit] = {}
    for visit in attendance.visits:
        if (visit.shift_id, visit.sequence - 1) not in runs:
            found.setdefault(visit.start, visit)
    return tuple(found.values())


def asks_family(scenario: Scenario, plan: Plan, visit: PlannedVisit) -> bool:
    """Tell whether a family member is asked to be at home for a planned visit.

    So it is where the request requires it, where the visit is part of a joint visit with the family, and
    where the family is welcome and the visit lies inside a time at which they can be there.
    """
    joint = plan.joint_visit_by_id.get(visit.joint_visit_id or "")
    if joint is not None and joint.with_family:
        return True
    request = scenario.request_by_id.get(visit.request_id)
    if request is None or request.family is Family.NOT_NEEDED:
        return False
    if request.family is Family.REQUIRED:
        return True
    times = scenario.family_windows.get(visit.household_id, ())
    return any(time.holds(visit.start, visit.end) for time in times)


def _apart(
    scenario: Scenario, plan: Plan, household_id: str, every: Iterable[PlannedVisit]
) -> Iterator[tuple[PlannedVisit, ...]]:
    """Cut the visits to one household into attendances."""
    gap_s, longest_s = _limits(scenario, household_id)
    group: list[PlannedVisit] = []
    for block in _blocks(plan, every):
        if group and not _goes_on(group, block, gap_s, longest_s):
            yield _ordered(group)
            group = []
        group += block
    if group:
        yield _ordered(group)


def _limits(scenario: Scenario, household_id: str) -> tuple[int, int]:
    """Give the longest gap within an attendance, and how long one may last, in seconds."""
    home = scenario.household_by_id.get(household_id)
    rules = scenario.policy.rules(area=None if home is None else home.area)
    return scenario.policy.appointments.gap_min * MINUTE, rules.coordination.max_attendance_min * MINUTE


def _goes_on(group: list[PlannedVisit], block: list[PlannedVisit], gap_s: int, longest_s: int) -> bool:
    """Tell whether a block belongs to the attendance that began before it."""
    ends = max(visit.end for visit in group)
    lasts = max(ends, *(visit.end for visit in block)) - min(visit.start for visit in group)
    return block[0].start <= ends + gap_s and lasts <= longest_s


def _blocks(plan: Plan, every: Iterable[PlannedVisit]) -> list[list[PlannedVisit]]:
    """Give what is never cut, by start: the visits of a joint visit on one day, and each other visit."""
    blocks: dict[object, list[PlannedVisit]] = {}
    for visit in _ordered(every):
        joint = visit.joint_visit_id
        name = (visit.visit_id, visit.start) if joint is None else (joint, plan.period.date(visit.start))
        blocks.setdefault((joint is None, name), []).append(visit)
    return list(blocks.values())


def _ordered(visits: Iterable[PlannedVisit]) -> tuple[PlannedVisit, ...]:
    return tuple(sorted(visits, key=lambda visit: (visit.start, visit.visit_id)))


def _attendance(
    scenario: Scenario, plan: Plan, household_id: str, number: int, visits: tuple[PlannedVisit, ...]
) -> Attendance:
    return Attendance(
        f"{household_id}-{number}",
        household_id,
        visits,
        _lead(plan, visits),
        any(asks_family(scenario, plan, visit) for visit in visits),
    )


def _lead(plan: Plan, visits: tuple[PlannedVisit, ...]) -> str:
    for visit in visits:
        joint = plan.joint_visit_by_id.get(visit.joint_visit_id or "")
        lead = plan.visit_by_id.get(joint.lead_visit_id) if joint is not None else None
        if lead is not None:
            return lead.staff_id
    return visits[0].staff_id
