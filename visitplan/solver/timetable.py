"""A plan under construction: consistent after every edit, and every edit can be taken back."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from visitplan.solver.arithmetic import latest_departure
from visitplan.solver.closing import close_route
from visitplan.solver.evaluation import route_cost, worked_ticks
from visitplan.solver.fixpoint import AT_END, NO_PAUSE, Fixpoint
from visitplan.solver.pauses import pause_options
from visitplan.solver.problem import StaffRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

_ATTEMPTS = 6
"""How often one edit may move breaks to other places before it is given up."""

_NOBODY = -1


class Timetable(Fixpoint):
    """Runs, their earliest start times, their breaks and their cost, kept consistent from edit to edit.

    For given runs and breaks the starts, and the verdict that there are none, are exact, but for two cases
    that err on the safe side: the week limit is checked with the earliest starts and with the runs drawn
    together to the right, not with every timing; and rings of links under travel by time of day are given up
    after a bounded number of steps. Where a break lies is chosen run by run, best first, and moved a few
    times when the plan does not fit.

    Attributes
    ----------
    cost
        Cost of all runs as they stand, without unassigned visits and ``max_late``.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        super().__init__(problem)
        self.cost = 0
        self._routes: list[Route | None] = [None] * len(problem.shifts)
        self._costs = [0] * len(problem.shifts)
        self._shifts_of_staff: dict[int, list[int]] = {}
        for shift, work in enumerate(problem.shifts):
            self._shifts_of_staff.setdefault(work.staff, []).append(shift)

    # --- reading ----------------------------------------------------------------------------------------

    def route(self, shift: int) -> Route | None:
        """Give the route of a shift, None while it is not used."""
        return self._routes[shift]

    def routes(self) -> tuple[Route, ...]:
        """Give the routes of all used shifts, by ascending shift."""
        return tuple(route for route in self._routes if route is not None)

    def staff_allows(self, visit: int, shift: int) -> bool:
        """Say whether the staff rules of the visit's links to served visits let this shift serve it."""
        staff = self.problem.shifts[shift].staff
        for link in self.problem.links_of[visit]:
            other = self.shift_of[link.second if link.first == visit else link.first]
            if link.staff is StaffRule.ANY or other < 0:
                continue
            if (self.problem.shifts[other].staff == staff) != (link.staff is StaffRule.SAME):
                return False
        return True

    # --- editing ----------------------------------------------------------------------------------------

    def mark(self) -> tuple[int, int]:
        """Give a mark of the state as it is, for ``rollback``."""
        return len(self._undo), self.cost

    def rollback(self, mark: tuple[int, int]) -> None:
        """Go back to the state that was marked."""
        length, self.cost = mark
        undo = self._undo
        while len(undo) > length:
            where, index, old = undo.pop()
            where[index] = old

    def moved_since(self, mark: tuple[int, int]) -> list[int]:
        """Give the visits, served now or not, that started at another time when the mark was made."""
        was: dict[int, int] = {}
        for where, index, old in self._undo[mark[0] :]:
            if where is self.starts:
                was.setdefault(index, old)
        return [visit for visit, start in was.items() if self.starts[visit] != start]

    def commit(self) -> None:
        """Forget how to go back: marks made so far are void."""
        self._undo.clear()

    def insert(self, visit: int, shift: int, position: int, floor: int | None = None) -> bool:
        """Put a visit into a run, not to start before ``floor``; False, and no change, if it does not fit.

        Windows, travel, links, staff rules, breaks, the shift's span and week limits are looked at;
        eligibility and groups are not.
        """
        if self.shift_of[visit] >= 0 or not self.staff_allows(visit, shift):
            return False
        run = self.runs[shift]
        floors = {} if floor is None else {visit: floor}
        return self.rewrite({shift: [*run[:position], visit, *run[position:]]}, floors)

    def remove(self, visits: Iterable[int]) -> bool:
        """Take visits out of their runs; False, and nothing changed, if the rest does not hold without them.

        That happens only where the way by a third place is shorter than the direct one.
        """
        gone = set(visits)
        shifts = sorted({self.shift_of[visit] for visit in gone} - {_NOBODY})
        return self.rewrite({s: [v for v in self.runs[s] if v not in gone] for s in shifts})

    def rewrite(
        self,
        runs: Mapping[int, Sequence[int]],
        floors: Mapping[int, int] | None = None,
        pauses: Mapping[int, int] | None = None,
    ) -> bool:
        """Give shifts new runs; False, and nothing changed, if no start times fit.

        Staff rules, eligibility and groups are not looked at.

        Parameters
        ----------
        runs
            The new visits, in order, of each shift that changes; no visit may end up in two runs.
        floors
            Ticks that visits may not start before, for as long as they are served.
        pauses
            For shifts with a break, how many visits come before it; chosen where it is not given.
        """
        mark = self.mark()
        held = {s: runs[s][k] if k < len(runs[s]) else AT_END for s, k in (pauses or {}).items() if runs[s]}
        tried: dict[int, set[int]] = {}
        moved: dict[int, int] = {}
        for _ in range(_ATTEMPTS):
            failing = self._attempt(runs, floors or {}, {**moved, **held})
            if failing is None:
                return True
            choice = None if failing in held else self._other_pause(failing, tried)
            self.rollback(mark)
            if choice is None:
                return False
            moved[failing] = choice
        return False

    def _other_pause(self, shift: int, tried: dict[int, set[int]]) -> int | None:
        """Give the best place for a shift's break that has not been tried, None if there is none."""
        if shift == _NOBODY or self.problem.shifts[shift].pause is None:
            return None
        seen = tried.setdefault(shift, set())
        seen.add(self.pause_before[shift])
        return next((place for place in pause_options(self, shift) if place not in seen), None)

    def _attempt(
        self, runs: Mapping[int, Sequence[int]], floors: Mapping[int, int], pauses: Mapping[int, int]
    ) -> int | None:
        """Try the new runs once; give None if they hold, else the shift that failed (-1: none in particular).

        After a failure the state is left as it is, to be read and rolled back.
        """
        broken = [s for s in dict.fromkeys([*runs, *pauses]) if self.problem.shifts[s].pause is not None]
        fresh = self._change(runs, floors, broken)
        for shift in broken:
            choice = pauses.get(shift) if self.runs[shift] else NO_PAUSE
            if choice is None:
                choice = next(iter(pause_options(self, shift)), None)
            if choice is None:
                return shift
            self._put(self.pause_before, shift, choice)
        failing, touched = self._propagate(fresh)
        if failing is not None:
            return failing
        return self._close(sorted({*touched, *runs, *pauses}))

    def _close(self, shifts: Sequence[int]) -> int | None:
        """Find routes and costs of shifts that changed; give the shift that fails, -1 for a week too long."""
        for shift in shifts:
            if not self._close_one(shift):
                return shift
        if not self.problem.week_limits:
            return None
        staff = sorted({self.problem.shifts[shift].staff for shift in shifts})
        return None if all(self._week_holds(one) for one in staff) else _NOBODY

    def _close_one(self, shift: int) -> bool:
        run, route, cost = self.runs[shift], None, 0
        if run:
            before = self.pause_before[shift]
            position = run.index(before) if before >= 0 else len(run)
            route = close_route(self.problem, shift, run, [self.starts[v] for v in run], position)
            if route is None:
                return False
            cost = route_cost(self.problem, route).total
        self.cost += cost - self._costs[shift]
        self._put(self._routes, shift, route)
        self._put(self._costs, shift, cost)
        return True

    # --- weeks ------------------------------------------------------------------------------------------

    def _worked(self, staff: int) -> int:
        routes = (self._routes[shift] for shift in self._shifts_of_staff[staff])
        return sum(worked_ticks(self.problem, route) for route in routes if route is not None)

    def _week_holds(self, staff: int) -> bool:
        """Say whether a member of staff keeps the week limit, drawing the runs together if that is needed."""
        limit = self.problem.week_limits[staff]
        if limit is None or self._worked(staff) <= limit:
            return True
        for shift in self._shifts_of_staff[staff]:
            if self.runs[shift]:
                self._draw_together(shift)
                self._close_one(shift)
        return self._worked(staff) <= limit

    def _draw_together(self, shift: int) -> None:
        """Start the visits of a run as late as its last one allows, so that less time is spent between them.

        Linked visits stay, and so does the last one; what is moved gets its new start as its floor, so that
        the earliest starts stay the ones that hold.
        """
        work, run = self.problem.shifts[shift], self.runs[shift]
        travel = self.problem.travel[work.mode]
        for visit, after in reversed(list(pairwise(run))):
            if self._linked[visit]:
                continue
            place, now = self.places[visit], self.starts[visit]
            by, latest = self.starts[after], self.windows[visit][-1][1]
            if self.pause_before[shift] == after and work.pause is not None:
                by -= work.pause.duration
                latest = min(latest, work.pause.latest - work.pause.duration - self.durations[visit])
            earliest = now + self.durations[visit]
            leave = latest_departure(travel, place, self.places[after], by, earliest, self.problem.grid)
            if leave is None:
                continue
            late = self.last_start(visit, min(leave - self.durations[visit], latest))
            if late > now:
                self._put(self.starts, visit, late)
                self._put(self.floors, visit, late)
