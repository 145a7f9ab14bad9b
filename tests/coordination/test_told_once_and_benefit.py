from dataclasses import replace

from tests.coordination.builders import HOUR, MIN, Case, between, home, request, staff, team
from visitplan.coordination import candidates, coordinate
from visitplan.coordination.alone import FIXED_TIME_S
from visitplan.coordination.arrangement import Arrangement
from visitplan.coordination.benefit import benefit_of, narrowing_mp
from visitplan.coordination.enumeration import Homes
from visitplan.coordination.told_once import lead_of
from visitplan.domain.demand import JointVisit, ToldOnce
from visitplan.domain.people import Person, Staff
from visitplan.domain.requests import Family, Joint, Request, Task
from visitplan.policy import Mode, Policy

WEIGHT = Task("weight", 5 * MIN, shareable=True)
FALLS = Task("falls", 10 * MIN, shareable=True)
WOUND = Task("wound", 10 * MIN)
TASKS = (WEIGHT, FALLS, WOUND)
LEAST_20 = {"coordination": {"min_visit_min": 20}}


def together(*requests: Request, **case: object) -> JointVisit:
    """Give the candidate in which all of them come together."""
    scenario, demand = Case(requests, tasks=TASKS, **case).both()  # type: ignore[arg-type]
    count = sum(r.staff_needed for r in requests)
    (joint,) = (
        j for j in candidates(scenario, demand) if j.mode is Mode.TOGETHER and len(j.visit_ids) == count
    )
    return joint


def nurse(*tasks: str, **changes: object) -> Request:
    return request("N", tasks=tasks, **{"family": Family.WELCOME, **changes})  # type: ignore[arg-type]


def carer(*tasks: str, **changes: object) -> Request:
    return request("C", "care", tasks=tasks, **{"family": Family.WELCOME, **changes})  # type: ignore[arg-type]


def arrangement(mode: Mode, *requests: Request, **case: object) -> Arrangement:
    scenario, demand = Case(requests, tasks=TASKS, **case).both()  # type: ignore[arg-type]
    homes = Homes.of(scenario, demand)
    return Arrangement(homes.setting("H"), homes.units["H"], mode)


def test_a_task_both_were_asked_for_is_done_once():
    joint = together(nurse("weight"), carer("weight", duration_s=20 * MIN))

    assert joint.lead_visit_id == "N"
    assert joint.told_once == (ToldOnce("weight", "N", ("C",)),)
    assert joint.seconds_saved == 5 * MIN


def test_a_task_that_is_not_shareable_is_done_by_both():
    assert together(nurse("wound"), carer("wound")).told_once == ()


def test_a_task_for_another_person_is_not_the_same_task():
    assert together(nurse("weight"), carer("weight", person_id="Q")).told_once == ()


def test_a_visit_becomes_shorter_down_to_the_least_visit_and_no_further():
    short = carer("weight", "falls", "wound", duration_s=30 * MIN)
    nurse_60 = nurse("weight", "falls", duration_s=60 * MIN)
    here = arrangement(Mode.TOGETHER, nurse_60, short, policy=LEAST_20)

    assert {entry.task: entry.spared_visit_ids for entry in here.told_once} == {
        "falls": ("C",),
        "weight": ("C",),
    }
    assert here.durations == (60 * MIN, 20 * MIN)


def test_who_has_the_skill_that_a_task_names_does_it():
    obs = Task("obs", 5 * MIN, shareable=True, skill="obs")
    first, then = nurse("obs"), carer("obs", duration_s=60 * MIN)
    trained = staff("care-x", "care", skills=frozenset({"obs"}))

    def told(*members: Staff, **changes: object) -> tuple[ToldOnce, ...]:
        requests = replace(first, **changes), then
        scenario, demand = Case(requests, tasks=(obs,), members=members).both()
        homes = Homes.of(scenario, demand)
        return Arrangement(homes.setting("H"), homes.units["H"], Mode.TOGETHER).told_once

    skilled = staff("n", "nursing", skills=frozenset({"obs"}))
    assert told(staff("n", "nursing"), staff("c", "care")) == ()
    assert told(staff("n", "nursing"), trained) == (ToldOnce("obs", "C", ("N",)),)
    assert told(skilled, staff("c", "care")) == (ToldOnce("obs", "N", ("C",)),)
    both = (skilled, staff("m", "nursing"), staff("c", "care"))
    assert told(*both) == ()
    assert told(*both, skills=frozenset({"obs"})) == (ToldOnce("obs", "N", ("C",)),)


