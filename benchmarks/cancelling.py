"""How long a plan takes to come once somebody has asked to stop.

``python -m benchmarks.cancelling FOLDER... [--times 10] [--seconds 8]`` plans each folder again and again
with the default engine, asks to stop at random moments, and prints the median and the largest time from
asking until the search has given its plan, and until that is put together and checked. Reading and choosing
joint visits come first and are not cut short: moments are drawn from the time after them. ``--visits 2000``
adds a generated day.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import machine, markdown
from visitplan import planning, synthesis
from visitplan.planning import Options, attempts, run
from visitplan.planning.warming import warm_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.domain.scenario import Scenario


@dataclass(slots=True)
class Asking:
    """Asks to stop so many seconds after it was started, and knows when."""

    after: float
    begun: float | None = None
    asked: float | None = None

    def __call__(self) -> bool:
        """Say whether to stop."""
        if self.begun is None:
            self.begun = time.monotonic()
        if self.asked is None and time.monotonic() >= self.begun + self.after:
            self.asked = self.begun + self.after
        return self.asked is not None


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from asking to stop until the search gave its plan, and until that was whole and checked."""

    solved: float
    done: float


def latency(scenario: Scenario, options: Options, after: float) -> Latency | None:
    """Plan once, asking to stop so many seconds after the search was first asked; None if it ended before."""
    asking = Asking(after)
    with solved_times() as solved:
        run(scenario, replace(options, cancelled=asking))
    ended = time.monotonic()
    if asking.asked is None or not solved or solved[-1] < asking.asked:
        return None
    return Latency(solved[-1] - asking.asked, ended - asking.asked)


@contextmanager
def solved_times() -> Iterator[list[float]]:
    """Collect when each attempt at routing ended."""
    ended: list[float] = []
    real = attempts.solve

    def solve(*arguments: object, **named: object) -> object:
        solution = real(*arguments, **named)  # type: ignore[arg-type]
        ended.append(time.monotonic())
        return solution

    attempts.solve = solve  # type: ignore[assignment]
    try:
        yield ended
    finally:
        attempts.solve = real


def row(name: str, scenario: Scenario, given: argparse.Namespace) -> list[str]:
    """Measure one folder."""
    rng = random.Random(given.seed)
    options = Options(time_limit=given.seconds, seed=given.seed)
    asked = [rng.uniform(0.0, given.seconds * 0.8) for _ in range(given.times)]
    found = [one for after in asked if (one := latency(scenario, options, after)) is not None]
    solved, done = [one.solved for one in found], [one.done for one in found]
    figures = [f(s) for s in (solved, done) for f in (statistics.median, max)]
    return [name, str(len(scenario.requests)), str(len(found)), *(f"{value:.3f}" for value in figures)]


def main() -> None:
    """Print one row for each folder."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--visits", type=int, default=0, help="add a generated day of so many visits")
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    warm_up()
    with tempfile.TemporaryDirectory() as scratch:
        folders = list(given.folders)
        if given.visits:
            folders.append(Path(scratch) / f"generated-{given.visits}")
            folders[-1].mkdir()
            tables = synthesis.generate(visits=given.visits, seed=given.seed, date=date(2027, 3, 10), days=1)
            synthesis.write(folders[-1], tables)
        rows = [row(folder.name, planning.read(folder), given) for folder in folders]
    print(machine())
    header = [
        "folder",
        "requests",
        "times",
        "search: median s",
        "largest s",
        "checked: median s",
        "largest s",
    ]
    print(markdown(header, rows))


if __name__ == "__main__":
    main()
