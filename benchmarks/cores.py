"""What a second core is worth: one county day searched with one worker and with several.

Run ``python -m benchmarks.cores --visits 2000 --seconds 60 --workers 2 --seeds 1``: one worker has so many
seconds; two have half of them, and should then have what one has; and all of them, and should have more.
``--steps N`` searches so many steps instead, whatever the clock says, and tells the processor time they took:
for a machine that is busy with other work. Costs are in minutes (see ``county_days``). Every plan is checked.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from benchmarks.county_days import UNIT, Recipe, county_day
from benchmarks.measuring import alone, machine, markdown, measure, numbers
from visitplan.solver import SolveOptions

HEADER = ("visits", "workers", "seed", "limit s", "cost", "unassigned", "steps", "wall s", "CPU s")


@dataclass(frozen=True, slots=True)
class Job:
    """One search: of a day, with some workers, for some seconds or steps."""

    recipe: Recipe
    workers: int
    seed: int
    seconds: float
    steps: int | None


def main() -> None:
    """Search each day with one worker and with each other number of them; print a row for each search."""
    asked = _arguments()
    limit = f"{asked.steps:,} steps" if asked.steps else f"{asked.seconds:g} s"
    print(f"{limit}, {asked.linked:.0%} linked; {machine()}\n")
    jobs = [
        Job(Recipe(visits, asked.linked), workers, seed, seconds, asked.steps)
        for visits in numbers(asked.visits)
        for seed in numbers(asked.seeds)
        for workers in dict.fromkeys((1, *numbers(asked.workers)))
        for seconds in dict.fromkeys((asked.seconds / (1 if asked.steps else workers), asked.seconds))
    ]
    print(markdown(HEADER, [alone(cells, job) for job in jobs]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", default="2000")
    parser.add_argument("--workers", default="2", help="numbers of workers to compare with one")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--steps", type=int, help="search so many steps, however long they take")
    parser.add_argument("--linked", type=float, default=0.12, help="share of visits that come in pairs")
    return parser.parse_args()


def cells(job: Job) -> tuple[str, ...]:
    """Search, and give the result as text."""
    options = SolveOptions(
        time_limit=None if job.steps else job.seconds,
        iterations=job.steps,
        seed=job.seed,
        workers=job.workers,
    )
    run = measure(county_day(job.recipe), "search", options)
    return (
        f"{job.recipe.visits:,}",
        str(job.workers),
        str(job.seed),
        "" if job.steps else f"{job.seconds:g}",
        f"{run.solution.cost.total / UNIT:,.0f}",
        str(len(run.solution.unassigned)),
        f"{run.solution.iterations:,}",
        f"{run.solution.seconds:.1f}",
        f"{run.cpu_seconds:.1f}",
    )


if __name__ == "__main__":
    main()
