"""Whatever small county is planned, the plan holds, loses nothing, and can be read back as it was."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import visitplan as vp
from tests.properties.drawing import County, counties
from visitplan import checking
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Joint
from visitplan.errors import InputError
from visitplan.planning import travel_source
from visitplan.routing import unassigned_cost


def few(examples: int) -> settings:
    """Ask for so many examples, however slowly a busy machine draws them."""
    return settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(county: County) -> vp.Scenario:
    """Read a county; the few that cannot be planned as they are drawn are drawn again."""
    try:
        return vp.Scenario.from_frames(county.frames, policy=county.policy)
    except InputError:
        assume(False)
        raise


def planned(county: County, *, coordinate: bool = True, engine: str = "greedy") -> vp.PlanResult:
    """Plan in as few steps as there may be; ``plan`` raises where the checker finds an error."""
    return vp.plan(
        read(county), time_limit=None, iterations=2, engine=engine, coordinate=coordinate, progress=False
    )


def assert_accounted_for(county: County, result: vp.PlanResult) -> None:
    rows = (*result.plan.visits, *result.plan.unassigned, *result.plan.covered)
    ids = [row.visit_id for row in rows]
    assert len(ids) == len(set(ids))
    counted = Counter(row.request_id for row in rows)
    assert counted == county.visits_due()


@few(40)
@given(counties(), st.booleans())
def test_the_checker_has_nothing_to_say_of_any_plan_and_no_visit_is_lost(county: County, coordinate: bool):
    result = planned(county, coordinate=coordinate)
    found = checking.check(result.scenario, result.plan, travel_source(result.scenario))
    allowed = set() if coordinate else {"CHECK-JOINT-REQUIRE"}
    assert [finding for finding in found if finding.code not in allowed] == []
    assert_accounted_for(county, result)


@few(40)
@given(counties())
def test_who_avoids_joint_visits_is_in_none_and_who_requires_one_is_in_one_or_unassigned(county: County):
    result = planned(county)
    joined = {visit_id for joint in result.plan.joint_visits for visit_id in joint.visit_ids}
    assert joined <= result.plan.visit_by_id.keys()
    for visit in result.plan.visits:
        wish = result.scenario.request_by_id[visit.request_id].joint
        assert wish is not Joint.AVOID or visit.visit_id not in joined
        assert wish is not Joint.REQUIRE or visit.visit_id in joined


@few(20)
@given(counties())
def test_without_coordination_nothing_is_joined(county: County):
    result = planned(county, coordinate=False)
    assert result.plan.joint_visits == ()
    assert all(visit.joint_visit_id is None for visit in result.plan.visits)


@few(20)
@given(counties())
def test_a_plan_costs_no_more_than_serving_nobody(county: County):
    result = planned(county)
    everybody = expand(result.scenario).visits
    requests = result.scenario.request_by_id
    nobody = sum(unassigned_cost(result.scenario, requests[visit.request_id]) for visit in everybody)
    assert result.plan.costs.total <= nobody


@few(20)
@given(counties(), st.booleans())
def test_a_plan_comes_back_from_its_folder_as_it_was(county: County, coordinate: bool):
    result = planned(county, coordinate=coordinate)
    with tempfile.TemporaryDirectory() as folder:
        result.write(Path(folder) / "plan")
        assert vp.read_plan(Path(folder) / "plan", result.scenario).plan == result.plan


@few(20)
@given(counties())
def test_the_same_seed_and_steps_give_the_same_plan(county: County):
    assert unhurried(planned(county)) == unhurried(planned(county))


@few(12)
@given(counties(), st.booleans(), st.sampled_from(("search", "ortools")))
def test_a_searched_plan_holds_and_repeats_as_well(county: County, coordinate: bool, engine: str):
    one = planned(county, engine=engine, coordinate=coordinate)
    assert_accounted_for(county, one)
    assert unhurried(planned(county, engine=engine, coordinate=coordinate)) == unhurried(one)


def unhurried(result: vp.PlanResult) -> object:
    """Give the plan without what the clock had to do with."""
    provenance = replace(result.plan.provenance, created=None, seconds=0.0)
    return replace(result.plan, provenance=provenance)
