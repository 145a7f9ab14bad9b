"""Rules about requests that follow another."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visitplan.inputs.context import Context
    from visitplan.inputs.problems import Problem
    from visitplan.inputs.rows import RequestRow
    from visitplan.inputs.tables import Row


def nothing_follows_itself(context: Context) -> Iterator[Problem]:
    """REQUEST-AFTER-CYCLE: requests follow each other round in a circle, or one follows itself."""
    requests = context.tables.ids["requests"]
    done: set[str] = set()
    for start in requests:
        path: dict[str, None] = {}
        name: str | None = start
        while name is not None and name in requests and name not in path and name not in done:
            path[name] = None
            name = requests[name].data.after_request
        if name is not None and name in path:
            circle = list(path)[list(path).index(name) :]
            for member in circle:
                yield context.at(
                    requests[member],
                    "REQUEST-AFTER-CYCLE",
                    f"It follows itself: {' after '.join([*circle[:10], circle[0]])}.",
                    "Take one of these requests out of the circle.",
                    column="after_request",
                )
        done |= set(path)


def _pairs(context: Context) -> Iterator[tuple[Row[RequestRow], Row[RequestRow]]]:
    """Give every request that follows another, after that other."""
    requests = context.tables.ids["requests"]
    for row in context.tables.requests:
        before = row.data.after_request
        if before is not None and before in requests and before != row.data.request_id:
            yield requests[before], row


def _count(context: Context, request: RequestRow) -> int:
    if isinstance(request.visits, int):
        return request.visits
    return max(1, len(context.request_days[request.request_id]))


def counts_match(context: Context) -> Iterator[Problem]:
    """REQUEST-AFTER-COUNT: a request's visits cannot be paired with those that they follow."""
    for before, row in _pairs(context):
        ours, theirs = _count(context, row.data), _count(context, before.data)
        if theirs not in (1, ours):
            yield context.at(
                row,
                "REQUEST-AFTER-COUNT",
                f"It has {ours} visits, and {before.data.request_id!r}, which it follows, has {theirs}.",
                "Ask for as many visits as the other request, or follow a request of one visit.",
                column="visits",
            )


def predecessor_comes_first(context: Context) -> Iterator[Problem]:
    """REQUEST-AFTER-IMPOSSIBLE: what it follows cannot be over in time, or is over too long before."""
    for before, row in _pairs(context):
        one, two = _bounds(context, before.data), _bounds(context, row.data)
        if one is None or two is None:
            continue
        length = dt.timedelta(minutes=before.data.duration_min)
        least = dt.timedelta(minutes=row.data.min_gap_min or 0)
        most = row.data.max_gap_min
        too_late = one[0] + length + least > two[1]
        too_early = most is not None and one[1] + length + dt.timedelta(minutes=most) < two[0]
        if too_late or too_early:
            yield context.at(
                row,
                "REQUEST-AFTER-IMPOSSIBLE",
                f"{before.data.request_id!r}, which it follows, "
                + ("cannot be over in time." if too_late else "is over too long before it."),
                "Correct the dates, windows or gaps of the two.",
                column="after_request",
            )


def _bounds(context: Context, request: RequestRow) -> tuple[dt.datetime, dt.datetime] | None:
    """Give the first and the last possible start by dates and window, in local clock time."""
    days = context.request_days[request.request_id]
    if not days or request.window_end < request.window_start:
        return None
    return (
        dt.datetime.combine(days[0], request.window_start),
        dt.datetime.combine(days[-1], request.window_end),
    )
