"""Somebody known comes to a joint visit, and new staff come beside them where policy asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.planning.builders import joined, plan
from tests.routing.builders import household, request, scenario, shift, staff
from visitplan.domain.people import History, Person
from visitplan.domain.requests import Joint, Task
from visitplan.domain.scenario import Scenario
from visitplan.policy import Policy

NEAR, FAR = staff("N-NEAR", 5, "nursing"), staff("N-FAR", 8, "nursing")
CARER = staff("C1", 5)
FAR_KNOWN = (History("P-H1", "N-FAR", 3),)


def home(
    *requests: Any, members: Any = (NEAR, FAR, CARER), history: Any = FAR_KNOWN, **more: Any
) -> Scenario:
    """Give one home where nobody minds strangers for money, so that only rules send those who are known."""
    off = more.pop("off", ())
    rules = more.pop("rules", {})
    policy = {
        "costs": {"stranger_pence": 0, "new_face_pence": 0},
        "coordination": {"modes": ["together"], "door_knock_pence": 50_000, **rules},
    }
    return scenario(
        requests,
        [household("H1", 5)],
        members,
        [shift(member.staff_id) for member in members if member.staff_id not in off],
        history=history,
        tasks=(Task("WEIGH", 600, shareable=True),),
        policy=Policy.model_validate(policy),
        **more,
    )


def nurse_and_carer(**nurse: Any) -> tuple[Any, Any]:
    """Give two visits of which each is to weigh, so that it is worth the longer way to join them."""
    weigh = {"tasks": ("WEIGH",)}
    return request("NURSE", "H1", service="nursing", **weigh, **nurse), request("CARE", "H1", **weigh)


def who(made: Scenario) -> dict[str, str]:
    result = plan(made)
    return {visit.visit_id: visit.staff_id for visit in result.plan.visits}


def test_somebody_known_comes_to_a_joint_visit_from_further_away():
    made = home(*nurse_and_carer())
    assert joined(plan(made)) == {frozenset({"NURSE", "CARE"})}
    assert who(made)["NURSE"] == "N-FAR"


def test_where_policy_does_not_ask_the_nearest_come():
    assert who(home(*nurse_and_carer(), rules={"known_face": False}))["NURSE"] == "N-NEAR"


def test_one_known_face_is_enough():
    known = (*FAR_KNOWN, History("P-H1", "C1", 1))
    carers = (NEAR, FAR, CARER, staff("C2", 60))
    assert who(home(*nurse_and_carer(), members=carers, history=known)) in (
        {"NURSE": "N-FAR", "CARE": "C1"},
        {"NURSE": "N-NEAR", "CARE": "C1"},
    )


def test_who_comes_to_one_of_a_household_is_known_to_the_others():
    people = (Person("P-H1", "H1"), Person("Q", "H1"))
    made = home(*nurse_and_carer(), history=(History("Q", "N-FAR", 3),), people=people)
    assert who(made)["NURSE"] == "N-FAR"


@pytest.mark.parametrize("off", [("N-FAR",), ("N-FAR", "N-NEAR")])
def test_where_nobody_known_is_at_work_strangers_come(off: tuple[str, ...]):
    assert "N-FAR" not in who(home(*nurse_and_carer(), off=off)).values()
    assert who(home(*nurse_and_carer(), off=off))["CARE"] == "C1"


def test_at_a_home_that_nobody_knows_anybody_may_come():
    assert who(home(*nurse_and_carer(), history=()))["NURSE"] == "N-NEAR"


def test_a_joint_visit_that_is_required_does_not_fail_for_want_of_a_known_face():
    assert who(home(*nurse_and_carer(joint=Joint.REQUIRE)))["NURSE"] == "N-NEAR"


def test_a_single_visit_needs_no_known_face():
    assert who(home(request("NURSE", "H1", service="nursing"))) == {"NURSE": "N-NEAR"}


def test_where_policy_has_new_staff_introduced_a_single_visit_is_left_to_those_known():
    rules = {"introduce_new": True}
    assert who(home(request("NURSE", "H1", service="nursing"), rules=rules)) == {"NURSE": "N-FAR"}


def test_new_staff_are_introduced_beside_somebody_known_in_a_call_for_two():
    members = (NEAR, FAR, staff("N-NEXT", 6, "nursing"))
    made = home(
        request("LIFT", "H1", service="nursing", staff_needed=2),
        members=members,
        rules={"introduce_new": True},
    )
    came = set(who(made).values())
    assert "N-FAR" in came
    assert came < {"N-FAR", "N-NEAR", "N-NEXT"}


def test_a_new_carer_is_introduced_beside_a_nurse_who_is_known():
    made = home(*nurse_and_carer(), rules={"introduce_new": True})
    assert who(made) == {"NURSE": "N-FAR", "CARE": "C1"}


def test_back_to_back_nobody_is_beside_the_other():
    carers = (NEAR, FAR, CARER, staff("C-KNOWN", 60))
    known = (*FAR_KNOWN, History("P-H1", "C-KNOWN", 1))
    rules = {"introduce_new": True, "modes": ["back_to_back"], "interruption_pence": 50_000}
    made = home(*nurse_and_carer(), members=carers, history=known, rules=rules)
    assert who(made) == {"NURSE": "N-FAR", "CARE": "C-KNOWN"}
