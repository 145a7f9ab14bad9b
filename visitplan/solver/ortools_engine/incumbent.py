"""The best plan so far: what may replace it, and who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.solver.evaluation import cost_of, solution_of, violations
from visitplan.solver.exact_timing import retime
from visitplan.solver.options import Progress
from visitplan.solver.ortools_engine.found import routes_of
from visitplan.solver.pieces import splice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.solver.ortools_engine.found import Found
    from visitplan.solver.ortools_engine.limits import Budget
    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution, Stop

_BEAT_SECONDS = 0.5


class Incumbent:
    """A valid plan that is only ever replaced by a valid plan of strictly lower cost.

    Attributes
    ----------
    routes, cost, unassigned
        The plan, its total cost, and the visits it leaves out.
    iterations
        Search steps made so far; whoever makes one counts it.
    stage
        What is being done, as progress tells it.
    """

    def __init__(self, problem: RoutingProblem, budget: Budget, routes: Sequence[Route]) -> None:
        self.problem = problem
        self.budget = budget
        self.iterations = 0
        self.stage = "first plan"
        self._last_report = budget.options.clock()
        self._take(tuple(routes), cost_of(problem, routes).total)

    def offer_piece(self, piece: Piece, found: Sequence[Found] | None) -> bool:
        """Take over what was found for a piece, timed anew, if it is valid and cheaper; say whether."""
        routes = None if found is None else routes_of(piece.problem, found)
        if routes is None:
            return False
        routes = retime(piece.problem, routes)
        served = {visit for route in routes for visit in route.visits}
        if not piece.required <= served or not self._cheaper(piece, routes):
            return False
        return self.offer(splice(self.routes, piece, routes))

    def offer(self, routes: Sequence[Route]) -> bool:
        """Take over a whole plan if it is valid and cheaper; say whether."""
        cost = cost_of(self.problem, routes).total
        if cost >= self.cost or violations(self.problem, routes):
            return False
        self._take(tuple(routes), cost)
        return True

    def cancelled(self) -> bool:
        """Tell how things stand every so often, and say whether to stop; running searches ask this."""
        if self.budget.options.clock() - self._last_report >= _BEAT_SECONDS:
            self.report()
        return self.budget.options.cancelled()

    def report(self) -> None:
        """Tell how things stand now."""
        options = self.budget.options
        self._last_report = options.clock()
        if options.on_progress is not None:
            options.on_progress(
                Progress(
                    stage=self.stage,
                    seconds=self.budget.seconds(),
                    seconds_left=self.budget.seconds_left(),
                    iterations=self.iterations,
                    cost=self.cost,
                    unassigned=len(self.unassigned),
                )
            )

    def solution(self, stop: Stop, bound: int | None = None) -> RoutingSolution:
        """Give the plan as the engine's answer."""
        return solution_of(self.problem, self.routes, stop, self.iterations, self.budget.seconds(), bound)

    def _take(self, routes: tuple[Route, ...], cost: int) -> None:
        self.routes = routes
        self.cost = cost
        served = {visit for route in routes for visit in route.visits}
        self.unassigned = tuple(v for v in range(len(self.problem.visits)) if v not in served)
        self.report()

    def _cheaper(self, piece: Piece, routes: Sequence[Route]) -> bool:
        """Say whether the piece got cheaper; where the latest visit has a cost, only the whole plan tells."""
        if self.problem.max_late_cost:
            return True
        return cost_of(piece.problem, routes).total < cost_of(piece.problem, piece.routes).total
