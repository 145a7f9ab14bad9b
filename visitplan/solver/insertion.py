"""Where a unit (a visit, or a group all or nothing) may be put into a plan, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from visitplan.solver.problem import RoutingProblem, Shift
    from visitplan.solver.timetable import Timetable

_WIDTHS = (12, 6, 3)
"""How many places are tried for the first, the second and every further member of a group."""

_WIDE = 60
"""The same for every member, where the narrow search finds nothing."""

_ENOUGH = 4
"""How many places that do fit are weighed against each other for the last member."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place that may fit: the estimated cost comes first, so that places sort by it.

    Attributes
    ----------
    estimate
        Added travel, assignment, use of the shift, window and preference cost, and what it costs that later
        visits of the run and the return are pushed; partners of linked visits in other runs do not move.
    shift, position
        Where in which run; the visit comes before the one that has that position now.
    floor
        Tick it shall not start before.
    window
        Index of the window it would start in.
    visit
        The visit.
    """

    estimate: int
    shift: int
    position: int
    floor: int
    window: int
    visit: int


class Inserter:
    """Finds places for units in a timetable.

    Parameters
    ----------
    table
        The plan; left as it was by all methods but ``insert_unit``.
    """

    def __init__(self, table: Timetable) -> None:
        self.table = table
        self.problem = table.problem
        self._eligible = [[int(s) for s in row.nonzero()[0]] for row in self.problem.eligible]
        self._floors = [_floors(self.problem, visit) for visit in range(len(self.problem.visits))]
        self._twins = _twins(self.problem)

    def eligible(self, visit: int) -> Sequence[int]:
        """Give the shifts that may serve a visit."""
        return self._eligible[visit]

    def insert_unit(
        self, unit: Sequence[int], most: int | None = None, shifts: Collection[int] | None = None
    ) -> bool:
        """Put a unit where it costs least; False, and nothing changed, where it does not fit.

        Parameters
        ----------
        unit
            Visits that are served together or not at all; none of them is served now.
        most
            It must add less than this cost.
        shifts
            Only these may serve it.
        """
        order = sorted(unit, key=lambda visit: (len(self._eligible[visit]), visit))
        widths = (_WIDTHS, (_WIDE,)) if len(unit) > 1 else ((_WIDTHS[0],), (10**9,))
        for width in widths:
            best = _Best(self.table.cost + most if most is not None else None)
            self._search(order, 0, [], width, best, shifts)
            if best.places:
                return all(self._insert(place) for place in best.places)
        return False

    def _insert(self, place: Place) -> bool:
        return self.table.insert(place.visit, place.shift, place.position, place.floor)

    def _search(
        self,
        order: Sequence[int],
        depth: int,
        chosen: list[Place],
        width: Sequence[int],
        best: _Best,
        shifts: Collection[int] | None,
    ) -> None:
        """Try the best places of one member and, with each, those of the members after it."""
        if depth == len(order):
            best.offer(self.table.cost, chosen)
            return
        fitting, most = 0, width[min(depth, len(width) - 1)]
        for place in self.places(order[depth], most, shifts):
            mark = self.table.mark()
            if not self._insert(place):
                continue
            fitting += 1
            if not best.beaten_by_now(self.table.cost):
                chosen.append(place)
                self._search(order, depth + 1, chosen, width, best, shifts)
                chosen.pop()
            self.table.rollback(mark)
            if fitting == _ENOUGH and depth == len(order) - 1:
                return

    def places(self, visit: int, most: int, shifts: Collection[int] | None = None) -> list[Place]:
        """Give places that may fit, cheapest first: the best of each shift, and at most ``most``.

        Windows take turns, so that a week's cheap Monday does not hide the other days.
        """
        lo, hi = self._link_bounds(visit)
        found: list[Place] = []
        twins: set[int] = set()
        for shift in self._eligible[visit]:
            if shifts is not None and shift not in shifts:
                continue
            if not self.table.runs[shift]:
                if self._twins[shift] in twins and not self.problem.links_of[visit]:
                    continue
                twins.add(self._twins[shift])
            if self.table.staff_allows(visit, shift):
                found.extend(sorted(self._in_run(visit, shift, lo, hi))[:2])
        found.sort()
        return found if len(found) <= most else _in_turns(found, most)

    def _link_bounds(self, visit: int) -> tuple[int, int]:
        """Give the ticks between which links to served visits may let this one start at all."""
        table = self.table
        lo, hi = table.floors[visit], table.windows[visit][-1][1]
        for link in self.problem.links_of[visit]:
            other = link.second if link.first == visit else link.first
            shift = table.shift_of[other]
            if shift < 0:
                continue
            after, before = (link.lo, link.hi) if link.second == visit else (_minus(link.hi), _minus(link.lo))
            if after is not None:
                lo = max(lo, table.starts[other] + after)
            if before is not None:
                hi = min(hi, table.latest_starts(shift)[table.runs[shift].index(other)] + before)
        return lo, hi

    def _in_run(self, visit: int, shift: int, lo: int, hi: int) -> Iterator[Place]:
        """Give the positions of a run that neither windows nor travel rule out, breaks not looked at."""
        table, work, asked = self.table, self.problem.shifts[shift], self.problem.visits[visit]
        cost = self.problem.travel[work.mode].cost
        run, late = table.runs[shift], table.latest_starts(shift)
        fixed = int(self.problem.assignment_cost.item(visit, shift)) + (0 if run else work.use_cost)
        end, before, here = work.start, work.start_place, asked.place
        for position in range(len(run) + 1):
            after = work.end_place if position == len(run) else table.places[run[position]]
            limit = work.latest_return if position == len(run) else late[position]
            reach = max(lo, end + table.shortest(work.mode, before, here))
            if reach > hi:
                return
            last = min(hi, limit - table.shortest(work.mode, here, after) - asked.duration)
            if reach <= last:
                best = self._best_start(visit, reach, last)
                if best is not None:
                    direct = cost.item(before, after) if run else 0
                    way = int(cost.item(before, here) + cost.item(here, after) - direct)
                    way += self._pushed(shift, position, visit, max(best[1], reach))
                    yield Place(best[0] + fixed + way, shift, position, best[1], best[2], visit)
            if position < len(run):
                end = self._earliest_end(shift, run[position], before, end)
                before = after

    def _pushed(self, shift: int, position: int, visit: int, start: int) -> int:
        """Give the cost of later starts, and of overtime, behind a visit put there to start at ``start``.

        Nothing is charged where the run has time in hand; a push into another window counts what that costs.
        """
        table, work, run = self.table, self.problem.shifts[shift], self.table.runs[shift]
        before, end, added = self.problem.visits[visit].place, start + table.durations[visit], 0
        for pushed in run[position:]:
            was, here = table.starts[pushed], table.places[pushed]
            now = table.into_window(pushed, end + table.shortest(work.mode, before, here))
            if 0 <= now <= was:
                return added
            now = max(now, was)
            added += _start_cost(self.problem, pushed, now)[0] - _start_cost(self.problem, pushed, was)[0]
            before, end = here, now + table.durations[pushed]
        back = end + table.shortest(work.mode, before, work.end_place)
        known = table.route(shift)
        due = work.end if known is None else max(work.end, known.finish)
        return added + work.overtime_cost * max(0, back - due)

    def _earliest_end(self, shift: int, visit: int, before: int, end: int) -> int:
        """Give the earliest end of a served visit; with the break of its run wherever it hinders least."""
        table, work = self.table, self.problem.shifts[shift]
        if work.pause is None or self.problem.links_of[visit]:
            return table.starts[visit] + table.durations[visit]
        reach = max(table.floors[visit], end + table.shortest(work.mode, before, table.places[visit]))
        return table.into_window(visit, reach) + table.durations[visit]

    def _best_start(self, visit: int, reach: int, last: int) -> tuple[int, int, int] | None:
        """Give (cost, floor, window) of the cheapest of the visit's floors within [reach, last]."""
        best = None
        for floor in self._floors[visit]:
            start = self.table.into_window(visit, self.table.on_grid(max(floor, reach)))
            if start < 0 or start > last:
                break
            cost, window = _start_cost(self.problem, visit, start)
            if best is None or cost < best[0]:
                best = (cost, floor, window)
        return best


