"""Rules on accounting: every visit of every request is there, once, under its right names."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.checking.case import Case
    from visitplan.domain.demand import Covered
    from visitplan.domain.plan import PlannedVisit, Unassigned
    from visitplan.findings import Finding

_AGAIN = "Plan again, and find out what altered the plan."
_FIELDS = ("request_id", "person_id", "household_id", "service", "organisation")


def _rows(case: Case) -> Iterator[PlannedVisit | Unassigned | Covered]:
    yield from case.visits
    yield from case.plan.unassigned
    yield from case.plan.covered


def period_differs(case: Case) -> Iterator[Finding]:
    """See that the plan is for the scenario's period."""
    if case.plan.period != case.scenario.period:
        ours, theirs = case.scenario.period, case.plan.period
        yield fault(
            "CHECK-PERIOD",
            f"scenario {case.scenario.name}",
            f"The plan is for {theirs.first} to {theirs.last} ({theirs.zone}), the scenario for "
            f"{ours.first} to {ours.last} ({ours.zone}).",
            "Check the plan against the folder it was made from.",
        )


def visits_dropped(case: Case) -> Iterator[Finding]:
    """See that every visit of every request is in the roster, or among the unassigned or the covered."""
    there = {row.visit_id for row in _rows(case)}
    for visit in case.expected.values():
        if visit.visit_id not in there:
            yield fault(
                "CHECK-VISIT-DROPPED",
                f"visit {visit.visit_id}, request {visit.request.request_id}",
                "The visit is neither in the roster nor among the unassigned or the covered visits.",
                f"Nobody would come: plan again, or tell {visit.request.organisation} that it is not served.",
            )


def visits_doubled(case: Case) -> Iterator[Finding]:
    """See that no visit is in the roster, or among the unassigned, more than once."""
    for rows, place in (
        (case.visits, "in the roster"),
        (case.plan.unassigned, "among the unassigned visits"),
        (case.plan.covered, "among the covered visits"),
    ):
        for visit_id, count in Counter(row.visit_id for row in rows).items():
            if count > 1:
                yield fault(
                    "CHECK-VISIT-DOUBLED", f"visit {visit_id}", f"The visit is {count} times {place}.", _AGAIN
                )


def visits_in_both(case: Case) -> Iterator[Finding]:
    """See that no visit is in two of the roster, the unassigned and the covered."""
    places = {
        "in the roster": {row.visit_id for row in case.visits},
        "unassigned": {row.visit_id for row in case.plan.unassigned},
        "covered": {row.visit_id for row in case.plan.covered},
    }
    for (one, here), (two, there) in combinations(places.items(), 2):
        for visit_id in sorted(here & there):
            yield fault("CHECK-VISIT-BOTH", f"visit {visit_id}", f"The visit is {one} and {two} too.", _AGAIN)


def requests_invented(case: Case) -> Iterator[Finding]:
    """See that every row belongs to a request of the scenario."""
    for row in _rows(case):
        if row.request_id not in case.scenario.request_by_id:
            yield fault(
                "CHECK-REQUEST-INVENTED",
                f"visit {row.visit_id}, request {row.request_id}",
                "The scenario has no such request.",
                "Take the row out, or check the plan against the folder it was made from.",
            )


def visits_invented(case: Case) -> Iterator[Finding]:
    """See that every row is a visit that its request makes."""
    for row in _rows(case):
        if row.request_id in case.scenario.request_by_id and row.visit_id not in case.expected:
            yield fault(
                "CHECK-VISIT-INVENTED",
                f"visit {row.visit_id}, request {row.request_id}",
                "The request makes no such visit.",
                "Take the row out; the request's visits, staff_needed and dates say which there are.",
            )


def names_differ(case: Case) -> Iterator[Finding]:
    """See that each row carries its request's person, household, service and organisation."""
    for row in _rows(case):
        visit = case.expected.get(row.visit_id)
        if visit is None:
            continue
        for name in _FIELDS:
            found, right = getattr(row, name), getattr(visit.request, name)
            if found != right:
                yield fault(
                    "CHECK-VISIT-NAMES",
                    f"visit {row.visit_id}",
                    f"The plan has {name} {found}, the request has {right}.",
                    _AGAIN,
                )


def unassigned_priority(case: Case) -> Iterator[Finding]:
    """See that an unassigned visit carries its request's priority."""
    for row in case.plan.unassigned:
        visit = case.expected.get(row.visit_id)
        if visit is not None and row.priority != visit.request.priority:
            yield fault(
                "CHECK-VISIT-NAMES",
                f"visit {row.visit_id}",
                f"The plan has priority {row.priority}, the request has {visit.request.priority}.",
                _AGAIN,
            )


def unassigned_unexplained(case: Case) -> Iterator[Finding]:
    """See that an unassigned visit has a reason in words, a change that would help, and an owner."""
    for row in case.plan.unassigned:
        missing = [
            name for name in ("explanation", "change", "organisation") if not getattr(row, name).strip()
        ]
        if missing:
            yield fault(
                "CHECK-UNASSIGNED-UNEXPLAINED",
                f"visit {row.visit_id}",
                f"The unassigned visit has no {' and no '.join(missing)}.",
                "Somebody has to know what to do about it: plan again.",
            )
