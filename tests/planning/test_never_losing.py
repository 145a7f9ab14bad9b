"""Coordination never makes a plan cost more in all: dear joint visits are split, or nothing is joined."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.coordination.areas import random_area
from tests.planning.builders import codes, joined, nurse_torn_between, plan, policy, served, tries_of
from tests.routing.builders import family, household, request, scenario, shift, staff
from visitplan import coordination, routing
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Family, Joint
from visitplan.planning import attempts, serving
from visitplan.planning.options import Options
from visitplan.planning.splitting import best_half, uncoordinated
from visitplan.solver.solution import Stop

EXACT = {"engine": "search", "time_limit": None, "iterations": 50}
"""So few visits are planned to proven optimality."""


def carer_at_dawn_and_nurse_at_noon(knock_pence: int = 300):
    """Give a home open all day to a carer who goes home at half past nine, and to a nurse.

    The nurse has nothing else to do before one o'clock.
    """
    wishes = [
        request("CARE", "H1", 30, "08:00-16:00"),
        request("NURSE", "H1", 30, "08:00-16:00", service="nursing"),
        request("LATER", "H2", 30, "13:00-13:00", service="nursing"),
    ]
    members = [staff("C1", 5), staff("N1", 9, service="nursing")]
    return scenario(
        wishes,
        [household("H1", 5), household("H2", 6)],
        members,
        [shift("C1", "08:00-09:30"), shift("N1", "08:00-16:00")],
        policy=policy(coordination={"door_knock_pence": knock_pence, "day_pence": 0, "modes": ["together"]}),
    )


def test_a_joint_visit_that_keeps_a_nurse_waiting_for_hours_is_split():
    result = plan(carer_at_dawn_and_nurse_at_noon(), **EXACT)
    assert joined(result) == set()
    assert "PLAN-JOINT-DEAR" in codes(result)
    assert served(result)["NURSE"] > "12:00"


def test_the_same_joint_visit_is_kept_where_a_knock_at_the_door_is_worth_hours():
    result = plan(carer_at_dawn_and_nurse_at_noon(knock_pence=10_000), **EXACT)
    assert joined(result) == {frozenset({"CARE", "NURSE"})}
    assert "PLAN-JOINT-DEAR" not in codes(result)


def test_where_splitting_alone_does_not_help_the_plan_without_coordination_is_kept():
    """The greedy engine leaves a visit where it was, so that only a plan from scratch is cheaper."""
    made = carer_at_dawn_and_nurse_at_noon()
    result = plan(made)
    assert joined(result) == set()
    assert result.plan.costs.total <= plan(made, coordinate=False).plan.costs.total


def split_after(steps: int, stop: Stop, left_out: tuple[int, ...] = ()):
    """Give the joint visits kept where splitting the dear one gives a plan as dear, made in so many steps."""
    made = carer_at_dawn_and_nurse_at_noon()
    demand = expand(made)
    both = coordination.apply(made, demand, coordination.candidates(made, demand))
    tries = tries_of(made, Options(time_limit=60.0, engine="greedy"))
    before = tries.attempt(attempts.Wish(both), None, 1.0)

    def solving(_encoding, _options, _engine):
        routes = tuple(route for route in before.solution.routes if not set(route.visits) & set(left_out))
        cost = replace(before.solution.cost, unassigned=10_000_000 * len(left_out))
        return replace(before.solution, routes=routes, cost=cost, stop=stop, iterations=steps)

    fewer = serving._without_dear_joint_visits(replace(tries, solving=solving), before)
    return [set(joint.visit_ids) for joint in fewer.wish.demand.joint_visits]


def test_a_dear_joint_visit_is_split_where_there_was_no_time_to_see_what_that_saves():
    assert split_after(steps=2, stop=Stop.TIME) == []


def test_a_dear_joint_visit_is_kept_where_no_time_is_left_to_make_use_of_splitting_it(monkeypatch):
    monkeypatch.setattr(serving, "TRUSTED_WITH", 100.0)
    assert split_after(steps=2, stop=Stop.TIME) == [{"CARE", "NURSE"}]


def test_a_dear_joint_visit_is_kept_where_splitting_it_was_searched_and_saves_nothing():
    assert split_after(steps=3, stop=Stop.TIME) == [{"CARE", "NURSE"}]
    assert split_after(steps=0, stop=Stop.EXHAUSTED) == [{"CARE", "NURSE"}]


def test_a_dear_joint_visit_is_kept_where_splitting_it_leaves_somebody_out():
    assert split_after(steps=2, stop=Stop.TIME, left_out=(2,)) == [{"CARE", "NURSE"}]


def test_a_required_joint_visit_is_not_split_however_dear_it_is():
    made = carer_at_dawn_and_nurse_at_noon()
    required = (replace(made.requests[0], joint=Joint.REQUIRE), *made.requests[1:])
    result = plan(replace(made, requests=required), **EXACT)
    assert joined(result) == {frozenset({"CARE", "NURSE"})}


def allowed(seed: int):
    """Give a random area without requests that require a joint visit, which may be unassigned for it."""
    made = random_area(seed, homes=3, most_requests=3)
    return replace(
        made,
        requests=tuple(
            replace(r, joint=Joint.ALLOW if r.joint is Joint.REQUIRE else r.joint) for r in made.requests
        ),
    )


@pytest.mark.parametrize("seed", range(25))
def test_a_coordinated_plan_costs_no_more_in_all_and_leaves_nobody_out_who_is_served_apart(seed: int):
    made = allowed(seed)
    together, apart = plan(made), plan(made, coordinate=False)
    assert together.plan.costs.total <= apart.plan.costs.total
    assert len(together.plan.unassigned) <= len(apart.plan.unassigned)


def test_splitting_stops_after_a_few_rounds(monkeypatch):
    """What is always dear is split twice; then come the long search, the plan apart, and one from it."""
    calls: list[int] = []
    real = attempts.solve

    def solve(problem, options, engine):
        calls.append(len(problem.visits))
        return real(problem, options, engine)

    monkeypatch.setattr(attempts, "solve", solve)
    monkeypatch.setattr(serving, "dear_joint_visits", lambda *_: {"J-H1-9": 1})
    monkeypatch.setattr(serving, "WORTH_ANOTHER", -1.0)
    monkeypatch.setattr(serving, "_cheaper", lambda _attempts, _best, tried: tried)
    plan(carer_at_dawn_and_nurse_at_noon(), time_limit=None, iterations=5)
    assert len(calls) == 1 + serving.MOST_SPLITS + 3


def test_half_of_the_joint_visits_come_back_where_none_costs_less_than_all():
    """Two homes like the first, of which one has a family that is spared an interruption worth hours."""
    made = carer_at_dawn_and_nurse_at_noon()
    more = [
        replace(r, request_id=f"{r.request_id}-2", household_id="H3", person_id="P-H3", family=Family.WELCOME)
        for r in made.requests[:2]
    ]
    whole = _with(made, more)
    demand = expand(whole)
    demand = coordination.apply(whole, demand, coordination.candidates(whole, demand))
    kept = best_half(whole, attempts.Wish(demand))
    assert len(demand.joint_visits) == 2
    assert kept is not None
    assert [set(j.visit_ids) for j in kept.demand.joint_visits] == [{"CARE-2", "NURSE-2"}]
    assert best_half(whole, kept) is None


def joined_again(**limits):
    """Join a nurse torn between two homes, and another who is not, again from their uncoordinated plan."""
    torn = nurse_torn_between()
    free = [
        replace(r, request_id=f"{r.request_id}-2", household_id="H3", person_id="P-H3")
        for r in torn.requests
        if r.household_id == "H1"
    ]
    members = [staff("NURSING-2", service="nursing"), staff("CARE-2")]
    made = replace(
        _with(torn, free),
        staff=(*torn.staff, *members),
        shifts=(*torn.shifts, *(shift(member.staff_id) for member in members)),
        family_times=(*torn.family_times, family("H3", "09:00-12:00")),
        policy=policy(coordination={"modes": ["together"], "door_knock_pence": 10_000}),
    )
    demand = expand(made)
    both = coordination.apply(made, demand, coordination.candidates(made, demand))
    assert len(both.joint_visits) == 2
    tries = tries_of(made, Options(**limits, engine="greedy"))
    wish = attempts.Wish(both)
    apart = tries.attempt(uncoordinated(made, wish), None, 1.0)
    again = serving._joined_again(tries, apart, wish, 1.0)
    assert again.unassigned_ids == frozenset()
    return [set(j.visit_ids) for j in again.wish.demand.joint_visits]


def test_joint_visits_that_cannot_be_served_are_left_out_when_the_others_are_joined_again():
    assert joined_again(time_limit=None, iterations=50) == [{"CARE-2", "NURSE-2"}]


def test_when_time_is_up_half_of_them_are_joined_again_all_the_same():
    assert len(joined_again(time_limit=0.0)) == 1


def _with(made, more):
    return replace(made, requests=(*made.requests, *more), households=(*made.households, household("H3", 7)))


def test_no_joint_visit_is_judged_when_time_is_up(monkeypatch):
    calls: list[int] = []
    real = attempts.solve

    def solve(problem, options, engine):
        calls.append(len(problem.visits))
        return real(problem, options, engine)

    monkeypatch.setattr(attempts, "solve", solve)
    result = plan(carer_at_dawn_and_nurse_at_noon(), cancelled=lambda: bool(calls))
    assert len(calls) == 1
    assert joined(result) == {frozenset({"CARE", "NURSE"})}
    assert "PLAN-JOINT-DEAR" not in codes(result)


def test_no_search_is_begun_once_planning_is_cancelled(monkeypatch):
    """Cancelled while the second attempt is made ready, here the uncoordinated plan."""
    made, calls = [], []
    encode, solve = routing.encode, attempts.solve
    monkeypatch.setattr(routing, "encode", lambda *given: made.append(1) or encode(*given))
    monkeypatch.setattr(attempts, "solve", lambda *given: calls.append(1) or solve(*given))
    monkeypatch.setattr(serving, "dear_joint_visits", lambda *_: {})
    cancelled = lambda: len(made) > 1  # noqa: E731
    result = plan(carer_at_dawn_and_nurse_at_noon(), cancelled=cancelled)
    assert (len(made), len(calls)) == (2, 2)  # the first attempt, and its plan improved
    assert joined(result) == {frozenset({"CARE", "NURSE"})}
