"""Run the search prototype beside ours, on the same problem, on the same machine.

The prototype is two modules, ``core`` (a Numba kernel) and ``inst2`` (its arrays), in a folder that is given;
they are imported from there. It works in floats and knows one window a visit, links, groups, late starts,
overtime and costs of assignment: problems with anything more are refused. Its plan is timed and judged by our
evaluation.
"""

from __future__ import annotations

import importlib
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.measuring import Run, Trace, demand_valid
from visitplan.solver import RoutingProblem, Stop, solution_of
from visitplan.solver.timing import time_runs

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Setting:
    """How the prototype is set: temperatures in natural units, and its neighbours each way."""

    unit: int
    hot: float
    cold: float
    neighbours: int = 80
    adjacent: int = 120
    removed: float = 10.0
    pair_positions: int = 4
    chunk_seconds: float = 0.1


HHCRSP = Setting(unit=1000, hot=100.0, cold=1.0)
"""As its figures on the public instances were measured."""
COUNTY = Setting(unit=10, hot=20.0, cold=0.5, neighbours=60, adjacent=100)
"""As its county days were measured."""


def measure_prototype(
    problem: RoutingProblem, folder: Path, setting: Setting, seconds: float, seed: int = 1
) -> Run:
    """Search with the prototype, and give its plan with the cost our evaluation finds.

    Raises
    ------
    ValueError
        The problem asks for something the prototype does not know.
    RuntimeError
        Its plan breaks a rule.
    """
    _demand_simple(problem)
    core, builder = _modules(folder)
    _search(core, _state(core, builder, problem, setting, seed), problem, setting, 0.05, Trace())
    began, cpu = time.monotonic(), time.process_time()
    state = _state(core, builder, problem, setting, seed)
    trace = Trace()
    best = _search(core, state, problem, setting, seconds, trace, began)
    used, cpu = time.monotonic() - began, time.process_time() - cpu
    routes = time_runs(problem, _runs(problem, best))
    if routes is None:
        raise RuntimeError("the prototype's plan cannot be timed")
    solution = solution_of(problem, routes, Stop.TIME, int(state.st[4]), used)
    return Run(demand_valid(problem, solution), tuple(trace.points), cpu)


def _modules(folder: Path) -> tuple[Any, Any]:
    path = str(folder.resolve())
    if path not in sys.path:
        sys.path.append(path)
    return importlib.import_module("core"), importlib.import_module("inst2")


def _demand_simple(problem: RoutingProblem) -> None:
    simple = (
        len(problem.travel) == 1
        and not problem.travel[0].factors.starts
        and not any(problem.week_limits)
        and all(len(v.windows) == 1 and not v.windows[0].cost and not v.early_cost for v in problem.visits)
        and all(s.pause is None and not s.waiting_cost and not s.use_cost for s in problem.shifts)
        and all(link.lo is not None and link.hi is not None and not link.staff for link in problem.links)
    )
    if not simple:
        raise ValueError("the prototype knows neither breaks, several windows, staff rules nor waiting costs")


def _state(core: Any, builder: Any, problem: RoutingProblem, setting: Setting, seed: int) -> Any:
    """Build the prototype's arrays, in natural units."""
    unit = setting.unit
    visits = {
        "loc": np.array([v.place for v in problem.visits]),
        "twa": np.array([v.windows[0].earliest for v in problem.visits]) / unit,
        "due": np.array([v.windows[0].preferred[1] for v in problem.visits]) / unit,
        "hard": np.array([v.windows[0].latest for v in problem.visits]) / unit,
        "dur": np.array([v.duration for v in problem.visits]) / unit,
        "wl": np.array([float(v.late_cost) for v in problem.visits]),
    }
    shifts = {
        "sloc": np.array([s.start_place for s in problem.shifts]),
        "eloc": np.array([s.end_place for s in problem.shifts]),
        "s0": np.array([s.start for s in problem.shifts]) / unit,
        "due": np.array([s.end for s in problem.shifts]) / unit,
        "hard": np.array([s.latest_return for s in problem.shifts]) / unit,
        "wover": np.array([float(s.overtime_cost) for s in problem.shifts]),
    }
    return builder.build(
        core,
        visits,
        shifts,
        _groups(problem, unit),
        [sum(problem.visits[v].unassigned_cost for v in members) / unit for members in problem.units],
        problem.travel[0].ticks / unit,
        problem.eligible.astype(np.uint8),
        (problem.assignment_cost / unit).astype(np.float32),
        [1.0, float(problem.max_late_cost), 0.01, setting.removed, 10, 0.5, setting.pair_positions, 0.1, 0],
        setting.neighbours,
        setting.adjacent,
        seed,
        0.2,
    )


