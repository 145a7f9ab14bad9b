"""Which joint visits of a plan cost more than they are worth.

The plan lies in a timetable as it is, with all that ties it. Beside each visit of a joint visit there is a
*stand-in*: the same visit as it would be by itself, tied to all but the joint visit.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from visitplan import routing
from visitplan.domain.demand import LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.period import MINUTE
from visitplan.planning.weighing import home_cost
from visitplan.solver.greedy import keep_initial
from visitplan.solver.insertion import Inserter
from visitplan.solver.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from visitplan.domain.demand import Demand, JointVisit
    from visitplan.domain.plan import PlannedVisit
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Attempts, Served, Wish
    from visitplan.routing import Encoding
    from visitplan.solver.problem import Link, RoutingProblem

JUDGING_SHARE = 0.1
"""Part of what is left in which joint visits may be judged."""

UNSEEN_S = 0.015
"""Seconds of search for each visit with which splitting saves an average leg more than is seen.

The less a plan is searched, the more it gains by having less tied: with half of the seconds four legs;
benchmarks/README.md has what was measured.
"""


def dear_joint_visits(attempts: Attempts, served: Served) -> dict[str, int]:
    """Give the joint visits that cost more than they are worth, with the millipence that splitting saves.

    Each is judged by itself, with everything else left as it is: its visits are taken out of their runs and
    put back one by one, free of each other, each where it costs least. What that saves in all, on the road
    and in the household, less the minutes that would no longer be told once, is what splitting saves. Joint
    visits that a request requires are not looked at. Those that are worth least come first, and judging stops
    after ``JUDGING_SHARE`` of the time that is left. The less of that there is, the more splitting is taken
    to save (``UNSEEN_S``); where steps are limited, no more than is seen.
    """
    left, unseen = attempts.budget.left, _unseen(attempts, served)
    judge = _Judge(attempts, served)
    dear = {}
    for joint in sorted(judge.joints, key=lambda joint: (joint.worth.saved, joint.joint_visit_id)):
        if attempts.over or _used_up(left, attempts.budget.left):
            break
        with judge.split(joint, unseen) as saved:
            if saved is not None and saved + unseen > 0:
                dear[joint.joint_visit_id] = saved + unseen
    return dear


def _unseen(attempts: Attempts, served: Served) -> int:
    """Give the millipence that each split saves in the search to come, and not at once."""
    left = attempts.budget.left
    if left is None or attempts.budget.iterations is not None:
        return 0
    visits = max(1, sum(len(route.visits) for route in served.solution.routes))
    average_leg = served.solution.cost.travel / visits
    return round(average_leg * (UNSEEN_S * visits / max(left, 0.001)) ** 2)


def _used_up(before: float | None, left: float | None) -> bool:
    """Tell whether judging has had its share of the seconds that were left before it."""
    return before is not None and left is not None and left < before * (1 - JUDGING_SHARE)


class _Judge:
    """A plan whose joint visits can be split one at a time, and put together again.

    Attributes
    ----------
    joints
        The joint visits that are in the plan and may be split.
    table
        The plan.
    stand_in
        By visit id, the index of a visit's stand-in in the table; where it could be served by itself.
    """

    def __init__(self, attempts: Attempts, served: Served) -> None:
        self._scenario, self._encoding = attempts.scenario, served.encoding
        demand = served.wish.demand
        runs = routing.decode(
            self._scenario, demand, served.encoding, served.solution.routes, attempts.network
        )
        self._at_home: dict[str, list[PlannedVisit]] = {}
        for visit in (visit for run in runs for visit in run.visits):
            self._at_home.setdefault(visit.household_id, []).append(visit)
        self._joined: dict[str, tuple[JointVisit, ...]] = {}
        for joint in demand.joint_visits:
            self._joined[joint.household_id] = (*self._joined.get(joint.household_id, ()), joint)
        planned = {visit.visit_id for run in runs for visit in run.visits}
        self.joints = [j for j in demand.joint_visits if not j.required and planned.issuperset(j.visit_ids)]
        loose = routing.encode(self._scenario, _loosened(self._scenario, served.wish), attempts.network)
        names = [visit_id for joint in self.joints for visit_id in joint.visit_ids]
        problem, self.stand_in = _with_stand_ins(served.encoding, loose, names)
        self._own = {visit.visit_id: k for k, visit in enumerate(served.encoding.visits)}
        requests = self._scenario.request_by_id
        self._home_of = {
            k: requests[visit.request_id].household_id for k, visit in enumerate(served.encoding.visits)
        }
        self._home_of |= {k: self._home_of[self._own[visit_id]] for visit_id, k in self.stand_in.items()}
        self.table = Timetable(problem)
        keep_initial(self.table, served.solution.routes)
        self._inserter = Inserter(self.table)

    @contextmanager
    def split(self, joint: JointVisit, lost: int = 0) -> Iterator[int | None]:
        """Split a joint visit for the length of a ``with`` block.

        Gives the millipence that this saves in all, below 0 where it costs more; None where its visits cannot
        be put back, or not so that at most ``lost`` could be lost.
        """
        table = self.table
        mark, before = table.mark(), table.cost
        spared = home_cost(self._scenario, *self._lived_in(joint.household_id)) - joint.worth.told_once
        try:
            if not self._put_apart(joint, before + spared + lost):
                yield None
                return
            homes = {joint.household_id, *self._homes_moved_since(mark)}
            was = sum(home_cost(self._scenario, *self._lived_in(home)) for home in homes)
            now = sum(home_cost(self._scenario, *self._as_it_stands(home)) for home in homes)
            yield before + was - table.cost - now - joint.worth.told_once
        finally:
            table.rollback(mark)

    def _put_apart(self, joint: JointVisit, enough: int) -> bool:
        """Take a joint visit out, and put its stand-ins in where the runs cost less than ``enough``."""
        return (
            self.stand_in.keys() >= set(joint.visit_ids)
            and self.table.remove([self._own[visit_id] for visit_id in joint.visit_ids])
            and all(
                self._inserter.insert_unit((self.stand_in[visit_id],), enough - self.table.cost)
                for visit_id in joint.visit_ids
            )
        )

    def _homes_moved_since(self, mark: tuple[int, int]) -> set[str]:
        """Give the households with a visit at another time than then."""
        return {self._home_of[visit] for visit in self.table.moved_since(mark)}

    def _lived_in(self, household_id: str) -> tuple[list[PlannedVisit], tuple[JointVisit, ...]]:
        """Give the visits to a household in the plan, and its joint visits."""
        return self._at_home.get(household_id, []), self._joined.get(household_id, ())

    def _as_it_stands(self, household_id: str) -> tuple[list[PlannedVisit], tuple[JointVisit, ...]]:
        """Give the same as the table has it now; stand-ins are in no joint visit."""
        visits, joined = self._lived_in(household_id)
        return [self._stands(visit) for visit in visits], joined

    def _stands(self, visit: PlannedVisit) -> PlannedVisit:
        table, k = self.table, self._own[visit.visit_id]
        alone = table.shift_of[k] < 0
        k = self.stand_in[visit.visit_id] if alone else k
        work = self._encoding.shifts[table.shift_of[k]]
        start = table.starts[k] * MINUTE
        return replace(
            visit,
            shift_id=work.shift_id,
            staff_id=work.staff_id,
            sequence=table.runs[table.shift_of[k]].index(k) + 1,
            start=start,
            end=start + visit.end - visit.start,
            joint_visit_id=None if alone else visit.joint_visit_id,
        )


def _loosened(scenario: Scenario, wish: Wish) -> Demand:
    """Give the demand without its joint visits, in which all else is tied and as long as it is with them."""
    base = expand(scenario, cut=wish.cut)
    windows = {visit.visit_id: visit.windows for visit in base.visits}
    joined = {v for joint in wish.demand.joint_visits if not joint.required for v in joint.visit_ids}
    visits = tuple(
        replace(visit, windows=windows[visit.visit_id]) if visit.visit_id in joined else visit
        for visit in wish.demand.visits
    )
    links = tuple(link for link in wish.demand.links if link.reason is not LinkReason.JOINT)
    return replace(wish.demand, visits=visits, links=links, groups=(), joint_visits=())


def _with_stand_ins(
    encoding: Encoding, loose: Encoding, names: Iterable[str]
) -> tuple[RoutingProblem, dict[str, int]]:
    """Give the problem with a stand-in for each visit named that ``loose`` has, and their indices by name."""
    problem, free = encoding.problem, loose.problem
    row = {visit.visit_id: k for k, visit in enumerate(loose.visits)}
    named = [visit_id for visit_id in names if visit_id in row]
    rows = [row[visit_id] for visit_id in named]
    stand_in = {visit_id: len(problem.visits) + k for k, visit_id in enumerate(named)}
    extended = replace(
        problem,
        visits=(*problem.visits, *(free.visits[k] for k in rows)),
        eligible=np.concatenate([problem.eligible, free.eligible[rows]]),
        assignment_cost=np.concatenate([problem.assignment_cost, free.assignment_cost[rows]]),
        links=(*problem.links, *_links_of_stand_ins(encoding, loose, stand_in)),
    )
    return extended, stand_in


def _links_of_stand_ins(encoding: Encoding, loose: Encoding, stand_in: Mapping[str, int]) -> Iterator[Link]:
    """Tie stand-ins to each other and to all visits as the visits are that they stand for."""
    own = {visit.visit_id: k for k, visit in enumerate(encoding.visits)}
    for link in loose.problem.links:
        ends = [
            [k for k in (own.get(visit_id), stand_in.get(visit_id)) if k is not None]
            for visit_id in (loose.visits[link.first].visit_id, loose.visits[link.second].visit_id)
        ]
        for first, second in product(*ends):
            if max(first, second) >= len(encoding.visits):
                yield replace(link, first=first, second=second)
