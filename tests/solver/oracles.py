"""Slow and simple second opinions on timing, and on what a plan can cost at best."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING

from visitplan.solver.arithmetic import round_up, travel_ticks
from visitplan.solver.closing import close_route
from visitplan.solver.evaluation import cost_of, violations
from visitplan.solver.problem import StaffRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

Runs = dict[int, tuple[int, ...]]


def earliest_routes(
    problem: RoutingProblem, runs: Runs, pauses: Mapping[int, int]
) -> tuple[Route, ...] | None:
    """Give routes at the earliest starts, found by relaxing every rule in turn until nothing moves."""
    starts = {v: problem.visits[v].windows[0].earliest for run in runs.values() for v in run}
    before: dict[int, int] = {}
    while starts != before:
        before = dict(starts)
        for shift, run in runs.items():
            _relax_run(problem, shift, run, pauses.get(shift, -1), starts)
        _relax_links(problem, starts)
        for visit, start in starts.items():
            open_to = [w for w in problem.visits[visit].windows if w.latest >= start]
            if not open_to:
                return None
            starts[visit] = round_up(max(start, open_to[0].earliest), problem.grid)
    return _routes(problem, runs, starts, pauses)


def _relax_run(
    problem: RoutingProblem, shift: int, run: tuple[int, ...], pause_at: int, starts: dict[int, int]
) -> None:
    work = problem.shifts[shift]
    place, end = work.start_place, work.start
    for index, visit in enumerate(run):
        there = problem.visits[visit].place
        arrive = end + travel_ticks(problem.travel[work.mode], place, there, end, problem.grid)
        if index == pause_at and work.pause is not None:
            arrive = max(arrive, work.pause.earliest) + work.pause.duration
        starts[visit] = max(starts[visit], arrive)
        place, end = there, starts[visit] + problem.visits[visit].duration


def _relax_links(problem: RoutingProblem, starts: dict[int, int]) -> None:
    for link in problem.links:
        if link.first in starts and link.second in starts:
            if link.lo is not None:
                starts[link.second] = max(starts[link.second], starts[link.first] + link.lo)
            if link.hi is not None:
                starts[link.first] = max(starts[link.first], starts[link.second] - link.hi)


def _routes(
    problem: RoutingProblem, runs: Runs, starts: Mapping[int, int], pauses: Mapping[int, int]
) -> tuple[Route, ...] | None:
    routes = [
        close_route(problem, shift, runs[shift], [starts[v] for v in runs[shift]], pauses.get(shift, 0))
        for shift in sorted(runs)
    ]
    return None if None in routes else tuple(route for route in routes if route is not None)


def all_pauses(problem: RoutingProblem, runs: Runs) -> Iterator[dict[int, int]]:
    """Give every way to place the breaks of the used shifts."""
    resting = [shift for shift in sorted(runs) if problem.shifts[shift].pause is not None]
    for choice in product(*(range(len(runs[shift]) + 1) for shift in resting)):
        yield dict(zip(resting, choice, strict=True))


def cheapest_times(problem: RoutingProblem, runs: Runs) -> int | None:
    """Give the least cost of runs over every start, tick by tick, and every break; None if none is valid."""
    visits = [v for run in runs.values() for v in run]
    spans = [[t for w in problem.visits[v].windows for t in range(w.earliest, w.latest + 1)] for v in visits]
    costs = []
    for times in product(*spans):
        starts = dict(zip(visits, times, strict=True))
        for pauses in all_pauses(problem, runs):
            routes = _routes(problem, runs, starts, pauses)
            if routes is not None and not violations(problem, routes):
                costs.append(cost_of(problem, routes).total)
    return min(costs, default=None)


def all_runs(problem: RoutingProblem) -> Iterator[Runs]:
    """Give every way to put any visits, in any order, into shifts; for tiny problems only."""
    visits = range(len(problem.visits))
    for of in product(range(-1, len(problem.shifts)), repeat=len(visits)):
        sets = [[v for v in visits if of[v] == s] for s in range(len(problem.shifts))]
        for orders in product(*(permutations(one) for one in sets)):
            yield {shift: order for shift, order in enumerate(orders) if order}


def served_by_allowed(problem: RoutingProblem, runs: Mapping[int, Sequence[int]]) -> bool:
    """Say whether runs keep eligibility, groups and staff rules, and serve no visit twice."""
    shift_of = {visit: shift for shift, run in runs.items() for visit in run}
    if len(shift_of) != sum(len(run) for run in runs.values()):
        return False
    if not all(problem.eligible.item(visit, shift) for visit, shift in shift_of.items()):
        return False
    if any(0 < sum(v in shift_of for v in group) < len(group) for group in problem.groups):
        return False
    for link in problem.links:
        if link.staff is StaffRule.ANY or link.first not in shift_of or link.second not in shift_of:
            continue
        same = problem.shifts[shift_of[link.first]].staff == problem.shifts[shift_of[link.second]].staff
        if same != (link.staff is StaffRule.SAME):
            return False
    return True
