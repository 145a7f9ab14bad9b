"""Solve a problem file with VROOM: ``python peer_vroom.py PROBLEM.npz ANSWER.json SECONDS SEED wall|cpu``.

Needs pyvroom and NumPy only. A kind of visit (visits that the same shifts may serve) is a skill. VROOM serves
as many visits as it can before it saves travel, stops when it is done, and knows no seed; the seconds are its
limit. It knows no CPU clock: by that one it has ten times the seconds on the wall, and tells what it used.
"""

from __future__ import annotations

import sys
from datetime import timedelta

import numpy as np
import peer_file

try:
    import vroom
except ImportError:
    peer_file.missing("pyvroom")

MANY_VISITS = 1000
"""From here on the lowest exploration with a start heuristic of each kind is all that fits the time."""
CPU_SLACK = 10


def main() -> None:
    """Read, solve, write."""
    task = peer_file.task(sys.argv[1:])
    level = 1 if len(task.arrays["visits"]) >= MANY_VISITS else 5
    seconds = task.left() * (CPU_SLACK if task.clock == "cpu" else 1)
    limit = timedelta(seconds=max(1.0, seconds))
    plan = asked(task.arrays).solve(exploration_level=level, nb_threads=1, timeout=limit)
    runs: dict[str, list[int]] = {}
    for row in plan.routes.itertuples():
        if row.type == "job":
            runs.setdefault(str(int(row.vehicle_id)), []).append(int(row.id))
    task.write(runs)


def asked(arrays: dict[str, np.ndarray]) -> vroom.Input:
    """Give VROOM's problem."""
    problem = vroom.Input()
    problem.set_durations_matrix(profile="car", matrix_input=arrays["travel"].astype(np.uint32))
    for shift, ((start, end, opens, closes), may) in enumerate(
        zip(arrays["shifts"], arrays["kinds"].T, strict=True)
    ):
        skills = {int(kind) for kind in np.flatnonzero(may)}
        span = vroom.TimeWindow(int(opens), int(closes))
        vehicle = vroom.Vehicle(shift, start=int(start), end=int(end), skills=skills, time_window=span)
        problem.add_vehicle(vehicle)
    for visit, ((place, duration, opens, closes, _), kind) in enumerate(
        zip(arrays["visits"], arrays["kind_of"], strict=True)
    ):
        problem.add_job(
            vroom.Job(
                visit,
                location=int(place),
                default_service=int(duration),
                skills={int(kind)},
                time_windows=[vroom.TimeWindow(int(opens), int(closes))],
            )
        )
    return problem


if __name__ == "__main__":
    main()
