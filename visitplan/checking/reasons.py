"""The rule on reasons: what is said of an unassigned visit can be true."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.checking.case import fault
from visitplan.checking.expected import start_stretches
from visitplan.checking.quiet import open_starts
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Joint
from visitplan.findings import Severity

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator

    from visitplan.checking.case import Case
    from visitplan.checking.expected import ExpectedVisit, Stretch
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.places import Place
    from visitplan.findings import Finding


def reasons_untrue(case: Case) -> Iterator[Finding]:
    """See that a reason that can be looked up in the scenario is not contradicted by it."""
    for row in case.plan.unassigned:
        visit = case.expected.get(row.visit_id)
        contradicts = _CONTRADICTIONS.get(row.reason)
        if visit is None or contradicts is None:
            continue
        but = contradicts(case, visit)
        if but:
            yield fault(
                "CHECK-REASON",
                f"visit {visit.visit_id}",
                f"The reason given is '{row.reason}', but {but}.",
                "Treat the reason as unknown, and report it as a fault of visitplan.",
                Severity.WARNING,
            )


def _starts(case: Case, visit: ExpectedVisit) -> list[Stretch]:
    """Give when the visit may start; a pinned start narrows it, and so do the days its neighbours take."""
    times = case.family_times.get(visit.request.household_id, [])
    by_day = {day: stretches for day in visit.days if (stretches := _open_on(case, visit, day, times))}
    starts = [stretch for day in _own_days(visit, list(by_day)) for stretch in by_day[day]]
    pin = case.scenario.pin_by_visit.get(visit.visit_id)
    if pin is None or pin.start is None:
        return starts
    return [(pin.start, pin.start) for first, last in starts if first <= pin.start <= last]


def _open_on(case: Case, visit: ExpectedVisit, day: dt.date, times: list[Stretch]) -> list[Stretch]:
    """Give when the visit may start on a day, quiet times left out."""
    starts = start_stretches(replace(visit, days=(day,)), case.calendar, times)
    return open_starts(case, visit.request, starts)


def _own_days(visit: ExpectedVisit, usable: list[dt.date]) -> list[dt.date]:
    """Give the days left to a visit when those before it and after it take theirs, far enough apart.

    Where there is no room for all of them, the last ones have none.
    """
    request = visit.request
    if request.daily or request.visits == 1:
        return usable
    ahead = _far_apart(usable, request.min_days_between)
    room = min(len(ahead), request.visits)
    if visit.occurrence > room:
        return []
    back = _far_apart(usable[::-1], request.min_days_between)
    return [day for day in usable if ahead[visit.occurrence - 1] <= day <= back[room - visit.occurrence]]


def _far_apart(days: list[dt.date], apart: int) -> list[dt.date]:
    """Give the first day and, one after the other, the next that is far enough from the one before."""
    taken: list[dt.date] = []
    for day in days:
        if not taken or abs((day - taken[-1]).days) >= apart:
            taken.append(day)
    return taken


def _but_there_is_a_day(case: Case, visit: ExpectedVisit) -> str:
    starts = _starts(case, visit)
    return f"it may start at {case.calendar.text(starts[0][0])}" if starts else ""


def _but_the_family_is_there(case: Case, visit: ExpectedVisit) -> str:
    if visit.request.family is not Family.REQUIRED:
        return "the family is not required"
    starts = _starts(case, visit)
    return f"the family is there from {case.calendar.text(starts[0][0])}" if starts else ""


def _able(case: Case, visit: ExpectedVisit) -> list[Staff]:
    """Give who may serve the visit; nobody where partners in a joint visit have a say too."""
    if visit.request.joint is Joint.REQUIRE:
        return []
    return [member for member in case.scenario.staff if case.capable(visit, member)]


def _but_staff_may(case: Case, visit: ExpectedVisit) -> str:
    able = _able(case, visit)
    enough = len(able) >= visit.request.staff_needed
    return f"staff {', '.join(member.staff_id for member in able[:3])} may serve it" if enough else ""


def _but_a_shift_meets(case: Case, visit: ExpectedVisit) -> str:
    starts = _starts(case, visit)
    home = case.scenario.household_by_id[visit.request.household_id].place
    meeting = []
    for member in _able(case, visit):
        shifts = (s for s in case.shifts_of.get(member.staff_id, ()) if _meets(case, visit, s, starts))
        shift = next((s for s in shifts if _there_and_back(case, visit, s, member, home, starts)), None)
        if shift is not None:
            meeting.append(shift.shift_id)
    return f"shift {meeting[0]} could do it" if len(meeting) >= visit.request.staff_needed else ""


def _meets(case: Case, visit: ExpectedVisit, shift: Shift, starts: list[Stretch]) -> bool:
    latest = shift.window.end + shift.overtime_max_s - visit.request.duration_s
    return any(shift.window.start <= last and first <= latest for first, last in starts)


def _there_and_back(
    case: Case, visit: ExpectedVisit, shift: Shift, staff: Staff, home: Place, starts: list[Stretch]
) -> bool:
    """Tell whether the shift could go there and back if it had nothing else to do, a break left aside."""
    matrix = case.source.matrix((staff.start, home), staff.travel_mode)
    if not (matrix.reachable(0, 1) and matrix.reachable(1, 0)):
        return False
    arrive = shift.window.start + matrix.seconds_between(0, 1)
    latest = shift.window.end + shift.overtime_max_s - visit.request.duration_s - matrix.seconds_between(1, 0)
    return any(max(arrive, first) <= min(latest, last) for first, last in starts)


def _but_it_is_served(case: Case, visit: ExpectedVisit) -> str:
    before = visit.request.after_request
    if before is None:
        return "it follows no other"
    occurrences = case.occurrences.get(before, {})
    number = visit.occurrence if case.occurrences_due.get(before, 0) > 1 else 1
    return f"visit {occurrences[number][0].visit.visit_id} is served" if number in occurrences else ""


def _but_it_need_not_be_joint(case: Case, visit: ExpectedVisit) -> str:
    return "" if visit.request.joint is Joint.REQUIRE else "its request does not require a joint visit"


_CONTRADICTIONS: dict[Reason, Callable[[Case, ExpectedVisit], str]] = {
    Reason.NO_DAY: _but_there_is_a_day,
    Reason.FAMILY_NEVER: _but_the_family_is_there,
    Reason.NO_STAFF: _but_staff_may,
    Reason.NO_SHIFT: _but_a_shift_meets,
    Reason.PREDECESSOR: _but_it_is_served,
    Reason.JOINT_REQUIRED: _but_it_need_not_be_joint,
}
"""What contradicts a reason, in words; empty where nothing does. The other reasons need a search to judge."""
