"""Tasks told once across the period: what is fresh, who covers whom, and what comes back."""

import datetime as dt
from dataclasses import replace

import pytest

from tests.coordination.builders import MIN, MONDAY, Case, codes, link, request, staff, visit
from visitplan.coordination import apply, coordinate, refusals
from visitplan.domain.demand import Demand, LinkReason, Told
from visitplan.domain.people import History
from visitplan.domain.requests import Joint, Pin, Request, Task

WEIGHT = Task("weight", 5 * MIN, shareable=True)
FALLS = Task("falls", 10 * MIN, shareable=True)
WOUND = Task("wound", 20 * MIN)
TASKS = (WEIGHT, FALLS, WOUND)
NURSE = request("N", tasks=("wound", "weight"), joint=Joint.AVOID)


def on(day: int) -> dict[str, dt.date]:
    date = MONDAY + dt.timedelta(days=day)
    return {"earliest_date": date, "latest_date": date}


def carer(*tasks: str, day: int = 2, **changes: object) -> Request:
    given = {"duration_s": 45 * MIN, "joint": Joint.AVOID, **on(day), **changes}
    return request("C", "care", tasks=tasks, **given)  # type: ignore[arg-type]


def planned(*requests: Request, untold: frozenset[str] = frozenset(), **case: object) -> Demand:
    scenario, demand = Case(requests, tasks=TASKS, **case).both()  # type: ignore[arg-type]
    return apply(scenario, demand, (), untold=untold)


def fresh(**days: int) -> dict[str, object]:
    return {"coordination": {"fresh_days": days}}


def weighed(day: int) -> History:
    return History("P", "nursing-1", 0, MONDAY + dt.timedelta(days=day), task="weight")


def test_who_comes_first_weighs_for_who_comes_later():
    demand = planned(NURSE, carer("weight"))

    assert demand.told == (Told("weight", "P", "N", ("C",)),)
    assert visit(demand, "C").duration_s == 40 * MIN
    assert visit(demand, "N").duration_s == 30 * MIN
    assert demand.links == ()


def test_where_either_could_come_first_the_lead_is_put_first():
    week = {"latest_date": MONDAY + dt.timedelta(days=4)}
    demand = planned(
        replace(NURSE, skills=frozenset({"iv"}), **week),
        carer("weight", day=0, **week),
        members=(staff("n", "nursing", skills=frozenset({"iv"})), staff("c", "care")),
    )
    tie = link(demand, "N", "C")

    assert demand.told == (Told("weight", "P", "N", ("C",)),)
    assert (tie.lo_s, tie.hi_s, tie.reason) == (30 * MIN, None, LinkReason.TOLD)
    assert demand.groups == ()


def test_who_is_spared_one_task_ends_another_before_whom_it_does_it_for():
    """Spared the falls check, the nurse ends sooner; the carer comes after that, and not before."""
    week = {"latest_date": MONDAY + dt.timedelta(days=4)}
    later = {"earliest_date": MONDAY + dt.timedelta(days=1), **week}
    demand = planned(
        request("T", "therapy", tasks=("falls",), joint=Joint.AVOID, duration_s=45 * MIN, **on(0)),
        replace(NURSE, tasks=("falls", "weight", "wound"), skills=frozenset({"iv"}), **later),
        carer("weight", day=1, **week),
        members=(
            staff("n", "nursing", skills=frozenset({"iv"})),
            staff("c", "care"),
            staff("t", "therapy", skills=frozenset({"iv"})),
        ),
    )

    assert {(told.task, told.by_visit_id, told.spared_visit_ids) for told in demand.told} == {
        ("falls", "T", ("N",)),
        ("weight", "N", ("C",)),
    }
    assert link(demand, "N", "C").lo_s == visit(demand, "N").duration_s == 20 * MIN


def test_a_task_of_another_person_is_asked_again():
    assert planned(NURSE, carer("weight", person_id="Q")).told == ()


def test_a_task_that_is_not_shareable_is_asked_again():
    assert planned(NURSE, carer("wound")).told == ()


def test_a_task_stays_fresh_as_long_as_policy_says():
    assert planned(NURSE, carer("weight", day=2), policy=fresh(weight=2)).told != ()
    assert planned(NURSE, carer("weight", day=3), policy=fresh(weight=2)).told == ()
    assert planned(NURSE, carer("weight", day=0), policy=fresh(weight=0)).told != ()


def test_who_asks_for_a_task_every_day_has_it_every_day():
    week = {"latest_date": MONDAY + dt.timedelta(days=2), "duration_s": 25 * MIN}
    daily = carer("weight", day=0, daily=True, **week)
    demand = planned(NURSE, daily)

    assert demand.told == (Told("weight", "P", "N", ("C/1",)),)
    assert [visit(demand, f"C/{k}").duration_s for k in (1, 2, 3)] == [20 * MIN, 25 * MIN, 25 * MIN]


