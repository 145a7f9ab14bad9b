"""The engine's door: proof for small problems, a plan at once, compiling where that is still to be done."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import solution_of
from visitplan.solver.greedy import greedy
from visitplan.solver.options import Progress, SolveOptions
from visitplan.solver.ortools_engine import recipe
from visitplan.solver.solution import RoutingSolution, Stop

if TYPE_CHECKING:
    from visitplan.solver.problem import RoutingProblem

FEW = 200
"""Up to so many visits the search starts from the greedy plan, which is there before Numba is even loaded."""

COMPILING = "compiling the search, once, about half a minute"
"""Stage told while the compiled search is made; afterwards it is kept."""

_TELL_SECONDS = 0.5

_log = logging.getLogger(__name__)


def solve(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits.

    With an iteration limit no step depends on the clock: the same seed, iterations and workers give the same
    plan as long as the time limit, if there is one, is not reached. Where the search has to be compiled
    first, that is told, does not count against the time limit, and changes nothing about the plan; cancelled
    meanwhile, the greedy plan is given.

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
    began = options.clock()
    if len(problem.visits) <= FEW:
        first = greedy(problem, options)
        if options.cancelled():
            return replace(first, stop=Stop.CANCELLED)
        options = replace(options, initial=first.routes)
    from visitplan.solver.search.compiling import is_warm

    uncounted = 0.0
    if not is_warm():
        waiting = _compile(problem, options)
        if options.cancelled():
            return replace(waiting.plan, stop=Stop.CANCELLED)
        uncounted = waiting.seconds
    if options.time_limit is not None:
        used = options.clock() - began - uncounted
        options = replace(options, time_limit=max(0.0, options.time_limit - used))
    from visitplan.solver.search.engine import search

    return search(problem, options)


def _compile(problem: RoutingProblem, options: SolveOptions) -> _Waiting:
    """Make a plan and compile beside it; in this process where no other can do it."""
    from visitplan.solver.search.compiling import is_warm
    from visitplan.solver.search.warming import compiling_beside, warm_up

    began = options.clock()
    _log.info("%s; `visitplan warm-up` does it ahead", COMPILING)
    with compiling_beside() as other:
        plan = greedy(problem, replace(options, cancelled=lambda: options.cancelled() or other.over))
        waiting = _Waiting(options, plan, began)
        done = other.wait(waiting.asked)
    if done and not is_warm():
        warm_up()
        waiting.count()
    return waiting


@dataclass(slots=True)
class _Waiting:
    """Tells how things stand while the search is compiled, and counts the seconds."""

    options: SolveOptions
    plan: RoutingSolution
    began: float
    seconds: float = 0.0
    told: float | None = None

    def asked(self) -> bool:
        """Count, tell now and then, and say whether to stop."""
        self.count()
        if self.told is None or self.seconds - self.told >= _TELL_SECONDS:
            self.told = self.seconds
            self._tell()
        return self.options.cancelled()

    def count(self) -> None:
        """Let the seconds since it began not count against the time limit."""
        more = self.options.clock() - self.began - self.seconds
        self.seconds += more
        self.options.uncounted(more)

    def _tell(self) -> None:
        if self.options.on_progress is not None:
            plan = self.plan
            left = self.options.time_limit
            absent = len(plan.unassigned)
            self.options.on_progress(Progress(COMPILING, self.seconds, left, 0, plan.cost.total, absent))
