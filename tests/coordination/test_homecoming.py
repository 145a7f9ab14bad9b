"""First visits after a discharge come together on the day home; what may not wait is never put off."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coordination.builders import MIN, MONDAY, Case, at, between, request, team
from tests.planning import builders as planned
from visitplan import coordination
from visitplan.coordination.enumeration import Homes, all_candidates
from visitplan.domain.demand import LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.people import Person
from visitplan.domain.requests import Family, Joint
from visitplan.domain.windows import Windows
from visitplan.policy import parse_policy

if TYPE_CHECKING:
    from visitplan.domain.demand import JointVisit
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario

FRIDAY = MONDAY + dt.timedelta(days=4)
DEAR_KNOCKS = {"coordination": {"door_knock_pence": 5000}}
DAY_HOME = between("13:00", "23:59", 2)


def home_on_wednesday(*requests: Request, **case: Any) -> Scenario:
    """Give a week in which P is home from hospital on Wednesday at 13:00."""
    made = Case(requests, members=team(2), **case).scenario()
    return replace(made, people=(Person("P", "H", discharge=at("13:00", 2)),))


def three_services(**more: Any) -> tuple[Request, ...]:
    given_dates = {"latest_date": FRIDAY, **more}
    return (
        request("WOUND", "nursing", "09:00-18:00", **given_dates),
        request("WASH", "care", "08:00-18:00", **given_dates),
        request("STAIRS", "therapy", "09:00-17:00", **given_dates),
    )


def joints(scenario: Scenario) -> tuple[JointVisit, ...]:
    return coordination.coordinate(scenario, expand(scenario)).joint_visits


def candidates(scenario: Scenario) -> list[JointVisit]:
    return [c.joint for c in all_candidates(Homes.of(scenario, expand(scenario)))[0]]


def test_the_first_visits_of_all_services_come_together_on_the_day_home():
    (joint,) = joints(home_on_wednesday(*three_services()))
    assert set(joint.visit_ids) == {"WOUND", "WASH", "STAIRS"}
    assert DAY_HOME.holds(joint.windows.earliest, joint.windows.latest)


def test_a_plan_sends_them_on_the_day_home():
    result = planned.plan(home_on_wednesday(*three_services()))
    starts = [visit.start for visit in result.plan.visits]
    assert len(starts) == 3
    assert all(start in DAY_HOME for start in starts)
    assert result.plan.costs.late_discharge == 0
    assert "PLAN-DISCHARGE-LATE" not in planned.codes(result)


def test_a_first_visit_that_nobody_can_make_is_told():
    made = home_on_wednesday(*three_services())
    result = planned.plan(replace(made, shifts=tuple(s for s in made.shifts if "therapy" not in s.staff_id)))
    (told,) = [f for f in result.plan.findings if f.code == "PLAN-DISCHARGE-LATE"]
    assert told.cause == "The person is home on 2026-06-03, and the first visit of therapy is not planned."


def test_an_urgent_call_answered_late_is_told():
    call = request("FALL", window="08:00-20:00", priority=1, received=at("09:00"))
    late = {"limits": {"max_late_min": 240}}
    made = Case((call,), members=team(1, ("nursing",)), policy=late, hours="12:00-20:00").scenario()
    result = planned.plan(made)
    (told,) = [f for f in result.plan.findings if f.code == "PLAN-URGENT-LATE"]
    assert told.cause == "The urgent call is answered at 2026-06-01 12:02, 62 minutes after it is due."
    assert result.plan.costs.late == 62 * 10_020


def test_who_cannot_come_on_the_day_home_comes_later_and_that_costs():
    nurse, wash, stairs = three_services()
    made = home_on_wednesday(nurse, wash, stairs)
    off = tuple(s for s in made.shifts if not (s.staff_id.startswith("therapy") and s.date.weekday() == 2))
    result = planned.plan(replace(made, shifts=off))
    assert result.plan.visit_by_id["STAIRS"].start > DAY_HOME.end
    assert all(result.plan.visit_by_id[name].start in DAY_HOME for name in ("WOUND", "WASH"))
    assert result.plan.costs.late_discharge == 5_000_000
    (told,) = [f for f in result.plan.findings if f.code == "PLAN-DISCHARGE-LATE"]
    assert told.where.subject == "request STAIRS, trust"
    assert told.cause == "The person is home on 2026-06-03, and the first visit of therapy is on 2026-06-04."


def test_only_the_first_of_several_visits_belongs_to_the_day_home():
    daily = request("WASH", "care", "08:00-18:00", latest_date=FRIDAY, daily=True)
    result = planned.plan(home_on_wednesday(daily))
    assert [v.start // 86_400 for v in result.plan.visits] == [2, 3, 4]
    assert result.plan.costs.late_discharge == 0


def test_a_service_that_avoids_joint_visits_comes_by_itself_on_the_day_home():
    nurse, wash, stairs = three_services()
    made = home_on_wednesday(nurse, wash, replace(stairs, joint=Joint.AVOID))
    result = planned.plan(made)
    assert planned.joined(result) == {frozenset({"WOUND", "WASH"})}
    assert result.plan.visit_by_id["STAIRS"].start in DAY_HOME


def test_a_first_visit_is_joined_rather_with_first_visits_than_with_others_of_the_week():
    nurse, wash, _ = three_services()
    other = request("BATH", "care", "08:00-18:00", person_id="Q", latest_date=FRIDAY)
    small = {"coordination": {"max_size": 2}}
    chosen = joints(home_on_wednesday(nurse, wash, other, policy=small))
    assert {frozenset(joint.visit_ids) for joint in chosen} == {frozenset({"WOUND", "WASH"})}


# --- what may not wait ----------------------------------------------------------------------------------


def tablets(window: str = "08:00-09:00", **more: Any) -> Request:
    return request("TABLETS", "care", window, **{"time_critical": True, **more})


def test_tablets_do_not_wait_for_a_nurse_who_comes_later():
    asked = (tablets(), request("WOUND", window="08:30-11:00"))
    assert candidates(Case(asked, policy=DEAR_KNOCKS).scenario()) == []


def test_without_being_critical_the_same_visits_are_joined():
    asked = (tablets(time_critical=False), request("WOUND", window="08:30-11:00"))
    assert candidates(Case(asked, policy=DEAR_KNOCKS).scenario()) != []


def test_tablets_may_be_joined_by_who_can_be_there_as_soon():
    asked = (tablets(), request("WOUND", window="07:00-11:00"))
    made = Case(asked, policy=DEAR_KNOCKS).scenario()
    assert {frozenset(joint.visit_ids) for joint in candidates(made)} == {frozenset({"TABLETS", "WOUND"})}


def test_an_urgent_call_does_not_wait_either():
    call = request("FALL", window="08:00-20:00", priority=1, received=at("09:00"))
    late = request("WASH", "care", "10:00-12:00")
    assert candidates(Case((call, late), policy=DEAR_KNOCKS).scenario()) == []
    assert candidates(Case((replace(call, priority=2), late), policy=DEAR_KNOCKS).scenario()) != []


def test_tablets_do_not_wait_for_the_family_that_others_have_to_meet():
    asked = (tablets(), request("WOUND", window="07:00-11:00", family=Family.REQUIRED))
    made = Case(asked, family=(between("08:30", "12:00"),), policy=DEAR_KNOCKS).scenario()
    assert candidates(made) == []


@pytest.mark.parametrize("who", ["tablets", "wound"])
def test_where_the_family_is_only_welcome_who_may_not_wait_is_joined_without_it(who: str):
    wish = {"family": Family.WELCOME}
    asked = (
        tablets(joint=Joint.REQUIRE, **(wish if who == "tablets" else {})),
        request("WOUND", window="07:00-11:00", **(wish if who == "wound" else {})),
    )
    made = Case(asked, family=(between("08:30", "12:00"),), policy=DEAR_KNOCKS).scenario()
    assert [joint.with_family for joint in candidates(made)] == [False, False]  # at once, and back to back
    after = coordination.coordinate(made, expand(made))
    assert len(after.joint_visits) == 1
    windows = next(visit.windows for visit in after.visits if visit.visit_id == "TABLETS")
    assert (windows.earliest, windows.latest) == (at("08:00"), at("09:00"))


def test_in_a_home_for_one_the_others_take_their_turn_after_the_tablets():
    asked = (request("WASH", "care", "08:00-09:30", duration_s=20 * MIN), tablets("08:00-09:30"))
    made = Case(asked, policy={"limits": {"staff_at_once": 1}, "coordination": {"enabled": False}}).scenario()
    turns = [
        (link.first, link.second)
        for link in coordination.apply(made, expand(made), ()).links
        if link.reason is LinkReason.TURN
    ]
    assert turns == [("TABLETS", "WASH")]


def test_tablets_are_given_also_where_who_should_have_come_along_cannot():
    """The nurse is needed elsewhere all morning by an urgent visit."""
    elsewhere = request("FALL", window="07:30-07:30", duration_s=5 * 3600, person_id="Q", priority=1,
                        joint=Joint.AVOID)  # fmt: skip
    asked = (tablets(), request("WOUND", window="07:00-09:00"), elsewhere)
    made = Case(asked, members=team(1, ("nursing", "care"))).scenario()
    result = planned.plan(made)
    assert "TABLETS" in result.plan.visit_by_id
    assert "FALL" in result.plan.visit_by_id


clocks = st.integers(6, 18).map(lambda hour: f"{hour:02d}:00")


@st.composite
def homes(draw: st.DrawFn) -> Scenario:
    """Draw a home with one visit that may not wait and up to three others."""
    services = ("nursing", "care", "therapy")

    def window() -> str:
        first = draw(st.integers(6, 15))
        return f"{first:02d}:{draw(st.sampled_from(('00', '30')))}-{first + draw(st.integers(1, 4)):02d}:45"

    others = [
        request(
            f"R{k}",
            draw(st.sampled_from(services)),
            window(),
            duration_s=draw(st.sampled_from((15, 30, 60))) * MIN,
            family=draw(st.sampled_from(Family)),
            staff_needed=draw(st.integers(1, 2)),
        )
        for k in range(draw(st.integers(1, 3)))
    ]
    family = (between("09:00", "12:00"),) if draw(st.booleans()) else ()
    critical = (
        tablets(window())
        if draw(st.booleans())
        else tablets(window(), time_critical=False, priority=1, received=at(draw(clocks)))
    )
    made = Case((critical, *others), family=family, days=1).scenario()
    return replace(made, policy=parse_policy({"limits": {"staff_at_once": 6}}))


@settings(deadline=None, max_examples=60)
@given(homes())
def test_coordination_never_puts_off_what_may_not_wait(made: Scenario):
    """Every start from which each of its windows began is still there, joint or not."""
    before = {visit.visit_id: visit.windows for visit in expand(made).visits}["TABLETS"]
    hours = Windows((between("07:00", "18:30"),))
    after = {v.visit_id: v.windows for v in coordination.coordinate(made, expand(made)).visits}["TABLETS"]
    assert all(part.start in after for part in before & hours)
