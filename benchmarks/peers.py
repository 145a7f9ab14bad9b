"""Compare engines on days without links with PyVRP and VROOM, two routing engines from the package index.

Run ``python -m benchmarks.peers --visits 500,1000,2000 --seconds 60 --seeds 1,2,3 [--load 0.5] [--jobs 2]
[--clock cpu] [--engines search,pyvrp,vroom,ortools] [--python PYTHON] [--prototype DIR] [--record FILE]``.
The days are ``county_days`` without links: windows and shifts are hard, staff have skills, what is left out
costs a penalty, and travel is the cost.

Every engine gets one core and the same wall time, in a process of its own, and is used as it does best: PyVRP
with skills as loads and optional visits, VROOM at its highest exploration below 1,000 visits and at level 1
from there on.

Mind the load. A visit left out costs as much as 400 minutes of travel. Where staff are so few that one engine
leaves visits out, these decide and not the routes; so everybody can be served with some to spare (``--load
0.5``), and the table shows travel and visits left out beside the cost. ``--load 0.62`` is a tight day.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.county_days import UNIT, Recipe, county_day
from benchmarks.engines import PEERS, PROTOTYPE, Asked, Figure, figure, installed, peer_versions
from benchmarks.measuring import machine, markdown, numbers, side_by_side
from visitplan.solver import ENGINES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visitplan.solver import RoutingProblem

HEADER = ("problem", "engine", "cost", "behind best %", "travel", "left out", "CPU s", "iterations", "MB")
LEAST_SHARE = 0.9
"""A plan searched with less of a core than this was disturbed."""

Found = dict[str, dict[str, list[Figure]]]
"""For each problem and each engine, the figures of all seeds."""


def main() -> None:
    """Draw the days, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visits", default="500,1000,2000")
    parser.add_argument("--load", type=float, default=0.5, help="share of staff time that visits take")
    add_peer_arguments(parser)
    asked = parser.parse_args()
    days = {
        f"county {visits:,}": county_day(Recipe(visits, linked=0, load=asked.load, soft=False))
        for visits in numbers(asked.visits)
    }
    print(markdown(HEADER, rows_of(compare(days, asked), UNIT)))


def add_peer_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what every comparison with peers asks for."""
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument(
        "--engines", default="search,pyvrp,vroom,ortools", help=f"of {', '.join([*ENGINES, *PEERS])}"
    )
    parser.add_argument("--python", default=sys.executable, help="interpreter that has PyVRP and VROOM")
    parser.add_argument("--prototype", type=Path, metavar="DIR", help="folder of the prototype's modules")
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="what the seconds are")
    parser.add_argument("--jobs", type=int, default=1, help="how many run side by side, a core each")
    parser.add_argument("--record", type=Path, metavar="FILE", help="append every figure as a line of JSON")


def compare(problems: Mapping[str, RoutingProblem], asked: argparse.Namespace) -> Found:
    """Run every engine on every problem from every seed.

    Raises
    ------
    SystemExit
        A peer that was asked for is not installed.
    """
    engines = [*asked.engines.split(","), *([PROTOTYPE] if asked.prototype else [])]
    absent = [engine for engine in engines if not installed(engine, asked.python)]
    if absent:
        raise SystemExit(
            f"{asked.python} has no {' and no '.join(absent)}: pip install pyvrp pyvroom there, name another "
            "interpreter with --python, or leave them out of --engines"
        )
    print(", ".join(filter(None, [machine(), peer_versions(asked.python)])))
    print(f"{asked.seconds:g} {asked.clock} s, seeds {asked.seeds}, one core, {asked.jobs} side by side\n")
    tasks = [
        (name, Asked(engine, asked.seconds, seed, asked.python, asked.prototype, asked.clock))
        for name in problems
        for engine in engines
        for seed in (numbers(asked.seeds) if engine != "vroom" else (1,))  # VROOM knows no seed
    ]
    found: Found = {name: {engine: [] for engine in engines} for name in problems}
    results = side_by_side(lambda task: figure(problems[task[0]], task[1]), tasks, asked.jobs)
    for (name, task), result in zip(tasks, results, strict=True):
        _tell(name, task, result, asked.record)
        found[name][task.engine].append(result)
    return found


def _tell(name: str, task: Asked, result: Figure, record: Path | None) -> None:
    """Say on stderr what was measured, and append it to the record."""
    line = json.dumps(
        {"problem": name, "engine": task.engine, "seed": task.seed, "limit": task.seconds, **asdict(result)}
    )
    print(line, file=sys.stderr, flush=True)
    if task.clock == "wall" and result.cpu_seconds < LEAST_SHARE * result.seconds:
        print(
            f"  disturbed: {result.cpu_seconds:.1f} CPU s in {result.seconds:.1f} s",
            file=sys.stderr,
            flush=True,
        )
    if record:
        with record.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def rows_of(found: Found, unit: int) -> list[tuple[str, ...]]:
    """Give a row for each problem and engine; costs are in natural units."""
    return [
        (name, engine, *_cells(middle(figures), _best(engines), unit))
        for name, engines in found.items()
        for engine, figures in engines.items()
    ]


def middle(figures: Sequence[Figure]) -> Figure:
    """Give the figure of median cost; the lower of two in the middle, and none if some seed has no plan."""
    if any(one.cost is None for one in figures):
        return replace(figures[0], cost=None, travel=None)
    return sorted(figures, key=lambda one: one.cost or 0)[(len(figures) - 1) // 2]


def _best(engines: Mapping[str, Sequence[Figure]]) -> float:
    costs = [middle(figures).cost for figures in engines.values()]
    return min((cost for cost in costs if cost is not None), default=0)


def _cells(one: Figure, best: float, unit: int) -> tuple[str, ...]:
    plan = ("no plan", "", "", "")
    if one.cost is not None and one.travel is not None:
        behind = f"{100 * (one.cost / best - 1):+.2f}" if best else ""
        plan = (f"{one.cost / unit:,.1f}", behind, f"{one.travel / unit:,.1f}", str(one.unassigned))
    steps = "" if one.iterations is None else f"{one.iterations:,}"
    return (*plan, f"{one.cpu_seconds:.1f}", steps, f"{one.megabytes:,.0f}")


def against(found: Found, ours: str, theirs: str, unit: int) -> list[tuple[str, ...]]:
    """Give a row for each problem: the median costs of two engines, and how far ours is above theirs in %."""
    rows = []
    for name, engines in found.items():
        one, other = median_cost(engines[ours]), median_cost(engines[theirs])
        costs = ["no plan" if cost is None else f"{cost / unit:,.1f}" for cost in (one, other)]
        gap = f"{100 * (one / other - 1):+.2f}" if one is not None and other else ""
        rows.append((name, *costs, gap))
    return rows


def median_cost(figures: Sequence[Figure]) -> float | None:
    """Give the median cost, or None if some seed has no plan."""
    known = [one.cost for one in figures if one.cost is not None]
    return median(known) if known and len(known) == len(figures) else None


if __name__ == "__main__":
    main()
