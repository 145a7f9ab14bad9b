from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.coordination.builders import HOUR, MIN, MONDAY, Case, at, between, link, request, visit
from visitplan.domain.demand import Demand, LinkReason, StaffLink
from visitplan.domain.expansion import expand, merged_groups, occurrences_of, request_days, start_windows
from visitplan.domain.period import DAY, Period
from visitplan.domain.requests import Family, Pin, Request
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Policy

FRIDAY = MONDAY + dt.timedelta(days=4)
SUNDAY = MONDAY + dt.timedelta(days=6)


def demand_of(*requests: Request, **case: object) -> Demand:
    return expand(Case(requests, **case).scenario())  # type: ignore[arg-type]


def ids(demand: Demand) -> list[str]:
    return [visit.visit_id for visit in demand.visits]


def days_of(windows: Windows) -> list[int]:
    return [window.start // DAY for window in windows]


def test_one_request_makes_one_visit_with_its_id():
    demand = demand_of(request("R7"))

    assert ids(demand) == ["R7"]
    assert demand.visits[0].windows.parts == (between("09:00", "12:00"),)
    assert (demand.links, demand.groups) == ((), ())


def test_a_visit_may_fall_on_every_day_of_its_request():
    demand = demand_of(request("R", latest_date=FRIDAY))

    assert days_of(demand.visits[0].windows) == [0, 1, 2, 3, 4]


def test_a_visit_falls_on_its_weekdays_only():
    demand = demand_of(request("R", latest_date=SUNDAY, weekdays=frozenset({1, 3})))

    assert days_of(demand.visits[0].windows) == [1, 3]


def test_days_outside_the_period_do_not_count():
    early = request("R", earliest_date=MONDAY - dt.timedelta(days=3), latest_date=MONDAY)

    assert days_of(demand_of(early).visits[0].windows) == [0]


def test_a_request_with_no_day_in_the_period_makes_a_visit_without_windows():
    gone = replace(request("R"), latest_date=MONDAY, weekdays=frozenset({6}))

    demand = demand_of(gone, replace(gone, request_id="D", daily=True))

    assert ids(demand) == ["R", "D"]
    assert all(not visit.windows for visit in demand.visits)


def test_daily_makes_one_visit_on_each_day():
    demand = demand_of(request("R", latest_date=MONDAY + dt.timedelta(days=2), daily=True))

    assert ids(demand) == ["R/1", "R/2", "R/3"]
    assert [days_of(visit.windows) for visit in demand.visits] == [[0], [1], [2]]
    assert demand.links == ()


def test_daily_visits_that_may_fall_all_day_long_are_not_tied_to_each_other():
    demand = demand_of(request("R", window="00:00-23:59", latest_date=SUNDAY, daily=True))

    assert demand.links == ()


def test_as_many_visits_as_days_are_one_a_day():
    demand = demand_of(request("R", latest_date=MONDAY + dt.timedelta(days=1), visits=2))

    assert [days_of(visit.windows) for visit in demand.visits] == [[0], [1]]
    assert demand.links == ()


def test_visits_beyond_the_days_are_there_without_windows():
    demand = demand_of(request("R", latest_date=MONDAY + dt.timedelta(days=1), visits=3))

    assert [days_of(visit.windows) for visit in demand.visits] == [[0], [1], []]


def test_fewer_visits_than_days_leave_room_for_each_other_and_keep_their_order():
    demand = demand_of(request("R", latest_date=FRIDAY, visits=2))

    assert [days_of(visit.windows) for visit in demand.visits] == [[0, 1, 2, 3], [1, 2, 3, 4]]
    tie = link(demand, "R/1", "R/2")
    assert (tie.lo_s, tie.hi_s, tie.reason) == (4 * HOUR + 1, None, LinkReason.SPACING)


def test_days_between_also_hold_when_the_visit_between_is_left_out():
    demand = demand_of(request("R", latest_date=SUNDAY, visits=3))

    pairs = {(tie.first, tie.second) for tie in demand.links}
    assert pairs == {("R/1", "R/2"), ("R/2", "R/3"), ("R/1", "R/3")}
    assert {tie.lo_s for tie in demand.links} == {4 * HOUR + 1}


def test_visits_with_days_between_keep_to_days_on_which_all_find_room():
    demand = demand_of(request("R", latest_date=SUNDAY, visits=3, min_days_between=2))

    assert [days_of(visit.windows) for visit in demand.visits] == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]


def test_a_visit_for_which_the_days_between_leave_no_room_has_no_windows():
    demand = demand_of(request("R", latest_date=FRIDAY, visits=3, min_days_between=3))

    assert [days_of(visit.windows) for visit in demand.visits] == [[0, 1], [3, 4], []]


