"""What the rules see: the tables, the policy, the period, and where things lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from visitplan.domain.period import Period
from visitplan.domain.places import TravelTable
from visitplan.findings import Severity
from visitplan.inputs.cells import items
from visitplan.inputs.problems import Hints, Problem, RowKey, problem
from visitplan.inputs.tables import Tables
from visitplan.policy import Policy

if TYPE_CHECKING:
    from visitplan.inputs.rows import RequestRow
    from visitplan.inputs.tables import Row

Coordinates = tuple[float, float]
"""Latitude and longitude in degrees."""


@dataclass(frozen=True)
class Context:
    """All that is known when the rules run.

    Attributes
    ----------
    period
        None where neither the policy nor any shift gives one.
    places
        Where the rows of households, bases and staff (their homes) lie, as far as it is known.
    travel
        The travel table, where there is one.
    hints
        Names the nearest id.
    """

    tables: Tables
    policy: Policy
    period: Period | None
    places: Mapping[RowKey, Coordinates] = field(default_factory=dict)
    travel: TravelTable | None = None
    hints: Hints = field(default_factory=Hints)

    def at(
        self,
        row: Row[Any],
        code: str,
        cause: str,
        action: str,
        *,
        column: str | None = None,
        severity: Severity = Severity.ERROR,
        subject: str | None = None,
        also: tuple[RowKey, ...] = (),
    ) -> Problem:
        """Make a problem of a row; at error level the row is out, and the rows ``also``."""
        return problem(
            code,
            cause,
            action,
            file=row.file,
            row=row.number,
            column=column,
            value=None if column is None else row.cells.get(column),
            subject=subject or subject_of(row),
            severity=severity,
            rows=(row.key, *also) if severity is Severity.ERROR else (),
        )

    def warn(
        self, row: Row[Any], code: str, cause: str, action: str, *, column: str | None = None
    ) -> Problem:
        """Make a warning of a row, which stays in."""
        return self.at(row, code, cause, action, column=column, severity=Severity.WARNING)

    def dangling(
        self, row: Row[Any], column: str, table: str, value: str, code: str, severity: Severity
    ) -> Iterator[Problem]:
        """Tell that an id points to no row, or to one that is itself out."""
        if table in self.tables.unreadable:
            if severity is Severity.ERROR:
                yield self._depends(row, column, value, f"{table}, which cannot be read", table)
            return
        broken = self.tables.broken_ids.get(table, {})
        if value not in broken:
            known = self.tables.ids[table]
            cause = f"There is no {value!r} in {table}.{self.hints(value, known)}"
            yield self.at(
                row, code, cause, f"Correct it, or add it to {table}.", column=column, severity=severity
            )
        elif severity is Severity.ERROR:
            which = f"row {broken[value]} of {table}"
            yield self._depends(
                row, column, value, f"{table}, whose row {broken[value]} cannot be planned", which
            )

    def _depends(self, row: Row[Any], column: str, value: str, what: str, correct: str) -> Problem:
        return problem(
            "ROW-DEPENDS",
            f"It needs {value!r} of {what}.",
            f"Correct {correct}.",
            file=row.file,
            row=row.number,
            column=column,
            value=value,
            subject=subject_of(row),
            rows=(row.key,),
            consequence=True,
        )

    def needs_rejected_request(self, row: Row[Any], column: str, request: str) -> Problem:
        """Make the problem of a row that needs a request which is out."""
        number = self.tables.broken_ids["requests"][request]
        what = f"requests, whose row {number} cannot be planned"
        return self._depends(row, column, request, what, f"row {number} of requests")

    @cached_property
    def request_days(self) -> Mapping[str, tuple[dt.date, ...]]:
        """Give, by request id, the dates of the period on which a visit may fall; empty without a period.

        Days whose window is over before the person is home from hospital are not among them.
        """
        return {row.data.request_id: self._days(row.data) for row in self.tables.requests}

    @cached_property
    def discharges(self) -> Mapping[str, dt.datetime]:
        """Give, by person id, the date-time of being home from hospital; others are absent."""
        known = ((row.data.person_id, row.data.discharge) for row in self.tables.people)
        return {person_id: moment for person_id, moment in known if moment is not None}

    def instant(self, moment: dt.datetime) -> float:
        """Give the POSIX seconds of a date-time; without a zone it is local."""
        zone = ZoneInfo(self.policy.period.timezone)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).timestamp()

    def _days(self, request: RequestRow) -> tuple[dt.date, ...]:
        home = self.discharges.get(request.person_id)
        days = self.calendar_days(request)
        if home is None:
            return days
        zone, begin = ZoneInfo(self.policy.period.timezone), self.instant(home)
        ends = ((day, dt.datetime.combine(day, request.window_end, zone)) for day in days)
        return tuple(day for day, end in ends if end.timestamp() >= begin)

    def calendar_days(self, request: RequestRow) -> tuple[dt.date, ...]:
        """Give the dates of the period that a request's dates and weekdays name; empty without a period."""
        if self.period is None:
            return ()
        first, last = (
            max(request.earliest_date, self.period.first),
            min(request.latest_date, self.period.last),
        )
        dates = (first + dt.timedelta(days=k) for k in range((last - first).days + 1))
        return tuple(day for day in dates if request.days is None or day.weekday() in request.days)

    def values(self, table: str, *columns: str) -> set[tuple[str, ...]]:
        """Give what stands in some columns of a table, each entry of a list by itself.

        The rows that could not be read count too, so that nothing is missed that only they have.
        """
        rows = (row.cells for row in self.tables.rows.get(table, ()))
        every = chain(rows, self.tables.unread.get(table, ()))
        distinct = {tuple(cells.get(column, "") for column in columns) for cells in every}
        return {entry for cells in distinct for entry in product(*(items(cell) for cell in cells))}


def subject_of(row: Row[Any]) -> str | None:
    """Give the row's own id, such as ``request_id R7``."""
    for column in ("request_id", "staff_id", "household_id", "base_id", "visit_id", "code", "person_id"):
        if column in type(row.data).model_fields:
            return f"{column} {getattr(row.data, column)}"
    return None
