"""The search as an engine: a plan at once, better ones until a limit, the last word to exact timing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import cost_of, solution_of, violations
from visitplan.solver.exact_timing import retime
from visitplan.solver.options import Progress
from visitplan.solver.patience import Patience
from visitplan.solver.search import layout as at
from visitplan.solver.search.building import share
from visitplan.solver.search.plans import read_plan
from visitplan.solver.search.schedule import Cooling, Scale, cooling
from visitplan.solver.search.worker import Worker
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from visitplan.solver.options import SolveOptions
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution

_CHUNK_SECONDS = 0.1
_CHUNK_STEPS = 200
"""Steps between two looks at the clock: at first, and always where the plan must not depend on the clock."""

_SPEED = 10_000.0
"""Steps a second, until they are measured."""

_SETTLED_AFTER = 0.02
"""Part of the search after which the temperatures to come are no longer fitted to the speed."""

_BEAT_SECONDS = 0.2
_EXCHANGES = 20
"""How often workers compare their plans in a whole search."""

_PATIENCE_SECONDS = 0.15
"""How long the first plan is still added to once cancelled."""

_SETTLINGS = 10
"""How often, at most, a new best plan is timed exactly before the end."""


def search(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits; never a dearer one than ``initial``."""
    return Search(problem, options).run()