def test_a_time_critical_visit_does_its_own_tasks():
    assert planned(NURSE, carer("weight", time_critical=True)).told == ()


def test_a_service_that_is_not_coordinated_does_its_own_tasks():
    off = {"services": {"care": {"coordination": {"enabled": False}}}}

    assert planned(NURSE, carer("weight"), policy=off).told == ()


def test_who_lacks_the_skill_of_a_task_does_it_for_nobody():
    obs = Task("obs", 5 * MIN, shareable=True, skill="obs")
    both = (replace(NURSE, tasks=("obs",)), carer("obs"))
    scenario, demand = Case(both, tasks=(obs,)).both()
    able, its_demand = Case((replace(both[0], skills=frozenset({"obs"})), both[1]), tasks=(obs,)).both()

    assert apply(scenario, demand, ()).told == ()
    assert apply(able, its_demand, ()).told == (Told("obs", "P", "N", ("C",)),)


def test_what_history_says_is_fresh_is_not_asked_again():
    demand = planned(carer("weight", "falls"), history=(weighed(-5),), policy=fresh(weight=7))

    assert demand.told == (Told("weight", "P", None, ("C",), MONDAY - dt.timedelta(days=5)),)
    assert visit(demand, "C").duration_s == 40 * MIN


def test_what_history_says_is_stale_is_asked_again():
    assert planned(carer("weight"), history=(weighed(-6),), policy=fresh(weight=7)).told == ()


def test_history_counts_only_where_policy_says_how_long_a_task_stays_fresh():
    assert planned(carer("weight"), history=(weighed(-1),)).told == ()


def test_a_request_whose_tasks_others_do_is_covered_and_says_so():
    short = carer("weight", duration_s=15 * MIN)
    demand = planned(NURSE, short)

    assert [v.visit_id for v in demand.visits] == ["N"]
    (covered,) = demand.covered
    assert (covered.visit_id, covered.request_id, covered.by_visit_ids) == ("C", "C", ("N",))
    assert covered.explanation == "weight is done in visit N."


def test_a_request_may_be_covered_by_two_others_and_by_history():
    falls = request("T", "therapy", tasks=("falls", "wound"), joint=Joint.AVOID, duration_s=45 * MIN)
    short = carer("weight", "falls", duration_s=20 * MIN)
    (one,) = planned(NURSE, falls, short).covered
    history = {"history": (weighed(-1),), "policy": fresh(weight=7)}
    (other,) = planned(falls, short, **history).covered

    assert one.by_visit_ids == ("N", "T")
    assert other.by_visit_ids == ("T",)
    assert other.explanation == "weight was done on 2026-05-31, falls is done in visit T."


def test_a_request_whose_tasks_are_all_fresh_is_covered_by_history():
    (covered,) = planned(
        carer("weight", duration_s=15 * MIN), history=(weighed(-1),), policy=fresh(weight=7)
    ).covered

    assert covered.by_visit_ids == ()
    assert covered.explanation == "weight was done on 2026-05-31."


def test_a_covered_request_is_refused_to_all_others_of_its_home():
    short = carer("weight", duration_s=15 * MIN, day=0, joint=Joint.ALLOW)
    scenario, demand = Case((replace(NURSE, joint=Joint.ALLOW), short), tasks=TASKS).both()
    (refusal,) = refusals(scenario, demand, "H")

    assert (refusal.request_ids, refusal.codes) == (("N", "C"), ("covered",))
    assert refusal.reason == "C need not take place, as others do all that it was for."


def test_both_members_of_a_double_handed_call_are_covered():
    short = carer("weight", duration_s=15 * MIN, staff_needed=2)

    assert [entry.visit_id for entry in planned(NURSE, short).covered] == ["C/a", "C/b"]


@pytest.mark.parametrize(
    "changes",
    [
        {"tasks": ("weight", "wound")},
        {"tasks": ("weight", "falls")},
        {"tasks": ()},
        {"duration_s": 16 * MIN},
        {"time_critical": True},
        {"joint": Joint.REQUIRE},
        {"after_request": "N"},
        {"earliest_date": MONDAY - dt.timedelta(days=9), "latest_date": MONDAY - dt.timedelta(days=8)},
    ],
    ids=[
        "a clinical task",
        "a task nobody does",
        "no tasks",
        "more than tasks",
        "time-critical",
        "required",
        "tied to another",
        "no time of its own",
    ],
)
def test_nothing_else_is_covered(changes: dict[str, object]):
    short = replace(carer("weight", duration_s=15 * MIN), **changes)

    assert planned(NURSE, short).covered == ()


def test_a_pinned_visit_takes_place():
    short = carer("weight", duration_s=15 * MIN)

    assert planned(NURSE, short, pins=(Pin("C", staff_id="care-1"),)).covered == ()


