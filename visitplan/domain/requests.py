"""What a service asks for."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

ALL_WEEKDAYS = frozenset(range(7))


class Joint(StrEnum):
    """Whether a visit may be part of a joint visit."""

    AVOID = "avoid"
    ALLOW = "allow"
    REQUIRE = "require"


class Family(StrEnum):
    """Whether the family should be there; required: the whole visit lies inside one family time."""

    NOT_NEEDED = "not_needed"
    WELCOME = "welcome"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Task:
    """Something done in a visit; a shareable one that several services ask for can be done once.

    Where it names a ``skill``, only somebody who is sure to have it does the task for others.
    """

    code: str
    duration_s: int
    shareable: bool = False
    skill: str | None = None

    def __post_init__(self) -> None:
        if self.duration_s < 0:
            raise ValueError(f"task {self.code} has a negative duration")


@dataclass(frozen=True, slots=True)
class Request:
    """What one service asks for: who, what tasks, how long, when it may happen, who may do it.

    Attributes
    ----------
    duration_s
        Seconds of one visit, tasks included.
    earliest_date, latest_date, weekdays
        The days on which it may fall (weekdays: Monday is 0).
    window_start, window_end
        Local clock times between which the visit must start, both included.
    preferred_start, preferred_end
        Local clock times between which it should start, or None.
    usual_start
        Local clock time at which it began last time, or None; counts where no time is preferred.
    same_time_s
        Most seconds by which the clock times of its visits may differ, or None.
    visits
        How many in the period; with ``daily``, one on each of its days and this figure is not used.
    min_days_between
        Fewest days from one visit's date to the next's.
    staff_needed
        Members of staff who come at the same time.
    skills
        What each of them must be able to do.
    priority
        1 urgent ... 5 can wait.
    time_critical
        The window may not be missed, even where the policy allows lateness.
    not_before, complete_by
        Ticks: no start before, no end after (a discharge).
    received
        Tick at which the call came in; at priority 1 it is to be answered soon after.
    after_request, min_gap_s, max_gap_s
        This visit starts no sooner, and no later, than this many seconds after that request's visit *ends*.
    preferred_staff, excluded_staff
        Ids of those who should, and of those who must not come.
    """

    request_id: str
    household_id: str
    person_id: str
    service: str
    organisation: str
    duration_s: int
    earliest_date: dt.date
    latest_date: dt.date
    window_start: dt.time
    window_end: dt.time
    preferred_start: dt.time | None = None
    preferred_end: dt.time | None = None
    usual_start: dt.time | None = None
    same_time_s: int | None = None
    weekdays: frozenset[int] = ALL_WEEKDAYS
    visits: int = 1
    daily: bool = False
    min_days_between: int = 1
    staff_needed: int = 1
    skills: frozenset[str] = frozenset()
    joint: Joint = Joint.ALLOW
    family: Family = Family.NOT_NEEDED
    priority: int = 3
    time_critical: bool = False
    tasks: tuple[str, ...] = ()
    not_before: int | None = None
    complete_by: int | None = None
    received: int | None = None
    after_request: str | None = None
    min_gap_s: int = 0
    max_gap_s: int | None = None
    preferred_staff: frozenset[str] = frozenset()
    excluded_staff: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        faults = [text for broken, text in self._rules() if broken]
        if faults:
            raise ValueError(f"request {self.request_id}: {'; '.join(faults)}")

    def _rules(self) -> tuple[tuple[bool, str], ...]:
        return (
            (self.duration_s <= 0, f"duration is {self.duration_s} s"),
            (self.latest_date < self.earliest_date, "latest_date lies before earliest_date"),
            (self.window_end < self.window_start, "window_end lies before window_start"),
            (self.visits < 1, f"visits is {self.visits}"),
            (self.min_days_between < 1, f"min_days_between is {self.min_days_between}"),
            (self.staff_needed < 1, f"staff_needed is {self.staff_needed}"),
            (not 1 <= self.priority <= 5, f"priority is {self.priority}"),
            (not self.weekdays <= ALL_WEEKDAYS, f"weekdays are {sorted(self.weekdays)}"),
            (self.after_request == self.request_id, "it is to follow itself"),
            (self.same_time_s is not None and self.same_time_s < 0, f"same_time is {self.same_time_s} s"),
            (self.max_gap_s is not None and self.max_gap_s < self.min_gap_s, "max_gap is below min_gap"),
            (bool(self.preferred_staff & self.excluded_staff), "staff are both preferred and excluded"),
        )


@dataclass(frozen=True, slots=True)
class Pin:
    """A visit that stays with a member of staff, at a start (a tick), or both."""

    visit_id: str
    staff_id: str | None = None
    start: int | None = None

    def __post_init__(self) -> None:
        if self.staff_id is None and self.start is None:
            raise ValueError(f"pin of visit {self.visit_id} holds neither staff nor start")
