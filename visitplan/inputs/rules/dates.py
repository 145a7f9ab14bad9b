"""Rules about dates and clock times of requests and family times."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.rows import RequestRow


def request_dates_ascend(context: Context) -> Iterator[Problem]:
    """REQUEST-DATES-REVERSED: latest_date lies before earliest_date."""
    for row in context.tables.requests:
        if row.data.latest_date < row.data.earliest_date:
            yield context.at(
                row,
                "REQUEST-DATES-REVERSED",
                f"latest_date lies before earliest_date, {row.data.earliest_date}.",
                "Swap or correct them.",
                column="latest_date",
            )


def request_windows_ascend(context: Context) -> Iterator[Problem]:
    """REQUEST-WINDOW-REVERSED: window_end lies before window_start."""
    for row in context.tables.requests:
        if row.data.window_end < row.data.window_start:
            yield context.at(
                row,
                "REQUEST-WINDOW-REVERSED",
                f"window_end lies before window_start, {row.data.window_start:%H:%M}.",
                "Swap or correct them; split a window over midnight into two requests.",
                column="window_end",
            )


def preferred_times_ascend(context: Context) -> Iterator[Problem]:
    """REQUEST-PREFERRED-REVERSED: preferred_end lies before preferred_start."""
    for row in context.tables.requests:
        start, end = row.data.preferred_start, row.data.preferred_end
        if start is not None and end is not None and end < start:
            yield context.at(
                row,
                "REQUEST-PREFERRED-REVERSED",
                f"preferred_end lies before preferred_start, {start:%H:%M}.",
                "Swap or correct them.",
                column="preferred_end",
            )


def preferred_times_meet_the_window(context: Context) -> Iterator[Problem]:
    """REQUEST-PREFERRED-OUTSIDE: no start inside the window is a preferred one."""
    for row in context.tables.requests:
        data = row.data
        late = (
            data.preferred_start is not None and data.window_start <= data.window_end < data.preferred_start
        )
        early = data.preferred_end is not None and data.preferred_end < data.window_start <= data.window_end
        if late or early:
            yield context.warn(
                row,
                "REQUEST-PREFERRED-OUTSIDE",
                f"The preferred time lies outside {data.window_start:%H:%M} to {data.window_end:%H:%M}.",
                "Correct it, or widen the window.",
                column="preferred_start" if late else "preferred_end",
            )


def _dates_in_order(request: RequestRow) -> bool:
    return request.earliest_date <= request.latest_date


def requests_meet_the_period(context: Context) -> Iterator[Problem]:
    """REQUEST-OUTSIDE-PERIOD: none of a request's dates is planned."""
    period = context.period
    if period is None:
        return
    for row in context.tables.requests:
        data = row.data
        outside = data.latest_date < period.first or data.earliest_date > period.last
        if outside and _dates_in_order(data):
            yield context.at(
                row,
                "REQUEST-OUTSIDE-PERIOD",
                f"Its dates lie outside the planning period, {period.first} to {period.last}.",
                "Correct the dates, or the period in the policy.",
                column="earliest_date" if data.earliest_date > period.last else "latest_date",
            )


def request_has_a_day(context: Context) -> Iterator[Problem]:
    """REQUEST-NO-DAY: none of a request's weekdays falls on its dates in the period."""
    period = context.period
    if period is None:
        return
    for row in context.tables.requests:
        data = row.data
        inside = data.earliest_date <= period.last and data.latest_date >= period.first
        if inside and _dates_in_order(data) and not context.calendar_days(data):
            yield context.at(
                row,
                "REQUEST-NO-DAY",
                "None of its weekdays falls on its dates in the planning period.",
                "Correct days, earliest_date or latest_date.",
                column="days",
            )


def visits_fit_their_days(context: Context) -> Iterator[Problem]:
    """REQUEST-TOO-MANY-VISITS: more visits than there are days, or days far enough apart."""
    for row in context.tables.requests:
        data = row.data
        days = context.request_days[data.request_id]
        if not days or (data.visits == 1):
            continue
        wanted = len(days) if isinstance(data.visits, str) else data.visits
        possible = _days_apart(days, data.min_days_between)
        if wanted > possible:
            yield context.at(
                row,
                "REQUEST-TOO-MANY-VISITS",
                f"It asks for {wanted} visits, and only {possible} of its days in the planning period are "
                f"{data.min_days_between} or more apart.",
                "Ask for fewer visits, or allow more days.",
                column="visits",
            )


def _days_apart(days: tuple[dt.date, ...], apart: int) -> int:
    if apart == 1:
        return len(days)
    count, free_from = 0, dt.date.min
    for day in days:
        if day >= free_from:
            count, free_from = count + 1, day + dt.timedelta(days=apart)
    return count


def discharge_leaves_time(context: Context) -> Iterator[Problem]:
    """REQUEST-NEVER-STARTS: no start in its windows lies between not_before and complete_by."""
    for row in context.tables.requests:
        data = row.data
        home = context.discharges.get(data.person_id)
        if data.not_before is None and data.complete_by is None and home is None:
            continue
        days = context.request_days[data.request_id]
        if (
            days
            and data.window_start <= data.window_end
            and not any(_starts_on(context, data, d) for d in days)
        ):
            yield context.at(
                row,
                "REQUEST-NEVER-STARTS",
                "No start in its windows lies after not_before or a discharge and ends by complete_by.",
                "Correct not_before, complete_by, discharge, the dates or the window.",
                column="not_before" if data.not_before is not None else "complete_by",
            )


def _starts_on(context: Context, request: RequestRow, day: dt.date) -> bool:
    zone = ZoneInfo(context.policy.period.timezone)
    first = dt.datetime.combine(day, request.window_start, zone).timestamp()
    last = dt.datetime.combine(day, request.window_end, zone).timestamp()
    for moment in (request.not_before, context.discharges.get(request.person_id)):
        if moment is not None:
            first = max(first, context.instant(moment))
    if request.complete_by is not None:
        last = min(last, context.instant(request.complete_by) - request.duration_min * 60)
    return first <= last


def family_times_have_a_day(context: Context) -> Iterator[Problem]:
    """FAMILY-TIME-DAY: a family time has neither date nor weekday, or both."""
    for row in context.tables.family_times:
        if (row.data.date is None) == (row.data.weekday is None):
            both = row.data.date is not None
            yield context.at(
                row,
                "FAMILY-TIME-DAY",
                "It has both a date and a weekday." if both else "It has neither a date nor a weekday.",
                "Give one of them.",
                column="weekday",
            )