def test_a_request_is_covered_only_on_days_that_do_for_it():
    short = carer("weight", duration_s=15 * MIN, day=0)
    later = replace(NURSE, **on(3))

    assert planned(later, short).covered == ()
    assert [c.visit_id for c in planned(later, replace(short, **on(4))).covered] == ["C"]
    assert planned(later, replace(short, **on(6)), policy=fresh(weight=2)).covered == ()


def test_of_two_that_could_cover_each_other_the_likelier_lead_stays():
    nurse = replace(NURSE, tasks=("weight",), duration_s=15 * MIN, skills=frozenset({"iv"}))
    members = (staff("n", "nursing", skills=frozenset({"iv"})), staff("c", "care"))
    demand = planned(nurse, carer("weight", duration_s=15 * MIN, day=0), members=members)

    assert [v.visit_id for v in demand.visits] == ["N"]
    assert [c.visit_id for c in demand.covered] == ["C"]


def test_a_covered_request_whose_lead_cannot_be_served_comes_back():
    short = carer("weight", duration_s=15 * MIN)
    assert [v.visit_id for v in planned(NURSE, short).visits] == ["N"]
    again = planned(NURSE, short, untold=frozenset({"N"}))

    assert [v.visit_id for v in again.visits] == ["N", "C"]
    assert (again.covered, again.told) == ((), ())


def test_a_task_whose_lead_cannot_be_served_comes_back():
    demand = planned(NURSE, carer("weight"), untold=frozenset({"N"}))

    assert visit(demand, "C").duration_s == 45 * MIN
    assert demand.told == ()


def test_who_covers_another_keeps_the_task_in_a_joint_visit():
    nurse = replace(NURSE, joint=Joint.ALLOW)
    therapist = request("T", "therapy", tasks=("weight", "falls", "wound"), duration_s=60 * MIN)
    short = carer("weight", duration_s=15 * MIN, day=0, person_id="P")
    scenario, demand = Case((nurse, therapist, short), tasks=TASKS).both()
    done = coordinate(scenario, demand)
    (covered,) = done.covered
    (joint,) = done.joint_visits
    (by,) = covered.by_visit_ids

    assert covered.visit_id == "C"
    assert [entry.by_visit_id for entry in joint.told_once if entry.task == "weight"] == [by]


def test_a_visit_of_a_settled_joint_visit_takes_place():
    nurse, short = replace(NURSE, joint=Joint.ALLOW), carer("weight", duration_s=15 * MIN, day=0)
    busy, its_demand = Case((nurse, replace(short, tasks=(), joint=Joint.ALLOW)), tasks=TASKS).both()
    scenario, demand = Case((nurse, replace(short, joint=Joint.ALLOW)), tasks=TASKS).both()
    (joint,) = coordinate(busy, its_demand).joint_visits

    assert coordinate(scenario, demand).joint_visits == ()
    assert apply(scenario, demand, [joint]).covered == ()


def test_who_is_spared_a_task_in_a_settled_joint_visit_covers_nobody_with_it():
    nurse = replace(NURSE, joint=Joint.ALLOW, tasks=("weight", "wound"))
    therapist = request("T", "therapy", tasks=("weight", "falls", "wound"), duration_s=60 * MIN)
    scenario, demand = Case((nurse, therapist), tasks=TASKS).both()
    (joint,) = coordinate(scenario, demand).joint_visits
    short = carer("weight", duration_s=15 * MIN, day=0)
    more, its_demand = Case((nurse, therapist, short), tasks=TASKS).both()
    (told,) = joint.told_once

    (covered,) = apply(more, its_demand, [joint]).covered
    without = apply(more, its_demand, [joint], untold=frozenset({told.by_visit_id}))

    assert covered.by_visit_ids == (told.by_visit_id,)
    assert without.covered == ()


def test_who_follows_a_visit_that_became_shorter_by_a_told_task_may_come_sooner():
    after = request(
        "T", "therapy", "09:00-16:00", joint=Joint.AVOID, after_request="C", min_gap_s=5 * MIN, **on(2)
    )
    demand = planned(NURSE, carer("weight"), after)

    assert link(demand, "C", "T").lo_s == 45 * MIN


def test_links_that_could_not_hold_are_not_made():
    first = carer("weight", day=0)
    then = replace(NURSE, after_request="C", **on(0))
    demand = planned(first, then)

    assert demand.told == (Told("weight", "P", "C", ("N",)),)
    assert codes(demand) == []


def test_without_sharing_everybody_does_their_own_tasks():
    scenario, demand = Case((NURSE, carer("weight", duration_s=15 * MIN)), tasks=TASKS).both()

    assert apply(scenario, demand, (), share=False) == demand
