"""A plan searched in blocks: cut, searched side by side, put together, cut differently, again and again.

The plan is complete at all times: what comes back of a block takes the place of what the block was given, or
nothing changes. Two plans are kept: the one that walks, dearer while it is hot, and the best so far.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf
from random import Random
from typing import TYPE_CHECKING

from visitplan.solver.cutting import Block, blocks
from visitplan.solver.evaluation import cost_of, lateness, solution_of, violations
from visitplan.solver.options import Progress
from visitplan.solver.patience import Patience
from visitplan.solver.pieces import Piece, borders, cut, splice
from visitplan.solver.search.blocks import BlockOutcome, BlockTask
from visitplan.solver.search.building import share
from visitplan.solver.search.fitting import fit, unfit
from visitplan.solver.search.hands import Hands, Job
from visitplan.solver.search.plans import read_plan
from visitplan.solver.search.schedule import AGAIN, Cooling
from visitplan.solver.search.worker import Worker
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.solver.options import SolveOptions
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route, RoutingSolution

FEWEST = 500
"""A block has about so many visits at least: in smaller ones borders cost more than a second core gains."""

MOST = 750
"""A block has about so many visits at most: larger plans are searched more slowly for each visit."""

ALONE = 3_000
"""Plans with so many visits are cut into blocks for one worker as well."""

WHOLE = 30_000
"""A first plan of fewer visits is made as a whole: in blocks there is one sooner, but more is left out.

Of a week of 25,000 visits, none joint, 512 were left out as a whole, 3,129 in blocks that were cut once.
"""

_TIME_FOR_A_VISIT = 0.002
"""Seconds for each visit below which a plan that one worker would search whole is not cut for several."""

_CONSTRUCTIONS = 3
"""How often, at most, a large first plan is cut to put in what was not put in before."""

_WHOLE_STEPS = 20
"""Steps for each visit, at most, in which a first plan that leaves somebody out is searched whole."""

_WHOLE_SHARE = 0.25
"""Share of the search that this may take.

With two workers and two seeds, first attempts at three days of 2,000 and 5,000 visits leave out as many
after 10 and 15 s, whole first or not, at 0.3 to 0.8 % less cost; one at a fourth day 21 and 21, and without
that 23 and 24.
"""

_WHOLE_CHUNK = 500
"""Steps of this between two questions whether to stop."""

_MOST_ROUNDS = 40
_STEPS_A_ROUND = 40
"""Steps for each visit in a round, at least, where steps are counted."""

_OVERHEAD = 0.5
"""Cutting and putting together last about so much of the time the first plan took, until that is known."""

_WORTH = 10.0
"""A round lasts at least so many times as long as cutting and putting together take."""

_HOT = 1.0
"""Average legs that the temperature falls from, less than for small plans: time is short for large ones.

