"""Measure coordination before routing: ``python -m benchmarks.coordination --visits 1000,5000 --workers 2``.

A synthetic county day is drawn and read; then the time and the memory of each stage are measured: the joint
visits that could be, the choice among them, and what follows from it (links, groups, turns). Each day has a
process to itself, so that its peak memory is its own. On a busy machine, processor seconds tell more.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass

from benchmarks.measuring import alone, machine, markdown
from visitplan import planning, synthesis
from visitplan.coordination.applying import apply
from visitplan.coordination.choose import choose
from visitplan.coordination.coordinating import numbered
from visitplan.coordination.enumeration import Homes, all_candidates
from visitplan.domain.expansion import expand

TIME_LIMIT = 30.0
"""Seconds of a core for the choice, as planning gives it at most."""

SECONDS = ("enumerate s", "choose s", "apply s", "all s", "cpu s")
HEADINGS = ("visits", "workers", "could be", "chosen", *SECONDS, "MB", "choice")


@dataclass(frozen=True, slots=True)
class Job:
    """One day to be coordinated."""

    visits: int
    workers: int
    seed: int


def measure(job: Job) -> tuple[str, ...]:
    """Give the row of one day."""
    scenario = planning.Scenario.from_frames(synthesis.generate(visits=job.visits, seed=job.seed))
    demand = expand(scenario)
    began, worked = time.perf_counter(), time.process_time()
    homes = Homes.of(scenario, demand)
    candidates, findings = all_candidates(homes)
    found = time.perf_counter()
    choice = choose(homes, candidates, seed=1, time_limit=TIME_LIMIT, workers=job.workers)
    chosen = time.perf_counter()
    apply(scenario, demand, numbered(choice.chosen))
    done = time.perf_counter()
    left_out = f"; {len(findings)} homes with too many ways" if findings else ""
    return (
        f"{len(demand.visits):,}",
        str(job.workers),
        f"{len(candidates):,}",
        f"{len(choice.chosen):,}",
        f"{found - began:.1f}",
        f"{chosen - found:.1f}",
        f"{done - chosen:.1f}",
        f"{done - began:.1f}",
        f"{time.process_time() - worked:.1f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
        ("proved best" if choice.proved else f"bound GBP {choice.bound_mp / 1e5:.2f}") + left_out,
    )


def main() -> None:
    """Measure each day, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", default="1000,5000")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    jobs = [Job(int(count), given.workers, given.seed) for count in given.visits.split(",")]
    print(machine())
    print(f"Days drawn from seed {given.seed}.\n")
    print(markdown(HEADINGS, [alone(measure, job) for job in jobs]))


if __name__ == "__main__":
    main()
