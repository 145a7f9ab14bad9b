"""Where a plan came from, enough to make it again."""

from __future__ import annotations

import datetime as dt
import hashlib
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from visitplan.domain.plan import Provenance

if TYPE_CHECKING:
    from visitplan.domain.places import TravelSource
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.budget import Budget
    from visitplan.planning.options import Options
    from visitplan.policy import Policy
    from visitplan.solver.solution import RoutingSolution

LIBRARIES = ("ortools", "numpy", "pandas", "pydantic")


def policy_hash(policy: Policy) -> str:
    """Give the SHA-256 of everything a policy says, defaults included."""
    return hashlib.sha256(policy.model_dump_json().encode()).hexdigest()


def provenance(
    scenario: Scenario, solution: RoutingSolution, source: TravelSource, options: Options, budget: Budget
) -> Provenance:
    """Say how a solution was made."""
    return Provenance(
        visitplan_version=version("visitplan"),
        created=dt.datetime.now(dt.UTC).replace(microsecond=0),
        scenario=scenario.name,
        engine=options.engine,
        seed=options.seed,
        coordinated=options.coordinate,
        stop=str(solution.stop),
        iterations=budget.steps,
        seconds=round(budget.used, 3),
        time_limit=options.time_limit,
        iteration_limit=options.iterations,
        workers=options.workers,
        policy_hash=policy_hash(scenario.policy),
        input_hashes=dict(scenario.input_hashes),
        versions={"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        travel=dict(source.describe()),
    )
