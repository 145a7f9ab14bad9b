"""How time and memory grow: ``python -m benchmarks.growth OUT [--places FILE] [--visits 500,1000,2000]``.

Days of Cheshire of each size are drawn (``visitplan generate --preset cheshire-day``), and each is read,
planned, checked and written as a whole by a process of its own, warm. Further: ``[--seconds 10] [--per-1000
10]`` (the time limit: so many seconds, and so many more for each thousand visits), ``[--seed 1] [--workers 2]
[--preset NAME] [--page FILE.md]``. Writes ``growth.json`` into OUT after each size, and in the end
``growth.svg`` and the page: the curves with their exponents, fitted by least squares on the logarithms.
``--redraw`` draws and writes again what ``growth.json`` holds.

Stages are measured in processor seconds, as those of a busy machine say little; times from the start of the
process are of the clock. Memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import functools
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import numpy as np

from benchmarks import growth_page
from benchmarks.measuring import alone, machine, numbers
from visitplan import planning
from visitplan.planning import Options, Progress
from visitplan.solver.search.warming import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SECONDS, PER_1000 = 10.0, 10.0
SIZES = "500,1000,2000,4000,8000,16000"
STAGES: dict[str, tuple[str, ...]] = {
    "travel": ("routing.network_of",),
    "coordinate": ("coordination.choose_teams", "coordination.coordinate"),
    "serve": ("serve",),
    "explain": ("routing.explain",),
    "check": ("checking.check",),
}
"""Parts of ``planning`` whose calls are timed, by stage."""


@dataclass(frozen=True, slots=True)
class Job:
    """One day to be planned: a planning folder, and what planning it may use."""

    folder: Path
    visits: int
    seconds: float
    seed: int
    workers: int


@dataclass(slots=True)
class Clock:
    """Processor seconds by stage, and when there were which plans.

    ``began`` is the clock at the start of the process.
    """

    began: float
    spent: dict[str, float] = field(default_factory=dict)
    plans: list[tuple[float, int]] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Count what is done meanwhile for a stage."""
        cpu = time.process_time()
        try:
            yield
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + time.process_time() - cpu

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Give the same call, counted for a stage."""

        @functools.wraps(call)
        def counted(*given: Any, **named: Any) -> Any:
            with self.stage(name):
                return call(*given, **named)

        return counted

    def tell(self, progress: Progress) -> None:
        """Note how many visits the best plan leaves out."""
        if progress.stage == "searching":
            self.plans.append((time.monotonic() - self.began, progress.unassigned))

    def first(self) -> float | None:
        """Give when there was a plan, in seconds from the start of the process."""
        return self.plans[0][0] if self.plans else None

    def complete(self) -> float | None:
        """Give when as few visits as ever were left out for the first time."""
        fewest = min((absent for _, absent in self.plans), default=0)
        return next((at for at, absent in self.plans if absent == fewest), None)


def measured(job: Job, began: float) -> dict[str, Any]:
    """Read, plan, check and write one day in this process; a plan that fails its check ends it."""
    clock = Clock(began)
    warm_up()
    base = peak_mb()
    with ExitStack() as timed:
        for stage, calls in STAGES.items():
            for name in calls:
                call = functools.reduce(getattr, name.split("."), planning)
                timed.enter_context(patch(f"visitplan.planning.{name}", clock.timed(stage, call)))
        with clock.stage("read"):
            reading = planning.reading(job.folder)
        options = Options(
            job.seconds, seed=job.seed, workers=job.workers, on_progress=clock.tell, cancelled=_never
        )
        result = planning.run(reading.scenario, options)
    planned = time.monotonic() - began
    with tempfile.TemporaryDirectory() as scratch, clock.stage("write"):
        result.write(Path(scratch) / "plan")
    plan, scenario = result.plan, reading.scenario
    return {
        "visits": job.visits,
        "limit_seconds": job.seconds,
        "workers": job.workers,
        "households": len(scenario.households),
        "staff": len(scenario.staff),
        "shifts": len(scenario.shifts),
        "input_findings": len(reading.findings),
        "cpu_by_stage": {name: round(spent, 3) for name, spent in clock.spent.items()},
        "cpu_seconds": round(time.process_time(), 2),
        "first_seconds": clock.first(),
        "complete_seconds": clock.complete(),
        "planned_seconds": planned,
        "seconds": time.monotonic() - began,
        "base_mb": base,
        "peak_mb": peak_mb(),
        "joint_visits": len(plan.joint_visits),
        "unassigned": len(plan.unassigned),
        "cost_pounds": plan.costs.total / 100_000,
        "checked": True,
    }


def _never() -> bool:
    return False


def peak_mb() -> float:
    """Give the peak memory of this process."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def exponent(points: Sequence[tuple[float, float]]) -> tuple[float, float] | None:
    """Fit y = a * x ** b by least squares on the logarithms; give (a, b), None of fewer than two points."""
    some = [(x, y) for x, y in points if x > 0 and y > 0]
    if len(some) < 2:
        return None
    slope, height = np.polyfit(*np.log(np.array(some)).T, 1)
    return float(np.exp(height)), float(slope)


