"""How to plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from visitplan.solver.options import Progress


def never() -> bool:
    """Never cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Options:
    """How to plan; see :func:`visitplan.plan`."""

    time_limit: float | None = 60.0
    iterations: int | None = None
    seed: int = 1
    workers: int = 1
    engine: str = "search"
    coordinate: bool = True
    on_progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] = never
    clock: Callable[[], float] = time.monotonic
    executor: Executor | None = None
