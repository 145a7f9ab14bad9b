"""Coordination on one page: what could be joined, what is joined, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visitplan.coordination.applying import apply
from visitplan.coordination.choose import choose
from visitplan.coordination.enumeration import Homes, all_candidates, best_smaller, joint_visit_id
from visitplan.coordination.refusing import without_partner
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from concurrent.futures import Executor

    from visitplan.coordination.choose import Choice
    from visitplan.coordination.enumeration import Candidate
    from visitplan.coordination.units import Unit
    from visitplan.domain.demand import Demand, JointVisit
    from visitplan.domain.scenario import Scenario


def coordinate(
    scenario: Scenario,
    demand: Demand,
    *,
    seed: int = 1,
    time_limit: float = 10.0,
    workers: int = 1,
    executor: Executor | None = None,
) -> Demand:
    """Give the demand with the joint visits that are worth most, chosen over all households and applied.

    Parameters
    ----------
    demand
        As :func:`visitplan.domain.expansion.expand` gives it.
    seed, workers
        Of the choice; the same input, seed and workers give the same joint visits.
    time_limit
        For the choice, in seconds of one core, about; it is kept in CP-SAT's deterministic seconds.
    executor
        Where areas are chosen for; None for threads of this process. The joint visits are the same.

    Raises
    ------
    ValueError
        The demand has joint visits already.
    """
    homes = Homes.of(scenario, demand)
    candidates, findings = all_candidates(homes)
    choice = choose(homes, candidates, seed=seed, time_limit=time_limit, workers=workers, executor=executor)
    told = [*findings, *_unmet_requirements(homes, candidates, choice), _account(candidates, choice)]
    applied = apply(scenario, demand, numbered(choice.chosen))
    return replace(applied, findings=(*applied.findings, *told))


def candidates(scenario: Scenario, demand: Demand) -> tuple[JointVisit, ...]:
    """Give every joint visit that could be and is worth something, or that a request requires."""
    found, _ = all_candidates(Homes.of(scenario, demand))
    return tuple(candidate.joint for candidate in found)


def smaller(scenario: Scenario, demand: Demand, joints: Iterable[JointVisit]) -> dict[str, JointVisit | None]:
    """Give, by id, what is left of each joint visit that could not be served, at the least loss.

    It has fewer visits, or they come back to back where they were to start at once. It keeps the id, and
    every visit that may only happen in a joint visit. None where nothing is possible or worth anything: then
    its visits are planned apart.

    Parameters
    ----------
    demand
        As :func:`visitplan.domain.expansion.expand` gives it.
    """
    homes = Homes.of(scenario, demand)
    return {joint.joint_visit_id: _smaller(homes, joint) for joint in joints}


def _smaller(homes: Homes, joint: JointVisit) -> JointVisit | None:
    named = set(joint.visit_ids)
    units = tuple(u for u in homes.units.get(joint.household_id, ()) if named & set(u.visit_ids))
    found = best_smaller(homes.setting(joint.household_id), units, joint.mode)
    return None if found is None else replace(found.joint, joint_visit_id=joint.joint_visit_id)


def numbered(chosen: Iterable[Candidate]) -> tuple[JointVisit, ...]:
    """Give the joint visits with their ids: numbered in each household by when they may start."""
    joints = sorted(
        (candidate.joint for candidate in chosen),
        key=lambda joint: (joint.household_id, joint.windows.earliest, joint.windows.latest, joint.visit_ids),
    )
    counts: dict[str, int] = {}
    named = []
    for joint in joints:
        counts[joint.household_id] = counts.get(joint.household_id, 0) + 1
        name = joint_visit_id(joint.household_id, counts[joint.household_id])
        named.append(replace(joint, joint_visit_id=name))
    return tuple(named)


def _unmet_requirements(homes: Homes, candidates: Sequence[Candidate], choice: Choice) -> list[Finding]:
    """Name each unit that may only happen in a joint visit, and is in none."""
    possible = {unit.unit_id for candidate in candidates for unit in candidate.units}
    joined = {unit.unit_id for candidate in choice.chosen for unit in candidate.units}
    needing = [unit for units in homes.units.values() for unit in units if unit.needs_joint]
    return [
        _contested(unit) if unit.unit_id in possible else _no_partner(homes, unit)
        for unit in needing
        if unit.unit_id not in joined
    ]


def _no_partner(homes: Homes, unit: Unit) -> Finding:
    return Finding(
        "COORD-REQUIRE-NO-PARTNER",
        Severity.WARNING,
        Where(subject=unit.unit_id),
        cause=f"Visit {unit.unit_id} requires a joint visit, and no other visit can be joined with it. "
        f"{without_partner(homes, unit)}",
        action="Change what is named, or let it be planned alone: joint=allow.",
    )


def _contested(unit: Unit) -> Finding:
    return Finding(
        "COORD-REQUIRE-LEFT-OVER",
        Severity.WARNING,
        Where(subject=unit.unit_id),
        cause=f"Visit {unit.unit_id} requires a joint visit, and all that it could be joined with "
        "are needed elsewhere or could no longer be timed.",
        action="Let it be planned alone with joint=allow, or widen its window.",
    )


def _account(candidates: Sequence[Candidate], choice: Choice) -> Finding:
    """Say how many joint visits were chosen, and how good the choice is known to be."""
    count = f"{len(choice.chosen)} joint visits were chosen of {len(candidates)} that could be"
    if choice.proved:
        return Finding(
            "COORD-CHOICE-PROVED",
            Severity.NOTE,
            cause=f"{count}; no other choice is worth more.",
            action="Nothing.",
        )
    pounds = (choice.bound_mp - choice.value_mp) / 100_000
    return Finding(
        "COORD-CHOICE-GAP",
        Severity.NOTE,
        cause=f"{count}; within the time limit another choice was not ruled out to be worth "
        f"up to GBP {pounds:.2f} more.",
        action="Give coordination more time if the gap matters.",
    )
