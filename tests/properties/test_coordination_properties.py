"""What coordination promises whatever county it is given, before anybody is routed."""

from __future__ import annotations

from hypothesis import given

from tests.coordination.test_promises import (
    all_of_a_joint_visit_are_served_or_none,
    every_visit_is_still_there_and_no_window_grew,
    no_task_is_lost,
    no_visit_is_joined_that_avoids_it,
    no_visit_loses_its_time,
)
from tests.properties.drawing import County, counties
from tests.properties.test_planning_properties import few, read
from visitplan.coordination import coordinate
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Joint


@few(60)
@given(counties())
def test_coordination_loses_no_visit_no_task_and_no_time(county: County):
    scenario = read(county)
    before = expand(scenario)
    after = coordinate(scenario, before)

    every_visit_is_still_there_and_no_window_grew(before, after)
    no_task_is_lost(scenario, after)
    no_visit_loses_its_time(scenario, before, after)
    no_visit_is_joined_that_avoids_it(scenario, after)
    all_of_a_joint_visit_are_served_or_none(after)


@few(40)
@given(counties())
def test_what_is_required_pinned_or_time_critical_always_takes_place(county: County):
    scenario = read(county)
    after = coordinate(scenario, expand(scenario))

    for covered in after.covered:
        request = scenario.request_by_id[covered.request_id]
        assert request.joint is not Joint.REQUIRE
        assert not request.time_critical
        assert covered.visit_id not in scenario.pin_by_visit
        assert all(scenario.task_by_code[task].shareable for task in request.tasks)
