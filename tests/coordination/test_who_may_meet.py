import pytest

from tests.coordination.builders import MIN, Case, between, home, request, staff, team
from visitplan.coordination import candidates, coordinate, refusals
from visitplan.domain.requests import Family, Joint, Pin
from visitplan.policy import Mode

NURSE, CARER = request("N", family=Family.WELCOME), request("C", "care", family=Family.WELCOME)


def modes(case: Case) -> set[Mode]:
    scenario, demand = case.both()
    return {joint.mode for joint in candidates(scenario, demand)}


def why_not(case: Case) -> str:
    scenario, demand = case.both()
    assert candidates(scenario, demand) == ()
    (pair,) = refusals(scenario, demand, "H")
    return pair.reason


def test_a_nurse_and_a_carer_of_one_home_may_meet_in_both_ways():
    assert modes(Case((NURSE, CARER))) == {Mode.TOGETHER, Mode.BACK_TO_BACK}


def test_who_may_meet_is_not_refused():
    scenario, demand = Case((NURSE, CARER)).both()

    assert refusals(scenario, demand, "H") == ()


def test_two_homes_never_share_a_visit():
    neighbour = request("C", "care", household_id="G", family=Family.WELCOME)

    assert modes(Case((NURSE, neighbour), households=(home(), home("G")))) == set()


def test_two_people_of_one_home_may_share_a_visit():
    dad = request("D", "care", person_id="Q", family=Family.WELCOME)

    assert modes(Case((NURSE, dad))) == {Mode.TOGETHER, Mode.BACK_TO_BACK}


def test_avoid_is_never_joined():
    carer = request("C", "care", joint=Joint.AVOID, family=Family.WELCOME)

    assert why_not(Case((NURSE, carer))) == "C is not to be joined."


def test_one_request_does_not_meet_itself_on_another_day():
    case = Case((request("N", visits=2, latest_date=NURSE.latest_date.replace(day=3)),))

    assert why_not(case) == "Both repeat the same request."


def test_policy_can_switch_coordination_off_for_a_service():
    case = Case((NURSE, CARER), policy={"services": {"care": {"coordination": {"enabled": False}}}})

    assert why_not(case) == "The policy does not coordinate care here."


def test_policy_can_keep_two_services_apart():
    never = {"coordination": {"pairs": [{"services": ["care", "nursing"], "modes": []}]}}

    assert "the policy does not let nursing and care come together" in why_not(
        Case((NURSE, CARER), policy=never)
    )


def test_policy_can_let_two_services_come_only_back_to_back():
    later = {"coordination": {"pairs": [{"services": ["care", "nursing"], "modes": ["back_to_back"]}]}}

    assert modes(Case((NURSE, CARER), policy=later)) == {Mode.BACK_TO_BACK}


def test_an_area_may_let_two_services_meet_that_stay_apart_elsewhere():
    def pair(*modes: str) -> dict[str, object]:
        return {"pairs": [{"services": ["care", "nursing"], "modes": list(modes)}]}

    policy = {"coordination": pair(), "areas": {"south": {"coordination": pair("back_to_back")}}}

    assert modes(Case((NURSE, CARER), policy=policy)) == set()
    assert modes(Case((NURSE, CARER), households=(home(area="south"),), policy=policy)) == {Mode.BACK_TO_BACK}


def test_an_area_may_have_an_order_and_a_largest_gap_of_its_own():
    pair = {"services": ["care", "nursing"], "modes": ["back_to_back"], "order": "care", "max_gap_min": 5}
    policy = {"areas": {"south": {"coordination": {"pairs": [pair]}}}}
    scenario, demand = Case((NURSE, CARER), households=(home(area="south"),), policy=policy).both()
    (joint,) = candidates(scenario, demand)

    assert (joint.visit_ids, joint.max_gap_s) == (("C", "N"), 5 * MIN)


