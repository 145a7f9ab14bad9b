"""The figures that the report compares, and how each is said: one entry each, in one list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

from visitplan.domain.plan import Costs

Figures: TypeAlias = Mapping[str, float]
"""Key figures by name: one section of ``kpis.json``."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A key figure as a board reads it.

    Attributes
    ----------
    parts
        Key figures that are added up.
    label
        What it is, in words that a value can follow.
    sign
        What stands before the value, such as ``£``.
    decimals
        Decimal places that are shown, and below which a difference is none.
    more_is_better
        Whether a larger value is the better one.
    """

    parts: tuple[str, ...]
    label: str
    sign: str = ""
    decimals: int = 0
    more_is_better: bool = False

    def value(self, figures: Figures) -> float | None:
        """Give its value, or None where a part is not known."""
        if any(part not in figures for part in self.parts):
            return None
        return round(sum(figures[part] for part in self.parts), self.decimals)

    def shown(self, value: float) -> str:
        """Give a value as text."""
        minus = "\N{MINUS SIGN}" if value < 0 else ""
        return f"{minus}{self.sign}{abs(value):,.{self.decimals}f}"

    def verdict(self, changes: tuple[float, ...]) -> str:
        """Say whether the changes, one for each comparison, are better, worse, the same or not clear."""
        rounded = [round(change, self.decimals) for change in changes]
        if all(change == 0 for change in rounded):
            return "same"
        if min(rounded) <= 0 <= max(rounded):
            return "not clear"
        return "better" if (rounded[0] > 0) is self.more_is_better else "worse"


_TIME_AND_MILES = ("travel_time", "mileage", "waiting", "overtime", "labour", "shifts")
_WISHES = tuple(part.name for part in fields(Costs) if part.name not in (*_TIME_AND_MILES, "unassigned"))


def _pounds(parts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"cost_{part}_pounds" for part in parts)


BOARD: tuple[Figure, ...] = (
    Figure(("visits_unassigned",), "Visits left unassigned"),
    Figure(("visits_covered",), "Visits that need not take place", more_is_better=True),
    Figure(("family_interruptions",), "Times a family member is asked to be at home"),
    Figure(("family_hours",), "Hours a family member is asked to be at home", decimals=1),
    Figure(("door_knocks",), "Knocks at the door"),
    Figure(("faces_mean",), "Different staff who come to a person, on average", decimals=2),
    Figure(("stranger_visits",), "Visits by staff who are new to the person"),
    Figure(("minutes_told_once",), "Minutes of tasks done once for several services", more_is_better=True),
    Figure(("early_minutes", "late_minutes"), "Minutes before or after the time asked for, over all visits"),
    Figure(("late_visits",), "Visits that start later than asked for"),
    Figure(("repeated_tasks",), "Tasks done again for a person that another service has done"),
    Figure(("worked_hours",), "Staff hours, from leaving to being back", decimals=1),
    Figure(("travel_hours",), "Staff hours on the road", decimals=1),
    Figure(("waiting_hours",), "Staff hours waiting", decimals=1),
    Figure(("overtime_hours",), "Staff hours of overtime", decimals=1),
    Figure(("km",), "Kilometres travelled"),
    Figure(_pounds(_TIME_AND_MILES), "Staff time and mileage, by the policy's prices", "£", 2),
    Figure(
        _pounds(_WISHES),
        "What people put up with, as the policy prices it (strangers, calls on families)",
        "£",
        2,
    ),
)
"""What a board is told of the whole, in this order."""

GROUPS: tuple[Figure, ...] = (
    Figure(("visits_planned",), "Visits planned"),
    Figure(("visits_unassigned",), "Visits unassigned"),
    Figure(("joint_visits",), "Joint visits"),
    Figure(("family_interruptions",), "Family asked, times"),
    Figure(("family_hours",), "Family asked, hours", decimals=1),
    Figure(("door_knocks",), "Knocks at the door"),
    Figure(("worked_hours",), "Staff hours", decimals=1),
    Figure(("travel_hours",), "Hours on the road", decimals=1),
    Figure(("km",), "Kilometres"),
    Figure(_pounds(_TIME_AND_MILES), "Staff time and mileage", "£", 2),
    Figure(_pounds(_WISHES), "What people put up with", "£", 2),
)
"""What is told of each area, service and organisation, where the key figures have it."""

SUMMARY: tuple[str, ...] = (
    "attendances",
    "cost_total_pounds",
    "cost_unassigned_pounds",
    "door_knocks",
    "faces_max",
    "faces_mean",
    "family_hours",
    "family_interruptions",
    "households",
    "joint_visits",
    "joint_visits_back_to_back",
    "joint_visits_together",
    "joint_visits_with_family",
    "minutes_told_once",
    "people",
    "requests",
    "shifts_used",
    "staff_used",
    "travel_hours",
    "visits",
    "visits_covered",
    "visits_in_joint_visits",
    "visits_planned",
    "visits_unassigned",
    "worked_hours",
)
"""The key figures that the page's summary names: no report can be made without them."""