def test_the_gap_counts_the_lateness_that_the_policy_allows():
    policy = Policy.model_validate({"limits": {"max_late_min": 30}})
    demand = demand_of(request("R", latest_date=FRIDAY, visits=2), policy=policy)

    assert link(demand, "R/1", "R/2").lo_s == 4 * HOUR + 30 * 60 + 1


def test_repeated_visits_may_be_served_each_without_the_others():
    assert demand_of(request("R", latest_date=FRIDAY, visits=2)).groups == ()


@pytest.mark.parametrize(("days", "window"), [(1, "09:00-12:00"), (2, "08:00-18:00"), (3, "10:00-10:00")])
def test_the_gap_means_days_exactly(days: int, window: str):
    asked = request("R", window=window, latest_date=SUNDAY, visits=2, min_days_between=days)
    demand = demand_of(asked)
    gap = link(demand, "R/1", "R/2").lo_s
    assert gap is not None
    day_starts = demand.visits[0].windows.parts

    for first in day_starts:
        for second in day_starts:
            apart = (second.start - first.start) // DAY
            for one in (first.start, first.end):
                for two in (second.start, second.end):
                    assert (two - one >= gap) == (apart >= days)


def test_a_double_handed_call_makes_lettered_visits_that_start_together():
    demand = demand_of(request("R", staff_needed=3))

    assert ids(demand) == ["R/a", "R/b", "R/c"]
    assert demand.groups == (frozenset({"R/a", "R/b", "R/c"}),)
    assert {(tie.lo_s, tie.hi_s, tie.staff, tie.reason) for tie in demand.links} == {
        (0, 0, StaffLink.DISTINCT, LinkReason.DOUBLE_HANDED)
    }
    assert len(demand.links) == 3


def test_a_repeated_double_handed_call_has_number_and_letter():
    demand = demand_of(request("R", staff_needed=2, daily=True, latest_date=MONDAY + dt.timedelta(days=1)))

    assert ids(demand) == ["R/1a", "R/1b", "R/2a", "R/2b"]
    assert set(demand.groups) == {frozenset({"R/1a", "R/1b"}), frozenset({"R/2a", "R/2b"})}


def test_letters_go_on_after_z():
    assert ids(demand_of(request("R", staff_needed=28)))[25:] == ["R/z", "R/aa", "R/ab"]


def test_a_visit_that_follows_another_counts_from_its_end():
    demand = demand_of(request("A"), request("B", after_request="A", min_gap_s=10 * MIN, max_gap_s=60 * MIN))
    tie = link(demand, "A", "B")

    assert (tie.lo_s, tie.hi_s, tie.reason) == (40 * MIN, 90 * MIN, LinkReason.AFTER)
    assert demand.groups == (frozenset({"A", "B"}),)


def test_a_visit_that_follows_another_at_any_time_has_no_latest_start():
    assert link(demand_of(request("A"), request("B", after_request="A")), "A", "B").hi_s is None


def test_repeated_visits_follow_each_other_one_to_one():
    twice = {"latest_date": FRIDAY, "visits": 2}
    demand = demand_of(request("A", **twice), request("B", after_request="A", **twice))

    pairs = {(tie.first, tie.second) for tie in demand.links if tie.reason is LinkReason.AFTER}
    assert pairs == {("A/1", "B/1"), ("A/2", "B/2")}


def test_all_repeated_visits_follow_an_only_one():
    demand = demand_of(request("A"), request("B", after_request="A", latest_date=FRIDAY, visits=2))

    assert demand.groups == (frozenset({"A", "B/1", "B/2"}),)


def test_a_cut_visit_is_there_but_ties_nothing():
    scenario = Case((request("A"), request("B", after_request="A"))).scenario()
    demand = expand(scenario, cut=frozenset({"B"}))

    assert not visit(demand, "B").windows
    assert visit(demand, "A").windows
    assert (demand.links, demand.groups) == ((), ())


def test_a_pinned_visit_keeps_its_start():
    demand = demand_of(request("R"), pins=(Pin("R", start=at("10:15")),))

    assert demand.visits[0].windows.parts == (Window(at("10:15"), at("10:15")),)


def test_a_visit_pinned_outside_its_window_has_no_time():
    assert not demand_of(request("R"), pins=(Pin("R", start=at("08:00")),)).visits[0].windows


def test_a_visit_pinned_to_staff_only_keeps_its_windows():
    demand = demand_of(request("R"), pins=(Pin("R", staff_id="nursing-1"),))

    assert demand.visits[0].windows.parts == (between("09:00", "12:00"),)


