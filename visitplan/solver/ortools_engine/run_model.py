"""One shift in the CP-SAT model of a piece: its legs, its times, its break and what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from visitplan.solver.arithmetic import worst_travel
from visitplan.solver.closing import pause_position
from visitplan.solver.problem import Break, RoutingProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.solver.solution import Route

DEPOT = -1
"""Stands for the start place before, and the end place after, the visits of a run."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What the runs of one model share.

    Attributes
    ----------
    model, problem
        The CP-SAT model, and the piece it is of.
    loose
        Visits that may change run or order.
    starts, paused
        For each visit, its start in ticks, and whether the break of its shift is over by then.
    """

    model: cp_model.CpModel
    problem: RoutingProblem
    loose: frozenset[int]
    starts: list[cp_model.LinearExpr]
    paused: list[cp_model.IntVar]


@dataclass(slots=True)
class _Pause:
    """The break of a shift: when it begins, and whether it is over before departure and before return."""

    rule: Break
    begin: cp_model.IntVar
    before_departure: cp_model.IntVar
    before_return: cp_model.IntVar


class RunModel:
    """The variables and rules of one shift.

    Attributes
    ----------
    used, depart, finish
        Whether the shift serves any visit; ticks of departure and return, which are equal if not.
    arcs
        For each leg that may be driven, whether it is.
    on
        For each visit that the shift may serve, whether it does.
    pause
        The break, where the shift has one.
    costs
        Terms of the objective.
    """

    def __init__(self, shared: Shared, vehicle: int, route: Route | None) -> None:
        self.model, self.problem, self.loose = shared.model, shared.problem, shared.loose
        self.starts, self.paused = shared.starts, shared.paused
        self.vehicle, self.route = vehicle, route
        self.shift = shift = self.problem.shifts[vehicle]
        self.travel = worst_travel(
            self.problem.travel[shift.mode], shift.start, shift.latest_return, self.problem.grid
        )
        self.used = self.model.new_bool_var("")
        self.depart = self.model.new_int_var(shift.start, shift.latest_return, "")
        self.finish = self.model.new_int_var(shift.start, shift.latest_return, "")
        self.pause = self._make_pause()
        self.arcs = {arc: self.model.new_bool_var("") for arc in self._possible_arcs()}
        self.on: dict[int, cp_model.IntVar] = {}
        self.costs: list[cp_model.LinearExprT] = []
        self._add_circuit()
        for arc in self.arcs:
            self._add_leg(*arc)
        self._add_pause()
        self._add_run_costs()
        self._hint_run()

    def visits(self, solver: cp_model.CpSolver) -> Iterator[int]:
        """Give the visits of the run, in order, in the solver's answer."""
        follows = dict(arc for arc, literal in self.arcs.items() if solver.boolean_value(literal))
        stop = follows.get(DEPOT, DEPOT)
        while stop != DEPOT:
            yield stop
            stop = follows[stop]

    # -- legs ----------------------------------------------------------------------------------------------

    def _possible_arcs(self) -> Iterator[tuple[int, int]]:
        """Give the legs a shift may drive: any to and from loose visits, and those between its kept ones."""
        kept = [visit for visit in (self.route.visits if self.route else ()) if visit not in self.loose]
        stops = [DEPOT, *kept, DEPOT]
        if kept:
            yield from pairwise(stops)
        able = [visit for visit in sorted(self.loose) if self.problem.eligible[visit, self.vehicle]]
        for visit in able:
            for stop in {*kept, DEPOT}:
                if self._in_time(stop, visit):
                    yield stop, visit
                if self._in_time(visit, stop):
                    yield visit, stop
            yield from ((visit, other) for other in able if other != visit and self._in_time(visit, other))

    def _in_time(self, tail: int, head: int) -> bool:
        """Say whether the earliest end of one visit lets the other start in time."""
        visits, shift = self.problem.visits, self.shift
        ready = shift.start
        if tail != DEPOT:
            from_start = shift.start + self._ticks(DEPOT, tail)
            ready = max(visits[tail].windows[0].earliest, from_start) + visits[tail].duration
        due = shift.latest_return
        if head != DEPOT:
            home = self._ticks(head, DEPOT) + visits[head].duration
            due = min(visits[head].windows[-1].latest, shift.latest_return - home)
        return ready + self._ticks(tail, head) <= due

    def _ticks(self, tail: int, head: int) -> int:
        return int(self.travel[self._leg_places(tail, head)])

    def _leg_places(self, tail: int, head: int) -> tuple[int, int]:
        visits = self.problem.visits
        return (
            self.shift.start_place if tail == DEPOT else visits[tail].place,
            self.shift.end_place if head == DEPOT else visits[head].place,
        )

    def _add_circuit(self) -> None:
        """Make the chosen legs one round from the start place to the end place."""
        stops = sorted({stop for arc in self.arcs for stop in arc} | {DEPOT})
        number = {stop: index for index, stop in enumerate(stops)}
        arcs: list[cp_model.ArcT] = [(0, 0, ~self.used)]
        arcs += [(number[tail], number[head], literal) for (tail, head), literal in self.arcs.items()]
        for visit in stops[1:]:
            if visit in self.loose:
                self.on[visit] = self.model.new_bool_var("")
                arcs.append((number[visit], number[visit], ~self.on[visit]))
            else:
                self.on[visit] = self.model.new_constant(1)
        self.model.add_circuit(arcs)

    def _add_leg(self, tail: int, head: int) -> None:
        """Where a leg is driven, leave time for it, and for the break if it is over on its far side only."""
        ticks = self._ticks(tail, head)
        away = self.depart if tail == DEPOT else self._end(tail)
        there = self.finish if head == DEPOT else self.starts[head]
        literal = self.arcs[tail, head]
        if self.pause is None:
            self.model.add(there >= away + ticks).only_enforce_if(literal)
            return
        over_before = self.pause.before_departure if tail == DEPOT else self.paused[tail]
        over_after = self.pause.before_return if head == DEPOT else self.paused[head]
        taken = self.pause.rule.duration * (over_after - over_before)
        self.model.add(there >= away + ticks + taken).only_enforce_if(literal)
        self.model.add_implication(over_before, over_after).only_enforce_if(literal)

    def _end(self, visit: int) -> cp_model.LinearExpr:
        return self.starts[visit] + self.problem.visits[visit].duration

    # -- breaks --------------------------------------------------------------------------------------------

    def _make_pause(self) -> _Pause | None:
        shift, rule = self.shift, self.shift.pause
        if rule is None:
            return None
        earliest = max(rule.earliest, shift.start)
        latest = min(rule.latest, shift.latest_return) - rule.duration
        begin = self.model.new_int_var(min(earliest, latest), latest, "")
        return _Pause(rule, begin, self.model.new_bool_var(""), self.model.new_bool_var(""))

    def _add_pause(self) -> None:
        """Keep the break clear of visits, and wholly before or after departure and return."""
        if self.pause is None:
            return
        earliest = max(self.pause.rule.earliest, self.shift.start)
        self.model.add(self.pause.begin >= earliest).only_enforce_if(self.used)
        over = self.pause.begin + self.pause.rule.duration
        marks: list[tuple[cp_model.LinearExpr, cp_model.LinearExpr, cp_model.IntVar, cp_model.IntVar]] = [
            (self.depart, self.depart, self.pause.before_departure, self.used),
            (self.finish, self.finish, self.pause.before_return, self.used),
        ]
        marks += [
            (self.starts[visit], self._end(visit), self.paused[visit], here)
            for visit, here in self.on.items()
        ]
        for start, end, taken, here in marks:
            self.model.add(start >= over).only_enforce_if(here, taken)
            self.model.add(end <= self.pause.begin).only_enforce_if(here, ~taken)

    # -- costs of a run ------------------------------------------------------------------------------------

    def _add_run_costs(self) -> None:
        """Charge use, travel, who serves whom, overtime and waiting."""
        shift = self.shift
        cost = self.problem.travel[shift.mode].cost
        self.costs.append(shift.use_cost * self.used)
        self.costs.extend(int(cost[self._leg_places(*arc)]) * literal for arc, literal in self.arcs.items())
        self.costs.extend(
            int(self.problem.assignment_cost[visit, self.vehicle]) * on for visit, on in self.on.items()
        )
        self.model.add(self.depart <= self.finish)
        self.model.add(self.depart == self.finish).only_enforce_if(~self.used)
        self._add_overtime()
        if shift.waiting_cost:
            busy = cp_model.LinearExpr.sum(
                [self.problem.visits[visit].duration * on for visit, on in self.on.items()]
                + [self._ticks(*arc) * literal for arc, literal in self.arcs.items()]
            )
            self.costs.append(shift.waiting_cost * (self.hours() - busy))

    def hours(self) -> cp_model.LinearExpr:
        """Give the ticks from departure to return, less a break that lies between them; 0 if unused."""
        hours = self.finish - self.depart
        if self.pause is None:
            return hours
        inside = self.model.new_bool_var("")
        taken = self.pause.before_return - self.pause.before_departure
        self.model.add(inside == taken).only_enforce_if(self.used)
        self.model.add(inside == 0).only_enforce_if(~self.used)
        if self.route is not None:
            self.model.add_hint(inside, self.route.depart <= _pause_at(self.route) < self.route.finish)
        return hours - self.pause.rule.duration * inside

    def _add_overtime(self) -> None:
        shift = self.shift
        if shift.max_overtime and shift.overtime_cost:
            over = self.model.new_int_var(0, shift.max_overtime, "")
            self.model.add(over >= self.finish - shift.end).only_enforce_if(self.used)
            self.costs.append(shift.overtime_cost * over)
            self.model.add_hint(over, max(0, self.route.finish - shift.end) if self.route else 0)

    # -- the plan at hand, as a hint -----------------------------------------------------------------------

    def _hint_run(self) -> None:
        route = self.route
        self.model.add_hint(self.used, route is not None)
        stops = [DEPOT, *route.visits, DEPOT] if route else []
        legs = set(pairwise(stops))
        for arc, literal in self.arcs.items():
            self.model.add_hint(literal, arc in legs)
        if route is None:
            return
        self.model.add_hint(self.depart, route.depart)
        self.model.add_hint(self.finish, route.finish)
        if self.pause is not None and route.break_start is not None:
            self._hint_pause(self.pause, route)

    def _hint_pause(self, pause: _Pause, route: Route) -> None:
        before = pause_position(self.problem, route)
        self.model.add_hint(pause.begin, _pause_at(route))
        self.model.add_hint(pause.before_departure, _pause_at(route) < route.depart)
        self.model.add_hint(pause.before_return, _pause_at(route) < route.finish)
        for position, visit in enumerate(route.visits):
            self.model.add_hint(self.paused[visit], position >= before)


def _pause_at(route: Route) -> int:
    return route.depart if route.break_start is None else route.break_start