def fits(rows: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Fit each stage's processor seconds, the time to the first plan, and the memory above the base."""
    stages = sorted({name for row in rows for name in row["cpu_by_stage"]} - {"serve"})
    series = {name: [(row["visits"], row["cpu_by_stage"].get(name, 0.0)) for row in rows] for name in stages}
    series["first plan"] = [(row["visits"], row["first_seconds"] or 0.0) for row in rows]
    series["memory"] = [(row["visits"], row["peak_mb"] - row["base_mb"]) for row in rows]
    return {name: fitted for name, points in series.items() if (fitted := exponent(points)) is not None}


# --- days -----------------------------------------------------------------------------------------------


def limit(visits: int, seconds: float = SECONDS, per_1000: float = PER_1000) -> float:
    """Give the time limit of a day: more visits, more seconds."""
    return seconds + per_1000 * visits / 1000


def drawn(folder: Path, visits: int, preset: str, places: Path | None, seed: int) -> Path:
    """Write a planning folder of so many visits with the command line, and see that it is valid."""
    day = folder / str(visits)
    where = ["--places", str(places)] if places else []
    asked = ["--preset", preset, "--visits", str(visits), "--seed", str(seed), *where]
    _visitplan("generate", str(day), *asked, "--quiet")
    _visitplan("validate", str(day))
    return day


def _visitplan(*words: str) -> None:
    command = [sys.executable, "-m", "visitplan", *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def grown(given: argparse.Namespace) -> dict[str, Any]:
    """Measure every size, smallest first; what is known is written after each."""
    known: dict[str, Any] = {
        "machine": machine(),
        "preset": given.preset,
        "places": given.places.name if given.places else "shipped gazetteer",
        "seed": given.seed,
        "rows": [],
    }
    with tempfile.TemporaryDirectory() as scratch:
        for visits in sorted(numbers(given.visits)):
            day = drawn(Path(scratch), visits, given.preset, given.places, given.seed)
            seconds = limit(visits, given.seconds, given.per_1000)
            job = Job(day, visits, seconds, given.seed, given.workers)
            known["rows"].append(alone(measured, job, time.monotonic()))
            known["fits"] = fits(known["rows"])
            _write(given.out / "growth.json", json.dumps(known, indent=1) + "\n")
            print(known["rows"][-1], file=sys.stderr, flush=True)
    return known


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def main() -> None:
    """Measure, draw, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder for growth.json, growth.svg and the page")
    parser.add_argument("--places", type=Path, help="CSV file of postcodes")
    parser.add_argument("--visits", default=SIZES)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--per-1000", type=float, default=PER_1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--preset", default="cheshire-day")
    parser.add_argument("--page", type=Path, help="growth.md in OUT, if nothing else is said")
    parser.add_argument("--redraw", action="store_true", help="measure nothing")
    given = parser.parse_args()
    if given.redraw:
        known = json.loads((given.out / "growth.json").read_text(encoding="utf-8"))
    else:
        _visitplan("warm-up", "--quiet")
        known = grown(given)
    growth_page.curves(known).save(given.out / "growth.svg")
    _write(given.page or given.out / "growth.md", growth_page.page(known))


if __name__ == "__main__":
    main()
