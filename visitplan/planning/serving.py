"""Coordination and routing, back and forth: what cannot be served together is taken apart and tried again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from visitplan import coordination, routing
from visitplan.domain.demand import Demand, LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Joint
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Windows
from visitplan.findings import Finding, Severity, Where
from visitplan.planning.budget import Budget
from visitplan.planning.options import Options
from visitplan.routing import Encoding, Network
from visitplan.solver import solve
from visitplan.solver.options import Progress, SolveOptions
from visitplan.solver.solution import Route, RoutingSolution, Stop

if TYPE_CHECKING:
    from visitplan.domain.demand import JointVisit

Solving: TypeAlias = Callable[[Encoding, SolveOptions, str], RoutingSolution]
"""Solves a routing problem with the engine of that name."""


def solve_whole(encoding: Encoding, options: SolveOptions, engine: str) -> RoutingSolution:
    """Solve the whole problem in one go."""
    return solve(encoding.problem, options, engine)


FIRST_SHARE = 0.3
"""Part of the time after which is seen what cannot be served together."""
RETRY_SHARE = 0.5
"""Part of what is left that each further attempt may take; the last one takes all."""
MOST_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be served, and what has been given up for it.

    ``alone`` are visits that had to be joint and are not, ``cut`` those given up so that the ones they follow
    could be served. Where nothing is coordinated, no visit has to be joint.
    """

    demand: Demand
    coordinated: bool = True
    alone: frozenset[str] = frozenset()
    cut: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Served:
    """A wish with the best routing found for it."""

    wish: Wish
    encoding: Encoding
    solution: RoutingSolution

    @property
    def unassigned_ids(self) -> frozenset[str]:
        """Give the ids of all visits that are in no route."""
        routed = (self.encoding.visits[index].visit_id for index in self.solution.unassigned)
        return frozenset((*routed, *(visit.visit_id for visit in self.encoding.left_out)))

    def cost(self, scenario: Scenario) -> int:
        """Give the cost of the routing and of every visit that is in no route, in millipence."""
        left_out = (scenario.request_by_id[visit.request_id] for visit in self.encoding.left_out)
        return self.solution.cost.total + sum(routing.unassigned_cost(scenario, r) for r in left_out)


def serve(
    scenario: Scenario,
    demand: Demand,
    network: Network,
    options: Options,
    budget: Budget,
    solving: Solving = solve_whole,
) -> Served:
    """Route the demand; take apart what cannot be served together, and try again while that gains.

    Stops taking apart when nothing that is lost is tied to anything, when an attempt costs no less than the
    one before, after ``MOST_RETRIES``, or when time is up; the time left improves the best attempt.
    """
    tries = _Tries(scenario, network, options, budget, solving)
    wish = _without_lone_requires(scenario, Wish(demand, coordinated=options.coordinate))
    best = tries.attempt(wish, None, FIRST_SHARE)
    for _ in range(MOST_RETRIES):
        smaller = None if tries.over else taken_apart(scenario, best)
        if smaller is None:
            break
        tried = tries.attempt(smaller, best, RETRY_SHARE)
        if tried.cost(scenario) >= best.cost(scenario):
            break
        best = tried
    if tries.over or best.solution.stop is Stop.OPTIMAL:
        return best
    return tries.attempt(best.wish, best, 1.0)


@dataclass(frozen=True, slots=True)
class _Tries:
    """Attempts at routing, out of one budget."""

    scenario: Scenario
    network: Network
    options: Options
    budget: Budget
    solving: Solving

    @property
    def over(self) -> bool:
        return self.options.cancelled() or self.budget.left == 0

    def attempt(self, wish: Wish, before: Served | None, share: float) -> Served:
        """Route a wish with this share of what is left, from an earlier attempt's routes if there is one."""
        encoding = routing.encode(self.scenario, wish.demand, self.network)
        time_limit, iterations = self.budget.share(share)
        options = SolveOptions(
            time_limit=time_limit,
            iterations=iterations,
            seed=self.options.seed,
            workers=self.options.workers,
            initial=() if before is None else _carried_over(before, encoding),
            on_progress=None if self.options.on_progress is None else self._tell,
            cancelled=self.options.cancelled,
            clock=self.options.clock,
        )
        solution = self.solving(encoding, options, self.options.engine)
        if before is not None and before.wish is wish and solution.cost.total >= before.solution.cost.total:
            steps = before.solution.iterations + solution.iterations
            return Served(wish, encoding, replace(before.solution, stop=solution.stop, iterations=steps))
        return Served(wish, encoding, solution)

    def _tell(self, progress: Progress) -> None:
        """Pass progress on, with the seconds of the whole run and not of this attempt."""
        if self.options.on_progress is not None:
            told = replace(progress, seconds=self.budget.used, seconds_left=self.budget.left)
            self.options.on_progress(told)


