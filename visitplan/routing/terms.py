"""The terms of a reason: who may serve a visit, rule by rule, and when their shifts could be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.domain.period import MINUTE
from visitplan.routing.eligibility import STAFF_RULES, wanted_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.demand import Demand, Visit
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.scenario import Scenario
    from visitplan.routing.network import Network

MOST_SHIFTS = 4
MOST_WINDOWS = 3


def able_staff(scenario: Scenario, demand: Demand, visit_id: str) -> tuple[Staff, ...]:
    """Give the staff who meet every rule of a visit, at work or not."""
    wanted = wanted_by(scenario, demand)[visit_id]
    return tuple(m for m in scenario.staff if all(rule.met(scenario, wanted, m) for rule in STAFF_RULES))


def terms(scenario: Scenario, demand: Demand, network: Network, visit_id: str) -> Iterator[str]:
    """Say in plain words what decides whether a visit can be served at all, if nothing else had to be done.

    First who may serve it, rule by rule; then when it may start; then, for the shifts of those who may,
    between which times they could start it and still be back in time.
    """
    visit = next(visit for visit in demand.visits if visit.visit_id == visit_id)
    yield _rule_by_rule(scenario, demand, visit_id)
    yield _windows(scenario, visit)
    able = {member.staff_id: member for member in able_staff(scenario, demand, visit_id)}
    if not able or not visit.windows:
        return
    shifts = [shift for shift in scenario.shifts if shift.staff_id in able]
    reach = {s.shift_id: _reach(scenario, network, visit, s, able[s.staff_id]) for s in shifts}
    nearest = sorted(shifts, key=lambda s: (_apart(visit, reach[s.shift_id]), s.shift_id))
    for shift in nearest[:MOST_SHIFTS]:
        yield _said(scenario, visit, shift, reach[shift.shift_id])
    if len(nearest) > MOST_SHIFTS:
        more = len(nearest) - MOST_SHIFTS
        yield "1 more shift is no nearer." if more == 1 else f"{more} more shifts are no nearer."


def _rule_by_rule(scenario: Scenario, demand: Demand, visit_id: str) -> str:
    """Say how many of the staff are left after each rule that leaves fewer."""
    wanted = wanted_by(scenario, demand)[visit_id]
    left = list(scenario.staff)
    said = [f"Of {len(left)} members of staff"]
    for rule in STAFF_RULES:
        meeting = [member for member in left if rule.met(scenario, wanted, member)]
        if len(meeting) < len(left):
            said.append(f"who {rule.name}: {len(meeting)}")
        left = meeting
        if not left:
            break
    if len(said) == 1:
        return f"Every member of staff may serve it: {len(left)}."
    return f"{said[0]}, counted rule by rule: {'; '.join(said[1:])}."


def _windows(scenario: Scenario, visit: Visit) -> str:
    if not visit.windows:
        return "There is no time at which it may start."
    period = scenario.period
    said = [
        f"{period.moment(window.start):%a %d %b %H:%M}-{period.clock(window.end)}"
        for window in list(visit.windows)[:MOST_WINDOWS]
    ]
    more = len(list(visit.windows)) - MOST_WINDOWS
    rest = f" and {more} more times" if more > 0 else ""
    return f"It may start {', '.join(said)}{rest}, and takes {visit.duration_s // MINUTE} minutes."


def _reach(scenario: Scenario, network: Network, visit: Visit, shift: Shift, staff: Staff) -> tuple[int, int]:
    """Give the first and the last tick at which a shift could start a visit that is all it does."""
    request = scenario.request_by_id[visit.request_id]
    home = scenario.household_by_id[request.household_id].place.place_id
    there = network.leg_s(staff.travel_mode, staff.start.place_id, home)
    back = network.leg_s(staff.travel_mode, home, staff.start.place_id)
    first = shift.window.start + network.factors.slowed(there, shift.window.start)
    last = shift.window.end + shift.overtime_max_s - visit.duration_s - back
    return first, last


def _apart(visit: Visit, reach: tuple[int, int]) -> int:
    """Give how many seconds lie between what a shift can reach and the nearest window; 0 where they meet."""
    first, last = reach
    if first > last:
        return first - last + 86_400
    return min(max(0, first - window.end, window.start - last) for window in visit.windows)


def _said(scenario: Scenario, visit: Visit, shift: Shift, reach: tuple[int, int]) -> str:
    first, last = reach
    name = f"Shift {shift.shift_id} of {shift.staff_id}"
    if first > last:
        return f"{name} is too short for the way there and back and the visit."
    day = f"{scenario.period.moment(first):%a %d %b}"
    could = f"could start it from {scenario.period.clock(first)} to {scenario.period.clock(last)} on {day}"
    missing = -(-_apart(visit, reach) // MINUTE)
    if missing:
        return f"{name} {could}: {missing} minutes outside its window, though it had nothing else to do."
    return f"{name} {could}, if it had nothing else to do."