class _Best:
    """The cheapest way found to place a whole unit, none of which may pass ``limit``."""

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self.places: list[Place] = []

    def beaten_by_now(self, cost: int) -> bool:
        """Say whether a plan of this cost is no better than what is known."""
        return self._limit is not None and cost >= self._limit

    def offer(self, cost: int, places: Sequence[Place]) -> None:
        if not self.beaten_by_now(cost):
            self._limit, self.places = cost, list(places)


def _minus(gap: int | None) -> int | None:
    return None if gap is None else -gap


def _floors(problem: RoutingProblem, visit: int) -> list[int]:
    """Give the starts worth waiting for: the first, and where a window gets cheaper than what came before."""
    asked = problem.visits[visit]
    floors, cheapest = [asked.windows[0].earliest], asked.windows[0].cost
    for window in asked.windows:
        if window.cost < cheapest:
            floors.append(window.earliest)
            cheapest = window.cost
        if asked.early_cost and window.preferred[0] > window.earliest:
            floors.append(window.preferred[0])
    return sorted(set(floors))


def _start_cost(problem: RoutingProblem, visit: int, start: int) -> tuple[int, int]:
    """Give window, early and late cost of a start, and the index of its window."""
    asked = problem.visits[visit]
    for index, window in enumerate(asked.windows):
        if start <= window.latest:
            first, last = window.preferred
            early, late = max(0, first - start), max(0, start - last)
            return window.cost + asked.early_cost * early + asked.late_cost * late, index
    raise ValueError(f"visit {visit} has no window at {start}")


def _in_turns(places: Sequence[Place], most: int) -> list[Place]:
    """Give the best ``most`` places, no window having more than its turn while others have some left."""
    by_window: dict[int, list[Place]] = {}
    for place in places:
        by_window.setdefault(place.window, []).append(place)
    share = -(-most // len(by_window))
    picked = [place for some in by_window.values() for place in some[:share]]
    return sorted(picked)


def _twins(problem: RoutingProblem) -> list[int]:
    """Give each shift a number, shared by shifts that are the same to every visit while they are empty."""
    numbers: dict[tuple[Shift, bytes, bytes], int] = {}
    found = []
    for index, shift in enumerate(problem.shifts):
        limited = problem.week_limits and problem.week_limits[shift.staff] is not None
        work = shift if limited else replace(shift, staff=0)
        column = problem.assignment_cost[:, index].tobytes(), problem.eligible[:, index].tobytes()
        found.append(numbers.setdefault((work, *column), len(numbers)))
    return found
