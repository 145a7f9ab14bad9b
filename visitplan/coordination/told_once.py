"""Tasks that several visits of a joint visit were asked for: who leads, who does them, who is spared."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from visitplan.domain.demand import ToldOnce

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visitplan.coordination.units import Unit
    from visitplan.domain.requests import Task
    from visitplan.domain.scenario import Scenario


def shared_tasks(scenario: Scenario, units: Sequence[Unit]) -> tuple[tuple[str, str], ...]:
    """Give (person, task) for each shareable task that two or more units name for the same person."""
    asked = Counter(
        (unit.request.person_id, code)
        for unit in units
        for code in set(unit.request.tasks)
        if scenario.task_by_code[code].shareable
    )
    return tuple(sorted(pair for pair, count in asked.items() if count > 1))


def lead_of(scenario: Scenario, units: Sequence[Unit]) -> Unit:
    """Give the unit whose member of staff leads.

    It is the one with most tasks that others share; then the one that asks for most skills; then the longest;
    then the first by name of service, and by visit id.
    """
    shared = shared_tasks(scenario, units)

    def rank(unit: Unit) -> tuple[int, int, int, str, str]:
        mine = sum(unit.request.person_id == person and code in unit.request.tasks for person, code in shared)
        return (-mine, -len(unit.request.skills), -unit.duration_s, unit.request.service, unit.unit_id)

    return min(units, key=rank)


def told_once(
    scenario: Scenario, units: Sequence[Unit], lead: Unit
) -> tuple[tuple[ToldOnce, ...], tuple[int, ...]]:
    """Give the tasks done once, and the seconds each unit is left with.

    A shared task is done by the lead where the lead was asked for it, else by the first unit, in the order
    given, that was. The others are spared it as long as they keep the least length of a visit.
    """
    tasks: Mapping[str, Task] = scenario.task_by_code
    left = {unit.unit_id: unit.duration_s for unit in units}
    entries = []
    for person, code in shared_tasks(scenario, units):
        asked = [u for u in units if u.request.person_id == person and code in u.request.tasks]
        does_it = lead if lead in asked else asked[0]
        seconds = tasks[code].duration_s
        spared = [u for u in asked if u is not does_it and _stays_long_enough(u, left[u.unit_id] - seconds)]
        for unit in spared:
            left[unit.unit_id] -= seconds
        if spared:
            ids = tuple(visit_id for unit in spared for visit_id in unit.visit_ids)
            entries.append(ToldOnce(code, does_it.unit_id, ids))
    return tuple(entries), tuple(left[unit.unit_id] for unit in units)


def _stays_long_enough(unit: Unit, duration_s: int) -> bool:
    return duration_s >= unit.rules.min_visit_min * 60 and duration_s > 0