def test_the_largest_gap_of_a_pair_is_its_own():
    pair = {"services": ["care", "nursing"], "max_gap_min": 3}
    scenario, demand = Case((NURSE, CARER), policy={"coordination": {"pairs": [pair]}}).both()
    gaps = {joint.mode: joint.max_gap_s for joint in candidates(scenario, demand)}

    assert gaps == {Mode.TOGETHER: 0, Mode.BACK_TO_BACK: 3 * MIN}


def test_a_home_in_one_area_may_hold_fewer_than_elsewhere():
    policy = {"areas": {"south": {"limits": {"staff_at_once": 1}}}}

    assert modes(Case((NURSE, CARER), households=(home(area="south"),), policy=policy)) == {Mode.BACK_TO_BACK}
    assert modes(Case((NURSE, CARER), policy=policy)) == {Mode.TOGETHER, Mode.BACK_TO_BACK}


def test_a_refusal_names_requests_rules_and_a_sentence_for_each_way_to_meet():
    scenario, demand = Case((NURSE, CARER), policy={"limits": {"staff_at_once": 1}}).both()
    assert refusals(scenario, demand, "H") == ()
    only_together = {"coordination": {"modes": ["together"]}, "limits": {"staff_at_once": 1}}
    (refusal,) = refusals(*Case((NURSE, CARER), policy=only_together).both(), "H")

    assert refusal.request_ids == ("N", "C")
    assert refusal.codes == ("home-too-small", "services-apart")
    assert refusal.reason == (
        "Together: 2 members of staff at once are more than the home's 1. "
        "Back to back: the policy does not let nursing and care come back to back."
    )


def test_the_rules_of_both_services_must_allow_a_meeting():
    strict = {"services": {"care": {"coordination": {"modes": ["together"]}}}}

    assert modes(Case((NURSE, CARER), policy=strict)) == {Mode.TOGETHER}


def test_policy_says_which_service_comes_first():
    order = {
        "coordination": {
            "pairs": [{"services": ["care", "nursing"], "modes": ["back_to_back"], "order": "care"}]
        }
    }
    scenario, demand = Case((NURSE, CARER), policy=order).both()

    assert [joint.visit_ids for joint in candidates(scenario, demand)] == [("C", "N")]


def test_contradicting_orders_leave_only_coming_together():
    def first(service: str) -> dict[str, object]:
        return {"coordination": {"pairs": [{"services": ["care", "nursing"], "order": service}]}}

    case = Case((NURSE, CARER), policy={"services": {"care": first("care"), "nursing": first("nursing")}})

    assert modes(case) == {Mode.TOGETHER}


def test_two_carers_meet_only_where_policy_lets_one_service_meet_itself():
    other = request("D", "care", person_id="Q", family=Family.WELCOME)

    assert modes(Case((CARER, other))) == {Mode.TOGETHER, Mode.BACK_TO_BACK}
    assert modes(Case((CARER, other), policy={"coordination": {"same_service": False}})) == set()


def test_staff_must_be_willing_to_meet_the_other_service():
    loners = (staff("n", "nursing", works_with=frozenset({"therapy"})), staff("c", "care"))

    assert why_not(Case((NURSE, CARER), members=loners)) == "Too few staff who may serve N work with care."


def test_only_staff_with_the_skill_count_as_willing():
    members = (
        staff("n1", "nursing", skills=frozenset({"iv"}), works_with=frozenset({"therapy"})),
        staff("n2", "nursing"),
        staff("c", "care"),
    )
    nurse = request("N", skills=frozenset({"iv"}), family=Family.WELCOME)

    assert "work with care" in why_not(Case((nurse, CARER), members=members))
    assert modes(Case((NURSE, CARER), members=members)) == {Mode.TOGETHER, Mode.BACK_TO_BACK}


def test_nobody_meets_where_nobody_can_serve():
    nurse = request("N", skills=frozenset({"chemo"}))

    assert why_not(Case((nurse, CARER))) == "Too few staff may serve N at all."


