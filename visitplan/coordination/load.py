"""Soft limits that keep joint visits from piling up in one hour, or on one day, of one service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from visitplan.domain.period import HOUR
from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visitplan.coordination.enumeration import Candidate
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.scenario import Scenario
    from visitplan.domain.windows import Windows

EVERYWHERE = ""
"""The area of a cell that counts all areas."""
ANY_SKILL = ""
"""The skill of a cell that counts all of a service."""
HOURS_OF_DAY = 24


@dataclass(frozen=True, slots=True)
class Cell:
    """A service, or those of it who have a skill, in an area (or everywhere), in one hour or on one day.

    Hours and days are counted from the first midnight of the period; ``hour`` is None for a whole day.
    """

    service: str
    area: str
    skill: str
    day: int
    hour: int | None

    @property
    def order(self) -> tuple[str, str, str, int, int]:
        """Give what cells are sorted by."""
        return self.service, self.area, self.skill, self.day, -1 if self.hour is None else self.hour


@dataclass(frozen=True, slots=True)
class Limit:
    """What joint visits may fill of a cell.

    Attributes
    ----------
    cell
        What it limits.
    seconds
        Staff time that joint visits may take without a price.
    over_mp_per_s
        Price of each second above.
    loads
        By index of candidate: the seconds it is expected to take.
    """

    cell: Cell
    seconds: int
    over_mp_per_s: int
    loads: Mapping[int, int]

    def over_s(self, chosen: Iterable[int]) -> int:
        """Give the seconds by which these candidates pass it."""
        return max(0, sum(self.loads.get(index, 0) for index in chosen) - self.seconds)


def limits(scenario: Scenario, candidates: Sequence[Candidate]) -> tuple[Limit, ...]:
    """Give the limits that the candidates could pass if all were chosen; the others never matter."""
    loads: dict[Cell, dict[int, int]] = defaultdict(dict)
    for index, candidate in enumerate(candidates):
        for cell, seconds in _loads(scenario, candidate).items():
            loads[cell][index] = seconds
    capacity = _Capacity(scenario)
    found = []
    for cell in sorted(loads, key=lambda cell: cell.order):
        rules = scenario.policy.rules(area=cell.area or None, service=cell.service).coordination
        allowed = int(capacity.seconds(cell) * rules.load_percent / 100)
        price = round(rules.overload_pence_per_min * 1000 / 60)
        if price and sum(loads[cell].values()) > allowed:
            found.append(Limit(cell, allowed, price, dict(loads[cell])))
    return tuple(found)


def _loads(scenario: Scenario, candidate: Candidate) -> dict[Cell, int]:
    """Spread the time of each unit over the hours in which it may start, as if each second were as likely."""
    area = scenario.household_by_id[candidate.joint.household_id].area
    loads: dict[Cell, int] = defaultdict(int)
    for unit, duration, starts in zip(candidate.units, candidate.durations, candidate.starts, strict=True):
        ticks = starts.length + len(starts)
        kinds = [(w, s) for w in (EVERYWHERE, area) for s in (ANY_SKILL, *unit.request.skills)]
        for hour, share in hours_of(starts):
            seconds = duration * unit.slots * share // ticks
            day = hour // HOURS_OF_DAY
            for where, skill in kinds:
                loads[Cell(unit.request.service, where, skill, day, hour)] += seconds
                loads[Cell(unit.request.service, where, skill, day, None)] += seconds
    return {cell: seconds for cell, seconds in loads.items() if seconds}


@lru_cache(maxsize=8192)
def hours_of(windows: Windows) -> tuple[tuple[int, int], ...]:
    """Give (hour, ticks) for each hour of the period that the windows touch."""
    ticks: dict[int, int] = defaultdict(int)
    for window in windows:
        for hour in range(window.start // HOUR, window.end // HOUR + 1):
            inside = window.meet(Window(hour * HOUR, hour * HOUR + HOUR - 1))
            if inside is not None:
                ticks[hour] += inside.length + 1
    return tuple(sorted(ticks.items()))


class _Capacity:
    """Seconds at work of the staff of a service, summed once for each area and skill."""

    def __init__(self, scenario: Scenario) -> None:
        self._known: dict[tuple[str, str, str], dict[int, int]] = {}
        self._at_work: dict[str, list[tuple[Staff, list[tuple[int, int]]]]] = defaultdict(list)
        for shift in scenario.shifts:
            member = scenario.staff_by_id[shift.staff_id]
            self._at_work[member.service].append((member, _hours_at_work(shift)))

    def seconds(self, cell: Cell) -> int:
        """Give the staff time of a cell."""
        key = cell.service, cell.area, cell.skill
        if key not in self._known:
            self._known[key] = self._summed(*key)
        if cell.hour is not None:
            return self._known[key].get(cell.hour, 0)
        first = cell.day * HOURS_OF_DAY
        return sum(self._known[key].get(hour, 0) for hour in range(first, first + HOURS_OF_DAY))

    def _summed(self, service: str, area: str, skill: str) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for member, hours in self._at_work[service]:
            able = skill == ANY_SKILL or skill in member.skills
            if able and _serves(member, area):
                for hour, seconds in hours:
                    total[hour] += seconds
        return total


def _serves(member: Staff, area: str) -> bool:
    return area == EVERYWHERE or not member.areas or area in member.areas


def _hours_at_work(shift: Shift) -> list[tuple[int, int]]:
    """Give (hour, seconds) for a shift, the tick at which it ends not counted."""
    found = []
    for hour in range(shift.window.start // HOUR, shift.window.end // HOUR + 1):
        start, end = max(shift.window.start, hour * HOUR), min(shift.window.end, (hour + 1) * HOUR)
        if end > start:
            found.append((hour, end - start))
    return found