class Search:
    """One search: its workers, its clock, and the best plan with exact times.

    Parameters
    ----------
    problem, options
        What is to be planned, and what the search may use.
    checked
        Recompute each worker's cost after every chunk, and fail loudly where the running figure is another.
    """

    def __init__(self, problem: RoutingProblem, options: SolveOptions, *, checked: bool = False) -> None:
        self._problem, self._options, self._checked = problem, options, checked
        self._began = options.clock()
        shared = share(problem)
        self._workers = [Worker(shared, options.seed, number) for number in range(options.workers)]
        self._timed = _has_timed_costs(problem)
        self._scale = Scale(1.0, 1.0)
        self._annealing_since = 0.0
        self.routes: tuple[Route, ...] = ()
        if not violations(problem, options.initial):
            self.routes = options.initial
        self.cost = cost_of(problem, self.routes).total
        self._settled: int | None = None
        self._last_report = self._last_settled = self._began

    def run(self) -> RoutingSolution:
        """Construct, anneal, settle."""
        first = self._workers[0]
        first.start(
            self._options.initial,
            Patience(self._options.cancelled, self._options.clock, _PATIENCE_SECONDS),
        )
        self._settle(exactly=False)
        self._report()
        for other in self._workers[1:]:
            other.adopt(first.best)
        self._scale = first.scale()
        self._annealing_since = self._seconds()
        stop = self._anneal()
        self._settle(exactly=stop is not Stop.CANCELLED)
        return solution_of(self._problem, self.routes, stop, self._iterations(), self._seconds())

    # --- limits -----------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        return self._options.clock() - self._began

    def _iterations(self) -> int:
        return sum(worker.iterations for worker in self._workers)

    def _stop(self) -> Stop | None:
        options = self._options
        if options.cancelled():
            return Stop.CANCELLED
        if options.time_limit is not None and self._seconds() >= options.time_limit:
            return Stop.TIME
        if options.iterations is not None and self._iterations() >= options.iterations:
            return Stop.ITERATIONS
        return None

    def _share(self) -> float:
        """Give the part of the annealing that is over."""
        options = self._options
        if options.iterations is not None:
            return self._iterations() / max(1, options.iterations)
        left = (options.time_limit or 0.0) - self._annealing_since
        return (self._seconds() - self._annealing_since) / max(1e-9, left)

    # --- annealing --------------------------------------------------------------------------------------

    def _anneal(self) -> Stop:
        """Anneal until a limit is reached: each worker in a thread, or the only one in this."""
        if len(self._workers) == 1:
            return self._anneal_in_chunks(self._workers[0].advance)
        with ThreadPoolExecutor(len(self._workers)) as pool:

            def advance(steps: int, temperature: int) -> None:
                for done in [pool.submit(worker.advance, steps, temperature) for worker in self._workers]:
                    done.result()

            return self._anneal_in_chunks(advance)

    def _anneal_in_chunks(self, advance: Callable[[int, int], None]) -> Stop:
        """Advance all workers a chunk of steps at a time, at falling temperatures."""
        steps, exchanged, speed, turn = _CHUNK_STEPS, 0.0, _SPEED, 0
        plan = self._cooling(speed)
        while (stop := self._stop()) is None:
            begun, before = self._options.clock(), self._iterations()
            if self._share() <= _SETTLED_AFTER:
                plan = self._cooling(speed)
            if plan.round_of(self._share()) > turn:
                turn = plan.round_of(self._share())
                self._go_back_to_best()
            advance(self._steps(steps), plan.at(self._share()))
            self._verify()
            taken = max(1e-6, self._options.clock() - begun)
            if self._options.iterations is None:
                speed = (self._iterations() - before) / taken
                steps = max(10, round(steps * min(3.0, max(0.3, _CHUNK_SECONDS / taken))))
            if self._share() - exchanged >= 1 / _EXCHANGES:
                exchanged = self._share()
                self._exchange()
            self._look()
        return stop

    def _steps(self, steps: int) -> int:
        """Give how many steps each worker makes in the next chunk."""
        limit = self._options.iterations
        if limit is None:
            return steps
        return max(1, min(steps, -(-(limit - self._iterations()) // len(self._workers))))

    def _cooling(self, speed: float) -> Cooling:
        """Give the temperatures; with an iteration limit they do not depend on the clock."""
        options = self._options
        steps = (options.time_limit or 0.0) * speed if options.iterations is None else options.iterations
        return cooling(self._scale, steps / len(self._workers) / len(self._problem.visits))

    def _verify(self) -> None:
        if self._checked:
            for worker in self._workers:
                worker.verify()

    def _go_back_to_best(self) -> None:
        """Let each worker go on from its own best plan."""
        for worker in self._workers:
            worker.adopt(worker.best.copy())

    def _exchange(self) -> None:
        """Let the worker that is furthest behind go on from the best plan."""
        if len(self._workers) == 1:
            return
        ahead = min(self._workers, key=lambda worker: worker.best_cost)
        behind = max(self._workers, key=lambda worker: worker.current_cost)
        if behind is not ahead and behind.current_cost > ahead.current_cost:
            behind.adopt(ahead.arrays.node)

    # --- the best plan ----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take over a better plan now and then, and tell how things stand."""
        now = self._options.clock()
        if self._timed and self._options.iterations is None:
            limit = self._options.time_limit or 0.0
            if now - self._last_settled >= max(_BEAT_SECONDS, limit / _SETTLINGS):
                self._settle(exactly=True)
                self._last_settled = self._options.clock()
        if now - self._last_report >= _BEAT_SECONDS:
            self._report()

    def _settle(self, *, exactly: bool) -> None:
        """Read the workers' best plan and take it over if it is valid and cheaper."""
        best = min(self._workers, key=lambda worker: worker.best_cost)
        if best.best_cost == self._settled:
            return
        routes = read_plan(self._problem, best.best)
        if routes is None:
            return
        if exactly:
            routes = retime(self._problem, routes, self._options.cancelled)
            self._settled = best.best_cost
        cost = cost_of(self._problem, routes).total
        if cost < self.cost:
            self.routes, self.cost = routes, cost

    def _report(self) -> None:
        options = self._options
        self._last_report = options.clock()
        if options.on_progress is None:
            return
        best = min(self._workers, key=lambda worker: worker.best_cost)
        left = None if options.time_limit is None else max(0.0, options.time_limit - self._seconds())
        visits = len(self._problem.visits)
        absent = int((best.best[:visits, at.ROUTE] < 0).sum())
        options.on_progress(
            Progress("searching", self._seconds(), left, self._iterations(), best.best_cost, absent)
        )


def _has_timed_costs(problem: RoutingProblem) -> bool:
    """Say whether other times than the earliest may be cheaper."""
    waits = any(shift.waiting_cost for shift in problem.shifts)
    return waits or any(v.early_cost or len(v.windows) > 1 for v in problem.visits)
