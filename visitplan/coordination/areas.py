"""The choice for an area as a job that runs anywhere: a model of integers goes there, a choice comes back."""

from __future__ import annotations

import logging
import math
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AreaTask:
    """A choice to be made: pickled, it holds numbers only, no id of anybody.

    Attributes
    ----------
    model
        The CP-SAT model in Protocol Buffers' text format, without the names of its variables.
    seed, workers
        Of CP-SAT; the same task gives the same answer wherever it is solved.
    time_limit
        CP-SAT's deterministic seconds.
    """

    model: str
    seed: int
    workers: int
    time_limit: float


@dataclass(frozen=True, slots=True)
class AreaAnswer:
    """What came of a task: a value for each variable (none where nothing was found), and how good it is.

    ``seconds`` are the deterministic seconds that it took.
    """

    values: tuple[int, ...]
    value: int
    bound: int
    proved: bool
    seconds: float


def task_of(model: cp_model.CpModel, *, seed: int, workers: int, time_limit: float) -> AreaTask:
    """Make a task of a model; the model loses its names."""
    model.remove_all_names()
    return AreaTask(str(model.proto), seed, workers, time_limit)


def solve_area(task: AreaTask) -> AreaAnswer:
    """Make the choice, in whatever thread, process or machine this is called."""
    model = cp_model.CpModel()
    model.proto.parse_text_format(task.model)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to whoever called us
    solver.parameters.random_seed = task.seed
    solver.parameters.num_workers = task.workers
    solver.parameters.interleave_search = task.workers > 1
    solver.parameters.max_deterministic_time = task.time_limit
    solver.parameters.linearization_level = 2  # proves a county's choice in a second, not at all without
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return AreaAnswer((), 0, 0, proved=False, seconds=solver.response_proto.deterministic_time)
    return AreaAnswer(
        tuple(solver.response_proto.solution),
        round(solver.objective_value),
        math.floor(solver.best_objective_bound + 0.5),
        proved=status == cp_model.OPTIMAL,
        seconds=solver.response_proto.deterministic_time,
    )


def solve_areas(tasks: Sequence[AreaTask], executor: Executor | None, workers: int) -> list[AreaAnswer]:
    """Solve tasks side by side: on the executor, or on so many threads; answers in the tasks' order.

    A task that fails on the executor, by whatever it died of, is solved again in this thread: with the same
    answer, so that no fault of another machine changes a choice.
    """
    if executor is None and len(tasks) < 2:
        return [solve_area(task) for task in tasks]
    with ThreadPoolExecutor(workers) if executor is None else nullcontext(executor) as pool:
        waiting = [_submitted(pool, task) for task in tasks]
        return [_answered(future, task) for future, task in zip(waiting, tasks, strict=True)]


def _submitted(pool: Executor, task: AreaTask) -> Future[AreaAnswer] | None:
    """Hand a task over; None where the executor takes none any more."""
    try:
        return pool.submit(solve_area, task)
    except Exception as error:  # each kind of executor breaks with exceptions of its own
        _tell(error)
        return None


def _answered(future: Future[AreaAnswer] | None, task: AreaTask) -> AreaAnswer:
    if future is not None:
        try:
            return future.result()
        except Exception as error:  # as above; a fault of the task itself comes again, here
            _tell(error)
    return solve_area(task)


def _tell(error: Exception) -> None:
    _log.info("The choice for an area failed elsewhere (%s), and is made here.", type(error).__name__)
