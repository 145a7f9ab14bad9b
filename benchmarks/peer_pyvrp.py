"""Solve a problem file with PyVRP: ``python peer_pyvrp.py PROBLEM.npz ANSWER.json SECONDS SEED wall|cpu``.

Needs PyVRP and NumPy only. A kind of visit (visits that the same shifts may serve) is a load: a shift that
may serve it has room for all of them, any other for none; what every shift may serve needs no load. Visits
are optional, and the prize is what leaving one out costs.
"""

from __future__ import annotations

import sys

import numpy as np
import peer_file

try:
    from pyvrp import Client, Depot, Location, ProblemData, Solution, VehicleType, solve
except ImportError:
    peer_file.missing("pyvrp")


def main() -> None:
    """Read, solve, write; no plan where none is feasible."""
    task = peer_file.task(sys.argv[1:])
    data, shift_of = problem_data(task.arrays)
    result = solve(data, lambda best: task.left() <= 0, seed=task.seed, collect_stats=False)
    runs = runs_of(result.best, shift_of) if result.best.is_feasible() else None
    task.write(runs, result.num_iterations)


def runs_of(solution: Solution, shift_of: dict[int, list[int]]) -> dict[str, list[int]]:
    """Give the visits of each shift; a route goes to any shift of its vehicle type."""
    spare = {kind: list(shifts) for kind, shifts in shift_of.items()}
    return {
        str(spare[route.vehicle_type()].pop()): [s.idx for s in route.schedule() if s.is_client()]
        for route in solution.routes()
    }


def problem_data(arrays: dict[str, np.ndarray]) -> tuple[ProblemData, dict[int, list[int]]]:
    """Give PyVRP's problem, and the shifts that each of its vehicle types stands for."""
    travel = arrays["travel"].astype(np.int64)
    loads = [k for k, row in enumerate(arrays["kinds"]) if not row.all()]
    clients = [
        Client(
            location=int(place),
            delivery=[int(kind == k) for k in loads],
            service_duration=int(duration),
            tw_early=int(opens),
            tw_late=int(closes),
            prize=int(prize),
            required=False,
        )
        for (place, duration, opens, closes, prize), kind in zip(
            arrays["visits"], arrays["kind_of"], strict=True
        )
    ]
    alike: dict[tuple[int, ...], list[int]] = {}
    for shift, (row, may) in enumerate(zip(arrays["shifts"], arrays["kinds"].T, strict=True)):
        alike.setdefault((*map(int, row), *(int(may[k]) for k in loads)), []).append(shift)
    bases = sorted({place for key in alike for place in key[:2]})
    types = [
        VehicleType(
            num_available=len(shifts),
            capacity=[len(clients) * may for may in key[4:]],
            start_depot=bases.index(key[0]),
            end_depot=bases.index(key[1]),
            tw_early=key[2],
            tw_late=key[3],
        )
        for key, shifts in alike.items()
    ]
    data = ProblemData(
        locations=[Location(0, 0) for _ in range(len(travel))],
        clients=clients,
        depots=[Depot(place) for place in bases],
        vehicle_types=types,
        distance_matrices=[travel],
        duration_matrices=[travel],
    )
    return data, dict(enumerate(alike.values()))


if __name__ == "__main__":
    main()
