"""A piece of the plan as a CP-SAT model: some visits loose, the others kept in their runs and their order.

The model is exact but for travel with time factors, which takes as long as in the worst hour of the shift,
and for the largest lateness of any one visit, which has no cost. With every visit loose and no time factors,
its bound is a bound of the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from visitplan.solver.ortools_engine.found import Found
from visitplan.solver.ortools_engine.limits import solve_watched
from visitplan.solver.ortools_engine.run_model import RunModel, Shared
from visitplan.solver.problem import StaffRule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import Link, Visit


@dataclass(frozen=True, slots=True)
class Effort:
    """How long CP-SAT may work: wall seconds (None: no limit), its own deterministic seconds, cores, seed."""

    seconds: float | None
    deterministic: float
    workers: int
    seed: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The best plan CP-SAT found for a piece (None if none), and the bound it proved for its cost."""

    found: tuple[Found, ...] | None
    bound: int | None


def improve(
    piece: Piece, loose: frozenset[int], effort: Effort, cancelled: Callable[[], bool] = lambda: False
) -> Answer:
    """Search for a better plan of a piece in which only the loose visits change run or order.

    Parameters
    ----------
    piece
        The free part of the plan.
    loose
        Visits of the piece that may go anywhere or be left out. Those not served must be among them; all
        others stay in their runs, in their order, but may change their starts.
    effort, cancelled
        When to stop.
    """
    model = _Translation(piece, loose)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to whoever called us
    solver.parameters.num_workers = effort.workers
    solver.parameters.random_seed = effort.seed
    solver.parameters.linearization_level = 2
    solver.parameters.cp_model_probing_level = 0  # longer than many of these small searches themselves
    solver.parameters.max_deterministic_time = effort.deterministic
    if effort.seconds is not None:
        solver.parameters.max_time_in_seconds = max(effort.seconds, 0.01)
    status = solve_watched(solver, model.model, cancelled)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, None)
    return Answer(tuple(model.read(solver)), ceil(solver.best_objective_bound - 1e-6))


