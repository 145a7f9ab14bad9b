"""Compare engines on days without links with PyVRP and VROOM, two routing engines from the package index.

Run ``python -m benchmarks.peers --visits 500,1000,2000 --seconds 60 --seeds 1,2,3
[--engines search,pyvrp,vroom,ortools] [--python PYTHON] [--prototype DIR]``. The days are ``county_days``
without links: windows and shifts are hard, staff have skills, what is left out costs a penalty, and travel is
the cost.

PyVRP and VROOM are no dependencies. ``--python`` names an interpreter that has them (``pip install pyvrp
pyvroom``). They get the problem as a file, on one core, and give back routes, which our evaluation times,
checks and prices. Each is used as it does best: PyVRP with skills as loads and optional visits, VROOM at its
highest exploration below 1,000 visits and at level 1 from there on.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.county_days import UNIT, Recipe, county_day
from benchmarks.measuring import machine, markdown, measure, numbers
from benchmarks.prototype import COUNTY, measure_prototype
from visitplan.solver import ENGINES, RoutingProblem, SolveOptions, cost_of, violations
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Mapping

PEERS = ("pyvrp", "vroom")
SLACK_SECONDS = 300
"""How much longer than its time limit a peer may take before it is given up."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What one engine made of one problem from one seed; the cost is None if it gave no plan."""

    cost: int | None
    unassigned: int
    seconds: float


def main() -> None:
    """Draw the days, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", default="500,1000,2000")
    add_peer_arguments(parser)
    asked = parser.parse_args()
    days = {
        f"county {visits:,}": county_day(Recipe(visits, linked=0, soft=False))
        for visits in numbers(asked.visits)
    }
    compare(days, asked, UNIT)


def add_peer_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every comparison with peers asks for."""
    engines = ",".join([*("search" for name in ENGINES if name == "search"), *PEERS, "ortools"])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--engines", default=engines, help=f"of {', '.join([*ENGINES, *PEERS])}")
    parser.add_argument("--python", default=sys.executable, help="interpreter that has PyVRP and VROOM")
    parser.add_argument("--prototype", type=Path, metavar="DIR", help="folder of the prototype's modules")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append every figure as a line of JSON")


def compare(problems: Mapping[str, RoutingProblem], asked: argparse.Namespace, unit: int) -> None:
    """Run every engine on every problem from every seed, and print the median costs in natural units."""
    engines = [*asked.engines.split(","), *(["prototype"] if asked.prototype else [])]
    print(f"{asked.seconds:g} s, seeds {asked.seeds}, one core; {machine()}\n")
    rows = []
    for name, problem in problems.items():
        found = {engine: _figures(name, engine, problem, asked) for engine in engines}
        rows.append([name, *_cells(found, unit)])
    print(markdown(["problem", *engines], rows))


def _figures(name: str, engine: str, problem: RoutingProblem, asked: argparse.Namespace) -> list[Figure]:
    figures = []
    for seed in numbers(asked.seeds):
        figure = _figure(engine, problem, seed, asked)
        figures.append(figure)
        line = {"problem": name, "engine": engine, "seed": seed, "cost": figure.cost}
        line |= {"unassigned": figure.unassigned, "seconds": round(figure.seconds, 2)}
        print(json.dumps(line), file=sys.stderr, flush=True)
        if asked.record:
            with asked.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
        if engine == "vroom":
            break  # it knows no seed
    return figures


def _figure(engine: str, problem: RoutingProblem, seed: int, asked: argparse.Namespace) -> Figure:
    if engine in PEERS:
        return peer_figure(engine, problem, asked.seconds, seed, asked.python)
    if engine == "prototype":
        run = measure_prototype(problem, asked.prototype, COUNTY, asked.seconds, seed)
    else:
        run = measure(problem, engine, SolveOptions(asked.seconds, seed=seed))
    return Figure(run.solution.cost.total, len(run.solution.unassigned), run.solution.seconds)


