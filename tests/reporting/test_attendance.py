"""Attendances: what a family knows as one appointment."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exports.builders import at, joint_visit, nurse_run, plan, scenario, visit
from visitplan.domain.attendance import asks_family, attendances
from visitplan.policy import AppointmentsPolicy, Policy

if TYPE_CHECKING:
    from visitplan.domain.plan import Plan, PlannedVisit


def of(*visits: PlannedVisit) -> Plan:
    return replace(plan(), runs=(replace(nurse_run(), visits=visits),))


def spans(made: Plan, gap_min: int = 15) -> list[tuple[str, str, str]]:
    told = replace(scenario(), policy=Policy(appointments=AppointmentsPolicy(gap_min=gap_min)))
    clock = made.period.clock
    return [(a.attendance_id, clock(a.start), clock(a.end)) for a in attendances(told, made)]


def test_the_market_day_has_one_attendance_in_each_home() -> None:
    first, second = attendances(scenario(), plan())
    assert [v.visit_id for v in first.visits] == ["R1", "R2", "R3"]
    assert (first.staff_ids, first.services) == (("N1", "C1"), ("nursing", "care"))
    assert (first.lead_staff_id, first.with_family, first.joint_visit_ids) == ("N1", True, ("J-H1-1",))
    assert (second.lead_staff_id, second.with_family, second.joint_visit_ids) == ("C1", False, ())


@pytest.mark.parametrize(("gap", "count"), [(14, 2), (15, 1)])
def test_visits_as_far_apart_as_the_gap_are_one_attendance(gap: int, count: int) -> None:
    made = of(visit("R1", 1, "09:00", "09:30"), visit("R3", 2, "09:45", "10:05"))
    assert len(spans(made, gap)) == count


def test_a_long_visit_holds_the_attendance_open_over_a_short_one() -> None:
    made = of(
        visit("R1", 1, "09:00", "10:30"), visit("R3", 2, "09:10", "09:20"), visit("R2", 3, "10:40", "11:00")
    )
    assert spans(made) == [("H1-1", "09:00", "11:00")]


def test_an_attendance_is_never_told_longer_than_policy_says() -> None:
    made = of(
        visit("R1", 1, "09:00", "10:30"), visit("R3", 2, "10:30", "11:00"), visit("R2", 3, "11:10", "11:30")
    )
    assert spans(made) == [("H1-1", "09:00", "11:00"), ("H1-2", "11:10", "11:30")]


def test_a_visit_that_would_make_it_too_long_does_not_cut_a_joint_visit() -> None:
    together = {"joint_visit_id": "J-H1-1"}
    made = of(
        visit("R1", 1, "09:00", "09:30", **together),
        visit("R3", 2, "09:40", "11:30"),
        visit("R2", 3, "10:30", "11:00", **together),
    )
    assert spans(made) == [("H1-1", "09:00", "11:00"), ("H1-2", "09:40", "11:30")]


def test_a_visit_that_is_too_long_by_itself_is_an_attendance_by_itself() -> None:
    made = of(visit("R1", 1, "09:00", "12:00"), visit("R3", 2, "12:05", "12:20"))
    assert spans(made) == [("H1-1", "09:00", "12:00"), ("H1-2", "12:05", "12:20")]


def test_the_visits_of_a_joint_visit_are_one_attendance_however_wide_its_gaps() -> None:
    together = {"joint_visit_id": "J-H1-1"}
    made = of(
        visit("R1", 1, "09:00", "09:30", **together),
        visit("R3", 2, "09:50", "10:00"),
        visit("R2", 3, "10:30", "11:00", **together),
    )
    assert spans(made) == [("H1-1", "09:00", "11:00")]


def test_a_joint_visit_torn_over_two_days_is_two_attendances() -> None:
    together = {"joint_visit_id": "J-H1-1"}
    tomorrow = at("09:00") + 86_400
    late = replace(visit("R2", 2, "09:00", "09:30", **together), start=tomorrow, end=tomorrow + 1800)
    assert [one for one, _, _ in spans(of(visit("R1", 1, "09:00", "09:30", **together), late))] == [
        "H1-1",
        "H1-2",
    ]


def test_an_attendance_may_run_over_midnight() -> None:
    late = replace(visit("R3", 2, "09:00", "09:30"), start=at("23:55") + 600, end=at("23:55") + 1200)
    assert spans(of(replace(visit("R1", 1, "09:00", "09:30"), start=at("23:30"), end=at("23:55")), late)) == [
        ("H1-1", "23:30", "00:15")
    ]


def test_the_lead_of_a_joint_visit_that_is_not_planned_leaves_the_first_to_come() -> None:
    made = replace(
        of(visit("R2", 1, "09:00", "09:30", joint_visit_id="J-H1-1")), joint_visits=(joint_visit(),)
    )
    (only,) = attendances(scenario(), made)
    assert only.lead_staff_id == "C1"


@pytest.mark.parametrize(
    ("name", "start", "end", "asked"),
    [
        ("R1", "11:00", "11:30", True),  # required: they must be there, whatever the hour
        ("R2", "08:30", "09:15", True),  # welcome, and they can
        ("R2", "09:15", "10:00", False),  # welcome, but they have to leave before the end
        ("R3", "08:30", "09:00", False),  # not needed
    ],
)
def test_the_family_is_asked_where_it_must_or_can_be_there(
    name: str, start: str, end: str, asked: bool
) -> None:
    single = visit(name, 1, start, end)
    assert asks_family(scenario(), of(single), single) is asked


def test_the_family_is_asked_for_every_visit_of_a_joint_visit_with_the_family() -> None:
    member = visit("R3", 1, "11:00", "11:20", joint_visit_id="J-H1-1")
    assert asks_family(scenario(), of(member), member)


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 90)), max_size=12), st.integers(0, 60))
def test_every_visit_is_in_one_attendance_which_ends_for_a_gap_or_for_its_length(
    times: list[tuple[int, int]], gap: int
) -> None:
    made = of(
        *(
            replace(visit("R3", k, "09:00", "09:30"), visit_id=f"V{k}", start=60 * m, end=60 * (m + length))
            for k, (m, length) in enumerate(times)
        )
    )
    told = attendances(replace(scenario(), policy=Policy(appointments=AppointmentsPolicy(gap_min=gap))), made)
    assert sorted(v.visit_id for a in told for v in a.visits) == sorted(v.visit_id for v in made.visits)
    for attendance, after in pairwise(told):
        too_long = max(attendance.end, after.visits[0].end) - attendance.start > 120 * 60
        assert too_long or after.start - attendance.end > gap * 60
    assert all(a.end - a.start <= 120 * 60 for a in told)
