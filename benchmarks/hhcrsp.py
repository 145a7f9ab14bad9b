"""Compare an engine with the best published plans of HHCRSP instances.

Run ``python -m benchmarks.hhcrsp DIR [--instances 100_1,100_2] --seconds 30 --seed 1 --workers 1
[--engine search|ortools] [--out SOLUTIONS] [--prototype FOLDER] [--record FILE]``. DIR holds instances in the
publishers' JSON format, and ``best_known.csv`` (columns instance, cost) lies there or beside it.

Each plan's starts and cost are recomputed in floats from its routes alone; a plan that breaks a rule of its
instance ends the run. With several seeds (``--seed 1,2,3``) a row is the median over them. Several engines
(``--engine search,ortools``), and the prototype in a folder, take turns on each instance.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING

from benchmarks.hhcrsp_instances import Instance, is_instance, read_best_known, read_instance
from benchmarks.hhcrsp_plans import (
    SCALE,
    Routes,
    cost_of,
    faults_of,
    problem_of,
    routes_of,
    served_twice,
    starts_of,
    write_solution,
)
from benchmarks.measuring import machine, markdown, measure, numbers
from benchmarks.prototype import HHCRSP as SETTING
from benchmarks.prototype import measure_prototype
from visitplan.solver import ENGINES, SolveOptions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEADER = ("instance", "visits", "cost", "best known", "gap %", "iterations/s", "time to best", "engine")
PROTOTYPE = "prototype"


@dataclass(frozen=True, slots=True)
class Row:
    """What one instance, or the mean of a size, has to tell; the gap is in per cent of the best known."""

    instance: str
    patients: int
    visits: float
    cost: float
    best_known: float | None
    gap: float | None
    per_second: float
    seconds_to_best: float
    engine: str = ""

    def cells(self) -> tuple[str, ...]:
        """Give the row as text."""
        return (
            self.instance,
            f"{self.visits:g}",
            f"{self.cost:.3f}",
            "" if self.best_known is None else f"{self.best_known:.3f}",
            "" if self.gap is None else f"{self.gap:+.2f}",
            f"{self.per_second:,.0f}",
            f"{self.seconds_to_best:.1f}",
            self.engine,
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan of one instance from one seed, judged in floats."""

    engine: str
    seed: int
    cost: float
    routes: Routes
    starts: tuple[float, ...]
    per_second: float
    seconds_to_best: float


