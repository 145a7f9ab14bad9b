"""Turns: links that keep a home from ever holding more members of staff than it should."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from visitplan.coordination.precedence import Precedence
from visitplan.coordination.timetable import Timetable, timetable
from visitplan.domain.demand import Demand, LinkReason, Visit, VisitLink
from visitplan.domain.period import HOUR
from visitplan.domain.windows import Window, Windows
from visitplan.domain.wishes import never_waits
from visitplan.findings import Finding, Severity, Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visitplan.coordination.timetable import Bounds
    from visitplan.domain.scenario import Scenario

FINE = 1_000_000
"""Scale of the whole numbers in which the loss of room is compared."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """Two visits, by position: the first ends before the second starts; and the room that is lost by it."""

    first: int
    second: int
    loss: int


def take_turns(scenario: Scenario, demand: Demand) -> Demand:
    """Add turn links wherever visits to a home could overlap beyond its limit.

    A turn says that one visit ends before another starts. Turns are added two visits at a time, those that
    lose the least room first, until at no moment more visits than the limit can be under way; visits that
    links or windows keep apart anyway count as one. Where that runs into a dead end, CP-SAT makes a timetable
    of the home, and turns are taken in its order; where there is none for everybody, because too many must
    come at the same time, the least urgent lose their windows and a finding says so.
    """
    homes: dict[str, list[Visit]] = {}
    for visit in demand.visits:
        if visit.windows:
            household_id = scenario.request_by_id[visit.request_id].household_id
            homes.setdefault(household_id, []).append(visit)
    links_of = _links_by_visit(demand)
    added: list[VisitLink] = []
    findings: list[Finding] = []
    surplus: set[str] = set()
    for household_id, visits in homes.items():
        held = scenario.staff_at_once(household_id)
        if _most_under_way(visits) > held:
            home = _Home(scenario, demand, visits, links_of)
            home.settle(held)
            added += home.turns
            surplus |= home.surplus
            findings += [_beyond_limit(household_id, visit_id, held) for visit_id in sorted(home.surplus)]
    return replace(
        demand,
        visits=tuple(replace(v, windows=Windows()) if v.visit_id in surplus else v for v in demand.visits),
        links=(*demand.links, *added),
        findings=(*demand.findings, *findings),
    )


def _links_by_visit(demand: Demand) -> dict[str, list[VisitLink]]:
    links: dict[str, list[VisitLink]] = {}
    for link in demand.links:
        links.setdefault(link.first, []).append(link)
    return links


def _stretches(visit: Visit) -> Iterator[Window]:
    """Give the ticks at which a visit may be under way, the end of it not counted."""
    for window in visit.windows:
        yield Window(window.start, window.end + visit.duration_s - 1)


def _most_under_way(visits: Sequence[Visit]) -> int:
    """Give the most visits that windows alone let be under way at a time."""
    if len(visits) < 2:
        return len(visits)
    return max(len(under_way) for _, under_way in _moments(visits))


def _moments(visits: Sequence[Visit]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Give each tick at which one more visit may be under way, and the positions of all that may be."""
    stretches = [(at, stretch) for at, visit in enumerate(visits) for stretch in _stretches(visit)]
    for tick in sorted({stretch.start for _, stretch in stretches}):
        yield tick, tuple(sorted({at for at, stretch in stretches if tick in stretch}))


