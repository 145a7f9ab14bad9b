"""How much time and how many search steps are left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(slots=True)
class Budget:
    """A time limit and an iteration limit, and when they began to run.

    Attributes
    ----------
    time_limit
        Seconds, or None.
    iterations
        Search steps, or None.
    clock
        Seconds that only go forward.
    began
        The clock at the start.
    uncounted
        Seconds since then that do not count against the time limit.
    steps
        Search steps made since then.
    """

    time_limit: float | None
    iterations: int | None
    clock: Callable[[], float]
    began: float
    uncounted: float = 0.0
    steps: int = 0

    @classmethod
    def start(cls, time_limit: float | None, iterations: int | None, clock: Callable[[], float]) -> Budget:
        """Start a budget now."""
        return cls(time_limit, iterations, clock, clock())

    @property
    def used(self) -> float:
        """Give the seconds gone, counted or not."""
        return self.clock() - self.began

    @property
    def left(self) -> float | None:
        """Give the seconds left, at least 0; None without a limit."""
        return None if self.time_limit is None else max(0.0, self.time_limit - self.used + self.uncounted)

    def leave_out(self, seconds: float) -> None:
        """Let so many of the seconds gone not count."""
        self.uncounted += seconds

    def share(self, part: float) -> tuple[float | None, int | None]:
        """Give this part of the seconds left and of all iterations."""
        left = self.left
        steps = None if self.iterations is None else max(1, round(self.iterations * part))
        return (None if left is None else left * part), steps
