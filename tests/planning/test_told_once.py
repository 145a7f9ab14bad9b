"""Whole plans in which tasks are told once: what is written, what is checked, and what comes back."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from tests.planning.builders import family, household, plan, request, scenario, shift, staff
from visitplan import reporting
from visitplan.domain.requests import Joint, Task
from visitplan.domain.scenario import Scenario
from visitplan.exports import plan_files

WEIGH = Task("WEIGH", 600, shareable=True)


def nurse_and_carer(*, nurse_window: str = "09:00-10:00", minutes: int = 15) -> Scenario:
    """Give a nurse who dresses and weighs, and a carer who is to weigh the same person later that day."""
    nursing = request("NURSE", "H1", 40, nurse_window, service="nursing", joint=Joint.AVOID, tasks=("WEIGH",))
    care = request("CARE", "H1", minutes, "12:00-14:00", joint=Joint.AVOID, tasks=("WEIGH",))
    members = [staff("N1", service="nursing"), staff("C1")]
    return scenario(
        [nursing, replace(care, person_id=nursing.person_id)],
        [household("H1", 5)],
        members,
        [shift(member.staff_id) for member in members],
        family_times=[family("H1", "09:00-12:00")],
        tasks=(WEIGH,),
    )


def test_a_covered_request_is_neither_planned_nor_unassigned_and_says_so():
    made = nurse_and_carer()
    result = plan(made)
    (covered,) = result.plan.covered
    figures = reporting.kpis(made, result.plan)["overall"]

    assert [visit.visit_id for visit in result.plan.visits] == ["NURSE"]
    assert result.plan.unassigned == ()
    assert (covered.visit_id, covered.by_visit_ids) == ("CARE", ("NURSE",))
    assert (figures["visits"], figures["visits_covered"], figures["visits_planned_percent"]) == (1, 1, 100.0)


def test_the_summary_counts_what_is_covered():
    assert "1 of 1 visit planned; 1 more need not take place" in plan(nurse_and_carer()).summary()


def test_its_files_name_who_covers_it_and_who_leads(tmp_path):
    made = nurse_and_carer()
    result = plan(made)
    for name, data in plan_files(made, result.plan, reporting.kpis(made, result.plan)).items():
        if name in ("covered.csv", "told_once.csv"):
            (tmp_path / name).write_bytes(data)
    (covered,) = pd.read_csv(tmp_path / "covered.csv").to_dict("records")
    (told,) = pd.read_csv(tmp_path / "told_once.csv").to_dict("records")

    assert (covered["request_id"], covered["covered_by"], covered["lead_staff_ids"]) == (
        "CARE",
        "NURSE",
        "N1",
    )
    assert (told["task"], told["by_visit_id"], told["lead_staff_id"]) == ("WEIGH", "NURSE", "N1")
    assert told["spared_visit_ids"] == "CARE"


def test_a_later_visit_is_shorter_and_stays_later():
    result = plan(nurse_and_carer(nurse_window="11:00-14:00", minutes=30))
    nurse, care = (result.plan.visit_by_id[name] for name in ("NURSE", "CARE"))

    assert (care.end - care.start, care.tasks, nurse.tasks) == (20 * 60, (), ("WEIGH",))
    assert care.start >= nurse.end


def test_a_covered_request_whose_lead_becomes_unassigned_comes_back():
    made = nurse_and_carer()
    nobody = replace(made, staff=made.staff[1:], shifts=made.shifts[1:])
    result = plan(nobody)

    assert [left_out.visit_id for left_out in result.plan.unassigned] == ["NURSE"]
    assert [visit.visit_id for visit in result.plan.visits] == ["CARE"]
    assert (result.plan.covered, result.plan.told) == ((), ())


def test_a_task_comes_back_to_a_visit_whose_lead_becomes_unassigned():
    made = nurse_and_carer(minutes=30)
    nobody = replace(made, staff=made.staff[1:], shifts=made.shifts[1:])
    (care,) = plan(nobody).plan.visits

    assert (care.end - care.start, care.tasks) == (30 * 60, ("WEIGH",))


def test_a_visit_that_is_lost_is_not_told_to_be_spared():
    made = nurse_and_carer(nurse_window="11:00-14:00", minutes=30)
    result = plan(replace(made, staff=made.staff[:1], shifts=made.shifts[:1]))

    assert [left_out.visit_id for left_out in result.plan.unassigned] == ["CARE"]
    assert result.plan.told == ()


@pytest.mark.parametrize("minutes", [15, 30])
def test_without_coordination_everybody_asks_again(minutes: int):
    result = plan(nurse_and_carer(minutes=minutes), coordinate=False)

    assert len(result.plan.visits) == 2
    assert (result.plan.covered, result.plan.told) == ((), ())
