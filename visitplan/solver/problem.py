"""The routing problem: what is to be visited, by which shifts, at what cost. Integers only.

Time is one axis of *ticks* from the start of the planning period; a week is one problem. Money is counted in
*cost units*. What a tick and a cost unit stand for is the caller's business (see ``visitplan.routing``).
Visits, shifts, staff and places are named by their index.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


class StaffRule(IntEnum):
    """Who may serve the two visits of a link."""

    ANY = 0
    DISTINCT = 1
    SAME = 2


@dataclass(frozen=True, slots=True)
class StartWindow:
    """One interval in which a visit may start; both ends belong to it.

    Attributes
    ----------
    earliest, latest
        Hard bounds of the start, in ticks.
    cost
        Charged once when the visit starts in this window (the family is absent, say).
    preferred_earliest, preferred_latest
        The part of the window in which no early or late cost is due.
    """

    earliest: int
    latest: int
    cost: int = 0
    preferred_earliest: int | None = None
    preferred_latest: int | None = None

    def __post_init__(self) -> None:
        if self.latest < self.earliest:
            raise ValueError(f"start window ends at {self.latest}, before it begins at {self.earliest}")
        if self.cost < 0:
            raise ValueError(f"window cost is negative: {self.cost}")
        if self.preferred[1] < self.preferred[0]:
            raise ValueError(f"preferred window is reversed: {self.preferred}")

    @property
    def preferred(self) -> tuple[int, int]:
        """Give the preferred interval; the whole window where none was asked for."""
        return (
            self.earliest if self.preferred_earliest is None else self.preferred_earliest,
            self.latest if self.preferred_latest is None else self.preferred_latest,
        )


@dataclass(frozen=True, slots=True)
class Visit:
    """One attendance by one member of staff.

    Attributes
    ----------
    place
        Index of the place.
    duration
        Ticks spent there.
    windows
        Disjoint start windows in ascending order, at least one.
    unassigned_cost
        Charged when the visit is left out.
    early_cost, late_cost
        Charged per tick before, or after, the preferred part of the window the visit starts in.
    """

    place: int
    duration: int
    windows: tuple[StartWindow, ...]
    unassigned_cost: int
    early_cost: int = 0
    late_cost: int = 0

    def __post_init__(self) -> None:
        if self.duration < 0:
            raise ValueError(f"duration is negative: {self.duration}")
        if not self.windows:
            raise ValueError("a visit needs at least one start window")
        for before, after in zip(self.windows, self.windows[1:], strict=False):
            if after.earliest <= before.latest:
                raise ValueError(f"start windows overlap or are out of order: {before}, {after}")
        if min(self.unassigned_cost, self.early_cost, self.late_cost) < 0:
            raise ValueError("costs of a visit must not be negative")


@dataclass(frozen=True, slots=True)
class Break:
    """An unpaid pause that must lie wholly inside [earliest, latest].

    It is taken wherever the member of staff is, also in the middle of a leg, and costs no travel. Between
    the two visits around it the gap is at least travel plus ``duration``. It may lie before the first
    departure or after the return, as long as it lies inside the shift.
    """

    duration: int
    earliest: int
    latest: int

    def __post_init__(self) -> None:
        if self.duration <= 0:
            raise ValueError(f"a break lasts at least one tick, not {self.duration}")
        if self.earliest + self.duration > self.latest:
            raise ValueError(
                f"a break of {self.duration} does not fit between {self.earliest} and {self.latest}"
            )


@dataclass(frozen=True, slots=True)
class Shift:
    """One member of staff's working time on one day: a vehicle, in routing terms.

    Attributes
    ----------
    staff
        Index of the member of staff; several shifts may belong to one.
    start_place, end_place
        Indices of places.
    start, end
        Earliest departure and latest return without overtime, in ticks.
    max_overtime
        Ticks by which the return may pass ``end``.
    overtime_cost, waiting_cost
        Cost per tick of overtime, and of idle time between departure and return.
    use_cost
        Charged once when the shift serves any visit.
    mode
        Index into ``RoutingProblem.travel``.
    pause
        The break, if one must be taken when the shift is used.
    """

    staff: int
    start_place: int
    end_place: int
    start: int
    end: int
    max_overtime: int = 0
    overtime_cost: int = 0
    waiting_cost: int = 0
    use_cost: int = 0
    mode: int = 0
    pause: Break | None = None

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"shift ends at {self.end}, before it starts at {self.start}")
        if min(self.max_overtime, self.overtime_cost, self.waiting_cost, self.use_cost) < 0:
            raise ValueError("overtime and costs of a shift must not be negative")

    @property
    def latest_return(self) -> int:
        """Give the last tick at which the shift may be back."""
        return self.end + self.max_overtime


@dataclass(frozen=True, slots=True)
class Link:
    """A rule between two visits, in force when both are served: ``lo <= start(second) - start(first) <= hi``.

    ``None`` leaves that side open; a link with both sides open only carries its staff rule.
    """

    first: int
    second: int
    lo: int | None = 0
    hi: int | None = 0
    staff: StaffRule = StaffRule.ANY

    def __post_init__(self) -> None:
        if self.first == self.second:
            raise ValueError(f"visit {self.first} is linked with itself")
        if self.lo is not None and self.hi is not None and self.hi < self.lo:
            raise ValueError(f"link allows no gap: lo {self.lo} > hi {self.hi}")


@dataclass(frozen=True, slots=True)
class TimeFactors:
    """How much longer a leg takes by time of day.

    From ``starts[k]`` (ticks, ascending) until ``starts[k + 1]``, one tick of free-flow travel takes
    ``permille[k] / 1000`` ticks; before ``starts[0]`` the factor is 1. A leg that lasts over a change drives
    each part at its own factor, so that leaving later never means arriving earlier.
    """

    starts: tuple[int, ...] = ()
    permille: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if len(self.starts) != len(self.permille):
            raise ValueError("time factors need one permille for each start")
        if list(self.starts) != sorted(set(self.starts)):
            raise ValueError("time factor starts must ascend")
        if any(p <= 0 for p in self.permille):
            raise ValueError("time factors must be positive")


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """Travel of one mode between all places.

    Attributes
    ----------
    ticks
        int32, shape (places, places): free-flow travel from row to column.
    cost
        int32, same shape: cost of the leg, whatever the time of day.
    factors
        Slower hours of the day.
    """

    ticks: NDArray[np.int32]
    cost: NDArray[np.int32]
    factors: TimeFactors = TimeFactors()

    def __post_init__(self) -> None:
        if self.ticks.ndim != 2 or self.ticks.shape[0] != self.ticks.shape[1]:
            raise ValueError(f"travel ticks must be square, not {self.ticks.shape}")
        if self.cost.shape != self.ticks.shape:
            raise ValueError(f"travel cost has shape {self.cost.shape}, ticks have {self.ticks.shape}")
        if self.ticks.dtype != np.int32 or self.cost.dtype != np.int32:
            raise ValueError("travel ticks and cost must be int32")
        if self.ticks.size and (self.ticks.min() < 0 or self.cost.min() < 0):
            raise ValueError("travel must not be negative")


@dataclass(frozen=True, eq=False)
class RoutingProblem:
    """Everything the solver knows.

    Attributes
    ----------
    visits, shifts
        The visits and the shifts, named by their position here.
    travel
        One entry per mode of travel.
    eligible
        bool, shape (visits, shifts): who may serve what.
    assignment_cost
        int32, shape (visits, shifts): charged when that shift serves that visit; never negative.
    groups
        Disjoint sets of two or more visits that are served together or not at all.
    links
        Rules between the starts, and the staff, of two visits.
    week_limits
        For each member of staff, the most ticks worked over all shifts (return - departure - break), or None.
    max_late_cost
        Cost per tick of the largest lateness of any one visit (HHCRSP benchmarks; 0 in daily use).
    grid
        Starts, durations and travel are multiples of this many ticks; travel with time factors is rounded up
        to it.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    travel: tuple[Travel, ...]
    eligible: NDArray[np.bool_]
    assignment_cost: NDArray[np.int32]
    groups: tuple[tuple[int, ...], ...] = ()
    links: tuple[Link, ...] = ()
    week_limits: tuple[int | None, ...] = ()
    max_late_cost: int = 0
    grid: int = 1

    def __post_init__(self) -> None:
        shape = (len(self.visits), len(self.shifts))
        if self.eligible.shape != shape or self.assignment_cost.shape != shape:
            raise ValueError(f"eligible and assignment_cost must have shape {shape}")
        if self.assignment_cost.size and self.assignment_cost.min() < 0:
            raise ValueError("assignment costs must not be negative")
        if self.grid < 1:
            raise ValueError(f"grid must be at least 1, not {self.grid}")
        self._check_shifts()
        self._check_groups_and_links()

    def _check_shifts(self) -> None:
        places = self.travel[0].ticks.shape[0] if self.travel else 0
        for shift in self.shifts:
            if not 0 <= shift.mode < len(self.travel):
                raise ValueError(f"shift names mode {shift.mode}, there are {len(self.travel)}")
            if not (0 <= shift.start_place < places and 0 <= shift.end_place < places):
                raise ValueError(f"shift names a place outside 0..{places - 1}")
            if shift.staff < 0 or (self.week_limits and shift.staff >= len(self.week_limits)):
                raise ValueError(f"shift names staff {shift.staff}, which has no week limit entry")
        for visit in self.visits:
            if self.travel and not 0 <= visit.place < places:
                raise ValueError(f"visit names place {visit.place}, outside 0..{places - 1}")

    def _check_groups_and_links(self) -> None:
        seen: set[int] = set()
        for group in self.groups:
            if len(group) < 2 or seen & set(group) or len(set(group)) != len(group):
                raise ValueError(f"groups must be disjoint sets of two or more visits: {group}")
            seen |= set(group)
        count = len(self.visits)
        if any(not 0 <= v < count for v in seen):
            raise ValueError("a group names a visit that is not there")
        for link in self.links:
            if not (0 <= link.first < count and 0 <= link.second < count):
                raise ValueError(f"a link names a visit that is not there: {link}")

    @cached_property
    def group_of(self) -> tuple[int, ...]:
        """Give, for each visit, the index of its group, or -1."""
        of = [-1] * len(self.visits)
        for index, group in enumerate(self.groups):
            for visit in group:
                of[visit] = index
        return tuple(of)

    @cached_property
    def units(self) -> tuple[tuple[int, ...], ...]:
        """Give what is served all or nothing: the groups, then every other visit by itself."""
        alone = tuple((v,) for v, g in enumerate(self.group_of) if g < 0)
        return self.groups + alone

    @cached_property
    def links_of(self) -> tuple[tuple[Link, ...], ...]:
        """Give, for each visit, the links it is part of."""
        of: list[list[Link]] = [[] for _ in self.visits]
        for link in self.links:
            of[link.first].append(link)
            of[link.second].append(link)
        return tuple(tuple(links) for links in of)
