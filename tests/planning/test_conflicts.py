"""Rules of coordination that conflict, planned whole: a sentence and a handful of rows each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.planning.builders import (
    family,
    household,
    joined,
    plan,
    policy,
    reasons,
    request,
    scenario,
    shift,
    staff,
)
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Joint, Request
from visitplan.domain.scenario import Scenario

SERVICES = ("nursing", "care", "therapy")


def home(*requests: Request, held: int | None = None, told: tuple[str, ...] = (), **more: Any) -> Scenario:
    """Give one home, H1, with these requests, and one member of staff of each service."""
    members = [staff(service.upper(), service=service) for service in SERVICES]
    return scenario(
        list(requests),
        [household("H1", 5, max_staff_at_once=held)],
        members,
        [shift(member.staff_id) for member in members],
        family_times=[family("H1", hours) for hours in told],
        **more,
    )


def welcome(name: str, service: str, window: str = "09:00-12:00", **more: Any) -> Request:
    return request(name, "H1", 30, window, service=service, **{"family": Family.WELCOME, **more})


def test_where_the_familys_and_the_clinics_times_never_meet_it_is_unassigned_and_says_so():
    clinic = welcome("CLINIC", "nursing", "09:00-10:00", family=Family.REQUIRED)
    result = plan(home(clinic, welcome("CARE", "care"), told=("17:00-19:00",)))
    (left_out,) = result.plan.unassigned

    assert reasons(result) == {"CLINIC": Reason.FAMILY_NEVER}
    assert "none of the family's times meets its window" in left_out.explanation
    assert left_out.organisation == clinic.organisation
    assert [visit.visit_id for visit in result.plan.visits] == ["CARE"]


def test_of_three_services_the_two_that_may_meet_do_and_the_third_comes_by_itself():
    apart = [{"services": [one, "therapy"], "modes": []} for one in ("nursing", "care")]
    made = home(
        welcome("NURSE", "nursing"),
        welcome("CARE", "care"),
        welcome("PHYSIO", "therapy"),
        told=("09:00-12:00",),
        policy=policy(coordination={"pairs": apart}),
    )
    result = plan(made)

    assert joined(result) == {frozenset({"NURSE", "CARE"})}
    assert len(result.plan.visits) == 3


def test_where_one_person_is_in_at_a_time_two_services_follow_each_other_in_one_family_time():
    made = home(welcome("NURSE", "nursing"), welcome("CARE", "care"), held=1, told=("09:00-11:00",))
    result = plan(made)
    first, second = sorted(result.plan.visits, key=lambda visit: visit.start)
    (joint,) = result.plan.joint_visits

    assert (joint.mode.value, joint.with_family) == ("back_to_back", True)
    assert second.start >= first.end


def test_mothers_nurse_and_fathers_carer_come_in_one_family_time():
    father = replace(welcome("CARE", "care"), person_id="FATHER")
    result = plan(home(welcome("NURSE", "nursing"), father, told=("10:00-10:30",)))

    assert joined(result) == {frozenset({"NURSE", "CARE"})}
    assert {result.plan.period.clock(visit.start) for visit in result.plan.visits} == {"10:00"}


def test_who_requires_company_and_may_meet_nobody_is_unassigned_and_says_so():
    lonely = welcome("NURSE", "nursing", joint=Joint.REQUIRE)
    result = plan(home(lonely, welcome("CARE", "care", joint=Joint.AVOID)))
    (left_out,) = result.plan.unassigned

    assert left_out.reason is Reason.JOINT_REQUIRED
    assert left_out.explanation.endswith("With CARE: CARE is not to be joined.")


def test_both_of_a_double_handed_call_that_may_meet_nobody_are_told_why():
    lonely = welcome("MOVE", "care", joint=Joint.REQUIRE, staff_needed=2)
    (one, other) = plan(home(lonely)).plan.unassigned

    assert one.explanation == other.explanation
    assert one.explanation.endswith("There is no other visit to the household.")


def test_a_visit_whose_window_is_all_quiet_is_unassigned_and_says_so():
    rest = policy(limits={"quiet_times": [{"start": "13:00", "end": "15:00"}]})
    result = plan(home(welcome("CARE", "care", "13:00-14:30"), policy=rest))
    (left_out,) = result.plan.unassigned

    assert left_out.reason is Reason.NO_DAY
    assert "quiet times" in left_out.explanation


def test_a_family_that_is_free_only_in_the_quiet_time_is_not_disturbed_then():
    rest = policy(limits={"quiet_times": [{"start": "13:00", "end": "15:00"}]})
    result = plan(home(welcome("CARE", "care", "12:00-16:00"), told=("13:00-15:00",), policy=rest))
    (visit,) = result.plan.visits

    assert not 13 <= int(result.plan.period.clock(visit.start)[:2]) < 15
