"""The rule on costs: every part is added up again, and is right to the millipence."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from visitplan.checking.case import fault
from visitplan.domain.plan import Costs
from visitplan.domain.requests import Family

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.checking.case import Case, Served
    from visitplan.findings import Finding


def costs_differ(case: Case) -> Iterator[Finding]:
    """See that every part of the cost is what runs, visits and unassigned visits add up to."""
    for part in fields(Costs):
        stated, due = getattr(case.plan.costs, part.name), _PARTS[part.name](case)
        if stated != due:
            yield fault(
                "CHECK-COST",
                f"cost {part.name}",
                f"The plan says {_pounds(stated)}, its runs and visits add up to {_pounds(due)}.",
                "Do not trust the plan's figures: plan again.",
            )


def _pounds(millipence: int) -> str:
    return f"GBP {millipence / 100_000:.2f} ({millipence} millipence)"


def _travel_time(case: Case) -> int:
    seconds = sum(leg.free_s for sheet in case.sheets for leg in sheet.legs)
    return seconds * case.scenario.policy.costs.travel_mp_per_s


def _mileage(case: Case) -> int:
    costs = case.scenario.policy.costs
    return sum(
        leg.metres * costs.mileage_mp_per_m(sheet.staff.travel_mode)
        for sheet in case.sheets
        for leg in sheet.legs
    )


def _waiting(case: Case) -> int:
    """Add up the time from departure to return that is neither visit, leg nor break."""
    idle = 0
    for sheet in case.sheets:
        visiting = sum(visit.end - visit.start for visit in sheet.run.visits)
        idle += sheet.worked_s - visiting - sum(leg.road_s for leg in sheet.legs)
    return idle * case.scenario.policy.costs.waiting_mp_per_s


def _overtime(case: Case) -> int:
    costs = case.scenario.policy.costs
    return sum(
        max(0, sheet.run.finish - sheet.shift.window.end)
        * costs.overtime_mp_per_s(sheet.staff.hourly_cost_pence)
        for sheet in case.sheets
    )


def _labour(case: Case) -> int:
    costs = case.scenario.policy.costs
    return sum(
        (visit.end - visit.start) * costs.labour_mp_per_s(sheet.staff.hourly_cost_pence)
        for sheet in case.sheets
        for visit in sheet.run.visits
    )


def _shifts(case: Case) -> int:
    costs = case.scenario.policy.costs
    return sum(1 for run in case.plan.runs if run.visits) * costs.millipence(costs.shift_use_pence)


def _early(case: Case) -> int:
    return sum(
        max(0, _on_its_day(case, served)[0] - served.visit.start)
        * case.rules(served.request).costs.early_mp_per_s
        for served in case.served
    )


def _late(case: Case) -> int:
    return sum(
        max(0, served.visit.start - _on_its_day(case, served)[1])
        * case.rules(served.request).costs.late_mp_per_s
        for served in case.served
    )


def _on_its_day(case: Case, served: Served) -> tuple[int, int]:
    """Give the ticks between which a start costs nothing: the preferred times, else the window's ends.

    They are those of the day in whose window the visit starts, also where lateness carries it past midnight.
    A preferred end never lies before the preferred start, whatever the clocks or the window do.
    """
    start = served.visit.start
    day = case.day_of(served) or case.calendar.date(start)
    if day is None:
        return start, start
    request = served.request
    first = request.window_start if request.preferred_start is None else request.preferred_start
    last = request.window_end if request.preferred_end is None else request.preferred_end
    begin = case.calendar.tick(day, first)
    return begin, max(begin, case.calendar.tick(day, last))


def _strangers(case: Case) -> int:
    total = 0
    for served in case.served:
        known = case.scenario.known_staff.get(served.request.person_id)
        if known and served.visit.staff_id not in known:
            costs = case.rules(served.request).costs
            total += costs.millipence(costs.stranger_pence)
    return total


def _not_preferred(case: Case) -> int:
    total = 0
    for served in case.served:
        preferred = served.request.preferred_staff
        if preferred and served.visit.staff_id not in preferred:
            costs = case.rules(served.request).costs
            total += costs.millipence(costs.not_preferred_pence)
    return total


def _new_faces(case: Case) -> int:
    teams = {(team.person_id, team.service): team.staff_ids for team in case.plan.teams}
    total = 0
    for served in case.served:
        team = teams.get((served.request.person_id, served.request.service))
        if team and served.visit.staff_id not in team:
            costs = case.rules(served.request).costs
            total += costs.millipence(costs.new_face_pence)
    return total


def _family_absent(case: Case) -> int:
    total = 0
    for served in case.served:
        household_id = served.request.household_id
        asked = served.request.family is Family.WELCOME and household_id in case.family_times
        if asked and not case.with_family(served.visit, household_id):
            costs = case.rules(served.request).costs
            total += costs.millipence(costs.family_absent_pence)
    return total


def _unassigned(case: Case) -> int:
    total = 0
    for visit in case.expected.values():
        if visit.visit_id not in case.planned:
            price = case.rules(visit.request).costs.unassigned_mp(visit.request.priority)
            total += 2 * price if visit.request.time_critical else price
    return total


_PARTS: dict[str, Callable[[Case], int]] = {
    "travel_time": _travel_time,
    "mileage": _mileage,
    "waiting": _waiting,
    "overtime": _overtime,
    "labour": _labour,
    "shifts": _shifts,
    "early": _early,
    "late": _late,
    "strangers": _strangers,
    "not_preferred": _not_preferred,
    "new_faces": _new_faces,
    "family_absent": _family_absent,
    "unassigned": _unassigned,
}
"""How each part of the cost is added up; a test keeps it complete."""
