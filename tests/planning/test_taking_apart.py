"""What cannot be served together is taken apart, as little as helps, and said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.planning.builders import codes, joined, nurse_request, nurse_torn_between, plan, reasons, served
from tests.routing.builders import family, household, request, scenario, shift, staff
from visitplan import checking
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Joint
from visitplan.planning import attempts, travel_source
from visitplan.solver import RoutingSolution, solution_of
from visitplan.solver.solution import Stop


def test_visits_that_can_come_together_do():
    made = nurse_torn_between()
    free = replace(made, requests=made.requests[1:])
    result = plan(free)
    assert joined(result) == {frozenset({"CARE", "NURSE"})}
    assert served(result)["CARE"] == served(result)["NURSE"]
    assert "PLAN-JOINT-SPLIT" not in codes(result)


def test_a_joint_visit_that_cannot_be_served_is_split_and_its_visits_are_served_apart():
    result = plan(nurse_torn_between())
    assert served(result).keys() == {"ELSEWHERE", "CARE", "NURSE"}
    assert joined(result) == set()
    assert codes(result).count("PLAN-JOINT-SPLIT") == 1
    (finding,) = [f for f in result.plan.findings if f.code == "PLAN-JOINT-SPLIT"]
    assert "planned apart" in finding.cause


def test_of_three_the_two_that_can_stay_joint():
    weigh = {"tasks": ("WEIGH",), "family": Family.WELCOME}
    made = nurse_torn_between(request("THERAPY", "H1", 30, "10:00-10:10", service="therapy", **weigh))
    wished = tuple(replace(r, **weigh) if r.request_id == "CARE" else r for r in made.requests)
    result = plan(replace(made, requests=wished))
    assert served(result).keys() == {"ELSEWHERE", "CARE", "NURSE", "THERAPY"}
    assert joined(result) == {frozenset({"CARE", "THERAPY"})}
    (finding,) = [f for f in result.plan.findings if f.code == "PLAN-JOINT-SPLIT"]
    assert "CARE, THERAPY stay joint" in finding.cause


def requiring_nurse():
    return nurse_torn_between(nurse=nurse_request(joint=Joint.REQUIRE))


def test_who_requires_company_is_never_planned_alone_and_who_only_allows_it_still_comes():
    result = plan(requiring_nurse())
    assert reasons(result) == {"NURSE": Reason.JOINT_REQUIRED}
    assert served(result).keys() == {"ELSEWHERE", "CARE"}


def test_without_coordination_nobody_waits_for_company_and_the_checker_only_mentions_it():
    result = plan(requiring_nurse(), coordinate=False)
    assert served(result).keys() == {"ELSEWHERE", "CARE", "NURSE"}
    found = checking.check(result.scenario, result.plan, travel_source(result.scenario))
    assert [(f.code, f.severity) for f in found] == [("CHECK-JOINT-REQUIRE", "warning")]
    assert not result.plan.provenance.coordinated


def test_a_visit_that_requires_company_and_has_no_possible_partner_is_unassigned():
    lonely = request("LONELY", "H1", joint=Joint.REQUIRE)
    result = plan(scenario([lonely], [household("H1", 5)], [staff("C1")], [shift("C1")]))
    assert reasons(result) == {"LONELY": Reason.JOINT_REQUIRED}


def follower(**given):
    """Give a first visit, and one of a nurse that is to follow it within ten minutes."""
    first = request("FIRST", "H1", 30, "09:00-09:30")
    values = {"service": "nursing", "after_request": "FIRST", "max_gap_s": 600, **given}
    second = request("SECOND", "H1", 30, "09:00-16:00", **values)
    members = [staff("C1"), staff("N1", service="nursing")]
    return scenario([first, second], [household("H1", 5)], members, [shift("C1"), shift("N1", "14:00-18:00")])


def test_a_follower_without_room_in_its_gap_is_given_up_and_the_visit_before_it_is_served():
    result = plan(follower())
    assert served(result).keys() == {"FIRST"}
    assert reasons(result) == {"SECOND": Reason.OUTBID}
    assert "in its gap after request FIRST" in result.plan.unassigned[0].explanation


def test_a_follower_whom_nobody_may_serve_is_given_up_for_that_reason():
    result = plan(follower(skills=frozenset({"stoma"})))
    assert served(result).keys() == {"FIRST"}
    assert reasons(result) == {"SECOND": Reason.NO_STAFF}


def test_a_follower_whose_family_is_never_there_is_given_up_for_that_reason():
    made = follower(family=Family.REQUIRED)
    result = plan(replace(made, family_times=(family("H1", "17:00-18:00"),)))
    assert served(result).keys() == {"FIRST"}
    assert reasons(result) == {"SECOND": Reason.FAMILY_NEVER}


def test_a_follower_that_fits_comes_after_the_first():
    made = follower(max_gap_s=None)
    result = plan(made)
    assert served(result)["SECOND"] >= "14:00"
    assert reasons(result) == {}


def test_a_visit_whose_predecessor_cannot_be_served_is_not_either():
    made = follower(max_gap_s=None)
    first = replace(made.requests[0], skills=frozenset({"stoma"}))
    result = plan(replace(made, requests=(first, made.requests[1])))
    assert reasons(result) == {"FIRST": Reason.NO_STAFF, "SECOND": Reason.PREDECESSOR}


@pytest.fixture
def later_attempts_fail(monkeypatch):
    """Let the engine serve nobody from its second call on; give the number of calls."""
    calls: list[int] = []
    real = attempts.solve

    def solve(problem, options, engine) -> RoutingSolution:
        calls.append(len(problem.visits))
        return real(problem, options, engine) if len(calls) == 1 else solution_of(problem, (), Stop.TIME)

    monkeypatch.setattr(attempts, "solve", solve)
    return calls


def test_an_attempt_that_serves_less_is_not_kept(later_attempts_fail):
    result = plan(nurse_torn_between())
    assert len(later_attempts_fail) == 5  # with fewer ties, improved, without coordination, and the last one
    assert served(result).keys() == {"ELSEWHERE"}
    assert "PLAN-JOINT-SPLIT" not in codes(result)
    assert reasons(result).keys() == {"CARE", "NURSE"}


def test_taking_apart_what_is_not_tied_gives_nothing():
    lost = request("LOST", "H1", skills=frozenset({"stoma"}))
    result = plan(scenario([lost], [household("H1", 5)], [staff("C1")], [shift("C1")]))
    assert reasons(result) == {"LOST": Reason.NO_STAFF}
    assert codes(result) == ["COORD-CHOICE-PROVED"]
