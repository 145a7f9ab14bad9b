"""What the solver gives back: routes with start times, what was left out, and what it all costs."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class Stop(StrEnum):
    """What ended the search."""

    OPTIMAL = "optimal"
    TIME = "time limit"
    ITERATIONS = "iteration limit"
    CANCELLED = "cancelled"
    EXHAUSTED = "nothing left to try"


@dataclass(frozen=True, slots=True)
class Route:
    """The work of one shift that is used.

    Attributes
    ----------
    shift
        Index of the shift.
    visits, starts
        Visit indices in order, and the tick each starts at.
    depart, finish
        Ticks of leaving the start place (as late as the first visit allows) and of being back.
    break_start
        Tick at which the break begins, or None where the shift has none.
    """

    shift: int
    visits: tuple[int, ...]
    starts: tuple[int, ...]
    depart: int
    finish: int
    break_start: int | None = None

    def __post_init__(self) -> None:
        if not self.visits:
            raise ValueError("a route serves at least one visit")
        if len(self.visits) != len(self.starts):
            raise ValueError("a route needs one start for each visit")


@dataclass(frozen=True, slots=True)
class Cost:
    """The parts of a solution's cost, in cost units."""

    travel: int = 0
    assignment: int = 0
    windows: int = 0
    early: int = 0
    late: int = 0
    waiting: int = 0
    overtime: int = 0
    shifts: int = 0
    unassigned: int = 0
    max_late: int = 0

    @property
    def total(self) -> int:
        """Give the sum of all parts."""
        return sum(int(getattr(self, part.name)) for part in fields(self))


@dataclass(frozen=True, slots=True)
class RoutingSolution:
    """A complete plan in integers: every visit is in one route or in ``unassigned``.

    Attributes
    ----------
    routes
        Used shifts only, by ascending shift.
    unassigned
        Visits left out, ascending.
    cost
        Recomputed from routes and starts, not the search's running figure.
    stop
        What ended the search.
    iterations
        How many steps were made.
    seconds
        Wall time used.
    bound
        A proven lower bound of the cost, where one is known.
    """

    routes: tuple[Route, ...]
    unassigned: tuple[int, ...]
    cost: Cost
    stop: Stop
    iterations: int = 0
    seconds: float = 0.0
    bound: int | None = None
