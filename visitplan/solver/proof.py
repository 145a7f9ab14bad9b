"""Whether a visit or a group could be served: if nobody else were there, or beside the plan as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from visitplan.solver.arithmetic import best_travel
from visitplan.solver.problem import RoutingProblem, Shift, StaffRule
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import Link
    from visitplan.solver.solution import Route


class Verdict(StrEnum):
    """What a proof has come to."""

    IMPOSSIBLE = "impossible"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


def _never() -> bool:
    return False


def prove_unservable(
    problem: RoutingProblem,
    unit: Sequence[int],
    seconds: float = 10.0,
    cancelled: Callable[[], bool] = _never,
) -> Verdict:
    """Say whether a unit could be served at all in an otherwise empty plan.

    Parameters
    ----------
    problem
        Windows, links and staff rules among the unit's visits, travel, shift spans, breaks and week limits
        count; everything about visits outside the unit is left aside.
    unit
        One visit, or the members of one group.
    seconds
        The most effort CP-SAT may take, in its deterministic seconds, about seconds of one core: the same
        question has the same answer on every machine.
    cancelled
        Asked while CP-SAT works; once true, nothing more is proved.

    Returns
    -------
    Verdict
        ``IMPOSSIBLE`` is proved: for one visit by trying each shift, which is exact but for week limits, for
        all else by CP-SAT with travel as short as at its best hour. ``POSSIBLE`` is shown by routes that
        hold, ``UNKNOWN`` is what is left.
    """
    if any(not problem.eligible[visit].any() for visit in unit):
        return Verdict.IMPOSSIBLE
    alone = _alone(problem, unit)
    if len(unit) == 1:
        if _fits_somewhere(alone):
            return Verdict.POSSIBLE
        if not _fits_somewhere(replace(alone, week_limits=())):
            return Verdict.IMPOSSIBLE
    return _Proof(alone).verdict(seconds, cancelled)


def room_beside(
    problem: RoutingProblem,
    routes: Sequence[Route],
    unit: Sequence[int],
    seconds: float = 10.0,
    most_runs: int = 3,
) -> Verdict:
    """Say whether an unassigned unit fits into a valid plan if the runs it would join are made anew.

    One run for each member, from the nearest to the ``most_runs``-th nearest that may serve it, may be put
    into any order at any times; nobody is dropped, and the rest of the plan stands still.

    Returns
    -------
    Verdict
        ``POSSIBLE`` is shown by runs that hold; ``IMPOSSIBLE`` is proved for the runs looked at, others may
        have room; ``UNKNOWN`` where neither was found in time.
    """
    verdicts = set()
    for piece in _pieces_beside(problem, routes, unit, most_runs):
        verdicts.add(_Proof(piece.problem).verdict(seconds / most_runs))
        if Verdict.POSSIBLE in verdicts:
            return Verdict.POSSIBLE
    return Verdict.UNKNOWN if Verdict.UNKNOWN in verdicts else Verdict.IMPOSSIBLE


def routes_beside(
    problem: RoutingProblem,
    routes: Sequence[Route],
    unit: Sequence[int],
    seconds: float = 10.0,
    most_runs: int = 3,
) -> tuple[Route, ...] | None:
    """Give the plan with an unassigned unit in it and nobody dropped, found as :func:`room_beside` finds it.

    None where it was not found. The runs hold, but nothing was done to make them cheap.
    """
    from visitplan.solver.pieces import splice

    for piece in _pieces_beside(problem, routes, unit, most_runs):
        found = _Proof(piece.problem).routes(seconds / most_runs)
        if found is not None:
            return splice(routes, piece, found)
    return None


def _pieces_beside(
    problem: RoutingProblem, routes: Sequence[Route], unit: Sequence[int], most_runs: int
) -> Iterator[Piece]:
    """Give pieces with one run for each member of a unit, from the nearest on."""
    from visitplan.solver.pieces import cut

    nearest = {visit: _nearest(problem, routes, visit) for visit in unit}
    for rank in range(most_runs):
        shifts: set[int] = set()
        for visit in unit:
            shifts.update([shift for shift in nearest[visit] if shift not in shifts][rank : rank + 1])
        if not shifts:
            return
        piece = cut(problem, routes, shifts, extra=unit)
        if set(unit) <= set(piece.visits):
            yield piece


def _nearest(problem: RoutingProblem, routes: Sequence[Route], visit: int) -> list[int]:
    """Give the shifts that may serve a visit at some time of its windows, those that come nearest first."""
    asked, runs = problem.visits[visit], {route.shift: route.visits for route in routes}
    found = []
    for shift in map(int, np.flatnonzero(problem.eligible[visit])):
        work = problem.shifts[shift]
        if any(w.earliest <= work.latest_return and w.latest >= work.start for w in asked.windows):
            places = [work.start_place, *(problem.visits[other].place for other in runs.get(shift, ()))]
            way = min(int(problem.travel[work.mode].ticks.item(place, asked.place)) for place in places)
            found.append((way, shift))
    return [shift for _, shift in sorted(found)]


def _alone(problem: RoutingProblem, unit: Sequence[int]) -> RoutingProblem:
    """Give the problem with only these visits, the shifts that may serve one of them, and their places."""
    number = {visit: index for index, visit in enumerate(unit)}
    shifts = [int(s) for s in np.flatnonzero(np.any(problem.eligible[list(unit)], axis=0))]
    visits = [problem.visits[visit] for visit in unit]
    works = [problem.shifts[shift] for shift in shifts]
    places = sorted({v.place for v in visits} | {p for w in works for p in (w.start_place, w.end_place)})
    at = {place: index for index, place in enumerate(places)}
    some = np.ix_(places, places)
    return replace(
        problem,
        visits=tuple(replace(v, place=at[v.place]) for v in visits),
        shifts=tuple(replace(w, start_place=at[w.start_place], end_place=at[w.end_place]) for w in works),
        travel=tuple(replace(t, ticks=t.ticks[some], cost=t.cost[some]) for t in problem.travel),
        eligible=problem.eligible[list(unit)][:, shifts],
        assignment_cost=problem.assignment_cost[list(unit)][:, shifts],
        groups=(tuple(range(len(unit))),) if len(unit) > 1 else (),
        links=tuple(
            replace(link, first=number[link.first], second=number[link.second])
            for link in problem.links
            if link.first in number and link.second in number
        ),
    )


def _fits_somewhere(problem: RoutingProblem) -> bool:
    return any(
        problem.eligible.item(0, shift) and time_runs(problem, {shift: [0]}) is not None
        for shift in range(len(problem.shifts))
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """The variables of one shift, and its travel, int32 (places, places), at the best hour.

    ``serves`` has a literal for each visit the shift may serve.
    """

    shift: Shift
    travel: NDArray[np.int32]
    depart: Any
    finish: Any
    unused: Any
    serves: Mapping[int, Any]


@dataclass(frozen=True, slots=True)
class _Pause:
    """The break of one run: what lies after it.

    ``before`` says of each visit, and of the return (the last node), that the break comes before it;
    ``over_at`` says of each visit, and of the departure (the last node), that it is over by then.
    """

    duration: int
    before: Mapping[int, Any]
    over_at: Mapping[int, Any]


class _Proof:
    """A CP-SAT model in which every visit is served, with travel that no hour of the day can undercut."""

    def __init__(self, alone: RoutingProblem) -> None:
        from ortools.sat.python import cp_model

        self._cp = cp_model
        self._problem = alone
        self._model: Any = cp_model.CpModel()
        self._end = len(alone.visits)
        self._starts = [self._start(visit) for visit in range(self._end)]
        self._serves: dict[tuple[int, int], Any] = {}
        self._worked: dict[int, list[Any]] = {}
        for index in range(len(alone.shifts)):
            self._add_run(index)
        for visit in range(self._end):
            self._model.add_exactly_one(lit for (one, _), lit in self._serves.items() if one == visit)
        for link in alone.links:
            self._add_link(link)
        self._add_weeks()

    def verdict(self, seconds: float, cancelled: Callable[[], bool] = _never) -> Verdict:
        """Solve the model and look at what it says."""
        status, found = self._solved(seconds, cancelled)
        if status == self._cp.INFEASIBLE:
            return Verdict.IMPOSSIBLE
        return Verdict.UNKNOWN if found is None else Verdict.POSSIBLE

    def routes(self, seconds: float) -> tuple[Route, ...] | None:
        """Solve the model and give routes that hold, or None."""
        return self._solved(seconds)[1]

    def _solved(
        self, seconds: float, cancelled: Callable[[], bool] = _never
    ) -> tuple[Any, tuple[Route, ...] | None]:
        from visitplan.solver.ortools_engine.limits import solve_watched

        solver = self._cp.CpSolver()
        solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to whoever called us
        solver.parameters.max_deterministic_time = seconds
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        status = solve_watched(solver, self._model, cancelled)
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return status, None
        return status, self._timed(solver)

    def _timed(self, solver: Any) -> tuple[Route, ...] | None:
        """Give the routes that were found if they hold with travel as it is at their own hours."""
        runs: dict[int, list[int]] = {}
        for visit in sorted(range(self._end), key=lambda v: solver.value(self._starts[v])):
            shift = next(s for (v, s), lit in self._serves.items() if v == visit and solver.value(lit))
            runs.setdefault(shift, []).append(visit)
        floors = {visit: solver.value(start) for visit, start in enumerate(self._starts)}
        timed = time_runs(self._problem, runs, floors)
        return time_runs(self._problem, runs) if timed is None else timed

    def _start(self, visit: int) -> Any:
        grid = self._problem.grid
        bounds = [
            [-(-window.earliest // grid), window.latest // grid]
            for window in self._problem.visits[visit].windows
        ]
        domain = self._cp.Domain.from_intervals([pair for pair in bounds if pair[0] <= pair[1]])
        return self._model.new_int_var_from_domain(domain, "") * grid

    def _add_run(self, index: int) -> None:
        """Add one shift: a ring through those visits it serves, or none."""
        problem, shift = self._problem, self._problem.shifts[index]
        able = [visit for visit in range(self._end) if problem.eligible.item(visit, index)]
        travel = best_travel(problem.travel[shift.mode], shift.start, shift.latest_return, problem.grid)
        depart, finish = (self._model.new_int_var(shift.start, shift.latest_return, "") for _ in range(2))
        serves = {visit: self._model.new_bool_var("") for visit in able}
        run = _Run(shift, travel, depart, finish, self._model.new_bool_var(""), serves)
        arcs = {
            (one, other): self._model.new_bool_var("")
            for one, other in permutations([*able, self._end], 2)
            if self._in_time(run, one, other)
        }
        ring = [(one, other, lit) for (one, other), lit in arcs.items()]
        ring.append((self._end, self._end, run.unused))
        ring.extend((visit, visit, ~lit) for visit, lit in serves.items())
        self._model.add_circuit(ring)
        self._serves.update({(visit, index): lit for visit, lit in serves.items()})
        self._add_times(run, arcs)

    def _ticks(self, run: _Run, one: int, other: int) -> int:
        """Give travel from one node to another; the last node is where the shift starts and ends."""
        origin = run.shift.start_place if one == self._end else self._problem.visits[one].place
        there = run.shift.end_place if other == self._end else self._problem.visits[other].place
        return int(run.travel.item(origin, there))

    def _in_time(self, run: _Run, one: int, other: int) -> bool:
        """Say whether any start of one visit lets the other follow it."""
        left = run.shift.start
        if one != self._end:
            asked = self._problem.visits[one]
            left = max(left, asked.windows[0].earliest) + asked.duration
        last = (
            run.shift.latest_return if other == self._end else self._problem.visits[other].windows[-1].latest
        )
        return left + self._ticks(run, one, other) <= last

    def _add_times(self, run: _Run, arcs: Mapping[tuple[int, int], Any]) -> None:
        """Add travel and the break of one run, and what it makes its member of staff work."""
        pause = self._add_break(run)
        for (one, other), lit in arcs.items():
            gap = self._time_at(run, other) - self._time_left(run, one)
            needed = self._ticks(run, one, other)
            self._model.add(gap >= needed).only_enforce_if(lit)
            if pause is not None:
                between = [lit, pause.before[other], ~pause.over_at[one]]
                self._model.add(gap >= needed + pause.duration).only_enforce_if(between)
        counted = self._model.new_int_var(0, run.shift.latest_return - run.shift.start, "")
        worked = run.finish - run.depart
        if pause is not None:
            inside = self._model.new_bool_var("")
            self._model.add_implication(inside, ~pause.over_at[self._end])
            self._model.add_implication(inside, pause.before[self._end])
            worked -= pause.duration * inside
        self._model.add(counted >= worked)
        self._model.add(run.finish == run.depart).only_enforce_if(run.unused)
        self._worked.setdefault(run.shift.staff, []).append(counted)

    def _time_left(self, run: _Run, node: int) -> Any:
        return run.depart if node == self._end else self._starts[node] + self._problem.visits[node].duration

    def _time_at(self, run: _Run, node: int) -> Any:
        return run.finish if node == self._end else self._starts[node]

    def _add_break(self, run: _Run) -> _Pause | None:
        """Add the break of one run, which no visit may overlap."""
        rule, shift = run.shift.pause, run.shift
        if rule is None:
            return None
        first = max(rule.earliest, shift.start)
        last = min(rule.latest, shift.latest_return) - rule.duration
        if last < first:
            self._model.add_bool_and([run.unused])
            return None
        begin = self._model.new_int_var(first, last, "")
        before = {node: self._model.new_bool_var("") for node in [*run.serves, self._end]}
        over_at = {**before, self._end: self._model.new_bool_var("")}
        for visit, serves in run.serves.items():
            over = before[visit]
            self._model.add(self._starts[visit] >= begin + rule.duration).only_enforce_if([serves, over])
            self._model.add(begin >= self._time_left(run, visit)).only_enforce_if([serves, ~over])
        self._model.add(run.depart >= begin + rule.duration).only_enforce_if(over_at[self._end])
        self._model.add(begin >= run.finish).only_enforce_if([~before[self._end], ~run.unused])
        return _Pause(rule.duration, before, over_at)

    def _add_link(self, link: Link) -> None:
        gap = self._starts[link.second] - self._starts[link.first]
        if link.lo is not None:
            self._model.add(gap >= link.lo)
        if link.hi is not None:
            self._model.add(gap <= link.hi)
        if link.staff is StaffRule.ANY:
            return
        for staff in dict.fromkeys(shift.staff for shift in self._problem.shifts):
            first, second = (self._served_by(visit, staff) for visit in (link.first, link.second))
            if link.staff is StaffRule.SAME:
                self._model.add(first == second)
            else:
                self._model.add(first + second <= 1)

    def _served_by(self, visit: int, staff: int) -> Any:
        return sum(
            lit
            for (one, shift), lit in self._serves.items()
            if one == visit and self._problem.shifts[shift].staff == staff
        )

    def _add_weeks(self) -> None:
        for staff, worked in self._worked.items():
            limit = self._problem.week_limits[staff] if self._problem.week_limits else None
            if limit is not None:
                self._model.add(sum(worked) <= limit)