def _cells(found: Mapping[str, list[Figure]], unit: int) -> list[str]:
    """Give for each engine its median cost, how far that is above the best, and what it left out."""
    costs = {engine: _median_cost(figures) for engine, figures in found.items()}
    best = min((cost for cost in costs.values() if cost is not None), default=0.0)
    cells = []
    for engine, figures in found.items():
        cost = costs[engine]
        if cost is None:
            cells.append("no plan")
            continue
        out = median(figure.unassigned for figure in figures)
        behind = f"{100 * (cost / best - 1):+.2f} %" if best else ""
        cells.append(f"{cost / unit:,.1f} {behind}" + (f" ({out:g} out)" if out else ""))
    return cells


def _median_cost(figures: list[Figure]) -> float | None:
    known = [figure.cost for figure in figures if figure.cost is not None]
    return median(known) if len(known) == len(figures) else None


# --- peers ----------------------------------------------------------------------------------------------


def peer_figure(engine: str, problem: RoutingProblem, seconds: float, seed: int, python: str) -> Figure:
    """Let a peer solve a problem in a process of its own; time, check and price its routes.

    Raises
    ------
    RuntimeError
        The peer failed, or its plan breaks a rule of the problem.
    """
    script = Path(__file__).with_name(f"peer_{engine}.py")
    with tempfile.TemporaryDirectory() as folder:
        asked, answer = Path(folder) / "problem.npz", Path(folder) / "answer.json"
        np.savez(asked, **arrays_of(problem))
        command = [python, str(script), str(asked), str(answer), str(seconds), str(seed)]
        began = time.monotonic()
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=seconds + SLACK_SECONDS, check=False
        )
        used = time.monotonic() - began
        if done.returncode != 0:
            raise RuntimeError(f"{engine} failed: {done.stderr.strip().splitlines()[-1:]}")
        found = json.loads(answer.read_text(encoding="utf-8"))
    return _priced(engine, problem, found["runs"], found.get("seconds", used))


def _priced(
    engine: str, problem: RoutingProblem, runs: dict[str, list[int]] | None, seconds: float
) -> Figure:
    if runs is None:
        return Figure(None, len(problem.visits), seconds)
    routes = time_runs(problem, {int(shift): run for shift, run in runs.items()})
    if routes is None:
        raise RuntimeError(f"the runs of {engine} cannot be timed")
    faults = violations(problem, routes)
    if faults:
        raise RuntimeError(f"the plan of {engine} breaks {len(faults)} rules, first: {faults[0]}")
    served = sum(len(route.visits) for route in routes)
    return Figure(cost_of(problem, routes).total, len(problem.visits) - served, seconds)


def arrays_of(problem: RoutingProblem) -> dict[str, Any]:
    """Give a problem without links, soft times and assignment costs as arrays; a peer's whole knowledge.

    Raises
    ------
    ValueError
        The problem has something that the peers do not know.
    """
    if problem.links or problem.groups or len(problem.travel) > 1 or problem.assignment_cost.any():
        raise ValueError("peers know neither links nor groups, modes or assignment costs")
    if any(len(v.windows) > 1 or v.late_cost for v in problem.visits):
        raise ValueError("peers get one hard window a visit")
    if any(s.max_overtime or s.pause for s in problem.shifts):
        raise ValueError("peers get shifts without overtime and breaks")
    visits = [(v.place, v.duration, v.windows[0].earliest, v.windows[0].latest, v.unassigned_cost)
              for v in problem.visits]  # fmt: skip
    shifts = [(s.start_place, s.end_place, s.start, s.end) for s in problem.shifts]
    kinds, kind_of = np.unique(problem.eligible, axis=0, return_inverse=True)
    return {
        "visits": np.array(visits, dtype=np.int64),
        "shifts": np.array(shifts, dtype=np.int64),
        "travel": problem.travel[0].ticks,
        "kinds": kinds,
        "kind_of": kind_of.reshape(-1).astype(np.int64),
    }


if __name__ == "__main__":
    main()
