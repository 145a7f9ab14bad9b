"""The start windows of a visit with what each start costs: lateness, preferred times, family, discharge."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from visitplan.domain.expansion import preferred_span
from visitplan.domain.period import MINUTE
from visitplan.domain.quiet import closed_starts
from visitplan.domain.requests import Family
from visitplan.domain.windows import Window, Windows
from visitplan.domain.wishes import urgent_due
from visitplan.solver.problem import StartWindow

if TYPE_CHECKING:
    from visitplan.domain.demand import Visit
    from visitplan.domain.requests import Request
    from visitplan.domain.scenario import Scenario


def solver_windows(scenario: Scenario, visit: Visit, *, with_family: bool) -> tuple[StartWindow, ...]:
    """Give the start windows of a visit in minutes, with their costs; empty where there is none.

    ``with_family`` says that it is part of a joint visit that the family attends. They are kept with the
    scenario: most visits are the same in every attempt.
    """
    key = "solver_windows", visit, with_family
    known: tuple[StartWindow, ...] | None = scenario.kept.get(key)
    if known is None:
        known = scenario.kept[key] = _solver_windows(scenario, visit, with_family=with_family)
    return known


def _solver_windows(scenario: Scenario, visit: Visit, *, with_family: bool) -> tuple[StartWindow, ...]:
    request = scenario.request_by_id[visit.request_id]
    starts = visit.windows if with_family else allowed_starts(scenario, visit)
    absent_cost, present = _family(scenario, request, visit.duration_s)
    pieces = []
    for part in starts:
        alone = Windows((part,))
        pieces += [(window, 0) for window in alone & present]
        pieces += [(window, absent_cost) for window in alone - present]
    priced = (piece for window, cost in pieces for piece in _by_discharge(scenario, visit, window, cost))
    found = (_in_minutes(scenario, request, window, cost) for window, cost in sorted(priced))
    return tuple(window for window in found if window is not None)


def allowed_starts(scenario: Scenario, visit: Visit) -> Windows:
    """Give the ticks at which a visit may start, with the lateness that the policy allows.

    Only the end of the request's own window, or of the time for an urgent call, may be passed, not one that a
    family, a joint visit or a discharge has drawn narrower.
    """
    request = scenario.request_by_id[visit.request_id]
    late_s = scenario.rules_for(request).limits.max_late_min * MINUTE
    strict = request.time_critical or request.family is Family.REQUIRED or _is_pinned(scenario, visit)
    if late_s == 0 or strict:
        return visit.windows
    last = scenario.period.length if request.complete_by is None else request.complete_by - visit.duration_s
    parts = [_longer(scenario, request, part, late_s, last) for part in visit.windows]
    apart = [
        Window(part.start, min(part.end, after.start - MINUTE)) for part, after in itertools.pairwise(parts)
    ]
    return Windows.of([*apart, *parts[-1:]]) - closed_starts(scenario, request)


def _is_pinned(scenario: Scenario, visit: Visit) -> bool:
    pin = scenario.pin_by_visit.get(visit.visit_id)
    return pin is not None and pin.start is not None


def _longer(scenario: Scenario, request: Request, part: Window, late_s: int, last: int) -> Window:
    period = scenario.period
    due = urgent_due(scenario, request)
    if part.end not in (due, period.tick(period.date(part.end), request.window_end)):
        return part
    return Window(part.start, max(part.end, min(part.end + late_s, last)))


def _family(scenario: Scenario, request: Request, duration_s: int) -> tuple[int, Windows]:
    """Give the cost of the family's absence, and the starts at which it is there all the time."""
    present = scenario.family_windows.get(request.household_id)
    if request.family is not Family.WELCOME or present is None:
        return 0, Windows()
    costs = scenario.rules_for(request).costs
    return costs.millipence(costs.family_absent_pence), present.starts_for(duration_s)


def _by_discharge(scenario: Scenario, visit: Visit, window: Window, cost: int) -> list[tuple[Window, int]]:
    """Split a window into the day on which the person comes home, and what is too late for a first visit."""
    home = scenario.first_visits.get(visit.request_id)
    if home is None or visit.occurrence > 1:
        return [(window, cost)]
    alone, day = Windows((window,)), Windows((home,))
    costs = scenario.rules_for(scenario.request_by_id[visit.request_id]).costs
    late = cost + costs.millipence(costs.late_discharge_pence)
    return [*((part, cost) for part in alone & day), *((part, late) for part in alone - day)]


def _in_minutes(scenario: Scenario, request: Request, window: Window, cost: int) -> StartWindow | None:
    earliest, latest = -(-window.start // MINUTE), window.end // MINUTE
    if latest < earliest:
        return None
    first, last = preferred_span(scenario, request, window.start)
    return StartWindow(earliest, latest, cost, first // MINUTE, last // MINUTE)
