"""The samples and a generated day can be served, the days by the quickest plan alone."""

from tests.synthesis.folders import DATA
from visitplan import inputs, planning
from visitplan.synthesis import generate


def test_everything_asked_for_in_crewe_day_can_be_served() -> None:
    scenario = inputs.read(DATA / "crewe-day").scenario
    plan = planning.plan(scenario, engine="greedy", progress=False).plan
    assert [(visit.visit_id, visit.explanation) for visit in plan.unassigned] == []


def test_everything_asked_for_in_macclesfield_week_can_be_served() -> None:
    scenario = inputs.read(DATA / "macclesfield-week").scenario
    plan = planning.plan(scenario, time_limit=None, iterations=1_500, coordinate=False, progress=False).plan
    assert [(visit.visit_id, visit.explanation) for visit in plan.unassigned] == []
    assert sum(len(run.visits) for run in plan.runs) == 840


def test_crewe_day_has_twenty_joint_visits_with_families() -> None:
    scenario = inputs.read(DATA / "crewe-day").scenario
    plan = planning.plan(scenario, engine="greedy", progress=False).plan
    with_family = {joint.household_id for joint in plan.joint_visits if joint.with_family}
    assert len(with_family) >= 20
    met = {joint.household_id for joint in plan.joint_visits}
    assert {"H009", "H010"} <= met  # their requests insist on it
    assert met.isdisjoint({"H016", "H041"})  # theirs refuse


def test_a_generated_day_can_be_served_and_keeps_its_staff_busy() -> None:
    scenario = inputs.read_frames(generate(visits=500, seed=3)).scenario
    plan = planning.plan(scenario, engine="greedy", progress=False).plan
    assert plan.unassigned == ()
    work = sum(visit.end - visit.start for run in plan.runs for visit in run.visits)
    travel = sum(run.travel_s for run in plan.runs)
    paid = sum(
        shift.window.length - (shift.pause.duration_s if shift.pause else 0) for shift in scenario.shifts
    )
    assert 0.6 < (work + travel) / paid < 0.8
