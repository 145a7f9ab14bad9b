"""What can be measured: each entry is a scenario, a stage and an engine.

``python -m benchmarks.run`` runs them, each in a process of its own. An entry is one line of a list below;
its work is a function of this module that calls the benchmark concerned and gives figures by name:

- ``cost``, ``unassigned``, ``gap_percent`` (to the best published plan): what came out;
- ``limit_seconds``: what the search was allowed, where time was its limit. Elsewhere it had a number of
  steps, or ended by itself, and ``cpu_seconds`` can be compared;
- ``first_seconds``, ``complete_seconds``: when there was a plan, and when as few as in the end were left out;
- ``iterations``, ``per_second``, ``rows``; ``curve``: pairs of seconds and best cost;
- ``seconds``, ``cpu_seconds``, ``megabytes`` (peak), for all.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import first_plan, gehring_homberger, growth, hhcrsp, read_inputs, real_places, travel_matrix
from benchmarks.county_days import UNIT, Recipe, county_day
from benchmarks.engines import PEERS, Asked, figure
from benchmarks.hhcrsp_instances import read_best_known, read_instance
from benchmarks.measuring import Run, measure
from visitplan import inputs, planning, synthesis
from visitplan.planning import Options
from visitplan.solver import SolveOptions

Figures = dict[str, Any]
LOOKS = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
"""When the cost is looked at, as shares of the time limit."""
SPARE_LOAD = 0.5
"""Share of staff time that visits take where peers are compared: see ``benchmarks.peers``."""
SAMPLE = Path(__file__).resolve().parents[1] / "data" / "crewe-day"


@dataclass(frozen=True, slots=True)
class Given:
    """What a run of the registry is given: time for each search, a seed, and where things are."""

    seconds: float = 60.0
    seed: int = 1
    python: str = sys.executable
    folders: tuple[tuple[str, Path], ...] = ()

    def folder(self, name: str) -> Path:
        """Give the folder or file that an entry needs."""
        return dict(self.folders)[name]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be measured.

    Attributes
    ----------
    scenario, stage, engine
        Its name, in three parts.
    work
        Gives the figures.
    short
        Whether ``make bench`` runs it.
    needs
        Name of the folder it reads, or nothing.
    seeded
        Whether another seed may give other figures.
    cores
        How many it wants; what wants more than one is run by itself.
    """

    scenario: str
    stage: str
    engine: str
    work: Callable[[Given], Figures]
    short: bool = False
    needs: str = ""
    seeded: bool = True
    cores: int = 1

    @property
    def name(self) -> str:
        """Give the three parts with slashes between."""
        return f"{self.scenario} / {self.stage} / {self.engine}"


# --- searches -------------------------------------------------------------------------------------------


def steps(visits: int, engine: str, count: int, given: Given) -> Figures:
    """Take a number of steps on a linked county day: the same plan wherever it runs."""
    options = SolveOptions(time_limit=None, iterations=count, seed=given.seed)
    return _of_run(measure(county_day(Recipe(visits)), engine, options))


def search(visits: int, engine: str, workers: int, given: Given) -> Figures:
    """Search a linked county day until the time is up."""
    options = SolveOptions(given.seconds, seed=given.seed, workers=workers)
    found = _of_run(measure(county_day(Recipe(visits)), engine, options))
    return found | {"limit_seconds": given.seconds}


def _of_run(run: Run) -> Figures:
    used = run.solution.seconds
    looks = [(share * used, run.cost_at(share * used)) for share in LOOKS[:-1]]
    known = [(round(at, 3), cost / UNIT) for at, cost in looks if cost is not None]
    total = run.solution.cost.total / UNIT
    return {
        "cost": total,
        "unassigned": len(run.solution.unassigned),
        "first_seconds": run.trace[0].seconds,
        "complete_seconds": run.seconds_to_complete,
        "iterations": run.solution.iterations,
        "per_second": run.per_second,
        "curve": [*known, (round(used, 3), total)],
        "seconds": used,
        "cpu_seconds": run.cpu_seconds,
    }


def apart(visits: int, engine: str, most: float | None, given: Given) -> Figures:
    """Let an engine, ours or a peer, search a county day without links."""
    day = county_day(Recipe(visits, linked=0, load=SPARE_LOAD, soft=False))
    return _beside(day, UNIT, engine, min(given.seconds, most or given.seconds), given)


