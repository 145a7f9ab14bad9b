"""Solve a problem file with PyVRP: ``python peer_pyvrp.py PROBLEM.npz ANSWER.json SECONDS SEED``.

Needs PyVRP and NumPy only. A kind of visit (visits that the same shifts may serve) is a load: a shift that
may serve it has room for all of them, any other for none; what every shift may serve needs no load. Visits
are optional, and the prize is what leaving one out costs.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
from pyvrp.stop import MaxRuntime


def main(problem: str, answer: str, seconds: float, seed: int) -> None:
    """Read, solve, write for each shift its visits in order, or null without a feasible plan."""
    began = time.monotonic()
    with np.load(problem) as given:
        data, shift_of = problem_data(dict(given))
    left = max(0.0, seconds - (time.monotonic() - began))
    result = solve(data, MaxRuntime(left), seed=seed, collect_stats=False)
    runs = None
    if result.best.is_feasible():
        runs = {}
        spare = {kind: list(shifts) for kind, shifts in shift_of.items()}
        for route in result.best.routes():
            run = [step.idx for step in route.schedule() if step.is_client()]
            runs[str(spare[route.vehicle_type()].pop())] = run
    found = {"runs": runs, "seconds": time.monotonic() - began, "iterations": result.num_iterations}
    Path(answer).write_text(json.dumps(found), encoding="utf-8")


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
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
