"""Rules about coming home from hospital, urgent calls, and the time of day that people are used to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.rows import RequestRow


def requests_outlast_the_discharge(context: Context) -> Iterator[Problem]:
    """REQUEST-BEFORE-DISCHARGE: all days of a request are over before its person is home from hospital."""
    for row in context.tables.requests:
        request = row.data
        home = context.discharges.get(request.person_id)
        if context.calendar_days(request) and not context.request_days[request.request_id]:
            yield context.at(
                row,
                "REQUEST-BEFORE-DISCHARGE",
                f"Its days and window are over before person {request.person_id!r} is home, "
                f"{home:%Y-%m-%d %H:%M}.",
                "Correct discharge in people, or the dates or window of the request.",
                column="latest_date",
            )


def usual_times_lie_in_the_window(context: Context) -> Iterator[Problem]:
    """REQUEST-USUAL-OUTSIDE: the usual time of day lies outside the window."""
    for row in context.tables.requests:
        usual, start, end = row.data.usual_start, row.data.window_start, row.data.window_end
        if usual is not None and start <= end and not start <= usual <= end:
            yield context.warn(
                row,
                "REQUEST-USUAL-OUTSIDE",
                f"The usual start lies outside {start:%H:%M} to {end:%H:%M}.",
                "Correct it, or widen the window.",
                column="usual_start",
            )


def usual_times_are_used(context: Context) -> Iterator[Problem]:
    """REQUEST-USUAL-UNUSED: a preferred time is given too, and counts instead of the usual one."""
    for row in context.tables.requests:
        preferred = row.data.preferred_start is not None or row.data.preferred_end is not None
        if row.data.usual_start is not None and preferred:
            yield context.warn(
                row,
                "REQUEST-USUAL-UNUSED",
                "It has a preferred time too, and that is what counts.",
                "Leave out one of them.",
                column="usual_start",
            )


def same_time_is_used(context: Context) -> Iterator[Problem]:
    """REQUEST-SAME-TIME-UNUSED: same_time_min is given for one visit, or for visits with a choice of days."""
    for row in context.tables.requests:
        request = row.data
        if request.same_time_min is None or isinstance(request.visits, str):
            continue
        days = len(context.request_days[request.request_id])
        if request.visits == 1 or request.visits < days:
            single = request.visits == 1
            yield context.warn(
                row,
                "REQUEST-SAME-TIME-UNUSED",
                "It asks for one visit only."
                if single
                else f"Its {request.visits} visits have a choice of {days} days; times of day are kept only "
                "where the day of each visit is settled.",
                "Take it out."
                if single
                else "Name as many days as there are visits, or give usual_start instead.",
                column="same_time_min",
            )


def received_is_used(context: Context) -> Iterator[Problem]:
    """REQUEST-RECEIVED-UNUSED: received is given for what is not a single visit of priority 1."""
    for row in context.tables.requests:
        if row.data.received is not None and not _is_urgent(row.data):
            yield context.warn(
                row,
                "REQUEST-RECEIVED-UNUSED",
                "Only a single visit of priority 1 is answered by the time since it was received.",
                "Set priority to 1 if it is urgent, else nothing.",
                column="received",
            )


def urgent_calls_are_in_time(context: Context) -> Iterator[Problem]:
    """REQUEST-URGENT-OVERDUE: no start of an urgent call lies within the response time that policy sets."""
    for row in context.tables.requests:
        request = row.data
        if _is_urgent(request) and context.request_days[request.request_id]:
            allowed = _response_min(context, request)
            if not _in_time(context, request, allowed):
                yield context.warn(
                    row,
                    "REQUEST-URGENT-OVERDUE",
                    f"No start in its windows lies within {allowed} minutes of receiving it; it is planned "
                    "all the same, as soon as may be.",
                    "Open its window, or see to it by hand.",
                    column="received",
                )


def _is_urgent(request: RequestRow) -> bool:
    return request.received is not None and request.priority == 1 and request.visits == 1


def _response_min(context: Context, request: RequestRow) -> int:
    homes = context.tables.ids["households"]
    area = homes[request.household_id].data.area if request.household_id in homes else None
    return context.policy.rules(area=area, service=request.service).limits.urgent_response_min


def _in_time(context: Context, request: RequestRow, allowed_min: int) -> bool:
    zone = ZoneInfo(context.policy.period.timezone)
    if request.received is None:
        return True
    received = context.instant(request.received)
    due = received + allowed_min * 60
    return any(
        dt.datetime.combine(day, request.window_start, zone).timestamp() <= due
        and received <= dt.datetime.combine(day, request.window_end, zone).timestamp()
        for day in context.request_days[request.request_id]
    )