def gehring(instance: str, engine: str, given: Given) -> Figures:
    """Let an engine search a Gehring-Homberger instance without capacity."""
    path = given.folder("gehring-homberger") / f"{instance}.txt"
    problem = gehring_homberger.read_problem(path)
    return _beside(problem, gehring_homberger.SCALE, engine, given.seconds, given)


def _beside(problem: Any, unit: int, engine: str, seconds: float, given: Given) -> Figures:
    found = figure(problem, Asked(engine, seconds, given.seed, given.python))
    return {
        "cost": None if found.cost is None else found.cost / unit,
        "unassigned": found.unassigned,
        "iterations": found.iterations,
        "limit_seconds": seconds,
        "seconds": found.seconds,
        "cpu_seconds": found.cpu_seconds,
        "megabytes": found.megabytes,
    }


def best_known(instance: str, engine: str, given: Given) -> Figures:
    """Set an engine against the best published plan of a HHCRSP instance."""
    folder = given.folder("hhcrsp")
    path = hhcrsp.instance_files(folder, [instance])[0]
    asked = argparse.Namespace(seconds=given.seconds, workers=1, prototype=None)
    began, cpu = time.monotonic(), time.process_time()
    plan = hhcrsp.planned(read_instance(path), asked, given.seed, engine)
    best = read_best_known(folder).get(path.stem)
    return {
        "cost": plan.cost,
        "gap_percent": None if best is None else 100 * (plan.cost / best - 1),
        "per_second": plan.per_second,
        "limit_seconds": given.seconds,
        "seconds": time.monotonic() - began,
        "cpu_seconds": time.process_time() - cpu,
    }


# --- the rest of the way --------------------------------------------------------------------------------


def start(warm: bool, given: Given) -> Figures:
    """Start the command line on the sample day, and wait for its first complete plan."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["NUMBA_CACHE_DIR"] = str(folder / "cache")
        if warm:
            _warm_up()
        began = cpu_seconds()
        seconds = first_plan.seconds_to_first_plan(SAMPLE, folder / "plan", folder / "log.jsonl")
        return {"first_seconds": seconds, "seconds": seconds, "cpu_seconds": cpu_seconds() - began}


def compiling(given: Given) -> Figures:
    """Compile the search where nothing is compiled yet."""
    with tempfile.TemporaryDirectory() as name:
        os.environ["NUMBA_CACHE_DIR"] = name
        began, cpu = time.monotonic(), cpu_seconds()
        _warm_up()
        return {"seconds": time.monotonic() - began, "cpu_seconds": cpu_seconds() - cpu}


def _warm_up() -> None:
    subprocess.run([sys.executable, "-m", "visitplan", "warm-up", "--quiet"], check=True)


def cpu_seconds() -> float:
    """Give the processor time of this process and of those it started and that have ended."""
    return sum(os.times()[:4])


def read(requests: int, given: Given) -> Figures:
    """Read and validate a planning folder with so many requests."""
    with tempfile.TemporaryDirectory() as name:
        rows = read_inputs.build(Path(name), requests)
        began, cpu = time.monotonic(), time.process_time()
        inputs.read(name, skip_invalid=True)
        used, cpu = time.monotonic() - began, time.process_time() - cpu
    return {"rows": rows, "per_second": rows / used, "seconds": used, "cpu_seconds": cpu}


def travel(places: int, given: Given) -> Figures:
    """Make the crow-flies matrix of so many places."""
    seconds, _, held = travel_matrix.measure(places)
    return {"seconds": seconds, "arrays_mb": held}


def whole(visits: int, engine: str, count: int | None, given: Given) -> Figures:
    """Read, coordinate, search and check a day in Cheshire, at real postcodes where given; in pounds."""
    postcodes = dict(given.folders).get("postcodes")
    limit = None if count is not None else given.seconds
    with tempfile.TemporaryDirectory() as name:
        if postcodes is None:
            synthesis.write(Path(name), synthesis.generate(visits=visits, seed=1))
        else:
            real_places.write_folder(Path(name), postcodes, visits, 1)
        began, cpu = time.monotonic(), time.process_time()
        scenario = planning.read(name)
        options = Options(time_limit=limit, iterations=count, seed=given.seed, engine=engine)
        plan = planning.run(scenario, options).plan
        used, cpu = time.monotonic() - began, time.process_time() - cpu
    found = {"cost": plan.costs.total / 100_000, "unassigned": len(plan.unassigned), "seconds": used}
    return found | {"cpu_seconds": cpu} | ({} if limit is None else {"limit_seconds": limit})


def grown(visits: int, workers: int, given: Given) -> Figures:
    """Read, plan, check and write a day of a county, with its own limit; from the start of this process."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        day = growth.drawn(
            Path(name), visits, "cheshire-day", dict(given.folders).get("postcodes"), given.seed
        )
        drawing = time.monotonic() - began
        job = growth.Job(day, visits, growth.limit(visits), given.seed, workers)
        found = growth.measured(job, began + drawing)
    kept = ("unassigned", "first_seconds", "complete_seconds", "limit_seconds", "seconds", "cpu_seconds")
    return {key: found[key] for key in kept} | {"cost": found["cost_pounds"], "megabytes": found["peak_mb"]}


