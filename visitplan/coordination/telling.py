"""Tasks told once across visits at different times: the first visit does them for those that come later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from visitplan.coordination.alone import tightness_mp
from visitplan.coordination.precedence import Precedence
from visitplan.coordination.sharing import dates_of, days_fresh, spared
from visitplan.coordination.told_once import lead_rank, shortened
from visitplan.coordination.units import Unit, units_by_household
from visitplan.domain.demand import Demand, LinkReason, Told, VisitLink
from visitplan.domain.period import DAY, HOUR, MINUTE
from visitplan.domain.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from visitplan.domain.demand import JointVisit
    from visitplan.domain.scenario import Scenario


def told_across(scenario: Scenario, demand: Demand, untold: frozenset[str] = frozenset()) -> Demand:
    """Give the demand in which a visit does shareable tasks for later visits to the same person.

    Within the days for which the task stays fresh, a later visit that is in no joint visit is spared it, and
    a link keeps it later. So it is wherever the minutes told once are worth more than the room that the link
    takes from routing. What is time-critical does its own tasks.

    Parameters
    ----------
    demand
        With its joint visits.
    untold
        Visits that do nothing for others, such as those that cannot be served.
    """
    if not any(task.shareable for task in scenario.tasks):
        return demand
    told: list[Told] = []
    links: list[VisitLink] = []
    homes = units_by_household(scenario, demand)
    links_within = _links_within(demand, homes)
    joints_at: dict[str, list[JointVisit]] = {}
    for joint in demand.joint_visits:
        joints_at.setdefault(joint.household_id, []).append(joint)
    for household_id, every in homes.items():
        units = tuple(unit for unit in every if unit.windows and unit.rules.enabled)
        shared = _shared(units)
        if shared:
            own = links_within.get(household_id, ()), joints_at.get(household_id, ())
            home = _Home(scenario, units, untold, *own)
            for person, code in shared:
                home.tell(person, code)
            told += home.told
            links += home.links
    return spared(scenario, replace(demand, links=(*demand.links, *dict.fromkeys(links))), told)


def _links_within(demand: Demand, homes: Mapping[str, Sequence[Unit]]) -> dict[str, list[VisitLink]]:
    """Give the links between visits to one household, by its id."""
    home_of = {v: home for home, units in homes.items() for unit in units for v in unit.visit_ids}
    within: dict[str, list[VisitLink]] = {}
    for link in demand.links:
        home = home_of.get(link.first)
        if home is not None and home == home_of.get(link.second):
            within.setdefault(home, []).append(link)
    return within


def _shared(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Give (person, task) for each task that visits of different requests name, and one may do for others."""
    asked: dict[tuple[str, str], set[str]] = {}
    able: set[tuple[str, str]] = set()
    for unit in units:
        for code in unit.tasks:
            asked.setdefault((unit.request.person_id, code), set()).add(unit.request.request_id)
        able |= {(unit.request.person_id, code) for code in unit.able}
    return sorted(pair for pair, requests in asked.items() if len(requests) > 1 and pair in able)


@dataclass(frozen=True, slots=True)
class _Step:
    """One visit spared: the bounds and windows that hold with it, the link, and what it is worth."""

    unit: Unit
    bounds: Precedence
    left: list[Windows]
    link: VisitLink | None
    seconds: int