def test_one_carer_alone_can_serve_two_people_only_one_after_the_other():
    other = request("D", "care", person_id="Q", family=Family.WELCOME)

    assert modes(Case((CARER, other), members=(staff("c", "care"),))) == {Mode.BACK_TO_BACK}


def test_two_visits_kept_with_one_member_of_staff_cannot_start_together():
    other = request("D", "care", person_id="Q", family=Family.WELCOME)
    pins = (Pin("C", staff_id="care-1"), Pin("D", staff_id="care-1"))

    assert modes(Case((CARER, other), pins=pins)) == {Mode.BACK_TO_BACK}


def test_staff_must_be_at_work_at_the_same_time():
    members = (*team(1, ("care",)),)
    late = request("N", family=Family.WELCOME, window="06:00-07:30")
    early_carer = request("C", "care", family=Family.WELCOME, window="06:00-07:30")
    case = Case((late, early_carer), members=(*members, staff("n", "nursing")), hours="08:00-18:00")

    assert "they cannot come together at any time" in why_not(case)


def test_a_home_that_holds_one_takes_them_one_after_the_other():
    assert modes(Case((NURSE, CARER), households=(home(held=1),))) == {Mode.BACK_TO_BACK}


def test_a_double_handed_call_fills_a_home_that_holds_two():
    double = request("C", "care", staff_needed=2, family=Family.WELCOME)
    scenario, demand = Case((NURSE, double), households=(home(held=2),)).both()
    found = candidates(scenario, demand)

    assert {joint.mode for joint in found} == {Mode.BACK_TO_BACK}
    assert all({"N", "C/a", "C/b"} == set(joint.visit_ids) for joint in found)


def test_an_attendance_may_not_be_too_long():
    long = request("C", "care", duration_s=100 * MIN, family=Family.WELCOME)

    assert modes(Case((NURSE, long))) == {Mode.TOGETHER}
    assert "130 min are longer than the 120 min of one attendance" in why_not(
        Case((NURSE, long), policy={"coordination": {"modes": ["back_to_back"]}})
    )


def test_gaps_never_make_an_attendance_too_long():
    almost = request("C", "care", duration_s=85 * MIN, family=Family.WELCOME)
    scenario, demand = Case((NURSE, almost), policy={"coordination": {"modes": ["back_to_back"]}}).both()
    (joint,) = candidates(scenario, demand)

    assert joint.max_gap_s == 5 * MIN


def test_windows_that_never_come_near_each_other_do_not_meet():
    evening = request("C", "care", "17:00-18:00", family=Family.WELCOME)

    assert why_not(Case((NURSE, evening))) == "Their times never come near each other."


def test_windows_that_touch_within_the_gap_meet_back_to_back_only():
    later = request("C", "care", "12:40-13:00", family=Family.WELCOME)
    scenario, demand = Case((NURSE, later)).both()
    (joint,) = candidates(scenario, demand)

    assert (joint.mode, joint.visit_ids) == (Mode.BACK_TO_BACK, ("N", "C"))
    assert joint.windows.parts == (between("11:55", "12:00"),)


def test_a_required_family_must_be_there_for_the_whole_attendance():
    required = request("N", family=Family.REQUIRED)
    carer = request("C", "care", duration_s=60 * MIN)
    case = Case((required, carer), family=(between("09:00", "09:45"),))

    assert "no family time holds the whole attendance" in why_not(case)


def test_a_required_family_keeps_everybody_inside_its_time():
    required = request("N", family=Family.REQUIRED)
    welcome = request("C", "care", duration_s=60 * MIN, family=Family.WELCOME)
    scenario, demand = Case((required, welcome), family=(between("09:30", "11:00"),)).both()
    together = next(j for j in candidates(scenario, demand) if j.mode is Mode.TOGETHER)

    assert together.with_family
    assert together.windows.parts == (between("09:30", "10:00"),)


