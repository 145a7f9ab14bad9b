"""What all measurements share: a measured solve, processes, the machine's description, and tables."""

from __future__ import annotations

import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from visitplan.solver import Progress, RoutingProblem, RoutingSolution, SolveOptions, solve, violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

PACKAGES = ("visitplan", "numpy", "numba", "ortools", "pyvrp", "pyvroom")


@dataclass(frozen=True, slots=True)
class Point:
    """The best plan known so many seconds after the start of a search."""

    seconds: float
    cost: int
    unassigned: int


@dataclass(slots=True)
class Trace:
    """Collects every better plan that a search reports."""

    points: list[Point] = field(default_factory=list)

    def __call__(self, progress: Progress) -> None:
        """Take a report; keep it if it tells of a better plan."""
        self.add(progress.seconds, progress.cost, progress.unassigned)

    def add(self, seconds: float, cost: int, unassigned: int) -> None:
        """Keep a plan if it is the first or costs less than the last one kept."""
        if not self.points or cost < self.points[-1].cost:
            self.points.append(Point(seconds, cost, unassigned))


@dataclass(frozen=True, slots=True)
class Run:
    """One measured search.

    Attributes
    ----------
    solution
        The plan, checked.
    trace
        How the best cost fell; the last point is the plan itself.
    cpu_seconds
        Processor time of all threads.
    """

    solution: RoutingSolution
    trace: tuple[Point, ...]
    cpu_seconds: float = 0.0

    @property
    def per_second(self) -> float:
        """Give iterations per second."""
        return self.solution.iterations / self.solution.seconds if self.solution.seconds else 0.0

    @property
    def seconds_to_best(self) -> float:
        """Give when the best plan was first known."""
        return self.trace[-1].seconds

    @property
    def seconds_to_complete(self) -> float:
        """Give when as few visits as in the end were left out for the first time."""
        fewest = min(point.unassigned for point in self.trace)
        return next(point.seconds for point in self.trace if point.unassigned == fewest)

    def cost_at(self, seconds: float) -> int | None:
        """Give the best cost known after some time, or None before the first plan."""
        known = [point.cost for point in self.trace if point.seconds <= seconds]
        return known[-1] if known else None


def measure(problem: RoutingProblem, engine: str, options: SolveOptions) -> Run:
    """Solve a problem once everything is compiled, check the plan, and tell how the search went.

    Raises
    ------
    RuntimeError
        The plan breaks a rule of the problem.
    """
    if engine == "search":
        solve(problem, SolveOptions(time_limit=None, iterations=1, seed=options.seed), engine)
    trace = Trace()
    began, cpu = time.monotonic(), time.process_time()
    solution = solve(problem, replace(options, on_progress=trace), engine)
    used, cpu = time.monotonic() - began, time.process_time() - cpu
    trace.add(used, solution.cost.total, len(solution.unassigned))
    return Run(demand_valid(problem, solution), tuple(trace.points), cpu)


def demand_valid(problem: RoutingProblem, solution: RoutingSolution) -> RoutingSolution:
    """Give the solution back, or raise RuntimeError with the rules it breaks."""
    faults = violations(problem, solution.routes)
    if faults:
        raise RuntimeError(f"the plan breaks {len(faults)} rules, first: {faults[0]}")
    return solution


# --- processes ------------------------------------------------------------------------------------------


def alone(work: Callable[..., T], *given: object) -> T:
    """Call a function in a fresh process, so that its peak memory and its processor time are its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def side_by_side(work: Callable[..., T], tasks: Iterable[object], jobs: int) -> Iterable[T]:
    """Call a function that starts a process for each task, so many at a time; results in the tasks' order."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(work, tasks)


def yardstick() -> float:
    """Give the processor time of a fixed piece of work, the least of five: how fast this machine is."""
    return min(_yardstick() for _ in range(5))


def _yardstick() -> float:
    """Sort and add numbers with NumPy, then without: about a fifth of a second on a machine of 2020."""
    numbers = np.random.default_rng(1).random(1_000_000)
    began = time.process_time()
    total = float(np.sort(numbers).cumsum()[-1])
    for k in range(1_000_000):
        total += k & 7
    return time.process_time() - began


# --- the header and the tables --------------------------------------------------------------------------


def machine() -> str:
    """Give the day, and describe the machine, Python and the packages, in one line."""
    return f"{date.today()}, {described()}"


def described() -> str:
    """Describe the machine, Python and the packages, in one line."""
    packages = ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    cores = os.cpu_count()
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{_processor()}, {cores} cores, Python {python}, {packages}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Give a Markdown table: the first column left, the others right."""
    table = [list(header), *map(list, rows)]
    widths = [max(len(row[k]) for row in table) for k in range(len(header))]
    rule = ["-" * widths[0]] + ["-" * (width - 1) + ":" for width in widths[1:]]
    lines = [
        "| "
        + " | ".join(
            [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
        )
        + " |"
        for row in (table[0], rule, *table[1:])
    ]
    return "\n".join(lines)


def numbers(text: str) -> tuple[int, ...]:
    """Read ``1,2,3``."""
    return tuple(int(part) for part in text.split(","))
