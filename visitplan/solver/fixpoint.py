"""The start times of given runs: the least fixpoint of their arcs, kept up incrementally.

Nodes are the served visits. Arcs lead along each run (duration, travel, the break) and along each link
(``first -> second`` with ``+lo`` and ``second -> first`` with ``-hi``, so that largest gaps and groups of
three need no special case). A start that falls between two windows moves on into the next one. All arcs are
monotone, so the earliest starts exist, or there are none at all.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from visitplan.solver.arithmetic import round_up, travel_ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visitplan.solver.problem import RoutingProblem

UNSET = -1
"""No visit, no shift, no start."""

AT_END = -1
"""The break comes after the last visit of the run."""

NO_PAUSE = -2
"""The run has no break."""


class Fixpoint:
    """Runs and the earliest start times that all their rules allow.

    Attributes
    ----------
    runs
        For each shift, its visits in order; a new list at each change.
    starts, shift_of
        For each visit, its start in ticks and its shift; -1 while it is not served.
    floors
        For each visit, the tick it may not start before.
    pause_before
        For each shift, the visit its break comes before, ``AT_END`` or ``NO_PAUSE``.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        visits, shifts, grid = len(problem.visits), len(problem.shifts), problem.grid
        self.runs: list[list[int]] = [[] for _ in range(shifts)]
        self.starts = [UNSET] * visits
        self.shift_of = [UNSET] * visits
        self.windows = [[(round_up(w.earliest, grid), w.latest) for w in v.windows] for v in problem.visits]
        self.floors = [windows[0][0] for windows in self.windows]
        self.pause_before = [NO_PAUSE] * shifts
        self.durations = [visit.duration for visit in problem.visits]
        self.places = [visit.place for visit in problem.visits]
        self._first_start = tuple(self.floors)
        self._arcs_into, self._linked = _link_arcs(problem)
        self._previous = [UNSET] * visits
        self._following = [UNSET] * visits
        self._leg = [0] * visits
        self._by_time = [bool(travel.factors.starts) for travel in problem.travel]
        self._least_permille = [min((1000, *t.factors.permille)) for t in problem.travel]
        self._late: list[list[int] | None] = [None] * shifts
        self._undo: list[tuple[list[Any], int, Any]] = []
        self._most_raises = 1000 + 20 * visits

    # --- reading ----------------------------------------------------------------------------------------

    def into_window(self, visit: int, tick: int) -> int:
        """Give the first allowed start of a visit not before ``tick``; -1 if there is none."""
        for earliest, latest in self.windows[visit]:
            if tick <= latest:
                return tick if tick > earliest else earliest
        return -1

    def last_start(self, visit: int, tick: int) -> int:
        """Give the last allowed start of a visit not after ``tick``; -1 if there is none."""
        for earliest, latest in reversed(self.windows[visit]):
            if earliest <= tick:
                return min(tick, latest)
        return -1

    def shortest(self, mode: int, origin: int, destination: int) -> int:
        """Give ticks of travel that no departure can undercut."""
        free: int = self.problem.travel[mode].ticks.item(origin, destination)
        return free if self._least_permille[mode] >= 1000 else free * self._least_permille[mode] // 1000

    def latest_starts(self, shift: int) -> list[int]:
        """Give, for each visit of a run, the last start that lets the rest of the run follow in time.

        Links and the break are not looked at, so the true last start may be earlier. -1 where there is none.
        """
        known = self._late[shift]
        if known is None:
            work = self.problem.shifts[shift]
            known, bound, after = [], work.latest_return, work.end_place
            for visit in reversed(self.runs[shift]):
                away = self.shortest(work.mode, self.places[visit], after)
                bound = self.last_start(visit, bound - away - self.durations[visit])
                known.append(bound)
                after = self.places[visit]
            known.reverse()
            self._put(self._late, shift, known)
        return known

    def lower(self, visit: int) -> int:
        """Give the start of a visit that its floor and its links to served visits ask for at least."""
        least = self.floors[visit]
        for other, gap in self._arcs_into[visit]:
            if self.shift_of[other] >= 0 and self.starts[other] + gap > least:
                least = self.starts[other] + gap
        return least

    def arrival(self, shift: int, visit: int, before: int, end: int) -> int:
        """Give the tick at which a shift that ends ``before`` (-1: departs) at ``end`` reaches a visit."""
        work = self.problem.shifts[shift]
        if not self._by_time[work.mode] and self._previous[visit] == before and self.shift_of[visit] == shift:
            return end + self._leg[visit]
        origin = work.start_place if before < 0 else self.places[before]
        travel = self.problem.travel[work.mode]
        return end + travel_ticks(travel, origin, self.places[visit], end, self.problem.grid)

    # --- the fixpoint -----------------------------------------------------------------------------------

    def _pull(self, visit: int) -> tuple[int, int]:
        """Give the start that the arcs into a visit ask for (-1: none is left), and the visit that set it."""
        shift = self.shift_of[visit]
        work, before = self.problem.shifts[shift], self._previous[visit]
        end = self.starts[before] + self.durations[before] if before >= 0 else work.start
        least, cause = self.arrival(shift, visit, before, end), before
        if self.pause_before[shift] == visit:
            pause = work.pause
            if pause is None or (before >= 0 and end + pause.duration > pause.latest):
                return -1, UNSET
            least += pause.duration
            if pause.earliest + pause.duration > least:
                least, cause = pause.earliest + pause.duration, UNSET
        if self._by_time[work.mode]:
            cause = UNSET
        if self.floors[visit] > least:
            least, cause = self.floors[visit], UNSET
        for other, gap in self._arcs_into[visit]:
            if self.shift_of[other] >= 0 and self.starts[other] + gap > least:
                least, cause = self.starts[other] + gap, other
        if self.problem.grid > 1:
            least = round_up(least, self.problem.grid)
        start = self.into_window(visit, least)
        return start, cause if start == least else UNSET

    def _propagate(self, fresh: Iterable[int]) -> tuple[int | None, set[int]]:
        """Raise starts until every arc holds; give the shift that failed, if any, and the shifts touched.

        A start that is raised, through arcs alone, by its own raise has a ring of arcs that asks it to be
        later than itself: no start times exist. Arcs through a window's or a break's beginning, or through
        travel by time of day, may come to rest, so they do not count; those rings are given up after a
        bounded number of raises.
        """
        # What comes after a fresh visit is looked at even where that one does not move: its arcs may be new.
        queue = deque(dict.fromkeys(v for one in fresh for v in (one, *self._after(one))))
        waiting = set(queue)
        causes: dict[int, int] = {}
        touched = {self.shift_of[visit] for visit in queue}
        raises = 0
        while queue:
            visit = queue.popleft()
            waiting.discard(visit)
            start, cause = self._pull(visit)
            if start < 0:
                return self.shift_of[visit], touched
            if start == self.starts[visit]:
                continue
            raises += 1
            if raises > self._most_raises or self._in_own_ring(visit, cause, causes):
                return self.shift_of[visit], touched
            causes[visit] = cause
            self._put(self.starts, visit, start)
            touched.add(self.shift_of[visit])
            for other in self._after(visit):
                if other not in waiting:
                    queue.append(other)
                    waiting.add(other)
        return None, touched

    def _after(self, visit: int) -> Iterator[int]:
        """Give the served visits that arcs from this one lead to."""
        if self._following[visit] >= 0:
            yield self._following[visit]
        for other in self._linked[visit]:
            if self.shift_of[other] >= 0:
                yield other

    @staticmethod
    def _in_own_ring(visit: int, cause: int, causes: Mapping[int, int]) -> bool:
        while cause >= 0:
            if cause == visit:
                return True
            cause = causes.get(cause, UNSET)
        return False

    # --- changing runs ----------------------------------------------------------------------------------

    def _change(
        self, runs: Mapping[int, Sequence[int]], floors: Mapping[int, int], whole: Iterable[int]
    ) -> list[int]:
        """Set new runs and floors; give the visits whose starts must be found again, reset to their floors.

        ``whole`` names shifts all of whose visits are reset because their break may move.
        """
        seeds = [visit for visit in floors if self.shift_of[visit] >= 0]
        for shift in whole:
            seeds.extend(self.runs[shift])
        for shift, new in runs.items():
            seeds.extend(self.runs[shift][_same_beginning(self.runs[shift], new) :])
        loose = self._dependents(seeds)
        for shift in runs:
            for visit in self.runs[shift]:
                self._put(self.shift_of, visit, UNSET)
        for shift, new in runs.items():
            self._set_run(shift, list(new))
            loose.extend(visit for visit in new if self.starts[visit] == UNSET)
        for visit in {v for v in loose if self.shift_of[v] < 0}:
            self._put(self.starts, visit, UNSET)
            self._put(self.floors, visit, self._first_start[visit])
        for visit, floor in floors.items():
            self._put(self.floors, visit, round_up(floor, self.problem.grid))
        fresh = [visit for visit in dict.fromkeys(loose) if self.shift_of[visit] >= 0]
        for visit in fresh:
            self._put(self.starts, visit, self.into_window(visit, self.floors[visit]))
        return fresh

    def _set_run(self, shift: int, run: list[int]) -> None:
        self._put(self.runs, shift, run)
        self._put(self._late, shift, None)
        work = self.problem.shifts[shift]
        ticks = self.problem.travel[work.mode].ticks
        before, place = UNSET, work.start_place
        for visit in run:
            self._put(self.shift_of, visit, shift)
            self._put(self._previous, visit, before)
            self._put(self._leg, visit, ticks.item(place, self.places[visit]))
            if before >= 0:
                self._put(self._following, before, visit)
            before, place = visit, self.places[visit]
        if before >= 0:
            self._put(self._following, before, UNSET)

    def _dependents(self, seeds: Iterable[int]) -> list[int]:
        """Give the seeds and every visit whose start may be what it is because of them."""
        found = dict.fromkeys(seeds)
        queue = deque(found)
        while queue:
            visit = queue.popleft()
            for other, gap in self._arcs_out(visit):
                if other in found or self.shift_of[other] < 0 or self.starts[other] <= self.floors[other]:
                    continue
                if (
                    gap is None
                    or self.into_window(other, self.on_grid(self.starts[visit] + gap)) == (self.starts[other])
                ):
                    found[other] = None
                    queue.append(other)
        return list(found)

    def _arcs_out(self, visit: int) -> Iterable[tuple[int, int | None]]:
        """Give the visits that wait for this one, with the gap of the arc (None along the run)."""
        if self._following[visit] >= 0:
            yield self._following[visit], None
        for other in self._linked[visit]:
            for source, gap in self._arcs_into[other]:
                if source == visit:
                    yield other, gap

    def on_grid(self, tick: int) -> int:
        """Give the first tick of the grid that is not before ``tick``."""
        return round_up(tick, self.problem.grid) if self.problem.grid > 1 else tick

    def _put(self, where: list[Any], index: int, value: Any) -> None:
        self._undo.append((where, index, where[index]))
        where[index] = value


def _same_beginning(old: Sequence[int], new: Sequence[int]) -> int:
    """Give how many visits two runs share from the beginning."""
    count = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        count += 1
    return count


def _link_arcs(problem: RoutingProblem) -> tuple[list[list[tuple[int, int]]], list[tuple[int, ...]]]:
    """Give for each visit the arcs into it, as (from, gap), and the visits arcs from it lead to."""
    into: list[list[tuple[int, int]]] = [[] for _ in problem.visits]
    for link in problem.links:
        if link.lo is not None:
            into[link.second].append((link.first, link.lo))
        if link.hi is not None:
            into[link.first].append((link.second, -link.hi))
    out: list[dict[int, None]] = [{} for _ in problem.visits]
    for visit, arcs in enumerate(into):
        for other, _ in arcs:
            out[other][visit] = None
    return into, [tuple(targets) for targets in out]
