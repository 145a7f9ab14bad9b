"""Start times for given sequences: the earliest ones, or the verdict that there are none."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

_MOST_COMBINATIONS = 4096


def time_runs(
    problem: RoutingProblem,
    runs: Mapping[int, Sequence[int]],
    floors: Mapping[int, int] | None = None,
    pauses: Mapping[int, int] | None = None,
) -> tuple[Route, ...] | None:
    """Give routes with the earliest start times for the visits, in order, of each shift.

    Parameters
    ----------
    runs
        For each shift that is used, its visits in order.
    floors
        Ticks that visits may not start before.
    pauses
        For shifts with a break, how many visits come before it; where it is not given, it is chosen so that
        the plan holds, for an early return. Every combination is tried before a plan is refused, up to 4096.

    Returns
    -------
    tuple of Route, or None
        By ascending shift. None if windows, travel, shift spans, breaks, links or week limits cannot be met.

    Notes
    -----
    Eligibility, groups and staff rules depend on no times: ``evaluation.violations`` judges them.
    """
    table = Timetable(problem)
    used = {shift: list(run) for shift, run in runs.items() if run}
    given = {shift: k for shift, k in (pauses or {}).items() if shift in used}
    if table.rewrite(used, floors, given):
        return table.routes()
    free = [s for s in sorted(used) if problem.shifts[s].pause is not None and s not in given]
    places = [range(len(used[s]) + 1) for s in free]
    if not free or prod(len(p) for p in places) > _MOST_COMBINATIONS:
        return None
    for choice in product(*places):
        if table.rewrite(used, floors, {**given, **dict(zip(free, choice, strict=True))}):
            return table.routes()
    return None
