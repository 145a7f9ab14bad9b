"""Whether a visit or a group could be served at all, if nobody else were there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import permutations
from typing import TYPE_CHECKING, Any

import numpy as np

from visitplan.solver.arithmetic import best_travel
from visitplan.solver.problem import RoutingProblem, Shift, StaffRule
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.solver.problem import Link


class Verdict(StrEnum):
    """What a proof has come to."""

    IMPOSSIBLE = "impossible"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


def prove_unservable(problem: RoutingProblem, unit: Sequence[int], seconds: float = 10.0) -> Verdict:
    """Say whether a unit could be served at all in an otherwise empty plan.

    Parameters
    ----------
    problem
        Windows, links and staff rules among the unit's visits, travel, shift spans, breaks and week limits
        count; everything about visits outside the unit is left aside.
    unit
        One visit, or the members of one group.
    seconds
        The most wall time CP-SAT may take.

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
    return _Proof(alone).verdict(seconds)


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
    """The variables of one shift: arcs between the members and its two ends (both are the last node)."""

    shift: Shift
    arcs: Mapping[tuple[int, int], Any]
    depart: Any
    finish: Any


class _Proof:
    """A CP-SAT model of one unit alone, with travel that no hour of the day can undercut."""

    def __init__(self, alone: RoutingProblem) -> None:
        from ortools.sat.python import cp_model

        self._cp = cp_model
        self._problem = alone
        self._model: Any = cp_model.CpModel()
        self._end = len(alone.visits)
        self._starts = [self._start(visit) for visit in range(self._end)]
        self._serves: dict[tuple[int, int], Any] = {}
        self._worked: dict[int, list[Any]] = {}
        self._runs = [self._add_run(index) for index in range(len(alone.shifts))]
        for visit in range(self._end):
            self._model.add_exactly_one(lit for (one, _), lit in self._serves.items() if one == visit)
        for link in alone.links:
            self._add_link(link)
        self._add_weeks()

    def verdict(self, seconds: float) -> Verdict:
        """Solve the model and look at what it says."""
        solver = self._cp.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 1
        status = solver.solve(self._model)
        if status == self._cp.INFEASIBLE:
            return Verdict.IMPOSSIBLE
        if status not in (self._cp.OPTIMAL, self._cp.FEASIBLE):
            return Verdict.UNKNOWN
        return Verdict.POSSIBLE if self._holds(solver) else Verdict.UNKNOWN

    def _holds(self, solver: Any) -> bool:
        """Say whether the routes that were found hold with travel as it is at their own hours."""
        runs: dict[int, list[int]] = {}
        for visit in sorted(range(self._end), key=lambda v: solver.value(self._starts[v])):
            shift = next(s for (v, s), lit in self._serves.items() if v == visit and solver.value(lit))
            runs.setdefault(shift, []).append(visit)
        floors = {visit: solver.value(start) for visit, start in enumerate(self._starts)}
        return (
            time_runs(self._problem, runs, floors) is not None or time_runs(self._problem, runs) is not None
        )

    def _start(self, visit: int) -> Any:
        grid = self._problem.grid
        bounds = [
            [-(-window.earliest // grid), window.latest // grid]
            for window in self._problem.visits[visit].windows
        ]
        domain = self._cp.Domain.from_intervals([pair for pair in bounds if pair[0] <= pair[1]])
        return self._model.new_int_var_from_domain(domain, "") * grid

    def _add_run(self, index: int) -> _Run:
        """Add one shift: a ring through those members it serves, or none."""
        problem, shift = self._problem, self._problem.shifts[index]
        able = [visit for visit in range(self._end) if problem.eligible.item(visit, index)]
        arcs = {
            (one, other): self._model.new_bool_var("") for one, other in permutations([*able, self._end], 2)
        }
        unused = self._model.new_bool_var("")
        ring = [(one, other, lit) for (one, other), lit in arcs.items()]
        ring.append((self._end, self._end, unused))
        for visit in able:
            serves = self._model.new_bool_var("")
            self._serves[visit, index] = serves
            ring.append((visit, visit, ~serves))
        self._model.add_circuit(ring)
        depart, finish = (self._model.new_int_var(shift.start, shift.latest_return, "") for _ in range(2))
        run = _Run(shift, arcs, depart, finish)
        self._add_times(run, unused)
        return run

    def _add_times(self, run: _Run, unused: Any) -> None:
        """Add travel and the break of one run, and what it makes its member of staff work."""
        shift = run.shift
        ticks = best_travel(
            self._problem.travel[shift.mode], shift.start, shift.latest_return, self._problem.grid
        )
        rests = self._add_break(run, unused)
        for (one, other), lit in run.arcs.items():
            there = shift.end_place if other == self._end else self._problem.visits[other].place
            origin = shift.start_place if one == self._end else self._problem.visits[one].place
            needed = ticks.item(origin, there) + (rests[one, other] if rests else 0)
            self._model.add(self._time_at(run, other) >= self._time_left(run, one) + needed).only_enforce_if(
                lit
            )
        worked = run.finish - run.depart - sum(rests.values())
        counted = self._model.new_int_var(0, shift.latest_return - shift.start, "")
        self._model.add(counted >= worked)
        self._model.add(run.finish == run.depart).only_enforce_if(unused)
        self._worked.setdefault(shift.staff, []).append(counted)

    def _time_left(self, run: _Run, node: int) -> Any:
        return run.depart if node == self._end else self._starts[node] + self._problem.visits[node].duration

    def _time_at(self, run: _Run, node: int) -> Any:
        return run.finish if node == self._end else self._starts[node]

    def _add_break(self, run: _Run, unused: Any) -> dict[tuple[int, int], Any]:
        """Give, for each arc, the ticks of break taken on it (0 or all of them); empty without a break."""
        pause, shift = run.shift.pause, run.shift
        if pause is None:
            return {}
        first, last = (
            max(pause.earliest, shift.start),
            min(pause.latest, shift.latest_return) - pause.duration,
        )
        if last < first:
            self._model.add_bool_and([unused])
            return dict.fromkeys(run.arcs, 0)
        begin = self._model.new_int_var(first, last, "")
        before, after = self._model.new_bool_var(""), self._model.new_bool_var("")
        self._model.add(run.depart >= begin + pause.duration).only_enforce_if(before)
        self._model.add(begin >= run.finish).only_enforce_if(after)
        taken = [before, after, unused]
        rests: dict[tuple[int, int], Any] = {}
        for arc, lit in run.arcs.items():
            here = self._model.new_bool_var("")
            self._model.add_implication(here, lit)
            self._model.add(begin >= self._time_left(run, arc[0])).only_enforce_if(here)
            self._model.add(self._time_at(run, arc[1]) >= begin + pause.duration).only_enforce_if(here)
            taken.append(here)
            rests[arc] = here * pause.duration
        self._model.add_bool_or(taken)
        return rests

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
