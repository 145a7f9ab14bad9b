"""Measure an engine on county days: how soon everybody is served, what the plan costs over time, and memory.

Run ``python -m benchmarks.county --visits 500,1000,2000,5000 --seconds 60 --seeds 1,2,3
[--engine search|ortools] [--linked 0.12] [--prototype DIR] [--record FILE]``. With ``--prototype`` each day
is also searched by the prototype in that folder, right after ours. Every measurement has a process to itself,
so that its peak memory is its own; compiling is done before the clock starts. Costs are in minutes (see
``county_days``).
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from benchmarks.county_days import UNIT, Recipe, county_day
from benchmarks.measuring import Run, alone, machine, markdown, measure, numbers
from benchmarks.prototype import COUNTY, measure_prototype
from visitplan.solver import ENGINES, SolveOptions

LOOKS = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
"""When the cost is looked at, as shares of the time limit."""


@dataclass(frozen=True, slots=True)
class Job:
    """One measurement: an engine, or the prototype in a folder, on one day from one seed."""

    recipe: Recipe
    engine: str
    seconds: float
    seed: int
    prototype: Path | None = None
    workers: int = 1


@dataclass(frozen=True, slots=True)
class Result:
    """What one measurement found, or the medians of several; costs in minutes, None before the first plan."""

    visits: int
    engine: str
    seed: str
    first: float
    complete: float
    unassigned: float
    costs: tuple[float | None, ...]
    per_second: float
    megabytes: float

    def cells(self) -> tuple[str, ...]:
        """Give the result as text."""
        return (
            f"{self.visits:,}",
            self.engine,
            self.seed,
            f"{self.first:.2f}",
            f"{self.complete:.1f}",
            f"{self.unassigned:g}",
            *("" if cost is None else f"{cost:,.0f}" for cost in self.costs),
            f"{self.per_second:,.0f}",
            f"{self.megabytes:,.0f}",
        )


def main() -> None:
    """Measure every size, seed and engine; print a row for each size and engine."""
    asked = _arguments()
    seeds = numbers(asked.seeds)
    print(f"{asked.seconds:g} s, seeds {asked.seeds}, {asked.linked:.0%} linked; {machine()}\n")
    medians = []
    for visits in numbers(asked.visits):
        recipe = Recipe(visits, asked.linked, soft=asked.linked > 0)
        jobs = [
            Job(
                recipe,
                engine,
                asked.seconds,
                seed,
                asked.prototype if engine == "prototype" else None,
                asked.workers,
            )
            for seed in seeds
            for engine in [*asked.engine.split(","), *(["prototype"] if asked.prototype else [])]
        ]
        found = [_alone(job) for job in jobs]
        if asked.record:
            _record(asked.record, found)
        medians += [
            middle([r for r in found if r.engine == name]) for name in dict.fromkeys(r.engine for r in found)
        ]
    print(markdown(header(asked.seconds), [result.cells() for result in medians]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", default="500,1000,2000,5000")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--linked", type=float, default=0.12, help="share of visits that come in pairs")
    parser.add_argument(
        "--engine",
        default="search" if "search" in ENGINES else "ortools",
        help="one of them, or several with commas between",
    )
    parser.add_argument("--prototype", type=Path, metavar="DIR", help="folder of the prototype's modules")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append every result as a line of JSON")
    return parser.parse_args()


def header(seconds: float) -> tuple[str, ...]:
    """Give the table's header for a time limit."""
    looks = [f"cost {share * seconds:g} s" for share in LOOKS]
    return ("visits", "engine", "seed", "first s", "complete s", "unassigned", *looks, "iterations/s", "MB")


def _alone(job: Job) -> Result:
    """Do one measurement in a fresh process."""
    result = alone(measured, job)
    print("  ".join(result.cells()), file=sys.stderr, flush=True)
    return result


def measured(job: Job) -> Result:
    """Do one measurement in this process."""
    problem = county_day(job.recipe)
    if job.prototype:
        run = measure_prototype(problem, job.prototype, COUNTY, job.seconds, job.seed)
    else:
        options = SolveOptions(job.seconds, seed=job.seed, workers=job.workers)
        run = measure(problem, job.engine, options)
    return _result(job, run)


def _result(job: Job, run: Run) -> Result:
    costs = [run.cost_at(share * job.seconds) for share in LOOKS[:-1]]
    return Result(
        visits=job.recipe.visits,
        engine=job.engine,
        seed=str(job.seed),
        first=run.trace[0].seconds,
        complete=run.seconds_to_complete,
        unassigned=len(run.solution.unassigned),
        costs=(*(None if c is None else c / UNIT for c in costs), run.solution.cost.total / UNIT),
        per_second=run.per_second,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def middle(results: list[Result]) -> Result:
    """Give the medians of one engine on one day; a look is empty where some seed had no plan yet."""
    first = results[0]
    looks = [[r.costs[k] for r in results] for k in range(len(first.costs))]
    return Result(
        visits=first.visits,
        engine=first.engine,
        seed=f"{len(results)} seeds" if len(results) > 1 else first.seed,
        first=median(r.first for r in results),
        complete=median(r.complete for r in results),
        unassigned=median(r.unassigned for r in results),
        costs=tuple(None if None in look else median(c for c in look if c is not None) for look in looks),
        per_second=median(r.per_second for r in results),
        megabytes=median(r.megabytes for r in results),
    )


def _record(path: Path, results: list[Result]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(result)) + "\n" for result in results)


if __name__ == "__main__":
    main()
