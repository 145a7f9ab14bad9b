"""Whoever comes home, calls, or is used to a time of day: the plan holds, and loses nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.properties.drawing import County, counties
from tests.properties.test_planning_properties import few, planned
from visitplan.domain.expansion import expand
from visitplan.policy import parse_policy

if TYPE_CHECKING:
    from tests.properties.drawing import Row

often = st.booleans()


@st.composite
def continued(draw: st.DrawFn) -> County:
    """Draw a county in which people come home, call, and have their usual times."""
    county = draw(counties())
    first, last = county.days[0], county.days[-1]
    people: list[Row] = county.tables["people"]
    for row in people:
        if draw(often):
            clock = draw(st.sampled_from(("08:30", "11:00", "14:15")))
            row["discharge"] = f"{draw(st.sampled_from((first, last)))} {clock}"
    for row in county.tables["requests"]:
        if draw(often):
            row["usual_start"] = draw(st.sampled_from((row["window_start"], "10:40", "23:50")))
        if draw(often):
            row["same_time_min"] = draw(st.sampled_from(("0", "20", "90")))
        if draw(often) and row["visits"] == "1":
            row |= {"priority": "1", "received": f"{row['earliest_date']} {row['window_start']}"}
    rules = county.policy.model_dump()
    rules["coordination"] |= {"introduce_new": draw(often), "known_face": draw(often)}
    rules["costs"]["new_face_pence"] = draw(st.sampled_from((0, 200, 5000)))
    return County(county.tables, county.days, parse_policy(rules))


@few(25)
@given(continued(), st.booleans())
def test_a_plan_of_such_a_county_holds_and_loses_no_visit(county: County, coordinate: bool):
    """Planning raises where the checker, which reads people, calls and history itself, finds an error."""
    result = planned(county, coordinate=coordinate)
    rows = (*result.plan.visits, *result.plan.unassigned, *result.plan.covered)
    assert sorted(row.visit_id for row in rows) == sorted(v.visit_id for v in expand(result.scenario).visits)


@few(15)
@given(continued())
def test_nobody_is_visited_before_they_are_home(county: County):
    result = planned(county)
    home = {person.person_id: person.discharge for person in result.scenario.people}
    assert all(visit.start >= (home.get(visit.person_id) or 0) for visit in result.plan.visits)