class _Home:
    """The visits to one home while their turns are being settled."""

    def __init__(
        self,
        scenario: Scenario,
        demand: Demand,
        visits: Sequence[Visit],
        links_of: dict[str, list[VisitLink]],
    ) -> None:
        self.turns: list[VisitLink] = []
        self.surplus: set[str] = set()
        self._visits = visits
        self._never_waits = [
            never_waits(scenario, scenario.request_by_id[visit.request_id]) for visit in visits
        ]
        self._priority = [scenario.request_by_id[visit.request_id].priority for visit in visits]
        at = {visit.visit_id: position for position, visit in enumerate(visits)}
        group_of = {v: number for number, group in enumerate(demand.groups) for v in group}
        self._groups = [group_of.get(visit.visit_id) for visit in visits]
        links = [
            (at[link.first], at[link.second], link.lo_s, link.hi_s)
            for visit in visits
            for link in links_of.get(visit.visit_id, ())
            if link.second in at
        ]
        self._sure = Precedence(len(visits), self._groups)
        for link in links:
            self._sure.add(*link)
        self._links: list[Bounds] = []
        self._all, self._left = self._with_all(links)
        self._gone: set[int] = set()

    def _with_all(self, links: Sequence[Bounds]) -> tuple[Precedence, list[Windows]]:
        """Give what holds when every visit is served; a link that cannot hold beside the others is left."""
        precedence, left = Precedence(len(self._visits)), [visit.windows for visit in self._visits]
        for link in links:
            further = precedence.copy()
            tight = further.tightened(left) if further.add(*link) else None
            if tight is not None:
                precedence, left = further, tight
                self._links.append(link)
        return precedence, left

    def settle(self, held: int) -> None:
        """Add turns, and find the surplus, until the home never holds more than it should."""
        self._drop_doubled(held)
        before = self._sure, self._all, self._left
        if self._take_turns(held, give_up=False):
            return
        (self._sure, self._all, self._left), self.turns = before, []
        staying = [v for v in range(len(self._visits)) if v not in self._gone]
        table = self._timetable(staying, held)
        if table is None:
            self._take_turns(held, give_up=True)
        else:
            self._give_up(table.left_out)
            for row in table.rows:
                self._follow(row)

    def _take_turns(self, held: int, *, give_up: bool) -> bool:
        """Add turns one by one; where none is possible, give a visit up or give False."""
        moments = [under_way for _, under_way in _moments(self._visits) if len(under_way) > held]
        for under_way in moments:
            while len(chains := self._chains(under_way)) > held:
                if not any(self._take(turn) for turn in self._turns_between(chains)):
                    if not give_up:
                        return False
                    self._drop(under_way)
        return True

    def _timetable(self, staying: Sequence[int], held: int) -> Timetable | None:
        at = {visit: position for position, visit in enumerate(staying)}
        table = timetable(
            [self._visits[v] for v in staying],
            [self._groups[v] for v in staying],
            [1000 * 10 ** (5 - self._priority[v]) - at[v] for v in staying],
            [(at[a], at[b], lo, hi) for a, b, lo, hi in self._links if a in at and b in at],
            held,
        )
        if table is None:
            return None
        rows = tuple(tuple(staying[v] for v in row) for row in table.rows)
        return Timetable(rows, tuple(staying[v] for v in table.left_out))

    def _follow(self, row: Sequence[int]) -> None:
        """Link the visits of a row in their order, wherever they could overlap."""
        for one, two in combinations(row, 2):
            meet = any(
                a.meet(b) for a in _stretches(self._visits[one]) for b in _stretches(self._visits[two])
            )
            if meet and not self._apart(one, two):
                self._sure.add(one, two, self._visits[one].duration_s, None)
                self._link(one, two)

    def _link(self, one: int, two: int) -> None:
        first, second = self._visits[one], self._visits[two]
        link = VisitLink(first.visit_id, second.visit_id, first.duration_s, None, LinkReason.TURN)
        self.turns.append(link)

    def _chains(self, under_way: Iterable[int]) -> list[list[int]]:
        """Put visits into chains of which at most one member can be under way at a time."""
        chains: list[list[int]] = []
        for visit in under_way:
            if visit in self._gone:
                continue
            chain = next((c for c in chains if all(self._apart(visit, other) for other in c)), None)
            if chain is None:
                chains.append([visit])
            else:
                chain.append(visit)
        return chains

    def _apart(self, one: int, two: int) -> bool:
        """Tell whether links in force whenever both are served keep two visits from overlapping."""
        return (
            self._sure.between(one, two) >= self._visits[one].duration_s
            or self._sure.between(two, one) >= self._visits[two].duration_s
        )

    def _turns_between(self, chains: Sequence[Sequence[int]]) -> list[_Turn]:
        """Give the turns that windows allow between visits of different chains, least loss first.

        Turns in which a time-critical visit or an urgent call would wait for another come last.
        """
        turns = [
            turn
            for before, after in permutations(chains, 2)
            for one in before
            for two in after
            if not self._apart(one, two) and (turn := self._turn(one, two)) is not None
        ]
        return sorted(
            turns,
            key=lambda turn: (
                self._never_waits[turn.second] and not self._never_waits[turn.first],
                turn.loss,
                self._rank(turn.first),
                self._rank(turn.second),
            ),
        )

    def _rank(self, visit: int) -> tuple[int, int, str]:
        windows = self._visits[visit].windows
        return windows.earliest, windows.latest, self._visits[visit].visit_id

    def _turn(self, one: int, two: int) -> _Turn | None:
        seconds = self._visits[one].duration_s
        before, after = self._left[one], self._left[two]
        latest, earliest = after.latest - seconds, before.earliest + seconds
        if latest < before.earliest or earliest > after.latest:
            return None
        early = before & Windows((Window(before.earliest, latest),))
        late = after & Windows((Window(earliest, after.latest),))
        loss = _tightness(early) + _tightness(late) - _tightness(before) - _tightness(after)
        return _Turn(one, two, loss)

    def _take(self, turn: _Turn) -> bool:
        """Add a turn, if all visits can be timed with it as far as bounds tell."""
        seconds = self._visits[turn.first].duration_s
        sure, after = self._sure.copy(), self._all.copy()
        if not all(known.add(turn.first, turn.second, seconds, None) for known in (sure, after)):
            return False
        left = after.tightened(self._left)
        if left is None:
            return False
        self._sure, self._all, self._left = sure, after, left
        self._link(turn.first, turn.second)
        return True

    def _drop_doubled(self, held: int) -> None:
        """Give up what must start at the same time and is more than the home holds."""
        for visit in range(len(self._visits)):
            same = [
                other
                for other in range(len(self._visits))
                if self._sure.between(visit, other) == self._sure.between(other, visit) == 0
            ]
            if len(same) > held and visit not in self._gone:
                self._give_up(same[held:])

    def _drop(self, under_way: Iterable[int]) -> None:
        """Give up the least urgent visit, one by itself first."""
        staying = [visit for visit in under_way if visit not in self._gone]
        least = max(
            staying,
            key=lambda v: (self._groups[v] is None, self._priority[v], self._visits[v].visit_id),
        )
        self._give_up([least])

    def _give_up(self, visits: Iterable[int]) -> None:
        """Take these visits away; their groups cannot be served without them."""
        for visit in visits:
            if visit in self._gone:
                continue
            self.surplus.add(self._visits[visit].visit_id)
            group = self._groups[visit]
            self._gone |= {v for v, of in enumerate(self._groups) if group is not None and of == group}
            self._gone.add(visit)


def _tightness(windows: Windows) -> int:
    """Give how tight a set of starts is: FINE when it is fixed, half of it for an hour."""
    return FINE * HOUR // (windows.length + HOUR)


def _beyond_limit(household_id: str, visit_id: str, held: int) -> Finding:
    return Finding(
        "COORD-HOUSEHOLD-LIMIT",
        Severity.WARNING,
        Where(subject=visit_id),
        cause=f"Household {household_id} holds {held} members of staff at a time, and visit {visit_id} "
        "cannot take its turn: too many must be there at once.",
        action="Widen its window, ask for fewer staff at once, or raise max_staff_at_once of the household.",
    )
