"""What a plan costs and which rules it breaks, recomputed from routes and starts alone.

Shares nothing with the search but the arithmetic of travel, so that it can be trusted to judge it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.arithmetic import travel_ticks
from visitplan.solver.problem import RoutingProblem, StaffRule
from visitplan.solver.solution import Cost, Route, RoutingSolution, Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from visitplan.solver.problem import Shift, StartWindow


def window_of(problem: RoutingProblem, visit: int, start: int) -> StartWindow | None:
    """Give the window of the visit that ``start`` lies in, or None."""
    for window in problem.visits[visit].windows:
        if window.earliest <= start <= window.latest:
            return window
    return None


# --- cost -----------------------------------------------------------------------------------------------


def lateness(problem: RoutingProblem, visit: int, start: int) -> int:
    """Give the ticks by which the start is after the preferred part of its window."""
    window = window_of(problem, visit, start)
    return 0 if window is None else max(0, start - window.preferred[1])


def worked_ticks(problem: RoutingProblem, route: Route) -> int:
    """Give return - departure - break, the break only where it lies between the two."""
    return route.finish - route.depart - _pause_inside(problem.shifts[route.shift], route)


def _pause_inside(shift: Shift, route: Route) -> int:
    at = route.break_start
    inside = shift.pause is not None and at is not None and route.depart <= at < route.finish
    return shift.pause.duration if inside and shift.pause is not None else 0


def _legs(problem: RoutingProblem, route: Route) -> Iterator[tuple[int, int, int, int]]:
    """Give each leg as (origin, destination, tick left, tick by which it must have ended)."""
    shift = problem.shifts[route.shift]
    place, left = shift.start_place, route.depart
    for visit, start in zip(route.visits, route.starts, strict=True):
        yield place, problem.visits[visit].place, left, start
        place, left = problem.visits[visit].place, start + problem.visits[visit].duration
    yield place, shift.end_place, left, route.finish


def route_cost(problem: RoutingProblem, route: Route) -> Cost:
    """Give what one route costs; ``unassigned`` and ``max_late`` belong to the whole plan and are 0."""
    shift = problem.shifts[route.shift]
    travel = problem.travel[shift.mode]
    money = driven = busy = windows = early = late = assignment = 0
    for origin, destination, left, _ in _legs(problem, route):
        money += int(travel.cost.item(origin, destination))
        driven += travel_ticks(travel, origin, destination, left, problem.grid)
    for visit, start in zip(route.visits, route.starts, strict=True):
        asked = problem.visits[visit]
        busy += asked.duration
        assignment += int(problem.assignment_cost.item(visit, route.shift))
        window = window_of(problem, visit, start)
        if window is not None:
            windows += window.cost
            first, last = window.preferred
            early += asked.early_cost * max(0, first - start)
            late += asked.late_cost * max(0, start - last)
    idle = worked_ticks(problem, route) - driven - busy
    return Cost(
        travel=money,
        assignment=assignment,
        windows=windows,
        early=early,
        late=late,
        waiting=idle * shift.waiting_cost,
        overtime=max(0, route.finish - shift.end) * shift.overtime_cost,
        shifts=shift.use_cost,
    )


def cost_of(problem: RoutingProblem, routes: Sequence[Route]) -> Cost:
    """Give the exact cost of a plan, part by part."""
    parts = [route_cost(problem, route) for route in routes]
    served = {visit for route in routes for visit in route.visits}
    latest = max(
        (lateness(problem, v, s) for r in routes for v, s in zip(r.visits, r.starts, strict=True)), default=0
    )
    return Cost(
        travel=sum(p.travel for p in parts),
        assignment=sum(p.assignment for p in parts),
        windows=sum(p.windows for p in parts),
        early=sum(p.early for p in parts),
        late=sum(p.late for p in parts),
        waiting=sum(p.waiting for p in parts),
        overtime=sum(p.overtime for p in parts),
        shifts=sum(p.shifts for p in parts),
        unassigned=sum(v.unassigned_cost for i, v in enumerate(problem.visits) if i not in served),
        max_late=problem.max_late_cost * latest,
    )


def solution_of(
    problem: RoutingProblem,
    routes: Sequence[Route],
    stop: Stop,
    iterations: int = 0,
    seconds: float = 0.0,
    bound: int | None = None,
) -> RoutingSolution:
    """Give the solution made of these routes, with its cost and what it leaves out recomputed."""
    ordered = tuple(sorted(routes, key=lambda route: route.shift))
    served = {visit for route in ordered for visit in route.visits}
    left = tuple(v for v in range(len(problem.visits)) if v not in served)
    return RoutingSolution(ordered, left, cost_of(problem, ordered), stop, iterations, seconds, bound)


# --- rules ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plan:
    """The plan under judgement, with who serves what when."""

    problem: RoutingProblem
    routes: tuple[Route, ...]
    start: dict[int, int]
    shift: dict[int, int]


def violations(problem: RoutingProblem, routes: Sequence[Route]) -> list[str]:
    """Name every rule the routes break; an empty list is a valid plan.

    Each entry starts with the name of its rule and names visits and shifts by index.
    """
    unknown = list(_unknown_indices(problem, routes))
    if unknown:
        return unknown
    start = {v: s for r in routes for v, s in zip(r.visits, r.starts, strict=True)}
    shift = {v: r.shift for r in routes for v in r.visits}
    plan = _Plan(problem, tuple(routes), start, shift)
    return [broken for rule in _RULES for broken in rule(plan)]


def _unknown_indices(problem: RoutingProblem, routes: Sequence[Route]) -> Iterator[str]:
    for route in routes:
        if not 0 <= route.shift < len(problem.shifts):
            yield f"unknown shift: {route.shift}"
        for visit in route.visits:
            if not 0 <= visit < len(problem.visits):
                yield f"unknown visit: {visit} in shift {route.shift}"


def _visits_doubled(plan: _Plan) -> Iterator[str]:
    seen: set[int] = set()
    for route in plan.routes:
        for visit in route.visits:
            if visit in seen:
                yield f"visit doubled: visit {visit} again in shift {route.shift}"
            seen.add(visit)


def _shifts_doubled(plan: _Plan) -> Iterator[str]:
    seen: set[int] = set()
    for route in plan.routes:
        if route.shift in seen:
            yield f"shift doubled: shift {route.shift} has two routes"
        seen.add(route.shift)


def _ineligible(plan: _Plan) -> Iterator[str]:
    for visit, shift in plan.shift.items():
        if not plan.problem.eligible.item(visit, shift):
            yield f"eligibility: shift {shift} may not serve visit {visit}"


def _outside_windows(plan: _Plan) -> Iterator[str]:
    for visit, start in plan.start.items():
        if window_of(plan.problem, visit, start) is None:
            yield f"window: visit {visit} starts at {start}, outside its windows"


def _off_grid(plan: _Plan) -> Iterator[str]:
    for visit, start in plan.start.items():
        if start % plan.problem.grid:
            yield f"grid: visit {visit} starts at {start}, not a multiple of {plan.problem.grid}"


def _legs_too_short(plan: _Plan) -> Iterator[str]:
    for route in plan.routes:
        travel = plan.problem.travel[plan.problem.shifts[route.shift].mode]
        for number, (origin, destination, left, by) in enumerate(_legs(plan.problem, route)):
            needed = travel_ticks(travel, origin, destination, left, plan.problem.grid)
            if left + needed > by:
                yield f"travel: leg {number} of shift {route.shift} has {by - left} ticks, needs {needed}"


def _outside_shift(plan: _Plan) -> Iterator[str]:
    for route in plan.routes:
        shift = plan.problem.shifts[route.shift]
        if route.depart < shift.start:
            yield f"shift span: shift {route.shift} departs at {route.depart}, before {shift.start}"
        if route.finish > shift.latest_return:
            yield f"overtime: shift {route.shift} is back at {route.finish}, after {shift.latest_return}"


def _breaks_missed(plan: _Plan) -> Iterator[str]:
    for route in plan.routes:
        fault = _break_fault(plan.problem, route)
        if fault:
            yield f"break: shift {route.shift} {fault}"


def _break_fault(problem: RoutingProblem, route: Route) -> str:
    """Say what is wrong with the break of a route; empty if nothing is."""
    shift, begin = problem.shifts[route.shift], route.break_start
    if shift.pause is None:
        return "" if begin is None else "has none to take"
    if begin is None:
        return "takes none"
    end = begin + shift.pause.duration
    if begin < shift.pause.earliest or end > shift.pause.latest:
        return f"takes it at {begin}, outside [{shift.pause.earliest}, {shift.pause.latest}]"
    if begin < shift.start or end > shift.latest_return:
        return f"takes it at {begin}, outside the shift"
    if end <= route.depart or begin >= route.finish:
        return ""
    travel = problem.travel[shift.mode]
    for origin, destination, left, by in _legs(problem, route):
        if left <= begin and end <= by:
            needed = travel_ticks(travel, origin, destination, left, problem.grid) + shift.pause.duration
            return "" if by - left >= needed else f"has {by - left} ticks for leg and break, needs {needed}"
    return f"works during it, from {begin} to {end}"


def _groups_split(plan: _Plan) -> Iterator[str]:
    for group in plan.problem.groups:
        served = [visit for visit in group if visit in plan.start]
        if served and len(served) < len(group):
            yield f"group: only visits {served} of group {list(group)} are served"


def _links_broken(plan: _Plan) -> Iterator[str]:
    for link in plan.problem.links:
        if link.first in plan.start and link.second in plan.start:
            gap = plan.start[link.second] - plan.start[link.first]
            if (link.lo is not None and gap < link.lo) or (link.hi is not None and gap > link.hi):
                yield (
                    f"link: visits {link.first} and {link.second} start {gap} ticks apart, "
                    f"allowed is {link.lo} to {link.hi}"
                )


def _staff_rules_broken(plan: _Plan) -> Iterator[str]:
    for link in plan.problem.links:
        if link.staff is StaffRule.ANY or link.first not in plan.start or link.second not in plan.start:
            continue
        one = plan.problem.shifts[plan.shift[link.first]].staff
        other = plan.problem.shifts[plan.shift[link.second]].staff
        if (one == other) != (link.staff is StaffRule.SAME):
            rule = link.staff.name.lower()
            yield f"staff rule: visits {link.first} and {link.second} need {rule} staff"


def _weeks_too_long(plan: _Plan) -> Iterator[str]:
    if not plan.problem.week_limits:
        return
    worked: dict[int, int] = {}
    for route in plan.routes:
        staff = plan.problem.shifts[route.shift].staff
        worked[staff] = worked.get(staff, 0) + worked_ticks(plan.problem, route)
    for staff, ticks in worked.items():
        limit = plan.problem.week_limits[staff]
        if limit is not None and ticks > limit:
            yield f"week limit: staff {staff} works {ticks} ticks, allowed are {limit}"


_RULES: tuple[Callable[[_Plan], Iterator[str]], ...] = (
    _visits_doubled,
    _shifts_doubled,
    _ineligible,
    _outside_windows,
    _off_grid,
    _legs_too_short,
    _outside_shift,
    _breaks_missed,
    _groups_split,
    _links_broken,
    _staff_rules_broken,
    _weeks_too_long,
)
