"""One engine on one problem, in a process of its own: ours, the prototype, or a peer from the package index.

PyVRP and VROOM are no dependencies: an interpreter that has them (``pip install pyvrp pyvroom``) is named.
They get the problem as a file and give back routes. Whoever made a plan, it is timed, checked and priced by
``visitplan.solver.evaluation``, and the seconds, CPU seconds, iterations and memory it took are told.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measuring import alone, measure
from benchmarks.peer_file import KIB, NOT_INSTALLED
from benchmarks.prototype import COUNTY, measure_prototype
from visitplan.solver import ENGINES, RoutingProblem, SolveOptions, cost_of, violations
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from collections.abc import Callable

PEERS = ("pyvrp", "vroom")
PROTOTYPE = "prototype"
SLACK_SECONDS = 600
"""How much longer than its time limit a peer may take before it is given up."""
CPU_SLACK = 20
"""How many times its limit of processor time may pass on the wall."""


class PeerMissing(RuntimeError):
    """The interpreter that was named does not have the peer."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which engine is to be run, and how.

    Attributes
    ----------
    engine
        One of visitplan's, of ``PEERS``, or ``prototype``.
    seconds
        Time it may take.
    clock
        ``wall``, or ``cpu`` for a machine that has other work: the limit is then processor time.
    seed
        VROOM knows none.
    python
        Interpreter that has the peers.
    prototype
        Folder of the prototype's modules.
    """

    engine: str
    seconds: float
    seed: int = 1
    python: str = sys.executable
    prototype: Path | None = None
    clock: str = "wall"

    def __post_init__(self) -> None:
        known = (*ENGINES, *PEERS, PROTOTYPE)
        if self.engine not in known:
            raise ValueError(f"there is no engine {self.engine!r}; known are: {', '.join(known)}")
        if self.engine == PROTOTYPE and self.prototype is None:
            raise ValueError("the prototype's folder is not named")


@dataclass(frozen=True, slots=True)
class Figure:
    """What one engine made of one problem from one seed; cost and travel are None if it gave no plan.

    Travel is the part of the cost that is not for visits left out. ``cpu_seconds`` count all threads; where
    they are far fewer than ``seconds``, something else had the core, and the figure is no fair one.
    """

    cost: int | None
    unassigned: int
    seconds: float
    travel: int | None = None
    cpu_seconds: float = 0.0
    iterations: int | None = None
    megabytes: float = 0.0


def figure(problem: RoutingProblem, asked: Asked) -> Figure:
    """Run an engine on a problem.

    Raises
    ------
    PeerMissing
        The interpreter does not have the peer.
    RuntimeError
        The engine failed, or its plan breaks a rule of the problem.
    """
    return _of_peer(problem, asked) if asked.engine in PEERS else alone(_of_ours, problem, asked)


def _of_ours(problem: RoutingProblem, asked: Asked) -> Figure:
    """Run an engine that lives in Python; what it compiles is compiled before the clock starts."""
    if asked.prototype is not None and asked.engine == PROTOTYPE:
        run = measure_prototype(problem, asked.prototype, COUNTY, asked.seconds, asked.seed)
    else:
        clock = time.process_time if asked.clock == "cpu" else time.monotonic
        run = measure(problem, asked.engine, SolveOptions(asked.seconds, seed=asked.seed, clock=clock))
    found = run.solution
    return Figure(
        cost=found.cost.total,
        unassigned=len(found.unassigned),
        seconds=found.seconds,
        travel=found.cost.total - found.cost.unassigned,
        cpu_seconds=run.cpu_seconds,
        iterations=found.iterations,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB,
    )


# --- peers ----------------------------------------------------------------------------------------------


def _of_peer(problem: RoutingProblem, asked: Asked) -> Figure:
    """Let a peer solve a problem in a process of its own; time, check and price its routes."""
    script = Path(__file__).with_name(f"peer_{asked.engine}.py")
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "problem.npz", Path(folder) / "answer.json"
        np.savez(given, **arrays_of(problem))
        command = [
            asked.python,
            str(script),
            str(given),
            str(answer),
            str(asked.seconds),
            str(asked.seed),
            asked.clock,
        ]
        limit = SLACK_SECONDS + asked.seconds * (CPU_SLACK if asked.clock == "cpu" else 1)
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False)
        if done.returncode == NOT_INSTALLED:
            raise PeerMissing(done.stderr.strip())
        if done.returncode != 0:
            raise RuntimeError(f"{asked.engine} failed: {done.stderr.strip().splitlines()[-1:]}")
        return priced(asked.engine, problem, json.loads(answer.read_text(encoding="utf-8")))


def priced(engine: str, problem: RoutingProblem, answer: dict[str, Any]) -> Figure:
    """Time, check and price the runs that a peer answered with.

    Raises
    ------
    RuntimeError
        They break a rule of the problem.
    """
    spent: dict[str, Any] = {key: answer.get(key) or 0.0 for key in ("seconds", "cpu_seconds", "megabytes")}
    spent["iterations"] = answer.get("iterations")
    if answer["runs"] is None:
        return Figure(None, len(problem.visits), **spent)
    routes = time_runs(problem, {int(shift): run for shift, run in answer["runs"].items()})
    if routes is None:
        raise RuntimeError(f"the runs of {engine} cannot be timed")
    faults = violations(problem, routes)
    if faults:
        raise RuntimeError(f"the plan of {engine} breaks {len(faults)} rules, first: {faults[0]}")
    cost = cost_of(problem, routes)
    left_out = len(problem.visits) - sum(len(route.visits) for route in routes)
    return Figure(cost.total, left_out, travel=cost.total - cost.unassigned, **spent)


def arrays_of(problem: RoutingProblem) -> dict[str, Any]:
    """Give a problem that peers can know as arrays; all they learn.

    ``visits``: place, duration, earliest and latest start, cost of leaving out. ``shifts``: start place, end
    place, earliest departure, latest return. ``travel``: ticks, which are the cost as well. ``kinds``: for
    each kind of visit, which shifts may serve it. ``kind_of``: the kind of each visit.

    Raises
    ------
    ValueError
        The problem has something that the peers do not know.
    """
    for unknown, name in _UNKNOWN_TO_PEERS:
        if unknown(problem):
            raise ValueError(f"peers do not know {name}")
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


def _odd_travel(problem: RoutingProblem) -> bool:
    first = problem.travel[0]
    return (
        len(problem.travel) > 1 or bool(first.factors.starts) or not np.array_equal(first.ticks, first.cost)
    )


_UNKNOWN_TO_PEERS: tuple[tuple[Callable[[RoutingProblem], bool], str], ...] = (
    (lambda p: bool(p.links or p.groups), "links and groups"),
    (_odd_travel, "several modes, travel by time of day, or a cost of travel other than its time"),
    (lambda p: bool(p.assignment_cost.any()), "costs of assignment"),
    (lambda p: p.max_late_cost > 0 or any(v.early_cost or v.late_cost for v in p.visits), "soft windows"),
    (lambda p: any(len(v.windows) > 1 or v.windows[0].cost for v in p.visits), "several or paid windows"),
    (lambda p: any(s.max_overtime or s.pause for s in p.shifts), "overtime and breaks"),
    (lambda p: any(s.use_cost or s.waiting_cost for s in p.shifts), "costs of using a shift or of waiting"),
    (lambda p: any(limit is not None for limit in p.week_limits), "week hours"),
)
"""What a problem must not have, and how it is called."""


def peer_versions(python: str) -> str:
    """Name the versions of the peers that an interpreter has."""
    code = (
        'from importlib.metadata import version as v; print(f\'pyvrp {v("pyvrp")}, pyvroom {v("pyvroom")}\')'
    )
    found = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def installed(engine: str, python: str) -> bool:
    """Say whether an engine can be run: ours always can, a peer if the interpreter has it."""
    if engine not in PEERS:
        return True
    module = "vroom" if engine == "vroom" else engine
    found = subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False)
    return found.returncode == 0
