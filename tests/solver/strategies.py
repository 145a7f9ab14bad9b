"""Random small routing problems in which every rule turns up now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tests.solver.builders import line_problem, line_travel
from visitplan.solver.problem import Break, Link, Shift, StaffRule, StartWindow, TimeFactors, Visit

if TYPE_CHECKING:
    from visitplan.solver.problem import RoutingProblem, Travel

HORIZON = 200
PLACES = 6


@st.composite
def windows(draw: st.DrawFn, grid: int = 1, timed_costs: bool = True) -> tuple[StartWindow, ...]:
    """Give one or two disjoint start windows, some with a cost and a preferred part."""
    found: list[StartWindow] = []
    earliest = draw(st.integers(0, HORIZON // 2))
    for _ in range(draw(st.integers(1, 2))):
        latest = earliest + draw(st.sampled_from([0, 5, 20, 60, 120]))
        cost = draw(st.sampled_from([0, 0, 7])) if timed_costs else 0
        preferred = (None, None)
        if timed_costs and draw(st.booleans()):
            low = draw(st.integers(earliest, latest))
            preferred = (low * grid, draw(st.integers(low, latest)) * grid)
        found.append(StartWindow(earliest * grid, latest * grid, cost, *preferred))
        earliest = latest + draw(st.integers(1, 40))
    return tuple(found)


@st.composite
def visits(draw: st.DrawFn, grid: int = 1, timed_costs: bool = True) -> Visit:
    """Give a visit of up to 20 steps of the grid."""
    return Visit(
        draw(st.integers(0, PLACES - 1)),
        draw(st.sampled_from([0, 5, 10, 20])) * grid,
        draw(windows(grid, timed_costs)),
        draw(st.sampled_from([0, 30, 200, 1000])),
        draw(st.sampled_from([0, 0, 2])) if timed_costs else 0,
        draw(st.sampled_from([0, 0, 3])) if timed_costs else 0,
    )


@st.composite
def shifts(draw: st.DrawFn, staff: int, modes: int, grid: int = 1, timed_costs: bool = True) -> Shift:
    """Give a shift of one of ``staff`` people, with a break or without."""
    start = draw(st.integers(0, 60))
    length = draw(st.sampled_from([30, 80, 150, 200]))
    pause = None
    if draw(st.integers(0, 2)) == 0:
        rest, earliest = draw(st.integers(5, 15)), start + draw(st.integers(0, 50))
        pause = Break(rest * grid, earliest * grid, (earliest + rest + draw(st.integers(0, 60))) * grid)
    return Shift(
        draw(st.integers(0, staff - 1)),
        draw(st.integers(0, PLACES - 1)),
        draw(st.integers(0, PLACES - 1)),
        start * grid,
        (start + length) * grid,
        draw(st.sampled_from([0, 0, 20])) * grid,
        draw(st.sampled_from([0, 4])),
        draw(st.sampled_from([0, 1])) if timed_costs else 0,
        draw(st.sampled_from([0, 15])),
        draw(st.integers(0, modes - 1)),
        pause,
    )


@st.composite
def links(draw: st.DrawFn, first: int, second: int, grid: int = 1) -> Link:
    """Give a link between two visits: together, one after the other, or about staff alone."""
    lo, hi = draw(
        st.sampled_from([(0, 0), (0, 30), (10, 15), (20, None), (None, 10), (-15, 15), (None, None)])
    )
    return Link(
        first,
        second,
        None if lo is None else lo * grid,
        None if hi is None else hi * grid,
        draw(st.sampled_from(list(StaffRule))),
    )


@st.composite
def travels(draw: st.DrawFn, grid: int = 1, factors: bool = True) -> Travel:
    """Give travel along a line, by time of day now and then."""
    positions = draw(st.lists(st.integers(0, 25), min_size=PLACES, max_size=PLACES))
    by_time = TimeFactors()
    if factors and draw(st.integers(0, 2)) == 0:
        starts = sorted(draw(st.sets(st.integers(0, HORIZON), min_size=1, max_size=3)))
        permille = draw(
            st.lists(st.sampled_from([700, 1000, 1300, 2500]), min_size=len(starts), max_size=len(starts))
        )
        by_time = TimeFactors(tuple(start * grid for start in starts), tuple(permille))
    return line_travel(positions, by_time, draw(st.integers(0, 3)), grid)


@st.composite
def routing_problems(
    draw: st.DrawFn,
    most_visits: int = 6,
    most_shifts: int = 3,
    timed_costs: bool = True,
    factors: bool = True,
    week_limits: bool = True,
) -> RoutingProblem:
    """Give a problem with up to ``most_visits`` visits and ``most_shifts`` shifts.

    ``timed_costs``: costs that depend on start times (overtime apart) may occur; ``factors``: so may travel
    by time of day; ``week_limits``: so may limits over several shifts.
    """
    grid = draw(st.sampled_from([1, 1, 5]))
    modes = draw(st.integers(1, 2))
    people = draw(st.integers(1, most_shifts))
    asked = draw(st.lists(visits(grid, timed_costs), min_size=1, max_size=most_visits))
    works = draw(st.lists(shifts(people, modes, grid, timed_costs), min_size=1, max_size=most_shifts))
    pairs = [(a, a + 1) for a in range(0, len(asked) - 1, 2)]
    linked = [draw(links(a, b, grid)) for a, b in pairs if draw(st.booleans())]
    groups = [pair for pair in pairs if draw(st.booleans())]
    if len(groups) > 1 and draw(st.booleans()):
        groups = [tuple(visit for pair in groups[:2] for visit in pair)[:3]]
        linked.append(draw(links(groups[0][1], groups[0][2], grid)))
    cells = [(v, s) for v in range(len(asked)) for s in range(len(works))]
    limits = draw(
        st.lists(st.sampled_from([None, None, 60 * grid, 150 * grid]), min_size=people, max_size=people)
    )
    return line_problem(
        asked,
        works,
        travel=[draw(travels(grid, factors)) for _ in range(modes)],
        links=linked,
        groups=groups,
        not_eligible=[cell for cell in cells if draw(st.integers(0, 4)) == 0],
        assignment=[(*cell, 3) for cell in cells if draw(st.integers(0, 4)) == 0],
        week_limits=limits if week_limits and draw(st.booleans()) else [],
        max_late_cost=draw(st.sampled_from([0, 0, 5])) if timed_costs else 0,
        grid=grid,
    )


@st.composite
def sequences(draw: st.DrawFn, problem: RoutingProblem) -> dict[int, tuple[int, ...]]:
    """Give some of a problem's visits, in any order, to some of its shifts."""
    order = draw(st.permutations(range(len(problem.visits))))
    served = order[: draw(st.integers(1, len(order)))]
    of = [draw(st.integers(0, len(problem.shifts) - 1)) for _ in served]
    runs = {s: tuple(v for v, t in zip(served, of, strict=True) if t == s) for s in set(of)}
    return {shift: runs[shift] for shift in sorted(runs)}
