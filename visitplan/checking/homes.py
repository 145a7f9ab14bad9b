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
    """Give every attendance: visits, and joint visits on one day, that touch within the policy's gap.

    None lasts longer than the policy lets an attendance last, but for what is longer by itself.
    """
    homes: dict[str, list[Served]] = defaultdict(list)
    for served in case.served:
        homes[served.request.household_id].append(served)
    gap = case.scenario.policy.appointments.gap_min * 60
    for household_id, here in homes.items():
        area = case.scenario.household_by_id[household_id].area
        longest = case.scenario.policy.rules(area=area).coordination.max_attendance_min * 60
        for inside in _touching(_pieces(case, here), gap, longest):
            yield Stay(case, household_id, tuple(inside))


def _pieces(case: Case, here: Sequence[Served]) -> list[list[Served]]:
    """Give the visits to a home, those of one joint visit on one day in one piece, by their first start."""
    joint: dict[tuple[str, dt.date | None], list[Served]] = defaultdict(list)
    single: list[list[Served]] = []
    for served in here:
        name = served.visit.joint_visit_id
        if name is None:
            single.append([served])
        else:
            joint[name, case.calendar.date(served.visit.start)].append(served)
    pieces = [sorted(piece, key=_start) for piece in (*single, *joint.values())]
    return sorted(pieces, key=lambda piece: _start(piece[0]))


def _start(served: Served) -> tuple[int, str]:
    return served.visit.start, served.visit.visit_id


def _touching(pieces: Sequence[list[Served]], gap: int, longest: int) -> list[list[Served]]:
    """Put together what touches, as long as it does not last too long."""
    found: list[list[Served]] = []
    for piece in pieces:
        before = found[-1] if found else []
        until = max((served.visit.end for served in before), default=None)
        ends = max(served.visit.end for served in (*before, *piece))
        touches = until is not None and piece[0].visit.start <= until + gap
        if touches and ends - min(served.visit.start for served in before) <= longest:
            found[-1] = [*before, *piece]
        else:
            found.append(piece)
    return found


def _asks_family(case: Case, served: Served) -> bool:
    name = served.visit.joint_visit_id
    joint = None if name is None else case.joint_by_id.get(name)
    if joint is not None and joint.with_family:
        return True
    if served.request.family is Family.WELCOME:
        return case.with_family(served.visit, served.request.household_id)
    return served.request.family is Family.REQUIRED
