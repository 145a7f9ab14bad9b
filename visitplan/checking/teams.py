"""The rule on teams: whoever is said to come to a person could come, and no team hides how many do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from visitplan.checking.case import fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.checking.case import Case
    from visitplan.checking.expected import ExpectedVisit
    from visitplan.domain.people import Team
    from visitplan.findings import Finding


def teams_wrong(case: Case) -> Iterator[Finding]:
    """See that each team is one of a person and service asked for, of staff who may come, and small enough.

    A team of more staff than there are visits would make new faces free.
    """
    visits: dict[tuple[str, str], list[ExpectedVisit]] = {}
    for visit in case.expected.values():
        visits.setdefault((visit.request.person_id, visit.request.service), []).append(visit)
    counts = Counter((team.person_id, team.service) for team in case.plan.teams)
    for team in case.plan.teams:
        key = team.person_id, team.service
        faults = [f"there are {counts[key]} of it"] if counts[key] > 1 else []
        faults += _faults(case, team, visits.get(key, ()))
        if faults:
            yield fault(
                "CHECK-TEAM",
                f"team of {team.service} for person {team.person_id}",
                f"It does not hold: {'; '.join(faults)}.",
                "Plan again.",
            )


def _faults(case: Case, team: Team, visits: Sequence[ExpectedVisit]) -> Iterator[str]:
    if len(set(team.staff_ids)) < len(team.staff_ids):
        yield "it names somebody twice"
    if len(team.staff_ids) > len(visits):
        yield f"it has {len(team.staff_ids)} members for {len(visits)} visits"
    for staff_id in team.staff_ids:
        staff = case.scenario.staff_by_id.get(staff_id)
        if staff is None or not any(case.capable(visit, staff) for visit in visits):
            yield f"{staff_id} may serve none of its visits"