With two workers and one seed, days of 2,000 and 5,000 visits cost 0.2 % less after 30 and 40 s than from 3.
"""

_FROM_BEST = 0.9
"""Share of the search after which it goes on from the best plan."""

_BEAT_SECONDS = 0.2
_PATIENCE_SECONDS = 0.15

_log = logging.getLogger(__name__)


def in_blocks(problem: RoutingProblem, options: SolveOptions) -> bool:
    """Say whether a plan is searched in blocks."""
    visits = len(problem.visits)
    if options.executor is not None or visits >= ALONE:
        return True
    if options.workers == 1 or visits < 2 * FEWEST:
        return False
    return options.time_limit is None or options.time_limit >= _TIME_FOR_A_VISIT * visits


def count_blocks(visits: int, workers: int) -> int:
    """Give how many blocks a plan is cut into: for each worker equally many."""
    fewest = max(1, -(-visits // (workers * MOST)))
    return max(1, min(workers * fewest, visits // FEWEST)) if fewest == 1 else workers * fewest


@dataclass(frozen=True, slots=True)
class _Part:
    """A block under way: the piece it is, and the job that searches it."""

    piece: Piece
    job: Job


class Rounds:
    """One search in blocks; see the head of this module."""

    def __init__(self, problem: RoutingProblem, options: SolveOptions) -> None:
        self._problem, self._options = problem, options
        self._began = self._last_report = options.clock()
        self._rng = Random(options.seed)
        self._made = self._number = self._searched = 0
        self._overhead = 0.05
        self._constructed = False
        self._since = 0.0
        self._walking: tuple[Route, ...] = ()
        self.routes: tuple[Route, ...] = ()
        self.cost, self._travel = cost_of(problem, ()).total, 0
        self.refused = 0

    def run(self) -> RoutingSolution:
        """Construct, then search round after round until a limit is reached."""
        with Hands(self._options, self._time_is_up) as hands:
            self._construct(hands)
            self._constructed = True
            self._report()
            self._since = self._seconds()
            self._overhead = max(self._overhead, self._since * _OVERHEAD)
            cooling = Cooling(self._average_leg(), AGAIN if self._options.warm else _HOT)
            while (stop := self._stop() or self._too_late()) is None:
                if not self._round(hands, cooling):
                    stop = Stop.EXHAUSTED
                    break
        return solution_of(self._problem, self.routes, stop, self._made, self._seconds())

    def _construct(self, hands: Hands) -> None:
        """Take over what holds of the plan to start from, and put in the rest; in blocks if it is large."""
        holds = not violations(self._problem, self._options.initial)
        if holds:
            self._take(self._options.initial)
            self._walking = self.routes
        if len(self._problem.visits) < WHOLE or not holds:
            self._construct_whole()
            return
        for _ in range(_CONSTRUCTIONS):
            absent = self._absent()
            parts = self._begin(hands, _Round(self._options.clock(), 0, 0.0, 1, 1))
            self._put_together(parts, hands.gather([part.job for part in parts], None, self._beat))
            self._number += 1
            if self._absent() in (0, absent) or self._time_is_up():
                break

    def _construct_whole(self) -> None:
        options = self._options
        worker = Worker(share(self._problem, options.workers), options.seed)
        worker.start(options.initial, Patience(options.cancelled, options.clock, _PATIENCE_SECONDS))
        worker.make_way(options.cancelled)
        self._search_whole(worker)
        routes = read_plan(self._problem, worker.best)
        if routes is not None:
            self._take(routes)
            self._walking = routes

    def _search_whole(self, worker: Worker) -> None:
        """Search the plan whole while it comes to leave out fewer: a block has few who could serve them."""
        visits, options = len(self._problem.visits), self._options
        heat = Cooling(worker.average_leg(), AGAIN if options.warm else _HOT).at(0.0)
        most, until = _WHOLE_STEPS * visits, self._until_cut()
        if options.iterations is not None:
            most = min(most, round(options.iterations * _WHOLE_SHARE))
        fewest, found = worker.absent, 0
        while worker.absent and worker.iterations + _WHOLE_CHUNK <= min(most, found + most // 2):
            if options.cancelled() or self._seconds() >= until:
                break
            worker.advance(_WHOLE_CHUNK, heat, seeking=True)
            worker.make_way_between(_WHOLE_CHUNK)
            if worker.absent < fewest:
                fewest, found = worker.absent, worker.iterations
        self._made = worker.iterations

    def _until_cut(self) -> float:
        """Give the second at which a plan that leaves somebody out is cut at the latest."""
        limit, now = self._options.time_limit, self._seconds()
        return inf if limit is None else now + (limit - now) * _WHOLE_SHARE

    def _absent(self) -> int:
        """Give how many visits the best plan leaves out."""
        return len(self._problem.visits) - sum(len(route.visits) for route in self.routes)

    # --- limits -----------------------------------------------------------------------------------------

    def _seconds(self) -> float:
        return self._options.clock() - self._began

    def _stop(self) -> Stop | None:
        options = self._options
        if options.cancelled():
            return Stop.CANCELLED
        if options.time_limit is not None and self._seconds() >= options.time_limit:
            return Stop.TIME
        if options.iterations is not None and self._made >= options.iterations:
            return Stop.ITERATIONS
        return None

    def _too_late(self) -> Stop | None:
        """Say whether what is left of the time is not enough to cut and put together once more."""
        limit = self._options.time_limit
        if self._options.iterations is not None or limit is None:
            return None
        return Stop.TIME if limit - self._seconds() <= self._overhead else None

    def _time_is_up(self) -> bool:
        """Say whether to come to an end at once; the first plan is made whether there is time or not."""
        return self._stop() in ((Stop.CANCELLED, Stop.TIME) if self._constructed else (Stop.CANCELLED,))

    def _share(self, seconds: float = 0.0, steps: int = 0) -> float:
        """Give the part of the search that is over, or will be after so many seconds or steps more."""
        options = self._options
        if options.iterations is not None:
            return (self._made + steps) / max(1, options.iterations)
        left = (options.time_limit or 0.0) - self._since
        return (self._seconds() + seconds - self._since) / max(1e-9, left)

    def _steps(self) -> int | None:
        """Give the steps of the next round; None where the clock counts."""
        limit = self._options.iterations
        if limit is None:
            return None
        rounds = min(_MOST_ROUNDS, max(1, limit // (_STEPS_A_ROUND * len(self._problem.visits))))
        return -(-(limit - self._made) // max(1, rounds - self._searched))

    def _length(self) -> float:
        """Give the seconds the next round shall take."""
        limit = self._options.time_limit or 0.0
        left = max(0.0, limit - self._seconds())
        rounds = max(1, round(left / max(limit / _MOST_ROUNDS, _WORTH * self._overhead, 1e-6)))
        return max(0.0, left / rounds - self._overhead)

    # --- a round ----------------------------------------------------------------------------------------

    def _round(self, hands: Hands, cooling: Cooling) -> bool:
        """Cut, have all blocks searched, put the outcomes together; False if there is nothing to search."""
        if self._share() >= _FROM_BEST:
            self._walking = self.routes
        began = self._options.clock()
        steps, length = self._steps(), self._length()
        heat = cooling.at(self._share()), cooling.at(self._share(length, steps or 0))
        parts = self._begin(hands, _Round(began, steps, length, *heat))
        if not parts:
            return False
        outcomes = hands.gather([part.job for part in parts], None if steps else length, self._beat)
        self._put_together(parts, outcomes)
        self._number += 1
        self._searched += 1
        if steps is None:
            self._made += sum(outcome.iterations for outcome in outcomes if outcome)
            self._overhead = max(0.0, self._options.clock() - began - length)
        else:
            self._made += steps
        return True

    def _begin(self, hands: Hands, plan: _Round) -> list[_Part]:
        """Cut the walking plan and hand over each block as soon as it is cut."""
        problem, options = self._problem, self._options
        wanted = count_blocks(len(problem.visits), options.workers)
        cuts = blocks(problem, self._walking, wanted, self._rng)
        held = borders(problem, self._walking, [block.shifts for block in cuts])
        late = _Lateness(problem, self._walking)
        sizes = self._sizes(cuts)
        waves = -(-len(cuts) // options.workers)
        parts = []
        for number, (block, steps) in enumerate(zip(cuts, _shared_out(plan.steps, sizes), strict=True)):
            piece = cut(problem, self._walking, block.shifts, block.extra, held)
            if not piece.visits:
                continue
            fitted, routes = fit(piece, problem.max_late_cost, late.outside(block.shifts))
            gone = options.clock() - plan.began
            task = BlockTask(
                number=number,
                problem=fitted,
                routes=routes,
                seed=options.seed,
                stream=1 + self._number * wanted + number,
                hot=plan.hot,
                cold=plan.cold,
                steps=steps,
                seconds=max(0.0, (plan.length - gone) / max(1, waves)),
            )
            parts.append(_Part(piece, hands.begin(task, block.shifts)))
        return parts

    def _sizes(self, cuts: Sequence[Block]) -> list[int]:
        """Give how many visits each block has."""
        load = {route.shift: len(route.visits) for route in self._walking}
        return [sum(load.get(shift, 0) for shift in cut.shifts) + len(cut.extra) for cut in cuts]

    # --- outcomes ---------------------------------------------------------------------------------------

    def _put_together(self, parts: Sequence[_Part], outcomes: Sequence[BlockOutcome | None]) -> None:
        """Take over the blocks' walking plans, and their best ones if the whole is the best so far."""
        walking = [None if outcome is None else outcome.walking for outcome in outcomes]
        best = [
            _if_cheaper(part, None if outcome is None else outcome.best)
            for part, outcome in zip(parts, outcomes, strict=True)
        ]
        merged = self._merged(parts, best)
        self._walking = self._merged(parts, walking)
        self._take(merged)
        self._take(self._walking)

    def _merged(self, parts: Sequence[_Part], found: Sequence[tuple[Route, ...] | None]) -> tuple[Route, ...]:
        """Give the walking plan with what was found for some blocks in it; the other blocks stay."""
        changed = [
            (part, unfit(part.piece, new)) for part, new in zip(parts, found, strict=True) if new is not None
        ]
        routes = self._walking
        for part, new in changed:
            routes = splice(routes, part.piece, new)
        if not violations(self._problem, routes):
            return routes
        routes = self._walking
        for part, new in changed:
            trial = splice(routes, part.piece, new)
            if violations(self._problem, trial):
                _log.warning("what was found for shifts %s does not hold: they stay", part.piece.shifts)
                self.refused += 1
            else:
                routes = trial
        return routes

    def _take(self, routes: tuple[Route, ...]) -> None:
        """Take over a plan if it is cheaper."""
        cost = cost_of(self._problem, routes)
        if cost.total < self.cost:
            self.routes, self.cost, self._travel = routes, cost.total, cost.travel

    def _average_leg(self) -> float:
        """Give the travel cost of the best plan for each visit; 1 if there is none."""
        visits = len(self._problem.visits) - self._absent()
        return max(0.1, self._travel / visits) if visits else 1.0

    # --- telling ----------------------------------------------------------------------------------------

    def _beat(self) -> None:
        """Tell how things stand, now and then; of no plan before there is one."""
        if self._constructed and self._options.clock() - self._last_report >= _BEAT_SECONDS:
            self._report()

    def _report(self) -> None:
        options = self._options
        self._last_report = options.clock()
        if options.on_progress is None:
            return
        left = None if options.time_limit is None else max(0.0, options.time_limit - self._seconds())
        told = Progress("searching", self._seconds(), left, self._made, self.cost, self._absent())
        options.on_progress(told)


