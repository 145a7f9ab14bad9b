"""Who is responsible: for a request, for a joint visit, for a visit that is left out, at a border."""

from __future__ import annotations

from dataclasses import replace

from tests.planning.builders import plan, policy
from tests.planning.test_apart import SHARED, border
from tests.routing.builders import family, household, request, scenario, shift, staff
from visitplan.domain.requests import Family


def test_every_planned_visit_names_the_organisation_that_asked_also_where_another_serves_it():
    result = plan(border(policy=SHARED))
    owners = dict(zip(result.roster["visit_id"], result.roster["organisation"], strict=True))
    assert owners == {"R-EAST": "east", "R-WEST": "west"}
    assert set(result.roster["staff_id"]) == {"C-WEST"}
    assert result.kpi_values["overall"]["visits_handed_over"] == 1
    assert result.kpi_values["by_organisation"]["east"]["visits_handed_over"] == 1
    assert result.kpi_values["by_organisation"]["west"]["visits_handed_over"] == 0


def test_every_unassigned_visit_names_the_organisation_that_has_to_act():
    made = border(policy=SHARED)
    result = plan(replace(made, shifts=()))
    owners = dict(zip(result.unassigned["visit_id"], result.unassigned["organisation"], strict=True))
    assert owners == {"R-EAST": "east", "R-WEST": "west"}
    assert all(result.unassigned["change"])


def test_every_joint_visit_has_a_lead_who_comes_also_across_organisations():
    asks = {"family": Family.WELCOME}
    made = scenario(
        [
            request("CARE", "H1", 30, "09:00-12:00", organisation="council", **asks),
            request("NURSE", "H1", 30, "09:00-12:00", service="nursing", organisation="trust", **asks),
        ],
        [household("H1", 5)],
        [staff("C1"), staff("N1", service="nursing", organisation="trust")],
        [shift("C1"), shift("N1")],
        family_times=[family("H1", "10:00-11:30")],
    )
    result = plan(made)
    (joint,) = result.joint_visits.to_dict(orient="records")
    assert joint["lead_visit_id"] in joint["visit_ids"].split(";")
    assert joint["lead_staff_id"] in joint["staff_ids"].split(";")
    (told,) = result.appointments.to_dict(orient="records")
    assert told["lead_staff_id"] == joint["lead_staff_id"]


def test_at_the_border_staff_who_work_in_one_area_only_stay_there_though_the_policy_shares():
    made = border(policy=SHARED)
    settled = replace(made.staff[1], areas=frozenset({"west"}))
    result = plan(replace(made, staff=(made.staff[0], settled)))
    assert dict(zip(result.roster["visit_id"], result.roster["staff_id"], strict=True))["R-EAST"] == "C-EAST"


def test_a_border_household_whose_own_side_is_not_at_work_is_served_from_the_other_side():
    made = border(policy=policy(organisations={"serves": {"west": ["east"]}}))
    own = replace(made, shifts=made.shifts[1:])
    assert not plan(own).plan.unassigned
    (left_out,) = plan(own, coordinate=False).plan.unassigned
    assert (left_out.visit_id, left_out.organisation) == ("R-EAST", "east")
