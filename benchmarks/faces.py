"""Measure what few different faces cost: ``python -m benchmarks.faces data/macclesfield-week``.

The same joint visits are routed with different prices of a new face (0: no teams), by the compiled search,
from one seed and for as many steps. Faces of a service are counted for each person to whom it comes more than
once. Rows are printed as they come.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measuring import machine
from visitplan import coordination, planning, routing, travel
from visitplan.domain.expansion import expand
from visitplan.domain.plan import Run
from visitplan.solver import solve
from visitplan.solver.options import SolveOptions

if TYPE_CHECKING:
    from visitplan.domain.demand import Demand

HEADINGS = (
    "new face, pence", "faces a person", "most", "faces of a service", "visits by strangers",
    "travel h", "km", "waiting h", "unassigned", "steps",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Faces:
    """What a price of a new face gives: the routes, how many visits are left out, and the steps taken."""

    price: float
    runs: tuple[Run, ...]
    unassigned: int
    strangers: int
    steps: int

    def row(self) -> tuple[str, ...]:
        """Give it as a row of the table."""
        people: dict[str, set[str]] = defaultdict(set)
        services: dict[tuple[str, str], set[str]] = defaultdict(set)
        often: dict[tuple[str, str], int] = defaultdict(int)
        for visit in (visit for run in self.runs for visit in run.visits):
            people[visit.person_id].add(visit.staff_id)
            services[visit.person_id, visit.service].add(visit.staff_id)
            often[visit.person_id, visit.service] += 1
        repeated = [len(staff) for key, staff in services.items() if often[key] > 1]
        faces = [len(staff) for staff in people.values()]
        return (
            f"{self.price:g}",
            f"{sum(faces) / len(faces):.2f}",
            str(max(faces)),
            f"{sum(repeated) / len(repeated):.2f}",
            str(self.strangers),
            f"{sum(run.travel_s for run in self.runs) / 3600:.1f}",
            f"{sum(run.metres for run in self.runs) / 1000:,.0f}",
            f"{sum(run.wait_s for run in self.runs) / 3600:.1f}",
            str(self.unassigned),
            f"{self.steps:,}",
        )


def priced(scenario: planning.Scenario, price: float) -> planning.Scenario:
    """Give the scenario in which a new face costs this many pence, with its teams."""
    policy = scenario.policy.model_dump()
    policy["costs"]["new_face_pence"] = price
    changed = replace(scenario, policy=type(scenario.policy).model_validate(policy))
    return replace(changed, teams=coordination.choose_teams(changed))


def measure(scenario: planning.Scenario, demand: Demand, steps: int, seed: int) -> Faces:
    """Route the demand in so many steps."""
    source = planning.travel_source(scenario)
    factors = travel.day_factors(scenario.policy.travel, scenario.period)
    network = routing.network_of(scenario, source, factors)
    encoding = routing.encode(scenario, demand, network)
    options = SolveOptions(time_limit=None, iterations=steps, seed=seed)
    solution = solve(encoding.problem, options, engine="search")
    runs = routing.decode(scenario, demand, encoding, solution.routes, network)
    known = scenario.known_staff
    visits = (visit for run in runs for visit in run.visits)
    strangers = sum(v.staff_id not in known.get(v.person_id, {v.staff_id}) for v in visits)
    left_out = len(solution.unassigned) + len(encoding.left_out)
    return Faces(scenario.policy.costs.new_face_pence, runs, left_out, strangers, solution.iterations)


def main() -> None:
    """Print one row for each price."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split(":", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prices", default="0,100,200")
    parser.add_argument("--iterations", type=int, default=8_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    scenario = planning.read(asked.folder)
    demand = coordination.coordinate(scenario, expand(scenario), seed=asked.seed, time_limit=20)
    prices = [float(price) for price in asked.prices.split(",")]
    measured = (measure(priced(scenario, price), demand, asked.iterations, asked.seed) for price in prices)
    print(machine(), f"Seed {asked.seed}.", "", sep="\n", flush=True)
    for row in (HEADINGS, ("---",) * len(HEADINGS)):
        print("|", " | ".join(row), "|", flush=True)
    for faces in measured:
        print("|", " | ".join(faces.row()), "|", flush=True)


if __name__ == "__main__":
    main()
