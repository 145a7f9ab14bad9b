"""A piece of the plan as a routing problem of its own.

Some shifts are *free*: their visits may move among them. All other shifts are *frozen*. What binds the two
is written into the piece: a link to a frozen visit narrows the windows by that visit's start, a staff rule
narrows who is eligible, and week limits lose what the frozen shifts work. Any plan of the piece can therefore
be put back beside the frozen shifts as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from visitplan.solver.evaluation import worked_ticks
from visitplan.solver.problem import RoutingProblem, StaffRule, StartWindow
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.solver.problem import Link, Shift, Travel, Visit

Bounds = Mapping[int, tuple[int | None, int | None]]
"""Earliest and latest start of some visits, None where a side is open."""

_Open = dict[int, tuple[int | None, int | None]]
_UNBOUND: Bounds = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Piece:
    """The free part of a plan, numbered from 0.

    Attributes
    ----------
    problem
        The free shifts, the visits that may be on them, and their places. Staff keep their numbers.
    visits, shifts
        For each visit and shift of the piece, its index in the whole problem.
    routes
        The routes of the free shifts, in the piece's numbers.
    required
        Visits of the piece that may not be left out, because frozen members of their group are served.
    """

    problem: RoutingProblem
    visits: tuple[int, ...]
    shifts: tuple[int, ...]
    routes: tuple[Route, ...]
    required: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Frozen:
    """Where the visits on frozen shifts are: their starts and their staff, by visit."""

    starts: dict[int, int]
    staff: dict[int, int]


def cut(
    problem: RoutingProblem,
    routes: Sequence[Route],
    shifts: Iterable[int],
    extra: Iterable[int] = (),
    held: Bounds = _UNBOUND,
) -> Piece:
    """Cut the given shifts out of a plan.

    Parameters
    ----------
    problem, routes
        The whole problem and a valid plan of it.
    shifts
        The shifts to be free.
    extra
        Unassigned visits to take along, whole units only; those that cannot stand beside the frozen visits
        are left behind with their unit.
    held
        Earliest and latest starts besides, as :func:`borders` gives them: for pieces searched side by side.
    """
    local_shift = {shift: index for index, shift in enumerate(sorted(set(shifts)))}
    free = tuple(local_shift)
    inside = tuple(route for route in routes if route.shift in local_shift)
    outside = tuple(route for route in routes if route.shift not in local_shift)
    frozen = _frozen(problem, outside)
    wanted = {visit for route in inside for visit in route.visits} | set(extra)
    span = _spans(problem, free)
    narrowed = {visit: _narrowed(problem, visit, span, frozen, held) for visit in wanted}
    visits = tuple(sorted(wanted - _left_behind(problem, narrowed)))
    local = {visit: index for index, visit in enumerate(visits)}
    places = _places_of(problem, visits, free)
    piece = RoutingProblem(
        visits=tuple(
            replace(problem.visits[visit], windows=narrowed[visit], place=places[problem.visits[visit].place])
            for visit in visits
        ),
        shifts=tuple(_moved(problem.shifts[shift], places) for shift in free),
        travel=tuple(_between(travel, list(places)) for travel in problem.travel),
        eligible=_eligible(problem, visits, free, frozen),
        assignment_cost=problem.assignment_cost[np.ix_(visits, free)],
        groups=_groups_within(problem, local),
        links=tuple(
            replace(link, first=local[link.first], second=local[link.second])
            for link in _links_within(problem, local)
        ),
        week_limits=_week_limits_left(problem, outside),
        grid=problem.grid,
    )
    return Piece(
        problem=piece,
        visits=visits,
        shifts=free,
        routes=tuple(_renumbered(route, local_shift[route.shift], local) for route in inside),
        required=frozenset(local[visit] for visit in visits if _held_by_frozen(problem, visit, frozen)),
    )


def splice(routes: Sequence[Route], piece: Piece, found: Iterable[Route]) -> tuple[Route, ...]:
    """Put the routes found for a piece in the place of those the plan had for its shifts."""
    back = dict(enumerate(piece.visits))
    free = set(piece.shifts)
    kept = [route for route in routes if route.shift not in free]
    new = [_renumbered(route, piece.shifts[route.shift], back) for route in found]
    return tuple(sorted(kept + new, key=lambda route: route.shift))


def decouple(problem: RoutingProblem, routes: Sequence[Route]) -> RoutingProblem:
    """Narrow windows until every link between served visits holds whatever start is chosen in them.

    The slack of a link is shared between its two visits, so a joint visit is fixed in time and one that only
    has to come after another gets its half of the time between. The plan itself stays valid; links keep
    nothing but their staff rules.
    """
    bounds = _shared_slack(problem, routes, problem.links)
    visits = tuple(
        replace(visit, windows=_clipped(visit, *bounds[index])) if index in bounds else visit
        for index, visit in enumerate(problem.visits)
    )
    links = tuple(replace(link, lo=None, hi=None) for link in problem.links if link.staff != StaffRule.ANY)
    return replace(problem, visits=visits, links=links)


def borders(problem: RoutingProblem, routes: Sequence[Route], parts: Iterable[Iterable[int]]) -> Bounds:
    """Bound the starts of visits linked across a border, so that all parts may move at once.

    ``parts`` are disjoint sets of shifts, all shifts of one member of staff in the same: rules about staff
    and weeks then hold in each part by itself.
    """
    part_of = {shift: number for number, part in enumerate(parts) for shift in part}
    at = {visit: part_of.get(route.shift) for route in routes for visit in route.visits}
    crossing = (link for link in problem.links if at.get(link.first) != at.get(link.second))
    return _shared_slack(problem, routes, crossing)


def _shared_slack(problem: RoutingProblem, routes: Sequence[Route], links: Iterable[Link]) -> _Open:
    """Give the bounds that let some links hold whatever starts are chosen within them."""
    starts = {
        visit: start for route in routes for visit, start in zip(route.visits, route.starts, strict=True)
    }
    bounds: _Open = {}
    for link in links:
        if link.first in starts and link.second in starts:
            _share_slack(link, starts, bounds, problem.grid)
    return bounds


def _share_slack(link: Link, starts: dict[int, int], bounds: _Open, grid: int) -> None:
    """Bound both visits of a link so that its two sides hold without it."""
    first, second = starts[link.first], starts[link.second]
    if link.lo is not None:
        latest = first + (second - first - link.lo) // 2 // grid * grid
        _tighten(bounds, link.first, None, latest)
        _tighten(bounds, link.second, latest + link.lo, None)
    if link.hi is not None:
        earliest = first - (first + link.hi - second) // 2 // grid * grid
        _tighten(bounds, link.first, earliest, None)
        _tighten(bounds, link.second, None, earliest + link.hi)


def _tighten(bounds: _Open, visit: int, low: int | None, high: int | None) -> None:
    old_low, old_high = bounds.get(visit, (None, None))
    lows = [value for value in (old_low, low) if value is not None]
    highs = [value for value in (old_high, high) if value is not None]
    bounds[visit] = (max(lows, default=None), min(highs, default=None))


def _frozen(problem: RoutingProblem, outside: Sequence[Route]) -> _Frozen:
    starts: dict[int, int] = {}
    staff: dict[int, int] = {}
    for route in outside:
        for visit, start in zip(route.visits, route.starts, strict=True):
            starts[visit] = start
            staff[visit] = problem.shifts[route.shift].staff
    return _Frozen(starts, staff)


def _places_of(problem: RoutingProblem, visits: Sequence[int], shifts: Sequence[int]) -> dict[int, int]:
    """Give the number in the piece of every place it needs."""
    used = {problem.visits[visit].place for visit in visits}
    for shift in shifts:
        used |= {problem.shifts[shift].start_place, problem.shifts[shift].end_place}
    return {place: number for number, place in enumerate(sorted(used))}


def _moved(shift: Shift, places: dict[int, int]) -> Shift:
    return replace(shift, start_place=places[shift.start_place], end_place=places[shift.end_place])


def _between(travel: Travel, places: Sequence[int]) -> Travel:
    """Give travel between some places only; whole matrices are too large to copy for every piece."""
    rows = np.ix_(places, places)
    return replace(travel, ticks=travel.ticks[rows], cost=travel.cost[rows])


@dataclass(frozen=True, slots=True)
class _Spans:
    """The free shifts: their indices, and from when until when each may be out."""

    shifts: NDArray[np.intp]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def _spans(problem: RoutingProblem, shifts: Sequence[int]) -> _Spans:
    return _Spans(
        np.array(shifts, dtype=np.intp),
        np.array([problem.shifts[shift].start for shift in shifts], dtype=np.int64),
        np.array([problem.shifts[shift].latest_return for shift in shifts], dtype=np.int64),
    )


def _narrowed(
    problem: RoutingProblem, visit: int, span: _Spans, frozen: _Frozen, held: Bounds
) -> tuple[StartWindow, ...]:
    """Give the windows of a visit that its frozen partners and the free shifts leave, perhaps none."""
    low, high = held.get(visit, (None, None))
    for link in problem.links_of[visit]:
        at_least, at_most = _bounds_by_partner(link, visit, frozen.starts)
        low = at_least if low is None else max(low, at_least if at_least is not None else low)
        high = at_most if high is None else min(high, at_most if at_most is not None else high)
    able = problem.eligible[visit, span.shifts]
    windows = _clipped(problem.visits[visit], low, high)
    return tuple(
        window
        for window in windows
        if (able & (span.ends >= window.earliest) & (span.begins <= window.latest)).any()
    )


def _bounds_by_partner(link: Link, visit: int, starts: dict[int, int]) -> tuple[int | None, int | None]:
    """Give the earliest and latest start that the other, frozen, visit of a link allows."""
    if visit == link.second and link.first in starts:
        partner = starts[link.first]
        return (
            None if link.lo is None else partner + link.lo,
            None if link.hi is None else partner + link.hi,
        )
    if visit == link.first and link.second in starts:
        partner = starts[link.second]
        return (
            None if link.hi is None else partner - link.hi,
            None if link.lo is None else partner - link.lo,
        )
    return None, None


def _clipped(visit: Visit, low: int | None, high: int | None) -> tuple[StartWindow, ...]:
    """Give the part of each window between low and high; what is preferred stays preferred."""
    if low is None and high is None:
        return visit.windows
    windows = []
    for window in visit.windows:
        earliest = window.earliest if low is None else max(low, window.earliest)
        latest = window.latest if high is None else min(high, window.latest)
        if earliest <= latest:
            preferred = window.preferred
            windows.append(StartWindow(earliest, latest, window.cost, preferred[0], preferred[1]))
    return tuple(windows)


def _left_behind(problem: RoutingProblem, narrowed: dict[int, tuple[StartWindow, ...]]) -> set[int]:
    """Give the visits without any window left, with all members of their groups."""
    stuck = {visit for visit, windows in narrowed.items() if not windows}
    groups = {problem.group_of[visit] for visit in stuck} - {-1}
    return stuck | {visit for group in groups for visit in problem.groups[group]}


def _eligible(
    problem: RoutingProblem, visits: Sequence[int], shifts: Sequence[int], frozen: _Frozen
) -> NDArray[np.bool_]:
    """Give who may serve what in the piece, without those that a frozen partner's staff rules out."""
    eligible = problem.eligible[np.ix_(visits, shifts)].copy()
    staff = np.array([problem.shifts[shift].staff for shift in shifts], dtype=np.int64)
    for row, visit in enumerate(visits):
        for link in problem.links_of[visit]:
            partner = frozen.staff.get(link.second if link.first == visit else link.first)
            if partner is not None and link.staff == StaffRule.DISTINCT:
                eligible[row] &= staff != partner
            if partner is not None and link.staff == StaffRule.SAME:
                eligible[row] &= staff == partner
    return eligible


