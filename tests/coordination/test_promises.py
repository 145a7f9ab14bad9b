"""What coordination promises, on random areas."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest

from tests.coordination.areas import random_area
from visitplan.coordination import apply, candidates, coordinate
from visitplan.coordination.timing import Edge, start_sets
from visitplan.domain.demand import Demand, LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Joint
from visitplan.domain.scenario import Scenario

AREAS = range(60)


def both(seed: int) -> tuple[Scenario, Demand, Demand]:
    scenario = random_area(seed, homes=6, most_requests=6, days=3)
    demand = expand(scenario)
    return scenario, demand, coordinate(scenario, demand)


@pytest.mark.parametrize("seed", AREAS)
def test_coordination_keeps_its_promises(seed: int):
    scenario, before, after = both(seed)

    every_visit_is_still_there_and_no_window_grew(before, after)
    no_task_is_lost(scenario, after)
    whoever_is_spared_a_task_comes_when_it_is_done(after)
    no_visit_loses_its_time(scenario, before, after)
    no_visit_is_joined_that_avoids_it(scenario, after)
    a_joint_visit_lies_in_one_home_and_within_its_limits(scenario, after)
    a_required_visit_is_joined_or_named(scenario, after)
    all_of_a_joint_visit_are_served_or_none(after)
    a_home_never_holds_more_than_it_should(scenario, after)
    a_home_never_holds_more_than_it_should(scenario, apply(scenario, before, ()))


def every_visit_is_still_there_and_no_window_grew(before: Demand, after: Demand) -> None:
    covered = {entry.visit_id for entry in after.covered}
    there = [v for v in before.visits if v.visit_id not in covered]
    assert [v.visit_id for v in after.visits] == [v.visit_id for v in there]
    joined = {visit_id for joint in after.joint_visits for visit_id in joint.visit_ids}
    surplus = {f.where.subject for f in after.findings if f.code == "COORD-HOUSEHOLD-LIMIT"}
    spared = {visit_id for told in after.told for visit_id in told.spared_visit_ids}
    for old, new in zip(there, after.visits, strict=True):
        assert new.windows & old.windows == new.windows
        assert 0 < new.duration_s <= old.duration_s
        if new.visit_id in joined - surplus:
            assert new.windows
        if new.visit_id not in joined | surplus | spared:
            assert new == old


def no_task_is_lost(scenario: Scenario, after: Demand) -> None:
    """Every task is done by its own visit, by one for the same person that does it itself, or is fresh."""
    told = [entry for joint in after.joint_visits for entry in joint.told_once] + [*after.told]
    spared = {(visit_id, entry.task) for entry in told for visit_id in entry.spared_visit_ids}
    there = {visit.visit_id: scenario.request_by_id[visit.request_id] for visit in after.visits}
    gone = {entry.visit_id: scenario.request_by_id[entry.request_id] for entry in after.covered}
    for entry in told:
        assert scenario.task_by_code[entry.task].shareable
        if entry.by_visit_id is None:
            assert scenario.task_last_done[entry.person_id, entry.task] == entry.last_date
            continue
        by = there[entry.by_visit_id]
        assert entry.task in by.tasks
        assert (entry.by_visit_id, entry.task) not in spared
        for visit_id in entry.spared_visit_ids:
            other = (there | gone)[visit_id]
            assert entry.task in other.tasks
            assert (other.person_id, other is by) == (by.person_id, False)
    for visit_id, request in gone.items():
        assert request.tasks
        assert all((visit_id, task) in spared for task in request.tasks)


def whoever_is_spared_a_task_comes_when_it_is_done(after: Demand) -> None:
    """A visit that is spared a task starts at the end of the one that does it, or later."""
    by_id = {visit.visit_id: visit for visit in after.visits if visit.windows}
    bound = {(link.first, link.second): link for link in after.links if link.reason is LinkReason.TOLD}
    for (first, _), link in bound.items():
        assert link.lo_s == by_id[first].duration_s
    for told in after.told:
        for visit_id in {*told.spared_visit_ids} & by_id.keys():
            by, spared = by_id.get(told.by_visit_id or ""), by_id[visit_id]
            if by is not None and spared.slot == 1 and (by.visit_id, visit_id) not in bound:
                assert by.windows.latest + by.duration_s <= spared.windows.earliest


def no_visit_loses_its_time(scenario: Scenario, before: Demand, after: Demand) -> None:
    """No household is worse attended than apart, but where company is required: who had a time has one."""
    apart = apply(scenario, before, (), share=False)
    had = {visit.visit_id for visit in apart.visits if visit.windows}
    home = {visit.visit_id: scenario.request_by_id[visit.request_id].household_id for visit in before.visits}
    strict = {r.household_id for r in scenario.requests if r.joint is Joint.REQUIRE}
    lost = {visit.visit_id for visit in after.visits if not visit.windows}
    assert {visit_id for visit_id in lost & had if home[visit_id] not in strict} == set()


def no_visit_is_joined_that_avoids_it(scenario: Scenario, after: Demand) -> None:
    request_of = {v.visit_id: scenario.request_by_id[v.request_id] for v in after.visits}
    joined = [visit_id for joint in after.joint_visits for visit_id in joint.visit_ids]
    assert len(joined) == len(set(joined))
    assert all(request_of[visit_id].joint is not Joint.AVOID for visit_id in joined)


def a_joint_visit_lies_in_one_home_and_within_its_limits(scenario: Scenario, after: Demand) -> None:
    request_of = {v.visit_id: scenario.request_by_id[v.request_id] for v in after.visits}
    for joint in after.joint_visits:
        assert {request_of[v].household_id for v in joint.visit_ids} == {joint.household_id}
        assert len(joint.visit_ids) <= scenario.policy.coordination.max_size
        if joint.with_family:
            family = scenario.family_windows[joint.household_id]
            for visit in after.visits:
                if visit.visit_id in joint.visit_ids and visit.windows:
                    assert visit.windows & family.starts_for(visit.duration_s) == visit.windows


def a_required_visit_is_joined_or_named(scenario: Scenario, after: Demand) -> None:
    joined = {visit_id for joint in after.joint_visits for visit_id in joint.visit_ids}
    named = {f.where.subject for f in after.findings if f.code.startswith("COORD-REQUIRE")}
    possible = {v for joint in candidates(scenario, expand(scenario)) for v in joint.visit_ids}
    for visit in after.visits:
        if scenario.request_by_id[visit.request_id].joint is Joint.REQUIRE and visit.slot == 1:
            assert (visit.visit_id in joined) != (visit.visit_id in named)
    for finding in after.findings:
        if finding.code == "COORD-REQUIRE-NO-PARTNER":
            assert finding.where.subject not in possible


def all_of_a_joint_visit_are_served_or_none(after: Demand) -> None:
    for joint in after.joint_visits:
        assert any(set(joint.visit_ids) <= group for group in after.groups)


def a_home_never_holds_more_than_it_should(scenario: Scenario, demand: Demand) -> None:
    """Take any visits of a home, one more than it holds: they cannot all be under way at a moment."""
    groups = {v: group for group in demand.groups for v in group}
    lost = {v.visit_id for v in demand.visits if not v.windows}
    gone = lost | {v for lone in lost for v in groups.get(lone, ())}
    for household in scenario.households:
        here = [
            v
            for v in demand.visits
            if v.visit_id not in gone
            and scenario.request_by_id[v.request_id].household_id == household.household_id
        ]
        held = scenario.staff_at_once(household.household_id)
        for crowd in combinations(here, held + 1):
            assert not can_all_be_under_way(demand, crowd, groups)


def can_all_be_under_way(demand: Demand, crowd, groups) -> bool:
    """Time the crowd so that all overlap, under every link among them and those served with them."""
    ids = [v.visit_id for v in crowd]
    served = sorted(set(ids) | {other for v in ids for other in groups.get(v, ())})
    at = {visit_id: k for k, visit_id in enumerate(served)}
    by_id = {v.visit_id: v for v in demand.visits}
    edges = [
        Edge(at[link.first], at[link.second], link.lo_s, link.hi_s)
        for link in demand.links
        if link.first in at and link.second in at
    ]
    for one in crowd:
        for two in crowd:
            if one is not two:
                edges.append(Edge(at[one.visit_id], at[two.visit_id], None, one.duration_s - 1))
    if any(not by_id[v].windows for v in served):
        return False
    return bool(start_sets([by_id[v].windows for v in served], edges)[0])


def test_the_promise_about_homes_can_be_broken():
    """Without its turn links, a crowded home would hold too many."""
    scenario, _, after = both(next(seed for seed in AREAS if takes_turns(seed)))
    without = replace(after, links=tuple(t for t in after.links if t.reason is not LinkReason.TURN))

    with pytest.raises(AssertionError):
        a_home_never_holds_more_than_it_should(scenario, without)


def takes_turns(seed: int) -> bool:
    return any(link.reason is LinkReason.TURN for link in both(seed)[2].links)