# --- the list -------------------------------------------------------------------------------------------

HHCRSP = ("10_1", "25_1", "50_3", "75_6", "100_1", "100_5", "200_1", "200_4", "300_1", "300_3")
GEHRING = ("c1_2_1", "r1_2_5", "rc1_2_8", "r2_2_3", "r1_4_7", "rc2_4_2", "r1_10_3", "rc1_10_9")
SIDE_BY_SIDE = ("search", "ortools", *PEERS)


def _steps(visits: int, engine: str, count: int, short: bool = False) -> Entry:
    work = partial(steps, visits, engine, count)
    return Entry(f"county {visits:,}", "1 step" if count == 1 else f"{count:,} steps", engine, work, short)


def _search(visits: int, engine: str, workers: int = 1) -> Entry:
    stage = "search" if workers == 1 else f"search on {workers} cores"
    return Entry(f"county {visits:,}", stage, engine, partial(search, visits, engine, workers), cores=workers)


def _apart(visits: int, engine: str, most: float | None = None) -> Entry:
    seeded = engine != "vroom"
    work = partial(apart, visits, engine, most)
    return Entry(f"county {visits:,} without links", "search", engine, work, most is not None, "", seeded)


ENTRIES: tuple[Entry, ...] = (
    _steps(300, "search", 1, short=True),
    _steps(300, "search", 100_000, short=True),
    _steps(300, "ortools", 12, short=True),
    _steps(2000, "search", 20_000, short=True),
    *(_apart(100, engine, most=5.0) for engine in SIDE_BY_SIDE),
    Entry("no scenario", "compiling", "search", compiling, short=True, seeded=False),
    Entry("crewe-day", "first plan, cold", "search", partial(start, False), short=True, seeded=False),
    Entry("crewe-day", "first plan, warm", "search", partial(start, True), short=True, seeded=False),
    Entry("5,000 requests", "reading", "none", partial(read, 5000), short=True, seeded=False),
    Entry("1,000 places", "travel", "none", partial(travel, 1000), short=True, seeded=False),
    Entry(
        "cheshire 200", "whole plan, 5,000 steps", "search", partial(whole, 200, "search", 5000), short=True
    ),
    *(_search(visits, "search") for visits in (500, 1000, 2000, 5000)),
    *(_search(visits, "ortools") for visits in (500, 1000)),
    *(_search(visits, "search", workers=2) for visits in (500, 2000, 5000)),
    *(_apart(visits, engine) for visits in (500, 1000, 2000) for engine in SIDE_BY_SIDE),
    *(
        Entry(f"hhcrsp {name}", "search", engine, partial(best_known, name, engine), needs="hhcrsp")
        for name in HHCRSP
        for engine in ("search", "ortools")
    ),
    *(
        Entry(
            f"gehring-homberger {name}",
            "search",
            engine,
            partial(gehring, name, engine),
            False,
            "gehring-homberger",
        )
        for name in GEHRING
        for engine in ("search", "pyvrp")
    ),
    Entry("100,000 requests", "reading", "none", partial(read, 100_000), seeded=False),
    Entry("5,000 places", "travel", "none", partial(travel, 5000), seeded=False),
    *(
        Entry(f"cheshire {visits:,}", "whole plan", "search", partial(whole, visits, "search", None))
        for visits in (500, 2000)
    ),
    *(
        Entry(f"cheshire-day {visits:,}", "read to written", "search", partial(grown, visits, 2), cores=2)
        for visits in (500, 2000, 5000, 16_000)
    ),
)
"""Everything that can be measured, short ones first."""