def test_both_members_of_a_double_handed_call_are_spared():
    joint = together(nurse("weight"), carer("weight", staff_needed=2, duration_s=20 * MIN))

    assert joint.told_once == (ToldOnce("weight", "N", ("C/a", "C/b")),)
    assert joint.seconds_saved == 10 * MIN


def test_a_task_the_lead_was_not_asked_for_is_done_by_the_first_who_was():
    therapist = request("T", "therapy", tasks=("weight", "falls"), family=Family.WELCOME)
    joint = together(nurse("weight"), carer("falls"), therapist)

    assert joint.lead_visit_id == "T"
    assert {entry.by_visit_id for entry in joint.told_once} == {"T"}


def test_who_shares_most_tasks_leads():
    assert (
        together(
            nurse("weight"),
            carer("weight", "falls"),
            request("T", "therapy", tasks=("falls",)),
        ).lead_visit_id
        == "C"
    )


def test_then_who_needs_most_skills_leads():
    scenario, demand = Case((nurse(skills=frozenset({"iv"})), carer(duration_s=60 * MIN))).both()

    assert lead_of(scenario, Homes.of(scenario, demand).units["H"]).unit_id == "N"


def test_then_the_longest_leads_and_then_the_first_by_service():
    assert together(nurse(), carer(duration_s=20 * MIN)).lead_visit_id == "N"
    assert together(nurse(), carer()).lead_visit_id == "C"


def test_coming_together_saves_an_interruption_and_a_knock():
    joint = together(nurse(), carer())

    assert (joint.interruptions_saved, joint.door_knocks_saved) == (1, 1)


def test_coming_back_to_back_saves_an_interruption_only():
    benefit = benefit_of(arrangement(Mode.BACK_TO_BACK, nurse(), carer()))

    assert (benefit.interruptions_saved, benefit.door_knocks_saved) == (1, 0)


def test_who_does_not_need_the_family_saves_it_no_interruption():
    without = carer(family=Family.NOT_NEEDED)

    assert together(nurse(), without).interruptions_saved == 0


def test_outside_the_familys_times_no_interruption_is_saved():
    joint = together(nurse(), carer(joint=Joint.REQUIRE), family=(between("18:00", "19:00"),))

    assert joint.interruptions_saved == 0


def test_the_parts_add_up_by_the_policys_prices():
    benefit = benefit_of(arrangement(Mode.TOGETHER, nurse("weight"), carer("weight", duration_s=20 * MIN)))

    assert benefit.interruptions_mp == 1_500_000
    assert benefit.door_knocks_mp == 300_000
    assert benefit.told_once_mp == 300 * 350
    assert benefit.family_mp == 20 * MIN * 339
    assert benefit.saved_mp == 1_500_000 + 300_000 + 300 * 350 + 20 * MIN * 339
    assert benefit.narrowing_mp == 0
    assert benefit.total_mp == benefit.saved_mp


def test_prices_may_differ_by_area():
    dear = {"areas": {"north": {"coordination": {"interruption_pence": 2000}}}}

    benefit = benefit_of(arrangement(Mode.BACK_TO_BACK, nurse(), carer(), policy=dear))

    assert benefit.interruptions_mp == 2_000_000


def test_two_at_once_keep_the_family_at_home_for_the_longer_of_them_only():
    benefit = benefit_of(arrangement(Mode.TOGETHER, nurse(), carer(duration_s=20 * MIN)))

    assert benefit.family_seconds_saved == 20 * MIN


def test_a_family_that_stays_on_for_somebody_else_pays_for_it():
    other = carer(family=Family.NOT_NEEDED, duration_s=45 * MIN)
    benefit = benefit_of(arrangement(Mode.BACK_TO_BACK, nurse(), other))

    assert benefit.family_seconds_saved == -45 * MIN
    assert benefit.family_mp < 0


def test_a_visit_on_any_day_saves_a_day_where_it_joins_another():
    friday = nurse().latest_date.replace(day=5)
    any_day = carer(latest_date=friday)

    assert benefit_of(arrangement(Mode.TOGETHER, nurse(), any_day)).days_saved == 1
    assert benefit_of(arrangement(Mode.TOGETHER, nurse(), carer())).days_saved == 0


def test_three_visits_on_the_same_two_days_save_one_day():
    tuesday = nurse().latest_date.replace(day=2)
    three = (
        nurse(latest_date=tuesday),
        carer(latest_date=tuesday),
        request("T", "therapy", latest_date=tuesday),
    )

    assert benefit_of(arrangement(Mode.TOGETHER, *three)).days_saved == 1


