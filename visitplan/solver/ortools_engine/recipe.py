"""The recipe, on one page.

1. The greedy plan, so that there is always one.
2. A problem small enough is solved as a whole by CP-SAT, which may prove that nothing is better.
3. Guided local search on the whole plan, or on blocks of a large one, with joint visits fixed in time.
4. In turn, until the limit: a few neighbouring runs by guided local search with their links free, and a dozen
   visits by CP-SAT.

What any of them finds is timed exactly, verified, and taken over only if it is cheaper.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from visitplan.solver.exact_timing import retime
from visitplan.solver.greedy import greedy
from visitplan.solver.ortools_engine import routing_model, sequence_model
from visitplan.solver.ortools_engine.blocks import blocks
from visitplan.solver.ortools_engine.incumbent import Incumbent
from visitplan.solver.ortools_engine.limits import Budget, Watch
from visitplan.solver.ortools_engine.neighbourhoods import Surroundings
from visitplan.solver.ortools_engine.turns import Turns
from visitplan.solver.pieces import cut, decouple
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.solver.options import SolveOptions
    from visitplan.solver.pieces import Piece
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import RoutingSolution

SMALL = 10
"""Up to so many visits the whole problem is given to CP-SAT."""

BLOCK = 100
"""Plans with more visits than this are cut into blocks for the first search."""

_FIRST_SHARE = 0.1
"""Part of the time limit that goes into the first search of all blocks."""

_RUNS = 7
_RUNS_SECONDS = 0.3
_RUNS_SOLUTIONS = 60
_BLOCK_SOLUTIONS = 150
_QUESTIONS_PER_SOLUTION = 300
"""Bounds a repeatable search that finds nothing: the search asks whether to stop about once a neighbour."""

_LOOSE = (10, 18)
_LOOSE_SHIFTS = 7
_LOOSE_SECONDS = 1.0
_LOOSE_EFFORT = 0.4
_SMALL_SECONDS = 10.0
_SMALL_EFFORT = 5.0


def solve(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the best complete plan found within the options' limits, with OR-Tools.

    The greedy plan is reported at once; each plan reported after it is cheaper. A step of ``iterations`` is
    one piece searched. With an iteration limit no step depends on the clock, so the same seed and iterations
    give the same plan as long as the time limit, if there is one, is not reached.
    """
    budget = Budget(options, options.clock())
    first = greedy(problem, options)
    incumbent = Incumbent(problem, budget, first.routes)
    if not problem.visits or not problem.shifts:
        return incumbent.solution(Stop.EXHAUSTED)
    incumbent.offer(retime(problem, incumbent.routes))
    bound = _solve_small(incumbent)
    if bound is not None and bound >= incumbent.cost:
        return incumbent.solution(Stop.OPTIMAL, incumbent.cost)
    _search_blocks(incumbent)
    return incumbent.solution(_search_pieces(incumbent), bound)


