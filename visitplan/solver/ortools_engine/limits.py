"""When a search stops: by time, by steps, or because somebody asked."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.options import SolveOptions
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from ortools.sat.python import cp_model


_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left of the options' limits since ``started`` (seconds on the options' clock)."""

    options: SolveOptions
    started: float

    @property
    def repeatable(self) -> bool:
        """Say whether the plan must depend on seed and iterations only, not on how fast the machine is."""
        return self.options.iterations is not None

    def seconds(self) -> float:
        """Give the seconds gone."""
        return self.options.clock() - self.started

    def seconds_left(self) -> float | None:
        """Give the seconds left, or None without a time limit."""
        if self.options.time_limit is None:
            return None
        return max(0.0, self.options.time_limit - self.seconds())

    def stop(self, iterations: int) -> Stop | None:
        """Give why the search must end after so many iterations, or None."""
        if self.options.cancelled():
            return Stop.CANCELLED
        if self.seconds_left() == 0.0:
            return Stop.TIME
        if self.options.iterations is not None and iterations >= self.options.iterations:
            return Stop.ITERATIONS
        return None

    def part(self, seconds: float) -> float | None:
        """Give the wall time a step may take: ``seconds``, or all that is left in a repeatable run."""
        left = self.seconds_left()
        if self.repeatable:
            return left
        return seconds if left is None else min(seconds, left)


class Watch:
    """Asked by a running search whether to stop: after some seconds, some questions, or when cancelled.

    An exception raised while the question is answered, KeyboardInterrupt above all, would be lost inside the
    compiled search: it is kept, the search stops, and ``raise_kept`` raises it again.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        cancelled: Callable[[], bool],
        seconds: float | None,
        questions: int | None = None,
    ) -> None:
        self._clock = clock
        self._cancelled = cancelled
        self._deadline = None if seconds is None else clock() + seconds
        self._questions = questions
        self._kept: BaseException | None = None

    def __call__(self) -> bool:
        """Say whether to stop; a real bool, as the bindings want."""
        try:
            return self._over()
        except BaseException as error:
            self._kept = error
            return True

    def raise_kept(self) -> None:
        """Raise what was raised while the search ran, if anything was."""
        if self._kept is not None:
            raise self._kept

    def _over(self) -> bool:
        if self._questions is not None:
            self._questions -= 1
            if self._questions < 0:
                return True
        if self._deadline is not None and self._clock() >= self._deadline:
            return True
        return bool(self._cancelled())


def solve_watched(
    solver: cp_model.CpSolver, model: cp_model.CpModel, cancelled: Callable[[], bool]
) -> cp_model.CpSolverStatus:
    """Run CP-SAT so that it can be cancelled.

    CP-SAT lets other threads run, so it works in one while this one keeps asking.
    """
    status: list[cp_model.CpSolverStatus] = []
    fault: list[BaseException] = []

    def run() -> None:
        try:
            status.append(solver.solve(model))
        except BaseException as error:
            fault.append(error)

    thread = threading.Thread(target=run, name="cp-sat", daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_POLL_SECONDS)
            if cancelled():
                solver.stop_search()
    except BaseException:
        while thread.is_alive():
            solver.stop_search()
            thread.join(_POLL_SECONDS)
        raise
    if fault:
        raise fault[0]
    return status[0]