def _groups(
    problem: RoutingProblem, unit: int
) -> list[tuple[list[int], list[tuple[int, int, float, float]]]]:
    of = {v: number for number, members in enumerate(problem.units) for v in members}
    groups: list[tuple[list[int], list[tuple[int, int, float, float]]]] = [
        (list(members), []) for members in problem.units
    ]
    for link in problem.links:
        if of[link.first] != of[link.second]:
            raise ValueError("the prototype links visits of one group only")
        groups[of[link.first]][1].append(
            (link.first, link.second, (link.lo or 0) / unit, (link.hi or 0) / unit)
        )
    return groups


def _search(
    core: Any,
    state: Any,
    problem: RoutingProblem,
    setting: Setting,
    seconds: float,
    trace: Trace,
    began: float | None = None,
) -> Any:
    """Construct, then anneal with a geometric temperature in chunks; give the best plan's links."""
    begin = time.monotonic() if began is None else began
    units, nodes = len(problem.units), state.F.shape[0]
    best_starts, best = np.zeros(nodes), np.zeros((nodes, 3), np.int32)
    opens = np.array([problem.visits[members[0]].windows[0].earliest for members in problem.units])
    order = np.lexsort((opens, np.array([-len(members) for members in problem.units]))).astype(np.int32)
    core.construct(state, order)
    state.sf[1], _ = core.full_cost(state)
    core.save(state.F, state.G, best_starts, best)
    absent = _absent(state, units)
    _note(trace, state, problem, setting, best, begin)
    chunk, gone = 100, 0.0
    while gone < seconds:
        heat = setting.hot * (setting.cold / setting.hot) ** (gone / seconds)
        chunk_began = time.monotonic()
        core.run(state, chunk, heat, best_starts, best, absent)
        took = max(time.monotonic() - chunk_began, 1e-5)
        chunk = max(10, int(chunk * min(3, max(0.3, setting.chunk_seconds / took))))
        _note(trace, state, problem, setting, best, begin)
        gone = time.monotonic() - begin
    return best


def _absent(state: Any, units: int) -> Any:
    """Give the units left out, as the kernel keeps them: their numbers, and their count at the end."""
    absent = np.zeros(units + 1, np.int32)
    out = [u for u in range(units) if state.G[state.GM[state.GM0[u]], 2] < 0]
    absent[: len(out)] = out
    absent[units] = len(out)
    return absent


def _note(
    trace: Trace, state: Any, problem: RoutingProblem, setting: Setting, best: Any, begin: float
) -> None:
    out = int((best[: len(problem.visits), 2] < 0).sum())
    trace.add(time.monotonic() - begin, round(float(state.sf[1]) * setting.unit), out)


def _runs(problem: RoutingProblem, best: Any) -> dict[int, list[int]]:
    """Follow the best plan's successors."""
    count, runs = len(problem.visits), {}
    for shift in range(len(problem.shifts)):
        run, node = [], int(best[count + shift, 0])
        while node < count:
            run.append(node)
            node = int(best[node, 0])
        runs[shift] = run
    return runs
