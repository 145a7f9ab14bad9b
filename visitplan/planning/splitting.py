"""Wishes that ask for less: joint visits smaller or given up, followers cut, told tasks that come back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan import coordination
from visitplan.domain.demand import Demand, LinkReason
from visitplan.domain.expansion import expand
from visitplan.domain.requests import Joint
from visitplan.domain.windows import Windows
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visitplan.domain.demand import JointVisit
    from visitplan.domain.scenario import Scenario
    from visitplan.planning.attempts import Served, Wish


def without_lone_requires(scenario: Scenario, wish: Wish) -> Wish:
    """Take the windows of visits that must be joint and are not: they wait for their joint visit."""
    if not wish.coordinated:
        return wish
    joined = {visit_id for joint in wish.demand.joint_visits for visit_id in joint.visit_ids}
    alone = frozenset(
        visit.visit_id
        for visit in wish.demand.visits
        if visit.visit_id not in joined and scenario.request_by_id[visit.request_id].joint is Joint.REQUIRE
    )
    visits = tuple(
        replace(visit, windows=Windows()) if visit.visit_id in alone else visit
        for visit in wish.demand.visits
    )
    return replace(wish, demand=replace(wish.demand, visits=visits), alone=alone)


def taken_apart(scenario: Scenario, served: Served) -> Wish | None:
    """Give a wish in which what was lost together is tied less; None where nothing lost is tied.

    Joint visits are made smaller, at the least loss, or given up; where none is lost, visits that follow
    others are given up so that the ones they follow can be served.
    """
    lost, wish = served.unassigned_ids, served.wish
    joints = [joint for joint in wish.demand.joint_visits if not lost.isdisjoint(joint.visit_ids)]
    if joints:
        base = expand(scenario, cut=wish.cut)
        smaller = coordination.smaller(scenario, base, joints)
        told = tuple(_lost(joint, smaller[joint.joint_visit_id]) for joint in joints)
        return _again(scenario, wish, smaller, told)
    followers = {
        link.second
        for link in wish.demand.links
        if link.reason is LinkReason.AFTER and {link.first, link.second} <= lost
    }
    return _again(scenario, replace(wish, cut=wish.cut | followers)) if followers else None


def brought_back(scenario: Scenario, served: Served) -> Wish | None:
    """Give the wish in which what lost visits were to do for others comes back; None: they did nothing."""
    wish = served.wish
    carriers = {entry.by_visit_id for entry in wish.demand.told if entry.by_visit_id is not None}
    lost = (carriers & served.unassigned_ids) - wish.untold
    return _again(scenario, replace(wish, untold=wish.untold | lost)) if lost else None


def split(scenario: Scenario, wish: Wish, dear: Mapping[str, int]) -> Wish:
    """Give the wish without joint visits that cost more than they are worth.

    Parameters
    ----------
    dear
        By joint visit id, the millipence that splitting it saves.
    """
    joints = [joint for joint in wish.demand.joint_visits if joint.joint_visit_id in dear]
    told = tuple(_dear(joint, dear[joint.joint_visit_id]) for joint in joints)
    return _again(scenario, wish, dict.fromkeys(dear), told)


def best_half(scenario: Scenario, wish: Wish) -> Wish | None:
    """Give the wish with half of the joint visits, those worth most, and all that are required.

    None where there are fewer than two to choose from.
    """
    free = [joint for joint in wish.demand.joint_visits if not joint.required]
    free.sort(key=lambda joint: (-joint.worth.saved, joint.joint_visit_id))
    gone = free[-(-len(free) // 2) :]
    return _again(scenario, wish, {joint.joint_visit_id: None for joint in gone}) if gone else None


def uncoordinated(scenario: Scenario, wish: Wish) -> Wish:
    """Give the wish in which nothing is joined or told once, but what a request requires."""
    required = tuple(joint for joint in wish.demand.joint_visits if joint.required)
    demand = coordination.apply(scenario, expand(scenario), required, share=False)
    demand = replace(demand, findings=wish.demand.findings)
    return without_lone_requires(
        scenario, replace(wish, demand=demand, cut=frozenset(), untold=frozenset(), findings=())
    )


def _again(
    scenario: Scenario,
    wish: Wish,
    changed: Mapping[str, JointVisit | None] | None = None,
    told: Sequence[Finding] = (),
) -> Wish:
    """Apply the joint visits of a wish anew, some of them changed or (None) given up."""
    instead = changed or {}
    joints = (instead.get(joint.joint_visit_id, joint) for joint in wish.demand.joint_visits)
    demand = _applied(scenario, wish, (joint for joint in joints if joint is not None))
    demand = replace(demand, findings=wish.demand.findings)
    return without_lone_requires(scenario, replace(wish, demand=demand, findings=(*wish.findings, *told)))


def _applied(scenario: Scenario, wish: Wish, joints: Iterable[JointVisit]) -> Demand:
    base = expand(scenario, cut=wish.cut)
    return coordination.apply(scenario, base, tuple(joints), share=wish.coordinated, untold=wish.untold)


def _lost(joint: JointVisit, smaller: JointVisit | None) -> Finding:
    if smaller is None:
        left = "its visits are planned apart"
    elif set(smaller.visit_ids) == set(joint.visit_ids):
        left = "they come back to back"
    else:
        left = f"{', '.join(smaller.visit_ids)} stay joint"
    return Finding(
        "PLAN-JOINT-SPLIT",
        Severity.NOTE,
        _where(joint),
        cause=f"No room was found to serve {', '.join(joint.visit_ids)} as a joint visit, so {left}.",
        action="Widen the family's times or the visits' windows if they should come together.",
    )


def _dear(joint: JointVisit, saved_mp: int) -> Finding:
    return Finding(
        "PLAN-JOINT-DEAR",
        Severity.NOTE,
        _where(joint),
        cause=f"To serve {', '.join(joint.visit_ids)} as a joint visit costs about GBP "
        f"{saved_mp / 100_000:.2f} more than it is worth by the policy's prices, so its visits are planned "
        "apart.",
        action="Nothing; or raise what coordination is worth in the policy if they should come together.",
    )


def _where(joint: JointVisit) -> Where:
    return Where(subject=f"joint visit {joint.joint_visit_id}, household {joint.household_id}")
