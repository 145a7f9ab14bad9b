"""Joint visits become links, groups, shorter visits and narrower windows."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from visitplan.coordination.sharing import without_repeats
from visitplan.coordination.telling import told_across
from visitplan.coordination.timing import inside_one, joint_edges, start_sets
from visitplan.coordination.told_once import shortened
from visitplan.coordination.turns import take_turns
from visitplan.coordination.units import least_length
from visitplan.domain.demand import Demand, JointVisit, LinkReason, StaffLink, Visit, VisitLink
from visitplan.domain.expansion import merged_groups
from visitplan.domain.windows import Windows
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visitplan.domain.scenario import Scenario


def apply(
    scenario: Scenario,
    demand: Demand,
    joints: Iterable[JointVisit],
    *,
    share: bool = True,
    untold: frozenset[str] = frozenset(),
) -> Demand:
    """Give the demand in which these joint visits take place.

    Tasks that are fresh, or that others do, are not asked again, and visits that others cover do not take
    place. The visits of joint visits become shorter by the tasks others do, may start only when the joint
    visit allows, and are linked and served together or not at all. Then, joint visits or not, turns are taken
    wherever a home could hold more members of staff than it should.

    Parameters
    ----------
    demand
        As :func:`visitplan.domain.expansion.expand` gives it: to split joint visits, apply the others to it.
    joints
        Joint visits over its visits.
    share
        Whether tasks are shared across visits; False, with no joint visits, gives the uncoordinated demand.
    untold
        Visits that do nothing for others outside their joint visit: what they would have done comes back.

    Raises
    ------
    ValueError
        The demand has joint visits already, or the joint visits share a visit or name an unknown one.
    """
    joints = tuple(joints)
    if share:
        demand = without_repeats(scenario, demand, untold, joints)
    _check(demand, joints)
    visits = {visit.visit_id: visit for visit in demand.visits}
    cut = {
        visit_id: _cut_s(scenario, visits[visit_id], s) for visit_id, s in _spared(scenario, joints).items()
    }
    for visit_id, seconds in cut.items():
        visits[visit_id] = replace(visits[visit_id], duration_s=visits[visit_id].duration_s - seconds)
    links = [link.sooner(cut.get(link.first, 0)) for link in demand.links]
    for joint in joints:
        stages = _stages(joint, visits)
        visits |= _narrowed(scenario, joint, stages)
        links += _joint_links(joint, stages)
    together = merged_groups([*demand.groups, *(joint.visit_ids for joint in joints)])
    applied = Demand(
        tuple(visits[visit.visit_id] for visit in demand.visits),
        tuple(links),
        together,
        joints,
        demand.findings,
        demand.told,
        demand.covered,
    )
    return take_turns(scenario, told_across(scenario, applied, untold) if share else applied)


def _check(demand: Demand, joints: Sequence[JointVisit]) -> None:
    if demand.joint_visits or any(
        link.reason in (LinkReason.JOINT, LinkReason.TURN, LinkReason.TOLD) for link in demand.links
    ):
        raise ValueError("joint visits can be applied only to a demand that has none yet")
    named = [visit_id for joint in joints for visit_id in joint.visit_ids]
    if len(named) != len(set(named)):
        raise ValueError("joint visits share a visit")
    unknown = set(named) - {visit.visit_id for visit in demand.visits}
    if unknown:
        raise ValueError(f"joint visits name visits that are not there: {sorted(unknown)[:5]}")


def _spared(scenario: Scenario, joints: Iterable[JointVisit]) -> dict[str, int]:
    """Give the seconds each visit is spared by tasks told once."""
    spared: dict[str, int] = {}
    for joint in joints:
        for entry in joint.told_once:
            for visit_id in entry.spared_visit_ids:
                seconds = scenario.task_by_code[entry.task].duration_s
                spared[visit_id] = spared.get(visit_id, 0) + seconds
    return spared


def _cut_s(scenario: Scenario, visit: Visit, seconds: int) -> int:
    """Give by how many seconds a visit becomes shorter that is spared tasks of so many."""
    request = scenario.request_by_id[visit.request_id]
    least = least_length(request, scenario.rules_for(request).coordination)
    return visit.duration_s - shortened(visit.duration_s, seconds, least)


def _stages(joint: JointVisit, visits: Mapping[str, Visit]) -> list[list[Visit]]:
    """Give the visits of a joint visit in its order, those of one double-handed call side by side."""
    stages: dict[tuple[str, int], list[Visit]] = {}
    for visit_id in joint.visit_ids:
        visit = visits[visit_id]
        stages.setdefault((visit.request_id, visit.occurrence), []).append(visit)
    return list(stages.values())


def _narrowed(scenario: Scenario, joint: JointVisit, stages: Sequence[Sequence[Visit]]) -> dict[str, Visit]:
    """Keep, of each visit's windows, exactly the starts that are part of a timing of the joint visit."""
    windows = [_common(stage) for stage in stages]
    windows[0] &= joint.windows
    durations = [stage[0].duration_s for stage in stages]
    edges = joint_edges(joint.mode, durations, joint.max_gap_s)
    if joint.with_family:
        family = scenario.family_windows.get(joint.household_id, Windows())
        starts = inside_one(family, windows, durations, edges)
    else:
        starts = start_sets(windows, edges)
    return {
        visit.visit_id: replace(visit, windows=allowed)
        for stage, allowed in zip(stages, starts, strict=True)
        for visit in stage
    }


def _common(stage: Sequence[Visit]) -> Windows:
    windows = stage[0].windows
    for visit in stage[1:]:
        windows &= visit.windows
    return windows


def _joint_links(joint: JointVisit, stages: Sequence[Sequence[Visit]]) -> list[VisitLink]:
    if joint.mode is Mode.TOGETHER:
        return [
            VisitLink(one.visit_id, two.visit_id, 0, 0, LinkReason.JOINT, StaffLink.DISTINCT)
            for before, after in combinations(stages, 2)
            for one in before
            for two in after
        ]
    return [
        VisitLink(
            before[0].visit_id,
            after[0].visit_id,
            before[0].duration_s,
            before[0].duration_s + joint.max_gap_s,
            LinkReason.JOINT,
        )
        for before, after in pairwise(stages)
    ]
