"""What every peer's script shares: it reads a problem, and writes runs with what they took.

Stands alone, because the interpreter that has the peers need not have visitplan.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

KIB = 1024
NOT_INSTALLED = 69
"""Exit code (sysexits.h: service unavailable) of a script whose engine is not there."""


@dataclass(frozen=True, slots=True)
class Task:
    """One call of a peer: ``SCRIPT PROBLEM.npz ANSWER.json SECONDS SEED wall|cpu``."""

    arrays: dict[str, np.ndarray]
    answer: Path
    limit: float
    seed: int
    clock: str
    began: float = field(default_factory=time.monotonic)
    cpu: float = field(default_factory=time.process_time)

    def left(self) -> float:
        """Give the seconds that are left, by the clock that was named."""
        used = time.process_time() - self.cpu if self.clock == "cpu" else time.monotonic() - self.began
        return self.limit - used

    def write(self, runs: dict[str, list[int]] | None, iterations: int | None = None) -> None:
        """Write each shift's visits in order, or None for no plan, with seconds, CPU seconds and memory."""
        found = {
            "runs": runs,
            "iterations": iterations,
            "seconds": time.monotonic() - self.began,
            "cpu_seconds": time.process_time() - self.cpu,
            "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB,
        }
        self.answer.write_text(json.dumps(found), encoding="utf-8")


def task(arguments: list[str]) -> Task:
    """Read the problem that the command line names."""
    problem, answer, seconds, seed, clock = arguments
    with np.load(problem) as given:
        return Task(dict(given), Path(answer), float(seconds), int(seed), clock)


def missing(package: str) -> None:
    """End the script: its engine is not installed."""
    print(f"{sys.executable} has no {package}; install it there: pip install {package}", file=sys.stderr)
    raise SystemExit(NOT_INSTALLED)
