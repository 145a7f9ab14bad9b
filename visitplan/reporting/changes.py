"""What is different in a second plan: visits moved, given to others, new or gone; and what families hear."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from visitplan.domain.attendance import Attendance, attendances
from visitplan.domain.plan import Plan, PlannedVisit
from visitplan.domain.scenario import Scenario

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd


class Kind(StrEnum):
    """What has become of a visit or an appointment."""

    SAME = "as before"
    MOVED = "moved"
    OTHER_STAFF = "other staff"
    MOVED_OTHER_STAFF = "moved, other staff"
    GONE = "only in the first"
    NEW = "only in the second"


@dataclass(frozen=True, slots=True)
class Side:
    """A plan with its scenario, as one of two that are compared."""

    scenario: Scenario
    plan: Plan

    def when(self, tick: int) -> dt.datetime:
        """Give the local date-time of a tick."""
        return self.plan.period.moment(tick)

    def told_days(self, other: Side) -> tuple[dt.date, dt.date]:
        """Give the first and the last date that both plans cover; the first may lie after the last."""
        one, two = self.plan.period, other.plan.period
        return max(one.first, two.first), min(one.last, two.last)


@dataclass(frozen=True, slots=True)
class Pair:
    """A visit in the first plan and the one that has taken its place in the second; one may be missing."""

    a: PlannedVisit | None
    b: PlannedVisit | None

    @property
    def either(self) -> PlannedVisit:
        """Give the visit of the second plan, or else of the first."""
        found = self.b or self.a
        if found is None:
            raise ValueError("a pair of nothing")
        return found


def pairs(a: Side, b: Side) -> list[Pair]:
    """Pair the visits of two plans, on the dates that both cover.

    Visits of one request are paired first on the same date, there first those of the same member of staff,
    and what is left in the order of time. So two nights' plans can be compared, although visits are numbered
    from the first day of each.
    """
    ours, theirs = _by_request(a, b), _by_request(b, a)
    found: list[Pair] = []
    for request_id in sorted(ours.keys() | theirs.keys()):
        found += _paired(a, b, ours.get(request_id, []), theirs.get(request_id, []))
    return found


def _by_request(side: Side, other: Side) -> dict[str, list[PlannedVisit]]:
    first, last = side.told_days(other)
    found: dict[str, list[PlannedVisit]] = {}
    for visit in sorted(side.plan.visits, key=lambda visit: (visit.start, visit.visit_id)):
        if first <= side.when(visit.start).date() <= last:
            found.setdefault(visit.request_id, []).append(visit)
    return found


def _paired(a: Side, b: Side, ours: Sequence[PlannedVisit], theirs: Sequence[PlannedVisit]) -> Iterator[Pair]:
    left, right = list(ours), list(theirs)
    for alike in (_same_day_and_staff, _same_day, _any_day):
        for one in list(left):
            other = next((visit for visit in right if alike(a, b, one, visit)), None)
            if other is not None:
                left.remove(one)
                right.remove(other)
                yield Pair(one, other)
    yield from (Pair(one, None) for one in left)
    yield from (Pair(None, other) for other in right)


def _same_day(a: Side, b: Side, one: PlannedVisit, other: PlannedVisit) -> bool:
    return a.when(one.start).date() == b.when(other.start).date()


def _same_day_and_staff(a: Side, b: Side, one: PlannedVisit, other: PlannedVisit) -> bool:
    return one.staff_id == other.staff_id and _same_day(a, b, one, other)


def _any_day(_a: Side, _b: Side, _one: PlannedVisit, _other: PlannedVisit) -> bool:
    return True


def moved_min(a: Side, b: Side, one: int, other: int) -> int:
    """Give by how many minutes something starts later in the second plan."""
    return round((b.when(other) - a.when(one)).total_seconds() / 60)


def _kind(moved: bool, others: bool) -> Kind:
    if moved:
        return Kind.MOVED_OTHER_STAFF if others else Kind.MOVED
    return Kind.OTHER_STAFF if others else Kind.SAME


VISIT_COLUMNS = (
    *("change", "household_id", "area", "request_id", "service", "organisation"),
    *("visit_id_a", "date_a", "start_a", "staff_id_a", "visit_id_b", "date_b", "start_b", "staff_id_b"),
    "moved_min",
)


def visit_changes(a: Side, b: Side) -> pd.DataFrame:
    """Give one row for each visit on the dates that both plans cover, by household and request.

    ``change`` is one of :class:`Kind`; ``moved_min`` says how much later it starts in the second plan.
    """
    import pandas as pd  # here, because importing visitplan should not load it

    rows = [_visit_row(a, b, pair) for pair in pairs(a, b)]
    frame = pd.DataFrame(rows, columns=list(VISIT_COLUMNS))
    ordered = frame.sort_values(["household_id", "request_id", "date_b", "date_a"], kind="stable")
    return ordered.reset_index(drop=True).astype({"moved_min": "float64"})


def _visit_row(a: Side, b: Side, pair: Pair) -> dict[str, object]:
    visit = pair.either
    home = (b if pair.b is not None else a).scenario.household_by_id.get(visit.household_id)
    return {
        "change": _visit_kind(a, b, pair).value,
        "household_id": visit.household_id,
        "area": None if home is None else home.area,
        "request_id": visit.request_id,
        "service": visit.service,
        "organisation": visit.organisation,
        **_cells(a, pair.a, "a"),
        **_cells(b, pair.b, "b"),
        "moved_min": None if not (pair.a and pair.b) else moved_min(a, b, pair.a.start, pair.b.start),
    }


def _visit_kind(a: Side, b: Side, pair: Pair) -> Kind:
    if pair.a is None:
        return Kind.NEW
    if pair.b is None:
        return Kind.GONE
    moved = moved_min(a, b, pair.a.start, pair.b.start) != 0
    return _kind(moved, pair.a.staff_id != pair.b.staff_id)


def _cells(side: Side, visit: PlannedVisit | None, name: str) -> dict[str, object]:
    when = None if visit is None else side.when(visit.start)
    return {
        f"visit_id_{name}": None if visit is None else visit.visit_id,
        f"date_{name}": None if when is None else when.date().isoformat(),
        f"start_{name}": None if when is None else when.strftime("%H:%M"),
        f"staff_id_{name}": None if visit is None else visit.staff_id,
    }


APPOINTMENT_COLUMNS = (
    *("change", "household_id", "area", "date_a", "start_a", "end_a", "staff_ids_a", "with_family_a"),
    *("date_b", "start_b", "end_b", "staff_ids_b", "with_family_b", "moved_min", "tell_again"),
)


def appointment_changes(a: Side, b: Side) -> pd.DataFrame:
    """Give one row for each appointment of a household on the dates that both plans cover.

    Appointments are paired by the visits they have in common. ``tell_again`` says that the family has to hear
    of it: it is new or gone, or it starts further from the time that they were told than the policy's
    ``appointments.tolerance_min``.
    """
    import pandas as pd

    rows = [_appointment_row(a, b, one, other) for one, other in _paired_appointments(a, b)]
    frame = pd.DataFrame(rows, columns=list(APPOINTMENT_COLUMNS))
    ordered = frame.sort_values(["household_id", "date_b", "start_b", "date_a"], kind="stable")
    return ordered.reset_index(drop=True).astype({"moved_min": "float64"})


def _paired_appointments(a: Side, b: Side) -> Iterator[tuple[Attendance | None, Attendance | None]]:
    ours, theirs = _attendances(a, b), _attendances(b, a)
    of_a, of_b = _by_visit(ours), _by_visit(theirs)
    common = Counter(
        (of_a[pair.a.visit_id], of_b[pair.b.visit_id])
        for pair in pairs(a, b)
        if pair.a is not None and pair.b is not None
    )
    taken_a: set[int] = set()
    taken_b: set[int] = set()
    for (one, other), _ in sorted(common.items(), key=lambda entry: (-entry[1], entry[0])):
        if one not in taken_a and other not in taken_b:
            taken_a.add(one)
            taken_b.add(other)
            yield ours[one], theirs[other]
    yield from ((each, None) for k, each in enumerate(ours) if k not in taken_a)
    yield from ((None, each) for k, each in enumerate(theirs) if k not in taken_b)


def _attendances(side: Side, other: Side) -> list[Attendance]:
    first, last = side.told_days(other)
    every = attendances(side.scenario, side.plan)
    return [a for a in every if any(first <= side.when(v.start).date() <= last for v in a.visits)]


def _by_visit(every: Iterable[Attendance]) -> dict[str, int]:
    return {visit.visit_id: k for k, attendance in enumerate(every) for visit in attendance.visits}


def _appointment_row(a: Side, b: Side, one: Attendance | None, other: Attendance | None) -> dict[str, object]:
    either, side = (other, b) if other is not None else (one, a)
    home = None if either is None else side.scenario.household_by_id.get(either.household_id)
    later = None if one is None or other is None else moved_min(a, b, one.start, other.start)
    return {
        "change": _appointment_kind(one, other, later).value,
        "household_id": None if either is None else either.household_id,
        "area": None if home is None else home.area,
        **_appointment_cells(a, one, "a"),
        **_appointment_cells(b, other, "b"),
        "moved_min": later,
        "tell_again": later is None or abs(later) > b.scenario.policy.appointments.tolerance_min,
    }


def _appointment_kind(one: Attendance | None, other: Attendance | None, later: int | None) -> Kind:
    if one is None or other is None or later is None:
        return Kind.NEW if one is None else Kind.GONE
    return _kind(later != 0, set(one.staff_ids) != set(other.staff_ids))


def _appointment_cells(side: Side, attendance: Attendance | None, name: str) -> dict[str, object]:
    if attendance is None:
        return {f"{key}_{name}": None for key in ("date", "start", "end", "staff_ids", "with_family")}
    start, end = side.when(attendance.start), side.when(attendance.end)
    return {
        f"date_{name}": start.date().isoformat(),
        f"start_{name}": start.strftime("%H:%M"),
        f"end_{name}": end.strftime("%H:%M"),
        f"staff_ids_{name}": ";".join(attendance.staff_ids),
        f"with_family_{name}": attendance.with_family,
    }
