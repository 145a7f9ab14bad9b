"""How long to search, from which seed, and who is told how it goes."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import RoutingSolution


@dataclass(frozen=True, slots=True)
class Progress:
    """How the search stands: seconds gone, seconds left (None without a limit), cost, visits unassigned."""

    stage: str
    seconds: float
    seconds_left: float | None
    iterations: int
    cost: int
    unassigned: int


def _never() -> bool:
    return False


def _nobody(seconds: float) -> None:
    del seconds


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """What a search may use.

    Attributes
    ----------
    time_limit
        Seconds of wall time, or None.
    iterations
        Number of search steps, or None. With the same seed and iterations, and a time limit that is not
        reached, the same plan comes out. At least one of the two limits is needed.
    seed
        Seed of every random choice.
    workers
        Cores that may be used.
    initial
        Routes to start from, if there are any: a plan that is valid for the problem, or partly so.
    warm
        ``initial`` has been searched for already: go on from it, not so hot that all of it is given up.
    rough
        The plan is one to learn from: visits start as early as they can, and not when that costs least.
    on_progress
        Called now and then, from the calling thread.
    cancelled
        Asked often; once it is true, the best plan so far is returned.
    clock
        Seconds that only go forward; passed in so that tests can hold it still.
    executor
        Where blocks of the plan are searched, ``workers`` at a time: any ``concurrent.futures`` executor, in
        this process or not. None: threads of our own.
    uncounted
        Told, again and again, of seconds that do not count against the time limit: those in which the search
        is compiled, once for all later runs.
    """

    time_limit: float | None = 60.0
    iterations: int | None = None
    seed: int = 1
    workers: int = 1
    initial: tuple[Route, ...] = ()
    warm: bool = False
    rough: bool = False
    on_progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] = _never
    clock: Callable[[], float] = time.monotonic
    executor: Executor | None = None
    uncounted: Callable[[float], None] = _nobody

    def __post_init__(self) -> None:
        if self.time_limit is None and self.iterations is None:
            raise ValueError("a search needs a time limit or an iteration limit")
        if self.time_limit is not None and self.time_limit < 0:
            raise ValueError(f"time limit is negative: {self.time_limit}")
        if self.iterations is not None and self.iterations < 0:
            raise ValueError(f"iteration limit is negative: {self.iterations}")
        if self.workers < 1:
            raise ValueError(f"at least one worker is needed, not {self.workers}")


class Engine(Protocol):
    """A way to solve a routing problem."""

    def __call__(self, problem: RoutingProblem, options: SolveOptions) -> RoutingSolution:
        """Give the best complete plan found within the options' limits."""
        ...