class _Home:
    """The visits to one home while tasks are told."""

    def __init__(
        self,
        scenario: Scenario,
        units: Sequence[Unit],
        untold: frozenset[str],
        links: Iterable[VisitLink],
        joints: Sequence[JointVisit],
    ) -> None:
        self.told: list[Told] = []
        self.links: list[VisitLink] = []
        self._scenario = scenario
        self._units = units
        self._untold = untold
        self._joint = {v for joint in joints for v in joint.visit_ids}
        self._done = {
            (visit_id, entry.task)
            for joint in joints
            for entry in joint.told_once
            for visit_id in entry.spared_visit_ids
        }
        self._length = {unit.unit_id: unit.duration_s for unit in units}
        self._at = {visit_id: k for k, unit in enumerate(units) for visit_id in unit.visit_ids}
        self._bounds, self._left = self._with_links(links)

    def _with_links(self, links: Iterable[VisitLink]) -> tuple[Precedence, list[Windows]]:
        """Give what holds when every visit is served; a link that cannot hold beside the others is left."""
        bounds, left = Precedence(len(self._units)), [unit.windows for unit in self._units]
        for link in links:
            one, two = self._at.get(link.first), self._at.get(link.second)
            if one is None or two is None or one == two:
                continue
            further = bounds.copy()
            if further.add(one, two, link.lo_s, link.hi_s):
                tight = further.tightened(left)
                if tight is not None:
                    bounds, left = further, tight
        return bounds, left

    def tell(self, person: str, code: str) -> None:
        """Let one visit after another do a task for others, as long as that gains something."""
        asked = [
            unit
            for unit in self._units
            if unit.request.person_id == person
            and code in unit.tasks
            and (unit.unit_id, code) not in self._done
        ]
        while True:
            able = [u for u in asked if code in u.able and self._untold.isdisjoint(u.visit_ids)]
            best = max(able, key=lambda unit: self._gain(unit, asked, code), default=None)
            if best is None or not self._gain(best, asked, code)[0]:
                return
            freed = self._spare(best, asked, code)
            asked = [u for u in asked if u is not best and u not in freed]

    def _gain(self, carrier: Unit, asked: Sequence[Unit], code: str) -> tuple[int, tuple[int, ...], str]:
        """Give the seconds that a visit could save others one by one, then what makes the likelier lead."""
        steps = (self._step(carrier, unit, code) for unit in asked)
        seconds = sum(step.seconds for step in steps if step is not None)
        return seconds, tuple(-part for part in lead_rank(carrier)[:2]), carrier.unit_id

    def _spare(self, carrier: Unit, asked: Sequence[Unit], code: str) -> list[Unit]:
        """Spare all that a visit can do a task for, each beside those before it."""
        freed: list[Unit] = []
        for unit in asked:
            step = self._step(carrier, unit, code)
            if step is None:
                continue
            self._bounds, self._left = step.bounds, step.left
            self.links += [] if step.link is None else [step.link]
            self._length[unit.unit_id] -= step.seconds // unit.slots
            freed.append(unit)
        if freed:
            ids = tuple(visit_id for unit in freed for visit_id in unit.visit_ids)
            self.told.append(Told(code, carrier.request.person_id, carrier.unit_id, ids))
        return freed

    def _step(self, carrier: Unit, unit: Unit, code: str) -> _Step | None:
        """Give what follows from sparing a unit a task that another does before it; None: it may not be."""
        if not self._may_be_spared(carrier, unit, code):
            return None
        hi_s = self._hi_s(carrier, unit, code)
        if hi_s == 0:
            return None
        one, two = self._at[carrier.unit_id], self._at[unit.unit_id]
        bounds = self._bounds.copy()
        if not bounds.add(one, two, self._length[carrier.unit_id], hi_s):
            return None
        left = bounds.tightened(self._left)
        if left is None:
            return None
        task_s = self._scenario.task_by_code[code].duration_s
        length = self._length[unit.unit_id]
        seconds = (length - shortened(length, task_s, unit.least_s)) * unit.slots
        lost = sum(
            tightness_mp(self._scenario, after) - tightness_mp(self._scenario, before)
            for before, after in zip(self._left, left, strict=True)
        )
        if seconds * round(self._scenario.policy.costs.hourly_pence * 1000 / HOUR) <= lost:
            return None
        return _Step(unit, bounds, left, self._link(carrier, unit, hi_s), seconds)

    def _may_be_spared(self, carrier: Unit, unit: Unit, code: str) -> bool:
        return (
            unit.request.request_id != carrier.request.request_id
            and code not in unit.carries
            and not unit.request.time_critical
            and self._joint.isdisjoint(unit.visit_ids)
        )

    def _hi_s(self, carrier: Unit, unit: Unit, code: str) -> int | None:
        """Give the most seconds from the one start to the other for the task to stay fresh; 0: it may not.

        None where their days see to that anyway; a task that is fresh on its day only is shared by visits
        that cannot but fall on one day. The hour is for clock changes.
        """
        days = days_fresh(self._scenario, unit, code)
        if days is None:
            return None
        (first, _), (_, last) = dates_of(self._scenario, carrier), dates_of(self._scenario, unit)
        if (last - first).days <= days:
            return None
        return max(0, days * DAY - HOUR)

    def _link(self, carrier: Unit, unit: Unit, hi_s: int | None) -> VisitLink | None:
        """Give the link that keeps a visit after the one that does its task; None where windows do anyway.

        With the carrier's length as it was: it follows when all that the carrier is spared is taken off.
        """
        length = carrier.duration_s
        late = self._scenario.rules_for(carrier.request).limits.max_late_min * MINUTE
        after = carrier.windows.latest + late + length <= unit.windows.earliest
        fresh = hi_s is None or unit.windows.latest + late - carrier.windows.earliest <= hi_s
        if after and fresh:
            return None
        return VisitLink(carrier.unit_id, unit.unit_id, length, hi_s, LinkReason.TOLD)
