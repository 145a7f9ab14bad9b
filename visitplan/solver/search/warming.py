"""Compiling ahead, for images and impatient users."""

from __future__ import annotations

import numpy as np

from visitplan.solver.options import SolveOptions
from visitplan.solver.problem import RoutingProblem, Shift, StartWindow, Travel, Visit


def warm_up() -> None:
    """Compile the search, if that has not been done, and keep it for later runs."""
    from visitplan.solver.search.engine import search

    search(_tiny(), SolveOptions(time_limit=None, iterations=1))


def _tiny() -> RoutingProblem:
    """Give a problem of one visit."""
    legs = np.zeros((1, 1), dtype=np.int32)
    return RoutingProblem(
        visits=(Visit(0, 1, (StartWindow(0, 1),), 1),),
        shifts=(Shift(0, 0, 0, 0, 9),),
        travel=(Travel(legs, legs),),
        eligible=np.ones((1, 1), dtype=np.bool_),
        assignment_cost=np.zeros((1, 1), dtype=np.int32),
    )