def _groups_within(problem: RoutingProblem, local: dict[int, int]) -> tuple[tuple[int, ...], ...]:
    """Give the groups whose visits are all in the piece, in its numbers."""
    touched = sorted({problem.group_of[visit] for visit in local} - {-1})
    groups = (problem.groups[group] for group in touched)
    return tuple(
        tuple(local[visit] for visit in group) for group in groups if all(visit in local for visit in group)
    )


def _links_within(problem: RoutingProblem, local: dict[int, int]) -> list[Link]:
    """Give the links whose two visits are both in the piece, each once."""
    links = {
        id(link): link
        for visit in local
        for link in problem.links_of[visit]
        if link.first in local and link.second in local
    }
    return list(links.values())


def _held_by_frozen(problem: RoutingProblem, visit: int, frozen: _Frozen) -> bool:
    group = problem.group_of[visit]
    return group >= 0 and any(member in frozen.starts for member in problem.groups[group])


def _week_limits_left(problem: RoutingProblem, outside: Sequence[Route]) -> tuple[int | None, ...]:
    """Give the week limits less what the frozen routes work."""
    left = list(problem.week_limits)
    for route in outside:
        staff = problem.shifts[route.shift].staff
        limit = left[staff] if left else None
        if limit is not None:
            left[staff] = limit - worked_ticks(problem, route)
    return tuple(left)


def _renumbered(route: Route, shift: int, names: dict[int, int]) -> Route:
    return replace(route, shift=shift, visits=tuple(names[visit] for visit in route.visits))
