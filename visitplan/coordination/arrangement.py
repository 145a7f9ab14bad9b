"""An arrangement: units of one household, in an order and a mode, that may or may not make a joint visit."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from visitplan.coordination.alone import Alone, alone
from visitplan.coordination.staffing import Staffing
from visitplan.coordination.ties import Ties
from visitplan.coordination.timing import Edge, inside_one, joint_edges, start_sets
from visitplan.coordination.told_once import lead_of, told_once
from visitplan.coordination.units import Unit
from visitplan.domain.requests import Family
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window, Windows
from visitplan.policy import Mode

if TYPE_CHECKING:
    from visitplan.coordination.ties import Tie
    from visitplan.domain.demand import ToldOnce


@dataclass(frozen=True, slots=True)
class Meeting:
    """How two services may meet under the rules of both: modes, who comes first, longest gap in seconds."""

    modes: frozenset[Mode]
    first: str | None
    max_gap_s: int


class Meetings:
    """How the services may meet in each area, worked out once for each two of them."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Meeting] = {}

    def between(self, area: str, one: Unit, other: Unit) -> Meeting:
        """Give how two units of a household in this area may meet."""
        key = (area, one.request.service, other.request.service)
        if key not in self._known:
            self._known[key] = _meeting(one, other)
        return self._known[key]


def _meeting(one: Unit, other: Unit) -> Meeting:
    """Combine both services' rules: a mode, an order or a gap holds only where both allow it."""
    services = one.request.service, other.request.service
    pairings = [(unit.rules.pairing(*services), unit.rules) for unit in (one, other)]
    modes = frozenset(pairings[0][0].modes) & frozenset(pairings[1][0].modes)
    firsts = {pairing.order for pairing, _ in pairings if pairing.order is not None}
    if services[0] == services[1]:
        firsts = set()
    if len(firsts) > 1:
        modes -= {Mode.BACK_TO_BACK}
    gaps = [rules.max_gap_min if pair.max_gap_min is None else pair.max_gap_min for pair, rules in pairings]
    return Meeting(modes, min(firsts) if len(firsts) == 1 else None, min(gaps) * 60)


@dataclass(frozen=True)
class Setting:
    """What is the same for every arrangement in a household."""

    scenario: Scenario
    staffing: Staffing
    ties: Ties
    meetings: Meetings
    household_id: str

    def meeting(self, one: Unit, other: Unit) -> Meeting:
        """Give how two units of the household may meet."""
        return self.meetings.between(self.area, one, other)

    def alone(self, unit: Unit) -> Alone:
        """Give what a unit of the household is by itself, worked out once for all its arrangements."""
        known = self._alone.get(unit.unit_id)
        if known is None:
            known = self._alone[unit.unit_id] = alone(self.scenario, self.staffing, unit)
        return known

    @cached_property
    def _alone(self) -> dict[str, Alone]:
        return {}

    @cached_property
    def area(self) -> str:
        """Give the household's area."""
        return self.scenario.household_by_id[self.household_id].area

    @cached_property
    def family(self) -> Windows:
        """Give the household's family times."""
        return self.scenario.family_windows.get(self.household_id, Windows())

    @cached_property
    def staff_at_once(self) -> int:
        """Give how many members of staff the home holds at a time."""
        return self.scenario.staff_at_once(self.household_id)


