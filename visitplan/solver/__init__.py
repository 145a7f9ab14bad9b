"""The solver: integers in, routes out. It knows nothing of names, dates, files or policies."""

from visitplan.solver.evaluation import cost_of, solution_of, violations
from visitplan.solver.options import Engine, Progress, SolveOptions
from visitplan.solver.problem import (
    Break,
    Link,
    RoutingProblem,
    Shift,
    StaffRule,
    StartWindow,
    TimeFactors,
    Travel,
    Visit,
)
from visitplan.solver.solution import Cost, Route, RoutingSolution, Stop
from visitplan.solver.solving import ENGINES, solve, timed

__all__ = [
    "ENGINES",
    "Break",
    "Cost",
    "Engine",
    "Link",
    "Progress",
    "Route",
    "RoutingProblem",
    "RoutingSolution",
    "Shift",
    "SolveOptions",
    "StaffRule",
    "StartWindow",
    "Stop",
    "TimeFactors",
    "Travel",
    "Visit",
    "cost_of",
    "solution_of",
    "solve",
    "timed",
    "violations",
]
