from __future__ import annotations

from dataclasses import replace

import pytest

from tests.coordination.builders import MIN, Case, at, between, codes, home, link, request, visit
from visitplan.coordination import apply, candidates, coordinate, smaller
from visitplan.domain.demand import LinkReason, StaffLink
from visitplan.domain.requests import Family, Joint, Task
from visitplan.policy import Mode

NURSE, CARER = request("N", family=Family.WELCOME), request("C", "care", "09:30-13:00", family=Family.WELCOME)
WEIGHT = Task("weight", 10 * MIN, shareable=True)
BACK_TO_BACK = {"coordination": {"modes": ["back_to_back"]}}


def test_coming_together_means_one_start_and_different_staff():
    demand = coordinate(*Case((NURSE, CARER)).both())
    tie = link(demand, "C", "N")

    assert (tie.lo_s, tie.hi_s, tie.reason, tie.staff) == (0, 0, LinkReason.JOINT, StaffLink.DISTINCT)
    assert demand.groups == (frozenset({"N", "C"}),)


def test_coming_together_leaves_both_their_common_starts():
    demand = coordinate(*Case((NURSE, CARER)).both())

    for name in ("N", "C"):
        assert visit(demand, name).windows.parts == (between("09:30", "12:00"),)


def test_back_to_back_leaves_each_the_starts_that_fit_the_other():
    order = {"coordination": {"modes": ["back_to_back"], "pairs": []}}
    demand = coordinate(*Case((NURSE, replace(CARER, duration_s=60 * MIN)), policy=order).both())
    tie = link(demand, "N", "C")

    assert (tie.lo_s, tie.hi_s, tie.staff) == (30 * MIN, 45 * MIN, StaffLink.ANY)
    assert visit(demand, "N").windows.parts == (between("09:00", "12:00"),)
    assert visit(demand, "C").windows.parts == (between("09:30", "12:45"),)


def test_with_the_family_every_visit_stays_inside_its_time():
    demand = coordinate(*Case((NURSE, CARER), family=(between("10:00", "11:00"),)).both())

    assert demand.joint_visits[0].with_family
    for name in ("N", "C"):
        assert visit(demand, name).windows.parts == (between("10:00", "10:30"),)


def test_a_task_told_once_makes_the_other_visit_shorter():
    nurse, carer = replace(NURSE, tasks=("weight",)), replace(CARER, tasks=("weight",))
    demand = coordinate(*Case((nurse, carer), tasks=(WEIGHT,)).both())

    assert [visit(demand, name).duration_s for name in ("N", "C")] == [20 * MIN, 30 * MIN]


def test_who_follows_a_visit_that_became_shorter_may_come_sooner():
    nurse, carer = replace(NURSE, tasks=("weight",)), replace(CARER, tasks=("weight",))
    after = request(
        "T",
        "therapy",
        "09:00-16:00",
        joint=Joint.AVOID,
        after_request="N",
        min_gap_s=5 * MIN,
        max_gap_s=60 * MIN,
    )
    demand = coordinate(*Case((nurse, carer, after), tasks=(WEIGHT,)).both())
    tie = link(demand, "N", "T")

    assert visit(demand, "N").duration_s == 20 * MIN
    assert (tie.lo_s, tie.hi_s) == (25 * MIN, 80 * MIN)


def test_groups_that_a_joint_visit_ties_become_one():
    double = request("T", "therapy", staff_needed=2, after_request="N")
    demand = coordinate(*Case((NURSE, CARER, double)).both())

    assert demand.groups == (frozenset({"N", "C", "T/a", "T/b"}),)


def test_a_double_handed_call_comes_back_to_back_as_one():
    double = request("C", "care", staff_needed=2, family=Family.WELCOME)
    case = Case((NURSE, double), households=(home(held=2),))
    scenario, demand = case.both()
    joint = next(j for j in candidates(scenario, demand) if j.mode is Mode.BACK_TO_BACK)
    applied = apply(scenario, demand, [joint])

    assert joint.visit_ids == ("N", "C/a", "C/b")
    assert link(applied, "N", "C/a").reason is LinkReason.JOINT
    assert visit(applied, "C/a").windows == visit(applied, "C/b").windows
    assert [f.reason for f in applied.links if f.reason is LinkReason.TURN] == []


def test_without_joint_visits_everything_stays_as_it_was():
    scenario, demand = Case((NURSE, CARER)).both()

    assert apply(scenario, demand, ()) == demand


def test_joint_visits_are_applied_once():
    scenario, demand = Case((NURSE, CARER)).both()
    applied = coordinate(scenario, demand)

    with pytest.raises(ValueError, match="none yet"):
        apply(scenario, applied, ())


def test_joint_visits_may_not_share_a_visit():
    scenario, demand = Case((NURSE, CARER)).both()

    with pytest.raises(ValueError, match="share a visit"):
        apply(scenario, demand, candidates(scenario, demand))


def test_joint_visits_must_be_of_visits_that_are_there():
    scenario, demand = Case((NURSE, CARER)).both()
    joint = replace(candidates(scenario, demand)[0], visit_ids=("C", "X"))

    with pytest.raises(ValueError, match="not there"):
        apply(scenario, demand, [joint])


def test_splitting_is_applying_the_others():
    scenario, demand = Case((NURSE, CARER)).both()
    together = coordinate(scenario, demand)

    assert apply(scenario, demand, together.joint_visits).links == together.links
    assert apply(scenario, demand, ()).visits == demand.visits


