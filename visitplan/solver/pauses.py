"""Where in a run the break lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.solver.closing import way_home
from visitplan.solver.fixpoint import AT_END

if TYPE_CHECKING:
    from visitplan.solver.fixpoint import Fixpoint
    from visitplan.solver.problem import Break


def pause_options(table: Fixpoint, shift: int) -> list[int]:
    """Give the places a run's break may have, best first: the visit it comes before, or ``AT_END``.

    Best is the place with the earliest return, then the least delay of the visits. For a run without links
    none is missing and none is wrong; links count as the starts of their other visits stand.
    """
    work = table.problem.shifts[shift]
    run, pause = table.runs[shift], work.pause
    if pause is None:
        return []
    lower = [table.lower(visit) for visit in run]
    free = _starts_from(table, shift, lower, 0, None)
    if free is None:
        return []
    late = table.latest_starts(shift)
    ranked = []
    for position in range(len(run) + 1):
        if not _may_begin(table, shift, pause, free, position):
            continue
        starts = free if position == len(run) else _starts_from(table, shift, lower, position, free)
        if starts is None or any(start > last for start, last in zip(starts, late, strict=True)):
            continue
        home = way_home(table.problem, work, run[-1], starts[-1], pause if position == len(run) else None)
        if home is not None:
            place = AT_END if position == len(run) else run[position]
            ranked.append((home[0], sum(starts), position, place))
    return [place for _, _, _, place in sorted(ranked)]


def _may_begin(table: Fixpoint, shift: int, pause: Break, free: list[int], position: int) -> bool:
    """Say whether the break, at this place, can end in time for its own window."""
    work = table.problem.shifts[shift]
    begin = max(work.start, pause.earliest)
    if position > 0:
        visit = table.runs[shift][position - 1]
        begin = max(begin, free[position - 1] + table.durations[visit])
    return begin + pause.duration <= min(pause.latest, work.latest_return)


def _starts_from(
    table: Fixpoint, shift: int, lower: list[int], position: int, free: list[int] | None
) -> list[int] | None:
    """Give a run's starts with its break before ``position``; None if a visit finds no window.

    ``free`` are its starts without a break; where it is None, it is they that are asked for.
    """
    run, pause = table.runs[shift], table.problem.shifts[shift].pause
    starts = [] if free is None else free[:position]
    before = run[position - 1] if position else -1
    end = starts[-1] + table.durations[before] if position else table.problem.shifts[shift].start
    for index in range(position, len(run)):
        visit = run[index]
        least = table.arrival(shift, visit, before, end)
        if index == position and free is not None and pause is not None:
            least = max(least, pause.earliest) + pause.duration
        start = table.into_window(visit, table.on_grid(max(least, lower[index])))
        if start < 0:
            return None
        if index > position and free is not None and start == free[index]:
            return starts + free[index:]
        starts.append(start)
        before, end = visit, start + table.durations[visit]
    return starts
