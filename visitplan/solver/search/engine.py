"""The search as an engine: a plan at once, better ones until a limit, the last word to exact timing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from math import inf
from random import Random
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import cost_of, solution_of, violations
from visitplan.solver.exact_timing import retime, times_matter
from visitplan.solver.options import Progress
from visitplan.solver.patience import Patience
from visitplan.solver.search import layout as at
from visitplan.solver.search.building import share
from visitplan.solver.search.crossing import Made, Population
from visitplan.solver.search.plans import read_plan
from visitplan.solver.search.rounds import Rounds, in_blocks
from visitplan.solver.search.schedule import (
    AGAIN,
    HOT,
    WARM,
    Cooling,
    apart,
    apart_later,
    plans_side_by_side,
)
from visitplan.solver.search.worker import Worker
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from visitplan.solver.options import SolveOptions
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution

_CHUNK_SECONDS = 0.1
_CHUNK_STEPS = 200
"""Steps between two looks at the clock: at first, and always where the plan must not depend on the clock."""

_SPEED = 10_000.0
"""Steps a second, until they are measured."""

_JOINED_AFTER = 0.01
"""Part of the search after which the speed is known, and with it how many plans are made side by side."""

_STEPS_OF_A_CHILD = 30
"""Steps for each visit in which a plan made of two is cooled."""

_CHUNKS_OF_A_CHILD = 8
_FEWEST_STEPS = 100
"""Steps of a chunk of such a plan, at least: making it takes as long as some hundred steps."""

_IN_VAIN = 2
"""Plans are alike once so many children for each of them in a row were no better than their parents."""

_ROOM = 1.5
"""Others are made where so many times the share that takes is left: what is made is to be crossed as well."""

_BEAT_SECONDS = 0.2
_PATIENCE_SECONDS = 0.15
"""How long the first plan is still added to once cancelled."""

_SETTLINGS = 10
"""How often, at most, a new best plan is timed exactly before the end."""
_SEARCHED = 10
"""How many times as long as timing it took is searched, at least, before the next one is timed."""


def search(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits; never a dearer one than ``initial``.

    A large plan is searched in blocks, and sooner if several workers are there for it; see ``in_blocks``.
    """
    if in_blocks(problem, options):
        return Rounds(problem, options).run()
    return Search(problem, options).run()


