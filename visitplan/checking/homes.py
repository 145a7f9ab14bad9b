"""What a plan asks of households, counted again: attendances, the family's part in them, and knocks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from visitplan.checking.case import Case, Served
from visitplan.domain.requests import Family

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from visitplan.policy import CoordinationPolicy


@dataclass(frozen=True)
class Stay:
    """Visits that a household knows as one attendance. Not slotted: figures are worked out once."""

    case: Case
    household_id: str
    served: tuple[Served, ...]

    @property
    def rules(self) -> CoordinationPolicy:
        """Give the prices of the household's area."""
        area = self.case.scenario.household_by_id[self.household_id].area
        return self.case.scenario.policy.rules(area=area).coordination

    @cached_property
    def with_family(self) -> bool:
        """Tell whether a family member is asked to be there for any of the visits."""
        return any(_asks_family(self.case, served) for served in self.served)

    @property
    def day(self) -> dt.date | None:
        """Give the local date of the first start."""
        return self.case.calendar.date(min(served.visit.start for served in self.served))

    @property
    def seconds(self) -> int:
        """Give the seconds from the first start to the last end."""
        first = min(served.visit.start for served in self.served)
        return max(served.visit.end for served in self.served) - first

    @property
    def knocks(self) -> int:
        """Count the different starts of those who are not in the home already."""
        here = {(served.visit.shift_id, served.visit.sequence) for served in self.served}
        visits = [served.visit for served in self.served]
        return len({v.start for v in visits if (v.shift_id, v.sequence - 1) not in here})


def stays(case: Case) -> Iterator[Stay]:
    """Give every attendance: visits, and joint visits on one day, that touch within the policy's gap."""
    homes: dict[str, list[Served]] = defaultdict(list)
    for served in case.served:
        homes[served.request.household_id].append(served)
    gap = case.scenario.policy.appointments.gap_min * 60
    for household_id, here in homes.items():
        stretches = sorted([*_visits(here, gap), *_joint_stretches(case, here)])
        edges = _merged(stretches)
        for first, last in edges:
            inside = tuple(served for served in here if first <= served.visit.start <= last)
            yield Stay(case, household_id, inside)


def _visits(here: Sequence[Served], gap: int) -> Iterator[tuple[int, int]]:
    yield from ((served.visit.start, served.visit.end + gap) for served in here)


def _joint_stretches(case: Case, here: Sequence[Served]) -> Iterator[tuple[int, int]]:
    """Give the first and the last start of each joint visit on each day."""
    starts: dict[tuple[str, dt.date | None], list[int]] = defaultdict(list)
    for served in here:
        name = served.visit.joint_visit_id
        if name is not None:
            starts[name, case.calendar.date(served.visit.start)].append(served.visit.start)
    yield from ((min(of), max(of)) for of in starts.values())


def _merged(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    edges: list[tuple[int, int]] = []
    for first, last in stretches:
        if edges and first <= edges[-1][1]:
            edges[-1] = edges[-1][0], max(edges[-1][1], last)
        else:
            edges.append((first, last))
    return edges


def _asks_family(case: Case, served: Served) -> bool:
    joint = next((j for j in case.plan.joint_visits if j.joint_visit_id == served.visit.joint_visit_id), None)
    if joint is not None and joint.with_family:
        return True
    if served.request.family is Family.WELCOME:
        return case.with_family(served.visit, served.request.household_id)
    return served.request.family is Family.REQUIRED
