"""A complete plan at once: units in order of difficulty, each where it costs least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from visitplan.solver.closing import pause_position
from visitplan.solver.evaluation import solution_of, violations
from visitplan.solver.insertion import Inserter
from visitplan.solver.options import Progress, SolveOptions
from visitplan.solver.patience import Patience
from visitplan.solver.solution import Stop
from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution

_VICTIMS = 12
"""How many units are tried to make room for one that does not fit."""

_MOST_EJECTIONS = 300
"""How many units are taken out on trial in all."""

_PATIENCE_SECONDS = 0.15
"""How long the first round goes on once cancelled: enough for some hundred visits."""


def greedy(problem: RoutingProblem, options: SolveOptions | None = None) -> RoutingSolution:
    """Give a complete plan within milliseconds (a second for some hundred visits).

    What is valid of ``options.initial`` is kept, but for units moved elsewhere to make room. Then the units
    that are hardest to place come first, each at its cheapest place; ``max_late_cost`` is not looked at. A
    visit is left out only where no place was found for it, not even after taking out one other unit and
    putting that elsewhere, or where serving it costs more than leaving it out. Only ``options.cancelled``
    cuts the first round short, and not at once; a time limit of nothing still gives its plan. The same
    problem and options give the same plan; ``options.seed`` is not used.
    """
    return Greedy(problem, options or SolveOptions()).run()


solve = greedy


class Greedy:
    """One greedy construction."""

    def __init__(self, problem: RoutingProblem, options: SolveOptions) -> None:
        self._problem = problem
        self._options = options
        self._began = options.clock()
        self._table = Timetable(problem)
        self._inserter = Inserter(self._table)
        self._room = _room(problem)
        self._steps = 0
        self._stop: Stop | None = None
        self._patience = Patience(options.cancelled, options.clock, _PATIENCE_SECONDS)

    def run(self) -> RoutingSolution:
        """Give the plan."""
        keep_initial(self._table, self._options.initial)
        left = self._place(sorted(self._unserved_units(), key=self._difficulty))
        self._check_time()
        left = self._place(left)
        self._make_room(sorted(left, key=lambda unit: (-self._penalty(unit), unit)))
        seconds = self._options.clock() - self._began
        routes = self._table.routes()
        stop = self._stop or (Stop.CANCELLED if self._options.cancelled() else Stop.EXHAUSTED)
        solution = solution_of(self._problem, routes, stop, self._steps, seconds)
        if self._options.on_progress is not None:
            left_over = None if self._options.time_limit is None else self._options.time_limit - seconds
            self._options.on_progress(
                Progress(
                    "first plan",
                    seconds,
                    left_over,
                    self._steps,
                    solution.cost.total,
                    len(solution.unassigned),
                )
            )
        return solution

    def _unserved_units(self) -> list[tuple[int, ...]]:
        return [unit for unit in self._problem.units if self._table.shift_of[unit[0]] < 0]

    def _place(self, units: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
        """Insert units in order; give those that found no place."""
        left = []
        for unit in units:
            if self._stopped(self._patience) or not self._inserter.insert_unit(unit, self._penalty(unit)):
                left.append(unit)
            self._table.commit()
        return left

    def _stopped(self, cancelled: Callable[[], bool]) -> bool:
        """Say whether to stop; count a step if not."""
        if self._stop is None and cancelled():
            self._stop = Stop.CANCELLED
        self._steps += self._stop is None
        return self._stop is not None

    def _check_time(self) -> None:
        """Stop where the time is up. The first round is never cut short by it: there is always a plan."""
        limit = self._options.time_limit
        if self._stop is None and limit is not None and self._options.clock() - self._began > limit:
            self._stop = Stop.TIME

    def _penalty(self, unit: Sequence[int]) -> int:
        return sum(self._problem.visits[visit].unassigned_cost for visit in unit)

    def _difficulty(self, unit: tuple[int, ...]) -> tuple[int, int, tuple[int, ...]]:
        """Give a key that puts first what has little room for its size and the cost of leaving it out."""
        room = min(self._room[visit] for visit in unit)
        penalty = self._penalty(unit)
        worth = max(1, penalty) * len(unit)
        return room * 1_000_000 // worth, -penalty, unit

    # --- making room ------------------------------------------------------------------------------------

    def _make_room(self, units: Sequence[tuple[int, ...]]) -> None:
        """Take one other unit out for each that does not fit, and put it elsewhere, where that pays."""
        trials = 0
        for unit in units:
            for victim in self._victims(unit):
                self._check_time()
                if trials >= _MOST_EJECTIONS or self._stopped(self._options.cancelled):
                    return
                trials += 1
                if self._swap(unit, victim):
                    break

    def _victims(self, unit: Sequence[int]) -> list[tuple[int, ...]]:
        """Give the units in the way of this one, those with most room elsewhere first."""
        found: dict[tuple[int, ...], int] = {}
        for visit in unit:
            first, last = self._table.windows[visit][0][0], self._table.windows[visit][-1][1]
            last += self._table.durations[visit]
            for shift in self._inserter.eligible(visit):
                for other in self._table.runs[shift]:
                    start = self._table.starts[other]
                    if start <= last and start + self._table.durations[other] >= first:
                        victim = self._unit_of(other)
                        found[victim] = min(self._room[member] for member in victim)
        return sorted(found, key=lambda victim: (len(victim), -found[victim], victim))[:_VICTIMS]

    def _unit_of(self, visit: int) -> tuple[int, ...]:
        group = self._problem.group_of[visit]
        return (visit,) if group < 0 else self._problem.groups[group]

    def _swap(self, unit: Sequence[int], victim: Sequence[int]) -> bool:
        """Serve a unit, and the victim elsewhere if it fits; False, and no change, if that is no gain."""
        table, mark = self._table, self._table.mark()
        before = table.cost + self._penalty(unit)
        shifts = {table.shift_of[visit] for visit in victim} if len(unit) == 1 else None
        if table.remove(victim) and self._inserter.insert_unit(unit, self._penalty(unit), shifts):
            back = self._inserter.insert_unit(victim, self._penalty(victim))
            if table.cost + (0 if back else self._penalty(victim)) < before:
                table.commit()
                return True
        table.rollback(mark)
        return False


def _room(problem: RoutingProblem) -> list[int]:
    """Give, for each visit, over how many ticks of eligible shifts its windows spread."""
    starts = np.array([shift.start for shift in problem.shifts], dtype=np.int64)
    ends = np.array([shift.latest_return for shift in problem.shifts], dtype=np.int64)
    room = []
    for index, visit in enumerate(problem.visits):
        able = problem.eligible[index]
        total = 0
        for window in visit.windows:
            overlap = np.minimum(ends[able] - visit.duration, window.latest) - np.maximum(
                starts[able], window.earliest
            )
            total += int(np.maximum(overlap + 1, 0).sum())
        room.append(total)
    return room


# --- starting from a plan -------------------------------------------------------------------------------


def keep_initial(table: Timetable, routes: Sequence[Route]) -> None:
    """Load what is valid of a plan into an empty timetable.

    A plan without fault is kept to the minute. Of any other, the units whose rules hold are kept in their
    shifts and order, the rest is left out.
    """
    if not routes:
        return
    if not violations(table.problem, routes) and table.rewrite(
        {route.shift: route.visits for route in routes},
        {visit: start for route in routes for visit, start in zip(route.visits, route.starts, strict=True)},
        {route.shift: pause_position(table.problem, route) for route in routes},
    ):
        table.commit()
        return
    wanted = _wanted(table.problem, routes)
    for unit in table.problem.units:
        if all(visit in wanted for visit in unit):
            mark = table.mark()
            if not all(_append(table, visit, wanted) for visit in unit):
                table.rollback(mark)
            table.commit()


def _wanted(problem: RoutingProblem, routes: Sequence[Route]) -> dict[int, tuple[int, int]]:
    """Give, for each visit a plan serves by an eligible shift, that shift and its rank in the run."""
    wanted: dict[int, tuple[int, int]] = {}
    for route in routes:
        if not 0 <= route.shift < len(problem.shifts):
            continue
        for rank, visit in enumerate(route.visits):
            known = 0 <= visit < len(problem.visits)
            if known and visit not in wanted and problem.eligible.item(visit, route.shift):
                wanted[visit] = (route.shift, rank)
    return wanted


def _append(table: Timetable, visit: int, wanted: dict[int, tuple[int, int]]) -> bool:
    """Insert a visit where the plan has it, after those of its run that come before it there."""
    shift, rank = wanted[visit]
    position = sum(wanted[other][1] < rank for other in table.runs[shift])
    return table.insert(visit, shift, position)
