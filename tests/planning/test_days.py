"""Whole days and nights: nothing to plan, nobody to plan with, slow hours, clock changes, lateness, weeks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from tests.planning.builders import plan, policy, reasons, served
from tests.routing.builders import MONDAY, clock, household, request, scenario, shift, staff, stretch
from visitplan import checking
from visitplan.domain.expansion import expand
from visitplan.domain.people import FamilyTime, History
from visitplan.domain.period import Period
from visitplan.domain.plan import Reason
from visitplan.domain.requests import Family, Pin
from visitplan.planning import travel_source
from visitplan.routing import unassigned_cost

TUESDAY = MONDAY + dt.timedelta(days=1)
AUTUMN = dt.date(2027, 10, 31)
SPRING = dt.date(2027, 3, 28)
HOME = household("H1", 5)


def one_visit(minutes: int = 30, window: str = "08:00-16:00", hours: str = "08:00-16:00", **given):
    """Give one visit to H1, and one carer at work in these hours."""
    wish = request("R1", "H1", minutes, window, **given.pop("asks", {}))
    return scenario([wish], [HOME], [staff("C1", **given.pop("carer", {}))], [shift("C1", hours)], **given)


@pytest.mark.parametrize("engine", ["greedy", "ortools"])
@pytest.mark.parametrize("coordinate", [True, False])
def test_without_requests_the_plan_is_empty(engine, coordinate):
    made = scenario([], [HOME], [staff("C1")], [shift("C1")])
    result = plan(made, engine=engine, coordinate=coordinate, time_limit=None, iterations=1)
    assert (result.plan.runs, result.plan.unassigned, result.plan.costs.total) == ((), (), 0)


@pytest.mark.parametrize("engine", ["greedy", "ortools"])
@pytest.mark.parametrize("members", [[], [staff("C1")]])
def test_without_shifts_everything_is_unassigned_and_priced(engine, members):
    made = scenario([request("R1", "H1"), request("R2", "H1")], [HOME], members, [])
    result = plan(made, engine=engine, time_limit=None, iterations=1)
    reason = Reason.NO_SHIFT if members else Reason.NO_STAFF
    assert reasons(result) == {"R1": reason, "R2": reason}
    everybody = (made.request_by_id[visit.request_id] for visit in expand(made).visits)
    assert result.plan.costs.total == sum(unassigned_cost(made, r) for r in everybody)


def test_the_cost_of_one_visit_adds_up_by_hand():
    made = one_visit(
        history=(History("P-H1", "C9", 4),),
        policy=policy(costs={"shift_use_pence": 200, "hourly_pence": 1800, "labour_percent": 10}),
    )
    costs = plan(made).plan.costs
    (run,) = plan(made).plan.runs
    assert costs.labour == 30 * 60 * 50  # a tenth of 18 pounds an hour is 0.05 pence a second
    assert costs.shifts == 200_000
    assert costs.strangers == 150_000
    assert costs.travel_time == run.travel_s * 350  # 12.60 an hour is 0.35 pence a second
    assert costs.mileage == run.metres * 28  # 45 pence a mile
    assert (costs.door_knocks, costs.days) == (300_000, 300_000)  # nobody is asked to be at home
    parts = costs.labour + costs.shifts + costs.strangers + costs.travel_time + costs.mileage
    parts += costs.door_knocks + costs.days
    assert costs.total == parts


def test_slow_hours_of_the_policy_lengthen_the_legs_and_not_what_they_cost():
    fast = plan(one_visit(window="10:00-10:00")).plan
    factors = {"factors": [{"start": "09:00", "factor": 2}]}
    slow = plan(one_visit(window="10:00-10:00", policy=policy(travel=factors))).plan
    assert slow.runs[0].travel_s == 2 * fast.runs[0].travel_s
    assert slow.runs[0].depart < fast.runs[0].depart
    assert replace(slow.costs, waiting=0) == fast.costs


def night(day: dt.date, hours: str, minutes: int):
    """Give one long visit just after midnight, and a carer at work in these hours."""
    period = Period(day, day)
    wish = request("R1", "H1", minutes, "00:00-01:00", earliest_date=day, latest_date=day)
    work = shift("C1", hours, day=day, period=period)
    return scenario([wish], [HOME], [staff("C1")], [work], period=period)


def test_the_night_on_which_the_clocks_go_back_has_an_hour_more():
    long_visit = 4 * 60 + 20
    assert reasons(plan(night(MONDAY, "00:00-04:00", long_visit))).keys() == {"R1"}
    result = plan(night(AUTUMN, "00:00-04:00", long_visit))
    assert served(result).keys() == {"R1"}
    (visit,) = result.plan.visits
    assert visit.end - visit.start == long_visit * 60
    assert result.plan.period.clock(visit.end) < "04:00"


def test_the_night_on_which_the_clocks_go_forward_has_an_hour_less():
    assert served(plan(night(MONDAY, "00:00-04:00", 3 * 60 + 20))).keys() == {"R1"}
    assert reasons(plan(night(SPRING, "00:00-04:00", 3 * 60 + 20))).keys() == {"R1"}


def test_a_shift_may_run_past_midnight_of_the_last_day():
    result = plan(one_visit(window="23:30-23:50", hours="22:00-02:00", minutes=60))
    assert served(result)["R1"] >= "23:30"
    assert result.plan.runs[0].finish > result.plan.period.length


def late_carer(**limits):
    return one_visit(window="09:00-09:10", hours="09:30-16:00", policy=policy(limits=limits))


def test_a_start_past_the_window_is_allowed_as_far_as_the_policy_says_and_costs():
    assert reasons(plan(late_carer())) == {"R1": Reason.NO_SHIFT}
    assert reasons(plan(late_carer(max_late_min=15))).keys() == {"R1"}
    result = plan(late_carer(max_late_min=60))
    (visit,) = result.plan.visits
    late = visit.start - result.plan.period.tick(MONDAY, clock("09:10"))
    assert 20 * 60 <= late <= 60 * 60
    assert result.plan.costs.late == late * 167  # 10 pence a minute, rounded to millipence a second


def test_a_time_critical_visit_is_never_late():
    made = late_carer(max_late_min=60)
    critical = replace(made.requests[0], time_critical=True)
    result = plan(replace(made, requests=(critical,)))
    assert reasons(result).keys() == {"R1"}
    assert result.plan.costs.unassigned == 2 * 100_000 * 1000


@pytest.mark.parametrize("asks", [{"preferred_start": "16:30"}, {"preferred_end": "07:00"}])
def test_a_time_preferred_outside_the_window_is_come_to_as_near_as_may_be(asks):
    wish = {name: clock(time) for name, time in asks.items()}
    result = plan(one_visit(window="08:00-12:00", asks=wish))
    expected = "12:00" if "preferred_start" in asks else "08:06"
    assert served(result)["R1"] <= expected
    assert bool(result.plan.costs.early) == ("preferred_start" in asks)
    assert bool(result.plan.costs.late) == ("preferred_end" in asks)


def test_preferred_times_that_the_spring_change_swallows_can_be_planned():
    made = night(SPRING, "00:00-08:00", 30)
    wish = replace(
        made.requests[0],
        window_end=clock("05:00"),
        preferred_start=clock("01:45"),
        preferred_end=clock("02:15"),
    )
    assert served(plan(replace(made, requests=(wish,))))["R1"] == "02:45"


def two_days(carer=None, **asks):
    period = Period(MONDAY, TUESDAY)
    wish = request("R1", "H1", 90, **{"visits": 2, "latest_date": TUESDAY, **asks})
    member = staff("C1", **(carer or {}))
    work = [shift("C1", day=day, period=period) for day in (MONDAY, TUESDAY)]
    return scenario([wish], [HOME], [member], work, period=period)


def test_two_visits_fall_on_two_days():
    result = plan(two_days())
    assert [result.plan.period.date(v.start) for v in result.plan.visits] == [MONDAY, TUESDAY]


def test_a_visit_that_lateness_carries_past_midnight_still_counts_for_its_own_day():
    made = two_days(window="21:00-23:59", visits=1, daily=True)
    period, policy_late = made.period, policy(limits={"max_late_min": 90})
    work = (
        shift("C1", "23:58-04:00", day=MONDAY, period=period),
        shift("C1", "20:00-04:00", day=TUESDAY, period=period),
    )
    result = plan(replace(made, shifts=work, policy=policy_late))
    assert [period.date(v.start) for v in result.plan.visits] == [TUESDAY, TUESDAY]
    assert check(result) == []


def test_week_hours_hold_over_all_days():
    result = plan(two_days(carer={"max_week_s": 2 * 3600}))
    assert len(result.plan.visits) == 1
    assert reasons(result).keys() <= {"R1/1", "R1/2"}
    assert sum(run.worked_s for run in result.plan.runs) <= 2 * 3600


def test_days_that_keep_their_distance_leave_the_second_visit_its_own():
    """What is said of a visit that finds no shift on its only day is no contradiction to the checker."""
    wednesday = MONDAY + dt.timedelta(days=2)
    period = Period(MONDAY, wednesday)
    wish = request("R1", "H1", visits=2, latest_date=wednesday, min_days_between=2)
    work = [shift("C1", day=day, period=period) for day in (MONDAY, TUESDAY)]
    made = scenario([wish], [HOME], [staff("C1")], work, period=period)
    result = plan(made)
    assert reasons(result) == {"R1/2": Reason.NO_SHIFT}
    assert check(result) == []


def test_days_without_the_family_leave_no_room_for_a_second_visit():
    period = Period(MONDAY, TUESDAY)
    wish = request("R1", "H1", visits=2, latest_date=TUESDAY, family=Family.REQUIRED)
    made = scenario([wish], [HOME], [staff("C1")], [shift("C1", period=period)], period=period)
    there = FamilyTime("H1", stretch("09:00-11:00", period))
    result = plan(replace(made, family_times=(there,)))
    assert reasons(result) == {"R1/2": Reason.NO_DAY}
    assert check(result) == []


def test_a_pinned_visit_for_which_the_home_is_too_full_is_not_said_to_be_pinned_outside_its_window():
    wishes = [request(name, "H1", 30, "10:00-10:00", priority=k) for k, name in ((1, "R1"), (2, "R2"))]
    pin = Pin("R2", start=stretch("10:00-10:01").start)
    work = [shift("C1"), shift("C2")]
    home = household("H1", 5, max_staff_at_once=1)
    made = scenario(wishes, [home], [staff("C1"), staff("C2")], work, pins=(pin,))
    result = plan(made)
    assert reasons(result) == {"R2": Reason.HOUSEHOLD_FULL}
    assert check(result) == []


def check(result):
    return [f.code for f in checking.check(result.scenario, result.plan, travel_source(result.scenario))]