def test_of_a_joint_visit_that_cannot_be_served_the_most_is_kept():
    therapist = request("T", "therapy", family=Family.NOT_NEEDED)
    scenario, demand = Case((NURSE, CARER, therapist)).both()
    (whole,) = coordinate(scenario, demand).joint_visits
    less = smaller(scenario, demand, [whole])[whole.joint_visit_id]

    assert set(whole.visit_ids) == {"N", "C", "T"}
    assert less is not None
    assert (set(less.visit_ids), less.joint_visit_id) == ({"N", "C"}, whole.joint_visit_id)


def test_two_who_cannot_start_at_once_may_still_come_back_to_back_and_then_apart():
    scenario, demand = Case((NURSE, CARER)).both()
    (whole,) = coordinate(scenario, demand).joint_visits
    looser = smaller(scenario, demand, [whole])[whole.joint_visit_id]

    assert whole.mode is Mode.TOGETHER
    assert looser is not None
    assert (set(looser.visit_ids), looser.mode) == ({"N", "C"}, Mode.BACK_TO_BACK)
    assert smaller(scenario, demand, [looser]) == {looser.joint_visit_id: None}


def test_what_requires_company_stays_in_the_smaller_joint_visit():
    therapist = request("T", "therapy", joint=Joint.REQUIRE)
    scenario, demand = Case((NURSE, CARER, therapist)).both()
    (whole,) = coordinate(scenario, demand).joint_visits
    less = smaller(scenario, demand, [whole])[whole.joint_visit_id]

    assert less is not None
    assert "T" in less.visit_ids
    assert less.required


def crowd(count: int, window: str = "09:00-12:00", **changes: object) -> tuple[object, ...]:
    return tuple(
        request(f"R{k}", "care", window, person_id=f"P{k}", joint=Joint.AVOID, **changes)
        for k in range(count)
    )


def turns(case: Case) -> list[tuple[str, str]]:
    return [(tie.first, tie.second) for tie in apply(*case.both(), ()).links if tie.reason is LinkReason.TURN]


def test_as_many_as_the_home_holds_need_no_turns():
    assert turns(Case(crowd(3))) == []


def test_one_more_than_the_home_holds_needs_one_turn():
    assert turns(Case(crowd(4))) == [("R0", "R1")]


def test_a_home_that_holds_one_puts_all_in_a_row():
    assert turns(Case(crowd(3), households=(home(held=1),))) == [("R0", "R1"), ("R0", "R2"), ("R1", "R2")]


def test_visits_whose_times_are_apart_need_no_turns():
    early, late = crowd(1, "08:00-09:00"), request("L", window="10:00-11:00")

    assert turns(Case((*early, late), households=(home(held=1),))) == []


def test_who_can_only_come_later_has_the_later_turn():
    early, late = request("Z", window="09:00-09:20"), request("A", window="09:20-12:00")

    assert turns(Case((late, early), households=(home(held=1),))) == [("Z", "A")]


def test_a_visit_that_follows_another_needs_no_turn_with_it():
    after = request("C", "care", after_request="N")

    assert turns(Case((NURSE, after), households=(home(held=1),))) == []


def test_a_double_handed_call_takes_its_turn_as_one():
    double = request("D", "care", staff_needed=2)
    found = turns(Case((double, request("N")), households=(home(held=2),)))

    assert len(found) == 1
    assert "N" in found[0]


def test_a_visit_on_any_day_takes_its_turn_where_it_loses_least():
    days = NURSE.latest_date.replace(day=5)
    weekly = request("W", "therapy", latest_date=days)
    daily = request("D", "care", latest_date=days, daily=True)
    demand = apply(*Case((weekly, daily), households=(home(held=1),)).both(), ())
    firsts = [tie.first for tie in demand.links if tie.reason is LinkReason.TURN]

    assert len(firsts) == 5
    assert codes(demand) == []


def test_a_call_for_more_staff_than_the_home_holds_is_named_and_loses_its_time():
    double = request("D", "care", staff_needed=2)
    demand = apply(*Case((double, request("N")), households=(home(held=1),)).both(), ())

    (finding,) = demand.findings
    assert (finding.code, finding.where.subject) == ("COORD-HOUSEHOLD-LIMIT", "D/b")
    assert not visit(demand, "D/b").windows
    assert visit(demand, "D/a").windows
    assert visit(demand, "N").windows


def test_of_too_many_at_one_time_the_least_urgent_loses_its_time():
    fixed = crowd(3, "09:00-09:00")
    urgent = request("U", window="09:00-09:00", priority=1)
    demand = apply(*Case((urgent, *fixed), households=(home(held=3),)).both(), ())

    assert [f.where.subject for f in demand.findings] == ["R2"]


def test_a_base_that_cannot_be_kept_does_not_stop_turns_from_being_taken():
    first = request("A", window="11:00-12:00")
    impossible = request("B", "care", window="08:00-08:30", after_request="A")
    demand = apply(*Case((first, impossible, request("N")), households=(home(held=1),)).both(), ())

    assert ("A", "N") in [(t.first, t.second) for t in demand.links] or ("N", "A") in [
        (t.first, t.second) for t in demand.links
    ]
    assert at("08:00") == visit(demand, "B").windows.earliest