class Search:
    """One search: a crew of plans for each worker, its clock, and the best plan with exact times.

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
        self._shared = share(problem)
        self._crews: list[list[Worker]] = [[] for _ in range(options.workers)]
        self._made = 0
        self._retired = 0
        self._pace, self._speed = _CHUNK_STEPS, _SPEED
        self._random = Random(options.seed)
        self._crossing: Population | None = None
        self._kept: list[Made] = []
        self._timed = times_matter(problem) and not options.rough
        self._annealing_since = 0.0
        self.routes: tuple[Route, ...] = ()
        if not violations(problem, options.initial):
            self.routes = options.initial
        self.cost = cost_of(problem, self.routes).total
        self._settled: int | None = None
        self._settling = 0.0
        self._last_report = self._last_settled = self._began

    def run(self) -> RoutingSolution:
        """Construct, anneal, settle."""
        first = self._worker()
        self._crews[0].append(first)
        first.start(
            self._options.initial,
            Patience(self._options.cancelled, self._options.clock, _PATIENCE_SECONDS),
        )
        first.make_way(self._options.cancelled)
        self._settle(exactly=False)
        self._report()
        self._annealing_since = self._seconds()
        self._last_settled = self._options.clock()
        stop = self._anneal()
        self._settle(exactly=not self._options.rough and stop is not Stop.CANCELLED)
        return solution_of(self._problem, self.routes, stop, self._iterations(), self._seconds())

    # --- limits -----------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        return self._options.clock() - self._began

    def _iterations(self) -> int:
        return self._retired + sum(worker.iterations for worker in self._workers())

    def _workers(self) -> list[Worker]:
        return [worker for crew in self._crews for worker in crew]

    def _worker(self) -> Worker:
        """Give a worker with random numbers of its own."""
        self._made += 1
        return Worker(self._shared, self._options.seed, self._made - 1)

    def _best(self) -> Made:
        """Give the best plan of all; its nodes may change with the next step."""
        made = [Made(worker.best_cost, worker.best) for worker in self._workers()]
        made += self._kept
        if self._crossing is not None:
            made.append(self._crossing.best)
        return min(made, key=lambda plan: plan.cost)

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
        """Anneal until a limit is reached: each crew in a thread, or the only one in this."""
        if len(self._crews) == 1:
            return self._anneal_in_chunks(lambda steps, heat: self._advance(self._crews[0], steps, heat))
        with ThreadPoolExecutor(len(self._crews)) as pool:

            def advance(steps: int, heat: int) -> None:
                for done in [pool.submit(self._advance, crew, steps, heat) for crew in self._crews]:
                    done.result()

            return self._anneal_in_chunks(advance)

    def _advance(self, crew: list[Worker], steps: int, heat: int) -> None:
        """Advance a crew's plans by so many steps each; way is made for what they leave out between."""
        for worker in crew:
            worker.advance(steps, heat)
            worker.make_way_between(steps)

    def _anneal_in_chunks(self, advance: Callable[[int, int], None]) -> Stop:
        """Make plans apart, then cross them: a chunk of steps at a time, at falling temperatures."""
        leg = self._crews[0][0].average_leg()
        alone = Cooling(leg, AGAIN if self._options.warm else HOT)
        stop = self._cool(advance, alone, 0.0, 1.0, until=_JOINED_AFTER)
        if stop is not None:
            return stop
        first, later = self._join()
        crossed = first < 1.0
        stop = self._cool(
            advance, Cooling(leg) if crossed else alone, 0.0, first, until=first if crossed else inf
        )
        return stop or self._cross_and_renew(advance, leg, later)

    def _cool(
        self, advance: Callable[[int, int], None], cooling: Cooling, hot: float, cold: float, *, until: float
    ) -> Stop | None:
        """Advance all plans side by side until a share of the search is over; None then.

        They are hot at one share of the search, and cold at another.
        """
        while (stop := self._stop()) is None:
            share = self._share()
            if share >= until:
                return None
            begun, before = self._options.clock(), self._iterations()
            self._chunk(advance, self._pace, cooling.at((share - hot) / (cold - hot)))
            if self._options.iterations is None:
                taken = max(1e-6, self._options.clock() - begun)
                self._speed = (self._iterations() - before) / taken
                self._pace = max(10, round(self._pace * min(3.0, max(0.3, _CHUNK_SECONDS / taken))))
        return stop

    def _join(self) -> tuple[float, float]:
        """Let all crews make plans; give the shares of the search that these take, and others later.

        Both are 1 where plans are not to be crossed. Each is begun by itself, but where one is to be gone on
        with and there are no steps to spare.
        """
        visits, crews, steps = len(self._problem.visits), len(self._crews), self._steps_in_all(self._speed)
        plans = plans_side_by_side(steps, visits)
        again = self._options.warm and plans <= crews
        plans = max(crews, plans)
        self._begin(range(1, plans), self._options.initial if again else ())
        if self._options.iterations is None:  # a chunk lasts no longer for there being more plans
            self._pace = max(10, self._pace * crews // plans)
        return (1.0, 1.0) if again else (apart(plans, steps, visits), apart_later(plans, steps, visits))

    def _begin(self, numbers: Iterable[int], initial: Sequence[Route] = ()) -> None:
        """Begin plans, shared out among the crews by their numbers."""
        for number in numbers:
            worker = self._worker()
            worker.start(initial, self._options.cancelled)
            self._crews[number % len(self._crews)].append(worker)

    def _cross_and_renew(self, advance: Callable[[int, int], None], leg: float, share: float) -> Stop:
        """Cross plans until that gains no more; then make others, each time in a share of the search.

        When no time is left for others, the best of each time are crossed with those of the last.
        """
        plans = self._plans()
        number = len(plans)
        while True:
            others = self._share() + _ROOM * share < 1.0
            self._crossing = Population(
                self._problem, plans if others else [*self._kept, *plans], self._random
            )
            stop = self._cross(advance, Cooling(leg, WARM), self._crossing, until_alike=others)
            if stop is not None:
                return stop
            best = self._crossing.best
            self._kept.append(best)
            plans = [plan for plan in self._crossing.plans if plan is not best]
            now = self._share()
            if now + _ROOM * share < 1.0:
                for crew in self._crews:
                    self._retire(crew)
                self._begin(range(number))
                stop = self._cool(advance, Cooling(leg), now, now + share, until=now + share)
                if stop is not None:
                    return stop
                plans = self._plans()

    def _cross(
        self,
        advance: Callable[[int, int], None],
        cooling: Cooling,
        crossing: Population,
        *,
        until_alike: bool,
    ) -> Stop | None:
        """Let each crew make a plan of two, cool it, and give it back: again and again.

        None where plans are so alike that it gains no more, if that is to end it.
        """
        steps = max(_FEWEST_STEPS, _STEPS_OF_A_CHILD * len(self._problem.visits) // _CHUNKS_OF_A_CHILD)
        while not (until_alike and crossing.in_vain >= _IN_VAIN * len(crossing.plans)):
            parents = [self._begin_child(crew, crossing) for crew in self._crews]
            for chunk in range(_CHUNKS_OF_A_CHILD):
                if self._stop() is None:
                    self._chunk(advance, steps, cooling.at(chunk / _CHUNKS_OF_A_CHILD))
            for parent, (child,) in zip(parents, self._crews, strict=True):
                crossing.replace(parent, Made(child.best_cost, child.best))
            if (stop := self._stop()) is not None:
                return stop
        return None

    def _plans(self) -> list[Made]:
        """Give the best plan of each worker."""
        return [Made(worker.best_cost, worker.best.copy()) for worker in self._workers()]

    def _retire(self, crew: list[Worker]) -> None:
        """Let the workers of a crew go; their steps count."""
        self._retired += sum(worker.iterations for worker in crew)
        crew.clear()

    def _begin_child(self, crew: list[Worker], crossing: Population) -> int:
        """Let a crew begin with a plan made of two; give the number of the first of these."""
        self._retire(crew)
        parent, rows = crossing.cross()
        child = self._worker()
        child.start_with(rows, self._options.cancelled)
        crew.append(child)
        return parent

    def _chunk(self, advance: Callable[[int, int], None], steps: int, heat: int) -> None:
        """Advance all plans by a chunk of steps, and look what came of it."""
        advance(self._steps(steps), heat)
        self._verify()
        self._look()

    def _steps(self, steps: int) -> int:
        """Give how many steps each plan is taken on in the next chunk."""
        limit = self._options.iterations
        if limit is None:
            return steps
        return max(1, min(steps, -(-(limit - self._iterations()) // len(self._workers()))))

    def _steps_in_all(self, speed: float) -> float:
        """Give the steps all crews can make; with an iteration limit no clock is asked."""
        options = self._options
        if options.iterations is not None:
            return options.iterations
        return (options.time_limit or 0.0) * speed * len(self._crews)

    def _verify(self) -> None:
        if self._checked:
            for worker in self._workers():
                worker.verify()

    # --- the best plan ----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Take over a better plan now and then, and tell how things stand."""
        now = self._options.clock()
        if self._timed and self._options.iterations is None:
            limit = self._options.time_limit or 0.0
            pause = max(_BEAT_SECONDS, limit / _SETTLINGS, self._settling * _SEARCHED)
            if now - self._last_settled >= pause:
                self._settle(exactly=True)
                self._last_settled = self._options.clock()
                self._settling = self._last_settled - now
        if now - self._last_report >= _BEAT_SECONDS:
            self._report()

    def _settle(self, *, exactly: bool) -> None:
        """Read the workers' best plan and take it over if it is valid and cheaper."""
        best = self._best()
        if best.cost == self._settled:
            return
        routes = read_plan(self._problem, best.node)
        if routes is None:
            return
        if exactly:
            routes = retime(self._problem, routes, self._options.cancelled)
            self._settled = best.cost
        cost = cost_of(self._problem, routes).total
        if cost < self.cost:
            self.routes, self.cost = routes, cost

    def _report(self) -> None:
        options = self._options
        self._last_report = options.clock()
        if options.on_progress is None:
            return
        best = self._best()
        left = None if options.time_limit is None else max(0.0, options.time_limit - self._seconds())
        visits = len(self._problem.visits)
        absent = int((best.node[:visits, at.ROUTE] < 0).sum())
        options.on_progress(
            Progress("searching", self._seconds(), left, self._iterations(), best.cost, absent)
        )
