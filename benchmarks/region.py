"""Plan a simulated region on a local Dask cluster: each county a job that draws, plans, checks and writes it.

Run ``python -m benchmarks.region [--counties 10] [--visits 10000] [--seconds 60] [--processes 2]
[--json FILE] [--beside TEXT]``. A county is one job on one worker of one thread: it draws its input from a
seed of its own, reads it as a folder is read, plans it, and writes the plan folder; only figures travel
back. Every county is set in the towns of Cheshire, so the region is one in size and not in its map. A worker
takes the next county as soon as it is free.

The time limit of a plan is in seconds of the processor, all threads of the worker together, so that a county
is planned alike on a machine that is busy with something else; wall seconds are told beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import described, machine, markdown

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_SEED = 101
"""County k is drawn from this seed + k."""
PRESET = "cheshire-full-day"


@dataclass(frozen=True, slots=True)
class County:
    """One job: which county, how large, how long to plan it, and where its folders go."""

    number: int
    visits: int
    seconds: float
    folder: Path


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a county.

    Attributes
    ----------
    visits, households, staff
        What was asked for.
    unassigned, joint_visits, pounds
        What the checked plan is like; ``pounds`` by the policy's prices, unassigned visits included.
    served_pounds
        The same without the price of unassigned visits.
    seconds
        Wall time of the whole job; the parts are ``generate_s``, ``read_s``, ``plan_s`` (planning and
        checking) and ``write_s``.
    cpu_seconds
        Processor time of the worker process in that time, all its threads together.
    peak_mb
        Most memory that the worker process has had until then; a process plans several counties.
    worker
        Process id of the worker.
    """

    county: int
    seed: int
    visits: int
    households: int
    staff: int
    unassigned: int
    joint_visits: int
    pounds: float
    served_pounds: float
    iterations: int
    generate_s: float
    read_s: float
    plan_s: float
    write_s: float
    seconds: float
    cpu_seconds: float
    peak_mb: float
    worker: int

    def cells(self) -> tuple[str, ...]:
        """Give the figures as text."""
        return (
            str(self.county),
            *(f"{n:,}" for n in (self.visits, self.households, self.staff, self.joint_visits)),
            f"{self.unassigned:,}",
            f"{self.served_pounds:,.0f}",
            f"{self.pounds:,.0f}",
            *(f"{n:,.0f}" for n in (self.plan_s, self.seconds, self.cpu_seconds, self.peak_mb)),
        )


HEADER = (
    "county", "visits", "households", "staff", "joint visits", "unassigned", "cost GBP, served",
    "cost GBP, with unassigned", "plan s", "job s", "CPU s", "peak MB",
)  # fmt: skip


def main() -> None:
    """Plan the region, and print a row for each county as it comes in, and all of them in the end."""
    asked = _arguments()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="region-") as temporary:
        folder = asked.keep or Path(temporary)
        counties = [County(k, asked.visits, asked.seconds, folder) for k in range(1, asked.counties + 1)]
        found: list[Figures] = []
        for figures in _planned(counties, asked.processes):
            print("  ".join(figures.cells()), file=sys.stderr, flush=True)
            found = sorted([*found, figures], key=lambda of: of.county)
            if asked.json:
                _keep(asked, found, time.monotonic() - began)
    whole = time.monotonic() - began
    print(f"{asked.processes} worker processes, {asked.seconds:g} CPU seconds for each plan; {machine()}\n")
    print(markdown(HEADER, [figures.cells() for figures in found]))
    print(f"\n{_said(found, whole)}")


def _keep(asked: argparse.Namespace, found: list[Figures], whole: float) -> None:
    """Write what is known so far."""
    told = {
        "machine": described(),
        "date": time.strftime("%Y-%m-%d"),
        "beside": asked.beside,
        "processes": asked.processes,
        "search_cpu_seconds": asked.seconds,
        "wall_seconds": round(whole, 1),
        "counties": [asdict(figures) for figures in found],
    }
    asked.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counties", type=int, default=10)
    parser.add_argument("--visits", type=int, default=10_000, help="of each county, in its day")
    parser.add_argument("--seconds", type=float, default=60.0, help="processor time for each plan")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep inputs and plan folders there")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--beside", default="", help="what else the machine did, for the record")
    return parser.parse_args()


def _planned(counties: list[County], processes: int) -> Iterator[Figures]:
    """Give the counties' figures as they come in."""
    from distributed import Client, LocalCluster, as_completed

    with (
        LocalCluster(
            n_workers=processes, threads_per_worker=1, host="127.0.0.1", dashboard_address=":0",
            memory_limit=0, worker_dashboard_address=":0",
        ) as cluster,
        Client(cluster) as client,
    ):  # fmt: skip
        jobs = [client.submit(plan_county, county, pure=False) for county in counties]
        for job in as_completed(jobs):
            yield job.result()


def plan_county(county: County) -> Figures:
    """Generate, read, plan, check and write one county in this process."""
    import visitplan as vp
    from visitplan import planning, synthesis

    seed, laps, cpu = FIRST_SEED + county.number, _Laps(), time.process_time()
    source, out = (county.folder / f"{kind}-{county.number}" for kind in ("county", "plan"))
    source.mkdir(parents=True)
    synthesis.write(source, synthesis.generate(preset=PRESET, visits=county.visits, seed=seed))
    generate_s = laps.lap()
    scenario = vp.read(source)
    read_s = laps.lap()
    made = planning.run(scenario, planning.Options(county.seconds, clock=time.process_time))
    plan_s = laps.lap()
    made.write(out, origin={"folder": source})
    write_s = laps.lap()
    plan = made.plan
    return Figures(
        county=county.number,
        seed=seed,
        visits=len(plan.visits) + len(plan.unassigned),
        households=len({request.household_id for request in scenario.requests}),
        staff=len(scenario.staff),
        unassigned=len(plan.unassigned),
        joint_visits=len(plan.joint_visits),
        pounds=plan.costs.pounds,
        served_pounds=round(plan.costs.pounds - plan.costs.unassigned / 100_000, 2),
        iterations=plan.provenance.iterations,
        generate_s=generate_s,
        read_s=read_s,
        plan_s=plan_s,
        write_s=write_s,
        seconds=round(generate_s + read_s + plan_s + write_s, 1),
        cpu_seconds=round(time.process_time() - cpu, 1),
        peak_mb=round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        worker=os.getpid(),
    )


class _Laps:
    """A stopwatch."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def lap(self) -> float:
        """Give the seconds since the last lap."""
        before, self._last = self._last, time.monotonic()
        return round(self._last - before, 1)


def _said(found: list[Figures], whole: float) -> str:
    visits, absent = sum(f.visits for f in found), sum(f.unassigned for f in found)
    return (
        f"{visits:,} visits of {sum(f.households for f in found):,} households, "
        f"{sum(f.joint_visits for f in found):,} joint visits, {absent:,} unassigned; "
        f"GBP {sum(f.pounds for f in found):,.0f}; {whole:,.0f} s in all, "
        f"{sum(f.cpu_seconds for f in found):,.0f} s of processors, "
        f"at most {max(f.peak_mb for f in found):,.0f} MB in a process."
    )


if __name__ == "__main__":
    main()
