"""What requests alone tie together: visits that follow others, and days between visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visitplan.domain.demand import LinkReason

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visitplan.coordination.units import Unit
    from visitplan.domain.demand import Demand


@dataclass(frozen=True, slots=True)
class Tie:
    """``lo_s <= start(second) - start(first) <= hi_s`` between two units.

    ``from_end`` says that the bounds count from the end of the first: they move when it becomes shorter.
    """

    first: str
    second: str
    lo_s: int | None
    hi_s: int | None
    from_end: bool


@dataclass(frozen=True, slots=True)
class Ties:
    """All ties of a demand, by the units they name; ``later`` holds what must come after each unit."""

    of_unit: Mapping[str, tuple[Tie, ...]]
    later: Mapping[str, frozenset[str]]

    def among(self, unit_ids: Iterable[str]) -> tuple[Tie, ...]:
        """Give the ties that lie wholly between the given units, each once."""
        ids = set(unit_ids)
        return tuple(
            tie
            for unit_id in sorted(ids)
            for tie in self.of_unit.get(unit_id, ())
            if tie.first == unit_id and tie.second in ids
        )

    def between(self, unit_ids: Iterable[str]) -> frozenset[str]:
        """Give the units outside the given ones that must come after one and before another of them."""
        ids = frozenset(unit_ids)
        after = frozenset[str]().union(*(self.later.get(unit_id, frozenset()) for unit_id in ids))
        return frozenset(x for x in after - ids if self.later.get(x, frozenset()) & ids)


def ties_of(demand: Demand, units: Iterable[Unit]) -> Ties:
    """Collect the ties of a demand from its links between units."""
    unit_of = {visit_id: unit.unit_id for unit in units for visit_id in unit.visit_ids}
    of_unit: dict[str, list[Tie]] = {}
    for link in demand.links:
        if link.reason in (LinkReason.AFTER, LinkReason.SPACING, LinkReason.SAME_TIME):
            from_end = link.reason is LinkReason.AFTER
            tie = Tie(unit_of[link.first], unit_of[link.second], link.lo_s, link.hi_s, from_end)
            of_unit.setdefault(tie.first, []).append(tie)
            of_unit.setdefault(tie.second, []).append(tie)
    return Ties({unit_id: tuple(ties) for unit_id, ties in of_unit.items()}, _later(of_unit))


def _later(of_unit: Mapping[str, list[Tie]]) -> dict[str, frozenset[str]]:
    """Give, for each tied unit, all units that must start after it, by way of others too."""
    return {unit_id: _reached(unit_id, of_unit) for unit_id in of_unit}


def _reached(origin: str, of_unit: Mapping[str, list[Tie]]) -> frozenset[str]:
    seen: set[str] = set()
    left = [origin]
    while left:
        here = left.pop()
        for tie in of_unit[here]:
            forward = tie.first == here and tie.lo_s is not None and tie.lo_s > 0
            if forward and tie.second not in seen:
                seen.add(tie.second)
                left.append(tie.second)
    return frozenset(seen)


def components(ties: Iterable[Tie]) -> list[frozenset[str]]:
    """Give the sets of units that are tied to each other, directly or by way of others."""
    of: dict[str, set[str]] = {}
    for tie in ties:
        merged = of.get(tie.first, {tie.first}) | of.get(tie.second, {tie.second})
        for unit_id in merged:
            of[unit_id] = merged
    return [frozenset(group) for group in {id(group): group for group in of.values()}.values()]
