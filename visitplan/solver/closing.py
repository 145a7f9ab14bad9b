"""From the starts of a run to its whole route: when it departs, when it is back, and when its break is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visitplan.solver.arithmetic import latest_departure, travel_ticks
from visitplan.solver.solution import Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visitplan.solver.problem import Break, RoutingProblem, Shift


def close_route(
    problem: RoutingProblem, shift: int, visits: Sequence[int], starts: Sequence[int], pause_at: int = 0
) -> Route | None:
    """Give the route with these starts, departing as late and back as early as they allow.

    Parameters
    ----------
    pause_at
        The break is taken between visit ``pause_at - 1`` and visit ``pause_at`` of the run; 0 is before the
        first visit, ``len(visits)`` after the last. Not read where the shift has no break.

    Returns
    -------
    Route or None
        None if the starts leave no room for the first leg, the last leg or the break. The legs between
        visits are not looked at.
    """
    work, pause = problem.shifts[shift], problem.shifts[shift].pause
    opening = _opening(problem, work, visits[0], starts[0], pause if pause_at == 0 else None)
    closing = way_home(problem, work, visits[-1], starts[-1], pause if pause_at == len(visits) else None)
    if opening is None or closing is None:
        return None
    (depart, before), (finish, after) = opening, closing
    during = None
    if pause is not None and 0 < pause_at < len(visits):
        left = starts[pause_at - 1] + problem.visits[visits[pause_at - 1]].duration
        during = max(left, pause.earliest)
        if during + pause.duration > min(starts[pause_at], pause.latest):
            return None
    taken = [at for at in (before, during, after) if at is not None]
    return Route(shift, tuple(visits), tuple(starts), depart, finish, taken[0] if taken else None)


def pause_position(problem: RoutingProblem, route: Route) -> int:
    """Give the position of the break in a route: how many visits start before it (0 where there is none)."""
    at = route.break_start
    if at is None:
        return 0
    return sum(
        start + problem.visits[visit].duration <= at and start <= at
        for visit, start in zip(route.visits, route.starts, strict=True)
    )


def _opening(
    problem: RoutingProblem, work: Shift, visit: int, start: int, pause: Break | None
) -> tuple[int, int | None] | None:
    """Give departure and break start (None without one) of the way to the first visit."""
    travel, place = problem.travel[work.mode], problem.visits[visit].place

    def leave(arrive: int, earliest: int) -> int | None:
        return latest_departure(travel, work.start_place, place, arrive, earliest, problem.grid)

    if pause is None:
        depart = leave(start, work.start)
        return None if depart is None else (depart, None)
    begin = max(work.start, pause.earliest)
    if begin + pause.duration > min(pause.latest, work.latest_return):
        return None
    depart = leave(start, begin + pause.duration)
    if depart is not None:
        return depart, begin
    # No time for the break before leaving: it is taken on the way, and the leg starts that much earlier.
    depart = leave(start - pause.duration, work.start)
    if depart is None:
        return None
    depart = min(depart, pause.latest - pause.duration)
    if max(depart, pause.earliest) + pause.duration > start:
        return None
    return depart, max(depart, pause.earliest)


def way_home(
    problem: RoutingProblem, work: Shift, visit: int, start: int, pause: Break | None
) -> tuple[int, int | None] | None:
    """Give return and break start (None without one) of the way home; None if that is too late."""
    travel, last = problem.travel[work.mode], problem.visits[visit]
    end = start + last.duration
    back = end + travel_ticks(travel, last.place, work.end_place, end, problem.grid)
    if back > work.latest_return:
        return None
    if pause is None:
        return back, None
    begin = max(back, pause.earliest)
    if begin + pause.duration <= min(pause.latest, work.latest_return):
        return back, begin
    # No time for the break after the return: it is taken on the way.
    begin = max(end, pause.earliest)
    finish = max(back, begin) + pause.duration
    if begin + pause.duration > pause.latest or finish > work.latest_return:
        return None
    return finish, begin
