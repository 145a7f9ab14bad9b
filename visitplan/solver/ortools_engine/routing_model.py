"""A routing problem as an OR-Tools ``RoutingModel``, improved by guided local search from a given plan.

What the model cannot say exactly it says so that hardly anything good is lost; the plan found is always
verified and timed anew by the caller:

- travel with time factors takes as long as in the worst hour of the shift;
- a visit whose windows differ in cost becomes one node for each kind of window, of which one may be served;
- waiting has no cost, because completing each step of the search to a plan with little waiting may take
  seconds; neither has the largest lateness of any one visit.

Scheduling by linear programming is switched off inside the model: it makes each step some fifty times slower
where there are breaks and links, and the exact timing that follows does the same work once.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from visitplan.solver.arithmetic import round_up, worst_travel
from visitplan.solver.evaluation import worked_ticks
from visitplan.solver.ortools_engine.found import Found
from visitplan.solver.problem import StaffRule, StartWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from visitplan.solver.ortools_engine.limits import Watch
    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import Link, Visit

_TIME = "time"
_ASSIGNMENT = "assignment"
_MATRIX_CELLS = 2_000_000
"""Up to so many cells in all, each shift has its own costs; beyond, assignment costs are a dimension."""

_PENALTY = 0.2
"""How hard guided local search punishes the legs it keeps coming back to."""

_LONG = 24 * 3600
"""Seconds that no search lasts."""


@dataclass(frozen=True, slots=True)
class _Offer:
    """One node of the model: a visit in some of its windows, whose cost and preferred part are the same."""

    visit: int
    windows: tuple[StartWindow, ...]


def improve(
    piece: Piece, watch: Watch, *, solutions: int | None = None, every_window: bool = True
) -> tuple[Found, ...] | None:
    """Search for a better plan of a piece, starting from the one it has.

    Parameters
    ----------
    piece
        The free part of the plan.
    watch
        Asked often whether to stop.
    solutions
        Stop after so many accepted steps, which repeats exactly; None leaves it to the watch.
    every_window
        Whether a visit with windows of different cost may change to another; without, it keeps to the kind it
        starts in, which makes a large model smaller.

    Returns
    -------
    tuple of Found, or None
        The best routes met, which may break what the model cannot say; None where the model takes not even
        the plan given.
    """
    model = _Translation(piece, every_window)
    return model.search(watch, solutions)


class _Translation:
    """The model of one piece. Nodes are the offers, then the shifts' starts, then their ends."""

    def __init__(self, piece: Piece, every_window: bool) -> None:
        self.piece = piece
        self.problem = piece.problem
        self.served_at = {
            visit: start
            for route in piece.routes
            for visit, start in zip(route.visits, route.starts, strict=True)
        }
        self.offers = self._make_offers(every_window)
        self.nodes_of: list[list[int]] = [[] for _ in self.problem.visits]
        for node, offer in enumerate(self.offers):
            self.nodes_of[offer.visit].append(node)
        self.ceiling = max(shift.latest_return for shift in self.problem.shifts)
        self._make_model()
        for add in (
            self._add_travel_time,
            self._add_costs,
            self._add_shift_spans,
            self._add_windows,
            self._add_choice,
            self._add_eligibility,
            self._add_breaks,
            self._add_links,
            self._add_groups,
            self._add_week_limits,
        ):
            add()

    # -- nodes ---------------------------------------------------------------------------------------------

    def _make_offers(self, every_window: bool) -> list[_Offer]:
        offers: list[_Offer] = []
        for index, visit in enumerate(self.problem.visits):
            kinds = _window_kinds(visit)
            start = self.served_at.get(index)
            if not every_window and start is not None:
                kinds = [kind for kind in kinds if _holds(kind, start)]
            offers.extend(_Offer(index, kind) for kind in kinds)
        return offers

    def _make_model(self) -> None:
        count, shifts = len(self.offers), len(self.problem.shifts)
        starts = list(range(count, count + shifts))
        ends = list(range(count + shifts, count + 2 * shifts))
        self.manager = pywrapcp.RoutingIndexManager(count + 2 * shifts, shifts, starts, ends)
        self.model = pywrapcp.RoutingModel(self.manager)
        self.solver = self.model.solver()
        self.index = [self.manager.NodeToIndex(node) for node in range(count)]
        visits, work = self.problem.visits, self.problem.shifts
        self.places = np.array(
            [visits[offer.visit].place for offer in self.offers]
            + [shift.start_place for shift in work]
            + [shift.end_place for shift in work],
            dtype=np.int64,
        )
        self.durations = np.array(
            [visits[offer.visit].duration for offer in self.offers] + [0] * (2 * shifts), dtype=np.int64
        )

    # -- time ----------------------------------------------------------------------------------------------

    def _add_travel_time(self) -> None:
        """Make time a dimension: from start to start takes the visit and the way."""
        registered: dict[tuple[int, int, int], int] = {}
        for shift in self.problem.shifts:
            span = (shift.mode, shift.start, shift.latest_return)
            if span not in registered:
                ticks = worst_travel(self.problem.travel[shift.mode], *span[1:], self.problem.grid)
                between = ticks[np.ix_(self.places, self.places)] + self.durations[:, None]
                between[self._unused()] = 0
                registered[span] = self.model.RegisterTransitMatrix(between.tolist())
        self.model.AddDimensionWithVehicleTransits(
            [registered[s.mode, s.start, s.latest_return] for s in self.problem.shifts],
            self.ceiling,
            self.ceiling,
            False,
            _TIME,
        )
        self.time = self.model.GetDimensionOrDie(_TIME)

    def _unused(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the cells from start to end of the same shift, for an unused one drives nowhere."""
        starts = len(self.offers) + np.arange(len(self.problem.shifts))
        return starts, starts + len(starts)

    def _add_shift_spans(self) -> None:
        """Keep departure and return inside the shift; charge overtime."""
        for vehicle, shift in enumerate(self.problem.shifts):
            end = self.model.End(vehicle)
            depart = min(round_up(shift.start, self.problem.grid), shift.latest_return)
            self.time.CumulVar(self.model.Start(vehicle)).SetRange(depart, shift.latest_return)
            self.time.CumulVar(end).SetRange(depart, shift.latest_return)
            if shift.max_overtime and shift.overtime_cost:
                self.time.SetCumulVarSoftUpperBound(end, shift.end, shift.overtime_cost)

    def _add_windows(self) -> None:
        """Keep starts inside the windows; charge early and late starts."""
        grid = self.problem.grid
        for offer, index in zip(self.offers, self.index, strict=True):
            visit, first = self.problem.visits[offer.visit], offer.windows[0]
            latest = min(offer.windows[-1].latest, self.ceiling)
            cumul = self.time.CumulVar(index)
            cumul.SetRange(min(round_up(first.earliest, grid), latest), latest)
            for before, after in pairwise(offer.windows):
                closed = (before.latest + 1, round_up(after.earliest, grid) - 1)
                if closed[0] <= closed[1]:
                    cumul.RemoveInterval(*closed)
            if visit.early_cost and first.preferred[0] > first.earliest:
                self.time.SetCumulVarSoftLowerBound(index, max(0, first.preferred[0]), visit.early_cost)
            if visit.late_cost and first.preferred[1] < first.latest:
                self.time.SetCumulVarSoftUpperBound(index, max(0, first.preferred[1]), visit.late_cost)

    def _add_breaks(self) -> None:
        """Give each shift its break, which keeps clear of visits but not of the way between them."""
        durations = self.durations.tolist()
        self.breaks: dict[int, pywrapcp.IntervalVar] = {}
        for vehicle, shift in enumerate(self.problem.shifts):
            if shift.pause is None:
                continue
            earliest = max(shift.pause.earliest, shift.start)
            latest = min(shift.pause.latest, shift.latest_return) - shift.pause.duration
            if latest < earliest:
                self._close(vehicle)
                continue
            interval = self.solver.FixedDurationIntervalVar(
                earliest, latest, shift.pause.duration, False, f"break {vehicle}"
            )
            self.time.SetBreakIntervalsOfVehicle([interval], vehicle, durations)
            self.breaks[vehicle] = interval

    def _close(self, vehicle: int) -> None:
        """Keep a shift unused, because its break does not fit."""
        for index in self.index:
            self.model.VehicleVar(index).RemoveValue(vehicle)

    # -- costs ---------------------------------------------------------------------------------------------

    def _add_costs(self) -> None:
        """Charge travel, assignment, costs of windows and of using a shift."""
        shifts = self.problem.shifts
        windows = self._window_costs()
        nodes = len(self.places)
        by_matrix = nodes * nodes * len(shifts) <= _MATRIX_CELLS
        if not by_matrix and self.problem.assignment_cost.any():
            self._add_assignment_dimension()
        registered: dict[tuple[int, bytes], int] = {}
        for vehicle, shift in enumerate(shifts):
            into = windows + self._assignment_costs(vehicle) if by_matrix else windows
            key = (shift.mode, into.tobytes())
            if key not in registered:
                cost = self.problem.travel[shift.mode].cost[np.ix_(self.places, self.places)]
                registered[key] = self.model.RegisterTransitMatrix((cost + into[None, :]).tolist())
            self.model.SetArcCostEvaluatorOfVehicle(registered[key], vehicle)
            self.model.SetFixedCostOfVehicle(shift.use_cost, vehicle)

    def _window_costs(self) -> NDArray[np.int64]:
        costs = np.zeros(len(self.places), dtype=np.int64)
        costs[: len(self.offers)] = [offer.windows[0].cost for offer in self.offers]
        return costs

    def _assignment_costs(self, vehicle: int) -> NDArray[np.int64]:
        costs = np.zeros(len(self.places), dtype=np.int64)
        rows = [offer.visit for offer in self.offers]
        costs[: len(rows)] = self.problem.assignment_cost[rows, vehicle]
        return costs

    def _add_assignment_dimension(self) -> None:
        """Charge who serves whom as the length of the run in a dimension that counts those costs."""
        callbacks = [
            self.model.RegisterUnaryTransitVector(self._assignment_costs(vehicle).tolist())
            for vehicle in range(len(self.problem.shifts))
        ]
        ceiling = int(self.problem.assignment_cost.max(axis=1).sum()) + 1
        self.model.AddDimensionWithVehicleTransits(callbacks, 0, ceiling, True, _ASSIGNMENT)
        self.model.GetDimensionOrDie(_ASSIGNMENT).SetSpanCostCoefficientForAllVehicles(1)

    # -- who, and whether at all ---------------------------------------------------------------------------

    def _add_choice(self) -> None:
        """Serve each visit at most once, or pay for leaving it out; required ones are not left out."""
        for visit, nodes in enumerate(self.nodes_of):
            indices = [self.index[node] for node in nodes]
            if visit not in self.piece.required:
                self.model.AddDisjunction(indices, self.problem.visits[visit].unassigned_cost)
            elif len(indices) > 1:
                self.model.AddDisjunction(indices)

    def _add_eligibility(self) -> None:
        for offer, index in zip(self.offers, self.index, strict=True):
            able = np.flatnonzero(self.problem.eligible[offer.visit])
            self.model.VehicleVar(index).SetValues([-1, *(int(vehicle) for vehicle in able)])

    def _add_groups(self) -> None:
        """Serve all members of a group or none."""
        for group in self.problem.groups:
            first = self._served(group[0])
            for member in group[1:]:
                self.solver.Add(self._served(member) == first)

    def _served(self, visit: int) -> pywrapcp.IntExpr:
        return self.solver.Sum([self.model.ActiveVar(self.index[node]) for node in self.nodes_of[visit]])

    # -- rules between visits and between shifts -----------------------------------------------------------

    def _add_links(self) -> None:
        for link in self.problem.links:
            for first in self.nodes_of[link.first]:
                for second in self.nodes_of[link.second]:
                    self._add_link(link, self.index[first], self.index[second])

    def _add_link(self, link: Link, first: int, second: int) -> None:
        """Bind two nodes by node precedences, which the local search follows better than equations."""
        if link.lo is not None:
            self.time.AddNodePrecedence(first, second, link.lo)
        if link.hi is not None:
            self.time.AddNodePrecedence(second, first, -link.hi)
        if link.staff == StaffRule.ANY:
            return
        differ = self.solver.IsDifferentVar(self._staff(first), self._staff(second))
        both = self.model.ActiveVar(first) + self.model.ActiveVar(second)
        if link.staff == StaffRule.DISTINCT:
            self.solver.Add(both - differ <= 1)
        else:
            self.solver.Add(both + differ <= 2)

    def _staff(self, index: int) -> pywrapcp.IntExpr:
        """Give the staff of a node; -1 where it is not served."""
        staff = [-1, *(shift.staff for shift in self.problem.shifts)]
        return self.solver.Element(staff, self.model.VehicleVar(index) + 1).Var()

    def _add_week_limits(self) -> None:
        """Let every shift work as long as it does now, and share what is left of a week between its shifts.

        A sum over several shifts would be a rule that the local search cannot see. Breaks count as taken on
        the way.
        """
        shifts = self.problem.shifts
        hours = {route.shift: worked_ticks(self.problem, route) for route in self.piece.routes}
        for staff, limit in enumerate(self.problem.week_limits):
            vehicles = [vehicle for vehicle, shift in enumerate(shifts) if shift.staff == staff]
            if limit is None or not vehicles:
                continue
            left = max(0, limit - sum(hours.get(vehicle, 0) for vehicle in vehicles))
            for vehicle in vehicles:
                pause = shifts[vehicle].pause
                most = hours.get(vehicle, 0) + left // len(vehicles) + (pause.duration if pause else 0)
                self.time.SetSpanUpperBoundForVehicle(most, vehicle)

    # -- the search ----------------------------------------------------------------------------------------

    def search(self, watch: Watch, solutions: int | None) -> tuple[Found, ...] | None:
        parameters = _parameters(solutions)
        self.model.CloseModelWithParameters(parameters)
        self.model.AddSearchMonitor(self.solver.CustomLimit(watch))
        start = self.model.ReadAssignmentFromRoutes(self._start_routes(), True)
        watch.raise_kept()
        if start is None:
            return None
        best = self.model.SolveFromAssignmentWithParameters(start, parameters)
        watch.raise_kept()
        return None if best is None else self._read(best)

    def _start_routes(self) -> list[list[int]]:
        routes: list[list[int]] = [[] for _ in self.problem.shifts]
        for route in self.piece.routes:
            routes[route.shift] = [self._node_in_use(visit) for visit in route.visits]
        return routes

    def _node_in_use(self, visit: int) -> int:
        start = self.served_at[visit]
        nodes = self.nodes_of[visit]
        return int(next(self.index[node] for node in nodes if _holds(self.offers[node].windows, start)))

    def _read(self, best: pywrapcp.Assignment) -> tuple[Found, ...]:
        found = []
        for vehicle in range(len(self.problem.shifts)):
            visits, starts = [], []
            index = best.Value(self.model.NextVar(self.model.Start(vehicle)))
            while not self.model.IsEnd(index):
                visits.append(self.offers[self.manager.IndexToNode(index)].visit)
                starts.append(int(best.Min(self.time.CumulVar(index))))
                index = best.Value(self.model.NextVar(index))
            if visits:
                pause = self.breaks.get(vehicle)
                begins = None if pause is None else int(best.StartMin(pause))
                found.append(Found(vehicle, tuple(visits), tuple(starts), begins))
        return tuple(found)


def _window_kinds(visit: Visit) -> list[tuple[StartWindow, ...]]:
    """Give the windows of a visit in sets that one node can stand for: those without cost together."""
    free, alone = [], []
    for window in visit.windows:
        early = visit.early_cost and window.preferred[0] > window.earliest
        late = visit.late_cost and window.preferred[1] < window.latest
        if window.cost or early or late:
            alone.append((window,))
        else:
            free.append(window)
    return [tuple(free), *alone] if free else list(alone)


def _holds(windows: Sequence[StartWindow], start: int) -> bool:
    return any(window.earliest <= start <= window.latest for window in windows)


def _parameters(solutions: int | None) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.guided_local_search_lambda_coefficient = _PENALTY
    parameters.disable_scheduling_beware_this_may_degrade_performance = True
    parameters.lns_time_limit.seconds = _LONG  # an inner time limit would make runs differ
    if solutions is not None:
        parameters.solution_limit = solutions
    else:
        parameters.time_limit.seconds = _LONG  # the watch stops it earlier; without any the model complains
    return parameters