@dataclass(frozen=True)
class Arrangement:
    """Units in the order in which they come (back to back) or are listed (together).

    Not slotted: what follows from them is worked out when it is first asked for.
    """

    setting: Setting
    units: tuple[Unit, ...]
    mode: Mode

    @cached_property
    def lead(self) -> Unit:
        """Give the unit that leads."""
        return lead_of(self.setting.scenario, self.units)

    @cached_property
    def _told(self) -> tuple[tuple[ToldOnce, ...], tuple[int, ...]]:
        return told_once(self.setting.scenario, self.units, self.lead)

    @property
    def told_once(self) -> tuple[ToldOnce, ...]:
        """Give the tasks done once."""
        return self._told[0]

    @property
    def durations(self) -> tuple[int, ...]:
        """Give the seconds each unit takes, without the tasks it is spared."""
        return self._told[1]

    @property
    def attendance_s(self) -> int:
        """Give the shortest time from the first start to the last end."""
        return max(self.durations) if self.mode is Mode.TOGETHER else sum(self.durations)

    @property
    def staff_at_once(self) -> int:
        """Give how many members of staff are there at the same time."""
        slots = [unit.slots for unit in self.units]
        return sum(slots) if self.mode is Mode.TOGETHER else max(slots)

    @cached_property
    def max_gap_s(self) -> int:
        """Give the longest gap that all who follow each other allow, in seconds; 0 where all start at once.

        The attendance is never longer than the strictest of its units allows, gaps included.
        """
        if self.mode is Mode.TOGETHER:
            return 0
        pairs = list(zip(self.units, self.units[1:], strict=False))
        longest = min(unit.rules.max_attendance_min for unit in self.units) * 60
        spare = max(0, longest - self.attendance_s) // len(pairs) // 60 * 60
        return min(spare, *(self.setting.meeting(*pair).max_gap_s for pair in pairs))

    def others(self, unit: Unit) -> frozenset[str]:
        """Give the services one of the units meets."""
        return frozenset(other.request.service for other in self.units) - {unit.request.service}

    @cached_property
    def servable(self) -> tuple[Windows, ...]:
        """Give, for each unit, the starts at which somebody who may serve it here is at work.

        First visits that come together after a discharge come on the day home.
        """
        day = Windows() if self.homecoming is None else Windows((self.homecoming,))
        return tuple(
            (unit.windows & day if day and unit in self.first_visits else unit.windows)
            & self.setting.staffing.starts(unit, self.others(unit), duration)
            for unit, duration in zip(self.units, self.durations, strict=True)
        )

    @cached_property
    def first_visits(self) -> tuple[Unit, ...]:
        """Give the units that should begin on the day on which their person comes home from hospital."""
        first = self.setting.scenario.first_visits
        return tuple(u for u in self.units if u.request.request_id in first and u.visits[0].occurrence == 1)

    @cached_property
    def homecoming(self) -> Window | None:
        """Give the day home on which two or more first visits come together, or None."""
        days = {self.setting.scenario.first_visits[u.request.request_id] for u in self.first_visits}
        return days.pop() if len(self.first_visits) > 1 and len(days) == 1 else None

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """Give what binds the starts of the units: the joint visit itself, and what the requests ask for."""
        at = {unit.unit_id: position for position, unit in enumerate(self.units)}
        ties = self.setting.ties.among(at)
        return (
            *joint_edges(self.mode, self.durations, self.max_gap_s),
            *(self._tied(tie, at[tie.first], at[tie.second]) for tie in ties),
        )

    def _tied(self, tie: Tie, one: int, two: int) -> Edge:
        spared = self.units[one].duration_s - self.durations[one] if tie.from_end else 0
        lo = None if tie.lo_s is None else tie.lo_s - spared
        hi = None if tie.hi_s is None else tie.hi_s - spared
        return Edge(one, two, lo, hi)

    @cached_property
    def starts_anyway(self) -> tuple[Windows, ...]:
        """Give the starts of each unit without regard to the family as a whole."""
        return start_sets(self.servable, self.edges)

    @cached_property
    def starts_with_family(self) -> tuple[Windows, ...]:
        """Give the starts of each unit for which all of them lie inside one family time."""
        return inside_one(self.setting.family, self.servable, self.durations, self.edges)

    @property
    def family_required(self) -> bool:
        """Tell whether one of the units may not happen without the family."""
        return any(unit.request.family is Family.REQUIRED for unit in self.units)

    @cached_property
    def with_family(self) -> bool:
        """Tell whether it takes place while the family is there.

        It does where a unit wants the family, and the times meet; but nobody who may not wait is kept
        waiting for a family that is only welcome.
        """
        if not any(unit.wants_family for unit in self.units) or not self.starts_with_family[0]:
            return False
        return self.family_required or self.kept_waiting(self.starts_with_family) is None

    def kept_waiting(self, starts: tuple[Windows, ...]) -> Unit | None:
        """Give the first unit that may not wait and would have to, with these starts of each; None if none.

        It would where the first start of one of the times it has by itself is not among them.
        """
        for unit, allowed in zip(self.units, starts, strict=True):
            alone = self.setting.alone(unit)
            if alone.never_waits and not all(part.start in allowed for part in alone.free):
                return unit
        return None

    @property
    def starts(self) -> tuple[Windows, ...]:
        """Give the starts of each unit; empty where the joint visit cannot be."""
        if self.with_family:
            return self.starts_with_family
        return tuple(Windows() for _ in self.units) if self.family_required else self.starts_anyway

    @cached_property
    def free(self) -> tuple[Windows, ...]:
        """Give the servable starts each unit would have by itself."""
        return tuple(self.setting.alone(unit).free for unit in self.units)
