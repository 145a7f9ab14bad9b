"""What splitting a joint visit saves is told of the plan as it is, and counts what households bear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.coordination.areas import random_area
from tests.planning.builders import policy, tries_of
from tests.routing.builders import family, household, request, scenario, shift, staff, stretch
from visitplan import coordination, routing
from visitplan.domain.demand import LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Family, Task
from visitplan.domain.windows import Windows
from visitplan.planning import judging
from visitplan.planning.attempts import Wish
from visitplan.planning.options import Options
from visitplan.planning.splitting import without_lone_requires
from visitplan.planning.weighing import total_cost
from visitplan.solver.evaluation import solution_of, violations
from visitplan.solver.solution import Stop

if TYPE_CHECKING:
    from visitplan.domain.demand import JointVisit
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Attempts, Served

GREEDY = Options(time_limit=None, iterations=1, engine="greedy")


def all_joined(made: Scenario) -> Served:
    """Give a plan with every joint visit that can be, or as many as take no visit twice."""
    demand, joints = expand(made), []
    for joint in coordination.candidates(made, demand):
        if not {v for other in joints for v in other.visit_ids} & set(joint.visit_ids):
            joints.append(joint)
    wish = without_lone_requires(made, Wish(coordination.apply(made, demand, joints)))
    return tries_of(made, GREEDY).attempt(wish, None, 1.0)


def judged(made: Scenario, served: Served) -> dict[frozenset[str], float]:
    """Give what splitting each joint visit saves, in pounds, by its visits."""
    judge = judging._Judge(tries_of(made, GREEDY), served)
    saved = {}
    for joint in judge.joints:
        with judge.split(joint) as pence:
            saved[frozenset(joint.visit_ids)] = pence / 100_000
    return saved


def nurse_and_carer(times: str, tasks: tuple[str, ...] = (), **rules: object) -> Scenario:
    """Give a home that nurse and carer may come to from eight to twelve, and its family's time."""
    wishes = [
        request("CARE", "H1", 30, "08:00-12:00", family=Family.WELCOME, tasks=tasks),
        request("NURSE", "H1", 30, "08:00-12:00", family=Family.WELCOME, tasks=tasks, service="nursing"),
    ]
    return scenario(
        wishes,
        [household("H1", 5)],
        [staff("C1", 5), staff("N1", 5, service="nursing")],
        [shift("C1", "08:00-16:00"), shift("N1", "08:00-16:00")],
        family_times=[family("H1", times)],
        tasks=(Task("WEIGH", 600, shareable=True),),
        policy=policy(coordination={"modes": ["together"], "day_pence": 0, **rules}),
    )


def test_a_task_that_would_be_told_across_once_they_come_apart_does_not_make_a_joint_visit_dear():
    """Apart, the one who weighs first would have to come before the other; together they start at once."""
    made = nurse_and_carer("11:00-12:00", tasks=("WEIGH",))
    served = all_joined(made)
    (saved,) = judged(made, served).values()
    assert saved == pytest.approx(-12.60 / 6)  # both still come at 11:00, and each weighs for ten minutes


def test_what_a_family_is_asked_for_once_visits_come_apart_is_charged_against_splitting():
    """One after the other they come before the family is there; by itself each could be with it.

    That spares two absences (GBP 30 each) and, as both then come at 11:00, a knock (3); the family is asked
    to be there once (15), for half an hour (12.21 / 2).
    """
    made = nurse_and_carer("11:00-11:45", modes=["back_to_back"])
    longer = nurse_and_carer("08:00-12:00", modes=["back_to_back"])
    (joint,) = coordination.candidates(longer, expand(longer))
    early = replace(joint, with_family=False, windows=Windows((stretch("08:00-10:00"),)))
    wish = Wish(coordination.apply(made, expand(made), [early]))
    (saved,) = judged(made, tries_of(made, GREEDY).attempt(wish, None, 1.0)).values()
    assert saved == pytest.approx(60 + 3 - 15 - 12.21 / 2, abs=0.01)


@pytest.mark.parametrize("seed", range(60))
def test_splitting_saves_what_is_told_in_the_plan_as_it_is(seed: int):
    """Carried out, with all others tied as they are, it breaks no rule and changes the total by that."""
    made = random_area(seed, homes=3, most_requests=4)
    tries, served = tries_of(made, GREEDY), all_joined(made)
    judge = judging._Judge(tries, served)
    assert judge.table.cost == served.solution.cost.total - served.solution.cost.unassigned
    total = total_cost(made, served, tries.network)
    for joint in judge.joints:
        with judge.split(joint) as saved:
            if saved is not None:
                apart = carried_out(tries, served, judge, joint)
                assert violations(apart.encoding.problem, apart.solution.routes) == []
                told = joint.worth.told_once  # its visits are still as short as together
                assert total - total_cost(made, apart, tries.network) == saved + told
        assert judge.table.cost == served.solution.cost.total - served.solution.cost.unassigned


def carried_out(tries: Attempts, served: Served, judge: judging._Judge, joint: JointVisit) -> Served:
    """Give the plan in which only this joint visit is split, with the runs that the judge has now."""
    demand, made, ids = served.wish.demand, tries.scenario, set(joint.visit_ids)
    free = {visit.visit_id: visit.windows for visit in expand(made).visits}
    demand = replace(
        demand,
        visits=tuple(replace(v, windows=free[v.visit_id]) if v.visit_id in ids else v for v in demand.visits),
        links=tuple(
            link
            for link in demand.links
            if link.reason is not LinkReason.JOINT or not {link.first, link.second} <= ids
        ),
        groups=tuple(group for group in demand.groups if not group & ids),
        joint_visits=tuple(other for other in demand.joint_visits if other is not joint),
    )
    encoding = routing.encode(made, demand, tries.network)
    index = {visit.visit_id: k for k, visit in enumerate(encoding.visits)}
    name = {k: visit.visit_id for k, visit in enumerate(served.encoding.visits)}
    name |= {k: visit_id for visit_id, k in judge.stand_in.items()}
    routes = tuple(
        replace(route, visits=tuple(index[name[k]] for k in route.visits)) for route in judge.table.routes()
    )
    solution = solution_of(encoding.problem, routes, Stop.EXHAUSTED)
    return replace(served, wish=replace(served.wish, demand=demand), encoding=encoding, solution=solution)


@pytest.mark.parametrize(("left", "legs"), [(0.0075, 4), (0.15, 0.01)])
def test_the_less_time_is_left_for_each_visit_the_more_splitting_is_taken_to_save(left: float, legs: float):
    """With 15 ms for each of two visits that is the travel of one: here two legs of two minutes."""
    made = nurse_and_carer("08:00-12:00")
    served = all_joined(made)
    assert served.solution.cost.travel == 4 * 2 * 21_000
    options = Options(time_limit=2 * left, engine="greedy", clock=lambda: 0.0)
    assert judging._unseen(tries_of(made, options), served) == round(legs * 4 * 21_000)


def test_where_steps_are_limited_nothing_is_taken_to_be_saved_that_is_not_seen():
    made = nurse_and_carer("08:00-12:00")
    assert judging._unseen(tries_of(made, GREEDY), all_joined(made)) == 0
    both = Options(time_limit=0.1, iterations=10, engine="greedy")
    assert judging._unseen(tries_of(made, both), all_joined(made)) == 0