def main() -> None:
    """Read, solve, judge, print."""
    asked = _arguments()
    paths = instance_files(asked.folder, asked.instances.split(",") if asked.instances else None)
    best = read_best_known(asked.folder)
    engines = [*asked.engine.split(","), *([PROTOTYPE] if asked.prototype else [])]
    print(f"{asked.engine}, {asked.seconds:g} s, seed {asked.seed}, workers {asked.workers}; {machine()}\n")
    rows = []
    for path in paths:
        instance = read_instance(path)
        plans = [planned(instance, asked, seed, engine) for seed in numbers(asked.seed) for engine in engines]
        if asked.out:
            _write(asked.out, instance, min(plans, key=lambda plan: plan.cost))
        if asked.record:
            _record(asked.record, instance, plans, asked)
        for engine in engines:
            of_engine = [plan for plan in plans if plan.engine == engine]
            rows.append(row_of(instance, of_engine, best.get(instance.name)))
            print("  ".join(rows[-1].cells()), file=sys.stderr, flush=True)
    rows += [mean for engine in engines for mean in means([row for row in rows if row.engine == engine])]
    width = len(HEADER) - (len(engines) == 1)
    print(markdown(HEADER[:width], [row.cells()[:width] for row in rows]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--instances", help="names, or the ends of names, with commas between")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", default="1", help="one, or several with commas between")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument(
        "--engine", default="search", help=f"of {', '.join(ENGINES)}; several with commas between"
    )
    parser.add_argument("--prototype", type=Path, metavar="FOLDER", help="where the prototype's modules lie")
    parser.add_argument(
        "--out", type=Path, metavar="SOLUTIONS", help="folder for the plans, best of the seeds"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="append every run as a line of JSON")
    return parser.parse_args()


def instance_files(folder: Path, names: Sequence[str] | None) -> list[Path]:
    """Give the instances of a folder, smaller ones first; only the named ones where names are given.

    Raises
    ------
    SystemExit
        There is none, or a name fits none.
    """
    paths = sorted((p for p in folder.rglob("*.json") if is_instance(p)), key=_by_size)
    if names is not None:
        missing = [name for name in names if not any(_called(path, name) for path in paths)]
        if missing:
            raise SystemExit(f"no instance in {folder} is called {', '.join(missing)}")
        paths = [path for path in paths if any(_called(path, name) for name in names)]
    if not paths:
        raise SystemExit(f"no instance in {folder}")
    return paths


def _called(path: Path, name: str) -> bool:
    return path.stem == name or path.stem.endswith(f"_{name}")


def _by_size(path: Path) -> tuple[list[int], str]:
    return [int(part) for part in path.stem.split("_") if part.isdigit()], path.stem


def planned(instance: Instance, asked: argparse.Namespace, seed: int, engine: str) -> Planned:
    """Solve an instance from one seed and judge the plan in floats.

    Raises
    ------
    SystemExit
        The plan breaks a rule of the instance, or does not cost what the engine says.
    """
    problem = problem_of(instance)
    if engine == PROTOTYPE:
        run = measure_prototype(problem, asked.prototype, SETTING, asked.seconds, seed)
    else:
        run = measure(problem, engine, SolveOptions(asked.seconds, seed=seed, workers=asked.workers))
    routes = routes_of(instance, run.solution)
    starts = starts_of(instance, routes)
    faults = faults_of(instance, routes, starts)
    if faults:
        raise SystemExit(f"{instance.name}: the plan breaks {len(faults)} rules, first: {faults[0]}")
    cost = cost_of(instance, routes, starts).cost
    _demand_near(instance, cost, run.solution.cost.total / (3 * SCALE))
    return Planned(engine, seed, cost, routes, tuple(starts), run.per_second, run.seconds_to_best)


def _demand_near(instance: Instance, cost: float, told: float) -> None:
    """Refuse a plan whose cost the engine tells wrongly by more than the rounding of every leg and window."""
    rounding = 3 * len(instance.services) / SCALE
    if abs(cost - told) > rounding:
        raise SystemExit(f"{instance.name}: the engine says {told:.3f}, recomputed it is {cost:.3f}")


def row_of(instance: Instance, plans: Sequence[Planned], best_known: float | None) -> Row:
    """Give the median cost of several seeds, and the medians of what was measured beside it."""
    cost = median(plan.cost for plan in plans)
    return Row(
        instance.name,
        instance.patients,
        len(instance.services),
        cost,
        best_known,
        None if best_known is None else 100 * (cost / best_known - 1),
        median(plan.per_second for plan in plans),
        median(plan.seconds_to_best for plan in plans),
        plans[0].engine,
    )


def means(rows: Sequence[Row]) -> list[Row]:
    """Give a row for each number of patients, and one for all; every figure is a mean."""
    sizes = sorted({row.patients for row in rows})
    summed = [_mean(f"mean of {size}", [row for row in rows if row.patients == size]) for size in sizes]
    return summed if len(sizes) == 1 else [*summed, _mean("mean of all", rows)]


def _mean(name: str, rows: Sequence[Row]) -> Row:
    known = [row.best_known for row in rows if row.best_known is not None]
    gaps = [row.gap for row in rows if row.gap is not None]
    return Row(
        name,
        rows[0].patients,
        round(fmean(row.visits for row in rows)),
        fmean(row.cost for row in rows),
        fmean(known) if len(known) == len(rows) else None,
        fmean(gaps) if gaps else None,
        fmean(row.per_second for row in rows),
        fmean(row.seconds_to_best for row in rows),
        rows[0].engine,
    )


def _write(folder: Path, instance: Instance, plan: Planned) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_solution(folder / f"{instance.name}.json", instance, plan.routes, plan.starts)


def _record(path: Path, instance: Instance, plans: Iterable[Planned], asked: argparse.Namespace) -> None:
    """Append what was measured: one line of JSON for each seed."""
    with path.open("a", encoding="utf-8") as file:
        for plan in plans:
            line = {
                "instance": instance.name,
                "engine": plan.engine,
                "seconds": asked.seconds,
                "workers": asked.workers,
                "seed": plan.seed,
                "cost": plan.cost,
                "per_second": plan.per_second,
                "seconds_to_best": plan.seconds_to_best,
                "served_twice": served_twice(instance, plan.routes),
            }
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
