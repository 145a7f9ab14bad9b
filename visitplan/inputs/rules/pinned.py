"""Rules about what pins do to visits; they need the scenario that the other rows make."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from visitplan.domain.expansion import clock_windows, expand
from visitplan.domain.quiet import closed_starts
from visitplan.domain.scenario import Scenario
from visitplan.domain.windows import Window, Windows
from visitplan.inputs.context import Context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from visitplan.domain.demand import Visit
    from visitplan.domain.people import Staff
    from visitplan.domain.requests import Request
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.rows import PinRow
    from visitplan.inputs.tables import Row


@dataclass(frozen=True)
class PinContext:
    """The tables, and the scenario of all rows but the pins."""

    context: Context
    scenario: Scenario

    @cached_property
    def visits(self) -> Mapping[str, Visit]:
        """Give, by id, the visits of the requests that pins speak of."""
        named = {request_of(row.data.visit_id, self.context) for row in self.context.tables.pins}
        requests = tuple(
            replace(request, after_request=None)
            for request in self.scenario.requests
            if request.request_id in named
        )
        return {visit.visit_id: visit for visit in expand(replace(self.scenario, requests=requests)).visits}

    @cached_property
    def pinned(self) -> tuple[tuple[Row[PinRow], Visit], ...]:
        """Give the pins whose visit is known, with it."""
        rows = self.context.tables.pins
        return tuple(
            (row, self.visits[row.data.visit_id]) for row in rows if row.data.visit_id in self.visits
        )

    def start(self, row: Row[PinRow]) -> int | None:
        """Give the pinned start in ticks."""
        moment = row.data.moment
        return None if moment is None else self.scenario.period.tick_of(moment)


def request_of(visit_id: str, context: Context) -> str:
    """Give the id of the request that a visit id is made from."""
    known, broken = context.tables.ids["requests"], context.tables.broken_ids.get("requests", {})
    return visit_id if visit_id in known or visit_id in broken else visit_id.rpartition("/")[0] or visit_id


def visits_exist(pins: PinContext) -> Iterator[Problem]:
    """PIN-VISIT-UNKNOWN: a pin names a visit that no request makes."""
    broken = pins.context.tables.broken_ids.get("requests", {})
    for row in pins.context.tables.pins:
        name = row.data.visit_id
        if name in pins.visits:
            continue
        request = request_of(name, pins.context)
        if request in broken:
            yield pins.context.needs_rejected_request(row, "visit_id", request)
            continue
        ours = [v.visit_id for v in pins.visits.values() if v.request_id == request]
        says = f" The visits of {request!r} are {', '.join(ours[:6])}." if ours else ""
        known = pins.context.tables.ids["requests"]
        yield pins.context.at(
            row,
            "PIN-VISIT-UNKNOWN",
            f"No request makes this visit.{says or pins.context.hints(name, known)}",
            "Correct visit_id, or delete the row.",
            column="visit_id",
        )


def starts_are_in_the_window(pins: PinContext) -> Iterator[Problem]:
    """PIN-OUTSIDE-WINDOW: a visit may not start when it is pinned to start."""
    for row, visit in pins.pinned:
        start = pins.start(row)
        if start is not None and start not in visit.windows:
            yield pins.context.at(
                row,
                "PIN-OUTSIDE-WINDOW",
                "By its request, the visit may not start then.",
                "Correct the start, or the dates, windows or family times of the request.",
                column="start",
            )


def staff_may_serve(pins: PinContext) -> Iterator[Problem]:
    """PIN-STAFF-NOT-ALLOWED: a visit is pinned to staff who may not serve it."""
    for row, visit in pins.pinned:
        member = pins.scenario.staff_by_id.get(row.data.staff_id or "")
        if member is None:
            continue
        request = pins.scenario.request_by_id[visit.request_id]
        why = _why_not(pins.scenario, member, request)
        if why is not None:
            yield pins.context.at(
                row,
                "PIN-STAFF-NOT-ALLOWED",
                f"{member.staff_id!r} may not serve it: {why}.",
                "Pin it to somebody else, or correct the request or the staff.",
                column="staff_id",
            )


def _why_not(scenario: Scenario, member: Staff, request: Request) -> str | None:
    area = scenario.household_by_id[request.household_id].area
    missing = sorted(request.skills - member.skills)
    employers = scenario.policy.organisations
    reasons = (
        (member.service != request.service, f"they belong to service {member.service!r}"),
        (bool(missing), f"they lack {', '.join(missing)}"),
        (member.staff_id in request.excluded_staff, "they are excluded"),
        (bool(member.areas) and area not in member.areas, f"they do not serve area {area!r}"),
        (
            not employers.may_serve(member.organisation, request.organisation),
            f"{member.organisation!r} does not serve requests of {request.organisation!r}",
        ),
    )
    return next((text for holds, text in reasons if holds), None)


def staff_are_on_shift(pins: PinContext) -> Iterator[Problem]:
    """PIN-STAFF-OFF: staff have no shift when a visit pinned to them may start; it will be left out."""
    shifts: dict[str, list[Window]] = {}
    for shift in pins.scenario.shifts:
        shifts.setdefault(shift.staff_id, []).append(shift.window)
    for row, visit in pins.pinned:
        if row.data.staff_id is None:
            continue
        start = pins.start(row)
        starts = visit.windows if start is None else Windows((Window(start, start),))
        if not (Windows.of(shifts.get(row.data.staff_id, ())) & starts):
            yield pins.context.warn(
                row,
                "PIN-STAFF-OFF",
                f"{row.data.staff_id!r} has no shift when the visit may start.",
                "Correct the pin, or add a shift.",
                column="staff_id",
            )


def pairs_are_two_people_at_one_time(pins: PinContext) -> Iterator[Problem]:
    """PIN-PAIR: two visits that need two staff at once are pinned to the same, or to different starts."""
    firsts: dict[tuple[str, int], list[Row[PinRow]]] = {}
    for row, visit in pins.pinned:
        others = firsts.setdefault((visit.request_id, visit.occurrence), [])
        for other in others:
            same = row.data.staff_id is not None and row.data.staff_id == other.data.staff_id
            starts = {pins.start(row), pins.start(other)} - {None}
            if same or len(starts) > 1:
                yield pins.context.at(
                    row,
                    "PIN-PAIR",
                    f"Two staff come to it and to {other.data.visit_id!r} (row {other.number}) at one time, "
                    + ("and both are pinned to one." if same else "and the pinned starts differ."),
                    "Correct one of the two pins.",
                    column="staff_id" if same else "start",
                )
                break
        others.append(row)


def quiet_times_leave_time(pins: PinContext) -> Iterator[Problem]:
    """REQUEST-QUIET: a request's windows lie wholly in quiet times or school hours; it will be left out."""
    scenario = pins.scenario
    for row in pins.context.tables.requests:
        request = scenario.request_by_id[row.data.request_id]
        windows = clock_windows(scenario, request)
        if windows and not windows - closed_starts(scenario, request):
            yield pins.context.warn(
                row,
                "REQUEST-QUIET",
                "Its window lies wholly in quiet times, or in the school hours of a child.",
                "Widen the window, or mark it as time_critical.",
                column="window_start",
            )


PIN_RULES: tuple[Callable[[PinContext], Iterator[Problem]], ...] = (
    visits_exist,
    starts_are_in_the_window,
    staff_may_serve,
    staff_are_on_shift,
    pairs_are_two_people_at_one_time,
    quiet_times_leave_time,
)
"""Every rule about pinned visits, and those that need the scenario as well."""
