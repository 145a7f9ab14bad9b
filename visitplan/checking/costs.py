"""The rule on costs: every part is added up again, and is right to the millipence."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from visitplan.checking.case import fault
from visitplan.checking.homes import stays
from visitplan.checking.wishes import wished_clock
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
    """Give the ticks between which a start costs nothing: preferred, else usual times, else the window.

    An urgent call should also start in time.

    They are those of the day in whose window the visit starts, also where lateness carries it past midnight.
    A preferred end never lies before the preferred start, whatever the clocks or the window do.
    """
    start = served.visit.start
    day = case.day_of(served) or case.calendar.date(start)
    if day is None:
        return start, start
    first, last = wished_clock(case.scenario, served.request)
    begin, end = case.calendar.tick(day, first), case.calendar.tick(day, last)
    due = served.expected.due
    return begin, max(begin, end if due is None else min(end, due))


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


def _late_discharge(case: Case) -> int:
    total = 0
    for served in case.served:
        home = case.homecomings.get(served.request.request_id)
        late = home is not None and not home[0] <= served.visit.start <= home[1]
        if late and served.expected.occurrence == 1:
            costs = case.rules(served.request).costs
            total += costs.millipence(costs.late_discharge_pence)
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


def _interruptions(case: Case) -> int:
    prices = (stay.rules.interruption_pence for stay in stays(case) if stay.with_family)
    return sum(case.scenario.policy.costs.millipence(pence) for pence in prices)


def _family_time(case: Case) -> int:
    asked = (stay for stay in stays(case) if stay.with_family)
    return sum(stay.seconds * _per_s(stay.rules.family_hour_pence) for stay in asked)


def _door_knocks(case: Case) -> int:
    costs = case.scenario.policy.costs
    return sum(stay.knocks * costs.millipence(stay.rules.door_knock_pence) for stay in stays(case))


def _days(case: Case) -> int:
    """Add up each date on which anybody comes to a household, once."""
    prices = {(stay.household_id, stay.day): stay.rules.day_pence for stay in stays(case)}
    return sum(case.scenario.policy.costs.millipence(pence) for pence in prices.values())


def _told_once(case: Case) -> int:
    """Count what visits are shorter than asked for, or need not take place, as money that is saved."""
    spared = sum(s.request.duration_s - (s.visit.end - s.visit.start) for s in case.served)
    for covered in case.plan.covered:
        visit = case.expected.get(covered.visit_id)
        spared += 0 if visit is None else visit.request.duration_s
    return -spared * _per_s(case.scenario.policy.costs.hourly_pence)


def _per_s(pence_per_hour: float) -> int:
    return round(pence_per_hour * 1000 / 3600)


def _unassigned(case: Case) -> int:
    total = 0
    covered = {visit.visit_id for visit in case.plan.covered}
    for visit in case.expected.values():
        if visit.visit_id not in case.planned and visit.visit_id not in covered:
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
    "late_discharge": _late_discharge,
    "family_absent": _family_absent,
    "interruptions": _interruptions,
    "family_time": _family_time,
    "door_knocks": _door_knocks,
    "days": _days,
    "told_once": _told_once,
    "unassigned": _unassigned,
}
"""How each part of the cost is added up; a test keeps it complete."""
