"""Solve a problem file with VROOM: ``python peer_vroom.py PROBLEM.npz ANSWER.json SECONDS SEED``.

Needs pyvroom and NumPy only. A kind of visit (visits that the same shifts may serve) is a skill. VROOM serves
as many visits as it can before it saves travel, stops when it is done, and knows no seed; the seconds are its
limit.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

import numpy as np
import vroom

MANY_VISITS = 1000
"""From here on the lowest exploration with a start heuristic of each kind is all that fits the time."""


def main(problem: str, answer: str, seconds: float) -> None:
    """Read, solve, write for each shift its visits in order."""
    began = time.monotonic()
    with np.load(problem) as given:
        arrays = dict(given)
    asked = vroom.Input()
    asked.set_durations_matrix(profile="car", matrix_input=arrays["travel"].astype(np.uint32))
    for shift, ((start, end, opens, closes), may) in enumerate(
        zip(arrays["shifts"], arrays["kinds"].T, strict=True)
    ):
        skills = {int(kind) for kind in np.flatnonzero(may)}
        span = vroom.TimeWindow(int(opens), int(closes))
        asked.add_vehicle(
            vroom.Vehicle(shift, start=int(start), end=int(end), skills=skills, time_window=span)
        )
    for visit, ((place, duration, opens, closes, _), kind) in enumerate(
        zip(arrays["visits"], arrays["kind_of"], strict=True)
    ):
        window = vroom.TimeWindow(int(opens), int(closes))
        asked.add_job(
            vroom.Job(
                visit,
                location=int(place),
                default_service=int(duration),
                skills={int(kind)},
                time_windows=[window],
            )
        )
    level = 1 if len(arrays["visits"]) >= MANY_VISITS else 5
    left = max(1.0, seconds - (time.monotonic() - began))
    plan = asked.solve(exploration_level=level, nb_threads=1, timeout=timedelta(seconds=left))
    runs: dict[str, list[int]] = {}
    for row in plan.routes.itertuples():
        if row.type == "job":
            runs.setdefault(str(int(row.vehicle_id)), []).append(int(row.id))
    Path(answer).write_text(json.dumps({"runs": runs, "seconds": time.monotonic() - began}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
