"""A block of a plan searched by itself: a job that any executor can do, and what comes back of it.

A job knows nothing of the plan it is part of: it is given a routing problem in integers, the routes it has, a
seed, and how long and how hot to search. What is given and what comes back can be pickled.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.exact_timing import retime, times_matter
from visitplan.solver.problem import RoutingProblem
from visitplan.solver.search.building import share
from visitplan.solver.search.plans import read_plan
from visitplan.solver.search.worker import Worker
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK_SECONDS = 0.1
_CHUNK_STEPS = 200
"""Steps between two questions whether to stop: at first, and always where steps are counted."""


@dataclass(frozen=True, slots=True)
class BlockTask:
    """One block, and how it is to be searched.

    Attributes
    ----------
    number
        Names the block among those of its round.
    problem, routes
        The block as a problem of its own, and its plan to start from.
    seed, stream
        The random numbers: the search's seed, and which of its streams.
    hot, cold
        The temperature to begin and to end at, in 256ths of a cost unit.
    steps
        Search steps to make; None to search for ``seconds``, 0 only to put in what is absent.
    seconds
        Seconds the whole job may take; without effect where ``steps`` are given.
    """

    number: int
    problem: RoutingProblem
    routes: tuple[Route, ...]
    seed: int
    stream: int
    hot: int
    cold: int
    steps: int | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class BlockOutcome:
    """What a job found.

    Attributes
    ----------
    number
        The task's.
    walking, best
        The plan the search stood at in the end, and the best it came by, timed exactly if it was searched
        for; None where no starts were found that hold.
    iterations
        Steps made.
    """

    number: int
    walking: tuple[Route, ...] | None
    best: tuple[Route, ...] | None
    iterations: int


def _never() -> bool:
    return False


def improve(
    task: BlockTask,
    cancelled: Callable[[], bool] = _never,
    clock: Callable[[], float] = time.monotonic,
) -> BlockOutcome:
    """Search a block while its temperature falls.

    With a number of steps no clock is asked: the same task gives the same outcome wherever it is done.
    """
    began = clock()
    worker = Worker(share(task.problem), task.seed, task.stream)
    worker.start(task.routes, cancelled)
    worker.make_way(cancelled)
    if task.steps is None:
        _search_for_a_time(worker, task, began, cancelled, clock)
    else:
        _search_so_many_steps(worker, task, task.steps, cancelled)
    walking, best = _plans(worker, cancelled, exactly=task.steps != 0)
    return BlockOutcome(task.number, walking, best, worker.iterations)


def temperature(task: BlockTask, share: float) -> int:
    """Give the temperature after a share of the job, in 256ths of a cost unit: it falls geometrically."""
    fallen: float = task.hot * (task.cold / task.hot) ** min(1.0, max(0.0, share))
    return max(1, round(fallen))


def _search_so_many_steps(worker: Worker, task: BlockTask, steps: int, cancelled: Callable[[], bool]) -> None:
    done = 0
    while done < steps and not cancelled():
        chunk = min(_CHUNK_STEPS, steps - done)
        worker.advance(chunk, temperature(task, done / steps))
        worker.make_way_between(chunk)
        done += chunk


def _search_for_a_time(
    worker: Worker,
    task: BlockTask,
    began: float,
    cancelled: Callable[[], bool],
    clock: Callable[[], float],
) -> None:
    since = now = clock()
    until = began + task.seconds
    steps = _CHUNK_STEPS
    while now < until and not cancelled():
        worker.advance(steps, temperature(task, (now - since) / (until - since)))
        worker.make_way_between(steps)
        taken, now = clock() - now, clock()
        wanted = min(_CHUNK_SECONDS, max(1e-3, until - now))
        steps = max(10, round(steps * min(3.0, max(0.3, wanted / max(1e-6, taken)))))


def _plans(
    worker: Worker, cancelled: Callable[[], bool], *, exactly: bool
) -> tuple[tuple[Route, ...] | None, tuple[Route, ...] | None]:
    """Give the plan the worker stands at, and its best, timed exactly: its cost is compared.

    A first plan is not worth that: it takes longer than all the rest of it, and the search moves everything.
    """
    best = walking = read_plan(worker.problem, worker.best)
    if worker.current_cost != worker.best_cost:
        walking = read_plan(worker.problem, worker.arrays.node)
    if exactly and best is not None and times_matter(worker.problem):
        best = retime(worker.problem, best, cancelled)
    return walking, best
