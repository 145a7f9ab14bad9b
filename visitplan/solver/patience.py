"""Letting what is nearly done be finished after somebody asked to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Patience:
    """Asked whether to stop: true once ``cancelled`` has been seen to be true for so many seconds.

    Attributes
    ----------
    cancelled
        Whether somebody asked to stop.
    clock
        Seconds that only go forward.
    seconds
        How long what is under way may still take from then on.
    """

    cancelled: Callable[[], bool]
    clock: Callable[[], float]
    seconds: float
    _since: float | None = field(default=None, init=False)

    def __call__(self) -> bool:
        """Say whether patience is at its end."""
        if self._since is None:
            if not self.cancelled():
                return False
            self._since = self.clock()
        return self.clock() - self._since >= self.seconds