class _Translation:
    """The model of one piece."""

    def __init__(self, piece: Piece, loose: frozenset[int]) -> None:
        self.piece = piece
        self.problem = piece.problem
        self.loose = loose
        self.model = cp_model.CpModel()
        self.steps = [self._step_variable(visit) for visit in self.problem.visits]
        self.starts = [self.problem.grid * step for step in self.steps]
        shared = Shared(
            model=self.model,
            problem=self.problem,
            loose=loose,
            starts=self.starts,
            paused=[self.model.new_bool_var("") for _ in self.problem.visits],
        )
        routes = {route.shift: route for route in piece.routes}
        self.runs = [
            RunModel(shared, vehicle, routes.get(vehicle)) for vehicle in range(len(self.problem.shifts))
        ]
        self.costs = [cost for run in self.runs for cost in run.costs]
        self.served_in = {visit: route.shift for route in piece.routes for visit in route.visits}
        self.served = [self._served_variable(visit) for visit in range(len(self.problem.visits))]
        for add in (
            self._add_windows,
            self._add_unassigned,
            self._add_groups,
            self._add_links,
            self._add_week_limits,
        ):
            add()
        self._hint_starts()
        self.model.minimize(cp_model.LinearExpr.sum(self.costs))

    # -- visits --------------------------------------------------------------------------------------------

    def _step_variable(self, visit: Visit) -> cp_model.IntVar:
        """Give the start of a visit, counted in steps of the grid, in one of its windows."""
        grid = self.problem.grid
        steps = [[-(-window.earliest // grid), window.latest // grid] for window in visit.windows]
        domain = cp_model.Domain.from_intervals([span for span in steps if span[0] <= span[1]])
        return self.model.new_int_var_from_domain(domain, "")

    def _served_variable(self, visit: int) -> cp_model.IntVar:
        served = self.model.new_bool_var("")
        self.model.add(sum(run.on[visit] for run in self.runs if visit in run.on) == served)
        self.model.add_hint(served, visit in self.served_in)
        if visit in self.piece.required:
            self.model.add(served == 1)
        return served

    def _add_windows(self) -> None:
        """Charge the window a visit starts in, and starts before or after its preferred part."""
        for index, visit in enumerate(self.problem.visits):
            if any(window.cost for window in visit.windows) or visit.early_cost or visit.late_cost:
                self._add_window_costs(index, visit)

    def _add_window_costs(self, index: int, visit: Visit) -> None:
        chosen = [self.model.new_bool_var("") for _ in visit.windows]
        self.model.add_exactly_one([*chosen, ~self.served[index]])
        early = self.model.new_int_var(0, _most_early(visit), "")
        late = self.model.new_int_var(0, _most_late(visit), "")
        start = self.starts[index]
        for window, literal in zip(visit.windows, chosen, strict=True):
            self.model.add(start >= window.earliest).only_enforce_if(literal)
            self.model.add(start <= window.latest).only_enforce_if(literal)
            if visit.early_cost:
                self.model.add(early >= window.preferred[0] - start).only_enforce_if(literal)
            if visit.late_cost:
                self.model.add(late >= start - window.preferred[1]).only_enforce_if(literal)
            self.costs.append(window.cost * literal)
        self.costs += [visit.early_cost * early, visit.late_cost * late]

    def _add_unassigned(self) -> None:
        for visit, served in zip(self.problem.visits, self.served, strict=True):
            self.costs.append(visit.unassigned_cost * (1 - served))

    # -- rules between visits and between shifts -----------------------------------------------------------

    def _add_groups(self) -> None:
        """Serve all members of a group or none."""
        for group in self.problem.groups:
            for member in group[1:]:
                self.model.add(self.served[member] == self.served[group[0]])

    def _add_links(self) -> None:
        for link in self.problem.links:
            both = (self.served[link.first], self.served[link.second])
            gap = self.starts[link.second] - self.starts[link.first]
            if link.lo is not None:
                self.model.add(gap >= link.lo).only_enforce_if(*both)
            if link.hi is not None:
                self.model.add(gap <= link.hi).only_enforce_if(*both)
            if link.staff != StaffRule.ANY:
                self._add_staff_rule(link, both)

    def _add_staff_rule(self, link: Link, both: tuple[cp_model.IntVar, cp_model.IntVar]) -> None:
        for staff in sorted({shift.staff for shift in self.problem.shifts}):
            first, second = self._given_to(link.first, staff), self._given_to(link.second, staff)
            if link.staff == StaffRule.DISTINCT:
                self.model.add(first + second <= 1)
            else:
                self.model.add(first == second).only_enforce_if(*both)

    def _given_to(self, visit: int, staff: int) -> cp_model.LinearExpr:
        return cp_model.LinearExpr.sum(
            [run.on[visit] for run in self.runs if run.shift.staff == staff and visit in run.on]
        )

    def _add_week_limits(self) -> None:
        for staff, limit in enumerate(self.problem.week_limits):
            runs = [run for run in self.runs if run.shift.staff == staff]
            if limit is not None and runs:
                self.model.add(sum(run.hours() for run in runs) <= limit)

    # -- the plan at hand, as a hint -----------------------------------------------------------------------

    def _hint_starts(self) -> None:
        grid = self.problem.grid
        for route in self.piece.routes:
            for visit, start in zip(route.visits, route.starts, strict=True):
                self.model.add_hint(self.steps[visit], start // grid)
        for run in self.runs:
            for visit, on in run.on.items():
                if visit in self.loose:
                    self.model.add_hint(on, self.served_in.get(visit) == run.vehicle)

    # -- the answer ----------------------------------------------------------------------------------------

    def read(self, solver: cp_model.CpSolver) -> Iterator[Found]:
        """Give the run of every shift that is used."""
        for run in self.runs:
            visits = tuple(run.visits(solver))
            if visits:
                starts = tuple(solver.value(self.starts[visit]) for visit in visits)
                begin = None if run.pause is None else solver.value(run.pause.begin)
                yield Found(run.vehicle, visits, starts, begin)


def _most_early(visit: Visit) -> int:
    return max(max(0, window.preferred[0] - window.earliest) for window in visit.windows)


def _most_late(visit: Visit) -> int:
    return max(max(0, window.latest - window.preferred[1]) for window in visit.windows)
