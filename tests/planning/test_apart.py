"""The baseline: each organisation by itself, with its own staff."""

from __future__ import annotations

from dataclasses import replace

from tests.planning.builders import codes, plan, policy, reasons, served
from tests.routing.builders import household, request, scenario, shift, staff
from visitplan import checking
from visitplan.domain.plan import Reason
from visitplan.planning import travel_source
from visitplan.planning.apart import by_itself, without_staff

SHARED = policy(organisations={"shared": True})


def border(**given):
    """Give two organisations on both sides of a border: EAST's one request lies next door to WEST's carer."""
    requests = [
        request("R-EAST", "H-EAST", organisation="east"),
        request("R-WEST", "H-WEST", organisation="west"),
    ]
    homes = [household("H-EAST", 6, area="east"), household("H-WEST", 5, area="west")]
    members = [staff("C-EAST", 60, organisation="east"), staff("C-WEST", 4, organisation="west")]
    return scenario(requests, homes, members, [shift("C-EAST"), shift("C-WEST")], **given)


def who(result) -> dict[str, str]:
    return {visit.visit_id: visit.staff_id for visit in result.plan.visits}


def faults(result) -> list[str]:
    found = checking.check(result.scenario, result.plan, travel_source(result.scenario))
    return [finding.code for finding in found]


def test_a_household_on_the_border_is_served_by_the_neighbour_where_the_policy_shares():
    result = plan(border(policy=SHARED))
    assert who(result) == {"R-EAST": "C-WEST", "R-WEST": "C-WEST"}
    assert faults(result) == []


def test_a_household_on_the_border_is_served_by_the_neighbour_whom_the_policy_names():
    result = plan(border(policy=policy(organisations={"serves": {"west": ["east"]}})))
    assert who(result)["R-EAST"] == "C-WEST"


def test_without_a_hand_over_everybody_serves_their_own():
    assert who(plan(border())) == {"R-EAST": "C-EAST", "R-WEST": "C-WEST"}


def test_apart_everybody_serves_their_own_whatever_the_policy_shares():
    result = plan(border(policy=SHARED), coordinate=False)
    assert who(result) == {"R-EAST": "C-EAST", "R-WEST": "C-WEST"}
    assert faults(result) == []


def test_apart_hand_over_holds_where_the_policy_says_so():
    shared = policy(organisations={"shared": True, "hand_over_apart": True})
    assert who(plan(border(policy=shared), coordinate=False))["R-EAST"] == "C-WEST"


def test_apart_the_team_of_who_is_visited_twice_is_of_the_organisations_own_staff():
    made = border(policy=SHARED)
    twice = [request(name, "H-EAST", organisation="east") for name in ("R-EAST", "R-EAST-2")]
    often = replace(made, requests=(*twice, made.requests[1]))
    (shared,), (own,) = plan(often).plan.teams, plan(often, coordinate=False).plan.teams
    assert (shared.staff_ids, own.staff_ids) == (("C-WEST",), ("C-EAST",))
    assert faults(plan(often, coordinate=False)) == []


def test_an_organisation_that_employs_nobody_is_served_apart_as_the_policy_says():
    made = border(policy=SHARED)
    contracted = replace(made, staff=made.staff[1:], shifts=made.shifts[1:])
    assert without_staff(contracted) == ("east",)
    result = plan(contracted, coordinate=False)
    assert who(result) == {"R-EAST": "C-WEST", "R-WEST": "C-WEST"}
    assert faults(result) == []


def test_a_visit_that_only_another_organisation_could_serve_is_unassigned_apart_and_says_why():
    made = border(policy=SHARED)
    skilled = replace(made.requests[0], skills=frozenset({"insulin"}))
    able = replace(made.staff[1], skills=frozenset({"insulin"}))
    wanting = replace(made, requests=(skilled, made.requests[1]), staff=(made.staff[0], able))
    assert who(plan(wanting))["R-EAST"] == "C-WEST"
    apart = plan(wanting, coordinate=False)
    assert reasons(apart) == {"R-EAST": Reason.NO_STAFF}
    assert faults(apart) == []


def test_the_checker_finds_a_hand_over_in_a_plan_that_was_made_apart():
    together = plan(border(policy=SHARED))
    provenance = replace(together.plan.provenance, coordinated=False)
    claimed = replace(together, plan=replace(together.plan, provenance=provenance))
    assert "CHECK-ORGANISATION" in faults(claimed)


def test_the_second_organisation_keeps_out_of_a_home_that_the_first_has_filled():
    requests = [
        request("R-A", "H1", 60, "10:00-10:00", organisation="a"),
        request("R-B", "H1", 60, "10:00-13:00", organisation="b"),
    ]
    home = household("H1", 5, max_staff_at_once=1)
    members = [staff("C-A", organisation="a"), staff("C-B", organisation="b")]
    result = plan(scenario(requests, [home], members, [shift("C-A"), shift("C-B")]), coordinate=False)
    assert served(result) == {"R-A": "10:00", "R-B": "11:00"}
    assert faults(result) == []


def test_organisations_whose_requests_follow_one_another_are_planned_in_one_go():
    requests = [
        request("R-A", "H1", 30, "10:00-12:00", organisation="b"),
        request("R-B", "H1", 30, "08:00-16:00", organisation="a", after_request="R-A", max_gap_s=1800),
    ]
    members = [staff("C-A", organisation="a"), staff("C-B", organisation="b")]
    result = plan(
        scenario(requests, [household("H1", 5)], members, [shift("C-A"), shift("C-B")]), coordinate=False
    )
    assert who(result) == {"R-A": "C-B", "R-B": "C-A"}
    assert faults(result) == []
    said = next(finding for finding in result.plan.findings if finding.code == "PLAN-APART")
    assert "a with b" in said.cause


def test_apart_a_searching_engine_gives_the_same_plan_twice_and_loses_nobody():
    requests = [request(f"R{k}", f"H{k % 3}", 30, "08:00-12:00", organisation="ab"[k % 2]) for k in range(8)]
    homes = [household(f"H{k}", 4 * k) for k in range(3)]
    members = [staff("C-A", organisation="a"), staff("C-B", 9, organisation="b")]
    made = scenario(requests, homes, members, [shift("C-A"), shift("C-B")])
    one, two = (
        plan(made, coordinate=False, engine="ortools", time_limit=None, iterations=4) for _ in range(2)
    )
    assert one.plan.runs == two.plan.runs
    assert len(one.plan.visits) == 8
    assert "PLAN-APART" in codes(one)


def test_the_scenario_of_the_baseline_differs_in_nothing_but_who_serves_whom():
    made = border(policy=SHARED)
    alone = by_itself(made)
    assert not alone.policy.organisations.shared
    assert replace(alone, policy=made.policy) == made
    free = border(policy=policy(organisations={"shared": True, "hand_over_apart": True}))
    assert by_itself(free) is free