def test_a_welcome_family_is_no_condition():
    scenario, demand = Case((NURSE, CARER), family=(between("18:00", "19:00"),)).both()
    tried = Case(
        (request("N", family=Family.WELCOME, joint=Joint.REQUIRE), CARER),
        family=(between("18:00", "19:00"),),
    )
    with_requirement, its_demand = tried.both()

    assert not any(joint.with_family for joint in candidates(scenario, demand))
    assert {joint.with_family for joint in candidates(with_requirement, its_demand)} == {False}


def test_a_visit_that_follows_another_comes_back_to_back_after_it():
    dressing = request("C", "care", after_request="N", min_gap_s=5 * MIN, family=Family.WELCOME)
    scenario, demand = Case((NURSE, dressing)).both()
    (joint,) = candidates(scenario, demand)

    assert (joint.mode, joint.visit_ids) == (Mode.BACK_TO_BACK, ("N", "C"))


def test_a_gap_longer_than_an_attendance_keeps_visits_apart():
    dressing = request("C", "care", "09:00-16:00", after_request="N", min_gap_s=120 * MIN)

    assert "C must follow N" in why_not(Case((NURSE, dressing)))
    assert "which is too long to stay" in why_not(Case((NURSE, dressing)))


def test_what_comes_between_two_visits_keeps_them_apart():
    middle = request("M", "therapy", joint=Joint.AVOID, after_request="N")
    last = request("C", "care", after_request="M", family=Family.WELCOME)
    scenario, demand = Case((NURSE, middle, last)).both()
    reasons = {refusal.visit_ids: refusal.reason for refusal in refusals(scenario, demand, "H")}

    assert reasons["N", "C"].endswith("M must come between them.")


def test_three_services_make_one_joint_visit_of_three():
    therapist = request("T", "therapy", family=Family.WELCOME)
    scenario, demand = Case((NURSE, CARER, therapist)).both()

    assert {len(joint.visit_ids) for joint in candidates(scenario, demand)} == {2, 3}


def test_policy_limits_the_visits_of_a_joint_visit():
    therapist = request("T", "therapy", family=Family.WELCOME)
    scenario, demand = Case((NURSE, CARER, therapist), policy={"coordination": {"max_size": 2}}).both()

    assert {len(joint.visit_ids) for joint in candidates(scenario, demand)} == {2}


def test_of_three_services_two_meet_where_the_third_may_not():
    therapist = request("T", "therapy", joint=Joint.AVOID, family=Family.WELCOME)
    scenario, demand = Case((NURSE, CARER, therapist)).both()

    assert {frozenset(joint.visit_ids) for joint in candidates(scenario, demand)} == {frozenset("NC")}


def test_a_visit_with_no_time_meets_nobody():
    nobody_home = request("N", family=Family.REQUIRED)

    assert why_not(Case((nobody_home, CARER))) == "N has no time at which it may start."


@pytest.mark.parametrize("days", [(0,), (0, 1, 2)])
def test_a_joint_visit_keeps_every_day_on_which_all_may_come(days: tuple[int, ...]):
    last = NURSE.latest_date.replace(day=1 + days[-1])
    nurse = request("N", latest_date=last, family=Family.WELCOME)
    carer = request("C", "care", "10:00-11:00", latest_date=last, family=Family.WELCOME)
    scenario, demand = Case((nurse, carer)).both()
    together = next(j for j in candidates(scenario, demand) if j.mode is Mode.TOGETHER)

    assert together.windows.parts == tuple(between("10:00", "11:00", day) for day in days)


def test_too_many_ways_are_cut_short_and_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("visitplan.coordination.enumeration.MAX_ARRANGEMENTS", 2)
    therapist = request("T", "therapy", family=Family.WELCOME)
    scenario, demand = Case((NURSE, CARER, therapist)).both()

    (finding,) = [f for f in coordinate(scenario, demand).findings if f.code == "COORD-TOO-MANY-WAYS"]

    assert finding.where.subject == "H"


def test_an_unknown_household_has_nothing_to_refuse():
    scenario, demand = Case((NURSE,)).both()

    assert refusals(scenario, demand, "nowhere") == ()
