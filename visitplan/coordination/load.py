"""Soft limits that keep joint visits from piling up in one hour of one service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from visitplan.domain.period import HOUR
from visitplan.domain.windows import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.coordination.enumeration import Candidate
    from visitplan.domain.people import Shift, Staff
    from visitplan.domain.scenario import Scenario
    from visitplan.domain.windows import Windows

EVERYWHERE = ""
"""The area of a cell that counts all areas."""


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A service in an area (or everywhere) in one hour of the period, counted from its first midnight."""

    service: str
    area: str
    hour: int


@dataclass(frozen=True, slots=True)
class Limit:
    """What joint visits may fill of a cell.

    Attributes
    ----------
    seconds
        Staff time that joint visits may take without a price.
    over_mp_per_s
        Price of each second above.
    loads
        By index of candidate: the seconds it is expected to take.
    """

    seconds: int
    over_mp_per_s: int
    loads: Mapping[int, int]


def limits(scenario: Scenario, candidates: Sequence[Candidate]) -> tuple[Limit, ...]:
    """Give the limits that the candidates could pass if all were chosen; the others never matter."""
    loads: dict[Cell, dict[int, int]] = defaultdict(dict)
    for index, candidate in enumerate(candidates):
        for cell, seconds in _loads(scenario, candidate).items():
            loads[cell][index] = seconds
    capacity = _Capacity(scenario)
    found = []
    for cell in sorted(loads):
        rules = scenario.policy.rules(area=cell.area or None, service=cell.service).coordination
        allowed = int(capacity.seconds(cell) * rules.load_percent / 100)
        price = round(rules.overload_pence_per_min * 1000 / 60)
        if price and sum(loads[cell].values()) > allowed:
            found.append(Limit(allowed, price, dict(loads[cell])))
    return tuple(found)


def _loads(scenario: Scenario, candidate: Candidate) -> dict[Cell, int]:
    """Spread the time of each unit over the hours in which it may start, as if each second were as likely."""
    area = scenario.household_by_id[candidate.joint.household_id].area
    loads: dict[Cell, int] = defaultdict(int)
    for unit, duration, starts in zip(candidate.units, candidate.durations, candidate.starts, strict=True):
        ticks = starts.length + len(starts)
        for hour, share in hours_of(starts):
            seconds = duration * unit.slots * share // ticks
            for where in (EVERYWHERE, area):
                loads[Cell(unit.request.service, where, hour)] += seconds
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
    """Seconds at work of the staff of a service in each hour, summed once for each service and area."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._known: dict[tuple[str, str], dict[int, int]] = {}

    def seconds(self, cell: Cell) -> int:
        """Give the staff time of a cell."""
        key = cell.service, cell.area
        if key not in self._known:
            self._known[key] = self._summed(*key)
        return self._known[key].get(cell.hour, 0)

    def _summed(self, service: str, area: str) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for shift in self._scenario.shifts:
            member = self._scenario.staff_by_id[shift.staff_id]
            if member.service == service and _serves(member, area):
                for hour, seconds in _hours_at_work(shift):
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