def prove(problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
    """Give the plan CP-SAT finds for a problem small enough to be solved as a whole.

    ``Stop.OPTIMAL``, with its bound, if nothing is better; ``Stop.EXHAUSTED`` if that could not be proved,
    and ``Stop.CANCELLED`` or ``Stop.TIME`` if there was no leave or no time for it.
    """
    budget = Budget(options, options.clock())
    incumbent = Incumbent(problem, budget, greedy(problem, options).routes)
    incumbent.offer(retime(problem, incumbent.routes))
    bound = _solve_small(incumbent)
    if bound is not None and bound >= incumbent.cost:
        return incumbent.solution(Stop.OPTIMAL, incumbent.cost)
    return incumbent.solution(budget.stop(0) or Stop.EXHAUSTED, bound)


def _solve_small(incumbent: Incumbent) -> int | None:
    """Give a small problem to CP-SAT as a whole; give the bound of its cost, if one is proved."""
    problem = incumbent.problem
    if len(problem.visits) > SMALL or _stopped(incumbent):
        return None
    incumbent.stage = "whole problem"
    piece = cut(problem, incumbent.routes, range(len(problem.shifts)), incumbent.unassigned)
    answer = _by_cp_sat(incumbent, piece, frozenset(range(len(piece.visits))), _SMALL_SECONDS, _SMALL_EFFORT)
    exact = len(piece.visits) == len(problem.visits) and not any(t.factors.starts for t in problem.travel)
    return answer.bound if exact else None


def _search_blocks(incumbent: Incumbent) -> None:
    """Search block after block, links held by fixed windows, unassigned visits that are alone taken along."""
    problem, budget = incumbent.problem, incumbent.budget
    incumbent.stage = "first search"
    parts = blocks(problem, incumbent.routes, BLOCK)
    limit = budget.options.time_limit
    share = 0.0 if limit is None else limit * _FIRST_SHARE / len(parts)
    for shifts in parts:
        if _stopped(incumbent):
            return
        alone = [visit for visit in incumbent.unassigned if problem.group_of[visit] < 0]
        free = cut(decouple(problem, incumbent.routes), incumbent.routes, shifts, alone)
        _by_routing_model(incumbent, free, share, _BLOCK_SOLUTIONS, every_window=False)


def _search_pieces(incumbent: Incumbent) -> Stop:
    """Search neighbouring runs or nearby visits, what was worth its time more often, until the limit."""
    around = Surroundings(incumbent.problem)
    rng = Random(incumbent.budget.options.seed)
    turns = Turns((_search_runs, _search_visits), (_RUNS_SECONDS, _LOOSE_SECONDS))
    incumbent.stage = "improving"
    while (stop := incumbent.budget.stop(incumbent.iterations)) is None:
        search, before = turns.draw(rng), incumbent.cost
        search(incumbent, around, rng)
        turns.learn(search, incumbent.cost < before)
    return stop


def _search_runs(incumbent: Incumbent, around: Surroundings, rng: Random) -> None:
    near = around.runs_near(incumbent.routes, incumbent.unassigned, _RUNS, rng)
    piece = cut(incumbent.problem, incumbent.routes, near.shifts, near.extra)
    _by_routing_model(incumbent, piece, _RUNS_SECONDS, _RUNS_SOLUTIONS, every_window=True)


def _search_visits(incumbent: Incumbent, around: Surroundings, rng: Random) -> None:
    count = rng.randint(*_LOOSE)
    near = around.visits_near(incumbent.routes, incumbent.unassigned, count, _LOOSE_SHIFTS, rng)
    piece = cut(incumbent.problem, incumbent.routes, near.shifts, near.extra)
    loose = frozenset(index for index, visit in enumerate(piece.visits) if visit in near.loose)
    _by_cp_sat(incumbent, piece, loose, _LOOSE_SECONDS, _LOOSE_EFFORT)


def _by_routing_model(
    incumbent: Incumbent, piece: Piece, seconds: float, solutions: int, *, every_window: bool
) -> None:
    budget = incumbent.budget
    incumbent.iterations += 1
    if not piece.visits or not piece.shifts:
        return
    watch = Watch(
        budget.options.clock,
        incumbent.cancelled,
        budget.part(seconds),
        solutions * _QUESTIONS_PER_SOLUTION if budget.repeatable else None,
    )
    limit = solutions if budget.repeatable else None
    found = routing_model.improve(piece, watch, solutions=limit, every_window=every_window)
    incumbent.offer_piece(piece, found)


def _by_cp_sat(
    incumbent: Incumbent, piece: Piece, loose: frozenset[int], seconds: float, deterministic: float
) -> sequence_model.Answer:
    budget = incumbent.budget
    incumbent.iterations += 1
    if not piece.visits or not piece.shifts:
        return sequence_model.Answer(None, None)
    effort = sequence_model.Effort(
        seconds=budget.part(seconds),
        deterministic=deterministic,
        workers=1 if budget.repeatable else budget.options.workers,
        seed=(budget.options.seed + incumbent.iterations) % 2**31,
    )
    answer = sequence_model.improve(piece, loose, effort, incumbent.cancelled)
    incumbent.offer_piece(piece, answer.found)
    return answer


def _stopped(incumbent: Incumbent) -> bool:
    return incumbent.budget.stop(incumbent.iterations) is not None
