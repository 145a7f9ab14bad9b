"""From rows that obey the rules to the scenario."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from visitplan.domain.people import FamilyTime, History, Pause, Person, Shift, Staff
from visitplan.domain.period import HOUR, MINUTE
from visitplan.domain.places import Household, Place
from visitplan.domain.requests import ALL_WEEKDAYS, Pin, Request, Task
from visitplan.domain.scenario import Scenario
from visitplan.inputs.placing import starts_at_home
from visitplan.inputs.rotas import break_window, shift_ids, shift_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from visitplan.domain.period import Period
    from visitplan.inputs.context import Context
    from visitplan.inputs.rows import FamilyTimeRow, HouseholdRow, RequestRow, ShiftRow
    from visitplan.inputs.tables import Row

PENCE = 100


def scenario_of(
    context: Context, period: Period, *, name: str, hashes: Mapping[str, str] | None = None
) -> Scenario:
    """Make the scenario; pins and findings are added when they are known."""
    tables = context.tables
    return Scenario(
        name=name,
        period=period,
        requests=tuple(_request(context, period, row.data) for row in tables.requests),
        households=_households(context),
        staff=_staff(context),
        shifts=_shifts(period, tables.shifts),
        people=tuple(
            Person(
                row.data.person_id,
                row.data.household_id,
                row.data.frequent_user,
                row.data.child,
                row.data.name,
                None if row.data.discharge is None else period.tick_of(row.data.discharge),
            )
            for row in tables.people
        ),
        family_times=tuple(time for row in tables.family_times for time in _family_times(period, row.data)),
        tasks=tuple(
            Task(row.data.code, row.data.minutes * MINUTE, row.data.shareable, row.data.skill)
            for row in tables.tasks
        ),
        history=tuple(
            History(row.data.person_id, row.data.staff_id, row.data.visits, row.data.last_date, row.data.task)
            for row in tables.history
        ),
        travel_table=context.travel,
        policy=context.policy,
        input_hashes=dict(hashes or {}),
    )


def _households(context: Context) -> tuple[Household, ...]:
    return tuple(
        Household(
            row.data.household_id,
            row.data.area,
            Place(row.data.household_id, *context.places[row.key], access_s=_seconds(row.data.access_min)),
            row.data.max_staff_at_once,
            _quiet(row.data),
        )
        for row in context.tables.households
    )


def _quiet(row: HouseholdRow) -> tuple[dt.time, dt.time] | None:
    if row.quiet_start is None or row.quiet_end is None or row.quiet_start == row.quiet_end:
        return None
    return row.quiet_start, row.quiet_end


def _seconds(minutes: float | None) -> int | None:
    return None if minutes is None else round(minutes * MINUTE)


def _staff(context: Context) -> tuple[Staff, ...]:
    bases = context.tables.ids["bases"]
    taken = {row.data.household_id for row in context.tables.households}
    base_places = {name: _apart(name, "base", taken) for name in bases}
    taken |= set(base_places.values())
    staff = []
    for row in context.tables.staff:
        data = row.data
        if starts_at_home(data):
            place = Place(_apart(data.staff_id, "home", taken), *context.places[row.key])
        else:
            base = str(data.base_id)
            place = Place(base_places[base], *context.places[bases[base].key])
        staff.append(
            Staff(
                data.staff_id,
                data.service,
                data.organisation,
                place,
                skills=frozenset(data.skills),
                grade=data.grade,
                travel_mode=data.travel_mode,
                hourly_cost_pence=None if data.hourly_cost is None else round(data.hourly_cost * PENCE, 6),
                max_week_s=None if data.max_week_hours is None else round(data.max_week_hours * HOUR),
                areas=frozenset(data.areas),
                works_with=frozenset(data.works_with),
            )
        )
    return tuple(staff)


def _apart(name: str, kind: str, taken: set[str]) -> str:
    """Give a place id that no household or base has; with a travel table, a rule has seen to that before."""
    while name in taken:
        name = f"{kind}:{name}"
    return name


def _shifts(period: Period, rows: Iterable[Row[ShiftRow]]) -> tuple[Shift, ...]:
    rows = tuple(rows)
    names = shift_ids(rows)
    return tuple(
        Shift(
            names[row.number],
            row.data.staff_id,
            row.data.date,
            shift_window(period, row.data),
            _pause(period, row.data),
            row.data.overtime_max_min * MINUTE,
        )
        for row in rows
    )


def _pause(period: Period, shift: ShiftRow) -> Pause | None:
    window = break_window(period, shift)
    if not shift.break_min or window is None:
        return None
    return Pause(shift.break_min * MINUTE, window)


def _family_times(period: Period, row: FamilyTimeRow) -> Iterator[FamilyTime]:
    """Give a time on its date, or on each such weekday of the period and of the night before it."""
    dates: Iterable[dt.date] = (row.date,) if row.date is not None else ()
    if row.weekday is not None:
        days = (period.first - dt.timedelta(days=1), *period.days)
        dates = (day for day in days if day.weekday() in row.weekday)
    for day in dates:
        window = period.stretch(day, row.start, row.end)
        if row.date is not None or window.end > 0:
            yield FamilyTime(row.household_id, window, row.contact)


def _request(context: Context, period: Period, row: RequestRow) -> Request:
    known = context.tables.ids["staff"]
    return Request(
        request_id=row.request_id,
        household_id=row.household_id,
        person_id=row.person_id,
        service=row.service,
        organisation=row.organisation,
        duration_s=row.duration_min * MINUTE,
        earliest_date=row.earliest_date,
        latest_date=row.latest_date,
        window_start=row.window_start,
        window_end=row.window_end,
        preferred_start=row.preferred_start,
        preferred_end=row.preferred_end,
        usual_start=row.usual_start,
        same_time_s=None if row.same_time_min is None else row.same_time_min * MINUTE,
        weekdays=ALL_WEEKDAYS if row.days is None else row.days,
        visits=row.visits if isinstance(row.visits, int) else 1,
        daily=isinstance(row.visits, str),
        min_days_between=row.min_days_between,
        staff_needed=row.staff_needed,
        skills=frozenset(row.skills),
        joint=row.joint,
        family=row.family,
        priority=row.priority,
        time_critical=row.time_critical,
        tasks=row.tasks if "tasks" in context.tables.given else (),
        not_before=None if row.not_before is None else period.tick_of(row.not_before),
        complete_by=None if row.complete_by is None else period.tick_of(row.complete_by),
        received=None if row.received is None else period.tick_of(row.received),
        after_request=row.after_request,
        min_gap_s=(row.min_gap_min or 0) * MINUTE,
        max_gap_s=None if row.max_gap_min is None else row.max_gap_min * MINUTE,
        preferred_staff=frozenset(name for name in row.preferred_staff if name in known),
        excluded_staff=frozenset(name for name in row.excluded_staff if name in known),
    )


def pins_of(context: Context, period: Period) -> tuple[Pin, ...]:
    """Make the pins."""
    pins = []
    for row in context.tables.pins:
        moment = row.data.moment
        start = None if moment is None else period.tick_of(moment)
        pins.append(Pin(row.data.visit_id, row.data.staff_id, start))
    return tuple(pins)
