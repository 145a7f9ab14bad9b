"""Teams: the few members of staff who should come to a person, chosen before anybody is routed.

What a search can price is one visit by one member of staff, not how many different ones a person sees in a
week. So a small team is chosen first for each person and service that comes more than once, and whoever comes
from outside it costs ``new_face_pence``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from visitplan.coordination.patches import Patches
from visitplan.coordination.staffing import ALONE, Staffing
from visitplan.coordination.units import Unit, units_by_household
from visitplan.domain.expansion import expand
from visitplan.domain.people import Shift, Team
from visitplan.domain.period import MINUTE
from visitplan.domain.places import Place
from visitplan.domain.windows import Window
from visitplan.policy.costs import METRES_PER_MILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from visitplan.domain.scenario import Scenario

WAY_S = 10 * MINUTE
"""Seconds that the way to a visit is taken to fill, while nobody's route is known: a judgement."""
KM_PER_HOUR = 30.0
"""Speed at which a detour is priced, while nobody's route is known: a judgement."""


def choose_teams(scenario: Scenario) -> tuple[Team, ...]:
    """Give a team for each person and service with two or more attendances in the period.

    For each of them in turn, those with most attendances first, staff are taken into the team one by one
    until all its attendances have somebody at work with room in the shift. Taken next is who costs least for
    each attendance they add (the greedy rule of weighted set cover; Chvatal, *A greedy heuristic for the
    set-covering problem*, Mathematics of Operations Research 4, 1979): once ``new_face_pence``, and each time
    what a stranger, somebody not preferred and the way from their other people would cost. What a team is
    likely to do fills its shifts, so that the next person's team is looked for where there is room.

    Attendances for which nobody has room leave the team as it is. Where ``new_face_pence`` is 0, or nobody
    may come, there is no team. The same scenario always gives the same teams.
    """
    rota = _Rota(scenario)
    asked = [group for group in _groups(scenario) if group.attendances > 1 and group.price_mp]
    asked.sort(key=lambda group: (-group.attendances, group.person_id, group.service))
    teams = [Team(group.person_id, group.service, rota.team_for(group)) for group in asked]
    return tuple(
        sorted((team for team in teams if team.staff_ids), key=lambda team: (team.person_id, team.service))
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """What one service does for one person in the period; ``price_mp`` is that of a new face."""

    person_id: str
    service: str
    home: Place
    units: tuple[Unit, ...]
    price_mp: int

    @property
    def attendances(self) -> int:
        return len(self.units)


def _groups(scenario: Scenario) -> Iterator[_Group]:
    found: dict[tuple[str, str], list[Unit]] = {}
    for units in units_by_household(scenario, expand(scenario)).values():
        for unit in units:
            found.setdefault((unit.request.person_id, unit.request.service), []).append(unit)
    for (person_id, service), asked in found.items():
        costs = scenario.rules_for(asked[0].request).costs
        place = scenario.household_by_id[asked[0].request.household_id].place
        yield _Group(person_id, service, place, tuple(asked), costs.millipence(costs.new_face_pence))


@dataclass(slots=True)
class _Day:
    """A shift with the work that is likely to fall to it: earliest start to latest end, and seconds."""

    shift: Shift
    work: list[tuple[Window, int]] = field(default_factory=list)

    def room_for(self, starts: Iterable[Window], duration_s: int) -> Window | None:
        """Give the stretch of the shift in which a visit could be, where it has room for it; or None."""
        hours = self.shift.window
        for window in starts:
            start, end = max(window.start, hours.start), min(window.end + duration_s, hours.end)
            if start + duration_s <= end and self._holds(Window(start, end), duration_s + WAY_S):
                return Window(start, end)
        return None

    def _holds(self, stretch: Window, seconds: int) -> bool:
        inside, whole = 0, 0 if self.shift.pause is None else self.shift.pause.duration_s
        for span, busy in self.work:
            whole += busy
            if stretch.start <= span.start and span.end <= stretch.end:
                inside += busy
        return inside + seconds <= stretch.length + WAY_S and whole + seconds <= self.shift.window.length


class _Rota:
    """Who is at work when, and what is likely to fall to whom."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._staffing = Staffing(scenario)
        self._days: dict[str, list[_Day]] = {}
        for shift in scenario.shifts:
            self._days.setdefault(shift.staff_id, []).append(_Day(shift))
        self._ids = sorted(self._days)
        self._row = {staff_id: row for row, staff_id in enumerate(self._ids)}
        self._patches = Patches([scenario.staff_by_id[staff_id].start for staff_id in self._ids])
        self._rows: dict[frozenset[frozenset[str]], NDArray[np.intp]] = {}

    def team_for(self, group: _Group) -> tuple[str, ...]:
        """Choose the team of one person and service, and fill its shifts; ids in ascending order."""
        missing = [unit for unit in group.units for _ in range(unit.slots)]
        rows = self._may_come(group.units)
        team: list[str] = []
        while missing and len(rows):
            best = self._best_offer(group, missing, rows)
            if best is None:
                break
            self._book(group, best)
            for unit in best.units:
                missing.remove(unit)
            rows = rows[rows != self._row[best.staff_id]]
            team.append(best.staff_id)
        return tuple(sorted(team))

    def _may_come(self, units: Sequence[Unit]) -> NDArray[np.intp]:
        """Give the rows of the staff at work who may serve any of these units, by id."""
        sets = frozenset(self._staffing.eligible(unit, ALONE) for unit in units)
        if sets not in self._rows:
            rows = sorted(self._row[staff_id] for staff_id in frozenset().union(*sets) & self._days.keys())
            self._rows[sets] = np.array(rows, dtype=np.intp)
        return self._rows[sets]

    def _best_offer(self, group: _Group, missing: Sequence[Unit], rows: NDArray[np.intp]) -> _Offer | None:
        """Give the cheapest offer, of equals the first by id; None where nobody has room.

        Nobody is asked who would cost more than the best offer so far even with room for everything.
        """
        detours = self._detours(group, rows)
        most = len({unit.unit_id for unit in missing})
        least = group.price_mp / most + 1000 * (self._strangers(group, rows) + detours)
        best: tuple[float, str] | None = None
        found = None
        for k in np.argsort(least, kind="stable").tolist():
            if best is not None and least[k] > best[0]:
                break
            offer = self._offer(self._ids[rows[k]], missing)
            if offer is None:
                continue
            price = self._price(group, offer, float(detours[k])), offer.staff_id
            if best is None or price < best:
                best, found = price, offer
        return found

    def _strangers(self, group: _Group, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give what each would cost for being a stranger, in pence for each attendance."""
        pence = float(self._scenario.rules_for(group.units[0].request).costs.stranger_pence)
        known = self._scenario.known_staff.get(group.person_id)
        if not known:
            return np.zeros(len(rows))
        familiar = np.array([self._row[staff_id] for staff_id in known if staff_id in self._row], np.intp)
        return np.where(np.isin(rows, familiar), 0.0, pence)

    def _offer(self, staff_id: str, missing: Sequence[Unit]) -> _Offer | None:
        """Give what one member of staff could take on of the attendances that miss somebody, each once."""
        offer = _Offer(staff_id)
        for unit in missing:
            if unit in offer.units or staff_id not in self._staffing.eligible(unit, ALONE):
                continue
            for day in self._days[staff_id]:
                stretch = day.room_for(unit.windows, unit.duration_s)
                if stretch is not None:
                    day.work.append((stretch, unit.duration_s + WAY_S))
                    offer.add(unit, day)
                    break
        for day in offer.days:
            day.work.pop()
        return offer if offer.units else None

    def _price(self, group: _Group, offer: _Offer, detour: float) -> float:
        """Give what each attendance offered would cost, in millipence."""
        costs = self._scenario.rules_for(group.units[0].request).costs
        known = self._scenario.known_staff.get(group.person_id)
        stranger = costs.stranger_pence if known and offer.staff_id not in known else 0
        others = sum(
            bool(unit.request.preferred_staff) and offer.staff_id not in unit.request.preferred_staff
            for unit in offer.units
        )
        count = len(offer.units)
        each = stranger + costs.not_preferred_pence * others / count + detour
        return group.price_mp / count + 1000 * each

    def _detours(self, group: _Group, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Give the price in pence of the way from the nearest place where each goes anyway."""
        costs = self._scenario.policy.costs
        per_km = costs.travel_pence_per_hour / KM_PER_HOUR + costs.car_pence_per_mile * 1000 / METRES_PER_MILE
        return self._patches.nearest_km(rows, group.home) * per_km

    def _book(self, group: _Group, offer: _Offer) -> None:
        for unit, day in zip(offer.units, offer.days, strict=True):
            stretch = day.room_for(unit.windows, unit.duration_s)
            if stretch is not None:
                day.work.append((stretch, unit.duration_s + WAY_S))
        self._patches.add(self._row[offer.staff_id], group.home)


@dataclass(slots=True)
class _Offer:
    """What one member of staff could take on, and in which shifts."""

    staff_id: str
    units: list[Unit] = field(default_factory=list)
    days: list[_Day] = field(default_factory=list)

    def add(self, unit: Unit, day: _Day) -> None:
        self.units.append(unit)
        self.days.append(day)
