"""The best start times for given runs: a linear programme for each set of runs that hang together.

The search starts every visit as early as it can. Where a cost falls by waiting (preferred times, idle time
between departure and return, the largest lateness) other times are better, and they are found here with GLOP.
All constraints but the week limit are differences of two times, so that the optimum is a whole number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from visitplan.solver.arithmetic import travel_ticks
from visitplan.solver.closing import pause_position
from visitplan.solver.evaluation import lateness, route_cost, violations, window_of
from visitplan.solver.problem import RoutingProblem, StartWindow
from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from visitplan.solver.problem import Link, Shift
    from visitplan.solver.solution import Route

_MOST_VARIANTS = 16
"""How many other windows and break places are tried for one set of runs."""
_MANY_RUNS = 200
"""In a set of more runs none are tried: each would take a linear programme of them all."""


def _never() -> bool:
    return False


def times_matter(problem: RoutingProblem) -> bool:
    """Say whether other times than the earliest may be cheaper."""
    waits = any(shift.waiting_cost for shift in problem.shifts)
    return waits or any(visit.early_cost or len(visit.windows) > 1 for visit in problem.visits)


def retime(
    problem: RoutingProblem, routes: Sequence[Route], stopped: Callable[[], bool] = _never
) -> tuple[Route, ...]:
    """Give the same runs with the start times, departures and breaks of least cost.

    The windows and break places of the given routes are kept first; then others are tried, one visit or run
    at a time. The plan never gets dearer, and a plan that breaks a rule is given back as it is. ``stopped``
    is asked before each linear programme; once it is true, the times found so far are given.
    """
    given = tuple(sorted(routes, key=lambda route: route.shift))
    if not given or violations(problem, given):
        return given
    table = Timetable(problem)
    if not table.rewrite(
        {route.shift: route.visits for route in given},
        {visit: start for route in given for visit, start in zip(route.visits, route.starts, strict=True)},
        {route.shift: pause_position(problem, route) for route in given},
    ):
        return given
    for bunch in _bunches(problem, given):
        if _could_fall(problem, [given[index] for index in bunch]):
            _improve(table, [given[index].shift for index in bunch], stopped)
    better = table.routes()
    return better if _cost(problem, better) < _cost(problem, given) else given


def _cost(problem: RoutingProblem, routes: Sequence[Route]) -> int:
    late = (lateness(problem, v, s) for r in routes for v, s in zip(r.visits, r.starts, strict=True))
    most = max(late, default=0) if problem.max_late_cost else 0
    return sum(route_cost(problem, route).total for route in routes) + problem.max_late_cost * most


def _could_fall(problem: RoutingProblem, routes: Sequence[Route]) -> bool:
    """Say whether any cost that depends on times is due."""
    parts = [route_cost(problem, route) for route in routes]
    due = any(part.early or part.late or part.waiting or part.overtime or part.windows for part in parts)
    return due or bool(problem.max_late_cost)


def _bunches(problem: RoutingProblem, routes: Sequence[Route]) -> list[list[int]]:
    """Give the indices of the routes in sets that neither a link, a week nor the largest lateness joins."""
    leader = list(range(len(routes)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    for one, other in _joined(problem, routes):
        leader[find(one)] = find(other)
    bunches: dict[int, list[int]] = {}
    for index in range(len(routes)):
        bunches.setdefault(find(index), []).append(index)
    return list(bunches.values())


def _joined(problem: RoutingProblem, routes: Sequence[Route]) -> Iterator[tuple[int, int]]:
    """Give pairs of routes whose times depend on each other."""
    index_of = {visit: index for index, route in enumerate(routes) for visit in route.visits}
    for link in problem.links:
        if link.first in index_of and link.second in index_of:
            yield index_of[link.first], index_of[link.second]
    first_of_staff: dict[int, int] = {}
    for index, route in enumerate(routes):
        staff = problem.shifts[route.shift].staff
        if problem.week_limits and problem.week_limits[staff] is not None:
            yield first_of_staff.setdefault(staff, index), index
        if problem.max_late_cost:
            yield 0, index


# --- one set of runs ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Choice:
    """What the linear programme takes as given.

    Attributes
    ----------
    windows
        The window each visit starts in.
    pauses
        For each route's shift, how many visits come before its break.
    on_the_way
        Shifts whose break lies between departure and return even before the first or after the last visit.
    """

    windows: Mapping[int, StartWindow]
    pauses: Mapping[int, int]
    on_the_way: frozenset[int]


def _improve(table: Timetable, shifts: Sequence[int], stopped: Callable[[], bool]) -> None:
    """Retime the runs of these shifts in place, as long as that lowers the cost."""
    if stopped():
        return
    choice = _choice_of(table, shifts)
    _accept(table, shifts, choice)
    if len(shifts) > _MANY_RUNS:
        return
    for variant in list(_variants(table, shifts))[:_MOST_VARIANTS]:
        if stopped():
            return
        _accept(table, shifts, variant(_choice_of(table, shifts)))


def _routes(table: Timetable, shifts: Sequence[int]) -> list[Route]:
    return [route for route in map(table.route, shifts) if route is not None]


def _choice_of(table: Timetable, shifts: Sequence[int]) -> _Choice:
    problem = table.problem
    windows, pauses, on_the_way = {}, {}, set()
    for route in _routes(table, shifts):
        pauses[route.shift] = pause_position(problem, route)
        if route.break_start is not None and route.depart <= route.break_start < route.finish:
            on_the_way.add(route.shift)
        for visit, start in zip(route.visits, route.starts, strict=True):
            window = window_of(problem, visit, start)
            if window is not None:
                windows[visit] = window
    return _Choice(windows, pauses, frozenset(on_the_way))


@dataclass(frozen=True, slots=True)
class _OtherWindow:
    visit: int
    window: StartWindow

    def __call__(self, choice: _Choice) -> _Choice:
        return replace(choice, windows={**choice.windows, self.visit: self.window})


@dataclass(frozen=True, slots=True)
class _OtherPause:
    shift: int
    position: int
    length: int

    def __call__(self, choice: _Choice) -> _Choice:
        inside = {self.shift} if 0 < self.position < self.length else set()
        return replace(
            choice,
            pauses={**choice.pauses, self.shift: self.position},
            on_the_way=choice.on_the_way - {self.shift} | inside,
        )


def _variants(table: Timetable, shifts: Sequence[int]) -> Iterator[_OtherWindow | _OtherPause]:
    """Give other windows for visits that pay for theirs, and other break places for runs that wait."""
    problem = table.problem
    for route in _routes(table, shifts):
        work = problem.shifts[route.shift]
        for visit, start in zip(route.visits, route.starts, strict=True):
            asked, now = problem.visits[visit], window_of(problem, visit, start)
            if now is None or (now.cost == 0 and now.preferred[0] <= start <= now.preferred[1]):
                continue
            for window in asked.windows:
                if (
                    window is not now
                    and window.latest >= work.start
                    and window.earliest <= work.latest_return
                ):
                    yield _OtherWindow(visit, window)
        cost = route_cost(problem, route)
        if work.pause is not None and (cost.waiting or cost.late or cost.overtime):
            now_at = pause_position(problem, route)
            others = [k for k in range(len(route.visits) + 1) if k != now_at]
            for position in sorted(others, key=lambda k: abs(k - now_at)):
                yield _OtherPause(route.shift, position, len(route.visits))


def _accept(table: Timetable, shifts: Sequence[int], choice: _Choice) -> None:
    """Apply the best times for a choice if they lower the cost."""
    starts = _Programme(table.problem, _routes(table, shifts), choice).solve()
    if starts is None:
        return
    mark, before = table.mark(), _bunch_cost(table, shifts)
    runs = {shift: table.runs[shift] for shift in shifts}
    if table.rewrite(runs, starts, choice.pauses) and _bunch_cost(table, shifts) < before:
        table.commit()
    else:
        table.rollback(mark)


def _bunch_cost(table: Timetable, shifts: Sequence[int]) -> int:
    return _cost(table.problem, _routes(table, shifts))


# --- the linear programme -------------------------------------------------------------------------------


class _Programme:
    """Times, in units of the grid, of routes whose order, windows and break places are given."""

    def __init__(self, problem: RoutingProblem, routes: Sequence[Route], choice: _Choice) -> None:
        from ortools.linear_solver import pywraplp

        self._problem, self._routes, self._choice = problem, routes, choice
        self._solver: Any = pywraplp.Solver.CreateSolver("GLOP")
        self._grid = problem.grid
        self._goal: Any = self._solver.Objective()
        # Among times of equal cost the earliest are taken: too little to outweigh one unit, even all in all.
        self._earlier = 0.5 / (1 + sum(len(route.visits) for route in routes))
        self._start: dict[int, Any] = {}
        self._worked: dict[int, list[tuple[Any, Any, int]]] = {}
        self._most_late: Any = None

    def solve(self) -> dict[int, int] | None:
        """Give the best start of each visit in ticks, None if GLOP finds none."""
        if self._problem.max_late_cost:
            self._most_late = self._new(0, None, self._problem.max_late_cost)
        for route in self._routes:
            for visit in route.visits:
                self._add_visit(visit)
            self._add_run(route)
        self._add_links()
        self._add_weeks()
        self._goal.SetMinimization()
        if self._solver.Solve() != self._solver.OPTIMAL:
            return None
        return {visit: self._ticks(time) for visit, time in self._start.items()}

    def _ticks(self, time: Any) -> int:
        whole: int = round(time.solution_value())
        return whole * self._grid

    def _new(self, least: int | None, most: int | None, cost: int = 0) -> Any:
        """Give a variable within [least, most] ticks at a cost per tick."""
        infinity = self._solver.infinity()
        low = -infinity if least is None else -(-least // self._grid)
        high = infinity if most is None else most // self._grid
        variable = self._solver.NumVar(low, high, "")
        if cost:
            self._goal.SetCoefficient(variable, float(cost * self._grid))
        return variable

    def _after(self, later: Any, earlier: Any, gap: int) -> None:
        """Demand later >= earlier + gap ticks."""
        row = self._solver.Constraint(-(-gap // self._grid), self._solver.infinity())
        row.SetCoefficient(later, 1.0)
        row.SetCoefficient(earlier, row.GetCoefficient(earlier) - 1.0)

    def _not_before(self, time: Any, tick: int) -> None:
        time.SetLb(max(time.lb(), -(-tick // self._grid)))

    def _not_after(self, time: Any, tick: int) -> None:
        time.SetUb(min(time.ub(), tick // self._grid))

    def _add_visit(self, visit: int) -> None:
        asked, window = self._problem.visits[visit], self._choice.windows[visit]
        time = self._start[visit] = self._new(window.earliest, window.latest)
        self._goal.SetCoefficient(time, self._earlier)
        first, last = window.preferred
        if asked.early_cost and first > window.earliest:
            self._after_tick(self._new(0, None, asked.early_cost), time, first)
        if asked.late_cost and last < window.latest:
            self._before_tick(self._new(0, None, asked.late_cost), time, last)
        if self._most_late is not None:
            self._before_tick(self._most_late, time, last)

    def _after_tick(self, short: Any, time: Any, tick: int) -> None:
        """Demand short >= tick - time."""
        row = self._solver.Constraint(tick / self._grid, self._solver.infinity())
        row.SetCoefficient(short, 1.0)
        row.SetCoefficient(time, 1.0)

    def _before_tick(self, long: Any, time: Any, tick: int) -> None:
        """Demand long >= time - tick."""
        row = self._solver.Constraint(-tick / self._grid, self._solver.infinity())
        row.SetCoefficient(long, 1.0)
        row.SetCoefficient(time, -1.0)

    def _add_run(self, route: Route) -> None:
        """Add departure, return, legs and break of one run."""
        shift = self._problem.shifts[route.shift]
        depart = self._new(shift.start, None, -shift.waiting_cost)
        finish = self._new(None, shift.latest_return, shift.waiting_cost)
        if shift.overtime_cost and shift.max_overtime:
            self._before_tick(self._new(0, None, shift.overtime_cost), finish, shift.end)
        stops = [depart, *(self._start[visit] for visit in route.visits), finish]
        for (before, after), gap in zip(pairwise(stops), self._gaps(route, shift), strict=True):
            self._after(after, before, gap)
        inside = self._add_pause(route, shift, stops)
        self._worked.setdefault(shift.staff, []).append((depart, finish, inside))

    def _gaps(self, route: Route, shift: Shift) -> Iterator[int]:
        """Give, for each leg, the ticks from one stop to the next: duration, travel, a break on the way."""
        problem, travel = self._problem, self._problem.travel[shift.mode]
        place, left, busy = shift.start_place, route.depart, 0
        paused = self._choice.pauses[route.shift] if route.shift in self._choice.on_the_way else -1
        for index, visit in enumerate([*route.visits, -1]):
            there = shift.end_place if visit < 0 else problem.visits[visit].place
            rest = shift.pause.duration if shift.pause is not None and index == paused else 0
            yield busy + rest + travel_ticks(travel, place, there, left, self._grid)
            if visit >= 0:
                busy = problem.visits[visit].duration
                place, left = there, route.starts[index] + busy

    def _add_pause(self, route: Route, shift: Shift, stops: Sequence[Any]) -> int:
        """Keep the break in its window; give its ticks if they lie between departure and return."""
        pause, position = shift.pause, self._choice.pauses[route.shift]
        if pause is None:
            return 0
        if route.shift not in self._choice.on_the_way:
            if position == 0:
                self._not_before(stops[0], max(shift.start, pause.earliest) + pause.duration)
            else:
                self._not_after(stops[-1], min(pause.latest, shift.latest_return) - pause.duration)
            return 0
        self._not_before(stops[position + 1], pause.earliest + pause.duration)
        busy = self._problem.visits[route.visits[position - 1]].duration if position else 0
        self._not_after(stops[position], pause.latest - pause.duration - busy)
        return pause.duration

    def _add_links(self) -> None:
        links: dict[Link, None] = dict.fromkeys(
            link for visit in self._start for link in self._problem.links_of[visit]
        )
        for link in links:
            if link.first in self._start and link.second in self._start:
                first, second = self._start[link.first], self._start[link.second]
                if link.lo is not None:
                    self._after(second, first, link.lo)
                if link.hi is not None:
                    self._after(first, second, -link.hi)

    def _add_weeks(self) -> None:
        for staff, runs in self._worked.items():
            limit = self._problem.week_limits[staff] if self._problem.week_limits else None
            if limit is None:
                continue
            most = limit + sum(inside for _, _, inside in runs)
            row = self._solver.Constraint(-self._solver.infinity(), most / self._grid)
            for depart, finish, _ in runs:
                row.SetCoefficient(finish, 1.0)
                row.SetCoefficient(depart, -1.0)
