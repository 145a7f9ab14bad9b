"""Vehicle routing instances of Gehring and Homberger (1999), read with capacity left out.

Distances are Euclidean, times ten, cut off to integers; windows and service times are times ten. The number
of vehicles is a limit and distance is the cost. Run ``python -m benchmarks.gehring_homberger DIR [--instances
c1_2_1,r1_2_5] --seconds 60 --seeds 1,2,3 [--engines search,pyvrp,vroom,ortools] [--python PYTHON] [--jobs
2]``; PyVRP and VROOM are run by an interpreter that has them. The last tables set the first engine against
each other one.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.measuring import markdown
from benchmarks.peers import HEADER, add_peer_arguments, against, compare, rows_of
from visitplan.solver import RoutingProblem, Shift, StartWindow, Travel, Visit

SCALE = 10
LEFT_OUT = 20
"""Leaving a customer out costs this many times the longest leg."""


def main() -> None:
    """Read, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--instances", help="names with commas between")
    add_peer_arguments(parser)
    asked = parser.parse_args()
    names = (
        asked.instances.split(",") if asked.instances else sorted(p.stem for p in asked.folder.glob("*.txt"))
    )
    found = compare({name: read_problem(asked.folder / f"{name}.txt") for name in names}, asked)
    print(markdown(HEADER, rows_of(found, SCALE)))
    engines = asked.engines.split(",")
    for theirs in engines[1:]:
        header = ("instance", engines[0], theirs, "gap %")
        print(f"\n{markdown(header, against(found, engines[0], theirs, SCALE))}")


def read_problem(path: Path) -> RoutingProblem:
    """Read one instance.

    Raises
    ------
    ValueError
        The file does not have the published layout.
    """
    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    numbers = [[int(cell) for cell in line] for line in lines if all(cell.isdigit() for cell in line)]
    fleet = [row for row in numbers if len(row) == 2]
    rows = np.array([row for row in numbers if len(row) == 7])
    if len(fleet) != 1 or rows.ndim != 2 or list(rows[:, 0]) != list(range(len(rows))):
        raise ValueError(f"{path} is no Gehring-Homberger instance")
    vehicles = fleet[0][0]
    at = rows[:, 1:3].astype(np.float64)
    apart = np.sqrt(((at[:, None, :] - at[None, :, :]) ** 2).sum(axis=2))
    ticks = (apart * SCALE).astype(np.int32)
    penalty = LEFT_OUT * int(ticks.max())
    visits = tuple(
        Visit(place, int(row[6]) * SCALE, (StartWindow(int(row[4]) * SCALE, int(row[5]) * SCALE),), penalty)
        for place, row in enumerate(rows)
        if place > 0
    )
    depot = rows[0]
    shift = [Shift(k, 0, 0, int(depot[4]) * SCALE, int(depot[5]) * SCALE) for k in range(vehicles)]
    return RoutingProblem(
        visits=visits,
        shifts=tuple(shift),
        travel=(Travel(ticks, ticks),),
        eligible=np.ones((len(visits), vehicles), dtype=np.bool_),
        assignment_cost=np.zeros((len(visits), vehicles), dtype=np.int32),
    )


if __name__ == "__main__":
    main()
