"""The people: those who are visited, their families, and those who visit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from visitplan.domain.places import Place, TravelMode
from visitplan.domain.windows import Window


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is visited. ``name`` is for letters only: it never reaches logs, calendars or rosters.

    ``discharge`` is the tick at which they are home from hospital: nobody comes before it.
    """

    person_id: str
    household_id: str
    frequent_user: bool = False
    child: bool = False
    name: str | None = None
    discharge: int | None = None


@dataclass(frozen=True, slots=True)
class FamilyTime:
    """A time in which a family member can be at home. ``contact`` says whom to call: letters only."""

    household_id: str
    window: Window
    contact: str | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """A nurse, carer or therapist.

    Attributes
    ----------
    start
        Where every shift starts and ends: the home or the base.
    hourly_cost_pence
        None takes the policy's.
    max_week_s
        Most seconds worked over the planning period's shifts, or None.
    areas
        Areas served; empty means all.
    works_with
        Services this member of staff is willing to meet at a door; empty means all.
    """

    staff_id: str
    service: str
    organisation: str
    start: Place
    skills: frozenset[str] = frozenset()
    grade: int | None = None
    travel_mode: TravelMode = TravelMode.CAR
    hourly_cost_pence: float | None = None
    max_week_s: int | None = None
    areas: frozenset[str] = frozenset()
    works_with: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.hourly_cost_pence is not None and self.hourly_cost_pence < 0:
            raise ValueError(f"staff {self.staff_id} has a negative hourly cost")
        if self.max_week_s is not None and self.max_week_s < 0:
            raise ValueError(f"staff {self.staff_id} has negative weekly hours")


@dataclass(frozen=True, slots=True)
class Pause:
    """A break of ``duration_s`` that lies wholly inside ``window``."""

    duration_s: int
    window: Window

    def __post_init__(self) -> None:
        if not 0 < self.duration_s <= self.window.length:
            raise ValueError(f"a break of {self.duration_s} s does not fit its window {self.window}")


@dataclass(frozen=True, slots=True)
class Shift:
    """One member of staff's working time on one day: ``window`` is earliest departure to latest return."""

    shift_id: str
    staff_id: str
    date: dt.date
    window: Window
    pause: Pause | None = None
    overtime_max_s: int = 0

    def __post_init__(self) -> None:
        if self.overtime_max_s < 0:
            raise ValueError(f"shift {self.shift_id} has negative overtime")
        if self.pause is not None and not self.window.holds(self.pause.window.start, self.pause.window.end):
            raise ValueError(f"the break of shift {self.shift_id} lies outside the shift")


@dataclass(frozen=True, slots=True)
class Team:
    """Who should come to a person from one service: anybody else is one face more."""

    person_id: str
    service: str
    staff_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """How often a member of staff has visited a person, and when last.

    With a ``task``, the last time is when they did that task.
    """

    person_id: str
    staff_id: str
    visits: int
    last_date: dt.date | None = None
    task: str | None = None