def _carried_over(before: Served, encoding: Encoding) -> tuple[Route, ...]:
    """Give the routes of an earlier attempt in the indices of this one; visits that are gone are skipped."""
    index = {visit.visit_id: k for k, visit in enumerate(encoding.visits)}
    routes = []
    for route in before.solution.routes:
        ids = (before.encoding.visits[k].visit_id for k in route.visits)
        kept = [(index[i], start) for i, start in zip(ids, route.starts, strict=True) if i in index]
        if kept:
            visits, starts = zip(*kept, strict=True)
            routes.append(replace(route, visits=visits, starts=starts))
    return tuple(routes)


def _without_lone_requires(scenario: Scenario, wish: Wish) -> Wish:
    """Take the windows of visits that must be joint and are not: they wait for their joint visit."""
    if not wish.coordinated:
        return wish
    joined = {visit_id for joint in wish.demand.joint_visits for visit_id in joint.visit_ids}
    alone = frozenset(
        visit.visit_id
        for visit in wish.demand.visits
        if visit.visit_id not in joined and scenario.request_by_id[visit.request_id].joint is Joint.REQUIRE
    )
    visits = tuple(
        replace(visit, windows=Windows()) if visit.visit_id in alone else visit
        for visit in wish.demand.visits
    )
    return replace(wish, demand=replace(wish.demand, visits=visits), alone=alone)


def taken_apart(scenario: Scenario, served: Served) -> Wish | None:
    """Give a wish in which what was lost together is tied less; None where nothing lost is tied.

    Joint visits are made smaller, at the least loss, or given up; where none is lost, visits that follow
    others are given up so that the ones they follow can be served.
    """
    lost = served.unassigned_ids
    joints = [joint for joint in served.wish.demand.joint_visits if not lost.isdisjoint(joint.visit_ids)]
    if joints:
        return _with_smaller_joints(scenario, served.wish, joints)
    followers = {
        link.second
        for link in served.wish.demand.links
        if link.reason is LinkReason.AFTER and {link.first, link.second} <= lost
    }
    return _without_followers(scenario, served.wish, frozenset(followers)) if followers else None


def _with_smaller_joints(scenario: Scenario, wish: Wish, lost: list[JointVisit]) -> Wish:
    base = expand(scenario, cut=wish.cut)
    smaller = {joint.joint_visit_id: coordination.smaller(scenario, base, joint) for joint in lost}
    kept = (smaller.get(joint.joint_visit_id, joint) for joint in wish.demand.joint_visits)
    demand = coordination.apply(scenario, base, tuple(joint for joint in kept if joint is not None))
    told = tuple(_split_finding(joint, smaller[joint.joint_visit_id]) for joint in lost)
    demand = replace(demand, findings=wish.demand.findings)
    return _without_lone_requires(scenario, replace(wish, demand=demand, findings=(*wish.findings, *told)))


def _split_finding(joint: JointVisit, smaller: JointVisit | None) -> Finding:
    left = "its visits are planned apart" if smaller is None else f"{', '.join(smaller.visit_ids)} stay joint"
    return Finding(
        "PLAN-JOINT-SPLIT",
        Severity.NOTE,
        Where(subject=f"joint visit {joint.joint_visit_id}, household {joint.household_id}"),
        cause=f"No room was found to serve {', '.join(joint.visit_ids)} as a joint visit, so {left}.",
        action="Widen the family's times or the visits' windows if they should come together.",
    )


def _without_followers(scenario: Scenario, wish: Wish, followers: frozenset[str]) -> Wish:
    cut = wish.cut | followers
    demand = coordination.apply(scenario, expand(scenario, cut=cut), wish.demand.joint_visits)
    demand = replace(demand, findings=wish.demand.findings)
    return _without_lone_requires(scenario, replace(wish, demand=demand, cut=cut))
