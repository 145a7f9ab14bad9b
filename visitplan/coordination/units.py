"""The atoms of coordination: one occurrence of a request, with all the members of staff it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from visitplan.domain.demand import Visit
from visitplan.domain.requests import Family, Joint, Request
from visitplan.domain.windows import Windows
from visitplan.policy import CoordinationPolicy

if TYPE_CHECKING:
    from visitplan.domain.demand import Demand
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
    """

    request: Request
    visits: tuple[Visit, ...]
    windows: Windows
    rules: CoordinationPolicy

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
        """Give its length in seconds, before any task is spared."""
        return self.visits[0].duration_s

    @property
    def wants_family(self) -> bool:
        """Tell whether the family should be there."""
        return self.request.family is not Family.NOT_NEEDED

    @property
    def needs_joint(self) -> bool:
        """Tell whether it may only happen in a joint visit."""
        return self.request.joint is Joint.REQUIRE


def units_by_household(scenario: Scenario, demand: Demand) -> dict[str, tuple[Unit, ...]]:
    """Give the units of each household, in the order of the demand's visits."""
    slots: dict[tuple[str, int], list[Visit]] = {}
    for visit in demand.visits:
        slots.setdefault((visit.request_id, visit.occurrence), []).append(visit)
    homes: dict[str, list[Unit]] = {}
    for (request_id, _), visits in slots.items():
        unit = _unit(scenario, scenario.request_by_id[request_id], visits)
        homes.setdefault(unit.request.household_id, []).append(unit)
    return {household: tuple(units) for household, units in homes.items()}


def _unit(scenario: Scenario, request: Request, visits: list[Visit]) -> Unit:
    visits = sorted(visits, key=lambda visit: visit.slot)
    windows = reduce(lambda one, two: one & two, (visit.windows for visit in visits))
    return Unit(request, tuple(visits), windows, scenario.rules_for(request).coordination)
