"""The search: ruin and recreate on plans whose visits depend on each other, compiled by Numba.

Small problems go to CP-SAT first, which may prove that nothing is better; the compiled search, and Numba with
it, is only brought in where there is something left to search.
"""

from __future__ import annotations

from visitplan.solver.search.entry import solve

__all__ = ["solve"]
