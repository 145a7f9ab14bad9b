"""One door to all engines."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

from visitplan.errors import SolverError
from visitplan.solver.evaluation import solution_of, violations
from visitplan.solver.exact_timing import retime
from visitplan.solver.options import SolveOptions
from visitplan.solver.patience import Patience
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.solver.options import Engine
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import RoutingSolution

_MODULES = {
    "greedy": "visitplan.solver.greedy",
    "ortools": "visitplan.solver.ortools_engine",
    "search": "visitplan.solver.search",
}
"""For each engine, the module whose ``solve`` it is; imported when it is asked for."""

ENGINES: tuple[str, ...] = tuple(sorted(_MODULES))
"""The names of all engines."""

_FIRST_FAULTS = 5

_PATIENCE_SECONDS = 0.05
"""How long exact timing goes on once cancelled: enough for a small plan."""


def solve(
    problem: RoutingProblem, options: SolveOptions | None = None, engine: str = "search"
) -> RoutingSolution:
    """Give the best plan an engine finds: timed exactly, with its cost recomputed, unless it may be rough.

    Parameters
    ----------
    problem, options
        What is to be planned, and what the search may use.
    engine
        One of ``ENGINES``: ``search`` and ``ortools`` search until a limit is reached, ``greedy`` gives its
        first plan.

    Raises
    ------
    SolverError
        The engine is not known, or its plan breaks a rule of the problem, which is a fault of the engine.
    """
    if engine not in _MODULES:
        raise SolverError(f"there is no engine {engine!r}; known are: {', '.join(ENGINES)}")
    chosen = options or SolveOptions()
    if not problem.visits or not problem.shifts:
        nothing = solution_of(problem, (), Stop.OPTIMAL)
        return replace(nothing, bound=nothing.cost.total)
    began = chosen.clock()
    found = _engine(engine)(problem, chosen)
    _demand_valid(problem, found, engine)
    best = found if chosen.rough else timed(problem, found, chosen)
    return replace(best, seconds=chosen.clock() - began)


def timed(problem: RoutingProblem, found: RoutingSolution, options: SolveOptions) -> RoutingSolution:
    """Give the same runs with the starts that cost least.

    Raises
    ------
    SolverError
        They break a rule of the problem, which is a fault of exact timing.
    """
    routes = retime(problem, found.routes, Patience(options.cancelled, options.clock, _PATIENCE_SECONDS))
    best = solution_of(problem, routes, found.stop, found.iterations, found.seconds, found.bound)
    _demand_valid(problem, best, "exact timing")
    return best


def _engine(name: str) -> Engine:
    engine: Engine = import_module(_MODULES[name]).solve
    return engine


def _demand_valid(problem: RoutingProblem, solution: RoutingSolution, source: str) -> None:
    faults = violations(problem, solution.routes)
    if faults:
        more = f" and {len(faults) - _FIRST_FAULTS} more" if len(faults) > _FIRST_FAULTS else ""
        raise SolverError(f"the plan of {source} breaks rules: {'; '.join(faults[:_FIRST_FAULTS])}{more}")
