"""A piece of the plan as a CP-SAT model: some visits loose, the others kept in their runs and their order.

The model is exact but for travel with time factors, which takes as long as in the worst hour of the shift,
and for the largest lateness of any one visit, which has no cost. With every visit loose and no time factors,
its bound is a bound of the problem.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from visitplan.solver.arithmetic import worst_travel
from visitplan.solver.closing import pause_position
from visitplan.solver.ortools_engine.found import Found
from visitplan.solver.ortools_engine.limits import solve_watched
from visitplan.solver.problem import Break, Shift, StaffRule
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visitplan.solver.ortools_engine.pieces import Piece
    from visitplan.solver.problem import Link, Visit

_DEPOT = -1
"""Stands for the start place before, and the end place after, the visits of a run."""


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


@dataclass(slots=True)
class _Run:
    """The variables of one shift."""

    shift: Shift
    travel: NDArray[np.int32]
    arcs: dict[tuple[int, int], cp_model.IntVar]
    used: cp_model.IntVar
    depart: cp_model.IntVar
    finish: cp_model.IntVar
    pause: _Pause | None
    route: Route | None


@dataclass(slots=True)
class _Pause:
    """The break of a shift: when it begins, and whether it is over before departure and before return."""

    rule: Break
    begin: cp_model.IntVar
    before_departure: cp_model.IntVar
    before_return: cp_model.IntVar


class _Translation:
    """The model of one piece."""

    def __init__(self, piece: Piece, loose: frozenset[int]) -> None:
        self.piece = piece
        self.problem = piece.problem
        self.loose = loose
        self.model = cp_model.CpModel()
        self.steps = [self._step_variable(visit) for visit in self.problem.visits]
        self.starts = [self.problem.grid * step for step in self.steps]
        self.paused = [self.model.new_bool_var("") for _ in self.problem.visits]
        self.on: dict[tuple[int, int], cp_model.IntVar] = {}
        self.costs: list[cp_model.LinearExprT] = []
        self.served_in = {visit: route.shift for route in piece.routes for visit in route.visits}
        routes = {route.shift: route for route in piece.routes}
        self.runs = [
            self._make_run(vehicle, routes.get(vehicle)) for vehicle in range(len(self.problem.shifts))
        ]
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

    # -- runs ----------------------------------------------------------------------------------------------

    def _make_run(self, vehicle: int, route: Route | None) -> _Run:
        shift = self.problem.shifts[vehicle]
        travel = worst_travel(
            self.problem.travel[shift.mode], shift.start, shift.latest_return, self.problem.grid
        )
        span = (shift.start, shift.latest_return)
        run = _Run(
            shift=shift,
            travel=travel,
            arcs={},
            used=self.model.new_bool_var(""),
            depart=self.model.new_int_var(*span, ""),
            finish=self.model.new_int_var(*span, ""),
            pause=self._make_pause(shift),
            route=route,
        )
        for tail, head in self._possible_arcs(vehicle, run):
            run.arcs[tail, head] = self.model.new_bool_var("")
        self._add_circuit(vehicle, run)
        for arc in run.arcs:
            self._add_leg(run, *arc)
        self._add_pause(vehicle, run)
        self._add_run_costs(vehicle, run)
        self._hint_run(run)
        return run

    def _possible_arcs(self, vehicle: int, run: _Run) -> Iterator[tuple[int, int]]:
        """Give the legs a shift may drive: any to and from loose visits, and those between its kept ones."""
        kept = [visit for visit in (run.route.visits if run.route else ()) if visit not in self.loose]
        stops = [_DEPOT, *kept, _DEPOT]
        if kept:
            yield from pairwise(stops)
        able = [visit for visit in sorted(self.loose) if self.problem.eligible[visit, vehicle]]
        for visit in able:
            for stop in {*kept, _DEPOT}:
                if self._in_time(run, stop, visit):
                    yield stop, visit
                if self._in_time(run, visit, stop):
                    yield visit, stop
            yield from (
                (visit, other) for other in able if other != visit and self._in_time(run, visit, other)
            )

    def _in_time(self, run: _Run, tail: int, head: int) -> bool:
        """Say whether the earliest end of one visit lets the other start in time."""
        visits, shift = self.problem.visits, run.shift
        ready = shift.start
        if tail != _DEPOT:
            from_start = shift.start + self._ticks(run, _DEPOT, tail)
            ready = max(visits[tail].windows[0].earliest, from_start) + visits[tail].duration
        due = shift.latest_return
        if head != _DEPOT:
            home = self._ticks(run, head, _DEPOT) + visits[head].duration
            due = min(visits[head].windows[-1].latest, shift.latest_return - home)
        return ready + self._ticks(run, tail, head) <= due

    def _ticks(self, run: _Run, tail: int, head: int) -> int:
        return int(run.travel[self._leg_places(run.shift, tail, head)])

    def _leg_places(self, shift: Shift, tail: int, head: int) -> tuple[int, int]:
        visits = self.problem.visits
        return (
            shift.start_place if tail == _DEPOT else visits[tail].place,
            shift.end_place if head == _DEPOT else visits[head].place,
        )

    def _add_circuit(self, vehicle: int, run: _Run) -> None:
        """Make the chosen legs one round from the start place to the end place."""
        stops = sorted({stop for arc in run.arcs for stop in arc} | {_DEPOT})
        number = {stop: index for index, stop in enumerate(stops)}
        arcs: list[cp_model.ArcT] = [(0, 0, ~run.used)]
        arcs += [(number[tail], number[head], literal) for (tail, head), literal in run.arcs.items()]
        for visit in stops[1:]:
            if visit in self.loose:
                self.on[visit, vehicle] = self.model.new_bool_var("")
                arcs.append((number[visit], number[visit], ~self.on[visit, vehicle]))
            else:
                self.on[visit, vehicle] = self.model.new_constant(1)
        self.model.add_circuit(arcs)

    def _add_leg(self, run: _Run, tail: int, head: int) -> None:
        """Where a leg is driven, leave time for it, and for the break if it is over on its far side only."""
        ticks = self._ticks(run, tail, head)
        away = run.depart if tail == _DEPOT else self._end(tail)
        there = run.finish if head == _DEPOT else self.starts[head]
        literal = run.arcs[tail, head]
        if run.pause is None:
            self.model.add(there >= away + ticks).only_enforce_if(literal)
            return
        over_before = run.pause.before_departure if tail == _DEPOT else self.paused[tail]
        over_after = run.pause.before_return if head == _DEPOT else self.paused[head]
        taken = run.pause.rule.duration * (over_after - over_before)
        self.model.add(there >= away + ticks + taken).only_enforce_if(literal)
        self.model.add_implication(over_before, over_after).only_enforce_if(literal)

    def _end(self, visit: int) -> cp_model.LinearExpr:
        return self.starts[visit] + self.problem.visits[visit].duration

    # -- breaks --------------------------------------------------------------------------------------------

    def _make_pause(self, shift: Shift) -> _Pause | None:
        rule = shift.pause
        if rule is None:
            return None
        earliest = max(rule.earliest, shift.start)
        latest = min(rule.latest, shift.latest_return) - rule.duration
        begin = self.model.new_int_var(min(earliest, latest), latest, "")
        return _Pause(rule, begin, self.model.new_bool_var(""), self.model.new_bool_var(""))

    def _add_pause(self, vehicle: int, run: _Run) -> None:
        """Keep the break clear of visits, and wholly before or after departure and return."""
        if run.pause is None:
            return
        earliest = max(run.pause.rule.earliest, run.shift.start)
        self.model.add(run.pause.begin >= earliest).only_enforce_if(run.used)
        over = run.pause.begin + run.pause.rule.duration
        marks: list[tuple[cp_model.LinearExpr, cp_model.LinearExpr, cp_model.IntVar, cp_model.IntVar]] = [
            (run.depart, run.depart, run.pause.before_departure, run.used),
            (run.finish, run.finish, run.pause.before_return, run.used),
        ]
        marks += [
            (self.starts[visit], self._end(visit), self.paused[visit], here)
            for (visit, at), here in self.on.items()
            if at == vehicle
        ]
        for start, end, taken, here in marks:
            self.model.add(start >= over).only_enforce_if(here, taken)
            self.model.add(end <= run.pause.begin).only_enforce_if(here, ~taken)

    # -- costs of a run ------------------------------------------------------------------------------------

    def _add_run_costs(self, vehicle: int, run: _Run) -> None:
        """Charge use, travel, who serves whom, overtime and waiting."""
        shift = run.shift
        cost = self.problem.travel[shift.mode].cost
        self.costs.append(shift.use_cost * run.used)
        self.costs.extend(
            int(cost[self._leg_places(shift, *arc)]) * literal for arc, literal in run.arcs.items()
        )
        here = [(visit, on) for (visit, at), on in self.on.items() if at == vehicle]
        self.costs.extend(int(self.problem.assignment_cost[visit, vehicle]) * on for visit, on in here)
        self.model.add(run.depart <= run.finish)
        self.model.add(run.depart == run.finish).only_enforce_if(~run.used)
        self._add_overtime(run)
        if shift.waiting_cost:
            busy = cp_model.LinearExpr.sum(
                [self.problem.visits[visit].duration * on for visit, on in here]
                + [self._ticks(run, *arc) * literal for arc, literal in run.arcs.items()]
            )
            self.costs.append(shift.waiting_cost * (self._hours(run) - busy))

    def _hours(self, run: _Run) -> cp_model.LinearExpr:
        """Give the ticks from departure to return, less a break that lies between them; 0 if unused."""
        hours = run.finish - run.depart
        if run.pause is None:
            return hours
        inside = self.model.new_bool_var("")
        taken = run.pause.before_return - run.pause.before_departure
        self.model.add(inside == taken).only_enforce_if(run.used)
        self.model.add(inside == 0).only_enforce_if(~run.used)
        if run.route is not None:
            self.model.add_hint(inside, run.route.depart <= _pause_at(run.route) < run.route.finish)
        return hours - run.pause.rule.duration * inside

    def _add_overtime(self, run: _Run) -> None:
        shift = run.shift
        if shift.max_overtime and shift.overtime_cost:
            over = self.model.new_int_var(0, shift.max_overtime, "")
            self.model.add(over >= run.finish - shift.end).only_enforce_if(run.used)
            self.costs.append(shift.overtime_cost * over)
            self.model.add_hint(over, max(0, run.route.finish - shift.end) if run.route else 0)

    # -- visits --------------------------------------------------------------------------------------------

    def _step_variable(self, visit: Visit) -> cp_model.IntVar:
        """Give the start of a visit, counted in steps of the grid, in one of its windows."""
        grid = self.problem.grid
        steps = [[-(-window.earliest // grid), window.latest // grid] for window in visit.windows]
        domain = cp_model.Domain.from_intervals([span for span in steps if span[0] <= span[1]])
        return self.model.new_int_var_from_domain(domain, "")

    def _served_variable(self, visit: int) -> cp_model.IntVar:
        served = self.model.new_bool_var("")
        self.model.add(sum(on for (v, _), on in self.on.items() if v == visit) == served)
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
            [
                self.on[visit, vehicle]
                for vehicle, shift in enumerate(self.problem.shifts)
                if shift.staff == staff and (visit, vehicle) in self.on
            ]
        )

    def _add_week_limits(self) -> None:
        for staff, limit in enumerate(self.problem.week_limits):
            runs = [run for run in self.runs if run.shift.staff == staff]
            if limit is not None and runs:
                self.model.add(sum(self._hours(run) for run in runs) <= limit)

    # -- the plan at hand, as a hint -----------------------------------------------------------------------

    def _hint_run(self, run: _Run) -> None:
        route = run.route
        self.model.add_hint(run.used, route is not None)
        stops = [_DEPOT, *route.visits, _DEPOT] if route else []
        legs = set(pairwise(stops))
        for arc, literal in run.arcs.items():
            self.model.add_hint(literal, arc in legs)
        if route is None:
            return
        self.model.add_hint(run.depart, route.depart)
        self.model.add_hint(run.finish, route.finish)
        if run.pause is not None and route.break_start is not None:
            self._hint_pause(run.pause, route)

    def _hint_pause(self, pause: _Pause, route: Route) -> None:
        before = pause_position(self.problem, route)
        self.model.add_hint(pause.begin, _pause_at(route))
        self.model.add_hint(pause.before_departure, _pause_at(route) < route.depart)
        self.model.add_hint(pause.before_return, _pause_at(route) < route.finish)
        for position, visit in enumerate(route.visits):
            self.model.add_hint(self.paused[visit], position >= before)

    def _hint_starts(self) -> None:
        grid = self.problem.grid
        for route in self.piece.routes:
            for visit, start in zip(route.visits, route.starts, strict=True):
                self.model.add_hint(self.steps[visit], start // grid)
        for (visit, vehicle), on in self.on.items():
            if visit in self.loose:
                self.model.add_hint(on, self.served_in.get(visit) == vehicle)

    # -- the answer ----------------------------------------------------------------------------------------

    def read(self, solver: cp_model.CpSolver) -> Iterator[Found]:
        """Give the run of every shift that is used."""
        for vehicle, run in enumerate(self.runs):
            follows = dict(arc for arc, literal in run.arcs.items() if solver.boolean_value(literal))
            visits: list[int] = []
            stop = follows.get(_DEPOT, _DEPOT)
            while stop != _DEPOT:
                visits.append(stop)
                stop = follows[stop]
            if visits:
                starts = tuple(solver.value(self.starts[visit]) for visit in visits)
                begin = None if run.pause is None else solver.value(run.pause.begin)
                yield Found(vehicle, tuple(visits), starts, begin)


def _pause_at(route: Route) -> int:
    return route.depart if route.break_start is None else route.break_start


def _most_early(visit: Visit) -> int:
    return max(max(0, window.preferred[0] - window.earliest) for window in visit.windows)


def _most_late(visit: Visit) -> int:
    return max(max(0, window.latest - window.preferred[1]) for window in visit.windows)
