"""Fitting an unassigned visit into a finished plan, beside everybody who is served already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.solver.evaluation import violations
from visitplan.solver.greedy import keep_initial
from visitplan.solver.insertion import Inserter
from visitplan.solver.proof import routes_beside
from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visitplan.planning.rebuilding import Rebuilt
    from visitplan.solver.problem import RoutingProblem
    from visitplan.solver.solution import Route

PROOF_S = 2.0
"""Seconds that CP-SAT may look for room in the runs nearby, where simply putting a visit in does not do."""
MOST_VICTIMS = 60
"""How many visits are tried in whose place the unassigned one might come."""


def unit_of(problem: RoutingProblem, index: int) -> tuple[int, ...]:
    """Give a visit with all that are served together with it or not at all."""
    group = problem.group_of[index]
    return (index,) if group < 0 else problem.groups[group]


def fitted(rebuilt: Rebuilt, unit: Sequence[int], proof_s: float = PROOF_S) -> tuple[Route, ...] | None:
    """Give the plan's routes with a unit in them and nobody left out, or None where that was not found.

    First the unit is put where it costs least while everybody keeps their place; then CP-SAT makes the runs
    nearby anew.
    """
    problem = rebuilt.encoding.problem
    table = _loaded(rebuilt)
    if table is None:
        return None
    routes = None
    if Inserter(table).insert_unit(unit):
        routes = table.routes()
    elif proof_s > 0:
        routes = routes_beside(problem, rebuilt.routes, unit, proof_s)
    return None if routes is None or violations(problem, routes) else routes


@dataclass(frozen=True, slots=True)
class Displaced:
    """What would have to go for a unit to come in: visits by index, and what the plan then costs more."""

    visits: tuple[int, ...]
    dearer_mp: int


def displaced(rebuilt: Rebuilt, unit: Sequence[int]) -> Displaced | None:
    """Give the unit in whose place this one could come at the least cost; None where no single one does.

    ``dearer_mp`` is what the plan costs more, in millipence, with the price of the visits that go and without
    the price of those that come.
    """
    table = _loaded(rebuilt)
    if table is None:
        return None
    inserter, before = Inserter(table), table.cost
    problem, best = table.problem, None
    for victim in _nearby(table, unit):
        mark = table.mark()
        if table.remove(victim) and inserter.insert_unit(unit):
            prices = sum(problem.visits[visit].unassigned_cost for visit in victim)
            spared = sum(problem.visits[visit].unassigned_cost for visit in unit)
            dearer = table.cost + prices - before - spared
            if best is None or dearer < best.dearer_mp:
                best = Displaced(victim, dearer)
        table.rollback(mark)
    return best


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another member of staff for a visit: the shift and tick, and what the plan would then cost more."""

    shift: int
    start: int
    dearer_mp: int


def elsewhere(rebuilt: Rebuilt, visit: int) -> Elsewhere | None:
    """Give the cheapest other member of staff for a served visit, with nobody else's run given away.

    None where nobody else has room for it, or where it is served together with others.
    """
    table = _loaded(rebuilt)
    if table is None or len(unit_of(table.problem, visit)) > 1 or table.shift_of[visit] < 0:
        return None
    problem, before = table.problem, table.cost
    staff = problem.shifts[table.shift_of[visit]].staff
    others = [k for k, shift in enumerate(problem.shifts) if shift.staff != staff]
    if not table.remove((visit,)) or not Inserter(table).insert_unit((visit,), shifts=set(others)):
        return None
    return Elsewhere(table.shift_of[visit], table.starts[visit], table.cost - before)


def _loaded(rebuilt: Rebuilt) -> Timetable | None:
    """Give the plan as a timetable; None where it does not hold as it stands."""
    problem, routes = rebuilt.encoding.problem, rebuilt.routes
    if violations(problem, routes):
        return None
    table = Timetable(problem)
    keep_initial(table, routes)
    return table


def _nearby(table: Timetable, unit: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Give served units on shifts that may serve one of the unit, those nearest to it in time first."""
    problem = table.problem
    wanted = [window for visit in unit for window in problem.visits[visit].windows]
    shifts = {int(s) for visit in unit for s in problem.eligible[visit].nonzero()[0]}
    served = [visit for shift in shifts for visit in table.runs[shift]]

    def away(visit: int) -> tuple[int, int]:
        start = table.starts[visit]
        return min(max(0, window.earliest - start, start - window.latest) for window in wanted), visit

    seen: set[tuple[int, ...]] = set()
    for visit in sorted(served, key=away):
        victim = unit_of(problem, visit)
        if victim not in seen and not set(victim) & set(unit):
            seen.add(victim)
            yield victim
            if len(seen) == MOST_VICTIMS:
                return
