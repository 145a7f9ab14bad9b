"""Why it is so, why it is not, and what would let it in: each change tried out."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.planning.builders import nurse_torn_between, plan, policy
from tests.routing.builders import family, household, request, scenario, shift, staff
from visitplan import planning
from visitplan.domain.requests import Family, Joint
from visitplan.errors import InputError
from visitplan.planning.reasoning import explain_household, explain_staff
from visitplan.result import PlanResult


def two_at_ten(**second):
    """Give two hours of visits that can only start at ten, and one carer; R1 is urgent."""
    requests = [
        request("R1", "H1", 60, "10:00-10:00", priority=1),
        request("R2", "H2", 60, second.pop("window", "10:00-10:00"), **second),
    ]
    homes = [household("H1", 5), household("H2", 6)]
    return scenario(requests, homes, [staff("C1")], [shift("C1")])


def only_visit(result, name="R2"):
    (said,) = result.explain(name).visits
    return said


def said_of(changes) -> str:
    return " ".join(change.said for change in changes)


def test_an_outbid_visit_says_by_what_and_each_change_was_planned_in():
    said = only_visit(plan(two_at_ten()))
    assert said.status == "unassigned"
    assert any(line.startswith("Outbid by R1") for line in said.lines)
    assert said.changes
    assert not said.untried


def test_the_smallest_widening_that_lets_it_in_is_named():
    """R1 is done at eleven, three minutes away, the way to the door included; steps are of five minutes."""
    changes = only_visit(plan(two_at_ten())).changes
    later = next(change for change in changes if "later" in change.said)
    assert later.said == "Let it start up to 65 minutes later, until 11:05."
    assert (later.staff_id, later.start) == ("C1", "2027-03-01 11:03")


def test_a_change_that_is_named_really_lets_the_visit_in():
    made = two_at_ten()
    change = next(c for c in only_visit(plan(made)).changes if "later" in c.said)
    assert "until 11:05" in change.said
    wider = replace(made.requests[1], window_end=made.requests[1].window_end.replace(hour=11, minute=5))
    assert not plan(replace(made, requests=(made.requests[0], wider))).plan.unassigned


def test_changes_come_cheapest_first():
    changes = only_visit(plan(two_at_ten())).changes
    assert [c.dearer_pounds for c in changes] == sorted(c.dearer_pounds for c in changes)


def test_a_family_that_must_be_there_and_never_can_is_named_as_the_change():
    made = scenario(
        [request("R2", "H1", 60, "10:00-12:00", family=Family.REQUIRED)],
        [household("H1", 5)],
        [staff("C1")],
        [shift("C1")],
        family_times=[family("H1", "14:00-16:00")],
    )
    said = only_visit(plan(made))
    assert "Make the family welcome and not required." in said_of(said.changes)


def test_a_shift_too_short_by_a_quarter_of_an_hour_is_offered_that_overtime():
    made = scenario(
        [request("R2", "H1", 60, "15:00-15:00")],
        [household("H1", 5)],
        [staff("C1")],
        [shift("C1", "08:00-16:00")],
    )
    said = only_visit(plan(made))
    assert "Allow shift C1@2027-03-01 of C1 15 minutes of overtime more." in said_of(said.changes)
    assert any("minutes outside its window" in line for line in said.lines)


def test_a_visit_that_nobody_has_the_skill_for_counts_the_staff_rule_by_rule():
    made = scenario(
        [request("R2", "H1", 60, skills=frozenset({"insulin"}))],
        [household("H1", 5)],
        [staff("C1"), staff("N1", service="nursing")],
        [shift("C1"), shift("N1")],
    )
    said = only_visit(plan(made))
    counted = next(line for line in said.lines if line.startswith("Of 2 members of staff"))
    assert "who gives the service: 1" in counted
    assert "who has the skills: 0" in counted
    assert "able to do insulin" in said_of(said.changes)


def test_the_neighbours_staff_are_offered_where_the_policy_keeps_them_apart():
    made = scenario(
        [request("R2", "H1", 60, organisation="east")],
        [household("H1", 5)],
        [staff("C1", organisation="west")],
        [shift("C1")],
    )
    said = only_visit(plan(made))
    assert "Let staff of west serve requests of east." in said_of(said.changes)
    assert any("east has to act" in line for line in said.lines)


def test_a_visit_that_must_be_joint_and_cannot_be_is_offered_to_come_alone():
    made = scenario(
        [request("R2", "H1", 60, joint=Joint.REQUIRE)], [household("H1", 5)], [staff("C1")], [shift("C1")]
    )
    assert "Do not insist on a joint visit." in said_of(only_visit(plan(made)).changes)


def test_a_visit_that_the_search_has_missed_is_said_to_fit_as_it_is():
    result = plan(two_at_ten(window="08:00-15:00"))
    (run,) = result.plan.runs
    lonely = next(visit for visit in run.visits if visit.request_id == "R1")
    from visitplan.domain.plan import Reason, Unassigned

    r2 = result.scenario.request_by_id["R2"]
    missed = Unassigned(
        "R2", "R2", r2.person_id, "H2", "care", "council", 3, Reason.NOT_FOUND, "No room was found.", "Look."
    )
    alone = replace(
        run, visits=(replace(lonely, sequence=1),), depart=lonely.start - 300, finish=lonely.end + 300
    )
    left = replace(result, plan=replace(result.plan, runs=(alone,), unassigned=(missed,)))
    (change,) = only_visit(left).changes
    assert change.said == "It fits as things are: plan again with more time."


def test_a_double_handed_visit_comes_in_with_both_or_not_at_all():
    made = scenario(
        [
            request("R1", "H1", 60, "10:00-10:00", priority=1),
            request("R2", "H2", 30, "10:00-10:00", staff_needed=2),
        ],
        [household("H1", 5), household("H2", 6)],
        [staff("C1"), staff("C2")],
        [shift("C1"), shift("C2")],
    )
    first, second = plan(made).explain("R2").visits
    assert {first.status, second.status} == {"unassigned"}
    assert "up to 65 minutes later" in said_of(first.changes)
    assert (second.follows, second.changes) == ("R2/a", ())


def test_a_planned_visit_says_why_this_person_this_time_and_this_order():
    result = plan(nurse_torn_between())
    (said,) = result.explain("ELSEWHERE").visits
    assert said.status == "planned"
    text = " ".join(said.lines)
    for words in (
        "Why this person: 1 of 2 may serve it",
        "Why this time: It may start 10:00-10:00",
        "Why this order",
    ):
        assert words in text


def test_the_next_best_person_is_named_with_what_it_would_cost():
    made = scenario(
        [request("R1", "H1", 30)],
        [household("H1", 5)],
        [staff("C1"), staff("C2", 30)],
        [shift("C1"), shift("C2")],
    )
    (said,) = plan(made).explain("R1").visits
    assert "The next best is C2" in " ".join(said.lines)


def test_a_joint_visit_says_with_whom():
    made = scenario(
        [
            request("CARE", "H1", 30, "09:00-12:00", family=Family.WELCOME),
            request("NURSE", "H1", 30, "09:00-12:00", service="nursing", family=Family.WELCOME),
        ],
        [household("H1", 5)],
        [staff("C1"), staff("N1", service="nursing")],
        [shift("C1"), shift("N1")],
        family_times=[family("H1", "10:00-11:30")],
    )
    text = explain_household(plan(made), "H1")
    assert "It is part of joint visit J-H1-1" in text
    assert "The family is welcome, and can be at home 10:00-11:30." in text
    assert "Joint visit J-H1-1:" in text


def test_a_household_says_why_two_visits_cannot_be_joint():
    made = nurse_torn_between()
    never = replace(made, requests=(*made.requests[:2], replace(made.requests[2], joint=Joint.AVOID)))
    text = explain_household(plan(never), "H1")
    assert "These cannot be joint visits:" in text
    assert "NURSE is not to be joined" in text


def test_somebodys_runs_are_told_in_order_and_idle_shifts_too():
    made = two_at_ten(window="12:00-14:00")
    text = explain_staff(
        plan(replace(made, staff=(*made.staff, staff("C2", 90)), shifts=(*made.shifts, shift("C2")))), "C1"
    )
    assert text.index("1. Visit R1") < text.index("2. Visit R2")
    assert "Before R2" in text
    idle = explain_staff(plan(made, coordinate=False), "C1")
    assert "C1@2027-03-01" in idle


@pytest.mark.parametrize("kind", ["request", "staff", "household"])
def test_what_the_input_does_not_have_cannot_be_explained(kind):
    result = plan(two_at_ten())
    ask = {"request": result.explain}
    ask["staff"] = lambda name: explain_staff(result, name)
    ask["household"] = lambda name: explain_household(result, name)
    with pytest.raises(InputError, match="EXPLAIN-UNKNOWN"):
        ask[kind]("nobody")


def test_without_time_nothing_is_tried_and_that_is_said():
    ticks = iter(range(100))
    explained = planning.explain(plan(two_at_ten()), "R2", trying_s=0.0, clock=lambda: next(ticks))
    (said,) = explained.visits
    assert said.untried
    assert not said.changes
    assert "There was no time" in str(explained)


def test_an_explanation_is_ready_for_json_and_for_people():
    explained = plan(two_at_ten()).explain("R2")
    assert json.loads(json.dumps(explained.as_dict()))["owner"] == "council"
    assert "Owner: council." in str(explained)
    assert "each tried out in this plan" in str(explained)


def test_a_plan_made_apart_is_explained_with_each_organisations_own_staff():
    made = scenario(
        [request("R2", "H1", 60, organisation="east")],
        [household("H1", 5)],
        [staff("C1", organisation="west"), staff("C2", organisation="east")],
        [shift("C1")],
        policy=policy(organisations={"shared": True}),
    )
    apart = plan(made, coordinate=False)
    assert only_visit(apart).status == "unassigned"
    assert any("for an organisation that may serve it" in line for line in only_visit(apart).lines)


def test_a_result_made_by_hand_says_that_it_cannot_explain_itself():
    result = plan(two_at_ten())
    with pytest.raises(ValueError, match=r"visitplan\.planning\.explain"):
        PlanResult(result.scenario, result.plan).explain("R1")
