"""visitplan: coordinated home visits, planned and checked.

::

    import visitplan as vp

    scenario = vp.read("data/crewe-day")
    plan = vp.plan(scenario, time_limit=60, seed=1)
    print(plan.summary())

The names below are the public ones. Importing visitplan starts nothing and costs little: each name is loaded
when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visitplan.errors import (
        CheckError,
        InputError,
        OutputError,
        SolverError,
        TravelError,
        VisitPlanError,
    )
    from visitplan.findings import Finding, Severity
    from visitplan.planning import Progress, Scenario, plan, read, read_plan, what_if
    from visitplan.policy import Policy, read_policy
    from visitplan.result import PlanResult, compare, comparison

_HOMES = {
    "visitplan.errors": (
        "CheckError",
        "InputError",
        "OutputError",
        "SolverError",
        "TravelError",
        "VisitPlanError",
    ),
    "visitplan.findings": ("Finding", "Severity"),
    "visitplan.planning": ("Progress", "Scenario", "plan", "read", "read_plan", "what_if"),
    "visitplan.policy": ("Policy", "read_policy"),
    "visitplan.result": ("PlanResult", "compare", "comparison"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CheckError",
    "Finding",
    "InputError",
    "OutputError",
    "PlanResult",
    "Policy",
    "Progress",
    "Scenario",
    "Severity",
    "SolverError",
    "TravelError",
    "VisitPlanError",
    "compare",
    "comparison",
    "plan",
    "read",
    "read_plan",
    "read_policy",
    "what_if",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("visitplan")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'visitplan' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
