"""Few different faces: a small team is chosen for whoever is visited more than once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.coordination.builders import MONDAY, Case, between, home, request, staff, team
from tests.planning import builders as planned
from visitplan import coordination
from visitplan.domain.people import History, Pause, Staff, Team
from visitplan.domain.places import Household, Place
from visitplan.domain.requests import Request
from visitplan.domain.scenario import Scenario
from visitplan.policy import parse_policy

FRIDAY = MONDAY + dt.timedelta(days=4)
WEEK = {"latest_date": FRIDAY, "daily": True}


def teams(scenario: Scenario) -> dict[tuple[str, str], tuple[str, ...]]:
    chosen = coordination.choose_teams(scenario)
    return {(chosen_for.person_id, chosen_for.service): chosen_for.staff_ids for chosen_for in chosen}


def nurses(count: int = 3) -> tuple[Staff, ...]:
    return team(count, ("nursing",))


def week(*requests: Request, **more: object) -> Scenario:
    given_members = {"members": nurses(), **more}
    return Case(requests, **given_members).scenario()  # type: ignore[arg-type]


def far(name: str, degrees: float) -> Household:
    return Household(name, "north", Place(name, 53.1 + degrees, -2.4))


def test_one_nurse_is_enough_for_five_days_that_she_works():
    assert teams(week(request("INSULIN", **WEEK))) == {("P", "nursing"): ("nursing-1",)}


def test_a_single_visit_has_no_team():
    assert teams(week(request("WOUND"))) == {}


def test_without_a_price_there_are_no_teams():
    free = {"costs": {"new_face_pence": 0}}
    assert teams(week(request("INSULIN", **WEEK), policy=free)) == {}


def test_one_service_may_have_no_teams_while_the_others_have():
    policy = {"services": {"nursing": {"costs": {"new_face_pence": 0}}}}
    asked = request("INSULIN", **WEEK), request("WASH", "care", **WEEK)
    assert list(teams(week(*asked, members=team(2), policy=policy))) == [("P", "care")]


def test_who_is_known_comes_before_a_stranger():
    known = (History("P", "nursing-3", 7),)
    made = replace(week(request("INSULIN", **WEEK)), history=known)
    assert teams(made) == {("P", "nursing"): ("nursing-3",)}


def test_who_is_preferred_comes_before_who_is_known():
    asked = request("INSULIN", preferred_staff=frozenset({"nursing-2"}), **WEEK)
    made = replace(week(asked), history=(History("P", "nursing-3", 7),))
    assert teams(made) == {("P", "nursing"): ("nursing-2",)}


def test_a_known_nurse_who_is_excluded_or_lacks_the_skill_is_not_in_the_team():
    asked = request("INSULIN", excluded_staff=frozenset({"nursing-1"}), skills=frozenset({"iv"}), **WEEK)
    members = tuple(
        replace(nurse, skills=frozenset({"iv"} if name < 2 else ())) for name, nurse in enumerate(nurses())
    )
    made = replace(week(asked, members=members), history=(History("P", "nursing-1", 7),))
    assert teams(made) == {("P", "nursing"): ("nursing-2",)}


def test_two_are_needed_where_one_works_only_half_of_the_week():
    made = week(request("INSULIN", **WEEK), members=nurses(2))
    halves = (s for s in made.shifts if (s.staff_id == "nursing-1") == (s.date.weekday() < 3))
    assert teams(replace(made, shifts=tuple(halves))) == {("P", "nursing"): ("nursing-1", "nursing-2")}


def test_whoever_can_come_on_all_days_is_rather_taken_than_two_with_half_of_them():
    made = week(request("INSULIN", **WEEK))
    some = (s for s in made.shifts if s.staff_id == "nursing-3" or s.date.weekday() % 2)
    assert teams(replace(made, shifts=tuple(some))) == {("P", "nursing"): ("nursing-3",)}


def test_a_call_for_two_has_a_team_of_two():
    assert teams(week(request("LIFT", staff_needed=2, **WEEK))) == {
        ("P", "nursing"): ("nursing-1", "nursing-2")
    }


def test_a_full_shift_sends_the_next_person_to_somebody_else():
    asked = [
        request(f"R{k}", window="09:00-09:00", duration_s=3600, person_id=f"P{k}", **WEEK) for k in range(3)
    ]
    assert sorted(teams(week(*asked)).values()) == [("nursing-1",), ("nursing-2",), ("nursing-3",)]


def test_a_break_takes_its_room():
    asked = [
        request(f"R{k}", window="07:00-18:00", duration_s=17_000, person_id=f"P{k}", **WEEK) for k in (1, 2)
    ]
    made = week(*asked)
    early = tuple(replace(s, window=replace(s.window, end=s.window.end - 2 * 3600)) for s in made.shifts)
    paused = tuple(
        replace(s, pause=Pause(3600, between("11:00", "14:00", (s.date - MONDAY).days))) for s in early
    )
    assert set(teams(replace(made, shifts=early)).values()) == {("nursing-1",)}
    assert set(teams(replace(made, shifts=paused)).values()) == {("nursing-1",), ("nursing-2",)}


def test_people_in_one_street_share_a_nurse():
    places = (home("A"), far("B", 0.5), far("C", 0.501), home("D"))
    names = [place.household_id for place in places]
    asked = [request(f"R{name}", household_id=name, person_id=f"P{name}", **WEEK) for name in names]
    members = (staff("north", "nursing"), replace(staff("south", "nursing"), start=Place("s", 53.6, -2.4)))
    made = week(*asked, households=places, members=members)
    assert teams(made) == {
        ("PA", "nursing"): ("north",),
        ("PD", "nursing"): ("north",),
        ("PB", "nursing"): ("south",),
        ("PC", "nursing"): ("south",),
    }


def test_nobody_at_work_means_no_team():
    assert teams(replace(week(request("INSULIN", **WEEK)), shifts=())) == {}


def test_a_plan_sends_the_team_and_names_it():
    asked = request("INSULIN", **WEEK), request("WOUND", person_id="Q", **WEEK)
    result = planned.plan(replace(week(*asked), history=(History("P", "nursing-2", 3),)))
    assert {(t.person_id, t.staff_ids) for t in result.plan.teams} == {
        ("P", ("nursing-2",)),
        ("Q", ("nursing-1",)),
    }
    assert {v.staff_id for v in result.plan.visits if v.person_id == "P"} == {"nursing-2"}
    assert result.kpi_values["overall"]["new_face_visits"] == result.plan.costs.new_faces == 0


def test_a_visit_by_somebody_outside_the_team_costs_a_new_face():
    """The nurse of the team is needed elsewhere, in two urgent visits too far apart for one shift."""
    asked = request("INSULIN", window="09:00-09:00", latest_date=MONDAY + dt.timedelta(days=1), daily=True)
    urgent = request("URGENT", window="09:00-09:00", person_id="Q", skills=frozenset({"iv"}), priority=1)
    members = tuple(
        replace(n, skills=frozenset({"iv"} if n.staff_id == "nursing-1" else ())) for n in nurses()
    )
    made = replace(week(asked, urgent, members=members), history=(History("P", "nursing-1", 3),))
    made = replace(made, policy=parse_policy({"coordination": {"enabled": False}}))
    result = planned.plan(made)
    assert result.plan.teams == (Team("P", "nursing", ("nursing-1",)),)
    assert result.plan.visit_by_id["INSULIN/1"].staff_id != "nursing-1"
    assert result.plan.visit_by_id["INSULIN/2"].staff_id == "nursing-1"
    assert (result.plan.costs.new_faces, result.plan.costs.strangers) == (100_000, 150_000)
    assert result.kpi_values["overall"]["new_face_visits"] == 1


@given(st.data())
def test_teams_are_of_those_who_may_come_and_no_larger_than_the_visits(data: st.DataObject):
    slots = st.sampled_from(("07:00-08:00", "08:00-12:00", "09:00-09:00", "17:00-18:30"))
    asked = tuple(
        request(
            f"R{k}",
            data.draw(st.sampled_from(("nursing", "care"))),
            data.draw(slots),
            person_id=data.draw(st.sampled_from(("P", "Q"))),
            staff_needed=data.draw(st.integers(1, 2)),
            latest_date=FRIDAY,
            visits=data.draw(st.integers(1, 3)),
        )
        for k in range(data.draw(st.integers(1, 4)))
    )
    made = Case(asked, members=team(3, ("nursing", "care"))).scenario()
    worked = data.draw(st.sets(st.sampled_from(made.shifts)))
    made = replace(made, shifts=tuple(s for s in made.shifts if s in worked))
    chosen = coordination.choose_teams(made)
    assert chosen == coordination.choose_teams(made)
    for of in chosen:
        visits = sum(
            r.visits * r.staff_needed for r in asked if (r.person_id, r.service) == (of.person_id, of.service)
        )
        assert 0 < len(set(of.staff_ids)) == len(of.staff_ids) <= visits
        assert all(made.staff_by_id[name].service == of.service for name in of.staff_ids)
        assert set(of.staff_ids) <= {s.staff_id for s in made.shifts}
