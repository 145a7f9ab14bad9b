"""Promises on time that a plan could not keep: late first visits after a discharge, and late answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.expansion import is_first
from visitplan.domain.period import MINUTE
from visitplan.domain.wishes import urgent_due
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from visitplan.domain.plan import PlannedVisit, Run
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario


def missed_promises(scenario: Scenario, runs: Iterable[Run]) -> tuple[Finding, ...]:
    """Give a warning for each first visit that is not on the day home, and each urgent call answered late."""
    visits: dict[str, list[PlannedVisit]] = {}
    for run in runs:
        for visit in run.visits:
            visits.setdefault(visit.request_id, []).append(visit)
    return (*_late_discharges(scenario, visits), *_late_answers(scenario, visits))


def _late_discharges(scenario: Scenario, visits: Mapping[str, list[PlannedVisit]]) -> Iterator[Finding]:
    for request_id, home in scenario.first_visits.items():
        request = scenario.request_by_id[request_id]
        first = [v for v in visits.get(request_id, ()) if is_first(scenario, request, v.visit_id)]
        if not any(visit.start in home for visit in first):
            when = f"on {_date(scenario, first[0].start)}" if first else "not planned"
            yield _warning(
                "PLAN-DISCHARGE-LATE",
                request,
                f"The person is home on {_date(scenario, home.start)}, and the first visit of "
                f"{request.service} is {when}.",
                "See that somebody comes on the day home: widen the window, add a shift, or put the "
                "discharge off.",
            )


def _late_answers(scenario: Scenario, visits: Mapping[str, list[PlannedVisit]]) -> Iterator[Finding]:
    for request_id, planned in visits.items():
        request = scenario.request_by_id[request_id]
        due = urgent_due(scenario, request)
        start = min(visit.start for visit in planned)
        if due is not None and start > due:
            yield _warning(
                "PLAN-URGENT-LATE",
                request,
                f"The urgent call is answered at {scenario.period.moment(start):%Y-%m-%d %H:%M}, "
                f"{-(-(start - due) // MINUTE)} minutes after it is due.",
                "Send somebody sooner who is not on this roster, or open its window.",
            )


def _date(scenario: Scenario, tick: int) -> str:
    return scenario.period.date(tick).isoformat()


def _warning(code: str, request: Request, cause: str, action: str) -> Finding:
    subject = f"request {request.request_id}, {request.organisation}"
    return Finding(code, Severity.WARNING, Where(subject=subject), cause, action)
