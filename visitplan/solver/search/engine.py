"""The search as an engine: a plan at once, better ones until a limit, the last word to exact timing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import cost_of, solution_of
from visitplan.solver.exact_timing import retime
from visitplan.solver.options import Progress
from visitplan.solver.search import layout as at
from visitplan.solver.search.building import share
from visitplan.solver.search.plans import read_plan
from visitplan.solver.search.schedule import Cooling, cooling
from visitplan.solver.search.worker import Worker
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.solver.options import SolveOptions
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution

_CHUNK_SECONDS = 0.1
_CHUNK_STEPS = 200
"""Steps between two looks at the clock: at first, and always where the plan must not depend on the clock."""

_BEAT_SECONDS = 0.2
_EXCHANGES = 20
"""How often workers compare their plans in a whole search."""

_SETTLINGS = 20
"""How often, at most, a new best plan is timed exactly before the end."""


def search(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits."""
    return Search(problem, options).run()


class Search:
    """One search: its workers, its clock, and the best plan with exact times."""

    def __init__(self, problem: RoutingProblem, options: SolveOptions) -> None:
        self._problem, self._options = problem, options
        self._began = options.clock()
        shared = share(problem)
        self._workers = [Worker(shared, options.seed, number) for number in range(options.workers)]
        self._timed = _has_timed_costs(problem)
        self.routes: tuple[Route, ...] = ()
        self.cost = cost_of(problem, ()).total
        self._seen: int | None = None
        self._last_report = self._last_settled = self._began

    def run(self) -> RoutingSolution:
        """Construct, anneal, settle."""
        self._workers[0].start(self._options.initial, self._options.cancelled)
        self._settle(exactly=False)
        self._report()
        for other in self._workers[1:]:
            other.adopt(self._workers[0].best)
        stop = self._anneal()
        self._settle(exactly=True)
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
        """Give the part of the search that is over."""
        options = self._options
        if options.iterations is not None:
            return self._iterations() / max(1, options.iterations)
        return (self._seconds() - self._warm) / max(1e-9, (options.time_limit or 0.0) - self._warm)

    # --- annealing --------------------------------------------------------------------------------------

    def _anneal(self) -> Stop:
        """Anneal in chunks until a limit is reached."""
        self._warm = self._seconds()
        steps, exchanged = _CHUNK_STEPS, 0.0
        speed = 0.0
        with ThreadPoolExecutor(len(self._workers)) as pool:
            while (stop := self._stop()) is None:
                begun, before = self._options.clock(), self._iterations()
                self._chunk(pool, self._steps(steps), self._cooling(speed).at(self._share()))
                taken = max(1e-6, self._options.clock() - begun)
                speed = (self._iterations() - before) / taken
                if self._options.iterations is None:
                    factor = min(3.0, max(0.3, _CHUNK_SECONDS / taken))
                    steps = max(10, round(steps * factor))
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
        options, visits = self._options, len(self._problem.visits)
        if options.iterations is not None:
            steps = options.iterations / len(self._workers)
        else:
            steps = (options.time_limit or 0.0) * max(speed, 2_000.0) / len(self._workers)
        return cooling(self._scale(), steps / visits)

    def _scale(self) -> float:
        """Give what a served visit costs on average in the best plan, apart from who serves it."""
        if not hasattr(self, "_unit"):
            node, visits = self._workers[0].best, len(self._problem.visits)
            served = node[:visits, at.ROUTE] >= 0
            legs = node[:visits][served][:, at.LEG_COST]
            self._unit = float(legs.mean()) if len(legs) else 1.0
        return max(self._unit, 0.1)

    def _chunk(self, pool: ThreadPoolExecutor, steps: int, temperature: int) -> None:
        if len(self._workers) == 1:
            self._workers[0].advance(steps, temperature)
            return
        for done in [pool.submit(worker.advance, steps, temperature) for worker in self._workers]:
            done.result()

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
        if self._seen is not None and best.best_cost >= self._seen and not exactly:
            return
        routes = read_plan(self._problem, best.best)
        if routes is None:
            return
        self._seen = best.best_cost
        if exactly:
            routes = retime(self._problem, routes)
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