@dataclass(frozen=True, slots=True)
class _Round:
    """When a round began, its steps or its seconds, and the temperature at its two ends."""

    began: float
    steps: int | None
    length: float
    hot: int
    cold: int


class _Lateness:
    """The largest lateness of each run, where that of the plan costs something."""

    def __init__(self, problem: RoutingProblem, routes: Sequence[Route]) -> None:
        self._of: dict[int, int] = {}
        if problem.max_late_cost:
            self._of = {
                route.shift: max(
                    lateness(problem, visit, start)
                    for visit, start in zip(route.visits, route.starts, strict=True)
                )
                for route in routes
            }

    def outside(self, shifts: Sequence[int]) -> int:
        """Give the largest lateness of all runs but some."""
        inside = set(shifts)
        return max((late for shift, late in self._of.items() if shift not in inside), default=0)


def _if_cheaper(part: _Part, found: tuple[Route, ...] | None) -> tuple[Route, ...] | None:
    """Give what was found for a block if it costs less than what the block had."""
    problem, had = part.job.task.problem, part.job.task.routes
    if found is None or cost_of(problem, found).total >= cost_of(problem, had).total:
        return None
    return found


def _shared_out(steps: int | None, sizes: Sequence[int]) -> list[int | None]:
    """Give each block its share of the steps, by its size."""
    if steps is None:
        return [None] * len(sizes)
    upto = [steps * part // max(1, sum(sizes)) for part in accumulate(sizes)]
    return [after - before for before, after in pairwise([0, *upto])]