def test_a_joint_visit_of_a_frequent_user_is_worth_more():
    often = arrangement(Mode.TOGETHER, nurse(), carer(), people=(Person("P", "H", frequent_user=True),))

    assert benefit_of(often).frequent_mp == 2 * 500_000
    assert benefit_of(arrangement(Mode.TOGETHER, nurse(), carer())).frequent_mp == 0


def test_where_not_all_can_be_joined_frequent_users_come_first():
    homes = (home("A"), home("B"))
    window = "09:00-09:00"
    visits = tuple(
        request(f"{service}-{name}", service, window, household_id=name, person_id=name, joint=Joint.ALLOW)
        for name in ("A", "B")
        for service in ("nursing", "care")
    )
    tight = {"coordination": {"load_percent": 25, "overload_pence_per_min": 60}}

    for often in ("A", "B"):
        people = tuple(Person(name, name, frequent_user=name == often) for name in ("A", "B"))
        case = Case(visits, households=homes, people=people, members=team(2), policy=tight)
        assert [j.household_id for j in coordinate(*case.both()).joint_visits] == [often]


def test_room_given_up_is_paid_for():
    here = arrangement(Mode.TOGETHER, nurse(), carer("weight", window_start=nurse().window_end))
    full = FIXED_TIME_S * 350

    assert narrowing_mp(here) == full - full * HOUR // (3 * HOUR + HOUR)


def test_a_joint_visit_that_only_just_fits_is_worth_less():
    wide = together(nurse(), carer())
    narrow = together(nurse(), request("C", "care", "11:55-15:00", family=Family.WELCOME))

    assert narrow.benefit_mp < wide.benefit_mp


def test_preferred_times_that_cannot_both_be_kept_are_paid_for():
    early = nurse(preferred_end=nurse().window_start.replace(minute=30))
    late = carer(preferred_start=nurse().window_start.replace(hour=10))

    benefit = benefit_of(arrangement(Mode.TOGETHER, early, late))

    assert benefit.preference_mp == 30 * MIN * 83


def test_preferred_times_that_meet_cost_nothing():
    early = nurse(preferred_end=nurse().window_start.replace(minute=30))

    assert benefit_of(arrangement(Mode.TOGETHER, early, carer())).preference_mp == 0


def test_back_to_back_the_second_is_on_time_when_it_starts_after_the_first():
    early = nurse(preferred_end=nurse().window_start)
    then = carer(preferred_start=nurse().window_start.replace(minute=30), preferred_end=None)

    assert benefit_of(arrangement(Mode.BACK_TO_BACK, early, then)).preference_mp == 0


def test_a_family_that_is_welcome_would_rather_be_asked_for_an_hour_than_left_out():
    policy = Policy()
    asked = policy.coordination.interruption_pence + policy.coordination.family_hour_pence

    assert policy.costs.family_absent_pence > asked


def test_a_joint_visit_that_keeps_a_family_away_pays_for_it():
    evening = carer(window_end=nurse().window_end.replace(hour=18))  # the family could be at this one alone
    case = {"family": (between("17:00", "18:00"),)}
    alone = arrangement(Mode.TOGETHER, nurse(), evening, **case)
    unwanted = replace(evening, family=Family.NOT_NEEDED)
    price = 3_000_000 - 1_500_000 - 30 * MIN * 339  # absent, but not asked to be in for half an hour

    assert not alone.with_family
    assert benefit_of(alone).preference_mp == price
    assert benefit_of(arrangement(Mode.TOGETHER, nurse(), unwanted, **case)).preference_mp == 0


def test_what_is_worth_nothing_is_no_candidate_unless_it_is_required():
    prices = ("interruption_pence", "door_knock_pence", "family_hour_pence", "day_pence")
    worthless = {"coordination": dict.fromkeys(prices, 0)}
    scenario, demand = Case((nurse(), carer()), policy=worthless).both()
    needed, its_demand = Case((nurse(joint=Joint.REQUIRE), carer()), policy=worthless).both()

    assert candidates(scenario, demand) == ()
    assert {joint.required for joint in candidates(needed, its_demand)} == {True}


def test_a_task_told_once_makes_room_for_an_attendance_that_was_too_long():
    long = nurse("falls", duration_s=60 * MIN)
    other = carer("falls", duration_s=65 * MIN)

    back_to_back = arrangement(Mode.BACK_TO_BACK, long, other, households=(home(),))

    assert back_to_back.attendance_s == 115 * MIN
