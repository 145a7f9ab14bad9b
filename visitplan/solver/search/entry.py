"""The engine's door: proof for small problems, then the search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import solution_of
from visitplan.solver.greedy import greedy
from visitplan.solver.options import Progress
from visitplan.solver.ortools_engine import recipe
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.solver.options import SolveOptions
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import RoutingSolution

FEW = 60
"""Up to so many visits the search starts from the greedy plan, which is there at once."""

COMPILING = "compiling the search (once)"
"""Stage told while the compiled search is made; afterwards it is kept."""


def solve(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits.

    With an iteration limit no step depends on the clock: the same seed, iterations and workers give the same
    plan as long as the time limit, if there is one, is not reached.

    Raises
    ------
    SolverError
        Times or costs are too large for the search.
    """
    if not problem.visits or not problem.shifts:
        nothing = solution_of(problem, (), Stop.OPTIMAL)
        return replace(nothing, bound=nothing.cost.total)
    if len(problem.visits) <= recipe.SMALL:
        small = recipe.prove(problem, options)
        if small.stop is not Stop.EXHAUSTED:
            return small
        options = replace(options, initial=small.routes)
    return _search(problem, options)


def _search(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    from visitplan.solver.search.compiling import is_warm

    cold = not is_warm()
    if cold or len(problem.visits) <= FEW:
        first = greedy(problem, options)
        if options.cancelled():
            return replace(first, stop=Stop.CANCELLED)
        options = replace(options, initial=first.routes)
        if cold:
            _announce(options, first)
    from visitplan.solver.search.engine import search

    return search(problem, options)


def _announce(options: SolveOptions, plan: RoutingSolution) -> None:
    if options.on_progress is not None:
        left = None if options.time_limit is None else max(0.0, options.time_limit - plan.seconds)
        options.on_progress(Progress(COMPILING, plan.seconds, left, 0, plan.cost.total, len(plan.unassigned)))
