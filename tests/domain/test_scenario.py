from __future__ import annotations

import datetime as dt
from dataclasses import FrozenInstanceError, replace

import pytest

from tests.coordination.builders import Case, between, home, request, staff
from visitplan.domain.people import FamilyTime, History, Pause, Person, Shift
from visitplan.domain.places import Household, Place
from visitplan.domain.requests import Pin, Task
from visitplan.domain.windows import Window, Windows

SCENARIO = Case((request("R"), request("S", "care"))).scenario()
PLACE = Place("somewhere", 53.0, -2.4)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"requests": (request("R"), request("R"))}, "request ids stand twice"),
        ({"households": (home(), home())}, "household ids stand twice"),
        ({"staff": (*SCENARIO.staff, SCENARIO.staff[0])}, "staff ids stand twice"),
        ({"shifts": (*SCENARIO.shifts, SCENARIO.shifts[0])}, "shift ids stand twice"),
        ({"people": (Person("P", "H"), Person("P", "H"))}, "person ids stand twice"),
        ({"tasks": (Task("t", 60), Task("t", 60))}, "task ids stand twice"),
        ({"pins": (Pin("R", "nursing-1"), Pin("R", start=0))}, "pin ids stand twice"),
        ({"households": (home("G"),)}, "unknown household H"),
        ({"requests": (request("R", after_request="X"),)}, "follows unknown request X"),
        ({"requests": (request("R", preferred_staff=frozenset({"X"})),)}, "unknown staff"),
        ({"requests": (request("R", excluded_staff=frozenset({"X"})),)}, "unknown staff"),
        ({"requests": (request("R", tasks=("x",)),)}, "unknown tasks"),
        ({"staff": SCENARIO.staff[1:]}, "names unknown staff nursing-1"),
        ({"people": (Person("P", "X"),)}, "Person names unknown household X"),
        ({"family_times": (FamilyTime("X", between("09:00", "10:00")),)}, "FamilyTime names unknown"),
    ],
)
def test_a_scenario_that_contradicts_itself_cannot_be_made(changes: dict[str, object], said: str):
    with pytest.raises(ValueError, match=said):
        replace(SCENARIO, **changes)  # type: ignore[arg-type]


def test_all_faults_are_told_at_once():
    with pytest.raises(ValueError, match=r"request ids.*household ids"):
        replace(SCENARIO, requests=(request("R"), request("R")), households=(home(), home()))


def test_a_scenario_does_not_change():
    with pytest.raises(FrozenInstanceError):
        SCENARIO.name = "other"  # type: ignore[misc]


def test_everything_is_found_by_its_id():
    scenario = replace(SCENARIO, tasks=(Task("t", 60),), pins=(Pin("R", "nursing-1"),))

    assert scenario.request_by_id["S"].service == "care"
    assert scenario.household_by_id["H"].area == "north"
    assert scenario.staff_by_id["care-2"].service == "care"
    assert scenario.shift_by_id["care-2@3"].staff_id == "care-2"
    assert scenario.task_by_code["t"].duration_s == 60
    assert scenario.pin_by_visit["R"].staff_id == "nursing-1"


def test_a_person_whom_only_requests_name_has_no_particulars():
    scenario = replace(SCENARIO, people=(Person("Q", "H", child=True),))

    assert scenario.person_by_id["P"] == Person("P", "H")
    assert scenario.person_by_id["Q"].child


def test_family_times_of_a_home_are_one_set():
    times = (FamilyTime("H", between("10:00", "12:00")), FamilyTime("H", between("09:00", "11:00")))
    scenario = replace(SCENARIO, family_times=times)

    assert scenario.family_windows == {"H": Windows((between("09:00", "12:00"),))}


def test_who_visited_before_is_known():
    history = (History("P", "nursing-1", 3), History("P", "care-1", 0), History("P", "care-2", 1))

    assert replace(SCENARIO, history=history).known_staff == {"P": frozenset({"nursing-1", "care-2"})}


def test_a_request_follows_the_rules_of_its_area_and_then_of_its_service():
    policy = {
        "areas": {"north": {"costs": {"late_pence_per_min": 7, "early_pence_per_min": 7}}},
        "services": {"care": {"costs": {"late_pence_per_min": 9}}},
    }
    scenario = Case((request("R"), request("S", "care")), policy=policy).scenario()
    nurse, carer = (scenario.rules_for(r).costs for r in scenario.requests)

    assert (nurse.late_pence_per_min, nurse.early_pence_per_min) == (7, 7)
    assert (carer.late_pence_per_min, carer.early_pence_per_min) == (9, 7)


def test_a_home_holds_what_it_says_and_else_what_its_areas_policy_says():
    policy = {"limits": {"staff_at_once": 4}, "areas": {"south": {"limits": {"staff_at_once": 2}}}}
    homes = (home("H"), home("G", "south"), home("K", "south", held=1))
    scenario = Case((request("R"),), homes, policy=policy).scenario()

    assert [scenario.staff_at_once(name) for name in "HGK"] == [4, 2, 1]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duration_s": 0}, "duration is 0 s"),
        ({"latest_date": dt.date(2026, 5, 1)}, "latest_date lies before"),
        ({"window": "12:00-09:00"}, "window_end lies before"),
        ({"visits": 0}, "visits is 0"),
        ({"min_days_between": 0}, "min_days_between is 0"),
        ({"staff_needed": 0}, "staff_needed is 0"),
        ({"priority": 6}, "priority is 6"),
        ({"weekdays": frozenset({7})}, "weekdays are"),
        ({"after_request": "R"}, "follow itself"),
        ({"min_gap_s": 60, "max_gap_s": 0}, "max_gap is below"),
        (
            {"preferred_staff": frozenset("a"), "excluded_staff": frozenset("a")},
            "both preferred and excluded",
        ),
    ],
)
def test_a_request_that_contradicts_itself_cannot_be_made(changes: dict[str, object], said: str):
    with pytest.raises(ValueError, match=f"request R: .*{said}"):
        request("R", **changes)  # type: ignore[arg-type]


def test_a_request_names_all_its_faults():
    with pytest.raises(ValueError, match="duration is -1 s; visits is 0"):
        request("R", duration_s=-1, visits=0)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Task("t", -1),
        lambda: Pin("R"),
        lambda: Place("x", 91, 0),
        lambda: Place("x", 0, 181),
        lambda: Place("x", 0, 0, access_s=-1),
        lambda: Household("H", "north", PLACE, 0),
        lambda: staff("s", "care", hourly_cost_pence=-1),
        lambda: staff("s", "care", max_week_s=-1),
        lambda: Pause(0, Window(0, 10)),
        lambda: Pause(11, Window(0, 10)),
        lambda: Shift("s", "x", dt.date(2026, 6, 1), Window(0, 10), overtime_max_s=-1),
        lambda: Shift("s", "x", dt.date(2026, 6, 1), Window(5, 10), Pause(2, Window(0, 7))),
    ],
)
def test_what_makes_no_sense_cannot_be_made(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()