def test_a_pin_holds_one_of_several_visits():
    demand = demand_of(
        request("R", daily=True, latest_date=MONDAY + dt.timedelta(days=1)),
        pins=(Pin("R/2", start=at("11:00", 1)),),
    )

    assert visit(demand, "R/1").windows.parts == (between("09:00", "12:00"),)
    assert visit(demand, "R/2").windows.parts == (between("11:00", "11:00", 1),)


def test_where_the_family_is_required_the_whole_visit_lies_in_its_time():
    demand = demand_of(
        request("R", family=Family.REQUIRED), family=(between("08:00", "10:00"), between("11:50", "13:00"))
    )

    assert demand.visits[0].windows.parts == (between("09:00", "09:30"), between("11:50", "12:00"))


def test_where_the_family_is_required_and_never_there_no_time_is_left():
    assert not demand_of(request("R", family=Family.REQUIRED)).visits[0].windows


def test_a_welcome_family_changes_nothing():
    demand = demand_of(request("R", family=Family.WELCOME), family=(between("15:00", "16:00"),))

    assert demand.visits[0].windows.parts == (between("09:00", "12:00"),)


def test_nothing_starts_before_the_discharge_or_ends_after_its_deadline():
    demand = demand_of(request("R", not_before=at("10:00"), complete_by=at("11:00")))

    assert demand.visits[0].windows.parts == (between("10:00", "10:30"),)


def test_a_deadline_too_close_to_the_discharge_leaves_no_time():
    demand = demand_of(request("R", not_before=at("10:00"), complete_by=at("10:10")))

    assert not demand.visits[0].windows


def test_overlapping_sets_merge_and_single_ones_vanish():
    merged = merged_groups([["a", "b"], ["c"], ["d", "e"], ["b", "f"], ["e", "a"]])

    assert merged == (frozenset({"a", "b", "d", "e", "f"}),)


SPRING = Period(dt.date(2026, 3, 28), dt.date(2026, 3, 30))
AUTUMN = Period(dt.date(2026, 10, 24), dt.date(2026, 10, 26))


def on(period: Period, window: str) -> Windows:
    asked = request("R", window=window, earliest_date=period.first, latest_date=period.last)
    scenario = replace(Case((asked,), members=()).scenario(), period=period)
    return start_windows(scenario, asked, request_days(scenario, asked))


@pytest.mark.parametrize("period", [SPRING, AUTUMN])
def test_windows_mean_local_clock_time_right_across_a_clock_change(period: Period):
    found = on(period, "09:00-12:00")

    assert [(period.clock(w.start), period.clock(w.end)) for w in found] == [("09:00", "12:00")] * 3
    assert [period.date(w.start) for w in found] == list(period.days)


def test_a_window_over_the_skipped_hour_is_shorter():
    assert [w.length for w in on(SPRING, "00:30-03:00")] == [9000, 5400, 9000]


def test_a_window_whose_start_is_skipped_shrinks_to_its_start():
    sunday = on(SPRING, "01:30-02:15").parts[1]

    assert (SPRING.clock(sunday.start), sunday.length) == ("02:30", 0)


def test_a_window_over_the_doubled_hour_is_longer():
    assert [w.length for w in on(AUTUMN, "00:30-03:00")] == [9000, 12600, 9000]


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.booleans(),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_every_request_makes_all_its_visits_on_allowed_days(
    first, last, visits, staff, apart, daily, weekdays
):
    first, last = sorted((first, last))
    asked = request(
        "R",
        earliest_date=MONDAY + dt.timedelta(days=first),
        latest_date=MONDAY + dt.timedelta(days=last),
        visits=visits,
        staff_needed=staff,
        min_days_between=apart,
        daily=daily,
        weekdays=frozenset(weekdays),
    )
    scenario = Case((asked,)).scenario()
    demand = expand(scenario)

    assert len(demand.visits) == occurrences_of(scenario, asked) * staff
    assert {(v.occurrence, v.slot) for v in demand.visits} == {
        (k + 1, slot + 1) for k in range(occurrences_of(scenario, asked)) for slot in range(staff)
    }
    for made in demand.visits:
        assert set(days_of(made.windows)) <= {day for day in range(first, last + 1) if day in weekdays}


def test_the_visits_of_a_scenario_are_made_once_for_each_cut() -> None:
    scenario = Case((request("R1"), request("R2"))).scenario()
    assert expand(scenario) is expand(scenario)
    without = expand(scenario, cut=frozenset({"R2"}))
    assert [bool(visit.windows) for visit in without.visits] == [True, False]
    assert all(visit.windows for visit in expand(scenario).visits)
    assert expand(replace(scenario)) is not expand(scenario)
