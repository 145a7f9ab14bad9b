"""A plan as the tables see it: local dates and clock times, minutes, and what the scenario adds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.domain.plan import Plan
from visitplan.domain.scenario import Scenario

if TYPE_CHECKING:
    from visitplan.domain.places import Household


@dataclass(frozen=True, slots=True)
class View:
    """A plan, and its scenario where it is known: a plan folder that is read back may come without."""

    plan: Plan
    scenario: Scenario | None = None

    def date(self, tick: int) -> str:
        """Give the local date of a tick as YYYY-MM-DD."""
        return self.plan.period.date(tick).isoformat()

    def clock(self, tick: int | None) -> str | None:
        """Give the local clock time of a tick as HH:MM."""
        return None if tick is None else self.plan.period.clock(tick)

    def household(self, household_id: str) -> Household | None:
        """Give a household; None where the scenario is not known or does not have it."""
        return None if self.scenario is None else self.scenario.household_by_id.get(household_id)

    def area(self, household_id: str) -> str | None:
        """Give the area of a household, or None."""
        household = self.household(household_id)
        return None if household is None else household.area

    def staff_of(self, visit_id: str) -> str | None:
        """Give who serves a visit; None where it is unassigned."""
        visit = self.plan.visit_by_id.get(visit_id)
        return None if visit is None else visit.staff_id


def minutes(seconds: int) -> int | float:
    """Give seconds as minutes; to the hundredth, from which the seconds can be told again."""
    whole, rest = divmod(seconds, 60)
    return whole if rest == 0 else round(seconds / 60, 2)


def hours(seconds: int) -> float:
    """Give seconds as hours, to the hundredth."""
    return round(seconds / 3600, 2)


def kilometres(metres: int) -> float:
    """Give metres as kilometres, to the metre."""
    return round(metres / 1000, 3)


def pounds(millipence: int) -> float:
    """Give millipence as pounds, to the penny."""
    return round(millipence / 100_000, 2)
