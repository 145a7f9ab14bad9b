"""The baseline: each organisation plans its own requests with its own staff, as those do that do not talk.

Organisations are planned one after the other, by name. What one has planned stands still for the next, which
sees of it only what nobody could overlook: a home that is full. Those whose requests follow one another's are
planned in one go. Each gets its share of the time and of the steps by how many visits it has; what one does
not use, the next may.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan.domain.scenario import Scenario
from visitplan.findings import Finding, Severity
from visitplan.solver import solve
from visitplan.solver.evaluation import solution_of
from visitplan.solver.pieces import cut, splice
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visitplan.routing import Encoding
    from visitplan.solver.options import SolveOptions
    from visitplan.solver.pieces import Piece
    from visitplan.solver.solution import Route, RoutingSolution


def by_itself(scenario: Scenario) -> Scenario:
    """Give the scenario in which no organisation serves another's requests.

    Hand-over stays as the policy has it where its ``organisations.hand_over_apart`` says so, and towards an
    organisation that asks for a service for which it employs nobody: somebody else serves it today as well.
    """
    rules = scenario.policy.organisations
    if rules.hand_over_apart:
        return scenario
    employers = sorted({member.organisation for member in scenario.staff})
    served = without_staff(scenario)
    serves = {
        employer: tuple(other for other in served if other != employer and rules.may_serve(employer, other))
        for employer in employers
    }
    alone = rules.model_copy(update={"shared": False, "serves": serves})
    return replace(scenario, policy=scenario.policy.model_copy(update={"organisations": alone}))


def without_staff(scenario: Scenario) -> tuple[str, ...]:
    """Give the organisations that ask for a service for which they employ nobody, by name."""
    employed = {(member.service, member.organisation) for member in scenario.staff}
    asked = {(request.service, request.organisation) for request in scenario.requests}
    return tuple(sorted({organisation for _, organisation in asked - employed}))


@dataclass(frozen=True, slots=True)
class Apart:
    """Solves a routing problem organisation by organisation; see the head of this module.

    Attributes
    ----------
    scenario
        As :func:`by_itself` gives it.
    """

    scenario: Scenario

    def __call__(self, encoding: Encoding, options: SolveOptions, engine: str) -> RoutingSolution:
        """Give the organisations' plans, put together into one.

        Raises
        ------
        SolverError
            The engine is not known, or its plan breaks a rule.
        """
        problem = encoding.problem
        clusters = _clusters(self.scenario, encoding)
        waiting = sum(len(cluster.visits) for cluster in clusters)
        began, steps = options.clock(), 0
        uncounted: list[float] = []

        def leave_out(seconds: float) -> None:
            uncounted.append(seconds)
            options.uncounted(seconds)

        routes: tuple[Route, ...] = ()
        stops: list[Stop] = []
        for cluster in clusters:
            piece = cut(problem, routes, cluster.shifts, extra=cluster.visits)
            part = len(cluster.visits) / max(1, waiting)
            gone = options.clock() - began - sum(uncounted)
            share = _share(options, piece, part, gone, steps)
            found = solve(piece.problem, replace(share, uncounted=leave_out), engine)
            routes = splice(routes, piece, found.routes)
            waiting -= len(cluster.visits)
            steps += found.iterations
            stops.append(found.stop)
        stop = _reached(stops)
        return solution_of(problem, routes, stop, steps, options.clock() - began)

    def finding(self) -> Finding:
        """Say who was planned by itself, and who with whom."""
        tied = _tied_by_requests(self.scenario)
        said = "; ".join(" with ".join(sorted(names)) for names in sorted(tied, key=min))
        return Finding(
            "PLAN-APART",
            Severity.NOTE,
            cause=f"Without coordination each organisation was planned by itself: {said or 'there is none'}.",
            action="Nothing needs doing. Those named together serve each other's requests, or have requests "
            "that follow one another.",
        )


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Organisations that cannot be planned one without the other, with what is theirs, by index."""

    names: frozenset[str]
    visits: tuple[int, ...]
    shifts: tuple[int, ...]


def _clusters(scenario: Scenario, encoding: Encoding) -> list[_Cluster]:
    owner = [scenario.request_by_id[visit.request_id].organisation for visit in encoding.visits]
    employer = [scenario.staff_by_id[shift.staff_id].organisation for shift in encoding.shifts]
    clusters = [
        _Cluster(
            names,
            tuple(k for k, name in enumerate(owner) if name in names),
            tuple(k for k, name in enumerate(employer) if name in names),
        )
        for names in sorted(_tied_by_requests(scenario), key=min)
    ]
    return [cluster for cluster in clusters if cluster.visits and cluster.shifts]


def _tied_by_requests(scenario: Scenario) -> list[frozenset[str]]:
    """Give the organisations, those in one set that hand over to each other or follow each other's visits."""
    names = {request.organisation for request in scenario.requests}
    names |= {member.organisation for member in scenario.staff}
    of = {name: {name} for name in names}
    for one, other in _ties(scenario):
        if of[one] is not of[other]:
            joined = of[one] | of[other]
            of.update(dict.fromkeys(joined, joined))
    return list({frozenset(members) for members in of.values()})


def _ties(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for request in scenario.requests:
        if request.after_request is not None:
            before = scenario.request_by_id[request.after_request]
            yield request.organisation, before.organisation
    rules = scenario.policy.organisations
    asking = {request.organisation for request in scenario.requests}
    for employer in {member.organisation for member in scenario.staff}:
        yield from ((employer, other) for other in asking if rules.may_serve(employer, other))


def _share(options: SolveOptions, piece: Piece, part: float, gone: float, steps: int) -> SolveOptions:
    """Give one organisation this part of what is left."""
    time_left = None if options.time_limit is None else max(0.0, options.time_limit - gone)
    steps_left = None if options.iterations is None else max(1, options.iterations - steps)
    return replace(
        options,
        time_limit=None if time_left is None else time_left * part,
        iterations=None if steps_left is None else max(1, round(steps_left * part)),
        initial=_renumbered(options.initial, piece),
    )


def _renumbered(initial: Iterable[Route], piece: Piece) -> tuple[Route, ...]:
    """Give the routes to start from in a piece's numbers, without visits that are not in it."""
    visits = {visit: k for k, visit in enumerate(piece.visits)}
    shifts = {shift: k for k, shift in enumerate(piece.shifts)}
    found = []
    for route in initial:
        kept = [(visits[v], s) for v, s in zip(route.visits, route.starts, strict=True) if v in visits]
        if kept and route.shift in shifts:
            ids, starts = zip(*kept, strict=True)
            found.append(replace(route, shift=shifts[route.shift], visits=ids, starts=starts))
    return tuple(found)


def _reached(stops: Sequence[Stop]) -> Stop:
    """Give what ended most of the unfinished searches; that each part is optimal does not prove the whole."""
    unfinished = Counter(stop for stop in stops if stop is not Stop.OPTIMAL)
    return unfinished.most_common(1)[0][0] if unfinished else Stop.EXHAUSTED
