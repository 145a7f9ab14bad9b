"""The OR-Tools engine: a complete plan at once, then better ones from RoutingModel and CP-SAT in turn.

``recipe`` says in which order; ``routing_model`` and ``sequence_model`` translate a piece of the plan, cut
out by ``pieces``, for the two solvers; ``neighbourhoods`` and ``blocks`` choose the pieces; ``incumbent``
lets only valid and cheaper plans in.
"""

from __future__ import annotations

from visitplan.solver.ortools_engine.recipe import solve

__all__ = ["solve"]
