"""Attempts at routing: what is wished for, what came of it, and the budget that all attempts share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from visitplan import routing
from visitplan.domain.demand import Demand
from visitplan.domain.scenario import Scenario
from visitplan.findings import Finding
from visitplan.planning.budget import Budget
from visitplan.planning.options import Options
from visitplan.routing import Encoding, Network
from visitplan.solver import solve, timed
from visitplan.solver.options import Progress, SolveOptions
from visitplan.solver.solution import Route, RoutingSolution

Solving: TypeAlias = Callable[[Encoding, SolveOptions, str], RoutingSolution]
"""Solves a routing problem with the engine of that name."""


def solve_whole(encoding: Encoding, options: SolveOptions, engine: str) -> RoutingSolution:
    """Solve the whole problem in one go."""
    return solve(encoding.problem, options, engine)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be served, and what has been given up for it.

    ``alone`` are visits that had to be joint and are not, ``cut`` those given up so that the ones they follow
    could be served, ``untold`` those that do nothing for others because they are not served. Where nothing is
    coordinated, no visit has to be joint.
    """

    demand: Demand
    coordinated: bool = True
    alone: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    untold: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """A wish with the best routing found for it; ``rough``: its visits do not start when that costs least."""

    wish: Wish
    encoding: Encoding
    solution: RoutingSolution
    rough: bool = False

    @property
    def unassigned_ids(self) -> frozenset[str]:
        """Give the ids of all visits that are in no route."""
        routed = (self.encoding.visits[index].visit_id for index in self.solution.unassigned)
        return frozenset((*routed, *(visit.visit_id for visit in self.encoding.left_out)))

    def cost(self, scenario: Scenario) -> int:
        """Give the cost of the routing and of every visit that is in no route, in millipence."""
        return self.solution.cost.total + self._left_out_cost(scenario)

    def unserved_cost(self, scenario: Scenario) -> int:
        """Give the cost of every visit that is in no route, in millipence."""
        return self.solution.cost.unassigned + self._left_out_cost(scenario)

    def _left_out_cost(self, scenario: Scenario) -> int:
        left_out = (scenario.request_by_id[visit.request_id] for visit in self.encoding.left_out)
        return sum(routing.unassigned_cost(scenario, request) for request in left_out)


@dataclass(frozen=True, slots=True)
class Attempts:
    """Attempts at routing, out of one budget."""

    scenario: Scenario
    network: Network
    options: Options
    budget: Budget
    solving: Solving = solve_whole

    @property
    def over(self) -> bool:
        """Tell whether there is no time for another attempt."""
        return self.options.cancelled() or self.budget.left == 0

    def attempt(
        self,
        wish: Wish,
        before: Served | None,
        share: float,
        *,
        far: bool = False,
        rough: bool = False,
        instead: Served | None = None,
    ) -> Served:
        """Route a wish with this share of what is left, from an earlier attempt's routes if there is one.

        ``far`` looks as far from these routes as a search from nothing does; else it keeps near them.
        ``rough`` spares the time for exact timing: see :meth:`timed`. ``instead`` is given back, if there is
        one, where planning is cancelled before the search has begun.
        """
        again = before is not None and before.wish is wish
        if before is not None and again:
            encoding = before.encoding
        else:
            encoding = routing.encode(self.scenario, wish.demand, self.network)
        if instead is not None and self.options.cancelled():
            return instead
        time_limit, iterations = self.budget.share(share)
        options = replace(
            self._solve_options(),
            time_limit=time_limit,
            iterations=iterations,
            initial=() if before is None else carried_over(before, encoding),
            warm=before is not None and not far,
            rough=rough,
        )
        solution = self.solving(encoding, options, self.options.engine)
        self.budget.steps += solution.iterations
        if before is not None and again and solution.cost.total >= before.solution.cost.total:
            return replace(before, solution=replace(before.solution, stop=solution.stop))
        return Served(wish, encoding, solution, rough)

    def timed(self, served: Served) -> Served:
        """Give the same runs with the starts that cost least, where that was spared."""
        if not served.rough:
            return served
        exact = timed(served.encoding.problem, served.solution, self._solve_options())
        return replace(served, solution=exact, rough=False)

    def _solve_options(self) -> SolveOptions:
        return SolveOptions(
            seed=self.options.seed,
            workers=self.options.workers,
            on_progress=None if self.options.on_progress is None else self._tell,
            cancelled=self.options.cancelled,
            clock=self.options.clock,
            executor=self.options.executor,
            uncounted=self.budget.leave_out,
        )

    def _tell(self, progress: Progress) -> None:
        """Pass progress on, with the seconds of the whole run and not of this attempt."""
        if self.options.on_progress is not None:
            told = replace(progress, seconds=self.budget.used, seconds_left=self.budget.left)
            self.options.on_progress(told)


def carried_over(before: Served, encoding: Encoding) -> tuple[Route, ...]:
    """Give the routes of an earlier attempt in the indices of this one; visits that are gone are skipped."""
    index = {visit.visit_id: k for k, visit in enumerate(encoding.visits)}
    routes = []
    for route in before.solution.routes:
        ids = (before.encoding.visits[k].visit_id for k in route.visits)
        kept = [(index[i], start) for i, start in zip(ids, route.starts, strict=True) if i in index]
        if kept:
            visits, starts = zip(*kept, strict=True)
            routes.append(replace(route, visits=visits, starts=starts))
    return tuple(routes)
