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


def shared_tasks(units: Sequence[Unit], tasks: Mapping[str, Task]) -> tuple[tuple[str, str], ...]:
    """Give (person, task) for each task that units name for the same person, and one may do for others."""
    if not any(unit.able for unit in units):  # most sets: nothing to count
        return ()
    asked = Counter(
        (unit.request.person_id, code) for unit in units for code in unit.tasks if tasks[code].shareable
    )
    led = {(unit.request.person_id, code) for unit in units for code in unit.able}
    return tuple(sorted(pair for pair, count in asked.items() if count > 1 and pair in led))


def lead_of(scenario: Scenario, units: Sequence[Unit]) -> Unit:
    """Give the unit whose member of staff leads.

    It is the one with most tasks that it may do for the others; then the one that asks for most skills; then
    the longest; then the first by name of service, and by visit id.
    """
    shared = shared_tasks(units, scenario.task_by_code)

    def rank(unit: Unit) -> tuple[int, int, int, str, str]:
        mine = sum(unit.request.person_id == person and code in unit.able for person, code in shared)
        return (-mine, *lead_rank(unit))

    return min(units, key=rank)


def lead_rank(unit: Unit) -> tuple[int, int, str, str]:
    """Give what orders units that could lead, the first choice first."""
    return -len(unit.request.skills), -unit.duration_s, unit.request.service, unit.unit_id


def told_once(
    scenario: Scenario, units: Sequence[Unit], lead: Unit
) -> tuple[tuple[ToldOnce, ...], tuple[int, ...]]:
    """Give the tasks done once, and the seconds each unit is left with.

    A shared task is done by the lead where the lead may do it for others, else by the first unit, in the
    order given, that may; a unit that others outside rely on for it comes before both, and does it in any
    case. The others are spared it, and become shorter by its minutes down to the least length of a visit.
    """
    tasks: Mapping[str, Task] = scenario.task_by_code
    spared_s = dict.fromkeys((unit.unit_id for unit in units), 0)
    entries = []
    for person, code in shared_tasks(units, tasks):
        asked = [u for u in units if u.request.person_id == person and code in u.tasks]
        able = [u for u in asked if code in u.able]
        does_it = min(able, key=lambda u: (code not in u.carries, u is not lead))
        spared = [u for u in asked if u is not does_it and code not in u.carries]
        for unit in spared:
            spared_s[unit.unit_id] += tasks[code].duration_s
        if spared:
            ids = tuple(visit_id for unit in spared for visit_id in unit.visit_ids)
            entries.append(ToldOnce(code, does_it.unit_id, ids))
    lengths = (shortened(unit.duration_s, spared_s[unit.unit_id], unit.least_s) for unit in units)
    return tuple(entries), tuple(lengths)


def shortened(duration_s: int, seconds: int, least_s: int) -> int:
    """Give the length of a visit that is spared tasks of so many seconds."""
    return max(least_s, duration_s - seconds)
