"""The atoms of coordination: one occurrence of a request, with all the members of staff it needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from typing import TYPE_CHECKING

from visitplan.coordination.staffing import Staffing
from visitplan.domain.demand import Visit
from visitplan.domain.period import MINUTE
from visitplan.domain.requests import Family, Joint, Request
from visitplan.domain.windows import Windows
from visitplan.policy import CoordinationPolicy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.domain.demand import Demand, Told
    from visitplan.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Unit:
    """One occurrence of a request: one visit, or the visits of all who come to a double-handed call.

    Attributes
    ----------
    request
        What it was made from.
    visits
        By slot; they start at the same time.
    windows
        Ticks at which all of them may start.
    rules
        The coordination policy that holds for the request.
    tasks
        What it is still to do: its request's tasks, less those that are told already.
    able
        Those of them that it may do for others: shareable, and with the skill that they name.
    carries
        Those of them that others outside its joint visit rely on.
    """

    request: Request
    visits: tuple[Visit, ...]
    windows: Windows
    rules: CoordinationPolicy
    tasks: tuple[str, ...] = ()
    able: frozenset[str] = frozenset()
    carries: frozenset[str] = frozenset()

    @property
    def unit_id(self) -> str:
        """Give the id of its first visit, which stands for the unit."""
        return self.visits[0].visit_id

    @property
    def visit_ids(self) -> tuple[str, ...]:
        """Give the ids of its visits, by slot."""
        return tuple(visit.visit_id for visit in self.visits)

    @property
    def slots(self) -> int:
        """Give how many members of staff it takes."""
        return len(self.visits)

    @property
    def duration_s(self) -> int:
        """Give its length in seconds, before any task is spared within a joint visit."""
        return self.visits[0].duration_s

    @property
    def least_s(self) -> int:
        """Give the seconds below which tasks told once never shorten it."""
        return least_length(self.request, self.rules)

    @property
    def wants_family(self) -> bool:
        """Tell whether the family should be there."""
        return self.request.family is not Family.NOT_NEEDED

    @property
    def needs_joint(self) -> bool:
        """Tell whether it may only happen in a joint visit."""
        return self.request.joint is Joint.REQUIRE


def least_length(request: Request, rules: CoordinationPolicy) -> int:
    """Give the seconds below which tasks told once never shorten a visit of a request."""
    return min(request.duration_s, rules.min_visit_min * MINUTE)


def units_by_household(
    scenario: Scenario, demand: Demand, staffing: Staffing | None = None
) -> dict[str, tuple[Unit, ...]]:
    """Give the units of each household, in the order of the demand's visits."""
    slots: dict[tuple[str, int], list[Visit]] = {}
    for visit in demand.visits:
        slots.setdefault((visit.request_id, visit.occurrence), []).append(visit)
    told = _Told(demand.told)
    staffing = staffing or Staffing(scenario)
    homes: dict[str, list[Unit]] = {}
    for (request_id, _), visits in slots.items():
        unit = _unit(scenario, scenario.request_by_id[request_id], visits, told)
        able = frozenset(code for code in unit.tasks if _is_able(scenario, staffing, unit, code))
        homes.setdefault(unit.request.household_id, []).append(replace(unit, able=able) if able else unit)
    return {household: tuple(units) for household, units in homes.items()}


class _Told:
    """The tasks that each visit is spared, or does for others, before there are joint visits."""

    def __init__(self, entries: Iterable[Told]) -> None:
        self.spared: dict[str, set[str]] = {}
        self.carried: dict[str, set[str]] = {}
        for entry in entries:
            for visit_id in entry.spared_visit_ids:
                self.spared.setdefault(visit_id, set()).add(entry.task)
            if entry.by_visit_id is not None:
                self.carried.setdefault(entry.by_visit_id, set()).add(entry.task)


def _unit(scenario: Scenario, request: Request, visits: list[Visit], told: _Told) -> Unit:
    windows = visits[0].windows
    if len(visits) > 1:
        visits = sorted(visits, key=lambda visit: visit.slot)
        windows = reduce(lambda one, two: one & two, (visit.windows for visit in visits))
    first = visits[0].visit_id
    spared = told.spared.get(first, set())
    tasks = tuple(dict.fromkeys(code for code in request.tasks if code not in spared))
    carries = frozenset(told.carried.get(first, ()))
    return Unit(
        request, tuple(visits), windows, scenario.rules_for(request).coordination, tasks, carries=carries
    )


def _is_able(scenario: Scenario, staffing: Staffing, unit: Unit, code: str) -> bool:
    """Tell whether whoever serves a unit may do a task for others: it is shareable, they have its skill."""
    task = scenario.task_by_code[code]
    if not task.shareable:
        return False
    return task.skill is None or task.skill in unit.request.skills or staffing.all_have(unit, task.skill)
