"""Why a visit is unassigned: one tiny case for each reason."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from tests.routing.builders import MONDAY, Line, family, household, request, scenario, shift, staff, tick
from visitplan.domain.expansion import expand
from visitplan.domain.places import DayFactors
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Pin
from visitplan.domain.windows import Windows
from visitplan.routing import encode, explain, network_of
from visitplan.routing import reasons as routing_reasons
from visitplan.routing.reasons import MOST_IN_VAIN
from visitplan.solver import solve
from visitplan.solver.options import SolveOptions
from visitplan.solver.proof import Verdict


def reasons(made, **given):
    """Plan greedily and give, by visit id, why each unassigned visit is."""
    demand = expand(made, cut=given.get("cut", frozenset()))
    network = network_of(made, Line(), DayFactors())
    encoding = encode(made, demand, network)
    solution = solve(encoding.problem, SolveOptions(iterations=1, time_limit=None), engine="greedy")
    lost = [encoding.visits[v].visit_id for v in solution.unassigned]
    lost += [visit.visit_id for visit in encoding.left_out]
    found = explain(made, demand, encoding, lost, **given)
    assert all(item.explanation and item.change and item.organisation for item in found)
    return {item.visit_id: item for item in found}


def one(wanted, members=None, shifts=None, home=None, **given):
    members = members or [staff("C1")]
    shifts = shifts or [shift(member.staff_id) for member in members]
    return scenario([wanted], [home or household("H1", 10)], members, shifts, **given)


def test_no_day_of_the_request_lies_in_the_period():
    later = MONDAY + dt.timedelta(days=7)
    made = one(request("R1", "H1", earliest_date=later, latest_date=later))
    assert reasons(made)["R1"].reason is Reason.NO_DAY


def test_more_visits_are_asked_for_than_there_are_days():
    found = reasons(one(request("R1", "H1", visits=2)))
    assert {name: item.reason for name, item in found.items()} == {"R1/2": Reason.NO_DAY}
    assert "Ask for 1 visits" in found["R1/2"].change


def test_the_family_can_never_be_there():
    made = one(
        request("R1", "H1", window="08:00-12:00", family=Family.REQUIRED),
        family_times=(family("H1", "17:00-19:00"),),
    )
    found = reasons(made)["R1"]
    assert found.reason is Reason.FAMILY_NEVER
    assert "08:00 and 12:00" in found.change


def test_not_before_and_complete_by_leave_no_time():
    made = one(request("R1", "H1", not_before=tick("12:00"), complete_by=tick("12:10")))
    assert reasons(made)["R1"].reason is Reason.NO_DAY


def test_nobody_has_the_skill():
    found = reasons(one(request("R1", "H1", skills=frozenset({"insulin"}))))["R1"]
    assert found.reason is Reason.NO_STAFF
    assert "has the skills" in found.explanation
    assert "insulin" in found.explanation


def test_no_shift_is_at_work_in_the_window_and_the_missing_minutes_are_told():
    found = reasons(one(request("R1", "H1", window="06:30-07:00")))["R1"]
    assert found.reason is Reason.NO_SHIFT
    assert "60 minutes" in found.change


def test_nobody_who_may_serve_it_has_a_shift():
    made = scenario([request("R1", "H1")], [household("H1", 10)], [staff("C1")], [])
    assert reasons(made)["R1"].reason is Reason.NO_SHIFT


def test_travel_alone_proves_it_impossible():
    made = one(request("R1", "H1", window="08:00-08:05"))
    assert reasons(made)["R1"].reason is Reason.IMPOSSIBLE
    assert reasons(made, cancelled=lambda: True)["R1"].reason is not Reason.IMPOSSIBLE  # nothing is proved


def test_another_visit_outbids_it():
    made = scenario(
        [request("R1", "H1", window="09:00-09:00", priority=1), request("R2", "H2", window="09:00-09:00")],
        [household("H1", 10), household("H2", 60)],
        [staff("C1")],
        [shift("C1")],
    )
    found = reasons(made)["R2"]
    assert found.reason is Reason.OUTBID
    assert "1 shift could" in found.explanation


def test_what_follows_a_hopeless_visit_says_so():
    made = scenario(
        [request("R1", "H1", skills=frozenset({"insulin"})), request("R2", "H1", after_request="R1")],
        [household("H1", 10)],
        [staff("C1")],
        [shift("C1")],
    )
    found = reasons(made)
    assert found["R1"].reason is Reason.NO_STAFF
    assert found["R2"].reason is Reason.PREDECESSOR
    assert "R1" in found["R2"].change


def test_a_visit_given_up_for_the_one_it_follows_says_so():
    made = scenario(
        [request("R1", "H1"), request("R2", "H1", after_request="R1")],
        [household("H1", 10)],
        [staff("C1")],
        [shift("C1")],
    )
    found = reasons(made, cut=frozenset({"R2"}))
    assert set(found) == {"R2"}
    assert "R1" in found["R2"].explanation


def test_a_visit_that_must_be_joint_and_is_not_says_so():
    found = reasons(one(request("R1", "H1", window="06:30-07:00")), alone=frozenset({"R1"}))
    assert found["R1"].reason is Reason.JOINT_REQUIRED


def test_a_pin_outside_the_window_is_named():
    made = one(request("R1", "H1", window="09:00-10:00"), pins=(Pin("R1", start=tick("11:00")),))
    found = reasons(made)["R1"]
    assert found.reason is Reason.NO_DAY
    assert "11:00" in found.explanation


def test_a_home_that_holds_fewer_than_are_needed_says_so():
    made = one(request("R1", "H1", staff_needed=2), home=household("H1", 10, max_staff_at_once=1))
    demand = expand(made)
    emptied = replace(demand, visits=tuple(replace(v, windows=Windows()) for v in demand.visits))
    network = network_of(made, Line(), DayFactors())
    found = explain(made, emptied, encode(made, emptied, network), ["R1/a"])
    assert found[0].reason is Reason.HOUSEHOLD_FULL
    assert "the 1 that" in found[0].explanation


def many_lost(count: int):
    """Give a day on which one carer can serve one of so many visits at the same time."""
    wanted = [request(f"R{k:02d}", f"H{k:02d}", window="09:00-09:05", minutes=60) for k in range(count + 1)]
    homes = [household(f"H{k:02d}", 5) for k in range(count + 1)]
    return scenario(wanted, homes, [staff("C1")], [shift("C1")])


def test_when_enough_proofs_have_ended_without_an_answer_no_more_are_tried_and_the_rest_says_so(monkeypatch):
    asked = []
    monkeypatch.setattr(
        routing_reasons, "prove_unservable", lambda *given: asked.append(given) or Verdict.UNKNOWN
    )
    found = reasons(many_lost(MOST_IN_VAIN + 3))
    assert len(asked) == MOST_IN_VAIN
    assert {item.reason for item in found.values()} == {Reason.OUTBID}
    assert [routing_reasons.UNTRIED in item.explanation for item in found.values()].count(True) == 3


def test_proofs_that_find_an_answer_do_not_use_up_the_rest():
    found = reasons(many_lost(MOST_IN_VAIN + 3))
    assert len(found) == MOST_IN_VAIN + 3
    assert not any(routing_reasons.UNTRIED in item.explanation for item in found.values())


def test_once_cancelled_nothing_is_proved_and_each_visit_says_so():
    found = reasons(many_lost(2), cancelled=lambda: True)
    assert all(routing_reasons.UNTRIED in item.explanation for item in found.values())
