"""Every joint visit that could be: enumerated household by household, pruned exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

from visitplan.coordination.arrangement import Arrangement, Meetings, Setting
from visitplan.coordination.benefit import benefit_of
from visitplan.coordination.rules import pair_refusal, refusal
from visitplan.coordination.sharing import without_repeats
from visitplan.coordination.staffing import Staffing
from visitplan.coordination.ties import Ties, ties_of
from visitplan.coordination.units import Unit, units_by_household
from visitplan.domain.demand import JointVisit, Worth
from visitplan.domain.period import DAY, HOUR, MINUTE
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Windows
from visitplan.findings import Finding, Severity, Where
from visitplan.policy import Mode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visitplan.coordination.benefit import Benefit
    from visitplan.domain.demand import Demand

MAX_ARRANGEMENTS = 3000
"""Arrangements looked at in one household on one day; beyond it the largest sets are left out, and told."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A joint visit that could be, with what the choice among them needs.

    Attributes
    ----------
    joint
        The joint visit.
    units, durations, starts
        Its units in order; the seconds each takes, and its possible starts, in this joint visit.
    """

    joint: JointVisit
    units: tuple[Unit, ...]
    durations: tuple[int, ...]
    starts: tuple[Windows, ...]


@dataclass(frozen=True)
class Homes:
    """The units of all households, and what is known about them."""

    units: dict[str, tuple[Unit, ...]]
    ties: Ties
    staffing: Staffing
    meetings: Meetings
    scenario: Scenario

    @classmethod
    def of(cls, scenario: Scenario, demand: Demand) -> Homes:
        """Collect them.

        Those of the last demand are kept with the scenario: joint visits that are lost are made smaller out
        of what they were chosen from.
        """
        known: tuple[Demand, Homes] | None = scenario.kept.get("homes")
        if known is None or known[0] is not demand:
            known = scenario.kept["homes"] = demand, cls._collected(scenario, demand)
        return known[1]

    @classmethod
    def _collected(cls, scenario: Scenario, demand: Demand) -> Homes:
        staffing = Staffing(scenario)
        demand = without_repeats(scenario, demand)
        units = units_by_household(scenario, demand, staffing)
        ties = ties_of(demand, (unit for of_home in units.values() for unit in of_home))
        return cls(units, ties, staffing, Meetings(), scenario)

    def setting(self, household_id: str) -> Setting:
        """Give what is the same for every arrangement in a household."""
        return Setting(self.scenario, self.staffing, self.ties, self.meetings, household_id)


def all_candidates(homes: Homes) -> tuple[tuple[Candidate, ...], tuple[Finding, ...]]:
    """Give every joint visit worth considering, and a finding for each household with too many."""
    found: list[Candidate] = []
    findings: list[Finding] = []
    for household_id, units in homes.units.items():
        kept, complete = _of_household(homes.setting(household_id), units)
        found += kept
        if not complete:
            findings.append(_too_many(household_id))
    return tuple(found), tuple(findings)


def _of_household(setting: Setting, units: tuple[Unit, ...]) -> tuple[list[Candidate], bool]:
    """Give the candidates of a household, and whether all arrangements were looked at."""
    kept: list[Candidate] = []
    looked_at: dict[int, int] = {}
    complete = True
    for mode, members in _sets(setting, units):
        day = max(unit.windows.earliest for unit in members) // DAY  # they cannot all come before
        if looked_at.get(day, 0) >= MAX_ARRANGEMENTS:
            complete = False
            continue
        orders = _orders(setting, mode, members)
        looked_at[day] = looked_at.get(day, 0) + len(orders)
        best = _best(setting, mode, orders) if orders else None
        if best is not None:
            kept.append(_candidate(best, len(kept) + 1))
    return kept, complete


def _sets(setting: Setting, units: tuple[Unit, ...]) -> Iterator[tuple[Mode, tuple[Unit, ...]]]:
    """Give the sets of units that no pair rule speaks against, smaller ones first.

    Every set is reached by its first units, so that a set is left out only with a pair that is refused.
    """
    most = max((unit.rules.max_size for unit in units), default=0)
    friends = {mode: _friends(setting, units, mode) for mode in Mode}
    layers: dict[Mode, list[tuple[tuple[int, ...], frozenset[int]]]] = {
        mode: [((k,), friends[mode][k]) for k in range(len(units))] for mode in Mode
    }
    for _ in range(2, most + 1):
        for mode in Mode:
            layers[mode] = [
                ((*members, k), common & friends[mode][k])
                for members, common in layers[mode]
                for k in sorted(common)
            ]
            for members, _common in layers[mode]:
                yield mode, tuple(units[k] for k in members)


def _friends(setting: Setting, units: tuple[Unit, ...], mode: Mode) -> list[frozenset[int]]:
    """Give, for each unit, the later ones it may be with."""
    later: list[set[int]] = [set() for _ in units]
    for one, two in combinations(range(len(units)), 2):
        if pair_refusal(setting, units[one], units[two], mode) is None:
            later[one].add(two)
    return [frozenset(which) for which in later]


def _orders(setting: Setting, mode: Mode, members: tuple[Unit, ...]) -> list[tuple[Unit, ...]]:
    """Give the orders to try; who starts at the same time is listed by service.

    Where all start at once and no window is common to them, or where of two units one can never come after
    the other, no rule needs to be asked: what is left out here is what the times rule would refuse.
    """
    if mode is Mode.TOGETHER:
        common = reduce(lambda one, two: one & two, (unit.windows for unit in members))
        order = sorted(members, key=lambda unit: (unit.request.service, unit.unit_id))
        return [tuple(order)] if common else []
    after = {unit.unit_id: {o.unit_id for o in members if _may_follow(setting, unit, o)} for unit in members}
    return list(_extended((), members, after))


def _extended(
    order: tuple[Unit, ...], left: tuple[Unit, ...], after: Mapping[str, set[str]]
) -> Iterator[tuple[Unit, ...]]:
    """Give every order of what is left behind ``order`` in which each may come after all before it."""
    if not left:
        yield order
    for k, unit in enumerate(left):
        if all(unit.unit_id in after[before.unit_id] for before in order):
            yield from _extended((*order, unit), (*left[:k], *left[k + 1 :]), after)


def _may_follow(setting: Setting, one: Unit, then: Unit) -> bool:
    """Tell whether a unit can start after the end of another within one attendance, times alone looked at."""
    if one is then or setting.ties.later.get(then.unit_id, frozenset()) & {one.unit_id}:
        return False
    longest = min(one.rules.max_attendance_min, then.rules.max_attendance_min) * MINUTE
    return any(
        a.start + min(one.least_s, one.duration_s) <= b.end and b.start <= a.end + longest
        for a in one.windows
        for b in then.windows
    )


def _best(setting: Setting, mode: Mode, orders: list[tuple[Unit, ...]]) -> Arrangement | None:
    """Give the order that is worth most, the first of equals; None where none is possible or worth it.

    What is worth nothing is kept only where a request may not happen apart.
    """
    best: tuple[int, Arrangement] | None = None
    for order in orders:
        arrangement = Arrangement(setting, order, mode)
        if refusal(arrangement) is None:
            worth = benefit_of(arrangement).total_mp
            if best is None or worth > best[0]:
                best = worth, arrangement
    if best is None or (best[0] <= 0 and not any(unit.needs_joint for unit in orders[0])):
        return None
    return best[1]


def best_smaller(setting: Setting, units: tuple[Unit, ...], mode: Mode) -> Candidate | None:
    """Give what a joint visit of these units in this mode may become at the least loss, or None.

    That is one of some, not all, of them, or of all of them back to back where they were to start at once.
    Taken is what is worth most, counted by how much room it leaves: what lost because it was tight should not
    be followed by what is as tight. Units that may only happen in a joint visit stay in it.
    """
    best: tuple[float, Arrangement] | None = None
    for other, members in _sets(setting, units):
        same = len(members) == len(units) and not (mode is Mode.TOGETHER and other is Mode.BACK_TO_BACK)
        if same or not all(unit in members for unit in units if unit.needs_joint):
            continue
        orders = _orders(setting, other, members)
        found = _best(setting, other, orders) if orders else None
        if found is not None:
            hope = benefit_of(found).total_mp * _room(found)
            if best is None or hope > best[0]:
                best = hope, found
    return None if best is None else _candidate(best[1], 1)


def _room(arrangement: Arrangement) -> float:
    """Give the part of its free starts that the tightest unit keeps; an hour or less is little."""
    return min(
        (starts.length + HOUR) / (max(free.length, starts.length) + HOUR)
        for starts, free in zip(arrangement.starts, arrangement.free, strict=True)
    )


def _candidate(arrangement: Arrangement, number: int) -> Candidate:
    benefit = benefit_of(arrangement)
    units, household_id = arrangement.units, arrangement.setting.household_id
    joint = JointVisit(
        joint_visit_id=joint_visit_id(household_id, number),
        household_id=household_id,
        mode=arrangement.mode,
        visit_ids=tuple(visit_id for unit in units for visit_id in unit.visit_ids),
        windows=arrangement.starts[0],
        lead_visit_id=arrangement.lead.unit_id,
        max_gap_s=arrangement.max_gap_s,
        with_family=arrangement.with_family,
        required=any(unit.needs_joint for unit in units),
        told_once=arrangement.told_once,
        interruptions_saved=benefit.interruptions_saved,
        door_knocks_saved=benefit.door_knocks_saved,
        seconds_saved=benefit.seconds_saved,
        benefit_mp=benefit.total_mp,
        worth=_worth(benefit),
    )
    return Candidate(joint, units, arrangement.durations, arrangement.starts)


def _worth(benefit: Benefit) -> Worth:
    return Worth(
        interruptions=benefit.interruptions_mp,
        family_time=benefit.family_mp,
        door_knocks=benefit.door_knocks_mp,
        days=benefit.days_mp,
        told_once=benefit.told_once_mp,
        frequent_users=benefit.frequent_mp,
        homecoming=benefit.homecoming_mp,
        narrowing=benefit.narrowing_mp,
        preference=benefit.preference_mp,
    )


def joint_visit_id(household_id: str, number: int) -> str:
    """Give the id of a household's joint visit."""
    return f"J-{household_id}-{number}"


def _too_many(household_id: str) -> Finding:
    return Finding(
        "COORD-TOO-MANY-WAYS",
        Severity.WARNING,
        Where(subject=household_id),
        cause=f"Household {household_id} has more than {MAX_ARRANGEMENTS} possible joint visits; "
        "the largest of them were not looked at.",
        action="Lower coordination.max_size, or narrow the windows of its requests.",
    )
