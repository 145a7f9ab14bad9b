"""Rules on single visits: each starts when it may, and lasts as long as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.checking.calendar import MINUTE, minutes
from visitplan.checking.case import fault
from visitplan.checking.expected import start_stretches
from visitplan.domain.requests import Family

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case, Served
    from visitplan.findings import Finding


def _subject(served: Served) -> str:
    return f"visit {served.visit.visit_id}"


def starts_off_the_minute(case: Case) -> Iterator[Finding]:
    """See that every visit starts on a whole minute."""
    for visit in case.visits:
        if visit.start % MINUTE:
            yield fault(
                "CHECK-START-MINUTE",
                f"visit {visit.visit_id}",
                f"It starts at {case.calendar.text(visit.start)}, which is not a whole minute.",
                "Move the start to a whole minute.",
            )


def dates_missed(case: Case) -> Iterator[Finding]:
    """See that every visit falls on one of its request's days in the period."""
    for served in case.served:
        date = case.calendar.date(served.visit.start)
        if date in served.expected.days or case.day_of(served) is not None:
            continue
        days = served.expected.days
        allowed = f"{days[0]} to {days[-1]}, {len(days)} of its days" if days else "no day of the period"
        yield fault(
            "CHECK-DATE",
            _subject(served),
            f"It starts on {case.calendar.text(served.visit.start)}; allowed is {allowed}.",
            "Move it to one of its days.",
        )


def windows_missed(case: Case) -> Iterator[Finding]:
    """See that every visit starts in its clock window, or as much later as the policy allows."""
    for served in case.served:
        date = case.calendar.date(served.visit.start)
        if date not in served.expected.days or case.day_of(served) is not None:
            continue
        request, late = served.request, case.late_s(served.request)
        lateness = f", or up to {minutes(late)} later" if late else ""
        yield fault(
            "CHECK-WINDOW",
            _subject(served),
            f"It starts at {case.calendar.clock(served.visit.start)}; its window is "
            f"{request.window_start:%H:%M} to {request.window_end:%H:%M}{lateness}.",
            "Move the start into the window, or have the request's window widened.",
        )


def discharges_preceded(case: Case) -> Iterator[Finding]:
    """See that no visit starts before its request's not_before."""
    for served in case.served:
        limit = served.request.not_before
        if limit is not None and served.visit.start < limit:
            yield fault(
                "CHECK-NOT-BEFORE",
                _subject(served),
                f"It starts at {case.calendar.text(served.visit.start)}, before {case.calendar.text(limit)}.",
                "Move it later: the person may not be home yet.",
            )


def people_not_home(case: Case) -> Iterator[Finding]:
    """See that nobody is visited before they are home from hospital."""
    for served in case.served:
        home = served.expected.home
        if home is not None and served.visit.start < home:
            yield fault(
                "CHECK-DISCHARGE",
                f"{_subject(served)}, person {served.request.person_id}",
                f"It starts at {case.calendar.text(served.visit.start)}; the person is home from "
                f"{case.calendar.text(home)}.",
                "Move it later.",
            )


def urgent_calls_late(case: Case) -> Iterator[Finding]:
    """See that an urgent call is answered in time, wherever its window leaves time for that."""
    for served in case.served:
        due, received = served.expected.due, served.request.received
        if due is None or received is None:
            continue
        start, family = served.visit.start, case.family_times.get(served.request.household_id, [])
        in_time = any(first <= due for first, _ in start_stretches(served.expected, case.calendar, family))
        if start < received or (in_time and start > due + case.late_s(served.request)):
            yield fault(
                "CHECK-URGENT",
                _subject(served),
                f"It starts at {case.calendar.text(start)}; the call was received at "
                f"{case.calendar.text(received)} and is to be answered by {case.calendar.text(due)}.",
                "Answer it sooner; others can wait.",
            )


def completed_late(case: Case) -> Iterator[Finding]:
    """See that every visit has ended by its request's complete_by."""
    for served in case.served:
        limit = served.request.complete_by
        if limit is not None and served.visit.end > limit:
            yield fault(
                "CHECK-COMPLETE-BY",
                _subject(served),
                f"It ends at {case.calendar.text(served.visit.end)}; it must be complete by "
                f"{case.calendar.text(limit)}.",
                "Move it earlier.",
            )


def family_away(case: Case) -> Iterator[Finding]:
    """See that a visit that requires the family lies wholly inside one family time."""
    for served in case.served:
        required = served.request.family is Family.REQUIRED
        if required and not case.with_family(served.visit, served.request.household_id):
            yield fault(
                "CHECK-FAMILY-REQUIRED",
                f"{_subject(served)}, household {served.request.household_id}",
                f"It lasts from {case.calendar.text(served.visit.start)} to "
                f"{case.calendar.clock(served.visit.end)}, and the family cannot be there all that time.",
                "Move it into a family time.",
            )


def pinned_starts_moved(case: Case) -> Iterator[Finding]:
    """See that a visit pinned to a start begins then."""
    for served in case.served:
        pin = case.scenario.pin_by_visit.get(served.visit.visit_id)
        if pin is not None and pin.start is not None and pin.start != served.visit.start:
            yield fault(
                "CHECK-PIN-START",
                _subject(served),
                f"It starts at {case.calendar.text(served.visit.start)}; it is pinned to "
                f"{case.calendar.text(pin.start)}.",
                "Move it back, or take the pin out.",
            )


def due_duration(case: Case, served: Served) -> int:
    """Give the seconds a visit should last: its request's, less the tasks it is spared, down to the least."""
    spared = case.spared.get(served.visit.visit_id, frozenset())
    tasks = (case.scenario.task_by_code.get(code) for code in spared & set(served.request.tasks))
    seconds = sum(task.duration_s for task in tasks if task is not None)
    least = case.rules(served.request).coordination.min_visit_min * MINUTE
    return max(served.request.duration_s - seconds, min(least, served.request.duration_s))


def durations_wrong(case: Case) -> Iterator[Finding]:
    """See that every visit lasts as long as its request asks, less the tasks told once, down to the least."""
    for served in case.served:
        planned, due = served.visit.end - served.visit.start, due_duration(case, served)
        if planned != due:
            yield fault(
                "CHECK-DURATION",
                _subject(served),
                f"It lasts {minutes(planned)}; its request, less tasks done by another, asks for "
                f"{minutes(due)}.",
                "Correct its start or its end.",
            )


def tasks_wrong(case: Case) -> Iterator[Finding]:
    """See that every visit does its request's tasks, less those told once."""
    for served in case.served:
        spared = case.spared.get(served.visit.visit_id, frozenset())
        due = sorted(task for task in served.request.tasks if task not in spared)
        found = sorted(served.visit.tasks)
        if found != due:
            yield fault(
                "CHECK-TASKS",
                _subject(served),
                f"Its tasks are {_listed(found)}; they should be {_listed(due)}.",
                "Correct the tasks: what is not listed is not done.",
            )


def _listed(codes: list[str]) -> str:
    return ", ".join(codes) or "none"
